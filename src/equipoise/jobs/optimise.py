"""Optimise: the focus patron's best way of engaging, and the frontier around it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from equipoise import evidence
from equipoise.files import writable, write_text
from equipoise.futures.play import CHANCE
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Progress, check_seconds, check_with, states_of
from equipoise.jobs.sources import Set, Source, load
from equipoise.jobs.study import Study, filed, study_for
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import sentence


def optimise(
    source: Source,
    *,
    metric: str = "laplace",
    options: Mapping[str, float] | None = None,
    futures: int = 2048,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    trigger: bool = True,
    frontier: bool = True,
    time_limit: float | None = None,
    yaml: str | Path | None = None,
    study: Study | str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Search for the focus patron's best way of engaging; trace the frontier of influence, regret and cost.

    Args:
        source: the scenario.
        metric: what to make best, a robustness metric by name, or the scenario's own `success`.
        options: of the metric.
        futures: through which candidates are searched; four times as many choose among finalists, eight times
            as many give the honest value.
        seed: of every random number. chance: streams a state.
        with_: strategies of other patrons by name.
        beliefs: a holder, whose beliefs are laid over the scenario.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        trigger: also look for one switch of engagement. frontier: also trace the frontier.
        time_limit: seconds after which the search ends with what it has.
        yaml: a file to write what was found and the frontier to, as strategies for the scenario's file.
        study: a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with steps done and in all.

    Returns:
        What `Optimised.to_dict` gives, with the `futures` each candidate was played through.

    Raises:
        InputError: of the scenario, or of what was asked. OutputError: the file cannot be written.
    """
    from equipoise.search import optimise as search_best

    file = load(source, set_, widen)
    kept = study_for(study, file)
    target = None if yaml is None else writable(yaml)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    check_with(believed, with_ or {}, (believed.focus,))
    check_seconds(time_limit)
    states = states_of(futures, chance, seed)
    result = search_best(
        believed, metric=metric, options=options, states=states, chance=chance, seed=seed, with_=with_,
        trigger=trigger, frontier=frontier, time_limit=time_limit, workers=workers, progress=progress,
    )  # fmt: skip
    if target is not None:
        write_text(target, result.yaml())
    asked = header(
        "optimise", file, seed=seed, metric=metric, options=dict(options or {}), futures=futures, chance=chance,
        with_=dict(with_ or {}), beliefs=beliefs, trigger=trigger, frontier=frontier, time_limit=time_limit,
    )  # fmt: skip
    found = {"futures": states * chance, **result.to_dict()}
    if beliefs is None and believed.focus in believed.beliefs:
        who = sentence(Names.of(believed).patron(believed.focus))
        found["notes"].append(
            f"{who} holds beliefs of its own in this scenario. The search rests on the analyst's; ask under those too."
        )
    return filed(Answer(asked, found, result), kept)
