"""What a job gives: what was found, under a header that says what was asked, of which scenario, with which seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from equipoise._version import __version__
from equipoise.scenario import ScenarioFile


@dataclass(frozen=True, eq=False)
class Answer(Mapping[str, Any]):
    """What a job found, with what it was asked; a mapping with the keys of the document `--json` prints.

    Attributes:
        header: what `header` gives.
        found: what was found, as plain data.
        result: what was found, as the room that made it returns it; None where that is plain data itself.
    """

    header: Mapping[str, Any]
    found: Mapping[str, Any] = field(repr=False)
    result: Any = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole document, the header first."""
        return {**self.header, **{key: value for key, value in self.found.items() if key not in self.header}}

    def __getitem__(self, key: str) -> Any:
        return self.header[key] if key in self.header else self.found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())

    def __repr__(self) -> str:
        return f"<Answer of {self.header['job']} on {self.header['scenario']['title']!r}>"


def header(job: str, file: ScenarioFile, *, seed: int | None, **asked: Any) -> dict[str, Any]:
    """Return what every document of a job begins with.

    Args:
        job: its name.
        file: the scenario.
        seed: of every random number; None where there is none.
        asked: the options that decide what is found, each by its name in Python, without its trailing `_`; `set` and
            `widen` are those of the file.
    """
    asked |= {"set": {path: number.model_dump() for path, number in file.set_.items()}, "widen": file.widen}
    title, focus = file.scenario.title, file.scenario.focus
    return headed(job, title=title, sha256=file.sha256, focus=focus, seed=seed, **asked)


def headed(
    job: str, *, title: str, sha256: str, focus: str | None, seed: int | None, **asked: Any
) -> dict[str, Any]:
    """Return the header of a job on a source that is no scenario: a table of actors, a network."""
    return {
        "equipoise": __version__,
        "job": job,
        "scenario": {"title": title, "sha256": sha256},
        "focus": focus,
        "seed": seed,
        "asked": {key.removesuffix("_"): value for key, value in asked.items()},
    }
