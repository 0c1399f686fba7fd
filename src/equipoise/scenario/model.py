"""The scenario as checked objects: format version 1, one class for each thing an analyst writes.

These classes are the only statement of what keys exist and which values they take by themselves;
relations between keys (names that must exist, dates inside the run, cycles) are checked in `checks.py`.
The published JSON Schema is generated from them. Source: MODEL.md §1-4.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, Tag, field_validator

from equipoise.scenario.calendar import Calendar
from equipoise.scenario.conditions import (
    CONDITIONS,
    BackingCondition,
    CollapsedCondition,
    Condition,
    Conditions,
    ControlCondition,
    EngagedCondition,
    HappenedCondition,
    NameOrConditions,
    NotHappenedCondition,
    OrderCondition,
    PowerCondition,
    StandingCondition,
    ViolenceCondition,
)
from equipoise.scenario.effects import (
    AllOrNames,
    Effect,
    PartialBacking,
    TieEffect,
    TransferEffect,
    ViolenceEffect,
)
from equipoise.scenario.number import Finite, FiniteKey, Name, Number, refuse_twins
from equipoise.scenario.outlines import Outlines
from equipoise.scenario.outlook import AnyJudgement
from equipoise.scenario.policies import Policy
from equipoise.scenario.strict_part import Grounded, Part
from equipoise.scenario.success import Goal
from equipoise.scenario.value_types import (
    CHANNELS,
    ONE,
    START,
    TALK_MODELS,
    ZERO,
    Channel,
    ChoiceRule,
    Clout,
    Day,
    DayOrName,
    Decision,
    Flag,
    Label,
    Latitude,
    Longitude,
    MonthDay,
    Names,
    NumberOrStart,
    Relative,
    ShortLabel,
    SomeWeeks,
    Text,
    Timing,
    Weeks,
    WeeksAfter,
    exactly,
    is_number,
    tagged,
)
from equipoise.scenario.war import War

# ruff: noqa: RUF012 - pydantic copies the defaults of these classes; none is shared


class Source(Part):
    """Where claims were read."""

    title: Text
    author: Text | None = None
    published: Day | None = None
    url: Text | None = None
    note: Text | None = None


class Claim(Part):
    """One statement of a source, in our words."""

    source: Name
    at: Text | None = None
    type: Label | None = None
    says: Text
    confidence: Literal["low", "moderate", "high"] | None = None
    holder: Label | None = None


class Region(Grounded):
    """A part of the country. `weight` is relative; `weight` and `at` are given for all regions or for none."""

    name: Label | None = None
    label: ShortLabel | None = None
    weight: Relative | None = None
    at: tuple[Longitude, Latitude] | None = None  # degrees; the map goes by it, and no future does


class Volatility(Part):
    """Weekly standard deviations of fitness: sigma (national) and varsigma (regional) of eq. 2."""

    national: Number = ZERO
    regional: Number = ZERO


class BackingLevels(Part):
    """A number for each channel of material support."""

    troops: Number = ZERO
    money: Number = ZERO


NumberOrLevels = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[BackingLevels, Tag("<each>")],
    tagged(lambda value: "<number>" if is_number(value) else "<each>"),
]
NumberOrEach = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[dict[Name, Number], Tag("<each>")],
    tagged(lambda value: "<number>" if is_number(value) else "<each>"),
]


class Collapse(Grounded):
    """The chance that a force falls (eq. 4): a `rate` a week, or the `yearly` chance as things stand."""

    rate: Number | None = None  # 0 if neither is given
    yearly: Number | None = None
    threshold: NumberOrStart = START
    steepness: Number = ZERO
    shield: NumberOrLevels = ZERO
    panic: Number = ZERO
    slide: Number = ZERO


class Receptivity(Part):
    """How open a force is to engagement, and how much more so when its sponsors waver."""

    base: Number = ONE
    shopping: Number = ZERO


class Resentment(Part):
    """What engaging a force's rivals costs with it (eq. 5)."""

    alienation: Number = ZERO
    duplicity: Number = ZERO
    parity: Number = ZERO


class Force(Grounded):
    """A local contender."""

    name: Label | None = None
    label: ShortLabel | None = None
    incumbent: Flag = False
    control: dict[Name, Number]
    momentum: Number = ZERO
    home: dict[Name, Number] = {}
    volatility: Volatility = Volatility()
    backing_effect: BackingLevels = BackingLevels()
    bandwagon: Number = ZERO
    undermine: Number = ZERO
    legitimacy: Number = ZERO
    collapse: Collapse | None = None
    receptivity: Receptivity = Receptivity()
    resentment: Resentment = Resentment()


class Engagement(Part):
    """A patron's diplomatic effort: budget, what it gains, and its default direction."""

    budget: Number = ONE
    gain: NumberOrEach = Number(value=0.05)
    engage: dict[Name, Number] | None = None


class OrderValues(Part):
    """What a patron gives for each order of a week."""

    holds: Number = ZERO
    settlement: Number = ZERO
    chaos: Number = ZERO
    takeover: dict[Name, Number] = {}


class Values(Part):
    """A patron's weights (eq. 6)."""

    influence: Number = ONE
    rivals: dict[Name, Number] = {}
    power: dict[Name, Number] = {}
    order: OrderValues = OrderValues()
    control: dict[Name, dict[Name, Number]] = {}
    violence: Number = ZERO
    exposure: Number = ONE
    cost: Number = ZERO
    backing_cost: BackingLevels = BackingLevels()
    terminal: Number = ZERO


class Patron(Grounded):
    """An outside power."""

    name: Label | None = None
    label: ShortLabel | None = None
    interest: dict[Name, Relative] | None = None
    engagement: Engagement = Engagement()
    values: Values = Values()
    standing: dict[Name, Number] = {}
    backing: dict[Name, BackingLevels] = {}
    resented: NumberOrEach = ONE
    default: Name | None = None


class Tie(Grounded):
    """A signed tie between two actors (forces or patrons), -1 to 1."""

    between: tuple[Name, Name]
    sign: Number


class ViolenceDynamics(Part):
    """How violence moves (step 8)."""

    start: Number = ONE
    mean: Number = ONE
    revert: Number = Number(value=0.1)
    contest: Number = ZERO
    after_fall: Number = ZERO


class Season(Grounded):
    """A part of every year, both ends included, over the new year if it says so, and what it does to the war."""

    between: tuple[MonthDay, MonthDay]
    push: dict[Name, Number] = {}
    regions: AllOrNames = "all"
    violence: Number = ONE

    def holds(self, day: date) -> bool:
        """Return whether a day falls in it, in any year."""
        first, last = self.between
        now = f"{day:%m-%d}"
        return first <= now <= last if first <= last else now >= first or now <= last

    def acts_in(self, region: str) -> bool:
        """Return whether its push acts in a region."""
        return self.regions == "all" or region in self.regions


class Dynamics(Part):
    """What holds for the whole country."""

    fade: Number = Number(value=0.01)
    warmth: Number = ZERO
    violence: ViolenceDynamics = ViolenceDynamics()
    hostility: Number = ZERO
    inherit: Number = ZERO
    realign: Literal["power", "patronage"] | None = None
    realign_rate: Number = ONE
    realign_step: Number = Number(value=0.25)
    seasons: dict[Name, Season] = {}
    majority: Annotated[float, Field(strict=True, gt=0.5, le=1)] = 0.6


class Slips(Part):
    """What is due is put off by some weeks with a chance, again and again, ten times at most."""

    chance: Number
    weeks: Weeks


class Dated(Grounded):
    """What has a date drawn from a window before the run: dated events and talks."""

    what: Text | None = None
    on: Day | None = None
    between: tuple[Day, Day] | None = None
    timing: Timing | None = None  # even if not given
    probability: Number | None = None  # 1 if not given
    requires: tuple[Name, ...] = ()
    unless: tuple[Name, ...] = ()
    odds: dict[Name, Number] = {}
    after: dict[Name, WeeksAfter] = {}
    slips: Slips | None = None
    reveals: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


class Event(Dated):
    """A dated event, or (with `when`) a conditional one."""

    decided_by: Name | None = None
    when: Conditions | None = None
    weekly: Number | None = None  # 1 if neither this nor `chance` is given; with `when` only
    chance: Number | None = None  # with `when` only


class Issue(Grounded):
    """One issue on the table of a talk."""

    scale: dict[FiniteKey, Label] = {}
    positions: dict[Name, Number]
    salience: dict[Name, Number]
    reservation: dict[Name, Number] = {}

    @field_validator("scale", mode="before")
    @classmethod
    def _points_differ(cls, scale: Any) -> Any:
        refuse_twins(scale)
        return scale


class Talk(Dated):
    """A negotiation: who sits there, who can block, what is on the table, what a deal does."""

    host: Text | None = None
    invited: tuple[Name, ...] = ()
    veto: tuple[Name, ...] = ()
    model: Name = TALK_MODELS[0]
    clout: Clout
    issues: dict[Name, Issue]


class Term(Grounded):
    """What a party owes by when; its event not having happened by then is a breach."""

    who: Names
    does: Text
    event: Name
    by: Day | None = None
    within: SomeWeeks | None = None


class Agreement(Grounded):
    """A signed or expected agreement with its terms and what a breach does."""

    what: Text | None = None
    parties: tuple[Name, ...]
    signed: DayOrName
    terms: tuple[Term, ...]
    breach: tuple[Effect, ...] = ()

    def deadline(self, term: Term) -> date | None:
        """Return the day by which a term of it is owed; none while what signs the agreement has no fixed day."""
        if term.within is None or not isinstance(self.signed, date):
            return term.by
        return self.signed + timedelta(weeks=term.within)


class Pool(Part):
    """Holders taken together, each with the same weight, or by how well they judged what is known."""

    holders: Annotated[tuple[Name, ...], Field(min_length=1)]
    by: Literal["equal", "calibration"] = "equal"


PoolOrWeights = Annotated[
    Annotated[Pool, Tag("<pool>")] | Annotated[dict[Name, Relative], Tag("<each>")],
    tagged(
        lambda value: (
            "<pool>"
            if isinstance(value, Pool)
            or (isinstance(value, dict) and isinstance(value.get("holders"), list | tuple))
            else "<each>"
        )
    ),
]


class SeedQuestion(Grounded):
    """A question whose answer is known, which holders answered before it was: 5 %, 50 % and 95 % quantiles."""

    what: Text | None = None
    is_: Finite
    scale: Literal["even", "ratio"] = "even"
    answers: dict[Name, tuple[Finite, Finite, Finite]]


class Then(Policy):
    """The policy a strategy switches to, for good, once `when` holds."""

    when: NameOrConditions
    then: Then | None = None


class Strategy(Policy):
    """A rule by which one patron engages, and decides what is its to decide."""

    name: Label | None = None
    because: Text | None = None
    claims: tuple[Name, ...] = ()
    then: Then | None = None
    decide: dict[Name, Decision] = {}

    @property
    def thens(self) -> tuple[Then, ...]:
        """The ways of engaging it switches to, one after another."""
        found, then = [], self.then
        while then is not None:
            found.append(then)
            then = then.then
        return tuple(found)


Widening = Annotated[float, Field(strict=True, gt=0, le=1)]


class Changes(Part):
    """What a file lays over its own numbers: bare ones widened, then some set; what is set comes last."""

    widen: Widening | None = None
    set_: dict[str, Number] = {}


class Hypothesis(Grounded):
    """An account of why a patron acts as it does: whose beliefs it acts on, what it wants, how it chooses."""

    what: Text
    patron: Name | None = None
    beliefs: Name | None = None
    goals: dict[str, Finite] = {}
    rule: ChoiceRule = "laplace"
    options: dict[Name, Finite] = {}
    prior: Relative = 1.0


class Scenario(Part):
    """A whole situation, as one file says it."""

    equipoise: Annotated[Literal[1], exactly(1)]
    title: Label
    question: Text | None = None
    focus: Name
    calendar: Calendar
    war: War = War()
    sources: dict[Name, Source] = {}
    claims: dict[Name, Claim] = {}
    quantities: dict[Name, Number] = {}
    regions: Annotated[dict[Name, Region], Field(min_length=1)]
    outlines: Outlines | None = None
    forces: Annotated[dict[Name, Force], Field(min_length=1)]
    patrons: Annotated[dict[Name, Patron], Field(min_length=1)]
    ties: tuple[Tie, ...] = ()
    dynamics: Dynamics = Dynamics()
    events: dict[Name, Event] = {}
    agreements: dict[Name, Agreement] = {}
    talks: dict[Name, Talk] = {}
    beliefs: dict[Name, dict[str, Number]] = {}
    pools: dict[Name, PoolOrWeights] = {}
    seed_questions: dict[Name, SeedQuestion] = {}
    outlook: tuple[AnyJudgement, ...] = ()
    hypotheses: dict[Name, Hypothesis] = {}
    strategies: dict[Name, dict[Name, Strategy]]
    success: tuple[Goal, ...] = ()
    widen: Widening | None = None
    set_: dict[str, Number] = {}

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return (
            f"<Scenario {self.title!r}: {len(self.forces)} forces, {len(self.patrons)} patrons, "
            f"{len(self.regions)} regions, {len(self.events)} events, {self.calendar.weeks} weeks>"
        )


__all__ = [
    "CHANNELS", "CONDITIONS", "ONE", "TALK_MODELS", "ZERO", "Agreement", "AllOrNames", "BackingCondition",
    "BackingLevels", "Calendar", "Channel", "Claim", "Collapse", "CollapsedCondition", "Condition",
    "Conditions", "ControlCondition", "Dated", "Dynamics", "Effect", "EngagedCondition", "Engagement", "Event",
    "Force", "Goal", "Grounded", "HappenedCondition", "Hypothesis", "Issue", "Name", "NameOrConditions",
    "NotHappenedCondition", "Number", "OrderCondition", "OrderValues", "Outlines", "Part", "PartialBacking", "Patron",
    "Policy", "Pool", "PowerCondition", "Receptivity", "Region", "Resentment", "Scenario", "Season",
    "SeedQuestion", "Slips", "Source", "StandingCondition", "Strategy", "Talk", "Term", "Then", "Tie",
    "TieEffect", "TransferEffect", "Values", "ViolenceCondition", "ViolenceDynamics", "ViolenceEffect",
    "Volatility", "War",
]  # fmt: skip
