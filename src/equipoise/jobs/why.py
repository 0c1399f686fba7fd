"""Why: what a patron must believe and want for what it does to be its best, and which account that speaks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.futures.play import CHANCE
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Progress, check_with, states_of
from equipoise.jobs.sources import Set, Source, known, load
from equipoise.jobs.study import Study, filed, study_for
from equipoise.scenario import Scenario, wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import counted

if TYPE_CHECKING:
    from equipoise.exploration import Flip
    from equipoise.inference.acts import Act
    from equipoise.inference.believes import Closest
    from equipoise.inference.why import Why

Way = str | Mapping[str, float]


def why(
    source: Source,
    *,
    does: Way | Sequence[Way],
    since: str | date | Sequence[str | date] = (),
    patron: str | None = None,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    within: float = 0.0,
    futures: int = 4096,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    study: Study | str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Say what a patron must believe and want for what it does to be its best, and how likely each account of it is.

    Args:
        source: the scenario.
        does: what the patron was seen to do: a strategy of its own in the scenario, or shares of effort by force; one
            thing, or several one after another.
        since: from when each thing after the first was done.
        patron: whose acts; the focus if not given.
        beliefs: whose beliefs what it must want and believe starts from; the analyst's numbers if not given.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        within: how much less than the best a way may pay in the mean and still count as best.
        futures: of each playing of all ways. seed: of every random number. chance: streams a state.
        with_: strategies of other patrons by name.
        study: a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with playings done and the most there may be.

    Returns:
        What `inference.why.Why.to_dict` gives, with the `futures` of each playing.

    Raises:
        InputError: of the scenario, or of what was asked.
    """
    from equipoise.evidence import under_beliefs
    from equipoise.inference.acts import acts_of
    from equipoise.inference.why import Asked, explain, written

    file = load(source, set_, widen)
    kept = study_for(study, file)
    scenario = file.scenario
    patron = scenario.focus if patron is None else patron
    known("patron", patron, scenario.patrons)
    check_with(scenario, with_ or {}, (patron,))
    under_beliefs(scenario, beliefs)
    if not 0 <= within < float("inf"):
        raise InputError(f"within is a payoff of 0 or more; given {within}")
    done = [does] if isinstance(does, str | Mapping) else list(does)
    days = _days(done, since)
    states = states_of(futures, chance, seed)
    dated, acts = acts_of(scenario, patron, done, days)
    count = _Count(progress)
    accounts = written(dated, patron)
    result = explain(
        Asked(
            dated, patron, acts, accounts, beliefs, within, dict(with_ or {}), states, chance, seed, workers, count
        )
    )  # fmt: skip
    asked = header(
        "why", file, seed=seed, patron=patron, does=[way if isinstance(way, str) else dict(way) for way in done],
        since=[None if day is None else day.isoformat() for day in days], beliefs=beliefs, within=within,
        futures=futures, chance=chance, with_=dict(with_ or {}),
    )  # fmt: skip
    found = {"futures": states * chance, **result.to_dict(), "words": _words(dated, acts[-1], patron, result)}
    return filed(Answer(asked, found, result), kept)


class _Count:
    """Tells the progress of playings; how many there will be is not known beforehand."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress, self.done = progress, 0

    def __call__(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, max(self.done + 1, 100))


def _words(scenario: Scenario, act: Act, patron: str, found: Why) -> dict[str, Any]:
    """Return what people call the ways of engaging, the holders, the hypotheses and the places that are named."""
    holders = {
        holder or "": Names.of(scenario).holder(holder)
        for holder in (None, *scenario.beliefs, *scenario.pools)
    }
    paths = {one.path for one in found.alone} | {path for reason in found.reasons for path in reason.paths}
    changes: list[Flip | Closest] = [*found.believes.smallest.values()]
    if found.believes.closest is not None:
        changes.append(found.believes.closest)
    paths |= {path for change in changes for path in change.paths}
    return {
        "patron": Names.of(scenario).within(patron),
        "ways": {key: way.name or key for key, way in act.ways.items()},
        "holders": holders,
        "hypotheses": {one.name: one.title for one in found.likely.hypotheses},
        "places": {path: wording.place(path, scenario) for path in sorted(paths)},
    }


def _days(done: Sequence[Way], since: str | date | Sequence[str | date]) -> list[date | None]:
    """Return from when each act was done: None for the first, from the start."""
    given = [since] if isinstance(since, str | date) else list(since)
    if not done:
        raise InputError("what the patron does is wanting: name a strategy, or give shares of effort")
    if len(given) != len(done) - 1:
        raise InputError(
            f"{counted(len(done), 'act')} and {counted(len(given), 'date')} are given: the first is done from the "
            "start, each of the others needs a date from which it was done"
        )
    return [None, *(_day(day) for day in given)]


def _day(given: str | date) -> date:
    try:
        return given if isinstance(given, date) else date.fromisoformat(given)
    except ValueError:
        raise InputError(f"a date is written year-month-day, such as 2031-05-01; given {given!r}") from None
