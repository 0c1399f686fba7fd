"""How forecasts fared, from the JSON of `score`, for terminal and report: each question, then the means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from equipoise.reporting.blocks import Block, Cell, Column, Points, Remark, Section, Table, headings, present
from equipoise.reporting.run_view import RunView
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import (
    DASH,
    count,
    counted,
    day,
    interval,
    listed,
    multiple,
    number,
    percent,
    sentence,
    small_percent,
)

Result = Mapping[str, Any]
RULES = {
    "brier": "Brier score", "log": "Log score", "crps": "CRPS (shares)", "interval": "Interval score (shares)",
}  # fmt: skip
BENCHMARKS = {
    "base-rate": "Base rate, widest class", "narrow-base-rate": "Base rate, narrowest class",
    "written-base-rate": "Base rate in the file", "unchanged": "Nothing changes",
}  # fmt: skip
ENOUGH = 100
"""Futures worth fewer than this are said to be few."""
WORST = -1.0
"""A skill below this is said as so many times the benchmark's score."""
ROUGHLY = 10
"""From so many times the benchmark's score on, the figure is said roughly."""
HOPELESS = -99.0
"""Below this the benchmark's score is next to nothing, and the ratio says no more than that."""


def blocks(result: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return what is to be said in sentences, then the questions, the means, and what was not scored."""
    return present(
        verdict(result, Names.of(scenario)), chances(result), numbers(result), totals(result), against(result),
        rolling(result), rolling_totals(result), left_out(result), meaning(result, Names.of(scenario)),
    )  # fmt: skip


def verdict(result: Result, names: Names) -> Remark:
    """Say how it fared, beside the benchmarks, and what one case cannot show."""
    asked = result["questions"]
    resolved = [one for one in asked if one["state"] == "resolved"]
    known = f"{len(resolved)} of {len(asked)} questions can be scored"
    did = result["asked"]["did"]
    who = f"after {names.quoted(did)}" if did is not None else "after engaging by its default weights"
    lines = [f"As known on {day(result['as_of'])}, {who}: {known}."]
    lines += [
        _fared(total)
        for total in result["totals"]
        if total["up_to"] is None and total["rule"] in ("brier", "crps")
    ]
    if result["effective"] is not None and result["effective"] < ENOUGH:
        lines.append(
            f"The futures that go the way that was seen are worth {counted(round(result['effective']), 'future')}: too "
            "few to trust, and a sign that the scenario does not explain what was seen (`equipoise update` says what)."
        )
    lines.append(
        "This is one case. Its questions hang together, and a lucky forecaster and a good one look alike in it: "
        "no chance given here is shown to be calibrated, nor to be wrong."
    )
    return Remark("How the forecasts fared", "\n".join(lines), "answer" if resolved else "warning")


def _fared(total: Result) -> str:
    over = counted(total["questions"], "question")
    what = f"{RULES[total['rule']]} over {over}: {number(total['score'])} (0 is perfect)"
    rivals = [
        f"“{BENCHMARKS[name].lower()}” {number(row['benchmark'])} against our {number(row['own'])} on "
        f"{row['questions']}"
        for name, row in total["against"].items()
        if name in ("base-rate", "unchanged")
    ]
    beside = f"; beside it {listed(rivals)}" if rivals else ""
    own = ""
    if total["expected"] is not None:
        own = (
            f" If the scenario were right it would score {number(total['expected'])} on average, "
            f"{interval(total['p5'], total['p95'])} in nine of ten of its futures; "
            f"{percent(total['as_bad'])} of them score no better than this."
        )
    return f"{what}{beside}.{own}"


def chances(result: Result) -> Table | None:
    """The questions of yes or no."""
    rows = [one for one in result["questions"] if one["said"] and one["said"]["chance"] is not None]
    if not rows:
        return None
    rivals = _rivals(rows)
    columns = headings(
        "Question", "#By", "#Said", "Came", "#Brier",
        *(f"#{BENCHMARKS.get(name, _crowd(name))}" for name in rivals),
    )  # fmt: skip
    cells = tuple(
        (
            sentence(one["asks"]), day(one["on"]), small_percent(one["said"]["chance"]), _came(one),
            number(one["scores"].get("brier")),
            *(small_percent(one["benchmarks"][name]["says"]) if name in one["benchmarks"] else DASH for name in rivals),
        )
        for one in rows
    )  # fmt: skip
    note = (
        "Said: the chance of yes. Brier: (chance - outcome)². To the right, the chance each benchmark gives."
    )
    return Table("What was asked with yes or no as the answer", columns, cells, note)


def numbers(result: Result) -> Table | None:
    """The questions about numbers."""
    rows = [one for one in result["questions"] if one["said"] and one["said"]["mean"] is not None]
    if not rows:
        return None
    columns = headings(
        "Question", "#On", "#Said", "#In 9 of 10 futures", "#Came", "#CRPS", "#Unchanged", "#its CRPS"
    )
    cells = tuple(
        (
            sentence(one["asks"]), day(one["on"]), number(one["said"]["mean"]),
            interval(one["said"]["p5"], one["said"]["p95"]), _number(one),
            number(one["scores"].get("crps")), number(one["benchmarks"]["unchanged"]["says"]),
            number(one["benchmarks"]["unchanged"]["scores"].get("crps")),
        )
        for one in rows
    )  # fmt: skip
    note = (
        "CRPS: how far the whole distribution lies from what came, in the unit of the number. Unchanged: what it "
        "was at the start. What came outside the range is marked."
    )
    return Table("What was asked with a number as the answer", columns, cells, note)


def _number(one: Result) -> str | Cell:
    if one["answer"] is None or one["state"] != "resolved":
        return one["state"]
    inside = one["said"]["p5"] <= one["answer"] <= one["said"]["p95"]
    return Cell(number(one["answer"]), "" if inside else "warn")


def _came(one: Result) -> str | Cell:
    if one["state"] != "resolved":
        return one["state"]
    yes = one["answer"] == 1
    missed = yes != (one["said"]["chance"] > 0.5)
    return Cell("yes" if yes else "no", "warn" if missed else "")


def totals(result: Result) -> Table | None:
    """The means, all together and by horizon, beside what the scenario expects of itself."""
    if not result["totals"]:
        return None
    own = result["totals"][0]["expected"] is not None
    columns = headings(
        "Horizon", "Score", "#Questions", "#Mean",
        *(f"#{title}" for title in ("Expected", "In 9 of 10 futures", "As bad") if own),
    )  # fmt: skip
    cells = tuple(
        (
            horizon(row), RULES[row["rule"]], str(row["questions"]), number(row["score"]),
            *(
                (number(row["expected"]), interval(row["p5"], row["p95"]), percent(row["as_bad"]))
                if own else ()
            ),
        )
        for row in result["totals"]
    )  # fmt: skip
    note = (
        "Expected: what the scenario would score on average if it were right, each of its futures taken for what "
        "came; as bad: the share of them that score no better. The questions' dependence on each other is in it."
    )
    return Table("Mean scores by horizon: lower is better", columns, cells, note if own else "")


def horizon(row: Result) -> str:
    """Return how far ahead was asked, in words."""
    if row["up_to"] is None:
        return "all"
    return f"{row['beyond'] + 1} to {row['up_to']} weeks" if row["beyond"] else f"up to {row['up_to']} weeks"


def against(result: Result) -> Table | None:
    """The means beside each benchmark."""
    rows = [
        (total["rule"], name, row)
        for total in result["totals"]
        if total["up_to"] is None
        for name, row in total["against"].items()
    ]
    if not rows:
        return None
    columns = headings("Against", "Score", "#Questions", "#Ours", "#Theirs", "#Skill")
    cells = tuple(
        (
            BENCHMARKS.get(name, _crowd(name)), RULES[rule], str(row["questions"]), number(row["own"]),
            number(row["benchmark"]), _skill(row),
        )
        for rule, name, row in rows
    )  # fmt: skip
    note = (
        "Over the questions that both answer. Skill: 1 - ours / theirs; above 0 is better than the benchmark. An "
        "interval of it needs several cases: the questions of one are not independent."
    )
    return Table("Beside what a forecast must beat", columns, cells, note)


def _skill(row: Result) -> str | Cell:
    if row["skill"] is None:
        return "theirs is perfect"
    return Cell(skill_in_words(row["skill"], ""), "first" if row["skill"] > 0 else "warn")


def skill_in_words(skill: float | None, undefined: str) -> str:
    """Return a skill in per cent; one so bad that nobody thinks in per cent as so many times the benchmark's score."""
    if skill is None:
        return undefined
    if skill < HOPELESS:
        return f"over {1 - HOPELESS:.0f} times theirs"
    if skill < WORST:
        return f"{_about(1 - skill)} times theirs"
    return f"{100 * skill:+.0f} %".replace("-", "−")


def _about(times: float) -> str:
    """Return a ratio to a score near 0, which few questions make unsure: from ten on to the nearest ten, roughly."""
    return multiple(times) if times < ROUGHLY else f"about {count(round(times, -1))}"


def rolling(result: Result) -> Table | None:
    """What was to be expected on each day on which something was seen: falls, and the mean scores."""
    if not result["rolling"]:
        return None
    every = {one["name"]: one for moment in result["rolling"] for one in moment["questions"]}
    falls = [one for one in every.values() if one["key"] == "fell" and one["answer"] is not None]
    columns = headings(
        "Known by", *(Column(sentence(one["asks"]), "number") for one in falls), "#Questions", "#Brier",
        "#Base rate", "#on falls", "#Nothing changes", "#Futures left",
    )  # fmt: skip
    rows = []
    for moment in result["rolling"]:
        said = {one["name"]: one["said"]["chance"] for one in moment["questions"] if one["said"]}
        total = next((t for t in moment["totals"] if t["rule"] == "brier" and t["up_to"] is None), None)
        against = {} if total is None else total["against"]
        base, unchanged = against.get("base-rate"), against.get("unchanged")
        rows.append((
            day(moment["as_of"]), *(small_percent(said[one["name"]]) if one["name"] in said else DASH for one in falls),
            DASH if total is None else str(total["questions"]), number(total and total["score"]),
            number(base and base["benchmark"]), number(base and base["own"]),
            number(unchanged and unchanged["benchmark"]),
            DASH if moment["effective"] is None else count(round(moment["effective"])),
        ))  # fmt: skip
    note = (
        "Each row by what had been seen until that day alone. Base rate: what it scores on the falls that are still "
        "open, with our own score on the same beside it. A dash: the day asked about has passed, or it was seen."
    )
    return Table("What was to be expected on each day, and how it fared", columns, tuple(rows), note)


def rolling_totals(result: Result) -> Table | None:
    """The means over the forecasts of all days, by the weeks that were left."""
    if not result["rolling_totals"]:
        return None
    columns = headings(
        "Weeks left", "Score", "#Forecasts", "#Ours", "#Nothing changes", "#Ours on falls", "#Base rate"
    )
    rows = []
    for row in result["rolling_totals"]:
        base, unchanged = row["against"].get("base-rate"), row["against"].get("unchanged")
        rows.append((
            horizon(row), RULES[row["rule"]], str(row["questions"]), number(row["score"]),
            number(unchanged and unchanged["benchmark"]), number(base and base["own"]),
            number(base and base["benchmark"]),
        ))  # fmt: skip
    note = (
        "A question counts as often as it was forecast, so these are few outcomes looked at many times: no interval is "
        "given."
    )
    return Table("All of these forecasts, by the weeks that were left", columns, tuple(rows), note)


def left_out(result: Result) -> Points | None:
    """What was not scored, and why."""
    items = tuple(
        f"{sentence(one['asks'].rstrip('.'))}: not scored, {_why_not(one)}."
        for one in result["questions"]
        if one["state"] != "resolved" or one["said"] is None
    )
    return Points(items) if items else None


def _why_not(one: Result) -> str:
    if one["state"] == "resolved":
        return "no forecast of it was logged"
    why = {"open": "has not resolved yet", "void": "void", "outside": "the scenario has no answer"}[
        one["state"]
    ]
    return f"{why}: {one['why']}" if one["why"] else why


def meaning(result: Result, names: Names) -> Points | None:
    """Say what the base rates are of."""
    items = tuple(
        f"{BENCHMARKS[name]}, {names.within(force)}: {said}"
        for name, rows in result["classes"].items()
        for force, said in rows.items()
    )
    return Points(items) if items else None


def _rivals(rows: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(name for one in rows for name in one["benchmarks"]))


def _crowd(name: str) -> str:
    return name.removeprefix("crowd:").replace("-", " ").capitalize()


def section(context: RunView) -> Section:
    """How the forecasts fared."""
    result = context.analyses["score"]
    title = result["asked"]["outcomes"]["title"]
    lead = f"Held against: {title}. Each question beside base rates, things carried on, and what others said."
    return Section("analysis-score", "How the forecasts fared", lead, tuple(blocks(result, context.scenario)))
