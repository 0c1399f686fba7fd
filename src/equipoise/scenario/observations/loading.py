"""Load observations: find the text, read it, and check it against the scenario they are about, all problems at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from equipoise.scenario import beside
from equipoise.scenario.inspection import Inspection, quoted
from equipoise.scenario.model import Scenario
from equipoise.scenario.observations.model import KINDS, Observation, Observations


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
    raw, file, path = beside.given(source, KIND)
    return loads(raw, scenario, file=file, path=path)


def loads(
    raw: bytes, scenario: Scenario, *, file: str = "<observations>", path: Path | None = None
) -> ObservationsFile:
    """Load observations from the bytes of their text; `file` is what messages call it."""

    def check(inspection: Inspection, found: Observations) -> None:
        _check_days(inspection, found, scenario)
        _check_together(inspection, found)

    found, text = beside.loaded(raw, scenario, KIND, check, file=file)
    return ObservationsFile(found, text, hashlib.sha256(text.encode()).hexdigest(), path)


KIND = beside.Beside(
    "observations.yaml", "observations", "`equipoise: 1`, `title: ...`, `observations:`", Observations,
    "observations", list, ("an observation", KINDS),
)  # fmt: skip


def _check_days(inspection: Inspection, found: Observations, scenario: Scenario) -> None:
    """Note what was seen on a day outside the run."""
    start, last = scenario.calendar.start, scenario.calendar.last
    for n, seen in enumerate(found.observations):
        if not start <= seen.day <= last:
            message = f"{seen.day} lies outside the run, which goes from {start} to {last}"
            inspection.add(("observations", n, seen.day_key()), message)


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
