"""What stands in the way of something that was seen and could not have come: what it requires, excludes or follows.

It is found by taking that away: where the same futures can then go the way that was seen, it stood in the way.
Source: MODEL.md §3 *Dated events*, §5b.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from equipoise.records import Record
from equipoise.scenario.model import Dated, Scenario

KEYS = ("requires", "unless", "after")
"""Keys by which an event or a talk depends on others, so that it cannot come."""


@dataclass(frozen=True)
class Obstacle(Record):
    """What stands in the way of something that was seen: a name under one of its keys.

    Attributes:
        key: `requires`, `unless` or `after`, of the event or talk that was seen. name: the event or talk named there.
    """

    key: str
    name: str


def in_the_way(scenario: Scenario, name: str, passes: Callable[[Scenario], bool]) -> tuple[Obstacle, ...]:
    """Return what keeps an event or a talk from coming as it was seen; nothing where something else does.

    Args:
        scenario: the situation. name: of the event or talk.
        passes: whether it can come as it was seen in another situation.
    """
    section = "talks" if name in scenario.talks else "events"
    items = getattr(scenario, section)
    if name not in items:
        return ()
    all_ = [Obstacle(key, other) for key in KEYS for other in getattr(items[name], key)]

    def passes_without(dropped: Sequence[Obstacle]) -> bool:
        changed = {**items, name: _without(items[name], dropped)}
        return passes(scenario.model_copy(update={section: changed}))

    if not all_ or not passes_without(all_):
        return ()
    alone = [one for one in all_ if passes_without([one])]
    return tuple(alone or (one for one in all_ if not passes_without([o for o in all_ if o != one])))


def _without(item: Dated, dropped: Iterable[Obstacle]) -> Dated:
    """Return an event or a talk that no longer depends on what is dropped."""
    gone = {key: {one.name for one in dropped if one.key == key} for key in KEYS}
    named = {
        key: tuple(a for a in getattr(item, key) if a not in gone[key]) for key in ("requires", "unless")
    }
    after = {a: lag for a, lag in item.after.items() if a not in gone["after"]}
    return item.model_copy(update={**named, "after": after})
