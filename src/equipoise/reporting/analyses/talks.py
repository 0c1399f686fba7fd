"""Tables of a study of talks, from its JSON alone, for terminal and report."""

from __future__ import annotations

import math
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
    interval,
    number,
    percent,
    sentence,
    significant,
)

Result = Mapping[str, Any]
CLEAR = 0.9
"""From this chance of a deal on, nothing blocks it that is worth a sentence."""
MOST_SHIFTS = 6
"""Shifts of power that a table shows, the smallest first."""
STEPS = 3
"""Places on an issue's scale are shown to its thousandth part: of a scale to 100, with one decimal."""


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
    """The chance of a deal by the talk's own model, what blocks it most, and whether the talks take place at all."""
    own = result["models"].get(result["model"])
    if own is None:
        return None
    power = f", with power {result['with_power']}" if result["with_power"] else ""
    deal, blocking = own["deal"]["mean"], own["blocking"]
    text = f"If the talks take place, a deal by the {result['model']} model{power}: {_chance(result, deal)}."
    if blocking and deal < CLEAR:
        accepted = own["issues"][blocking]["accepted_by_all"]
        text += f" What blocks most is “{blocking}”: " + (
            "not all accept its outcome." if _certain(result) else
            f"all accept its outcome in {percent(accepted)} of draws."
        )  # fmt: skip
    held = result["takes_place"]
    if held is not None and held < 1:
        text += f" The file gives them a chance of {percent(held)} to take place, which the chances here leave aside."
    return Paragraph(text)


def _certain(result: Result) -> bool:
    """Return whether nothing in the table is uncertain, so that each model has one outcome."""
    return bool(result["draws"] == 1)


def _chance(result: Result, probability: float | None) -> str:
    """Return a chance over the draws; where there is nothing to draw, whether there is a deal."""
    if _certain(result) and probability is not None:
        return "yes" if probability >= 1 else "no"
    return in_draws(probability)


def _share(result: Result, share: float) -> str:
    return _chance(result, share) if _certain(result) else percent(share)


def models(result: Result) -> Table:
    """The chance of a deal by each model asked, and how far each was off where it could be tested."""
    certain, rows = _certain(result), []
    for name, model in result["models"].items():
        record = model["accuracy"]
        error = DASH if record is None else number(record["mae"], digits=1)
        verdict = DASH if record is None else record["verdict"]
        se = model["deal"]["se"]
        known = [] if certain else [DASH if se is None else f"{100 * se:.1f}"]
        deal = _chance(result, model["deal"]["mean"])
        rows.append((_name(result, name), deal, *known, error, verdict))
    columns = headings(
        "Model", "Deal", *([] if certain else ["#± points"]), "#Error on EU decisions", "There, beside the compromise"
    )  # fmt: skip
    drawn = (
        "Nothing in the table is uncertain, so each model has one outcome." if certain else
        f"{count(result['draws'])} draws of what is uncertain; ±: standard error, in points of 100."
    )  # fmt: skip
    note = f"*: the model that the rest is told by. {drawn} Error: mean miss, in points of 100."
    title = f"{'A' if certain else 'The chance of a'} deal, if the talks take place"
    return Table(title, columns, tuple(rows), note)


def _name(result: Result, model: str) -> str | Cell:
    return Cell(f"{model} *", "first") if model == result["model"] else model


def _place(about: Result, value: float | None) -> str:
    """Return a place on an issue's scale, with as many decimals as tell a thousandth part of the scale."""
    return number(value, digits=_decimals(about))


def _decimals(about: Result) -> int:
    return max(STEPS - round(math.log10(about["high"] - about["low"])), 0)


def issue(result: Result, name: str, names: Names) -> Table:
    """Where an issue may land by each model, and who accepts that."""
    about, parties, certain = result["issues"][name], result["veto"], _certain(result)
    ordered = any(item["issues"][name]["order_sd"] is not None for item in result["models"].values())
    rows = []
    for model, item in result["models"].items():
        found = item["issues"][name]
        spread = [] if certain else [interval(found["p5"], found["p95"], digits=_decimals(about))]
        by_order = [_place(about, found["order_sd"])] if ordered else []
        accepts = [_share(result, found["accepts"][party]["mean"]) for party in parties]
        rows.append((
            _name(result, model), _place(about, found["mean"]), *spread, *by_order, *accepts,
            _share(result, found["no_agreement"]),
        ))  # fmt: skip
    columns = headings(
        "Model", "#Outcome", *([] if certain else ["#5 to 95 %"]), *(["#Sd over orders"] if ordered else []),
        *(f"#{names.actor(party)} accepts" for party in parties), "#No agreement",
    )  # fmt: skip
    ends = "; ".join(f"{point}: {text}" for point, text in about["labels"].items())
    ends = ends or f"{significant(about['low'])} to {significant(about['high'])}"
    stands = ", ".join(
        f"{names.within(who)} {significant(party['position'])}" for who, party in about["parties"].items()
    )
    note = f"Scale: {ends}. {'Positions' if certain else 'Mean positions'}: {stands}."
    if ordered:
        note += (
            " Sd over orders: standard deviation of the outcome over other orders of actors and issues; some models "
            "take equal steps in the order of the table."
        )
    return Table(f"Where “{name}” may land", columns, tuple(rows), note, folded=len(rows) > 4)


def blocking(result: Result) -> Table | None:
    """Which of several issues stands in the way of a deal."""
    if len(result["issues"]) < 2 or result["model"] not in result["models"]:
        return None
    model = result["models"][result["model"]]
    rows = tuple(
        (
            name, _share(result, found["accepted_by_all"]), _share(result, found["deal_without"]),
            _gain(found["blocks"]),
        )
        for name, found in sorted(model["issues"].items(), key=lambda item: -item[1]["blocks"])
    )  # fmt: skip
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
            percent(abs(move["share"])) if move["share"] is not None else DASH, _chance(result, move["deal"]),
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
            amount = _place(result["issues"][move["issue"]], abs(move["amount"]))
            yield move, f"shift {way} by {amount} on “{move['issue']}”"


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
        "A deal is no likelier than not as it is."
        if largest is None
        else f"A deal stays likelier than not up to a shift of {100 * largest:.0f} points."
    )
    columns = headings("Shift in chance to prevail", "Deal")
    rows = tuple((percent(s), _chance(result, d)) for s, d in shown)
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
