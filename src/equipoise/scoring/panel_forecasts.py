"""Forecasts of the unchosen cases: does the government fall within the year, for every year of every war.

Each year of the panel becomes a scenario (`unchosen`) and is played as things stand. The share of futures in which the
government fell stands beside the constant base rate of the day, and beside what came. Nothing is fitted. The years of
one war hang together, so a difference of scores is judged by drawing whole wars again.

Source: docs/unchosen-cases.md says what was chosen, and beforehand what so many cases can show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from equipoise.findings.summary import summarise
from equipoise.findings.tally import tallied
from equipoise.futures.play import Plan
from equipoise.records import Record
from equipoise.scenario import loads
from equipoise.scoring import base_rates
from equipoise.scoring.base_rates import OVER, Over
from equipoise.scoring.panel import FALL, PanelYear, panel_year
from equipoise.scoring.skill import Skill, compared
from equipoise.scoring.unchosen import fall_rate, unchosen
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

FUTURES, CHANCE, SEED = 4096, 4, 1
"""As `check` plays them; a chance of 3 % has a standard error of 0.3 %."""


@dataclass(frozen=True)
class PanelForecast(Record):
    """What was forecast of one year of one war, and what came.

    Attributes:
        conflict, location, year: which year of the panel; the forecast is of the one after it.
        stake: what is fought over.
        chance: the share of futures in which the government falls within 52 weeks.
        base: the constant: falls per year of war over the same, as known on the day, (falls + 1/2) / (years + 1).
        fell: whether rebels took power in that year.
    """

    conflict: int
    location: str
    year: int
    stake: Over
    chance: float
    base: float
    fell: bool


def forecast(year: PanelYear, *, futures: int = FUTURES, seed: int = SEED) -> PanelForecast:
    """Play the year after one of the panel, as things stand."""
    player = Player(compile_world(loads(unchosen(year)).scenario, profiles=[{}]), seed=seed)
    plan = Plan.of(futures, chance=CHANCE, seed=seed)
    chance = summarise(tallied(player, plan)).strategies[""].forces["government"].collapse
    base = constant(year.stake, year.year)
    return PanelForecast(year.conflict, year.location, year.year, year.stake, chance, base, year.fell)


def constant(stake: Over, year: int) -> float:
    """Return the constant beside a forecast made at the end of a year."""
    counted = fall_rate(stake, year)
    return (counted.events + 0.5) / (counted.exposure + 1)


Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


def beside_the_constant(found: Sequence[PanelForecast], score: Score) -> Skill:
    """Compare forecasts with the constant by a score of chances [n] and outcomes [n]; the groups are whole wars."""
    chance, base, fell = columns(found)
    return compared(score(chance, fell), score(base, fell), [one.conflict for one in found])


def columns(found: Sequence[PanelForecast]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return chances, constants and what came, 1 or 0, each [n]."""
    rows = [(one.chance, one.base, float(one.fell)) for one in found]
    chance, base, fell = np.array(rows, float).reshape(-1, 3).T
    return chance, base, fell


def drawn() -> tuple[PanelYear, ...]:
    """Return the years that were drawn by seed, one of each of 24 wars over government (`drawn.csv`)."""
    return tuple(panel_year(int(row["conflict"]), int(row["year"])) for row in base_rates.table("drawn"))


def shipped() -> tuple[PanelForecast, ...]:
    """Return the forecasts of all years as they were played when the table was made (`year_forecasts.csv`).

    They are what the model says only as long as years that are played again come out the same, to the last future.
    """
    of = {(row["conflict"], row["year"]): row for row in base_rates.table("conflict_years")}
    base = cache(constant)
    return tuple(
        PanelForecast(
            int(war["conflict"]), war["location"], int(war["year"]), OVER[war["stake"]], int(row["falls"]) / FUTURES,
            base(OVER[war["stake"]], int(war["year"])), war["next"] == FALL,
        )
        for row in base_rates.table("year_forecasts")
        for war in (of[row["conflict"], row["year"]],)
    )  # fmt: skip
