"""Tables of a study of talks, from its JSON alone, for terminal and report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equipoise.reporting import charts
from equipoise.reporting.blocks import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Points,
    Section,
    Table,
    headings,
    present,
)
from equipoise.reporting.drawing import ORANGE, Drawing, draw
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import (
    DASH,
    MINUS,
    count,
    in_draws,
    number,
    percent,
    sentence,
    significant,
    span,
)

Result = Mapping[str, Any]
CLEAR = 0.9
"""From this chance of a deal on, nothing blocks it that is worth a sentence."""
MOST_SHIFTS = 6
"""Shifts of power that a table shows, the smallest first."""


def blocks(found: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return what the terminal shows of talks, talk by talk, and how far to trust it."""
    names = Names.of(scenario)
    made = [block for talk in found["talks"].values() for block in of_talk(talk, names)]
    return [*made, *record(found["talks"])]


def of_talk(result: Result, names: Names) -> list[Block]:
    """Return the answer, the models, where each issue lands, what blocks, who would have to move, and the rest."""
    return present(
        Heading(names.talk(result["talk"], result["with_power"])), answer(result), models(result),
        *(issue(result, name, names) for name in result["issues"]),
        blocking(result), moves(result, names), disagreement(result), deadline(result), shift(result),
    )  # fmt: skip


def record(found: Mapping[str, Result]) -> list[Block]:
    """Return how far the models were off where they could be tested, once for all talks."""
    text = next((talk.get("accuracy_note") for talk in found.values()), "")
    return [Heading("How far to trust these models"), Paragraph(text)] if text else []


def answer(result: Result) -> Paragraph | None:
    """The chance of a deal by the talk's own model, and what blocks it most."""
    own = result["models"].get(result["model"])
    if own is None:
        return None
    power = f", with power {result['with_power']}" if result["with_power"] else ""
    text = f"If the talks take place, a deal by the {result['model']} model{power}: {in_draws(own['deal']['mean'])}."
    if own["blocking"] and own["deal"]["mean"] < CLEAR:
        accepted = percent(own["issues"][own["blocking"]]["accepted_by_all"])
        text += f" What blocks most is {own['blocking']}: all accept its outcome in {accepted} of draws."
    return Paragraph(text)


def models(result: Result) -> Table:
    """The chance of a deal by each model asked, and how far each was off where it could be tested."""
    rows = []
    for name, model in result["models"].items():
        record = model["accuracy"]
        error = DASH if record is None else number(record["mae"], digits=1)
        verdict = DASH if record is None else record["verdict"]
        own = name == result["model"]
        se = model["deal"]["se"]
        known = DASH if se is None else f"{100 * se:.1f}"
        rows.append(
            (
                Cell(f"{name} *", "first") if own else name,
                in_draws(model["deal"]["mean"]),
                known,
                error,
                verdict,
            )
        )
    columns = headings("Model", "Deal", "#± points", "#Error on EU decisions", "Beside the compromise")
    note = (
        f"*: the model the talk names. {count(result['draws'])} draws of what is uncertain; ±: standard error, in "
        "points of 100. Error: mean miss, in points of 100."
    )
    return Table("The chance of a deal, if the talks take place", columns, tuple(rows), note)


def issue(result: Result, name: str, names: Names) -> Table:
    """Where an issue may land by each model, and who accepts that."""
    about, parties = result["issues"][name], result["veto"]
    ordered = any(item["issues"][name]["order_sd"] is not None for item in result["models"].values())
    rows = []
    for model, item in result["models"].items():
        found = item["issues"][name]
        by_order = [significant(found["order_sd"])] if ordered else []
        accepts = [percent(found["accepts"][party]["mean"]) for party in parties]
        own = model == result["model"]
        rows.append((
            Cell(f"{model} *", "first") if own else model, significant(found["mean"]),
            span(found["p5"], found["p95"]), *by_order, *accepts, percent(found["no_agreement"]),
        ))  # fmt: skip
    columns = headings(
        "Model", "#Outcome", "#5 to 95 %", *(["#Sd over orders"] if ordered else []),
        *(f"#{names.actor(party)} accepts" for party in parties), "#No agreement",
    )  # fmt: skip
    ends = "; ".join(f"{point}: {text}" for point, text in about["labels"].items())
    ends = ends or f"{significant(about['low'])} to {significant(about['high'])}"
    stands = ", ".join(
        f"{names.within(who)} {significant(party['position'])}" for who, party in about["parties"].items()
    )
    note = f"Scale: {ends}. Mean positions: {stands}."
    if ordered:
        note += (
            " Sd over orders: of the outcome, where actors and issues stand in another order; some models take equal "
            "steps in the order of the table."
        )
    return Table(f"Where {name} may land", columns, tuple(rows), note, folded=len(rows) > 4)


def blocking(result: Result) -> Table | None:
    """Which of several issues stands in the way of a deal."""
    if len(result["issues"]) < 2 or result["model"] not in result["models"]:
        return None
    model = result["models"][result["model"]]
    rows = tuple(
        (name, percent(found["accepted_by_all"]), percent(found["deal_without"]), _gain(found["blocks"]))
        for name, found in sorted(model["issues"].items(), key=lambda item: -item[1]["blocks"])
    )
    columns = headings("Issue", "#All accept", "#Deal without it", "#Gain")
    note = "Gain: by how many points of 100 the chance of a deal would rise were the issue dropped."
    return Table(f"Which issue blocks (by {result['model']})", columns, rows, note)


def _gain(share: float) -> str:
    points = round(100 * share)
    return f"+{points}" if points > 0 else str(points).replace("-", MINUS)


def moves(result: Result, names: Names) -> Table | Paragraph | None:
    """What each party, or all, would have to do for a deal likelier than not."""
    if result["likely_already"] or not result["veto"]:
        return None
    rows = tuple(
        (
            names.actor(move["party"]), how,
            percent(abs(move["share"])) if move["share"] is not None else DASH, in_draws(move["deal"]),
        )
        for move, how in _told(result)
    )  # fmt: skip
    title = f"Who would have to move for a deal likelier than not (by {result['model']})"
    if not rows:
        return Paragraph(f"{title}: no move makes it so.")
    columns = headings("Who", "How", "#Of the scale", "Deal then")
    note = "The least each would have to move, alone unless it says every veto party."
    return Table(title, columns, rows, note)


def _told(result: Result) -> Iterator[tuple[Result, str]]:
    for move in result["moves"]:
        if move["kind"] == "concede":
            yield move, "accept outcomes that much farther off, on every issue"
        else:
            way = "up" if move["amount"] > 0 else "down"
            yield move, f"shift {way} by {significant(abs(move['amount']))} on {move['issue']}"


def disagreement(result: Result) -> Points | None:
    """Where the models disagree, a sentence an issue."""
    said = tuple(sentence(row["says"]).rstrip(".") + "." for row in result["disagreement"])
    return Points(said) if said else None


def deadline(result: Result) -> Table:
    """What a firm and a random deadline do to the chance of closing in time."""
    rules = result["deadline"]["rules"]
    rows = tuple(
        (
            f"{kind} deadline",
            *(percent(result["deadline"][kind][key]) for key in ("last_tenth", "agreed", "deal")),
        )
        for kind in ("firm", "random")
    )
    columns = headings("Deadline", "#Agreements in the last tenth", "#Closed in time", "#Deal")
    note = (
        f"A bargaining model of {rules['periods']} meetings between optimists; its numbers are not the scenario's. "
        "Deal: chance of a deal above times the chance that it closes in time."
    )
    return Table("What a deadline does", columns, rows, note, folded=True)


def shift(result: Result) -> Table:
    """How a shift of power that all foresee takes the ground from a deal."""
    found = result["power_shift"]
    shown = [(s, d) for s, d in zip(found["shifts"], found["deal"], strict=True) if round(s * 20) % 2 == 0]
    largest = found["largest_survived"]
    note = "A deal is blocked where the shift exceeds the room for agreement between the veto parties. " + (
        "A deal is unlikely as it is."
        if largest is None
        else f"A deal stays likelier than not up to a shift of {100 * largest:.0f} points."
    )
    columns = headings("Shift in chance to prevail", "Deal")
    rows = tuple((percent(s), in_draws(d)) for s, d in shown)
    return Table("What a power shift that all foresee does", columns, rows, note, folded=True).first(
        MOST_SHIFTS
    )


def section(context: RunView) -> Section:
    """Every talk under the bargaining models that were asked."""
    found = context.analyses["talks"]
    body: list[Block] = [draw(_deals(context, found))] if found["talks"] else []
    for talk in found["talks"].values():
        body += of_talk(talk, context.names)
    body += record(found["talks"])
    several = any(len(talk["models"]) > 1 for talk in found["talks"].values())
    lead = "All chances are given that the talks take place; those of the run also count that they may not."
    if several:
        lead = (
            "The run forecasts each talk by the model the scenario names. Here the same talks are put to others: "
            "where they agree, the forecast does not hang on the model; where they differ, it does. " + lead
        )
    title = "The talks, by bargaining model" if several else "The talks, if they take place"
    return Section("analysis-talks", title, lead, tuple(body))


def _deals(context: RunView, found: Result) -> Drawing:
    """Draw the chance of a deal of each talk: by its own model, and how far the models spread."""
    rows, cells = [], []
    for name, talk in found["talks"].items():
        by = {model: item["deal"]["mean"] for model, item in talk["models"].items()}
        own, label = by.get(talk["model"]), context.names.talk(name, talk["with_power"])
        rows.append({
            "label": label, "mean": own, "text": percent(own), "low": min(by.values()),
            "high": max(by.values()), "from": None, "to": None,
        })  # fmt: skip
        cells.append(
            (label, talk["model"], percent(own), percent(min(by.values())), percent(max(by.values())))
        )
    several = any(len(talk["models"]) > 1 for talk in found["talks"].values())
    title = "The chance of a deal, by the talk's own model" + (" and by all" if several else "")
    caption = "Dot: chance of a deal by the model the scenario names, if the talks take place"
    columns = headings("Talk", "Its model", "#Deal", "#Lowest", "#Highest")
    return Drawing(
        key="deals-by-model",
        title=title,
        description="; ".join(f"{row['label']}: {row['text']}" for row in rows),
        caption=caption + ("; line: from the lowest to the highest of the models asked." if several else "."),
        chart=lambda frame: charts.interval_rows(
            rows, frame, title="Chance of a deal", colour=ORANGE, domain=(0, 1), percent=True
        ),
        table=Table(title, columns, tuple(cells)),
    )
