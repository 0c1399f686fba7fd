"""Talks inside the futures: the forecast of each issue in each state, and whether a deal is struck.

The outcome comes from the state's positions, salience and clout through the model that the talk names.
Source: MODEL.md §3 *Talks*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise import talks
from equipoise.errors import InputError
from equipoise.scenario.model import Talk
from equipoise.scenario.number import Number
from equipoise.talks.sampling import issue_scale


@dataclass(frozen=True)
class Settled:
    """By issue the forecast outcome [states], and whether every veto party accepts it all [states]."""

    outcomes: dict[str, np.ndarray]
    deal: np.ndarray


def settle(talk: Talk, path: str, values: dict[str, np.ndarray], quantities: Mapping[str, Number], n: int) -> Settled:
    """Settle a talk in `n` states from the values of its numbers (by path, below `path`).

    Args:
        talk: as the scenario has it. path: `talks.NAME`.
        values: every number by path, arrays over states or scalars.
        quantities: the scenario's shared quantities, for the range of a scale without labels.

    Raises:
        InputError: on some issue, in some state, no actor has both clout and salience.
    """
    issues = sorted(talk.issues)
    actors = sorted({a for issue in talk.issues.values() for a in (*issue.positions, *talk.veto)})

    def cube(part: str) -> np.ndarray:
        return np.stack([_rows(values, f"{path}.issues.{k}.{part}", actors, n) for k in issues], axis=1)

    positions, salience, reservation = cube("positions"), cube("salience"), cube("reservation")
    clout = _rows(values, f"{path}.clout", actors, n)
    weight = np.nan_to_num(clout)[:, None, :] * np.nan_to_num(salience) * ~np.isnan(positions)
    for k, issue in enumerate(issues):
        if not (weight[:, k].sum(axis=1) > 0).all():
            raise InputError(f"{path}.issues.{issue}: in some states nobody has clout and salience there, so no outcome can be forecast")
    scales = [issue_scale(talk.issues[k], dict(quantities)) for k in issues]
    outcome = talks.outcomes_by_issue(talk.model, positions, salience, clout, scales=scales, reservation=reservation)
    veto = [actors.index(v) for v in talk.veto]
    accepted = talks.deal(outcome, positions[:, :, veto], reservation[:, :, veto]) if veto else np.ones(n, dtype=bool)
    return Settled({issue: outcome[:, k] for k, issue in enumerate(issues)}, accepted)


def _rows(values: dict[str, np.ndarray], path: str, actors: list[str], n: int) -> np.ndarray:
    """Return one number for each actor in each state [n, actors], NaN where the file gives none."""
    return np.stack([np.broadcast_to(values.get(f"{path}.{a}", np.array(np.nan)), (n,)) for a in actors], axis=1)
