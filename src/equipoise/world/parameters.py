"""From draws to named arrays: what every state of the world says, number by number.

One table says where each parameter of the equations stands in the file; the reference and the kernel
both read its arrays, so that there is one reading of the file. Source: MODEL.md §1-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from equipoise.draws.values import Overrides, Remember, Values, draw
from equipoise.errors import InputError
from equipoise.scenario.model import CHANNELS
from equipoise.scenario.value_types import WEEKS_A_YEAR
from equipoise.world.compile import World
from equipoise.world.deals import settle
from equipoise.world.weights import weight_names

CERTAIN_RATE = 1e30
"""The weekly rate of a force that is certain to fall within a year: whatever it is multiplied by, λ is at its cap."""


@dataclass(frozen=True)
class Field:
    """One parameter: its axes and the path template it is read from.

    Axes: G regions, F forces, P patrons, C channels, W weights. A path that the file does not have is
    looked up one key shorter (one number for all), then takes `default`.
    """

    axes: str
    path: str
    default: float = 0.0


FIELDS: dict[str, Field] = {
    "control": Field("GF", "forces.{F}.control.{G}"),
    "home": Field("GF", "forces.{F}.home.{G}"),
    "momentum": Field("F", "forces.{F}.momentum"),
    "effect": Field("FC", "forces.{F}.backing-effect.{C}"),
    "bandwagon": Field("F", "forces.{F}.bandwagon"),
    "legitimacy": Field("F", "forces.{F}.legitimacy"),
    "undermine": Field("F", "forces.{F}.undermine"),
    "national": Field("F", "forces.{F}.volatility.national"),
    "regional": Field("F", "forces.{F}.volatility.regional"),
    "rate": Field("F", "forces.{F}.collapse.rate"),
    "threshold": Field("F", "forces.{F}.collapse.threshold", np.nan),
    "steepness": Field("F", "forces.{F}.collapse.steepness"),
    "shield": Field("FC", "forces.{F}.collapse.shield.{C}"),
    "panic": Field("F", "forces.{F}.collapse.panic"),
    "slide": Field("F", "forces.{F}.collapse.slide"),
    "receptivity": Field("F", "forces.{F}.receptivity.base", 1.0),
    "shopping": Field("F", "forces.{F}.receptivity.shopping"),
    "alienation": Field("F", "forces.{F}.resentment.alienation"),
    "duplicity": Field("F", "forces.{F}.resentment.duplicity"),
    "parity": Field("F", "forces.{F}.resentment.parity"),
    "hostility": Field("", "dynamics.hostility"),
    "fade": Field("", "dynamics.fade", 0.01),
    "warmth": Field("", "dynamics.warmth"),
    "inherit": Field("", "dynamics.inherit"),
    "realign_rate": Field("", "dynamics.realign-rate", 1.0),
    "realign_step": Field("", "dynamics.realign-step", 0.25),
    "violence": Field("", "dynamics.violence.start", 1.0),
    "violence_mean": Field("", "dynamics.violence.mean", 1.0),
    "revert": Field("", "dynamics.violence.revert", 0.1),
    "contest": Field("", "dynamics.violence.contest"),
    "after_fall": Field("", "dynamics.violence.after-fall"),
    "budget": Field("P", "patrons.{P}.engagement.budget", 1.0),
    "gain": Field("PF", "patrons.{P}.engagement.gain.{F}", 0.05),
    "standing": Field("PF", "patrons.{P}.standing.{F}"),
    "resented": Field("PF", "patrons.{P}.resented.{F}", 1.0),
    "backing": Field("PFC", "patrons.{P}.backing.{F}.{C}"),
    "weights": Field("PW", "patrons.{P}.values.{W}"),
    "terminal": Field("P", "patrons.{P}.values.terminal"),
}
"""Every parameter of the equations that the file states by name."""


@dataclass(frozen=True)
class Parameters:
    """Arrays of the states' parameters, each with a leading axis of states.

    Attributes:
        arrays: by the names of `FIELDS`, [states, *axes]; control is normalised within regions. Also
            `tie` [states, F, F] (symmetric, zero diagonal), `patron_tie` [states, P, P] (the same of patrons, where
            re-alignment looks at them, else empty), `base` [states, policies, F] (eq. 1), `season_push`
            [states, seasons, G, F] and `season_violence` [states, seasons],
            `amounts` [states, operations] (the numbers effects use), `weekly` [states, triggered] (the chance of each
            conditional event in a week) and `factors` [states, odds] (on their odds).
        values: every number by path, for the draws that precede the run.
        outcomes: by talk and issue, the forecast [states]. deals: by talk, whether a deal is struck [states].
            Talks that are settled inside the run are in neither.
    """

    arrays: dict[str, np.ndarray]
    values: Values
    outcomes: dict[str, dict[str, np.ndarray]]
    deals: dict[str, np.ndarray]

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self.arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def states(self) -> int:
        """How many states these are."""
        return len(self.arrays["fade"])


def parameters_of(
    world: World,
    first: int,
    states: int,
    *,
    seed: int,
    overrides: Overrides | None = None,
    remember: Remember | None = None,
) -> Parameters:
    """Return the parameters of consecutive states of a world.

    Args:
        world: compiled.
        first, states: which states. seed: of the run.
        overrides: what becomes of the values drawn at some paths, before anything is made of them.
        remember: what was drawn before need not be drawn again.
    """
    values = draw(world.numbers, first, states, seed=seed, overrides=overrides, remember=remember)
    return parameters_from(world, values, states)


def parameters_from(world: World, values: Values, n: int) -> Parameters:
    """Return the parameters of `n` states from the value of every number."""
    arrays = {name: _array(world, field, values, n) for name, field in FIELDS.items()}
    arrays["control"] = _shares(arrays["control"])
    arrays["rate"] += _weekly_rates(world, values, n)
    at_start = world.region_weight @ arrays["control"]
    arrays["threshold"] = np.where(np.isnan(arrays["threshold"]), at_start, arrays["threshold"])
    arrays["tie"] = _ties(world, values, n, world.forces)
    arrays["patron_tie"] = _ties(world, values, n, world.watched_patrons)
    arrays["base"] = _stack([[_base(b, values) for b in row.base] for row in world.policies], n)
    arrays["amounts"] = _row([_get(values, op.path, 0.0) for op in world.operations], n)
    arrays["weekly"] = _row([_weekly(values[o.chance], o.spread) for o in world.occurrences if o.chance], n)
    arrays["factors"] = _row([values[path] for o in world.occurrences for _, path in o.odds], n)
    arrays |= _seasons(world, values, n)
    outcomes, deals = _talks(world, values, n)
    return Parameters(arrays, values, outcomes, deals)


def _array(world: World, field: Field, values: Values, n: int) -> np.ndarray:
    names = {
        "G": world.regions, "F": world.forces, "P": world.patrons, "C": CHANNELS,
        "W": weight_names(world.forces, world.regions, world.patrons),
    }  # fmt: skip
    axes = [names[axis] for axis in field.axes]
    cells = [
        _get(values, field.path.format(**dict(zip(field.axes, combination, strict=True))), field.default)
        for combination in product(*axes)
    ]
    return _row(cells, n).reshape(n, *(len(axis) for axis in axes))


def _weekly_rates(world: World, values: Values, n: int) -> np.ndarray:
    """Return the weekly rates [n, F] of those forces whose chance of falling within a year is given, else 0."""
    chances = [values.get(f"forces.{j}.collapse.yearly", np.array(0.0)) for j in world.forces]
    with np.errstate(divide="ignore"):
        return np.minimum(-np.log1p(-_row(chances, n)) / WEEKS_A_YEAR, CERTAIN_RATE)


def _seasons(world: World, values: Values, n: int) -> dict[str, np.ndarray]:
    """Return what each season adds to fitness [n, seasons, G, F] and times what V̄ counts in it [n, seasons]."""
    seasons = sorted(world.scenario.dynamics.seasons.items())
    cells = [
        values.get(f"dynamics.seasons.{name}.push.{j}", np.array(0.0)) if season.acts_in(g) else np.array(0.0)
        for name, season in seasons
        for g in world.regions
        for j in world.forces
    ]
    violence = [values[f"dynamics.seasons.{name}.violence"] for name, _ in seasons]
    shape = (n, len(seasons), len(world.regions), len(world.forces))
    return {"season_push": _row(cells, n).reshape(shape), "season_violence": _row(violence, n)}


def _get(values: Values, path: str, default: float) -> np.ndarray:
    if path in values:
        return values[path]
    return values.get(path.rpartition(".")[0], np.array(default))


def _row(cells: list[np.ndarray], n: int) -> np.ndarray:
    if not cells:
        return np.zeros((n, 0))
    rows = np.empty(
        (len(cells), n)
    )  # a state's numbers lie apart and each number's together, as they are drawn
    for row, cell in zip(rows, cells, strict=True):
        row[:] = cell
    return rows.T


def _stack(rows: list[list[np.ndarray]], n: int) -> np.ndarray:
    return np.stack([_row(row, n) for row in rows], axis=1)


def _base(base: float | str, values: Values) -> np.ndarray:
    return values.get(base, np.array(0.0)) if isinstance(base, str) else np.array(base)


def _weekly(chance: np.ndarray, weeks: int) -> np.ndarray:
    """Return the weekly chance that comes to `chance` over some weeks."""
    return chance if weeks == 1 else 1 - (1 - chance) ** (1 / weeks)


def _shares(control: np.ndarray) -> np.ndarray:
    total = control.sum(axis=2, keepdims=True)
    if not (total > 0).all():
        raise InputError(
            "in some states of the world nobody controls some region at the start; raise its least control"
        )
    return control / total


def _ties(world: World, values: Values, n: int, actors: tuple[str, ...]) -> np.ndarray:
    out = np.zeros((n, len(actors), len(actors)))
    for tie in world.scenario.ties:
        if all(actor in actors for actor in tie.between):
            a, b = (actors.index(actor) for actor in sorted(tie.between))
            out[:, a, b] = out[:, b, a] = values[f"ties.{'|'.join(sorted(tie.between))}.sign"]
    return out


def _talks(
    world: World, values: Values, n: int
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, np.ndarray]]:
    """Forecast every talk that hangs on the state alone, and say where it would end in a deal."""
    outcomes: dict[str, dict[str, np.ndarray]] = {}
    deals: dict[str, np.ndarray] = {}
    for name in sorted({item.name for item in world.drawn if item.talk and not item.in_run}):
        settled = settle(world.scenario.talks[name], f"talks.{name}", values, world.scenario.quantities, n)
        outcomes[name], deals[name] = settled.outcomes, settled.deal
    return outcomes, deals
