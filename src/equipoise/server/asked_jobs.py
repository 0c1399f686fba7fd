"""What a job may be asked over the API, a type each, and what is said of it; the bounds here refuse what is too large.

Every option has the name and the meaning it has in the job of that name, from Python and on the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, model_validator

from equipoise.records import Record
from equipoise.server.asked import Asked, Short, ViewAsked

MOST_FUTURES = 200_000
MOST_DRAWS = 20_000
MOST_NAMES = 40
LONGEST_TEXT = 1_000_000
Names = Annotated[list[Short], Field(min_length=1, max_length=MOST_NAMES)]
Shares = Annotated[
    dict[Short, Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=1, max_length=MOST_NAMES)
]
With = Annotated[dict[Short, Short], Field(max_length=MOST_NAMES)]
Futures = Annotated[int, Field(ge=1, le=MOST_FUTURES)]
Draws = Annotated[int, Field(ge=2, le=MOST_DRAWS)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Chance = Annotated[int, Field(ge=1, le=256)]
WHERE = {"view", "job", "study", "played", "out", "observations", "file", "other"}
"""Keys that say what a job is made of and where it is kept; all others are the job's own options."""


class OneJobAsked(Asked):
    """A job on the situation as a view has it."""

    view: ViewAsked = ViewAsked()

    def chosen(self) -> dict[str, Any]:
        """Return the job's own options by their names in Python, without those left out."""
        return self.model_dump(exclude=WHERE, exclude_none=True, exclude_unset=True)


class RunAsked(OneJobAsked):
    """Play the futures; with `out`, keep them as a study of that name in the folder that is served."""

    job: Literal["run"]
    futures: Futures = 20_000
    chance: Chance = 16
    strategies: Names | None = None
    with_: Annotated[With | None, Field(alias="with")] = None
    out: Short | None = None


class OfStudyAsked(OneJobAsked):
    """A job on a study: one in the folder that is served, by its name, or one played for it now of so many futures."""

    study: Short | None = None
    played: Annotated[int, Field(ge=512, le=MOST_FUTURES)] = 20_000


class ExploreAsked(OfStudyAsked):
    """What the answer hangs on, where it tips, when it fails, what to find out and what to watch."""

    job: Literal["explore"]
    strategy: Short | None = None
    states: Annotated[int, Field(ge=1, le=100_000)] = 2048
    every: bool = False
    reruns: bool = True
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class BriefAsked(OfStudyAsked):
    """What a minister reads, in two pages."""

    job: Literal["brief"]


class UpdateAsked(OfStudyAsked):
    """What was seen since, taken in: its text, or a file in the folder that is served."""

    job: Literal["update"]
    observations: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None
    file: Short | None = None
    did: Short | None = None
    futures: Futures = 20_000
    holders: bool = True
    rolling: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> UpdateAsked:
        if (self.observations is None) == (self.file is None):
            raise ValueError("give what was seen either as text (`observations`) or as a file (`file`)")
        return self


class WhyAsked(OneJobAsked):
    """What a patron must believe and want for what it does to be its best."""

    job: Literal["why"]
    does: Short | Shares | Annotated[list[Short | Shares], Field(min_length=1, max_length=8)]
    since: Annotated[list[Short], Field(max_length=8)] | None = None
    patron: Short | None = None
    within: Annotated[float, Field(ge=0, le=1e6)] = 0.0
    futures: Futures = 4096
    with_: Annotated[With | None, Field(alias="with")] = None


class GameAsked(OneJobAsked):
    """What patrons who choose at the same time would answer to each other."""

    job: Literal["game"]
    players: Names
    only: Annotated[dict[Short, Names], Field(max_length=MOST_NAMES)] | None = None
    futures: Futures = 4096
    with_: Annotated[With | None, Field(alias="with")] = None


class TalksAsked(OneJobAsked):
    """Where talks may land, how likely a deal is, what blocks it."""

    job: Literal["talks"]
    talk: Short | None = None
    model: Short | Names | None = None
    draws: Draws = 1024


class BalanceAsked(OneJobAsked):
    """How ties strain each other, which camps they point to, what a hedge costs."""

    job: Literal["balance"]
    draws: Draws = 512
    time_limit: Seconds = 60.0
    quota: Annotated[float, Field(ge=0, le=1)] = 0.5


class OptimiseAsked(OneJobAsked):
    """The best way of engaging that a search finds, and the frontier around it."""

    job: Literal["optimise"]
    metric: Short = "laplace"
    options: Annotated[dict[Short, float], Field(max_length=8)] | None = None
    futures: Futures = 2048
    with_: Annotated[With | None, Field(alias="with")] = None
    trigger: bool = True
    frontier: bool = True
    time_limit: Seconds | None = None


class BeliefsAsked(OneJobAsked):
    """The best way under each holder's beliefs, and which belief makes the difference."""

    job: Literal["beliefs"]
    holders: Names | None = None
    futures: Futures = 2048
    with_: Annotated[With | None, Field(alias="with")] = None


class CompareAsked(OneJobAsked):
    """The situation held against another scenario, a file in the folder that is served, on the same draws."""

    job: Literal["compare"]
    other: Short
    futures: Futures = 4096


class JobAsked(
    RootModel[
        Annotated[
            RunAsked | ExploreAsked | BriefAsked | UpdateAsked | WhyAsked | GameAsked | TalksAsked | BalanceAsked
            | OptimiseAsked | BeliefsAsked | CompareAsked,
            Field(discriminator="job"),
        ]
    ]
):  # fmt: skip
    """One of the jobs, by its name."""


State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class JobShown(Record):
    """A job: how far it is, and what it has to give.

    Attributes:
        id, job: its own name, and that of what it does. scenario: hash of the text it rests on.
        address: of the view it is of. situation: that view in words, the noun first.
        after: what it waits for, by the names of the jobs before it, the one at work first.
        state: `waiting` for others to end, `running`, `done`, `failed` (`says` has why) or `cancelled`.
        step: what it is at, in words. done, of: steps of that, where they can be counted.
        seconds: that it has run. tables: names of what can be had as CSV once it is done.
    """

    id: str
    job: str
    scenario: str
    address: str
    situation: str
    after: tuple[str, ...]
    state: State
    step: str
    done: int | None
    of: int | None
    says: str
    seconds: float
    tables: tuple[str, ...]


@dataclass(frozen=True)
class JobsShown(Record):
    """The jobs that are known, the newest first."""

    jobs: tuple[JobShown, ...]


@dataclass(frozen=True)
class PatronShown(Record):
    """A patron: what it is called, its ways of engaging, key and name of each, and the key of its default."""

    name: str
    ways: dict[str, str]
    default: str | None


@dataclass(frozen=True)
class SeenShown(Record):
    """A kind of thing that can be seen.

    Attributes:
        key: names it in a file of observations. words: a sentence of it, its values by key in braces.
        names: what its values name ("force", "event or talk"), by key.
    """

    key: str
    words: str
    names: dict[str, str]


@dataclass(frozen=True)
class Situation(Record):
    """What is served, by the keys that can be asked for.

    Attributes:
        scenario: hash of its text. title, question, focus, start, weeks: of the scenario. last: day of the run.
        forces, regions, events, talks, holders: key and name. patrons: each with its ways of engaging.
        metrics: by which `optimise` can judge. seen: what can be seen, for `update`.
        observed: the text of the observations that a bundled case comes with; empty where there are none.
        folder: whether one is served; scenarios, observations, studies: what lies in it, by name, at most 100 of
            each; a file of which it cannot be told which it is stands in both. study: whether a study is served.
    """

    scenario: str
    title: str
    question: str
    focus: str
    start: str
    weeks: int
    last: str
    forces: dict[str, str]
    regions: dict[str, str]
    events: dict[str, str]
    patrons: dict[str, PatronShown]
    talks: dict[str, str]
    holders: dict[str, str]
    metrics: tuple[str, ...]
    seen: tuple[SeenShown, ...]
    observed: str
    folder: bool
    scenarios: tuple[str, ...]
    observations: tuple[str, ...]
    studies: tuple[str, ...]
    study: bool
