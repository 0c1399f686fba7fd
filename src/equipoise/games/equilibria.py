"""Nash equilibria of a finite game, each verified by its own regret before it is shown.

Pure equilibria are enumerated for any number of players. Mixed ones are looked for among what is left when
dominated strategies are out, strategies that never make a difference to anybody count as one, and players with
one strategy left are set aside (see `two_player` and `many_player`; a further candidate comes from the logit
path). Each candidate is sharpened on its own support, its regret is computed afresh
from the payoffs, and what does not pass is refused. Candidates that agree are merged; of a continuum of
equilibria its ends are listed and marked as one component.

Source: Nash 1951; for the structure of degenerate games (maximal Nash subsets): Jansen 1981.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from equipoise.errors import InputError
from equipoise.games import many_player, two_player
from equipoise.games.continua import ends, stands_alone
from equipoise.games.dominance import eliminate
from equipoise.games.indifference import polish
from equipoise.games.normal_form import (
    Mixtures,
    NormalForm,
    alike,
    centred,
    expected_payoffs,
    named_mixtures,
    pure_mixtures,
    pure_regrets,
    regret,
    relative_regret,
    restrict,
    scaled,
)
from equipoise.games.quantal import LogitPath, trace

TOLERANCE = 1e-8
_SAME = 1e-6
_HOPELESS = 0.1  # regret, payoffs scaled to 0..1, beyond which a candidate is not worth sharpening
_MOST_ENDS = 1_000
_NEXT_TO_NOTHING = 1e-9  # of a player's payoff range
_COARSE = (
    "Differences of less than a billionth of a player's payoff range were counted as none: with them no "
    "equilibrium was found."
)
_TRACE_STRATEGIES = 80
_TRACE_CELLS = 500_000


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A verified Nash equilibrium.

    Attributes:
        kind: `pure` when every player uses one strategy, else `mixed`.
        mixtures: one probability vector a player.
        payoffs: expected payoff of each player, in its own units.
        regret: the largest gain any player has from changing alone, as a share of the differences it is made
            of (see `normal_form.relative_regret`); at most the tolerance it was verified with.
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


def verify(game: NormalForm, mixtures: Sequence[np.ndarray], *, tolerance: float = TOLERANCE) -> bool:
    """Return whether a profile of mixtures is a Nash equilibrium.

    Args:
        game: the game.
        mixtures: one probability vector a player.
        tolerance: largest regret accepted, as a share of the differences it is made of (`relative_regret`).

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


def pure_equilibria(game: NormalForm, *, tolerance: float = 0.0) -> list[tuple[int, ...]]:
    """Enumerate the pure equilibria of a game with any number of players.

    Args:
        game: the game.
        tolerance: largest regret accepted, as a share of the player's payoff range; 0 accepts rounding only.

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
        tolerance: largest regret accepted, as a share of the differences it is made of (`relative_regret`).
        seed: decides the random starts used with three players or more.
        extra: further candidates with the name of their method (from another solver); they pass the
            same verification.

    Returns:
        The verified equilibria, with notes on what was refused, left out or degenerate.
    """
    if not 0 < tolerance < 1:
        raise InputError(
            f"tolerance must be between 0 and 1 (a share of payoff differences); got {tolerance:g}"
        )
    core = _core(game)
    inner, notes, complete = _mixed_candidates(core.game, seed, tolerance)
    path, path_notes = _path(scaled(game))
    found, refused = _Found(game, tolerance), 0
    for profile in pure_equilibria(game):
        found.add(pure_mixtures(game.shape, profile), "enumeration")
    for mixtures, method in inner:
        points = core.widened(mixtures)
        refused += sum(not found.add(point, method) for point in itertools.islice(points, _MOST_ENDS))
        complete &= next(points, None) is None
    complete &= refused == 0
    limit = [] if path is None or path.limit is None else [(path.limit, "logit path")]
    unit = centred(game)
    for mixtures, method in (*limit, *extra):
        chosen = _verified(unit, mixtures, tolerance)
        refused += chosen is None
        if chosen is not None and (found.known(chosen) is not None or stands_alone(unit, chosen)):
            found.add(chosen, method)
        elif chosen is not None and not complete:
            for point in ends(unit, chosen):
                found.add(point, f"{method}, then to the ends of its continuum")
    if not found.equilibria and (coarse := _ties_joined(game)) is not None:
        again = solve(coarse, tolerance=tolerance, seed=seed, extra=extra)
        return replace(again, complete=False, notes=(*again.notes, _COARSE))
    equilibria, joined = _components(game, found.ordered(), tolerance)
    return Solution(
        tuple(equilibria), refused, complete, tuple(dict.fromkeys(notes + path_notes + joined)), path
    )


@dataclass(frozen=True)
class _Core:
    """What is left of a game when dominated strategies are out and strategies that are alike are one.

    Attributes:
        game: what is left. shape: strategies of each player in the full game.
        groups: for each player and strategy left, the strategies of the full game it stands for.
    """

    game: NormalForm
    shape: tuple[int, ...]
    groups: tuple[tuple[tuple[int, ...], ...], ...]

    def widened(self, mixtures: Mixtures) -> Iterator[Mixtures]:
        """Yield the full game's mixtures: each strategy in use taken for each one it stands for."""
        used = [(i, s, p) for i, own in enumerate(mixtures) for s, p in enumerate(own) if p > 0]
        for chosen in itertools.product(*(self.groups[i][s] for i, s, _ in used)):
            wide = tuple(np.zeros(size) for size in self.shape)
            for (i, _, p), place in zip(used, chosen, strict=True):
                wide[i][place] = p
            yield wide


def _core(game: NormalForm) -> _Core:
    kept = eliminate(game, kind="strict", mixtures=False).left
    small = restrict(game, kept)
    groups = alike(small)
    core = restrict(small, [[group[0] for group in own] for own in groups])
    named = tuple(
        tuple(tuple(keep[s] for s in group) for group in own) for own, keep in zip(groups, kept, strict=True)
    )
    return _Core(core, game.shape, named)


def _mixed_candidates(
    core: NormalForm, seed: int, tolerance: float
) -> tuple[list[tuple[Mixtures, str]], list[str], bool]:
    """Look for equilibria in which somebody mixes, among the strategies that are left."""
    active = [i for i, size in enumerate(core.shape) if size > 1]
    if len(active) < 2:
        return [], [], True
    if len(active) == 2:
        pair = _between(core, active)
        found, notes, complete = two_player.candidates(pair)
        alone = [np.ones(1)] * len(core.shape)
        widened = []
        for mixtures, method in found:
            for i, own in zip(active, mixtures, strict=True):
                alone[i] = own
            widened.append((tuple(alone), method))
        return widened, notes, complete
    unit = centred(core)
    found, notes = many_player.candidates(unit, seed=seed)
    exact: dict[tuple[float, ...], tuple[Any, Any]] = {}
    for mixtures, method in found:
        chosen = _verified(unit, mixtures, tolerance)
        for point in [] if chosen is None else ends(unit, chosen):
            exact.setdefault(tuple(np.round(np.concatenate(point), 7)), (point, method))
    notes.append(
        "With three players or more no method used here is sure to list every mixed equilibrium; "
        "the pure ones are complete."
    )
    return list(exact.values()), notes, False


def _between(core: NormalForm, active: Sequence[int]) -> NormalForm:
    """Return the game of two players among others that have one strategy each."""
    idle = tuple(i for i in range(len(core.shape)) if i not in active)
    return NormalForm(
        tuple(core.players[i] for i in active),
        tuple(core.strategies[i] for i in active),
        np.squeeze(core.payoffs, axis=idle)[..., list(active)],
    )


def _path(unit: NormalForm) -> tuple[LogitPath | None, list[str]]:
    if sum(unit.shape) > _TRACE_STRATEGIES or unit.payoffs.size > _TRACE_CELLS:
        return None, ["The game is too large to follow the logit path."]
    path = trace(unit)
    return path, list(path.notes)


class _Found:
    """Verified equilibria, those that agree merged."""

    def __init__(self, game: NormalForm, tolerance: float) -> None:
        self.game, self.tolerance = game, tolerance
        self.equilibria: list[Equilibrium] = []

    def add(self, mixtures: Mixtures, method: str) -> bool:
        """Take a candidate in if it passes verification; return whether it does."""
        if not verify(self.game, mixtures, tolerance=self.tolerance):
            return False
        if (index := self.known(mixtures)) is not None:
            one = self.equilibria[index]
            self.equilibria[index] = replace(one, methods=tuple(dict.fromkeys((*one.methods, method))))
            return True
        pure = all(np.count_nonzero(p) == 1 for p in mixtures)
        self.equilibria.append(
            Equilibrium(
                "pure" if pure else "mixed", mixtures, expected_payoffs(self.game, mixtures),
                relative_regret(self.game, mixtures), (method,),
            )
        )  # fmt: skip
        return True

    def known(self, mixtures: Mixtures) -> int | None:
        """Return the place of an equilibrium that is the same."""
        places = (k for k, one in enumerate(self.equilibria) if _same(one.mixtures, mixtures))
        return next(places, None)

    def ordered(self) -> list[Equilibrium]:
        """Return them, pure ones first, in the order of the strategies."""
        order = [tuple(-np.round(np.concatenate(one.mixtures), 9)) for one in self.equilibria]
        ranked = sorted(range(len(order)), key=lambda k: (self.equilibria[k].kind == "mixed", order[k]))
        return [self.equilibria[k] for k in ranked]


def _verified(unit: NormalForm, mixtures: Mixtures, tolerance: float) -> Mixtures | None:
    """Return the equilibrium near a candidate, or None if there is none."""
    if regret(unit, mixtures).max() > _HOPELESS:
        return None
    chosen = _best_of(unit, mixtures)
    return chosen if verify(unit, chosen, tolerance=tolerance) else None


def _ties_joined(game: NormalForm) -> NormalForm | None:
    """Return the game with payoffs of a player that differ by next to nothing made equal; None if none do."""
    payoffs = game.payoffs.copy()
    for player, size in enumerate(game.shape):
        own = np.moveaxis(payoffs[..., player], player, 0)
        order = np.argsort(own, axis=0)
        ranked = np.take_along_axis(own, order, axis=0)
        for s in range(1, size):
            close = ranked[s] - ranked[s - 1] <= _NEXT_TO_NOTHING * game.ranges[player]
            ranked[s] = np.where(close, ranked[s - 1], ranked[s])
        np.put_along_axis(own, order, ranked, axis=0)
    changed = not np.array_equal(payoffs, game.payoffs)
    return NormalForm(game.players, game.strategies, payoffs) if changed else None


def _best_of(unit: NormalForm, mixtures: Mixtures) -> Mixtures:
    """Return the candidate sharpened on its support, small probabilities dropped, if that is no worse."""
    options = [_clean(mixtures)]
    if all(np.count_nonzero(p) == 1 for p in options[0]):
        return options[0]
    options += [_clean(polish(unit, mixtures, threshold=threshold)) for threshold in (1e-7, 1e-4, 1e-3)]
    gaps = [relative_regret(unit, option) for option in options]
    best = min(gaps)
    return next(
        option for option, gap in reversed(list(zip(options, gaps, strict=True))) if gap <= best + 1e-13
    )


def _clean(mixtures: Mixtures) -> Mixtures:
    kept = [np.where(np.asarray(p) > 1e-12, p, 0.0) for p in mixtures]
    return tuple(p / p.sum() for p in kept)


def _same(a: Mixtures, b: Mixtures) -> bool:
    """Return whether two profiles use the same strategies with the same probabilities."""
    return all(
        np.array_equal(p > 0, q > 0) and np.abs(p - q).max() < _SAME for p, q in zip(a, b, strict=True)
    )


def _components(
    game: NormalForm, equilibria: Sequence[Equilibrium], tolerance: float
) -> tuple[list[Equilibrium], list[str]]:
    """Mark equilibria that a continuum of equilibria joins.

    Two are joined when they differ in the mixture of one player only and what lies half way is an
    equilibrium too; then all between them is. Two players' continua are made of such pieces.
    """
    from scipy.cluster.hierarchy import DisjointSet

    joined = DisjointSet(range(len(equilibria)))
    for a, b in _neighbours(equilibria):
        first, second = equilibria[a].mixtures, equilibria[b].mixtures
        half = tuple((p + q) / 2 for p, q in zip(first, second, strict=True))
        if not joined.connected(a, b) and verify(game, half, tolerance=tolerance):
            joined.merge(a, b)
    sets = sorted((own for own in joined.subsets() if len(own) > 1), key=min)
    numbers = {k: number for number, own in enumerate(sets, start=1) for k in own}
    marked = [replace(one, component=numbers.get(k)) for k, one in enumerate(equilibria)]
    if not sets:
        return marked, []
    note = (
        f"The game is degenerate: {len(numbers)} of the equilibria listed belong to "
        f"{len(sets)} continuous set(s); what lies between two neighbours of a set is an equilibrium too."
    )
    return marked, [note]


def _neighbours(equilibria: Sequence[Equilibrium]) -> Iterator[tuple[int, int]]:
    """Yield pairs of equilibria in which all players but one do the same."""
    players = range(len(equilibria[0].mixtures)) if equilibria else ()
    for player in players:
        together: dict[tuple, list[int]] = {}
        for k, one in enumerate(equilibria):
            others = [p for i, p in enumerate(one.mixtures) if i != player]
            together.setdefault(tuple(np.round(np.concatenate(others), 6)), []).append(k)
        for same in together.values():
            yield from itertools.combinations(same, 2)
