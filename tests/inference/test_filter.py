"""The particle filter on whole random scenarios: against the reference, against brute force, and against itself."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import equipoise.futures.particles as particles
from equipoise.errors import InputError
from equipoise.inference.filter import systematic
from equipoise.inference.updating import ENOUGH, Seeing, unexplained
from equipoise.world.calendar import NEVER
from equipoise.world.compile import World
from seeing import over, put, put_plainly, seeing, seen, still, week

sys.path.insert(0, str(Path(__file__).parents[1] / "world"))
from random_scenarios import random_scenario, restless_scenario


def played(made: Seeing, futures: int, chance: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and weeks of dated events of one future in each state, played straight through."""
    plain = made.player.play(made.prepared, np.arange(futures) * chance, chance=chance, first_state=0)
    return plain.outcomes, plain.weeks[made.player.groups.of]


def things(world: World, rng: np.random.Generator, made: Seeing) -> list[dict[str, Any]]:
    """Return what may be seen in a random scenario: of each kind what some future of its own does."""
    outcomes, weeks = played(made, 64)
    future = int(rng.integers(64))
    items: list[dict[str, Any]] = []
    for k, item in enumerate(world.drawn):
        at = int(weeks[0, k, future])
        if at < world.weeks - 1 and rng.random() < 0.4:
            items.append({"on": week(at), ("deal" if item.talk else "happened"): item.name})
        elif at >= 4 and rng.random() < 0.4:
            items.append({"by": over(min(at, 4)), "not-happened": item.name})
    for name in (world.occurrences[n].name for n in world.triggered):
        at = int(outcomes[0, made.player.columns[f"event.{name}"], future])
        if 0 <= at < world.weeks - 1:
            items.append({"on": week(at), "happened": name})
        elif at < 0:
            items.append({"by": over(5), "not-happened": name})
    for name in world.forces:
        at = int(outcomes[0, made.player.columns[f"fallen.{name}"], future])
        items.append(
            {"on": week(at), "fell": name} if 0 <= at < world.weeks - 1 else {"by": over(5), "stands": name}
        )
    return items


@pytest.mark.parametrize("drawn", [random_scenario, restless_scenario])
def test_without_observations_no_number_changes(drawn: Any) -> None:
    for seed in range(3):
        made = seeing(drawn(seed), 300)
        found, futures = made.update(())
        assert (found.log_probability, found.effective) == (0.0, pytest.approx(300))
        on, (outcomes, weeks) = futures.go_on(), played(made, 300)
        assert np.array_equal(on.outcomes, outcomes, equal_nan=True)
        assert np.array_equal(np.minimum(on.weeks, made.world.weeks), np.minimum(weeks, made.world.weeks))


@pytest.mark.parametrize("drawn", [random_scenario, restless_scenario])
def test_the_kernel_filters_as_the_reference_does(drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities, resampling and all; copies keep their dates here, as the reference's do."""
    monkeypatch.setattr(particles, "renewable", lambda *_: set())
    told = 0
    for seed in range(6):
        data = drawn(seed)
        made = seeing(data, 400)
        items = things(made.world, np.random.default_rng(seed), made)[:5]
        force = made.world.forces[0]
        items.append({"on": week(4), "power": force, "is": 0.5, "error": 0.3})
        items.append(
            {"on": week(6), "standing": made.world.patrons[-1], "with": force, "is": 0.4, "error": 0.3}
        )
        _, kernel, _ = put(data, 400, *items)
        reference, _ = put_plainly(data, 400, *items)
        if kernel.log_probability == -math.inf:
            assert reference.log_probability == -math.inf
            continue
        told += 1
        assert kernel.log_probability == pytest.approx(reference.log_probability, abs=2e-3), seed
        assert kernel.effective == pytest.approx(reference.effective, rel=2e-3)
        assert (kernel.origin == reference.origin).mean() > 0.99
    assert told >= 3


def test_threads_and_blocks_change_no_number() -> None:
    data, items = random_scenario(2), [{"on": week(4), "power": "crown", "is": 0.3, "error": 0.05}]
    made, alone, futures = put(data, 700, *items)
    one = futures.go_on()
    with ThreadPoolExecutor(3) as pool:
        many = Seeing(made.player, 700, seed=3, each=pool.map, workers=3)
        found, futures = many.update(seen(made.world.scenario, *items))
        two = futures.go_on()
    assert found.log_probability == alone.log_probability and np.array_equal(found.origin, alone.origin)
    assert np.array_equal(one.outcomes, two.outcomes, equal_nan=True) and np.array_equal(one.weeks, two.weeks)


def agrees(first: float, se_first: float, second: float, se_second: float) -> bool:
    return abs(first - second) < 4 * math.hypot(se_first, se_second) + 1e-6


@dataclass
class Brute:
    """Futures played straight through, of which those are counted that go a way that was seen."""

    played: int = 0
    so: int = 0
    ends: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def add(self, made: Seeing, items: list[dict[str, Any]], many: int) -> None:
        """Play so many futures of a situation on, and keep what becomes of those that go that way."""
        outcomes, weeks = played(made, many)
        so = np.all([_so(made, item, outcomes, weeks) for item in items], axis=0)
        self.played, self.so = self.played + many, self.so + int(so.sum())
        for name in ("payoff", "violence_end", f"power.{made.world.forces[0]}", "order"):
            ends = outcomes[0, made.player.columns[name]][so].astype(float)
            self.ends.setdefault(name, []).append(ends)

    def hold(self, data: Any, items: list[dict[str, Any]], futures: int) -> None:
        """Hold an update by these observations to the share of futures that went that way, and to where they ended."""
        own, found, left = put(data, futures, *items, seed=9)
        share = self.so / self.played
        error = math.sqrt((1 - share) / self.so)
        assert agrees(
            math.log(share), error, found.log_probability, found.se + 1 / math.sqrt(found.effective)
        ), items
        last = left.go_on().outcomes[0].astype(float)
        for name, parts in self.ends.items():
            brute, mine = np.concatenate(parts), last[own.player.columns[name]]
            errors = brute.std() / math.sqrt(self.so), mine.std() / math.sqrt(found.effective)
            assert agrees(brute.mean(), errors[0], mine.mean(), errors[1]), name


def likely(made: Seeing, seed: int, many: int, least: int) -> list[dict[str, Any]]:
    """Return things that may be seen together in at least so many of the futures of a situation."""
    outcomes, weeks = played(made, many)
    so, kept = np.ones(many, bool), []
    for item in things(made.world, np.random.default_rng(seed), made):
        ways = so & _so(made, item, outcomes, weeks)
        if ways.sum() > least:
            so, kept = ways, [*kept, item]
    assert len(kept) >= 2
    return kept


@pytest.mark.parametrize("seed", [0, 1, 3, 7])
def test_what_is_seen_is_as_likely_as_it_is_among_many_futures(seed: int) -> None:
    """The share of prior futures that go that way, and what becomes of them (importance sampling)."""
    data, many, brute = random_scenario(seed), 40_000, Brute()
    made = seeing(data, many, seed=5)
    items = likely(made, seed, many, 400)
    brute.add(made, items, many)
    brute.hold(data, items, 4096)


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1, 3])
def test_what_is_seen_is_as_likely_as_it_is_among_a_million_futures(seed: int) -> None:
    """As above with less seen by chance: what one future in a thousand does, to a few per cent."""
    data, many, brute = random_scenario(seed), 40_000, Brute()
    items = likely(seeing(data, many, seed=5), seed, many, 40)
    for part in range(25):
        brute.add(seeing(data, many, seed=100 + part), items, many)
    assert brute.played == 1_000_000
    brute.hold(data, items, 60_000)


def _so(made: Seeing, item: dict[str, Any], outcomes: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Return in which futures, played straight through, an observation of what happens in time is so."""
    key = next(key for key in ("happened", "not-happened", "deal", "fell", "stands") if key in item)
    name, day = item[key], item.get("on") or item["by"]
    drawn = [one.name for one in made.world.drawn]
    if name in drawn:
        came = weeks[0, drawn.index(name)]
    else:
        row = f"fallen.{name}" if name in made.world.forces else f"event.{name}"
        came = outcomes[0, made.player.columns[row]].astype(int)
        came = np.where(came < 0, NEVER, came)
    n = (day - week(0)).days
    return came == n // 7 if "on" in item else came >= (n + 1) // 7


def test_systematic_resampling_is_by_hand_what_it_is() -> None:
    index, number = systematic(np.array([0.1, 0.5, 0.0, 0.4]), 0.6)  # points 0.15, 0.4, 0.65, 0.9
    assert index.tolist() == [1, 1, 3, 3] and number.tolist() == [0, 1, 0, 1]
    index, _ = systematic(np.full(5, 0.2), 1e-12)
    assert index.tolist() == [0, 1, 2, 3, 4]


def test_another_world_is_not_explained() -> None:
    """Power that swings between a tenth and nine tenths, in a world in which it moves by a hundredth a week."""
    data = still(forces={j: {"volatility": {"national": 0.01}} for j in ("a", "b")})
    swings = [{"on": week(t), "power": "a", "is": 0.5 + 0.4 * (-1) ** t, "error": 0.05} for t in range(1, 6)]
    _, found, _ = put(data, 2048, *swings)
    culprit = unexplained(found)
    assert culprit is not None and culprit.fact.seen.key == "power"
    _, found, _ = put(data, 2048, *({**item, "is": 0.5} for item in swings))
    assert unexplained(found) is None


def test_where_few_futures_are_left_the_fact_that_left_them_is_named() -> None:
    data = still(dynamics={"violence": {"start": [0, 1]}}, forces={"a": {"collapse": {"rate": 0.01}}})
    level = {"on": week(2), "violence": "level", "is": 0.5, "error": 0.001}
    _, found, _ = put(data, 2048, level, {"by": over(5), "stands": "a"})
    culprit = unexplained(found)
    assert found.effective < ENOUGH and culprit is not None and culprit.fact.seen.key == "violence"


def test_copies_draw_their_later_dates_anew() -> None:
    """Of ten futures that fit all others are copies; an event to come is spread over its window all the same."""
    data = still(
        dynamics={"violence": {"start": [0.5, 1.5]}},
        events={"e": {"between": [week(4), week(11)], "probability": 1}},
    )
    _, found, futures = put(data, 2048, {"on": week(2), "violence": "level", "is": 1.0, "error": 0.001})
    assert len(np.unique(found.origin)) < 20
    came = futures.go_on().weeks[0, 0]
    counts = np.bincount(came, minlength=12)[4:]
    assert counts.min() > 150, "256 are expected in each of eight weeks"


def test_what_was_followed_cannot_have_decided_otherwise() -> None:
    data = still(
        events={"e": {"between": [week(0), week(11)], "probability": 0.5, "decided-by": "p"}},
        strategies={"p": {"early": {"engage": {}, "decide": {"e": week(2)}}}},
    )
    made = seeing(data, 256, profiles=[{"p": "early"}])
    with pytest.raises(InputError, match=r"early of p has `e` happen in week 2 .* seen in week 5"):
        made.update(seen(made.world.scenario, {"on": week(5), "happened": "e"}))
    with pytest.raises(InputError, match=r"happen in week 2 .* but it did not come so"):
        made.update(seen(made.world.scenario, {"by": over(5), "not-happened": "e"}))
    found, _ = made.update(seen(made.world.scenario, {"on": week(2), "happened": "e"}))
    assert found.log_probability == 0


def test_what_was_decided_may_have_been_kept_from_coming_by_its_conditions() -> None:
    """Decided for week 2, but only above a level of violence that three states in ten are below."""
    data = still(
        dynamics={"violence": {"start": [0, 1]}},
        events={"e": {"when": {"violence": "level", "above": 0.3}, "decided-by": "p"}},
        strategies={"p": {"early": {"engage": {}, "decide": {"e": week(2)}}}},
    )
    made = seeing(data, 2048, profiles=[{"p": "early"}])
    found, futures = made.update(seen(made.world.scenario, {"by": over(5), "not-happened": "e"}))
    assert math.exp(found.log_probability) == pytest.approx(0.3, abs=0.005)
    assert futures.violence().max() <= 0.3
    with pytest.raises(InputError, match=r"happen in week 2 .* seen in week 3"):
        made.update(seen(made.world.scenario, {"on": week(3), "happened": "e"}))
