"""Re-alignment in plain NumPy: forces that look again at their ties, one look after another.

The companion of `weeks.py` for equations 7-9 of docs/model.md. Sources: Christia 2012 and Riker 1962
(power), Seymour 2014 (patronage).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from types import SimpleNamespace

import numpy as np

from equipoise.scenario.value_types import WEEKS_A_YEAR
from equipoise.world.compile import World
from equipoise.world.reference.events import State

QUOTA = 0.5
"""Share of all power that a coalition must exceed to win."""
ALIKE = 1e-6
"""Shares, sums of ties and scores that differ by no more count as equal."""
EXACTLY = 1e-12
"""What differs by less is the same number by another road, and decides nothing."""
SINGLE, NOTICED = 6e-8, 1e-5
"""Rounding of a tie in single precision, and the error of a share that would show."""


def realign(world: World, s: State, p: SimpleNamespace, draws: np.ndarray) -> None:
    """Let every force in the field whose draw succeeds look again at its ties, in the order of names.

    Args:
        s: changed in place. p: parameters. draws: the week's uniform of each force [n, F].
    """
    account = world.scenario.dynamics.realign
    if account is None:
        return
    chance = -np.expm1(-p.realign_rate / WEEKS_A_YEAR)
    in_field = s.alive > 0
    s.margin.note(
        np.abs(draws - chance[:, None]) / np.where(chance > 0, chance, 1)[:, None],
        in_field & (chance > 0)[:, None],
    )
    for j in range(len(world.forces)):
        for n in np.flatnonzero((draws[:, j] < chance) & in_field[:, j]).tolist():
            others = [k for k in np.flatnonzero(in_field[n]).tolist() if k != j]
            if account == "power":
                ends, distance = ends_of_power(j, others, s.power[n], s.tie[n])
            else:
                ends, distance = ends_of_patronage(j, others, _support(s, n), s.tie[n], p.patron_tie[n])
            s.margin.least[n] = min(s.margin.least[n], distance)
            for k, end in zip(others, ends, strict=True):
                moved = s.tie[n, j, k] + p.realign_step[n] * (end - s.tie[n, j, k]) if end else s.tie[n, j, k]
                s.tie[n, j, k] = s.tie[n, k, j] = moved


def note_rounding(world: World, s: State, inherited: Callable[[np.ndarray], np.ndarray]) -> None:
    """Note where what is inherited hangs on digits of ties that single precision does not keep.

    Looks bring ties ever closer to -1, where kinships (1 + a)^inherit of bitter rivals are compared.

    Args:
        inherited: what control becomes [n, G, F] given ties.
    """
    if world.scenario.dynamics.realign is None:
        return
    control = inherited(s.tie)
    for shift in (-SINGLE, SINGLE):
        error = np.abs(inherited(np.clip(s.tie + shift, -1, 1)) - control)
        s.margin.note(np.zeros_like(error), error > NOTICED)


def _support(s: State, n: int) -> np.ndarray:
    """Return what each patron gives each force in one future: standing plus the mean of its backing [P, F]."""
    return s.standing[n] + s.backing[n].mean(axis=2)


def ends_of_power(
    j: int, others: Sequence[int], power: np.ndarray, tie: np.ndarray
) -> tuple[list[float], float]:
    """Return to which end of the scale each tie of force j moves (eq. 8), 0 for neither, and the margin of it."""
    whole = power[[j, *others]].sum()
    if whole <= 0:
        return [0.0] * len(others), np.inf
    groups = [(j, *rest) for size in range(len(others) + 1) for rest in combinations(others, size)]
    share = {group: sum(power[k] for k in group) / whole for group in groups}
    winning = [group for group in groups if share[group] > QUOTA + ALIKE]
    least = min(share[group] for group in winning)
    equal = [group for group in winning if share[group] <= least + ALIKE]
    warmth = {group: sum(tie[j, k] for k in group[1:]) for group in equal}
    warmest = max(warmth.values())
    friendly = [group for group in equal if warmth[group] >= warmest - ALIKE]
    chosen = min(friendly, key=lambda group: (len(group), sorted(group)))
    close = [
        *(abs(share[group] - QUOTA) for group in groups),
        *(share[group] - least for group in winning),
        *(warmest - warmth[group] for group in equal),
    ]
    ends = [1.0 if k in chosen else -1.0 for k in others]
    return ends, min((gap for gap in close if gap > EXACTLY), default=np.inf)


def ends_of_patronage(
    j: int, others: Sequence[int], support: np.ndarray, tie: np.ndarray, patron_tie: np.ndarray
) -> tuple[list[float], float]:
    """Return to which end of the scale each tie of force j moves (eq. 9), 0 for neither, and the margin of it."""
    scores = [score(support[:, j], support[:, k], patron_tie) - max(0.0, -tie[j, k]) for k in others]
    ends = [float(np.sign(found)) if abs(found) > ALIKE else 0.0 for found in scores]
    return ends, min((abs(found) for found in scores if abs(found) > EXACTLY), default=np.inf)


def score(one: np.ndarray, other: np.ndarray, patron_tie: np.ndarray) -> float:
    """Return how far the patrons of two forces draw them together [-1, 1].

    Args:
        one, other: what each patron gives either force [P]. patron_tie: ties between patrons [P, P].
    """
    shared = np.minimum(one, other)
    most, both = np.maximum(one, other).sum(), one.sum() * other.sum()
    opposed = (one - shared) @ np.maximum(0, -patron_tie) @ (other - shared)
    return (shared.sum() / most if most > 0 else 0.0) - (opposed / both if both > 0 else 0.0)
