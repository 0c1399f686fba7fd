"""The terminal tables of a study of balance, made from its JSON alone.

Actors go by the names the file gives them. Camps are written with a bar between them, groups of actors
that no tie connects with a semicolon. Of the two readings of a scenario's ties the stated ones are shown in
full; what standings add is in the first tables and in the JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.report.phrases import DASH, count, interval, number, percent, plus_minus

if TYPE_CHECKING:
    from rich.table import Table

_MEASURES = {
    "frustration": (
        "Frustration",
        "weight of ties that the best two camps still leave in conflict; 0 is balance",
    ),
    "frustration_index": ("Frustration index", "1 − 2 × frustration / weight of all ties; 1 is balance"),
    "frustrated_ties": ("Frustrated ties", "the same counting each tie once"),
    "frustrated_ties_index": ("Frustrated-ties index", "1 − 2 × frustrated ties / ties"),
    "triangle_index": ("Balanced triangles", "share of triangles whose signs multiply to plus"),
    "triangle_index_weighted": ("Balanced triangles, weighted", "each counted with the product of its ties"),
    "walk_balance": ("Walk balance", "all closed walks, long ones counting less; 1 is balance"),
    "walk_balance_weighted": ("Walk balance, weighted", "the same with the weights of the ties"),
    "minima": ("Stable alignments", "local minima of the landscape"),
}
_ROWS = 12


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the tables that a study of balance prints, in reading order.

    Args:
        result: `BalanceResult.to_dict()`, or the same read from JSON.
    """
    standings = result.get("with_standing")
    readings = [("Stated ties" if standings else "Ties", result)]
    if standings:
        readings.append(("With standings", standings))
    made = [_measures(readings)]
    made += [_camps(title, reading) for title, reading in readings]
    made += [build(*readings[0]) for build in (_repairs, _minima, _drawn, _drawn_ties, _drawn_camps)]
    made += [_hedges(result), _coalitions(result), _events(result)]
    return [table for table in made if table is not None]


def _table(
    title: str,
    columns: Sequence[tuple[str, bool]],
    rows: Iterable[Sequence[str]],
    *,
    caption: str = "",
) -> Table | None:
    """Return a table, or None without rows; a column is its heading and whether it holds numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title, style="bold"),
        caption=Text(caption, style="dim") if caption else None,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    for heading, numeric in columns:
        table.add_column(heading, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table if table.row_count else None


def _measures(readings: Sequence[tuple[str, Mapping[str, Any]]]) -> Table | None:
    proved = [reading["frustration"]["proved"] for _, reading in readings]
    rows = []
    for key, (label, meaning) in _MEASURES.items():
        if key in readings[0][1]["measures"]:
            values = [number(reading["measures"][key]) for _, reading in readings]
            if key == "frustration":
                values = [value if sure else "≤ " + value for value, sure in zip(values, proved, strict=True)]
            rows.append([label, *values, meaning])
    rows.append(["Actors", *(str(len(reading["network"]["actors"])) for _, reading in readings), ""])
    rows.append(["Ties", *(str(len(reading["network"]["ties"])) for _, reading in readings), ""])
    rows.append(["of them hostile", *(str(reading["network"]["hostile"]) for _, reading in readings), ""])
    caption = "Balance is a cost and an indicator, never a law: actors may live with tension for years."
    if not all(proved):
        caption += " ≤: time ran out; the value is the best found, not proved to be the least."
    columns = [("Measure", False), *((title, True) for title, _ in readings), ("Meaning", False)]
    return _table("How balanced the network is", columns, rows, caption=caption)


def _camps(title: str, reading: Mapping[str, Any]) -> Table | None:
    best = reading["frustration"]
    rows = [["Camps", _groups(best["groups"]), ""]]
    rows += [
        [
            "" if place else "Frustrated",
            _pair(tie["between"]),
            number(tie["weight"], digits=2, signed=True),
        ]
        for place, tie in enumerate(best["frustrated"][:_ROWS])
    ]
    hidden = len(best["frustrated"]) - _ROWS
    caption = f"and {hidden} more frustrated ties. " if hidden > 0 else ""
    if (best.get("alignments") or 1) > 1:
        caption += f"{best['alignments']} divisions are equally good; this is one of them."
    return _table(
        f"{title}: the camps that leave least in conflict", _plain("", "", "#Tie"), rows, caption=caption
    )


def _repairs(title: str, reading: Mapping[str, Any]) -> Table | None:
    rows = [
        [
            _pair(item["between"]),
            number(item["weight"], digits=2, signed=True),
            number(item["drop"]),
            "yes" if item["frustrated"] else "no",
            str(item["triangles"]),
        ]
        for item in reading["repairs"]["ties"][:_ROWS]
    ]
    columns = _plain("Tie", "#Weight", "#Frustration falls by", "Frustrated now", "#Unbalanced triangles")
    return _table(
        f"{title}: which tie's end or turn would restore most balance",
        columns,
        rows,
        caption="Ending a tie and turning it into its opposite lower the frustration by the same amount.",
    )


def _minima(title: str, reading: Mapping[str, Any]) -> Table | None:
    hills = reading["landscape"]
    rows = [
        [
            _camp_pair(item["camps"]),
            number(item["energy"], digits=2),
            percent(item["share"]),
            "" if item["strict"] else "level",
        ]
        for item in hills["minima"][:6]
    ]
    what = "of all" if hills["exact"] else "of sampled"
    caption = (
        f"{hills['found']} found, {hills['strict']} of them strict; "
        f"{count(hills['configurations'])} alignments looked at."
    )
    if not hills["exact"]:
        caption += " Sampled: there may be more."
    columns = _plain("Camps", "#Energy", f"#Basin, {what}", "")
    return _table(f"{title}: stable alignments, deepest first", columns, rows, caption=caption)


def _drawn(title: str, reading: Mapping[str, Any]) -> Table | None:
    drawn = reading["uncertainty"]
    if drawn is None:
        return None
    rows = [
        [_MEASURES[key][0], plus_minus(item["mean"], item["se"]), interval(item["p5"], item["p95"])]
        for key, item in drawn["measures"].items()
        if item is not None
    ]
    rows.append(["Balanced outright", f"{percent(drawn['balanced']['mean'])} of draws", ""])
    return _table(
        f"{title}: the measures over {drawn['draws']} draws of what is uncertain",
        _plain("Measure", "#Mean ± error", "#5 to 95 %"),
        rows,
    )


def _drawn_ties(title: str, reading: Mapping[str, Any]) -> Table | None:
    drawn = reading["uncertainty"]
    rows = [
        [
            _pair(tie["between"]),
            interval(tie["weight"]["p5"], tie["weight"]["p95"], digits=2, signed=True),
            percent(tie["frustrated"]["mean"]),
            percent(tie["most_worth"]["mean"]),
        ]
        for tie in (drawn["ties"][:_ROWS] if drawn else ())
        if tie["frustrated"]["mean"] > 0 or tie["most_worth"]["mean"] > 0
    ]
    columns = _plain("Tie", "#5 to 95 %", "#Frustrated in", "#Most worth changing in")
    return _table(f"{title}: ties under strain, share of draws", columns, rows)


def _drawn_camps(title: str, reading: Mapping[str, Any]) -> Table | None:
    drawn = reading["uncertainty"]
    rows = [
        [_groups(item["groups"]), percent(item["share"])] for item in (drawn["alignments"] if drawn else ())
    ]
    return _table(f"{title}: best alignment, share of draws", _plain("Camps", "#Draws"), rows)


def _hedges(result: Mapping[str, Any]) -> Table | None:
    focus = result.get("scenario", {}).get("focus")
    rows = [
        [
            item["patron"],
            item["strategy"] + (", after its switch" if item["stage"] == "then" else ""),
            ", ".join(f"{force} {percent(share)}" for force, share in item["shares"].items()) or DASH,
            number(item["price"]),
            DASH if item["drawn"] is None else interval(item["drawn"]["p5"], item["drawn"]["p95"]),
            number(item["across"]),
        ]
        for item in sorted(result.get("hedges", ()), key=lambda item: item["patron"] != focus)
    ]
    return _table(
        "The structural price of each way of engaging",
        _plain("Patron", "Strategy", "Engages", "#Price", "#5 to 95 %", "#Across"),
        rows,
        caption="Price: frustration the portfolio adds to the forces' own network; 0 is free of "
        "contradiction, 0.5 the most. Across: the share kept with the camp the patron does not join.",
    )


def _coalitions(result: Mapping[str, Any]) -> Table | None:
    found = result.get("coalitions")
    if found is None:
        return None
    by_power, by_patronage = found["accounts"]["power"], found["accounts"]["patronage"]
    rows = [
        [
            force,
            percent(result["power"][force]),
            _choice(by_power[force]),
            percent(by_power[force]["share"]),
            _often(by_power[force]),
            _choice(by_patronage[force]),
            _often(by_patronage[force]),
        ]
        for force in by_power
    ]
    columns = _plain(
        "Force", "#Power", "Wants, by power", "#Its share", "#In draws", "Wants, by patronage", "#In draws"
    )
    least = found["minimal_winning"][0] if found["minimal_winning"] else None
    caption = "*: every member wants this same coalition. " + (
        f"Smallest winning coalition: {_camp(least['members'])} ({percent(least['power'])} of power)."
        if least
        else ""
    )
    return _table("Whom each force would join, under two accounts", columns, rows, caption=caption)


def _events(result: Mapping[str, Any]) -> Table | None:
    rows = [
        [
            f"{item['name']} ({item['kind']})",
            "; ".join(
                f"{_pair(tie['between'])} {number(tie['weight'], digits=2, signed=True)}"
                for tie in item["ties"]
            ),
            number(item["frustration"]),
        ]
        for item in result.get("events", ())
    ]
    return _table(
        "What would change the ties, each on its own", _plain("If", "Ties become", "#Frustration then"), rows
    )


def _choice(item: Mapping[str, Any]) -> str:
    alone = len(item["members"]) == 1
    return ("alone" if alone else _camp(item["members"])) + ("" if alone or not item["agreed"] else " *")


def _often(item: Mapping[str, Any]) -> str:
    """Return the share of draws in which a force wants the coalition it wants at the medians."""
    if item["drawn"] is None:
        return DASH
    return percent(next((row["share"] for row in item["drawn"] if row["members"] == item["members"]), 0.0))


def _plain(*headings: str) -> list[tuple[str, bool]]:
    """Return columns from headings; those that begin with # hold numbers."""
    return [(heading.removeprefix("#"), heading.startswith("#")) for heading in headings]


def _pair(between: Sequence[str]) -> str:
    return " – ".join(between)


def _camp(members: Sequence[str]) -> str:
    return ", ".join(members)


def _camp_pair(camps: Sequence[Sequence[str]]) -> str:
    return " | ".join(_camp(camp) for camp in camps if camp)


def _groups(groups: Sequence[Sequence[Sequence[str]]]) -> str:
    return "; ".join(_camp_pair(camps) for camps in groups) or DASH
