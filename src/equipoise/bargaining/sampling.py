"""From a scenario's talk to its table: the talk's uncertain numbers drawn by scrambled Sobol.

Draws come in 16 independent scrambles (draw k is point k div 16 of scramble k mod 16), so that the spread of
the 16 means gives standard errors. Source: MODEL.md §5 *Sampling*; Owen (1995) for scrambling.
"""

from __future__ import annotations

import difflib

import numpy as np

from equipoise.bargaining.table import Table
from equipoise.errors import InputError
from equipoise.scenario.model import Issue, Scenario, Talk
from equipoise.scenario.number import Number, quantile, support
from equipoise.scenario.resolving import clouts
from equipoise.scenario.value_types import POWER

BLOCKS = 16
_TAIL = 0.001


def talk_named(scenario: Scenario, name: str) -> Talk:
    """Return a talk of the scenario.

    Raises:
        InputError: no such talk; names the nearest and lists all.
    """
    if name in scenario.talks:
        return scenario.talks[name]
    if not scenario.talks:
        raise InputError(f"the scenario {scenario.title!r} has no talks")
    near = difflib.get_close_matches(name, scenario.talks, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InputError(f"no talk is called {name!r}{hint}; the talks are: {', '.join(sorted(scenario.talks))}")


def talk_table(scenario: Scenario, name: str, *, draws: int = 1024, seed: int = 1) -> Table:
    """Return a talk's table with its uncertain numbers drawn.

    Actors and issues come in the order of their names, so that reordering the file changes nothing. Where clout
    is power, it is the force's power at the start of the run.

    Args:
        scenario: a checked scenario.
        name: the talk.
        draws: how many draws, rounded up to a multiple of 16; a talk without uncertainty has one.
        seed: of the scrambles.
    """
    if draws < 1:
        raise InputError(f"draws: {draws} given; at least 1 is needed")
    talk = talk_named(scenario, name)
    given = clouts(talk, scenario)
    actors = tuple(sorted({*given, *talk.veto, *(a for i in talk.issues.values() for a in i.positions)}))
    issues = tuple(sorted(talk.issues))
    numbers = {at: number for at, number in _numbers(talk, given).items() if number != POWER}
    powers = POWER in given.values()
    drawn = _Draws(scenario, numbers | (_controls(scenario) if powers else {}), draws, seed)
    power = _power(drawn, scenario) if powers else {}
    weights = [
        power[a] if given.get(a) == POWER else drawn.of(given.get(a), missing=0.0, at=("clout", a))
        for a in actors
    ]
    clout = np.stack(weights, axis=-1)
    parts = {
        part: np.stack([_rows(drawn, talk.issues[k], k, part, actors) for k in issues], axis=1)
        for part in ("positions", "salience", "reservation")
    }
    return Table(
        title=talk.what or name,
        actors=actors,
        issues=issues,
        positions=parts["positions"],
        salience=parts["salience"],
        clout=clout,
        scales=np.array([issue_scale(talk.issues[k], scenario.quantities) for k in issues]),
        reservation=parts["reservation"],
        veto=np.isin(actors, talk.veto),
        reference=np.full((drawn.count, len(issues)), np.nan),
        labels=tuple(dict(sorted(talk.issues[k].scale.items())) for k in issues),
        blocks=drawn.blocks,
    )


def issue_scale(issue: Issue, quantities: dict[str, Number]) -> tuple[float, float]:
    """Return the ends of an issue's scale: its outermost labels, or the range its positions can take."""
    if len(issue.scale) >= 2:
        return min(issue.scale), max(issue.scale)
    ends = [_range(number, quantities) for number in issue.positions.values()]
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    return low, high if high > low else low + 1.0


def _range(number: Number, quantities: dict[str, Number]) -> tuple[float, float]:
    """Return a number's support; where it is unbounded, its 0.1 % and 99.9 % quantiles."""
    if number.is_ is not None:
        factor = 1.0 if number.times is None else number.times
        low, high = sorted(factor * end for end in _range(quantities[number.is_], quantities))
        return low, high
    low, high = support(number)
    if not np.isfinite([low, high]).all():
        low, high = (float(v) for v in quantile(number, np.array([_TAIL, 1 - _TAIL])))
    return low, high


def _controls(scenario: Scenario) -> dict[tuple[str, ...], Number]:
    """Return every force's control of every region at the start."""
    return {
        ("control", j, g): number
        for j, force in scenario.forces.items()
        for g, number in force.control.items()
    }


def _power(drawn: _Draws, scenario: Scenario) -> dict[str, np.ndarray]:
    """Return every force's power at the start: its shares of the regions, by their weights."""
    held = {at: drawn.of(number, missing=0.0, at=at) for at, number in _controls(scenario).items()}
    nothing = np.zeros(drawn.count)
    weights = {g: 1.0 if region.weight is None else region.weight for g, region in scenario.regions.items()}
    power = dict.fromkeys(scenario.forces, nothing)
    for g, weight in weights.items():
        whole = sum((held.get(("control", j, g), nothing) for j in scenario.forces), nothing)
        for j in scenario.forces:
            share = held.get(("control", j, g), nothing) / whole
            power[j] = power[j] + share * weight / sum(weights.values())
    return power


def _numbers(talk: Talk, given: dict[str, Number | str]) -> dict[tuple[str, ...], Number | str]:
    """Return the talk's numbers by where they stand."""
    found = {("clout", actor): number for actor, number in given.items()}
    for k, issue in talk.issues.items():
        for part in ("positions", "salience", "reservation"):
            found |= {("issues", k, part, actor): n for actor, n in getattr(issue, part).items()}
    return found


def _rows(drawn: _Draws, issue: Issue, name: str, part: str, actors: tuple[str, ...]) -> np.ndarray:
    numbers = getattr(issue, part)
    columns = [drawn.of(numbers.get(a), missing=np.nan, at=("issues", name, part, a)) for a in actors]
    return np.stack(columns, axis=-1)


class _Draws:
    """Draws of every number of a talk, one Sobol dimension for each place that is uncertain by itself."""

    def __init__(
        self, scenario: Scenario, numbers: dict[tuple[str, ...], Number], draws: int, seed: int
    ) -> None:
        self._quantities = scenario.quantities
        own = {at: n for at, n in numbers.items() if n.is_ is None and not n.fixed}
        shared = {name for n in numbers.values() if n.is_ is not None for name in self._sources(n)}
        free = sorted(own) + sorted(("quantities", name) for name in shared)
        self.blocks = BLOCKS if free else 1
        points = -(-draws // BLOCKS) if free else 1
        self.count = points * self.blocks
        uniforms = _scrambled_sobol(len(free), points, seed) if free else np.empty((1, 0))
        self._uniform = {at: uniforms[:, d] for d, at in enumerate(free)}

    def _sources(self, number: Number) -> list[str]:
        name, quantity = number.is_, self._quantities[number.is_]
        if quantity.is_ is not None:
            return self._sources(quantity)
        return [] if quantity.fixed else [name]

    def of(self, number: Number | None, *, missing: float, at: tuple[str, ...]) -> np.ndarray:
        """Return a number's draws, or `missing` where there is none."""
        if number is None:
            return np.full(self.count, missing)
        if number.is_ is not None:
            factor = 1.0 if number.times is None else number.times
            at_quantity = ("quantities", number.is_)
            return factor * self.of(self._quantities[number.is_], missing=missing, at=at_quantity)
        return quantile(number, self._uniform.get(at, np.full(self.count, 0.5)))


def _scrambled_sobol(dimensions: int, points: int, seed: int) -> np.ndarray:
    """Return points of 16 scrambles, interleaved, strictly inside 0 to 1; shape (16 points, dimensions)."""
    from scipy.stats import qmc

    power = max(points - 1, 0).bit_length()
    seeds = np.random.SeedSequence(seed).spawn(BLOCKS)
    blocks = [
        qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(s)).random_base2(power)[:points]
        for s in seeds
    ]
    return np.clip(np.stack(blocks, axis=1).reshape(-1, dimensions), 1e-12, 1 - 1e-12)
