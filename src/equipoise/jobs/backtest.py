"""Backtest: bundled cases and years of wars that nobody chose, forecast again and held against what came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from equipoise.errors import InputError
from equipoise.files import folder, writable, write_text
from equipoise.jobs.answer import Answer, headed
from equipoise.jobs.list_cases import with_beside
from equipoise.jobs.options import Progress
from equipoise.jobs.score import FUTURES, Asking, Situation
from equipoise.jobs.sources import known, load

if TYPE_CHECKING:
    from equipoise.scoring.backtest import Case
    from equipoise.scoring.panel import PanelYear
    from equipoise.scoring.scored import Own

SEED, TITLE = 1, "Bundled cases, and years of wars that nobody chose"
Draws = Literal["24", "all", "none"]
DRAWS: tuple[Draws, ...] = ("24", "all", "none")


def backtest(
    cases: Sequence[str] | None = None,
    *,
    draws: Draws | int = "24",
    futures: int = FUTURES,
    to: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Forecast again what has come since, and hold all of it against that, beside what any forecaster must beat.

    Args:
        cases: names of bundled cases with outcomes; all of them if not given.
        draws: which years of wars that nobody chose are played: `24`, drawn by seed; `all` 1,455; `none`. Where those
            played come out as in the shipped table of forecasts, to the last future, the table's rest is judged too.
        futures: of each case, one in each state of the world; a year is played with as many as the table's were.
        to: folder for the page (`backtest.html`) and the document (`backtest.json`).
        workers: threads; one for each processor by default.
        progress: called with steps done and wanted.

    Returns:
        What `scoring.backtest.Backtest.to_dict` gives.

    Raises:
        InputError: of what was asked. OutputError: the folder cannot be written.
    """
    from equipoise.scoring import base_rates
    from equipoise.scoring.backtest import backtested
    from equipoise.scoring.panel_forecasts import forecast, shipped

    names, which = _cases(cases), str(draws)
    known("number of draws", which, DRAWS)
    if not names and which == "none":
        raise InputError("nothing is left to hold against what came")
    page = None if to is None else writable(folder(Path(to)) / "backtest.html")
    years = _years(which)
    steps, done = len(names) + len(years), 0

    def stepped(one: Any) -> Any:
        nonlocal done
        done += 1
        if progress:
            progress(done, steps)
        return one

    found = [stepped(_held(name, futures, workers)) for name in names]
    played = [stepped(forecast(year)) for year in years]
    result = backtested(found, played, shipped())
    texts = "".join((*(case.sha256 + case.outcomes for case, _ in found), base_rates.sha256()))
    head = headed(
        "backtest", title=TITLE, sha256=sha256(texts.encode()).hexdigest(), focus=None, seed=SEED, cases=names,
        draws=which, futures=futures,
    )  # fmt: skip
    made = Answer(head, result.to_dict(), result)
    if page is not None:
        from equipoise.reporting.page import write_page

        document = made.to_dict()
        write_page("backtest", document, page)
        write_text(page.with_suffix(".json"), json.dumps(document, indent=1, allow_nan=False) + "\n")
    return made


def _cases(asked: Sequence[str] | None) -> list[str]:
    """Return the cases that are judged."""
    having = with_beside("outcomes")
    for name in asked or ():
        known("bundled case with outcomes", name, having)
    return having if asked is None else list(dict.fromkeys(asked))


def _years(which: str) -> list[PanelYear]:
    """Return the years that are played."""
    from equipoise.scoring.panel import panel_years
    from equipoise.scoring.panel_forecasts import drawn

    chosen: dict[str, Callable[[], Iterable[PanelYear]]] = {"24": drawn, "all": panel_years, "none": tuple}
    return [*chosen[which]()]


def _held(name: str, futures: int, workers: int | None) -> tuple[Case, Own]:
    """Return a bundled case held against what came, and what its own futures would have scored."""
    from equipoise.scoring.backtest import Case
    from equipoise.scoring.scored import expected_of

    file = load(name)
    asking = Asking.of(Situation(file, file.scenario, SEED, {}, None), name, None, None, futures)
    scored, answers = asking.scored(workers)
    own = expected_of(asking.questions, answers, answers.futures)
    return Case(name, file.scenario.title, asking.did, file.sha256, asking.file.sha256, scored), own
