"""Check: what a scenario contains, what it takes as given, and what that implies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise import evidence
from equipoise.draws.values import power_summary
from equipoise.findings.summary import summarise
from equipoise.findings.tally import Tally
from equipoise.futures.play import Plan, batches
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.sources import Source, load
from equipoise.scenario import Scenario, summary
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

FUTURES, SEED = 4096, 1
"""What the yearly chances of falling rest on."""
RUN_STATES = 1250
"""States of a run unless told otherwise: with its seed, power at the start is the same number here and there."""
STANDING_ON = {
    "claim": "a source's claim",
    "belief": "a belief alone",
    "reason": "the analyst's reason",
    "nothing": "nothing",
}
"""What a number may stand on, in words."""


def check(source: Source) -> Answer:
    """Return what a scenario contains, what it takes as given, and the yearly chance of falling it implies.

    The chances come from 4,096 futures under each patron's own default, beside UCDP's base rates.
    """
    from equipoise.scoring import yearly_chance

    file = load(source)
    player = Player(compile_world(file.scenario, profiles=[{}]), seed=SEED)
    plan = Plan.of(FUTURES, seed=SEED)
    tally = Tally(player, plan.chance)
    for batch in batches(player, plan):
        tally.add(batch)
    forces = summarise(tally).strategies[""].forces
    falls = {j: yearly_chance(force.collapse_by_week) for j, force in forces.items()}
    found = summary(file.scenario, written=file.written)
    powers = power_summary(file.scenario, RUN_STATES, seed=SEED)
    found["forces"] = [force | {"power": powers[force["name"]]} for force in found["forces"]]
    counts = evidence.trace(file.scenario, written=file.written)["counts"]
    found["numbers"] = found["numbers"] | {"standing_on": _standing_on(counts)}
    found |= {"yearly_chance_of_falling": falls, "base_rates": _base_rates(file.scenario)}
    return Answer(header("check", file, seed=SEED), found)


def _standing_on(counts: Mapping[str, int]) -> dict[str, int]:
    return {word: counts[basis] for basis, word in STANDING_ON.items() if counts.get(basis)}


def _base_rates(of: Scenario) -> list[dict[str, Any]]:
    from equipoise.scoring import base_rates

    if not any(force.incumbent for force in of.forces.values()):
        return []
    kinds = ("rebel-victory", "government-victory")
    return [row.to_dict() for kind in kinds for row in base_rates(kind, period="1990-2020")]
