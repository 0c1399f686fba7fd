"""The equilibria of two-player games: every one of them where the game is not too large, else some.

An equilibrium is a pair of mixtures between which every strategy is either unused or a best response. The
extreme ones (all of them, in a game without ties; the ends of continua in one with) are pairs of vertices
of the two best-response polytopes, so listing the vertices and pairing those that carry every label between
them misses none. Games with too many vertices are left to Lemke–Howson from every label.

Only differences between a player's own strategies against one answer of the other count for best
responses. They are taken from the best of each such row or column, and each is scaled to its own largest
difference, which is the same as measuring the other player's probabilities in other units: neither a large
common part nor one ruinous cell swallows the rest.

Source: von Stengel 2007 in Nisan et al., Algorithmic Game Theory, ch. 3; Lemke and Howson 1964.
"""

from __future__ import annotations

import numpy as np

from equipoise.games.normal_form import Mixtures, NormalForm
from equipoise.games.vertices import vertices

_LABELS = 60
_PIVOTS = 2_000
_ZERO = 1e-10
_PAIRS = 2_000_000  # pairs of vertices compared at a time
_MOST_PAIRS = 500_000_000  # compared in all
_MOST_FOUND = 1_000

Found = tuple[list[tuple[Mixtures, str]], list[str], bool]


def candidates(game: NormalForm) -> Found:
    """Propose the extreme equilibria of a two-player game, or some where it has too many vertices.

    Args:
        game: two players, payoffs in any units.

    Returns:
        Pairs of mixtures and method, notes for the reader, and whether these are all there are.
    """
    rows, columns = game.shape
    first, column_units = _comparable(game.payoffs[..., 0])
    second, row_units = _comparable(game.payoffs[..., 1].T)
    pairs = _by_vertices(first, second.T)
    method, notes, complete = "vertex enumeration", [], True
    if pairs is None:
        labels = range(min(rows + columns, _LABELS))
        walked = (lemke_howson(first, second.T, label) for label in labels)
        pairs, method, complete = [pair for pair in walked if pair is not None], "Lemke–Howson", False
        notes = [
            f"With {rows} × {columns} strategies left after removing dominated ones there are too many "
            "vertices to list: there may be further mixed equilibria."
        ]
    elif len(pairs) > _MOST_FOUND:
        notes = [
            f"Of {len(pairs):,} mixed equilibria (ends of continua) the first {_MOST_FOUND:,} are listed."
        ]
        pairs, complete = pairs[:_MOST_FOUND], False
    units = (row_units, column_units)
    return [(tuple(map(_probabilities, pair, units)), method) for pair in pairs], notes, complete


def _comparable(payoffs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a player's payoffs (own strategies, answers) as numbers from 1 to 2, and the unit of each answer."""
    below = payoffs - payoffs.max(axis=0)
    units = -below.min(axis=0)
    usual = np.median(units[units > 0]) if (units > 0).any() else 1.0
    units = np.where(units > 0, units, usual)
    return 2.0 + below / units, units


def _probabilities(weights: np.ndarray, units: np.ndarray) -> np.ndarray:
    own = weights / units
    return own / own.sum()


def _by_vertices(first: np.ndarray, second: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """Pair the vertices of the two polytopes that carry every label between them; None if there are too many."""
    of_rows, of_columns = vertices(second.T), vertices(first)
    if of_rows is None or of_columns is None:
        return None
    (x, column_slack), (y, row_slack) = (
        (weights[keep], slack[keep])
        for weights, slack in (of_rows, of_columns)
        for keep in [weights.any(axis=1)]
    )
    lacking = np.hstack([x > 0, column_slack > 0])
    carried = np.hstack([row_slack == 0, y == 0])
    pairs = _complementary(lacking, carried, y.shape[1])
    return None if pairs is None else [(x[a], y[b]) for a, b in pairs]


def _complementary(lacking: np.ndarray, carried: np.ndarray, plain: int) -> list[tuple[int, int]] | None:
    """Pair vertices such that the second carries every label that the first lacks; None if that is too much work.

    Without ties a vertex carries as many labels as its polytope has dimensions, so its partner carries exactly
    those it lacks and is looked up; only vertices with more labels are compared with all of the other polytope.

    Args:
        lacking: labels that each vertex of the first polytope lacks [vertices, labels].
        carried: labels that each vertex of the second carries [vertices, labels].
        plain: how many labels the first lack, and the second carry, where there are no ties.
    """
    single, tied = lacking.sum(axis=1) == plain, carried.sum(axis=1) > plain
    if len(lacking) * tied.sum() + (~single).sum() * len(carried) > _MOST_PAIRS:
        return None
    place = {
        labels.tobytes(): int(b) for b, labels in zip(np.flatnonzero(~tied), carried[~tied], strict=True)
    }
    met = ((int(a), place.get(lacking[a].tobytes())) for a in np.flatnonzero(single))
    found = [(a, b) for a, b in met if b is not None]
    for firsts, seconds in ((single, tied), (~single, np.ones(len(carried), dtype=bool))):
        rows, others = np.flatnonzero(firsts), np.flatnonzero(seconds)
        absent = (~carried[others]).T.astype(np.float32)
        size = max(1, _PAIRS // max(1, len(others)))
        for part in (rows[begin : begin + size] for begin in range(0, len(rows), size)):
            missing = lacking[part].astype(np.float32) @ absent  # labels that neither of the two carries
            found += [(int(part[a]), int(others[b])) for a, b in np.argwhere(missing == 0)]
    return sorted(found)


def lemke_howson(first: np.ndarray, second: np.ndarray, label: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Find one equilibrium by complementary pivoting.

    Args:
        first, second: payoffs of the row and the column player, shape (rows, columns), all positive.
        label: the label dropped first, 0 to rows + columns − 1; another one may lead elsewhere.

    Returns:
        The two mixtures, or None when rounding or the limit stopped the walk.
    """
    rows, columns = first.shape
    # Variables: 0..rows-1 the row player's weights (slack in the column tableau), then the column player's.
    row_tableau = np.hstack([second.T, np.eye(columns), np.ones((columns, 1))])
    column_tableau = np.hstack([np.eye(rows), first, np.ones((rows, 1))])
    tableaus = [row_tableau, column_tableau]
    bases = [np.arange(rows, rows + columns), np.arange(rows)]
    turn = 0 if label < rows else 1
    entering = label
    for _ in range(_PIVOTS):
        row = _leaving_row(tableaus[turn], bases[turn], entering)
        if row is None:
            return None
        leaving = int(bases[turn][row])
        _pivot(tableaus[turn], row, entering)
        bases[turn][row] = entering
        if leaving == label:
            return _weights(tableaus[0], bases[0], 0, rows), _weights(tableaus[1], bases[1], rows, columns)
        entering, turn = leaving, 1 - turn
    return None


def _leaving_row(tableau: np.ndarray, basis: np.ndarray, entering: int) -> int | None:
    """Return the row that limits the entering variable first, ties broken lexicographically."""
    column = tableau[:, entering]
    rows = np.flatnonzero(column > _ZERO)
    if not len(rows):
        return None
    count = tableau.shape[1] - 1
    for index in (count, *range(count)):
        ratios = tableau[rows, index] / column[rows]
        rows = rows[ratios <= ratios.min() + _ZERO]
        if len(rows) == 1:
            break
    return int(rows[0])


def _pivot(tableau: np.ndarray, row: int, column: int) -> None:
    tableau[row] /= tableau[row, column]
    others = np.arange(len(tableau)) != row
    tableau[others] -= np.outer(tableau[others, column], tableau[row])
    tableau[others, column] = 0.0


def _weights(tableau: np.ndarray, basis: np.ndarray, first: int, count: int) -> np.ndarray:
    weights = np.zeros(count)
    for row, variable in enumerate(basis):
        if first <= variable < first + count:
            weights[variable - first] = max(float(tableau[row, -1]), 0.0)
    total = weights.sum()
    return weights / total if total > 0 else weights
