"""What a batch of futures comes to, a few numbers a state: all that is added up over batches, and small enough to send.

What is added up of a run depends on its batches through these alone, so it does not matter on which machine each was
played (`findings.tally`, `futures.cluster`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from equipoise.findings.agreements import SIGNED, Happened, judged
from equipoise.futures.play import Batch
from equipoise.scenario.names import order_names
from equipoise.world.compile import World
from equipoise.world.kernel.compiling import entrance
from equipoise.world.parameters import Parameters
from equipoise.world.player import Player

Rows = dict[tuple, np.ndarray]
"""One number a state [states], by what it is of."""
Weighted = dict[tuple, tuple[np.ndarray, np.ndarray | None]]
"""One number and its weight a state, by what it is of."""
Outcomes = dict[tuple[str, str], np.ndarray]
"""Outcomes of talks [n], by talk and issue."""

SPREAD = ("spread", "hedge_index")
"""Columns that say how effort is spread."""
MORE_THAN = 0.5
"""Share of a state's futures in which a way of engaging succeeds above which it counts as succeeding in the state."""
SLACK = 1e-6
"""Influence at the end is a float32 in the kernel's lanes; what lies this close below the start is the start."""


@dataclass(frozen=True)
class Digest:
    """What one batch comes to.

    Attributes:
        states, chance: how many states, and streams of each.
        payoff: of every future, float32 [profiles, futures]; mean: its means over chance [profiles, states].
        within: sum over states of the variance of payoff over chance [profiles].
        sums: of weekly series [profiles, series, weeks + 1].
        event_weeks, fired_weeks: how many futures a dated event or deal, a triggered event, falls in, by week.
        inputs: the uncertain inputs by path [states].
        rows: what is averaged over states. ratios: what is averaged with weights.
        outcomes: of talks, as far as there are any.
    """

    states: int
    chance: int
    payoff: np.ndarray
    mean: np.ndarray
    within: np.ndarray
    sums: np.ndarray
    event_weeks: np.ndarray
    fired_weeks: np.ndarray
    inputs: dict[str, np.ndarray]
    rows: Rows
    ratios: Weighted
    outcomes: Outcomes


def digest(player: Player, batch: Batch) -> Digest:
    """Return what a batch comes to."""
    means = np.stack([state_sums(profile, batch.chance) for profile in batch.outcomes]) / batch.chance
    at = player.columns["payoff"]
    payoff = player.columns.values(batch.outcomes, "payoff")
    by_state = payoff.reshape(len(payoff), batch.states, batch.chance)
    means[:, at] = by_state.mean(axis=2)
    kept = _kept(player, batch)
    rows = _columns(player, means) | _gaps(means[:, at]) | ends(player, batch)
    rows |= {(d, "kept"): _share(there, batch) for d, there in enumerate(kept)}
    ratios = _influence_by_end(player, batch, kept) | _where_engaged(player, means)
    outcomes: Outcomes = {}
    drawn, fired = _event_weeks(player, batch, rows)
    _add_talks(batch, rows, ratios, outcomes)
    _add_sittings(player, batch, ratios, outcomes)
    _add_terms(player, batch, rows, ratios)
    return Digest(
        batch.states, batch.chance, payoff, means[:, at].copy(),
        by_state.var(axis=2, ddof=1).sum(axis=1) if batch.chance > 1 else np.zeros(len(payoff)),
        batch.sums, drawn, fired, {path: value for path, value in batch.parameters.values.items() if value.ndim},
        rows, ratios, outcomes,
    )  # fmt: skip


def _columns(player: Player, means: np.ndarray) -> Rows:
    """Return the means of the columns that are amounts, not weeks, codes or outcomes of talks."""
    other = ("order", "fallen.", "event.", "sits.", "outcome.", *SPREAD)
    names = player.columns.names
    return {
        (d, name): means[d, n]
        for d in range(len(means))
        for n, name in enumerate(names)
        if not name.startswith(other)
    }


def _where_engaged(player: Player, means: np.ndarray) -> Weighted:
    """Return how effort is spread in the weeks with engagement, and their share of all weeks, in each state.

    The columns are means over all weeks, 0 in those without; the shares that go to each force add up to their share.
    """
    columns, forces = player.columns, player.world.forces
    found: Weighted = {}
    for d, profile in enumerate(means):
        engaged = profile[[columns[f"engaged.{j}"] for j in forces]].sum(axis=0)
        for name in SPREAD:
            spread = np.divide(profile[columns[name]], engaged, out=np.zeros_like(engaged), where=engaged > 0)
            found[d, name] = spread, engaged
    return found


def _gaps(payoff: np.ndarray) -> Rows:
    pairs = combinations(range(len(payoff)), 2)
    return {("gap", one, other): payoff[one] - payoff[other] for one, other in pairs}


def _kept(player: Player, batch: Batch) -> np.ndarray:
    """Return the futures in which influence at the end is no less than at the start, bool [profiles, futures]."""
    start = influence_at_start(player.world, batch.parameters)
    end = batch.outcomes[:, player.columns["influence_end"]]
    return end >= np.repeat(start, batch.chance) - SLACK


def _influence_by_end(player: Player, batch: Batch, kept: np.ndarray) -> Weighted:
    columns, world = player.columns, player.world
    if world.incumbent < 0:
        return {}
    fell = batch.outcomes[:, columns[f"fallen.{world.forces[world.incumbent]}"]] >= 0
    together: np.ndarray = np.asarray(fell.all(axis=0))
    found: Weighted = {}
    for d, outcomes in enumerate(batch.outcomes):
        end = outcomes[columns["influence_end"]].astype(float)
        for key, chosen in (("fell", fell[d]), ("stood", ~fell[d]), ("all_fell", together)):
            found[d, key] = _where(end, chosen, batch)
        found[d, "kept_fell"] = _where(kept[d].astype(float), fell[d], batch)
        found[d, "kept_stood"] = _where(kept[d].astype(float), ~fell[d], batch)
    return found


def _event_weeks(player: Player, batch: Batch, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each event falls in each week; enter the shares of futures in which each comes."""
    weeks, drawn = player.world.weeks, batch.weeks[player.groups.of[0]]
    columns = fired_columns(player)
    found = np.zeros((len(drawn), weeks), np.int64), np.zeros((len(columns), weeks), np.int64)
    for n, week in enumerate(drawn):
        there = (week >= 0) & (week < weeks)
        found[0][n] = np.bincount(week[there], minlength=weeks)
        rows["drawn", n] = _share(there, batch)
    for n, column in enumerate(columns):
        fired = batch.outcomes[0, column].astype(np.int64)
        found[1][n] = np.bincount(fired[fired >= 0], minlength=weeks)
        rows["fired", n] = _share(fired >= 0, batch)
    return found


def fired_columns(player: Player) -> list[int]:
    """Return the columns of outcomes that say when a triggered event came."""
    return [n for n, name in enumerate(player.columns.names) if name.startswith("event.")]


def _add_talks(batch: Batch, rows: Rows, ratios: Weighted, outcomes: Outcomes) -> None:
    """Add talks that hang on the state alone."""
    for talk, issues in batch.parameters.outcomes.items():
        rows["deal", talk] = batch.parameters.deals[talk].astype(float)
        for issue, values in issues.items():
            ratios["issue", talk, issue] = (values, (~np.isnan(values)).astype(float))
            rows["none", talk, issue] = np.isnan(values).astype(float)
            outcomes[talk, issue] = values


def _add_sittings(player: Player, batch: Batch, ratios: Weighted, outcomes: Outcomes) -> None:
    """Add talks that are settled inside the run, as the first strategy has them, in the futures they sit in."""
    columns, first = player.columns, batch.outcomes[0]
    for n, item in enumerate(player.world.drawn):
        if not item.in_run:
            continue
        sat = first[columns[f"held.{item.name}"]] >= 0
        struck = batch.weeks[player.groups.of[0], n] < player.world.weeks
        ratios["deal", item.name] = _where(struck.astype(float), sat, batch)
        for issue in sorted(player.world.scenario.talks[item.name].issues):
            values = first[columns[f"outcome.{item.name}.{issue}"]].astype(float)
            ratios["issue", item.name, issue] = _where(values, ~np.isnan(values), batch)
            ratios["none", item.name, issue] = _where(np.isnan(values).astype(float), sat, batch)
            outcomes[item.name, issue] = values[sat]


def _add_terms(player: Player, batch: Batch, rows: Rows, ratios: Weighted) -> None:
    """Add how often agreements are signed, terms fall due, and are kept where they do."""
    happened = Happened(player, batch.weeks[player.groups.of[0]], batch.outcomes[0])
    for name, agreement in player.world.scenario.agreements.items():
        rows["agreed", name, SIGNED] = _share(happened.there(agreement.signed), batch)
        for n, term in enumerate(agreement.terms):
            found = judged(happened, agreement, term)
            rows["agreed", name, n] = _share(found.due, batch)
            ratios["kept", name, n] = _where(found.kept.astype(float), found.due, batch)


def ends(player: Player, batch: Batch) -> Rows:
    """Return the shares of each state's futures in which a force fell, and that end in each order.

    Keys: `(profile, "fallen", force)`, `(profile, "order", code)`, and, where success is defined,
    `(profile, "succeeds")`: 1 in states in more than half of whose futures it is had.
    """
    columns, forces = player.columns, player.world.forces
    found: Rows = {}
    for d, outcomes in enumerate(batch.outcomes):
        if player.judged is not None:
            found[d, "succeeds"] = (_share(outcomes[player.judged] > 0, batch) > MORE_THAN).astype(float)
        for j in forces:
            found[d, "fallen", j] = _share(outcomes[columns[f"fallen.{j}"]] >= 0, batch)
        for code in range(len(order_names(forces))):
            found[d, "order", code] = _share(outcomes[columns["order"]] == code, batch)
    return found


@entrance
def _add_states(values, chance, out):
    for row in range(values.shape[0]):
        for state in range(out.shape[1]):
            total = 0.0
            for n in range(state * chance, (state + 1) * chance):
                total += values[row, n]
            out[row, state] = total


def influence_at_start(world: World, parameters: Parameters) -> np.ndarray:
    """Return the focus patron's influence before the first week, Σ_g ν_g Σ_j C_gj R_j, in each state [states]."""
    control, standing = parameters.control, parameters.standing[:, world.focus]
    return np.einsum("g,sgj,sj->s", world.interest[world.focus], control, standing)


def state_sums(values: np.ndarray, chance: int) -> np.ndarray:
    """Return the sums over chance, float64 [rows, states], of float32 values [rows, futures]."""
    out = np.empty((len(values), values.shape[1] // chance))
    _add_states(values, chance, out)
    return out


def _share(there: np.ndarray, batch: Batch) -> np.ndarray:
    """Return the share of each state's futures in which something is so."""
    return there.reshape(batch.states, batch.chance).mean(axis=1)


def _where(values: np.ndarray, chosen: np.ndarray, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over the chosen futures of each state, and how many these are; no weight, no value."""
    shape = (batch.states, batch.chance)
    counts = chosen.reshape(shape).sum(axis=1).astype(float)
    total = np.where(chosen, values, 0.0).reshape(shape).sum(axis=1)
    return np.divide(total, counts, out=np.zeros(batch.states), where=counts > 0), counts
