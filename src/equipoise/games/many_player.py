"""Candidates for the equilibria of games with three players or more.

No method lists all mixed equilibria of such games in reasonable time, so several look from different
sides: the logit path gives one (see `quantal`), replicator dynamics from many starts finds those that
attract, and a search over supports, small ones first, finds the rest where the game is small enough.

Every candidate is sharpened and verified by its own regret in `equilibria`.

Source: replicator dynamics: Taylor and Jonker 1978; supports in order of size and balance with pruning by
conditional dominance: Porter, Nudelman and Shoham 2008, Games and Economic Behavior 63.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from equipoise.games.batch import gains, solve_indifference
from equipoise.games.normal_form import Mixtures, NormalForm

_STARTS = 64
_STEPS = 2_000
_RATE = 0.5
_SUPPORTS = 20_000
_NEWTON_STARTS = 4
_CELLS = 20_000  # profiles up to which replicator dynamics and the search over supports are run
_FOUND = 200  # solutions after which the game is taken for degenerate and the search ends
_CHUNK = 1_000_000  # payoff cells solved side by side

_Support = tuple[np.ndarray, ...]


def candidates(unit: NormalForm, *, seed: int) -> tuple[list[tuple[Mixtures, str]], list[str]]:
    """Propose mixed equilibria of a game with any number of players.

    Args:
        unit: the game with payoffs scaled to 0..1.
        seed: decides the random starts.

    Returns:
        Pairs of mixtures and method, with repetitions, and notes.
    """
    if math.prod(unit.shape) > _CELLS:
        return [], [
            f"With more than {_CELLS:,} profiles left only the logit path looked for mixed equilibria."
        ]
    rng = np.random.default_rng(seed)
    found = [(mixtures, "replicator dynamics") for mixtures in replicator(unit, rng=rng)]
    searched, notes = search_supports(unit, rng=rng)
    return found + [(mixtures, "support search") for mixtures in searched], notes


def replicator(unit: NormalForm, *, rng: np.random.Generator) -> list[Mixtures]:
    """Run replicator dynamics from many starts and return where they end.

    In discrete steps, each of which multiplies a strategy's share by exp(rate × payoff).

    Args:
        unit: the game with payoffs scaled to 0..1.
        rng: draws the starts, uniform over each player's mixtures; the first is the centroid.

    Returns:
        The end points, and the averages over the second half of those that did not come to rest; those
        that agree to four decimals once.
    """
    shares = [rng.dirichlet(np.ones(size), _STARTS) for size in unit.shape]
    for own in shares:
        own[0] = 1 / own.shape[1]
    totals = [np.zeros_like(own) for own in shares]
    moved = np.zeros(_STARTS)
    for step in range(_STEPS):
        payoffs = [_against(unit, shares, player) for player in range(len(shares))]
        grown = [own * np.exp(_RATE * u) for own, u in zip(shares, payoffs, strict=True)]
        grown = [own / own.sum(axis=1, keepdims=True) for own in grown]
        moved = np.max([np.abs(a - b).max(axis=1) for a, b in zip(grown, shares, strict=True)], axis=0)
        shares = grown
        if step >= _STEPS // 2:
            totals = [total + own for total, own in zip(totals, shares, strict=True)]
        if moved.max() < 1e-13:
            break
    ends = [tuple(own[k] for own in shares) for k in range(_STARTS)]
    roving = [k for k in np.flatnonzero(moved > 1e-6) if totals[0][k].sum() > 0]
    ends += [tuple(total[k] / total[k].sum() for total in totals) for k in roving]
    distinct = {tuple(np.round(np.concatenate(end), 4)): end for end in reversed(ends)}
    return list(reversed(list(distinct.values())))


def _against(unit: NormalForm, shares: Sequence[np.ndarray], player: int) -> np.ndarray:
    """Return deviation payoffs for a batch of profiles, shape (starts, strategies of the player)."""
    others = [k for k in range(len(shares)) if k != player]
    last = others[-1]
    table = np.tensordot(shares[last], unit.payoffs[..., player], axes=(1, last))
    axes = [k for k in range(len(shares)) if k != last]
    for other in reversed(others[:-1]):
        table = np.moveaxis(table, 1 + axes.index(other), -1)
        axes.remove(other)
        weights = shares[other].reshape(len(table), *[1] * (table.ndim - 2), -1)
        table = (table * weights).sum(axis=-1)
    return table


def search_supports(unit: NormalForm, *, rng: np.random.Generator) -> tuple[list[Mixtures], list[str]]:
    """Solve the indifference equations on combinations of supports, small and balanced ones first.

    Args:
        unit: the game with payoffs scaled to 0..1.
        rng: draws starts of the equations besides the even one.

    Returns:
        Solutions in which nobody gains by changing alone, and a note if not every combination was looked at.
    """
    found: list[Mixtures] = []
    examined = 0
    for sizes in _sizes(unit.shape):
        group: list[_Support] = []
        for supports in _supports(unit.shape, sizes):
            if examined == _SUPPORTS:
                break
            examined += 1
            if not _conditionally_dominated(unit, supports):
                group.append(supports)
        chunk = max(1, _CHUNK // (math.prod(unit.shape) * _NEWTON_STARTS))
        for first in range(0, len(group), chunk):
            found += _solve_group(unit, group[first : first + chunk], rng)
        if len(found) > _FOUND * _NEWTON_STARTS:
            return found[: _FOUND * _NEWTON_STARTS], [
                "The search over strategies in use met so many equilibria that it was ended: the game is "
                "degenerate, or nearly so, and more exist than are listed."
            ]
    total = math.prod(2**size - 1 for size in unit.shape) - math.prod(unit.shape)
    if examined < total:
        return found, [
            f"Of {total:,} combinations of strategies in use, {examined:,} were examined: "
            "there may be further mixed equilibria."
        ]
    return found, []


def _sizes(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the sizes of supports in which someone mixes, by their sum and then by balance."""
    sizes = itertools.product(*(range(1, size + 1) for size in shape))
    ordered = sorted(sizes, key=lambda chosen: (sum(chosen), max(chosen) - min(chosen), chosen))
    return [chosen for chosen in ordered if sum(chosen) > len(shape)]


def _supports(shape: Sequence[int], sizes: Sequence[int]) -> Iterator[_Support]:
    own = (itertools.combinations(range(size), count) for size, count in zip(shape, sizes, strict=True))
    for supports in itertools.product(*own):
        yield tuple(np.array(support) for support in supports)


def _conditionally_dominated(unit: NormalForm, supports: _Support) -> bool:
    """Return whether, against these supports, some used strategy always pays less than another one."""
    for player, own in enumerate(supports):
        chosen = list(supports)
        chosen[player] = np.arange(unit.shape[player])
        table = np.moveaxis(unit.payoffs[..., player][np.ix_(*chosen)], player, 0)
        table = table.reshape(table.shape[0], -1)
        if (table[None, :, :] > table[own][:, None, :] + 1e-12).all(axis=2).any():
            return True
    return False


def _solve_group(unit: NormalForm, group: Sequence[_Support], rng: np.random.Generator) -> list[Mixtures]:
    """Solve supports of equal sizes side by side and keep the equilibria among the solutions."""
    players = range(len(unit.shape))
    repeated = [supports for supports in group for _ in range(_NEWTON_STARTS)]
    start = []
    for player in players:
        size = len(group[0][player])
        drawn = rng.dirichlet(np.ones(size), len(repeated))
        drawn[::_NEWTON_STARTS] = 1 / size
        start.append(drawn)
    tables = [np.stack([unit.payoffs[..., i][np.ix_(*supports)] for supports in repeated]) for i in players]
    answers, good = solve_indifference(tables, start)
    wide = [np.zeros((len(repeated), size)) for size in unit.shape]
    for player in players:
        columns = np.stack([supports[player] for supports in repeated])
        np.put_along_axis(wide[player], columns, answers[player], axis=1)
    kept = np.flatnonzero(good)
    wide = [own[kept] for own in wide]
    full = [np.broadcast_to(unit.payoffs[..., i], (len(kept), *unit.shape)) for i in players]
    return [tuple(own[k] for own in wide) for k in np.flatnonzero(gains(full, wide) < 1e-7)]
