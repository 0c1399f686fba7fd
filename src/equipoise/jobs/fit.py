"""Fit: numbers moved until what can be seen is as it is judged to be, and the file written with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from equipoise.files import writable, write_text
from equipoise.futures.play import Plan
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.sources import Set, Source, load
from equipoise.scenario.scaffold import lay_outlines

FUTURES, CHANCE, SEED = 4096, 4, 1
"""Those of `check`, so that it says of the fitted file what the fit promised."""


def fit(
    source: Source,
    *,
    inputs: Sequence[str] | None = None,
    out: str | Path | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    futures: int = FUTURES,
    seed: int = SEED,
    workers: int | None = None,
) -> Answer:
    """Move the middles of inputs, keeping their spreads, until a scenario's outlook holds; write the file with them.

    Args:
        source: a scenario with an `outlook`.
        inputs: paths of the numbers that may move; those that move what is judged most, twelve at most, if not given.
        out: a file to write the scenario to, its comments and order kept; may be the source. None writes nothing.
        set_: other numbers by path. widen: bare numbers, by this share (`scenario.changed`): then they may move too.
        futures: through which every trial is looked at, all the same ones. seed: of every random number.
        workers: threads.

    Returns:
        What `Fitted.to_dict` gives without the text, with the file it `wrote`, or null.

    Raises:
        InputError: of the scenario; there is no outlook, an input cannot move, or none is found that moves what is
            judged. OutputError: the file cannot be written.
    """
    from equipoise.inference.fitting import fit as fitted

    file = load(source, set_, widen)
    target = None if out is None else writable(out)
    named = None if inputs is None else list(inputs)
    result = fitted(file, named, Plan.of(futures, chance=CHANCE, seed=seed), workers=workers)
    if target is not None:
        lay_outlines(target, file.outlines)
        write_text(target, result.text)
    found = {key: value for key, value in result.to_dict().items() if key != "text"}
    asked = header("fit", file, seed=seed, inputs=named, futures=futures)
    return Answer(asked, {**found, "wrote": None if target is None else str(out)}, result)
