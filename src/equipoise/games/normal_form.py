"""Finite games in normal form: payoffs, deviations and regret.

Everything else in this package (equilibria, quantal responses, bounds) is built from one operation on
a payoff array: averaging it over the mixtures of some players and keeping the axes of the others.

Source: Nash 1951 for equilibrium and deviation; the regret of a profile as in Wellman, Tuyls and
Greenwald 2025, JAIR 82: the largest gain any one player has from changing strategy alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equipoise.errors import InputError

ROUNDING = 1e-13
"""Payoffs that agree to within this share of their size are equal: they differ by rounding only."""

Mixtures = tuple[np.ndarray, ...]
"""One probability vector a player, in the order of the game's players."""


@dataclass(frozen=True, eq=False)
class NormalForm:
    """A finite game in normal form.

    Attributes:
        players: names of the players.
        strategies: for each player the names of its strategies.
        payoffs: array of shape (strategies of player 1, ..., strategies of player n, n), in each
            player's own units; `payoffs[s1, ..., sn, i]` is what player i gets when they play s1..sn.

    Raises:
        InputError: names and shape disagree, a name stands twice, or a payoff is not a finite number.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: np.ndarray

    def __post_init__(self) -> None:
        payoffs = np.array(self.payoffs, dtype=float)
        object.__setattr__(self, "players", tuple(self.players))
        object.__setattr__(self, "strategies", tuple(tuple(names) for names in self.strategies))
        _check_names(self.players, self.strategies)
        expected = (*(len(names) for names in self.strategies), len(self.players))
        if payoffs.shape != expected:
            raise InputError(
                f"payoffs have shape {payoffs.shape}; these players and strategies need {expected}"
            )
        if not np.isfinite(payoffs).all():
            raise InputError("every payoff must be a finite number; some are missing or infinite")
        payoffs.setflags(write=False)
        object.__setattr__(self, "payoffs", payoffs)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the number of strategies of each player."""
        return self.payoffs.shape[:-1]

    @property
    def ranges(self) -> np.ndarray:
        """Return each player's payoff range over all profiles; 1 where its payoff never changes."""
        flat = self.payoffs.reshape(-1, len(self.players))
        spread = flat.max(axis=0) - flat.min(axis=0)
        return np.where(spread > 0, spread, 1.0)

    @cached_property
    def stakes(self) -> np.ndarray:
        """Return what a change of strategy alone typically makes to each player; 1 where it never changes anything.

        The median over pairs of a player's strategies and over what the others do, changes of nothing left
        out: neither what others do to a player nor one ruinous combination counts for it.
        """
        result = np.ones(len(self.players))
        for player, size in enumerate(self.shape):
            own = np.moveaxis(self.payoffs[..., player], player, 0)
            first, second = np.triu_indices(size, k=1)
            changes = np.abs(own[first] - own[second])
            changes = changes[changes > ROUNDING * np.maximum(np.abs(own[first]), np.abs(own[second]))]
            if changes.size:
                result[player] = np.quantile(changes, 0.5, method="lower")
        return result

    def label(self, profile: Sequence[int]) -> dict[str, str]:
        """Return the strategy each player uses in a pure profile, by name."""
        return {
            player: names[s] for player, names, s in zip(self.players, self.strategies, profile, strict=True)
        }


def _check_names(players: Sequence[str], strategies: Sequence[Sequence[str]]) -> None:
    if len(players) < 2:
        raise InputError(f"a game needs two players or more; {len(players)} given")
    if len(players) != len(strategies):
        raise InputError(f"{len(players)} players but strategies for {len(strategies)}")
    if len(set(players)) != len(players):
        raise InputError(f"a player is named twice: {', '.join(players)}")
    for player, names in zip(players, strategies, strict=True):
        if not names:
            raise InputError(f"player {player} has no strategy")
        if len(set(names)) != len(names):
            raise InputError(f"player {player} has a strategy named twice: {', '.join(names)}")


def contract(
    payoffs: np.ndarray, mixtures: Sequence[np.ndarray], *, keep: Sequence[int], lead: int = 0
) -> Any:
    """Average a payoff array over the mixtures of all players but some.

    Args:
        payoffs: one player's payoffs, shape (leading axes..., strategies of player 1, ..., of player n).
        mixtures: one probability vector a player.
        keep: players whose axis stays, in the order of the result's axes (ascending).
        lead: how many leading axes (replicates, say) come before the players' axes.

    Returns:
        Array of shape (leading axes..., strategies of the kept players...).
    """
    result = payoffs
    for player in range(len(mixtures) - 1, -1, -1):
        if player not in keep:
            result = np.tensordot(result, mixtures[player], axes=(lead + player, 0))
    return result


def deviation_payoffs(game: NormalForm, mixtures: Sequence[np.ndarray]) -> Mixtures:
    """Return, for each player, the payoff of each of its strategies against the others' mixtures."""
    return tuple(contract(game.payoffs[..., i], mixtures, keep=(i,)) for i in range(len(game.players)))


def pair_payoffs(game: NormalForm, mixtures: Sequence[np.ndarray], player: int, other: int) -> np.ndarray:
    """Return a player's payoffs by its own and one other's strategy, averaged over the rest.

    Returns:
        Array of shape (strategies of `player`, strategies of `other`): also the derivative of the
        player's deviation payoffs by the other's probabilities, as payoffs are linear in each mixture.
    """
    table = contract(game.payoffs[..., player], mixtures, keep=sorted((player, other)))
    return table if player < other else table.T


def expected_payoffs(game: NormalForm, mixtures: Sequence[np.ndarray]) -> np.ndarray:
    """Return each player's expected payoff under a profile of mixtures; shape (players,)."""
    return np.array([u @ p for u, p in zip(deviation_payoffs(game, mixtures), mixtures, strict=True)])


def regret(game: NormalForm, mixtures: Sequence[np.ndarray]) -> np.ndarray:
    """Return what each player could gain by changing strategy alone.

    Args:
        game: the game.
        mixtures: one probability vector a player.

    Returns:
        Shape (players,), at least 0, in each player's payoff units. All 0 exactly at an equilibrium.
    """
    return np.array([gain for gain, _ in _gains(game, mixtures)])


def relative_regret(game: NormalForm, mixtures: Sequence[np.ndarray]) -> float:
    """Return the largest gain from changing alone, as a share of the differences it is made of.

    A player's gain is an average, over what the others do, of the differences between its best strategy and
    those it uses; it is measured by the average of their sizes. So 0 is an equilibrium, a pure profile that
    is none has 1, and no payoff that plays no part in the comparison, however large, makes a gain look small.
    """
    return max(gain / size if gain > 0 else 0.0 for gain, size in _gains(game, mixtures))


def _gains(game: NormalForm, mixtures: Sequence[np.ndarray]) -> list[tuple[float, float]]:
    """Return each player's gain from changing alone and the average size of the differences it is made of."""
    result = []
    for i, own in enumerate(mixtures):
        payoffs = game.payoffs[..., i]
        best = int(np.argmax(contract(payoffs, mixtures, keep=(i,))))
        mine, theirs = (np.take(payoffs, rows, axis=i) for rows in (np.flatnonzero(own), [best]))
        others = [own[own > 0] if k == i else p for k, p in enumerate(mixtures)]
        gain = float(contract(theirs - mine, others, keep=()))
        rounding = ROUNDING * float(contract(np.abs(mine) + np.abs(theirs), others, keep=()))
        size = float(contract(np.abs(theirs - mine), others, keep=()))
        result.append((gain if gain > rounding else 0.0, size))
    return result


def pure_regrets(payoffs: np.ndarray, *, lead: int = 0) -> np.ndarray:
    """Return every player's regret in every pure profile; what only rounding makes is 0.

    Args:
        payoffs: shape (leading axes..., strategies of player 1, ..., of player n, n).
        lead: number of leading axes (replicates or resamples).

    Returns:
        Array of the shape of `payoffs`.
    """
    result = np.empty_like(payoffs, dtype=float)
    for player in range(payoffs.shape[-1]):
        own = payoffs[..., player]
        best = own.max(axis=lead + player, keepdims=True)
        gain = best - own
        result[..., player] = np.where(gain > ROUNDING * (np.abs(best) + np.abs(own)), gain, 0.0)
    return result


def scaled(game: NormalForm) -> NormalForm:
    """Return the game with each player's payoffs mapped to 0..1 over its own range.

    A positive affine change of one player's payoffs alters neither its best responses nor the
    equilibria, so solvers work on this form and give the same answer in any units.
    """
    flat = game.payoffs.reshape(-1, len(game.players))
    return NormalForm(game.players, game.strategies, (game.payoffs - flat.min(axis=0)) / game.ranges)


def centred(game: NormalForm) -> NormalForm:
    """Return the game of what each player falls short of its best reply, mapped to 0..1 over its own range.

    What the others' play gives to all strategies of a player alike changes no best response, so it is taken
    off: a large common part then hides no difference.
    """
    losses = -pure_regrets(game.payoffs)
    return scaled(NormalForm(game.players, game.strategies, losses))


def alike(game: NormalForm) -> list[list[list[int]]]:
    """Return, for each player, its strategies in groups that give everybody the same whatever the others do."""
    result = []
    for player in range(len(game.players)):
        rows = np.moveaxis(game.payoffs, player, 0).reshape(game.shape[player], -1)
        groups: list[list[int]] = []
        for s, row in enumerate(rows):
            for group in groups:
                other = rows[group[0]]
                if (np.abs(row - other) <= ROUNDING * (np.abs(row) + np.abs(other))).all():
                    group.append(s)
                    break
            else:
                groups.append([s])
        result.append(groups)
    return result


def restrict(game: NormalForm, kept: Sequence[Sequence[int]]) -> NormalForm:
    """Return the game in which each player has only some of its strategies (by index)."""
    payoffs = game.payoffs[np.ix_(*kept, range(len(game.players)))]
    names = tuple(tuple(own[s] for s in keep) for own, keep in zip(game.strategies, kept, strict=True))
    return NormalForm(game.players, names, payoffs)


def pure_mixtures(shape: Sequence[int], profile: Sequence[int]) -> Mixtures:
    """Return a pure profile as degenerate mixtures."""
    return tuple(np.eye(size)[s] for size, s in zip(shape, profile, strict=True))


def named_mixtures(game: NormalForm, mixtures: Sequence[np.ndarray]) -> dict[str, dict[str, float]]:
    """Return mixtures as {player: {strategy: probability}}, ready for JSON."""
    return {
        player: {name: float(p) for name, p in zip(names, mixture, strict=True)}
        for player, names, mixture in zip(game.players, game.strategies, mixtures, strict=True)
    }
