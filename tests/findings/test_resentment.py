"""The resentment at which the hedge stops paying: roots, intervals and kinds in closed form, and the run's own."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import stdtrit

from equipoise.findings.hedges import Kind
from equipoise.findings.resentment import resented, resentment_scan, scan
from equipoise.findings.turning import turning
from equipoise.futures.play import Plan, Pool
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player


def _noise(seed, states=100):
    """A number a state with mean 0 and standard deviation 1, exactly."""
    values = np.random.default_rng(seed).normal(size=states)
    return (values - values.mean()) / values.std(ddof=1)


def test_the_value_and_its_interval_are_those_of_a_line():
    """A gap of 3 - 2 v + noise falls through 0 at 1.5; its interval is the gap's, over the slope of 2."""
    found = turning(lambda v: 3 - 2 * v + 0.4 * _noise(0), 0.0, 4.0)
    half = stdtrit(99, 0.975) * 0.4 / 10 / 2  # 100 states: fewer than eight blocks, so single states count
    assert found.value == pytest.approx(1.5, abs=1e-3)
    assert found.low == pytest.approx(found.value - half, rel=1e-9)
    assert found.high == pytest.approx(found.value + half, rel=1e-9)


def test_the_level_of_the_interval_is_the_one_asked_for():
    found = turning(lambda v: 3 - 2 * v + 0.4 * _noise(0), 0.0, 4.0, level=0.9)
    assert found.high - found.value == pytest.approx(stdtrit(99, 0.95) * 0.4 / 10 / 2, rel=1e-9)


def test_a_curved_gap_is_played_and_not_read_off_a_straight_line():
    """Between 0 and 4 a line would put the root of 1 - v^2 at 0.25."""
    assert turning(lambda v: np.full(50, 1 - v**2), 0.0, 4.0).value == pytest.approx(1.0, abs=0.004)


@pytest.mark.parametrize("gap", [lambda v: v - 2, lambda v: 1 + 0 * v, lambda v: -1 - v])
def test_a_gap_that_does_not_fall_through_0_has_no_such_value(gap):
    assert turning(lambda v: np.full(20, gap(v)), 0.0, 4.0) is None


def test_intervals_hold_the_truth_in_95_of_100():
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shift, tilt = rng.normal(size=(2, 400))
        found = turning(lambda v: 1 + shift + (0.3 * tilt - 1) * v, 0.0, 4.0)  # noqa: B023
        held += found.low <= 1.0 <= found.high
    assert 182 <= held <= 198  # 190 expected; outside has a chance of 1 in 100


def _play(multiplier):
    """One hedge loses quickly, one slowly; one bet is good, one is not."""
    one = np.ones(40)
    return {
        "quick": (1.0 - multiplier) * one, "slow": (0.8 - 0.2 * multiplier) * one, "bet": 0.5 * one,
        "worse": 0.1 * one,
    }  # fmt: skip


def test_the_best_of_each_kind_is_compared_at_each_level():
    found = scan(
        _play, hedges=["quick", "slow"], one_sided=["worse", "bet"], multipliers=(0.0, 0.5, 1.0, 4.0)
    )
    assert found.hedge == ("quick", "slow", "slow", "slow")
    assert set(found.one_sided) == {"bet"}
    assert found.lead == pytest.approx((0.5, 0.2, 0.1, -0.5))
    assert found.se == (0, 0, 0, 0)
    assert found.turning.value == pytest.approx(1.5, abs=0.004)


def _one_period(kappa, rho, a, p=0.5, states=400):
    """Expected utilities of THEORY.md §3: the even split and the two one-sided bets, half the states each."""
    first = np.arange(states) < p * states

    def utility(x):
        g1 = x - rho * (1 - x) - kappa * x * (1 - x)
        g2 = (1 - x) - rho * x - kappa * x * (1 - x)
        return -np.exp(-a * np.where(first, g1, g2))

    return {"split": utility(0.5), "first": utility(1.0), "second": utility(0.0)}


@pytest.mark.parametrize(
    ("a", "rho", "kappa"), [(1, 0, 0.48046), (1, 0.5, 1.03306), (2, 0.5, 1.71088), (4, 1, 3.30719)]
)
def test_the_resentment_at_which_the_hedge_stops_paying(a, rho, kappa):
    """H4: found to a thousandth of the step between two multipliers, 8 at most."""
    written = 0.4
    found = scan(
        lambda m: _one_period(written * m, rho, a), hedges=["split"], one_sided=["first", "second"],
        multipliers=(0, 1, 2, 4, 8, 16),
    ).turning  # fmt: skip
    assert found.value * written == pytest.approx(kappa, abs=4e-3)
    assert found.low <= found.value <= found.high


def test_the_focus_alone_is_resented_more():
    """Two patrons; whatever the level, the rest of what the states say stays as it is."""
    given = parameters_of(compile_world(load("two-valleys").scenario), 0, 4, seed=1)
    empire = 0
    more = resented(given, empire, 3.0)
    assert np.array_equal(more.resented[:, empire], 3 * given.resented[:, empire])
    assert np.array_equal(more.resented[:, 1:], given.resented[:, 1:])
    assert all(more.arrays[name] is given.arrays[name] for name in given.arrays if name != "resented")


def _scanned(monkeypatch, kinds):
    """The scan of a run whose two strategies pay 1.3 - 0.4 m + noise and 0.5, at m times the resentment."""
    profiles = [{"empire": name} for name in ("even-hedge", "back-crown")]
    player = Player(compile_world(load("two-valleys").scenario, profiles=profiles), seed=1)
    names = [profile.name for profile in player.world.profiles]
    written = parameters_of(player.world, 0, 100, seed=1).resented[:, player.world.focus]

    def payoffs(pool, parameters, chance):
        assert chance == 4
        times = (parameters.resented[:, player.world.focus].sum() / written.sum()).item()
        return np.stack([1.3 - 0.4 * times + 0.2 * _noise(3), np.full(100, 0.5)])

    monkeypatch.setattr(Pool, "payoffs", payoffs)
    found = {name: SimpleNamespace(kind=kind) for name, kind in zip(names, kinds, strict=True)}
    return names, resentment_scan(player, Plan(100, 4, 1), found)


def test_the_scan_of_a_run_tells_where_its_hedge_stops_paying_and_how_surely(monkeypatch):
    (hedge, bet), found = _scanned(monkeypatch, (Kind.HEDGE, Kind.ONE_FORCE))
    half = stdtrit(99, 0.975) * 0.2 / 10 / 0.4  # the error of the gap, over its slope
    assert (found.hedges, found.one_sided, found.futures) == ((hedge,), (bet,), 400)
    assert found.threshold == pytest.approx(2.0, abs=4e-3)
    assert (found.threshold - found.low, found.high - found.threshold) == pytest.approx((half, half))
    assert found.lead == pytest.approx([0.8 - 0.4 * m for m in found.multipliers])
    assert found.payoff[hedge] == pytest.approx([1.3 - 0.4 * m for m in found.multipliers])
    assert found.se[hedge] == pytest.approx([0.02] * len(found.multipliers))


def test_without_a_one_sided_strategy_the_scan_compares_nothing_and_tells_the_payoffs(monkeypatch):
    (hedge, _), found = _scanned(monkeypatch, (Kind.HEDGE, Kind.HEDGE))
    assert (found.lead, found.threshold, found.low, found.high) == (None, None, None, None)
    assert found.payoff[hedge] == pytest.approx([1.3 - 0.4 * m for m in found.multipliers])
