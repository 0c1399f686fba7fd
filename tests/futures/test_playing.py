"""What a future gives depends on nothing but the world, the seed and its own number."""

import time

import numpy as np
import pandas as pd
import pytest

import equipoise
from equipoise.errors import InputError
from equipoise.futures import play
from equipoise.futures.play import Plan, Pool, batches, traces, workers_of
from equipoise.futures.tables import batch_of, input_table, outcome_table, weekly_table
from equipoise.jobs import run as jobs
from equipoise.scenario import load
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player
from situations import duel


def table(**asked):
    study = jobs.run("two-valleys", **{"futures": 1_600, "seed": 0, "workers": 1} | asked)
    found = study.outcomes.astype({"strategy": str, "order": str})
    return found.sort_values(["strategy", "future"], ignore_index=True)


@pytest.fixture(scope="module")
def whole():
    return table()


@pytest.fixture(scope="module")
def player():
    return Player(compile_world(load("two-valleys").scenario), seed=3)


def same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("workers", [2, 3, 7])
def test_threads_change_nothing(whole, workers):
    same(table(workers=workers), whole)


@pytest.mark.parametrize(
    ("batch", "chunk"),
    [pytest.param(16, 16, marks=pytest.mark.long), (100, 50), (333, 256), (512, 1_000), (4_096, 100)],
)
def test_batches_and_chunks_change_nothing(whole, monkeypatch, batch, chunk):
    monkeypatch.setattr(play, "BATCH", batch)
    monkeypatch.setattr(play, "CHUNK", chunk)
    same(table(), whole)


@pytest.mark.parametrize("workers", [1, 3])
def test_payoffs_of_given_states_are_the_means_of_a_run_of_them(whole, workers):
    player = Player(compile_world(load("two-valleys").scenario), seed=0)
    given = parameters_of(player.world, 0, 100, seed=0)
    with Pool(player, workers) as pool:
        found = pool.payoffs(given, 16)
    mean = whole.groupby(["strategy", "state"], observed=True)["payoff"].mean()
    for profile, row in zip(player.world.profiles, found, strict=True):
        np.testing.assert_allclose(row, mean[profile.name].to_numpy(), rtol=1e-6)


def test_the_other_strategies_run_change_nothing(whole):
    names = ["wait-and-see", "back-rebels"]
    same(table(strategies=names), whole[whole["strategy"].isin(names)].reset_index(drop=True))
    assert list(jobs.run("two-valleys", futures=16, strategies=names).summary["strategies"]) == names


def test_the_first_futures_of_a_longer_run_are_those_of_a_shorter(whole):
    longer = table(futures=2_400)
    same(longer[longer["future"] < 1_600].reset_index(drop=True), whole)


def test_seeds_differ_and_zero_is_one_of_them(whole):
    assert (table(seed=1)["payoff"] != whole["payoff"]).mean() > 0.99
    same(table(seed=0), whole)


def test_another_number_of_streams_keeps_the_states(whole):
    few = jobs.run("two-valleys", futures=400, chance=4, seed=0, workers=1)
    many = jobs.run("two-valleys", futures=1_600, chance=16, seed=0, workers=1)
    pd.testing.assert_frame_equal(few.states, many.states, check_exact=True)
    first = whole[whole["stream"] < 4].drop(columns="future").reset_index(drop=True)
    found = few.outcomes.astype({"strategy": str, "order": str}).sort_values(["strategy", "future"])
    same(found.drop(columns="future").reset_index(drop=True), first)


@pytest.mark.parametrize("future", [0, 17, 255, 256, 1_599])
def test_a_future_played_alone_gives_its_row(whole, future):
    found = equipoise.replay("two-valleys", future, seed=0)
    assert (found["state"], found["stream"]) == divmod(future, 16)
    for name, alone in found["strategies"].items():
        row = whole[(whole["strategy"] == name) & (whole["future"] == future)].iloc[0]
        for column, value in alone["outcomes"].items():
            assert value == row[column], (name, column)
        drawn = {c: row[c] for c in whole if c.startswith(("event.", "deal."))}
        happened = {c.partition(".")[2] for c, week in drawn.items() if week >= 0}
        assert set(alone["happened"]) == happened
        assert {len(course) for course in alone["weekly"].values()} == {53}


def test_a_future_alone_has_the_inputs_of_its_state():
    study = jobs.run("two-valleys", futures=160, seed=4, workers=1)
    alone = equipoise.replay("two-valleys", 100, seed=4)
    row = study.inputs.set_index("future").loc[100]
    assert alone["inputs"] == {path: row[path] for path in alone["inputs"]}
    assert set(alone["inputs"]) == set(study.states.columns) - {"state"}


def test_a_future_alone_follows_what_was_asked():
    asked = {
        "strategies": ["back-crown"],
        "with_": {"republic": "stay"},
        "beliefs": "empire",
        "chance": 8,
        "seed": 2,
    }
    study = jobs.run("two-valleys", futures=80, workers=1, **asked)
    alone = equipoise.replay("two-valleys", 33, **asked)
    row = study.outcomes.set_index("future").loc[33]
    (found,) = alone["strategies"].values()
    assert found["outcomes"]["payoff"] == row["payoff"]
    assert "republic-leaves" not in found["happened"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_tables_hold_the_whole_batch(player, monkeypatch, number):
    monkeypatch.setattr(play, "BATCH", 320)
    plan = Plan.of(800, seed=3)
    with Pool(player, 1) as pool:
        batch = pool.play(plan, number)
    back = batch_of(player, plan, number, outcome_table(player, batch), weekly_table(player, batch))
    assert (back.number, back.first_state, back.states, back.chance) == (
        number,
        20 * number,
        batch.states,
        16,
    )
    for name in player.columns.names:  # a payoff is added up from its terms, in double precision
        kept, was = (player.columns.values(part.outcomes, name) for part in (back, batch))
        assert np.array_equal(kept, was), name
    assert (back.sums == batch.sums).all()
    inside = batch.weeks < player.world.weeks
    assert (back.weeks[inside] == batch.weeks[inside]).all() and (
        back.weeks[~inside] >= player.world.weeks
    ).all()
    assert {p: v.tolist() for p, v in back.parameters.values.items()} == {
        p: v.tolist() for p, v in batch.parameters.values.items()
    }
    assert input_table(back) == input_table(batch)
    assert outcome_table(player, back) == outcome_table(player, batch)


def test_plans_cover_every_state_once(monkeypatch):
    monkeypatch.setattr(play, "BATCH", 100)
    for states, chance in ((1, 1), (7, 16), (6, 16), (250, 3), (9, 300)):
        plan = Plan(states, chance)
        covered = [n for k in range(plan.batches) for n in range(plan.batch(k)[0], sum(plan.batch(k)))]
        assert covered == list(range(states))


def test_a_plan_has_at_least_the_futures_asked_for():
    for futures, chance in ((1, 16), (16, 16), (17, 16), (1_000, 7)):
        plan = Plan.of(futures, chance=chance)
        assert futures <= plan.futures < futures + chance


@pytest.mark.parametrize(
    "asked",
    [
        {"futures": 0}, {"futures": -5}, {"futures": 16, "chance": 0}, {"futures": 16, "chance": -1},
        {"futures": 16, "seed": -1}, {"futures": 10**15}, {"futures": 16, "chance": 10**9},
    ],
)  # fmt: skip
def test_impossible_plans_are_refused(asked):
    with pytest.raises(InputError):
        Plan.of(**asked)


@pytest.mark.parametrize(
    ("future", "asked"), [(-1, {}), (10**12, {}), (10**30, {}), (0, {"chance": 0}), (0, {"seed": -1})]
)
def test_impossible_futures_are_refused(future, asked):
    with pytest.raises(InputError):
        equipoise.replay(duel(), future, **asked)


def test_workers():
    assert workers_of(3) == 3 and workers_of(None) >= 1
    with pytest.raises(InputError, match="at least one worker"):
        workers_of(0)


def test_batches_come_in_order(player, monkeypatch):
    monkeypatch.setattr(play, "BATCH", 64)
    found = list(batches(player, Plan.of(200, seed=3), workers=2))
    assert [batch.first_state for batch in found] == [0, 4, 8, 12]
    assert sum(batch.states for batch in found) == 13


def test_traces_are_those_of_the_first_stream(player):
    kept, futures, _ = traces(player, Plan.of(480, seed=3), limit=20)
    assert futures.tolist() == [16 * state for state in range(20)]
    batch = next(batches(player, Plan.of(480, seed=3), workers=1))
    end = kept[:, player.series.index("influence"), -1]
    assert (end == batch.outcomes[:, player.columns["influence_end"]][:, futures]).all()


def test_a_failure_in_a_thread_is_not_swallowed(player, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a thread failed")

    monkeypatch.setattr(player, "play", fail)
    with pytest.raises(RuntimeError, match="a thread failed"):
        list(batches(player, Plan.of(64, seed=3), workers=2))


def test_two_runs_at_once_give_what_each_gives_alone(player):
    """The compiled functions keep nothing between calls: two pools may play at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    plan = Plan.of(1_024, seed=3)
    (alone,) = batches(player, plan, workers=1)
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda _: next(batches(player, plan, workers=2)), range(2)))
    for batch in found:
        assert (batch.outcomes == alone.outcomes).all() and (batch.sums == alone.sums).all()
        assert np.isfinite(batch.sums).all()


@pytest.mark.parametrize(("workers", "ahead"), [(1, 0), (2, 1), (3, 1)])
def test_several_threads_begin_a_batch_before_the_one_before_is_handed_out(
    player, monkeypatch, workers, ahead
):
    monkeypatch.setattr(play, "BATCH", 64)
    begun = []
    draw = play.parameters_of
    monkeypatch.setattr(play, "parameters_of", lambda *a, **k: begun.append(a[1]) or draw(*a, **k))
    plan = Plan.of(256)
    with Pool(player, workers) as pool:
        handed_out = [(len(begun), batch) for batch in pool.batches(plan, range(plan.batches))]
        assert [done for done, _ in handed_out] == [min(n + 1 + ahead, 4) for n in range(4)]
        for number, (_, batch) in enumerate(handed_out):
            alone = pool.play(plan, number)
            assert batch.number == number
            assert np.array_equal(batch.outcomes, alone.outcomes)
            assert np.array_equal(batch.sums, alone.sums)


def test_who_stops_asking_for_batches_leaves_none_to_be_played(player, monkeypatch):
    monkeypatch.setattr(play, "BATCH", 4_096)
    monkeypatch.setattr(play, "CHUNK", 64)
    played = []
    chunk = Pool._chunk
    monkeypatch.setattr(Pool, "_chunk", lambda *a: played.append(a[2][0]) or chunk(*a))
    with Pool(player, 2) as pool:
        asked = pool.batches(Plan.of(4 * 4_096), range(4))
        next(asked)
        asked.close()
    assert len(played) < 2 * 64, "the batch begun ahead was played to its end"
    assert max(played) < 2 * 4_096


def test_where_a_chunk_fails_those_not_yet_begun_are_not_played(player, monkeypatch):
    monkeypatch.setattr(play, "CHUNK", 64)
    begun = []

    def failing(pool, prepared, chunk, chance, first):
        begun.append(chunk[0])
        time.sleep(0.01)
        raise FloatingPointError

    monkeypatch.setattr(Pool, "_chunk", failing)
    with Pool(player, 2) as pool:
        for asked in (lambda: pool.play(Plan.of(4_096), 0), lambda: next(pool.batches(Plan.of(4_096), [0]))):
            begun.clear()
            with pytest.raises(FloatingPointError):
                asked()
            pool._threads.submit(int).result()  # after all that was handed to the threads before
            assert len(begun) < 16, "of 64 chunks"
