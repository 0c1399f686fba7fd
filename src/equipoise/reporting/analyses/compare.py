"""What moved between two scenarios, and which change moved it: from the JSON of `compare`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.reporting.blocks import Block, Cell, Paragraph, Table, headings
from equipoise.reporting.estimates import difference
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import count, counted, number, percent, quoted, sentence, within

Found = Mapping[str, Any]


def blocks(found: Found, scenario: Scenario | None = None) -> list[Block]:
    """Return the answer in a sentence or two, what moved, and where the difference comes from, if there is any."""
    if not found["changes"]:
        return [Paragraph(verdict(found))]
    names = Names.of(scenario)
    return [Paragraph(verdict(found)), moved(found, names), shares(found, names)]


def verdict(found: Found) -> str:
    """Say whether the advice changes, and whether the best strategy pays other than before."""
    if not found["changes"]:
        return "The two play alike: they differ in nothing that a future hangs on."
    before, after = (quoted(found[side]["best_title"]) for side in ("first", "second"))
    advice = f"The advice stays {before}"
    if before != after:
        advice = f"The advice changes from {before} to {after}{_doubt(found)}"
    advice += "."
    gap = found["metrics"]["best"]["difference"]
    if not gap["told_apart"]:
        return f"{advice} What the best strategy pays cannot be told apart ({difference(gap)})."
    more = "more" if gap["mean"] > 0 else "less"
    return f"{advice} The best strategy pays {more}: {difference(gap)}."


def _doubt(found: Found) -> str:
    """Say where the best strategy is not told apart from the second, so that a change of advice means little."""
    gap = found["metrics"].get("gap")
    near = [side for side in ("first", "second") if gap and not (gap[side]["low"] or 0.0) > 0]
    if not near:
        return ""
    return f", though in {'both' if len(near) == 2 else f'the {near[0]}'} the two best cannot be told apart"


def moved(found: Found, names: Names) -> Table:
    """Every metric in both, and the paired difference."""
    columns = headings("", "#First", "#Second", "#Difference")
    rows = []
    for key, metric in found["metrics"].items():
        gap, plain = metric["difference"], _is_chance(key)
        if plain and metric["first"]["mean"] == metric["second"]["mean"] == 0:
            continue
        ends = (
            percent(metric[side]["mean"]) if plain else number(metric[side]["mean"])
            for side in ("first", "second")
        )
        told = (
            Cell(difference(gap, chance=plain), "first")
            if gap["told_apart"]
            else difference(gap, chance=plain)
        )
        rows.append((sentence(called(key, names)), *ends, told))
    note = (
        f"{count(found['futures'])} futures of each, on the same draws: the difference is taken state by state, with "
        "its 95 % interval; chances in points of 100, under each one's best strategy. What never happens is left out."
    )
    return Table("What moved", columns, tuple(rows), note)


def shares(found: Found, names: Names) -> Table:
    """What each change adds to the difference in the metric asked for."""
    key = found["asked"]["metric"]
    metric, plain = found["metrics"][key], _is_chance(key)
    columns = headings("What changed", "#Adds")
    rows: list[tuple[str | Cell, ...]] = []
    for change, share in zip(found["changes"], metric["shares"], strict=True):
        adds = difference(share, chance=plain)
        rows.append((sentence(change["says"]), Cell(adds, "first") if share["told_apart"] else adds))
    rows.append(("In all", difference(metric["difference"], chance=plain)))
    if found["method"] == "shapley":
        how = "Each share is what the change adds, averaged over all orders in which they can be made (Shapley)."
    else:
        how = (
            f"With {counted(len(found['changes']), 'change')} they are made one after another, in this order, and each "
            "share is what the change adds then."
        )
    note = f"{how} {counted(found['runs'], 'run').capitalize()} on the same draws; the shares add up to the whole."
    if found["note"]:
        note = f"{found['note']} {note}"
    return Table(f"Where the difference comes from: {called(key, names)}", columns, tuple(rows), note)


def called(key: str, names: Names) -> str:
    """Return what a metric is called."""
    kind, _, name = key.partition(".")
    match kind:
        case "best":
            return "payoff of the best strategy"
        case "gap":
            return "lead of the best over the second"
        case "payoff":
            return f"payoff of {names.quoted(name)}"
        case "falls":
            return f"fall of {names.within(name)}"
    order = names.order(name)
    lower = within(order) if name == "holds" else order[:1].lower() + order[1:]
    return f"at the end: {lower}"


def _is_chance(key: str) -> bool:
    return key.startswith(("falls.", "orders."))
