"""What a search for the best way of engaging found: values, gain, curse, frontier, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from equipoise.draws.estimate import Estimate, estimate
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Strategy
from equipoise.scenario.phrases import listed, quoted
from equipoise.search import judging
from equipoise.search.frontier import unbeaten, without_twins
from equipoise.search.objective import Objective
from equipoise.search.policies import Policies, When, block
from equipoise.search.sample import Means

BEYOND = 2.0
"""Standard errors by which what was found must beat the best named strategy to be recommended in its place."""


@dataclass(frozen=True)
class Judged:
    """Every strategy's value of the metric on both samples.

    Attributes:
        names: named strategies first. named: how many these are.
        training: value where the search took place, by strategy; NaN where undefined.
        blocks: value in each block of the held-out sample [strategies, blocks].
        payoff: mean payoff by state of the held-out sample [strategies, states].
    """

    names: tuple[str, ...]
    named: int
    training: np.ndarray
    blocks: np.ndarray
    payoff: np.ndarray

    def best_named(self, objective: Objective) -> str:
        """Return the named strategy that is best on the held-out sample."""
        means = objective.signed(self.blocks[: self.named]).mean(axis=1)
        return self.names[int(np.argmax(means))]

    def gain(self, objective: Objective, one: str, other: str) -> Estimate:
        """Return how much better one strategy is than another on the held-out sample, above 0 where it is."""
        sign = 1.0 if objective.metric.direction == "higher" else -1.0
        return judging.mean_of_blocks(sign * (self.blocks[self.at(one)] - self.blocks[self.at(other)]))

    def at(self, name: str) -> int:
        """Return the row of a strategy."""
        return self.names.index(name)


def worth_it(gain: Estimate) -> bool:
    """Return whether a way that was found is worth more than a named one beyond twice its error."""
    return gain.mean is not None and gain.mean > BEYOND * (gain.se or 0.0)


def valued(
    objective: Objective, names: Sequence[str], named: int, training: np.ndarray, held_out: Means
) -> Judged:
    """Value strategies on the sample searched on and on the held-out one.

    Args:
        objective: the metric. names: of the strategies, the named ones first. named: how many are named.
        training: what the metric reads [strategies, states] of the one. held_out: outcomes of the other.
    """
    payoff, f = held_out["payoff"], held_out[objective.outcome]
    return Judged(
        tuple(names),
        named,
        objective.on(training[:named]).value(training),
        judging.by_block(objective, f, f[:named], judging.HELD_OUT_BLOCKS),
        payoff,
    )


def frontier_points(names: Sequence[str], named: int, held_out: Means) -> list[dict[str, Any]]:
    """Return influence, regret and cost of every strategy on the held-out sample, and who is on the frontier.

    Args:
        names: the named strategies first. named: how many these are. held_out: outcomes.

    Returns:
        Rows `name`, `named`, `influence`, `regret_p90`, `cost`, `payoff` (each `mean`, `se`, `low`, `high`)
        and `on_frontier`, the most influence first. Regret is against the named strategies.
    """
    payoff, influence = held_out["payoff"], held_out["influence"]
    cost = -(held_out["terms.cost"] + held_out["terms.backing-cost"])
    best = payoff[:named].max(axis=0)
    rows: list[dict[str, Any]] = []
    for d, name in enumerate(names):
        forgone = np.maximum(best - payoff[d], 0.0)
        members = judging.block_members(len(forgone), judging.HELD_OUT_BLOCKS)
        regret = judging.mean_of_blocks(np.array([np.quantile(forgone[at], 0.9) for at in members]))
        found = {"influence": estimate(influence[d]), "regret_p90": regret, "cost": estimate(cost[d])}
        found["payoff"] = estimate(payoff[d])
        rows.append(
            {"name": name, "named": d < named, **{key: value.plain() for key, value in found.items()}}
        )
    goals = np.array([[r["influence"]["mean"], -r["regret_p90"]["mean"], -r["cost"]["mean"]] for r in rows])
    kept = [row["named"] or row["name"] == "found" for row in rows]
    for row, on_frontier in zip(rows, without_twins(goals, unbeaten(goals), kept), strict=True):
        row["on_frontier"] = on_frontier
    return sorted(rows, key=lambda row: -row["influence"]["mean"])


def numbered(
    rows: list[dict[str, Any]], strategies: Mapping[str, Strategy]
) -> tuple[list[dict[str, Any]], dict[str, Strategy]]:
    """Leave out points that turned out not to be on the frontier, and number the others as they stand in it.

    Args:
        rows: of `frontier_points`. strategies: by the names that the rows carry.

    Returns:
        The rows, and the strategies by their new names.
    """
    names, out = {}, []
    for row in rows:
        if row["named"] or row["name"] == "found":
            names[row["name"]] = row["name"]
        elif row["on_frontier"]:
            names[row["name"]] = f"frontier-{sum(n.startswith('frontier-') for n in names.values()) + 1}"
        else:
            continue
        out.append({**row, "name": names[row["name"]]})
    return out, {new: strategies[old] for old, new in names.items()}


@dataclass(frozen=True, eq=False)
class Optimised:
    """The best way of engaging that was found.

    Attributes:
        policies: what was varied, and how strategies are said. aim: the metric.
        chosen: `found`, or the name of a named strategy than which nothing found is worth more beyond twice its
            error: it is then the one to follow.
        searched: `found` where the search came upon another way than the named ones, None where it did not.
        strategies: by name: the named ones, `found`, `frontier-1`, ...
        judged: their values. frontier: their influence, regret and cost, None where not asked for.
        screened: triggers tried with the best value each reached in the first look, best first.
        sizes: states, chance and futures of the three samples.
        seed, with_: as asked. evaluations: candidates evaluated. stopped: True where time ran out.
    """

    policies: Policies
    aim: Objective
    chosen: str
    searched: str | None
    strategies: Mapping[str, Strategy]
    judged: Judged
    frontier: list[dict[str, Any]] | None
    screened: tuple[tuple[When, float], ...]
    sizes: Mapping[str, int]
    seed: int
    with_: Mapping[str, str]
    evaluations: int
    stopped: bool

    def to_dict(self) -> dict[str, Any]:
        """Return everything found, ready for JSON; what is undefined is None."""
        metric, said = self.aim.metric, self.policies.when_words
        best = self.judged.best_named(self.aim)
        return {
            "focus": self.policies.scenario.focus,
            "metric": {
                "name": metric.name, "title": metric.title, "direction": metric.direction,
                "formula": metric.formula, "options": dict(self.aim.options),
            },
            "seed": self.seed,
            "with": dict(self.with_),
            **self.sizes,
            "found": {
                "named": None if self.chosen == "found" else self.chosen,
                **self._strategy(self.chosen, as_name="found"),
                **self._values(self.chosen),
            },
            "best_named": {**self._strategy(best), **self._values(best)},
            "gain": self._gain(self.chosen, best),
            "not_better": self._not_better(best),
            "named": [{**self._strategy(n), **self._values(n)} for n in self.policies.named],
            "triggers": [{"when": said(when), "value": _defined(value)} for when, value in self.screened],
            "frontier": None if self.frontier is None else self._frontier(),
            "evaluations": self.evaluations,
            "notes": self._notes(),
        }  # fmt: skip

    def yaml(self) -> str:
        """Return the found strategy and the frontier as a block to put into the scenario's file."""
        front = {row["name"] for row in self.frontier or [] if row["on_frontier"] and not row["named"]}
        return self.policies.yaml(
            {name: s for name, s in self.strategies.items() if name in front | {"found"}}
        )

    def _strategy(self, name: str, *, as_name: str | None = None) -> dict[str, Any]:
        strategy = self.strategies[name]
        return {
            "name": name,
            "title": self.policies.title(name),
            "words": self.policies.words(strategy),
            "strategy": block(strategy),
            "yaml": self.policies.yaml({as_name or name: strategy}),
        }

    def _values(self, name: str) -> dict[str, Any]:
        at = self.judged.at(name)
        return {
            "training": _defined(self.judged.training[at]),
            "held_out": judging.mean_of_blocks(self.judged.blocks[at]).plain(),
            "payoff": estimate(self.judged.payoff[at]).plain(),
        }

    def _gain(self, one: str, best: str) -> dict[str, Any]:
        """Return how much better one is than the best named (above 0), on both samples."""
        own, other = self.judged.at(one), self.judged.at(best)
        sign = 1.0 if self.aim.metric.direction == "higher" else -1.0
        held_out = self.judged.gain(self.aim, one, best)
        searched = _defined(sign * (self.judged.training[own] - self.judged.training[other]))
        known = searched is not None and held_out.mean is not None
        return {
            "over": best,
            "training": searched,
            "held_out": held_out.plain(),
            "curse": searched - held_out.mean if known else None,  # type: ignore[operator]
            "told_apart": held_out.told_apart,
        }

    def _not_better(self, best: str) -> dict[str, Any] | None:
        """Return what the search came upon where it is not worth more than the named one that is recommended."""
        if self.searched is None or self.chosen == self.searched:
            return None
        return {**self._strategy(self.searched), "gain": self._gain(self.searched, best)}

    def _frontier(self) -> list[dict[str, Any]]:
        return [{**self._strategy(row["name"]), **row} for row in self.frontier or []]

    def _notes(self) -> list[str]:
        names, chosen = Names.of(self.policies.scenario), quoted(self.policies.title(self.chosen))
        out = [f"A {self.aim.metric.direction} value of “{self.aim.metric.title}” is better."]
        if self.chosen != "found" and self.searched is None:
            out.append(
                f"Nothing that was tried does better than {chosen} by more than the error of the sample "
                "that chose among the finalists; it is the simplest of those that do as well."
            )
        elif self.chosen != "found":
            out.append(
                f"Nothing that was found is worth more than {chosen} beyond twice its error; so {chosen}, "
                "which was written down, is recommended."
            )
        extras = [names.quoted(n) for n, s in self.policies.named.items() if s.back or s.decide]
        if extras:
            out.append(
                f"The search varies engagement only. Backing or decisions are part of: {listed(extras)}."
            )
        if not any(s.then for s in self.policies.named.values()) and not self.screened:
            out.append("No trigger was tried.")
        if self.stopped:
            out.append("The time limit ended the search early; a longer one may find better.")
        return out


def _defined(value: float) -> float | None:
    return float(value) if isfinite(value) else None
