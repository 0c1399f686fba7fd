"""What an exploration shows, from its JSON alone: the same tables and sentences for terminal and report.

Strategies and forces go by the names of the scenario where these are given; what an input is called stands in
the JSON under `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10
from typing import Any

from equipoise.reporting.blocks import Block, Heading, Paragraph, Points, Table, headings
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import (
    chance,
    count,
    counted_over,
    listed,
    number,
    percent,
    percent_error,
    percents,
    plus_minus,
    sentence,
    significant,
    span,
)

Found = Mapping[str, Any]
TOP = 10
"""Rows of a table, at most; the JSON has them all."""
OUTPUTS = {"choice": "which strategy is best", "gap": "the gap between the two best strategies"}
"""What is explained, by its key in the JSON; the others are payoffs of a strategy."""
RERUN = {None: "not rerun", True: "confirmed", False: "not confirmed"}
OUTCOMES = {
    "fall": "Fall: {}",
    "majority": "Majority at the end: {}",
    "settlement": "A settlement holds at the end",
    "no majority": "{} has fallen, nobody has the majority",
}
"""What an outcome that is foretold is called, by its kind."""
KINDS = {"states": "states of the world", "futures": "single futures"}


def named(found: Found, path: str) -> str:
    """Return what a path is called, at the start of a line."""
    return sentence(found["words"].get(path, path))


def full(text: str) -> str:
    """Return a clause as a sentence."""
    return sentence(text.rstrip(".")) + "."


def headlines(found: Found) -> Points:
    """The main findings, a sentence each."""
    return Points(tuple(full(line) for line in found["headlines"]))


def explored(found: Found, names: Names) -> str:
    """Say how many states, strategies and reruns an exploration rests on."""
    about = found["explored"]
    text = f"This rests on {count(about['states'])} of {count(about['of'])} states of the study."
    if about["left_out"]:
        left = listed([names.quoted(name) for name in about["left_out"]])
        text += f" Best in none of them, and therefore left out: {left}."
    again = about["reruns"]
    if again and again["count"]:
        text += (
            f" Crossings played again and confirmed flips rest on {count(again['count'])} reruns of "
            f"{count(again['states'])} states with {again['chance']} courses of chance each."
        )
    return text


def outputs(found: Found) -> list[str]:
    """Return what is explained by drivers: the choice, the gap, then the payoff of each strategy."""
    given = [driver["output"] for driver in found["drivers"]]
    return sorted(
        given, key=lambda output: list(OUTPUTS).index(output) if output in OUTPUTS else len(OUTPUTS)
    )


def output_words(output: str, names: Names) -> str:
    """Say what is explained: `which strategy is best`, `the payoff of bandwagon`."""
    return OUTPUTS.get(output) or f"the payoff of {names.quoted(output.removeprefix('payoff.'))}"


def drivers(found: Found, names: Names, output: str, top: int = TOP) -> Table | Paragraph | None:
    """How much each input drives one output, those told apart from chance; a sentence where none is."""
    driver = next((item for item in found["drivers"] if item["output"] == output), None)
    if driver is None:
        return None
    what = output_words(output, names)
    if driver["constant"]:
        return Paragraph(f"Nothing drives {what}: it is the same in every state.")
    told = [row for row in driver["indices"] if row["told_apart"]]
    if not told:
        return Paragraph(f"No single input can be shown to drive {what}. {dummy(driver)}")
    columns = headings("Input", "#Alone", "#95 % interval", "#With pairs")
    rows = tuple(
        (
            named(found, row["path"]), percent(row["first"]),
            percents(row["low"], row["high"]), percent(row["total"]),
        )
        for row in told
    )  # fmt: skip
    note = dummy(driver)
    if output in OUTPUTS:
        note = (
            "Alone: share of the variation that would go if this input were known. With pairs: the share in which "
            f"it has a part, alone or with one other. {note}"
        )
    return Table(f"What drives {what}", columns, rows, note).first(top)


def dummy(driver: Found) -> str:
    """Say how far chance alone reaches, and what no input explains."""
    floor, rest = percent(driver["floor"]), percent(driver["rest"])
    return f"A random number that means nothing reaches {floor}; unexplained: {rest}."


def tips(found: Found, names: Names, top: int = TOP) -> Table | Paragraph:
    """Where another strategy becomes the best along one input; a sentence where none does."""
    rows: list[tuple[str, ...]] = []
    for tip in found["tips"]:
        for crossing in (c for c in tip["crossings"] if c["established"] and c["played_again"] is not False):
            rows.append((
                named(found, tip["path"]), significant(crossing["value"]),
                span(crossing["low"], crossing["high"]),
                names.strategy(crossing["below"]), chance(crossing["chance_below"]),
                names.strategy(crossing["above"]), chance(crossing["chance_above"]),
            ))  # fmt: skip
        if len({level["best"] for level in tip["levels"] if level["support"] >= 0.95}) > 1:
            rows += [
                (
                    named(found, tip["path"]), plain(level["value"]), "", names.strategy(level["best"]),
                    chance(level["chance"]), "", "",
                )
                for level in tip["levels"]
            ]  # fmt: skip
    if not rows:
        return Paragraph("No single input can be shown to change which strategy is best, wherever it lies.")
    columns = headings(
        "Input", "#Changes at", "#90 % interval", "Best below", "Chance of below", "Best above",
        "Chance of above",
    )  # fmt: skip
    note = (
        "Only changes told apart from chance at 95 %; the other inputs keep their spread. Chance of below, above: "
        "how likely the input lies on that side. For an input with a few values: the best at each of them. "
        f"{counted_over(found['states'])}"
    )
    return Table("Where the best strategy changes along one input", columns, tuple(rows), note).first(top)


def pairs(found: Found, names: Names, top: int = TOP) -> Table | None:
    """Over which two inputs the best strategy changes."""
    rows = tuple(
        (
            named(found, pair["paths"][0]), named(found, pair["paths"][1]),
            "; ".join(f"{names.strategy(name)} {percent(share)}" for name, share in pair["chance"].items()),
            percent(pair["sure"]),
        )
        for pair in found["pairs"]
    )  # fmt: skip
    if not rows:
        return None
    columns = headings("Input", "With", "Best in (share of states)", "#Another is best")
    note = (
        "Best in: as far as these two inputs tell, all others averaged out. Another is best: share of the states in "
        f"which another strategy is, 95 % sure, better than the first. {counted_over(found['states'])}"
    )
    return Table("Where the best strategy changes over two inputs", columns, rows, note, folded=True).first(
        top
    )


def failures(found: Found, names: Names, over: str) -> Table | Paragraph | None:
    """In which states, or single futures, a strategy fails.

    Args:
        found: the exploration.
        names: of the scenario.
        over: a key of `KINDS`.
    """
    item = found["failures" if over == "states" else "failures_in_futures"]
    if not item:
        return None
    title = f"Where {names.quoted(item['strategy'])} fails, over {KINDS[over]}"
    boxes: dict[tuple[str, ...], list[str]] = {}
    for method in ("prim", "cart"):
        for box in item[method]:
            if box["confirmed"]:
                boxes.setdefault(_box(box), []).append(method.upper())
    if not boxes:
        return Paragraph(f"{title}: {item['note'] or 'nothing common to its failures is confirmed'}.")
    columns = headings("Where", "Chance of failing there", "#Share of all its failures", "#Cases", "Found by")
    rows = tuple((*box, " and ".join(methods)) for box, methods in boxes.items())
    note = (
        f"It fails where {item['fails_where']}: in {percent(item['failures'])} of {count(item['cases'])} "
        f"{KINDS[over]}. Found on one half of the states and judged on the other, by two methods: PRIM peels away "
        "cases until failures are dense, CART splits them like a tree."
    )
    return Table(title, columns, rows, note)


def _box(box: Found) -> tuple[str, ...]:
    """Return where a strategy fails, how likely it does there, and how much of its failures that is."""
    where = sentence(" and ".join(limit["says"] or limit["path"] for limit in box["limits"]))
    return (
        where, chance(box["held_out_density"]), percent(box["held_out_coverage"]), count(box["held_out_cases"])
    )  # fmt: skip


def _as_sure(value: float, se: float | None) -> tuple[str, str]:
    """Return a value and its standard error, both to the first figure of the error."""
    if not se:
        return significant(value), significant(se)
    places = max(0, -floor(log10(se)))
    return number(value, digits=places), number(se, digits=places)


def information(found: Found, top: int = TOP) -> Table:
    """What each input, and each part of the scenario, is worth knowing."""
    info = found["information"]
    told = {row["what"]: row for row in (*info["inputs"], *info["groups"]) if row["told_apart"]}
    rows = [("Everything about the state of the world", info["evpi"])]
    rows += [(named(found, what), row) for what, row in told.items()]
    columns = headings("What", "#Worth, in payoff", "#Standard error", "#Share of all")
    cells = tuple(
        (name, *_as_sure(row["value"], row.get("se")), percent(row.get("share"))) for name, row in rows
    )
    note = (
        "Worth: payoff gained by knowing this before choosing; luck stays unknown. A random number that means "
        f"nothing reaches {significant(info['floor'])}."
    )
    if len(rows) == 1:
        note = "No single input or part is worth more than a random number. " + note
    return Table("What to find out first", columns, cells, note).first(top + 1)


def dated(found: Found) -> list[Block]:
    """By when what is unknown becomes known, and what knowing it is worth."""
    said = tuple(full(row["says"]) for row in found["reveals"] or ())
    return [Heading("And by when"), Points(said)] if said else []


def watch(found: Found, names: Names) -> Table | None:
    """What foretells each outcome, by when: one row an outcome, its two most telling signs beside it."""
    if not found["indicators"]:
        return None
    rows = []
    for item in sorted(found["indicators"], key=lambda item: not item["indicators"]):
        cells = [cell for sign in item["indicators"] for cell in (sentence(sign["says"]), _then(sign))]
        cells += [sentence(item["note"] or ""), ""] * (not cells)
        rows.append(
            (
                outcome(names, item["outcome"]),
                chance(item["chance"], item["errors"]["chance"]["se"]),
                *cells,
                *[""] * (4 - len(cells)),
            )
        )
    columns = headings("Outcome", "Chance", "Most telling sign", "Chance with it", "Next", "Chance with it")
    note = (
        f"{counted_over(found['states'], 'futures')} Chance: in one future of each state looked at. Chance with it, "
        "and without: that the outcome comes where the sign is seen on that day, and where it is not, among futures "
        "in which it has not come yet and cannot be read off; judged on states set aside. ±: standard error, in "
        "points of 100. Do not add up signs that move together. Hit and false-alarm rates, likelihood ratios with "
        "their intervals and lead times are in the JSON."
    )
    return Table("What to watch", columns, tuple(rows), note)


def watching(found: Found, names: Names, top: int = TOP) -> Table | Paragraph | None:
    """What each sign is worth, and what to take up where it is seen: the map of which way stays best until when."""
    if found["watching"] is None:
        return None
    told = [sight for sight in found["watching"] if sight["worth"]["told_apart"] and sight["adds"]]
    if not told:
        return Paragraph("No sign is worth waiting for: it would change no choice by more than chance.")
    rows = tuple(
        (
            sentence("; and ".join(sight["signs"])),
            plus_minus(sight["worth"]["value"], sight["worth"]["se"]),
            names.strategy(sight["without"]), _turn(sight, "seen", names), _turn(sight, "unseen", names),
        )
        for sight in told
    )  # fmt: skip
    columns = headings(
        "Sign", "#Worth", "Best from then on without looking", "Where it is seen", "Where it is not"
    )
    note = (
        "The advised strategy is followed until the day of the sign, and one is chosen again then. Worth: payoff "
        "gained by reading the sign before that choice, ± standard error; only what is told apart from nothing. Two "
        "signs, both read on that day, where they are worth more than one. Another strategy stands on a side where it "
        "is told to pay more, with its gain."
    )
    return Table("What watching is worth, and what to turn to", columns, rows, note).first(top)


def _turn(sight: Found, side: str, names: Names) -> str:
    branch = sight[side]
    if branch is None or not branch["told_apart"]:
        return "stay" if branch is not None else ""
    return f"{names.strategy(branch['strategy'])} (+{gain(branch)})"


def gain(branch: Found) -> str:
    """Return a gain to the first figure of what its interval leaves open to either side, to three figures at most."""
    low, high = branch["low"], branch["high"]
    if low is None or high is None or not high > low:
        return significant(branch["gain"])
    places = max(0, -floor(log10((high - low) / 2) + 1e-9))  # the width 0.03 - 0.01 is a hair below 0.02
    return min(number(branch["gain"], digits=places), significant(branch["gain"]), key=len)


def _then(sign: Found) -> str:
    seen, unseen = (
        percent_error(sign[key], sign["errors"][key]["se"]) for key in ("chance_seen", "chance_unseen")
    )
    return f"{seen}, without {unseen}"


def outcome(names: Names, text: str) -> str:
    """Return an outcome that is foretold in the scenario's names: `fall of crown` as `The Crown falls`."""
    kind, _, key = text.partition(" of ")
    if key and kind in OUTCOMES:
        return OUTCOMES[kind].format(names.force(key))
    if text in OUTCOMES:
        return OUTCOMES[text].format(sentence(names.government()))
    name = text.removesuffix(" is not best")
    return text if name == text else f"{sentence(names.quoted(name))} is not best"


def assumptions(found: Found, top: int = TOP) -> Table | Paragraph:
    """The inputs that stand on no claim and on which the choice depends; a sentence where there are none."""
    item = found["assumptions"]
    rows = tuple(
        (
            named(found, row["path"]), significant(row["worth"]), percent(row["choice"]),
            "yes" if row["tips"] else "no", number(row["flips_at"], digits=1),
        )
        for row in item["assumptions"]
        if row["matters"]
    )  # fmt: skip
    if not rows:
        return Paragraph(full(item["says"]))
    columns = headings("Input", "#Worth knowing", "#Drives the choice", "Tips it", "#Flips it at")
    note = f"{full(item['says'])} Flips it at: how far from its middle, in standard deviations."
    return Table("Key assumptions: inputs that stand on no claim", columns, rows, note).first(top)


def flips(found: Found, names: Names) -> Table | Paragraph:
    """The smallest credible changes that make another strategy the best; a sentence where none does."""
    rows = tuple(
        (
            "; ".join(changes(found, flip)), number(flip["distance"], digits=1),
            names.strategy(flip["to_strategy"]), RERUN[flip["confirmed"]],
        )
        for flip in found["flips"]["smallest"].values()
    )  # fmt: skip
    if not rows:
        return Paragraph(full(found["flips"]["says"]))
    columns = headings("Change", "#Standard deviations", "Best then", "Played again")
    note = "By one input, two and three. Played again: whether reruns with the change bear it out."
    return Table("The smallest credible change that flips the recommendation", columns, rows, note)


def changes(found: Found, flip: Found) -> list[str]:
    """Say each change of a flip: `The Crown's momentum from −0.01 to −0.02`; what reads alike is kept as it is."""
    moved = [
        (found["words"].get(path, path), plain(old), plain(new))
        for path, old, new in zip(flip["paths"], flip["typical"], flip["values"], strict=True)
    ]
    said = [
        f"{what} from {old} to {new}" if old != new else f"{what} kept at {old}" for what, old, new in moved
    ]
    return [sentence(said[0]), *said[1:]]


def plain(value: Any) -> str:
    """Return a value of an input: a word as it is, a number to three figures."""
    return value if isinstance(value, str) else significant(value)
