"""The section on ties: the camps that leave least in conflict, what strains them, what each hedge adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from equipoise.report import figures_analyses as figures
from equipoise.report.blocks import Block, Column, Paragraph, Points, Section, Table
from equipoise.report.context import Context
from equipoise.report.drawing import draw
from equipoise.report.phrases import counted, number, percent
from equipoise.report.talks_tables import said

Found = Mapping[str, Any]
MOST_ROWS = 12
"""Longest list of ties or camps printed."""


def ties(context: Context) -> Section:
    """The map of the ties under strain, the price of each way of engaging, camps, repairs and coalitions."""
    found = context.analyses["balance"]
    measures = found["measures"]
    total = len(found["network"]["ties"])
    strained = len(found["frustration"]["frustrated"])
    lead = (
        f"The best two camps leave {strained or 'none'} of {counted(total, 'tie')} in conflict: a "
        "frustration of "
        f"{number(measures['frustration'], digits=2)}, a balance of "
        f"{number(measures['frustration_index'], digits=2)} "
        "where 1 is free of contradiction. Tension is a cost and an indicator, never a law: actors "
        "live with it "
        "for years."
    )
    body: list[Block] = [draw(figures.ties(context, found))]
    prices = figures.hedges(context, found)
    if prices is not None:
        body.append(draw(prices))
    body += [
        *_repairs(context, found),
        *_camps(context, found),
        *_coalitions(context, found),
        *_events(context, found),
    ]
    if found["notes"]:
        body.append(Points(tuple(_named(context, note) for note in found["notes"])))
    body.append(Paragraph(_confidence(found)))
    return Section("analysis-balance", "The ties, and what a hedge does to them", lead, tuple(body))


def _confidence(found: Found) -> str:
    drawn = found.get("uncertainty")
    proved = (
        "proved to be the least" if found["frustration"]["proved"] else "the best found, not proved the least"
    )
    over = (
        f" Shares are over {drawn['draws']} draws of what is uncertain." if drawn else " No tie is uncertain."
    )
    return f"The frustration is {proved}.{over} How far balance foretells what actors do is disputed."


def _repairs(context: Context, found: Found) -> list[Block]:
    columns = (
        Column("Tie"), Column("Weight", "number"), Column("Frustration falls by", "number"),
        Column("In conflict now"),
    )  # fmt: skip
    rows = tuple(
        (_pair(context, row["between"]), number(row["weight"], digits=2, signed=True), number(row["drop"]),
         "yes" if row["frustrated"] else "no")
        for row in found["repairs"]["ties"][:MOST_ROWS]
    )  # fmt: skip
    note = "Ending a tie and turning it into its opposite lower the frustration by the same amount."
    return [Table("Which tie's end or turn would ease most", columns, rows, note)] if rows else []


def _camps(context: Context, found: Found) -> list[Block]:
    drawn = found.get("uncertainty")
    if not drawn or not drawn["alignments"]:
        return []
    rows = tuple((_groups(context, row["groups"]), said(row["share"])) for row in drawn["alignments"][:6])
    note = "In how many draws this division leaves least in conflict; camps are parted by a bar."
    return [Table("Camps that leave least in conflict", (Column("Camps"), Column("Chance")), rows, note)]


def _coalitions(context: Context, found: Found) -> list[Block]:
    accounts = (found.get("coalitions") or {}).get("accounts")
    if not accounts:
        return []
    columns = (
        Column("Force"), Column("Power", "number"), Column("Would join, by power"),
        Column("Would join, by patronage"),
    )  # fmt: skip
    rows = tuple(
        (context.names.force(force), percent(found["power"][force]),
         *(_wants(context, force, accounts[account][force]) for account in ("power", "patronage")))
        for force in accounts["power"]
    )  # fmt: skip
    note = (
        "By power: the winning coalition in which its share is largest. By patronage: partners with "
        "the same patrons "
        "and without rivalry. With each, in how many of the draws. Where the two accounts differ, "
        "that is the finding."
    )
    return [Table("Whom each force would join, under two accounts", columns, rows, note)]


def _wants(context: Context, force: str, choice: Found) -> str:
    others = [context.names.force(name) for name in choice["members"] if name != force]
    drawn = choice.get("drawn") or []
    share = next((row["share"] for row in drawn if row["members"] == choice["members"]), None)
    return (", ".join(others) or "nobody") + ("" if share is None else f": {said(share)}")


def _events(context: Context, found: Found) -> list[Block]:
    rows = tuple(
        (f"{context.names.event(row['name'])} ({row['kind']})",
         "; ".join(f"{_pair(context, tie['between'])} {number(tie['weight'], digits=2, signed=True)}"
                   for tie in row["ties"]),
         number(row["frustration"]))
        for row in found.get("events") or []
    )  # fmt: skip
    columns = (Column("If"), Column("Ties become"), Column("Frustration then", "number"))
    return [Table("What would change the ties, each on its own", columns, rows)] if rows else []


def _pair(context: Context, between: Sequence[str]) -> str:
    return " – ".join(context.names.actor(key) for key in between)


def _groups(context: Context, groups: Sequence[Sequence[Sequence[str]]]) -> str:
    return "; ".join(
        " | ".join(", ".join(context.names.actor(key) for key in camp) for camp in camps if camp)
        for camps in groups
    )


def _named(context: Context, note: str) -> str:
    """Return a note with the actors' display names where it lists identifiers."""
    start, sign, rest = note.partition("No tie is stated for ")
    if not sign:
        return note
    keys, _, tail = rest.partition(";")
    return f"{start}{sign}{', '.join(context.names.actor(key.strip()) for key in keys.split(','))};{tail}"
