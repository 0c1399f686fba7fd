"""Step 9: influence, the terms of eq. 6, the spread of effort, and the weekly series.

`p`, `s`, `w` are the rows of parameters, of one profile's state and of scratch, `at`, `p_at`, `w_at` their first
rows (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel import stages
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ZERO
from equipoise.world.kernel.rows import *
from equipoise.world.kernel.rows import TERMS

N_TERMS = len(TERMS)


@njit(**OPTIONS)
def reaches(s, at, w, w_at, interest, counted, forces):
    """Influence I_i of every patron that some payoff counts, into the rows of `reach`."""
    for n in range(counted.shape[0]):
        i = counted[n]
        stages.influence_of(
            s[at[STANDING] + i * forces : at[STANDING] + (i + 1) * forces], s[at[CONTROL] : at[POWER]], interest[i],
            w[w_at[W_SPARE]], w[w_at[W_REACH] + i],
        )  # fmt: skip


@njit(**OPTIONS)
def keep(s, at, n, k, term, last):
    """Add a term of eq. 6 of scored patron n to its sum; keep it as final in the last week."""
    stages.add(s[at[SUMS] + n * N_TERMS + k], term)
    if last:
        stages.copy(s[at[FINALS] + n * N_TERMS + k], term)


@njit(**OPTIONS)
def score_sums(live, s, at, w, w_at, sizes, counted, n, weigh, weights_live, last):
    """The terms of eq. 6 that are sums over patrons, forces and regions; `weigh` is the first row of weights."""
    forces = sizes[3]
    term = w[w_at[W_SPARE]]
    stages.fill(term, ZERO)
    for m in range(counted.shape[0]):
        row = sizes[8] + counted[m]
        if live[weights_live + row]:
            reach = w_at[W_REACH] + counted[m]
            for l in range(LANES):
                term[l] -= s[weigh + row, l] * w[reach, l]
    keep(s, at, n, 1, term, last)
    stages.fill(term, ZERO)
    for j in range(forces):
        if live[weights_live + sizes[7] + j]:
            stages.add_product(term, s[weigh + sizes[7] + j], s[at[POWER] + j])
    keep(s, at, n, 2, term, last)
    stages.fill(term, ZERO)
    for cell in range(sizes[4] * forces):
        if live[weights_live + sizes[9] + cell]:
            stages.add_product(term, s[weigh + sizes[9] + cell], s[at[CONTROL] + cell])
    keep(s, at, n, 3, term, last)


@njit(**OPTIONS)
def score_levels(s, at, w, w_at, sizes, majority, backings, n, i, weigh, last):
    """The other terms of eq. 6: influence, order, violence, cost of effort, cost of backing."""
    forces = sizes[3]
    term, effort = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1]
    stages.product(term, s[weigh], w[w_at[W_REACH] + i])
    keep(s, at, n, 0, term, last)
    takeover = weigh + sizes[6]
    stages.order_payoff(
        s[at[SETTLED]], s[at[ALIVE] : at[IN_FIELD]], s[at[POWER] : at[PAST]], sizes[1], majority, s[weigh + 6],
        s[weigh + 7], s[weigh + 8], s[takeover : takeover + forces], term,
    )  # fmt: skip
    keep(s, at, n, 4, term, last)
    violence = at[VIOLENCE]
    for l in range(LANES):
        term[l] = s[weigh + 1, l] * s[violence, l] * s[weigh + 2, l]
    keep(s, at, n, 5, term, last)
    stages.fill(effort, ZERO)
    for j in range(forces):
        stages.add(effort, s[at[EFFORT] + i * forces + j])
    for l in range(LANES):
        term[l] = -s[weigh + 3, l] * effort[l]
    keep(s, at, n, 6, term, last)
    stages.fill(term, ZERO)
    for k in range(backings.shape[0]):
        if backings[k, 0] == i:
            price, backing = weigh + 4 + backings[k, 2], at[BACKING] + k
            for l in range(LANES):
                term[l] -= s[price, l] * s[backing, l]
    keep(s, at, n, 7, term, last)


@njit(**OPTIONS)
def spread_effort(s, at, w, w_at, focus, forces):
    """Add the week's hedge index 1 - Σ(x_j/Σx)² and shares x_j/Σx of the focus patron; 0 where it makes no effort."""
    total, squares, share = w[w_at[W_SPARE]], w[w_at[W_SPARE] + 1], w[w_at[W_SPARE] + 2]
    effort, hedge = at[EFFORT] + focus * forces, at[HEDGE]
    stages.fill(total, ZERO)
    stages.fill(squares, ZERO)
    for j in range(forces):
        stages.add(total, s[effort + j])
    for l in range(LANES):
        total[l] = ONE / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        stages.product(share, s[effort + j], total)
        stages.add(s[at[ENGAGED] + j], share)
        stages.add_product(squares, share, share)
    for l in range(LANES):
        s[hedge, l] += ONE - squares[l] if total[l] > ZERO else ZERO


@njit(**OPTIONS)
def record(s, at, w, w_at, focus, forces, week, sums, traces, traced):
    """Sum the week's series over the block's valid lanes into `sums` [rows, weeks + 1]; keep lanes if asked.

    Rows: influence of the focus, violence, then power, standing with the focus and being in the field, by force.
    """
    for row in range(2 + 3 * forces):
        j, kind = (row - 2) % forces, (row - 2) // forces
        if row == 0:
            source = w[w_at[W_REACH] + focus]
        elif row == 1:
            source = s[at[VIOLENCE]]
        elif kind == 0:
            source = s[at[POWER] + j]
        elif kind == 1:
            source = s[at[STANDING] + focus * forces + j]
        else:
            source = s[at[ALIVE] + j]
        sums[row, week] += stages.masked_sum(source, w[w_at[W_MASK]], w[w_at[W_SPARE]])
        if traced:
            stages.copy(traces[row, week], source)


@njit(**OPTIONS)
def score(live, p_at, s, at, w, w_at, sizes, majority, interest, backings, counted, scored, last):
    """Add the week's influence and terms of eq. 6 for every scored patron; keep them in the last week."""
    forces, weights = sizes[3], sizes[5]
    reaches(s, at, w, w_at, interest, counted, forces)
    for n in range(scored.shape[0]):
        i = scored[n]
        stages.add(s[at[INFLUENCE] + n], w[w_at[W_REACH] + i])
        weigh, first_live = at[WEIGHTS] + n * weights, p_at[P_WEIGHTS] + i * weights
        score_sums(live, s, at, w, w_at, sizes, counted, n, weigh, first_live, last)
        score_levels(s, at, w, w_at, sizes, majority, backings, n, i, weigh, last)
        if last:
            stages.copy(s[at[INFLUENCE_END] + n], w[w_at[W_REACH] + i])
    spread_effort(s, at, w, w_at, sizes[2], forces)
