"""Score: a study's forecasts held against what came, beside base rates, things carried on, and what others said."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.futures.play import workers_of
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import MOST_DRAWS
from equipoise.jobs.sources import known
from equipoise.jobs.study import Study, study_of
from equipoise.scenario.observations import ObservationsFile, load_observations
from equipoise.scenario.outcomes import OutcomesFile, Question, load_outcomes
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

if TYPE_CHECKING:
    from equipoise.scoring.forecasts import Answered

FUTURES = 20_000
LEAST = 256
"""Fewer futures than this say nothing of what is rare."""
Given = str | Path | Mapping[str, Any]


def score(
    study: Study | str | Path,
    outcomes: Given,
    *,
    did: str | None = None,
    observations: Given | None = None,
    log: str | Path | None = None,
    futures: int = FUTURES,
    workers: int | None = None,
) -> Answer:
    """Hold what a study says of questions against what came of them.

    Args:
        study: an open study or its folder.
        outcomes: a file, the name of a bundled case that has outcomes, or plain data.
        did: the strategy that the focus patron followed; its `default` if not given.
        observations: what had been seen since the study was made, taken in first; questions about days until then,
            or about what was seen to come, are left out.
        log: a log of forecasts; the first one logged of each question is scored, in place of the study's.
        futures: how many answer, one in each state of the world.
        workers: threads; one for each processor by default.

    Returns:
        What `scoring.scored.Scored.to_dict` gives.

    Raises:
        InputError: of the outcomes, the observations, the log, or what was asked.
    """
    from equipoise.scoring.scored import scored

    if log is not None and observations is not None:
        raise InputError("a logged forecast stands as it was made; leave the observations out")
    asking = Asking.of(study, outcomes, did, observations, futures)
    questions = asking.questions
    if log is None:
        answers = asking.answered(workers)
        found = scored(
            asking.study.scenario, questions, answers.said, answers.start, as_of=asking.as_of,
            futures=answers.futures, answers=answers,
        )  # fmt: skip
    else:
        found = _from_log(asking, log)
    asked = {**asking.asked(), "log": None if log is None else str(log)}
    made = Answer(
        header("score", asking.study.file, seed=asking.study.plan.seed, **asked), found.to_dict(), found
    )
    asking.study.file_analysis("score", made.to_dict())
    return made


def _from_log(asking: Asking, path: str | Path) -> Any:
    """Return the scores of the first forecasts that were logged."""
    from equipoise.scoring.ledger import first_of, read_log
    from equipoise.scoring.scored import scored

    first = first_of(read_log(path), asking.study.scenario.title, asking.questions)
    return scored(
        asking.study.scenario, asking.questions,
        {name: entry.said for name, entry in first.items()},
        {name: entry.start for name, entry in first.items() if entry.start is not None},
        as_of=min(entry.as_of for entry in first.values()), futures=min(entry.futures for entry in first.values()),
        since={name: entry.as_of for name, entry in first.items()},
    )  # fmt: skip


@dataclass(frozen=True)
class Asking:
    """Questions that are put to a study, and what was known when.

    Attributes:
        study: whose. file: the questions. did: what the focus followed. seen: what had been seen since.
        futures: how many answer.
    """

    study: Study
    file: OutcomesFile
    did: str | None
    seen: ObservationsFile | None
    futures: int

    @classmethod
    def of(
        cls,
        study: Study | str | Path,
        outcomes: Given,
        did: str | None,
        observations: Given | None,
        futures: int,
    ) -> Asking:
        """Return what was asked, checked.

        Raises:
            InputError: of any of it.
        """
        of = study_of(study)
        if not LEAST <= futures <= MOST_DRAWS:
            raise InputError(f"from {LEAST} to {MOST_DRAWS:,} futures can answer; given {futures:,}")
        if did is None:
            did = of.scenario.patrons[of.scenario.focus].default
        else:
            known(f"strategy of {of.scenario.focus}", did, of.scenario.strategies[of.scenario.focus])
        seen = None if observations is None else load_observations(observations, of.scenario)
        asking = cls(of, load_outcomes(outcomes, of.scenario), did, seen, futures)
        if not asking.questions:
            raise InputError(
                f"no question is about a day after {asking.as_of}, the last of which anything is known"
            )
        return asking

    @property
    def as_of(self) -> date:
        """The last day of which anything is known."""
        calendar = self.study.scenario.calendar
        days = () if self.seen is None else self.seen.days
        return max((calendar.as_of or calendar.start, *days))

    @property
    def questions(self) -> dict[str, Question]:
        """The questions about days after that, and about nothing that was seen to have come, or failed, by then."""
        seen = () if self.seen is None else self.seen.observations.observations
        settled = {one.subject[0] for one in seen if one.key in ("happened", "deal", "no-deal", "fell")}
        known = {
            name
            for name, q in self.file.outcomes.questions.items()
            if q.key in ("happened", "deal", "fell") and q.subject[0] in settled
        }
        asked = self.file.outcomes.questions.items()
        return {name: q for name, q in asked if q.day > self.as_of and name not in known}

    def asked(self) -> dict[str, Any]:
        """Return what decides what is found, for the header."""
        given = {"outcomes": self.file, "observations": self.seen}
        titled = {
            "outcomes": self.file.outcomes.title,
            "observations": self.seen and self.seen.observations.title,
        }
        return {
            **{key: file and {"title": titled[key], "sha256": file.sha256} for key, file in given.items()},
            "did": self.did, "futures": self.futures, "beliefs": self.study.findings.beliefs,
        }  # fmt: skip

    def answered(self, workers: int | None) -> Answered:
        """Return what the futures answer."""
        from equipoise.inference.updating import Seeing
        from equipoise.scoring.forecasts import answered

        study, scenario = self.study, self.study.scenario
        did = {} if self.did is None else {scenario.focus: self.did}
        world = compile_world(scenario, profiles=[{**study.findings.with_, **did}])
        put = {name: q for name, q in self.questions.items() if q.state != "outside"}
        seen = () if self.seen is None else self.seen.observations.observations
        with ThreadPoolExecutor(workers_of(workers), thread_name_prefix="scoring") as threads:
            seeing = Seeing(
                Player(world, seed=study.plan.seed), self.futures, seed=study.plan.seed, each=threads.map,
                workers=workers_of(workers),
            )  # fmt: skip
            return answered(seeing, put, seen)


def now() -> datetime:
    """Return the time at which a forecast is logged."""
    return datetime.now(UTC)
