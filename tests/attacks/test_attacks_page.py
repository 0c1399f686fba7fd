"""The page of attacks says how often each was tried; the tests try so often."""

import re
from pathlib import Path

from test_full_disks import DISKS
from test_kills import KILLS
from test_mutated_files import FILES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "attacks.md").read_text(encoding="utf-8")


def test_the_page_says_how_often_each_attack_is_tried():
    said = {
        what: int(tries.replace(",", ""))
        for what, tries in re.findall(r"^\| (.+?) \| ([0-9,]+) \|", PAGE, re.M)
    }
    kills = {what: tries for what, tries in said.items() if "`" in what or "server" in what}
    assert list(kills.values()) == list(KILLS.values()) and sum(KILLS.values()) == 1000
    assert all(name in what for name, what in zip(KILLS, kills, strict=True))
    assert said["mutated scenario files, read and played"] == FILES
    assert said["a full disk, a run on a small file system"] == DISKS
