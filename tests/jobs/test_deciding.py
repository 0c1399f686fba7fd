"""Optimise, game and beliefs end to end: their numbers are those of `run`; what they print can be used."""

import json

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

import equipoise
from equipoise import scenario as scenarios
from equipoise.cli import main
from equipoise.errors import InputError
from equipoise.jobs.sources import known
from equipoise.reporting.analyses import optimise as shown
from equipoise.search.policies import Policies
from equipoise.search.sample import Sample

FUTURES = 256
"""Through which the search goes in these tests; a scenario of two forces needs few."""

MAPPING = {
    "equipoise": 1,
    "title": "Two forces and two patrons",
    "focus": "north",
    "calendar": {"start": "2031-03-17", "weeks": 16},
    "regions": {"land": {}},
    "forces": {
        "crown": {
            "incumbent": True, "control": {"land": [0.5, 0.7]}, "volatility": {"national": 0.05},
            "collapse": {"rate": [0.01, 0.05]}, "resentment": {"duplicity": 0.01},
        },
        "rebels": {"control": {"land": 0.4}, "volatility": {"national": 0.05}, "collapse": {"rate": 0.005}},
    },
    "patrons": {
        "north": {"engagement": {"gain": {"crown": 0.1, "rebels": 0.1}}, "values": {"cost": 0.01},
                  "standing": {"crown": 0.2, "rebels": 0.2}},
        "south": {"standing": {"crown": 0.4, "rebels": 0.1}},
    },
    "ties": [{"between": ["crown", "rebels"], "sign": -0.8}],
    "events": {
        "south-tires": {"between": ["2031-04-01", "2031-05-31"], "probability": 0.5,
                        "effects": [{"push": {"rebels": 0.1}, "weeks": 6}]},
    },
    "beliefs": {
        "south": {"forces.crown.collapse.rate": [0.4, 0.6], "forces.rebels.collapse.rate": 0.0},
        "rebels": {"forces.crown.control.land": [0.5, 0.6]},
    },
    "strategies": {
        "north": {
            "back-crown": {"engage": {"crown": 1}},
            "back-rebels": {"engage": {"rebels": 1}, "name": "All on the rebels"},
            "both": {"engage": {"crown": 1, "rebels": 1}},
            "stay-out": {"engage": {}},
        },
        "south": {"crown-only": {"engage": {"crown": 1}}, "even": {"engage": {"crown": 1, "rebels": 1}}},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def file():
    return scenarios.load(MAPPING)


@pytest.fixture(scope="module")
def optimised(file):
    return equipoise.optimise(file, futures=FUTURES, seed=3)


@pytest.fixture(scope="module")
def played(file):
    return equipoise.game(file, players=["north", "south"], futures=FUTURES, seed=3)


@pytest.fixture(scope="module")
def believed(file):
    return equipoise.beliefs(file, futures=FUTURES, seed=3)


def test_what_a_sample_plays_is_what_run_plays(file):
    study = equipoise.run(file, futures=FUTURES, seed=3)
    sample = Sample(file.scenario, states=FUTURES // 16, chance=16, seed=3)
    names = list(file.scenario.strategies["north"])
    f = sample.means([{"north": name} for name in names])["payoff"]
    for name, row in zip(names, f, strict=True):
        assert row.mean() == pytest.approx(study.summary["strategies"][name]["payoff"]["mean"], abs=1e-6)


def test_the_other_candidates_of_a_batch_change_nothing(file):
    policies = Policies(file.scenario)
    sample = Sample(file.scenario, states=16, chance=4, seed=5)
    points = policies.space.scattered(60, seed=1)
    extra = {"north": {f"c{n}": policies.strategy(point) for n, point in enumerate(points)}}
    together = sample.means([{"north": name} for name in extra["north"]], extra=extra)["payoff"]
    alone = sample.means([{"north": "c57"}], extra=extra)["payoff"]
    np.testing.assert_array_equal(together[57], alone[0])


def test_the_found_strategy_is_never_worse_than_the_best_named(optimised):
    gain = optimised.to_dict()["gain"]["held_out"]
    assert gain["high"] >= 0


def test_what_was_found_can_be_put_into_the_file_and_is_worth_there_what_is_said(file, optimised):
    found = optimised.to_dict()["found"]
    strategy = yaml.safe_load(found["yaml"])["strategies"]["north"]["found"]
    own = {**MAPPING["strategies"]["north"], "found": strategy}
    again = {**MAPPING, "strategies": {**MAPPING["strategies"], "north": own}}
    study = equipoise.run(again, futures=FUTURES, seed=3, strategies=["found"])
    assert study.summary["strategies"]["found"]["payoff"]["mean"] == pytest.approx(
        found["training"], abs=1e-6
    )


def test_every_point_of_the_frontier_is_a_valid_strategy_and_none_dominates_another(optimised):
    front = [row for row in optimised.to_dict()["frontier"] if row["on_frontier"]]
    block = {
        name: one for row in front for name, one in yaml.safe_load(row["yaml"])["strategies"]["north"].items()
    }
    scenarios.load({**MAPPING, "strategies": {"north": block}})
    written = yaml.safe_load(optimised.result.yaml())["strategies"]["north"]
    assert {row["name"] for row in front if not row["named"]} | {"found"} == set(written)
    for row in front:
        for other in front:
            keys = [("influence", 1), ("regret_p90", -1), ("cost", -1)]
            ahead = [sign * (other[key]["mean"] - row[key]["mean"]) for key, sign in keys]
            assert not (min(ahead) > 0)


def test_the_answer_is_the_same_again_and_is_json(file, optimised):
    again = equipoise.optimise(file, futures=FUTURES, seed=3)
    text = json.dumps(again.to_dict(), allow_nan=False)
    assert json.loads(text) == json.loads(json.dumps(optimised.to_dict()))


@pytest.mark.parametrize("metric", ["regret-p90", "starr", "percentile-skewness", "undesirable-deviations"])
def test_other_metrics_are_searched_too(file, metric):
    found = equipoise.optimise(file, metric=metric, futures=FUTURES, trigger=False, frontier=False).to_dict()
    assert found["frontier"] is None
    assert found["triggers"] == []
    gain = found["gain"]["held_out"]
    assert gain["high"] is None or gain["high"] >= 0


def test_one_certain_survivor_makes_the_hedge_lose():
    """Negative control: the crown cannot fall or move, the rebels fall at once."""
    sure = json.loads(json.dumps({key: value for key, value in MAPPING.items() if key != "beliefs"}))
    sure["forces"]["crown"] = {"incumbent": True, "control": {"land": 1.0}}
    sure["forces"]["rebels"] = {"control": {"land": 0.0}, "collapse": {"rate": 4.0}}
    found = equipoise.optimise(sure, futures=FUTURES, frontier=False).to_dict()["found"]
    shares = found["strategy"]["engage"]
    assert shares.get("crown", 0) > 0
    assert shares.get("rebels", 0) == 0
    assert found["named"] == "back-crown"


def test_the_game_has_the_payoffs_of_run_for_every_profile(file, played):
    rows = played.to_dict()["profiles"]
    assert len(rows) == 4 * 2
    summary = equipoise.run(file, futures=FUTURES, seed=3, with_={"south": "even"}).summary
    payoffs = {name.split(" × ")[-1]: found["payoff"] for name, found in summary["strategies"].items()}
    for row in rows:
        if row["profile"]["south"] == "even":
            expected = payoffs[row["profile"]["north"]]
            assert row["payoffs"]["north"]["mean"] == pytest.approx(expected["mean"], abs=1e-6)
            assert row["payoffs"]["north"]["se"] == pytest.approx(expected["se"], rel=1e-3)


def test_the_order_of_players_and_who_is_the_focus_change_no_payoff(file, played):
    turned = equipoise.game(file, players=["south", "north"], futures=FUTURES, seed=3).to_dict()
    ours = {tuple(sorted(r["profile"].items())): r["payoffs"] for r in played.to_dict()["profiles"]}
    for row in turned["profiles"]:
        for player, payoff in row["payoffs"].items():
            assert ours[tuple(sorted(row["profile"].items()))][player]["mean"] == pytest.approx(
                payoff["mean"]
            )


def test_the_selected_equilibrium_is_one_that_nobody_gains_by_leaving(played):
    found = played.to_dict()
    pure = [one for one in found["equilibria"] if one["kind"] == "pure"]
    for one in pure:
        at = {p: max(mix, key=mix.get) for p, mix in one["mixtures"].items()}
        payoffs = {tuple(sorted(r["profile"].items())): r["payoffs"] for r in found["profiles"]}
        for player, names in found["strategies"].items():
            stays = payoffs[tuple(sorted(at.items()))][player]["mean"]
            assert all(
                payoffs[tuple(sorted({**at, player: name}.items()))][player]["mean"] <= stays + 1e-9
                for name in names
            )


def test_a_game_can_be_narrowed_and_written_for_gambit(file, tmp_path):
    path = tmp_path / "game.nfg"
    only = {"north": ["both", "back-crown"]}
    found = equipoise.game(file, players=["north", "south"], only=only, futures=FUTURES, nfg=path).to_dict()
    assert found["strategies"]["north"] == ["both", "back-crown"]
    assert path.read_text().startswith("NFG 1 R")


def test_beliefs_name_the_choice_its_worth_there_and_here_and_the_belief_that_decides(file, believed):
    found = believed.to_dict()
    by = {row["holder"]: row for row in found["holders"]}
    for holder, row in by.items():
        there = equipoise.run(file, futures=FUTURES, seed=3, beliefs=holder).summary
        assert row["best"] == there["ranking"][0]
        worth = there["strategies"][row["best"]]["payoff"]["mean"]
        assert row["worth_there"]["mean"] == pytest.approx(worth, abs=1e-6)
    here = equipoise.run(file, futures=FUTURES, seed=3).summary
    assert found["analyst"]["best"] == here["ranking"][0]
    south = by["south"]
    assert south["best"] == "back-rebels"
    assert south["best"] != found["analyst"]["best"]
    expected = (
        here["strategies"][found["analyst"]["best"]]["payoff"]["mean"]
        - here["strategies"]["back-rebels"]["payoff"]["mean"]
    )
    assert south["loss"]["mean"] == pytest.approx(expected, abs=1e-6)
    decides = {b["path"]: b["makes_the_difference"] for b in south["beliefs"]}
    assert decides["forces.crown.collapse.rate"]
    assert by["rebels"]["best"] == found["analyst"]["best"]
    assert by["rebels"]["beliefs"] == []


def test_results_are_kept_in_the_study_and_stand_in_its_report(file, tmp_path, optimised, played):
    path = tmp_path / "scenario.yaml"
    path.write_text(file.text, encoding="utf-8")
    study = equipoise.run(path, futures=FUTURES, out=tmp_path / "study")
    study.keep("optimise", optimised.to_dict())
    study.keep("game", played.to_dict())
    equipoise.beliefs(path, futures=FUTURES, study=tmp_path / "study")
    page = (tmp_path / "study" / "report.html").read_text(encoding="utf-8")
    for section in ("analysis-optimise", "analysis-game", "analysis-beliefs"):
        assert f'<section id="{section}"' in page
    assert 'id="frontier-wide-' in page
    assert "All on the rebels" in page
    with pytest.raises(InputError, match="another scenario"):
        equipoise.beliefs("two-valleys", futures=FUTURES, study=tmp_path / "study")


def test_the_figure_of_the_frontier_says_in_words_what_it_shows(optimised):
    found = optimised.to_dict()
    drawing = shown.frontier_figure(found)
    for row in found["frontier"]:
        if row["on_frontier"] and row["named"]:
            assert row["title"] in drawing.description


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["optimise", "two-valleys", "--metric", "laplas"], "laplace"),
        (["optimise", "two-valleys", "--option", "alpha=x"], "is no number"),
        (["optimise", "two-valleys", "--with", "empire=stay-out"], "chooses its own strategy"),
        (["optimise", "two-valleys", "--futures", "0"], "at least one future"),
        (["optimise", "two-valleys", "--futures", "160"], "at least 16 states"),
        (["game", "two-valleys", "--players", "empire"], "two different players"),
        (["game", "two-valleys", "--players", "empire,republik"], "nearest: republic"),
        (
            ["game", "two-valleys", "--players", "empire,republic", "--only", "republic=go"],
            "no strategy of republic",
        ),
        (["beliefs", "two-valleys", "--holders", "crown"], "no holder of beliefs"),
        (["optimise", "two-valleys", "--yaml", "/no/such/folder/found.yaml"], "cannot be written"),
        (
            ["game", "two-valleys", "--players", "empire,republic", "--nfg", "/no/such/g.nfg"],
            "cannot be written",
        ),
    ],
)
def test_bad_input_is_said_and_ends_with_2(arguments, says):
    found = CliRunner().invoke(main, arguments)
    assert found.exit_code == 2
    assert says in found.output


def test_the_commands_print_one_json_document_or_tables(tmp_path):
    runner = CliRunner()
    common = ["two-valleys", "--futures", "256"]
    for arguments in (
        ["game", *common, "--players", "empire,republic", "--only", "empire=even-hedge,back-crown"],
        ["beliefs", *common],
        ["optimise", *common, "--no-trigger", "--no-frontier", "--yaml", str(tmp_path / "found.yaml")],
    ):
        found = runner.invoke(main, [*arguments, "--json"])
        assert found.exit_code == 0, found.output
        assert json.loads(found.stdout)["focus"] == "empire"
        shown = runner.invoke(main, arguments)
        assert shown.exit_code == 0, shown.output
        assert len(shown.stdout.splitlines()) > 8
    assert "found" in yaml.safe_load((tmp_path / "found.yaml").read_text())["strategies"]["empire"]


def test_the_curse_is_the_gain_seen_less_the_gain_kept(optimised):
    found = optimised.to_dict()
    best = found["gain"]["over"]
    training = {
        row["name"]: row["training"] for row in [*found["named"], {**found["found"], "name": "found"}]
    }
    gain = found["gain"]
    assert gain["training"] == pytest.approx(training["found"] - training[best])
    assert gain["curse"] == pytest.approx(gain["training"] - gain["held_out"]["mean"])
    said = shown.curse(found)
    assert ("optimiser's curse" in said) == (gain["training"] > shown.SAME)


def test_that_the_focus_holds_beliefs_of_its_own_is_said_where_others_were_taken():
    believing = {**MAPPING, "beliefs": {"north": {"forces.crown.collapse.rate": [0.4, 0.6]}}}

    def notes(**given):
        asked = {"futures": 256, "trigger": False, "frontier": False, "seed": 3, **given}
        return " ".join(equipoise.optimise(believing, **asked).to_dict()["notes"])

    says = "North holds beliefs of its own in this scenario. The search rests on the analyst's; ask under those too."
    assert says in notes()
    assert "holds beliefs" not in notes(beliefs="north")


def test_names_of_several_words_stand_in_quotation_marks():
    row = {"named": True, "on_frontier": False}
    front = [{**row, "title": "Kabul first, then others"}, {**row, "title": "hedge"}]
    assert shown.off_frontier({"frontier": front}) == (
        "Beaten in influence, regret and cost by some other: “Kabul first, then others” and hedge."
    )


def test_where_there_is_nothing_to_choose_from_that_is_said():
    with pytest.raises(InputError, match=r"^no strategy of eritrea is called 'stay': the scenario has none$"):
        known("strategy of eritrea", "stay", {})
    with pytest.raises(InputError, match=r"'sty' \(nearest: stay\); there is: leave, stay$"):
        known("strategy of eritrea", "sty", ["leave", "stay"])
