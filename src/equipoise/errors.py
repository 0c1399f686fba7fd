"""Every error Equipoise raises on purpose.

EquipoiseError
├── InputError            what was given cannot be used; the command line exits 2
│   ├── ScenarioError     a scenario file with problems, all of them, each with its place
│   ├── StudyError        a study folder that is missing, foreign or damaged
│   ├── OutputError       a file or folder that was named and cannot be written
│   └── ClusterError      a cluster that does not answer, or was lost
└── InternalError         our own failure; the command line exits 1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.text import printable

MOST_SHOWN = 100
"""How many problems of a file are printed; `ScenarioError.problems` holds them all."""


class EquipoiseError(Exception):
    """Base of all errors raised on purpose; a message holds nothing that a terminal would obey."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message, lines=True))


class InputError(EquipoiseError):
    """What was given cannot be used: what, what is allowed, the nearest match, what to do."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a scenario file.

    Attributes:
        line, column: place in the file, counted from 1; 0 where there is no file.
        path: keys joined by dots (`forces.crown.control.vally`).
        message: what is wrong and what is allowed, in one sentence.
        hint: the nearest valid name or what to do, or an empty string.
        cell: place in a workbook (`Forces!C4`), or an empty string.
    """

    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    cell: str = ""

    @property
    def says(self) -> str:
        """What is wrong, and the hint behind it in brackets."""
        return f"{self.message} ({self.hint})" if self.hint else self.message

    @property
    def place(self) -> str:
        """Where it is: `12:3`, or the cell of a workbook."""
        return f" {self.cell}" if self.cell else f"{self.line}:{self.column}"


class ScenarioError(InputError):
    """A scenario cannot be used; `problems` lists everything wrong with it, in file order."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        more = len(self.problems) - MOST_SHOWN
        return [
            printable(f"{self.file}:{p.place}: {p.path + ': ' if p.path else ''}{p.says}")
            for p in self.problems[:MOST_SHOWN]
        ] + ([f"{self.file}: and {more:,} more problems"] if more > 0 else [])


class StudyError(InputError):
    """A study folder is missing, was written by something else, or is damaged."""


class OutputError(InputError):
    """A file or folder that was named cannot be written: its path and the reason."""


class ClusterError(InputError):
    """A cluster of machines that was named does not answer, or was lost; what was written is whole."""


class InternalError(EquipoiseError):
    """Equipoise itself failed."""
