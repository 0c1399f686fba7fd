"""What a bargaining model is: a solver behind one interface, with what it declares about itself.

A model turns positions, salience and clout into one outcome an issue and draw. What it declares here
(which inputs it uses, what leaves it unchanged) is what the tests try to refute. A family of models is a file
with its solver and its entries (`MODELS`); `models.py` gathers them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Input = Literal["salience", "clout", "scale", "reservation", "reference", "other issues"]
Solver = Callable[..., np.ndarray]
WEIGHTS: frozenset[Input] = frozenset({"salience", "clout"})


@dataclass(frozen=True, kw_only=True)
class Model:
    """A bargaining model and its declared properties.

    Attributes:
        name: as in a scenario's `model:`.
        title: what it is called in the literature.
        says: how it finds an outcome, in a sentence.
        source: where it comes from.
        caution: when not to trust it.
        uses: the inputs beside positions that may change its outcome.
        symmetric: the order of actors in the table never changes the outcome.
        mirrors: turning every scale round turns the outcome round.
        scale_free: units and origin of the scales do not matter.
        within: outcomes lie between the lowest and highest position that has weight.
        monotone: an actor that moves up never brings the outcome down.
        counts_actors: why splitting an actor into equal parts changes the outcome, and by whose definition; empty
            where it changes nothing.
        has_rounds: it plays out over rounds or turns.
        solve: positions, salience (n, issues, actors), clout (n, actors) and keywords to (n, issues).
    """

    name: str
    title: str
    says: str
    source: str
    caution: str
    uses: frozenset[Input]
    symmetric: bool = True
    mirrors: bool = True
    scale_free: bool = True
    within: bool = True
    monotone: bool = False
    counts_actors: str = ""
    has_rounds: bool = False
    solve: Solver = field(repr=False)

    @property
    def joint(self) -> bool:
        """True where issues bear on each other."""
        return "other issues" in self.uses

    def to_dict(self) -> dict[str, Any]:
        """Return what a reader should know about the model, as plain data."""
        words = ("name", "title", "says", "source", "caution", "counts_actors")
        flags = ("symmetric", "mirrors", "scale_free", "within", "monotone", "has_rounds")
        return {k: getattr(self, k) for k in words + flags} | {"uses": sorted(self.uses), "joint": self.joint}


def by_issue(solve: Solver, *, width: bool = False, scale: bool = False, limits: bool = False) -> Solver:
    """Turn a one-issue solver into one for all issues; the flags say which keywords it takes."""

    def solve_all(
        positions: np.ndarray,
        salience: np.ndarray,
        clout: np.ndarray,
        *,
        scales: np.ndarray,
        reservation: np.ndarray | None = None,
        reference: np.ndarray | None = None,
    ) -> np.ndarray:
        columns = []
        for k, (low, high) in enumerate(scales):
            keywords: dict[str, Any] = {}
            if width:
                keywords["width"] = high - low
            if scale:
                keywords["scale"] = (low, high)
            if limits:
                keywords["reservation"] = None if reservation is None else reservation[:, k]
                keywords["reference"] = None if reference is None else reference[:, k]
            columns.append(solve(positions[:, k], salience[:, k], clout, **keywords))
        return np.stack(columns, axis=1)

    return solve_all


def jointly(solve: Solver) -> Solver:
    """Turn a solver of all issues at once into one behind the common interface."""

    def solve_all(
        positions: np.ndarray,
        salience: np.ndarray,
        clout: np.ndarray,
        *,
        scales: np.ndarray,
        reservation: np.ndarray | None = None,
        reference: np.ndarray | None = None,
    ) -> np.ndarray:
        return solve(positions, salience, clout, scale=np.asarray(scales, float))

    return solve_all
