"""Talks: where they may land, how likely a deal is, what blocks it and who would have to move."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from equipoise import evidence
from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, headed, header
from equipoise.jobs.options import Progress, Step, check_draws
from equipoise.jobs.sources import Set, Source, ends, known, load, sha256_of
from equipoise.jobs.study import Study, filed, study_for
from equipoise.scenario import Scenario

QUICK_MODELS = ("compromise", "weighted-median", "median", "nash", "kalai-smorodinsky", "rubinstein")
"""Bargaining models that come with every study folder: those that need no compiling on their first use."""
DRAWS_WITH_RUN = 256
"""Draws of the talks that come with every study folder; asked for alone they take more."""

DRAWS, SEED = 1024, 1
"""Where none are asked for."""


def talks(
    source: Source,
    talk: str | None = None,
    *,
    model: str | Sequence[str] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    study: Study | str | Path | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Say where talks may land, how likely a deal is, what blocks it and who would have to move.

    Args:
        source: a scenario, or a CSV file with a table of actors (see docs/talks.md).
        talk: one talk of the scenario; all if not given.
        model: a bargaining model, several, or `"all"`; a talk's own if not given, for a table all of them.
        draws: of the uncertain numbers of a talk; 1,024 if not given.
        seed: of the draws; 1 if not given.
        beliefs: a holder, whose beliefs are laid over the scenario.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        study: a study of this scenario to keep the result in.
        progress: called with talks done and in all.

    Returns:
        `talks`: name -> what `TalkResult.to_dict` gives. A table of actors stands in the header as a scenario
        without focus; nothing in it is drawn, so there is no seed.

    Raises:
        InputError: of the source, the talk or the model, or a scenario without talks.
    """
    if ends(source, ".csv"):
        if draws is not None or seed is not None:
            raise InputError(
                f"{source} is a table of certain numbers: nothing in it is drawn, so it takes no draws or seed"
            )
        if talk is not None or beliefs is not None or study is not None or set_ or widen is not None:
            raise InputError(
                f"{source} is a table of one talk: it has no talks or numbers by name, no beliefs and no study"
            )
        return _of_table(Path(source), model or "all")
    draws, seed = DRAWS if draws is None else draws, SEED if seed is None else seed
    check_draws(draws, seed)
    file = load(source, set_, widen)
    kept = study_for(study, file)
    of = evidence.under_beliefs(file.scenario, beliefs)
    if not of.talks:
        raise InputError(f"{of.title}: the scenario has no talks")
    if talk is not None:
        known("talk", talk, of.talks)
    wanted = [talk] if talk is not None else list(of.talks)
    found: dict[str, Any] = {}
    for name in wanted:
        found[name] = _studied(of, name, model, draws, seed)
        if progress:
            progress(len(found), len(wanted))
    asked = {"talk": talk, "model": model, "draws": draws, "beliefs": beliefs}
    return filed(Answer(header("talks", file, seed=seed, **asked), {"talks": found}), kept)


def _of_table(path: Path, model: str | Sequence[str]) -> Answer:
    from equipoise.bargaining import load_table_csv, models_asked, study_table

    table = load_table_csv(path)
    models = models_asked(model if isinstance(model, str) else list(model))
    asked = headed("talks", title=table.title, sha256=sha256_of(path), focus=None, seed=None, model=model)
    return Answer(asked, {"talks": {table.title: study_table(table, models=models).to_dict()}})


def _studied(
    of: Scenario, name: str, model: str | Sequence[str] | None, draws: int, seed: int
) -> dict[str, Any]:
    from equipoise.bargaining import study_talk

    chosen = list(model) if model is not None and not isinstance(model, str) else model
    return study_talk(of, name, models=chosen, draws=draws, seed=seed).to_dict()


def steps(study: Study) -> int:
    """Return how many talks a study has: each is a step of what is added to its folder."""
    return len(study.scenario.talks)


def with_run(study: Study, step: Step) -> Answer:
    """Return every talk of a study by its own model and by quick ones."""
    of, seed, found, models = study.scenario, study.plan.seed, {}, {}
    for name, talk in of.talks.items():
        models[name] = list(dict.fromkeys([talk.model, *QUICK_MODELS]))
        found[name] = _studied(of, name, models[name], DRAWS_WITH_RUN, seed)
        step(len(found))
    asked = {"talk": None, "model": models, "draws": DRAWS_WITH_RUN, "beliefs": study.findings.beliefs}
    return Answer(header("talks", study.file, seed=seed, **asked), {"talks": found})
