"""Adding up in constant memory: quantiles beyond the exact limit, sums that no batch changes, memory."""

import pickle
import tracemalloc

import numpy as np
import pytest

import equipoise
from equipoise.findings import tally as tallies
from equipoise.findings.summary import summarise
from equipoise.findings.tally import BINS, Distribution
from equipoise.futures import play
from equipoise.jobs import run as jobs
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.kernel.lanes import LANES
from equipoise.world.player import Player
from situations import certain, duel

LEVELS = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]


def batches_of(values, size):
    return [values[:, begin : begin + size] for begin in range(0, values.shape[1], size)]


def filled(values, *, limit, size=500):
    found = Distribution(limit)
    for part in batches_of(values, size):
        found.add(part)
    return found


@pytest.mark.parametrize("shape", ["normal", "uniform", "skewed", "two humps"])
def test_quantiles_beyond_the_limit_are_within_the_stated_error(shape):
    rng = np.random.default_rng(3)
    n = 40_000
    drawn = {
        "normal": rng.normal(size=n), "uniform": rng.random(n), "skewed": rng.lognormal(size=n),
        "two humps": np.where(rng.random(n) < 0.4, rng.normal(-3, 0.2, n), rng.normal(2, 0.5, n)),
    }[shape]  # fmt: skip
    values = np.vstack([drawn, 0.3 * drawn[::-1] - 7])
    exact = filled(values, limit=n)
    binned = filled(values, limit=4_000)
    assert exact.error == 0 < binned.error
    assert binned.error <= 2.01 * np.ptp(values[0]) / BINS  # the range widened by half on both sides
    found = np.quantile(binned.samples(), LEVELS, axis=1)
    wanted = np.quantile(values, LEVELS, axis=1)
    # one bin's width off at most, and the level itself by at most one of the 4,000 kept
    level, step = np.array(LEVELS), 1 / 4_000
    below, above = np.quantile(values, level - step, axis=1), np.quantile(values, level + step, axis=1)
    assert (found >= below - binned.error).all() and (found <= above + binned.error).all()
    assert np.quantile(exact.samples(), LEVELS, axis=1) == pytest.approx(wanted, rel=1e-6)


def test_values_beyond_the_first_range_stay_in_the_end_bins():
    first, later = np.zeros((1, 200)), np.full((1, 800), 50.0)
    first[0, ::2] = 1.0
    found = filled(np.hstack([first, later]), limit=100, size=200)
    high = float(np.quantile(found.samples(), 0.9))
    assert high == pytest.approx(1.5, abs=1e-3)  # the greatest value the bins can tell: 1 and half the range
    assert np.quantile(found.samples(), 0.05) == pytest.approx(0, abs=1e-3)


def test_a_single_value_fits_in_a_histogram():
    found = filled(np.full((2, 3_000), 0.25), limit=1_000)
    assert found.samples() == pytest.approx(np.full((2, 1_000), 0.25), abs=1e-8)


def played(data, futures, monkeypatch, *, exact=None, batch=1024, chance=16):
    if exact is not None:
        monkeypatch.setattr(tallies, "EXACT", exact)
    monkeypatch.setattr(play, "BATCH", batch)
    player = Player(compile_world(load(data).scenario), seed=2)
    found = tallies.Tally(player, chance, payoffs=Distribution(exact or tallies.EXACT))
    plan = play.Plan.of(futures, chance=chance, seed=2)
    with play.Pool(player, 1) as pool:
        for number in range(plan.batches):
            found.add(pool.play(plan, number))
    return found


def test_a_run_beyond_the_limit_keeps_its_sums_exact_and_its_quantiles_close(monkeypatch):
    data = duel({"forces.court.momentum": [-0.05, 0.05]})
    exact = summarise(played(data, 16_384, monkeypatch)).to_dict()
    tally = played(data, 16_384, monkeypatch, exact=4_096)
    binned = summarise(tally).to_dict()
    assert tally.payoffs.error > 0 and tally.f.shape[1] < 1_024
    for name, wanted in exact["strategies"].items():
        found = binned["strategies"][name]
        for key in ("influence", "forces", "orders", "levers", "allocation", "violence"):
            assert found[key] == wanted[key]
        for key in ("mean", "se"):
            assert found["payoff"][key] == wanted["payoff"][key]
        for key in ("p5", "p50", "p95", "cvar5"):
            assert found["payoff"][key] == pytest.approx(
                wanted["payoff"][key], abs=tally.payoffs.error + 2e-3
            )
    assert binned["differences"] == exact["differences"] and binned["inputs"] == exact["inputs"]


def test_the_reader_is_told_of_the_histogram(monkeypatch):
    monkeypatch.setattr(tallies, "EXACT", 512)
    monkeypatch.setattr(jobs, "EXACT", 512)
    monkeypatch.setattr(jobs, "KEPT", 512)
    monkeypatch.setattr(play, "BATCH", 512)
    plain = tallies.Tally
    monkeypatch.setattr(
        jobs, "Tally", lambda player, chance: plain(player, chance, payoffs=Distribution(512))
    )
    study = jobs.run(duel(), futures=2_048, workers=1)
    (said,) = [text for text in study.summary["warnings"] if "histogram" in text]
    assert "512" in said
    for asked in (
        lambda: study.outcomes,
        lambda: study.columns("outcomes"),
        lambda: equipoise.explore(study),
    ):
        with pytest.raises(jobs.InputError, match="kept no tables"):
            asked()


def test_batches_change_no_sum_beyond_rounding(monkeypatch):
    """In batches of whole blocks of lanes, whose own sums are in single precision."""
    data = duel({"forces.court.momentum": [-0.05, 0.05], "dynamics": {"violence": {"start": [0.5, 2]}}})
    small, large = (
        summarise(played(data, 4_096, monkeypatch, batch=size)).to_dict() for size in (LANES, 4_096)
    )
    for name, wanted in large["strategies"].items():
        found = small["strategies"][name]
        assert found["payoff"] == pytest.approx(wanted["payoff"], rel=1e-12)
        assert found["influence"]["by_week"] == pytest.approx(wanted["influence"]["by_week"], rel=1e-12)
        assert found["orders"] == wanted["orders"]


def test_memory_does_not_grow_with_the_number_of_futures(monkeypatch):
    """Sixteen times the futures, beyond the exact limit, are held in the same room, and played in about the same."""
    data = duel({"forces.court.momentum": [-0.05, 0.05]})

    def held(futures):
        tracemalloc.start()
        try:
            tally = played(data, futures, monkeypatch, exact=2_048, batch=1_024)
            return tally, len(pickle.dumps(tally)), tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    held(4_096)
    (few, few_size, few_peak), (many, many_size, many_peak) = held(4_096), held(65_536)
    assert (few.futures, many.futures) == (4_096, 65_536)
    assert many_size < few_size + 100  # a longer count here and there; the tables would be 30 MB
    assert many_peak < few_peak + 2_000_000  # what waits to be collected


def test_no_chance_and_no_uncertainty_give_sums_without_rounding(monkeypatch):
    """Sums are of what differs from the first state: states all alike differ from it by exactly nothing."""
    tally = played(certain(), 20_000, monkeypatch)
    assert {found.se for found in tally.estimates().values() if found.mean is not None} == {0.0}
    assert not tally.within.any()
