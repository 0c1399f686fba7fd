"""What the alignment models read from a scenario: ties, power, standing, support, ways of engaging.

Everything is for the start of the run. Draw k is state k of a run with the same seed (`draws.values`).
Source: MODEL.md §1, §3 *Uncertain*, §5 *Sampling*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.draws.values import Values, draw, medians, power_at_start, shares, uncertain, with_sources
from equipoise.errors import InputError
from equipoise.scenario.model import CHANNELS, Scenario
from equipoise.scenario.places import places, tie_key


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
        draws: how many states; None reads every number at its median, once.
        seed: of the run whose states they are.

    Raises:
        InputError: fewer than one draw is asked for.
    """
    if draws is not None and draws < 1:
        raise InputError(f"at least 1 draw is needed; {draws} were asked for")
    numbers = places(scenario)
    wanted = with_sources(numbers, [path for path in numbers if _wanted(path)])
    drawn = uncertain(wanted)
    rows = 1 if draws is None or not drawn else draws
    values = medians(wanted) if draws is None else draw(wanted, 0, rows, seed=seed)
    forces, patrons = tuple(sorted(scenario.forces)), tuple(sorted(scenario.patrons))
    actors = tuple(sorted({*forces, *patrons}))
    standing = _table(values, rows, patrons, forces, "patrons.{}.standing.{}")
    backing = sum(
        (_table(values, rows, patrons, forces, "patrons.{}.backing.{}." + channel) for channel in CHANNELS),
        start=np.zeros((rows, len(patrons), len(forces))),
    ) / len(CHANNELS)
    power = power_at_start(scenario, values, rows)
    engage = _table(values, rows, patrons, forces, "patrons.{}.engagement.engage.{}")
    for i, patron in enumerate(patrons):
        if scenario.patrons[patron].engagement.engage is None:
            engage[:, i] = standing[:, i]
    return Situation(
        actors=actors,
        forces=forces,
        patrons=patrons,
        ties=_ties(scenario, values, rows, actors),
        power=np.stack([power[j] for j in forces], axis=1),
        standing=standing,
        backing=backing,
        engage=shares(np.maximum(engage, 0.0)),
        uncertain=drawn,
    )


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


def _table(
    values: Values, rows: int, outer: tuple[str, ...], inner: tuple[str, ...], path: str
) -> np.ndarray:
    table = np.zeros((rows, len(outer), len(inner)))
    for i, first in enumerate(outer):
        for j, second in enumerate(inner):
            table[:, i, j] = values.get(path.format(first, second), 0.0)
    return table


def _ties(scenario: Scenario, values: Values, rows: int, actors: tuple[str, ...]) -> np.ndarray:
    ties = np.zeros((rows, len(actors), len(actors)))
    for tie in scenario.ties:
        a, b = (actors.index(name) for name in tie.between)
        ties[:, a, b] = ties[:, b, a] = np.clip(values[f"ties.{tie_key(tie)}.sign"], -1, 1)
    return ties
