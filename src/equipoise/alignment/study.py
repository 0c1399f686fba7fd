"""One study of a network's balance: every measure of this room, and how each varies with uncertain ties.

Balance is a cost and an indicator, never a law: the study says how much tension an alignment carries and
where, not what actors will do. Source: THEORY.md §2(b)-(c).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from equipoise.alignment.balance import (
    actor_balance,
    frustration_index,
    triangle_index,
    triangles,
    walk_balance,
)
from equipoise.alignment.coalitions import ACCOUNTS, MOST_FORCES, Contenders, choices, minimal_winning
from equipoise.alignment.enumeration import best_divisions, least_frustration
from equipoise.alignment.frustration import Frustration, frustration, groups_of
from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.landscape import landscape
from equipoise.alignment.portfolios import hedge_table
from equipoise.alignment.repair import repairs
from equipoise.alignment.situation import Situation, situation_of
from equipoise.alignment.spread import choice_spread, network_spread
from equipoise.draws.values import median as median_of
from equipoise.errors import InputError
from equipoise.one_thread import one_thread
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario

_COUNTED = 16
"""Networks of at most so many actors have their best alignments counted."""
_LISTED = 12
"""So many best alignments at the most are all listed."""


@dataclass(frozen=True)
class BalanceResult:
    """What `study_balance` found; `to_dict` is what `equipoise balance --json` prints."""

    graph: SignedGraph
    content: dict[str, Any] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain data."""
        return self.content


def study_balance(
    source: Scenario | SignedGraph,
    *,
    draws: int = 512,
    seed: int = 1,
    time_limit: float = 60.0,
    quota: float = 0.5,
    progress: Callable[[int, int], None] | None = None,
) -> BalanceResult:
    """Study the balance of a scenario's ties or of a network.

    Args:
        source: a checked scenario, or a network (then there is nothing uncertain, and neither hedges nor
            coalitions).
        draws: of what is uncertain.
        seed: of the draws.
        time_limit: seconds for each integer programme.
        quota: the share of all power that a coalition must exceed to win.
        progress: called with draws solved and to be solved, over both readings of the ties.

    Raises:
        InputError: an option out of range.
    """
    with one_thread():  # eigenvalues wait longer on several busy processors than they take on one
        return _studied(source, draws, seed, time_limit, quota, progress or (lambda done, wanted: None))


def _studied(
    source: Scenario | SignedGraph,
    draws: int,
    seed: int,
    time_limit: float,
    quota: float,
    progress: Callable[[int, int], None],
) -> BalanceResult:
    started = time.monotonic()
    if isinstance(source, SignedGraph):
        graph, content = source, _network(source, time_limit)
    else:
        drawn = situation_of(source, draws=draws, seed=seed)
        median = replace(situation_of(source), power=drawn.power.mean(axis=0, keepdims=True))
        graph = SignedGraph(median.actors, median.ties[0])
        content = _network(graph, time_limit)
        content |= _scenario(source, median, drawn if drawn.uncertain else None, seed, time_limit, progress)
        content["events"] = _events(source, graph, time_limit)
        content["coalitions"] = _coalitions(median, drawn if drawn.uncertain else None, quota)
    return BalanceResult(graph, content | {"seconds": round(time.monotonic() - started, 3)})


def measures(graph: SignedGraph, *, value: float) -> dict[str, float | None]:
    """Return the measures of balance of a network whose frustration index is `value`."""
    return {
        "triangle_index": triangle_index(graph),
        "triangle_index_weighted": triangle_index(graph, weighted=True),
        "walk_balance": walk_balance(graph),
        "walk_balance_weighted": walk_balance(graph, weighted=True),
        "frustration": value,
        "frustration_index": frustration_index(value, graph.total),
    }


def _network(graph: SignedGraph, time_limit: float) -> dict[str, Any]:
    best = frustration(graph, time_limit=time_limit)
    signs = SignedGraph(graph.actors, np.sign(graph.weights))
    by_count = best if signs == graph else frustration(signs, time_limit=time_limit)
    count, balanced = triangles(graph)
    return {
        "network": {
            "actors": list(graph.actors),
            "ties": [{"between": [tie.first, tie.second], "weight": tie.weight} for tie in graph.ties],
            "hostile": sum(tie.weight < 0 for tie in graph.ties),
            "weight": graph.total,
        },
        "triangles": {"all": count, "balanced": balanced},
        "measures": measures(graph, value=best.value)
        | {
            "frustrated_ties": by_count.value,
            "frustrated_ties_proved": by_count.proved,
            "frustrated_ties_index": frustration_index(by_count.value, len(graph.ties)),
        },
        "actor_balance": actor_balance(graph, weighted=True),
        "frustration": best.to_dict() | _alignments(graph, best),
        "repairs": repairs(graph, best=best, time_limit=time_limit).to_dict(),
        "landscape": landscape(graph, time_limit=time_limit).to_dict(),
        "uncertainty": None,
        "notes": _notes(graph, len(best.groups), best.proved and by_count.proved),
    }


def _alignments(graph: SignedGraph, best: Frustration) -> dict[str, Any]:
    """Return how many alignments of the tied actors are best, and which, camps by group of tied actors.

    Both are None for networks too large to count in; where there are more than a few, `equally_good` is.
    """
    tied = graph.subgraph(a for a, row in zip(graph.actors, graph.weights, strict=True) if np.any(row))
    if len(tied.actors) > _COUNTED:
        return {"alignments": None, "equally_good": None}
    combined = max(len(best.groups) - 1, 0)  # a group's camps change names on their own
    count = least_frustration(tied.weights)[2] >> combined
    if count > _LISTED:
        return {"alignments": count, "equally_good": None}
    found = [groups_of(tied, sides) for sides in best_divisions(tied.weights, count << combined)]
    others = [groups for groups in dict.fromkeys(found) if groups != best.groups]
    listed = [[[list(camp) for camp in camps] for camps in groups] for groups in (best.groups, *others)]
    return {"alignments": count, "equally_good": listed}


def _notes(graph: SignedGraph, groups: int, proved: bool) -> list[str]:
    notes = []
    if not proved:
        notes.append(
            "Time ran out before the frustration index was proved; it lies between the bound and the value."
        )
    free = [a for a, row in zip(graph.actors, graph.weights, strict=True) if not np.any(row)]
    if free:
        notes.append(f"No tie is stated for {', '.join(free)}; no measure here says anything of them.")
    if groups > 1:
        notes.append(
            f"The ties fall into {groups} groups that no tie connects: how the camps of one combine with "
            "those of another is arbitrary, and each stable alignment is listed once for every combination."
        )
    if not triangles(graph)[0] and graph.ties:
        notes.append("No three actors are all tied to each other, so the triangle index is undefined.")
    return notes


def _scenario(
    scenario: Scenario,
    median: Situation,
    drawn: Situation | None,
    seed: int,
    time_limit: float,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Return what only a scenario has: both readings of its ties under uncertainty, power, hedges."""
    power = dict(zip(median.forces, median.power[0].tolist(), strict=True))
    forces = SignedGraph(median.forces, median.among(median.forces)[0])
    standings = _network(SignedGraph(median.actors, median.weights(standing=True)[0]), time_limit)
    stated = None
    if drawn is not None:
        draws, spread = len(drawn.ties), partial(network_spread, drawn, seed=seed, time_limit=time_limit)
        stated = spread(standing=False, step=lambda k: progress(k, 2 * draws))
        standings["uncertainty"] = spread(standing=True, step=lambda k: progress(draws + k, 2 * draws))
    return {
        "focus": scenario.focus,
        "names": {key: Names.of(scenario).actor(key) for key in sorted(scenario.forces | scenario.patrons)},
        "uncertainty": stated,
        "with_standing": standings,
        "power": power,
        "landscape_power": landscape(forces, sizes=power, time_limit=time_limit).to_dict(),
        "hedges": hedge_table(scenario, median, drawn, time_limit=time_limit),
    }


def _contenders(situation: Situation) -> Contenders:
    return Contenders(
        forces=situation.forces,
        power=situation.power,
        ties=situation.among(situation.forces),
        support=situation.standing + situation.backing,
        patron_ties=situation.among(situation.patrons),
    )


def _coalitions(median: Situation, drawn: Situation | None, quota: float) -> dict[str, Any] | None:
    """Return the coalitions under each account, side by side; None for more forces than are enumerated."""
    if len(median.forces) > MOST_FORCES:
        return None
    contenders = _contenders(median)
    winning = minimal_winning(median.forces, median.power[0], quota=quota)
    accounts = {}
    for account in sorted(ACCOUNTS):
        (wanted,) = choices(contenders, account=account, quota=quota)
        spread = None if drawn is None else choice_spread(_contenders(drawn), account, quota)
        accounts[account] = {
            force: choice.to_dict() | {"drawn": None if spread is None else spread[force]}
            for force, choice in wanted.items()
        }
    return {
        "quota": quota,
        "minimal_winning": [coalition.to_dict() for coalition in winning[:32]],
        "minimal_winning_found": len(winning),
        "accounts": accounts,
    }


def _events(scenario: Scenario, graph: SignedGraph, time_limit: float) -> list[dict[str, Any]]:
    """Return, for each event, deal or breach that changes ties, the balance of the network after it."""
    sources = [
        *(("event", name, event.effects) for name, event in sorted(scenario.events.items())),
        *(("deal", name, talk.effects) for name, talk in sorted(scenario.talks.items())),
        *(("breach", name, pact.breach) for name, pact in sorted(scenario.agreements.items())),
    ]
    rows = []
    for kind, name, effects in sources:
        changes = [effect.tie for effect in effects if effect.tie is not None]
        if not changes:
            continue
        weights, touched = np.array(graph.weights), []
        for change in changes:
            a, b = (graph.index(actor) for actor in change.between)
            number, base = (change.set, 0.0) if change.set is not None else (change.add, weights[a, b])
            if number is None:
                raise InputError(f"the tie effect of {name!r} needs `set` or `add`")
            weights[a, b] = weights[b, a] = np.clip(base + median_of(number, scenario.quantities), -1, 1)
            touched.append({"between": sorted(change.between), "weight": float(weights[a, b])})
        after = frustration(SignedGraph(graph.actors, weights), time_limit=time_limit)
        rows.append(
            {"kind": kind, "name": name, "ties": touched, "frustration": after.value, "proved": after.proved}
        )
    return rows
