"""What a played future leaves behind, by name, in the order of `kernel/collecting.py`. Source: MODEL.md §2 step 9."""

from __future__ import annotations

from equipoise.world.compile import Kind, World
from equipoise.world.kernel.rows import TERMS
from equipoise.world.success import COLUMN


def column_names(world: World, scored: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the outcome rows, in the order in which `collect` writes them."""
    by_patron = ("payoff", "influence", "influence_end", *(f"terms.{term}" for term in TERMS))
    out = [name if n == 0 else f"{patron}.{name}" for n, patron in enumerate(scored) for name in by_patron]
    out += ["levers", "spread", "hedge_index", "order", "violence_end"]
    for j in world.forces:
        out += [f"fallen.{j}", f"power.{j}", f"standing.{j}", f"engaged.{j}"]
    out += [f"event.{o.name}" for o in world.occurrences if o.kind is Kind.TRIGGERED]
    out += [COLUMN] if world.scenario.success else []
    return (*out, *_talk_columns(world))


def series_names(world: World) -> tuple[str, ...]:
    """Return the names of the weekly series, in order."""
    by_force = [f"{kind}.{j}" for kind in ("power", "standing", "alive") for j in world.forces]
    return ("influence", "violence", *by_force)


def _talk_columns(world: World) -> list[str]:
    """Return the rows of talks that are settled inside the run: the week each is held in, where each issue ends."""
    out = []
    for item in world.drawn:
        if item.in_run:
            issues = sorted(world.scenario.talks[item.name].issues)
            out += [f"held.{item.name}", *(f"outcome.{item.name}.{issue}" for issue in issues)]
    return out
