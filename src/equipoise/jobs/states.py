"""The first states of a study: their rows, their weekly series, and a player for some of its strategies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.futures.play import Plan, traces
from equipoise.jobs.study import Study
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.exploration import WeeklySample

MOST_STATES = 2048
"""States of a study that are looked at, the first ones: more sharpen what is found, and take their time."""
OBSERVABLE = ("power", "standing", "violence")
"""Weekly series that somebody watching could see."""


def names_of(study: Study) -> tuple[str, ...]:
    """Return the strategies a study played, in the order in which it played them."""
    return tuple(profile.name for profile in study.player.world.profiles)


def first_states(study: Study, most: int) -> int:
    """Return how many of a study's states are looked at, where `most` were asked for."""
    if most < 1:
        raise InputError(f"at least one state must be looked at; given {most}")
    return min(most, study.plan.states)


def rows_of(
    study: Study,
    table: Literal["outcomes", "states"],
    states: int,
    needed: Callable[[str], bool] = lambda _: True,
    strategies: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return a table of the study's first states: all of it, or the columns and the strategies that are needed.

    No more of a folder is read than they take, and no more is held than a batch besides.
    """
    import pandas as pd

    batches = -(-states // study.plan.states_per_batch)
    columns = [column for column in study.columns(table) if needed(column)]
    kept = []
    for part in islice(study.parts(table, columns), batches):
        wanted = part["state"] < states
        kept.append(part[wanted if strategies is None else wanted & part["strategy"].isin(strategies)])
    return pd.concat(kept, ignore_index=True)


def weekly_of(study: Study, names: Sequence[str], states: int) -> WeeklySample:
    """Return what could be watched week by week in one future of each state."""
    from equipoise.exploration import WeeklySample

    player, plan = narrowed(study, names), study.plan
    kept, futures, _ = traces(player, Plan(states, plan.chance, plan.seed), limit=states)
    values = {
        series: np.moveaxis(kept[:, n], 1, 2)
        for n, series in enumerate(player.series)
        if series.partition(".")[0] in OBSERVABLE
    }
    return WeeklySample(tuple(names), values, futures // plan.chance, futures % plan.chance)


def taken_up_in(
    study: Study, names: Sequence[str], states: int
) -> Callable[[str, int], Mapping[str, np.ndarray]]:
    """Return what plays one future of each state, the first strategy until a week and each from then on.

    The function returned takes a strategy and a week, and gives the payoff of each strategy, [futures].
    """

    def taken_up(advised: str, week: int) -> dict[str, np.ndarray]:
        from equipoise.futures.particles import Particles, Who
        from equipoise.inference.facts import facts_of

        order = [advised, *(name for name in names if name != advised)]
        player = narrowed(study, order)
        prepared = player.prepare(parameters_of(player.world, 0, states, seed=study.plan.seed))
        each = np.arange(states)
        who = Who(each, each.astype(np.uint32), np.zeros(states, np.uint32))
        futures = Particles(player, prepared, who, facts_of(player.world, ())[1])
        futures.advance(week)
        payoff = player.columns.values(futures.go_on().outcomes, "payoff")
        return dict(zip(order, payoff, strict=True))

    return taken_up


def narrowed(study: Study, names: Sequence[str]) -> Player:
    """Return a player of some of the study's strategies; their futures stay the same."""
    focus = study.scenario.focus
    given = study.findings.with_
    world = compile_world(study.scenario, profiles=[{**given, focus: name} for name in names])
    return Player(world, seed=study.player.seed)
