"""All forecasts held against what came, from the JSON of `backtest`, for terminal and page: the verdict first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from equipoise.reporting import charts
from equipoise.reporting.analyses.score import BENCHMARKS, RULES, horizon, skill_in_words
from equipoise.reporting.blocks import Block, Cell, Heading, Paragraph, Remark, Section, Table, Tone, headings
from equipoise.reporting.drawing import Drawing, draw
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import counted, day, interval, multiple, number, percent, small_percent

Result = Mapping[str, Any]
RIVALS = {**BENCHMARKS, "crowd": "What others said"}
WHICH = {
    "drawn": "Drawn by seed", "government": "Over government", "territory": "Over territory", "either": "All",
}  # fmt: skip
ADDED = {"better": "adds to", "open": "adds nothing to", "worse": "does worse than"}
PARTS = ("reliability", "resolution", "uncertainty", "within", "brier")
PLACES = {"brier": 5, "log": 4}
"""Decimals at which years of wars differ."""


def blocks(result: Result, scenario: Scenario | None = None) -> list[Block]:
    """Return the whole page as the terminal shows it: the sections one after another."""
    found: list[Block] = []
    for section in sections(result):
        told = [Paragraph(section.lead)] if section.lead else []
        drawn = (block for block in section.body if block.kind != "figure")
        found += [*([] if section.key == "verdict" else [Heading(section.title)]), *told, *drawn]
    return found


def lead(result: Result) -> str:
    """Return the first sentence: whether the model adds anything to its base rate."""
    years = _years(result, "government")
    if years is None:
        return _beside_base_rates(result)
    word = _added(result["adds"][f"years.{rule}"] for rule in ("brier", "log"))
    row = years["against"]["brier"]
    return (
        f"On whether a government falls the model {ADDED[word]} its base rate: over {years['years']} years of wars "
        f"that nobody chose it scores {number(row['own'], digits=5)} and the constant "
        f"{number(row['benchmark'], digits=5)} (Brier score, 0 is perfect; gain {_gain(row, 5)})."
    )


def _added(states: Any) -> str:
    """Return one word for several rules: `better` only if one shows it and none the reverse."""
    found = set(states)
    return "worse" if "worse" in found else "better" if "better" in found else "open"


def _beside_base_rates(result: Result) -> str:
    """Say how falls fared in the cases, where no years of wars were judged."""
    row = _pooled(result)["against"].get("base-rate")
    if row is None:
        return "No fall of a government was asked about, so nothing is said of base rates."
    word = _added(result["adds"][f"cases.{rule}.base-rate"] for rule in ("brier", "log"))
    return (
        f"On whether governments fall the model {ADDED[word]} its base rates: over {row['questions']} questions on "
        f"{counted(row['groups'], 'case')} it scores {number(row['own'])} and they {number(row['benchmark'])} (Brier "
        f"score, 0 is perfect; gain {_gain(row, 3)}). Cases that people know end in falls far more often than wars "
        "do, so whoever says more than the base rate looks better in them."
    )


def sections(result: Result) -> list[Section]:
    """Return the sections of the page."""
    made = [Section("verdict", "What the model adds", "", (verdict(result),))]
    if result["cases"]:
        made += [
            Section(
                "cases",
                "Cases that were chosen",
                CHOSEN,
                (by_horizon(result), beside(result), by_case(result)),
            ),
            Section("misses", "Misses and hits", _sides(result), tuple(misses_and_hits(result))),
        ]
    if result["years"]:
        made.append(
            Section("years", "Years of wars that nobody chose", _played(result), tuple(years(result)))
        )
    return made


CHOSEN = (
    "Famous cases, written as known on their day by people who knew how they ended: reconstructions, no blind "
    "forecasts. Each is judged as it is written, the advised doing what the file takes it to do; where it did "
    "something else, what came of that counts against the forecast too. Intervals are over whole cases, and few cases "
    "give none."
)


def verdict(result: Result) -> Remark:
    """Say what the model adds and what it does not."""
    items = []
    if result["cases"]:
        if result["years"]:
            items.append(_beside_base_rates(result))
        items += [_beside_unchanged(result), _sure(result)]
    if result["ranges"]["questions"]:
        row = result["ranges"]
        items.append(
            f"Numbers: {row['inside']} of {row['questions']} came inside the range that should hold nine of ten."
        )
    items.append(
        "No score here judges what Equipoise is for, which strategy does better in the same futures: what would have "
        "come of another strategy is not known."
    )
    return Remark("What the model adds", lead(result), "answer", tuple(items))


def _beside_unchanged(result: Result) -> str:
    row = _pooled(result)["against"]["unchanged"]
    word = _added(result["adds"][f"cases.{rule}.unchanged"] for rule in ("brier", "log"))
    shown = {
        "better": "better than",
        "open": "no better, as far as can be shown, than",
        "worse": "worse than",
    }[word]
    return (
        f"Over {counted(row['questions'], 'question')} of yes or no on "
        f"{counted(row['groups'], 'case')} "
        f"it scores {shown} saying that nothing changes: {number(row['own'])} against {number(row['benchmark'])}, "
        f"skill {_skill(row)}. Asked are mostly things that were on the way, so that is no high bar."
    )


def _sure(result: Result) -> str:
    row = _pooled(result)
    times = row["score"] / row["expected"]
    if row["as_bad"] >= 0.05:
        return (
            f"It scores about as it expected of itself: {number(row['score'])} where {number(row['expected'])} was "
            f"expected; {percent(row['as_bad'])} of the joint futures score no better."
        )
    share = "none" if row["as_bad"] == 0 else percent(row["as_bad"])
    return (
        f"It is surer than it should be: it expected {number(row['expected'])} of itself and got "
        f"{number(row['score'])}, {multiple(times)} times as bad; {share} of the scenarios' joint futures score no "
        "better. Take chances near 0 and 1 for less sure than they look."
    )


def _pooled(result: Result) -> Result:
    """Return the Brier score over all cases and horizons."""
    return next(row for row in result["pooled"] if row["rule"] == "brier" and row["up_to"] is None)


def _years(result: Result, which: str) -> Result | None:
    return next((row for row in result["years"] if row["which"] == which), None)


def _gain(row: Result, digits: int) -> str:
    """Return a gain with its interval."""
    gain = number(row["gain"], digits=digits, signed=True)
    if row["low"] is None:
        return f"{gain}; too few for an interval"
    return f"{gain}, 95 % interval {interval(row['low'], row['high'], digits=digits)}"


def _skill(row: Result) -> str:
    """Return a skill with its interval."""
    if row["skill_low"] is None:
        return skill_in_words(row["skill"], "none")
    return (
        f"{skill_in_words(row['skill'], 'none')} ({skill_in_words(row['skill_low'], 'none')} to "
        f"{skill_in_words(row['skill_high'], 'none')})"
    )


def by_horizon(result: Result) -> Table:
    """The means over all cases, by horizon, beside what was expected."""
    columns = headings("Horizon", "Score", "#Questions", "#Cases", "#Mean", "#Expected", "#As bad")
    rows = tuple(
        (
            horizon(row), RULES[row["rule"]], str(row["questions"]), str(row["cases"]), number(row["score"]),
            number(row["expected"]), percent(row["as_bad"]),
        )
        for row in result["pooled"]
    )  # fmt: skip
    note = (
        "Lower is better, 0 is perfect. Expected: what the scenarios would score on average if they were right, each "
        "future of theirs taken for what came; as bad: the share of their joint futures that score no better."
    )
    return Table("How the cases scored, by how far ahead was asked", columns, rows, note)


def beside(result: Result) -> Table:
    """The means beside each benchmark, with intervals."""
    columns = headings(
        "Against", "Horizon", "Score", "#Questions (cases)", "#Ours", "#Theirs", "#Gain, 95 % interval",
        "#Skill, 95 % interval",
    )  # fmt: skip
    rows = tuple(
        (
            RIVALS.get(name, name), horizon(total), RULES[total["rule"]], f"{row['questions']} ({row['groups']})",
            number(row["own"]), number(row["benchmark"]), _gain_cell(row), _skill(row),
        )
        for total in result["pooled"]
        for name, row in total["against"].items()
        if total["rule"] == "brier" or (total["rule"] == "log" and total["up_to"] is None)
    )  # fmt: skip
    note = (
        "Over the questions that both answer. Gain: theirs less ours; skill: 1 - ours / theirs. Intervals by drawing "
        "whole cases again; fewer than five give none, and even ten give one that is too narrow. A skill below "
        "−100 % is written as so many times their score."
    )
    return Table("Beside what a forecaster must beat", columns, rows, note)


def _gain_cell(row: Result) -> Cell:
    gain = number(row["gain"], signed=True)
    if row["low"] is None:
        return Cell(f"{gain}; too few", "quiet")
    tone: Tone = "first" if row["low"] > 0 else "warn" if row["high"] < 0 else ""
    return Cell(f"{gain} ({interval(row['low'], row['high'])})", tone)


def by_case(result: Result) -> Table:
    """A row for each case."""
    columns = headings(
        "Case", "#Known up to", "#Questions", "#Brier", "#Nothing changes", "#Expected", "#As bad"
    )
    rows = []
    for case in result["cases"]:
        found = case["scored"]
        for total in found["totals"]:
            if total["rule"] == "brier" and total["up_to"] is None:
                rows.append((
                    case["title"], day(found["as_of"]), str(total["questions"]), number(total["score"]),
                    number(total["against"]["unchanged"]["benchmark"]), number(total["expected"]),
                    percent(total["as_bad"]),
                ))  # fmt: skip
    return Table("Case by case", columns, tuple(rows), "“equipoise score” shows every question of a case.")


def _sides(result: Result) -> str:
    row = result["sides"]
    return (
        f"Of {counted(row['questions'], 'question')} of yes or no, {row['wrong']} came out on the side that was given "
        f"less than an even chance, {row['surprises']} on one that was given less than one in five."
    )


def misses_and_hits(result: Result) -> list[Block]:
    """The worst forecasts, and as many of the best."""
    row = result["sides"]
    worst = "What came was given least chance. Nothing changes: what that would have scored."
    best = "Saying that nothing changes was wrong on each, and the forecast was not."
    return [
        _notable(f"Misses: the worst {len(row['misses'])} of {row['wrong']}", row["misses"], worst),
        _notable(f"Hits: the best {len(row['hits'])}", row["hits"], best),
    ]


def _notable(caption: str, rows: Sequence[Result], note: str) -> Table:
    columns = headings("Question", "Case", "#By", "#Said", "Came", "#Brier", "#Nothing changes")
    cells = tuple(
        (
            one["asks"], one["case"], day(one["on"]), small_percent(one["said"]), "yes" if one["came"] else "no",
            number(one["brier"]), number(one["unchanged"]),
        )
        for one in rows
    )  # fmt: skip
    return Table(caption, columns, cells, note)


def _played(result: Result) -> str:
    played, differ = result["played"], result["differ"]
    if differ:
        return (
            f"{played} were played now, and {differ} of them are not what the shipped table of forecasts has, so the "
            "table is left aside: with `--draws all` every year is played again."
        )
    whole = _years(result, "either")
    rest = "" if whole is None or whole["years"] == played else (
        f", each to the last future as in the shipped table of forecasts, so that the rest of its {whole['years']} "
        "years is judged too"
    )  # fmt: skip
    return f"{played} were played now{rest}. Asked is whether rebels take power in the year after."


def years(result: Result) -> list[Block]:
    """What the years of wars came to: what they can show, first."""
    made: list[Block] = [power(result), fared(result)]
    for row in result["years"]:
        if row["which"] == "government" and row["reliability"] is not None:
            made += [draw(reliability_figure(row)), reliability(row)]
    if result["drawn"]:
        made.append(_listed("The years drawn by seed, one by one", result["drawn"], DRAWN))
    if len(result["years"]) > 1:
        made += [
            _listed("Misses: the falls that were given least chance", result["misses"], ""),
            _listed("Alarms: what was given most chance and did not come", result["alarms"], ""),
        ]
    return made


DRAWN = (
    "One year of each war was drawn, so that a short war that ended in a fall counts as much as a long one that went "
    "on: drawn so, more years precede a fall than do at large."
)


def power(result: Result) -> Table:
    """What so many years can show, worked out beforehand."""
    sizes = list(dict.fromkeys(row["years"] for row in result["power"]))
    ratios = list(dict.fromkeys(row["ratio"] for row in result["power"]))
    of = {(row["years"], row["ratio"], row["rule"]): row for row in result["power"]}
    columns = headings(
        "#The dangerous half falls so many times as often",
        *(f"#{RULES[rule]}, {n} years" for n in sizes for rule in ("brier", "log")),
    )  # fmt: skip
    rows = tuple(
        (str(ratio), *(percent(of[n, ratio, rule]["shown"]) for n in sizes for rule in ("brier", "log")))
        for ratio in ratios
    )
    note = (
        "Let a forecaster know the truth, and half of the years be so much more dangerous than the other: how often "
        "would the interval of its gain over the constant lie above 0? The 708 years over government count as "
        f"{sizes[-1]} independent ones, for those of one war hang together."
    )
    return Table("What so many years can show, before any score is looked at", columns, rows, note)


def fared(result: Result) -> Table:
    """The scores of the years beside the constant."""
    columns = headings(
        "Years", "#Wars", "#Falls", "#Said", "#Constant", "Score", "#Ours", "#Theirs", "#Gain, 95 % interval"
    )
    rows = tuple(
        (
            f"{WHICH[row['which']]}: {row['years']}", str(row["wars"]), str(row["falls"]), small_percent(row["said"]),
            small_percent(row["base"]), RULES[rule], number(skill["own"], digits=PLACES[rule]),
            number(skill["benchmark"], digits=PLACES[rule]), _gain_of_years(row, skill, rule),
        )
        for row in result["years"]
        for rule, skill in row["against"].items()
    )  # fmt: skip
    note = (
        "Said and constant: the mean chance of a fall within the year. The constant is the base rate of the day. "
        "Intervals by drawing whole wars again."
    )
    return Table("The years beside their base rate", columns, rows, note)


def _gain_of_years(row: Result, skill: Result, rule: str) -> Cell:
    gain = number(skill["gain"], digits=PLACES[rule], signed=True)
    if not row["judges"]:
        return Cell(f"{gain}; {counted(row['falls'], 'fall')} can show nothing", "quiet")
    tone: Tone = "first" if skill["low"] > 0 else "warn" if skill["high"] < 0 else ""
    return Cell(f"{gain} ({interval(skill['low'], skill['high'], digits=PLACES[rule])})", tone)


def reliability(row: Result) -> Table:
    """Whether chances came as often as said, with counts, and the parts of the score."""
    found = row["reliability"]
    columns = headings("Said", "#Years", "#Said on average", "#Falls", "#Came", "#95 % interval")
    rows = tuple(
        (
            f"{100 * one['least']:.1f} to {100 * one['most']:.1f} %", str(one["forecasts"]), small_percent(one["said"]),
            str(one["came"]), small_percent(one["share"]), f"{100 * one['low']:.1f} to {100 * one['high']:.1f} %",
        )
        for one in found["bins"]
    )  # fmt: skip
    parts = {key: number(found[key], digits=5) for key in PARTS}
    note = (
        f"Parts of the Brier score (Murphy 1973): unreliability {parts['reliability']}, less resolution "
        f"{parts['resolution']}, plus uncertainty {parts['uncertainty']}, plus {parts['within']} for what the chances "
        f"of one row differ among themselves, make {parts['brier']}. Telling wars apart pays only where resolution is "
        "more than unreliability."
    )
    return Table("Did it come as often as was said? Wars over government", columns, rows, note)


def reliability_figure(row: Result) -> Drawing:
    """Said against came, with intervals."""
    bins = row["reliability"]["bins"]
    return Drawing(
        key="backtest-reliability",
        title="How often governments fell, by the chance that was given",
        description="; ".join(
            f"said {small_percent(one['said'])}, came {small_percent(one['share'])}" for one in bins
        )
        + ".",
        caption="A dot a fifth of the years: how often rebels took power, with its 95 % interval, by the chance that "
        "was "
        "given. On the line they would come as often as said.",
        chart=lambda frame: charts.said_and_came(bins, frame),
        table=reliability(row),
    )


def _listed(caption: str, rows: Sequence[Result], note: str) -> Table:
    columns = headings("Country", "#Year", "#Said", "#Constant", "Fell")
    cells = tuple(
        (
            one["location"], str(one["year"] + 1), small_percent(one["chance"]), small_percent(one["base"]),
            Cell("yes", "warn") if one["fell"] else "no",
        )
        for one in rows
    )  # fmt: skip
    return Table(caption, columns, cells, note)
