"""The object that a run gives a notebook: what it says of itself, its tables, its weekly arrays.

What the tables must hold is read off the scenario of two valleys by hand, or must agree between two of them.
"""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import equipoise
from equipoise.errors import StudyError
from equipoise.jobs import run as jobs
from equipoise.jobs.states import names_of, rows_of
from situations import certain, duel

STATES, CHANCE, WEEKS = 128, 2, 52
ASKED = {"futures": STATES * CHANCE, "chance": CHANCE, "seed": 0}
FORCES = ("crown", "hill-lords", "rebels")
STRATEGIES = (
    "back-crown", "back-rebels", "hill-lords-first", "even-hedge", "bandwagon", "warm-friends", "arm-the-hills",
    "wait-and-see", "stay-out",
)  # fmt: skip
START_POWER = {
    "crown": 0.6 * 0.70 + 0.4 * 0.30,
    "rebels": 0.6 * 0.25 + 0.4 * 0.40,
    "hill-lords": 0.6 * 0.05 + 0.4 * 0.30,
}
START_STANDING = {"crown": 0.25, "rebels": 0.30, "hill-lords": 0.45}
START_INFLUENCE = 0.3 * (0.70 * 0.25 + 0.25 * 0.30 + 0.05 * 0.45) + 0.7 * (
    0.30 * 0.25 + 0.40 * 0.30 + 0.30 * 0.45
)
"""By hand from the file: regions weigh 0.6 and 0.4, the Empire's interest in them 0.3 and 0.7."""


@pytest.fixture(scope="module")
def made():
    """A run that was not told where to write."""
    return equipoise.run("two-valleys", workers=1, **ASKED)


def of(table, strategy):
    return table[table["strategy"] == strategy].set_index("future")


# What it says of itself


def test_it_says_in_one_line_what_was_run_and_what_came_out(made):
    found = re.fullmatch(
        r"<Study of 'Two valleys': 256 futures, 9 strategies; best ([\w-]+), (\d\.\d{3}) ± (\d\.\d{3})>",
        repr(made),
    )
    best, mean, error = found.groups()
    by_mean = made.outcomes.groupby("strategy", observed=True)["payoff"].mean()
    assert best == by_mean.idxmax()
    assert float(mean) == pytest.approx(by_mean.max(), abs=6e-4)
    # 128 states are four blocks, too few for errors of blocks: those of single states
    means = of(made.outcomes, best).groupby(lambda future: future // CHANCE)["payoff"].mean()
    assert float(error) == pytest.approx(means.std(ddof=1) / 128**0.5, abs=6e-4)


def test_thousands_are_set_apart_and_one_strategy_is_one():
    one = equipoise.run(certain(), futures=1_600, strategies=["even"], workers=1)
    assert re.match(
        r"<Study of 'A duel': 1,600 futures, 1 strategy; best even, 0\.\d{3} ± 0\.000>$", repr(one)
    )


def test_an_error_that_is_not_known_is_not_said_to_be_nothing():
    """One state alone gives no standard error (docs/model.md, *Sampling*)."""
    alone = equipoise.run(duel(), futures=4, chance=4, workers=1)
    assert alone.summary["strategies"]["even"]["payoff"]["se"] is None
    assert "±" not in repr(alone)
    assert repr(alone).endswith(
        f"{alone.summary['strategies'][alone.summary['ranking'][0]]['payoff']['mean']:.3f}>"
    )


def test_it_keeps_what_was_asked_and_the_summary_that_the_command_prints(made):
    assert made.folder is None
    assert made.file.scenario.title == made.scenario.title == "Two valleys"
    asked = ("focus", "futures", "states", "chance", "seed", "weeks", "beliefs", "with")
    assert [made.summary[key] for key in asked] == ["empire", 256, 128, 2, 0, 52, None, {}]
    assert json.loads(json.dumps(made.summary, allow_nan=False)) == made.summary
    assert sorted(made.summary["ranking"]) == sorted(STRATEGIES)


# Tables


def test_outcomes_hold_a_row_for_each_future_and_strategy(made):
    table = made.outcomes
    assert list(table["strategy"].unique()) == list(STRATEGIES)
    assert len(table) == len(STRATEGIES) * STATES * CHANCE
    assert not table.duplicated(["strategy", "future"]).any()
    for name in STRATEGIES:
        rows = table[table["strategy"] == name]
        assert rows["future"].tolist() == list(range(STATES * CHANCE))
        assert (rows["future"] == CHANCE * rows["state"] + rows["stream"]).all()
        assert rows["stream"].max() == CHANCE - 1
    by_force = {f"{kind}.{j}" for kind in ("fallen", "power", "standing", "engaged") for j in FORCES}
    assert by_force <= set(table.columns)
    numbers = table.select_dtypes("number")
    assert np.isfinite(numbers).all(axis=None)
    assert list(table.select_dtypes(exclude="number")) == ["strategy", "order"]


def test_outcomes_say_what_each_strategy_did(made):
    """Who backs the Crown alone engages it until the week it falls; who stays out engages nobody."""
    backed = of(made.outcomes, "back-crown")
    stood = np.where(backed["fallen.crown"] >= 0, backed["fallen.crown"] + 1, WEEKS) / WEEKS
    np.testing.assert_allclose(backed["engaged.crown"], stood, atol=1e-6)
    assert 0 < (backed["fallen.crown"] >= 0).mean() < 1
    assert (backed["engaged.rebels"] == 0).all() and (backed["spread"] == 0).all()
    out = of(made.outcomes, "stay-out")
    assert (out[[f"engaged.{j}" for j in FORCES]] == 0).all(axis=None) and (out["terms.cost"] == 0).all()
    evenly = of(made.outcomes, "even-hedge")
    unbroken = evenly[(evenly[[f"fallen.{j}" for j in FORCES]] < 0).all(axis=1)]
    assert len(unbroken) > 20
    np.testing.assert_allclose(unbroken["spread"], 2 / 3, atol=1e-5)
    np.testing.assert_allclose(unbroken["terms.cost"], -0.05, atol=1e-6)


def test_outcomes_say_what_happened_when(made):
    """Weeks counted by hand from 17 March 2031; -1 where something did not happen."""
    table = made.outcomes
    assert (table["event.envoys-received"] == 3).all()
    leaves = table["event.republic-leaves"]
    assert set(leaves) <= {-1, *range(6, 25)} and (leaves == -1).any() and (leaves >= 0).any()
    attacks = table[table["event.rebel-offensive"] >= 0]
    assert len(attacks) and (attacks["event.rebel-offensive"] >= attacks["event.republic-leaves"] + 2).all()
    assert (attacks["event.republic-leaves"] >= 0).all()
    slipped = {
        11 + 4 * times for times in range(11)
    }  # the conference may be put off by four weeks, again and again
    assert {-1, 11, 15} <= set(table["deal.lake-conference"]) <= {-1, *slipped}
    assert set(table["order"]) <= {"holds", "settlement", "chaos", *(f"takeover:{j}" for j in FORCES)}
    held = table[table["order"] == "holds"]
    assert (held["fallen.crown"] == -1).all() and (held[["power.rebels", "power.hill-lords"]] < 0.6).all(
        axis=None
    )
    taken = table[table["order"] == "takeover:rebels"]
    assert (taken["power.rebels"] >= 0.6 - 1e-5).all()
    assert {True, False} == set(taken["fallen.crown"] >= 0)  # whether or not the Crown keeps its name


def test_the_table_and_the_summary_say_the_same(made):
    for name in STRATEGIES:
        rows, said = of(made.outcomes, name), made.summary["strategies"][name]
        assert said["payoff"]["mean"] == pytest.approx(rows["payoff"].mean(), abs=1e-6)
        levels = [said["payoff"][key] for key in ("p5", "p50", "p95")]
        np.testing.assert_allclose(levels, rows["payoff"].quantile([0.05, 0.5, 0.95]), atol=1e-6)
        assert said["influence"]["mean"] == pytest.approx(rows["influence"].mean(), abs=1e-6)
        assert said["influence"]["end"] == pytest.approx(rows["influence_end"].mean(), abs=1e-6)
        assert said["levers"] == pytest.approx(rows["levers"].mean())
        shares = rows["order"].value_counts(normalize=True)
        assert said["orders"] == pytest.approx({key: shares.get(key, 0) for key in said["orders"]})
        for j in FORCES:
            assert said["forces"][j]["collapse"] == pytest.approx((rows[f"fallen.{j}"] >= 0).mean())
            assert said["forces"][j]["power"]["end"] == pytest.approx(rows[f"power.{j}"].mean(), abs=1e-6)
            assert said["standing"][j]["end"] == pytest.approx(rows[f"standing.{j}"].mean(), abs=1e-6)
            assert said["allocation"][j] == pytest.approx(rows[f"engaged.{j}"].mean(), abs=1e-6)
        terms = [column for column in rows if column.startswith("terms.")]
        assert len(terms) == len(said["terms"]) == 8
        np.testing.assert_allclose(rows[terms].sum(axis=1), rows["payoff"], atol=1e-5)
    first = of(made.outcomes, STRATEGIES[0])
    for name, event in made.summary["events"].items():
        assert event["probability"] == pytest.approx((first[f"event.{name}"] >= 0).mean())
    deal = made.summary["talks"]["lake-conference"]["deal"]
    assert deal == pytest.approx((first["deal.lake-conference"] >= 0).mean())


def test_states_hold_the_uncertain_numbers_within_their_ranges(made):
    table = made.states
    assert table["state"].tolist() == list(range(STATES))
    ranges = {
        "forces.crown.momentum": (-0.006, 0.004), "forces.rebels.momentum": (-0.002, 0.006),
        "forces.crown.collapse.yearly": (0.02, 0.1), "forces.crown.resentment.duplicity": (0.0, 0.10),
        "quantities.weariness": (0.5, 1.5), "patrons.empire.values.rivals.republic": (0.1, 0.4),
        "events.republic-leaves.probability": (0.55, 0.80),
    }  # fmt: skip
    assert set(ranges) < set(table.columns)
    for path, (low, high) in ranges.items():
        assert low <= table[path].min() < table[path].max() <= high, path
    tired = "events.republic-leaves.effects.1.budget.republic"
    np.testing.assert_allclose(table[tired], 0.6 * table["quantities.weariness"])
    assert "forces.rebels.collapse.rate" not in table
    assert {*table.columns} - {"state"} == set(made.summary["inputs"])
    for path, said in made.summary["inputs"].items():
        assert said["mean"] == pytest.approx(table[path].mean())
        assert said["sd"] == pytest.approx(table[path].std(ddof=0))


def test_inputs_are_the_states_once_for_each_future(made):
    table = made.inputs
    assert list(table.columns) == ["future", "state", "stream", *made.states.columns.drop("state")]
    assert table["future"].tolist() == list(range(STATES * CHANCE))
    assert (table["state"] == table["future"] // CHANCE).all()
    for stream in range(CHANCE):
        rows = table[table["stream"] == stream].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows[made.states.columns], made.states)


def test_inputs_and_outcomes_belong_to_each_other():
    """With nothing else uncertain and no chance, the payoff is a straight line in the one input."""
    changes = {"patrons.north.values.cost": [0.0, 0.1], "patrons.north.values.terminal": 0.0}
    line = equipoise.run(certain(changes), futures=64, workers=1)
    joined = line.inputs.merge(of(line.outcomes, "even").reset_index(), on="future")
    slope, _ = np.polyfit(joined["patrons.north.values.cost"], joined["payoff"], 1)
    assert slope == pytest.approx(-1.0, abs=1e-4)  # a budget of 1, spent every week
    spread = joined["payoff"] + joined["patrons.north.values.cost"]
    assert spread.max() - spread.min() < 1e-5


def test_rows_of_some_strategies_and_columns_are_those_of_the_whole_table(made):
    names = names_of(made)[1:3]
    some = rows_of(made, "outcomes", 40, {"strategy", "state", "payoff"}.__contains__, names)
    whole = made.outcomes
    whole = whole[(whole["state"] < 40) & whole["strategy"].isin(names)]
    assert len(some) == 40 * made.plan.chance * len(names)
    pd.testing.assert_frame_equal(some, whole[list(some)].reset_index(drop=True))


@pytest.mark.parametrize("table", ["futures", "outcomes", "inputs", "states"])
def test_columns_are_named_as_the_table_has_them(made, tmp_path, table):
    written = equipoise.run("two-valleys", futures=64, workers=1, additions=False, out=tmp_path / "study")
    for study in (made, written):
        assert study.columns(table) == list(next(study.parts(table)).columns)


# Weekly arrays


def test_weekly_arrays_are_labelled_and_begin_as_the_file_says(made):
    weekly = made.weekly
    assert dict(weekly.sizes) == {"strategy": 9, "force": 3, "week": WEEKS + 1, "future": STATES}
    assert weekly["influence"].dims == weekly["violence"].dims == ("strategy", "week", "future")
    for kind in ("power", "standing", "alive"):
        assert weekly[kind].dims == ("strategy", "force", "week", "future")
    assert weekly["strategy"].values.tolist() == list(STRATEGIES)
    assert weekly["force"].values.tolist() == list(FORCES)
    assert weekly["future"].values.tolist() == list(range(0, STATES * CHANCE, CHANCE))
    start = weekly.sel(week=0)
    assert np.allclose(start["influence"], START_INFLUENCE) and (start["violence"] == 1).all()
    for j in FORCES:
        assert np.allclose(start["power"].sel(force=j), START_POWER[j]), j
        assert np.allclose(start["standing"].sel(force=j), START_STANDING[j]), j
        assert (start["alive"].sel(force=j) == 1).all()


def test_weekly_arrays_follow_a_course_known_by_hand(made):
    """Nobody courts the hill lords where the Empire stays out: standing fades by a hundredth a week."""
    alone = made.weekly.sel(strategy="stay-out", force="hill-lords")
    faded = 0.45 * 0.99 ** made.weekly["week"]
    assert np.allclose(alone["standing"], alone["alive"] * faded, atol=1e-6)
    met = made.weekly["standing"].sel(strategy="stay-out", force="rebels")
    stands = made.weekly["alive"].sel(strategy="stay-out", force="rebels", week=4)
    assert stands.mean() > 0.9
    assert np.allclose(
        met.sel(week=4), stands * (0.30 * 0.99**3 + 0.05) * 0.99, atol=1e-6
    )  # envoys in week 3


def test_weekly_arrays_end_where_the_table_does(made):
    weekly = made.weekly
    for name in STRATEGIES:
        rows, own = of(made.outcomes, name).loc[weekly["future"].values], weekly.sel(strategy=name)
        np.testing.assert_allclose(
            own["influence"].sel(week=slice(1, None)).mean("week"), rows["influence"], atol=1e-5
        )
        np.testing.assert_allclose(own["influence"].sel(week=WEEKS), rows["influence_end"], atol=1e-6)
        np.testing.assert_allclose(own["violence"].sel(week=WEEKS), rows["violence_end"], atol=1e-6)
        for j in FORCES:
            end = own.sel(force=j, week=WEEKS)
            np.testing.assert_allclose(end["power"], rows[f"power.{j}"], atol=1e-6)
            np.testing.assert_allclose(end["standing"], rows[f"standing.{j}"], atol=1e-6)
            fallen = np.where(rows[f"fallen.{j}"] >= 0, rows[f"fallen.{j}"] + 1, WEEKS + 1)
            np.testing.assert_array_equal(own["alive"].sel(force=j).sum("week"), fallen)


def test_with_one_stream_the_weekly_arrays_add_up_to_the_summary():
    """Then every future is traced, and the means over them are those that the summary says."""
    whole = equipoise.run(
        "two-valleys", futures=96, chance=1, strategies=["even-hedge", "stay-out"], workers=1
    )
    assert whole.weekly.sizes["future"] == 96
    mean = whole.weekly.mean("future")
    for name, said in whole.summary["strategies"].items():
        own = mean.sel(strategy=name)
        np.testing.assert_allclose(own["influence"], said["influence"]["by_week"], atol=1e-5)
        np.testing.assert_allclose(own["violence"], said["violence"]["by_week"], atol=1e-5)
        for j in FORCES:
            force = own.sel(force=j)
            np.testing.assert_allclose(force["power"], said["forces"][j]["power"]["by_week"], atol=1e-5)
            np.testing.assert_allclose(force["standing"], said["standing"][j]["by_week"], atol=1e-5)
            np.testing.assert_allclose(1 - force["alive"], said["forces"][j]["collapse_by_week"], atol=1e-5)


def test_weekly_arrays_of_a_large_run_are_of_its_first_states():
    many = equipoise.run(certain(), futures=2_200, chance=2, strategies=["even"], workers=1)
    assert many.weekly["future"].values.tolist() == list(range(0, 2_048, 2))


def test_a_future_played_again_alone_takes_the_course_of_the_array(made):
    future = int(made.weekly["future"][77])
    alone = equipoise.replay("two-valleys", future, chance=CHANCE, seed=0)
    for name in ("back-crown", "wait-and-see"):
        own, course = made.weekly.sel(strategy=name, future=future), alone["strategies"][name]["weekly"]
        np.testing.assert_allclose(own["influence"], course["influence"])
        np.testing.assert_allclose(own["standing"].sel(force="rebels"), course["standing.rebels"])


# What was not asked for


def test_only_what_was_asked_for_has_labels():
    two = equipoise.run("two-valleys", futures=32, strategies=["stay-out", "back-crown"], workers=1)
    assert list(two.outcomes["strategy"].unique()) == ["stay-out", "back-crown"]
    assert two.weekly["strategy"].values.tolist() == ["stay-out", "back-crown"]
    assert set(two.summary["strategies"]) == {"stay-out", "back-crown"}
    with pytest.raises(KeyError):
        two.weekly.sel(strategy="bandwagon")


def test_without_a_folder_nothing_is_written_but_a_report_where_it_is_told(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert made.analyses == {}
    made.keep("game", {"says": "nothing"})
    assert made.analyses == {}
    with pytest.raises(StudyError, match="no folder; name the file"):
        made.report()
    assert list(tmp_path.iterdir()) == []
    page = made.report("page.html")
    assert page == Path("page.html") and "Two valleys" in page.read_text(encoding="utf-8")


def test_a_run_too_large_for_memory_keeps_its_summary_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(jobs, "KEPT", 100)
    large = equipoise.run(duel(), futures=64, workers=1)
    assert large.summary["futures"] == 64 and large.weekly.sizes["future"] == 4
    for table in ("outcomes", "states", "inputs"):
        with pytest.raises(StudyError, match=r"give `out=` a folder, or ask for fewer futures"):
            getattr(large, table)


@pytest.mark.usefixtures("undrawn")
def test_a_large_run_in_a_folder_keeps_its_tables_there(monkeypatch, tmp_path):
    monkeypatch.setattr(jobs, "KEPT", 100)
    large = equipoise.run(duel(), futures=64, workers=1, out=tmp_path / "study")
    assert len(large.outcomes) == 3 * 64 and len(large.states) == 4


def test_beliefs_lie_over_the_scenario_and_not_over_the_file():
    rate = "forces.crown.collapse.yearly"
    believed = equipoise.run("two-valleys", futures=64, strategies=["stay-out"], beliefs="empire", workers=1)
    assert believed.summary["beliefs"] == "empire"
    assert believed.states[rate].between(0.2, 0.6).all()  # the analyst says 0.1 at most
    assert believed.scenario.forces["crown"].collapse.yearly.pert == (0.2, 0.35, 0.6)
    assert believed.file.scenario.forces["crown"].collapse.yearly.pert == (0.02, 0.05, 0.1)
