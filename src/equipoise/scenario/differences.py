"""What differs between two scenarios, as changes that can be made one by one.

Two scenarios are held side by side as they are played: what is only said (names, reasons, claims) is left out. A number
that differs is a change of its own; what else differs in a named part (an event, a strategy, a tie) is one change. What
cannot be without another goes with it: an added force with its standings and ties, shares of one region together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.errors import InputError
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.inspection import Inspection
from equipoise.scenario.loading import loads
from equipoise.scenario.model import Part, Scenario
from equipoise.scenario.number import Number
from equipoise.scenario.phrases import listed
from equipoise.scenario.places import places, tie_key, with_numbers
from equipoise.scenario.reading import read
from equipoise.scenario.relations import check_worlds
from equipoise.scenario.resolving import resolve
from equipoise.scenario.writing import to_yaml

Steps = tuple[str | int, ...]
Key = tuple[str, ...]

SAID = frozenset({
    *("title", "question", "sources", "claims", "because", "name", "label", "what", "host", "invited", "scale"),
    *("reveals", "beliefs", "outlook", "success", "hypotheses", "pools", "seed_questions", "war", "as_of"),
    *("set_", "widen", "at", "outlines"),
})  # fmt: skip
"""Fields of parts that no future hangs on."""
NAMING = ("forces", "patrons", "regions", "events", "talks", "quantities")
"""Sections whose parts others name."""
WHOLE = ("events", "talks", "agreements", "strategies", "seasons")
"""Parts that are one change as soon as more than their numbers differ."""


@dataclass(frozen=True)
class Edit:
    """One place at which the scenarios differ: its steps, and what stands there, None where nothing does."""

    steps: Steps
    before: Any
    after: Any

    @property
    def path(self) -> str:
        """The place as a path."""
        return ".".join(map(str, self.steps))

    @property
    def numeric(self) -> bool:
        """Whether a number stands there in both."""
        return isinstance(self.before, Number) and isinstance(self.after, Number)


@dataclass(frozen=True)
class Change:
    """Edits that are made together, under a name."""

    name: str
    edits: tuple[Edit, ...]

    @property
    def numeric(self) -> bool:
        """Whether nothing but numbers change."""
        return all(edit.numeric for edit in self.edits)


def changes_between(first: Scenario, second: Scenario) -> tuple[Change, ...]:
    """Return what must be changed in one resolved scenario so that it plays as another, in the order of the file."""
    edits = list(_edits(_tree(first), _tree(second), ()))
    named = {str(edit.steps[1]): _part(edit.steps) for edit in edits if _names_a_part(edit)}
    torn = {_part(edit.steps) for edit in edits if not edit.numeric}
    owners = [_owner(edit, named, torn) for edit in edits]
    leaders = {owner: owner for owner in owners}

    def leader(owner: Key) -> Key:
        while leaders[owner] != owner:
            owner = leaders[owner]
        return owner

    for edit, owner in zip(edits, owners, strict=True):
        for name in named.keys() & set(_words_in((edit.before, edit.after))):
            leaders[leader(owner)] = leader(named[name])
    groups: dict[Key, list[Edit]] = {}
    for edit, owner in zip(edits, owners, strict=True):
        groups.setdefault(leader(owner), []).append(edit)
    return tuple(Change(".".join(key), tuple(group)) for key, group in groups.items())


def by_part(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes with the numbers of each named part taken together."""
    groups: dict[str, list[Edit]] = {}
    for change in changes:
        name = ".".join(map(str, _part(change.edits[0].steps))) if change.numeric else change.name
        groups.setdefault(name, []).extend(change.edits)
    return tuple(Change(name, tuple(edits)) for name, edits in groups.items())


def together(changes: Iterable[Change]) -> Change:
    """Return changes as one."""
    held = tuple(changes)
    return Change(
        " + ".join(change.name for change in held), tuple(e for change in held for e in change.edits)
    )


def blended(first: Scenario, changes: Iterable[Change]) -> Scenario:
    """Return a resolved scenario with some changes made; nobody holds beliefs in it.

    Raises:
        InputError: the changes do not make a scenario that can be played without others.
    """
    edits = [edit for change in changes for edit in change.edits]
    numbers = {edit.path: edit.after for edit in edits if edit.numeric}
    structural = [edit for edit in edits if not edit.numeric]
    if structural:
        tree = _tree(first)
        for edit in structural:
            _apply(tree, edit)
        data = {**tree, "title": first.title, "ties": list(tree.get("ties", {}).values())}
        made = Scenario.model_validate(data)
        loads(to_yaml(_with_one_voice(made)))  # refuses what is no scenario
        first = resolve(made)
    made = with_numbers(first.model_copy(update={"beliefs": {}}), numbers)
    inspection = Inspection(read("set: {}"))
    check_worlds(inspection, ("set",), made)
    if inspection.problems:
        raise InputError(inspection.problems[0].message)
    return made


def _with_one_voice(scenario: Scenario) -> Scenario:
    """Return a scenario with what the first holder of a pool says wherever they differ, as a file can state it."""
    mixed = {path: number.mix[0] for path, number in places(scenario).items() if number.mix}
    return with_numbers(scenario, mixed)


def said(change: Change, first: Scenario, second: Scenario) -> str:
    """Say a change in words: `the chance a year, as things stand, of a fall of the Crown: 0.3 → 0.5`."""
    parts: dict[Key, list[Edit]] = {}
    texts = []
    for edit in change.edits:
        if edit.numeric:
            texts.append(f"{wording.place(edit.path, second)}: {_numbers_said(edit.before, edit.after)}")
        else:
            parts.setdefault(_part(edit.steps), []).append(edit)
    whole = {part for part, edits in parts.items() if any(edit.steps == part for edit in edits)}
    naming = {str(part[1]) for part in whole if part[0] in NAMING}
    for part, edits in parts.items():
        incidental = all(naming & {str(step) for step in edit.steps[2:]} for edit in edits)
        if part in whole or not incidental:
            texts.append(_part_said(part, edits, first, second))
    return "; ".join(dict.fromkeys(texts))


def _numbers_said(before: Number, after: Number) -> str:
    """Say two numbers in six digits; in all where they would read alike, or need a power of ten."""
    short = before.written(6), after.written(6)
    plain = short[0] != short[1] and "e+" not in "".join(short)
    return " → ".join(short if plain else (before.text, after.text))


def _part_said(part: Key, edits: list[Edit], first: Scenario, second: Scenario) -> str:
    """Say that a named part was added, taken out, or is written otherwise, and in which of its keys."""
    whole = next((edit for edit in edits if edit.steps == part), None)
    if whole is not None and whole.before is None:
        return f"{_noun(part, second)} is added"
    if whole is not None and whole.after is None:
        return f"{_noun(part, first)} is taken out"
    keys = dict.fromkeys(str(edit.steps[len(part)]) for edit in edits if len(edit.steps) > len(part))
    return f"{_noun(part, second)} is written otherwise ({listed(list(keys))})"


def _noun(part: Key, scenario: Scenario) -> str:
    """Return what a named part is called in a sentence."""
    section, name = part[0], str(part[-1])
    match section:
        case "events" | "talks" | "agreements":
            return f"the {section[:-1]} {Names.of(scenario).quoted_event(name)}"
        case "forces" | "patrons":
            return Names.of(scenario).within(name)
        case "ties":
            return f"the tie between {Names.of(scenario).tie(name)}"
        case "regions":
            return Names.of(scenario).inside(name)
        case "quantities":
            return f"the shared quantity “{Names.of(scenario).quantity(name)}”"
        case "strategies":
            patron = Names.of(scenario).within(str(part[1]))
            own = Names.of(scenario).quoted(name) if part[1] == scenario.focus else name
            return f"the strategy {own} of {patron}"
        case "dynamics":
            return f"the season “{name}”" if len(part) > 1 else "what holds for the whole country"
    return f"the {section}"


def _tree(item: Any) -> Any:
    """Return a part as plain data with its numbers whole, ties by name, and without what is only said."""
    if isinstance(item, Number):
        bare = {"claims": (), "because": None, "label": None, "certain": False}
        return item.model_copy(update=bare)
    if isinstance(item, Part):
        found = {
            key: _tree(value)
            for key, field in item.attributes().items()
            if field not in SAID and (value := getattr(item, field)) is not None
        }
        if isinstance(item, Scenario):
            found["ties"] = {
                tie_key(tie): {**_tree(tie), "between": sorted(tie.between)} for tie in item.ties
            }
        return found
    if isinstance(item, dict):
        return {str(key): _tree(value) for key, value in item.items()}
    if isinstance(item, tuple):
        return [_tree(value) for value in item]
    return item


def _edits(before: Any, after: Any, steps: Steps) -> Iterator[Edit]:
    if before == after or (steps and steps[-1] == "does"):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _edits(before.get(key), after.get(key), (*steps, key))
        return
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        inside = [edit for n, pair in pairs for edit in _edits(*pair, (*steps, n))]
        if all(edit.numeric for edit in inside):
            yield from inside
            return
    yield Edit(steps, before, after)


def _apply(tree: Any, edit: Edit) -> None:
    way, last = edit.steps[:-1], edit.steps[-1]
    for step in way:
        tree = tree.setdefault(step, {}) if isinstance(tree, dict) else tree[step]
    if edit.after is None:
        del tree[last]
    else:
        tree[last] = edit.after


def _part(steps: Steps) -> Key:
    """Return the named part that a place is in."""
    deep = {"strategies": 3, "dynamics": 3 if steps[1:2] == ("seasons",) else 1, "calendar": 1, "focus": 1}
    return tuple(map(str, steps[: deep.get(str(steps[0]), 2)]))


def _names_a_part(edit: Edit) -> bool:
    """Whether a part that others may name is there in one of the scenarios only."""
    return edit.steps[0] in NAMING and len(edit.steps) == 2 and None in (edit.before, edit.after)


def _owner(edit: Edit, named: Mapping[str, Key], torn: set[Key]) -> Key:
    """Return what an edit is part of: a new part that it is about, its own part, or itself alone."""
    steps = edit.steps
    about = str(steps[1]).split("|") if steps[0] == "ties" else [str(step) for step in steps[2:]]
    for step in about:
        if step in named:
            return named[step]
    if steps[0] == "forces" and steps[2:3] == ("control",):
        return ("control", str(steps[3]))
    part = _part(steps)
    kind = "seasons" if part[1:2] == ("seasons",) else part[0]
    if edit.numeric and not (kind in WHOLE and part in torn):
        return tuple(map(str, steps))
    return part


def _words_in(item: Any) -> Iterator[str]:
    """Yield every word that could be a name."""
    if isinstance(item, Number):
        yield from item.refers
    elif isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for key, value in item.items():
            yield from str(key).split("|")
            yield from _words_in(value)
    elif isinstance(item, list | tuple):
        for value in item:
            yield from _words_in(value)
