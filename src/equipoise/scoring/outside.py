"""The outside view of what a run foresees: the fall of the government beside how often governments like it fell.

Source: Kahneman and Tversky 1979, *TIMS Studies in Management Science* 12 (the outside view corrects the inside one).
"""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.findings.confidence import OutsideView
from equipoise.findings.found import Found
from equipoise.futures.play import Plan, batches
from equipoise.scenario.altering import as_things_stand
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scoring.base_rates import yearly_chance
from equipoise.scoring.reference import judging, reference_classes
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

STATES = 512
"""States played at most as things stand."""


def outside_view(
    scenario: Scenario, profile: Mapping[str, str], found: Found, plan: Plan
) -> OutsideView | None:
    """Return the incumbent's fall under the advice beside its base rate; None without an incumbent or a base rate.

    Args:
        scenario: as it was run. profile: as played under the advice.
        found: what the run found. plan: its sizes and seed.
    """
    names = Names.of(scenario)
    if names.incumbent is None:
        return None
    row, _ = judging(reference_classes(scenario), "government-falls")
    if row is None:
        return None
    curve = found.strategies[found.best].forces[names.incumbent].collapse_by_week
    alone = falls_by_itself(scenario, profile, Plan(min(STATES, plan.states), plan.chance, plan.seed))
    return OutsideView(
        names.within(names.incumbent), yearly_chance(curve), row.rate.low, row.rate.high,
        yearly_chance((*(0.0,) * scenario.calendar.weeks, alone)),
    )  # fmt: skip


def falls_by_itself(scenario: Scenario, profile: Mapping[str, str], plan: Plan) -> float:
    """Return the share of futures in which the incumbent falls though no event, talk or decision comes.

    The states, their luck and the ways of engaging are those of the run; see `as_things_stand`.
    """
    world = compile_world(as_things_stand(scenario), profiles=[dict(profile)])
    player, fell = Player(world, seed=plan.seed), 0
    for batch in batches(player, plan):
        fell += int(
            (player.columns.values(batch.outcomes, f"fallen.{Names.of(scenario).incumbent}") >= 0).sum()
        )
    return fell / plan.futures
