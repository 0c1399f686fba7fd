"""A plain scenario for any year of any war in the panel: nobody chose the case, and nobody judged it.

The file says what the shipped tables record of that year: who fights, who supports whom with what, since when, how hard
and over what. How likely falls and ends of support are is a base rate of the years before. What the tables do not say
(who holds how much, how much luck there is) is one wide range, the same for every war. So whatever such scenarios
foretell better or worse than their base rate is owed to the structure of the model and to no judgement of ours.

The day is 1 January after the year, and nothing is used that came later. docs/unchosen-cases.md says what was chosen.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipoise.scenario.phrases import counted, listed
from equipoise.scoring.base_rates import SOURCE, BaseRate, Over, Wars, claim_line, rate, source_line
from equipoise.scoring.panel import GOVERNMENT, KINDS, PanelYear, Side, stops

MOST_PATRONS = 6
"""Supporters written one by one; where there are more, the rest of each side is one patron."""
FROM = 1946
"""First year of wars counted for the rate of falls."""
REBELS_FROM = 1975
"""First year of rebel forces counted."""
SIDES: tuple[Side, Side] = ("government", "rebels")
ARMS = frozenset("wmf")
"""Weapons, materiel, money: one whole unit of `money`. What else is given, soldiers apart, is half of one."""
Forces = dict[str, tuple[int, str]]
"""The rebel forces by their key in the file: number and name."""
JUDGED = 'because: "judged: the same for every war"'


@dataclass(frozen=True)
class _Patron:
    """A supporter as it is written: `gives` holds the letters of what each force gets, `states` who it is."""

    key: str
    name: str
    states: tuple[str, ...]
    gives: dict[str, str]

    def backs(self, side: Side) -> list[str]:
        return [force for force in self.gives if (force == "government") == (side == "government")]


def fall_rate(stake: Over, year: int) -> BaseRate:
    """Return how often rebels took power in a year of a war over the same, by what was known at the end of a year."""
    return rate("government-falls", Wars(over=stake, period=(FROM, year - 1)))


def unchosen(year: PanelYear) -> str:
    """Return the text of a scenario for the year that follows a year of the panel.

    The same year of the panel gives the same text, whatever came afterwards: its `outcome` is not read, and no row of
    a later year.
    """
    forces = _forces(year)
    patrons = _patrons(year, forces)
    rates = _rates(year, patrons)
    focus = _focus(patrons)
    lines = (
        *_head(year, focus, patrons), *_grounds(year, patrons, forces, rates), *_written_forces(year, forces, rates),
        *_written_patrons(patrons, focus, forces), *_ties(forces), *_events(year, patrons, focus, rates),
        *_strategies(patrons, focus, forces, rates),
    )  # fmt: skip
    return "\n".join(lines) + "\n"


def _forces(year: PanelYear) -> Forces:
    """Return the rebel forces by key: number and name."""
    found = year.forces or ((-1, "The rebels"),)
    taken = {"government"}
    return {_key(name, taken): (dyad, name) for dyad, name in found}


def _key(name: str, taken: set[str]) -> str:
    """Return a key of the file for a name, unlike those taken, and take it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].rstrip("-") or "force"
    key, n = stem, 1
    while key in taken:
        n += 1
        key = f"{stem}-{n}"
    taken.add(key)
    return key


def _patrons(year: PanelYear, forces: Forces) -> list[_Patron]:
    """Return the supporters, the main one first, the least of many put together by side."""
    of_dyad = {dyad: key for key, (dyad, _) in forces.items()}
    given: dict[str, dict[str, str]] = {}
    alone = {one.state for one in year.support if one.alone}
    for one in year.support:
        force = "government" if one.to == GOVERNMENT else of_dyad.get(one.to, next(iter(forces)))
        gives = given.setdefault(one.state, {})
        gives[force] = _joined(gives.get(force, ""), one.kinds)
    order = sorted(given, key=lambda state: (state not in alone, _weight(given[state]), state))
    single = order if len(order) <= MOST_PATRONS else order[: MOST_PATRONS - 1]
    taken = {"government", "outsider", *forces}
    found = [_Patron(_key(state, taken), state, (state,), given[state]) for state in single]
    rest = order[len(single) :]
    groups = [
        ("government", [state for state in rest if "government" in given[state]]),
        ("rebels", [state for state in rest if "government" not in given[state]]),
    ]
    for side, states in groups:
        if states:
            gives = {}
            for force, kinds in (pair for state in states for pair in given[state].items()):
                gives[force] = _joined(gives.get(force, ""), kinds)
            name = states[0] if len(states) == 1 else f"Other supporters of the {side} ({len(states)} states)"
            found.append(_Patron(_key(name, taken), name, tuple(states), gives))
    return found


def _joined(one: str, other: str) -> str:
    return "".join(letter for letter in KINDS if letter in one + other)


def _weight(gives: dict[str, str]) -> tuple[int, int, int]:
    """Return what comes first after support outside coalitions: soldiers, most kinds, the government's side."""
    kinds = "".join(gives.values())
    return -("x" in kinds), -len(set(kinds)), -("government" in gives)


def _rates(year: PanelYear, patrons: Sequence[_Patron]) -> dict[str, BaseRate]:
    """Return the base rates by what they are of, each counted up to what is known at the end of the year."""
    found = {"falls": fall_rate(year.stake, year.year)}
    if year.year > REBELS_FROM:
        found["gone"] = rate("rebels-gone", Wars(period=(REBELS_FROM, year.year - 1)))
    for side in SIDES:
        stop = stops(side, year.year)
        if stop and any(_single(patron) and patron.backs(side) for patron in patrons):
            found[side] = stop
    return found


def _single(patron: _Patron) -> bool:
    return len(patron.states) == 1


def _focus(patrons: Sequence[_Patron]) -> str:
    """Return the patron that is advised: the main supporter, or an outside power where nobody supports anybody."""
    return next((patron.key for patron in patrons if _single(patron)), "outsider")


def _head(year: PanelYear, focus: str, patrons: Sequence[_Patron]) -> Iterator[str]:
    start = f"{year.year + 1}-01-01"
    who = next(
        (patron.name for patron in patrons if patron.key == focus), "An outside power that supports nobody"
    )
    yield f"# {year.location} on 1 January {year.year + 1}: an unchosen case, written by a rule from the panel alone."
    yield "#"
    yield f"# UCDP conflict {year.conflict} in {year.year}. What the panel records of that year stands here; falls and"
    yield "# ends of support are as likely as in the years before; all else is one wide range, the same for every"
    yield "# war. Nothing that came later is used. Make it yours: write what you know better."
    yield "equipoise: 1"
    yield f"title: {_quoted(f'{year.location}, {year.year + 1}: a war over {year.stake}, from the panel alone')}"
    yield f"question: {_quoted(_question(who, focus, patrons))}"
    yield f"focus: {focus}"
    yield f"calendar: {{start: {start}, weeks: 52, as-of: {start}}}"
    gone = f", troops-left: {year.year - year.troops_gone + 1}-01-01" if year.troops_gone else ""
    yield (
        f"war: {{over: {year.stake}, intensity: {year.intensity}, since: {year.year - year.age}-01-01{gone}, "
        f"claims: [war]}}  # of these days only the year is recorded"
    )


def _hard(year: PanelYear) -> str:
    return "1,000 deaths or more" if year.intensity == "war" else "fewer than 1,000 deaths"


def _question(who: str, focus: str, patrons: Sequence[_Patron]) -> str:
    if focus == "outsider":
        return "No state supports anybody here. With whom should an outside power be on terms?"
    return f"Should {who} go on as it does, be on terms with both sides, or stop its support?"


def _grounds(
    year: PanelYear, patrons: Sequence[_Patron], forces: Forces, rates: Mapping[str, BaseRate]
) -> Iterator[str]:
    who = listed([name for _, name in year.forces]) or "Rebels that are no longer counted one by one"
    over = f" What {counted(year.left_out, 'state')} gave rebels whose own fight was over is left out."
    place = f"source: ucdp, at: conflict {year.conflict} in {year.year}"
    yield "\nsources:"
    yield source_line(SOURCE)
    yield "claims:"
    since = f"over {year.stake}, with {_hard(year)}; begun in {year.year - year.age}"
    says = f"{who} fought on in {year.year}, {since}.{over if year.left_out else ''}"
    yield f"  war: {{{place}, type: actor, says: {_quoted(says)}}}"
    for patron in patrons:
        yield f"  by-{patron.key}: {{{place}, type: tie, says: {_quoted(_supports(patron, forces))}}}"
    for one in rates.values():
        yield claim_line(one.claim, one.sentence)


def _supports(patron: _Patron, forces: Forces) -> str:
    names = {key: name for key, (_, name) in forces.items()} | {"government": "the government"}
    gave = "; ".join(f"{_kinds(kinds)} for {names[force]}" for force, kinds in patron.gives.items())
    return f"From {listed(list(patron.states))}: {gave}."


def _kinds(letters: str) -> str:
    return listed([KINDS[letter] for letter in letters]) or "support of a kind not recorded"


def _written_forces(year: PanelYear, forces: Forces, rates: Mapping[str, BaseRate]) -> Iterator[str]:
    many = len(forces)
    low, high = 0.05 / many, 0.5 / many
    luck = f"volatility: {{national: {_between(0.01, 0.04)}}}"
    effect = f"backing-effect: {{troops: {_between(0, 0.02)}, money: {_between(0, 0.01)}}}"
    moved = f"steepness: {_between(0, 4)}, shield: {{troops: {_between(0, 1)}, money: {_between(0, 1)}}}"
    yield "\nregions:\n  country: {name: The whole country, weight: 1, claims: [war]}"
    yield "\nforces:"
    yield "  government:"
    yield f"    name: {_quoted(f'The government of {year.location}')}"
    yield "    incumbent: true"
    yield "    claims: [war]"
    yield f"    control: {{country: {_between(0.5, 0.95)}}}"
    yield f"    momentum: {_between(-0.005, 0.005)}"
    yield f"    {luck}"
    yield f"    {effect}"
    yield f"    collapse: {{yearly: {rates['falls'].number}, {moved}}}"
    for key, (_, name) in forces.items():
        yield f"  {key}:"
        yield f"    name: {_quoted(name)}"
        yield "    claims: [war]"
        yield f"    control: {{country: {_between(low, high)}}}"
        yield f"    {luck}"
        yield f"    {effect}"
        if "gone" in rates:
            yield f"    collapse: {{yearly: {rates['gone'].number}, {moved}}}"


def _between(low: float, high: float) -> str:
    return f"{{uniform: [{low:.3g}, {high:.3g}], {JUDGED}}}"


def _written_patrons(patrons: Sequence[_Patron], focus: str, forces: Forces) -> Iterator[str]:
    yield "\n# Whoever supports a side is on terms with it. 1 of troops: soldiers were sent; 1 of money: weapons,"
    yield "# materiel or money; half of it where only training, ground, intelligence or the like was given, or it is"
    yield "# not recorded what."
    yield "patrons:"
    values = f"    values: {{influence: {{value: 1, {JUDGED}}}, cost: {{value: 0.05, {JUDGED}}}}}"
    if focus == "outsider":
        standing = ", ".join(f"{force}: {_between(0.1, 0.3)}" for force in ("government", *forces))
        yield "  outsider:"
        yield "    name: An outside power that supports nobody"
        yield f"    standing: {{{standing}}}"
        yield values
        yield "    default: as-usual"
    for patron in patrons:
        grounds = f"claims: [by-{patron.key}]"
        standing = ", ".join(f"{force}: {_between(0.5, 0.9)}" for force in patron.gives)
        backing = ", ".join(f"{force}: {_levels(kinds, grounds)}" for force, kinds in patron.gives.items())
        yield f"  {patron.key}:"
        yield f"    name: {_quoted(patron.name)}"
        yield f"    {grounds}"
        yield f"    standing: {{{standing}}}"
        yield f"    backing: {{{backing}}}"
        if patron.key == focus:
            yield values
            yield "    default: as-usual"
        else:
            yield f"    engagement: {{engage: {_each(patron.gives)}}}"


def _levels(kinds: str, grounds: str) -> str:
    """Return the backing of a force with what it was given."""
    levels = {"troops": 1.0} if "x" in kinds else {}
    if kinds != "x":
        levels["money"] = 1.0 if ARMS & set(kinds) else 0.5
    return (
        f"{{{', '.join(f'{channel}: {{value: {level:g}, {grounds}}}' for channel, level in levels.items())}}}"
    )


def _each(forces: Iterable[str]) -> str:
    return f"{{{', '.join(f'{force}: 1' for force in forces)}}}"


def _ties(forces: Forces) -> Iterator[str]:
    yield "\nties:"
    for force in forces:
        yield f"  - {{between: [government, {force}], sign: {{value: -1, claims: [war]}}}}"


def _events(
    year: PanelYear, patrons: Sequence[_Patron], focus: str, rates: Mapping[str, BaseRate]
) -> Iterator[str]:
    found = [
        (patron, side)
        for patron in patrons
        for side in SIDES
        if _single(patron) and side in rates and patron.backs(side)
    ]
    if found:
        yield "\n# A supporter of a side stops within a year as often as supporters did before. Several states taken"
        yield "# together do not all stop at once, so they have no such event."
        yield "events:"
    for patron, side in found:
        whom = "the government" if side == "government" else "the rebels"
        backing = ", ".join(f"{force}: {_none(patron.gives[force])}" for force in patron.backs(side))
        yield f"  {_stop(patron, side)}:"
        yield f"    what: {_quoted(f'{patron.name} ends its support of {whom}')}"
        yield f"    between: [{year.year + 1}-01-01, {year.year + 1}-12-30]"
        yield f"    probability: {rates[side].number}"
        if patron.key == focus:
            yield f"    decided-by: {patron.key}"
        yield f"    effects: [{{backing: {{{patron.key}: {{{backing}}}}}, over: 8}}]"


def _stop(patron: _Patron, side: Side) -> str:
    return f"{patron.key[:40].rstrip('-')}-leaves-{side}"


def _none(kinds: str) -> str:
    levels = [*(["troops: 0"] if "x" in kinds else []), *(["money: 0"] if kinds != "x" else [])]
    return f"{{{', '.join(levels)}}}"


def _strategies(
    patrons: Sequence[_Patron], focus: str, forces: Forces, rates: Mapping[str, BaseRate]
) -> Iterator[str]:
    everybody = ["government", *forces]
    yield "\nstrategies:"
    yield f"  {focus}:"
    if focus == "outsider":
        yield "    as-usual: {engage: {}}"
        yield "    with-the-government: {engage: {government: 1}}"
        yield f"    with-the-rebels: {{engage: {_each(forces)}}}"
        yield f"    with-both: {{engage: {_each(everybody)}}}"
        return
    patron = next(one for one in patrons if one.key == focus)
    own, stop = (
        _each(patron.gives),
        [_stop(patron, side) for side in SIDES if side in rates and patron.backs(side)],
    )
    others = [force for force in everybody if force not in patron.gives]
    gone = ", ".join(f"{force}: {_none(kinds)}" for force, kinds in patron.gives.items())
    never = f", decide: {{{', '.join(f'{event}: never' for event in stop)}}}" if stop else ""
    yield f"    as-usual: {{engage: {own}}}  # it may stop, as often as supporters do"
    yield f"    stand-firm: {{engage: {own}{never}}}"
    if others:
        yield f"    with-everybody: {{engage: {_each(everybody)}{never}}}"
        yield f"    court-the-others: {{engage: {_each(others)}{never}}}"
    yield f"    stop: {{engage: {{}}, back: {{{gone}}}, back-over: 8{never}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
