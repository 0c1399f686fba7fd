"""A study is the same bytes whatever the process that wrote it: its hash seed, its locale, its clock, its threads."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

PLAY = (
    "import equipoise, sys; equipoise.run('two-valleys', futures=16_384 + 64, out=sys.argv[1], additions=False, "
    "workers=int(sys.argv[2]))"
)
PLAIN = {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "0"}


def written(folder: Path, workers: int, **settings: str) -> dict[str, str]:
    subprocess.run(
        [sys.executable, "-c", PLAY, str(folder), str(workers)], env=os.environ | PLAIN | settings, check=True
    )
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return written(tmp_path_factory.mktemp("plain") / "study", 1)


def test_hash_seed_locale_clock_and_threads_change_no_byte(plain, tmp_path):
    other = written(
        tmp_path / "study", 2, PYTHONHASHSEED="4242", LC_ALL="tr_TR.UTF-8", TZ="Asia/Kabul", PYTHONUTF8="1"
    )
    assert other == plain
    assert {"study.json", "summary.json", "scenario.yaml", "hashes.json"} <= set(plain)
    assert sum(name.startswith("outcomes/") for name in plain) == 2  # batches, on two threads in the other
