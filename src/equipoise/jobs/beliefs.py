"""Beliefs: the best strategy under each holder's beliefs, and which belief makes the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from equipoise import evidence
from equipoise import scenario as scenarios
from equipoise.errors import InputError
from equipoise.findings.beliefs import PlayedThere, choice, of_pool
from equipoise.futures.play import CHANCE
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Progress, check_with, states_of
from equipoise.jobs.sources import Set, Source, known, load
from equipoise.jobs.study import Study, filed, study_for
from equipoise.scenario import Scenario
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Pool
from equipoise.search.sample import Sample


def beliefs(
    source: Source,
    *,
    holders: Sequence[str] | None = None,
    futures: int = 2048,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    study: Study | str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Find the best strategy under each holder's beliefs, its worth there and here, and why it differs.

    Args:
        source: the scenario.
        holders: whose beliefs, or which pools', all by default.
        futures: of each run.
        seed: of every random number, the same under all beliefs. chance: streams a state.
        with_: strategies of other patrons by name.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        study: a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with runs done and the most there may be.

    Returns:
        `analyst` and `holders`: the best strategy, its worth and the beliefs that decide; `pools`: the choice under
        each, whose disagreement matters for it (`findings.beliefs`), weights and scores; the `futures` of a run and the
        number of `runs`.

    Raises:
        InputError: of the scenario, or of what was asked; nobody holds beliefs in it.
    """
    from equipoise.exploration.beliefs import under_each

    file = load(source, set_, widen)
    kept = study_for(study, file)
    scenario = file.scenario
    chosen, pools = _holders(scenario, holders)
    check_with(scenario, with_ or {}, (scenario.focus,))
    states = states_of(futures, chance, seed)
    weights = {pool: evidence.weights_of(scenario, pool) for pool in pools}
    pooled = {holder for each in weights.values() for holder in each} - set(chosen)
    runs = _Runs(scenario, states, chance, seed, dict(with_ or {}), workers, progress, chosen, len(pooled))
    rows = under_each(
        runs.evaluate, {holder: sorted(scenario.beliefs[holder]) for holder in chosen}, scenario
    )
    analyst, found, called = runs.played(None, None), [], Names.of(scenario)
    for row in rows:
        there = runs.played(row.holder, None)
        written = [_belief(scenario, row.holder, belief.to_dict()) for belief in row.beliefs]
        found.append(
            {
                "holder": row.holder, "title": called.holder(row.holder), "best": row.best,
                "best_title": called.strategy(row.best),
                **choice(there, analyst, row.best, rows[0].best), "beliefs": written, "says": row.says,
            }
        )  # fmt: skip
    asked = header(
        "beliefs",
        file,
        seed=seed,
        holders=[*chosen, *pools],
        futures=futures,
        chance=chance,
        with_=dict(with_ or {}),
    )
    content = {"futures": states * chance, "analyst": found[0], "holders": found[1:]}
    content["pools"] = [_pool(scenario, pool, each, runs) for pool, each in weights.items()]
    content["runs"] = runs.count
    return filed(Answer(asked, content, rows), kept)


class _Runs:
    """The strategies of the focus under any beliefs, each combination played once, on the same draws."""

    def __init__(
        self, scenario: Scenario, states: int, chance: int, seed: int, with_: dict[str, str],
        workers: int | None, progress: Progress | None, holders: Sequence[str], more: int,
    ) -> None:  # fmt: skip
        self.scenario, self.with_, self.progress = scenario, with_, progress
        self._sample = partial(Sample, states=states, chance=chance, seed=seed, workers=workers)
        self.most = 1 + more + sum(1 + 2 * len(scenario.beliefs[holder]) for holder in holders)
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
            sample = self._sample(believed)
            names = tuple(self.scenario.strategies[self.scenario.focus])
            profiles = [{**self.with_, self.scenario.focus: name} for name in names]
            self._found[key] = PlayedThere(names, sample.means(profiles)["payoff"])
            if self.progress:
                self.progress(self.count, self.most)
        return self._found[key]

    def evaluate(self, holder: str | None, paths: Sequence[str] | None) -> dict[str, float]:
        return self.played(holder, paths).worths()


def _holders(of: Scenario, holders: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """Return the holders and the pools asked for."""
    if not of.beliefs:
        raise InputError("nobody holds beliefs of their own in this scenario; it has no `beliefs`")
    chosen = [*of.beliefs, *of.pools] if holders is None else list(dict.fromkeys(holders))
    for holder in chosen:
        known("holder of beliefs", holder, [*of.beliefs, *of.pools])
    return [name for name in chosen if name in of.beliefs], [name for name in chosen if name in of.pools]


def _pool(of: Scenario, pool: str, weights: Mapping[str, float], runs: _Runs) -> dict[str, Any]:
    """Return the choice under a pool, whose disagreement matters, and how its weights came about."""
    played = {holder: runs.played(holder, None) for holder in weights}
    without = {holder: evidence.leave_out(weights, holder) for holder in weights}
    found = of_pool(weights, without, played)
    asked = of.pools[pool]
    by = asked.by if isinstance(asked, Pool) else "weights"
    scores = (
        evidence.scores_of(of.seed_questions, asked.holders)
        if isinstance(asked, Pool) and by == "calibration"
        else {}
    )
    called = Names.of(of)
    return {
        "pool": pool,
        "by": by,
        "questions": len(of.seed_questions) if scores else 0,
        "best_title": called.strategy(found["best"]),
        **found,
        "holders": [
            row
            | {"title": called.holder(row["holder"]), "best_title": called.strategy(row["best"])}
            | (scores[row["holder"]].to_dict() if scores else {"calibration": None, "information": None})
            for row in found["holders"]
        ],
    }


def _belief(of: Scenario, holder: str | None, row: dict[str, Any]) -> dict[str, Any]:
    """Return what a belief does, with what the analyst and the holder think."""
    held = of.beliefs[holder or ""][row["path"]]
    return row | {
        "analyst": scenarios.places(of)[row["path"]].text,
        "believed": held.text,
        "because": held.because,
    }
