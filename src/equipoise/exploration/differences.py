"""Differences explained: what makes two strategies differ, as parts that add up.

Futures are divided into cells by what happened in them (events, falls, orders), at each step by the yes-or-no
question that separates the differences most. Then

    mean difference = Σ over cells of (share of futures) × (mean difference in the cell),

and within a cell the mean difference is the sum over the terms of equation 6, plus `rest`: what the
last week's own weight adds, and rounding.

Source: regression tree, Breiman et al. 1984, on paired differences. The parts add up by construction; which cells are
drawn is a choice of presentation.
Assumptions: none for adding up. Cells say what goes with a difference, not what causes it: a fall under one
strategy alone may itself be that strategy's doing, and the cell says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import InputError
from equipoise.records import Record
from equipoise.scenario.display_names import Names
from equipoise.scenario.restrictions import date_of, observable

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.scenario.model import Scenario

DEPTH, LEAST_SHARE = 3, 0.02
"""Most questions asked of a future, and the smallest share of all futures in a cell."""
LEAST_GAIN = 0.01
_Part = tuple[tuple[str, ...], np.ndarray]


@dataclass(frozen=True)
class Cell(Record):
    """Futures in which the same things happened.

    Attributes:
        where: conditions, in words.
        share: share of futures.
        difference: mean payoff of the first less the second in the cell.
        se: its standard error over states.
        contribution: what the cell adds to the whole difference.
        terms: term -> what it adds to `contribution`; `rest` makes the sum exact.
        says: in one sentence.
    """

    where: tuple[str, ...]
    share: float
    difference: float
    se: float
    contribution: float
    terms: Mapping[str, float]
    says: str


@dataclass(frozen=True)
class Difference(Record):
    """What makes two strategies differ.

    Attributes:
        first, second: their names.
        total: mean payoff of the first less the second; the sum of the cells' contributions.
        se: its standard error over states.
        cells: largest contribution first, by size.
        terms: term -> its sum over cells; they sum to `total`.
        weeks: name -> mean difference by week of each weekly observable given, the start first.
        half_by: name -> first week by which half of the difference of that observable has built up.
        says: in a few sentences.
    """

    first: str
    second: str
    total: float
    se: float
    cells: tuple[Cell, ...]
    terms: Mapping[str, float]
    weeks: Mapping[str, tuple[float, ...]]
    half_by: Mapping[str, int | None]
    says: tuple[str, ...]


def between_strategies(
    futures: pd.DataFrame,
    first: str,
    second: str,
    *,
    weekly: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
    scenario: Scenario | None = None,
) -> Difference:
    """Return what makes two strategies of one study differ.

    Args:
        futures: a row per future and strategy with `state`, `stream`, `strategy`, `payoff`, and any of
            `fallen.<force>`, `event.<name>`, `deal.<talk>` (week or -1), `order`, `terms.<name>`.
        first, second: strategies.
        weekly: observable -> ([futures, weeks + 1] under the first, the same under the second).
        scenario: for words and dates.

    Raises:
        InputError: where the two were not played on the same futures.
    """
    a, b = (_of(futures, name) for name in (first, second))
    if not (np.array_equal(a["state"], b["state"]) and np.array_equal(a["stream"], b["stream"])):
        raise InputError(f"`{first}` and `{second}` were not played on the same futures")
    gap = a["payoff"].to_numpy(float) - b["payoff"].to_numpy(float)
    names = (Names.of(scenario).quoted(first), Names.of(scenario).quoted(second))
    found = cells(gap, _paired_questions(a, b, names, scenario))
    terms = {c: a[c].to_numpy(float) - b[c].to_numpy(float) for c in _terms(a)}
    state = a["state"].to_numpy()
    made = [_paired_cell(where, rows, gap, terms, state, names) for where, rows in found]
    return _assembled(first, second, names, made, _state_se(gap, state), weekly or {}, scenario)


def cells(target: np.ndarray, questions: Mapping[str, tuple[str, np.ndarray]]) -> list[_Part]:
    """Divide futures into cells by the yes-or-no questions that separate `target` most.

    Args:
        target: [futures].
        questions: yes in words -> (no in words, [futures] answers).

    Returns:
        (conditions, [futures] booleans) of each cell; every future lies in exactly one.
    """
    least = max(2, int(np.ceil(LEAST_SHARE * len(target))))
    floor = LEAST_GAIN * float(((target - target.mean()) ** 2).sum())

    def divide(
        where: tuple[str, ...], rows: np.ndarray, left: int
    ) -> list[tuple[tuple[str, ...], np.ndarray]]:
        best = _best_question(target, questions, rows, least) if left else None
        if best is None or best[0] <= floor:
            return [(where, rows)]
        yes, no, answer = best[1], questions[best[1]][0], questions[best[1]][1]
        return divide((*where, yes), rows & answer, left - 1) + divide((*where, no), rows & ~answer, left - 1)

    return divide((), np.ones(len(target), dtype=bool), DEPTH)


def _best_question(
    target: np.ndarray, questions: Mapping[str, tuple[str, np.ndarray]], rows: np.ndarray, least: int
) -> tuple[float, str] | None:
    """Return (squares explained, question) of the best division of some futures, or None."""
    y, total, size = target[rows], target[rows].sum(), int(rows.sum())
    best: tuple[float, str] | None = None
    for yes, (_, answers) in questions.items():
        answer = answers[rows]
        count = int(answer.sum())
        if count < least or size - count < least:
            continue
        part = y[answer].sum()
        gain = part**2 / count + (total - part) ** 2 / (size - count) - total**2 / size
        if best is None or gain > best[0]:
            best = (float(gain), yes)
    return best


def _of(futures: pd.DataFrame, strategy: str) -> pd.DataFrame:
    rows = futures[futures["strategy"].astype(str) == strategy]
    if rows.empty:
        known = ", ".join(sorted(futures["strategy"].astype(str).unique()))
        raise InputError(f"no strategy `{strategy}` in the study; there are: {known}")
    return rows.sort_values(["state", "stream"], kind="stable").reset_index(drop=True)


def _terms(table: pd.DataFrame) -> list[str]:
    return [column for column in table.columns if column.startswith("terms.")]


def _questions(
    table: pd.DataFrame, under: str, scenario: Scenario | None
) -> dict[str, tuple[str, np.ndarray]]:
    """Return the questions that one table of futures answers: yes in words -> (no in words, answers)."""
    found = {}
    for column in table.columns:
        if column.startswith(("event.", "deal.")):
            name = observable(column, scenario)
            happened = table[column].to_numpy() >= 0
            found[f"{name} came{under}"] = (f"{name} did not come{under}", happened)
        elif column.startswith("fallen."):
            name = Names.of(scenario).within(column.removeprefix("fallen."))
            fell = table[column].to_numpy() >= 0
            found[f"{name} fell{under}"] = (f"{name} did not fall{under}", fell)
    if "order" in table.columns:
        order = table["order"].astype(str).to_numpy()
        for name in np.unique(order):
            ending = Names.of(scenario).ending(name)
            found[f"it ended {ending}{under}"] = (f"it did not end {ending}{under}", order == name)
    return found


def _paired_questions(
    a: pd.DataFrame, b: pd.DataFrame, names: tuple[str, str], scenario: Scenario | None
) -> dict[str, tuple[str, np.ndarray]]:
    """Return the questions about pairs of futures; one with the same answer under both is asked once."""
    found = {}
    plain_a, plain_b = _questions(a, "", scenario), _questions(b, "", scenario)
    under_a = dict(zip(plain_a, _questions(a, f" under {names[0]}", scenario).items(), strict=True))
    under_b = dict(zip(plain_b, _questions(b, f" under {names[1]}", scenario).items(), strict=True))
    for yes in dict.fromkeys([*plain_a, *plain_b]):
        if yes in plain_a and yes in plain_b and np.array_equal(plain_a[yes][1], plain_b[yes][1]):
            found[yes] = plain_a[yes]
            continue
        if yes in plain_a and yes in plain_b:
            both = plain_a[yes][1] & plain_b[yes][1]
            found[f"{yes} under both"] = (f"{yes} under at most one of the two", both)
        found |= dict(under[yes] for under in (under_a, under_b) if yes in under)
    return found


def _state_se(values: np.ndarray, state: np.ndarray) -> float:
    """Return the standard error of a mean whose futures come in states."""
    codes = np.unique(state, return_inverse=True)[1]
    count = int(codes.max()) + 1
    if count < 2:
        return float("nan")
    sums = np.bincount(codes, weights=values - values.mean())
    return float(np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values))


def _paired_cell(
    where: tuple[str, ...],
    rows: np.ndarray,
    gap: np.ndarray,
    terms: Mapping[str, np.ndarray],
    state: np.ndarray,
    names: tuple[str, str],
) -> Cell:
    share, mean = float(rows.mean()), float(gap[rows].mean())
    parts = {
        name.removeprefix("terms."): share * float(values[rows].mean()) for name, values in terms.items()
    }
    contribution = share * mean
    parts["rest"] = contribution - math.fsum(parts.values())
    says = _cell_sentence(where, share, mean, contribution, parts, names)
    return Cell(where, share, mean, _state_se(gap[rows], state[rows]), contribution, parts, says)


def _cell_sentence(
    where: tuple[str, ...],
    share: float,
    difference: float,
    contribution: float,
    parts: Mapping[str, float],
    names: tuple[str, str],
) -> str:
    place = f"In the {share:.0%} of futures where " + " and ".join(where) if where else "In all futures"
    direction = "more" if difference >= 0 else "less"
    largest = sorted((p for p in parts.items() if abs(p[1]) > 1e-9), key=lambda p: -abs(p[1]))[:3]
    through = ", ".join(f"{name} {amount:+.3g}" for name, amount in largest)
    through = f", chiefly through {through}" if through else ""
    return (
        f"{place}, {names[0]} is worth {abs(difference):.3g} {direction} than {names[1]}; "
        f"this adds {contribution:+.3g} to the whole difference{through}."
    )


def _assembled(
    first: str,
    second: str,
    names: tuple[str, str],
    made: Sequence[Cell],
    se: float,
    weekly: Mapping[str, tuple[np.ndarray, np.ndarray]],
    scenario: Scenario | None,
) -> Difference:
    made = sorted(made, key=lambda cell: -abs(cell.contribution))
    total = math.fsum(cell.contribution for cell in made)
    terms: dict[str, float] = {}
    for cell in made:
        for name, amount in cell.terms.items():
            terms[name] = terms.get(name, 0.0) + amount
    weeks = {name: _by_week(*arrays) for name, arrays in weekly.items()}
    half = {name: _half_by(values) for name, values in weeks.items()}
    direction = "more" if total >= 0 else "less"
    says = [f"{names[0]} is worth {abs(total):.3g} {direction} than {names[1]} (standard error {se:.2g})."]
    says += [cell.says for cell in made]
    says += [
        f"Half of the difference in {name} has built up by {date_of(week, scenario)}."
        for name, week in half.items() if week is not None
    ]  # fmt: skip
    return Difference(first, second, total, se, tuple(made), terms, weeks, half, tuple(says))


def _by_week(first: Any, second: Any) -> tuple[float, ...]:
    return tuple((np.asarray(first, dtype=float) - np.asarray(second, dtype=float)).mean(axis=0).tolist())


def _half_by(values: Sequence[float]) -> int | None:
    """Return the first week by which the sum of differences has reached half of what it reaches."""
    sums = np.cumsum(values)
    if not len(sums) or abs(sums[-1]) < 1e-12:
        return None
    return int(np.argmax(sums / sums[-1] >= 0.5))
