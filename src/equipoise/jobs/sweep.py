"""Sweep: the advice at many points: scenarios, holders of beliefs, numbers set one after another, or years of wars."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from equipoise.errors import InputError
from equipoise.evidence import under_beliefs
from equipoise.files import writable, write_text
from equipoise.findings.found import Found
from equipoise.findings.hedges import Kind
from equipoise.findings.summary import summarise
from equipoise.findings.tally import tallied
from equipoise.futures.folder import FORMAT, Folder
from equipoise.futures.play import CHANCE, Plan
from equipoise.jobs.answer import Answer, headed
from equipoise.jobs.options import Progress, profiles_of
from equipoise.jobs.sources import Source, load
from equipoise.scenario import Scenario, ScenarioFile, changed, wording
from equipoise.scenario.display_names import Names
from equipoise.scoring.panel import panel_years
from equipoise.scoring.panel_forecasts import PanelForecast, beside_the_constant, forecast
from equipoise.scoring.rules import brier
from equipoise.text import csv_of
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

if TYPE_CHECKING:
    from equipoise.scoring.panel import PanelYear

FUTURES = 2048
MOST_POINTS = 100_000
ALL: Final = "all"
Stake = Literal["government", "territory", "all"]


@dataclass(frozen=True)
class Point:
    """One point of a sweep: a scenario, whose beliefs, and what is set."""

    file: ScenarioFile
    beliefs: str | None
    set_: Mapping[str, Any]


@dataclass(frozen=True)
class Sizes:
    """How each point is played."""

    futures: int
    seed: int
    workers: int | None


def sweep(
    sources: Source | Sequence[Source] = (),
    *,
    beliefs: Sequence[str] | None = None,
    set_: Mapping[str, Sequence[Any]] | None = None,
    panel: Stake | None = None,
    futures: int = FUTURES,
    seed: int = 1,
    out: str | Path | None = None,
    to: str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Play the same question at many points, and say where the advice is what.

    Args:
        sources: one scenario or several.
        beliefs: holders, under whose beliefs each is played besides the analyst's own; `["all"]` for all it names.
        set_: numbers to set by path, several each; every combination is a point.
        panel: instead, the years of wars over `government`, `territory` or `all` of both that are known: does the
            government fall within the year after (`docs/unchosen-cases.md`)?
        futures: at each point. seed: of every random number, the same at each point.
        out: folder, or address, that keeps what was found at each point; a sweep that was cut off goes on there.
        to: CSV file, a row a point.
        workers: threads. cluster: as for `run`; a point is played on one thread there.
        progress: called with points done and wanted.

    Returns:
        `titles`: how the holders of beliefs and the numbers that are set are called, under `beliefs` and `set`.
        `points`: of each its `scenario`, `beliefs`, `set` and what was found: `best` and `second` strategy, `payoff`,
        `lead` of the first over the second with its interval, the best `hedge` between rivals and by how much it is
        `behind`, `falls` by force and `orders` under the best. With `panel`: `years`, the forecast of each,
        `falls`, how many came, and `gain`, the Brier score beside that of the base rate (`scoring.skill.Skill`).

    Raises:
        InputError: of a scenario or of what was asked; nothing is played then.
    """
    given = [sources] if isinstance(sources, str | Path | Mapping | ScenarioFile) else list(sources)
    if bool(given) == bool(panel):
        raise InputError(
            "a sweep is over scenarios, or over the panel's years: name one or more of the one or the other"
        )
    if panel and (beliefs or set_):
        raise InputError(
            "the panel's years have no holders of beliefs and no numbers to set; leave these out"
        )
    if cluster is not None and workers is not None:
        raise InputError("a sweep is played by threads of this machine or on a cluster, not on both")
    Plan.of(futures, chance=CHANCE, seed=seed)
    target = None if to is None else writable(to)
    files = [load(source) for source in given]
    grid = {path: list(values) for path, values in (set_ or {}).items()}
    written = {path: list(map(str, values)) for path, values in grid.items()}
    asked = {"beliefs": list(beliefs or []), "set": written, "panel": panel, "futures": futures}
    hashed = sha256("".join(file.sha256 for file in files).encode()).hexdigest()
    title = "; ".join(file.scenario.title for file in files) or "Years of wars"
    head = headed("sweep", title=title, sha256=hashed, focus=None, seed=seed, **asked)
    items: Sequence[Any] = list(_years(panel)) if panel else list(_points(files, beliefs or (), grid))
    sizes = Sizes(futures, seed, workers)
    folder = _folder(out, head, files)
    answer = _answer(panel, _all(_of_year if panel else _at, sizes, items, folder, cluster, progress))
    if not panel:
        answer["titles"] = _titles(files, items)
    if folder is not None:
        folder.write_json("summary.json", {**head, **answer})
    if target is not None:
        write_text(target, _as_csv(answer))
    return Answer(head, answer)


def _points(
    files: Sequence[ScenarioFile], beliefs: Sequence[str], grid: Mapping[str, Sequence[Any]]
) -> Iterator[Point]:
    """Yield every combination; what cannot be played is refused before anything is."""
    count = 0
    for file in files:
        named = [*file.scenario.beliefs, *file.scenario.pools] if list(beliefs) == [ALL] else beliefs
        for holder, values in product([None, *named], product(*grid.values())):
            count += 1
            if count > MOST_POINTS:
                raise InputError(f"a sweep has at most {MOST_POINTS:,} points")
            point = Point(file, holder, dict(zip(grid, values, strict=True)))
            _situation(point)
            yield point


def _years(panel: Stake) -> Iterator[PanelYear]:
    if panel not in ("government", "territory", ALL):
        raise InputError(f"the panel's wars are over government, territory or all of both; given {panel!r}")
    return panel_years(over=None if panel == ALL else panel)


def _situation(point: Point) -> Any:
    return under_beliefs(changed(point.file, point.set_).scenario, point.beliefs)


def _at(sizes: Sizes, point: Point) -> dict[str, Any]:
    """Play one point, and return what is said of it."""
    scenario = _situation(point)
    player = Player(compile_world(scenario, profiles=profiles_of(scenario, None, {})), seed=sizes.seed)
    plan = Plan.of(sizes.futures, chance=CHANCE, seed=sizes.seed)
    found = summarise(tallied(player, plan, workers=sizes.workers))
    named = {"scenario": point.file.scenario.title, "beliefs": point.beliefs}
    return named | {"set": {path: str(value) for path, value in point.set_.items()}} | _said(found, scenario)


def _said(found: Found, scenario: Scenario) -> dict[str, Any]:
    names = Names.of(scenario)
    best = found.strategies[found.best]
    second = found.ranking[1] if len(found.ranking) > 1 else None
    hedge = next((name for name in found.ranking if found.strategies[name].kind == Kind.HEDGE), None)
    likeliest = max(best.orders, key=lambda order: best.orders[order])
    return {
        "best": found.best, "best_title": names.strategy(found.best),
        "payoff": {"mean": best.payoff.mean, "se": best.payoff.se},
        "second": second, "second_title": names.strategy(second) if second else None,
        "lead": _gap(found, found.best, second), "hedge": hedge,
        "behind": _gap(found, found.best, hedge) if hedge != found.best else None,
        "falls": {name: force.collapse for name, force in best.forces.items()}, "orders": dict(best.orders),
        "likeliest": {"order": likeliest, "title": names.order(likeliest), "chance": best.orders[likeliest]},
    }  # fmt: skip


def _gap(found: Found, one: str, other: str | None) -> dict[str, Any] | None:
    if other is None:
        return None
    gap = found.difference(one, other)
    return {"mean": gap.mean, "se": gap.se, "low": gap.low, "high": gap.high, "told_apart": gap.told_apart}


def _of_year(sizes: Sizes, year: PanelYear) -> dict[str, Any]:
    return forecast(year, futures=sizes.futures, seed=sizes.seed).to_dict()


def _folder(out: str | Path | None, head: Mapping[str, Any], files: Sequence[ScenarioFile]) -> Folder | None:
    if out is None:
        return None
    folder = Folder(out)
    texts = {"scenario.yaml": b""}  # of a sweep over the panel, which no file describes
    for number, file in enumerate(files, 1):
        texts |= {
            name if number == 1 else f"{number}-{name}": content for name, content in file.files.items()
        }
    folder.open({"format": FORMAT, **head}, texts, tables=())
    return folder


def _all(
    function: Callable[[Sizes, Any], dict[str, Any]], sizes: Sizes, items: Sequence[Any], folder: Folder | None,
    cluster: str | None, progress: Progress | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return what a function finds at each item, in their order; what a folder holds already is read from it."""
    names = [f"points/{number:05d}.json" for number in range(len(items))]
    held = set() if folder is None else set(folder.names("points"))
    wanting = [number for number, name in enumerate(names) if name not in held]
    found = {
        number: folder.json(names[number]) for number in range(len(items)) if folder and names[number] in held
    }
    with _asking(cluster) as ask:
        for number, one in zip(wanting, ask(function, sizes, [items[n] for n in wanting]), strict=True):
            found[number] = one
            if folder is not None:
                folder.write_json(names[number], one)
            if progress:
                progress(len(found), len(items))
    return [found[number] for number in range(len(items))]


@contextmanager
def _asking(cluster: str | None) -> Iterator[Callable[..., Iterator[dict[str, Any]]]]:
    """Give what asks a function of something shared and each of some items, here or on a cluster."""
    if cluster is None:
        yield lambda function, shared, items: map(partial(function, shared), items)
        return
    from equipoise.futures.cluster import Cluster

    def there(function: Callable[..., Any], sizes: Sizes, items: Sequence[Any]) -> Iterator[dict[str, Any]]:
        return asked.map(function, Sizes(sizes.futures, sizes.seed, 1), items)

    with Cluster(cluster) as asked:
        yield there


def _answer(panel: Stake | None, found: list[dict[str, Any]]) -> dict[str, Any]:
    if panel is None:
        return {"points": found}
    years = [PanelForecast(**row) for row in found]
    falls = sum(one.fell for one in years)
    return {"years": found, "falls": falls, "gain": beside_the_constant(years, brier).to_dict()}


def _titles(files: Sequence[ScenarioFile], points: Sequence[Point]) -> dict[str, dict[str, str]]:
    """Return how each holder of beliefs and each number that is set is called, in the first scenario that has it."""
    holders: dict[str, str] = {}
    for file in files:
        own = [*file.scenario.beliefs, *file.scenario.pools]
        holders = {holder: Names.of(file.scenario).holder(holder) for holder in own} | holders
    asked = {point.beliefs for point in points}
    numbers = {path: wording.place(path, files[0].scenario) for path in points[0].set_}
    return {"beliefs": {holder: holders[holder] for holder in holders if holder in asked}, "set": numbers}


def _as_csv(answer: Mapping[str, Any]) -> str:
    """Return a row a point as CSV, what lies inside another key by names joined by dots."""
    import pandas as pd

    table = pd.json_normalize(answer.get("points") or answer["years"])
    return csv_of(table.columns, table.itertuples(index=False))
