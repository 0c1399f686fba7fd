"""Every file of a study damaged in every way: refused by its name, never believed, never a failure of our own."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import situation
from click.testing import CliRunner
from whole import contents

import equipoise
from equipoise.cli import main
from equipoise.errors import StudyError
from equipoise.futures.folder import ENTERED, Folder

FLIPS, CUTS, SWAPS, EDITS = 40, 5, 4, 6
"""Damages of each kind to each file; how many that is altogether stands in `docs/attacks.md`."""
LISTS = re.compile(rf"hashes\.json|{ENTERED}/.*\.json")
NUMBER = re.compile(rb"(?<=[ \[])-?[0-9]+(?:\.[0-9]+)?(?=[,\n\]])")
EACH_READ, EACH_RUN = 12, 40
"""Of so many damages one is also read whole, and one is met by the run again."""

pytestmark = pytest.mark.long


def damages(name: str, whole: dict[str, bytes], draw: random.Random) -> Iterator[tuple[str, bytes | None]]:
    """Yield what is done to a file, and its bytes afterwards, None where it is gone."""
    content = whole[name]
    for _ in range(FLIPS):
        at = draw.randrange(len(content))
        yield (
            f"flip at {at}",
            content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :],
        )
    for at in {
        0,
        1,
        len(content) // 2,
        len(content) - 1,
        *(draw.randrange(len(content)) for _ in range(CUTS)),
    }:
        yield f"cut at {at}", content[:at]
    yield "longer", content + b"\n"
    yield "twice", content + content
    yield "gone", None
    for other in draw.sample(sorted(set(whole) - {name}), SWAPS):
        yield f"{other} in its place", whole[other]
    found = list(NUMBER.finditer(content)) if name.endswith(".json") else []
    for number in draw.sample(found, min(EDITS, len(found))):
        edited = str(json.loads(number[0]) + 1).encode()
        yield (
            f"{number[0].decode()} made {edited.decode()}",
            content[: number.start()] + edited + content[number.end() :],
        )


def says_the_same(name: str, before: bytes, after: bytes | None) -> bool:
    """Return whether a list of hashes says what it said, written with other blanks."""
    if after is None or not LISTS.fullmatch(name):
        return False
    try:
        return json.loads(after) == json.loads(before)
    except (ValueError, RecursionError):
        return False


def named(study: Path, name: str, before: bytes, after: bytes | None) -> list[str]:
    """Return what `verify` names; of a list of hashes that may be the files whose hashes it holds."""
    try:
        faults = equipoise.verify(study)["faults"]
    except StudyError as error:
        faults = [str(error)]
    files = [name]
    if LISTS.fullmatch(name):
        files += re.findall(rb'"([^"]+)": \{', before + (after or b""))
    text = "\n".join(faults)
    assert not faults or any(
        (f if isinstance(f, str) else f.decode("utf-8", "replace")) in text for f in files
    ), text
    return faults


def read(study: Path) -> tuple:
    """Read everything that a study gives."""
    found = equipoise.open_study(study)
    return found.summary, found.outcomes.to_dict(), found.states.to_dict(), found.analyses, found._figures()


def test_every_damage_to_every_file_is_refused_by_name(jobs, tmp_path):
    study = shutil.copytree(jobs["explore"].before / "study", tmp_path / "study")
    whole, draw, count = contents(study), random.Random(4), 0
    wanted, held = read(study), list(whole)
    assert equipoise.verify(study)["sound"] and len(held) > 40
    for name in held:
        for what, content in damages(name, whole, draw):
            if content == whole[name] or says_the_same(name, whole[name], content):
                continue
            count += 1
            path = study / name
            path.unlink() if content is None else path.write_bytes(content)
            try:
                assert named(study, name, whole[name], content), "it is not noticed"
                if count % EACH_READ == 0:
                    refused_or_same(lambda: read(study), wanted)
                if count % EACH_RUN == 0:
                    refused_or_same(lambda: situation.run(tmp_path) or contents(study), None)
            except BaseException as error:
                error.add_note(f"{name}: {what}")
                raise
            restored(study, whole)
    print(f"{count:,} damages to {len(held)} files")
    assert count > 2000


def refused_or_same(do, wanted) -> None:
    """Hold what is given to what was given before the damage, where anything is."""
    try:
        found = do()
    except StudyError:
        return
    if wanted is not None:
        assert found == wanted


def restored(study: Path, whole: dict[str, bytes]) -> None:
    """Put every file back as it was."""
    for name in contents(study).keys() - whole.keys():
        (study / name).unlink()
    for name, content in whole.items():
        file = study / name
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)


def test_the_command_ends_with_2_and_names_the_file(jobs, tmp_path):
    study = shutil.copytree(jobs["explore"].before / "study", tmp_path / "study")
    assert CliRunner().invoke(main, ["verify", str(study)]).exit_code == 0
    for name in Folder(study).names():
        file = study / name
        whole = file.read_bytes()
        file.write_bytes(whole[:-1])
        found = CliRunner().invoke(main, ["verify", str(study)])
        assert found.exit_code == 2 and name in found.output and "Traceback" not in found.output
        file.write_bytes(whole)


def test_the_folder_of_an_update_is_held_to_its_hashes_too(jobs, tmp_path):
    for name, content in jobs["update"].wanted.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    place = tmp_path / "update"
    assert equipoise.verify(place)["faults"] == []
    for name in Folder(place).names():
        whole = (place / name).read_bytes()
        (place / name).write_bytes(whole[: len(whole) // 2])
        assert name in "".join(named(place, name, whole, None))
        (place / name).write_bytes(whole)
