"""Where each quantity's rows lie in memory, by name: `s.rows[s.power + j, l]` is the power of force j in lane l.

The kernel knows three kinds of rows of lanes: parameters `p`, the state of one profile `s`, scratch `w`. Each is a
named tuple of the memory and of the first row of every quantity in it; quantities with several axes lie row-major.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from equipoise.world.parameters import FIELDS

TERMS = ("influence", "rivals", "power", "control", "order", "violence", "cost", "backing-cost")
"""The terms of eq. 6, in its order."""

PARAMETER_AXES = {name: field.axes for name, field in FIELDS.items()} | {
    "tie": "FF", "base": "KF", "amounts": "O", "weekly": "X", "factors": "Q", "patron_tie": "MM",
    "season_push": "NGF", "season_violence": "N",
}  # fmt: skip
STATE_AXES = {
    "control": "GF", "power": "F", "past": "5F", "alive": "F", "in_field": "", "standing": "PF", "backing": "B",
    "expected": "B", "step": "B", "left": "B", "goal": "B", "follow": "B", "violence": "", "violence_mean": "",
    "tie": "FF", "log_hazard": "F", "receptivity": "F", "budget": "P", "weights": "SW", "settled": "", "until": "U",
    "fired": "X", "happened": "H", "stage": "P", "fell": "F", "sums": "ST", "finals": "ST", "influence": "S",
    "influence_end": "S", "spread": "", "hedge": "", "engaged": "F", "effort": "PF", "given": "F",
    "stale": "", "order": "", "seen": "",
}  # fmt: skip
"""Axes of a profile's state: G regions, F forces, P patrons, B backings, S scored patrons, W weights,
U pushes, X conditional events, H other events and deals whose week is kept (right after those, so that
`s.fired + k` is happening k), T terms of eq. 6, K policies, O operations, Q factors on odds, M patrons whose ties
count, N seasons. `given` is the effort of all patrons together; `seen` is what a condition makes to look at."""
SCRATCH_AXES = {
    "share": "F", "nation": "F", "fitness": "F", "fell_now": "F", "push": "GF", "open": "F",
    "reach": "P", "incite": "FF", "log_rate": "F", "log_threshold": "F", "at_start": "F", "fallen": "",
    "mask": "", "look": "", "likely_falls": "F", "likely_events": "X", "spare": "4",
}  # fmt: skip
"""What is worked with inside a week, but for `likely_falls` and, right after them, `likely_events`: there the logarithm
of the probability of what was seen is added up, week by week, for each force and each conditional event."""

UNSEEN, NOT_SO, SO = range(3)
"""What is known of a fall or of the firing of a conditional event in a week."""

LEVER = np.float32(0.3 - 1e-6)
"""Standing from which a force in the field counts as a lever: 0.3, however it rounds."""

NEUTRAL = {"resented": 1.0, "season_violence": 1.0}
"""At which value a parameter changes nothing, where that is not 0."""

ParameterRows = namedtuple("ParameterRows", ("rows", "live", *PARAMETER_AXES))
"""`live` says of each row whether it differs from 0 (`NEUTRAL`) anywhere or may: a term whose parameter does not is
skipped, which changes no number."""
StateRows = namedtuple("StateRows", ("rows", *STATE_AXES))
ScratchRows = namedtuple("ScratchRows", ("rows", *SCRATCH_AXES))


def first_rows(axes: dict[str, str], letters: dict[str, int]) -> tuple[tuple[int, ...], int]:
    """Return the first row of every quantity, and how many rows there are in all."""
    counts = [
        int(np.prod([int(a) if a.isdigit() else letters[a] for a in axis] or [1])) for axis in axes.values()
    ]
    return tuple(int(n) for n in np.cumsum([0, *counts])[:-1]), sum(counts)
