"""Tables of why a patron does what it does, from the JSON of `why`, for terminal and report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from equipoise.reporting.blocks import Cell, Column, Table, headings
from equipoise.scenario import phrases, wording
from equipoise.scenario.phrases import (
    DASH,
    MINUS,
    chance,
    count,
    counted,
    day,
    multiple,
    percent,
    plus_minus,
    sentence,
    significant,
)

Found = Mapping[str, Any]
TOP = 8
"""Rows of a table at most, where the JSON has more."""
FIGURES = 2
"""Figures of a number whose error is not known."""


def way(found: Found, key: str) -> str:
    """Return the name of a way of engaging."""
    return found["words"]["ways"].get(key, key)


def quoted(found: Found, key: str) -> str:
    """Return the name of a way of engaging as it stands in a sentence."""
    return phrases.quoted(way(found, key))


def holder(found: Found, key: str | None) -> str:
    """Return who holds beliefs, inside a sentence."""
    return found["words"]["holders"].get(key or "", key or "the analyst")


def place(found: Found, path: str) -> str:
    """Return what a path names."""
    return found["words"]["places"].get(path, path)


def rough(value: float | None) -> str:
    """Return a number whose error is not known."""
    return significant(value, digits=FIGURES)


def belief(path: str, value: float | str) -> str:
    """Return what would have to be believed of a path."""
    return wording.value(path, value, digits=FIGURES)


def bits(value: float) -> str:
    """Return what is learnt, in bits; less than a hundredth of one is next to nothing."""
    return rough(value) if value >= 0.01 else "under 0.01"


def sds(value: float | None) -> str:
    """Return a move in standard deviations, with its sign."""
    if value is None:
        return DASH
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{rough(abs(value))}"


def under(found: Found) -> Table:
    """By whose beliefs and which rule what is done is best, and its price where it is not."""
    rows = []
    for k, verdict in enumerate(found["under"][0]["verdicts"]):
        cells = [_verdict(one["verdicts"][k]) for one in found["under"]]
        rows.append((sentence(verdict["title"]), *cells))
    columns = headings(
        "Chosen by", *(Column(sentence(holder(found, o["holder"])), "number") for o in found["under"])
    )
    note = (
        "Under the beliefs of each: “best”, or what it gives up against the best, in the unit of the rule. Rules look "
        "at payoffs over the states of the world, luck averaged out. The shape of a spread alone (shortfalls from the "
        "median, skew, peakedness) is no reason to do anything. Certainty equivalent: the sure payoff that somebody so "
        "averse to risk would take instead; at 0.5 hardly averse, at 50 very."
    )
    return Table(f"Under what {quoted(found, found['done'])} is best", columns, tuple(rows), note)


def _verdict(verdict: Found) -> str | Cell:
    if verdict["best"] is None:
        return DASH
    if verdict["best"]:
        return Cell("best", "first" if verdict["motive"] else "quiet")
    return rough(verdict["price"])


def wants(found: Found) -> Table:
    """What would have to be wanted, under each holder's beliefs."""
    columns = headings(
        "Under the beliefs of", "#Gives up in the mean", "Best given its doubted goals",
        "#Nearest goals, in sd", "What moves most", "#At stake then",
    )  # fmt: skip
    rows = []
    for one in found["under"]:
        near = one["nearest"]
        wishes = near["wishes"] if near else []
        most = place(found, wishes[0]["path"]) if wishes else "nothing" if near else "no goals would do"
        rows.append((
            sentence(holder(found, one["holder"])), plus_minus(max(0.0, one["price"]["mean"]), one["price"]["se"]),
            chance(one["share"]["mean"]) if 0 < one["share"]["mean"] < 1 else _never_or_always(one["share"]["mean"]),
            rough(near["distance"]) if near else DASH, sentence(most),
            percent(min(1.0, one["stakes"])) if one["stakes"] is not None else DASH,
        ))  # fmt: skip
    note = (
        "Best given its doubted goals: the chance that it is best in the mean, its goals being drawn as the file "
        "doubts them. Nearest goals: the least move of all doubted weights together that makes it best, each in its "
        "own standard deviations (sd). At stake: how far the ways then differ in worth, beside how far they differ as "
        "stated; near 0 %, it is best only for somebody who hardly cares."
    )
    return Table("What it must want", columns, tuple(rows), note)


def _never_or_always(share: float) -> str:
    return "in every draw" if share >= 1 else "in no draw"


def wishes(found: Found) -> Table | None:
    """The nearest goals one by one, starting from the beliefs asked for."""
    here = next(one for one in found["under"] if one["holder"] == found["beliefs"])
    if not here["nearest"] or not here["nearest"]["wishes"]:
        return None
    columns = headings("Goal", "#As stated", "#Would have to be", "#Move, in sd", "Thought possible")
    moved = here["nearest"]["wishes"]
    rows = tuple(
        (sentence(place(found, wish["path"])), weight(wish, wish["stated"]), weight(wish, wish["wanted"]),
         sds(wish["sds"]), "yes" if wish["credible"] else Cell("no", "warn"))
        for wish in moved
    )  # fmt: skip
    note = "The largest moves first. Thought possible: inside what the file says the weight may be."
    return Table(
        f"The nearest goals, starting from the beliefs of {holder(found, found['beliefs'])}",
        columns,
        rows,
        note,
    ).first(TOP)


def weight(goal: Found, value: float | None) -> str:
    """Return a value of a goal's weight, no finer than a tenth of the weight's standard deviation where it has one."""
    if value is None or not goal["sds"]:
        return significant(value)
    grain = abs(goal["wanted"] - goal["stated"]) / abs(goal["sds"]) / 10
    return significant(round(value, max(0, math.ceil(-math.log10(grain)))) + 0.0)


def alone(found: Found) -> Table | None:
    """Which goals could make it best alone."""
    able = [one for one in found["alone"] if one["wanted"] is not None]
    if not able:
        return None
    columns = headings("Goal", "#As stated", "#Best from", "#Best to", "#Nearest, in sd")
    rows = tuple(
        (sentence(place(found, one["path"])), *(weight(one, one[key]) for key in ("stated", "least", "most")),
         sds(one["sds"]))
        for one in able
    )  # fmt: skip
    never, every = len(found["alone"]) - len(able), count(len(found["alone"]))
    note = f"The other goals as stated; {DASH}: no end on that side. "
    if never:
        note += (
            f"{sentence(counted(never, 'goal'))} of {every} cannot make it best alone, whatever the weight."
        )
    else:
        note += f"Each of {every} has a weight at which it is best."
    return Table("Goals that could make it best alone", columns, rows, note).first(TOP)


def believes(found: Found) -> Table | None:
    """The smallest moves of beliefs that make it best, or what comes closest."""
    smallest, closest = found["believes"]["smallest"], found["believes"]["closest"]
    changes = [smallest[size] for size in sorted(smallest)] if smallest else [closest] if closest else []
    if not changes:
        return None
    columns = headings(
        "Belief", "#Typically", "#Would have to be", "#All together, in sd", "#Played again: its lead"
    )
    rows = []
    for change in changes:
        lead = plus_minus(*(
            (change["rerun_gap"], change["rerun_se"]) if smallest else (-change["price"], change["price_se"])
        ))  # fmt: skip
        for k, (path, value, typical) in enumerate(
            zip(change["paths"], change["values"], change["typical"], strict=True)
        ):
            more = (rough(change["distance"]), lead) if k == 0 else ("", "")
            rows.append(
                (
                    sentence(place(found, path)),
                    belief(path, typical),
                    belief(path, value),
                    *more,
                )
            )
    note = "Inputs about the world, each inside its 5–95 % band, the others keeping their doubt."
    caption = (
        "What it must believe"
        if smallest
        else "The beliefs that bring it closest; none is shown to make it best"
    )
    return Table(caption, columns, tuple(rows), note)


def frontier(found: Found) -> Table | None:
    """What it must want on the way to other beliefs."""
    steps = found["believes"]["frontier"]
    if not steps:
        return None
    columns = headings("#Beliefs moved, in sd", "#Goals would then have to move, in sd", "What moves most")
    rows = tuple(
        (rough(step["believes"]), rough(step["wants"]),
         "no goals would do" if step["wants"] is None else
         sentence(place(found, step["paths"][0])) if step["paths"] else "nothing")
        for step in steps
    )  # fmt: skip
    return Table(
        "Between believing otherwise and wanting otherwise",
        columns,
        rows,
        "Along the way to the beliefs above.",
    )


def likely(found: Found) -> Table:
    """How likely each hypothesis is, by how loosely the patron chooses."""
    said = found["likely"]
    at = [said["looseness"].index(value) for value in said["shown"]]
    columns = headings("Hypothesis", "#Before", *(f"#λ = {said['looseness'][k]:.2g}" for k in at))
    best = [max(h["posterior"][k] for h in said["hypotheses"]) for k in at]
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (account(found, h), percent(h["prior"]),
         *(Cell(percent(h["posterior"][k]), "first" if h["posterior"][k] == top else "")
           for k, top in zip(at, best, strict=True)))
        for h in said["hypotheses"]
    )  # fmt: skip
    note = (
        "Probability after what was seen. λ is how loosely the patron chooses: at 0.1 it all but always takes the "
        "best, at 3 it may do anything and its acts teach little. Nobody knows λ: what holds across the columns is "
        "what was learnt."
    )
    return Table("Which account its acts speak for", columns, rows, note).first(TOP)


def account(found: Found, hypothesis: Found) -> str:
    """Return what a hypothesis says, in a few words."""
    return sentence(found["words"]["hypotheses"].get(hypothesis["name"], hypothesis["title"]))


def matrix(found: Found) -> Table:
    """The matrix of acts and hypotheses: how likely each act is under each."""
    said = found["likely"]
    acts = said["acts"]
    seen = (way(found, act["act"]) + (f", from {day(act['since'])}" if act["since"] else "") for act in acts)
    columns = headings("Hypothesis", *(f"#{act}" for act in seen))
    rows = [
        (account(found, h), *(percent(act["chance"][k]) for act in acts))
        for k, h in enumerate(said["hypotheses"])
    ]
    rows.append(
        ("Times likelier where it is expected most than where least",
         *("no limit" if act["ratio"] is None else multiple(act["ratio"]) for act in acts))
    )  # fmt: skip
    note = (
        f"Chance of each act under each hypothesis, at λ = {said['at']:g}. An act that is about as likely under all of "
        "them tells nothing, however striking it is."
    )
    return Table("What each act tells", columns, tuple(rows), note).first(TOP, ranked=len(said["hypotheses"]))


def telling(found: Found) -> Table:
    """What would be most telling to see next."""
    said = found["likely"]
    columns = headings("Seeing", "Chance of it", "#Would teach, in bits", "And speak for", "#Which is then")
    by_name = {h["name"]: h for h in said["hypotheses"]}
    rows = tuple(
        (way(found, one["way"]), chance(one["chance"]), bits(one["bits"]),
         account(found, by_name[one["favours"]]), percent(one["posterior"]))
        for one in said["next"]
    )  # fmt: skip
    note = (
        f"At λ = {said['at']:g}. A bit is what it takes to tell which of two equally likely accounts is so; the next "
        f"act is expected to teach {bits(said['expected_bits'])} bits."
    )
    return Table("What would be most telling to see next", columns, rows, note).first(TOP)
