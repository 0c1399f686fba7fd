"""What two pages need: the advice beside its rivals, three chances beside base rates, what would change it.

Nothing new is estimated here. The brief chooses, from what the run, its signs and the base rates say, the few numbers
that a reader needs to decide and to disagree, and keeps them together, so that every number printed on the two
pages is one of this object's.

Source: ICD 203 (2015) on what a brief must say: likelihood, confidence and its grounds, alternatives, what would
change the judgement; Tetlock and Gardner 2015, *Superforecasting*, ch. 5, on starting from the outside view.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from equipoise.briefing.reasons import Reasons
from equipoise.exploration.signs import Share, Sign, foretelling, turning_signs
from equipoise.findings.confidence import ConfidenceFound
from equipoise.findings.found import Error, Run
from equipoise.findings.hedges import Kind, sides
from equipoise.records import Record
from equipoise.scenario.model import Scenario
from equipoise.scenario.relations import effects
from equipoise.scoring import Reference, departures, judging, reference_classes, yearly_chance

Role = Literal["advised", "next", "success", "hedge", "one-sided", "government", "out"]
"""Why a way of engaging stands on the brief; the next is the second of the ranking, the hedge the best of its kind, and
success the one that succeeds most often, where the advised one is told to do so less often."""
Agrees = Literal["inside", "above", "below"]
WATCHED, TURNS, MOST_CHANCES = 4, 3, 3
"""On the brief, at most: signs to watch, signs at whose chance the advice turns, chances beside base rates."""


@dataclass(frozen=True)
class Choice(Record):
    """A way of engaging beside the advised one.

    Attributes:
        falls: chance that the incumbent falls by the end; None without an incumbent.
        kept: chance that influence ends no lower than it began; kept_if_falls, kept_if_stands: where the incumbent
            falls, and stands; None where that never happens.
        best_in: share of states of the world in which it pays most.
        success: share of futures in which it succeeds as the scenario says; None where that is not said.
    """

    strategy: str
    role: Role
    kind: Kind
    falls: Share | None
    kept: Share
    kept_if_falls: Share | None
    kept_if_stands: Share | None
    best_in: float
    success: Share | None


@dataclass(frozen=True)
class Base(Record):
    """A base rate: how often such a thing came, with its 95 % interval, and why this is the class to look at.

    Attributes:
        says: what is counted. cases, period: among which wars, in which years. because: what places the scenario there.
        events, exposure, unit: how often it came, and how often it could have. rate, low, high: a chance a year.
    """

    says: str
    cases: str
    period: str
    because: str
    events: int
    exposure: float
    unit: str
    rate: float
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class Beside(Record):
    """A chance of the run beside how often such things happen.

    Attributes:
        what: `fallen.crown`, `order.settlement`, or the column of an event.
        chance: by the end of the run, under the advice.
        yearly: the same a year, as a constant rate; None for an event without a base rate.
        base: of the class it is judged by (`scoring.judging`); None where none is recorded for its like.
        narrowest: of the narrowest class, where that holds too few cases to judge by.
        after: of the class it is in once the incumbent's foreign troops have gone; None where that may not happen.
        agrees: whether the yearly chance lies inside the base rate's interval, above or below it.
        times: the yearly chance as a multiple of the base rate.
        sign: the event that says most of it; None where none can be told to.
    """

    what: str
    chance: Share
    yearly: float | None
    base: Base | None
    narrowest: Base | None
    after: Base | None
    agrees: Agrees | None
    times: float | None
    sign: Sign | None


@dataclass(frozen=True)
class Brief(Record):
    """The brief of a run.

    Attributes:
        advised: the strategy with the best mean payoff; equals: those that cannot be told apart from it.
        choices: the advised one first, then those it is to be judged against.
        chances: the three that matter, the incumbent's fall first.
        turns: signs at whose chance the advice turns, those nearest to turning first.
        resentment, resentment_low, resentment_high: multiple of the resentment assumed at which hedging stops (or
            starts) paying, with its interval; None where it does not turn.
        watch: signs that tell most of the incumbent's fall, the most telling first.
        confidence: how sure the advice is, why, and what would raise it.
        futures, states: how many the run rests on; looked_at: futures the signs rest on, 0 where there are none.
        why: what speaks for what a patron was seen to do, where that was asked.
    """

    advised: str
    equals: tuple[str, ...]
    choices: tuple[Choice, ...]
    chances: tuple[Beside, ...]
    turns: tuple[Sign, ...]
    resentment: float | None
    resentment_low: float | None
    resentment_high: float | None
    watch: tuple[Sign, ...]
    confidence: ConfidenceFound
    futures: int
    states: int
    looked_at: int
    why: Reasons | None = None


def brief(run: Run, scenario: Scenario, signs: Sequence[Sign] = (), why: Reasons | None = None) -> Brief:
    """Return the brief of a run.

    Args:
        run: what it found.
        scenario: what was run.
        signs: what its events say (`exploration.signs`); without them nothing is said of what to watch.
        why: what speaks for what a patron was seen to do.
    """
    best = run.best
    incumbent = next((key for key, force in scenario.forces.items() if force.incumbent), None)
    watch = foretelling(signs, WATCHED)
    turns = run.resentment
    return Brief(
        advised=best,
        equals=tuple(name for name in run.ranking[1:] if run.difference(best, name).told_apart is False),
        choices=tuple(_choice(run, name, role, incumbent) for name, role in _chosen(run, incumbent).items()),
        chances=_chances(run, scenario, incumbent, signs),
        turns=turning_signs(signs, TURNS),
        resentment=turns.threshold, resentment_low=turns.low, resentment_high=turns.high,
        watch=watch, confidence=run.confidence, futures=run.futures, states=run.states,
        looked_at=signs[0].futures if signs else 0, why=why,
    )  # fmt: skip


def _chosen(run: Run, incumbent: str | None) -> dict[str, Role]:
    """Return the strategies that stand on the brief, each with its role: the advised, and what to judge it against.

    The best one-sided way that is neither of the first two stands there in any case, as does a hedge.
    """
    hedges, single = sides({name: run.strategies[name] for name in run.ranking})
    backing = [n for n in single if incumbent and run.strategies[n].allocation.get(incumbent, 0.0) > 0]
    out = [name for name in run.ranking if run.strategies[name].kind is Kind.OUT]
    found: dict[str, Role] = dict(zip(run.ranking[:2], ("advised", "next"), strict=False))
    wanted: list[tuple[Role, Sequence[str]]] = [
        ("hedge", [] if set(hedges) & set(found) else hedges), ("one-sided", single),
        ("success", [run.succeeds_most] if run.succeeds_most else []), ("government", backing[:1]), ("out", out[:1]),
    ]  # fmt: skip
    for role, names in wanted:
        left = [name for name in names if name not in found]
        if left:
            found[left[0]] = role
    return found


def _choice(run: Run, name: str, role: Role, incumbent: str | None) -> Choice:
    found = run.strategies[name]

    def share(value: float | None, *keys: str) -> Share | None:
        return None if value is None else _share(value, run.error("strategies", name, *keys))

    falls = None
    if incumbent is not None:
        falls = share(found.forces[incumbent].collapse, "forces", incumbent, "collapse")
    return Choice(
        name, role, found.kind, falls,
        _share(found.influence_kept, run.error("strategies", name, "influence_kept")),
        share(found.influence_kept_after_collapse, "influence_kept_after_collapse"),
        share(found.influence_kept_if_stands, "influence_kept_if_stands"),
        found.chance_best,
        share(found.success.futures, "success", "futures") if found.success is not None else None,
    )  # fmt: skip


def _share(value: float, error: Error) -> Share:
    low, high = (None if end is None else min(max(end, 0.0), 1.0) for end in (error.low, error.high))
    return Share(value, low, high)


def _settling(scenario: Scenario) -> set[str]:
    """Return the events and deals by which a settlement comes into force, as columns."""
    kinds = {"events": "event", "talks": "deal"}
    return {
        f"{kinds[str(path[0])]}.{path[1]}"
        for path, effect in effects(scenario)
        if effect.settlement is True and path[0] in kinds
    }


def _chances(
    run: Run, scenario: Scenario, incumbent: str | None, signs: Sequence[Sign]
) -> tuple[Beside, ...]:
    """Return the chances that matter: the incumbent's fall, a settlement, and a departure or the most telling event."""
    found, telling = run.strategies[run.best], foretelling(signs, len(signs))
    classes = reference_classes(scenario)
    out: list[Beside] = []
    if incumbent is not None:
        force, keys = found.forces[incumbent], ("strategies", run.best, "forces", incumbent, "collapse")
        after = next((row for row in classes if row.rate.kind == "falls-after-withdrawal"), None)
        judged = judging(classes, "government-falls")
        yearly = yearly_chance(force.collapse_by_week)
        chance = _share(force.collapse, run.error(*keys))
        out.append(_beside(f"fallen.{incumbent}", chance, yearly, judged, telling[:1], after))
    settled = found.orders.get("settlement", 0.0)
    if settled > 0:
        chance = _share(settled, run.error("strategies", run.best, "orders", "settlement"))
        yearly = _yearly(settled, run.weeks)
        carried = sorted((s for s in signs if s.event in _settling(scenario)), key=lambda sign: -sign.share)
        out.append(_beside("order.settlement", chance, yearly, judging(classes, "agreement"), carried[:1]))
    return (*out, *_third(run, scenario, classes, telling))[:MOST_CHANCES]


def _third(
    run: Run, scenario: Scenario, classes: Sequence[Reference], telling: Sequence[Sign]
) -> Iterator[Beside]:
    """Give the likeliest departure of the incumbent's foreign troops, then the events that tell most of its fall."""
    leaving = sorted(departures(scenario), key=lambda name: (-run.events[name].probability, name))[:1]
    for name in leaving:
        share = run.events[name].probability
        chance = _share(share, run.error("events", name, "probability"))
        own = [sign for sign in telling if sign.event == f"event.{name}"]
        judged = judging([row for row in classes if row.rate.cases.startswith("troops")], "support-stops")
        yield _beside(f"event.{name}", chance, _yearly(share, run.weeks), judged, own)
    for sign in telling:
        if sign.event.partition(".")[2] not in leaving:
            yield _beside(sign.event, Share(sign.share, None, None), None, NONE, (sign,))


def _yearly(share: float, weeks: int) -> float:
    """Return the chance a year that a chance by the end of the run amounts to, as a constant rate."""
    return yearly_chance((0.0,) * weeks + (share,))


Judging = tuple[Reference | None, Reference | None]
"""The class a chance is judged by, and the narrowest where that is too thin."""
NONE: Judging = (None, None)


def _base(row: Reference | None) -> Base | None:
    """Return the base rate of a class."""
    if row is None:
        return None
    own = {field.name: getattr(row.rate, field.name) for field in fields(Base) if field.name != "because"}
    return Base(**own | {"because": row.because})


def _beside(
    what: str,
    chance: Share,
    yearly: float | None,
    judged: Judging,
    signs: Sequence[Sign],
    after: Reference | None = None,
) -> Beside:
    base, narrowest = map(_base, judged)
    agrees: Agrees | None = None
    if yearly is not None and base is not None:
        agrees = "above" if yearly > base.high else "below" if yearly < base.low else "inside"
    times = yearly / base.rate if yearly is not None and base is not None and base.rate > 0 else None
    return Beside(
        what, chance, yearly, base, narrowest, _base(after), agrees, times, signs[0] if signs else None
    )
