"""What strategies decide: backing at the start, and their policy when what they wait for has come. Source: MODEL.md §3.

`s`, `w` are one profile's state and scratch (`rows.py`).
"""

from __future__ import annotations

from numba import njit

from equipoise.world.effects import decide_backing
from equipoise.world.kernel.arithmetic import fill
from equipoise.world.kernel.events import hold
from equipoise.world.kernel.lanes import LANES, ONE, OPTIONS, ZERO


@njit(**OPTIONS)
def switch(plan, i, week, due, tests, s, forces, mask):
    """Mark and remember the lanes in which patron i's strategy switches its policy this week."""
    switched, stale, dated, triggered = s.switched + i, s.stale, plan.drawn, s.fired + plan.triggered
    for l in range(LANES):
        mask[l] = ONE - s.rows[switched, l]
    if dated >= 0:
        for l in range(LANES):
            mask[l] = mask[l] if due[dated, l] <= week else ZERO
    elif plan.triggered >= 0:
        for l in range(LANES):
            mask[l] = mask[l] if s.rows[triggered, l] >= ZERO else ZERO
    else:
        hold(plan.first_test, plan.end_test, tests, s, forces, mask)
    for l in range(LANES):
        s.rows[switched, l] += mask[l]
        s.rows[stale, l] = max(s.rows[stale, l], mask[l])


@njit(**OPTIONS)
def take_decisions(policy, week, decisions, backings, s, mask, moving):
    """Take a policy's backing decisions, announced, in the lanes of `mask`."""
    for n in range(decisions.shape[0]):
        taken = decisions[n]
        if taken.policy == policy:
            for l in range(LANES):
                if mask[l] > ZERO:
                    force = backings[taken.backing].force
                    decide_backing(s, taken.backing, force, l, week, taken.target, taken.weeks, True, moving)


@njit(**OPTIONS)
def decide(plans, week, due, world, tests, decisions, s, w, moving):
    """Take the decisions of policies: all at the start, those of `then` where a strategy switches this week.

    Args:
        plans: of one profile [patrons]. due: week of each drawn occurrence in its group [occurrences, lanes].
    """
    backings, mask = world.backings, w.rows[w.spare]
    for i in range(plans.shape[0]):
        plan = plans[i]
        if week == 0 and decisions.shape[0] > 0:
            fill(mask, ONE)
            take_decisions(plan.policy, week, decisions, backings, s, mask, moving)
        if plan.then >= 0:
            switch(plan, i, week, due, tests, s, world.sizes.forces, mask)
            take_decisions(plan.then, week, decisions, backings, s, mask, moving)
