"""The table of a talk: who sits there, where each stands, how much it cares and weighs, who can block.

A leading axis of draws carries what is uncertain; a table read from a file has one draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from equipoise.bargaining.model import Model
from equipoise.bargaining.outcomes import acceptance, outcomes_by_issue


@dataclass(frozen=True)
class Table:
    """Actors and issues of a talk, over n draws: the first n states of a run.

    Attributes:
        title: what the talk is about.
        actors, issues: names, in order.
        positions, salience: shape (n, issues, actors); NaN where an actor has none.
        clout: shape (n, actors).
        scales: shape (issues, 2), the ends of each issue's scale.
        reservation: shape (n, issues, actors), the farthest acceptable distance; NaN where not given.
        veto: shape (actors,), who can block a deal.
        reference: shape (n, issues), what holds without agreement; NaN where not known.
        labels: for each issue, what points of its scale mean.
    """

    title: str
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    positions: np.ndarray
    salience: np.ndarray
    clout: np.ndarray
    scales: np.ndarray
    reservation: np.ndarray
    veto: np.ndarray
    reference: np.ndarray
    labels: tuple[dict[float, str], ...] = field(default=())

    def __repr__(self) -> str:
        return (
            f"<Table {self.title!r}: {len(self.actors)} actors, {len(self.issues)} issues, "
            f"{len(self.positions)} draws>"
        )

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.positions)

    def outcomes(self, model: str | Model) -> np.ndarray:
        """Return the outcome of each issue under a model, shape (n, issues)."""
        return outcomes_by_issue(
            model,
            self.positions,
            self.salience,
            self.clout,
            scales=self.scales,
            reservation=self.reservation,
            reference=self.reference,
        )

    def accepts(self, outcome: np.ndarray) -> np.ndarray:
        """Say which veto party accepts which outcome, shape (n, issues, veto parties)."""
        return acceptance(outcome, self.positions[..., self.veto], self.reservation[..., self.veto])

    def deals(self, outcome: np.ndarray) -> np.ndarray:
        """Say in which draws every veto party accepts every issue, shape (n,)."""
        return self.accepts(outcome).all(axis=(1, 2)) & ~np.isnan(outcome).any(axis=1)

    def first(self, draws: int) -> Table:
        """Return the table with its first draws only."""
        part = {
            key: getattr(self, key)[:draws]
            for key in ("positions", "salience", "clout", "reservation", "reference")
        }
        return replace(self, **part)
