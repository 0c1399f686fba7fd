"""Step 9: influence, the terms of eq. 6, the spread of effort, and the weekly series.

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from numba import njit

from equipoise.world.kernel.arithmetic import add, add_product, blend, copy, fill, masked_sum, product
from equipoise.world.kernel.lanes import HALF, LANES, ONE, OPTIONS, ROW, TWO, ZERO, f32
from equipoise.world.kernel.rows import TERMS

N_TERMS = len(TERMS)
INFLUENCE, RIVALS, POWER, CONTROL, ORDER, VIOLENCE, COST, BACKING_COST = range(N_TERMS)


@njit(**OPTIONS)
def influence_of(standing, control, interest, scratch, out):
    """I_i = Σ_g ν_ig Σ_j C_gj R_ij for one patron: standing [forces, lanes], interest [regions]."""
    forces = standing.shape[0]
    for j in range(forces):
        blend(interest, control, j, forces, scratch)
        if j == 0:
            for l in range(LANES):
                out[l] = scratch[l] * standing[j, l]
        else:
            add_product(out, scratch, standing[j])


@njit(**OPTIONS)
def order_payoff(settled, alive, power, incumbent, majority, holds, settlement, chaos, takeover, out):
    """The weight of the order that the week ends in (`Order`, MODEL §2), by lane.

    Without an incumbent the country holds while some force is in the field.
    """
    forces = power.shape[0]
    fill(out, ZERO)
    for j in range(forces):
        if incumbent < 0 or j == incumbent:
            add(out, alive[j])
    for l in range(LANES):
        one, other = holds[l], chaos[l]
        out[l] = one if out[l] > ZERO else other
    for j in range(forces):
        if j == incumbent:
            continue
        for l in range(LANES):
            one, other = takeover[j, l], out[l]
            out[l] = one if power[j, l] >= majority else other
    for l in range(LANES):
        one, other = settlement[l], out[l]
        out[l] = one if settled[l] > ZERO else other


@njit(**OPTIONS)
def reaches(s, w, world):
    """Influence I_i of every patron that some payoff counts, into the rows of `reach`."""
    forces = world.sizes.forces
    for i in range(world.patrons.shape[0]):
        if world.patrons[i].counted:
            influence_of(
                s.rows[s.standing + i * forces : s.standing + (i + 1) * forces], s.rows[s.control : s.power],
                world.interest[i], w.rows[w.spare], w.rows[w.reach + i],
            )  # fmt: skip


@njit(**OPTIONS)
def keep(s, k, term, last):
    """Add a term of eq. 6, the k-th of all scored patrons', to its sum; keep it as final in the last week."""
    add(s.rows[s.sums + k], term)
    if last:
        copy(s.rows[s.finals + k], term)


@njit(**OPTIONS)
def score_sums(p, s, w, world, n, i, last):
    """The terms of eq. 6 of scored patron n, who is i, that are sums over patrons, forces and regions."""
    forces, at, term = world.sizes.forces, world.weight_rows, w.rows[w.spare]
    weigh, given = s.weights + n * world.sizes.weights, p.weights + i * world.sizes.weights
    fill(term, ZERO)
    for k in range(world.patrons.shape[0]):
        row = at.rivals + k
        if world.patrons[k].counted and p.live[given + row]:
            weight, reach = weigh + row, w.reach + k
            for l in range(LANES):
                term[l] -= s.rows[weight, l] * w.rows[reach, l]
    keep(s, n * N_TERMS + RIVALS, term, last)
    fill(term, ZERO)
    row = at.power
    weighed(
        term, p.live[given + row : given + row + forces], s.rows[weigh + row : weigh + row + forces],
        s.rows[s.power : s.power + forces], s.rows[s.control : s.power], w,
    )  # fmt: skip
    keep(s, n * N_TERMS + POWER, term, last)
    fill(term, ZERO)
    for g in range(world.sizes.regions):
        row, control = at.control + g * forces, s.rows[s.control + g * forces : s.control + (g + 1) * forces]
        weighed(
            term, p.live[given + row : given + row + forces], s.rows[weigh + row : weigh + row + forces],
            control, control, w,
        )  # fmt: skip
    keep(s, n * N_TERMS + CONTROL, term, last)


@njit(**OPTIONS)
def weighed(term, live, weights, shares, control, w):
    """Add Σ_j weight_j share_j of all forces to `term`, for shares of which somebody holds the whole.

    Where all weights count, the least of them is taken of the whole, which is exactly 1 while every region of
    `control` is governed, and the shares are weighed by what the others exceed it: so what all weights have in
    common neither varies by rounding nor swallows the differences.
    """
    forces, common, whole, held = len(weights), w.rows[w.spare + 1], w.rows[w.spare + 2], w.rows[w.spare + 3]
    every = True
    for j in range(forces):
        every = every and live[j] != 0
    if not every:
        for j in range(forces):
            if live[j]:
                add_product(term, weights[j], shares[j])
        return
    copy(common, weights[0])
    copy(whole, shares[0])
    for j in range(1, forces):
        add(whole, shares[j])
        for l in range(LANES):
            least, other = common[l], weights[j, l]
            common[l] = other if abs(other) < abs(least) else least
    fill(held, ONE)
    for g in range(len(control) // forces):
        for l in range(LANES):
            governed = ZERO
            for j in range(forces):
                governed += control[g * forces + j, l]
            held[l] = held[l] if governed > HALF else ZERO
    for l in range(LANES):
        whole[l] = ONE if held[l] > ZERO else whole[l]
    add_product(term, common, whole)
    for j in range(forces):
        for l in range(LANES):
            term[l] += (weights[j, l] - common[l]) * shares[j, l]


@njit(**OPTIONS)
def score_levels(s, w, world, n, i, last):
    """The other terms of eq. 6: influence, order, violence, cost of effort, cost of backing."""
    forces, at, backings = world.sizes.forces, world.weight_rows, world.backings
    term, effort, weigh = w.rows[w.spare], w.rows[w.spare + 1], s.weights + n * world.sizes.weights
    product(term, s.rows[weigh + at.influence], w.rows[w.reach + i])
    keep(s, n * N_TERMS + INFLUENCE, term, last)
    takeover = weigh + at.takeover
    order_payoff(
        s.rows[s.settled], s.rows[s.alive : s.in_field], s.rows[s.power : s.past], world.sizes.incumbent,
        world.majority, s.rows[weigh + at.holds], s.rows[weigh + at.settlement], s.rows[weigh + at.chaos],
        s.rows[takeover : takeover + forces], term,
    )  # fmt: skip
    keep(s, n * N_TERMS + ORDER, term, last)
    violence, weight, exposure, cost = s.violence, weigh + at.violence, weigh + at.exposure, weigh + at.cost
    for l in range(LANES):
        term[l] = s.rows[weight, l] * s.rows[violence, l] * s.rows[exposure, l]
    keep(s, n * N_TERMS + VIOLENCE, term, last)
    fill(effort, ZERO)
    for j in range(forces):
        add(effort, s.rows[s.effort + i * forces + j])
    for l in range(LANES):
        term[l] = -s.rows[cost, l] * effort[l]
    keep(s, n * N_TERMS + COST, term, last)
    fill(term, ZERO)
    for k in range(backings.shape[0]):
        if backings[k].patron == i:
            price, backing = weigh + at.backing_cost + backings[k].channel, s.backing + k
            for l in range(LANES):
                term[l] -= s.rows[price, l] * s.rows[backing, l]
    keep(s, n * N_TERMS + BACKING_COST, term, last)


@njit(**OPTIONS)
def spread_effort(s, w, world, negative):
    """Add the week's shares s_j = x_j/Σx of the focus patron, its spread 1 - Σ s_j² and its hedge index
    Σ_j Σ_{k≠j} s_j s_k h_jk; 0 where it makes no effort.

    Args:
        negative: [forces · forces], whether a tie can be negative.
    """
    total, squares, forces = w.rows[w.spare], w.rows[w.spare + 1], world.sizes.forces
    effort, share, spread = s.effort + world.sizes.focus * forces, w.share, s.spread
    fill(total, ZERO)
    fill(squares, ZERO)
    for j in range(forces):
        add(total, s.rows[effort + j])
    for l in range(LANES):
        total[l] = ONE / total[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        product(w.rows[share + j], s.rows[effort + j], total)
        add(s.rows[s.engaged + j], w.rows[share + j])
        add_product(squares, w.rows[share + j], w.rows[share + j])
    for l in range(LANES):
        s.rows[spread, l] += ONE - squares[l] if total[l] > ZERO else ZERO
    for j in range(forces):
        for k in range(j):
            cell = j * forces + k
            if negative[cell]:
                hedged(w.rows[share + j], w.rows[share + k], s.rows[s.tie + cell], s.rows[s.hedge])


@njit(**ROW)
def hedged(one, other, tie, index):
    """Add what effort on two forces adds to the hedge index: 2 s_j s_k h_jk."""
    for l in range(LANES):
        index[l] += TWO * one[l] * other[l] * max(-tie[l], ZERO)


@njit(**OPTIONS)
def record(s, w, world, week, sums, traces, traced):
    """Sum the week's series over the lanes that count into `sums` [rows, weeks + 1]; keep lanes if asked.

    Rows: influence of the focus, violence, then power, standing with the focus and being in the field, by force.
    """
    forces, focus = world.sizes.forces, world.sizes.focus
    for row in range(2 + 3 * forces):
        j, kind = (row - 2) % forces, (row - 2) // forces
        if row == 0:
            source = w.rows[w.reach + focus]
        elif row == 1:
            source = s.rows[s.violence]
        elif kind == 0:
            source = s.rows[s.power + j]
        elif kind == 1:
            source = s.rows[s.standing + focus * forces + j]
        else:
            source = s.rows[s.alive + j]
        sums[row, week] += masked_sum(source, w.rows[w.mask], w.rows[w.spare])
        if traced:
            copy(traces[row, week], source)


@njit(**OPTIONS)
def score(p, s, w, world, signs, last):
    """Add the week's influence and terms of eq. 6 for every scored patron; keep them in the last week.

    `signs` is that of `block.Prepared`.
    """
    reaches(s, w, world)
    for n in range(world.scored.shape[0]):
        i = world.scored[n]
        add(s.rows[s.influence + n], w.rows[w.reach + i])
        score_sums(p, s, w, world, n, i, last)
        score_levels(s, w, world, n, i, last)
        if last:
            copy(s.rows[s.influence_end + n], w.rows[w.reach + i])
    spread_effort(s, w, world, signs[0])


@njit(**OPTIONS)
def order_of(s, world, l):
    """Return the code of the order of a lane: 0 holds, 1 settlement, 2 chaos, 3 + j takeover by force j."""
    incumbent, forces = world.sizes.incumbent, world.sizes.forces
    if s.rows[s.settled, l] > ZERO:
        return f32(1)
    holds = False
    for j in range(forces):
        if j != incumbent and s.rows[s.power + j, l] >= world.majority:
            return f32(3 + j)
        holds = holds or ((incumbent < 0 or j == incumbent) and s.rows[s.alive + j, l] > ZERO)
    return f32(0) if holds else f32(2)


@njit(**OPTIONS)
def note_order(s, world):
    """Keep the order in which the week ends, for conditions of the next."""
    order = s.rows[s.order]
    for l in range(LANES):
        order[l] = order_of(s, world, l)
