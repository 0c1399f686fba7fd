"""The ensemble: what was uncertain in each state of the world, and what each strategy was worth there.

Every analysis of this room is a function of this table. A row is a *state* (one draw of every uncertain
input); the payoff is f(d, s), the mean over the chance streams of the state, so that luck is apart.
Source: MODEL.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from equipoise.draws.estimate import units
from equipoise.errors import InputError

if TYPE_CHECKING:
    from equipoise.scenario.model import Scenario

Kind = Literal["constant", "named", "stepped", "continuous"]
STEPS = 8
"""A numeric input with at most this many distinct values is treated level by level."""


@dataclass(frozen=True)
class Override:
    """What a rerun changes at one path: `times` scales every state's draw, `set` replaces it.

    Attributes:
        times: factor on the draw, or None.
        set: value in place of the draw, or None.
    """

    times: float | None = None
    set: float | str | None = None

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Return what it makes of the values drawn."""
        if self.set is not None:
            return np.full_like(values, float(self.set), dtype=float)
        return values * (1.0 if self.times is None else self.times)


Evaluate = Callable[[Mapping[str, Override]], Mapping[str, np.ndarray]]
"""A rerun: overrides by path in, payoff f(d, s) over the same states by strategy out."""


@dataclass(frozen=True, eq=False)
class Input:
    """One uncertain input over the states; equal only to itself.

    Attributes:
        name: its path.
        kind: `constant` (one value), `named` (text levels, no order), `stepped` (a few numbers),
            `continuous`.
        values: as given, [states].
        codes: index of each state's level in `levels` for `named` and `stepped`, else None.
        levels: the distinct values, sorted, for `named` and `stepped`, else empty.
    """

    name: str
    kind: Kind
    values: np.ndarray
    codes: np.ndarray | None = None
    levels: tuple[Any, ...] = ()

    @property
    def numeric(self) -> bool:
        """True where the values are numbers, so that they have an order."""
        return self.values.dtype.kind in "fiub"

    @property
    def shares(self) -> np.ndarray:
        """Share of states at each level; empty for an input without levels."""
        if self.codes is None:
            return np.zeros(0)
        return np.bincount(self.codes, minlength=len(self.levels)) / len(self.codes)

    @cached_property
    def order(self) -> np.ndarray:
        """States by rising value, equal ones as they come."""
        return np.argsort(self.values, kind="stable")

    def take(self, rows: np.ndarray) -> Input:
        """Return the same input on some of the states."""
        return classify(self.name, self.values[rows])


def classify(name: str, values: Any) -> Input:
    """Return `values` as an input of the right kind.

    Args:
        name: path of the input.
        values: [states] numbers, booleans, text or a pandas categorical.

    Raises:
        InputError: where a number is missing or infinite.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        array = array.astype(str)
    elif not np.all(np.isfinite(array)):
        raise InputError(f"input `{name}` has a missing or infinite value; every state needs one")
    levels, codes = np.unique(array, return_inverse=True)
    if len(levels) == 1:
        return Input(name, "constant", array)
    if array.dtype.kind not in "fiub":
        return Input(name, "named", array, codes, tuple(str(level) for level in levels))
    array = array.astype(float)
    if len(levels) <= STEPS:
        return Input(name, "stepped", array, codes, tuple(float(level) for level in levels))
    return Input(name, "continuous", array)


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Inputs and payoffs over states.

    Attributes:
        inputs: path -> values [states] (a DataFrame works too). Paths are those of the scenario
            (`forces.crown.collapse.rate`); shared quantities are `quantities.NAME`. Inputs are taken to be
            drawn independently of each other, as MODEL.md §3 draws them.
        payoff: f(d, s), [strategies, states].
        strategies: names, in the order of `payoff`.
        noise: what chance leaves in `payoff`: variance of each mean [strategies, states], or covariance
            between strategies [strategies, strategies, states]; None where there is none or it is unknown.
            Variances alone read strategies' luck as independent, which overstates the noise of a
            difference when all strategies face the same futures.
        grounds: path -> number of claims the input stands on.
        scenario: for words and dates; None leaves the paths as they are.

    Raises:
        InputError: where shapes do not fit or a payoff is missing.
    """

    inputs: Mapping[str, Any]
    payoff: np.ndarray
    strategies: tuple[str, ...]
    noise: np.ndarray | None = None
    grounds: Mapping[str, int] = field(default_factory=dict)
    scenario: Scenario | None = None

    def __post_init__(self) -> None:
        set_ = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        set_("payoff", np.asarray(self.payoff, dtype=float))
        set_("strategies", tuple(self.strategies))
        set_("inputs", {str(name): classify(str(name), self.inputs[name]) for name in self.inputs})
        if self.noise is not None:
            set_("noise", np.asarray(self.noise, dtype=float))
        self._check()

    def _check(self) -> None:
        if self.payoff.ndim != 2 or self.payoff.shape[0] != len(self.strategies):
            raise InputError(
                f"payoff has shape {self.payoff.shape}; it must be strategies × states, "
                f"with {len(self.strategies)} strategies"
            )
        if len(set(self.strategies)) != len(self.strategies):
            raise InputError("a strategy is named twice")
        if self.payoff.shape[1] < 2:
            raise InputError("at least two states are needed")
        if not np.all(np.isfinite(self.payoff)):
            raise InputError("a payoff is missing or infinite; every strategy needs one in every state")
        for name, item in self.inputs.items():
            if item.values.shape != (self.states,):
                raise InputError(
                    f"input `{name}` has shape {item.values.shape}; {self.states} states are needed"
                )
        if self.noise is not None and self.noise.shape not in self._noise_shapes():
            raise InputError(f"noise has shape {self.noise.shape}; one of {self._noise_shapes()} is needed")

    def _noise_shapes(self) -> tuple[tuple[int, ...], ...]:
        count = len(self.strategies)
        return (self.payoff.shape, (count, count, self.states))

    def __repr__(self) -> str:
        return (
            f"<Ensemble: {self.states} states, {len(self.strategies)} strategies, "
            f"{len(self.varying)} uncertain inputs ({len(self.inputs) - len(self.varying)} constant)>"
        )

    @property
    def states(self) -> int:
        """Number of states."""
        return self.payoff.shape[1]

    @cached_property
    def varying(self) -> tuple[str, ...]:
        """Names of the inputs that take more than one value."""
        return tuple(name for name, item in self.inputs.items() if item.kind != "constant")

    @cached_property
    def groups(self) -> np.ndarray:
        """Which independent group of states a state belongs to: its block, or itself where blocks are few."""
        return units(self.states)

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """Indices of the strategies, the highest mean payoff first; ties by order given."""
        return tuple(np.argsort(-self.payoff.mean(axis=1), kind="stable").tolist())

    @property
    def recommended(self) -> int:
        """Index of the strategy with the highest mean payoff."""
        return self.ranking[0]

    @cached_property
    def contrasts(self) -> np.ndarray:
        """Payoff less the state's mean over strategies, [states, strategies]: what a choice depends on."""
        return (self.payoff - self.payoff.mean(axis=0)).T

    @cached_property
    def regret(self) -> np.ndarray:
        """Best payoff of the state less the strategy's own, [strategies, states]."""
        return self.payoff.max(axis=0) - self.payoff

    @cached_property
    def best(self) -> np.ndarray:
        """Share of being best in each state, [states, strategies]: 1, 0, or equal parts of a tie."""
        top = (self.payoff == self.payoff.max(axis=0)).T.astype(float)
        return top / top.sum(axis=1, keepdims=True)

    def noise_covariance(self) -> np.ndarray | None:
        """Return the covariance of the payoffs' chance noise, [states, strategies, strategies], or None."""
        if self.noise is None:
            return None
        if self.noise.ndim == 3:
            return np.moveaxis(self.noise, 2, 0)
        return np.einsum("ds,de->sde", self.noise, np.eye(len(self.strategies)))

    def index(self, strategy: str | None) -> int:
        """Return the index of a strategy by name; None is the recommended one.

        Raises:
            InputError: where no strategy has that name.
        """
        if strategy is None:
            return self.recommended
        if strategy not in self.strategies:
            raise InputError(
                f"no strategy `{strategy}` in the study; there are: {', '.join(self.strategies)}"
            )
        return self.strategies.index(strategy)
