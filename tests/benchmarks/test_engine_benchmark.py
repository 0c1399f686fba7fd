"""The engine's benchmark: that its contenders do the same work, and that its verdicts can be believed."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import by_hand, contenders, engine, plain, whole
from equipoise import scenario
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.reference import weeks as reference

TINY = contenders.Sizes(kernel=256, reference=16, plain=1, by_hand=1024, threads=1024, run=256, rounds=1)
FUTURES, CHANCE = 4096, 16
needs_gcc = pytest.mark.skipif(not by_hand.available(), reason="the C program needs gcc")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return by_hand.build(tmp_path_factory.mktemp("weeks"))


@pytest.fixture(scope="module")
def kernel():
    return by_hand.kernel_outcomes(by_hand.player(seed=1), np.arange(FUTURES), chance=CHANCE)


def _by_hand(program, folder, *, seed):
    player = by_hand.player(seed=seed)
    by_hand.write_input(folder / "input", player, np.arange(FUTURES), chance=CHANCE)
    return by_hand.outcomes(program, folder / "input", player.world, FUTURES)


@needs_gcc
def test_c_program_plays_the_same_futures_as_the_kernel(program, kernel, tmp_path):
    c = _by_hand(program, tmp_path, seed=1)
    same = (c.fallen == kernel.fallen).all(axis=(0, 1))
    assert same.mean() > 0.995
    for name in ("payoff", "influence", "hedge_index", "levers"):
        np.testing.assert_allclose(
            getattr(c, name)[:, same], getattr(kernel, name)[:, same], atol=1e-4, err_msg=name
        )
    np.testing.assert_allclose(c.power[..., same], kernel.power[..., same], atol=1e-4)


@needs_gcc
def test_other_random_numbers_give_other_futures_with_the_same_means(program, kernel, tmp_path):
    c = _by_hand(program, tmp_path, seed=2)
    assert (np.abs(c.payoff - kernel.payoff) > 1e-3).mean() > 0.9
    _same_means(c.payoff, kernel.payoff)
    _same_means(c.power, kernel.power)
    _same_means(c.fallen >= 0, kernel.fallen >= 0)


def _same_means(a, b):
    """Assert means within five standard errors over the states, which are small enough to tell."""
    by_state = [
        part.reshape(*part.shape[:-1], -1, CHANCE).mean(axis=-1)
        for part in (a.astype(float), b.astype(float))
    ]
    errors = [part.std(axis=-1, ddof=1) / np.sqrt(part.shape[-1]) for part in by_state]
    difference = by_state[0].mean(axis=-1) - by_state[1].mean(axis=-1)
    assert (np.abs(difference) <= 5 * np.hypot(*errors) + 1e-9).all()
    assert max(error.max() for error in errors) < 0.02


@needs_gcc
def test_much_happens_in_the_benchmarks_scenario(kernel):
    fallen = kernel.fallen >= 0
    assert (fallen.mean(axis=(0, 2)) > 0.03).all()
    assert (fallen.sum(axis=1) >= 2).any()
    assert np.unique(kernel.payoff.mean(axis=1).round(4)).size == 8


@needs_gcc
def test_c_program_refuses_input_that_is_cut_short(program, tmp_path):
    by_hand.write_input(tmp_path / "whole", by_hand.player(), np.arange(64), chance=CHANCE)
    whole = (tmp_path / "whole").read_bytes()
    for kept in (10, len(whole) - 4):
        (tmp_path / "part").write_bytes(whole[:kept])
        done = subprocess.run([program, tmp_path / "part", "1"], capture_output=True, text=True)
        assert (done.returncode, bool(done.stderr)) == (2, True)


@needs_gcc
def test_c_program_reads_all_of_its_input(program, tmp_path):
    """A number too many would shift those that follow: the file must end where the program stops reading."""
    by_hand.write_input(tmp_path / "input", by_hand.player(), np.arange(64), chance=CHANCE)
    source = by_hand.SOURCE.read_text()
    counted = tmp_path / "counted.c"
    lines = ("    if (fgetc(file) != EOF) exit(3);", "    fclose(file);")
    counted.write_text(source.replace(lines[1], "\n".join(lines), 1))
    assert counted.read_text() != source
    folder = by_hand.SOURCE.parent
    subprocess.run(
        ["gcc", *by_hand.FLAGS, f"-I{folder}", str(counted), "-o", str(tmp_path / "c"), "-lm"], check=True
    )
    assert subprocess.run([tmp_path / "c", tmp_path / "input", "1"], capture_output=True).returncode == 0


@pytest.mark.parametrize("case", ["afghanistan-2021", None])
def test_plain_python_finds_what_the_reference_finds(case):
    world = by_hand.player().world if case is None else compile_world(scenario.load(case).scenario)
    parameters, futures = parameters_of(world, 0, 2, seed=3), np.arange(0, 32, 11)
    expected = reference.play(world, parameters, seed=3, futures=futures, chance=CHANCE).outcomes[:, 0]
    drawn = plain.draw(world, parameters, futures, seed=3, chance=CHANCE)
    found = np.array([plain.payoffs(world, one) for one in drawn]).T
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.ptp(found, axis=1).max() > 1e-3


def test_plain_python_refuses_what_it_does_not_read():
    world = compile_world(scenario.load("two-valleys").scenario)
    parameters = parameters_of(world, 0, 1, seed=3)
    with pytest.raises(
        NotImplementedError, match=r"backing, not-happened, odds .*, open events, seasons, transfer"
    ):
        plain.draw(world, parameters, np.arange(1), seed=3, chance=CHANCE)


def test_ratio_is_the_median_of_the_ratios_of_the_rounds():
    times = {"slow": [10.0, 90.0, 8.0], "fast": [1.0, 3.0, 4.0]}  # 10, 30, 2
    found = engine.judged(engine.Bar("", "slow", "fast", 10), times)
    assert (found["median"], found["low"], found["high"], found["met"]) == (10, 2, 30, True)
    assert engine.judged(engine.Bar("", "slow", "fast", 10.1), times)["met"] is False


def test_a_bar_may_be_a_ceiling_or_absent():
    times = {"a": [4.5], "b": [1.0]}
    assert engine.judged(engine.Bar("", "a", "b", 4, at_most=True), times)["met"] is False
    assert engine.judged(engine.Bar("", "a", "b", 4.5, at_most=True), times)["met"] is True
    assert engine.judged(engine.Bar("", "a", "b"), times)["met"] is None
    assert engine.judged(engine.Bar("", "a", "absent", 2), times) == {"median": None, "bar": 2, "met": None}


@pytest.fixture
def fresh(monkeypatch):
    """Fresh processes are not started: a test has better things to wait for."""
    run, first = {"clock": 3.0, "processor": 3.25}, {"clock": 1.25, "processor": 1.75}
    monkeypatch.setattr(whole, "fresh_process", lambda *_: {"run_of_256": run, "first_futures": first})


def test_a_process_is_timed_until_it_has_what_it_was_asked_for():
    """Not until it has ended; what it did before counts."""
    working = "import time\nwhile time.process_time() < 0.3: pass\ntime.sleep(0.2)\n"
    clock, processor = whole._seconds([sys.executable, "-c", working + whole.DONE + "time.sleep(3)"], {})
    assert 0.3 <= processor < 1 and 0.5 <= clock < 3


@pytest.mark.usefixtures("fresh")
def test_quick_run_measures_every_contender_and_prints_every_ratio():
    found = engine.measure(TINY)
    timed = found["nanoseconds"]
    assert set(timed) | set(found["left_out"]) == {
        n for bar in engine.BARS for n in (bar.over, bar.under)
    } | {
        engine.KERNEL_AND_STATES,
        engine.VALLEYS,
    }
    assert all(0 < t["low"] <= t["median"] <= t["high"] for t in timed.values())
    assert timed[engine.KERNEL_AND_STATES]["median"] > timed[engine.KERNEL]["median"]
    assert found["ratios"][engine.BARS[0].name]["median"] > 10
    text = engine.table(json.loads(json.dumps(found)))
    for bar in engine.BARS:
        assert bar.name in text
    assert (
        "first futures of the founding case after 1.75 s of a processor (bar: 1.5 s, NOT MET) and 1.25 s by"
        in text
    )
    assert "and has run 256 of them after 3.25 s and 3.00 s." in text
    assert set(found["growth"]) == {*whole.SIZES, "futures"}
    assert all(f"{name:<14}" in text for name in found["growth"])
    assert "of them; 100.00% have the same falls" in text or not by_hand.available()


def test_growth_is_told_from_its_square(monkeypatch):
    """Seconds that grow by a constant and n, and by n squared, in place of measured ones."""

    class World:
        weeks, profiles = 1, (1,)

    def kernel(player, futures, *, sampling):
        n = player.size * futures
        return lambda: 1e9 * (5 + 3 * n if power == 1 else n**2) / futures

    class Sized:
        world = World

        def __init__(self, **sizes):
            self.size = np.prod([sizes[name] / size for name, size in whole.SIZES.items()])

    monkeypatch.setattr(whole, "_sized", Sized)
    monkeypatch.setattr(contenders, "kernel", kernel)
    for power in (1, 2):
        found = whole.growth(1)
        assert all(row["ratio"] == pytest.approx(power) for row in found.values())


@pytest.mark.usefixtures("fresh")
def test_what_is_not_installed_is_left_out_with_the_reason(monkeypatch):
    monkeypatch.setattr(whole, "growth", lambda _: {})
    monkeypatch.setattr(by_hand, "available", lambda: False)
    monkeypatch.setattr(contenders, "have_workbench", lambda: False)
    found = engine.measure(contenders.Sizes(256, 16, 1, 1024, 1024, 256, 1))
    assert set(found["left_out"]) == {engine.BY_HAND, engine.WORKBENCH}
    assert found["agreement"] is None
    text = engine.table(found)
    assert "gcc is not installed" in text
    assert "ema_workbench is not installed" in text
