"""A year of a war as the shipped tables record it: who fights, who supports whom with what, and what came in the next.

Read from `conflict_years.csv` (the war), `rebel_years.csv` and `rebel_forces.csv` (the forces that fight on) and
`supporters.csv` (a row for each stretch of years in which a state gave the same). All but `PanelYear.outcome` was known
on the last day of the year.

Source: the tables are made by `data/base_rates.py`, which names the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from equipoise.errors import InputError
from equipoise.scoring import base_rates
from equipoise.scoring.base_rates import (
    EXTERNAL,
    INTENSITY,
    OVER,
    SUPPORT_KNOWN,
    BaseRate,
    Intensity,
    Over,
    Row,
)

KINDS = {
    "x": "troops", "w": "weapons", "m": "materiel", "t": "training", "f": "money", "l": "territory",
    "i": "intelligence", "y": "access to bases",
}  # fmt: skip
"""The kinds of support, by their letter in `supporters.csv`."""
GOVERNMENT = 0
"""The side of the government, where a rebel force has its number."""
FALL = "rebel-victory"
"""What a year is followed by where rebels take power."""
Side = Literal["government", "rebels"]


@dataclass(frozen=True)
class Support:
    """What a state gave one side in a year.

    Attributes:
        state: which.
        to: a rebel force, or `GOVERNMENT`.
        kinds: letters of `KINDS`; none where the data say only that there was support.
        alone: whether any of it was given outside every coalition.
    """

    state: str
    to: int
    kinds: str
    alone: bool


@dataclass(frozen=True)
class PanelYear:
    """A year of a war that was not over at its end.

    Attributes:
        conflict, location, year: which.
        stake, intensity, age: what is fought over; from 1,000 deaths a year "war"; years since the fighting began.
        troops_gone: how many years ago the last foreign troops were with the government, up to 3; 0 if they are
            there or have been away for longer.
        forces: the rebel forces that fight on, number and name; none where the data record the end of every one of
            them and yet no end of the war.
        support: who supports the government, or any of those forces (any rebels where there is none).
        left_out: how many states supported rebel forces whose own fight was over by the end of the year; `support`
            does not hold that.
        outcome: what came in the following year, as `conflict_years.csv` says it. Not known in the year.
    """

    conflict: int
    location: str
    year: int
    stake: Over
    intensity: Intensity
    age: int
    troops_gone: int
    forces: tuple[tuple[int, str], ...]
    support: tuple[Support, ...]
    left_out: int
    outcome: str

    @property
    def fell(self) -> bool:
        """Whether rebels took power in the following year."""
        return self.outcome == FALL


def panel_year(conflict: int, year: int) -> PanelYear:
    """Return one year of a war.

    Args:
        conflict: UCDP's number of the conflict (333 is Afghanistan).
        year: the calendar year.

    Raises:
        InputError: no such conflict or year of it; the war was over at its end; or support is not recorded.
    """
    rows = [row for row in base_rates.table("conflict_years") if row["conflict"] == str(conflict)]
    if not rows:
        raise InputError(f"no conflict {conflict} in the panel; its numbers are UCDP's, 333 is Afghanistan")
    row = next((row for row in rows if row["year"] == str(year)), None)
    where = rows[0]["location"]
    if row is None:
        had = ", ".join(_runs([int(row["year"]) for row in rows if _usable(row)]))
        raise InputError(
            f"no fighting in {year} in conflict {conflict} ({where}); years to start from: {had}"
        )
    if row["at_risk"] == "0":
        raise InputError(
            f"conflict {conflict} ({where}) was over at the end of {year}: there is nothing to forecast"
        )
    if not _usable(row):
        first, last = SUPPORT_KNOWN
        raise InputError(f"who supported whom is recorded for {first}-{last}, not for {year}")
    return _panel_year(row)


def panel_years(*, over: Over | None = None) -> Iterator[PanelYear]:
    """Yield every year of every war that was not over at its end and whose support is recorded."""
    for row in base_rates.table("conflict_years"):
        if _usable(row) and over in (None, row["stake"]):
            yield _panel_year(row)


def _usable(row: Row) -> bool:
    return row["at_risk"] == "1" and row["supporters"] != ""


def _runs(years: list[int]) -> Iterator[str]:
    """Yield years in runs: 1990-1994, 1997."""
    starts = [year for year in years if year - 1 not in years]
    for start, end in zip(starts, [year for year in years if year + 1 not in years], strict=True):
        yield f"{start}-{end}" if end > start else f"{start}"


def _panel_year(row: Row) -> PanelYear:
    key = row["conflict"], row["year"]
    names = {force["dyad"]: force["name"] for force in base_rates.table("rebel_forces")}
    fighting = [
        force["dyad"]
        for force in base_rates.table("rebel_years")
        if (force["conflict"], force["year"]) == key
    ]
    given = [
        Support(one["state"], int(one["dyad"]), one["kinds"], one["alone"] == "1")
        for one in base_rates.table("supporters")
        if one["conflict"] == row["conflict"] and int(one["first"]) <= int(row["year"]) <= int(one["last"])
    ]
    listed = {GOVERNMENT, *map(int, fighting)}
    kept = tuple(one for one in given if one.to in listed or not fighting)
    return PanelYear(
        conflict=int(row["conflict"]), location=row["location"], year=int(row["year"]), stake=OVER[row["stake"]],
        intensity=INTENSITY[row["intensity"]], age=int(row["age"]), troops_gone=int(row["troops_gone"] or 0),
        forces=tuple((int(dyad), names[dyad]) for dyad in fighting), support=kept,
        left_out=len({one.state for one in given if one not in kept}), outcome=row["next"],
    )  # fmt: skip


def stops(side: Side, last: int) -> BaseRate | None:
    """Return how often a state's own support of a side stopped within a year, the war going on, by what was known then.

    Args:
        side: whom it supported.
        last: the last year whose records are used; a stop in it is known.

    Returns:
        The rate over supporters outside coalitions, of any kind of support; None where no year is recorded yet.
    """
    first, known = SUPPORT_KNOWN[0], {
        (row["conflict"], int(row["year"]))
        for row in base_rates.table("conflict_years")
        if row["supporters"] != "" and int(row["year"]) <= last
    }  # fmt: skip
    gave: dict[tuple[str, int, str], bool] = {}
    for row in base_rates.table("supporters"):
        if (row["dyad"] == str(GOVERNMENT)) == (side == "government"):
            for year in range(int(row["first"]), min(int(row["last"]), last) + 1):
                key = (row["conflict"], year, row["state"])
                gave[key] = gave.get(key, False) or row["alone"] == "1"
    at_risk = [
        (war, year + 1, state)
        for (war, year, state), alone in gave.items()
        if alone and (war, year + 1) in known
    ]
    if not at_risk:
        return None
    return base_rates.counted(
        "support-stops", events=sum(key not in gave for key in at_risk), exposure=len(at_risk),
        cases=f"support of any kind for the {side}, outside coalitions", period=f"{first}-{last}",
        unit="state supporter and year", source=EXTERNAL, claim=f"support-stops-{side}",
        says=base_rates.COUNTED["support-stops"], wars=len({war for war, *_ in at_risk}),
    )  # fmt: skip
