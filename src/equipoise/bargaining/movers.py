"""Who would have to move, and how far, for a deal to become likelier than not.

Two kinds of move: to *concede*, accepting outcomes farther from one's position by the same share of every
scale, by one party alone or by all veto parties together; and to *shift* one's position on one issue, alone.
Conceding leaves the forecast as it is and is exact; a shift changes the forecast too and is found by stepping
along the scale and halving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from equipoise.bargaining.model import Model
from equipoise.bargaining.table import Table
from equipoise.records import Record

EVERYBODY = "every veto party"
"""Stands for the party of a concession that all make together."""
_HALF = 0.5


@dataclass(frozen=True)
class Move(Record):
    """The least move of one party that makes a deal likelier than not.

    Attributes:
        party: who moves; `every veto party` where all concede the same share.
        kind: `concede` (accept more, on every issue) or `shift` (another position, on one).
        issue: where, for a shift.
        amount: how far, in units of the issue's scale; signed for a shift.
        share: how far, as a share of the scale.
        deal: chance of a deal after it.
    """

    party: str
    kind: Literal["concede", "shift"]
    issue: str | None
    amount: float | None
    share: float
    deal: float


def least_moves(table: Table, model: Model, outcome: np.ndarray, *, draws: int, steps: int) -> list[Move]:
    """Return every party's least concession and least shift, smallest first; none if a deal is likely.

    Args:
        table: the talk.
        model: whose forecast is meant.
        outcome: that forecast, shape (n, issues).
        draws: how many draws to use for shifts.
        steps: how finely to step along a scale before halving.
    """
    if table.deals(outcome).mean() > _HALF:
        return []
    moves = [_concession(table, outcome, party) for party in np.flatnonzero(table.veto).tolist()]
    if table.veto.sum() > 1:
        moves.append(_common_concession(table, outcome))
    part = table.first(draws)
    for actor in range(len(table.actors)):
        moves.append(_least_shift(part, model, actor, steps))
    return sorted((m for m in moves if m is not None), key=lambda m: (m.share, m.party, m.kind))


def _concession(table: Table, outcome: np.ndarray, actor: int) -> Move | None:
    """Return the least extra reservation, as a share of every scale, that makes a deal likelier than not."""
    others = replace(table, veto=table.veto & (np.arange(len(table.actors)) != actor))
    width = table.scales[:, 1] - table.scales[:, 0]
    missing = np.abs(outcome - table.positions[..., actor]) - table.reservation[..., actor]
    needed = np.fmax.reduce(missing / width, axis=1, initial=0.0)
    needed = np.sort(np.where(others.deals(outcome), needed, np.inf))
    share = float(needed[len(needed) // 2])
    if not np.isfinite(share):
        return None
    return Move(table.actors[actor], "concede", None, None, share, float(np.mean(needed <= share)))


def _common_concession(table: Table, outcome: np.ndarray) -> Move | None:
    """Return the least concession that is enough where every veto party makes it."""
    width = (table.scales[:, 1] - table.scales[:, 0])[:, None]
    distance = np.abs(outcome[..., None] - table.positions[..., table.veto])
    missing = (distance - table.reservation[..., table.veto]) / width
    needed = np.fmax.reduce(missing, axis=(1, 2), initial=0.0)
    needed = np.sort(np.where(np.isnan(outcome).any(axis=1), np.inf, needed))
    share = float(needed[len(needed) // 2])
    if not np.isfinite(share):
        return None
    return Move(EVERYBODY, "concede", None, None, share, float(np.mean(needed <= share)))


def _least_shift(table: Table, model: Model, actor: int, steps: int) -> Move | None:
    found = []
    for k, issue in enumerate(table.issues):
        width = table.scales[k, 1] - table.scales[k, 0]
        if np.isnan(table.positions[:, k, actor]).all():
            continue
        for sign in (1.0, -1.0):
            share = _shift_needed(table, model, actor, k, sign, steps)
            if share is not None:
                chance = _chance_after(table, model, actor, k, sign * share)
                amount = float(sign * share * width)
                found.append(Move(table.actors[actor], "shift", issue, amount, share, chance))
    return min(found, key=lambda m: m.share, default=None)


def _shift_needed(table: Table, model: Model, actor: int, k: int, sign: float, steps: int) -> float | None:
    """Return the least share of the scale to shift by, or None where no shift is enough."""
    low = 0.0
    for high in np.arange(1, steps + 1) / steps:
        if _chance_after(table, model, actor, k, sign * high) > _HALF:
            break
        low = high
    else:
        return None
    for _ in range(8):
        middle = 0.5 * (low + high)
        if _chance_after(table, model, actor, k, sign * middle) > _HALF:
            high = middle
        else:
            low = middle
    return float(high)


def _chance_after(table: Table, model: Model, actor: int, k: int, share: float) -> float:
    """Return the chance of a deal once an actor's position is shifted, not past the ends of the scale."""
    low, high = table.scales[k]
    positions = table.positions.copy()
    here = positions[:, k, actor]
    positions[:, k, actor] = np.clip(here + share * (high - low), np.fmin(low, here), np.fmax(high, here))
    moved = replace(table, positions=positions)
    return float(moved.deals(moved.outcomes(model)).mean())
