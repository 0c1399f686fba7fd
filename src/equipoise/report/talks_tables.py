"""The terminal tables of a study of talks, made from its JSON alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from equipoise.report.phrases import DASH, MINUS, chance, number, percent, significant

if TYPE_CHECKING:
    from rich.table import Table


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the tables that a study of a talk prints, in reading order.

    Args:
        result: `TalkResult.to_dict()`, or the same read from JSON.
    """
    made = [_models(result)]
    made += [_issue(result, issue) for issue in result["issues"]]
    made += [_blocks(result), _moves(result), _disagreement(result), _deadline(result), _shift(result)]
    return [table for table in made if table is not None]


def _table(title: str, columns: list[str], rows: list[list[str]], caption: str | None = None) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title), caption=Text(caption) if caption else None, box=box.SIMPLE_HEAD,
        title_justify="left", caption_justify="left",
    )  # fmt: skip
    for place, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if place == 0 or column in _WORDS else "right")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


_WORDS = ("Beside the compromise", "How", "Says", "What is meant", "On")


def said(probability: float) -> str:
    """Return a chance over draws in words with its number; what never or always came says so."""
    if 0 < probability < 1:
        return chance(probability)
    return "in every draw" if probability >= 1 else "in no draw"


def _deal(estimate: Mapping[str, Any]) -> str:
    se = estimate["se"]
    return said(estimate["mean"]) + ("" if se is None else f" ± {100 * se:.1f}")


def _models(result: Mapping[str, Any]) -> Table:
    rows = []
    for name, model in result["models"].items():
        record = model["accuracy"]
        error = DASH if record is None else number(record["mae"], digits=1)
        verdict = DASH if record is None else record["verdict"]
        mark = " *" if name == result["model"] else ""
        rows.append([name + mark, _deal(model["deal"]), error, verdict])
    return _table(
        f"{result['talk']}: chance of a deal, if the talks take place",
        ["Model", "Deal", "Error on EU decisions", "Beside the compromise"],
        rows,
        f"* the model the talk names. Error: mean, in points of 100. {result['accuracy_note']}",
    )


def _issue(result: Mapping[str, Any], issue: str) -> Table:
    about = result["issues"][issue]
    parties = result["veto"]
    rows = []
    for name, model in result["models"].items():
        found = model["issues"][issue]
        spread = DASH if found["p5"] is None else f"{significant(found['p5'])} to {significant(found['p95'])}"
        accepts = [percent(found["accepts"][party]["mean"]) for party in parties]
        rows.append([name, significant(found["mean"]), spread, *accepts, percent(found["no_agreement"])])
    columns = ["Model", "Outcome", "90 % of draws", *(f"{p} accepts" for p in parties), "No outcome"]
    labels = [f"{point} {text}" for point, text in about["labels"].items()]
    ends = "; ".join(labels) or f"{significant(about['low'])} to {significant(about['high'])}"
    stands = ", ".join(f"{who} {significant(p['position'])}" for who, p in about["parties"].items())
    return _table(f"{issue}: where it may land", columns, rows, f"Scale: {ends}. Mean positions: {stands}.")


def _blocks(result: Mapping[str, Any]) -> Table | None:
    if len(result["issues"]) < 2 or result["model"] not in result["models"]:
        return None
    model = result["models"][result["model"]]
    rows = [
        [issue, percent(found["accepted_by_all"]), percent(found["deal_without"]), _gain(found["blocks"])]
        for issue, found in sorted(model["issues"].items(), key=lambda item: -item[1]["blocks"])
    ]
    return _table(
        f"Which issue blocks (by {result['model']})",
        ["Issue", "All accept", "Deal without it", "Gain"],
        rows,
        "Gain: by how many points the chance of a deal would rise were the issue dropped.",
    )


def _gain(share: float) -> str:
    points = round(100 * share)
    return f"+{points}" if points > 0 else str(points).replace("-", MINUS)


def _moves(result: Mapping[str, Any]) -> Table | None:
    if result["likely_already"] or not result["veto"]:
        return None
    title = f"Who would have to move for a deal likelier than not (by {result['model']})"
    rows = [
        [m["party"], how, significant(abs(m["share"]) * 100), said(m["deal"])] for m, how in _told(result)
    ]
    if not rows:
        return _table(title, ["Party"], [["no move makes a deal likelier than not"]])
    return _table(title, ["Party", "How", "% of the scale", "Deal then"], rows)


def _told(result: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for move in result["moves"]:
        if move["kind"] == "concede":
            yield move, "accept outcomes that much farther off, on every issue"
        else:
            way = "up" if move["amount"] > 0 else "down"
            yield move, f"shift {way} by {significant(abs(move['amount']))} on {move['issue']}"


def _disagreement(result: Mapping[str, Any]) -> Table | None:
    rows = [[row["issue"], percent(row["share"]), row["says"]] for row in result["disagreement"]]
    if not rows:
        return None
    return _table("Where the models disagree", ["Issue", "Gap of the scale", "Says"], rows)


def _deadline(result: Mapping[str, Any]) -> Table:
    rules = result["deadline"]["rules"]
    rows = []
    for kind in ("firm", "random"):
        found = result["deadline"][kind]
        late, agreed = percent(found["last_tenth"]), percent(found["agreed"])
        rows.append([f"{kind} deadline", late, agreed, percent(found["deal"])])
    return _table(
        "What a deadline does",
        ["Deadline", "Agreements in the last tenth", "Closed in time", "Deal"],
        rows,
        f"A bargaining model of {rules['periods']} meetings between optimists; its numbers are not the "
        "scenario's. Deal: chance of a deal above times the chance that it closes in time.",
    )


def _shift(result: Mapping[str, Any]) -> Table:
    found = result["power_shift"]
    shown = [(s, d) for s, d in zip(found["shifts"], found["deal"], strict=True) if round(s * 20) % 2 == 0]
    largest = found["largest_survived"]
    note = (
        "A deal is unlikely as it is."
        if largest is None
        else f"A deal stays likelier than not up to a shift of {100 * largest:.0f} points."
    )
    return _table(
        "What a power shift that all foresee does",
        ["Shift in chance to prevail", "Deal"],
        [[percent(s), said(d)] for s, d in shown[:6]],
        "A deal is blocked where the shift exceeds the room for agreement between the veto parties. " + note,
    )
