"""No agreement is an outcome of its own: counted and shown, never a number and never a deal."""

import json
from itertools import product

import numpy as np
import pytest
import yaml

import equipoise
from equipoise.bargaining import MODELS
from equipoise.bargaining.outcomes import heard, outcomes_by_issue
from equipoise.errors import InputError
from equipoise.reporting import tables
from equipoise.reporting.run_view import RunView
from equipoise.scenario import load

WALKING_AWAY = ("nash", "kalai-smorodinsky")
STATES = 512


def written(tmp_path, model, crown, *, clout=None, veto=("crown", "rebels")):
    """Write a war of two with a talk on one issue: the crown at 0, the rebels at 100, who accept half of it."""
    scenario = {
        "equipoise": 1,
        "title": "A talk that may find nothing",
        "focus": "empire",
        "calendar": {"start": "2031-03-17", "weeks": 12},
        "regions": {"valley": {}},
        "forces": {
            "crown": {"incumbent": True, "control": {"valley": 0.5}},
            "rebels": {"control": {"valley": 0.5}, "momentum": 0.1},
        },
        "patrons": {"empire": {"standing": {"crown": 0.5}}},
        "strategies": {"empire": {"stay": {"engage": {"crown": 1}}, "leave": {}}},
        "talks": {
            "summit": {
                "on": "2031-05-12",
                "model": model,
                "veto": list(veto),
                "clout": clout or {"crown": 1, "rebels": 1},
                "issues": {
                    "seats": {
                        "scale": {0: "none", 100: "all"},
                        "positions": {"crown": 0, "rebels": 100},
                        "salience": {"crown": 1, "rebels": 1},
                        "reservation": {"crown": crown, "rebels": 50},
                    }
                },
            }
        },
    }
    path = tmp_path / "scenario.yaml"
    path.write_text(yaml.safe_dump(scenario))
    return path


def summit(path, tmp_path):
    study = equipoise.run(path, futures=STATES * 2, chance=2, out=tmp_path / "study")
    json.dumps(study.summary, allow_nan=False)
    return study, study.summary["talks"]["summit"]


@pytest.mark.parametrize("model", WALKING_AWAY)
def test_the_share_of_states_without_agreement_is_counted(tmp_path, model):
    """A zone of agreement is there where the crown accepts half or more: in half of all states."""
    _, found = summit(written(tmp_path, model, [0, 100]), tmp_path)
    seats = found["issues"]["seats"]
    assert seats["no_agreement"] == pytest.approx(0.5, abs=0.005)
    assert found["deal"] == pytest.approx(1 - seats["no_agreement"])
    assert 50 <= seats["p5"] <= seats["mean"] <= seats["p95"] <= 75.5
    assert found["with_power"] is None


@pytest.mark.parametrize("model", WALKING_AWAY)
def test_a_talk_that_never_agrees_has_no_outcome_and_is_shown_so(tmp_path, model):
    study, found = summit(written(tmp_path, model, 20), tmp_path)
    nothing = {"mean": None, "p5": None, "p50": None, "p95": None, "no_agreement": 1.0}
    assert found["issues"]["seats"] == nothing
    assert found["deal"] == 0
    rows = tables.talks(RunView(study.findings, load(tmp_path / "scenario.yaml").scenario)).rows
    said = [str(cell).strip().replace("\u202f", " ") for cell in rows[1]]
    assert said[:5] == ["seats", "", "–", "–", "100 %"]
    report = tmp_path / "report.html"
    study.report(report)
    assert "No agreement" in report.read_text()


def test_without_anybody_who_can_veto_no_agreement_is_still_no_deal(tmp_path):
    _, found = summit(written(tmp_path, "nash", 20, veto=()), tmp_path)
    assert found["issues"]["seats"]["no_agreement"] == 1
    assert found["deal"] == 0


def test_talks_that_go_by_power_count_where_they_took_place(tmp_path):
    path = written(tmp_path, "nash", [0, 100], clout="power")
    _, found = summit(path, tmp_path)
    assert found["with_power"] == "in the week of the talk"
    assert found["issues"]["seats"]["no_agreement"] == pytest.approx(0.5, abs=0.005)
    assert found["acceptable"] == pytest.approx(0.5, abs=0.005)


def test_each_outcome_of_a_talk_by_power_goes_by_its_name(tmp_path):
    """Both lie at 50 at the start; by the week of the talk the rebels have e^0.8 times the crown's power."""
    path = written(tmp_path, "compromise", 100, clout="power")
    study, found = summit(path, tmp_path)
    ratio = np.exp(0.1 * 8)
    assert found["issues"]["seats"]["mean"] == pytest.approx(100 * ratio / (1 + ratio), abs=0.01)
    apart = equipoise.talks(path)["talks"]["summit"]
    assert apart["with_power"] == "as at the start"
    assert apart["models"]["compromise"]["issues"]["seats"]["mean"] == pytest.approx(50)
    report = tmp_path / "report.html"
    study.report(report)
    page = report.read_text()
    assert "summit, with power in the week of the talk" in page
    assert "summit, with power as at the start" in page


EXTREME = {
    "positions": (0.0, 0.0, 37.5, 100.0, 1e-9, np.nan),
    "salience": (0.0, 1.0, 0.5, 1e-9, 1e-170, 1e-300),
    "clout": (0.0, 1.0, 1e-9, 1e-170, 1e15, 1e300, 1e308),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.filterwarnings("error")
def test_no_table_however_odd_gives_anything_but_a_number_or_no_agreement(model):
    rng = np.random.default_rng(7)
    tried = 0
    for _ in range(150):
        issues, actors = rng.integers(1, 3), rng.integers(1, 6)
        x, s = (rng.choice(EXTREME[key], (1, issues, actors)) for key in ("positions", "salience"))
        c, r = rng.choice(EXTREME["clout"], (1, actors)), rng.choice([0, 10, 60, np.nan], x.shape)
        if not heard(x, s, c).all():
            with pytest.raises(InputError, match="no actor"):
                outcomes_by_issue(model, x, s, c, scales=[(0, 100)] * issues)
            continue
        y = outcomes_by_issue(model, x, s, c, scales=[(0, 100)] * issues, reservation=r)
        tried += 1
        assert np.isfinite(y).all() or model in WALKING_AWAY
        assert ((y >= -1e-6) & (y <= 100 + 1e-6))[~np.isnan(y)].all()
    assert tried > 20


@pytest.mark.parametrize(("model", "factor"), list(product(MODELS, (2.0**-700, 2.0**30, 2.0**900))))
def test_only_ratios_of_clout_matter(model, factor):
    rng = np.random.default_rng(9)
    x, s, c = rng.uniform(0, 100, (4, 2, 4)), rng.uniform(0.1, 1, (4, 2, 4)), rng.uniform(0.1, 1, (4, 4))
    scales = [(0, 100)] * 2
    np.testing.assert_array_equal(
        outcomes_by_issue(model, x, s, factor * c, scales=scales),
        outcomes_by_issue(model, x, s, c, scales=scales),
    )


@pytest.mark.parametrize("part", range(3))
def test_infinite_numbers_are_refused(part):
    given = [np.array([[[0.0, 100.0]]]), np.ones((1, 1, 2)), np.ones((1, 2))]
    given[part] = given[part].copy()
    given[part][..., 0] = np.inf
    with pytest.raises(InputError, match="finite"):
        outcomes_by_issue("compromise", *given, scales=[(0, 100)])
