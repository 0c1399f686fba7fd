"""Load a scenario: find the text, read it, check it, write its defaults out."""

from __future__ import annotations

import difflib
import hashlib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from equipoise.cases import cases
from equipoise.errors import InputError, ScenarioError
from equipoise.scenario.checks import examined
from equipoise.scenario.inspection import Inspection
from equipoise.scenario.mistaken import document_of
from equipoise.scenario.model import Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.outlines import MOST_BYTES as MOST_OUTLINES
from equipoise.scenario.outlines import Beside, Outlined, outlined
from equipoise.scenario.ranges import written
from equipoise.scenario.reading import MAX_BYTES, ReadingError
from equipoise.scenario.resolving import resolve
from equipoise.scenario.writing import to_yaml

_CASE = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario that was read, checked and resolved.

    Attributes:
        scenario: every default written out.
        text: the text it was read from, lines ended by line feeds.
        sha256: of that text in UTF-8, hexadecimal: the same whatever ends the lines of the file.
        path: the file, or None where there was none.
        written: paths of the numbers the file itself writes down; the others are defaults.
        set_: numbers that the file lays over its own under `set`, by path; they are in `scenario`.
        widen: the share by which its bare numbers are widened there, or None.
        outlines: of its regions, from the file beside it that it names; None without one, or where a text was read
            that no file stands beside.
    """

    scenario: Scenario
    text: str = field(repr=False)
    sha256: str
    path: Path | None
    written: frozenset[str] = field(default=frozenset(), repr=False)
    set_: Mapping[str, Number] = field(default_factory=dict, repr=False)
    widen: float | None = None
    outlines: Outlined | None = None

    @property
    def files(self) -> dict[str, bytes]:
        """What must lie in one folder for the scenario to be read again, by name."""
        beside = {} if self.outlines is None else {self.outlines.file: self.outlines.content}
        return {"scenario.yaml": self.text.encode(), **beside}


def load(source: str | Path | Mapping[str, Any]) -> ScenarioFile:
    """Load a scenario from a file, the name of a bundled case, or plain data.

    Args:
        source: a path, the name of a bundled case (`two-valleys`), or a mapping with the file's keys. No file stands
            beside a mapping: outlines it names are not looked for, and its map is of tiles.

    Raises:
        InputError: there is no such file or case, or it cannot be read.
        ScenarioError: the scenario has problems; all of them are listed.
    """
    if isinstance(source, Mapping):
        return loads(text_of(source), file="<mapping>")
    path = find(source)
    return _loaded(
        bytes_of(path), str(path), path, lambda name: bytes_of(path.with_name(name), MOST_OUTLINES)
    )


def loads(text: str, *, file: str = "<scenario>", beside: Beside | None = None) -> ScenarioFile:
    """Load a scenario from its text.

    Args:
        text: the YAML text.
        file: what messages call it.
        beside: gives the files that stand beside it; without it the outlines it names are not looked for.
    """
    return _loaded(text.encode("utf-8", "surrogatepass"), file, None, beside)


def _loaded(raw: bytes, file: str, path: Path | None, beside: Beside | None) -> ScenarioFile:
    try:
        text, document = document_of(raw, "scenario", example="`equipoise: 1`, `title: ...` and so on")
    except ReadingError as error:
        raise ScenarioError(file, [error.problem]) from None
    scenario, problems = examined(document)
    outlines, looked = None, Inspection(document)
    if scenario is not None and scenario.outlines is not None and beside is not None:
        names = {key: (region.name, region.label) for key, region in scenario.regions.items()}
        outlines = outlined(looked, scenario.outlines, names, beside)
    if scenario is None or problems or looked.problems:
        raise ScenarioError(file, [*problems, *looked.problems])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ScenarioFile(
        resolve(scenario), text, digest, path, written(scenario), scenario.set_, scenario.widen, outlines
    )


def text_of(data: Mapping[str, Any]) -> str:
    """Return plain data with the file's keys as its text."""
    try:
        return to_yaml(data)
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise InputError(f"this mapping is not plain data: {str(error).splitlines()[0]}") from None


def find(source: str | Path, file: str = "scenario.yaml", what: str = "") -> Path:
    """Return the path of a file that is given by its path or by the name of a bundled case that has one.

    Args:
        source: the path or the name. file: what it is called in the folder of a case.
        what: what it holds, where it is not the scenario itself ("observations").

    Raises:
        InputError: there is neither.
    """
    path = Path(source)
    if isinstance(source, str) and _CASE.fullmatch(source) and not path.is_file():
        folder = Path(str(resources.files("equipoise") / "cases"))
        having = [name for name in cases() if (folder / name / file).is_file()]
        if source in having:
            return folder / source / file
        if not path.exists():
            near, of = (
                difflib.get_close_matches(source, having, n=1, cutoff=0.5),
                f" with {what}" if what else "",
            )
            hint = f"did you mean `{near[0]}`?" if near else f"the bundled cases{of} are: {', '.join(having)}"
            raise InputError(f"there is no file and no bundled case{of} called `{source}`; {hint}")
    return path


def bytes_of(
    path: Path, most: int = MAX_BYTES, *, name: str = "scenario.yaml", what: str = "a scenario"
) -> bytes:
    """Return the bytes of an ordinary file of bounded size.

    Args:
        path: of the file.
        most: bytes that are read at most.
        name: what such a file is called in a folder.
        what: what messages call it.
    """
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            inner = path / name
            hint = f"; did you mean {inner}?" if inner.is_file() else ""
            raise InputError(f"{path} is a folder, where the file of {what} is needed{hint}")
        if not stat.S_ISREG(info.st_mode):
            raise InputError(f"{path} is not an ordinary file")
        if info.st_size > most:
            raise InputError(f"{path} has {info.st_size:,} bytes; at most {most:,} are read")
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
