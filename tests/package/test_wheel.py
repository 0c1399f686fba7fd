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
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]
CASES = ("two-valleys", "afghanistan-2021")

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


def interpreter(version):
    """A Python of this version: one of those that EQUIPOISE_PYTHONS names, or the first on the path."""
    named = os.environ.get("EQUIPOISE_PYTHONS", "").split(os.pathsep)
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for python in filter(None, (*named, which(f"python{version}"))):
        said = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
        if said.stdout.strip() == version:
            return python
    return None


@pytest.fixture(scope="module")
def studies(wheel, tmp_path_factory):
    """The studies that each Python here makes, from the wheel in an empty environment with what is pinned."""
    made = {}
    for number, version in enumerate(VERSIONS):
        if (python := interpreter(version)) is None:
            continue
        place = tmp_path_factory.mktemp("python")
        uv("venv", "-q", "--no-python-downloads", "--python", python, place / "env")
        uv("pip", "install", "-q", "--python", place / "env/bin/python", "-r", "requirements/run.txt", wheel)
        alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        for case in CASES:
            done = subprocess.run(
                [place / "env/bin/equipoise", "run", case, "--futures", "4096", "--out", place / case],
                cwd=place, env=alone | {"PYTHONHASHSEED": str(number)}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        made[version] = place
    return made


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_wheel_gives_the_same_study_on_every_python(studies, version, case):
    if version not in studies:
        pytest.skip(f"no Python {version} on the path or in EQUIPOISE_PYTHONS")
    first, study = next(iter(studies.values())) / case, studies[version] / case
    assert (study / "report.html").stat().st_size > 100_000
    names = {path.relative_to(first) for path in first.rglob("*") if path.is_file()}
    assert {path.relative_to(study) for path in study.rglob("*") if path.is_file()} == names
    assert [str(name) for name in names if (first / name).read_bytes() != (study / name).read_bytes()] == []
