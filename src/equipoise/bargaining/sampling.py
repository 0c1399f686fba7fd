"""From a scenario's talk to its table: the talk's uncertain numbers in the states that futures have too.

Draw k is state k of a run with the same seed (`draws.values`), so that the chance of a deal under a talk's own model
is the same number here and there. Source: MODEL.md §5 *Sampling*.
"""

from __future__ import annotations

import difflib

import numpy as np

from equipoise.bargaining.table import Table
from equipoise.draws.values import draw, is_control, power_at_start, uncertain, with_sources
from equipoise.errors import InputError
from equipoise.scenario.model import Issue, Scenario, Talk
from equipoise.scenario.number import Number, quantile, support
from equipoise.scenario.places import places
from equipoise.scenario.resolving import clouts
from equipoise.scenario.value_types import POWER

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
        draws: how many states; a talk without uncertainty has one.
        seed: of the run whose states they are.
    """
    if draws < 1:
        raise InputError(f"draws: {draws} given; at least 1 is needed")
    talk = talk_named(scenario, name)
    given, path = clouts(talk, scenario), f"talks.{name}"
    actors = tuple(sorted({*given, *talk.veto, *(a for i in talk.issues.values() for a in i.positions)}))
    issues = tuple(sorted(talk.issues))
    powers = POWER in given.values()
    numbers = places(scenario)
    places_of_talk = (f"{path}.clout.", f"{path}.issues.")
    own = [at for at in numbers if at.startswith(places_of_talk) or (powers and is_control(at))]
    wanted = with_sources(numbers, own)
    count = draws if uncertain(wanted) else 1
    values = draw(wanted, 0, count, seed=seed)
    if powers:
        power = power_at_start(scenario, values, count)
        values |= {f"{path}.clout.{a}": power[a] for a, clout in given.items() if clout == POWER}

    def rows(at: str, missing: float) -> np.ndarray:
        found = [np.broadcast_to(values.get(f"{at}.{a}", missing), (count,)) for a in actors]
        return np.stack(found, axis=-1)

    parts = {
        part: np.stack([rows(f"{path}.issues.{k}.{part}", np.nan) for k in issues], axis=1)
        for part in ("positions", "salience", "reservation")
    }
    return Table(
        title=talk.what or name,
        actors=actors,
        issues=issues,
        positions=parts["positions"],
        salience=parts["salience"],
        clout=rows(f"{path}.clout", 0.0),
        scales=np.array([issue_scale(talk.issues[k], scenario.quantities) for k in issues]),
        reservation=parts["reservation"],
        veto=np.isin(actors, talk.veto),
        reference=np.full((count, len(issues)), np.nan),
        labels=tuple(dict(sorted(talk.issues[k].scale.items())) for k in issues),
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
    if number.mix is not None:
        ends = [_range(part, quantities) for part in number.mix]
        return min(low for low, _ in ends), max(high for _, high in ends)
    if number.is_ is not None:
        factor = 1.0 if number.times is None else number.times
        low, high = sorted(factor * end for end in _range(quantities[number.is_], quantities))
        return low, high
    low, high = support(number)
    if not np.isfinite([low, high]).all():
        low, high = (float(v) for v in quantile(number, np.array([_TAIL, 1 - _TAIL])))
    return low, high
