"""Nash equilibria of a finite game, each verified by its own regret before it is shown.

Pure equilibria are enumerated for any number of players. Mixed ones come from several methods (see
`two_player`, `many_player`, `quantal` and, where installed, `gambit`); each candidate is sharpened on its
own support, its regret is computed afresh from the payoffs, and what does not pass is refused. Candidates
that agree are merged; equilibria joined by a continuum of others are marked as one component.

Source: Nash 1951; for the structure of degenerate games (maximal Nash subsets): Jansen 1981.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.games import many_player, two_player
from equipoise.games.dominance import eliminate
from equipoise.games.indifference import polish
from equipoise.games.normal_form import (
    Mixtures,
    NormalForm,
    expected_payoffs,
    named_mixtures,
    pure_mixtures,
    pure_regrets,
    regret,
    restrict,
    scaled,
)
from equipoise.games.quantal import LogitPath, trace

TOLERANCE = 1e-8
_SAME = 1e-6
_HOPELESS = 0.1  # relative regret beyond which a candidate is not worth sharpening
_TRACE_STRATEGIES = 80
_TRACE_CELLS = 500_000


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A verified Nash equilibrium.

    Attributes:
        kind: `pure` when every player uses one strategy, else `mixed`.
        mixtures: one probability vector a player.
        payoffs: expected payoff of each player, in its own units.
        regret: the largest gain any player has from changing alone, as a share of that player's payoff
            range; at most the tolerance it was verified with.
        methods: the methods that found it.
        component: number shared by equilibria that a continuum of equilibria joins; None if it stands alone.
    """

    kind: Literal["pure", "mixed"]
    mixtures: Mixtures
    payoffs: np.ndarray
    regret: float
    methods: tuple[str, ...]
    component: int | None = None

    @property
    def profile(self) -> tuple[int, ...]:
        """Return the most used strategy of each player: the profile itself when it is pure."""
        return tuple(int(np.argmax(p)) for p in self.mixtures)

    def to_dict(self, game: NormalForm) -> dict[str, Any]:
        """Return the equilibrium with names, ready for JSON."""
        return {
            "kind": self.kind,
            "mixtures": named_mixtures(game, self.mixtures),
            "payoffs": {name: float(u) for name, u in zip(game.players, self.payoffs, strict=True)},
            "regret": self.regret,
            "methods": list(self.methods),
            "component": self.component,
        }


@dataclass(frozen=True)
class Solution:
    """The equilibria found and what a reader must know about the search.

    Attributes:
        equilibria: verified; pure ones first, in the order of the strategies.
        refused: how many candidates failed verification.
        complete: whether the methods used list every equilibrium (of a continuum, its ends).
        notes: sentences for the reader.
        path: the logit path that was followed, or None where the game was too large for it.
    """

    equilibria: tuple[Equilibrium, ...]
    refused: int
    complete: bool
    notes: tuple[str, ...]
    path: LogitPath | None


def relative_regret(game: NormalForm, mixtures: Sequence[np.ndarray]) -> float:
    """Return the largest gain from changing alone, as a share of that player's payoff range."""
    return float((regret(game, mixtures) / game.ranges).max())


def verify(game: NormalForm, mixtures: Sequence[np.ndarray], *, tolerance: float = TOLERANCE) -> bool:
    """Return whether a profile of mixtures is a Nash equilibrium.

    Args:
        game: the game.
        mixtures: one probability vector a player.
        tolerance: largest regret accepted, as a share of the player's payoff range.

    Returns:
        True when the vectors are probabilities and nobody gains more than the tolerance by changing alone.

    Raises:
        InputError: the vectors do not fit the game.
    """
    if tuple(len(p) for p in mixtures) != game.shape:
        raise InputError(
            f"mixtures of lengths {[len(p) for p in mixtures]} do not fit strategies {list(game.shape)}"
        )
    proper = all(np.min(p) >= 0 and abs(np.sum(p) - 1) < 1e-9 for p in mixtures)
    return bool(proper and relative_regret(game, mixtures) <= tolerance)


def pure_equilibria(game: NormalForm, *, tolerance: float = TOLERANCE) -> list[tuple[int, ...]]:
    """Enumerate the pure equilibria of a game with any number of players.

    Args:
        game: the game.
        tolerance: largest regret accepted, as a share of the player's payoff range.

    Returns:
        Profiles as strategy indices, in the order of the strategies.
    """
    worst = (pure_regrets(game.payoffs) / game.ranges).max(axis=-1)
    return [tuple(int(s) for s in profile) for profile in np.argwhere(worst <= tolerance)]


def solve(
    game: NormalForm,
    *,
    tolerance: float = TOLERANCE,
    seed: int = 0,
    extra: Iterable[tuple[Mixtures, str]] = (),
) -> Solution:
    """Find the Nash equilibria of a game.

    Args:
        game: the game, in any payoff units.
        tolerance: largest regret accepted, as a share of the player's payoff range.
        seed: decides the random starts used with three players or more.
        extra: further candidates with the name of their method (from another solver); they pass the
            same verification.

    Returns:
        The verified equilibria, with notes on what was refused, left out or degenerate.
    """
    if not 0 < tolerance < 1:
        raise InputError(
            f"tolerance must be between 0 and 1 (a share of the payoff range); got {tolerance:g}"
        )
    unit = scaled(game)
    kept = eliminate(unit, kind="strict", mixtures=False).left
    small = restrict(unit, kept)
    found: list[tuple[Mixtures, str]] = [
        (pure_mixtures(unit.shape, profile), "enumeration")
        for profile in pure_equilibria(unit, tolerance=tolerance)
    ]
    inner, notes, complete = _mixed_candidates(small, seed)
    path, path_notes = _path(unit)
    notes += path_notes
    found += [(_widen(mixtures, kept, unit.shape), method) for mixtures, method in inner]
    if path is not None and path.limit is not None:
        found.append((path.limit, "logit path"))
    found += list(extra)
    equilibria, refused = _accept(game, unit, found, tolerance)
    equilibria, joined = _components(unit, equilibria, tolerance)
    return Solution(tuple(equilibria), refused, complete, tuple(dict.fromkeys(notes + joined)), path)


def _mixed_candidates(small: NormalForm, seed: int) -> tuple[list[tuple[Mixtures, str]], list[str], bool]:
    """Look for mixed equilibria among the strategies that are left."""
    if all(size == 1 for size in small.shape):
        return [], [], True
    if len(small.players) == 2:
        found, notes = two_player.candidates(small)
        complete = not any("not enumerated" in note or "stopped" in note for note in notes)
        return found, notes, complete
    found, notes = many_player.candidates(small, seed=seed)
    notes.append(
        "With three players or more no method used here is sure to list every mixed equilibrium; "
        "the pure ones are complete."
    )
    return found, notes, False


def _path(unit: NormalForm) -> tuple[LogitPath | None, list[str]]:
    if sum(unit.shape) > _TRACE_STRATEGIES or unit.payoffs.size > _TRACE_CELLS:
        return None, ["The game is too large to follow the logit path."]
    path = trace(unit)
    return path, list(path.notes)


def _widen(mixtures: Mixtures, kept: Sequence[Sequence[int]], shape: Sequence[int]) -> Mixtures:
    result = []
    for own, keep, size in zip(mixtures, kept, shape, strict=True):
        vector = np.zeros(size)
        vector[list(keep)] = own
        result.append(vector)
    return tuple(result)


def _accept(
    game: NormalForm, unit: NormalForm, found: Sequence[tuple[Mixtures, str]], tolerance: float
) -> tuple[list[Equilibrium], int]:
    """Sharpen, verify and merge candidates."""
    accepted: list[Equilibrium] = []
    refused = 0
    for mixtures, method in found:
        if relative_regret(unit, mixtures) > _HOPELESS:
            refused += 1
            continue
        chosen = _best_of(unit, mixtures)
        if not verify(unit, chosen, tolerance=tolerance):
            refused += 1
            continue
        for index, known in enumerate(accepted):
            if _distance(known.mixtures, chosen) < _SAME:
                methods = tuple(dict.fromkeys((*known.methods, method)))
                accepted[index] = replace(known, methods=methods)
                break
        else:
            pure = all(np.count_nonzero(p) == 1 for p in chosen)
            payoffs = expected_payoffs(game, chosen)
            gap = relative_regret(game, chosen)
            accepted.append(Equilibrium("pure" if pure else "mixed", chosen, payoffs, gap, (method,)))
    order = [tuple(-np.round(np.concatenate(one.mixtures), 9)) for one in accepted]
    ranked = sorted(range(len(accepted)), key=lambda k: (accepted[k].kind == "mixed", order[k]))
    return [accepted[k] for k in ranked], refused


def _best_of(unit: NormalForm, mixtures: Mixtures) -> Mixtures:
    """Return the candidate sharpened on its support, small probabilities dropped, if that is no worse."""
    options = [_clean(mixtures, 1e-12)]
    if all(np.count_nonzero(p) == 1 for p in options[0]):
        return options[0]
    options += [
        _clean(polish(unit, mixtures, threshold=threshold), 1e-12) for threshold in (1e-7, 1e-4, 1e-3)
    ]
    gaps = [relative_regret(unit, option) for option in options]
    best = min(gaps)
    return next(
        option for option, gap in reversed(list(zip(options, gaps, strict=True))) if gap <= best + 1e-13
    )


def _clean(mixtures: Mixtures, threshold: float) -> Mixtures:
    kept = [np.where(np.asarray(p) > threshold, p, 0.0) for p in mixtures]
    return tuple(p / p.sum() for p in kept)


def _distance(a: Mixtures, b: Mixtures) -> float:
    return max(float(np.abs(p - q).max()) for p, q in zip(a, b, strict=True))


def _components(
    unit: NormalForm, equilibria: Sequence[Equilibrium], tolerance: float
) -> tuple[list[Equilibrium], list[str]]:
    """Mark equilibria that a continuum of equilibria joins.

    Two are joined when every exchange of their mixtures, and the point half way, is an equilibrium too:
    for two players that makes all convex combinations equilibria; for more it is strong evidence.
    """
    parent = list(range(len(equilibria)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for a, b in itertools.combinations(range(len(equilibria)), 2):
        if root(a) != root(b) and _joined(unit, equilibria[a].mixtures, equilibria[b].mixtures, tolerance):
            parent[root(b)] = root(a)
    roots = [root(k) for k in range(len(equilibria))]
    numbers = {r: n for n, r in enumerate((r for r in dict.fromkeys(roots) if roots.count(r) > 1), start=1)}
    marked = [replace(one, component=numbers.get(r)) for one, r in zip(equilibria, roots, strict=True)]
    if not numbers:
        return marked, []
    note = (
        f"The game is degenerate: {sum(roots.count(r) for r in numbers)} of the equilibria listed belong to "
        f"{len(numbers)} continuous set(s); what lies between two neighbours of a set is an equilibrium too."
    )
    return marked, [note]


def _joined(unit: NormalForm, a: Mixtures, b: Mixtures, tolerance: float) -> bool:
    half = tuple((p + q) / 2 for p, q in zip(a, b, strict=True))
    swaps = itertools.product(*zip(a, b, strict=True))
    return verify(unit, half, tolerance=tolerance) and all(
        verify(unit, s, tolerance=tolerance) for s in swaps
    )
