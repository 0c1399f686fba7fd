"""What stands for a key that a file leaves out, by part and key, as the published schema and the reference say it.

Much of it is no default of a class: it is written out when a scenario is loaded (`resolving`). So a small scenario
that leaves out whatever may be left out is loaded, and what was written out is read off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from equipoise.scenario.checks import check
from equipoise.scenario.number import Number
from equipoise.scenario.resolving import resolve
from equipoise.scenario.strict_part import Part

BARE = """
equipoise: 1
title: Whatever may be left out
focus: p
calendar: {{start: 2001-01-01, weeks: {weeks}}}
regions: {{g: {{}}, h: {{}}}}
forces:
  a: {{control: {{g: 1, h: 1}}, collapse: {{}}}}
  b: {{control: {{}}}}
patrons: {{p: {{}}, q: {{}}}}
dynamics: {{seasons: {{summer: {{between: ["06-01", "08-31"]}}}}}}
events:
  dated:
    effects:
      - {{push: {{a: 0}}}}
      - {{backing: {{p: {{a: {{money: 0}}}}}}}}
  conditional: {{when: {{power: a, above: 0}}}}
talks:
  talk: {{clout: {{a: 1}}, issues: {{issue: {{positions: {{a: 0}}, salience: {{a: 1}}}}}}}}
agreements:
  treaty: {{parties: [a, b], signed: talk, terms: [{{who: a, does: it, event: dated, within: 1}}]}}
strategies: {{p: {{s: {{then: {{when: dated}}}}}}}}
success: [{{violence: level, below: 1}}]
"""
"""Whatever may be left out is; what is worked out from the rest of the file differs with its length."""


@dataclass(frozen=True)
class Each:
    """What stands for every name that a mapping leaves out."""

    value: Any


class Otherwise(Enum):
    """What stands for a key where that is no fixed value."""

    DEPENDS = "on the rest of the file"


def unless_given() -> dict[tuple[str, str], Any]:
    """Return by part and key what stands where the key is left out: a plain value, `Each`, or that it depends.

    Keys for which nothing is written out, and those whose default is a part of its own, are left out.
    """
    first, second = (dict(_read_off(weeks)) for weeks in (10, 20))
    return {at: value if second[at] == value else Otherwise.DEPENDS for at, value in first.items()}


def _read_off(weeks: int) -> Iterator[tuple[tuple[str, str], Any]]:
    written = check(BARE.format(weeks=weeks))
    yield from _compared(written, resolve(written))


def _compared(written: Any, whole: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    """Walk a part as it was written and as it is written out, and yield what was not written."""
    if isinstance(written, Part) and not isinstance(written, Number):
        for key, name in type(written).attributes().items():
            below, full = getattr(written, name), getattr(whole, name)
            if name not in written.model_fields_set and full is not None:
                yield from (((type(written).__name__, key), value) for value in _stands(below, full))
            yield from _compared(below, full)
    elif isinstance(written, dict):
        for key, below in written.items():
            yield from _compared(below, whole[key])
    elif isinstance(written, tuple):
        for below, full in zip(written, whole, strict=True):
            yield from _compared(below, full)


def _stands(written: Any, whole: Any) -> Iterator[Any]:
    """Yield what stands for a key that was not written, if that is not a part of its own or nothing."""
    if isinstance(whole, dict) and whole:
        yield Otherwise.DEPENDS if written is None else Each(_plain(_leaf(whole)))
    elif isinstance(whole, Number | str | int | float):
        yield _plain(whole)
    elif isinstance(whole, tuple) and whole:
        yield whole


def _leaf(named: Any) -> Any:
    """Return what stands under every name of a mapping, through all its depths."""
    return _leaf(next(iter(named.values()))) if isinstance(named, dict) else named


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True) if isinstance(value, Part | Number) else value
