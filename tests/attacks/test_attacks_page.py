"""The page of attacks says how often each was tried; the tests try so often."""

import re
from pathlib import Path

from hostile_situation import slots_of
from hostile_texts import FIT
from test_full_disks import DISKS
from test_hostile_names import ANALYSED, FILLINGS
from test_hostile_names import FILES as HOSTILE_FILES
from test_hostile_names import SERVED as WHAT_IF_PAGES
from test_kills import KILLS
from test_mutated_files import FILES
from test_start_methods import CHILDREN, METHODS
from test_two_at_once import MEETINGS, REFUSED, SERVED, THREADED

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "attacks.md").read_text(encoding="utf-8")


def test_the_page_says_how_often_each_attack_is_tried():
    said = {
        what: int(tries.replace(",", ""))
        for what, tries in re.findall(r"^\| (.+?) \| ([0-9,]+) \|", PAGE, re.M)
    }
    kills = {what: tries for what, tries in said.items() if what.startswith(("kill", "of "))}
    assert list(kills.values()) == list(KILLS.values()) and sum(KILLS.values()) == 1000
    assert all(name in what for name, what in zip(KILLS, kills, strict=True))
    assert said["mutated scenario files, read and played"] == FILES
    assert said["a full disk, a run on a small file system"] == DISKS
    assert said["texts made to be taken for something else, in every field at once"] == FILLINGS
    assert said["two processes at once in one study"] == sum(MEETINGS.values())
    assert said["two runs at once that ask for different futures"] == REFUSED
    assert said["threads of one process, three at once"] == THREADED
    assert said["a what-if page and a run in one study"] == SERVED
    assert said["children of a process that has played and drawn"] == len(METHODS) * 2 * CHILDREN
    assert f"**Hostile texts** are {len(FIT)}:" in PAGE
    places = sum(len(slots_of(data())) for data in HOSTILE_FILES.values())
    assert f"in {FILLINGS} fillings of all {places} places" in PAGE
    assert (ANALYSED, WHAT_IF_PAGES) == (8, 4)
    assert "for eight of them every analysis" in PAGE and "for four fillings" in PAGE
