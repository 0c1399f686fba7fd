"""The page and the tables of why a patron does what it does: what they say is in the JSON, in plain words."""

import copy
import json
import re

import pytest
from tests.situations import duel

import equipoise
from equipoise.reporting import render
from equipoise.reporting.analyses import why, why_figures, why_tables
from equipoise.reporting.drawing import draw
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import percent

SITUATION = {
    "patrons.north.values.influence": [0.5, 1.5],
    "patrons.north.values.order": {"holds": [-0.1, 0.3], "chaos": [-0.4, 0.0]},
    "forces.court.collapse": {"rate": [0.0, 0.06]},
    "forces.league.collapse": {"rate": [0.0, 0.04]},
    "beliefs": {
        "north": {"forces.court.collapse.rate": [0.04, 0.1]},
        "south": {"forces.court.collapse.rate": 0.0},
    },
    "strategies.north.court-only": {"engage": {"court": 1}, "name": "All on the court"},
}


@pytest.fixture(scope="module")
def found():
    made = equipoise.why(duel(SITUATION), does="court-only", futures=1024, seed=2, workers=1)
    return json.loads(json.dumps(made.to_dict(), allow_nan=False))


def texts(table):
    return [[str(cell) for cell in row] for row in table.rows]


def test_every_rule_has_its_row_and_every_holder_its_column(found):
    table = why_tables.under(found)
    assert [column.title for column in table.columns][1:] == ["The analyst", "North", "South"]
    assert len(table.rows) == len(found["under"][0]["verdicts"])
    at = [v["rule"] for v in found["under"][0]["verdicts"]].index("laplace")
    assert texts(table)[at][0] == "Mean over states"
    assert texts(table)[at][3] == "best" and table.rows[at][3].tone == "first"
    assert float(texts(table)[at][1]) == pytest.approx(found["under"][0]["price"]["mean"], rel=5e-2)


def test_the_answer_names_whose_beliefs_make_it_best(found):
    first = why.sentences(found)[0]
    assert found["explained"]
    assert "“All on the court” is North's best" in first
    assert "in the mean under the beliefs of South" in " ".join(
        why._reason(found, one) for one in found["reasons"] if one["within_reach"]
    )


def test_wishes_are_said_with_what_the_file_says(found):
    said = why.wanted(found)
    near = found["under"][0]["nearest"]
    wish = near["wishes"][0]
    doubt = (wish["wanted"] - wish["stated"]) / wish["sds"]
    wanted, stated = re.search(r" would be ([\d.−]+) where the file says ([\d.−]+)", said).groups()
    assert float(wanted.replace("−", "-")) == pytest.approx(wish["wanted"], abs=doubt / 20)
    assert float(stated.replace("−", "-")) == pytest.approx(wish["stated"], abs=doubt / 20)
    assert "in no draw of its doubted goals is it best" in said
    assert (
        "all but indifferent" in said
    )  # it takes wanting next to nothing: the stakes are 4 % of those stated
    assert found["under"][0]["stakes"] < why.INDIFFERENT


@pytest.mark.parametrize(
    ("stated", "wanted", "sds", "said"),
    [
        (1.0001, -0.02297, -9.0, ("1", "−0.02")),  # its standard deviation is 0.11
        (0.03164, 0.00767, -2.5, ("0.0316", "0.0077")),  # 0.0096
        (2.1705, 1.0505, -2.0, ("2.17", "1.05")),  # 0.56
        (0.125, 0.5, None, ("0.125", "0.5")),  # certain: no doubt to go by
        (0.125, 0.125, 0.0, ("0.125", "0.125")),  # best as stated
    ],
)
def test_a_weight_is_no_finer_than_a_tenth_of_its_doubt(stated, wanted, sds, said):
    goal = {"stated": stated, "wanted": wanted, "sds": sds}
    assert (why_tables.weight(goal, stated), why_tables.weight(goal, wanted)) == said
    assert why_tables.weight(goal, None) == "–"


@pytest.mark.parametrize(
    ("bits", "said"),
    [(0.24682, "0.25"), (1.5849, "1.6"), (0.01164, "0.012"), (0.0099, "under 0.01"), (0.0, "under 0.01")],
)
def test_what_is_learnt_is_said_to_two_figures_and_next_to_nothing_as_such(found, bits, said):
    made = copy.deepcopy(found)
    made["likely"]["next"][0]["bits"] = made["likely"]["expected_bits"] = bits
    table = why_tables.telling(made)
    assert texts(table)[0][2] == said
    assert f"the next act is expected to teach {said} bits." in table.note


def test_numbers_whose_error_is_not_known_have_two_figures(found):
    """Prices of rules, distances in standard deviations, how much likelier an act is, beliefs on the way."""
    made = copy.deepcopy(found)
    made["under"][0]["verdicts"][0] |= {"best": False, "price": 0.06645}
    made["likely"]["acts"][0]["ratio"] = 1.2457
    made["under"][0]["nearest"]["distance"] = 10.533
    made["believes"]["frontier"] = [{"believes": 0.967, "wants": 11.063, "paths": []}]
    assert texts(why_tables.under(made))[0][1] == "0.066"
    assert texts(why_tables.matrix(made))[-1][1] == "1.2"
    assert texts(why_tables.wants(made))[0][3] == "11"
    assert texts(why_tables.frontier(made)) == [["0.97", "11", "nothing"]]
    assert "its goals together 11 standard deviations" in why.wanted(made)
    assert why_tables.belief("forces.court.momentum", -0.0018473) == "−0.0018"


def test_a_share_of_the_doubt_is_said_in_words(found):
    made = copy.deepcopy(found)
    made["under"][0]["share"]["mean"] = 0.3
    assert "is unlikely (30\u202f%)" in why.wanted(made)
    assert "unlikely (30\u202f%)" in texts(why_tables.wants(made))[0][2]


def test_nothing_within_reach_is_said_first_with_what_a_reason_must_be_worth(found):
    made = copy.deepcopy(found)
    reason = dict.fromkeys(made["reasons"][0]) | {"kind": "other", "within_reach": False, "holder": "north"}
    made |= {"explained": False, "reasons": [reason | {"price": 0.0284}]}
    first = why.sentences(made)[0]
    assert first.startswith("Nothing within reach explains “All on the court”")
    assert "one that is worth at least 0.028 in payoff, under the beliefs of North" in first


def test_beliefs_are_said_with_what_is_typical(found):
    said = why.believed(found)
    change = min(found["believes"]["smallest"].values(), key=lambda one: one["distance"])
    assert "the weekly rate of a fall of the court at its threshold would be" in said
    assert "(typically 3" in said and "would be lower, " in said
    assert "How likely the scenario itself holds it that it is so, or goes further that way: " in said
    rows = texts(why_tables.believes(found))
    assert len(rows) == sum(len(one["paths"]) for one in found["believes"]["smallest"].values())
    assert float(rows[0][3]) == pytest.approx(change["distance"], rel=5e-2)


@pytest.mark.parametrize(
    ("price", "said", "lead"),
    [
        (0.0414, "it would still give up 0.041 ± 0.001. ", "−0.041 ± 0.001"),
        (-0.0008, "played again it is then level with the best, no more. ", "0.001 ± 0.001"),
    ],
)
def test_what_comes_closest_says_what_is_still_given_up(found, price, said, lead):
    """Nothing is given up where it comes out ahead when played, without being shown to be best."""
    made = copy.deepcopy(found)
    closest = {
        "paths": ["forces.court.momentum"], "values": [0.01], "typical": [0.02], "distance": 1.5, "price": price,
        "price_se": 0.0008,
    }  # fmt: skip
    made["believes"] |= {"smallest": {}, "closest": closest, "doubted": {"closest": 0.05}}
    assert why.believed(made).startswith("No credible belief") and said in why.believed(made)
    table = why_tables.believes(made)
    assert table.caption.endswith("none is shown to make it best") and texts(table)[0][4] == lead


@pytest.mark.parametrize(
    ("places", "table"),
    [
        (("alone",), why_tables.alone), (("likely", "hypotheses"), why_tables.likely),
        (("likely", "next"), why_tables.telling),
    ],
)  # fmt: skip
def test_a_table_that_leaves_rows_out_says_of_how_many(found, places, table):
    many = copy.deepcopy(found)
    within = many if len(places) == 1 else many[places[0]]
    row = within[places[-1]][0]
    goal = {"wanted": 1.0, "least": 0.5, "most": None, "sds": 2.0} if places == ("alone",) else {}
    within[places[-1]] = [row | goal for _ in range(28)]
    made = table(many)
    assert len(made.rows) == 8
    assert made.note.endswith("The first 8 of 28 are shown; all are in the JSON.")


def test_posteriors_stand_under_their_looseness(found):
    table = why_tables.likely(found)
    assert [column.title for column in table.columns][2:] == ["λ = 0.1", "λ = 0.3", "λ = 1", "λ = 3"]
    at = found["likely"]["looseness"].index(1.0)
    assert texts(table)[0][4] == percent(found["likely"]["hypotheses"][0]["posterior"][at])
    assert texts(why_tables.matrix(found))[0][1] == percent(found["likely"]["acts"][0]["chance"][0])


def test_a_limit_of_a_ratio_that_there_is_not_is_said(found):
    made = copy.deepcopy(found)
    made["likely"]["acts"][0]["ratio"] = None
    assert texts(why_tables.matrix(made))[-1][1] == "no limit"


def test_the_figures_draw_every_point_they_tabulate(found):
    drawing = why_figures.posteriors(found)
    assert draw(drawing).wide.count("<path") > why_figures.MOST_LINES
    assert len(drawing.table.columns) == 1 + why_figures.MOST_LINES
    steps = [step for step in found["believes"]["frontier"] if step["wants"] is not None]
    frontier = why_figures.frontier(found)
    assert (frontier is None) == (len(steps) < 2)


def test_the_page_has_the_section_and_lets_nothing_out(found):
    data = duel(SITUATION)
    study = equipoise.run(data, futures=256, workers=1)
    hostile = copy.deepcopy(found)
    hostile["words"]["ways"]["court-only"] = "<script>alert('x')</script>"
    hostile["words"]["hypotheses"] = dict.fromkeys(hostile["words"]["hypotheses"], "<img src=x>")
    page = render(study.findings, study.scenario, analyses={"why": hostile})
    assert 'id="analysis-why"' in page and "Why would it do this?" in page
    assert "<script>alert" not in page and "<img src=x>" not in page
    section = why.section(RunView(study.findings, study.scenario, {"why": found}))
    assert section.body[0].text == why.sentences(found)[0]


def test_without_other_reasons_what_is_best_needs_no_explaining():
    best = equipoise.why(duel(SITUATION), does="even", futures=512, seed=2, workers=1).to_dict()
    assert best["reasons"][0]["kind"] == "as-stated"
    said = why.sentences(best)
    assert "is the best North can do in the mean" in said[0]
    assert not any("To want it" in text or "To believe it" in text for text in said)
