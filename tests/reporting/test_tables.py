"""The tables: what they show is what the summary says, and the terminal gets it plain."""

import copy
import functools
import io
import re

import pytest

from equipoise.findings.found import DifferenceFound
from equipoise.reporting import check_tables, print_run, tables
from equipoise.reporting.analyses import balance, explore_tables, game, optimise, why_tables
from equipoise.reporting.analyses.score import skill_in_words
from equipoise.reporting.analyses.why_tables import sds
from equipoise.reporting.blocks import Cell, Column, Table
from equipoise.reporting.pages.actors import actors
from equipoise.reporting.run_view import RunView
from equipoise.reporting.terminal import console, print_check, to_rich
from equipoise.reporting.what_if_figures import _coarse
from equipoise.scenario.phrases import DASH


def printed(item) -> str:
    out = io.StringIO()
    console(out).print(item)
    return out.getvalue()


def cells(table: Table, row: str) -> list[str]:
    return next([str(cell) for cell in found] for found in table.rows if str(found[0]) == row)


def test_chances_stand_with_the_errors_that_were_found(golden):
    run = golden.context.run
    table = tables.events(golden.context)
    shown = {row[0]: row[1] for row in table.rows}
    for key, item in run.events.items():
        if 0 < item.probability < 1:
            se = run.errors[f"events.{key}.probability"].se
            assert f"± {100 * se:.1f})" in shown[golden.context.names.event(key)]
    for name, row in zip(golden.context.ranking, tables.orders(golden.context).rows, strict=True):
        se = run.errors[f"strategies.{name}.orders.holds"].se
        assert row[1].endswith(f"± {100 * se:.1f}")


def test_ranking_shows_what_was_found(golden):
    table = tables.ranking(golden.context)
    assert [str(row[0]) for row in table.rows] == list(golden.found.ranking)
    item = golden.found.strategies["even-hedge"]
    shown = cells(table, "even-hedge")
    assert shown[1] == f"{item.payoff.mean:.3f} ± {item.payoff.se:.3f}"
    assert shown[4] == f"{item.influence_after_collapse:.3f}"
    assert shown[6] == f"{item.regret.mean:.3f}"


def test_the_best_cell_stands_out_and_low_regret_is_best(golden):
    table = tables.ranking(golden.context)
    marked = {
        place: {
            str(row[0]) for row in table.rows if isinstance(row[place], Cell) and row[place].tone == "first"
        }
        for place in (4, 6)
    }
    named = golden.found.strategies
    assert marked[4] == {max(named, key=lambda name: named[name].influence_after_collapse)}
    assert marked[6] == {min(named, key=lambda name: named[name].regret.mean)}


def test_a_run_of_a_year_gives_the_chance_once(golden):
    year = [column.title for column in tables.forces(golden.context).columns]
    assert "Falls within a year" not in year
    calendar = golden.scenario.calendar.model_copy(update={"weeks": 26})
    half = RunView(golden.found, golden.scenario.model_copy(update={"calendar": calendar}))
    table = tables.forces(half)
    assert table.columns[4].title == "Falls within a year"
    fallen = golden.context.found.forces["crown"].collapse
    assert (
        cells(table, "The Crown")[4] == f"{100 * fallen:.0f}\u202f%"
    )  # what was played are 52 weeks, a year


def test_undefined_is_a_dash(golden):
    found = golden.with_strategies(influence_after_collapse=lambda *_: None)
    table = tables.ranking(RunView(found, golden.scenario))
    assert [str(row[4]) for row in table.rows] == ["–"] * len(table.rows)


def test_gain_and_cost_of_a_difference_stand_in_their_columns(golden):
    table = tables.differences(golden.context)
    titles = [column.title for column in table.columns]
    gap = golden.found.difference("bandwagon", "back-crown")
    row = dict(zip(titles, cells(table, "back-crown"), strict=True))
    assert row["Behind the best by"] == f"{gap.mean:.3f}" and gap.mean > 0
    assert row["95 % interval"] == f"+{gap.low:.3f} to +{gap.high:.3f}"
    assert row["Told apart?"] == "yes"


def test_differences_are_read_from_either_side(golden):
    forward = golden.found.difference("back-crown", "stay-out")
    back = golden.found.difference("stay-out", "back-crown")
    assert forward.mean == -back.mean != 0
    assert (forward.low, forward.high) == (-back.high, -back.low)
    assert forward.told_apart is back.told_apart is True


@pytest.mark.parametrize(
    ("low", "high", "apart"),
    [(-1e-6, 1.0, False), (1e-6, 1.0, True), (-1.0, -1e-6, True), (None, None, None)],
)
def test_told_apart_is_an_interval_that_leaves_out_zero(low, high, apart):
    assert DifferenceFound("a", "b", 0.5, 0.1, low, high).told_apart is apart


def test_piped_text_is_plain_and_at_most_100_columns(golden):
    out = io.StringIO()
    print_run(golden.found, golden.named(even_hedge="Even hedge"), to=console(out), full=True)
    text = out.getvalue()
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 100
    for name in ("back-crown", "hill-lords-first", "Even hedge"):
        assert re.search(rf"^{name} ", text, re.M), name
    assert "Confidence in this judgement is" in text


def test_names_are_not_read_as_markup():
    table = Table("[red]x[/red]", (Column("[bold]a"),), (("[link=http://x]y[/link]",),))
    text = printed(to_rich(table))
    assert "[red]x[/red]" in text
    assert "[link=http://x]y[/link]" in text


def test_the_trace_lists_what_stands_on_nothing():
    trace = {
        "places": [
            {
                "path": "a.b",
                "value": "0.3",
                "written": True,
                "basis": "nothing",
                "grounds": [],
                "because": None,
            },
            {
                "path": "a.c",
                "value": "1",
                "written": False,
                "basis": "nothing",
                "grounds": [],
                "because": None,
            },
            {
                "path": "a.d",
                "value": "2",
                "written": True,
                "basis": "claim",
                "grounds": [{"claim": "c9"}],
                "because": "so",
            },
        ],
        "counts": {"claim": 1, "belief": 0, "reason": 0, "nothing": 1},
    }
    table = tables.trace(trace)
    assert [tuple(map(str, row)) for row in table.rows] == [
        ("a.b", "0.3", "nothing", "–"), ("a.d", "2", "a claim of a source", "c9; so"),
    ]  # fmt: skip
    assert str(tables.trace_counts(trace).rows[0][2]) == "50\u202f%"


def test_regions_stand_in_the_order_of_the_file(golden):
    """As on the map and wherever else they are listed; by their keys the hills would come first."""
    (control,) = (block for block in actors(golden.context).body if isinstance(block, Table))
    assert [column.title for column in control.columns] == ["Force", "The valley", "The hills"]
    assert cells(control, "The rebels")[1:] == ["0.25", "0.40"]


def test_a_column_of_the_draws_stands_only_where_ties_are_in_doubt(golden):
    """The ties of the two valleys are not; a column of dashes alone told nothing and took the room of others."""
    found = copy.deepcopy(golden.analyses["balance"])
    for table, title in ((balance.hedges, "5 to 95 %"), (balance.coalitions, "In draws")):
        assert title not in [column.title for column in table(found, golden.context.names).columns]
    found["hedges"][0]["drawn"] = {"p5": 0.1, "p95": 0.2}
    force = next(iter(found["coalitions"]["accounts"]["power"].values()))
    force["drawn"] = [{"members": force["members"], "share": 0.75}]
    hedges, coalitions = (
        table(found, golden.context.names) for table in (balance.hedges, balance.coalitions)
    )
    assert [column.title for column in hedges.columns].count("5 to 95 %") == 1
    assert sum(str(row[-2]) == DASH for row in hedges.rows) == len(hedges.rows) - 1
    assert [column.title for column in coalitions.columns].count("In draws") == 2
    assert sorted(str(row[4]) for row in coalitions.rows)[0] == "75\u202f%"
    assert {len(row) for row in coalitions.rows} == {len(coalitions.columns)}


def test_a_closed_pipe_is_left_to_whoever_writes():
    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        console(Gone()).print("x")


@pytest.mark.parametrize("case", ["two-valleys", "afghanistan-2021"])
def test_check_names_people_and_counts_what_it_says(case):
    import equipoise

    found = equipoise.check(case)
    out = io.StringIO()
    print_check(found, name=case, to=console(out))
    text = " ".join(out.getvalue().split())
    focus = next(row["label"] for row in found["patrons"] if row["focus"])
    assert f"Advised: {focus}, with" in text
    believed = sum(found["beliefs"].values())
    stood = re.search(r"Of these (\d+) numbers (\d+ stands? on .*?)\. ", text)
    assert int(stood[1]) == found["numbers"]["written"] + believed
    assert sum(map(int, re.findall(r"(\d+) (?:stands? )?on ", stood[2]))) == int(stood[1])


def test_what_check_prints_needs_nobody_to_explain_it():
    """Words of the house that an analyst stumbled over; and each table says of what cases its rates are."""
    import equipoise

    out = io.StringIO()
    print_check(equipoise.check("two-valleys"), name="two-valleys", to=console(out))
    text = " ".join(out.getvalue().split())
    for riddle in (
        "Because",
        "one of after",
        "age apart",
        "just about",
        "Counted:",
        "hundredths",
        "numbers as given",
    ):
        assert riddle not in text, riddle
    assert "The Crown: how often rebels take power in the following year" in text
    assert re.search("Once “The.{1,80}troops.{1,80}home” has.{1,80}come", text)  # in a cell of several lines
    assert (
        "It states 139 numbers, 14 of them with doubt, and one other that somebody in the situation believes"
        in text
    )


@pytest.mark.parametrize(
    ("uncertain", "standing", "said"),
    [
        (
            0,
            {"nothing": 14},
            "It states 14 numbers, none of them with doubt. All 14 numbers stand on nothing.",
        ),
        (
            3,
            {"a claim": 1, "nothing": 13},
            "3 of them with doubt. Of these 14 numbers 1 stands on a claim and 13 on nothing.",
        ),
    ],
)
def test_numbers_of_one_kind_are_not_counted_twice(uncertain, standing, said):
    numbers = {"written": 14, "uncertain": uncertain, "standing_on": standing}
    assert check_tables._numbers({"numbers": numbers, "beliefs": {}}).endswith(said)


def test_a_note_explains_only_what_the_table_shows():
    force = {"name": "f", "label": "F", "can_fall": False, "incumbent": False}
    later = {"f": {"mean": 0.04, "se": 0.0001}, "week": 52}
    for high, said in ((0.3, False), (0.4, True)):
        power = {"low": 0.3, "middle": 0.35 if said else 0.3, "high": high}
        found = {
            "forces": [force | {"power": power}], "yearly_chance_of_falling": {"f": 0.0}, "power_a_year_on": later,
        }  # fmt: skip
        assert ("nine of ten states" in check_tables.forces(found).note) is said


def test_a_chance_of_falling_does_not_part_from_its_sign():
    force = {"name": "f", "label": "F", "can_fall": True, "incumbent": False}
    force["power"] = {"low": 0.3, "middle": 0.3, "high": 0.3}
    later = {"f": {"mean": 0.04, "se": 0.0001}, "week": 52}
    found = {"forces": [force], "yearly_chance_of_falling": {"f": 0.03}, "power_a_year_on": later}
    assert str(check_tables.forces(found).rows[0][3]) == "almost no chance (3\u202f%)"


def test_a_range_that_prints_as_one_figure_is_one_figure():
    force = {"name": "f", "label": "F", "can_fall": False, "incumbent": False}
    later = {"f": {"mean": 0.04, "se": 0.0001}, "week": 52}
    for low, high, said in ((0.0001, 0.0099, "under 1\u202f%"), (0.0361, 0.0449, "4\u202f%"),
                            (0.03, 0.05, "4\u202f% (3\u202f% to 5\u202f%)")):  # fmt: skip
        power = {"low": low, "middle": (low + high) / 2, "high": high}
        found = {
            "forces": [force | {"power": power}],
            "yearly_chance_of_falling": {"f": 0.0},
            "power_a_year_on": later,
        }
        assert str(check_tables.forces(found).rows[0][1]) == said


@pytest.mark.parametrize(
    ("first", "said"), [(1, "numbers 1 stands on a reason"), (4, "numbers 4 stand on a reason")]
)
def test_what_numbers_stand_on_is_a_sentence(first, said):
    numbers = {"written": 9, "uncertain": 2, "standing_on": {"a reason": first, "nothing": 7}}
    assert check_tables._numbers({"numbers": numbers, "beliefs": {}}).endswith(f"{said} and 7 on nothing.")


def test_a_goal_without_an_end_has_a_dash_that_is_explained():
    goal = {"path": "patrons.empire.values.cost", "stated": 0.05, "wanted": 0.05, "least": 0.0, "most": None}
    found = {"alone": [{**goal, "sds": 0.0}], "words": {"places": {}}}
    table = why_tables.alone(found)
    assert table.rows[0][3] == DASH and f"{DASH}: no end on that side" in table.note


def test_conditions_are_said_in_words(golden):
    from equipoise.scenario import wording
    from equipoise.scenario.model import Strategy

    when = [{"power": "crown", "below": 0.42}, {"standing": "empire", "with": "rebels", "above": 0.3}]
    plan = Strategy.model_validate({"engage": {"crown": 1}, "then": {"when": when, "engage": {"rebels": 1}}})
    assert (
        "Once the power of the Crown is below 0.42 and the standing of the Empire with the rebels is above 0.3, it "
        "switches for good: engages the rebels alone." in wording.strategy(golden.context.names, plan)
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (skill_in_words(0.48, ""), "+48 %"), (skill_in_words(-7.12, ""), "8.1 times theirs"),
        (skill_in_words(-2.38, ""), "3.4 times theirs"), (skill_in_words(-90.9, ""), "about 90 times theirs"),
        (skill_in_words(-1160.0, ""), "over 100 times theirs"),
        (sds(0.0), "0"), (sds(2.08), "+2.1"), (sds(-0.5), "−0.5"),
        (_coarse(0.00209), "0.003"), (_coarse(0.002), "0.002"), (_coarse(0.0), "0"),
    ],
)  # fmt: skip
def test_no_figure_says_more_than_it_knows(said, written):
    assert said == written


def _first_driver(found, names):
    return explore_tables.drivers(found, names, found["drivers"][0]["output"])


def _numbered(rows: int, note: str = "") -> Table:
    return Table("t", (Column("n"),), tuple((str(k),) for k in range(rows)), note)


def test_a_table_that_is_cut_off_says_of_how_many_and_where_all_are():
    assert _numbered(8).first(8) == _numbered(8)
    cut = _numbered(28, "A note.").first(8)
    assert [row[0] for row in cut.rows] == list("01234567")
    assert cut.note == "A note. The first 8 of 28 are shown; all are in the JSON."
    totals = _numbered(29).first(8, ranked=28, all_in="the file")
    assert [row[0] for row in totals.rows] == [*"01234567", "28"]
    assert totals.note == "The first 8 of 28 are shown; all are in the file."


@pytest.mark.parametrize(
    ("analysis", "places", "table"),
    [
        ("explore", ("pairs",), explore_tables.pairs), ("explore", ("drivers", 0, "indices"), _first_driver),
        ("explore", ("assumptions", "assumptions"), lambda found, names: explore_tables.assumptions(found)),
        ("balance", ("landscape", "minima"), balance.minima),
        ("game", ("equilibria",), game.equilibria), ("game", ("profiles",), game.profiles),
        ("optimise", ("triggers",), lambda found, names: optimise.triggers(found)),
    ],
)  # fmt: skip
def test_every_analysis_says_what_a_table_leaves_out(golden, analysis, places, table):
    """A list made forty times as long: the table shows its first rows, and says of how many they are."""
    found = copy.deepcopy(golden.analyses[analysis])
    *inside, last = places
    within = functools.reduce(lambda part, key: part[key], inside, found)
    within[last] = [row | {"told_apart": True, "matters": True} for row in 40 * list(within[last])]
    made = table(found, golden.context.names)
    assert 0 < len(made.rows) < len(within[last])
    assert f"The first {len(made.rows)} of {len(within[last]):,} are shown; all are in the JSON" in made.note
