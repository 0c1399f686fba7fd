"""The jobs about deciding: the best way of engaging, the game between patrons, whose beliefs decide.

Like all jobs they take a scenario as a path, the name of a bundled case, a mapping or a `ScenarioFile`; each
returns an object whose `to_dict()` is what the command prints with `--json`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from equipoise import _version, evidence
from equipoise import scenario as scenarios
from equipoise.draws.estimate import filled, unit_means
from equipoise.errors import InputError
from equipoise.findings.beliefs import PlayedThere, choice
from equipoise.futures.play import CHANCE
from equipoise.jobs.sources import Source, known, load, open_study
from equipoise.scenario import Scenario, ScenarioFile
from equipoise.search.sample import Sample

if TYPE_CHECKING:
    from equipoise.games import GameResult
    from equipoise.jobs.study import Study
    from equipoise.search import Optimised

Progress = Callable[[int, int], None]
MOST_PROFILES = 2_000
"""Profiles of a game at most."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a job found, with what it was asked.

    Attributes:
        asked: package, scenario, focus, seed, and the options that matter.
        result: the analysis, as the room that made it returns it.
        found: the analysis as plain data.
    """

    asked: Mapping[str, Any]
    result: Any
    found: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {**self.asked, **self.found}

    def __repr__(self) -> str:
        title = self.asked["scenario"]["title"]
        return f"<{type(self).__name__} on {title!r}, {self.asked['futures']:,} futures>"


Found = TypeVar("Found", bound=Answer)


class OptimisedAnswer(Answer):
    """The best way of engaging; `result` is an `Optimised`."""

    result: Optimised


class GameAnswer(Answer):
    """The game between patrons; `result` is a `GameResult`."""

    result: GameResult


class BeliefsAnswer(Answer):
    """Whose beliefs decide what; `result` are the rows of `explore.under_each`."""


def optimise(
    source: Source,
    *,
    metric: str = "laplace",
    options: Mapping[str, float] | None = None,
    futures: int = 2048,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    trigger: bool = True,
    frontier: bool = True,
    time_limit: float | None = None,
    yaml: str | Path | None = None,
    study: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> OptimisedAnswer:
    """Search for the focus patron's best way of engaging; trace the frontier of influence, regret and cost.

    Args:
        source: the scenario.
        metric: what to make best, a robustness metric by name. options: of the metric.
        futures: through which candidates are searched; four times as many choose among finalists, eight times
            as many give the honest value.
        seed: of every random number. chance: streams a state.
        with_: strategies of other patrons by name.
        beliefs: a holder, whose beliefs are laid over the scenario.
        trigger: also look for one switch of engagement. frontier: also trace the frontier.
        time_limit: seconds after which the search ends with what it has.
        yaml: a file to write what was found and the frontier to, as strategies for the scenario's file.
        study: folder of a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with steps done and in all.

    Raises:
        InputError: of the scenario, or of what was asked.
    """
    from equipoise.search import optimise as search_best

    file = load(source)
    opened = _open(study, file)
    target = _target(yaml)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    _check_with(believed, with_ or {}, (believed.focus,))
    states = _states(futures, chance)
    found = search_best(
        believed, metric=metric, options=options, states=states, chance=chance, seed=seed, with_=with_,
        trigger=trigger, frontier=frontier, time_limit=time_limit, workers=workers, progress=progress,
    )  # fmt: skip
    if target is not None:
        target.write_text(found.yaml(), encoding="utf-8")
    asked = _asked(file, believed, states * chance, seed, beliefs, with_)
    return _kept(OptimisedAnswer(asked, found, found.to_dict()), "optimise", opened)


def game(
    source: Source,
    *,
    players: Sequence[str],
    only: Mapping[str, Sequence[str]] | None = None,
    futures: int = 4096,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    nfg: str | Path | None = None,
    study: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> GameAnswer:
    """Play every profile of some patrons' strategies on the same futures, and solve the game they make.

    Args:
        source: the scenario.
        players: two patrons or more, each with at least one strategy.
        only: strategies by player, where not all are to be played.
        futures: of each profile.
        seed: of every random number. chance: streams a state.
        with_: strategies of patrons who are no players; without one a patron follows its default.
        beliefs: a holder, whose beliefs are laid over the scenario.
        nfg: a file to write the game of mean payoffs to, in Gambit's format.
        study: folder of a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with profiles played and in all.

    Raises:
        InputError: of the scenario, or of what was asked.
    """
    from equipoise.games import analyse, to_nfg

    file = load(source)
    opened = _open(study, file)
    target = _target(nfg)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    named = _players(believed, list(players), only or {})
    _check_with(believed, with_ or {}, tuple(named))
    states = filled(_states(futures, chance))
    scored = (believed.focus, *(p for p in named if p != believed.focus))
    sample = Sample(believed, states=states, chance=chance, seed=seed, scored=scored, workers=workers)
    payoffs = _payoffs(sample, named, with_ or {}, progress)
    result = analyse(payoffs, list(named), list(named.values()), seed=seed)
    if target is not None:
        target.write_text(to_nfg(result.game.mean), encoding="utf-8")
    asked = _asked(file, believed, states * chance, seed, beliefs, with_)
    titles = {p: {s: believed.strategies[p][s].name or s for s in names} for p, names in named.items()}
    return _kept(GameAnswer(asked, result, {**result.to_dict(), "titles": titles}), "game", opened)


def beliefs(
    source: Source,
    *,
    holders: Sequence[str] | None = None,
    futures: int = 2048,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    study: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> BeliefsAnswer:
    """Find the best strategy under each holder's beliefs, its worth there and here, and why it differs.

    Args:
        source: the scenario.
        holders: whose beliefs, all by default.
        futures: of each run.
        seed: of every random number, the same under all beliefs. chance: streams a state.
        with_: strategies of other patrons by name.
        study: folder of a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with runs done and the most there may be.

    Raises:
        InputError: of the scenario, or of what was asked; nobody holds beliefs in it.
    """
    from equipoise.exploration.beliefs import under_each

    file = load(source)
    opened = _open(study, file)
    scenario = file.scenario
    chosen = _holders(scenario, holders)
    _check_with(scenario, with_ or {}, (scenario.focus,))
    states = _states(futures, chance)
    runs = _Runs(scenario, states, chance, seed, dict(with_ or {}), workers, progress, chosen)
    rows = under_each(runs.evaluate, {holder: sorted(scenario.beliefs[holder]) for holder in chosen})
    analyst, found = runs.played(None, None), []
    for row in rows:
        there = runs.played(row.holder, None)
        written = [_belief(scenario, row.holder, belief.to_dict()) for belief in row.beliefs]
        found.append(
            {
                "holder": row.holder, "title": _holder_title(scenario, row.holder), "best": row.best,
                "best_title": scenario.strategies[scenario.focus][row.best].name or row.best,
                **choice(there, analyst, row.best, rows[0].best), "beliefs": written, "says": row.says,
            }
        )  # fmt: skip
    asked = _asked(file, scenario, states * chance, seed, None, with_)
    answer = BeliefsAnswer(asked, rows, {"analyst": found[0], "holders": found[1:], "runs": runs.count})
    return _kept(answer, "beliefs", opened)


class _Runs:
    """The strategies of the focus under any beliefs, each combination played once, on the same draws."""

    def __init__(
        self, scenario: Scenario, states: int, chance: int, seed: int, with_: dict[str, str],
        workers: int | None, progress: Progress | None, holders: Sequence[str],
    ) -> None:  # fmt: skip
        self.scenario, self.with_, self.progress = scenario, with_, progress
        self.sizes = {"states": states, "chance": chance, "seed": seed, "workers": workers}
        self.most = 1 + sum(1 + 2 * len(scenario.beliefs[holder]) for holder in holders)
        self._found: dict[tuple, PlayedThere] = {}

    @property
    def count(self) -> int:
        return len(self._found)

    def played(self, holder: str | None, paths: Sequence[str] | None) -> PlayedThere:
        held = {} if holder is None else self.scenario.beliefs[holder]
        numbers = {path: held[path] for path in (held if paths is None else paths)}
        key = (holder if numbers else None, tuple(sorted(numbers)))
        if key not in self._found:
            believed = scenarios.with_numbers(self.scenario, numbers) if numbers else self.scenario
            sample = Sample(believed, **self.sizes)
            names = tuple(self.scenario.strategies[self.scenario.focus])
            profiles = [{**self.with_, self.scenario.focus: name} for name in names]
            self._found[key] = PlayedThere(names, sample.means(profiles)["payoff"])
            if self.progress:
                self.progress(self.count, self.most)
        return self._found[key]

    def evaluate(self, holder: str | None, paths: Sequence[str] | None) -> dict[str, tuple[float, float]]:
        return self.played(holder, paths).worths()


def _payoffs(
    sample: Sample, named: Mapping[str, Sequence[str]], with_: Mapping[str, str], progress: Progress | None
) -> np.ndarray:
    """Return mean payoffs [independent units of states, strategies of each player, player] of every profile."""
    scored = sample.scored or ()
    outcomes = ["payoff" if p == scored[0] else f"{p}.payoff" for p in named]
    profiles = [{**with_, **dict(zip(named, chosen, strict=True))} for chosen in product(*named.values())]
    parts = []
    for begin in range(0, len(profiles), 16):
        f = sample.means(profiles[begin : begin + 16], outcomes).values
        parts.append(unit_means(f))
        if progress:
            progress(min(begin + 16, len(profiles)), len(profiles))
    by_unit = np.concatenate(parts, axis=1).transpose(2, 1, 0)
    return by_unit.reshape(len(by_unit), *(len(names) for names in named.values()), len(named))


def _players(
    of: Scenario, players: Sequence[str], only: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the strategies of each player."""
    playing = [patron for patron in of.patrons if of.strategies.get(patron)]
    for patron in (*players, *only):
        known("patron with strategies", patron, playing)
    if len(set(players)) != len(players) or len(players) < 2:
        raise InputError(f"a game needs two different players or more; there may play: {', '.join(playing)}")
    for patron in only:
        known("player of this game", patron, players)
    named = {}
    for patron in players:
        own = of.strategies[patron]
        chosen = tuple(dict.fromkeys(only.get(patron, own)))
        for name in chosen:
            known(f"strategy of {patron}", name, own)
        named[patron] = chosen
    profiles = prod(len(names) for names in named.values())
    if not profiles or profiles > MOST_PROFILES:
        sizes = ", ".join(f"{patron} {len(names)}" for patron, names in named.items())
        raise InputError(
            f"these players have {profiles:,} profiles ({sizes}); there must be at least 1 and at most "
            f"{MOST_PROFILES:,}: name fewer players, or the strategies to play"
        )
    return named


def _check_with(of: Scenario, with_: Mapping[str, str], choosing: Sequence[str]) -> None:
    for patron, name in with_.items():
        known("patron", patron, of.patrons)
        if patron in choosing:
            raise InputError(f"{patron} chooses its own strategy here; it cannot be fixed")
        known(f"strategy of {patron}", name, of.strategies.get(patron, {}))


def _holders(of: Scenario, holders: Sequence[str] | None) -> list[str]:
    if not of.beliefs:
        raise InputError("nobody holds beliefs of their own in this scenario; it has no `beliefs`")
    chosen = list(of.beliefs) if holders is None else list(dict.fromkeys(holders))
    for holder in chosen:
        known("holder of beliefs", holder, of.beliefs)
    return chosen


def _states(futures: int, chance: int) -> int:
    if futures < 1 or chance < 1:
        raise InputError(
            f"at least one future and one chance stream are needed; given {futures} and {chance}"
        )
    return -(-futures // chance)


def _belief(of: Scenario, holder: str | None, row: dict[str, Any]) -> dict[str, Any]:
    """Return what a belief does, with what the analyst and the holder think."""
    held = of.beliefs[holder or ""][row["path"]]
    return row | {
        "analyst": scenarios.places(of)[row["path"]].text,
        "believed": held.text,
        "because": held.because,
    }


def _holder_title(of: Scenario, holder: str | None) -> str:
    if holder is None:
        return "the analyst"
    actor = of.patrons.get(holder) or of.forces.get(holder)
    return actor.name if actor is not None and actor.name else holder


def _asked(
    file: ScenarioFile,
    of: Scenario,
    futures: int,
    seed: int,
    holder: str | None,
    with_: Mapping[str, str] | None,
) -> dict[str, Any]:
    return {
        "equipoise": _version.__version__,
        "scenario": {"title": of.title, "sha256": file.sha256},
        "focus": of.focus,
        "futures": futures,
        "seed": seed,
        "weeks": of.calendar.weeks,
        "under_beliefs": holder,
        "with": dict(with_ or {}),
    }


def _open(study: str | Path | None, file: ScenarioFile) -> Study | None:
    """Open the study to keep a result in; refuse one of another scenario before any work is done."""
    if study is None:
        return None
    opened = open_study(study)
    if opened.file.sha256 != file.sha256:
        raise InputError(f"{study} is a study of another scenario than the one given here")
    return opened


def _kept(answer: Found, name: str, study: Study | None) -> Found:
    """Keep a result in its study and write the report again."""
    if study is not None:
        study.keep(name, answer.to_dict())
        study.report()
    return answer


def _target(path: str | Path | None) -> Path | None:
    """Return a file that is to be written; refuse one that cannot be, before any work is done."""
    if path is None:
        return None
    target = Path(path)
    if target.is_dir() or not target.parent.is_dir():
        raise InputError(f"{path} cannot be written: it must name a file in a folder that exists")
    return target
