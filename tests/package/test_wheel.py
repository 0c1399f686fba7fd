"""The package as it is handed out: a wheel that is the same twice, and runs where nothing else of ours is."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from shutil import which
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
UV = which("uv", path=str(BIN)) or which("uv")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(UV is None, reason="uv builds and installs the wheel; it is not here"),
]


def uv(*arguments):
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [UV, *map(str, arguments)],
        check=True, capture_output=True, text=True, cwd=ROOT, env=alone | {"SOURCE_DATE_EPOCH": "1800000000"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    place = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "-q", "-o", place)
    (made,) = place.glob("*.whl")
    return made


def test_a_wheel_built_twice_is_the_same_bytes(wheel, tmp_path):
    uv("build", "--wheel", "-q", "-o", tmp_path)
    (again,) = tmp_path.glob("*.whl")
    assert sha256(again.read_bytes()).hexdigest() == sha256(wheel.read_bytes()).hexdigest()


def test_every_file_of_the_sources_is_in_the_wheel(wheel):
    sources = ROOT / "src"
    here = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.is_file()}
    made = re.compile(r"__pycache__|\.egg-info/")
    assert {name for name in here if not made.search(name)} - set(ZipFile(wheel).namelist()) == set()


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_wheel_runs_a_case_in_an_empty_environment(wheel, tmp_path, version):
    try:
        uv("venv", "-q", "--no-python-downloads", "--python", version, tmp_path / "env")
    except subprocess.CalledProcessError:
        pytest.skip(f"Python {version} is not installed here")
    uv("pip", "install", "-q", "--python", tmp_path / "env/bin/python", wheel)
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [tmp_path / "env/bin/equipoise", "run", "two-valleys", "--futures", "64", "--out", tmp_path / "study"],
        cwd=tmp_path, env=alone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "study/report.html").stat().st_size > 100_000
