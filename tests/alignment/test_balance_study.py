"""The study of a scenario: readings of its file, draws, closed forms under uncertainty, the tables."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml

from equipoise.alignment import study_balance
from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.situation import situation_of
from equipoise.errors import InputError
from equipoise.scenario.model import Scenario

CUT = 3 * 0.5 / 32 / 32**0.5
"""Three standard deviations of a share over 1,024 draws: in each of 32 blocks one of 32 strata is cut by chance."""


def scenario(**changes) -> Scenario:
    """Two rivals and a third force, two patrons; `changes` replace whole keys of the file."""
    file = {
        "equipoise": 1,
        "title": "Test",
        "focus": "east",
        "calendar": {"start": "2031-01-06", "weeks": 4},
        "regions": {"north": {"weight": 3}, "south": {"weight": 1}},
        "forces": {
            "crown": {"control": {"north": 2, "south": 1}},
            "rebels": {"control": {"north": 1, "south": 1}},
            "tribes": {"control": {"north": 1}},
        },
        "patrons": {
            "east": {"standing": {"crown": 0.5, "rebels": 0.25}},
            "west": {"standing": {"crown": 1}, "backing": {"crown": {"troops": 1, "money": 0.5}}},
        },
        "ties": [
            {"between": ["rebels", "crown"], "sign": -0.8},
            {"between": ["crown", "tribes"], "sign": 0.4},
        ],
        "strategies": {
            "east": {
                "hedge": {
                    "engage": {"crown": 3, "rebels": 1},
                    "then": {"when": "x", "engage": {"rebels": 1}},
                },
                "stay-out": {"engage": {}},
            }
        },
    }
    file |= changes
    return Scenario.model_validate(yaml.safe_load(yaml.safe_dump(file)))


def row(result, patron, strategy, stage="start"):
    (found,) = [
        r for r in result["hedges"] if (r["patron"], r["strategy"], r["stage"]) == (patron, strategy, stage)
    ]
    return found


@pytest.fixture(scope="module")
def plain():
    return study_balance(scenario()).to_dict()


def test_power_is_control_within_regions_weighted_over_them(plain):
    assert plain["power"] == pytest.approx({"crown": 0.5, "rebels": 0.3125, "tribes": 0.1875})


def test_portfolios_and_their_price(plain):
    hedge = row(plain, "east", "hedge")
    assert hedge["shares"] == {"crown": 0.75, "rebels": 0.25}
    assert hedge["price"] == pytest.approx(0.25)
    assert hedge["triads"] == [{"between": ["crown", "rebels"], "frustration": 0.25}]
    assert row(plain, "east", "hedge", "then")["price"] == 0
    assert row(plain, "east", "stay-out")["shares"] == {}
    own = row(plain, "west", "(its own way)")
    assert own["shares"] == {"crown": 1.0}


def test_stated_ties_and_standings_are_told_apart(plain):
    assert plain["frustration"]["value"] == 0
    assert len(plain["network"]["ties"]) == 2
    assert plain["with_standing"]["frustration"]["value"] == pytest.approx(0.25)
    assert len(plain["with_standing"]["network"]["ties"]) == 5
    assert any("east" in note and "west" in note for note in plain["notes"])


def test_nothing_uncertain_means_no_distribution(plain):
    assert plain["uncertainty"] is None
    assert plain["with_standing"]["uncertainty"] is None
    assert row(plain, "east", "hedge")["drawn"] is None


def test_the_accounts_stand_side_by_side(plain):
    accounts = plain["coalitions"]["accounts"]
    assert accounts["power"]["crown"]["members"] == ["crown", "tribes"]
    assert accounts["power"]["rebels"]["members"] == ["crown", "rebels"]
    assert accounts["patronage"]["rebels"]["members"] == ["rebels"]
    assert accounts["patronage"]["tribes"]["members"] == ["crown", "tribes"]  # by friendship alone


@pytest.fixture(scope="module")
def triangle():
    """Crown and rebels are foes, both befriend the tribes by an uncertain tie u ~ U(−0.5, 1).

    Balanced where u < 0 in the one tie that varies; else frustrated by min(u, 0.4, 0.8) = min(u, 0.4).
    """
    ties = [
        {"between": ["crown", "rebels"], "sign": -0.8},
        {"between": ["crown", "tribes"], "sign": 0.4},
        {"between": ["rebels", "tribes"], "sign": {"uniform": [-0.5, 1]}},
    ]
    return study_balance(scenario(ties=ties), draws=1024, seed=3).to_dict()["uncertainty"]


def test_mean_frustration_under_an_uncertain_sign(triangle):
    """E L = ∫₀^0.4 u du / 1.5 + 0.4·0.6 / 1.5 = 0.32 / 1.5."""
    measure = triangle["measures"]["frustration"]
    assert measure["se"] < 1e-3
    assert measure["mean"] == pytest.approx(0.32 / 1.5, abs=max(3 * measure["se"], 5e-4))
    assert triangle["balanced"]["mean"] == pytest.approx(1 / 3, abs=CUT)
    assert triangle["inputs"] == ["ties.rebels|tribes.sign"]


def test_share_of_draws_in_which_each_tie_is_frustrated(triangle):
    """rebels–tribes where 0 < u < 0.4, crown–tribes where u > 0.4, crown–rebels never."""
    shares = {tuple(tie["between"]): tie["frustrated"]["mean"] for tie in triangle["ties"]}
    assert shares["rebels", "tribes"] == pytest.approx(0.4 / 1.5, abs=CUT)
    assert shares["crown", "tribes"] == pytest.approx(0.6 / 1.5, abs=CUT)
    assert shares["crown", "rebels"] == 0


def test_best_alignments_over_the_draws(triangle):
    shares = {str(item["groups"]): item["share"] for item in triangle["alignments"]}
    assert shares["[[['crown', 'tribes'], ['rebels']]]"] == pytest.approx(0.9 / 1.5, abs=CUT)
    assert shares["[[['crown'], ['rebels', 'tribes']]]"] == pytest.approx(0.6 / 1.5, abs=CUT)


def test_inputs_that_share_a_quantity_move_together():
    shared = scenario(
        quantities={"mood": {"uniform": [0, 1]}},
        ties=[
            {"between": ["crown", "rebels"], "sign": {"is": "mood", "times": -1}},
            {"between": ["crown", "tribes"], "sign": {"is": "mood", "times": 0.5}},
        ],
    )
    situation = situation_of(shared, draws=200, seed=1)
    at = {name: k for k, name in enumerate(situation.actors)}
    foes = situation.ties[:, at["crown"], at["rebels"]]
    friends = situation.ties[:, at["crown"], at["tribes"]]
    assert foes == pytest.approx(-2 * friends)
    assert foes.std() > 0.2
    assert situation.uncertain == ("quantities.mood",)


def test_draws_do_not_depend_on_how_many_there_are_nor_on_the_order_of_the_file():
    ties = [
        {"between": ["crown", "rebels"], "sign": [-1, 0.5]},
        {"between": ["crown", "tribes"], "sign": {"normal": [0, 0.5], "within": [-1, 1]}},
    ]
    many, few = (situation_of(scenario(ties=ties), draws=d, seed=7).ties for d in (1000, 100))
    assert np.array_equal(many[:100], few)
    turned = situation_of(scenario(ties=ties[::-1]), draws=100, seed=7).ties
    assert np.array_equal(turned, few)
    assert not np.array_equal(situation_of(scenario(ties=ties), draws=100, seed=0).ties, few)


def test_ties_drawn_beyond_one_are_clipped():
    ties = [{"between": ["crown", "rebels"], "sign": {"normal": [-0.9, 0.5]}}]
    drawn = situation_of(scenario(ties=ties), draws=256).ties
    assert drawn.min() == -1
    assert drawn.max() <= 1


def test_what_events_would_do_to_the_ties():
    changed = scenario(
        ties=[
            {"between": ["crown", "rebels"], "sign": -0.8},
            {"between": ["crown", "tribes"], "sign": 0.4},
            {"between": ["rebels", "tribes"], "sign": -0.3},
        ],
        events={
            "defection": {
                "probability": 0.5,
                "effects": [{"tie": {"between": ["rebels", "tribes"], "add": 0.5}}, {"violence": {"add": 1}}],
            },
            "rain": {"effects": [{"violence": {"add": -1}}]},
        },
    )
    (event,) = study_balance(changed).to_dict()["events"]
    assert event["name"] == "defection"
    assert event["ties"] == [{"between": ["rebels", "tribes"], "weight": pytest.approx(0.2)}]
    assert event["frustration"] == pytest.approx(0.2)


def test_a_network_alone_has_neither_hedges_nor_coalitions():
    result = study_balance(SignedGraph.from_edges([("a", "b", 1), ("b", "c", 1), ("a", "c", -1)])).to_dict()
    assert "hedges" not in result
    assert result["frustration"]["value"] == 1
    assert result["frustration"]["alignments"] == 3


@pytest.mark.parametrize("options", [{"draws": 0}, {"time_limit": 0}, {"quota": 0.3}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(InputError):
        study_balance(scenario(), **options)


def test_the_result_is_plain_data_and_repeats():
    ties = [{"between": ["crown", "rebels"], "sign": [-1, 0.5]}]
    one, two = (study_balance(scenario(ties=ties), draws=64).to_dict() for _ in range(2))
    json.dumps(one, allow_nan=False)

    def timeless(item):
        if isinstance(item, dict):
            return {key: timeless(value) for key, value in item.items() if key != "seconds"}
        return [timeless(value) for value in item] if isinstance(item, list) else item

    assert timeless(one) == timeless(two)


def shown(result) -> str:
    from rich.console import Console

    from equipoise.reporting.analyses.balance import blocks
    from equipoise.reporting.terminal import renderables

    console = Console(width=160, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as capture:
        for table in renderables(blocks(json.loads(json.dumps(result)))):
            console.print(table)
    return capture.get()


def test_tables_say_what_the_result_says(plain):
    text = shown(plain)
    assert "never a law" in text
    assert "crown 75 %" in text.replace("\u202f", " ")
    assert "0.250" in text
    assert "Whom each force would join" in text


def test_tables_of_a_network_and_of_names_with_markup():
    text = shown(
        study_balance(
            SignedGraph.from_edges([("[red]a", "b", 1), ("b", "c", 1), ("[red]a", "c", -1)])
        ).to_dict()
    )
    assert "[red]a" in text
    assert "structural price" not in text


def test_draws_of_larger_networks_are_solved_by_the_programme_alike(monkeypatch):
    from equipoise.alignment import spread

    ties = [
        {"between": ["crown", "rebels"], "sign": -0.8},
        {"between": ["crown", "tribes"], "sign": {"uniform": [0.2, 0.6]}},
        {"between": ["rebels", "tribes"], "sign": {"uniform": [-0.5, 1]}},
    ]
    walked = study_balance(scenario(ties=ties), draws=48).to_dict()["uncertainty"]
    monkeypatch.setattr(spread, "_ENUMERATED", 0)
    solved = study_balance(scenario(ties=ties), draws=48).to_dict()["uncertainty"]
    assert solved["measures"]["minima"] is None
    assert solved["measures"]["frustration"] == pytest.approx(walked["measures"]["frustration"])
    assert solved["alignments"] == walked["alignments"]
    for one, other in zip(solved["ties"], walked["ties"], strict=True):
        assert one["frustrated"]["mean"] == pytest.approx(other["frustrated"]["mean"])
