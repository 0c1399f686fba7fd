"""Differences add up, whatever the data; and planted differences are found where they were planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.exploration import between_strategies
from equipoise.exploration.differences import _paired_questions, _questions, cells
from equipoise.scenario import load


def _study(seed, states=60, streams=4, strategies=("a", "b"), event=0.5, scale=1.0):
    rng = np.random.default_rng(seed)
    n = states * streams
    state, stream = np.repeat(np.arange(states), streams), np.tile(np.arange(streams), states)
    vote = np.where(rng.random(n) < event, rng.integers(0, 52, n), -1)
    rows = []
    for name in strategies:
        terms = {f"terms.{t}": scale * rng.normal(size=n) for t in ("influence", "order", "cost")}
        rows.append(
            pd.DataFrame(
                {
                    "state": state, "stream": stream, "strategy": name,
                    "payoff": sum(terms.values()) + 0.01 * rng.normal(size=n),
                    "fallen.crown": np.where(rng.random(n) < 0.4, 5, -1),
                    "event.vote": vote,
                    "order": rng.choice(["holds", "chaos", "takeover:rebels"], n),
                    **terms,
                }
            )
        )  # fmt: skip
    return pd.concat(rows).sample(frac=1, random_state=seed).reset_index(drop=True)


def _mean(table, strategy):
    return table.loc[table["strategy"] == strategy, "payoff"].mean()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 0.95), st.floats(0.1, 100))
def test_two_strategies_parts_add_up(seed, event, scale):
    table = _study(seed, event=event, scale=scale)
    found = between_strategies(table, "a", "b")
    expected = _mean(table, "a") - _mean(table, "b")
    bound = 1e-12 * max(1.0, scale)
    assert abs(found.total - expected) < bound
    assert abs(sum(cell.contribution for cell in found.cells) - expected) < bound
    assert abs(sum(found.terms.values()) - expected) < bound
    assert abs(sum(cell.share for cell in found.cells) - 1) < 1e-12
    for cell in found.cells:
        assert abs(cell.share * cell.difference - cell.contribution) < bound
        assert abs(sum(cell.terms.values()) - cell.contribution) < bound


def test_a_planted_difference_is_found_in_words():
    rng = np.random.default_rng(0)
    n = 4000
    state, stream = np.repeat(np.arange(n // 4), 4), np.tile(np.arange(4), n // 4)
    fell = rng.random(n) < 0.62
    influence = np.where(fell, 0.5, -0.1)
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "state": state, "stream": stream, "strategy": name, "terms.influence": value,
                    "payoff": value, "fallen.crown": np.where(fell, 10, -1),
                    "event.vote": rng.integers(-1, 3, n),
                }
            )
            for name, value in (("hedge", influence), ("crown", np.zeros(n)))
        ]
    )  # fmt: skip
    found = between_strategies(table, "hedge", "crown")
    assert [cell.where for cell in found.cells] == [("crown fell",), ("crown did not fall",)]
    top = found.cells[0]
    assert top.share == pytest.approx(fell.mean())
    assert top.difference == pytest.approx(0.5)
    assert top.terms["influence"] == pytest.approx(0.5 * fell.mean())
    assert f"In the {fell.mean():.0%} of futures where crown fell, hedge is worth 0.5 more" in top.says


def test_cells_divide_all_futures():
    rng = np.random.default_rng(1)
    questions = {f"q{k}": (f"not q{k}", rng.random(500) < 0.5) for k in range(5)}
    target = sum(k * answer for k, (_, answer) in enumerate(questions.values())) + rng.normal(size=500)
    found = cells(target, questions)
    np.testing.assert_array_equal(sum(rows.astype(int) for _, rows in found), 1)
    assert 1 < len(found) <= 8


def test_the_standard_error_is_that_of_state_means():
    table = _study(5, states=200)
    found = between_strategies(table, "a", "b")
    wide = table.pivot_table(index="state", columns="strategy", values="payoff")
    gap = wide["a"] - wide["b"]
    assert found.se == pytest.approx(gap.std(ddof=1) / np.sqrt(200), rel=1e-9)


def test_weeks_say_when_half_of_it_has_built_up():
    weeks = np.zeros((10, 11))
    weeks[:, 6:] = 1.0
    found = between_strategies(_study(1), "a", "b", weekly={"influence": (weeks, np.zeros((10, 11)))})
    assert found.weeks["influence"] == (0.0,) * 6 + (1.0,) * 5
    assert found.half_by["influence"] == 8  # the third of five weeks passes half


def test_strategies_on_different_futures_are_refused():
    table = _study(2)
    missing = table.drop(table.index[table["strategy"] == "b"][0])
    with pytest.raises(InputError, match="same futures"):
        between_strategies(missing, "a", "b")
    with pytest.raises(InputError, match="there are: a, b"):
        between_strategies(table, "a", "c")


def test_questions_are_in_the_names_of_the_scenario():
    table = pd.DataFrame({"fallen.hill-lords": [3, -1], "order": ["holds", "chaos"]})
    took = pd.DataFrame({"order": ["takeover:hill-lords", "settlement"]})
    assert list(_questions(took, "", load("two-valleys").scenario)) == [
        "it ended in a settlement", "it ended with the hill lords in the majority",
    ]  # fmt: skip
    asked = {yes: (no, answer.tolist()) for yes, (no, answer) in
             _questions(table, "", load("two-valleys").scenario).items()}  # fmt: skip
    assert asked == {
        "the hill lords fell": ("the hill lords did not fall", [True, False]),
        "it ended in chaos": ("it did not end in chaos", [False, True]),
        "it ended with the Crown holding on": ("it did not end with the Crown holding on", [True, False]),
    }


def test_a_question_is_asked_once_where_both_give_the_same_answer_and_of_each_elsewhere():
    """The vote comes in the same futures under both; the fall and the order do not."""
    a = pd.DataFrame({"event.vote": [3, -1], "fallen.crown": [5, 5], "order": ["chaos", "chaos"]})
    b = pd.DataFrame({"event.vote": [4, -1], "fallen.crown": [-1, 5], "order": ["holds", "chaos"]})
    asked = {yes: answer.tolist() for yes, (_, answer) in _paired_questions(a, b, ("A", "B"), None).items()}
    assert asked == {
        "“vote” came": [True, False],
        "crown fell under both": [False, True],
        "crown fell under A": [True, True],
        "crown fell under B": [False, True],
        "it ended in chaos under both": [False, True],
        "it ended in chaos under A": [True, True],
        "it ended in chaos under B": [False, True],
        "it ended with nobody in the majority under B": [True, False],
    }
