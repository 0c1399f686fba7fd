"""The brief against the run it is of: every number is the run's, and the base rate is judged as a reader would."""

from dataclasses import fields, replace

import pytest

import equipoise
from equipoise.briefing import Brief, brief
from equipoise.scoring import reference_classes, yearly_chance


@pytest.fixture(scope="module")
def study():
    return equipoise.run("two-valleys", futures=3200, seed=1, workers=1)


@pytest.fixture(scope="module")
def made(study):
    return equipoise.brief(study).result


def test_the_choices_are_the_runs(study, made):
    first = made.choices[0]
    assert made.advised == first.strategy == study.findings.best
    for choice in made.choices:
        found = study.findings.strategies[choice.strategy]
        assert choice.kept.mean == found.influence_kept
        assert choice.kept_if_falls.mean == found.influence_kept_after_collapse
        assert choice.falls.mean == found.forces["crown"].collapse
        assert choice.kept.low <= choice.kept.mean <= choice.kept.high


def test_the_advice_stands_beside_what_it_must_be_judged_against(made):
    roles = {choice.role: choice.strategy for choice in made.choices}
    assert roles["next"] == "warm-friends" and roles["out"] == "stay-out"
    assert roles["one-sided"] == "back-rebels" and roles["government"] == "back-crown"
    assert len(set(roles.values())) == len(made.choices)


def test_the_fall_stands_beside_its_base_rate(study, made):
    fall = made.chances[0]
    curve = study.findings.strategies[made.advised].forces["crown"].collapse_by_week
    classes = [row for row in reference_classes(study.scenario) if row.force == "crown"]
    row = next(row.rate for row in classes if row.width == "narrow")
    after = next(row.rate for row in classes if row.rate.kind == "falls-after-withdrawal")
    assert fall.what == "fallen.crown" and fall.yearly == yearly_chance(curve)
    assert (fall.base.rate, fall.base.low, fall.base.high) == (row.rate, row.low, row.high)
    assert fall.agrees == "above" and fall.times == pytest.approx(fall.yearly / row.rate)
    assert (fall.after.events, fall.after.exposure) == (after.events, after.exposure) == (5, 28)


@pytest.mark.parametrize(("chance", "agrees"), [(0.001, "below"), (0.03, "inside"), (0.2, "above")])
def test_agreement_is_with_the_interval(study, chance, agrees):
    """The base rate of a rebel victory is 2 in 47 years of such wars: 0.9 to 13 %."""
    best = study.findings.best
    found = study.findings.strategies[best]
    curve = (0.0,) * study.findings.weeks + (chance,)
    crown = replace(found.forces["crown"], collapse=chance, collapse_by_week=curve)
    changed = replace(found, forces={**found.forces, "crown": crown})
    run = replace(study.findings, strategies={**study.findings.strategies, best: changed})
    assert brief(run, study.scenario).chances[0].agrees == agrees


def test_the_settlement_is_explained_by_what_settles(made):
    """Both the lake conference and the council settle; the conference comes more often."""
    settled = next(item for item in made.chances if item.what == "order.settlement")
    assert settled.sign.event in ("deal.lake-conference", "event.council-formed")


def test_the_departure_stands_beside_how_often_supporters_stop(study, made):
    left = next(item for item in made.chances if item.what == "event.republic-leaves")
    assert left.chance.mean == study.findings.events["republic-leaves"].probability
    assert (left.base.events, left.base.exposure, left.agrees) == (50, 220, "above")


def test_signs_foretell_the_fall_and_turn_the_advice(made):
    assert {sign.event for sign in made.watch} >= {"event.crown-cracks", "event.republic-leaves"}
    assert all(sign.look is not None for sign in made.watch)
    (turn,) = (sign for sign in made.turns if sign.event == "fallen.crown")
    assert turn.turns_to == "wait-and-see" and turn.turns_at > turn.share
    gap = turn.turns_at * turn.gain_with + (1 - turn.turns_at) * turn.gain_without
    assert gap == pytest.approx(0, abs=1e-12)


def test_it_is_written_and_read_back(study, made):
    import json

    document = equipoise.brief(study).to_dict()
    assert document["job"] == "brief" and document["seed"] == 1
    own = {field.name: document[field.name] for field in fields(Brief)}
    assert Brief.read(json.dumps(own), what="it") == made


def test_a_run_that_kept_no_tables_has_a_brief_without_signs(study):
    bare = brief(study.findings, study.scenario)
    assert bare.watch == bare.turns == () and bare.looked_at == 0
    assert bare.choices[0].kept == equipoise.brief(study).result.choices[0].kept


def test_where_success_is_stated_each_way_says_how_often_it_succeeds():
    from equipoise.reporting.brief import blocks
    from equipoise.reporting.run_view import RunView
    from equipoise.scenario import loads

    changed = equipoise.load("two-valleys").text + "\nsuccess: [{stands: crown}]\n"
    study = equipoise.run(loads(changed), futures=320, seed=1, workers=1)
    answer = equipoise.brief(study)
    for choice in answer.result.choices:
        assert choice.success.mean == pytest.approx(1 - choice.falls.mean)
    view = RunView(study.findings, study.scenario, {"brief": answer.to_dict()})
    text = str(blocks(view))
    assert "It succeeds in " in text and "no fall of the Crown" in text and "Succeeds" in text


def test_a_way_that_succeeds_more_often_than_the_advised_is_said_in_the_answer_and_on_the_brief():
    """Backing the Crown keeps its friendship in twice the futures in which the strategy that pays best does."""
    from equipoise.reporting.answer import answer
    from equipoise.reporting.brief import blocks
    from equipoise.reporting.run_view import RunView
    from equipoise.scenario import loads

    def told(condition):
        text = equipoise.load("two-valleys").text + f"\nsuccess: [{condition}]\n"
        study = equipoise.run(loads(text), futures=640, seed=1, workers=1)
        made = equipoise.brief(study)
        view = RunView(study.findings, study.scenario, {"brief": made.to_dict()})
        return study.findings, made.result, " ".join(answer(view)), str(blocks(view))

    run, made, said, text = told("{standing: crown, above: 0.5}")
    share = {name: found.success.futures for name, found in run.strategies.items()}
    assert run.succeeds_most == max(share, key=share.get) == "back-crown" != made.advised
    assert "back-crown" in {choice.strategy for choice in made.choices}
    assert f"back-crown does best: it succeeds in {100 * share['back-crown']:.0f}\u202f%" in said
    assert "Back-crown succeeds most often, in 7 of 10 futures, yet pays less" in text

    run, made, said, text = told("{violence: level, below: 99}")
    assert {found.success.futures for found in run.strategies.values()} == {1.0}
    assert run.succeeds_most is None and "success" not in said and "succeeds most often" not in text


def test_without_an_incumbent_no_government_is_spoken_of():
    from equipoise.reporting.brief import blocks
    from equipoise.reporting.run_view import RunView

    study = equipoise.run("philippines-2016", futures=320, seed=1, workers=1)
    answer = equipoise.brief(study)
    text = str(blocks(RunView(study.findings, study.scenario, {"brief": answer.to_dict()})))
    assert "government falls" not in text and "if it stands" not in text and "internal war" not in text
    assert "“alliance school”" in text and "alliance-school" not in text
    assert all(item.base is None for item in answer.result.chances)
