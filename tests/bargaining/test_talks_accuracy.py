"""The record on EU decisions: recomputed from the data where they are, and honest where it is quoted."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from equipoise.bargaining import MODELS, accuracy_note
from equipoise.bargaining.accuracy import ACCURACY_FILE, accuracy

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "deu.py"


@pytest.fixture(scope="module")
def scored(shared):
    spec = importlib.util.spec_from_file_location("deu", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["deu"] = module
    spec.loader.exec_module(module)
    return module, module.load(shared / "data" / "deu")


def test_errors_published_for_the_baselines(scored):
    deu, issues = scored
    made = {
        "power": deu.outcomes("compromise", issues.positions, issues.salience, issues.clout, scale=deu.SCALE),
        "equal": deu.equal_clout_mean(issues),
        "median": deu.outcomes("median", issues.positions, issues.salience, issues.clout, scale=deu.SCALE),
    }
    error = {name: np.abs(y - issues.outcome).mean() for name, y in made.items()}
    assert len(issues.outcome) == 351
    assert error["equal"] == pytest.approx(23.641, abs=0.001)
    assert error["power"] == pytest.approx(22.992, abs=0.001)
    assert error["median"] == pytest.approx(28.369, abs=0.001)


def test_the_packages_record_is_what_the_script_gives(scored):
    deu, issues = scored
    made, _ = deu.forecasts(issues)
    assert deu.as_csv(deu.scores(issues, made)) == ACCURACY_FILE.read_text()


def test_every_model_has_a_record():
    assert set(accuracy()) == set(MODELS)


def test_no_model_that_loses_to_the_compromise_is_recommended():
    base = accuracy()["compromise"]
    for record in accuracy().values():
        assert record.recommended == (record.mae <= base.mae)
        assert record.mae_low < record.mae < record.mae_high
        assert record.difference == pytest.approx(record.mae - base.mae, abs=0.0011)
    assert f"{base.mae:.1f}" in accuracy_note()


def test_docs_quote_the_record():
    docs = (SCRIPT.parents[1] / "docs" / "talks.md").read_text()
    for record in accuracy().values():
        assert f"| `{record.model}` | {record.mae:.2f} |" in docs
