"""Terminal tables of an exploration, made from its dictionary alone, so that all shown is in the JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.report.phrases import chance

if TYPE_CHECKING:
    from rich.table import Table

TOP = 10


def tables(result: Mapping[str, Any], *, top: int = TOP) -> list[Table]:
    """Return the tables of an exploration, the main findings first.

    Args:
        result: what `ExploreResult.to_dict` gives.
        top: most rows of a table.
    """
    named = _Names(result.get("words") or {})
    made = [
        _headlines(result),
        *_drivers(result, named, top),
        _tips(result, named, top),
        _pairs(result, named, top),
        _resentment(result),
        *_failures(result),
        _information(result, named, top),
        _reveals(result),
        _indicators(result, named, top),
        _assumptions(result, named, top),
        _flips(result, named),
        _difference(result["difference"], top),
    ]
    return [table for table in made if table is not None and table.row_count]


def difference_tables(found: Mapping[str, Any]) -> list[Table]:
    """Return the table of what makes two strategies differ, made from `Difference.to_dict`."""
    table = _difference(found, top=len(found["cells"]))
    return [] if table is None else [table]


class _Names:
    """What a path is called."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def __call__(self, path: str) -> str:
        return self._words.get(path, path)


def _table(title: str, *columns: str, caption: str | None = None) -> Table:
    from rich.table import Table

    made = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    for k, column in enumerate(columns):
        made.add_column(column, justify="left" if k == 0 or column in _TEXT else "right", overflow="fold")
    return made


_TEXT = frozenset(
    {"best below", "best above", "with", "what it says", "to", "sign", "observed", "changes to"}
)


def _number(value: float | None, digits: int = 3) -> str:
    return "n/a" if value is None else f"{value:.{digits}g}"


def _share(value: float | None) -> str:
    if value is None:
        return "n/a"
    return f"{100 * value:.1f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


def _interval(low: float | None, high: float | None, show: Any = _number) -> str:
    return "n/a" if low is None or high is None else f"{show(low)} to {show(high)}"


def _headlines(result: Mapping[str, Any]) -> Table:
    left_out = (result.get("explored") or {}).get("left_out")
    caption = f"best in no state, and left out: {', '.join(left_out)}" if left_out else None
    made = _table(f"What the exploration of {result['states']} states says", "finding", caption=caption)
    for line in result["headlines"]:
        made.add_row(line[:1].upper() + line[1:])
    return made


_OUTPUTS = {"choice": "which strategy is best", "gap": "the gap between the two best strategies"}


def _drivers(result: Mapping[str, Any], named: _Names, top: int) -> list[Table]:
    made = []
    for driver in result["drivers"]:
        title = _OUTPUTS.get(driver["output"], "the payoff of " + driver["output"].removeprefix("payoff."))
        if driver["constant"]:
            table = _table(f"What drives {title}", "finding")
            table.add_row("Nothing: it is the same in every state.")
        else:
            caption = (
                f"a dummy input reaches {_share(driver['floor'])}; unexplained: {_share(driver['rest'])}"
            )
            table = _table(
                f"What drives {title}", "input", "alone", "95 % interval", "with pairs", caption=caption
            )
            told = [index for index in driver["indices"] if index["told_apart"]]
            for index in told[:top]:
                table.add_row(
                    named(index["path"]),
                    _share(index["first"]),
                    _interval(index["low"], index["high"], _share),
                    _share(index["total"]),
                )
            if not told:
                table.add_row("no input is told apart from a dummy", "", "", "")
        made.append(table)
    order = {"choice": 0, "gap": 1}
    keyed = sorted(zip(result["drivers"], made, strict=True), key=lambda p: order.get(p[0]["output"], 2))
    return [table for _, table in keyed]


def _tips(result: Mapping[str, Any], named: _Names, top: int) -> Table:
    made = _table(
        "Where the best strategy changes along one input", "input", "at", "90 % interval", "best below",
        "chance below", "best above", "chance above",
        caption="changes told apart from chance at 95 %; the other inputs keep their spread",
    )  # fmt: skip
    for tip in result["tips"]:
        for crossing in tip["crossings"]:
            if crossing["established"]:
                made.add_row(
                    named(tip["path"]), _number(crossing["value"]),
                    _interval(crossing["low"], crossing["high"]), crossing["below"],
                    chance(crossing["chance_below"]), crossing["above"], chance(crossing["chance_above"]),
                )  # fmt: skip
        if len({level["best"] for level in tip["levels"] if level["support"] >= 0.95}) > 1:
            for level in tip["levels"]:
                value = level["value"] if isinstance(level["value"], str) else _number(level["value"])
                made.add_row(named(tip["path"]), value, "", level["best"], chance(level["chance"]), "", "")
        if made.row_count >= top:
            break
    return made


def _pairs(result: Mapping[str, Any], named: _Names, top: int) -> Table:
    made = _table(
        "Where the best strategy changes over two inputs", "input", "with", "best in (share of states)",
        "another is best, 95 % sure",
    )  # fmt: skip
    for pair in result["pairs"][:top]:
        where = ", ".join(f"{name} {_share(share)}" for name, share in pair["chance"].items())
        made.add_row(named(pair["paths"][0]), named(pair["paths"][1]), where, _share(pair["sure"]))
    return made


def _resentment(result: Mapping[str, Any]) -> Table | None:
    if not result["resentment"]:
        return None
    made = _table(
        "The resentment at which the hedge stops paying", "scaled", "factor", "95 % interval", "what it says"
    )
    for found in result["resentment"]:
        made.add_row(
            " + ".join(found["scaled"]), _number(found["threshold"]), _interval(found["low"], found["high"]),
            found["says"],
        )  # fmt: skip
    return made


def _failures(result: Mapping[str, Any]) -> list[Table]:
    made = []
    for key, over in (("failures", "states"), ("failures_in_futures", "futures")):
        found = result[key]
        if not found:
            continue
        table = _table(
            f"Where {found['strategy']} fails ({over})", "box", "method", "coverage", "density", "cases",
            caption=f"fails where {found['fails_where']}: {_share(found['failures'])} of {found['cases']} "
            f"{over}; coverage and density on the half set aside",
        )  # fmt: skip
        for method in ("prim", "cart"):
            for box in (b for b in found[method] if b["confirmed"]):
                table.add_row(
                    " and ".join(limit["says"] or limit["path"] for limit in box["limits"]), method.upper(),
                    _share(box["held_out_coverage"]), _share(box["held_out_density"]),
                    str(box["held_out_cases"]),
                )  # fmt: skip
        if not table.row_count:
            table.add_row(found["note"] or "no box is confirmed", "", "", "", "")
        made.append(table)
    return made


def _information(result: Mapping[str, Any], named: _Names, top: int) -> Table:
    info = result["information"]
    made = _table(
        "What to find out first", "what", "worth", "standard error", "share of all",
        caption=f"in payoff; luck stays unknown; a dummy input reaches {_number(info['floor'])}",
    )  # fmt: skip
    rows = [("everything about the state", info["evpi"])]
    rows += [(named(w["what"]), w) for w in info["inputs"] if w["told_apart"]][:top]
    rows += [(named(w["what"]), w) for w in info["groups"] if w["told_apart"]][:top]
    for name, worth in rows:
        made.add_row(name, _number(worth["value"]), _number(worth["se"], 2), _share(worth["share"]))
    return made


def _reveals(result: Mapping[str, Any]) -> Table | None:
    if not result["reveals"]:
        return None
    made = _table("And by when", "first day", "last day", "what it says")
    for reveal in result["reveals"]:
        made.add_row(reveal["first"], reveal["last"], reveal["says"])
    return made


def _ratio(value: float | None) -> str:
    """Return a likelihood ratio; beyond 100 either way its size is a matter of a few futures."""
    if value is None:
        return "n/a"
    return "over 100" if value > 100 else "under 0.01" if value < 0.01 else f"{value:.2g}"


def _indicators(result: Mapping[str, Any], named: _Names, top: int) -> Table | None:
    if not result["indicators"]:
        return None
    made = _table(
        "What to watch", "outcome", "observed", "week", "outcome then", "else", "likelihood ratio",
        "95 % interval", "lead (weeks)",
        caption="outcome then, else: how likely it is once this is seen, and where it is not; among "
        "futures in "
        "which it has not come yet, judged on states set aside; hit and false-alarm rates are in the JSON",
    )  # fmt: skip
    shown: dict[str, int] = {}
    for found in result["indicators"]:
        shown[found["outcome"]] = shown.get(found["outcome"], 0) + 1
        if shown[found["outcome"]] > max(2, top // 3):
            continue
        level = "" if found["level"] is None else f" {found['level']:.2g}"
        made.add_row(
            found["outcome"], f"{named(found['observable'])} {found['sign']}{level}", str(found["week"]),
            chance(found["chance_seen"]), chance(found["chance_unseen"]), _ratio(found["ratio"]),
            _interval(found["low"], found["high"], _ratio), _number(found["lead"], 2),
        )  # fmt: skip
    return made


def _assumptions(result: Mapping[str, Any], named: _Names, top: int) -> Table:
    found = result["assumptions"]
    made = _table(
        "Key assumptions: inputs that stand on no claim", "input", "worth knowing", "drives the choice",
        "tips it", "flips it at (sd)", caption=found["says"],
    )  # fmt: skip
    for a in [a for a in found["assumptions"] if a["matters"]][:top]:
        made.add_row(
            named(a["path"]), _number(a["worth"]), _share(a["choice"]), "yes" if a["tips"] else "no",
            _number(a["flips_at"], 2),
        )  # fmt: skip
    return made


def _flips(result: Mapping[str, Any], named: _Names) -> Table:
    made = _table(
        "The smallest credible change that flips the recommendation", "inputs", "from", "to", "distance (sd)",
        "changes to", "rerun",
    )  # fmt: skip
    for flip in result["flips"]["smallest"].values():
        rerun = {None: "not rerun", True: "confirmed", False: "not confirmed"}[flip["confirmed"]]
        made.add_row(
            "; ".join(named(path) for path in flip["paths"]), _values(flip["typical"]),
            _values(flip["values"]),
            _number(flip["distance"], 2), flip["to_strategy"], rerun,
        )  # fmt: skip
    return made


def _values(values: Sequence[Any]) -> str:
    return "; ".join(value if isinstance(value, str) else _number(value) for value in values)


def _difference(found: Mapping[str, Any] | None, top: int) -> Table | None:
    if not found:
        return None
    sums = f"the parts add up to {_number(found['total'])}"
    made = _table(
        f"What makes {found['first']} and {found['second']} differ", "futures", "share", "difference there",
        "adds", "chiefly through", caption=f"{sums} (standard error {_number(found['se'], 2)})",
    )  # fmt: skip
    for cell in found["cells"][:top]:
        parts = [p for p in sorted(cell["terms"].items(), key=lambda p: -abs(p[1])) if abs(p[1]) > 1e-9][:2]
        made.add_row(
            " and ".join(cell["where"]) or "all", _share(cell["share"]), f"{cell['difference']:+.3g}",
            f"{cell['contribution']:+.3g}", ", ".join(f"{name} {value:+.3g}" for name, value in parts),
        )  # fmt: skip
    return made
