"""Who joins whom, under two rival accounts reported side by side.

*Power* (Riker 1962; Christia 2012): a coalition wins with more than a quota of all power; each force wants
the winning coalition in which its own share of the power, and so of the spoils, is largest. Ties, whatever
their sign, only decide between equally good ones.

*Patronage* (Seymour 2014): power does not matter. Forces are drawn together by the patrons they share and
kept apart by local rivalry and by rivalry between their patrons. With s_ij what patron i gives force j
(standing plus the mean of its backing) and e the part of it the other does not get,
score_jk = Σ_i min(s_ij, s_ik) / Σ_i max(s_ij, s_ik) − h_jk − Σ_il h_il e_ij e_lk / (Σ_i s_ij · Σ_l s_lk).
Each force wants the partners with the highest sum of scores, no two members of the coalition having a
score below 0. The score is Equipoise's own rendering: Seymour gives the argument, not a formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.records import Record

Account = Literal["power", "patronage"]
MOST_FORCES = 14
"""Coalitions of up to so many forces are enumerated."""
_TOLERANCE = 1e-9
_CELLS = 4_000_000  # numbers held at once


@dataclass(frozen=True)
class Contenders:
    """The forces as coalition partners.

    Attributes:
        forces: names, sorted.
        power: [S, forces].
        ties: between the forces [S, forces, forces].
        support: what each patron gives each force [S, patrons, forces].
        patron_ties: between the patrons [S, patrons, patrons].
    """

    forces: tuple[str, ...]
    power: np.ndarray
    ties: np.ndarray
    support: np.ndarray
    patron_ties: np.ndarray

    def rows(self, first: int, last: int) -> Contenders:
        """Return some of the draws."""
        some = slice(first, last)
        return Contenders(
            self.forces, self.power[some], self.ties[some], self.support[some], self.patron_ties[some]
        )


@dataclass(frozen=True)
class Coalition(Record):
    """Forces that stand together, and their part of all power."""

    members: tuple[str, ...]
    power: float


@dataclass(frozen=True)
class Choice(Record):
    """The coalition a force wants.

    Attributes:
        members: the coalition, the force included.
        share: the force's part of the coalition's power.
        agreed: whether every member wants this same coalition.
    """

    members: tuple[str, ...]
    share: float
    agreed: bool


@dataclass(frozen=True)
class _Rule:
    """How an account ranks coalitions, and what it declares not to look at (tests try to refute it)."""

    worth: Callable[[Contenders, np.ndarray, float], np.ndarray]
    ignores: frozenset[str]


def minimal_winning(
    forces: tuple[str, ...], power: np.ndarray, *, quota: float = 0.5
) -> tuple[Coalition, ...]:
    """Return the winning coalitions that lose without any one member, the smallest in power first.

    Args:
        forces: names.
        power: of each force, not negative.
        quota: a coalition wins with more than this share of all power.
    """
    share = _shares(np.asarray(power, dtype=float))
    members = _subsets(len(forces), quota)
    total = members @ share
    weakest = np.where(members, share, np.inf).min(axis=1)
    minimal = (total > quota + _TOLERANCE) & (total - weakest <= quota + _TOLERANCE)
    order = sorted(np.flatnonzero(minimal), key=lambda k: (round(total[k], 12), k))
    return tuple(Coalition(_names(forces, members[k]), float(total[k])) for k in order)


def choices(
    contenders: Contenders, *, account: Account = "power", quota: float = 0.5
) -> list[dict[str, Choice]]:
    """Return, for each draw, the coalition each force wants.

    Of equally good coalitions a force takes the one it has friendlier ties with, then the one with fewer
    members, then the first by name.

    Args:
        contenders: the forces, their power, ties and support, drawn S times.
        account: what forces look at: `power` or `patronage`.
        quota: for the power account, the share of all power to be exceeded.

    Raises:
        InputError: an unknown account, a quota outside 0.5 to 1, or too many forces.
    """
    if account not in ACCOUNTS:
        raise InputError(f"no account is called {account!r}; there are: {', '.join(sorted(ACCOUNTS))}")
    members = _subsets(len(contenders.forces), quota)
    draws, at_once = len(contenders.power), max(1, _CELLS // members.size)
    found: list[dict[str, Choice]] = []
    for first in range(0, draws, at_once):
        part = contenders.rows(first, first + at_once)
        wanted = _wanted(part, members, ACCOUNTS[account].worth(part, members, quota))
        found += [_choices_of(part, members, wanted[s], s) for s in range(len(wanted))]
    return found


def _subsets(count: int, quota: float) -> np.ndarray:
    """Return all coalitions [K, forces], small ones first, then in order of names."""
    if not 0.5 <= quota < 1:
        raise InputError(f"the quota must be at least 0.5 and below 1; it is {quota}")
    if count > MOST_FORCES:
        raise InputError(
            f"coalitions of more than {MOST_FORCES} forces are not enumerated; there are {count}"
        )
    codes = np.arange(1, 1 << count)
    members = ((codes[:, None] >> np.arange(count)[::-1]) & 1).astype(bool)
    return members[np.lexsort((-codes, members.sum(axis=1)))]


def _shares(power: np.ndarray) -> np.ndarray:
    total = power.sum(axis=-1, keepdims=True)
    return np.divide(power, total, out=np.zeros_like(power), where=total > 0)


def _names(forces: tuple[str, ...], mask: np.ndarray) -> tuple[str, ...]:
    return tuple(name for name, there in zip(forces, mask, strict=True) if there)


def _by_power(contenders: Contenders, members: np.ndarray, quota: float) -> np.ndarray:
    """Return minus the coalition's power where it wins, −inf elsewhere [S, forces, K].

    A force's share of a coalition it is part of is its own power over the coalition's, so the largest
    share is that of the winning coalition with the least power.
    """
    total = _shares(contenders.power) @ members.T
    worth = np.where(total > quota + _TOLERANCE, -total, -np.inf)
    return np.broadcast_to(worth[:, None, :], (len(total), members.shape[1], len(members)))


def _by_patronage(contenders: Contenders, members: np.ndarray, quota: float) -> np.ndarray:
    """Return the sum of a force's scores with its partners, −inf where two members repel each other."""
    scores = patronage_scores(contenders)
    repel = np.einsum("kj,sjl,kl->sk", members, scores < -_TOLERANCE, members, optimize=True) > 0
    return np.where(repel[:, None, :], -np.inf, scores @ members.T.astype(float))


def patronage_scores(contenders: Contenders) -> np.ndarray:
    """Return how much each two forces draw each other under the patronage account [S, forces, forces]."""
    given, (draws, count) = contenders.support, contenders.power.shape
    rivalry = np.maximum(0.0, -contenders.patron_ties)
    scores = np.zeros((draws, count, count))
    for j in range(count):
        for k in range(j):
            common = np.minimum(given[:, :, j], given[:, :, k])
            most = np.maximum(given[:, :, j], given[:, :, k]).sum(axis=1)
            own, other = given[:, :, j] - common, given[:, :, k] - common
            against = np.einsum("si,sil,sl->s", own, rivalry, other)
            both = given[:, :, j].sum(axis=1) * given[:, :, k].sum(axis=1)
            score = _ratio(common.sum(axis=1), most) - _ratio(against, both)
            scores[:, j, k] = scores[:, k, j] = score - np.maximum(0.0, -contenders.ties[:, j, k])
    return scores


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _wanted(contenders: Contenders, members: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Return which coalition each force wants, as places in `members` [S, forces]."""
    affinity = contenders.ties @ members.T.astype(float)
    worth = np.where(members.T[None], worth, -np.inf)
    best = worth.max(axis=2, keepdims=True)
    affinity = np.where(worth >= best - _TOLERANCE, affinity, -np.inf)
    friendliest = affinity.max(axis=2, keepdims=True)
    return np.argmax(affinity >= friendliest - _TOLERANCE, axis=2)


def _choices_of(
    contenders: Contenders, members: np.ndarray, wanted: np.ndarray, draw: int
) -> dict[str, Choice]:
    power = contenders.power[draw]
    result = {}
    for j, force in enumerate(contenders.forces):
        mask = members[wanted[j]]
        total = float(power[mask].sum())
        result[force] = Choice(
            members=_names(contenders.forces, mask),
            share=float(power[j]) / total if total > 0 else 0.0,
            agreed=bool(np.all(wanted[mask] == wanted[j])),
        )
    return result


ACCOUNTS: dict[Account, _Rule] = {
    "patronage": _Rule(_by_patronage, ignores=frozenset({"power", "quota"})),
    "power": _Rule(_by_power, ignores=frozenset({"support", "patron_ties"})),
}
"""The two accounts by name."""
