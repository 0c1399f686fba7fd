"""Load observations: find the text, read it, and check it against the scenario they are about, all problems at once."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from equipoise.errors import InputError, Problem, ScenarioError
from equipoise.scenario.inspection import Inspection, quoted
from equipoise.scenario.loading import bytes_of, cases, text_of
from equipoise.scenario.model import Scenario
from equipoise.scenario.observations.model import KINDS, Observation, Observations, kind_of
from equipoise.scenario.reading import Node, ReadingError, decode, read
from equipoise.scenario.shape import shaped

_CASE = re.compile(r"[a-z0-9][a-z0-9-]*")
FILE = "observations.yaml"


@dataclass(frozen=True)
class ObservationsFile:
    """Observations that were read and checked.

    Attributes:
        observations: in the order of the file.
        text: the text they were read from, lines ended by line feeds.
        sha256: of that text in UTF-8, hexadecimal.
        path: the file, or None where there was none.
    """

    observations: Observations
    text: str = field(repr=False)
    sha256: str
    path: Path | None = None

    def until(self, day: date) -> tuple[Observation, ...]:
        """Return what was known by the end of a day, in the order of the file."""
        return tuple(seen for seen in self.observations.observations if seen.day <= day)

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which something was seen, in order."""
        return tuple(sorted({seen.day for seen in self.observations.observations}))


def load_observations(source: str | Path | Mapping[str, Any], scenario: Scenario) -> ObservationsFile:
    """Load observations from a file, the name of a bundled case, or plain data.

    Args:
        source: a path, the name of a bundled case that has observations, or a mapping with the file's keys.
        scenario: what they are about.

    Raises:
        InputError: there is no such file or case, or it cannot be read.
        ScenarioError: the observations have problems; all of them are listed.
    """
    path = None if isinstance(source, Mapping) else find_observations(source)
    raw = text_of(source).encode() if isinstance(source, Mapping) else bytes_of(path)
    return loads(raw, scenario, file="<mapping>" if path is None else str(path), path=path)


def loads(
    raw: bytes, scenario: Scenario, *, file: str = "<observations>", path: Path | None = None
) -> ObservationsFile:
    """Load observations from the bytes of their text; `file` is what messages call it."""
    try:
        text = decode(raw)
        document = read(
            text, what="an observations file", example="`equipoise: 1`, `title: ...`, `observations:`"
        )
    except ReadingError as error:
        raise ScenarioError(file, [error.problem]) from None
    inspection = Inspection(document)
    _check_names(inspection, scenario)
    found = shaped(inspection, Observations, {"observations": ("an observation", KINDS)})
    if found is not None:
        _check_days(inspection, found, scenario)
        _check_together(inspection, found)
    problems = [*document.problems, *inspection.problems]
    if found is None or problems:
        raise ScenarioError(
            file, problems or [Problem(1, 1, "", "too much of this file is broken to say more")]
        )
    return ObservationsFile(found, text, hashlib.sha256(text.encode()).hexdigest(), path)


def find_observations(source: str | Path) -> Path:
    """Return the path of observations given by path or by the name of a bundled case that has some."""
    path = Path(source)
    if isinstance(source, str) and _CASE.fullmatch(source) and not path.exists():
        folder = Path(str(resources.files("equipoise") / "cases"))
        having = [name for name in cases() if (folder / name / FILE).is_file()]
        if source in having:
            return folder / source / FILE
        near = difflib.get_close_matches(source, having, n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`?" if near else f"cases with observations: {', '.join(having)}"
        raise InputError(f"there is no file and no bundled case with observations called `{source}`; {hint}")
    return path


def _entries(inspection: Inspection) -> list[tuple[int, Node, type[Observation]]]:
    """Return the observations of the file whose kind can be told, with their places in the list."""
    node = inspection.document.node(("observations",))
    items = node.value if node is not None and isinstance(node.value, list) else []
    kinds = ((n, item, kind_of(item.value)) for n, item in enumerate(items))
    return [(n, item, KINDS[kind]) for n, item, kind in kinds if kind is not None]


def _check_names(inspection: Inspection, scenario: Scenario) -> None:
    """Note every name that names nothing, on the file itself, so that a fault elsewhere hides none."""
    known = {
        "event": list(scenario.events),
        "talk": list(scenario.talks),
        "event or talk": [*scenario.events, *scenario.talks],
        "force": list(scenario.forces),
        "region": list(scenario.regions),
        "patron": list(scenario.patrons),
    }
    of = "of the scenario"
    for n, item, kind in _entries(inspection):
        for key, what in kind.names.items():
            node = item.value.get(key)
            _check(inspection, ("observations", n, key), node, known[what], f"{_article(what)} {what} {of}")
        claims = item.value.get("claims")
        for k, node in enumerate(
            claims.value if claims is not None and isinstance(claims.value, list) else []
        ):
            own = inspection.document.node(("claims",))
            names = [
                *scenario.claims,
                *(own.value if own is not None and isinstance(own.value, dict) else ()),
            ]
            where = ("observations", n, "claims", k)
            _check(inspection, where, node, names, f"a claim of this file or {of}")
    sources = inspection.document.node(("sources",))
    names = [
        *scenario.sources,
        *(sources.value if sources is not None and isinstance(sources.value, dict) else ()),
    ]
    claims = inspection.document.node(("claims",))
    for name, claim in (
        claims.value if claims is not None and isinstance(claims.value, dict) else {}
    ).items():
        if isinstance(claim.value, dict):
            _check(
                inspection,
                ("claims", name, "source"),
                claim.value.get("source"),
                names,
                f"a source of this file or {of}",
            )


def _article(what: str) -> str:
    return "an" if what[0] in "aeiou" else "a"


def _check(inspection: Inspection, path: tuple, node: Node | None, names: list[str], what: str) -> None:
    if node is not None and isinstance(node.value, str) and node.value not in names:
        inspection.add(path, f"{quoted(node.value)} is not {what}", inspection.nearest(node.value, names))


def _check_days(inspection: Inspection, found: Observations, scenario: Scenario) -> None:
    """Note what was seen on a day outside the run."""
    start, weeks = scenario.calendar.start, scenario.calendar.weeks
    last = start + timedelta(days=7 * weeks - 1)
    for n, seen in enumerate(found.observations):
        if not start <= seen.day <= last:
            key = "on" if hasattr(seen, "on") else "by"
            message = f"{seen.day} lies outside the run, which goes from {start} to {last}"
            inspection.add(("observations", n, key), message)


_COMES = {"happened", "deal", "no-deal", "fell"}
_STAYS_AWAY = {"not-happened", "stands"}


def _check_together(inspection: Inspection, found: Observations) -> None:
    """Note what was seen to come twice, and what was seen not to have come after it had."""
    came: dict[str, tuple[int, Observation]] = {}
    for n, seen in enumerate(found.observations):
        if seen.key in _COMES:
            (name,) = seen.subject
            first = came.setdefault(name, (n, seen))[0]
            if first != n:
                message = f"{quoted(name)} has come already: it stands at `observations.{first}` too"
                inspection.add(("observations", n, seen.key), message, "remove one")
    for n, seen in enumerate(found.observations):
        if seen.key in _STAYS_AWAY and seen.subject[0] in came:
            at, event = came[seen.subject[0]]
            if event.key != "no-deal" and seen.day >= event.day:
                message = f"it had come by then: `observations.{at}` says that it came on {event.day}"
                inspection.add(("observations", n, "by"), message)
