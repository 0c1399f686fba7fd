"""Score: a study's forecasts held against what came, beside base rates, things carried on, and what others said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.futures.play import workers_of
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import MOST_DRAWS
from equipoise.jobs.sources import known
from equipoise.jobs.study import Study, filed, study_of
from equipoise.scenario import Scenario, ScenarioFile
from equipoise.scenario.observations import Observation, ObservationsFile, load_observations
from equipoise.scenario.outcomes import Kept, OutcomesFile, Question, load_outcomes
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

if TYPE_CHECKING:
    from equipoise.scoring.forecasts import Answered
    from equipoise.scoring.scored import Scored

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
    rolling: bool = False,
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
        rolling: also judge what was to be expected before anything was seen, and on each day on which something was,
            by what had been seen until then.
        log: a log of forecasts; the first one logged of each question is scored, in place of the study's.
        futures: how many answer, one in each state of the world.
        workers: threads; one for each processor by default.

    Returns:
        What `scoring.scored.Scored.to_dict` gives.

    Raises:
        InputError: of the outcomes, the observations, the log, or what was asked.
    """
    if log is not None and observations is not None:
        raise InputError("a logged forecast stands as it was made; leave the observations out")
    if rolling and observations is None:
        raise InputError("what was to be expected day by day needs the observations of those days")
    of = study_of(study)
    asking = Asking.of(Situation.of(of), outcomes, did, observations, futures)
    if log is None:
        found = asking.scored(workers)[0]
        if rolling:
            found = _rolled(found, [one.scored(workers)[0] for one in asking.day_by_day()])
    else:
        found = _from_log(asking, log)
    asked = {**asking.asked(), "rolling": rolling, "log": None if log is None else str(log)}
    return filed(Answer(header("score", of.file, seed=of.plan.seed, **asked), found.to_dict(), found), of)


def _rolled(found: Scored, moments: Sequence[Scored]) -> Scored:
    """Return scores with those of every day before them."""
    from equipoise.scoring.scored import totals_of

    every = [one for moment in moments for one in moment.questions]
    return replace(found, rolling=tuple(moments), rolling_totals=tuple(totals_of(every, {})))


def _from_log(asking: Asking, path: str | Path) -> Scored:
    """Return the scores of the first forecasts that were logged."""
    from equipoise.scoring.ledger import first_of, read_log
    from equipoise.scoring.scored import scored

    first = first_of(read_log(path), asking.of_.scenario.title, asking.questions)
    return scored(
        asking.of_.scenario, asking.questions,
        {name: entry.said for name, entry in first.items()},
        {name: entry.start for name, entry in first.items() if entry.start is not None},
        as_of=min(entry.as_of for entry in first.values()), futures=min(entry.futures for entry in first.values()),
        since={name: entry.as_of for name, entry in first.items()},
    )  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """What questions are put to: a scenario as it is believed to be, and what other patrons do.

    Attributes:
        file: as it was read. scenario: under the beliefs that were asked for. seed: of its futures.
        with_: what other patrons do. beliefs: whose were laid over it.
    """

    file: ScenarioFile
    scenario: Scenario
    seed: int
    with_: Mapping[str, str]
    beliefs: str | None

    @classmethod
    def of(cls, study: Study) -> Situation:
        """Return the situation of a study."""
        found = study.findings
        return cls(study.file, study.scenario, study.plan.seed, found.with_, found.beliefs)


@dataclass(frozen=True)
class Asking:
    """Questions that are put to a situation, and what was known when.

    Attributes:
        of_: the situation. file: the questions. did: what the focus followed. seen: what had been seen since.
        futures: how many answer. until: the last day of which observations are taken in; all of them if None.
    """

    of_: Situation
    file: OutcomesFile
    did: str | None
    seen: ObservationsFile | None
    futures: int
    until: date | None = None

    @classmethod
    def of(
        cls, of: Situation, outcomes: Given, did: str | None, observations: Given | None, futures: int
    ) -> Asking:
        """Return what was asked, checked.

        Raises:
            InputError: of any of it.
        """
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

    def day_by_day(self) -> Iterator[Asking]:
        """Yield the same questions as they were before anything was seen, then on each day on which something was."""
        if self.seen is not None:
            calendar = self.of_.scenario.calendar
            known = calendar.as_of or calendar.start
            days = (min(known, *self.seen.days) - timedelta(days=1), *self.seen.days)
            yield from (one for day in days if (one := replace(self, until=day)).questions)

    @property
    def observed(self) -> tuple[Observation, ...]:
        """What had been seen by then."""
        if self.seen is None:
            return ()
        return self.seen.observations.observations if self.until is None else self.seen.until(self.until)

    @property
    def as_of(self) -> date:
        """The last day of which anything is known."""
        calendar = self.of_.scenario.calendar
        return max((calendar.as_of or calendar.start, *(one.day for one in self.observed)))

    @property
    def questions(self) -> dict[str, Question]:
        """The questions about days after that, and about nothing that was seen to have come, or failed, by then."""
        asked = self.file.outcomes.questions.items()
        return {name: q for name, q in asked if q.day > self.as_of and not self._known(q)}

    def _known(self, question: Question) -> bool:
        """Whether what was seen settles a question: of a term, that what is owed has come or nothing was signed."""
        settled, failed = (
            {one.subject[0] for one in self.observed if one.key in keys}
            for keys in (("happened", "deal", "no-deal", "fell"), ("no-deal",))
        )
        if isinstance(question, Kept):
            agreement = self.of_.scenario.agreements[question.kept]
            return agreement.terms[question.term].event in settled or agreement.signed in failed
        return question.key in ("happened", "deal", "fell") and question.subject[0] in settled

    def asked(self) -> dict[str, Any]:
        """Return what decides what is found, for the header."""
        given = {"outcomes": self.file, "observations": self.seen}
        titled = {
            "outcomes": self.file.outcomes.title,
            "observations": self.seen and self.seen.observations.title,
        }
        return {
            **{key: file and {"title": titled[key], "sha256": file.sha256} for key, file in given.items()},
            "did": self.did, "futures": self.futures, "beliefs": self.of_.beliefs,
        }  # fmt: skip

    def answered(self, workers: int | None) -> Answered:
        """Return what the futures answer."""
        from equipoise.inference.updating import Seeing
        from equipoise.scoring.forecasts import answered

        of = self.of_
        did = {} if self.did is None else {of.scenario.focus: self.did}
        world = compile_world(of.scenario, profiles=[{**of.with_, **did}])
        put = {name: q for name, q in self.questions.items() if q.state != "outside"}
        with ThreadPoolExecutor(workers_of(workers), thread_name_prefix="scoring") as threads:
            seeing = Seeing(
                Player(world, seed=of.seed), self.futures, seed=of.seed, each=threads.map,
                workers=workers_of(workers),
            )  # fmt: skip
            return answered(seeing, put, self.observed)

    def scored(self, workers: int | None) -> tuple[Scored, Answered]:
        """Return how what the futures answer fares, and the answers."""
        from equipoise.scoring.scored import scored

        answers = self.answered(workers)
        found = scored(
            self.of_.scenario, self.questions, answers.said, answers.start, as_of=self.as_of,
            futures=answers.futures, answers=answers,
        )  # fmt: skip
        return found, answers


def now() -> datetime:
    """Return the time at which a forecast is logged."""
    return datetime.now(UTC)
