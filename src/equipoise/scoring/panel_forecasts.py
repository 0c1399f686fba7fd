"""Forecasts of the unchosen cases: does the government fall within the year, for every year of every war.

Each year of the panel becomes a scenario (`unchosen`) and is played as things stand. The share of futures in which the
government fell stands beside the constant base rate of the day, and beside what came. Nothing is fitted. The years of
one war hang together, so a difference of scores is judged by drawing whole wars again.

Source: docs/unchosen-cases.md says what was chosen, and beforehand what so many cases can show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.findings.summary import summarise
from equipoise.findings.tally import Tally
from equipoise.futures.play import Plan, batches
from equipoise.records import Record
from equipoise.scenario import loads
from equipoise.scoring.panel import PanelYear
from equipoise.scoring.unchosen import fall_rate, unchosen
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

FUTURES, CHANCE, SEED = 4096, 4, 1
"""As `check` plays them; a chance of 3 % has a standard error of 0.3 %."""
RESAMPLES = 2000


@dataclass(frozen=True)
class PanelForecast(Record):
    """What was forecast of one year of one war, and what came.

    Attributes:
        conflict, location, year: which year of the panel; the forecast is of the one after it.
        chance: the share of futures in which the government falls within 52 weeks.
        base: the constant: falls per year of war over the same, as known on the day, (falls + 1/2) / (years + 1).
        fell: whether rebels took power in that year.
    """

    conflict: int
    location: str
    year: int
    chance: float
    base: float
    fell: bool


def forecast(year: PanelYear, *, futures: int = FUTURES, seed: int = SEED) -> PanelForecast:
    """Play the year after one of the panel, as things stand."""
    player = Player(compile_world(loads(unchosen(year)).scenario, profiles=[{}]), seed=seed)
    plan = Plan.of(futures, chance=CHANCE, seed=seed)
    tally = Tally(player, plan.chance)
    for batch in batches(player, plan):
        tally.add(batch)
    chance = summarise(tally).strategies[""].forces["government"].collapse
    counted = fall_rate(year)
    base = (counted.events + 0.5) / (counted.exposure + 1)
    return PanelForecast(year.conflict, year.location, year.year, chance, base, year.fell)


def forecasts(
    years: Iterable[PanelYear], *, futures: int = FUTURES, seed: int = SEED
) -> Iterator[PanelForecast]:
    """Forecast each year, all with the same seed, so that each can be played again alone."""
    return (forecast(year, futures=futures, seed=seed) for year in years)


@dataclass(frozen=True)
class Gain(Record):
    """A mean score of the model beside that of the constant, over the same cases.

    Attributes:
        cases, wars, falls: how many.
        model, constant: mean scores, lower is better.
        gain: constant - model; above 0 where the model is better.
        low, high: its 95 % interval, whole wars drawn again.
    """

    cases: int
    wars: int
    falls: int
    model: float
    constant: float
    gain: float
    low: float
    high: float


Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


def gain(found: Sequence[PanelForecast], score: Score, *, seed: int = SEED) -> Gain:
    """Compare forecasts with the constant by a score of chances [n] and outcomes [n].

    Args:
        found: the forecasts.
        score: a scoring rule, lower is better.
        seed: of the draws of wars.
    """
    chance, base, fell = (
        np.array([getattr(one, name) for one in found], float) for name in ("chance", "base", "fell")
    )
    model, constant = score(chance, fell), score(base, fell)
    wars, of = np.unique([one.conflict for one in found], return_inverse=True)
    sums, sizes = np.bincount(of, constant - model), np.bincount(of)
    drawn = np.random.Generator(np.random.Philox(seed)).integers(len(wars), size=(RESAMPLES, len(wars)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Gain(
        len(found), len(wars), int(fell.sum()), float(model.mean()), float(constant.mean()),
        float((constant - model).mean()), float(low), float(high),
    )  # fmt: skip
