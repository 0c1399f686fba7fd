"""The log of forecasts: written before the outcome is known, only ever added to, the first forecast scored.

A file of JSON lines, one a forecast. Each line carries the hash of the line before it, so that none can be changed,
removed or put in later without every hash after it changing; the last hash, kept elsewhere, vouches for all. A second
forecast of a question may be logged, and is; what is scored is the first. Source: docs/score.md, rule 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from equipoise import files
from equipoise.errors import InputError
from equipoise.records import Record
from equipoise.scenario.outcomes.model import Question
from equipoise.scoring.forecasts import Said

START = "0" * 64
"""What stands for the hash before the first line."""


@dataclass(frozen=True)
class Logged(Record):
    """A forecast as it was logged.

    Attributes:
        number: of the line, from 1. previous: the hash of the line before.
        made: when, in UTC, ISO 8601. equipoise: the version that made it.
        scenario, sha256: title and hash of the scenario. seed: of the study. beliefs: whose were laid over it.
        did: the strategy of the focus. futures: how many answered. as_of: the last day of which anything was known.
        observations: the hash of what had been seen since the scenario was written; None where nothing had.
        question, asks, on: its name, its resolution text, and the day it is about. asked: the keys that ask it.
        said: the forecast. start: of a quantity, its mean when the forecast was made.
        hash: SHA-256 of all of this but itself.
    """

    number: int
    previous: str
    made: str
    equipoise: str
    scenario: str
    sha256: str
    seed: int
    beliefs: str | None
    did: str | None
    futures: int
    as_of: date
    observations: str | None
    question: str
    asks: str
    on: date
    asked: Mapping[str, str]
    said: Said
    start: float | None
    hash: str = ""

    def sealed(self) -> Logged:
        """Return it with its hash."""
        plain = {key: value for key, value in self.to_dict().items() if key != "hash"}
        text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return replace(self, hash=sha256(text.encode()).hexdigest())


def read_log(path: str | Path) -> tuple[Logged, ...]:
    """Return the forecasts of a log, its chain checked.

    Raises:
        InputError: there is no such file, or a line is not as it was written, with its number.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read as a log of forecasts: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read as a log of forecasts: {error}") from None
    entries, previous = [], START
    for number, line in enumerate(lines, 1):
        entry = Logged.read(line, what=f"line {number} of {path}")
        if (entry.number, entry.previous, entry.hash) != (number, previous, entry.sealed().hash):
            raise InputError(
                f"line {number} of {path} is not as it was written: its hash, or that of the line before it, "
                "does not fit"
            )
        entries.append(entry)
        previous = entry.hash
    return tuple(entries)


def append(path: str | Path, forecasts: Iterable[Logged]) -> tuple[Logged, ...]:
    """Add forecasts to a log, made if there is none, and return them as they stand there.

    Args:
        path: of the log. forecasts: whose numbers and hashes are set here.

    Raises:
        InputError: what stands there is no log, or was changed. OutputError: it cannot be written.
    """
    target = files.writable(path)
    with files.alone(target.parent):
        before = read_log(target) if target.exists() else ()
        last, added = before[-1].hash if before else START, []
        for number, forecast in enumerate(forecasts, len(before) + 1):
            added.append(replace(forecast, number=number, previous=last).sealed())
            last = added[-1].hash
        lines = [json.dumps(entry.to_dict(), ensure_ascii=True) + "\n" for entry in (*before, *added)]
        files.write_text(target, "".join(lines))
    return tuple(added)


def first_of(
    entries: Iterable[Logged], scenario: str, questions: Mapping[str, Question]
) -> dict[str, Logged]:
    """Return by question the first forecast of it that was logged.

    Args:
        entries: in their order. scenario: the title of the scenario. questions: as they are to be resolved.

    Raises:
        InputError: a question asks something else now than when it was logged, or the log has none of them.
    """
    found: dict[str, Logged] = {}
    for entry in entries:
        if entry.scenario == scenario and entry.question in questions:
            found.setdefault(entry.question, entry)
    for name, entry in found.items():
        q = questions[name]
        if (entry.asks, entry.on, dict(entry.asked)) != (q.asks, q.day, asking(q)):
            raise InputError(
                f"`{name}` asks something else now than when its forecast was logged (line {entry.number}): "
                "a question that is changed needs another name"
            )
    if not found:
        raise InputError(f"the log has no forecast of these questions about {scenario!r}")
    return found


def asking(q: Question) -> dict[str, str]:
    """Return the keys by which a question asks, without how it resolved and what others said."""
    told = {"asks", "resolved", "is", "void", "crowd", "base", "claims", "because"}
    plain = q.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {key: str(value) for key, value in plain.items() if key not in told}
