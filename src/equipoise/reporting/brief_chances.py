"""The chances of the brief, each beside how often such things happen: whether the two agree, and why."""

from __future__ import annotations

from equipoise.briefing import Beside, Brief
from equipoise.exploration.signs import Share, Sign
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.counts import of_both, of_futures
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import DASH, count, counted, day, multiple, percent, sentence, span
from equipoise.scenario.value_types import WEEKS_A_YEAR
from equipoise.scenario.war import War
from equipoise.scoring import ENOUGH_CASES


def chances(context: RunView, found: Brief) -> Table:
    """The chances that matter, each beside its base rate, whether the two agree, and why."""
    a_year = context.scenario.calendar.weeks == WEEKS_A_YEAR
    columns = headings(
        "Chance", "#Here, by the end", *([] if a_year else ["#A year"]), "#Base rate a year",
        "Do they agree, and why",
    )  # fmt: skip
    rows = tuple(
        (
            sentence(_of_what(context, item.what)),
            points(item.chance),
            *([] if a_year else [percent(item.yearly)]),
            DASH
            if item.base is None
            else f"{_fine(item.base.rate)} % ({span(100 * item.base.low, 100 * item.base.high, digits=2)})",
            _verdict(context, found, item),
        )
        for item in found.chances
    )
    base = next((item.base for item in found.chances if item.base is not None), None)
    note = "" if base is None else _counted(context, found)
    return Table(
        f"{sentence(counted(len(rows), 'chance'))} beside how often such things happen", columns, rows, note
    )


def _fine(rate: float) -> str:
    """Return a small rate, in points of 100, to two significant figures."""
    return f"{100 * rate:.2g}"


def _of_what(context: RunView, what: str) -> str:
    kind, _, key = what.partition(".")
    if kind == "order":
        return "a settlement in force at the end"
    if kind == "fallen":
        return f"{context.names.within(key)} falls"
    event = context.names.event(key)
    return f"a deal at “{event}”" if kind == "deal" else event


def _counted(context: RunView, found: Brief) -> str:
    """Say what each base rate counts, among which cases, and that these are wars where the scenario names none."""
    rows = [item.base for item in found.chances if item.base is not None]
    said = [
        f"{row.says}, {row.events} of {count(row.exposure)} ({row.cases}, {row.period.replace('-', '–')})"
        for row in rows
    ]
    few = [
        f"{item.narrowest.events} of {count(item.narrowest.exposure)} ({item.narrowest.cases})"
        for item in found.chances
        if item.narrowest is not None
    ]
    classes = "; ".join(said)
    are = "classes are" if len(few) > 1 else "class is"
    unsaid = context.scenario.war == War()
    none = (
        " The scenario names no war (`war`): if there is none, `intensity: none` says so; these rates are of wars."
        if unsaid
        else ""
    )
    thin = f" The narrowest {are} too small to judge by: {'; '.join(few)}." if few else ""
    return (
        f"Base rates, each of the narrowest class with {ENOUGH_CASES} cases or more, else of the widest: "
        f"{classes}.{thin}{none} “equipoise base-rates” names the sources."
    )


def _verdict(context: RunView, found: Brief, item: Beside) -> str:
    """Say whether a chance agrees with its base rate, and what makes the difference."""
    if item.base is None:
        known = "Base rates are of wars, and the scenario says that there is none" if context.scenario.war.peace else (
            "No base rate of its like is recorded"
        )  # fmt: skip
        return f"{known}: nothing outside the scenario says whether it is right."
    times = "" if item.times is None else f", at {multiple(item.times)} times the rate"
    agrees = {
        "inside": "Yes: inside its interval.",
        "above": f"No: above it{times}.",
        "below": f"No: below it{times}.",
        None: "",
    }[item.agrees]
    return f"{agrees} {_why(context, found, item)}".strip()


def _seen(context: RunView, sign: Sign) -> str:
    """Say what a sign says of the fall: how often it follows where the sign is seen, and where it is not."""
    look = sign.look
    if look is None:
        return ""
    seen, unseen = of_both(look.falls_if_seen.mean, look.falls_if_not.mean)
    come = f"{named(context, sign)} has come by {day(context.day_of(look.week))}"
    return f"it falls in {seen} if {come}, in {unseen} if not"


def _why(context: RunView, found: Brief, item: Beside) -> str:
    sign = item.sign
    if item.what.startswith(("event.", "deal.")):
        return (
            "This chance is written in the scenario, not worked out from it: whether it should differ from the rate "
            "depends on the reasons given for it there."
        )
    view = found.confidence.judged.outside
    off = view is not None and view.lies(view.chance) != "inside"
    if view is not None and off and item.what.startswith("fallen.") and item.after is None:
        seen = "" if sign is None or sign.look is None else f" {sentence(_seen(context, sign))}."
        return f"{sentence(view.says_alone)}.{seen}"
    if sign is None:
        return "No single event makes the difference; the base rate mixes wars of every kind."
    if item.what.startswith("fallen.") and sign.look is not None:
        gone = item.after
        if gone is not None:
            return (
                f"The rate is of years before any departure. After the last foreign troops had left, governments fell "
                f"within a year in {gone.events} of {count(gone.exposure)} cases "
                f"({span(100 * gone.low, 100 * gone.high, digits=2)} %); here {_seen(context, sign)}."
            )
        return f"{sentence(_seen(context, sign))}; the base rate mixes wars with and without such a thing."
    return (
        f"Here {named(context, sign)} comes in {of_futures(sign.share)}; the base rate counts years of war with and "
        "without talks."
    )


def named(context: RunView, sign: Sign) -> str:
    """Return what a sign is called inside a sentence."""
    kind, _, key = sign.event.partition(".")
    if kind == "fallen":
        return f"the fall of {context.names.within(key)}"
    event = f"“{context.names.event(key)}”"
    return f"a deal at {event}" if kind == "deal" else event


def points(share: Share | None) -> str:
    """Return a share with its interval, where that is wider than a point of 100: `10 % (9 to 12)`."""
    if share is None or share.mean is None:
        return DASH
    if share.low is None or share.high is None or share.high - share.low < 0.01:
        return percent(share.mean)
    return f"{percent(share.mean)} ({100 * share.low:.0f} to {100 * share.high:.0f})"
