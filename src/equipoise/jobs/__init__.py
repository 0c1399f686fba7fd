"""The jobs: one file for each thing a person asks, and the registry of them.

A job takes plain arguments, the same from Python as from the command line. `load` gives a `ScenarioFile`, `run` and
`open_study` a `Study`, `serve` a server; every other job gives an `Answer`: what was asked, of which scenario, with
which seed and version, and what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Job:
    """One entry of the registry.

    Attributes:
        file: the file of this folder that holds the function of the job's name.
        filed: whether the answer is an analysis: a study keeps it as `analyses/NAME.json`, and
            `reporting/analyses/NAME.py` shows it on the terminal and in the report.
        with_run: whether every run with a study folder makes it too (`additions.py`), by the function `with_run`
            of that file, in as many steps as `steps` of that file says; none where it says 0.
        again: the command that makes it for a study, where that is not `NAME SCENARIO --study DIR`.
    """

    file: str
    filed: bool = False
    with_run: bool = False
    again: str = "{name} SCENARIO --study {folder}"


JOBS: dict[str, Job] = {
    "trace": Job("trace", filed=True, with_run=True),
    "brief": Job("brief", filed=True, with_run=True, again="report {folder}"),
    "talks": Job("talks", filed=True, with_run=True),
    "balance": Job("balance", filed=True, with_run=True),
    "ask": Job("ask"),
    "backtest": Job("backtest"),
    "base_rates": Job("base_rates"),
    "beliefs": Job("beliefs", filed=True),
    "check": Job("check"),
    "compare": Job("compare"),
    "difference": Job("difference"),
    "export": Job("export"),
    "explore": Job("explore", filed=True),
    "fit": Job("fit"),
    "from_sheet": Job("from_sheet"),
    "game": Job("game", filed=True),
    "list_cases": Job("list_cases"),
    "load": Job("sources"),
    "log": Job("log"),
    "new": Job("new"),
    "open_study": Job("study"),
    "optimise": Job("optimise", filed=True),
    "replay": Job("replay"),
    "report": Job("report"),
    "run": Job("run"),
    "score": Job("score", filed=True, again="score {folder} OUTCOMES"),
    "serve": Job("serve"),
    "sweep": Job("sweep"),
    "update": Job("update", filed=True),
    "verify": Job("verify"),
    "why": Job("why", filed=True),
}
"""Every job by its name; what comes with a run is made in this order."""


def job(name: str, function: str = "") -> Any:
    """Return the function of a job, or another function of its file; the file is loaded when first used."""
    return getattr(import_module(f"equipoise.jobs.{JOBS[name].file}"), function or name)
