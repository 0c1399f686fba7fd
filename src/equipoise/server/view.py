"""A view: what somebody asks of a situation, and the readable address it has.

    beliefs=russia & forces.government.collapse.yearly=odds*6 & events.us-exit-later.probability=0.85 & way.mine=…

Beliefs are kept apart from changes, and both from ways of engaging that are added: who believes what, what is taken to
be so, what is done. The order of changes is kept, since it is the order they were made in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from equipoise.errors import InputError
from equipoise.evidence import under_beliefs
from equipoise.findings.goals import is_goal
from equipoise.scenario import Number, Scenario, places, with_numbers
from equipoise.scenario.altering import dated_item
from equipoise.scenario.model import Strategy
from equipoise.scenario.moving import Move, asked_for, moved, refuse_beyond
from equipoise.text import number_in

MOST_CHANGES = 40
MOST_WAYS = 6
LONGEST_VALUE = 400
WAY = "way."
"""Before the name of a way that is added, in an address."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEPT = ":[],*~"
"""What stands in an address as it is, so that people can read it."""


@dataclass(frozen=True)
class View:
    """What is asked: whose beliefs, which numbers are changed (in the order made), which ways are added.

    Attributes:
        beliefs: a holder, or None for the analyst as written.
        changes: by path, a number as the file writes it or a move (`*2`).
        ways: by name, shares of engagement by force.
    """

    beliefs: str | None = None
    changes: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> View:
        """Return the view that the keys and values of an address ask for.

        Raises:
            InputError: a key or a value is none of a view, or there are too many.
        """
        beliefs, changes, ways = None, {}, {}
        for key, value in pairs:
            if len(key) > LONGEST_VALUE or len(value) > LONGEST_VALUE:
                raise InputError(f"a part of the address is longer than {LONGEST_VALUE} letters")
            if key == "beliefs":
                beliefs = value or None
            elif key.startswith(WAY):
                ways[key.removeprefix(WAY)] = _shares(value)
            elif "." in key:
                changes[key] = value
            else:
                raise InputError(f"an address has no part called {key!r}")
        return cls(beliefs, changes, ways).checked()

    def checked(self) -> View:
        """Return the view if it is one.

        Raises:
            InputError: there is too much of something, or a way has a name that is none.
        """
        if len(self.changes) > MOST_CHANGES or len(self.ways) > MOST_WAYS:
            raise InputError(
                f"at most {MOST_CHANGES} changes and {MOST_WAYS} ways of your own can be looked at together"
            )
        for path in self.changes:
            if "." not in path or path.startswith(WAY):  # in an address it would be beliefs, or a way
                raise InputError(f"the scenario has no number at {path}")
        for name, shares in self.ways.items():
            if not _NAME.fullmatch(name):
                raise InputError(f"a way is called by small letters, digits and hyphens; given {name!r}")
            if any(not 0 <= share <= 1e6 for share in shares.values()) or not sum(shares.values()):
                raise InputError(f"the shares of {name!r} must not be negative, and one must be above 0")
        return self

    @property
    def address(self) -> str:
        """The view as the query of an address."""
        parts = [("beliefs", self.beliefs)] if self.beliefs else []
        parts += list(self.changes.items())
        parts += [(f"{WAY}{name}", _said(shares)) for name, shares in self.ways.items()]
        return "&".join(f"{quote(key, safe='.')}={quote(str(value), safe=KEPT)}" for key, value in parts)

    def doing(self, ways: Mapping[str, Mapping[str, float]]) -> View:
        """Return the view with these ways in place of its own: only views of the same ways can be compared."""
        return View(self.beliefs, self.changes, ways)

    @property
    def dates(self) -> dict[str, str]:
        """The dates that events and talks are given, by path (`events.a.on`)."""
        return {path: text for path, text in self.changes.items() if dated_item(path) is not None}

    @property
    def as_written(self) -> View:
        """The view with beliefs and changes taken off; what is done stays."""
        return View(ways=self.ways)

    def only(self, paths: Iterable[str], *, beliefs: bool = True) -> View:
        """Return the view with some of its changes, and with its beliefs or without."""
        kept = set(paths)
        changes = {path: value for path, value in self.changes.items() if path in kept}
        return View(self.beliefs if beliefs else None, changes, self.ways)

    def differing(self, base: View) -> tuple[str, ...]:
        """Return what differs from another view: `beliefs` and paths, those of this view in the order made."""
        paths = dict.fromkeys([*self.changes, *base.changes])
        differ = [path for path in paths if self.changes.get(path) != base.changes.get(path)]
        return (*(("beliefs",) if self.beliefs != base.beliefs else ()), *differ)

    def towards(self, base: View, keys: Iterable[str]) -> View:
        """Return another view with some of what differs as this one has it; ways are this one's."""
        beliefs, changes = base.beliefs, dict(base.changes)
        for key in keys:
            if key == "beliefs":
                beliefs = self.beliefs
            elif key in self.changes:
                changes[key] = self.changes[key]
            else:
                changes.pop(key, None)
        return View(beliefs, changes, self.ways)

    def with_change(self, path: str, text: str) -> View:
        """Return the view with one number changed otherwise."""
        return View(self.beliefs, {**self.changes, path: text}, self.ways)

    def situation(self, believed: Believed) -> Situation:
        """Return the situation as this view has it.

        Args:
            believed: the situation as its holder believes it to be, with the view's dates.

        Raises:
            InputError: a path, a number or a force that is none.
        """
        numbers = {}
        for path, text in self.changes.items():
            if path in self.dates:
                continue
            if path not in believed.numbers:
                raise InputError(f"the scenario has no number at {path}")
            asked = asked_for(text)
            number = moved(path, believed.numbers[path], asked) if isinstance(asked, Move) else asked
            refuse_beyond(path, number)
            numbers[path] = number
        scenario = with_numbers(_with_ways(believed.scenario, self.ways), numbers)
        goals = tuple(path for path in numbers if is_goal(path, scenario.focus))
        rest = View(
            self.beliefs, {key: text for key, text in self.changes.items() if key not in goals}, self.ways
        )
        return Situation(
            scenario,
            numbers,
            {**believed.numbers, **numbers},
            View(None, self.dates, self.ways).address,
            rest.address,
            goals,
        )


@dataclass(frozen=True)
class Believed:
    """A situation as somebody believes it to be, and its numbers by path."""

    scenario: Scenario
    numbers: Mapping[str, Number]

    @classmethod
    def by(cls, holder: str | None, written: Scenario) -> Believed:
        """Lay a holder's beliefs over the situation as written.

        Raises:
            InputError: nobody of that name holds beliefs.
        """
        scenario = under_beliefs(written, holder)
        return cls(scenario, places(scenario))


@dataclass(frozen=True)
class Situation:
    """A situation as a view has it.

    Attributes:
        scenario: with the view's numbers and ways. numbers: those the view changes, moves carried out.
        everything: every number by path.
        structure: what it has in common with all situations that differ from it in numbers alone.
        but_for_goals: with all that differ from it in the focus patron's goals alone. goals: those it changes.
    """

    scenario: Scenario
    numbers: Mapping[str, Number]
    everything: Mapping[str, Number]
    structure: str
    but_for_goals: str
    goals: tuple[str, ...]


def _shares(text: str) -> dict[str, float]:
    """Return shares by force, written `government:0.6,taliban:0.4`."""
    out = {}
    for part in text.split(","):
        force, _, share = part.partition(":")
        try:
            out[force] = number_in(share)
        except ValueError:
            raise InputError(f"shares are written force:0.6,force:0.4; given {text!r}") from None
    return out


def _said(shares: Mapping[str, float]) -> str:
    return ",".join(f"{force}:{share:g}" for force, share in shares.items())


def _with_ways(written: Scenario, ways: Mapping[str, Mapping[str, float]]) -> Scenario:
    if not ways:
        return written
    own = dict(written.strategies[written.focus])
    for name, shares in ways.items():
        unknown = sorted(set(shares) - set(written.forces))
        if unknown:
            raise InputError(f"no force is called {unknown[0]!r}; there is: {', '.join(written.forces)}")
        if name in own:
            raise InputError(f"{name!r} is a way of the scenario's own; call yours something else")
        engage = {force: float(share) for force, share in shares.items() if share > 0}
        own[name] = Strategy.model_validate({"name": name.replace("-", " ").capitalize(), "engage": engage})
    return written.model_copy(update={"strategies": {**written.strategies, written.focus: own}})
