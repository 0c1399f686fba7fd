"""The study of a talk: what it says of the reference scenario, of tables from files, and what it refuses."""

import copy
import json
import re

import numpy as np
import pytest
import yaml

from equipoise.bargaining import load_table_csv, outcomes, study_table, study_talk
from equipoise.bargaining.sampling import talk_table
from equipoise.errors import InputError
from equipoise.reporting.analyses.talks import of_talk
from equipoise.reporting.terminal import renderables
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario

QUICK = ["compromise", "weighted-median", "nash"]


@pytest.fixture(scope="module")
def written():
    """A small situation with two issues, three parties and shared quantities."""
    return yaml.safe_load(
        """
        equipoise: 1
        title: Two issues
        focus: empire
        calendar: {start: 2031-03-17, weeks: 52}
        quantities: {mood: [0.0, 40.0]}
        regions: {valley: {}}
        forces:
          crown: {control: {valley: 0.6}}
          rebels: {control: {valley: 0.4}}
        patrons: {empire: {}}
        talks:
          conference:
            "on": 2031-06-02
            probability: [0.2, 0.4]
            veto: [crown, rebels]
            clout: {crown: 0.5, rebels: 0.4, empire: 0.1}
            issues:
              power:
                scale: {0: the Crown alone, 100: the rebels alone}
                positions: {crown: {is: mood}, rebels: {is: mood, times: 2}, empire: 50}
                salience: {crown: 1, rebels: 1, empire: 0.5}
                reservation: {crown: 10, rebels: 30}
              truce:
                scale: {0: none, 10: for good}
                positions: {crown: [2, 3, 8], rebels: 4}
                salience: {crown: 0.5, rebels: 0.5}
                reservation: {crown: 9, rebels: 9}
        strategies: {empire: {stay-out: {}}}
        """
    )


@pytest.fixture(scope="module")
def scenario(written):
    return Scenario.model_validate(written)


def test_shared_quantities_move_together(scenario):
    table = talk_table(scenario, "conference", draws=64)
    assert table.actors == ("crown", "empire", "rebels")
    assert table.issues == ("power", "truce")
    power = table.positions[:, 0]
    np.testing.assert_allclose(power[:, 2], 2 * power[:, 0])
    assert power[:, 0].min() < 5 and power[:, 0].max() > 35
    assert np.isnan(table.positions[:, 1, 1]).all()
    assert table.scales.tolist() == [[0, 100], [0, 10]]


def test_chance_of_a_deal_in_closed_form(scenario):
    """Outcome on power = (0.5 m + 0.8 m + 2.5) / 0.95; crown accepts within 10: m <= 20.0, rebels always."""
    found = study_talk(scenario, "conference", models="compromise", draws=8192).to_dict()
    deal = found["models"]["compromise"]["deal"]
    mood = (10 - 2.5 / 0.95) / (1.3 / 0.95 - 1)
    assert deal["mean"] == pytest.approx(min(mood / 40, 1), abs=max(3 * deal["se"], 1e-3))
    assert found["models"]["compromise"]["blocking"] == "power"
    assert found["models"]["compromise"]["issues"]["power"]["deal_without"] == 1
    assert found["takes_place"] == pytest.approx(0.3, abs=1e-3)
    power = found["models"]["compromise"]["issues"]["power"]
    assert power["mean"] == pytest.approx((1.3 * 20 + 2.5) / 0.95, abs=0.05)
    assert sum(power["histogram"]["shares"]) == pytest.approx(1)


def test_the_order_of_the_file_does_not_matter(written, scenario):
    def turned(item):
        return {k: turned(v) for k, v in reversed(item.items())} if isinstance(item, dict) else item

    again = Scenario.model_validate(turned(written))
    one, two = (study_talk(s, "conference", models=QUICK, draws=128).to_dict() for s in (scenario, again))
    assert json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


def test_seed_zero_is_a_seed_and_draws_are_reproducible(scenario):
    def mean(seed):
        found = study_talk(scenario, "conference", draws=64, seed=seed).to_dict()
        return found["models"]["compromise"]["issues"]["truce"]["mean"]

    assert mean(0) == mean(0)
    assert mean(0) != mean(1)


def test_a_longer_study_begins_with_the_shorter(scenario):
    short, long = (talk_table(scenario, "conference", draws=n) for n in (64, 512))
    np.testing.assert_array_equal(short.positions, long.positions[:64])


def test_standard_error_covers_the_spread_over_seeds(scenario):
    def estimate(seed):
        found = study_talk(scenario, "conference", draws=256, seed=seed).to_dict()
        return found["models"]["compromise"]["deal"]

    found = [estimate(seed) for seed in range(60)]
    spread, told = np.std([f["mean"] for f in found], ddof=1), np.mean([f["se"] for f in found])
    # an sd of 60 numbers is known to 9 %
    assert spread == pytest.approx(told, rel=0.3)
    # and is no larger than that of plain draws
    chance = np.mean([f["mean"] for f in found])
    assert spread < 1.2 * np.sqrt(chance * (1 - chance) / 256)


def test_the_errors_of_an_issue_are_those_of_its_means(scenario):
    found = study_talk(scenario, "conference", draws=320).to_dict()["models"]["compromise"]
    table = talk_table(scenario, "conference", draws=320)
    for k, name in enumerate(table.issues):
        blocks = table.outcomes("compromise")[:, k].reshape(10, 32).mean(axis=1)
        error = found["issues"][name]["errors"]["mean"]
        assert error["se"] == pytest.approx(blocks.std(ddof=1) / np.sqrt(10))
        # Student's t with nine degrees of freedom: 2.262
        assert error["high"] - found["issues"][name]["mean"] == pytest.approx(2.2622 * error["se"], rel=1e-4)


def test_without_uncertainty_every_interval_has_width_zero(written):
    plain = copy.deepcopy(written)
    plain["quantities"] = {"mood": 10}
    plain["talks"]["conference"]["issues"]["truce"]["positions"]["crown"] = 3
    found = study_talk(Scenario.model_validate(plain), "conference", models=QUICK).to_dict()
    for model in found["models"].values():
        assert found["draws"] == 1 and model["deal"]["se"] is None
        for issue in model["issues"].values():
            assert issue["sd"] == 0 and issue["p5"] == issue["p95"]


def test_least_moves_do_what_they_say(scenario):
    stuck = scenario.model_copy(deep=True)
    issue = stuck.talks["conference"].issues["power"]
    tight = issue.reservation | {"crown": issue.reservation["crown"].model_copy(update={"value": 4.0})}
    issues = stuck.talks["conference"].issues | {"power": issue.model_copy(update={"reservation": tight})}
    talk = stuck.talks["conference"].model_copy(update={"issues": issues})
    stuck = stuck.model_copy(update={"talks": {"conference": talk}})
    found = study_talk(stuck, "conference", draws=1024).to_dict()
    assert not found["likely_already"]
    concession = next(m for m in found["moves"] if m["kind"] == "concede" and m["party"] == "crown")
    table = talk_table(stuck, "conference", draws=1024)
    y = table.outcomes("compromise")[:, 0]
    missing = np.abs(y - table.positions[:, 0, 0]) - 4.0
    assert concession["share"] == pytest.approx(np.median(missing) / 100, abs=2e-3)
    assert concession["deal"] > 0.5
    assert not [m for m in found["moves"] if m["kind"] == "concede" and m["party"] == "rebels"]
    shift = next(m for m in found["moves"] if m["kind"] == "shift" and m["party"] == "crown")
    assert shift["issue"] == "power" and shift["amount"] > 0 and shift["deal"] > 0.5


def test_what_all_must_concede_together_by_hand(tmp_path):
    """Outcome 40 of 0 to 80: a lacks 20, b lacks 10, so all need 20 / 80 more and one alone fails."""
    text = "actor,position,salience,clout,reservation,veto\na,0,1,1,20,yes\nb,80,1,1,30,yes\n"
    moves = study_table(load_table_csv(saved(tmp_path, text)), models="compromise").to_dict()["moves"]
    together = [m for m in moves if m["kind"] == "concede"]
    assert [(m["party"], m["share"]) for m in together] == [("every veto party", pytest.approx(0.25))]


def test_the_models_gap_is_said_in_words(scenario):
    found = study_talk(scenario, "conference", models=QUICK, draws=128).to_dict()
    for row in found["disagreement"]:
        means = [found["models"][m]["issues"][row["issue"]]["mean"] for m in QUICK]
        means = [m for m in means if m is not None]
        assert row["gap"] == pytest.approx(max(means) - min(means))
        assert row["word"] in row["says"]


def shown(found, names=None):
    """Return the text that the terminal shows of a talk."""
    from rich.console import Console

    console = Console(width=140, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    for block in renderables(of_talk(json.loads(json.dumps(found)), names or Names.of(None))):
        console.print(block)
    return console.export_text()


def test_tables_show_every_model_and_issue(scenario):
    text = shown(study_talk(scenario, "conference", models=QUICK, draws=64).to_dict())
    for word in (*QUICK, "power", "truce", "crown accepts", "firm deadline", "the Crown alone"):
        assert word in text


def test_the_answer_says_that_the_talks_may_not_take_place(scenario):
    """Its own chance lies evenly between 0.2 and 0.4; a run counts it, the study leaves it aside."""
    text = " ".join(shown(study_talk(scenario, "conference", draws=64).to_dict()).split())
    assert "The file gives them a chance of 30 % to take place, which the chances here leave aside." in text


def test_places_have_the_decimals_of_their_scale(scenario):
    """A thousandth part of a scale to 100 is 0.1, of one to 10 is 0.01; ends that are whole keep them."""
    found = study_talk(scenario, "conference", models=["weighted-median"], draws=64).to_dict()
    item = found["models"]["weighted-median"]["issues"]
    item["power"] |= {"mean": 0.135, "p5": 0.0, "p95": 60.0}
    item["truce"] |= {"mean": 3.0, "p5": 2.126, "p95": 4.0}
    text = shown(found)
    assert re.search(r"weighted-median +0\.1 +0\.0 to 60\.0", text)
    assert re.search(r"weighted-median +3\.00 +2\.13 to 4\.00", text)


def test_a_shift_that_blocks_from_the_start_is_not_called_unlikely(scenario):
    """A deal of 47 % is a roughly even chance: no likelier than not, yet not unlikely."""
    found = study_talk(scenario, "conference", draws=64).to_dict()
    found["power_shift"] |= {"deal": [0.47] * len(found["power_shift"]["deal"]), "largest_survived": None}
    text = shown(found)
    assert (
        re.search(r"roughly even chance \(47\s%\)", text)
        and "A deal is no likelier than not as it is." in text
    )


def test_a_table_without_doubt_is_told_without_draws(tmp_path):
    """The compromise of 10, 80 and 50 is 45.5: 35.5 from the Crown, which accepts 30, and 34.5 from the rebels."""
    one = "".join(line for line in GOOD.splitlines(keepends=True) if "truce" not in line)
    text = shown(study_table(load_table_csv(saved(tmp_path, one)), models=["compromise", "nash"]).to_dict())
    assert "a deal by the compromise model: no." in text
    assert re.search(r"compromise \* +45\.5 +no +yes +no", text)
    assert re.search(r"nash +40\.0 +yes +yes +no", text)
    assert "draw" not in text and "5 to 95" not in text and "± points" not in text


def test_unknown_talks_and_empty_draws_are_refused(scenario):
    with pytest.raises(InputError, match="did you mean 'conference'"):
        study_talk(scenario, "conferense")
    with pytest.raises(InputError, match="at least 1"):
        study_talk(scenario, "conference", draws=0)
    with pytest.raises(InputError, match="no bargaining model"):
        study_talk(scenario, "conference", models="magic")


GOOD = """actor,issue,position,salience,clout,reservation,veto
crown,power,10,90%,0.4,30,yes
rebels,power,80,0.9,0.4,40,yes
empire,power,50,0.4,0.2,,
crown,truce,2,0.5,0.4,,
rebels,truce,6,0.5,,,
"""


def saved(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_gives_the_same_as_the_arrays(tmp_path):
    table = load_table_csv(saved(tmp_path, GOOD.replace(",,,\n", ",0.4,,\n")))
    y = table.outcomes("compromise")
    expected = outcomes(
        "compromise",
        np.array([10, 80, 50.0]),
        np.array([0.9, 0.9, 0.4]),
        np.array([0.4, 0.4, 0.2]),
        scale=(10, 80),
    )
    assert y[0, 0] == pytest.approx(expected[0])
    assert y[0, 1] == pytest.approx(4)
    assert table.veto.tolist() == [True, True, False]
    found = study_table(table, models=QUICK).to_dict()
    assert found["models"]["compromise"]["deal"] == {"mean": 0.0, "se": None, "low": None, "high": None}
    json.dumps(found)


@pytest.mark.parametrize("first", ["sep=|", "SEP=|", '"sep=|"', "sep=|\r"])
def test_a_spreadsheets_separator_line_is_obeyed(tmp_path, first):
    text = f"{first}\nactor|position|salience|clout\na,b|0|1|1\nb|10|1|3\n"
    table = load_table_csv(saved(tmp_path, text))
    assert table.actors == ("a,b", "b")
    assert table.outcomes("compromise")[0, 0] == pytest.approx(7.5)


def test_semicolons_and_a_single_issue_will_do(tmp_path):
    text = "actor;position;salience;clout\na;0;1;1\nb;10;1;3\n"
    assert load_table_csv(saved(tmp_path, text)).outcomes("compromise")[0, 0] == pytest.approx(7.5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("actor,position,salience\na,1,1\n", "column 'clout' is missing"),
        ("actor,positon,salience,clout\na,1,1,1\n", "did you mean 'position'"),
        ("actor,position,salience,clout\n", "no rows"),
        ("actor,position,salience,clout\na,1,80,1\n", ":2: salience: 80 is above 1"),
        ("actor,position,salience,clout\na,x,1,1\nb,1,1,-2\n", ":3: clout: cannot be negative"),
        ("actor,position,salience,clout\na,x,1,1\n", ":2: position: 'x' is not a number"),
        ("actor,position,salience,clout\na,1,1,\n", ":2: clout: a number is needed"),
        ("actor,position,salience,clout\na,nan,1,1\n", "is not a number"),
        ("actor,position,salience,clout\na,1,1,1\na,2,1,1\n", ":3: 'a' on 'issue' is already in line 2"),
        ("actor,issue,position,salience,clout\na,p,1,1,1\na,q,2,1,2\n", ":3: clout of 'a' is 2 here and 1"),
        ("actor,position,salience,clout,veto\na,1,1,1,perhaps\n", "neither yes nor no"),
        ("actor,position,salience,clout\na,1,0,1\n", "no actor with a position"),
        ("actor,position,salience,clout,low,high\na,1,1,1,2,5\n", "outside the scale"),
        ("actor,position,salience,clout\na,1,1,1,9,9\n", "6 cells under 4 columns"),
        (
            "actor,position,salience,clout,\na,1,1,1,\nb,1,1,1,note\n",
            ":3: a cell stands under a column without a",
        ),
        ("sep=;\nactor;position;salience;clout\na;x;1;1\n", ":3: position: 'x' is not a number"),
        ("actor,position,position,salience,clout\na,1,2,1,1\n", "column 'position' appears twice"),
        ("actor,position,salience,clout\na,1_000,1,1\n", ":2: position: '1_000' is not a number"),
        ("actor,position,salience,clout\na,1,1,٣\n", ":2: clout: '٣' is not a number"),
        ("actor,position,salience,clout\na,1e308,1,1\n", ":2: position: '1e308' is larger than any quantity"),
        ("actor,position,salience,clout\na,1,1,-1e13\n", ":2: clout: '-1e13' is larger than any quantity"),
        ("actor,position,salience,clout\n\x1b[31ma,1,1,1\n", ":2: the name `\\x1b[31ma` holds a character"),
        ("actor,position,salience,clout\nb\u202e,1,1,1\n", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("actor,position,salience,clout\n" + "x" * 201 + ",1,1,1\n", "is 201 characters long; at most 200"),
        ("actor,position,salience,clout\nClan,1,1,1\nclan,2,1,1\n", "'Clan' and 'clan' look alike"),
        ("actor,issue,position,salience,clout\na,Tax,1,1,1\nb,tax,2,1,1\n", "'Tax' and 'tax' look alike"),
        (
            "actor,issue,position,salience,clout,veto\na,p,1,1,1,yes\nb,p,2,1,1,\na,q,1,1,1,no\n",
            ":4: veto of 'a' is no here and yes in line 2",
        ),
        (
            "actor,issue,position,salience,clout,veto\na,p,1,1,1,no\na,q,1,1,1,yes\n",
            ":3: veto of 'a' is yes here and no in line 2",
        ),
        (
            "actor,position,salience,clout,reference\na,1,1,1,9\nb,2,1,1,9\n",
            "the reference 9 lies outside the scale, 1",
        ),
        (
            "actor,position,salience,clout,reference,low,high\na,1,1,1,-1,0,5\n",
            ":2: reference: -1 lies outside the scale of 'issue'",
        ),
        (
            "actor,issue,position,salience,clout,reference,low\na,p,1,1,1,,0\nb,p,2,1,1,-3,\n",
            "the reference -3 lies outside the scale, 0 to 2",
        ),
    ],
)
def test_a_bad_csv_is_refused_with_its_line(tmp_path, text, says):
    with pytest.raises(InputError) as caught:
        load_table_csv(saved(tmp_path, text))
    assert says in str(caught.value)


def test_what_is_said_of_a_veto_on_one_issue_holds_on_all(tmp_path):
    text = "actor,issue,position,salience,clout,veto\na,p,1,1,1,yes\nb,p,2,1,1,no\na,q,1,1,1,\nb,q,3,1,1,no\n"
    assert load_table_csv(saved(tmp_path, text)).veto.tolist() == [True, False]


def test_a_name_with_a_composed_accent_or_blanks_is_the_same(tmp_path):
    text = "actor,issue,position,salience,clout\nKâbul  city,p,1,1,1\nKa\u0302bul city,q,2,1,1\n"
    assert load_table_csv(saved(tmp_path, text)).actors == ("Kâbul city",)


def test_a_reference_inside_its_scale_is_kept(tmp_path):
    text = "actor,position,salience,clout,reference,low,high\na,1,1,1,0,0,5\nb,2,1,1,,,\n"
    assert load_table_csv(saved(tmp_path, text)).reference[0, 0] == 0


def test_all_problems_of_a_csv_are_told_at_once(tmp_path):
    text = "actor,position,salience,clout\na,x,2,1\nb,1,1,-1\n"
    with pytest.raises(InputError) as caught:
        load_table_csv(saved(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 3


def test_a_missing_file_is_said_so(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_table_csv(tmp_path / "none.csv")
