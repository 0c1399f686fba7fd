"""Base rates: how often such things happen in civil wars at large, before anything is said of this one.

A rate is a count over a reference class: of the years in which such a war went on, how many were followed by the
thing asked about. What may describe a class is in `Wars`; the class is counted when it is asked for, from the years
in `conflict_years.csv` and `rebel_years.csv`. `counts.csv` holds what is no count of years. Nothing is fitted.

Intervals are Jeffreys': the central 95 % of a beta distribution of events + 1/2 and others + 1/2 (for years of
fighting, of a gamma distribution), so a rate is pasted into a scenario as that distribution. They take years as
independent; the years of one war are not, so the number of wars stands beside them.

Source: the tables are made by `data/base_rates.py`, which names the data; docs/base-rates.md says what they are
worth. Brown, Cai and DasGupta 2001, *Interval estimation for a binomial proportion*, for the interval.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

from equipoise.errors import InputError
from equipoise.scenario.phrases import sentence
from equipoise.scenario.value_types import WEEKS_A_YEAR

Over = Literal["government", "territory"]
Intensity = Literal["war", "minor"]
OVER: dict[str, Over] = {"government": "government", "territory": "territory"}
INTENSITY: dict[str, Intensity] = {"war": "war", "minor": "minor"}
"""What the tables say of both, as types."""
Troops = Literal["there", "none", "gone-1", "gone-2", "gone-3"]
Rebels = Literal["supported", "alone"]

SUPPORT_KNOWN = (1975, 2017)
"""Years for which every state that supported a side is recorded; also the period counted unless told otherwise."""
FIRST_YEAR, LAST_OUTCOME = 1946, 2019
"""The first year counted, and the last whose following year the termination data hold."""
LAST_FALL = 2023
"""The last year followed by one in which falls of governments are known, two of them by our own coding."""
TERMINATION = "Kreutz 2010; UCDP Conflict Termination Dataset 3-2021"
EXTERNAL = "Meier et al. 2022; UCDP External Support Dataset 18.1"
ARMED = "Davies et al. 2025; UCDP/PRIO Armed Conflict Dataset 25.1"


@dataclass(frozen=True)
class Wars:
    """A reference class: which wars are meant. What is None is not asked.

    Attributes:
        over: what is fought over.
        intensity: of the year: "war" from 1,000 battle deaths, "minor" from 25.
        troops: foreign troops on the government's side: "there"; "none", also in the three years before; "gone-1"
            to "gone-3", the last left one, up to two, or up to three years ago.
        rebels: whether a foreign state supports rebels.
        age: years since the fighting began, both ends included.
        period: calendar years counted, both ends included. Outside 1975-2017 support is not recorded, and troops are
            those of states that the armed conflict data name as parties.
    """

    over: Over | None = None
    intensity: Intensity | None = None
    troops: Troops | None = None
    rebels: Rebels | None = None
    age: tuple[int, int] | None = None
    period: tuple[int, int] = SUPPORT_KNOWN

    def __str__(self) -> str:
        words = (
            f"wars over {self.over}" if self.over else "all internal wars",
            _INTENSITY[self.intensity] if self.intensity else "",
            _TROOPS[self.troops] if self.troops else "",
            _REBELS[self.rebels] if self.rebels else "",
            _age(*self.age) if self.age else "",
        )
        return ", ".join(filter(None, words))

    @property
    def slug(self) -> str:
        """A short name of the class in letters, digits and hyphens, for the claim it becomes."""
        age = f"age-{self.age[0]}-{self.age[1]}" if self.age else ""
        period = "" if self.period == SUPPORT_KNOWN else f"{self.period[0]}-{self.period[1]}"
        troops = f"troops-{self.troops}" if self.troops else ""
        rebels = f"rebels-{self.rebels}" if self.rebels else ""
        return "-".join(filter(None, (self.over or "all", self.intensity, troops, rebels, age, period)))


_INTENSITY = {"war": "1,000 deaths a year or more", "minor": "fewer than 1,000 deaths a year"}
_REBELS = {"supported": "rebels supported from abroad", "alone": "rebels not supported from abroad"}
_TROOPS = {
    "there": "foreign troops for the government", "none": "no foreign troops for three years",
    "gone-1": "the foreign troops gone for a year", "gone-2": "the foreign troops gone for up to two years",
    "gone-3": "the foreign troops gone for up to three years",
}  # fmt: skip


def _age(first: int, last: int) -> str:
    if last >= 99:
        return f"{first} years old or more"
    return f"{first} to {last} years old" if first < last else f"{first} years old"


@dataclass(frozen=True)
class BaseRate:
    """How often something happened, of how many chances it had.

    Attributes:
        kind: what happened ("government-falls").
        says: the same in words.
        cases: among which wars, forces or supporters.
        period: years counted, both ends included.
        events: how often it happened.
        exposure: how often it could have, in `unit`.
        unit: what one chance is.
        wars: in how many different wars; None where not counted.
        rate: events / exposure; a chance a year where the unit is a year.
        low, high: 95 % interval of the rate (Jeffreys).
        source: whose data.
        claim: the name of the claim it becomes in a scenario.
    """

    kind: str
    says: str
    cases: str
    period: str
    events: int
    exposure: float
    unit: str
    wars: int | None
    rate: float
    low: float
    high: float
    source: str
    claim: str

    @property
    def number(self) -> str | None:
        """The rate as an uncertain number of the scenario file; None for years of fighting, whose rate is no chance."""
        if self.unit == FIGHTING:
            return None
        return f"{{beta: [{self.events + 0.5:g}, {self.exposure - self.events + 0.5:g}], claims: [{self.claim}]}}"

    def to_dict(self) -> dict[str, Any]:
        """Return it for a table or JSON, with the number and the claim to paste (docs/base-rates.md)."""
        return asdict(self) | {"paste": self.number, "sentence": self.sentence}

    @property
    def sentence(self) -> str:
        """The rate in a sentence, as a claim says it."""
        interval = f"95 % interval {100 * self.low:.1f} to {100 * self.high:.1f} %"
        wars = f" in {self.wars} wars" if self.wars else ""
        return (
            f"{sentence(self.says)}: {100 * self.rate:.1f} % ({self.events} of {self.exposure:,g}, each a "
            f"{self.unit}{wars}, {self.period.replace('-', '–')}; {interval}); {self.cases}."
        )


SOURCE = {
    "title": "UCDP: armed conflicts 25.1, terminations 3-2021, external support 18.1, counted by Equipoise",
    "author": "Uppsala Conflict Data Program and Peace Research Institute Oslo",
    "note": "Gleditsch et al. 2002 and Davies et al. 2025; Kreutz 2010; Meier, Karlen, Pettersson and Croicu 2022, "
    "all in the Journal of Peace Research.",
}
"""The source to paste with a rate."""


def source_line(source: Mapping[str, str]) -> str:
    """Return the line of a scenario's `sources` that names the data."""
    return f"  ucdp: {{{', '.join(f'{key}: {_quoted(text)}' for key, text in source.items())}}}"


def claim_line(name: str, says: str) -> str:
    """Return the line of a scenario's `claims` that states a rate."""
    return f"  {name}: {{source: ucdp, type: base rate, says: {_quoted(says)}}}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


FIGHTING = "year of fighting"
"""The unit of rates whose exposure is time, not cases: such a rate may be above 1."""


Row = Mapping[str, str]


@dataclass(frozen=True)
class _Kind:
    """How a kind of outcome is counted: over the rows of which table, and in which of them it came."""

    says: str
    table: str
    came: Callable[[Row], bool]
    last: int = LAST_OUTCOME
    at_risk: bool = True
    unit: str = "year of war"


def _next(*words: str) -> Callable[[Row], bool]:
    return lambda row: row["next"] in words


_GONE_ON = ("goes-on",)
KINDS: dict[str, _Kind] = {
    "government-falls": _Kind(
        "rebels take power in the following year", "conflict_years", _next("rebel-victory"), LAST_FALL
    ),
    "government-falls-same-year": _Kind(
        "rebels take power in the year itself, coups included", "conflict_years", lambda row: row["fell"] == "1", 2020,
        at_risk=False,
    ),
    "government-wins": _Kind(
        "the war ends with a victory of the government in the following year", "conflict_years",
        _next("government-victory"),
    ),
    "war-ends": _Kind(
        "the war ends or goes quiet in the following year", "conflict_years", lambda row: row["next"] not in _GONE_ON
    ),
    "agreement": _Kind(
        "a peace agreement or a ceasefire ends the war in the following year", "conflict_years",
        _next("agreement", "ceasefire"),
    ),
    "rebels-defeated": _Kind(
        "a rebel force is defeated in the following year", "rebel_years", _next("government-victory"),
        unit="year of a rebel force",
    ),
    "rebels-gone": _Kind(
        "a rebel force is defeated or dissolves in the following year", "rebel_years",
        _next("government-victory", "rebels-cease"), unit="year of a rebel force",
    ),
}  # fmt: skip
"""What is counted over years of wars or of rebel forces, by class."""

COUNTED: dict[str, str] = {
    "falls-after-withdrawal": "the government falls after its last foreign troops have left, the war going on",
    "support-stops": "a supporter stops within a year",
    "supports-the-new-government": "a supporter is behind the new government within three years of a fall",
    "supports-new-rebels": "a supporter is behind new rebels within three years of a fall",
    "rebels-win-by-age": "rebels win, by the age of the fight",
    "government-wins-by-age": "the government wins, by the age of the fight",
    "agreement-by-age": "an agreement or ceasefire ends the fight, by its age",
    "fight-ends-by-age": "the fight ends or goes quiet, by its age",
    "backs-both-sides": "a state supports both sides",
    "backs-several-rebels": "a supporter of rebels supports several forces of one war",
    "backer-of-government-stays": "a supporter of the government still supports it a year later",
    "backer-of-rebels-stays": "a supporter of rebels still supports them a year later",
    "backer-of-rebels-turns-to-government": "a supporter of rebels supports the government a year later",
    "backer-of-rebels-backs-both": "a supporter of rebels supports both sides a year later",
    "backer-of-government-turns-to-rebels": "a supporter of the government supports rebels a year later",
    "backer-of-rebels-stops": "a supporter of rebels supports nobody a year later",
}
"""What is counted once and for all, by kind."""


@cache
def table(name: str) -> tuple[Row, ...]:
    """Return the rows of a shipped table: a file of this folder, without its ending."""
    text = resources.files("equipoise.scoring").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def sha256() -> str:
    """Return a hash of the shipped tables."""
    names = ("conflict_years", "rebel_years", "counts", "rebel_forces", "supporters")
    files = [resources.files("equipoise.scoring").joinpath(f"{name}.csv").read_bytes() for name in names]
    return hashlib.sha256(b"".join(files)).hexdigest()


def rate(kind: str, wars: Wars | None = None) -> BaseRate:
    """Return how often something came, over the years of a class of wars.

    Args:
        kind: a key of `KINDS`.
        wars: the class; all internal wars of 1975-2017 if not given.

    Raises:
        InputError: no such kind, a class that the data cannot tell, or one without any year.
    """
    if kind not in KINDS:
        raise InputError(f"no base rate {kind!r} over years of wars; there are: {', '.join(KINDS)}")
    how, wars = KINDS[kind], _fitting(wars or Wars(), kind)
    rows = years(kind, wars)
    if not rows:
        raise InputError(f"no year of {wars} in {wars.period[0]}-{wars.period[1]}: nothing to count")
    events = sum(how.came(row) for row in rows)
    return counted(
        kind, says=how.says, cases=str(wars), period=f"{wars.period[0]}-{wars.period[1]}", events=events,
        exposure=len(rows), unit=how.unit, wars=len({row["conflict"] for row in rows}),
        source=f"{ARMED}; {TERMINATION}; {EXTERNAL}", claim=f"{kind}-{wars.slug}"[:64].rstrip("-"),
    )  # fmt: skip


@lru_cache(maxsize=256)
def years(kind: str, wars: Wars) -> tuple[Row, ...]:
    """Return the years of a class in which a kind of outcome could have come next."""
    return tuple(row for row in table(KINDS[kind].table) if _holds(row, wars, KINDS[kind]))


def _fitting(wars: Wars, kind: str) -> Wars:
    """Return a class with its period cut to what is known; refuse what the data cannot tell."""
    how = KINDS[kind]
    first, last = wars.period
    if first > last:
        raise InputError(f"the period {first}-{last} ends before it begins")
    inside = SUPPORT_KNOWN[0] <= first and last <= SUPPORT_KNOWN[1]
    if not inside and (wars.rebels or how.table == "rebel_years"):
        what = "who supports rebels" if wars.rebels else "how rebel forces fare"
        raise InputError(f"{what} is known for {SUPPORT_KNOWN[0]}-{SUPPORT_KNOWN[1]}, not for {first}-{last}")
    if how.table == "rebel_years" and wars.troops not in (None, "there", "none"):
        raise InputError(f"{kind} is counted with or without foreign troops, not by when they left")
    period = (max(first, FIRST_YEAR), min(last, how.last))
    return replace(wars, period=period)


def _holds(row: Row, wars: Wars, how: _Kind) -> bool:
    """Return whether a year is one of the class."""
    if not wars.period[0] <= int(row["year"]) <= wars.period[1]:
        return False
    if how.at_risk and row.get("at_risk") == "0":
        return False
    inside = SUPPORT_KNOWN[0] <= wars.period[0] and wars.period[1] <= SUPPORT_KNOWN[1]
    if inside and how.at_risk and not row["rebel_supporters"]:
        return False
    for wanted, column in ((wars.over, "stake"), (wars.intensity, "intensity")):
        if wanted is not None and row[column] != wanted:
            return False
    if wars.age and not wars.age[0] <= int(row["age"]) <= wars.age[1]:
        return False
    if wars.rebels and (int(row["rebel_supporters"] or 0) > 0) != (wars.rebels == "supported"):
        return False
    troops, gone = ("troops", "troops_gone") if inside else ("parties", "parties_gone")
    return wars.troops is None or _troops(int(row[troops] or 0), int(row.get(gone) or 0), wars.troops)


def _troops(there: int, gone: int, wanted: Troops) -> bool:
    """Return whether troops are as wanted; `gone` is 0 where they are there or have been away for over three years."""
    if wanted == "there":
        return there > 0
    if wanted == "none":
        return there == 0 and gone == 0
    return 0 < gone <= int(wanted.removeprefix("gone-"))


def counts(kind: str) -> tuple[BaseRate, ...]:
    """Return the rates of a kind that is counted once and for all, a case each.

    Raises:
        InputError: no such kind.
    """
    if kind not in COUNTED:
        raise InputError(f"no counts of {kind!r}; there are: {', '.join(COUNTED)}")
    rows = [row for row in table("counts") if row["kind"] == kind]
    return tuple(
        counted(
            kind, says=COUNTED[kind], cases=row["cases"], period=row["period"], events=int(row["events"]),
            exposure=float(row["exposure"]), unit=row["unit"], wars=None, source=row["source"],
            claim=f"{kind}-{n}",
        )
        for n, row in enumerate(rows, 1)
    )  # fmt: skip


def counted(kind: str, *, events: int, exposure: float, unit: str, **said: Any) -> BaseRate:
    """Return what was counted as a rate with its Jeffreys interval; `said` holds the other fields of `BaseRate`."""
    low, high = jeffreys(events, exposure) if unit != FIGHTING else jeffreys_of_rate(events, exposure)
    return BaseRate(
        kind=kind, events=events, exposure=exposure, unit=unit, rate=events / exposure, low=low, high=high, **said
    )  # fmt: skip


def jeffreys(events: int, cases: float) -> tuple[float, float]:
    """Return Jeffreys' 95 % interval of a share; it reaches to 0 where nothing happened and to 1 where all did."""
    from scipy.special import betaincinv  # SciPy's distributions take longer to import than a report to write

    low, high = betaincinv(events + 0.5, cases - events + 0.5, [0.025, 0.975])
    return (0.0 if events == 0 else float(low)), (1.0 if events == cases else float(high))


def jeffreys_of_rate(events: int, years: float) -> tuple[float, float]:
    """Return Jeffreys' 95 % interval of a rate per year of exposure."""
    from scipy.special import gammaincinv

    low, high = gammaincinv(events + 0.5, [0.025, 0.975]) / years
    return (0.0 if events == 0 else float(low)), float(high)


def yearly_chance(collapse_by_week: Sequence[float]) -> float:
    """Return the chance a year that a cumulative curve over weeks amounts to.

    A constant weekly hazard is read into the whole curve: 1 - (1 - P(T))^(52/T). With T = 52 that is P(T)
    itself. The shape of the curve is not used; where the hazard changes much (a withdrawal half way), the
    yearly chance of a shorter or longer run is an average over the run and no forecast for its first year.

    Args:
        collapse_by_week: chance to have happened by each week, the start first (T + 1 values, the start
            0), as in the summary.

    Raises:
        InputError: fewer than two values, values that fall or leave 0 to 1, or a start above 0.
    """
    curve = [float(value) for value in collapse_by_week]
    if len(curve) < 2 or not all(0 <= value <= 1 for value in curve):
        raise InputError("a cumulative curve needs the start and at least one week, all from 0 to 1")
    if curve[0] != 0 or any(later < earlier for earlier, later in pairwise(curve)):
        raise InputError("a cumulative curve starts at 0 and never falls")
    weeks = len(curve) - 1
    if curve[-1] == 1:
        return 1.0
    if weeks == WEEKS_A_YEAR:
        return curve[-1]
    return -math.expm1(math.log1p(-curve[-1]) * WEEKS_A_YEAR / weeks)
