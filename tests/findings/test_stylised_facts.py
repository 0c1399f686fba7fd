"""Signs that the literature expects of the dynamic model, over random draws of its parameters.

Each test states the share of draws in which the sign must hold. THEORY.md §3 gives the facts (H12-H23) and
their sources. The two arms of a draw share every random number, so that a difference is the effect of what
was changed; signs that follow from the equations future by future must hold in every draw, those that compare
means over few futures in nine of ten: the rest is chance of the draw or a saturated outcome.
"""

from datetime import date

import numpy as np
import pytest

from equipoise.alignment.graph import SignedGraph
from equipoise.alignment.hedge import hedge_price
from equipoise.futures.play import Plan, batches
from equipoise.jobs import run as jobs
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player
from situations import certain, duel, with_changes

DRAWS = 30
FUTURES = 256


def played(situation, futures=FUTURES, chance=16, seed=3):
    """Return the outcome columns [strategies, futures] by name, and the weekly means."""
    player = Player(compile_world(load(situation).scenario), seed=seed)
    plan = Plan.of(futures, chance=chance, seed=seed)
    (batch,) = batches(player, plan, workers=1)
    rows = {name: batch.outcomes[:, n].astype(float) for n, name in enumerate(player.columns.names)}
    weeks = {name: batch.sums[:, n] / plan.futures for n, name in enumerate(player.series)}
    return rows, weeks


def share_of(draws, holds):
    """Return the share of draws in which a sign holds; each draw has its own generator."""
    return np.mean([holds(np.random.default_rng([19, n])) for n in range(draws)])


def war(rng, changes=None):
    """Return the duel at random strengths, falls that depend on power and backing, a year long.

    Momentum and rate are drawn as they would be without the south's backing, and stated as things stand, with it.
    """
    backed = duel()["patrons"]["south"]["backing"]["court"]
    momentum, rate = rng.uniform(-0.02, 0.0), rng.uniform(0.01, 0.03)
    shield = {"troops": rng.uniform(0.5, 1.5), "money": rng.uniform(1.0, 2.5)}
    effect = {"troops": rng.uniform(0.01, 0.04), "money": rng.uniform(0.01, 0.03)}
    base = {
        "calendar.weeks": 40,
        "forces.court.control.land": rng.uniform(0.4, 0.6),
        "forces.league.control.land": rng.uniform(0.25, 0.4),
        "forces.clans.control.land": rng.uniform(0.1, 0.2),
        "forces.court.momentum": momentum + sum(effect[c] * backed[c] for c in backed),
        "forces.court.collapse": {
            "rate": rate * np.exp(-sum(shield[c] * backed[c] for c in backed)), "shield": shield,
            "threshold": rng.uniform(0.3, 0.45), "steepness": rng.uniform(1, 4),
            "panic": rng.uniform(0.5, 2.0), "slide": rng.uniform(0, 2),
        },
        "forces.court.backing-effect": effect,
        "forces.league.backing-effect": {"money": rng.uniform(0.02, 0.08)},
        "forces.league.collapse.rate": rng.uniform(0.0, 0.01),
        "strategies.north": {"even": {"engage": {"court": 1, "league": 1, "clans": 1}}},
    }  # fmt: skip
    return with_changes(duel(base), changes or {})


def aid_helps(draws, futures):
    def holds(rng):
        aid = {"engage": {}, "back": {"league": {"money": 0.8}}, "back-over": 1}
        rows, weeks = played(war(rng, {"strategies.north": {"none": {"engage": {}}, "aid": aid}}), futures)
        won = weeks["power.league"]
        first = [
            next((k for k, p in enumerate(arm) if p >= level), 99) for arm in won for level in [won[0].max()]
        ]
        fell = (rows["fallen.court"] >= 0).mean(axis=1)
        return won[1, -1] > won[0, -1] and fell[1] >= fell[0] and first[1] <= first[0]

    return share_of(draws, holds)


def test_aid_to_one_side_raises_its_chance_and_shortens_the_way_to_its_victory():
    """H12: power at the end and the falls of its rival rise, and the power it would have had comes sooner.

    Aid adds to fitness in (2) week by week with the same shocks: it must hold in every draw.
    """
    assert aid_helps(DRAWS, FUTURES) == 1.0


def exit_of(announced):
    """Return events in which the south's support is to end in week 20, said in week 4 or not said at all."""
    leave = {"backing": {"south": {"court": {"troops": 0.0, "money": 0.0}}}, "over": 1}
    events = {"leaves": {"on": date(2030, 5, 27), "effects": [leave]}}
    if announced:
        said = {"expect": {"south": {"court": {"troops": 0.0, "money": 0.0}}}}
        events["said"] = {"on": date(2030, 2, 4), "effects": [said]}
    return events


def expected_exit_hurts(draws, futures):
    def holds(rng):
        situation = war(rng)
        before = []
        for announced in (False, True):
            _, weeks = played(with_changes(situation, {"events": exit_of(announced)}), futures)
            before.append(1 - weeks["alive.court"][0, 20])  # support itself is untouched until week 20
        return before[1] > before[0]

    return share_of(draws, holds)


def test_an_expected_exit_hurts_before_any_support_is_gone():
    """H15: falls before the support moves are more where the exit is expected.

    panic multiplies the hazard of (4) in every future; a tie needs that not one of the futures crosses over.
    """
    assert expected_exit_hurts(DRAWS, FUTURES) >= 0.95


def troops_against_money(draws, futures):
    def holds(rng):
        situation = war(rng)
        fell = []
        for gone in ({"troops": 0.0}, {"troops": 0.0, "money": 0.0}):
            effect = {"backing": {"south": {"court": gone}}, "over": 2}
            events = {"leaves": {"on": date(2030, 2, 4), "effects": [effect]}}
            rows, _ = played(with_changes(situation, {"events": events}), futures)
            fell.append((rows["fallen.court"][0] >= 0).mean())
        return fell[1] > fell[0]

    return share_of(draws, holds)


def test_troops_gone_with_aid_kept_is_survivable_and_aid_cut_is_not():
    """H16: of the same war, more governments fall where the money goes with the troops.

    Money shields in (4) and adds to fitness in (2): both signs agree; ties are chance of a small sample.
    """
    assert troops_against_money(DRAWS, FUTURES) >= 0.95


def shopping(draws, futures):
    def holds(rng):
        situation = war(rng, {
            "forces.court.receptivity": {"base": 1.0, "shopping": rng.uniform(0.3, 2.0)}, "forces.court.collapse": None,
        })  # fmt: skip
        expect = {
            "expect": {"south": {"court": {"troops": rng.uniform(0, 0.3), "money": rng.uniform(0, 0.3)}}}
        }
        wavers = {"said": {"on": date(2030, 2, 4), "effects": [expect]}}
        standing = [
            played(with_changes(situation, {"events": events}), futures)[1]["standing.court"][0, -1]
            for events in ({}, wavers)
        ]
        return standing[1] > standing[0]

    return share_of(draws, holds)


def test_a_wavering_sponsor_sends_its_client_shopping():
    """H19: the client of a sponsor in doubt opens up to another patron. Exact in (5): every draw."""
    assert shopping(DRAWS, 64) == 1.0


def weakest(draws, futures, rivalry):
    """Return the share of draws in which aid to the weakest force beats none, at this weight on the rival."""

    def holds(rng):
        level = rng.uniform(0.5, 1.0)
        aid = {"engage": {}, "back": {"clans": {"money": level}}, "back-over": 1}
        changes = {
            "strategies.north": {"none": {"engage": {}}, "aid": aid},
            "patrons.north.standing": {"court": 0.0, "league": 0.0, "clans": 0.0},
            "patrons.north.values": {
                "influence": 1.0, "rivals": {"south": rivalry * rng.uniform(1.5, 3.0)},
                "backing-cost": {"money": 0.02},
            },
            "forces.clans.backing-effect": {"money": rng.uniform(0.05, 0.15)},
        }  # fmt: skip
        rows, _ = played(war(rng, changes), futures)
        return rows["payoff"][1].mean() > rows["payoff"][0].mean()

    return share_of(draws, holds)


def test_rivalry_makes_the_weakest_client_worth_aid():
    """H21: aid to the weakest takes control from the rival's client; without rivalry it is a cost alone."""
    assert weakest(DRAWS, 64, rivalry=1) >= 0.9
    assert weakest(DRAWS, 64, rivalry=0) == 0.0


def test_a_hedge_of_two_enemies_is_frustrated_by_the_least_of_its_three_ties():
    """H23, exact: min(w1, w2, h12), and nothing where one of the two is dropped."""
    for n in range(DRAWS):
        w1, w2, h = np.random.default_rng([23, n]).uniform(0.05, 1, 3)
        enemies = SignedGraph(("one", "two"), np.array([[0, -h], [-h, 0]]))
        assert hedge_price(enemies, {"one": w1, "two": w2}) == pytest.approx(min(w1, w2, h), abs=1e-6)
        assert hedge_price(enemies, {"one": w1}) == pytest.approx(0, abs=1e-9)


def test_where_one_force_is_certain_to_survive_the_hedge_loses_to_it():
    """Negative control: court cannot fall, the others surely do; everything not spent on court is lost."""

    def holds(rng):
        changes = {
            "forces.court.collapse": None,
            "forces.league.collapse": {"rate": 5.0},
            "forces.clans.collapse": {"rate": 5.0},
            "forces.court.control.land": rng.uniform(0.2, 0.8),
            "patrons.north.engagement.gain": rng.uniform(0.02, 0.2),
            "forces.court.resentment.duplicity": rng.uniform(0, 0.1),
        }
        summary = jobs.run(duel(changes), futures=128, workers=1).summary
        (gap,) = [
            row for row in summary["differences"] if {row["better"], row["worse"]} == {"court-only", "even"}
        ]
        return gap["better"] == "court-only" and gap["low"] > 0

    assert share_of(DRAWS, holds) == 1.0


def test_without_chance_and_uncertainty_every_interval_has_no_width():
    """Negative control through the whole product: exactly nothing, not nearly nothing."""
    summary = jobs.run(certain(), futures=20_000, workers=1).summary
    for found in summary["strategies"].values():
        payoff = found["payoff"]
        assert payoff["low"] == payoff["mean"] == payoff["high"] and payoff["se"] == 0
        assert payoff["p5"] == payoff["p50"] == payoff["p95"]
        assert payoff["luck"] == 0 and payoff["unknown"] == 0
        assert found["influence"]["se"] == 0
    for row in summary["differences"]:
        assert row["low"] == row["mean"] == row["high"] and row["se"] == 0
    assert summary["inputs"] == {}
    assert all(len(group) == 1 for group in summary["groups"])
    for fan in summary["fans"].values():
        for of_force in fan["power"].values():
            assert of_force["p5"] == of_force["p95"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("fact", "least"),
    [(aid_helps, 0.99), (expected_exit_hurts, 0.99), (troops_against_money, 0.99), (shopping, 1.0)],
)
def test_signs_hold_over_many_draws_and_futures(fact, least):
    assert fact(200, 4_096) >= least
