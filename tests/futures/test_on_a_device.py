"""A run on a graphics processor: what is asked for is there or is refused, and the study says where it was played."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.errors import InputError, StudyError
from equipoise.world import device

ASKED = {"futures": 12, "chance": 2, "seed": 4, "additions": False}
WORLD = Path(__file__).parents[1] / "world"
RUN = f"""
import sys
sys.path.insert(0, {str(WORLD)!r})
from random_scenarios import random_scenario
import equipoise
study = equipoise.run(random_scenario(11), out=sys.argv[1], device="gpu", **{ASKED!r})
again = equipoise.run(random_scenario(11), out=sys.argv[1], device="gpu", **{ASKED!r})
assert again.summary == study.summary
"""


def numbers(found, path=""):
    """Yield every number of a JSON document by the path of its keys."""
    for key, value in found.items() if isinstance(found, dict) else enumerate(found):
        if isinstance(value, dict | list):
            yield from numbers(value, f"{path}.{key}")
        elif isinstance(value, float):
            yield f"{path}.{key}", value


@pytest.mark.long
@pytest.mark.skipif(find_spec("numba_cuda") is None, reason="numba-cuda is not installed")
def test_a_run_on_the_device_is_the_run_on_the_processor(tmp_path, monkeypatch):
    folder, around = tmp_path / "study", os.environ | {"NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-W", "ignore", "-c", RUN, str(folder)]
    done = subprocess.run(command, env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    monkeypatch.syspath_prepend(WORLD)
    from random_scenarios import random_scenario

    study = equipoise.run(random_scenario(11), **ASKED)
    there = json.loads((folder / "summary.json").read_text())
    assert (there["asked"]["device"], "device" in study.summary["asked"]) == ("gpu", False)
    assert json.loads((folder / "study.json").read_text())["device"] == "gpu"
    ours, theirs = dict(numbers(study.summary["strategies"])), dict(numbers(there["strategies"]))
    assert ours.keys() == theirs.keys()
    assert len(ours) > 100
    assert np.allclose(list(theirs.values()), list(ours.values()), rtol=1e-5, atol=1e-5)
    with pytest.raises(StudyError, match="device = 'gpu', not None"):
        equipoise.run(random_scenario(11), out=folder, **ASKED)


def test_a_device_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="cpu or gpu; given 'gup'; did you mean gpu"):
        equipoise.run("two-valleys", futures=16, device="gup")


def test_what_is_missing_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(device, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"needs the package `numba-cuda`: pip install 'equipoise\[gpu\]'"):
        equipoise.run("two-valleys", futures=16, device="gpu", out=tmp_path / "none")
    from numba import cuda

    monkeypatch.setattr(device, "find_spec", lambda name: name)
    monkeypatch.setattr(cuda, "is_available", lambda: False)
    monkeypatch.setattr(cuda, "cuda_error", lambda: "Error at driver init:\n\nno driver")
    with pytest.raises(
        InputError, match="no graphics processor can be used through CUDA: Error at driver init: no"
    ):
        equipoise.run("two-valleys", futures=16, device="gpu", out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_device_is_not_asked_for_together_with_a_cluster_or_for_one_future():
    with pytest.raises(InputError, match="workers of a cluster play on their processors, not on gpu"):
        equipoise.run("two-valleys", futures=16, device="gpu", cluster="local:1")
    said = CliRunner().invoke(main, ["run", "two-valleys", "--future", "3", "--device", "gpu"])
    assert (said.exit_code, "leave --device out" in said.output) == (2, True)
