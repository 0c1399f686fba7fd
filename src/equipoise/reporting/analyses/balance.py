"""What a study of balance shows, from its JSON alone, on the terminal and in the report.

Camps are written with a bar between them, groups of actors that no tie connects with a semicolon. Of the two
readings of a scenario's ties the stated ones are shown in full; what standings add is in the first tables and
in the JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from equipoise.reporting import charts
from equipoise.reporting.analyses import balance_map
from equipoise.reporting.blocks import Block, Paragraph, Points, Section, Table, headings
from equipoise.reporting.drawing import PURPLE, Drawing, draw
from equipoise.reporting.estimates import with_error
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import DASH, count, counted, in_draws, interval, number, percent

Result = Mapping[str, Any]
MEASURES = {
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
"""What each measure of balance is called, and what it means."""
COUNTS = ("frustrated_ties", "minima")
"""Measures that count."""
UNKNOWN = 0.9
"""Where more than this share of starts found a stable alignment that no other did, basins say nothing."""
ROWS = 12
"""Longest list of ties printed; the JSON has all."""
CAMPS = 6
"""Divisions into camps that a table shows."""


def blocks(result: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return what the terminal shows of a study of balance: every part that is not empty."""
    names = Names.of(scenario)
    standings = result.get("with_standing")
    readings = [("Stated ties" if standings else "Ties", result)]
    if standings:
        readings.append(("With standings", standings))
    title, reading = readings[0]
    made = [measures(readings)]
    made += [camps(name, one, names) for name, one in readings]
    made += [
        repairs(reading, names), minima(reading, names, title), drawn(reading, title),
        strained(reading, names, title), alignments(reading, names), hedges(result, names),
        coalitions(result, names), events(result, names),
    ]  # fmt: skip
    shown: list[Block] = [table for table in made if table.rows]
    return [*shown, *(Paragraph(f"Note: {note(text, names)}") for text in result["notes"])]


def measures(readings: Sequence[tuple[str, Result]]) -> Table:
    """The measures of balance, a column a reading of the ties."""
    proved = [reading["frustration"]["proved"] for _, reading in readings]
    rows = []
    for key, (label, meaning) in MEASURES.items():
        if key in readings[0][1]["measures"]:
            digits = 0 if key in COUNTS else 3
            values = [number(reading["measures"][key], digits=digits) for _, reading in readings]
            if key == "frustration":
                values = [value if sure else "≤ " + value for value, sure in zip(values, proved, strict=True)]
            rows.append((label, *values, meaning))
    rows.append(("Actors", *(str(len(reading["network"]["actors"])) for _, reading in readings), ""))
    rows.append(("Ties", *(str(len(reading["network"]["ties"])) for _, reading in readings), ""))
    rows.append(("of them hostile", *(str(reading["network"]["hostile"]) for _, reading in readings), ""))
    note = "Balance is a cost and an indicator, never a law: actors may live with tension for years."
    if not all(proved):
        note += " ≤: time ran out; the value is the best found, not proved to be the least."
    columns = headings("Measure", *(f"#{title}" for title, _ in readings), "Meaning")
    return Table("How balanced the network is", columns, tuple(rows), note)


def camps(title: str, reading: Result, names: Names) -> Table:
    """The camps that leave least in conflict, and the ties they leave so."""
    best = reading["frustration"]
    rows = [("Camps", groups(best["groups"], names), "")]
    rows += [("or", groups(other, names), "") for other in (best["equally_good"] or ())[1:]]
    rows += [
        (
            "" if place else "In conflict",
            pair(tie["between"], names),
            number(tie["weight"], digits=2, signed=True),
        )
        for place, tie in enumerate(best["frustrated"][:ROWS])
    ]
    hidden = len(best["frustrated"]) - ROWS
    said = [f"and {counted(hidden, 'more tie')} in conflict."] if hidden > 0 else []
    if (best.get("alignments") or 1) > 1:
        which = (
            "all are listed, the ties in conflict are those of the first"
            if best["equally_good"]
            else "this is one"
        )
        said.append(f"{best['alignments']} divisions are equally good: {which}.")
    caption = f"{title}: the camps that leave least in conflict"
    return Table(caption, headings("What", "Who", "#Tie"), tuple(rows), " ".join(said))


def repairs(reading: Result, names: Names) -> Table:
    """Which ties, ended or turned, would restore most balance."""
    rows = tuple(
        (
            pair(item["between"], names), number(item["weight"], digits=2, signed=True), number(item["drop"]),
            "yes" if item["frustrated"] else "no", str(item["triangles"]),
        )
        for item in reading["repairs"]["ties"]
    )  # fmt: skip
    columns = headings("Tie", "#Weight", "#Frustration falls by", "In conflict now", "#Unbalanced triangles")
    note = "Ending a tie and turning it into its opposite lower the frustration by the same amount."
    return Table("Which tie's end or turn would ease most", columns, rows, note).first(ROWS)


def minima(reading: Result, names: Names, title: str = "Ties") -> Table:
    """The alignments from which no actor alone would change its camp."""
    hills = reading["landscape"]
    rows = tuple(
        (
            camp_pair(item["camps"], names), number(item["energy"], digits=2),
            DASH if hills["unseen"] > UNKNOWN else percent(item["share"]),
            "" if item["strict"] else "level",
        )
        for item in hills["minima"]
    )  # fmt: skip
    note = (
        "Energy: the lower, the less tension. Basin: share of all alignments from which single changes lead here. "
        f"{hills['found']} found, {hills['strict']} of them strict; {count(hills['configurations'])} alignments "
        "looked at."
    )
    if not hills["exact"]:
        note += (
            f" Sampled: an estimated {percent(hills['unseen'])} of all alignments lead to stable ones that were not "
            "found, and there may be deeper ones."
        )
    if hills["unseen"] > UNKNOWN:
        note += (
            " Nearly every start ended in a stable alignment of its own, so this says nothing of how many there "
            "are, nor how large their basins are."
        )
    every = hills["found"] == len(hills["minima"])
    listed = "the JSON" if every else "the JSON, which lists the deepest of those found"
    columns = headings("Camps", "#Energy", f"#Basin, {'of all' if hills['exact'] else 'of sampled'}", "")
    return Table(f"{title}: stable alignments, deepest first", columns, rows, note, folded=True).first(
        CAMPS, all_in=listed
    )


def drawn(reading: Result, title: str = "Ties") -> Table:
    """The measures over draws of what is uncertain."""
    found = reading["uncertainty"] or {"measures": {}, "draws": 0}
    rows = [
        (MEASURES[key][0], with_error(item), interval(item["p5"], item["p95"]))
        for key, item in found["measures"].items()
        if item is not None
    ]
    if rows:
        rows.append(("Balanced outright", f"{percent(found['balanced']['mean'])} of draws", ""))
    caption = f"{title}: the measures over {count(found['draws'])} draws of what is uncertain"
    return Table(caption, headings("Measure", "#Mean ± error", "#5 to 95 %"), tuple(rows), folded=True)


def strained(reading: Result, names: Names, title: str = "Ties") -> Table:
    """In how many draws each tie is in conflict, or the one most worth changing."""
    found = reading["uncertainty"] or {"ties": ()}
    rows = tuple(
        (
            pair(tie["between"], names),
            interval(tie["weight"]["p5"], tie["weight"]["p95"], digits=2, signed=True),
            percent(tie["frustrated"]["mean"]), percent(tie["most_worth"]["mean"]),
        )
        for tie in found["ties"]
        if tie["frustrated"]["mean"] > 0 or tie["most_worth"]["mean"] > 0
    )  # fmt: skip
    columns = headings("Tie", "#5 to 95 %", "#In conflict in", "#Most worth changing in")
    return Table(f"{title} under strain, share of draws", columns, rows, folded=True).first(ROWS)


def alignments(reading: Result, names: Names) -> Table:
    """In how many draws each division leaves least in conflict."""
    found = reading["uncertainty"] or {"alignments": ()}
    rows = tuple(
        (groups(item["groups"], names), in_draws(item["share"])) for item in found["alignments"] or ()
    )
    note = "In how many draws this division leaves least in conflict; camps are parted by a bar."
    return Table("The camps, over draws of what is uncertain", headings("Camps", "Chance"), rows, note).first(
        CAMPS
    )


def hedges(result: Result, names: Names, patron: str | None = None) -> Table:
    """What each way of engaging adds to the tension among the forces.

    Args:
        result: the study.
        names: of the scenario.
        patron: whose ways of engaging; those of all, the focus first, if not given.
    """
    focus = result.get("focus")
    own = [item for item in result.get("hedges") or () if patron in (None, item["patron"])]
    whose = [] if patron else ["Of"]
    band = ["#5 to 95 %"] if any(item["drawn"] for item in own) else []
    rows = tuple(
        (
            _way(item, names),
            *([names.patron(item["patron"])] if patron is None else []),
            ", ".join(f"{names.force(force)} {percent(share)}" for force, share in item["shares"].items()) or DASH,
            number(item["price"]),
            *([_drawn(item)] if band else []),
            number(item["across"]),
        )
        for item in sorted(own, key=lambda item: item["patron"] != focus)
    )  # fmt: skip
    columns = headings("Way of engaging", *whose, "Engages", "#Price", *band, "#Across")
    note = (
        "Price: frustration the way of engaging adds to the forces' own network; 0 is free of contradiction, 0.5 "
        "the most. Across: the share kept with the camp the patron does not join."
    )
    return Table("The structural price of each way of engaging", columns, rows, note)


def _drawn(item: Result) -> str:
    """The price of a way of engaging over the draws of uncertain ties; a dash where none is uncertain."""
    return DASH if item["drawn"] is None else interval(item["drawn"]["p5"], item["drawn"]["p95"])


def _way(item: Result, names: Names) -> str:
    return names.strategy(item["strategy"], item["patron"]) + item["stage"].replace("start", "").replace(
        "then", ", after its switch"
    )


def coalitions(result: Result, names: Names) -> Table:
    """Whom each force would join, by power and by patronage."""
    found = result.get("coalitions")
    caption = "Whom each force would join, under two accounts"
    if not found:
        return Table(caption, headings("Force", "#Power", "Wants, by power"), ())
    by_power, by_patronage = found["accounts"]["power"], found["accounts"]["patronage"]
    drawn = any(_often(row) != DASH for by in (by_power, by_patronage) for row in by.values())
    often = ["#In draws"] if drawn else []
    columns = headings(
        "Force", "#Power", "Wants, by power", "#Its share", *often, "Wants, by patronage", *often
    )
    rows = tuple(
        (
            names.force(force), percent(result["power"][force]), _choice(by_power[force], names),
            percent(by_power[force]["share"]), *([_often(by_power[force])] if drawn else []),
            _choice(by_patronage[force], names), *([_often(by_patronage[force])] if drawn else []),
        )
        for force in by_power
    )  # fmt: skip
    note = (
        "By power: the winning coalition in which its share is largest. By patronage: partners with the same "
        "patrons and without rivalry. Where the two differ, that is the finding. *: every member wants this same "
        "coalition."
    )
    least = found["minimal_winning"][0] if found["minimal_winning"] else None
    if least:
        note += f" Smallest winning coalition: {camp(least['members'], names)} ({percent(least['power'])} of power)."
    return Table(caption, columns, rows, note)


def events(result: Result, names: Names) -> Table:
    """What each event, deal or breach on its own would do to the ties."""
    rows = tuple(
        (
            f"{names.event(item['name'])} ({item['kind']})",
            "; ".join(
                f"{pair(tie['between'], names)} {number(tie['weight'], digits=2, signed=True)}"
                for tie in item["ties"]
            ),
            number(item["frustration"]),
        )
        for item in result.get("events") or ()
    )
    columns = headings("If", "Ties become", "#Frustration then")
    return Table("What would change the ties, each on its own", columns, rows)


def note(text: str, names: Names) -> str:
    """Return a note with the actors' names where it lists identifiers."""
    start, sign, rest = text.partition("No tie is stated for ")
    if not sign:
        return text
    keys, _, tail = rest.partition(";")
    return f"{start}{sign}{', '.join(names.actor(key.strip()) for key in keys.split(','))};{tail}"


def pair(between: Sequence[str], names: Names) -> str:
    """Return the two ends of a tie."""
    return " – ".join(names.actor(key) for key in between)


def camp(members: Iterable[str], names: Names) -> str:
    """Return the members of a camp; a name with a comma in it is set off by brackets from the next."""
    shown = [names.actor(key) for key in members]
    return ", ".join(f"[{name}]" if ", " in name else name for name in shown)


def camp_pair(camps: Sequence[Sequence[str]], names: Names) -> str:
    """Return the camps of a group, parted by a bar."""
    return " | ".join(camp(one, names) for one in camps if one)


def groups(found: Sequence[Sequence[Sequence[str]]], names: Names) -> str:
    """Return the camps of every group of actors that ties connect."""
    return "; ".join(camp_pair(camps, names) for camps in found) or DASH


def _choice(item: Result, names: Names) -> str:
    alone = len(item["members"]) == 1
    return ("alone" if alone else camp(item["members"], names)) + (
        "" if alone or not item["agreed"] else " *"
    )


def _often(item: Result) -> str:
    """Return the share of draws in which a force wants the coalition it wants at the medians."""
    if item["drawn"] is None:
        return DASH
    return percent(next((row["share"] for row in item["drawn"] if row["members"] == item["members"]), 0.0))


def section(context: RunView) -> Section:
    """The map of the ties under strain, the price of each way of engaging, camps, repairs and coalitions."""
    found, names = context.analyses["balance"], context.names
    measures = found["measures"]
    total = len(found["network"]["ties"])
    conflicts = len(found["frustration"]["frustrated"])
    lead = (
        f"The best two camps leave {conflicts or 'none'} of {counted(total, 'tie')} in conflict: a frustration of "
        f"{number(measures['frustration'], digits=2)}, a balance of "
        f"{number(measures['frustration_index'], digits=2)} where 1 is free of contradiction. Tension is a cost "
        "and an indicator, never a law: actors live with it for years."
    )
    body: list[Block] = [draw(balance_map.ties(context, found))]
    drawing = prices(context, found)
    if drawing is not None:
        body.append(draw(drawing))
    tables = (
        repairs(found, names), alignments(found, names), strained(found, names),
        minima(found, names), coalitions(found, names), events(found, names),
    )  # fmt: skip
    body += [table for table in tables if table.rows]
    if found["notes"]:
        body.append(Points(tuple(note(text, names) for text in found["notes"])))
    body.append(Paragraph(_confidence(found)))
    return Section("analysis-balance", "The ties, and what a hedge does to them", lead, tuple(body))


def _confidence(found: Result) -> str:
    drawn = found.get("uncertainty")
    sure = found["frustration"]["proved"]
    proved = "proved to be the least" if sure else "the best found, not proved the least"
    over = (
        f" Shares are over {count(drawn['draws'])} draws of what is uncertain."
        if drawn
        else " No tie is uncertain."
    )
    return f"The frustration is {proved}.{over} How far balance foretells what actors do is disputed."


def prices(context: RunView, found: Result) -> Drawing | None:
    """Draw what each way of engaging of the focus adds to the tension among the forces."""
    focus = context.scenario.focus
    table = hedges(found, context.names, focus)
    own = [row for row in found.get("hedges") or [] if row["patron"] == focus]
    rows = [
        {"label": cells[0], "mean": row["price"], "text": number(row["price"], digits=2),
         "low": (row["drawn"] or {}).get("p5"), "high": (row["drawn"] or {}).get("p95"), "from": None, "to": None}
        for cells, row in zip(table.rows, own, strict=True)
    ]  # fmt: skip
    if not rows:
        return None
    return Drawing(
        key="hedge-prices",
        title=table.caption,
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption=(
            "Dot: frustration that the way of engaging adds to the forces' own ties, 0 free of contradiction and "
            "0.5 the most; line: 5th to 95th percentile over draws of the ties."
        ),
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Frustration added", colour=PURPLE, domain=(-0.02, 0.52)
        ),
        table=table,
    )
