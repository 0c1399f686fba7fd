"""What must hold of a study whatever happened to its writer: what is entered is whole, nothing else is believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import situation

import equipoise
from equipoise.errors import StudyError
from equipoise.futures.folder import Folder


def contents(place: Path) -> dict[str, bytes]:
    """Return every file of a folder, but what the killed left half written."""
    found = {}
    for file in sorted(place.rglob("*")):
        if file.is_file() and file.suffix != ".partial":
            found[file.relative_to(place).as_posix()] = file.read_bytes()
    return found


def held_whole(place: Path, before: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    """Hold every file to what stood there before or is to stand there; what is entered is refused by nobody."""
    for name, content in contents(place).items():
        if name.endswith("hashes.json"):
            json.loads(content)
        else:
            assert content in (before.get(name), wanted.get(name)), (
                f"{name} is neither as it was nor as it will be"
            )
    for study in ("study", "update"):
        if not (place / study / "study.json").is_file():
            continue
        folder = Folder(place / study)
        for name in folder.names():
            folder.content(name)
        if study == "study":
            opened(place / study)


def opened(study: Path) -> None:
    """Open a study whose summary is entered; what is not entered is said and is no damage."""
    if "summary.json" not in Folder(study).names():
        with pytest.raises(StudyError, match="it is no finished study"):
            equipoise.open_study(study)
        return
    found = equipoise.open_study(study)
    assert found.summary["futures"] == situation.FUTURES and found.analyses is not None
    faults = equipoise.verify(study)["faults"]
    assert [fault for fault in faults if "is not entered as written" not in fault] == []
