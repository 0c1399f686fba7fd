"""Make the small tables of `src/equipoise/scoring` from extracts of public data.

`python data/base_rates.py RAW OUT`: RAW holds the four extracts that `data/README.md` names; OUT gets
`conflict_years.csv`, `drawn.csv`, `rebel_years.csv`, `rebel_forces.csv`, `supporters.csv` and `counts.csv`. Nothing is
fitted: rows are selected, joined by conflict and year, and counted. What was coded by hand is in `OWN_OUTCOMES` and
`OWN_FALLS`, and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

OUTCOMES = {
    1: "agreement", 2: "ceasefire", 3: "government-victory", 4: "rebel-victory", 5: "low-activity", 6: "rebels-cease",
}  # fmt: skip
DECISIVE = (1, 2, 3, 4, 6)
"""Outcomes after which the same episode cannot go on; low activity is a pause that may end."""

OWN_OUTCOMES = {("Chad", "MPS", 1990): 4}
"""The MPS took N'Djamena on 1 December 1990; the file leaves the outcome empty."""
OWN_FALLS = {(333, 2021), (299, 2024)}
"""Kabul on 15 August 2021 and Damascus on 8 December 2024, after the end of the termination data (2020)."""

LEFT_OUT = "United States of America"
"""Al-Qaida against the United States is no civil war in any sense that matters here."""
COUPS = ("Presidential guard", "Popular Front", "NSF", "Maidan")
"""Sides other than "Military faction" whose fight was a coup or a rising in the capital rather than a rebellion."""

SUPPORT = {"any": "ext_sup", "troops": "ext_x", "weapons": "ext_w", "money": "ext_f", "training": "ext_t",
           "territory": "ext_l"}  # fmt: skip
GIVEN = {"troops": "ext_x", "weapons": "ext_w", "materiel": "ext_m", "training": "ext_t", "money": "ext_f",
         "territory": "ext_l", "intelligence": "ext_i", "access": "ext_y"}  # fmt: skip
"""What a supporter is recorded to have given, a letter each in `supporters.csv`: that of its column here."""
DRAW = 2026
"""The seed of the years that chance chose."""
BANDS = {"0-3 months": (0, 91), "3-12 months": (91, 365), "year 2": (365, 730), "years 3-5": (730, 1826),
         "years 6-10": (1826, 3652), "after 10 years": (3652, 10**6)}  # fmt: skip
"""Age of a fight in days, first to last."""

TERMINATION = "Kreutz 2010; UCDP Conflict Termination Dataset 3-2021"
EXTERNAL = "Meier et al. 2022; UCDP External Support Dataset 18.1"
ARMED = "Davies et al. 2025; UCDP/PRIO Armed Conflict Dataset 25.1"


class Raw:
    """The extracts, read and cut to wars within states."""

    def __init__(self, folder: Path) -> None:
        internal = ("type_of_conflict", (3, 4))
        wars = self._read(folder, "ucdp_prio_acd_25_1", internal)
        for column in (
            "year",
            "incompatibility",
            "intensity_level",
        ):  # one row of another kind makes them text
            wars[column] = pd.to_numeric(wars[column]).astype(int)
        self.wars = wars.drop_duplicates(["conflict_id", "year"])
        dyads = self._read(folder, "ucdp_term_dyad_3_2021", internal)
        dyads["side_b"] = dyads.side_b.str.strip()
        for (where, who, year), outcome in OWN_OUTCOMES.items():
            dyads.loc[(dyads.location == where) & (dyads.side_b == who) & (dyads.year == year), "outcome"] = (
                outcome
            )
        dyads["coup"] = dyads.side_b.str.contains("Military faction") | dyads.side_b.isin(COUPS)
        self.dyads = dyads
        ends = self._read(folder, "ucdp_term_acd_3_2021", internal).drop_duplicates(["conflict_id", "year"])
        self.ends = {
            (e.conflict_id, e.year): int(e.outcome)
            for e in ends.itertuples()
            if e.confterm == 1 and e.outcome > 0
        }
        triads = pd.read_csv(folder / "ucdp_esd_ty_18_1.csv.gz").query("civil == 1")
        self.known = set(zip(triads.conflict_id, triads.year, strict=True))
        self.support = triads.query("ext_sup == 1 and ext_nonstate == 0 and ext_alleged == 0").assign(
            side=lambda t: t.actor_nonstate.map({0: "government", 1: "rebels"})
        )

    @staticmethod
    def _read(folder: Path, name: str, among: tuple[str, tuple[int, ...]]) -> pd.DataFrame:
        table = pd.read_csv(folder / f"{name}.csv.gz")
        return table[table[among[0]].isin(among[1]) & table.year.notna()].copy()

    def falls(self, *, coups: bool) -> set[tuple[int, int]]:
        """Return the conflicts and years in which a rebel force won; those by coups alone only if asked for."""
        won = self.dyads[(self.dyads.outcome == 4) & (coups | ~self.dyads.coup)]
        return set(zip(won.conflict_id, won.year, strict=True)) | OWN_FALLS


Sets = dict[tuple[int, int], set]
"""Who gave something, by conflict (or dyad) and year."""


def givers(support: pd.DataFrame, *, side: str, column: str = "ext_sup", by: str = "conflict_id") -> Sets:
    """Return the states that gave a side one kind of support, by conflict or dyad and year."""
    rows = support[(support.side == side) & (support[column] == 1)]
    return rows.groupby([by, "year"]).ext_id.agg(set).to_dict()


def years_since(sets: Sets, war: int, year: int, most: int = 3) -> int:
    """Return how many years ago somebody last gave, who now does not; 0 if now or longer ago than `most`."""
    if sets.get((war, year)):
        return 0
    return next((lag for lag in range(1, most + 1) if sets.get((war, year - lag))), 0)


def parties(wars: pd.DataFrame, column: str) -> Sets:
    """Return the states named as secondary parties on a side, that is with troops."""
    named = wars[column].fillna("").str.split(",").map(lambda names: {n.strip() for n in names} - {""})
    return dict(zip(zip(wars.conflict_id, wars.year, strict=True), named, strict=True))


def conflict_years(raw: Raw) -> pd.DataFrame:
    """Return every year of every war within a state, what was known in it and what came in the year after."""
    wars = raw.wars
    went_on = set(zip(wars.conflict_id, wars.year, strict=True))
    fell = raw.falls(coups=True)
    here, there = parties(wars, "side_a_2nd"), parties(wars, "side_b_2nd")
    sets = {
        (side, column): givers(raw.support, side=side, column=column)
        for side in ("government", "rebels")
        for column in ("ext_sup", "ext_x")
    }
    rows = []
    for war in wars[wars.location != LEFT_OUT].sort_values(["conflict_id", "year"]).itertuples():
        key = (int(war.conflict_id), war.year)
        over = raw.ends.get(key, 0) in DECISIVE
        row = {
            "conflict": key[0], "location": war.location, "year": war.year,
            "stake": "territory" if war.incompatibility == 1 else "government",
            "intensity": "war" if war.intensity_level == 2 else "minor",
            "age": war.year - int(war.start_date2.rpartition("-")[2]),
            "at_risk": int(not over), "fell": int(key in fell),
            "next": _next(key, over, fell, went_on, raw.ends),
            "parties": len(here[key]), "parties_gone": years_since(here, *key), "rebel_parties": len(there[key]),
        }  # fmt: skip
        if key in raw.known and 1975 <= war.year <= 2017:
            row |= {
                name: len(sets[pair].get(key, ()))
                for name, pair in {
                    "supporters": ("government", "ext_sup"), "troops": ("government", "ext_x"),
                    "rebel_supporters": ("rebels", "ext_sup"), "rebel_troops": ("rebels", "ext_x"),
                }.items()
            }  # fmt: skip
            row["troops_gone"] = years_since(sets["government", "ext_x"], *key)
            row["support_gone"] = years_since(sets["government", "ext_sup"], *key, most=2)
            row["rebel_support_gone"] = years_since(sets["rebels", "ext_sup"], *key, most=2)
        rows.append(row)
    table = pd.DataFrame(rows)
    counts = table.columns[table.columns.get_loc("supporters") :]
    return table.astype(dict.fromkeys(counts, "Int64"))


def _next(key: tuple[int, int], over: bool, fell: set, went_on: set, ends: dict) -> str:
    later = (key[0], key[1] + 1)
    if later in fell and (later in went_on or later in OWN_FALLS):
        return "rebel-victory"
    if later not in went_on:
        return "over" if over else "quiet"
    return OUTCOMES.get(ends.get(later, 0), "goes-on")


def rebel_years(raw: Raw) -> pd.DataFrame:
    """Return every year in which a rebel force fought on, 1975-2017, who was behind it and what came next."""
    dyads = raw.dyads[raw.dyads.year.between(1975, 2018)]
    outcome = dict(zip(zip(dyads.dyad_id, dyads.year, strict=True), dyads.outcome, strict=True))
    by = {"by": "dyad_id"}
    behind = givers(raw.support, side="rebels", **by)
    troops = givers(raw.support, side="rebels", column="ext_x", **by)
    against = givers(raw.support, side="government", column="ext_x", **by)
    rows = []
    for d in dyads[(dyads.year <= 2017) & (dyads.location != LEFT_OUT)].itertuples():
        if d.outcome in DECISIVE:
            continue
        key, later = (d.dyad_id, d.year), (d.dyad_id, d.year + 1)
        begun = int(d.start_date2.rpartition("/")[2])
        rows.append({
            "conflict": d.conflict_id, "dyad": d.dyad_id, "year": d.year,
            "age": d.year - (begun + (1900 if begun > 24 else 2000)),
            "stake": "territory" if d.incompatibility == 1 else "government",
            "intensity": "war" if d.intensity_level == 2 else "minor",
            "troops": len(against.get(key, ())), "rebel_supporters": len(behind.get(key, ())),
            "rebel_troops": len(troops.get(key, ())), "rebel_support_gone": years_since(behind, *key, most=2),
            "next": "quiet" if later not in outcome else OUTCOMES.get(outcome[later], "goes-on"),
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values(["conflict", "dyad", "year"])


def rebel_forces(raw: Raw, years: pd.DataFrame) -> pd.DataFrame:
    """Return the name of each rebel force that has a year in `rebel_years.csv`, the latest where it changed."""
    names = raw.dyads.sort_values("year").groupby("dyad_id").side_b.last()
    return pd.DataFrame([{"dyad": dyad, "name": names[dyad]} for dyad in sorted(set(years.dyad))])


def supporters(raw: Raw) -> pd.DataFrame:
    """Return which state gave what to whom from when to when, a row for each stretch in which that stayed the same.

    `dyad` is the rebel force that was supported, 0 the government; `kinds` are letters of `GIVEN`, none where the
    data say only that there was support; `alone` is 1 where it was given outside every coalition, too, in that year.
    """
    table = raw.support.assign(
        dyad=raw.support.dyad_id.where(raw.support.side == "rebels", 0),
        alone=(raw.support.ext_coalition != 1).astype(int),
        state=raw.support.ext_name.str.removeprefix("Government of "),
    )
    given = table.groupby(["conflict_id", "dyad", "state", "year"])[[*GIVEN.values(), "alone"]].max()
    rows: list[dict] = []
    for (war, dyad, state, year), what in given.iterrows():
        kinds = "".join(column[-1] for column in GIVEN.values() if what[column])
        row = {"conflict": war, "dyad": dyad, "state": state, "kinds": kinds, "alone": int(what.alone)}
        if rows and rows[-1].items() >= row.items() and rows[-1]["last"] == year - 1:
            rows[-1]["last"] = year
        else:
            rows.append(row | {"first": year, "last": year})
    return pd.DataFrame(rows)


Count = dict[str, object]


def count(kind: str, cases: str, period: str, events: int, exposure: float, unit: str, source: str) -> Count:
    """Return one row of `counts.csv`."""
    return {
        "kind": kind, "cases": cases, "period": period, "events": int(events), "exposure": exposure, "unit": unit,
        "source": source,
    }  # fmt: skip


def support_stops(raw: Raw) -> Iterator[Count]:
    """Yield how often a state that supports a side no longer does so a year later, while the war goes on."""
    lone = raw.support[raw.support.ext_coalition != 1]
    for side in ("government", "rebels"):
        for kind, column in SUPPORT.items():
            given = givers(raw.support, side=side, column=column)
            apart = givers(lone, side=side, column=column)
            for among, words in ((given, ""), (apart, ", outside coalitions")):
                at_risk = [
                    (war, state, year)
                    for (war, year), states in among.items()
                    for state in states
                    if year < 2017 and (war, year + 1) in raw.known
                ]
                stopped = sum(state not in given.get((war, year + 1), ()) for war, state, year in at_risk)
                support = "support of any kind" if kind == "any" else kind
                yield count(
                    "support-stops", f"{support} for the {side}{words}", "1975-2017", stopped, len(at_risk),
                    "state supporter and year", EXTERNAL,
                )  # fmt: skip


def after_falls(raw: Raw) -> Iterator[Count]:
    """Yield whom the supporters of the three years before a fall support in the three years after it."""
    sides = {side: givers(raw.support, side=side) for side in ("government", "rebels")}
    over = set(raw.wars[raw.wars.incompatibility.isin([2, 3]) & (raw.wars.location != LEFT_OUT)].conflict_id)
    seen: dict[str, list[tuple[bool, bool]]] = {"rebels": [], "government": [], "both sides": []}
    for war, year in raw.falls(coups=False):
        after = [(war, year + lag) for lag in (1, 2, 3)]
        if war not in over or not 1976 <= year <= 2014 or not raw.known.intersection(after):
            continue
        before = [(war, year - lag) for lag in (1, 2, 3)]
        gave = {s: set().union(*(sides[s].get(key, set()) for key in before)) for s in sides}
        gives = {s: set().union(*(sides[s].get(key, set()) for key in after)) for s in sides}
        for state in gave["government"] | gave["rebels"]:
            both = state in gave["government"] and state in gave["rebels"]
            side = "both sides" if both else "rebels" if state in gave["rebels"] else "government"
            seen[side].append((state in gives["government"], state in gives["rebels"]))
    for side, states in seen.items():
        for at, what in ((0, "supports-the-new-government"), (1, "supports-new-rebels")):
            cases = f"supporters of {'' if side == 'both sides' else 'the '}{side} before a fall"
            yield count(
                what, cases, "1976-2014", sum(s[at] for s in states), len(states),
                "state supporter and fall", EXTERNAL,
            )  # fmt: skip


def after_withdrawals(raw: Raw) -> Iterator[Count]:
    """Yield how often the government fell within some years after the last foreign troops on its side had left."""
    wars = raw.wars[raw.wars.incompatibility.isin([2, 3]) & (raw.wars.location != LEFT_OUT)]
    troops, falls = parties(wars, "side_a_2nd"), raw.falls(coups=False)
    lags: list[tuple[int, float]] = []
    for war, year in sorted(key for key, states in troops.items() if states and key[1] < 2024):
        later = next(((war, year + k) for k in (1, 2, 3) if (war, year + k) in troops), None)
        if later and troops[later]:
            continue  # they stayed, or came back while it was quiet
        leaving = (war, year) == (333, 2021)  # Kabul fell while they were leaving
        if not leaving and (later is None or raw.ends.get((war, year)) in (1, 2, 3, 4)):
            continue  # the war was over with them
        lags.append((year, min((y - year for w, y in falls if w == war and 0 <= y - year <= 5), default=9)))
    for k in (1, 2, 3, 5):
        seen = [lag for year, lag in lags if year <= 2024 - k]
        years = "a year" if k == 1 else f"{k} years"
        yield count(
            "falls-after-withdrawal", f"within {years} of the last foreign troops", "1946-2024",
            sum(lag <= k for lag in seen), len(seen), "withdrawal while the war goes on", f"{ARMED}; {TERMINATION}",
        )  # fmt: skip


def ends_by_age(raw: Raw) -> Iterator[Count]:
    """Yield how often fights over government and territory end, per year of fighting, by their exact age."""
    fights = _fights(raw.dyads[raw.dyads.location != LEFT_OUT])
    over = fights[fights.stake == "government"]
    groups = {
        "over government": over,
        "over government, coups apart": over[~over.coup],
        "over territory": fights[fights.stake == "territory"],
    }
    kinds = {"rebels-win-by-age": (4,), "government-wins-by-age": (3,), "agreement-by-age": (1, 2),
             "fight-ends-by-age": tuple(OUTCOMES)}  # fmt: skip
    for kind, outcomes in kinds.items():
        for words, among in groups.items():
            for age, (first, last) in BANDS.items():
                years = round((among.days.clip(first, last) - first).sum() / 365.25, 1)
                ended = among.outcome.isin(outcomes) & (among.days > first) & (among.days <= last)
                yield count(
                    kind, f"{words}, {age}", "1946-2020", ended.sum(), years, "year of fighting", TERMINATION
                )


def _fights(dyads: pd.DataFrame) -> pd.DataFrame:
    """Return the episodes of fighting between a government and a force, with their length in days and outcome.

    The extract's own identifier of episodes, `dyadep_id`, is rounded in it and joins episodes that have nothing to do
    with each other; conflict, dyad and the day on which it began name one.
    """
    rows = []
    for _, years in dyads.sort_values("year").groupby(["conflict_id", "dyad_id", "start_date2"]):
        last = years.iloc[-1]
        begun = _day(last.start_date2, years.year.iloc[0])
        ended = _day(last.ependdate, last.year) if last.dyadterm == 1 else pd.Timestamp(2020, 12, 31)
        if ended is None:
            ended = pd.Timestamp(int(last.year), 12, 31)
        rows.append({
            "stake": "territory" if last.incompatibility == 1 else "government", "coup": last.coup,
            "days": max(1, (ended - begun).days), "outcome": last.outcome if last.dyadterm == 1 else 0,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _day(written: object, near: int) -> pd.Timestamp | None:
    """Read month/day/year of two digits, in the century nearest to a year; None where nothing is written."""
    if not isinstance(written, str):
        return None
    month, day, year = map(int, written.split("/"))
    full = min((1900 + year, 2000 + year), key=lambda y: abs(y - near))
    return pd.Timestamp(full, month, min(day, 28))


def both_sides(raw: Raw) -> Iterator[Count]:
    """Yield how often a state supports both sides, or several rebel forces, of one war."""
    table, unit = raw.support, "state supporter and year"
    for words, key in {
        "same two opponents in one year": ["year", "dyad_id", "ext_id"],
        "same conflict in one year": ["year", "conflict_id", "ext_id"],
        "same conflict at any time": ["conflict_id", "ext_id"],
    }.items():
        sides = table.groupby(key).side.nunique()
        each = unit if "year" in key else "state supporter and conflict"
        yield count("backs-both-sides", words, "1975-2017", (sides == 2).sum(), len(sides), each, EXTERNAL)
    behind = table[table.side == "rebels"].groupby(["year", "conflict_id", "ext_id"]).actor_id.nunique()
    yield count(
        "backs-several-rebels", "supporters of rebels", "1975-2017", (behind > 1).sum(), len(behind), unit, EXTERNAL
    )  # fmt: skip


def changes_of_side(raw: Raw) -> Iterator[Count]:
    """Yield on which side a supporter stands a year later, while the war goes on."""
    stood = raw.support.groupby(["conflict_id", "ext_id", "year"]).side.agg(
        lambda side: "both" if side.nunique() == 2 else side.iloc[0]
    )
    now = stood.to_dict()
    for before, after, kind in (
        ("government", "government", "backer-of-government-stays"),
        ("rebels", "rebels", "backer-of-rebels-stays"),
        ("rebels", "government", "backer-of-rebels-turns-to-government"),
        ("rebels", "both", "backer-of-rebels-backs-both"),
        ("government", "rebels", "backer-of-government-turns-to-rebels"),
        ("rebels", None, "backer-of-rebels-stops"),
    ):
        later = [
            now.get((war, state, year + 1))
            for (war, state, year), side in now.items()
            if side == before and (war, year + 1) in raw.known
        ]
        yield count(
            kind, "any conflict, from one year to the next", "1975-2017", later.count(after), len(later),
            "state supporter and year", EXTERNAL,
        )  # fmt: skip


def drawn(years: pd.DataFrame) -> pd.DataFrame:
    """Return 24 years that chance chose: one of each war over government that was hard or had foreigners in it.

    Of 1990-2017, when supporters are on record. The seed was set before anything was forecast.
    """
    at_risk = years[years.year.between(1990, 2017) & years.supporters.notna() & (years.at_risk == 1)]
    over = at_risk[at_risk.stake == "government"]
    among = over[(over.intensity == "war") | (over.rebel_supporters > 0) | (over.troops > 0)]
    one_each = among.groupby("conflict", group_keys=False).sample(1, random_state=DRAW)
    found = one_each.sample(24, random_state=DRAW).sort_values(["location", "year"])
    return found[["conflict", "year"]]


def main(folder: Path, out: Path) -> None:
    """Read the extracts and write the tables."""
    raw = Raw(folder)
    makers = (after_withdrawals, support_stops, after_falls, ends_by_age, both_sides, changes_of_side)
    counts = pd.DataFrame([row for make in makers for row in make(raw)])
    forces, years = rebel_years(raw), conflict_years(raw)
    tables = {
        "conflict_years": years, "drawn": drawn(years), "rebel_years": forces,
        "rebel_forces": rebel_forces(raw, forces), "supporters": supporters(raw), "counts": counts,
    }  # fmt: skip
    for name, table in tables.items():
        table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
