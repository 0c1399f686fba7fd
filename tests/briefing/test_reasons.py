"""Why a patron does what it does, on the brief: held against the documents and runs it is chosen from."""

import pytest
from tests.situations import duel

import equipoise
from equipoise.briefing import brief, reasons
from equipoise.reporting.brief import blocks
from equipoise.reporting.run_view import RunView

SITUATION = {
    "patrons.north.values.influence": [0.5, 1.5],
    "patrons.north.values.order": {"holds": [-0.1, 0.3], "chaos": [-0.4, 0.0]},
    "forces.court.collapse": {"rate": [0.0, 0.06]},
    "beliefs": {
        "north": {"forces.court.collapse.rate": [0.04, 0.1]},
        "south": {"forces.court.collapse.rate": 0.0},
    },
    "strategies.north.court-only": {"engage": {"court": 1}, "name": "All on the court"},
}


@pytest.fixture(scope="module")
def document():
    return equipoise.why(duel(SITUATION), does="court-only", futures=1024, seed=2, workers=1).to_dict()


@pytest.fixture(scope="module")
def study():
    return equipoise.run(duel(SITUATION), futures=1024, seed=2, workers=1)


def text(study, document):
    view = RunView(study.findings, study.scenario, {"why": document})
    said = blocks(view)
    at = next(k for k, one in enumerate(said) if getattr(one, "text", "").startswith("Why "))
    return said[at].text, said[at + 1].text


def test_what_is_given_up_is_what_runs_under_both_beliefs_say(document):
    found = reasons(document)
    for holder, forgone in ((None, found.forgone), ("north", found.forgone_own)):
        run = equipoise.run(duel(SITUATION), futures=1024, seed=2, beliefs=holder, workers=1).findings
        paid = {name: one.payoff.mean for name, one in run.strategies.items()}
        best, least = max(paid.values()), min(paid.values())
        assert forgone == pytest.approx((best - paid["court-only"]) / (best - least), abs=1e-6)
        assert 0 < forgone <= 1
    assert found.way == "All on the court" and found.against == "even"


def test_the_nearest_reason_within_reach_is_named(study, document):
    found, first = reasons(document), document["reasons"][0]
    assert (found.kind, found.sds) == (first["kind"], first["sds"]) == ("belief", first["sds"])
    title, said = text(study, document)
    assert title == "Why North does otherwise"
    assert "is its best if it holds that the weekly rate of a fall of the court" in said
    assert f"{first['sds']:.2g} standard deviations away" in said


def test_a_holder_who_would_do_it_is_named(study, document):
    """The south, which holds that the court cannot fall, would have all on the court."""
    only = [one for one in document["reasons"] if one["kind"] == "holder"]
    assert [one["holder"] for one in only] == ["south"]
    assert "its best on average, as South sees things" in text(study, document | {"reasons": only})[1]


def test_where_nothing_within_reach_explains_it_that_is_said(study, document):
    beyond = [{**one, "within_reach": False} for one in document["reasons"]]
    found = reasons(document | {"reasons": beyond})
    assert found.kind is None and found.holder is None
    _, said = text(study, document | {"reasons": beyond})
    assert "“All on the court”, is its best by nobody's beliefs" in said
    assert "It has a reason that is not in the scenario" in said


def test_an_act_that_hardly_tells_accounts_apart_is_not_said_to_speak_for_one(study, document):
    likely = document["likely"]
    at = likely["looseness"].index(likely["at"])
    chances = [h["chance"][at] for h in likely["hypotheses"]]
    assert reasons(document).times == pytest.approx(max(chances) / min(chances))

    def with_chances(*values):
        changed = [
            {**h, "chance": [value] * len(h["chance"])}
            for h, value in zip(likely["hypotheses"], values, strict=False)
        ]
        return document | {"likely": likely | {"hypotheses": changed}}

    assert "the act hardly tells" in text(study, with_chances(0.2, 0.1))[1]
    assert "speaks most for this" in text(study, with_chances(0.4, 0.1))[1]
    assert "speaks most for this" in text(study, with_chances(0.4, 0.0))[1]


def test_the_brief_of_a_study_has_it_once_it_was_asked(tmp_path):
    data = duel(SITUATION)
    study = equipoise.run(data, futures=256, out=tmp_path / "study", workers=1)
    assert equipoise.brief(study).result.why is None
    document = equipoise.why(data, does="court-only", futures=256, study=study, workers=1).to_dict()
    assert equipoise.brief(study).result.why == reasons(document)
    page = (tmp_path / "study" / "report.html").read_text(encoding="utf-8")
    assert "Why North does otherwise" in page
    assert brief(study.findings, study.scenario).why is None
