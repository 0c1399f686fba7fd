"""What a played block leaves behind: one row of numbers for each future and profile. Source: MODEL.md §2 step 9."""

from __future__ import annotations

from numba import njit

from equipoise.world.compile import Kind, World
from equipoise.world.kernel.lanes import ONE, OPTIONS, ZERO, f32
from equipoise.world.kernel.rows import TERMS, ParameterRows, StateRows
from equipoise.world.kernel.scoring import order_of
from equipoise.world.success import COLUMN

N_TERMS = len(TERMS)
ROWS_BY_PATRON = 3 + N_TERMS
LEVER = f32(0.3)
"""Standing from which a force in the field counts as a lever."""
ORDERS = ("holds", "settlement", "chaos")
"""The first order codes; code 3 + j is a takeover by force j."""


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


@njit(**OPTIONS)
def collect(layout, world, prepared, memory, out, begin, count):
    """Write the outcomes of a block's first `count` lanes to `out` [profiles, rows, futures] from column `begin`.

    Payoffs are (1 - terminal) · mean of u over the weeks + terminal · u(T), term by term. A week of fall or of
    firing is -1 where there was none. Talks that are settled inside the run write their own rows (`talks_in_run.py`).
    """
    weeks, focus, forces = f32(world.sizes.weeks), world.sizes.focus, world.sizes.forces
    p, scored = ParameterRows(memory.parameters, prepared.live, *layout.parameters), world.scored
    for d in range(out.shape[0]):
        s = StateRows(memory.states[d], *layout.state)
        for n in range(scored.shape[0]):
            row = n * ROWS_BY_PATRON
            for l in range(count):
                total, terminal = ZERO, p.rows[p.terminal + scored[n], l]
                for k in range(N_TERMS):
                    mean = s.rows[s.sums + n * N_TERMS + k, l] / weeks
                    term = (ONE - terminal) * mean + terminal * s.rows[s.finals + n * N_TERMS + k, l]
                    out[d, row + 3 + k, begin + l] = term
                    total += term
                out[d, row, begin + l] = total
                out[d, row + 1, begin + l] = s.rows[s.influence + n, l] / weeks
                out[d, row + 2, begin + l] = s.rows[s.influence_end + n, l]
        row = scored.shape[0] * ROWS_BY_PATRON
        for l in range(count):
            levers = ZERO
            for j in range(forces):
                standing = s.rows[s.standing + focus * forces + j, l]
                levers += ONE if (s.rows[s.alive + j, l] > ZERO) & (standing >= LEVER) else ZERO
                first = row + 5 + 4 * j
                out[d, first, begin + l] = s.rows[s.fell + j, l]
                out[d, first + 1, begin + l] = s.rows[s.power + j, l]
                out[d, first + 2, begin + l] = standing
                out[d, first + 3, begin + l] = s.rows[s.engaged + j, l] / weeks
            out[d, row, begin + l] = levers
            out[d, row + 1, begin + l] = s.rows[s.spread, l] / weeks
            out[d, row + 2, begin + l] = s.rows[s.hedge, l] / weeks
            out[d, row + 3, begin + l] = order_of(s, world, l)
            out[d, row + 4, begin + l] = s.rows[s.violence, l]
            for n in range(s.happened - s.fired):
                out[d, row + 5 + 4 * forces + n, begin + l] = s.rows[s.fired + n, l]
