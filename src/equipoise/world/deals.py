"""Talks inside the futures: the forecast of each issue in each state, and whether a deal is struck.

The outcome comes from the state's positions, salience and clout through the model that the talk names. Where
clout is power, it is what forces hold at the start of the talk's week.
Source: MODEL.md §3 *Talks*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise import bargaining
from equipoise.bargaining.sampling import issue_scale
from equipoise.errors import InputError
from equipoise.scenario.model import Talk
from equipoise.scenario.number import Number
from equipoise.scenario.value_types import POWER


@dataclass(frozen=True)
class Settled:
    """By issue the forecast outcome [states], and whether there is one that every veto party accepts [states].

    NaN is no agreement: the model finds none, or nobody has weight there any more. It is never a deal.
    """

    outcomes: dict[str, np.ndarray]
    deal: np.ndarray


def settle(
    talk: Talk,
    path: str,
    values: dict[str, np.ndarray],
    quantities: Mapping[str, Number],
    n: int,
    power: Mapping[str, np.ndarray] | None = None,
) -> Settled:
    """Settle a talk in `n` states or futures from the values of its numbers (by path, below `path`).

    Args:
        talk: as the scenario has it. path: `bargaining.NAME`.
        values: every number by path, arrays over states or scalars.
        quantities: the scenario's shared quantities, for the range of a scale without labels.
        power: by force [n], for a talk in which clout is power. Where nobody has weight on some issue any more,
            such a talk has no outcome (NaN) and no deal.

    Raises:
        InputError: without power, on some issue, in some state, no actor has both clout and salience.
    """
    issues = sorted(talk.issues)
    actors = sorted({a for issue in talk.issues.values() for a in (*issue.positions, *talk.veto)})

    def cube(part: str) -> np.ndarray:
        return np.stack([_rows(values, f"{path}.issues.{k}.{part}", actors, n) for k in issues], axis=1)

    positions, salience, reservation = cube("positions"), cube("salience"), cube("reservation")
    clout = _rows(values | _powers(talk, path, power or {}), f"{path}.clout", actors, n)
    heard = bargaining.heard(positions, salience, clout)
    if power is None and not heard.all():
        issue = issues[int(np.argmin(heard.all(axis=0)))]
        raise InputError(
            f"{path}.issues.{issue}: in some states nobody has clout and salience there, so no outcome can be forecast"
        )
    rows = heard.all(axis=1)
    scales = [issue_scale(talk.issues[k], dict(quantities)) for k in issues]
    outcome = np.full((n, len(issues)), np.nan)
    if rows.any():
        outcome[rows] = bargaining.outcomes_by_issue(
            talk.model,
            positions[rows],
            salience[rows],
            clout[rows],
            scales=scales,
            reservation=reservation[rows],
        )
    veto = [actors.index(v) for v in talk.veto]
    accepted = bargaining.deal(outcome, positions[:, :, veto], reservation[:, :, veto])
    return Settled({issue: outcome[:, k] for k, issue in enumerate(issues)}, accepted)


def _powers(talk: Talk, path: str, power: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the power of those whose clout it is, by the path of their clout."""
    assert not isinstance(talk.clout, str)  # resolved: each has its own
    return {f"{path}.clout.{a}": power[a] for a, clout in talk.clout.items() if clout == POWER}


def _rows(values: dict[str, np.ndarray], path: str, actors: list[str], n: int) -> np.ndarray:
    """Return one number for each actor in each state [n, actors], NaN where the file gives none."""
    return np.stack(
        [np.broadcast_to(values.get(f"{path}.{a}", np.array(np.nan)), (n,)) for a in actors], axis=1
    )
