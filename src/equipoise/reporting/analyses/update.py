"""What an update says, from the JSON of `update`, for terminal and report: the odds, what was learnt, what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from equipoise.reporting import charts
from equipoise.reporting.blocks import Block, Cell, Paragraph, Remark, Section, Table, headings, present
from equipoise.reporting.drawing import Drawing, drawn
from equipoise.reporting.estimates import with_error
from equipoise.reporting.figures_time import week_by_week
from equipoise.reporting.run_view import RunView
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import (
    DASH,
    chance,
    count,
    counted,
    day,
    interval,
    listed,
    multiple,
    number,
    percent,
    percent_error,
    plus_minus,
    sentence,
    small_percent,
    span,
    within,
)

Result = Mapping[str, Any]
TOP = 10
"""Rows of a table at most: inputs, chances, what to watch."""
SHOWN = 0.1
"""A force or an order whose chance never reached this has no column of its own day by day."""
MOVED = 0.02
"""A chance that moved by less is left out of the table; the JSON has all."""


def blocks(result: Result, scenario: Scenario | None = None, *, top: int = TOP) -> list[Block]:
    """Return the answer in sentences, then what was seen, what it says now, and what was learnt."""
    names = Names.of(scenario)
    return present(
        verdict(result, names),
        strategies(result, names),
        chances(result, names, top),
        facts(result),
        hypotheses(result, names),
        inputs(result, scenario, top),
        watch(result, names, top),
        rolling(result, names),
    )


def verdict(result: Result, names: Names) -> Remark:
    """Say what to think now, and how far the scenario explains what was seen."""
    texts = [_explained(result, names)]
    if result["strategies"]:
        texts += [_advice(result, names), _government(result, names), _told(result, names)]
    when = "Nothing has been seen" if result["as_of"] is None else f"As of {day(result['as_of'])}"
    said = "\n".join(text for text in texts if text)
    return Remark(when, said, "answer" if result["explained"] else "warning")


def _explained(result: Result, names: Names) -> str:
    left, of = count(round(result["effective"])), count(result["futures"])
    worth = f"The futures that go the way that was seen are worth {left} of {of}"
    if result["explained"]:
        return f"The scenario explains what was seen. {worth}."
    if not result["strategies"]:
        return (
            f"In the scenario it could not have come as it was seen: {result['culprit']}. Nothing follows from it. "
            f"{_where_to_look(result.get('in_the_way', ()), names)}"
        )
    return (
        f"The scenario hardly explains what was seen; least of all, that {result['culprit']}. {worth}, so what "
        "follows rests on few of them: read it as what the scenario would have to say, not as an estimate."
    )


IN_THE_WAY = {
    "requires": "it `requires` {}, which cannot have come by then",
    "unless": "it does not come once {} has (`unless`), which had by then",
    "after": "{} leaves it no room on that day (`after`)",
}
"""What keeps something from coming, by the key of its file."""


def _where_to_look(found: Sequence[Mapping[str, str]], names: Names) -> str:
    """Say what kept it from coming as it was seen, or where that may stand."""
    if not found:
        return (
            "Look at what the file lets come first (`requires`, `unless`, `after`, `when`, its window or its chance) "
            "and whether the other observations allow that; then write down how it did come."
        )
    ways = listed([IN_THE_WAY[row["key"]].format(f"“{names.event(row['name'])}”") for row in found])
    return (
        f"What stands in the way, by the file and by what else was seen: {ways}. Change that in the file, "
        "or the observation that is mistaken."
    )


def _advice(result: Result, names: Names) -> str:
    best, before = names.quoted(result["best"]), result["best_before"]
    if result["changed"] == "no":
        return f"The advice stands: {best} pays best from now on, as it did before."
    if before is None or before not in result["strategies"]:
        return f"{sentence(best)} pays best from now on."
    gap = number(abs(result["strategies"][before]["behind"]["mean"]))
    if result["changed"] == "open":
        old = f"{names.quoted(before)}, best before, cannot be told apart from it ({gap} behind)"
        return f"{sentence(best)} pays best from now on, but {old}."
    old = f"{names.quoted(before)}, best before, is {gap} behind"
    return f"The advice has changed: {best} pays best from now on; {old}."


def _government(result: Result, names: Names) -> str:
    row = next(
        (row for row in result["chances"] if row["kind"] == "fall" and row["name"] == names.incumbent), None
    )
    if row is None or (row["seen"] and row["after"]["mean"] in (0, 1)):
        return ""
    before, after = row["before"], row["after"]
    return (
        f"A fall of {names.government()} by the end of the run: {chance(after['mean'], after['se'])}; before "
        f"anything was seen: {chance(before['mean'], before['se'])}."
    )


LITTLE, STRONG = 3.0, 20.0
"""Bayes factors: below the first not worth more than a mention, from the second on strong (Kass and Raftery 1995)."""


def _told(result: Result, names: Names) -> str:
    """Say whose beliefs or which scenario what was seen speaks for or against most, where it says anything of them."""
    own, *others = result["hypotheses"]
    known = [row for row in others if row["times"]]
    if own["log_probability"] is None or not known:
        return ""
    most = max(known, key=lambda row: abs(math.log(row["times"])))
    apart, error = abs(math.log(most["times"])), math.hypot(most["se"] or 0.0, result["se"] or 0.0)
    if apart < max(math.log(LITTLE), 2 * error):
        return "It hardly tells whose view of things is right: each explains about as well what was seen."
    it = "it explains" if most["kind"] == "scenario" else "they explain"
    how = (
        "which is strong evidence" if apart >= math.log(STRONG) else "which counts, but is no strong evidence"
    )
    side, as_well = ("for", "times as well as") if most["times"] > 1 else ("against", "times worse than")
    return (
        f"What was seen speaks most {side} {_whose(most, names)}: {it} it {multiple(math.exp(apart))} {as_well} the "
        f"study's own numbers do, {how}."
    )


def facts(result: Result) -> Table | None:
    """What was seen, how likely that was, and how many of the futures it left."""
    if not result["facts"]:
        return None
    columns = headings("What was seen", "#Chance", "#Expected", "#As far out", "#Left")
    rows = []
    for row in result["facts"]:
        log = row["log_probability"]
        likely = (
            DASH
            if row["value"] is not None
            else "none"
            if log is None
            else percent_of(math.exp(min(log, 0.0)))
        )
        expected = plus_minus(row["expected"], row["spread"], digits=2)
        out = DASH if row["tail"] is None else percent_of(row["tail"])
        least = row["kept"] == min(each["kept"] for each in result["facts"])
        rows.append(
            (
                sentence(row["what"]),
                likely,
                expected,
                out,
                Cell(percent(row["kept"]), "warn" if least else ""),
            )
        )
    note = (
        "Chance: of what came, that it came in that very week; of what had not come, that it had not; each given all "
        "that was weighed before it: what is drawn before the run first, then week by week. Expected: a measurement's "
        "mean and standard deviation before it counted, at the start of the week it was made in and so before what "
        "came in that week; as far out: the chance of a measurement as far from that. "
        "Left: of the effective number of futures."
    )
    return Table("What was seen, and how far the scenario expected it", columns, tuple(rows), note)


def percent_of(probability: float) -> str:
    """Return a chance that may be small, in hundredths or as one in so many."""
    if probability >= 0.001 or probability == 0:
        return small_percent(probability)
    return f"1 in {count(float(f'{1 / probability:.1g}'))}" if probability > 1e-9 else "below 1 in a billion"


def hypotheses(result: Result, names: Names) -> Table | None:
    """Who explains what was seen, how many times as well as the study's own situation."""
    if len(result["hypotheses"]) < 2:
        return None
    columns = headings("Situation as seen by", "Explains it", "#Futures left")
    rows = tuple(
        (_whose(row, names), _times(row, first=n == 0), count(round(row["effective"])))
        for n, row in enumerate(result["hypotheses"])
    )
    note = "The probability of what was seen, against that under the study's own situation (a Bayes factor)."
    return Table("Whose beliefs explain what was seen", columns, rows, note)


def _whose(row: Result, names: Names) -> str:
    return {"analyst": "the analyst", "beliefs": f"the beliefs of {names.holder(row['name'])}"}.get(
        row["kind"], f"the scenario “{row['name']}”"
    )


def _times(row: Result, *, first: bool) -> str:
    times = row["times"]
    if first:
        return "the measure of the others"
    if row["log_probability"] is None:
        return "not at all"
    if times is None:
        return DASH
    error = (
        ""
        if row["se"] is None or row["se"] < 0.05
        else f", give or take {percent(min(math.expm1(row['se']), 9.99))}"
    )
    by = multiple(max(times, 1 / times))
    if by == "1":
        return f"about as well{error}"
    return f"{by} times {'as well' if times > 1 else 'worse'}{error}"


def strategies(result: Result, names: Names) -> Table | None:
    """Every strategy from now on, best first, beside what the study said."""
    if not result["strategies"]:
        return None
    columns = headings(
        "Strategy from now on", "#Mean payoff", "#Behind the best", "#In 9 of 10 futures", "#Before",
        "#Rank before",
    )  # fmt: skip
    rows = []
    for name, row in result["strategies"].items():
        behind = row["behind"]
        gap = DASH if row["rank"] == 1 else plus_minus(abs(behind["mean"]), behind["se"])
        pays = with_error(row["payoff"])
        rows.append((
            Cell(names.strategy(name), "first" if row["rank"] == 1 else ""), pays, gap,
            interval(row["p5"], row["p95"]), number(row["before"]),
            DASH if row["rank_before"] is None else str(row["rank_before"]),
        ))  # fmt: skip
    note = (
        f"From {day(result['since'])} on, after {_did(result, names)} until then; payoff over the whole run, what is "
        "over counted as it was. Before: the mean payoff in the study."
    )
    return Table("What to do now", columns, tuple(rows), note)


def _did(result: Result, names: Names) -> str:
    did = result["asked"]["did"]
    return "engaging by its default weights" if did is None else f"following {names.quoted(did)}"


_KINDS = {"fall": "{} falls", "order": "{}", "event": "{}", "deal": "Deal: {}", "power": "Power of {}"}


def _thing(kind: str, name: str, names: Names) -> str:
    shown = {
        "fall": lambda: names.within(name), "power": lambda: names.within(name), "order": lambda: names.order(name),
    }.get(kind, lambda: within(names.event(name)) if kind == "deal" else names.event(name))()  # fmt: skip
    return sentence(_KINDS[kind].format(shown))


def chances(result: Result, names: Names, top: int) -> Table | None:
    """The chances of what has not been seen, before and now, what moved most first."""
    rows = [row for row in result["chances"] if not row["seen"] and row["before"]["mean"] is not None]
    moved = sorted(rows, key=lambda row: -abs(row["after"]["mean"] - row["before"]["mean"]))
    kept = [row for row in moved if abs(row["after"]["mean"] - row["before"]["mean"]) >= MOVED]
    if not kept:
        return None
    columns = headings("By the end of the run", "#Before", "Now")
    cells = tuple(
        (
            _thing(row["kind"], row["name"], names),
            percent_error(row["before"]["mean"], row["before"]["se"]),
            percent_error(row["after"]["mean"], row["after"]["se"])
            if row["kind"] == "power"
            else chance(row["after"]["mean"], row["after"]["se"]),
        )
        for row in kept
    )
    left_out = f"what was itself seen, and what moved by less than {percent(MOVED)}"
    note = f"After {_did(result, names)} to the end. Left out: {left_out}."
    return Table("The odds before, and now", columns, cells, note).first(top)


def inputs(result: Result, scenario: Scenario | None, top: int) -> Table | None:
    """What was learnt about the inputs, what moved most first."""
    told = [row for row in result["inputs"] if row["told"]]
    if not told:
        return None
    columns = headings("Input", "#Before", "#Now", "#Moved", "#Spread left")
    rows = tuple(
        (
            sentence(wording.place(row["path"], scenario)),
            *(span(row[when]["p5"], row[when]["p95"]) for when in ("before", "after")),
            f"{number(row['moved'], digits=1, signed=True)} sd",
            percent(row["narrowed"]),
        )
        for row in told
    )
    note = (
        "In nine states of ten. Moved: the mean, in standard deviations before; spread left: the standard deviation. "
        "Only inputs that moved by more than chance alone would move one are shown."
    )
    return Table("What was learnt about the inputs", columns, rows, note).first(top)


def watch(result: Result, names: Names, top: int) -> Table | None:
    """What to watch next, what would change the choice most first."""
    if not result["watch"]:
        return None
    falls = names.incumbent is not None
    columns = headings(
        "What may come", "#Chance", "If it comes, best", "If not, best", "#Worth knowing",
        *(("#Government falls if so, if not",) if falls else ()),
    )  # fmt: skip
    rows = []
    for row in result["watch"]:
        pair = () if not falls else (
            DASH if row["falls_if_so"] is None else f"{percent(row['falls_if_so'])}, {percent(row['falls_if_not'])}",
        )  # fmt: skip
        other = row["if_so"] != row["if_not"]
        best = Cell(names.strategy(row["if_so"]), "first" if other else "")
        worth = multiple(row["worth"]) if other and row["worth"] > 0 else DASH
        rows.append(
            (
                _thing(row["kind"], row["name"], names),
                percent(row["chance"]),
                best,
                names.strategy(row["if_not"]),
                worth,
                *pair,
            )
        )
    weeks = result["watch"][0]["weeks"]
    within_weeks = f"Within {counted(weeks, 'week')} from {day(result['since'])}"
    note = f"{within_weeks}. Worth knowing: payoff gained where the choice may follow it."
    return Table("What to watch next", columns, tuple(rows), note).first(top)


def rolling(result: Result, names: Names) -> Table | None:
    """What was to be expected on each day on which something was seen."""
    moments = result["rolling"]
    if not moments:
        return None
    forces = _falling(result, names)
    orders = [
        key
        for key in moments[0]["orders"]
        if any(m["orders"].get(key, {}).get("mean", 0) >= SHOWN for m in moments)
    ]
    columns = headings(
        "Known by", *(f"#{sentence(names.within(f))} falls" for f in forces),
        *(f"#{names.order(key)}" for key in orders), "#Futures left",
    )  # fmt: skip
    rows = tuple(
        (
            day(moment["on"]),
            *(_share(moment["falls"].get(force)) for force in forces),
            *(_share(moment["orders"].get(key)) for key in orders),
            count(round(moment["effective"])),
        )
        for moment in moments
    )
    note = "Each row by what had been seen until that day alone; falls by the end of the run, orders in its last week."
    return Table("What was to be expected, day by day", columns, rows, note)


def _share(found: Mapping[str, float | None] | None) -> str:
    return DASH if found is None else percent_error(found["mean"], found["se"])


def _falling(result: Result, names: Names) -> list[str]:
    found = {
        force
        for moment in result["rolling"]
        for force, fell in moment["falls"].items()
        if force == names.incumbent or (fell["mean"] or 0) >= SHOWN
    }
    return sorted(found, key=lambda force: (force != names.incumbent, force))


def rolling_figure(result: Result, names: Names, scenario: Scenario) -> Drawing | None:
    """The chance that the government has fallen, by date, as it was to be expected on each day."""
    force = names.incumbent or next(iter(_falling(result, names)), None)
    moments = [m for m in result["rolling"] if force in m["by_week"]]
    if not moments or force is None:
        return None
    calendar = scenario.calendar
    rows, series = [], []
    for moment in moments:
        label = f"{day(moment['on'])} ({percent(moment['by_week'][force][-1])})"
        series.append(label)
        known = max(0, calendar.week_of(date.fromisoformat(moment["on"])))
        rows += week_by_week(label, calendar, moment["by_week"][force])[known:]
    end = day(calendar.day_of(calendar.weeks))
    who = names.government() if force == names.incumbent else names.within(force)
    title = f"The chance that {who} has fallen, as it was to be expected day by day"
    return Drawing(
        key="update-rolling",
        title=title,
        description="By the end of the run, by the day on which it was expected: " + "; ".join(series) + ".",
        caption=f"Each line begins on the day up to which it knows what was seen; in brackets, the chance by {end}.",
        chart=lambda frame: charts.lines(rows, frame, title="Chance of having fallen", series=series),
        table=rolling(result, names),
    )


def falls_figure(result: Result, names: Names, scenario: Scenario) -> Drawing | None:
    """The chance that each force has fallen, by date, before and now."""
    force = names.incumbent if names.incumbent in result["falls"] else next(iter(result["falls"]), None)
    if force is None:
        return None
    calendar, found = scenario.calendar, result["falls"][force]
    labels = {"before": "before anything was seen", "after": f"as of {day(result['as_of'])}"}
    known = {key: labels[key] for key in labels if found[key]}
    rows = [row for key, label in known.items() for row in week_by_week(label, calendar, found[key])]
    title = f"The chance that {names.within(force)} has fallen, before and now"
    columns = headings("Week of", *(f"#{sentence(label)}" for label in known.values()))
    table = tuple(
        (day(calendar.day_of(week)), *(percent(found[key][week]) for key in known))
        for week in range(calendar.weeks + 1)
    )
    return Drawing(
        key="update-falls",
        title=title,
        description="; ".join(
            f"{label}: {percent(found[key][-1])} by the end" for key, label in known.items()
        ),
        caption="Share of the futures in which it has fallen by that week, weighed by what was seen.",
        chart=lambda frame: charts.lines(
            rows, frame, title="Chance of having fallen", series=list(known.values())
        ),
        table=Table(title, columns, table),
    )


def section(context: RunView) -> Section:
    """What was seen since, and what it changes."""
    result, names, scenario = context.analyses["update"], context.names, context.scenario
    figures: list[Block] = []
    if result["as_of"] is not None and result["strategies"]:
        figures = drawn(falls_figure(result, names, scenario), rolling_figure(result, names, scenario))
    told = blocks(result, scenario)
    body: list[Block] = [told[0], *figures, *told[1:]]
    if not result["facts"]:
        body.append(Paragraph("No observation was given, so nothing changes."))
    title = result["asked"]["observations"]["title"]
    lead = f"Observations taken in: {title}. Futures that go the way that was seen, weighed by how likely that was."
    return Section("analysis-update", "What has been seen since, and what it changes", lead, tuple(body))
