"""Terminal tables of the empirical game, made from the result's dict alone.

`tables(result)` reads what `GameResult.to_dict()` wrote (or the same JSON read back) and nothing else,
so whatever is shown is also in the JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

_MOST_PROFILES = 20
_SHOWN = 0.0005  # smallest probability of a strategy worth naming in a mixture

Result = Mapping[str, Any]


def tables(result: Result, *, most: int = _MOST_PROFILES) -> list[Table]:
    """Make the tables of an empirical game, the answer first.

    Args:
        result: what `GameResult.to_dict()` returns.
        most: equilibria and pure profiles to list, profiles of least regret first.

    Returns:
        The selected answer, the equilibria, the payoffs (a matrix for two players), the profiles by
        regret, dominated strategies (if any) and quantal responses (if followed).
    """
    made = [_selection(result), _equilibria(result, most)]
    if len(result["players"]) == 2:
        made.append(_matrix(result))
    made.append(_profiles(result, most))
    if result["dominance"]["dominated"] or result["dominance"]["strict"]["removed"]:
        made.append(_dominance(result))
    if result["quantal_response"] is not None:
        made.append(_quantal(result))
    return made


def _table(title: str, columns: Sequence[str], *, caption: str = "", text: int = 1) -> Table:
    """Return an empty table whose first `text` columns hold words and the others numbers."""
    from rich.table import Table

    table = Table(title=title, caption=caption or None, title_justify="left", caption_justify="left")
    for index, column in enumerate(columns):
        table.add_column(_plain(column), justify="left" if index < text else "right")
    return table


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _selection(result: Result) -> Table:
    chosen = result["selection"]
    table = _table("The selected answer", ["", ""], text=2)
    if chosen["name"] is None:
        table.add_row("equilibrium", "none")
    else:
        table.add_row("equilibrium", chosen["name"])
        for player in result["players"]:
            table.add_row(_plain(player), _mixture(chosen["mixtures"][player]))
    table.add_row("because", _plain(chosen["reason"]))
    if chosen["dissent"]:
        table.add_row("but", _plain(chosen["dissent"]))
    for note in result["notes"]:
        table.add_row("note", _plain(note))
    return table


def _equilibria(result: Result, most: int) -> Table:
    players = result["players"]
    caption = (
        "holds: share of resamples in which nobody gains more than ε by changing alone; same use: share with "
        "an exact equilibrium in which each uses the same strategies; off by at most: ε + 2δ. "
        + result["error"]["statement"]
    )
    left_out = len(result["equilibria"]) - most
    if left_out > 0:
        caption = f"{left_out} further equilibria are in the JSON. " + caption
    columns = ["", "profile", *players, "regret", "holds", "same use", "off by at most"]
    table = _table("Equilibria", columns, caption=_plain(caption), text=2)
    for one in result["equilibria"][:most]:
        profile = "; ".join(f"{_plain(p)}: {_mixture(one['mixtures'][p])}" for p in players)
        if one["component"] is not None:
            profile += f" (part of continuum {one['component']})"
        interval = one["regret_interval"]
        table.add_row(
            one["name"],
            profile,
            *(_estimate(one["payoffs"][p]) for p in players),
            _interval(interval),
            _share(one["probability"]),
            _share(one["probability_same_support"]),
            _number(one["bound"]),
        )
    if not result["equilibria"]:
        table.add_row("", "none passed verification", *("" for _ in columns[2:]))
    return table


def _matrix(result: Result) -> Table:
    """Make the payoff matrix of two players: the row player's payoff, then the column player's."""
    first, second = result["players"]
    caption = (
        f"Each cell: {first}'s payoff, {second}'s payoff, each ± its standard error. * a pure equilibrium."
    )
    columns = [f"{first} \\ {second}", *result["strategies"][second]]
    table = _table("Payoffs", columns, caption=_plain(caption))
    cells = {(row["profile"][first], row["profile"][second]): row for row in result["profiles"]}
    stable = {
        tuple(next(s for s, p in one["mixtures"][player].items() if p > 0.5) for player in (first, second))
        for one in result["equilibria"]
        if one["kind"] == "pure"
    }
    for own in result["strategies"][first]:
        row = [_plain(own)]
        for other in result["strategies"][second]:
            payoffs = cells[own, other]["payoffs"]
            mark = " *" if (own, other) in stable else ""
            row.append(f"{_estimate(payoffs[first])}, {_estimate(payoffs[second])}{mark}")
        table.add_row(*row)
    return table


def _profiles(result: Result, most: int) -> Table:
    players = result["players"]
    ordered = sorted(result["profiles"], key=lambda row: row["regret"]["value"])
    level = f"{result['confidence']:.0%} interval"
    left_out = len(ordered) - most
    caption = "What each player could gain by changing alone, to another of the strategies tried."
    if left_out > 0:
        caption += f" {left_out} profiles of larger regret are not shown."
    columns = [*players, *(f"regret of {p}" for p in players), f"largest ({level})", "equilibrium"]
    table = _table("Profiles by regret", columns, caption=_plain(caption), text=len(players))
    for row in ordered[:most]:
        table.add_row(
            *(_plain(row["profile"][p]) for p in players),
            *(_number(row["regret"]["by_player"][p]) for p in players),
            _interval(row["regret"]),
            _share(row["equilibrium_probability"]),
        )
    return table


def _dominance(result: Result) -> Table:
    dominance = result["dominance"]
    caption = "Round: when it goes if strictly dominated strategies are removed in turn; – if it stays."
    columns = ["player", "strategy", "dominated", "by", "round", "holds"]
    table = _table("Dominated strategies", columns, caption=caption, text=4)
    rounds = {(one["player"], one["strategy"]): one for one in dominance["strict"]["removed"]}
    shown = {(one["player"], one["strategy"]): one for one in dominance["dominated"]}
    for key, one in {**rounds, **shown}.items():
        table.add_row(
            _plain(one["player"]),
            _plain(one["strategy"]),
            "strictly" if one["kind"] == "strict" else "weakly",
            _mixture(one["by"]),
            str(rounds[key]["round"]) if key in rounds else "–",
            _share(one.get("probability")),
        )
    return table


def _quantal(result: Result) -> Table:
    quantal = result["quantal_response"]
    points = quantal["points"]
    caption = quantal["scale"] + " λ = 0 is choosing at random."
    columns = ["player", "strategy", *(f"λ = {point['precision']:g}" for point in points), "limit"]
    table = _table("Quantal responses", columns, caption=_plain(caption), text=2)
    for player in result["players"]:
        for strategy in result["strategies"][player]:
            limit = quantal["limit"]
            table.add_row(
                _plain(player),
                _plain(strategy),
                *(f"{point['mixtures'][player][strategy]:.2f}" for point in points),
                "–" if limit is None else f"{limit[player][strategy]:.2f}",
            )
    return table


def _mixture(mixture: Mapping[str, float]) -> str:
    """Return a mixture in words: the strategy alone if it is pure, else shares, largest first."""
    used = sorted(((p, name) for name, p in mixture.items() if p > _SHOWN), key=lambda pair: -pair[0])
    if len(used) == 1:
        return _plain(used[0][1])
    return ", ".join(f"{p:.0%} {_plain(name)}" if p >= 0.005 else f"<1% {_plain(name)}" for p, name in used)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return "0" if abs(value) < 1e-9 else f"{value:.3g}"


def _estimate(payoff: Mapping[str, float | None]) -> str:
    mean = _number(payoff["mean"])
    return mean if payoff["se"] is None else f"{mean} ± {_number(payoff['se'])}"


def _interval(interval: Mapping[str, Any]) -> str:
    value = _number(interval["value"])
    if interval["low"] is None:
        return value
    return f"{value} ({_number(interval['low'])} to {_number(interval['high'])})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
