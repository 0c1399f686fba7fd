"""What strategies decide: backing at the start, and their policy when what they wait for has come. Source: MODEL.md §3.

`s`, `w` are one profile's state and scratch (`rows.py`).
"""

from __future__ import annotations

import numpy as np

from equipoise.world.effects import decide_backing
from equipoise.world.kernel.arithmetic import count_positive, fill
from equipoise.world.kernel.compiling import inlined, inner
from equipoise.world.kernel.events import hold
from equipoise.world.kernel.lanes import LANES, ONE, ZERO, f32


@inner
def switch(stages, i, k, week, world, tests, s, mask):
    """Mark and remember the lanes in which patron i's strategy goes over to its k-th way of engaging this week."""
    stage, stale, before, waiting = s.stage + i, s.stale, f32(k - 1), np.int32(0)
    for l in range(LANES):
        waits = s.rows[stage, l] == before
        mask[l] = ONE if waits else ZERO
        waiting += np.int32(waits)
    if waiting == 0:
        return 0
    hold(stages[k].first_test, stages[k].end_test, week, s, world, tests, mask)
    for l in range(LANES):
        s.rows[stage, l] += mask[l]
        s.rows[stale, l] = max(s.rows[stale, l], mask[l])
    return count_positive(mask)


@inner
def take_decisions(policy, week, decisions, backings, s, mask, moving):
    """Take a policy's backing decisions, announced, in the lanes of `mask`."""
    for n in range(decisions.shape[0]):
        taken = decisions[n]
        if taken.policy == policy:
            for l in range(LANES):
                if mask[l] > ZERO:
                    force = backings[taken.backing].force
                    decide_backing(s, taken.backing, force, l, week, taken.target, taken.weeks, True, moving)


@inlined
def decide(plans, week, world, tests, decisions, s, w, moving):
    """Take the decisions of policies: all at the start, those of a `then` where a strategy goes over to it this week.

    A strategy may go over to several in one week, one after another.

    Args:
        plans: of one profile [patrons, stages].
    """
    backings, mask = world.backings, w.rows[w.spare]
    for i in range(plans.shape[0]):
        if week == 0 and decisions.shape[0] > 0:
            fill(mask, ONE)
            take_decisions(plans[i, 0].policy, week, decisions, backings, s, mask, moving)
        for k in range(1, plans.shape[1]):
            if plans[i, k].policy >= 0 and switch(plans[i], i, k, week, world, tests, s, mask) > 0:
                take_decisions(plans[i, k].policy, week, decisions, backings, s, mask, moving)
