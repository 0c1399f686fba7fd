"""Where each quantity's rows lie in a block's memory: the names the kernel indexes by.

The kernel knows three kinds of rows of lanes: parameters (`P_...`), the state of one profile (no prefix) and
scratch (`W_...`). A name below is the place of a quantity in the list of first rows.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.parameters import FIELDS

TERMS = ("influence", "rivals", "power", "control", "order", "violence", "cost", "backing-cost")
"""The terms of eq. 6, in its order."""

PARAMETER_AXES = {name: field.axes for name, field in FIELDS.items()} | {
    "tie": "FF", "base": "KF", "acts": "O", "weekly": "X", "patron_tie": "MM",
}  # fmt: skip
STATE_AXES = {
    "control": "GF", "power": "F", "past": "5F", "alive": "F", "in_field": "", "standing": "PF", "backing": "B",
    "expected": "B", "step": "B", "left": "B", "goal": "B", "follow": "B", "violence": "", "violence_mean": "",
    "tie": "FF", "log_hazard": "F", "receptivity": "F", "budget": "P", "weights": "SW", "settled": "", "until": "U",
    "fired": "X", "switched": "P", "fell": "F", "sums": "ST", "finals": "ST", "influence": "S",
    "influence_end": "S", "hedge": "", "engaged": "F", "effort": "PF", "stale": "",
}  # fmt: skip
"""Axes of a profile's state: G regions, F forces, P patrons, B backings, S scored patrons, W weights,
U push slots, X triggered events, T terms of eq. 6, K policies, O operations, M patrons whose ties count."""
SCRATCH_AXES = {
    "share": "F", "nation": "F", "fitness": "F", "fell_now": "F", "push": "GF", "open": "F",
    "hostile": "", "reach": "P", "incite": "FF", "log_rate": "F", "log_threshold": "F", "fallen": "",
    "mask": "", "look": "", "spare": "4",
}  # fmt: skip

(
    CONTROL, POWER, PAST, ALIVE, IN_FIELD, STANDING, BACKING, EXPECTED, STEP, LEFT, GOAL, FOLLOW, VIOLENCE,
    VIOLENCE_MEAN, TIE, LOG_HAZARD, RECEPTIVITY, BUDGET, WEIGHTS, SETTLED, UNTIL, FIRED, SWITCHED, FELL,
    SUMS, FINALS, INFLUENCE, INFLUENCE_END, HEDGE, ENGAGED, EFFORT, STALE,
) = range(len(STATE_AXES))  # fmt: skip
(
    P_CONTROL, P_HOME, P_MOMENTUM, P_EFFECT, P_BANDWAGON, P_LEGITIMACY, P_UNDERMINE, P_NATIONAL, P_REGIONAL,
    P_RATE, P_THRESHOLD, P_STEEPNESS, P_SHIELD, P_PANIC, P_SLIDE, P_RECEPTIVITY, P_SHOPPING, P_ALIENATION,
    P_DUPLICITY, P_PARITY, P_HOSTILITY, P_FADE, P_WARMTH, P_INHERIT, P_REALIGN_RATE, P_REALIGN_STEP,
    P_VIOLENCE, P_VIOLENCE_MEAN, P_REVERT,
    P_CONTEST, P_AFTER_FALL, P_BUDGET, P_GAIN, P_STANDING, P_BACKING, P_WEIGHTS, P_TERMINAL, P_TIE, P_BASE,
    P_ACTS, P_WEEKLY, P_PATRON_TIE,
) = range(len(PARAMETER_AXES))  # fmt: skip
(
    W_SHARE, W_NATION, W_FITNESS, W_FELL_NOW, W_PUSH, W_OPEN, W_HOSTILE, W_REACH, W_INCITE,
    W_LOG_RATE, W_LOG_THRESHOLD, W_FALLEN, W_MASK, W_LOOK, W_SPARE,
) = range(len(SCRATCH_AXES))  # fmt: skip


def row_index(axes: dict[str, str], letters: dict[str, int]) -> tuple[np.ndarray, int]:
    """Return the first row of every quantity, and how many rows there are in all."""
    counts = [
        int(np.prod([int(a) if a.isdigit() else letters[a] for a in axis] or [1])) for axis in axes.values()
    ]
    return np.cumsum([0, *counts])[:-1].astype(np.int64), sum(counts)
