"""From the numbers of a scenario to their values in states of the world: one draw, used by all.

Futures, talks and ties all read the same states: a number is drawn by the name of its path (`draws.sampling`), so
whatever else is drawn beside it, under whose beliefs and by which command, the same seed gives it the same values.
A shared quantity is drawn once, and all that refer to it follow. Source: MODEL.md §3 *Uncertain*, §5 *Sampling*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.inverting import value as value_at
from equipoise.draws.sampling import uniforms
from equipoise.errors import InputError
from equipoise.scenario.number import Number, quantile, spread
from equipoise.scenario.places import places

if TYPE_CHECKING:
    from equipoise.scenario.model import Scenario


class Values(dict[str, np.ndarray]):
    """A number by path: an array over states, or a scalar array where it is certain.

    Attributes:
        parts: of a number on which the holders of a pool differ, what each of them says, by path; the value is that of
            the holder whom the state has drawn.
    """

    def __init__(self, *given: Iterable[tuple[str, np.ndarray]]) -> None:
        super().__init__(*given)
        self.parts: dict[str, tuple[np.ndarray, ...]] = {}

    def joined(self, others: Values) -> Values:
        """Return these values and others, the others where both have one."""
        both = Values({**self, **others}.items())
        both.parts = self.parts | others.parts
        return both


SHARED = "quantities."
"""Begins the path of a shared quantity."""

Overrides = Mapping[str, Callable[[np.ndarray], np.ndarray]]
"""What becomes of the value drawn at a path; a shared quantity passes its change on to who refers to it."""

Draw = Callable[[Sequence[str]], Sequence[np.ndarray]]
"""Draws the numbers at some paths."""
Remember = Callable[[Draw, Sequence[str]], Sequence[np.ndarray]]
"""Returns what is drawn at some paths: asks for what it does not remember."""

TOGETHER = 2**15
"""Draws made at a time, whatever the number of paths and states: what is kept on the way fits a processor's cache."""


def uncertain(numbers: Mapping[str, Number]) -> tuple[str, ...]:
    """Return the paths that are drawn: of what has a spread of its own, in the order given."""
    return tuple(path for path, number in numbers.items() if number.is_ is None and spread(number) > 0)


def draw(
    numbers: Mapping[str, Number],
    first: int,
    count: int,
    *,
    seed: int,
    overrides: Overrides | None = None,
    remember: Remember | None = None,
) -> Values:
    """Return the value of every number in states `first` .. `first + count - 1`, some changed.

    Args:
        numbers: by path, with the shared quantities they refer to.
        first, count: which states.
        seed: of the run.
        overrides: what becomes of the values drawn at some paths.
        remember: what was drawn before need not be drawn again.
    """
    free = uncertain(numbers)

    def own(path: str, number: Number) -> np.ndarray:
        return value_at(number, uniforms([path], first, count, seed=seed)[0])

    def drawn(paths: Sequence[str]) -> list[np.ndarray]:
        step = max(1, TOGETHER // count)
        parts = [paths[begin : begin + step] for begin in range(0, len(paths), step)]
        return [
            value_at(numbers[path], u)
            for part in parts
            for path, u in zip(part, uniforms(part, first, count, seed=seed), strict=True)
        ]

    found = drawn(free) if remember is None else remember(drawn, free)
    values = _completed(numbers, Values(zip(free, found, strict=True)), own)
    return changed(values, numbers, overrides) if overrides else values


def medians(numbers: Mapping[str, Number]) -> Values:
    """Return every number at its median, a scalar array each; what refers to a quantity follows its median."""
    quantities = {path.removeprefix(SHARED): n for path, n in numbers.items() if path.startswith(SHARED)}
    mixed = {path: np.array(median(n, quantities)) for path, n in numbers.items() if n.mix is not None}
    return _completed(numbers, Values(mixed.items()), lambda _, number: quantile(number, np.array(0.5)))


def _completed(
    numbers: Mapping[str, Number], values: Values, own: Callable[[str, Number], np.ndarray]
) -> Values:
    """Add what is not drawn: certain numbers, those that are a quantity times a factor, and those of a pool."""

    def held(path: str, number: Number) -> np.ndarray:
        if number.is_ is not None:
            return _times(number) * value(f"{SHARED}{number.is_}")
        return own(path, number) if spread(number) > 0 else quantile(number, np.array(0.5))

    def value(path: str) -> np.ndarray:
        if path not in values:
            number = numbers[path]
            if number.mix is None:
                values[path] = held(path, number)
            else:
                values.parts[path] = tuple(held(path, part) for part in number.mix)
                values[path] = _picked(values.parts[path], value(f"{SHARED}{number.is_}"))
        return values[path]

    for path in numbers:
        value(path)
    return values


def changed(values: Values, numbers: Mapping[str, Number], overrides: Overrides) -> Values:
    """Return the values of the same states with some of them changed.

    Args:
        values: as drawn.
        numbers: by path, to follow shared quantities.
        overrides: what becomes of the values at some paths.

    Raises:
        InputError: a path that the scenario does not have.
    """
    unknown = sorted(set(overrides) - set(numbers))
    if unknown:
        raise InputError(f"the scenario has no number at {', '.join(unknown)}")
    out = Values()
    out.parts = values.parts

    def followed(number: Number) -> np.ndarray:
        return _times(number) * value(f"{SHARED}{number.is_}")

    def value(path: str) -> np.ndarray:
        if path not in out:
            number = numbers[path]
            found = values[path]
            if number.mix is not None:
                parts = zip(number.mix, values.parts[path], strict=True)
                held = [drawn if part.is_ is None else followed(part) for part, drawn in parts]
                found = _picked(held, value(f"{SHARED}{number.is_}"))
            elif number.is_ is not None:
                found = followed(number)
            out[path] = np.asarray(overrides[path](found), float) if path in overrides else found
        return out[path]

    for path in numbers:
        value(path)
    return out


def _picked(parts: Sequence[np.ndarray], which: np.ndarray) -> np.ndarray:
    """Return in each state the value of the part whose number has been drawn."""
    rows = np.broadcast_arrays(which, *parts)
    return np.choose(np.clip(np.rint(rows[0]), 0, len(parts) - 1).astype(int), rows[1:])


def spread_out(number: Number, quantities: Mapping[str, Number]) -> tuple[np.ndarray, np.ndarray]:
    """Return values that a number takes, evenly over its distribution, and their weights.

    Args:
        number: of any form. quantities: the shared quantities it may refer to, by name.
    """
    if number.mix is not None:
        chosen = quantities[number.is_ or ""].choice or {}
        parts = [spread_out(part, quantities) for part in number.mix]
        shares = [w * chosen.get(float(n), 0.0) / w.sum() for n, (_, w) in enumerate(parts)]
        return np.concatenate([values for values, _ in parts]), np.concatenate(shares)
    if number.is_ is not None:
        values, weights = spread_out(quantities[number.is_], quantities)
        return _times(number) * values, weights
    return quantile(number, (np.arange(256) + 0.5) / 256), np.full(256, 1 / 256)


def median(number: Number, quantities: Mapping[str, Number]) -> float:
    """Return the median of a number; a shared quantity is looked up."""
    if number.mix is not None:
        values, weights = spread_out(number, quantities)
        order = np.argsort(values, kind="stable")
        cumulated = np.cumsum(weights[order])
        return float(values[order][np.searchsorted(cumulated, cumulated[-1] / 2)])
    if number.is_ is not None:
        return _times(number) * median(quantities[number.is_], quantities)
    return float(quantile(number, np.array(0.5)))


def _times(number: Number) -> float:
    return 1.0 if number.times is None else number.times


def with_sources(numbers: Mapping[str, Number], wanted: Iterable[str]) -> dict[str, Number]:
    """Return the numbers at some paths, and the shared quantities they refer to, in the order of `numbers`."""
    found = set(wanted)
    pending = list(found)
    while pending:
        sources = {f"{SHARED}{name}" for name in numbers[pending.pop()].refers} - found
        found |= sources
        pending += sources
    return {path: number for path, number in numbers.items() if path in found}


def shares(amounts: np.ndarray) -> np.ndarray:
    """Return amounts divided by their sum along the last axis; all 0 where the sum is 0."""
    total = amounts.sum(axis=-1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts, dtype=float), where=total > 0)


def power_at_start(scenario: Scenario, values: Values, states: int) -> dict[str, np.ndarray]:
    """Return every force's power at the start of the run [states]: its shares of the regions, by their weights.

    P_j(0) = Σ_g ω_g C_gj(0), what forces hold of a region being divided by its sum and weights by theirs.

    Args:
        scenario: resolved.
        values: by path, with `forces.F.control.G`; a force holds nothing where it has none.
        states: how many.
    """
    forces, regions = tuple(scenario.forces), tuple(scenario.regions)
    held = np.zeros((states, len(regions), len(forces)))
    for g, region in enumerate(regions):
        for j, force in enumerate(forces):
            held[:, g, j] = values.get(f"forces.{force}.control.{region}", 0.0)
    weights = [1.0 if scenario.regions[g].weight is None else scenario.regions[g].weight for g in regions]
    power = np.einsum("g,sgj->sj", shares(np.array(weights)), shares(held))
    return {force: power[:, j] for j, force in enumerate(forces)}


def power_summary(scenario: Scenario, states: int, *, seed: int) -> dict[str, dict[str, float]]:
    """Return the `low`, `middle` and `high` of every force's power at the start: 5 %, mean and 95 % of the states."""
    numbers = places(scenario)
    control = [path for path in numbers if is_control(path)]
    power = power_at_start(scenario, draw(with_sources(numbers, control), 0, states, seed=seed), states)
    return {
        force: {
            "low": float(np.quantile(values, 0.05)),
            "middle": float(values.mean()),
            "high": float(np.quantile(values, 0.95)),
        }
        for force, values in power.items()
    }


def is_control(path: str) -> bool:
    """Say whether a path is a force's control of a region."""
    keys = path.split(".")
    return keys[0] == "forces" and keys[2] == "control"
