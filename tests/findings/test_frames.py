"""Tables for notebooks hold what the JSON of the run holds, cell by cell; what is undefined is missing."""

import json
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from equipoise.findings.found import Run
from equipoise.findings.frames import TABLES
from equipoise.scenario import load

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def said():
    return json.loads((GOLDEN / "run.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scenario():
    return load(GOLDEN / "scenario.yaml").scenario


@pytest.fixture(scope="module")
def tables(said, scenario):
    run = Run.read((GOLDEN / "run.json").read_bytes(), what="the run")
    return {name: table(run, scenario) for name, table in TABLES.items()}


def same(cell, value):
    """Whether a cell is the value of the JSON; a gap stands for null."""
    if value is None:
        return bool(pd.isna(cell))
    if isinstance(cell, pd.Timestamp):
        return cell == pd.Timestamp(value)
    return cell == pytest.approx(value) if isinstance(value, float) else cell == value


def holds(table, row, wanted):
    wrong = {key: (table.iloc[row][key], value) for key, value in wanted.items()
             if not same(table.iloc[row][key], value)}  # fmt: skip
    assert not wrong


def test_every_table_says_on_how_many_futures_it_rests(tables, said):
    for table in tables.values():
        assert table.attrs == {"futures": said["futures"], "states": said["states"]}
        assert len(table) > 0


def test_the_ranking_is_in_the_order_of_the_run(tables, said, scenario):
    table = tables["ranking"]
    assert list(table["strategy"]) == said["ranking"] and list(table["place"]) == list(range(1, 10))
    for row, name in enumerate(said["ranking"]):
        found = said["strategies"][name]
        payoff = {f"payoff_{key}": found["payoff"][key] for key in ("se", "low", "high", "p5", "p50", "p95")}
        alike = {key: found[key] for key in (
            "influence_kept", "influence_kept_after_collapse", "influence_kept_if_stands", "levers", "spread",
            "hedge_index", "chance_best", "kind",
        )}  # fmt: skip
        influence, regret = found["influence"], found["regret"]
        holds(table, row, payoff | alike | {
            "payoff": found["payoff"]["mean"], "influence": influence["mean"], "influence_end": influence["end"],
            "regret_mean": regret["mean"], "regret_max": regret["max"],
            "name": scenario.strategies["empire"][name].name or name,
        })  # fmt: skip


def test_differences_are_those_of_the_run(tables, said):
    for row, found in enumerate(said["differences"]):
        holds(tables["differences"], row, {key: found[key] for key in ("better", "worse", "mean", "se")})
        apart = found["low"] > 0 or found["high"] < 0
        assert tables["differences"].iloc[row]["told_apart"] == apart


def test_forces_and_orders_are_rows_of_their_strategy(tables, said, scenario):
    expected = [(name, key) for name, found in said["strategies"].items() for key in found["forces"]]
    table = tables["forces"]
    assert list(zip(table["strategy"], table["force"], strict=True)) == expected
    for row, (name, key) in enumerate(expected):
        found = said["strategies"][name]
        force, standing = found["forces"][key], found["standing"][key]
        holds(table, row, {
            "name": scenario.forces[key].name, "incumbent": scenario.forces[key].incumbent,
            "power_start": force["power"]["start"], "power_end": force["power"]["end"],
            "standing_start": standing["start"], "standing_end": standing["end"], "falls": force["collapse"],
            "falls_se": said["errors"][f"strategies.{name}.forces.{key}.collapse"]["se"],
        })  # fmt: skip
    expected = [(name, key) for name, found in said["strategies"].items() for key in found["orders"]]
    table = tables["orders"]
    assert list(zip(table["strategy"], table["order"], strict=True)) == expected
    for row, (name, key) in enumerate(expected):
        error = said["errors"][f"strategies.{name}.orders.{key}"]["se"]
        holds(table, row, {"share": said["strategies"][name]["orders"][key], "share_se": error})


def test_events_and_talks_have_dates_or_gaps(tables, said, scenario):
    table = tables["events"]
    assert list(table["event"]) == list(said["events"])
    for row, (key, found) in enumerate(said["events"].items()):
        dates = {at: found[at] for at in ("p5_date", "median_date", "p95_date")}
        holds(table, row, dates | {
            "name": scenario.events[key].what, "probability": found["probability"],
            "probability_se": said["errors"][f"events.{key}.probability"]["se"],
        })  # fmt: skip
        assert all(pd.api.types.is_datetime64_any_dtype(table[at]) for at in dates)
    rows = [(key, issue) for key, found in said["talks"].items() for issue in found["issues"]]
    table = tables["talks"]
    assert list(zip(table["talk"], table["issue"], strict=True)) == rows
    for row, (key, issue) in enumerate(rows):
        found = said["talks"][key]
        holds(table, row, found["issues"][issue] | {
            "deal": found["deal"], "deal_se": said["errors"][f"talks.{key}.deal"]["se"],
            "acceptable": found["acceptable"], "median_date": found["median_date"],
            "name": scenario.talks[key].what or key,
        })  # fmt: skip


def test_numbers_are_the_inputs(tables, said):
    assert list(tables["numbers"]["path"]) == list(said["inputs"])
    for row, found in enumerate(said["inputs"].values()):
        holds(tables["numbers"], row, found)


def test_weeks_are_rows_from_the_start_on(tables, said, scenario):
    table = tables["by_week"]
    weeks = said["weeks"] + 1
    forces = len(scenario.forces)
    assert len(table) == len(said["strategies"]) * weeks * (2 + 3 * forces)
    for name, found in said["strategies"].items():
        own = table[table["strategy"] == name]
        for what in ("influence", "violence"):
            rows = own[(own["series"] == what) & own["force"].isna()]
            assert rows["mean"].tolist() == found[what]["by_week"]
            assert rows["week"].tolist() == list(range(weeks))
            first = scenario.calendar.start
            assert [day.date() for day in rows["date"]] == [first + timedelta(weeks=n) for n in range(weeks)]
        for key, force in found["forces"].items():
            of = own[own["force"] == key]
            series = {
                "power": force["power"]["by_week"],
                "standing": found["standing"][key]["by_week"],
                "fallen": force["collapse_by_week"],
            }
            for what, values in series.items():
                assert of[of["series"] == what]["mean"].tolist() == values
