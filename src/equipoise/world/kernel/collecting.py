"""What a played block leaves behind: one row of numbers for each future and profile. Source: MODEL.md §2 step 9.

`world/outcomes.py` names the rows, in this order. `p`, `s` are parameters and one profile's state (`rows.py`).
"""

from __future__ import annotations

from equipoise.world.kernel.compiling import entrance, inlined, inner
from equipoise.world.kernel.lanes import ONE, ZERO, f32
from equipoise.world.kernel.rows import LEVER, TERMS, ParameterRows, StateRows
from equipoise.world.kernel.scoring import order_of

N_TERMS = len(TERMS)
ROWS_BY_PATRON = 3 + N_TERMS


@entrance
def collect(layout, world, prepared, memory, out, begin, count):
    """Write the outcomes of a block's first `count` lanes to `out` [profiles, rows, futures] from column `begin`.

    Payoffs are (1 - terminal) · mean of u over the weeks + terminal · u(T), term by term. A week of fall or of
    firing is -1 where there was none. Talks that are settled inside the run write their own rows (`talks_in_run.py`).
    """
    weeks, focus, forces = f32(world.sizes.weeks), world.sizes.focus, world.sizes.forces
    p, scored = ParameterRows(memory.parameters, prepared.live, *layout.parameters), world.scored
    for d in range(out.shape[0]):
        s, mine = StateRows(memory.states[d], *layout.state), out[d, :, begin : begin + count]
        for n in range(scored.shape[0]):
            row = n * ROWS_BY_PATRON
            collect_payoff(p.rows[p.terminal + scored[n]], s, n, weeks, mine[row : row + ROWS_BY_PATRON])
        row = scored.shape[0] * ROWS_BY_PATRON
        for j in range(forces):
            standing, first = s.standing + focus * forces + j, row + 5 + 4 * j
            for l in range(count):
                held = s.rows[standing, l] >= LEVER
                levers = ZERO if j == 0 else mine[row, l]
                mine[row, l] = levers + (ONE if (s.rows[s.alive + j, l] > ZERO) & held else ZERO)
            take(mine[first], s.rows[s.fell + j])
            take(mine[first + 1], s.rows[s.power + j])
            take(mine[first + 2], s.rows[standing])
            take_mean(mine[first + 3], s.rows[s.engaged + j], weeks)
        take_mean(mine[row + 1], s.rows[s.spread], weeks)
        take_mean(mine[row + 2], s.rows[s.hedge], weeks)
        for l in range(count):
            mine[row + 3, l] = order_of(s, world, l)
        take(mine[row + 4], s.rows[s.violence])
        for n in range(s.happened - s.fired):
            take(mine[row + 5 + 4 * forces + n], s.rows[s.fired + n])


@inner
def collect_payoff(terminal, s, n, weeks, out):
    """Write the outcomes of the n-th scored patron [rows of a patron, futures]."""
    for l in range(out.shape[1]):
        out[0, l] = ZERO
    for k in range(N_TERMS):
        added, last = s.sums + n * N_TERMS + k, s.finals + n * N_TERMS + k
        for l in range(out.shape[1]):
            mean = s.rows[added, l] / weeks
            term = (ONE - terminal[l]) * mean + terminal[l] * s.rows[last, l]
            out[3 + k, l] = term
            out[0, l] += term
    take_mean(out[1], s.rows[s.influence + n], weeks)
    take(out[2], s.rows[s.influence_end + n])


@inlined
def take(out, row):
    """Set an outcome [futures] to the first lanes of a row."""
    for l in range(out.shape[0]):
        out[l] = row[l]


@inlined
def take_mean(out, row, weeks):
    """Set an outcome [futures] to the mean over the weeks of what a row adds up."""
    for l in range(out.shape[0]):
        out[l] = row[l] / weeks
