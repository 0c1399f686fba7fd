"""Compare: two scenarios on the same draws, what moved between them and which change moved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise import evidence
from equipoise.draws.estimate import estimate, filled
from equipoise.errors import InputError, InternalError
from equipoise.findings import attribution
from equipoise.findings.attribution import Chosen
from equipoise.findings.paired import BEST, Situation, played
from equipoise.futures.place import is_place
from equipoise.futures.play import CHANCE, Plan
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Progress, check_with
from equipoise.jobs.sources import Set, Source, known, load
from equipoise.jobs.study import Study, study_of
from equipoise.scenario import Scenario, ScenarioFile, changed
from equipoise.scenario.differences import Change, blended, by_part, changes_between, said, together
from equipoise.scenario.display_names import Names

FUTURES, SEED = 4096, 1
"""Where none are asked for and none of a study's are taken."""
WHOLE, IN_ORDER = "shapley", "in-order"
"""How shares are found: over all orders of the changes, or in the order in which they are written."""
ONE_CHANGE = "{} is one change: its parts make no scenario without each other."


@dataclass(frozen=True)
class _Side:
    """One of the two: its file, the scenario as it is played, and whose beliefs and strategies it is played under."""

    file: ScenarioFile
    scenario: Scenario
    beliefs: str | None
    with_: Mapping[str, str]
    plan: Plan | None

    def to_dict(self, situation: Situation) -> dict[str, Any]:
        best = situation.ranking[0]
        return {
            "title": self.file.scenario.title,
            "sha256": self.file.sha256,
            "beliefs": self.beliefs,
            "best": best,
            "best_title": Names.of(self.scenario).strategy(best),
            "ranking": list(situation.ranking),
        }


def compare(
    first: Source | Study,
    second: Source | Study | None = None,
    *,
    set_: Set | None = None,
    widen: float | str | None = None,
    metric: str = BEST,
    futures: int | None = None,
    seed: int | None = None,
    chance: int | None = None,
    strategies: Sequence[str] | None = None,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Play two scenarios on the same draws, and say what moved between them and which change moved it.

    Args:
        first: a scenario, or a study or its folder, which is played under the beliefs and strategies it was run with.
        second: likewise. Without it the first is held against itself, changed.
        set_: other numbers by path in the second (`scenario.changed`). widen: its bare numbers, by this share.
        metric: whose shares are told: `best`, `gap`, `payoff.STRATEGY`, `falls.FORCE` or `orders.ORDER`.
        futures: how many of each; those of the first where it is a study, else 4,096. seed: of every random number;
            the study's, else 1. chance: streams a state; the study's, else 16.
        strategies: of the focus; all by default. with_: strategies of other patrons, in both.
        beliefs: a holder whose beliefs are laid over both.
        workers: threads. progress: called with runs done and wanted.

    Returns:
        `first` and `second` (the best strategy of each), `changes` in words with their edits, the `method` of sharing,
        `metrics` with both values, their paired difference and the `shares` of the changes, `runs` and `futures`.

    Raises:
        InputError: of the scenarios or of what was asked; the two have no focus or no strategy in common.
    """
    one = _side(first, beliefs, with_)
    if second is None and not set_ and widen is None:
        raise InputError("name a second scenario, or change the first with --set or --widen")
    two = _changed(one if second is None else _side(second, beliefs, with_), set_, widen)
    _check(one, two, strategies)
    plan = _plan(one.plan, futures, seed, chance)
    changes, note, blends = _playable(one.scenario, changes_between(one.scenario, two.scenario))
    situations = _situations(blends, one.with_, strategies, plan, workers, progress)
    start, end = situations[frozenset()], situations[frozenset(range(len(changes)))]
    common = [key for key in start.rows if all(key in each.rows for each in situations.values())]
    known("metric", metric, common)
    asked = {"metric": metric, "futures": plan.futures, "chance": plan.chance, "strategies": strategies}
    head = header(
        "compare", one.file, seed=plan.seed, **asked, with_=dict(one.with_), beliefs=one.beliefs,
        second={"sha256": two.file.sha256, **header("compare", two.file, seed=None)["asked"], "beliefs": two.beliefs},
    )  # fmt: skip
    found = {
        "futures": plan.futures,
        "runs": len(situations),
        "first": one.to_dict(start),
        "second": two.to_dict(end),
        "method": WHOLE if len(changes) <= attribution.MOST else IN_ORDER,
        "note": note,
        "changes": [_change(change, one.scenario, two.scenario) for change in changes],
        "metrics": {key: _metric(key, situations, len(changes)) for key in common},
    }
    return Answer(head, found)


def _side(source: Source | Study, beliefs: str | None, with_: Mapping[str, str] | None) -> _Side:
    """Return one of the two, as it is played."""
    if isinstance(source, Study) or is_place(source):
        study = study_of(source)
        run = study.findings
        plan, file, beliefs = study.plan, study.file, run.beliefs if beliefs is None else beliefs
        with_ = run.with_ if with_ is None else with_
    else:
        plan, file = None, load(source)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    check_with(believed, with_ or {}, (believed.focus,))
    return _Side(file, believed, beliefs, dict(with_ or {}), plan)


def _changed(side: _Side, set_: Set | None, widen: float | str | None) -> _Side:
    file = changed(side.file, set_, widen=widen)
    return _Side(
        file, evidence.under_beliefs(file.scenario, side.beliefs), side.beliefs, side.with_, side.plan
    )


def _check(one: _Side, two: _Side, strategies: Sequence[str] | None) -> None:
    """Refuse two that are not about the same choice."""
    if one.scenario.focus != two.scenario.focus:
        raise InputError(
            f"the two are about different patrons' choices: {one.scenario.focus} and {two.scenario.focus}"
        )
    if one.with_ != two.with_:
        raise InputError(
            f"the two were played with other patrons' strategies that differ: {dict(one.with_)} and "
            f"{dict(two.with_)}; say which with --with"
        )
    own = [side.scenario.strategies[side.scenario.focus] for side in (one, two)]
    for name in strategies or ():
        known(f"strategy of {one.scenario.focus} in both", name, [n for n in own[0] if n in own[1]])
    if not own[0].keys() & own[1].keys():
        raise InputError(f"the two have no strategy of {one.scenario.focus} in common")


def _plan(of_study: Plan | None, futures: int | None, seed: int | None, chance: int | None) -> Plan:
    """Return what is played, in whole blocks of states."""
    given = of_study or Plan.of(FUTURES, chance=CHANCE if chance is None else chance, seed=SEED)
    chance = given.chance if chance is None else chance
    asked = Plan.of(
        given.futures if futures is None else futures,
        chance=chance,
        seed=given.seed if seed is None else seed,
    )
    return Plan(filled(asked.states), asked.chance, asked.seed)


def _playable(
    first: Scenario, changes: tuple[Change, ...]
) -> tuple[tuple[Change, ...], str | None, dict[Chosen, Scenario]]:
    """Return changes of which every combination that is needed makes a scenario, what was done for it, and those."""
    if len(changes) > attribution.MOST:
        changes = by_part(changes)
    numbers = tuple(change for change in changes if change.numeric)
    others = [change for change in changes if not change.numeric]
    tries: list[tuple[tuple[Change, ...], str | None]] = [(changes, None)]
    if len(others) > 1:
        tries.append(((*numbers, together(others)), ONE_CHANGE.format("What differs besides numbers")))
    tries.append(((together(changes),) if changes else (), ONE_CHANGE.format("All that differs")))
    for tried, note in tries[:-1]:
        made = _blends(first, tried)
        if made is not None:
            return tried, note, made
    tried, note = tries[-1]
    made = _blends(first, tried)
    if made is None:
        raise InternalError("what makes one scenario another makes no scenario")
    return tried, note, made


def _blends(first: Scenario, changes: tuple[Change, ...]) -> dict[Chosen, Scenario] | None:
    """Return the scenario that each combination of changes makes; None where one of them makes none."""
    made = {}
    for chosen in attribution.needed(len(changes)):
        try:
            made[chosen] = blended(first, [changes[n] for n in sorted(chosen)])
        except InputError:
            return None
    return made


def _situations(
    blends: Mapping[Chosen, Scenario],
    with_: Mapping[str, str],
    asked: Sequence[str] | None,
    plan: Plan,
    workers: int | None,
    progress: Progress | None,
) -> dict[Chosen, Situation]:
    """Play every combination of changes, each with the strategies it has of those that were asked for."""
    found = {}
    for chosen, scenario in blends.items():
        own = scenario.strategies[scenario.focus]
        names = [name for name in own if asked is None or name in asked]
        found[chosen] = played(scenario, names, with_, plan, workers)
        if progress:
            progress(len(found), len(blends))
    return found


def _change(change: Change, first: Scenario, second: Scenario) -> dict[str, Any]:
    """Return a change in words, and the numbers in it."""
    numbers = [
        {"path": edit.path, "before": edit.before.text, "after": edit.after.text}
        for edit in change.edits
        if edit.numeric
    ]
    return {"name": change.name, "says": said(change, first, second), "numbers": numbers}


def _metric(key: str, situations: Mapping[Chosen, Situation], count: int) -> dict[str, Any]:
    """Return a metric in both, their paired difference, and each change's share of it."""
    start, end = (situations[frozenset(range(n))].rows[key] for n in (0, count))
    parts = attribution.shares(lambda chosen: situations[chosen].rows[key], count)
    return {
        "first": estimate(start).to_dict(),
        "second": estimate(end).to_dict(),
        "difference": _told(end - start),
        "shares": [_told(part) for part in parts],
    }


def _told(values: np.ndarray) -> dict[str, Any]:
    found = estimate(values)
    return found.to_dict() | {"told_apart": found.told_apart}
