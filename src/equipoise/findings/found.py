"""What a run found, as typed frozen objects: the JSON of `run`, and all that tables, figures and the report show.

Nothing is computed here or after: whoever shows a number takes it from these objects. Every object is written by
`to_dict` and read back, checked, by `Run.read`. Probabilities are fractions; lists by week have weeks + 1 entries,
the start first; what is undefined is None.

Source: DESIGN.md *The commands*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from equipoise.findings.confidence import ConfidenceFound
from equipoise.findings.hedges import Kind
from equipoise.records import Record

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class ScenarioRun(Record):
    """Which scenario was run: its title, and the hash of what it says."""

    title: str
    sha256: str


@dataclass(frozen=True)
class Error(Record):
    """How sure a mean or a chance is: its standard error and 95 % Student interval; None where it has none."""

    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Payoff(Record):
    """What a strategy is worth to the focus patron.

    Attributes:
        mean, se, low, high: mean over futures, its standard error and 95 % Student interval.
        p5, p50, p95, cvar5: quantiles over futures (linear), and the mean of the worst twentieth.
        unknown, luck: standard deviations: over states of what a state gives on average, and within a state.
    """

    mean: float
    se: float | None
    low: float | None
    high: float | None
    p5: float
    p50: float
    p95: float
    cvar5: float
    unknown: float | None
    luck: float | None


@dataclass(frozen=True)
class Influence(Record):
    """The focus patron's influence: mean over the run with its error and interval, mean at the end, mean by week."""

    mean: float
    se: float | None
    low: float | None
    high: float | None
    end: float
    by_week: Numbers


@dataclass(frozen=True)
class Regret(Record):
    """What a strategy forgoes against the best of each state: over states, mean, 90th percentile and greatest."""

    mean: float
    p90: float
    max: float


@dataclass(frozen=True)
class Course(Record):
    """A quantity over the weeks, its mean over futures: at the start, at the end, by week."""

    start: float
    end: float
    by_week: Numbers


@dataclass(frozen=True)
class ForceFound(Record):
    """What becomes of a force: the chance that it has fallen by the end and by each week, and its power."""

    collapse: float
    collapse_by_week: Numbers
    power: Course


@dataclass(frozen=True)
class Violence(Record):
    """Mean violence by week."""

    by_week: Numbers


@dataclass(frozen=True)
class Success(Record):
    """How often a way of engaging succeeds by the scenario's own `success`.

    `futures`: share of futures in which every condition holds. `states`: share of the states of the world in more than
    half of whose futures it does.
    """

    futures: float
    states: float


@dataclass(frozen=True)
class StrategyFound(Record):
    """How one way of engaging fares.

    Attributes:
        influence_after_collapse: mean influence at the end over the futures in which the incumbent fell.
        influence_after_common_collapse: over those in which it fell under every strategy run.
        influence_if_stands: over those in which it stood.
        influence_kept: share of futures that end with no less influence than they began with;
            influence_kept_after_collapse, influence_kept_if_stands: of those in which the incumbent fell, and stood.
        levers: mean number of forces in the field with standing of at least 0.3 at the end.
        spread, hedge_index: means over futures and weeks with engagement, over how many forces effort goes and how
            far to rivals; 0 where there is none.
        kind: what that makes of it.
        success: None where the scenario does not say what success is.
        robustness, robustness_rank: by metric; None where a metric is undefined.
        chance_best: share of states in which it pays most (ties shared).
        terms: mean of each term of eq. 6. allocation: by force, mean share of effort.
        standing: with each force. orders: share of futures in each order in the last week.
    """

    payoff: Payoff
    influence: Influence
    influence_after_collapse: float | None
    influence_after_common_collapse: float | None
    influence_if_stands: float | None
    influence_kept: float
    influence_kept_after_collapse: float | None
    influence_kept_if_stands: float | None
    levers: float
    success: Success | None
    spread: float
    hedge_index: float
    kind: Kind
    regret: Regret
    robustness: Mapping[str, float | None]
    robustness_rank: Mapping[str, int | None]
    chance_best: float
    terms: Mapping[str, float]
    allocation: Mapping[str, float]
    standing: Mapping[str, Course]
    forces: Mapping[str, ForceFound]
    orders: Mapping[str, float]
    violence: Violence


@dataclass(frozen=True)
class DifferenceFound(Record):
    """How much better one strategy does than another in the same futures, with its 95 % Student interval."""

    better: str
    worse: str
    mean: float
    se: float | None
    low: float | None
    high: float | None

    @property
    def told_apart(self) -> bool | None:
        """Whether the interval leaves out 0; None where there is none."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0

    def turned(self) -> DifferenceFound:
        """Return the same difference, taken the other way round."""
        ends = [None if end is None else -end for end in (self.high, self.low)]
        return DifferenceFound(self.worse, self.better, -self.mean, self.se, *ends)


@dataclass(frozen=True)
class EventFound(Record):
    """An event: the chance that it happens within the run, and when it does if it does."""

    probability: float
    p5_date: str | None
    median_date: str | None
    p95_date: str | None


@dataclass(frozen=True)
class IssueFound(Record):
    """Where an issue of a talk lands, over states in which it does, and the share in which there is no agreement.

    None where there never is an outcome; of talks that go by power, over the futures in which they took place.
    """

    mean: float | None
    p5: float | None
    p50: float | None
    p95: float | None
    no_agreement: float | None


@dataclass(frozen=True)
class TalkFound(Record):
    """A talk: chance that it is held and ends in a deal, that every veto party accepts, and where issues land.

    `with_power` says whose power counts as clout where clout is power; None where clout is a number.
    """

    deal: float
    acceptable: float | None
    with_power: str | None
    median_date: str | None
    issues: Mapping[str, IssueFound]


@dataclass(frozen=True)
class TermFound(Record):
    """A term: the chance that it falls due within the run, and that it is kept in time where it does (else None)."""

    due: float
    kept: float | None


@dataclass(frozen=True)
class AgreementFound(Record):
    """An agreement: the chance that it is signed before the run is over, and its terms in their order."""

    signed: float
    terms: tuple[TermFound, ...]


@dataclass(frozen=True)
class InputFound(Record):
    """An uncertain number as drawn: its mean and standard deviation over states."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Fan(Record):
    """Quantiles over futures of a quantity, by week."""

    p5: Numbers
    p25: Numbers
    p50: Numbers
    p75: Numbers
    p95: Numbers


@dataclass(frozen=True)
class Fans(Record):
    """Fans of a strategy: power of each force, and the focus patron's standing with it."""

    power: Mapping[str, Fan]
    standing: Mapping[str, Fan]


@dataclass(frozen=True)
class Held(Record):
    """How much of a region a force controls in a week.

    Attributes:
        mean, se, low, high: its mean share over futures, with standard error and 95 % Student interval.
        p5, p50, p95: quantiles over futures.
        most, most_se: share of the futures in which it controls more of the region than any other force, and the
            standard error of that share.
    """

    mean: float
    se: float | None
    low: float | None
    high: float | None
    p5: float
    p50: float
    p95: float
    most: float
    most_se: float | None


@dataclass(frozen=True)
class Control(Record):
    """Who controls what: by region and force at the start, and by strategy a year later or where the run ends before.

    `week`: which week that is. `futures`: one in each of so many first states, the same as for the fans.
    """

    week: int
    futures: int
    start: Mapping[str, Mapping[str, Held]]
    later: Mapping[str, Mapping[str, Mapping[str, Held]]]


@dataclass(frozen=True)
class ResentmentScan(Record):
    """The same states played with the focus patron resented more and less for keeping company with rivals.

    Attributes:
        multipliers: of how much every force resents it (`resented`); 1 is the scenario.
        hedges, one_sided: the strategies compared. payoff: by strategy, its mean at each level.
        se: its standard errors. lead, lead_se: at each level, the best hedge's payoff less the best one-sided
            strategy's, with its error paired by state; best_hedge, best_one_sided: which these are (all None where
            a kind has no strategy). threshold: the multiplier at which the best one-sided strategy overtakes the
            best hedge, None where it does not happen in the range; low, high: its 95 % interval. futures: at each
            level.
    """

    multipliers: Numbers
    hedges: tuple[str, ...]
    one_sided: tuple[str, ...]
    payoff: Mapping[str, Numbers]
    se: Mapping[str, tuple[float | None, ...]]
    lead: Numbers | None
    lead_se: tuple[float | None, ...] | None
    best_hedge: tuple[str, ...] | None
    best_one_sided: tuple[str, ...] | None
    threshold: float | None
    low: float | None
    high: float | None
    futures: int


@dataclass(frozen=True)
class Entry(Record):
    """A dated entry of the timeline: `kind` is event, deadline, talk, start or as-of."""

    week: int
    date: str
    kind: str
    name: str
    what: str
    probability: float | None
    p5_date: str | None
    p95_date: str | None


@dataclass(frozen=True)
class Asked(Record):
    """The header of a run: what was asked, of which scenario, with which seed and version, and what was played."""

    equipoise: str
    job: str
    scenario: ScenarioRun
    focus: str
    seed: int
    asked: Mapping[str, Any]
    futures: int
    states: int
    chance: int
    weeks: int
    beliefs: str | None
    with_: Annotated[Mapping[str, str], Field(alias="with")]


@dataclass(frozen=True)
class Found(Record):
    """What the futures say of strategies, events, talks, agreements and inputs.

    `groups`: neighbours of the ranking that cannot be told apart stand together. `errors`: of every mean and
    chance, by the path of its keys (`strategies.hedge.orders.holds`, `events.e.probability`).
    """

    strategies: Mapping[str, StrategyFound]
    ranking: tuple[str, ...]
    differences: tuple[DifferenceFound, ...]
    groups: tuple[tuple[str, ...], ...]
    events: Mapping[str, EventFound]
    talks: Mapping[str, TalkFound]
    agreements: Mapping[str, AgreementFound]
    inputs: Mapping[str, InputFound]
    errors: Mapping[str, Error]

    @property
    def best(self) -> str:
        """The strategy with the best mean payoff."""
        return self.ranking[0]

    @property
    def succeeds_most(self) -> str | None:
        """The strategy that succeeds most often by the scenario's `success`; None where that cannot be told to be
        more often than `best` does: where their 95 % intervals meet, or success is not stated."""
        said = {name: found.success.futures for name, found in self.strategies.items() if found.success}
        if self.best not in said:
            return None
        most = max(self.ranking, key=lambda name: said[name])
        low, high = (self.error("strategies", name, "success", "futures") for name in (most, self.best))
        return most if low.low is not None and high.high is not None and low.low > high.high else None

    def error(self, *keys: str) -> Error:
        """Return how sure the mean or chance at a path of keys is."""
        return self.errors[".".join(keys)]

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], DifferenceFound]:
        return {(row.better, row.worse): row for row in self.differences}

    def difference(self, one: str, other: str) -> DifferenceFound:
        """Return how much more `one` pays than `other`, paired by future."""
        found = self._pairs.get((one, other))
        return self._pairs[other, one].turned() if found is None else found


@dataclass(frozen=True)
class Run(Found, Asked):
    """All that a run found: the document that `run --json` prints."""

    fans_futures: int
    fans: Mapping[str, Fans]
    control: Control
    resentment: ResentmentScan
    confidence: ConfidenceFound
    timeline: tuple[Entry, ...]
    warnings: tuple[str, ...] = ()
