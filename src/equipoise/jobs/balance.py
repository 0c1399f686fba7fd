"""Balance: how the ties of a situation strain each other, which camps they point to, what a hedge costs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from equipoise import evidence
from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, headed, header
from equipoise.jobs.options import Progress, Step, check_draws, check_seconds
from equipoise.jobs.sources import Set, Source, ends, load, sha256_of
from equipoise.jobs.study import Study, study_for

DRAWS_WITH_RUN, FEW_DRAWS = 64, 16
"""Draws of what comes with every study folder; asked for alone it takes more. Many actors take the fewest."""
FEW_ACTORS = 14
"""Up to so many actors all alignments are looked at, in no time."""


def balance(
    source: Source,
    *,
    at: str | int | None = None,
    where: Mapping[str, str] | None = None,
    draws: int = 512,
    seed: int = 1,
    time_limit: float = 60.0,
    quota: float = 0.5,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    study: Study | str | Path | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Say how the ties of a situation strain each other, which camps they point to, what a hedge costs.

    Args:
        source: a scenario, a CSV file of ties, or a GraphML file.
        at: year or date at which the ties of a CSV file are read.
        where: for a CSV file of several networks, the value of each column to keep.
        draws: of what is uncertain.
        seed: of the draws.
        time_limit: seconds for each integer programme.
        quota: the share of all power that a coalition must exceed to win.
        beliefs: a holder, whose beliefs are laid over the scenario.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        study: a study of this scenario to keep the result in.
        progress: called with draws solved and to be solved.

    Returns:
        What `BalanceResult.to_dict` gives. A network stands in the header as a scenario without focus; nothing
        in it is drawn, so there is no seed.

    Raises:
        InputError: of the source, or an option that does not fit it.
    """
    from equipoise.alignment import read_csv, read_graphml, study_balance

    check_draws(draws, seed)
    check_seconds(time_limit)
    listed, network = ends(source, ".csv"), ends(source, ".csv", ".graphml")
    if (at is not None or where) and not listed:
        raise InputError("--at and --where choose among the lines of a CSV file of ties; the source is none")
    if network and (beliefs is not None or study is not None or set_ or widen is not None):
        raise InputError(f"{source} is a network: it has no numbers by path, no beliefs and no study")
    if network:
        assert isinstance(source, str | Path)  # nothing else has an ending
        path = Path(source)
        graph = read_csv(path, at=at, where=where) if listed else read_graphml(path)
        asked = headed(
            "balance", title=path.stem, sha256=sha256_of(path), focus=None, seed=None, time_limit=time_limit,
            at=None if at is None else str(at), where=dict(where or {}),
        )  # fmt: skip
        result = study_balance(graph, time_limit=time_limit)
        return Answer(asked, result.to_dict(), result)
    file = load(source, set_, widen)
    kept = study_for(study, file)
    of = evidence.under_beliefs(file.scenario, beliefs)
    result = study_balance(of, seed=seed, draws=draws, time_limit=time_limit, quota=quota, progress=progress)
    asked = header(
        "balance", file, seed=seed, draws=draws, time_limit=time_limit, quota=quota, beliefs=beliefs
    )
    answer = Answer(asked, result.to_dict(), result)
    if kept is not None:
        kept.file_analysis("balance", _timeless(answer.to_dict()))
    return answer


def steps(study: Study) -> int:
    """Return in how many steps the ties of a study are looked at; 0 where there are none."""
    return 2 * _draws_with_run(study) if study.scenario.ties else 0


def with_run(study: Study, step: Step) -> Answer:
    """Return how the ties of a study strain each other, in little time."""
    from equipoise.alignment import study_balance

    seed, draws, limit = study.plan.seed, _draws_with_run(study), 5.0
    result = study_balance(
        study.scenario, seed=seed, draws=draws, time_limit=limit, progress=lambda done, _: step(done)
    )
    asked = header(
        "balance", study.file, seed=seed, draws=draws, time_limit=limit, beliefs=study.findings.beliefs
    )
    return Answer(asked, _timeless(result.to_dict()), result)


def _draws_with_run(study: Study) -> int:
    actors = len(study.scenario.forces) + len(study.scenario.patrons)
    return DRAWS_WITH_RUN if actors <= FEW_ACTORS else FEW_DRAWS


def _timeless(found: Any) -> Any:
    """Return a result without how long it took, so that the same study is the same bytes."""
    if isinstance(found, Mapping):
        return {key: _timeless(value) for key, value in found.items() if key != "seconds"}
    return [_timeless(item) for item in found] if isinstance(found, list | tuple) else found
