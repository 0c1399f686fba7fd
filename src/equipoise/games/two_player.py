"""Candidates for the equilibria of two-player games.

Support enumeration and the vertices of the best-response polytopes come from nashpy; Lemke–Howson is
done here, because on payoffs that are not whole numbers nashpy's version tells basic variables by exact
zeros, which rounding destroys, and it has no limit on its steps. Ties are broken lexicographically, so
degenerate games end too.

Every candidate is sharpened and verified by its own regret in `equilibria`; nothing here is trusted.

Source: von Stengel 2007 in Nisan et al., Algorithmic Game Theory, ch. 3; Lemke and Howson 1964; Knight
and Campbell 2018, JOSS 3(30), for nashpy.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from equipoise.games.normal_form import Mixtures, NormalForm

_SUPPORT_PAIRS = 4_000
_VERTEX_STRATEGIES = 16
_LABELS = 60
_ZERO = 1e-10

Candidates = tuple[list[tuple[Mixtures, str]], list[str]]


def candidates(unit: NormalForm) -> Candidates:
    """Propose equilibria of a two-player game by every method whose size limit allows it.

    Args:
        unit: the game with payoffs scaled to 0..1.

    Returns:
        Pairs of mixtures and method, with repetitions, and notes on what a method warned of or why it
        was left out.
    """
    first, second = (unit.payoffs[..., i] + 1.0 for i in range(2))
    rows, columns = first.shape
    found: list[tuple[Mixtures, str]] = []
    notes: list[str] = []
    if math.comb(rows + columns, rows) <= _SUPPORT_PAIRS:
        _collect("support enumeration", lambda: _supports(first, second), found, notes)
    if rows + columns <= _VERTEX_STRATEGIES:
        _collect("vertex enumeration", lambda: _vertices(first, second), found, notes)
    else:
        notes.append(
            f"With {rows} × {columns} strategies left after removing dominated ones, the vertices were not "
            "enumerated: there may be further mixed equilibria."
        )
    labels = range(min(rows + columns, _LABELS))
    _collect("Lemke–Howson", lambda: (lemke_howson(first, second, label) for label in labels), found, notes)
    return found, notes


def _collect(
    method: str,
    solver: Callable[[], Iterator[tuple[np.ndarray, np.ndarray] | None]],
    found: list[tuple[Mixtures, str]],
    notes: list[str],
) -> None:
    """Run a solver; its warnings and failures become notes in plain words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for pair in solver():
                if pair is not None and all(np.isfinite(p).all() and p.sum() > 0 for p in pair):
                    found.append((tuple(np.maximum(p, 0.0) / np.maximum(p, 0.0).sum() for p in pair), method))
        except (ArithmeticError, ValueError, RuntimeError, np.linalg.LinAlgError) as error:
            notes.append(f"{method} stopped: {str(error).splitlines()[0][:120]}")
    said = [str(warning.message) for warning in caught if issubclass(warning.category, RuntimeWarning)]
    if any("even number" in text for text in said):
        notes.append(
            f"{method} found an even number of equilibria, the mark of a degenerate game: "
            "some equilibria may form continua, of which the ends are listed."
        )
    notes += [
        f"{method} warned: {' '.join(text.split())[:120]}" for text in said if "even number" not in text
    ]


def _supports(first: np.ndarray, second: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    from nashpy.algorithms.support_enumeration import support_enumeration

    yield from support_enumeration(first, second, non_degenerate=True)


def _vertices(first: np.ndarray, second: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pair the vertices of the two best-response polytopes that carry every label between them."""
    from nashpy.polytope import build_halfspaces, non_trivial_vertices

    rows, columns = first.shape
    every = rows + columns
    row_vertices = [
        (vertex, {(label + rows) % every for label in labels})
        for vertex, labels in non_trivial_vertices(build_halfspaces(second.T))
    ]
    column_vertices = list(non_trivial_vertices(build_halfspaces(first)))
    for vertex, labels in row_vertices:
        missing = set(range(every)) - labels
        for other, own in column_vertices:
            if missing <= own:
                yield vertex / vertex.sum(), other / other.sum()


def lemke_howson(
    first: np.ndarray, second: np.ndarray, label: int, *, most: int = 2_000
) -> tuple[np.ndarray, np.ndarray] | None:
    """Find one equilibrium by complementary pivoting.

    Args:
        first, second: payoffs of the row and the column player, shape (rows, columns), all positive.
        label: the label dropped first, 0 to rows + columns − 1; another one may lead elsewhere.
        most: pivots to give up after.

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
    for _ in range(most):
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
