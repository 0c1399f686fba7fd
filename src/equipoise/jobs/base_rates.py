"""Base rates: how often such things happen in civil wars at large, and in the classes of wars a scenario is one of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from equipoise.errors import InputError
from equipoise.jobs.answer import Answer, headed, header
from equipoise.jobs.sources import Source, known, load
from equipoise.scoring import base_rates as rates
from equipoise.scoring.base_rates import COUNTED, KINDS, SOURCE, BaseRate, Wars
from equipoise.scoring.reference import AGES, SINCE_THE_COLD_WAR, WHOLE_PERIOD, reference_classes

ALLOWED = {"over": rates.Over, "intensity": rates.Intensity, "troops": rates.Troops, "rebels": rates.Rebels}
OVERVIEW = (
    "government-falls", "rebels-gone", "war-ends", "agreement", "falls-after-withdrawal", "support-stops",
    "supports-the-new-government",
)  # fmt: skip
"""The kinds shown where none is asked for."""


def base_rates(
    source: Source | None = None,
    what: str | None = None,
    *,
    over: rates.Over | None = None,
    intensity: rates.Intensity | None = None,
    troops: rates.Troops | None = None,
    rebels: rates.Rebels | None = None,
    age: tuple[int, int] | None = None,
    period: tuple[int, int] | None = None,
) -> Answer:
    """Say how often such things happen, each as a number with its interval, ready to paste into a scenario.

    Args:
        source: a scenario: its own reference classes, wide and narrow, by what it says. Without one, what is
            described by the other arguments, each alone and all together; all kinds, by common classes, if none is
            given.
        what: one kind of event only (`government-falls`, ...).
        over: the class of wars (`scoring.base_rates.Wars`), likewise intensity, troops, rebels, age and period.

    Returns:
        `rates`: each what `BaseRate.to_dict` gives, with `force` and `because` where a scenario is given; `source`:
        the source to paste beside them; `kinds`: every kind there is, with what it means. Without a scenario the
        header names the tables in its place.

    Raises:
        InputError: of the scenario, an unknown kind, a class that the data cannot tell or that is empty, or a class
            beside a scenario, which has its own.
    """
    asked = {"what": what, "over": over, "intensity": intensity, "troops": troops, "rebels": rebels,
             "age": age and list(age), "period": period and list(period)}  # fmt: skip
    described = {key: value for key, value in asked.items() if key != "what" and value is not None}
    meant = {kind: how.says for kind, how in KINDS.items()} | COUNTED
    if what is not None:
        known("kind of event", what, meant)
    for key in ALLOWED.keys() & described.keys():
        known(key, str(described[key]), get_args(ALLOWED[key]))
    if source is None:
        title = "Internal wars since 1946 (UCDP)"
        head = headed("base_rates", title=title, sha256=rates.sha256(), focus=None, seed=None, **asked)
        wars = Wars(over, intensity, troops, rebels, age, period or Wars().period)
        found = [one.to_dict() for one in (_class(what, wars) if described else _overview(what))]
    else:
        if described:
            raise InputError(
                f"a scenario says itself what kind of war it is (its `war`); leave out {', '.join(described)}"
            )
        file = load(source)
        head = header("base_rates", file, seed=None, **asked)
        found = [row.to_dict() for row in reference_classes(file.scenario) if what in (None, row.rate.kind)]
    return Answer(head, {"rates": found, "source": SOURCE, "kinds": meant})


def _class(what: str | None, wars: Wars) -> Iterator[BaseRate]:
    """Yield the rates of a class: what is fought over alone, each other mark beside it, all of them together."""
    if what in COUNTED:
        raise InputError(f"{what} is counted once and for all; it takes no class of wars")
    kind = what or "government-falls"
    wide = Wars(over=wars.over, period=wars.period)
    marks = [
        replace(wide, **{key: getattr(wars, key)})
        for key in ("intensity", "troops", "rebels", "age")
        if getattr(wars, key) is not None
    ]
    for one in dict.fromkeys((wide, *marks, wars)):
        yield rates.rate(kind, one)


def _overview(what: str | None) -> Iterator[BaseRate]:
    """Yield the rates of common classes, of one kind or of those asked about most."""
    for kind in (what,) if what else OVERVIEW:
        if kind in COUNTED:
            yield from rates.counts(kind)
        else:
            yield from (rates.rate(kind, wars) for wars in _common(kind) if rates.years(kind, wars))


def _common(kind: str) -> Iterator[Wars]:
    """Yield the classes shown where none is asked for."""
    over = [Wars(), Wars(over="government"), Wars(over="territory")]
    falls = kind.startswith("government-falls")
    wide = over[1] if falls else over[0]
    troops: list[rates.Troops] = ["there", "gone-1", "gone-2", "gone-3", "none"]
    if KINDS[kind].table == "rebel_years":
        troops = ["there", "none"]
    yield from over
    yield from (replace(wide, intensity=one) for one in get_args(rates.Intensity))
    yield from (replace(wide, troops=one) for one in troops)
    yield from (replace(wide, rebels=one) for one in get_args(rates.Rebels))
    yield replace(wide, intensity="war", rebels="supported")
    yield from (replace(wide, age=band) for band in AGES)
    yield replace(wide, period=SINCE_THE_COLD_WAR)
    if falls:
        yield replace(wide, period=WHOLE_PERIOD)
        yield from (replace(wide, period=(first, WHOLE_PERIOD[1]), intensity="war") for first in (1946, 1990))
