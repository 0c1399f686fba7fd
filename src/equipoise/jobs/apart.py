"""One job in a process of its own, for the server of the what-if page: `python -m equipoise.jobs.apart`.

What is asked stands in a line of JSON on standard input: the job, the scenario's text, its options. On standard output
a line of JSON tells how far it is, and the last one what was found: its document, its page, its tables. The process
ends when its standard input does, so that none outlives the server, and takes no more memory than it was told.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.jobs import job
from equipoise.jobs.sources import load
from equipoise.jobs.study import Study, open_study
from equipoise.scenario import ScenarioFile, loads
from equipoise.scenario.altering import with_ways
from equipoise.text import csv_of

if TYPE_CHECKING:
    from equipoise.reporting.blocks import Section
    from equipoise.scenario.observations.loading import ObservationsFile

EVERY = 0.1
"""Seconds between two words on how far it is, at least."""
GENTLE = 10
"""How far a job steps back behind the page, which answers while it is at work."""
OF_STUDY = ("explore", "brief", "update")
DOING = {
    "explore": "exploring", "brief": "writing the brief", "update": "weighing futures by what was seen",
    "why": "playing what it may believe and want", "game": "playing every combination", "talks": "bargaining",
    "balance": "drawing ties", "compare": "playing both", "optimise": "searching",
    "beliefs": "playing under each one's beliefs",
}  # fmt: skip
PLAYING, SHOWING = "playing futures", "drawing the page"


class Teller:
    """Tells how far a job is, now and then, and what was found."""

    def __init__(self, out: IO[str]) -> None:
        self._out, self._turn, self._last = out, threading.Lock(), 0.0

    def tell(self, **told: Any) -> None:
        """Write one line."""
        with self._turn:
            self._out.write(json.dumps(told) + "\n")
            self._out.flush()

    def progress(self, step: str) -> Callable[[int, int], None]:
        """Begin a step; return what tells how much of it is done."""
        self.tell(step=step)

        def at(done: int, of: int) -> None:
            now = time.monotonic()
            if now - self._last >= EVERY or done >= of:
                self._last = now
                self.tell(step=step, done=int(done), of=int(of))

        return at


def made(asked: Mapping[str, Any], teller: Teller) -> dict[str, Any]:
    """Do a job; return its document, its page as HTML, and its tables as CSV by name.

    Args:
        asked: `job` its name, `text` of the scenario, `ways` added to it, `beliefs` and `set` laid over it, `seed`,
            `workers`, `options` of the job; of `compare` the path of the `other`; of a job on a study `study`, its
            path, or `played`, how many futures to play for it.
        teller: tells how far it is.

    Raises:
        InputError: of the scenario, or of what was asked.
    """
    name, options = asked["job"], asked["options"]
    over = {key: asked[key] for key in ("beliefs", "set_", "seed", "workers")}
    if name in OF_STUDY:
        if name == "update":  # before anything is played
            options = options | {"observations": _observations(asked)}
        study = _study(asked, over, teller)
        found = _done(name, study, options, {"workers": asked["workers"]}, teller)
        return _shown(study.file, found, teller, study)
    file = _file(asked)
    if name == "run":
        study = job("run")(file, **over, **options, out=asked.get("out"), progress=teller.progress(PLAYING))
        return _shown(file, study.summary, teller, study)
    if name == "compare":
        changed = load(file, asked["set_"])
        over = {key: value for key, value in over.items() if key != "set_"} | {"second": changed}
        return _shown(changed, _done(name, Path(asked["other"]), options, over, teller), teller)
    return _shown(load(file, asked["set_"]), _done(name, file, options, over, teller), teller)


def _done(
    name: str, of: Any, options: dict[str, Any], over: dict[str, Any], teller: Teller
) -> dict[str, Any]:
    """Do a job that gives a document; of what is laid over the scenario it takes what it has an option for."""
    does = job(name)
    over = over | {"progress": teller.progress(DOING[name])}
    takes = signature(does).parameters
    return does(of, **{key: value for key, value in over.items() if key in takes} | options).to_dict()


def _file(asked: Mapping[str, Any]) -> ScenarioFile:
    """Return the scenario, with the ways of engaging that were added to it."""
    return with_ways(loads(asked["text"], file="the scenario"), asked["ways"])


def _study(asked: Mapping[str, Any], over: dict[str, Any], teller: Teller) -> Study:
    """Return the study that a job is on, opened or played now."""
    if asked["study"] is not None:
        return open_study(asked["study"])
    return job("run")(_file(asked), **over, futures=asked["played"], progress=teller.progress(PLAYING))


def _observations(asked: Mapping[str, Any]) -> ObservationsFile:
    """Return what was seen, checked against the situation that it is about."""
    from equipoise.scenario.observations.loading import load_observations
    from equipoise.scenario.observations.loading import loads as observed

    scenario = _file(asked).scenario
    if asked["file"] is not None:
        return load_observations(Path(asked["file"]), scenario)
    return observed(asked["observations"].encode("utf-8", "surrogatepass"), scenario, file="what was seen")


def _shown(
    file: ScenarioFile, document: dict[str, Any], teller: Teller, study: Study | None = None
) -> dict[str, Any]:
    """Return what was found with its page and its tables; of a run these are its brief and its own tables."""
    from equipoise.reporting import brief
    from equipoise.reporting.analyses import ANALYSES
    from equipoise.reporting.blocks import Section
    from equipoise.reporting.page import fragment, render
    from equipoise.reporting.run_view import RunView, SituationView

    teller.progress(SHOWING)
    name = document["job"]
    if name in ANALYSES:
        made, whole = ANALYSES[name], None
        if hasattr(made, "section"):
            section = made.section(SituationView(file.scenario, {name: document}))
        else:
            section = Section(f"analysis-{name}", "", "", tuple(made.blocks(document, file.scenario)))
        tables = _tables(section)
    else:
        assert study is not None
        analyses = study.analyses | (
            {"brief": document} if name == "brief" else {"brief": job("brief")(study).to_dict()}
        )
        section = brief.section(RunView(study.findings, study.scenario, analyses))
        tables = _frames(study)
        whole = render(study.findings, study.scenario, analyses=analyses, brief_only=True)
    return {"document": json.dumps(document), "html": fragment(section), "whole": whole, "tables": tables}


def _tables(section: Section) -> dict[str, str]:
    """Return every table of a section as CSV, by its caption; by its heading too where others are called the same."""
    from equipoise.reporting.blocks import Figure, Heading, Table
    from equipoise.server.showing import slug

    named: dict[str, str] = {}
    heading = ""
    for block in section.body:
        if isinstance(block, Heading):
            heading = block.text
        table = block.table if isinstance(block, Figure) else block
        if not isinstance(table, Table):
            continue
        name = slug(table.caption) or "table"
        if name in named:
            name = slug(f"{heading} {table.caption}")
        while name in named:
            name += "-more"
        named[name] = csv_of([column.title for column in table.columns], table.rows)
    return named


def _frames(study: Study) -> dict[str, str]:
    tables = study.tables()
    return {
        name: csv_of(list(table.columns), table.itertuples(index=False)) for name, table in tables.items()
    }


def _bounded(memory: int) -> None:
    """Take no more memory than this, and step back behind the page; where the system knows how."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
    os.nice(GENTLE)


def _end_with_the_server() -> None:
    """Wait for the end of standard input, and end this process with it, whatever it is at."""
    while os.read(0, 1024):
        pass
    os._exit(1)


def _line() -> bytes:
    """Return the first line of standard input; what follows it is left to be waited for."""
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(0, 1 << 16)
        if not part:
            os._exit(1)
        line += part
    return bytes(line)


def main() -> None:
    """Do the job that standard input asks for."""
    from equipoise.server.watching import noted

    asked = json.loads(_line())
    teller = Teller(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    _bounded(asked["memory"])
    try:
        found = made(asked, teller)
    except MemoryError:
        found = {
            "refused": f"It needs more than the {asked['memory'] / 1e9:.1f} GB of memory that a job may take."
        }
    except InputError as error:
        found = {"refused": str(error)}
    except Exception as error:
        found = {"refused": noted(error)}
    teller.tell(**found)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
