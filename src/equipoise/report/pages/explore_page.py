"""The section on what the answer hangs on: drivers, tipping points, failures, what to watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.report import figures_analyses as figures
from equipoise.report.blocks import Block, Column, Heading, Paragraph, Points, Section, Table
from equipoise.report.context import Context
from equipoise.report.drawing import Drawing, draw
from equipoise.report.phrases import DASH, chance, count, listed, number, percent, sentence, significant

Found = Mapping[str, Any]
MOST_ROWS = 12
"""Longest table printed; the JSON has all rows."""
CURVES = 2
"""Inputs along which the payoff of every strategy is drawn."""


def explore(context: Context) -> Section:
    """Everything an exploration says, the sentences first."""
    found = context.analyses["explore"]
    body: list[Block] = [Points(tuple(_full(line) for line in found["headlines"]))]
    body += _drawn(
        figures.drivers(found, "choice", title="What drives which strategy is best"),
        figures.drivers(found, "gap", title="What drives the gap between the two best strategies"),
    )
    body += [*_tips(context, found), *_drawn(figures.resentment(found)), *_failures(context, found)]
    body += [*_drawn(figures.worth(found)), *_reveals(found), *_flips(context, found), *_assumptions(found)]
    body += [*_watch(context, found), *_difference(context, found), Paragraph(_explored(context, found))]
    lead = (
        "What drives the result, where another strategy becomes the best, in which states the "
        "recommended one fails, "
        "what to find out first and what to watch."
    )
    return Section("analysis-explore", "What the answer hangs on", lead, tuple(body))


def _full(text: str) -> str:
    """Return a clause as a sentence."""
    return sentence(text.rstrip(".")) + "."


def _named(found: Found, path: str) -> str:
    return sentence(figures.named(found, path))


def _outcome(context: Context, text: str) -> str:
    """Return an outcome that is foretold in the scenario's names: `fall of crown` as `The Crown falls`."""
    kind, _, key = text.partition(" ")
    if text.startswith("fall of "):
        return f"{context.names.force(text.removeprefix('fall of '))} falls"
    if kind == "order":
        return context.names.order(key)
    name = text.removesuffix(" is not best")
    return text if name == text else f"{sentence(context.names.quoted(name))} is not best"


def _drawn(*drawings: Drawing | None) -> list[Block]:
    return [draw(drawing) for drawing in drawings if drawing is not None]


def _explored(context: Context, found: Found) -> str:
    about = found["explored"]
    text = f"This rests on {count(about['states'])} of {count(about['of'])} states of the study."
    if about["left_out"]:
        names = listed([context.names.quoted(name) for name in about["left_out"]])
        text += f" Best in none of them, and therefore left out: {names}."
    again = about["reruns"]
    if again:
        text += (
            f" The scan of resentment and the confirmed flips rest on {count(again['count'])} reruns of "
            f"{count(again['states'])} states with {again['chance']} courses of chance each."
        )
    return text


def _tips(context: Context, found: Found) -> list[Block]:
    rows, curves = [], []
    for tip in found["tips"]:
        for crossing in (c for c in tip["crossings"] if c["established"]):
            low, high = crossing["low"], crossing["high"]
            within = (
                f" ({significant(low)} to {significant(high)})"
                if low is not None and high is not None
                else ""
            )
            rows.append((
                _named(found, tip["path"]), significant(crossing["value"]) + within,
                context.names.strategy(crossing["below"]), chance(crossing["chance_below"]),
                context.names.strategy(crossing["above"]), chance(crossing["chance_above"]),
            ))  # fmt: skip
        if tip["curve"] and not tip["levels"] and len(curves) < CURVES:
            curves.append(figures.tipping(context, found, tip))
    if not rows:
        return [Paragraph("Along no single input does the best strategy change, told apart from chance.")]
    columns = (
        Column("Input"), Column("Tips at (90 % interval)"), Column("Best below"), Column("Chance of that"),
        Column("Best above"), Column("Chance of that"),
    )  # fmt: skip
    note = "Only changes told apart from chance at 95 %; the other inputs keep their spread."
    table = Table("Where the best strategy changes along one input", columns, tuple(rows[:MOST_ROWS]), note)
    return [table, *_drawn(*curves)]


def _failures(context: Context, found: Found) -> list[Block]:
    body: list[Block] = []
    for key, over in (("failures", "states"), ("failures_in_futures", "single futures")):
        item = found[key]
        if not item:
            continue
        boxes = [(method, box) for method in ("prim", "cart") for box in item[method] if box["confirmed"]]
        name = context.names.quoted(item["strategy"])
        if not boxes:
            body.append(
                Paragraph(f"Where {name} fails, over {over}: {item['note'] or 'no box is confirmed'}.")
            )
            continue
        columns = (
            Column("Where"), Column("Method"), Column("Fails there"),
            Column("Holds of its failures", "number"),
            Column("Cases", "number"),
        )  # fmt: skip
        rows = tuple(
            (sentence(" and ".join(limit["says"] or limit["path"] for limit in box["limits"])),
             method.upper(),
             chance(box["held_out_density"]), percent(box["held_out_coverage"]), count(box["held_out_cases"]))
            for method, box in boxes
        )  # fmt: skip
        note = (
            f"It fails where {item['fails_where']}: in {percent(item['failures'])} of "
            f"{count(item['cases'])} {over}. "
            "Found on one half of the states and judged on the other."
        )
        body.append(Table(f"Where {name} fails, over {over}", columns, rows, note))
    return body


def _reveals(found: Found) -> list[Block]:
    rows = [_full(row["says"]) for row in found["reveals"] or []]
    return [Heading("And by when"), Points(tuple(rows))] if rows else []


def _flips(context: Context, found: Found) -> list[Block]:
    rerun = {None: "not rerun", True: "confirmed", False: "not confirmed"}
    rows = tuple(
        ("; ".join(_named(found, path) for path in flip["paths"]), _values(flip["typical"]),
         _values(flip["values"]), number(flip["distance"], digits=2),
         context.names.strategy(flip["to_strategy"]),
         rerun[flip["confirmed"]])
        for flip in found["flips"]["smallest"].values()
    )  # fmt: skip
    if not rows:
        return [Paragraph(_full(found["flips"]["says"]))]
    columns = (
        Column("Inputs"), Column("From"), Column("To"), Column("Standard deviations", "number"),
        Column("Best then"),
        Column("Played again"),
    )  # fmt: skip
    return [Table("The smallest credible change that flips the recommendation", columns, rows)]


def _values(values: Any) -> str:
    return "; ".join(value if isinstance(value, str) else significant(value) for value in values)


def _assumptions(found: Found) -> list[Block]:
    item = found["assumptions"]
    rows = tuple(
        (_named(found, row["path"]), significant(row["worth"]), percent(row["choice"]),
         "yes" if row["tips"] else "no", number(row["flips_at"], digits=2))
        for row in [row for row in item["assumptions"] if row["matters"]][:MOST_ROWS]
    )  # fmt: skip
    if not rows:
        return [Paragraph(_full(item["says"]))]
    columns = (
        Column("Input"), Column("Worth knowing", "number"), Column("Drives the choice", "number"),
        Column("Tips it"),
        Column("Flips it at, sd", "number"),
    )  # fmt: skip
    return [Table("Key assumptions: inputs that stand on no claim", columns, rows, _full(item["says"]))]


def _watch(context: Context, found: Found) -> list[Block]:
    rows, shown = [], {}
    for item in found["indicators"] or []:
        shown[item["outcome"]] = shown.get(item["outcome"], 0) + 1
        if shown[item["outcome"]] <= 3:
            level = "" if item["level"] is None else f" {significant(item['level'])}"
            rows.append((
                _outcome(context, item["outcome"]),
                f"{_named(found, item['observable'])} {item['sign']}{level}",
                str(item["week"]), chance(item["chance_seen"]), chance(item["chance_unseen"]),
                _ratio(item["ratio"], item["low"], item["high"]), number(item["lead"], digits=0),
            ))  # fmt: skip
    columns = (
        Column("Outcome"), Column("Seen"), Column("By week", "number"), Column("Outcome then"),
        Column("Else"),
        Column("Likelihood ratio", "number"), Column("Weeks before", "number"),
    )  # fmt: skip
    note = (
        "Among futures in which the outcome has not come yet, judged on states set aside. A "
        "likelihood ratio of 3 "
        "multiplies the odds by 3. Do not multiply the ratios of indicators that move together."
    )
    return [Table("What to watch", columns, tuple(rows), note)] if rows else []


def _ratio(ratio: float | None, low: float | None, high: float | None) -> str:
    """Return a likelihood ratio; beyond 100 either way its size is a matter of a few futures."""
    if ratio is None or ratio > 100 or ratio < 0.01:
        return DASH if ratio is None else "over 100" if ratio > 100 else "under 0.01"
    ends = "" if low is None or high is None else f" ({significant(low)} to {significant(min(high, 100.0))}"
    return significant(ratio) + ends + ("" if not ends else ")" if (high or 0) <= 100 else " or more)")


def _difference(context: Context, found: Found) -> list[Block]:
    item = found["difference"]
    if not item:
        return []
    rows = []
    for cell in item["cells"][:MOST_ROWS]:
        parts = sorted(
            ((name, v) for name, v in cell["terms"].items() if abs(v) > 1e-9), key=lambda p: -abs(p[1])
        )
        through = ", ".join(f"{name} {number(value, signed=True)}" for name, value in parts[:2])
        rows.append((
            sentence(" and ".join(cell["where"])) or "All", percent(cell["share"]),
            number(cell["difference"], signed=True), number(cell["contribution"], signed=True), through,
        ))  # fmt: skip
    columns = (
        Column("Futures in which"), Column("Share", "number"), Column("Difference there", "number"),
        Column("Adds", "number"), Column("Chiefly through"),
    )  # fmt: skip
    first, second = (context.names.quoted(item[key]) for key in ("first", "second"))
    note = f"Payoff of the first less the second; the parts add up to {number(item['total'], signed=True)}."
    return [Table(f"What makes {first} and {second} differ", columns, tuple(rows), note)]
