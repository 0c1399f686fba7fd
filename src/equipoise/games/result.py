"""The empirical game between patrons, analysed from payoffs to one selected answer.

One function takes the payoffs of every profile by replicate and returns everything an analyst is shown:
payoffs with standard errors, the regret of every profile, the equilibria and how far each can be
trusted, dominance, quantal responses, and the selection with its reason.

Source: the steps of empirical game-theoretic analysis in Wellman, Tuyls and Greenwald 2025, JAIR 82.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.games.dominance import Dominated, Elimination, dominated, eliminate
from equipoise.games.empirical import EPSILON, EmpiricalGame, Trust
from equipoise.games.equilibria import Solution, solve
from equipoise.games.normal_form import named_mixtures, pure_regrets
from equipoise.games.quantal import LogitPath
from equipoise.games.selection import Selection, select

PRECISIONS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""λ at which quantal responses are shown; payoffs scaled to each player's range, so λ has no unit."""

_ONLY_TRIED = (
    "Equilibrium and regret speak only of the strategies tried: one not in the list might do better."
)
_SCALE = (
    "Payoffs are scaled to each player's range, so λ has no unit: at λ = 10 a strategy that pays a tenth "
    "of the range more is e = 2.72 times as likely."
)
_SINGLE = (
    "A single replicate says nothing of sampling error: standard errors and probabilities are left empty."
)


@dataclass(frozen=True, eq=False)
class GameResult:
    """What the analysis of an empirical game found.

    Attributes:
        game: payoffs by replicate.
        solution: verified equilibria of the mean payoffs.
        trust: how far each equilibrium can be trusted, in the same order.
        dominated: strictly or weakly dominated strategies of the full game.
        strict, weak: iterated elimination.
        selection: the selected equilibrium and the reason.
        notes: what a reader must know.
    """

    game: EmpiricalGame
    solution: Solution
    trust: tuple[Trust, ...]
    dominated: tuple[Dominated, ...]
    strict: Elimination
    weak: Elimination
    selection: Selection
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything found, ready for JSON; what is undefined is None."""
        game = self.game.mean
        return {
            "players": list(game.players),
            "strategies": {p: list(names) for p, names in zip(game.players, game.strategies, strict=True)},
            "replicates": self.game.count,
            "confidence": self.game.confidence,
            "resamples": self.game.resamples if self.game.count > 1 else None,
            "payoff_ranges": _by_player(game.players, game.ranges),
            "profiles": _profiles(self.game),
            "equilibria": self._equilibria(),
            "complete": self.solution.complete,
            "refused": self.solution.refused,
            "no_pure_equilibrium": self.game.no_pure(),
            "error": self._error(),
            "dominance": {
                "dominated": [
                    {**one.to_dict(game), "probability": self.game.domination(one)} for one in self.dominated
                ],
                "strict": self.strict.to_dict(game),
                "weak": self.weak.to_dict(game),
            },
            "quantal_response": _quantal(self.game, self.solution.path),
            "selection": self._selection(),
            "notes": list(self.notes),
        }

    def _equilibria(self) -> list[dict[str, Any]]:
        game = self.game.mean
        rows = []
        for number, (one, trust) in enumerate(
            zip(self.solution.equilibria, self.trust, strict=True), start=1
        ):
            errors = self.game.expected_errors(one.mixtures)
            payoffs = {
                name: {"mean": float(u), "se": None if errors is None else float(errors[i])}
                for i, (name, u) in enumerate(zip(game.players, one.payoffs, strict=True))
            }
            rows.append(
                {
                    **one.to_dict(game),
                    "name": f"E{number}",
                    "payoffs": payoffs,
                    "probability": trust.probability,
                    "probability_same_support": trust.exact,
                    "epsilon": EPSILON,
                    "regret_interval": trust.regret.to_dict(),
                    "bound": trust.bound,
                }
            )
        return rows

    def _error(self) -> dict[str, Any]:
        deltas = self.game.deltas
        if deltas is None:
            return {"delta": None, "by_player": None, "statement": _SINGLE}
        players = self.game.mean.players
        statement = (
            f"With {self.game.confidence:.0%} confidence every estimated payoff is within its δ of its true "
            f"value (the largest δ is {deltas.max():.3g}; Student's t on {self.game.count} replicates, shared "
            f"over {self.game.mean.payoffs.size} payoffs). Off by at most: the largest gain from changing alone "
            "in the estimates, plus the δ of the payoffs that it compares."
        )
        return {
            "delta": float(deltas.max()),
            "by_player": _by_player(players, deltas),
            "statement": statement,
        }

    def _selection(self) -> dict[str, Any]:
        chosen = self.selection
        named = {**chosen.to_dict(), "name": None, "mixtures": None}
        if chosen.index is not None:
            one = self.solution.equilibria[chosen.index]
            named["name"] = f"E{chosen.index + 1}"
            named["mixtures"] = named_mixtures(self.game.mean, one.mixtures)
        return named


def analyse(
    payoffs: Any,
    players: Sequence[str],
    strategies: Sequence[Sequence[str]],
    *,
    seed: int = 0,
) -> GameResult:
    """Analyse the empirical game given by payoffs of every profile.

    Args:
        payoffs: shape (replicates, strategies of player 1, ..., of player n, n): mean payoff of each
            replicate (a block of states), every profile played on the same futures.
        players: names.
        strategies: names for each player.
        seed: decides resamples and random starts.

    Returns:
        The result; `to_dict()` is ready for JSON.

    Raises:
        InputError: names and shape disagree, or a payoff is not a finite number.
    """
    game = EmpiricalGame(tuple(players), tuple(map(tuple, strategies)), payoffs, seed=seed)
    solution = solve(game.mean, seed=seed)
    trust = tuple(game.trust(one.mixtures) for one in solution.equilibria)
    weak = eliminate(game.mean, kind="weak")

    def better(index: int, other: int) -> float | None:
        return game.better_for_all(solution.equilibria[index].mixtures, solution.equilibria[other].mixtures)

    selection = select(
        game.mean,
        solution.equilibria,
        path=solution.path,
        weak=weak,
        stability=[one.probability for one in trust],
        better=better,
    )
    notes = [_ONLY_TRIED, *([_SINGLE] if game.count < 2 else []), *solution.notes]
    return GameResult(
        game,
        solution,
        trust,
        dominated(game.mean, kind="weak"),
        eliminate(game.mean, kind="strict"),
        weak,
        selection,
        tuple(notes),
    )


def _by_player(players: Sequence[str], values: np.ndarray) -> dict[str, float]:
    return {player: float(value) for player, value in zip(players, values, strict=True)}


def _profiles(game: EmpiricalGame) -> list[dict[str, Any]]:
    """Return a row a pure profile: payoffs, regret, how often it is an equilibrium."""
    mean, errors = game.mean, game.standard_errors
    regrets = pure_regrets(mean.payoffs)
    holds, low, high = game.pure_trust()
    rows = []
    for profile in np.ndindex(*mean.shape):
        payoffs = {
            player: {
                "mean": float(mean.payoffs[profile][i]),
                "se": None if errors is None else float(errors[profile][i]),
            }
            for i, player in enumerate(mean.players)
        }
        rows.append(
            {
                "profile": mean.label(profile),
                "payoffs": payoffs,
                "regret": {
                    "value": float(regrets[profile].max()),
                    "low": None if low is None else float(low[profile]),
                    "high": None if high is None else float(high[profile]),
                    "by_player": _by_player(mean.players, regrets[profile]),
                },
                "equilibrium_probability": None if holds is None else float(holds[profile]),
            }
        )
    return rows


def _quantal(game: EmpiricalGame, path: LogitPath | None) -> dict[str, Any] | None:
    """Return quantal responses along the logit path; None where the game was too large for it."""
    if path is None:
        return None
    mean = game.mean
    reached = [value for value in PRECISIONS if value <= path.precisions.max()]
    return {
        "scale": _SCALE,
        "points": [path.at(value).to_dict(mean) for value in reached],
        "limit": None if path.limit is None else named_mixtures(mean, path.limit),
        "divides_at": list(path.divides_at),
        "turns_at": list(path.turns_at),
    }
