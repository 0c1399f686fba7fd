"""Fitting: the middles of some inputs moved until what can be seen is as it is judged to be.

The least sum of squares of ((implied − wanted) / tolerance) over judgements and of (move / own standard deviation)
over inputs, by SciPy's trust-region method on common random numbers: every trial plays the same states with the same
luck, so that two trials differ by what moved. Slopes are central differences over a wide step, for a chance is counted
on finitely many futures. Which judgements cannot hold together is asked of the straight-line approximation at the
point found, by linear programmes. Source: MODEL.md §5a; Kadane and Wolfson 1998; Branch, Coleman and Li 1999 (the
method); Chinneck 2008 (deletion filter for irreducible sets).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.draws.estimate import estimate
from equipoise.errors import InputError, InternalError
from equipoise.findings.outlook import Gauge, Implied, beside, tolerance
from equipoise.futures.play import Plan
from equipoise.inference.inputs import Input, free, named
from equipoise.records import Record
from equipoise.scenario import ScenarioFile, loads, places
from equipoise.scenario.moving import rounded
from equipoise.scenario.number import Number, quantile
from equipoise.scenario.rewriting import rewritten
from equipoise.scenario.wording import place

MOST_INPUTS = 12
"""Inputs that are moved where none are named: those that move what is judged most."""
SURE = 0.001
"""Chance that any input at all is taken to move what is judged, though none does."""
STEP = 0.5
"""Half the width of a central difference, in an input's own standard deviations: wide, for futures are counted."""
ROUNDS = 20
"""Trust-region steps at most."""
STILL = 0.02
"""A move of fewer standard deviations is none: the number stays as it is written."""
REACH = 3.0
"""Standard deviations within which judgements must be able to hold together."""


@dataclass(frozen=True)
class Moved(Record):
    """One input and how it moved.

    Attributes:
        path: its place. says: what it is, in words. way: shift, times (a factor) or odds (a factor on its odds).
        before, after: as the file writes it. middle_before, middle_after: medians.
        moves: by how many of its own standard deviations on the scale of that way.
        at_limit: whether it could move no further.
    """

    path: str
    says: str
    way: str
    before: str
    after: str
    middle_before: float
    middle_after: float
    moves: float
    at_limit: bool


@dataclass(frozen=True)
class Fitted(Record):
    """What a fit found.

    Attributes:
        inputs: every input that might move. chosen: whether they were found and not named; considered: among how many.
        before, after: the judgements beside what is implied, before and after; after is what the text written implies.
        misfit_before, misfit_after: sums of squares of misses in tolerances. cost: sum of squares of the moves.
        missed: places of judgements that do not hold after.
        conflicts: sets of judgements that no moves within three standard deviations make hold together, each
            irreducible: without any one of them the others could hold. A set of one is out of reach by itself.
        text: the scenario's file with the numbers moved.
    """

    inputs: tuple[Moved, ...]
    chosen: bool
    considered: int
    before: tuple[Implied, ...]
    after: tuple[Implied, ...]
    misfit_before: float
    misfit_after: float
    cost: float
    missed: tuple[str, ...]
    conflicts: tuple[tuple[str, ...], ...]
    text: str


def fit(
    file: ScenarioFile, inputs: Sequence[str] | None, plan: Plan, *, workers: int | None = None
) -> Fitted:
    """Move the middles of inputs until a scenario's outlook holds as well as their spreads allow.

    Args:
        file: the scenario. inputs: paths of what may move; None finds those that move what is judged most.
        plan: states, streams and seed. workers: threads.

    Raises:
        InputError: there is no outlook, an input cannot move, or none is found that moves what is judged.
    """
    if not file.scenario.outlook:
        raise InputError(
            f"{file.scenario.title}: the scenario has no outlook; write what can be seen and judged under `outlook`"
        )
    moving = named(file, inputs) if inputs is not None else None
    with Gauge(file.scenario, file.scenario.outlook, plan, workers=workers) as gauge:
        start, everything = gauge.read(), free(file) if moving is None else {}
        if moving is None:
            moving = _telling(gauge, start, everything)
        problem = _Problem(gauge, moving)
        moves = problem.solve()
        moves[np.abs(moves) < STILL] = 0.0
        after = _settled(file, moving, moves)
        found = gauge.read(
            {item.path: item.played(number) for item, number in zip(moving, after, strict=True)}
        )
        conflicts = problem.conflicts(moves, found.mean(axis=1))
    text = _text(file, moving, after)
    judged = [
        tuple(beside(file.scenario, k, estimate(values)) for k, values in enumerate(rows))
        for rows in (start, found)
    ]
    return Fitted(
        inputs=tuple(_told(file, *row) for row in zip(moving, moves.tolist(), after, strict=True)),
        chosen=inputs is None, considered=len(everything) if inputs is None else len(moving),
        before=judged[0], after=judged[1],
        misfit_before=float((problem.misses(start.mean(axis=1)) ** 2).sum()),
        misfit_after=float((problem.misses(found.mean(axis=1)) ** 2).sum()), cost=float((moves**2).sum()),
        missed=tuple(row.at for row in judged[1] if not row.holds), conflicts=conflicts, text=text,
    )  # fmt: skip


def _telling(gauge: Gauge, start: np.ndarray, everything: dict[str, Input]) -> list[Input]:
    """Return the uncertain inputs that are seen to move what is judged, those that move it most first.

    Seen is what is told apart from no slope over the states, all pairs of an input and a judgement taken together.
    """
    from scipy.special import ndtri

    paths = list(everything)
    tolerances = np.array([tolerance(judged) for judged in gauge.judgements])
    x = np.array([gauge.values(path) for path in paths]).reshape(len(paths), -1)
    x = x - x.mean(axis=1, keepdims=True)
    y = start - start.mean(axis=1, keepdims=True)
    lengths = np.sqrt((x**2).sum(axis=1))[:, None] * np.sqrt((y**2).sum(axis=1))
    r = np.divide(x @ y.T, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    pairs = max(r.size, 1)
    seen = np.abs(r) * np.sqrt(start.shape[1]) > -ndtri(SURE / (2 * pairs))
    strength = (np.abs(r) * seen * y.std(axis=1) / tolerances).max(axis=1, initial=0.0)
    best = [k for k in np.argsort(-strength, kind="stable") if strength[k] > 0][:MOST_INPUTS]
    if not best:
        raise InputError(
            "none of the uncertain numbers is seen to move what is judged: name some with --inputs, give more numbers "
            "a range, or say by how much bare ones may be off (--widen 30%)"
        )
    return [everything[paths[k]] for k in best]


class _Problem:
    """The sum of squares to be made least: misses in tolerances, moves in the inputs' own standard deviations."""

    def __init__(self, gauge: Gauge, inputs: list[Input]) -> None:
        self.gauge, self.inputs = gauge, inputs
        self.wanted = np.array([judged.middle for judged in gauge.judgements])
        self.tolerances = np.array([tolerance(judged) for judged in gauge.judgements])
        self.low, self.high = (np.array([getattr(item, end) for item in inputs]) for end in ("low", "high"))

    def misses(self, implied: np.ndarray) -> np.ndarray:
        """Return by how many tolerances each judgement is missed [judgements]."""
        return (implied - self.wanted) / self.tolerances

    def implied(self, moves: np.ndarray) -> np.ndarray:
        """Return what is implied after some moves [judgements]."""
        numbers = {
            item.path: item.played(item.written(float(move)))
            for item, move in zip(self.inputs, moves, strict=True)
            if move
        }
        return self.gauge.read(numbers).mean(axis=1)

    def slopes(self, moves: np.ndarray) -> np.ndarray:
        """Return how misses change with each move [judgements, inputs], by central differences inside the bounds."""
        columns = []
        for k in range(len(moves)):
            ends = np.clip(moves[k] + np.array([-STEP, STEP]), self.low[k], self.high[k])
            at = [self.misses(self.implied(np.where(np.arange(len(moves)) == k, end, moves))) for end in ends]
            columns.append((at[1] - at[0]) / (ends[1] - ends[0]))
        return np.array(columns).T

    def solve(self) -> np.ndarray:
        """Return the best moves [inputs]."""
        from scipy.optimize import least_squares

        count = len(self.inputs)
        found: Any = least_squares(
            lambda moves: np.concatenate([self.misses(self.implied(moves)), moves]),
            np.zeros(count),
            jac=lambda moves: np.vstack([self.slopes(moves), np.eye(count)]),
            bounds=(self.low, self.high), method="trf", ftol=1e-4, xtol=1e-3, gtol=1e-4, max_nfev=ROUNDS,
        )  # fmt: skip
        self.jacobian = found.jac[: len(self.wanted)]
        return np.array(found.x)

    def conflicts(self, moves: np.ndarray, implied: np.ndarray) -> tuple[tuple[str, ...], ...]:
        """Return the irreducible sets of judgements that cannot hold together, one after another."""
        left, found = list(range(len(self.wanted))), []
        misses = self.misses(implied)
        while left and not self._can_hold(left, moves, misses):
            core = list(left)
            for k in sorted(left, key=lambda k: abs(misses[k])):
                without = [other for other in core if other != k]
                if without and not self._can_hold(without, moves, misses):
                    core = without
            found.append(tuple(f"outlook.{k}" for k in sorted(core)))
            left.remove(max(core, key=lambda k: abs(misses[k])))
        return tuple(found)

    def _can_hold(self, judged: list[int], moves: np.ndarray, misses: np.ndarray) -> bool:
        """Return whether some moves within reach make these judgements hold, by the slopes at the point found."""
        from scipy.optimize import linprog

        slopes = self.jacobian[judged]
        rest = misses[judged] - slopes @ moves
        bounds = np.column_stack([np.maximum(self.low, -REACH), np.minimum(self.high, REACH)])
        found = linprog(
            np.zeros(len(moves)), A_ub=np.vstack([slopes, -slopes]), b_ub=np.concatenate([1 - rest, 1 + rest]),
            bounds=bounds,
        )  # fmt: skip
        if found.status not in (0, 2):
            raise InternalError(f"the linear programme of a fit ended with status {found.status}")
        return bool(found.status == 0)


def _settled(file: ScenarioFile, inputs: list[Input], moves: np.ndarray) -> list[Number]:
    """Return the numbers as they are written after their moves: in few figures; as they were where they stay."""
    return [
        rounded(item.written(float(move))) if move else item.number
        for item, move in zip(inputs, moves, strict=True)
    ]


def _text(file: ScenarioFile, inputs: list[Input], after: list[Number]) -> str:
    """Return the file's text with the numbers in it, read back: it says these numbers, and otherwise what it said."""
    new = {item.path: number for item, number in zip(inputs, after, strict=True) if number is not item.number}
    text = rewritten(file.text, file.scenario, new)
    played = {item.path: item.played(number) for item, number in zip(inputs, after, strict=True)}
    read = places(loads(text, file=str(file.path or "the fitted scenario")).scenario)
    if read != places(file.scenario) | played:
        raise InternalError("a fitted scenario does not read as it was written")
    return text


def _told(file: ScenarioFile, item: Input, move: float, after: Number) -> Moved:
    before, played = (float(quantile(item.played(n), np.array(0.5))) for n in (item.number, after))
    return Moved(
        path=item.path, says=place(item.path, file.scenario), way=item.way, before=item.number.text,
        after=after.text, middle_before=before, middle_after=played, moves=move,
        at_limit=not item.low + STILL < move < item.high - STILL,
    )  # fmt: skip
