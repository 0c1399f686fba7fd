"""Tables of the empirical game, from the JSON of `game` alone, for terminal and report.

Patrons and strategies go by the names of the scenario, where these are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from equipoise.reporting.blocks import Block, Cell, Column, Points, Remark, Section, Table, headings
from equipoise.reporting.estimates import with_error
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import (
    DASH,
    count,
    interval,
    listed,
    number,
    percent,
)

Result = Mapping[str, Any]
MOST = 12
"""Equilibria, and profiles of least regret, that are listed; the JSON has them all."""
MOST_CELLS = 120
"""Largest payoff matrix shown unfolded."""
SHOWN = 5e-4
"""Smallest probability of a strategy worth naming in a mixture."""


def blocks(result: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return the selected answer, the equilibria, payoffs of two players, profiles by regret, and the rest."""
    names = Names.of(scenario)
    out: list[Block] = [selected(result, names), Points(tuple(spaced(note) for note in result["notes"]))]
    out.append(equilibria(result, names))
    if len(result["players"]) == 2:
        out.append(matrix(result, names))
    out.append(profiles(result, names))
    if result["dominance"]["dominated"] or result["dominance"]["strict"]["removed"]:
        out.append(dominated(result, names))
    if result["quantal_response"] is not None:
        out.append(quantal(result, names))
    return out


def selected(result: Result, names: Names) -> Remark:
    """The equilibrium that is put forward, and why."""
    chosen = result["selection"]
    reason = " ".join(text for text in (chosen["reason"], chosen["dissent"]) if text)
    if chosen["mixtures"] is None:
        return Remark("The selected answer: none", spaced(reason), "answer")
    items = tuple(
        f"{names.patron(p)}: {mixture(result, p, chosen['mixtures'][p])}" for p in result["players"]
    )
    return Remark(
        "The selected answer: where no player gains by changing alone", spaced(reason), "answer", items
    )


def equilibria(result: Result, names: Names) -> Table:
    """Every equilibrium found, with its payoffs and how far it may be off."""
    players = result["players"]
    columns = headings(
        "Equilibrium", *(Column(f"{names.patron(p)} chooses") for p in players),
        *(f"#Payoff of {names.within(p)}" for p in players), "#Regret", "#Holds in resamples",
        "#Off by at most",
    )  # fmt: skip
    rows = tuple(
        (
            _named(one), *(mixture(result, p, one["mixtures"][p]) for p in players),
            *(with_error(one["payoffs"][p]) for p in players),
            number(one["regret_interval"]["value"]), percent(one["probability"]), number(one["bound"]),
        )
        for one in result["equilibria"]
    )  # fmt: skip
    note = (
        "Payoff: mean ± standard error. Regret, ε: the most that one player could gain by changing alone. "
        "Holds: share of resamples of the futures in which nobody gains more by changing alone than a hundredth of "
        "what a change of strategy typically makes to them. " + spaced(result["error"]["statement"])
    )
    if not rows:
        note = "None of the candidates passed verification. " + note
    return Table("Equilibria", columns, rows, note).first(MOST)


def _named(one: Result) -> str:
    """Name of an equilibrium, and whether it is one point of many."""
    return one["name"] + (f" (part of continuum {one['component']})" if one["component"] is not None else "")


def matrix(result: Result, names: Names) -> Table:
    """Payoffs of two players: a row a strategy of the first, a column a strategy of the second."""
    first, second = result["players"]
    cells = {(row["profile"][first], row["profile"][second]): row for row in result["profiles"]}
    stable = {
        tuple(max(one["mixtures"][p], key=one["mixtures"][p].get) for p in (first, second))
        for one in result["equilibria"]
        if one["kind"] == "pure"
    }
    rows = []
    for own in result["strategies"][first]:
        row: list[str | Cell] = [title(result, first, own)]
        for other in result["strategies"][second]:
            means = [number(cells[own, other]["payoffs"][p]["mean"]) for p in (first, second)]
            text = " / ".join(means)
            row.append(Cell(f"{text} *", "first") if (own, other) in stable else text)
        rows.append(tuple(row))
    columns = headings(
        Column(f"{names.patron(first)} ↓ {names.patron(second)} →"),
        *(f"#{title(result, second, other)}" for other in result["strategies"][second]),
    )  # fmt: skip
    errors = [row["payoffs"][p]["se"] for row in result["profiles"] for p in (first, second)]
    worst = max((error for error in errors if error is not None), default=None)
    note = f"Payoff of {names.within(first)} / payoff of {names.within(second)}. *: an equilibrium."
    note += "" if worst is None else f" No standard error is above {number(worst, digits=4)}."
    return Table("Payoffs", columns, tuple(rows), note, folded=len(cells) > MOST_CELLS)


def profiles(result: Result, names: Names) -> Table:
    """Combinations of strategies by what somebody could gain by changing alone, least first."""
    players = result["players"]
    ordered = sorted(result["profiles"], key=lambda row: row["regret"]["value"])
    columns = headings(
        *(Column(names.patron(p)) for p in players), *(f"#Regret of {names.within(p)}" for p in players),
        f"#Largest, {percent(result['confidence'])} interval", "#An equilibrium in",
    )  # fmt: skip
    rows = tuple(
        (
            *(title(result, p, row["profile"][p]) for p in players),
            *(number(row["regret"]["by_player"][p]) for p in players),
            interval(row["regret"]["low"], row["regret"]["high"]), percent(row["equilibrium_probability"]),
        )
        for row in ordered
    )  # fmt: skip
    note = (
        "Profile: a strategy of each. Regret: what each could gain by changing alone, to another of the "
        "strategies that were played. An equilibrium in: share of resamples of the futures."
    )
    return Table("Profiles by regret, the most stable first", columns, rows, note).first(MOST)


def dominated(result: Result, names: Names) -> Table:
    """Strategies that another one beats whatever the others do."""
    found = result["dominance"]
    rounds = {(one["player"], one["strategy"]): one for one in found["strict"]["removed"]}
    shown = {(one["player"], one["strategy"]): one for one in found["dominated"]}
    columns = headings("Strategy", "Of", "Dominated", "By", "#Round", "#Holds in resamples")
    rows = tuple(
        (
            title(result, one["player"], one["strategy"]), names.patron(one["player"]),
            "strictly" if one["kind"] == "strict" else "weakly", mixture(result, one["player"], one["by"]),
            str(rounds[key]["round"]) if key in rounds else DASH, percent(one.get("probability")),
        )
        for key, one in {**rounds, **shown}.items()
    )  # fmt: skip
    note = (
        "Dominated: whatever the others do, what stands under By pays more (strictly) or at least as much "
        "(weakly). Round: when it goes if strictly dominated strategies are removed in turn; – if it stays."
    )
    return Table("Strategies that are never better", columns, rows, note)


def quantal(result: Result, names: Names) -> Table:
    """How often each strategy is chosen by players who err, from choosing at random to hardly erring."""
    found = result["quantal_response"]
    points, limit = found["points"], found["limit"]
    columns = headings("Strategy", "Of", *(f"#λ = {point['precision']:g}" for point in points), "#limit")
    rows = tuple(
        (
            title(result, player, strategy), names.patron(player),
            *(number(point["mixtures"][player][strategy], digits=2) for point in points),
            DASH if limit is None else number(limit[player][strategy], digits=2),
        )
        for player in result["players"]
        for strategy in result["strategies"][player]
    )  # fmt: skip
    note = (
        "Share with which players who sometimes err choose each strategy (quantal response). λ says how well they "
        f"tell payoffs apart; λ = 0 is choosing at random. {spaced(found['scale'])}"
    )
    return Table("If the players err", columns, rows, note, folded=True)


def title(result: Result, player: str, strategy: str) -> str:
    """Name of a strategy of a player."""
    return (result.get("titles") or {}).get(player, {}).get(strategy, strategy)


def mixture(result: Result, player: str, shares: Mapping[str, float]) -> str:
    """Return a mixture in words: the strategy alone if it is pure, else shares, largest first."""
    used = sorted(((p, s) for s, p in shares.items() if p > SHOWN), key=lambda pair: -pair[0])
    if len(used) == 1:
        return title(result, player, used[0][1])
    return "; ".join(f"{percent(p)} {title(result, player, s)}" for p, s in used)


def spaced(text: str) -> str:
    """Return text with per cent signs set off from their numbers, as everywhere else."""
    return re.sub(r"(\d)%", r"\1 %", text)


def section(context: RunView) -> Section:
    """What the patrons would choose, given what the others choose."""
    result = context.analyses["game"]
    players = [context.names.within(player) for player in result["players"]]
    lead = (
        f"The game of {listed(players)}: each combination of their strategies was played through the same "
        f"{count(result['futures'])} futures."
    )
    made = tuple(blocks(result, context.scenario))
    return Section("analysis-game", "What the rivals would do", lead, made)
