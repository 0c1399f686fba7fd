"""Step 9: influence, the terms of eq. 6, the spread of effort, and the weekly series.

`p`, `s`, `w` are parameters, one profile's state and scratch (`rows.py`). Equation numbers are those of docs/model.md.
"""

from __future__ import annotations

from equipoise.world.kernel.arithmetic import (
    add,
    add_product,
    apart,
    blend,
    copy,
    fill,
    masked_sum,
    product,
    total,
)
from equipoise.world.kernel.compiling import entrance, inlined, inner
from equipoise.world.kernel.lanes import HALF, LANES, ONE, TWO, ZERO, f32
from equipoise.world.kernel.rows import TERMS

N_TERMS = len(TERMS)
INFLUENCE, RIVALS, POWER, CONTROL, ORDER, VIOLENCE, COST, BACKING_COST = range(N_TERMS)


@inlined
def add_influence(out, standing, a, b, c, d, v, x, y, z, first):
    """Add (v a + x b + y c + z d) R: what one force holds in four regions, by the interest in them."""
    for l in range(LANES):
        near = v * a[l] + x * b[l] + y * c[l] + z * d[l]
        out[l] = apart(near, standing[l]) if first else out[l] + near * standing[l]


@inner
def influence_of(standing, control, interest, scratch, out):
    """I_i = Σ_g ν_ig Σ_j C_gj R_ij for one patron: standing [forces, lanes], interest [regions]."""
    forces, last = standing.shape[0], interest.shape[0] - 1
    x, y, z = interest[min(1, last)], interest[min(2, last)], interest[last]
    x, y, z = x if last > 0 else ZERO, y if last > 1 else ZERO, z if last > 2 else ZERO
    for j in range(forces):
        if last < 4:
            add_influence(
                out, standing[j], control[j], control[min(1, last) * forces + j], control[min(2, last) * forces + j],
                control[last * forces + j], interest[0], x, y, z, j == 0,
            )  # fmt: skip
        else:
            blend(interest, control, j, forces, scratch)
            if j == 0:
                product(out, scratch, standing[j])
            else:
                add_product(out, scratch, standing[j])


@inlined
def take_over(out, power, majority, takeover):
    """Set the weight of the order to that of a takeover where a force has the majority."""
    for l in range(LANES):
        one, other = takeover[l], out[l]
        out[l] = one if power[l] >= majority else other


@inner
def order_payoff(settled, alive, power, incumbent, majority, holds, settlement, chaos, takeover, out):
    """The weight of the order that the week ends in (`Order`, MODEL §2), by lane.

    Without an incumbent the country holds while some force is in the field.
    """
    forces = power.shape[0]
    if incumbent >= 0:
        copy(out, alive[incumbent])
    else:
        fill(out, ZERO)
        for j in range(forces):
            add(out, alive[j])
    for l in range(LANES):
        one, other = holds[l], chaos[l]
        out[l] = one if out[l] > ZERO else other
    for j in range(forces):
        if j != incumbent:
            take_over(out, power[j], majority, takeover[j])
    for l in range(LANES):
        one, other = settlement[l], out[l]
        out[l] = one if settled[l] > ZERO else other


@inner
def reaches(s, w, world):
    """Influence I_i of every patron that some payoff counts, into the rows of `reach`."""
    forces = world.sizes.forces
    for i in range(world.patrons.shape[0]):
        if world.patrons[i].counted:
            influence_of(
                s.rows[s.standing + i * forces : s.standing + (i + 1) * forces], s.rows[s.control : s.power],
                world.interest[i], w.rows[w.spare], w.rows[w.reach + i],
            )  # fmt: skip


@inner
def keep(s, k, term, last):
    """Add a term of eq. 6, the k-th of all scored patrons', to its sum; keep it as final in the last week."""
    add(s.rows[s.sums + k], term)
    if last:
        copy(s.rows[s.finals + k], term)


@inner
def score_sums(p, s, w, world, n, i, last):
    """The terms of eq. 6 of scored patron n, who is i, that are sums over patrons, forces and regions.

    A term whose weights are 0 in all states is 0, as it stands.
    """
    forces, at, term = world.sizes.forces, world.weight_rows, w.rows[w.spare]
    weigh, given, counts = s.weights + n * world.sizes.weights, p.weights + i * world.sizes.weights, False
    for k in range(world.patrons.shape[0]):
        row = at.rivals + k
        if world.patrons[k].counted and p.live[given + row]:
            if not counts:
                fill(term, ZERO)
            counts, weight, reach = True, weigh + row, w.reach + k
            for l in range(LANES):
                term[l] -= s.rows[weight, l] * w.rows[reach, l]
    if counts:
        keep(s, n * N_TERMS + RIVALS, term, last)
    row = at.power
    if weighs(p.live, given + row, forces):
        fill(term, ZERO)
        weighed(
            term, p.live[given + row : given + row + forces], s.rows[weigh + row : weigh + row + forces],
            s.rows[s.power : s.power + forces], s.rows[s.control : s.power], w,
        )  # fmt: skip
        keep(s, n * N_TERMS + POWER, term, last)
    row = at.control
    if weighs(p.live, given + row, world.sizes.regions * forces):
        fill(term, ZERO)
        for g in range(world.sizes.regions):
            row, control = (
                at.control + g * forces,
                s.rows[s.control + g * forces : s.control + (g + 1) * forces],
            )
            weighed(
                term, p.live[given + row : given + row + forces], s.rows[weigh + row : weigh + row + forces],
                control, control, w,
            )  # fmt: skip
        keep(s, n * N_TERMS + CONTROL, term, last)


@inlined
def weighs(live, first, count):
    """Return whether any of some weights differs from 0 in some state."""
    some = False
    for k in range(first, first + count):
        some |= live[k] != 0
    return some


@inner
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


@inner
def score_levels(p, s, w, world, n, i, last):
    """The other terms of eq. 6: influence, order, violence, cost of effort, cost of backing."""
    forces, at, backings = world.sizes.forces, world.weight_rows, world.backings
    term, effort, weigh = w.rows[w.spare], w.rows[w.spare + 1], s.weights + n * world.sizes.weights
    given, takeover = p.weights + i * world.sizes.weights, weigh + at.takeover
    if p.live[given + at.influence]:
        product(term, s.rows[weigh + at.influence], w.rows[w.reach + i])
        keep(s, n * N_TERMS + INFLUENCE, term, last)
    if weighs(p.live, given + at.holds, at.takeover + forces - at.holds):
        order_payoff(
            s.rows[s.settled], s.rows[s.alive : s.in_field], s.rows[s.power : s.past], world.sizes.incumbent,
            world.majority, s.rows[weigh + at.holds], s.rows[weigh + at.settlement], s.rows[weigh + at.chaos],
            s.rows[takeover : takeover + forces], term,
        )  # fmt: skip
        keep(s, n * N_TERMS + ORDER, term, last)
    if p.live[given + at.violence] and p.live[given + at.exposure]:
        violence, weight, exposure = s.violence, weigh + at.violence, weigh + at.exposure
        for l in range(LANES):
            term[l] = s.rows[weight, l] * s.rows[violence, l] * s.rows[exposure, l]
        keep(s, n * N_TERMS + VIOLENCE, term, last)
    if p.live[given + at.cost]:
        total(s.rows[s.effort + i * forces : s.effort + (i + 1) * forces], effort)
        cost = weigh + at.cost
        for l in range(LANES):
            term[l] = -s.rows[cost, l] * effort[l]
        keep(s, n * N_TERMS + COST, term, last)
    costs = False
    for k in range(backings.shape[0]):
        if backings[k].patron == i and p.live[given + at.backing_cost + backings[k].channel]:
            if not costs:
                fill(term, ZERO)
            costs, price, backing = True, weigh + at.backing_cost + backings[k].channel, s.backing + k
            for l in range(LANES):
                term[l] -= s.rows[price, l] * s.rows[backing, l]
    if costs:
        keep(s, n * N_TERMS + BACKING_COST, term, last)


@inlined
def spread_on(effort, one_over, share, engaged, squares):
    """The share of effort one force gets; add it to what it is engaged by, and its square."""
    for l in range(LANES):
        part = apart(effort[l], one_over[l])
        share[l] = part
        engaged[l] += part
        squares[l] += part * part


@inner
def spread_effort(s, w, world, hostile):
    """Add the week's shares s_j = x_j/Σx of the focus patron, its spread 1 - Σ s_j² and its hedge index
    Σ_j Σ_{k≠j} s_j s_k h_jk; 0 where it makes no effort.

    Args:
        hostile: [forces · forces], whether a tie can be negative.
    """
    whole, squares, forces = w.rows[w.spare], w.rows[w.spare + 1], world.sizes.forces
    effort, share, spread = s.effort + world.sizes.focus * forces, w.share, s.spread
    total(s.rows[effort : effort + forces], whole)
    for l in range(LANES):
        squares[l] = ZERO
        whole[l] = ONE / whole[l] if whole[l] > ZERO else ZERO
    for j in range(forces):
        spread_on(s.rows[effort + j], whole, w.rows[share + j], s.rows[s.engaged + j], squares)
    for l in range(LANES):
        s.rows[spread, l] += ONE - squares[l] if whole[l] > ZERO else ZERO
    for j in range(forces):
        for k in range(j):
            cell = j * forces + k
            if hostile[cell]:
                hedged(w.rows[share + j], w.rows[share + k], s.rows[s.tie + cell], s.rows[s.hedge])


@inlined
def hedged(one, other, tie, index):
    """Add what effort on two forces adds to the hedge index: 2 s_j s_k h_jk."""
    for l in range(LANES):
        index[l] += TWO * one[l] * other[l] * max(-tie[l], ZERO)


@inlined
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


@inner
def score(p, s, w, world, hostile, last):
    """Add the week's influence and terms of eq. 6 for every scored patron; keep them in the last week.

    `hostile` is that of `block.Prepared`.
    """
    reaches(s, w, world)
    for n in range(world.scored.shape[0]):
        i = world.scored[n]
        add(s.rows[s.influence + n], w.rows[w.reach + i])
        score_sums(p, s, w, world, n, i, last)
        score_levels(p, s, w, world, n, i, last)
        if last:
            copy(s.rows[s.influence_end + n], w.rows[w.reach + i])
    spread_effort(s, w, world, hostile)


@inner
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


@entrance
def note_order(s, world):
    """Keep the order in which the week ends, for conditions of the next."""
    order = s.rows[s.order]
    for l in range(LANES):
        order[l] = order_of(s, world, l)
