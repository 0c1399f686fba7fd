"""Trace: every number of a scenario and the claim it stands on."""

from __future__ import annotations

from equipoise import evidence
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Step
from equipoise.jobs.sources import Source, load
from equipoise.jobs.study import Study


def trace(source: Source) -> Answer:
    """Return every number of a scenario and the claim it stands on, and what stands on nothing."""
    file = load(source)
    return Answer(header("trace", file, seed=None), evidence.trace(file.scenario, written=file.written))


def of_study(study: Study) -> Answer:
    """Return what the numbers of a study stand on, beliefs that were laid over it included."""
    holder = study.findings.beliefs
    believed = evidence.believed_paths(study.scenario, holder)
    found = evidence.trace(study.scenario, written=set(study.file.written) | believed)
    return Answer(header("trace", study.file, seed=None, beliefs=holder), found)


def steps(_study: Study) -> int:
    """Return in how many steps the trace of a study is made."""
    return 1


def with_run(study: Study, _step: Step) -> Answer:
    """Return what the numbers of a study stand on, to be added to its folder."""
    return of_study(study)
