"""What a scenario's futures say of questions: a chance for each yes or no, a distribution for each number.

The futures are those of `inference.updating`: one in each of many states, under the way of engaging that was followed,
and where something was seen since, those that went that way. A question about a day is read as observations are: what
is to have come by a day counts in the weeks that are over by the end of it, and what is measured on a day is how
things stand at the start of its week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError
from equipoise.findings.agreements import Happened, judged
from equipoise.futures.particles import Particles
from equipoise.inference.facts import week_of, weeks_over
from equipoise.inference.prospects import Averages
from equipoise.inference.updating import Seeing
from equipoise.inference.watching import weeks_of
from equipoise.records import Record
from equipoise.scenario.names import order_names
from equipoise.scenario.observations import Observation
from equipoise.scenario.outcomes.model import Kept, Measured, Order, Question

SAMPLE = 100
"""Quantiles by which a number's distribution is kept and scored, each standing for a hundredth."""
_COMES = {"fell": "fall", "happened": "event", "deal": "deal"}


@dataclass(frozen=True)
class Said(Record):
    """What is said of a question.

    Attributes:
        chance, se, low, high: of yes, its standard error and 95 % interval; None where a number is asked.
        mean, p5, p50, p95: of the number; None where yes or no is asked.
        sample: the number's quantiles at 0.005, 0.015, ... 0.995; empty where yes or no is asked.
    """

    chance: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    p5: float | None = None
    p50: float | None = None
    p95: float | None = None
    sample: tuple[float, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What futures answer to questions.

    Attributes:
        values: by question, the answer in each future [n]: 1 or 0, or a number.
        start: by question about a quantity, its mean when the forecast is made.
        said: by question, what that says.
        futures: how many there are. effective: how many they are worth, fewer where something was seen.
    """

    values: Mapping[str, np.ndarray]
    start: Mapping[str, float]
    said: Mapping[str, Said]
    futures: int
    effective: float


def answered(
    seeing: Seeing, questions: Mapping[str, Question], observations: Sequence[Observation] = ()
) -> Answered:
    """Return what futures answer to questions, all of them about days after the last observation.

    Raises:
        InputError: no future went the way that was seen.
    """
    world = seeing.world
    measured = {name: q for name, q in questions.items() if isinstance(q, Measured)}
    patrons = frozenset(world.patrons.index(q.subject[0]) for q in measured.values() if q.key == "standing")
    begun = seeing.update((), patrons=patrons)[1]
    start = {name: _value(begun, q) for name, q in measured.items()}
    found, futures = seeing.update(observations, patrons=patrons)
    if not len(found.origin):
        raise InputError("no future goes the way that was seen; more futures, or other observations, may")
    means = {name: float(_value(futures, q).mean()) for name, q in measured.items()}
    values: dict[str, np.ndarray] = {}
    for name, q in sorted(measured.items(), key=lambda item: item[1].day):
        futures.advance(max(week_of(world, q.day), futures.week))
        values[name] = _bounded(q, _value(futures, q), start[name][found.origin])
    values |= _come(seeing, {name: q for name, q in questions.items() if name not in measured}, futures)
    average = seeing.averages(found.origin)
    said = {name: _said(questions[name], values[name], average) for name in questions}
    return Answered(values, means, said, len(found.origin), found.effective)


def _come(seeing: Seeing, questions: Mapping[str, Question], futures: Particles) -> dict[str, np.ndarray]:
    """Return by question whether what it asks for comes in time in each future [n]."""
    if not questions:
        return {}
    world, played = seeing.world, futures.go_on(1)
    weeks = weeks_of(world, seeing.player.columns, played)
    orders = order_names(world.forces)
    order = played.outcomes[0, seeing.player.columns["order"]]
    happened = Happened(seeing.player, played.weeks[0], played.outcomes[0])
    out = {}
    for name, q in questions.items():
        if isinstance(q, Order):
            out[name] = (order == orders.index(q.order)).astype(float)
        elif isinstance(q, Kept):
            agreement = world.scenario.agreements[q.kept]
            found = judged(happened, agreement, agreement.terms[q.term])
            out[name] = (found.kept & (found.deadline < weeks_over(world, q.day))).astype(float)
        else:
            week = weeks[_COMES[q.key], q.subject[0]]
            out[name] = ((week >= 0) & (week < weeks_over(world, q.day))).astype(float)
    return out


def _value(futures: Particles, q: Measured) -> np.ndarray:
    """Return the quantity that is asked about as it stands [n]."""
    world, subject = futures.world, q.subject
    if q.key == "power":
        return futures.power(world.forces.index(subject[0]))
    if q.key == "control":
        return futures.control(world.forces.index(subject[0]), world.regions.index(subject[1]))
    if q.key == "standing":
        return futures.standing(world.patrons.index(subject[0]), world.forces.index(subject[1]))
    return futures.violence()


def _bounded(q: Measured, values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return whether values lie on the side of the bound that is asked about, or the values where none is."""
    if not q.yes_no:
        return values
    (key,) = q.bounds
    bound = start if key.endswith("start") else getattr(q, key)
    return (values < bound if key.startswith("below") else values > bound).astype(float)


def _said(q: Question, values: np.ndarray, average: Averages) -> Said:
    if q.yes_no:
        (chance,) = average(values[None])
        return Said(chance.mean, chance.se, chance.low, chance.high)
    p5, p50, p95 = (float(at) for at in np.quantile(values, [0.05, 0.5, 0.95]))
    sample = np.quantile(values, (np.arange(SAMPLE) + 0.5) / SAMPLE)
    return Said(mean=float(values.mean()), p5=p5, p50=p50, p95=p95, sample=tuple(sample.tolist()))
