"""Base rates: how often such things happen in civil wars at large, before anything is said of this one.

The first question to a forecast is what the base rate is. The rows count what the Uppsala Conflict Data
Program recorded; `counted` says by which columns of its files. The intervals are Wilson's for a share.
They take years as independent; the years of one war are not, so the truth is less sure than they say.
A rebel victory over government is the nearest recorded thing to "the incumbent falls"; it is not the same.

Source: Kreutz 2010, *How and when armed conflicts end*, Journal of Peace Research 47:243-250, dataset
3-2021; Meier, Karlen, Pettersson and Croicu 2022, *External support in armed conflicts*, Journal of Peace
Research, dataset 18.1; Wilson 1927 for the interval.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from equipoise.errors import InputError
from equipoise.scenario.value_types import WEEKS_A_YEAR


@dataclass(frozen=True)
class BaseRate:
    """How often something happened, of how many chances it had.

    Attributes:
        kind: what happened ("rebel-victory").
        cases: among which conflicts or supporters.
        period: years counted, both ends included.
        events: how often it happened.
        exposure: how often it could have, in `unit`.
        unit: what one chance is ("conflict-year": the rate is a chance a year).
        rate: events / exposure.
        low, high: 95 % Wilson interval of the rate.
        counted: the columns and values counted.
        source: whose data.
    """

    kind: str
    cases: str
    period: str
    events: int
    exposure: int
    unit: str
    rate: float
    low: float
    high: float
    counted: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return it for a table or JSON."""
        return asdict(self)


@cache
def _table() -> tuple[BaseRate, ...]:
    from scipy.stats import binomtest

    text = resources.files("equipoise.scoring").joinpath("base_rates.csv").read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(text.splitlines()):
        events, exposure = int(row.pop("events")), int(row.pop("exposure"))
        low, high = binomtest(events, exposure).proportion_ci(method="wilson")
        rate = events / exposure
        rows.append(BaseRate(events=events, exposure=exposure, rate=rate, low=low, high=high, **row))
    return tuple(rows)


def kinds() -> tuple[str, ...]:
    """Return the kinds of event there are base rates for, in the table's order."""
    return tuple(dict.fromkeys(row.kind for row in _table()))


def base_rates(
    kind: str | None = None, *, cases: str | None = None, period: str | None = None
) -> tuple[BaseRate, ...]:
    """Return the base rates of a kind of event, each with a 95 % interval.

    Args:
        kind: one of `kinds()`; None is all.
        cases: only these cases ("over-government"); None is all.
        period: only this period ("1990-2020"); None is all.

    Raises:
        InputError: nothing goes by that name; the message lists what does.
    """
    rows = _table()
    for column, wanted in (("kind", kind), ("cases", cases), ("period", period)):
        if wanted is None:
            continue
        known = dict.fromkeys(getattr(row, column) for row in rows)
        rows = tuple(row for row in rows if getattr(row, column) == wanted)
        if not rows:
            raise InputError(f"no base rates with {column} {wanted!r}; there are: {', '.join(known)}")
    return rows


def yearly_chance(collapse_by_week: Sequence[float]) -> float:
    """Return the chance a year that a cumulative curve over weeks amounts to.

    A constant weekly hazard is read into the whole curve: 1 - (1 - P(T))^(52/T). With T = 52 that is P(T)
    itself. The shape of the curve is not used; where the hazard changes much (a withdrawal half way), the
    yearly chance of a shorter or longer run is an average over the run and no forecast for its first year.

    Args:
        collapse_by_week: chance to have happened by each week, the start first (T + 1 values, the start
            0), as in the summary.

    Raises:
        InputError: fewer than two values, values that fall or leave 0 to 1, or a start above 0.
    """
    curve = [float(value) for value in collapse_by_week]
    if len(curve) < 2 or not all(0 <= value <= 1 for value in curve):
        raise InputError("a cumulative curve needs the start and at least one week, all from 0 to 1")
    if curve[0] != 0 or any(later < earlier for earlier, later in pairwise(curve)):
        raise InputError("a cumulative curve starts at 0 and never falls")
    weeks = len(curve) - 1
    if curve[-1] == 1:
        return 1.0
    if weeks == WEEKS_A_YEAR:
        return curve[-1]
    return -math.expm1(math.log1p(-curve[-1]) * WEEKS_A_YEAR / weeks)
