"""What the alignment models read from a scenario: ties, power, standing, support, ways of engaging.

Everything is for the start of the run. Numbers that are uncertain are drawn together, one row a draw, so
that inputs that share a quantity move together. Sampling: scrambled Sobol points in 16 independent
scrambles (draw k: scramble k mod 16, point k div 16); standard errors come from the 16 means.
Source: MODEL.md §1, §3 *Uncertain*, §5 *Sampling*; Owen 1997 (scrambled nets).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.alignment.graph import SignedGraph
from equipoise.errors import InputError
from equipoise.scenario.model import CHANNELS, Scenario
from equipoise.scenario.number import Number, quantile
from equipoise.scenario.places import places, tie_key

SCRAMBLES = 16
_OPEN = 2.0**-40


@dataclass(frozen=True)
class Situation:
    """The start of a scenario, drawn `S` times.

    Attributes:
        actors: forces and patrons, sorted; `forces` and `patrons` likewise.
        ties: stated ties [S, actors, actors].
        power: share of power [S, forces].
        standing: of each patron with each force [S, patrons, forces].
        backing: material support, the mean of the channels [S, patrons, forces].
        engage: each patron's own way of engaging where no strategy says otherwise, as shares that sum to
            1 or are all 0 [S, patrons, forces].
        uncertain: paths of the inputs that were drawn.
    """

    actors: tuple[str, ...]
    forces: tuple[str, ...]
    patrons: tuple[str, ...]
    ties: np.ndarray
    power: np.ndarray
    standing: np.ndarray
    backing: np.ndarray
    engage: np.ndarray
    uncertain: tuple[str, ...]

    def weights(self, *, standing: bool = False) -> np.ndarray:
        """Return the ties [S, actors, actors], with standings as friendly ties where asked for."""
        if not standing:
            return self.ties
        weights = self.ties.copy()
        for i, patron in enumerate(self.patrons):
            for j, force in enumerate(self.forces):
                a, b = self.actors.index(patron), self.actors.index(force)
                if not self.ties[:, a, b].any():
                    weights[:, a, b] = weights[:, b, a] = self.standing[:, i, j]
        return weights

    def among(self, names: tuple[str, ...]) -> np.ndarray:
        """Return the stated ties between some actors [S, names, names]."""
        at = [self.actors.index(name) for name in names]
        return self.ties[:, at][:, :, at]


def situation_of(scenario: Scenario, *, draws: int | None = None, seed: int = 1) -> Situation:
    """Read the start of a scenario.

    Args:
        scenario: a checked scenario.
        draws: how many times to draw what is uncertain; None reads every number at its median, once.
        seed: of the draws.

    Raises:
        InputError: fewer than one draw is asked for.
    """
    if draws is not None and draws < 1:
        raise InputError(f"at least 1 draw is needed; {draws} were asked for")
    values, uncertain = _values(scenario, draws, seed)
    rows = max((len(v) for v in values.values()), default=1)
    forces, patrons = tuple(sorted(scenario.forces)), tuple(sorted(scenario.patrons))
    actors = tuple(sorted({*forces, *patrons}))
    standing = _table(values, rows, patrons, forces, "patrons.{}.standing.{}")
    backing = sum(
        (_table(values, rows, patrons, forces, "patrons.{}.backing.{}." + channel) for channel in CHANNELS),
        start=np.zeros((rows, len(patrons), len(forces))),
    ) / len(CHANNELS)
    engage = _table(values, rows, patrons, forces, "patrons.{}.engagement.engage.{}")
    for i, patron in enumerate(patrons):
        if scenario.patrons[patron].engagement.engage is None:
            engage[:, i] = standing[:, i]
    return Situation(
        actors=actors,
        forces=forces,
        patrons=patrons,
        ties=_ties(scenario, values, rows, actors),
        power=_power(scenario, values, rows, forces),
        standing=standing,
        backing=backing,
        engage=shares_of(np.maximum(engage, 0.0)),
        uncertain=uncertain,
    )


def median_graph(scenario: Scenario, *, standing: bool = False) -> SignedGraph:
    """Return the network of a scenario with every tie at its median."""
    situation = situation_of(scenario)
    return SignedGraph(situation.actors, situation.weights(standing=standing)[0])


def median_of(number: Number, scenario: Scenario) -> float:
    """Return a number's median, looking up the shared quantity it may refer to."""
    return float(_resolved(number, scenario, {}, np.array([0.5]))[0])


def shares_of(amounts: np.ndarray) -> np.ndarray:
    """Return amounts divided by their sum along the last axis; all 0 where the sum is 0."""
    total = amounts.sum(axis=-1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts, dtype=float), where=total > 0)


def standard_error(values: np.ndarray) -> float:
    """Return the standard error of the mean of draws from the means of the 16 scrambles."""
    values = np.asarray(values, dtype=float)
    groups = min(SCRAMBLES, len(values))
    if groups < 2:
        return 0.0
    means = [values[k::groups].mean() for k in range(groups)]
    return float(np.std(means, ddof=1) / np.sqrt(groups))


def _wanted(path: str) -> bool:
    """Say whether a place of the scenario matters to the alignment models."""
    keys = path.split(".")
    return (
        keys[0] == "ties"
        or (keys[0] == "forces" and keys[2] == "control")
        or (
            keys[0] == "patrons"
            and (keys[2] in ("standing", "backing") or keys[2:4] == ["engagement", "engage"])
        )
    )


def _values(
    scenario: Scenario, draws: int | None, seed: int
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return the drawn values of every place wanted, and the paths of what is uncertain among them."""
    numbers = {path: number for path, number in places(scenario).items() if _wanted(path)}
    sources: dict[str, Number] = {}
    for path, number in numbers.items():
        while number.is_ is not None:
            path, number = f"quantities.{number.is_}", scenario.quantities[number.is_]
        if not number.fixed:
            sources[path] = number
    names = sorted(sources)
    rows = 1 if draws is None or not names else draws
    points = (
        np.full((rows, len(names)), 0.5) if draws is None or not names else _sobol(rows, len(names), seed)
    )
    drawn = {name: quantile(sources[name], points[:, k]) for k, name in enumerate(names)}
    half = np.full(rows, 0.5)
    values = {
        path: drawn[path] if path in drawn else _resolved(number, scenario, drawn, half)
        for path, number in numbers.items()
    }
    return values, tuple(names)


def _resolved(
    number: Number, scenario: Scenario, drawn: Mapping[str, np.ndarray], u: np.ndarray
) -> np.ndarray:
    """Return the values of a number that is certain, or is a shared quantity times a factor."""
    if number.is_ is None:
        return quantile(number, u)
    path = f"quantities.{number.is_}"
    factor = 1.0 if number.times is None else number.times
    if path in drawn:
        return factor * drawn[path]
    return factor * _resolved(scenario.quantities[number.is_], scenario, drawn, u)


def _sobol(rows: int, dimensions: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    points = np.empty((rows, dimensions))
    for scramble in range(min(SCRAMBLES, rows)):
        count = len(range(scramble, rows, SCRAMBLES))
        rng = np.random.default_rng([seed, scramble])
        engine = qmc.Sobol(dimensions, scramble=True, rng=rng)
        points[scramble::SCRAMBLES] = engine.random_base2((count - 1).bit_length())[:count]
    return np.clip(points, _OPEN, 1 - _OPEN)


def _table(
    values: Mapping[str, np.ndarray], rows: int, outer: tuple[str, ...], inner: tuple[str, ...], path: str
) -> np.ndarray:
    table = np.zeros((rows, len(outer), len(inner)))
    for i, first in enumerate(outer):
        for j, second in enumerate(inner):
            table[:, i, j] = values.get(path.format(first, second), 0.0)
    return table


def _ties(
    scenario: Scenario, values: Mapping[str, np.ndarray], rows: int, actors: tuple[str, ...]
) -> np.ndarray:
    ties = np.zeros((rows, len(actors), len(actors)))
    for tie in scenario.ties:
        a, b = (actors.index(name) for name in tie.between)
        ties[:, a, b] = ties[:, b, a] = np.clip(values[f"ties.{tie_key(tie)}.sign"], -1, 1)
    return ties


def _power(
    scenario: Scenario, values: Mapping[str, np.ndarray], rows: int, forces: tuple[str, ...]
) -> np.ndarray:
    """Return P_j(0) = Σ_g ω_g C_gj, control normalised within a region, weights over regions."""
    weights = np.array(
        [1.0 if region.weight is None else region.weight for region in scenario.regions.values()]
    )
    power = np.zeros((rows, len(forces)))
    for weight, region in zip(weights / max(weights.sum(), 1e-300), scenario.regions, strict=True):
        control = np.zeros((rows, len(forces)))
        for j, force in enumerate(forces):
            control[:, j] = np.maximum(values.get(f"forces.{force}.control.{region}", 0.0), 0.0)
        power += weight * shares_of(control)
    return power
