"""The smallest flips of planes, whose distance is known by geometry."""

import numpy as np
import pytest

from equipoise.exploration import Ensemble, Override, smallest_flips
from equipoise.exploration.flip import Flip, _sentence
from equipoise.reporting.analyses.explore_tables import changes


def _plane(a, weights, n=3000, seed=0, noise=0.05):
    """Two strategies: 0, and a + weights·x, with standard normal inputs."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(len(weights), n))
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True)
    gain = a + np.array(weights) @ x + noise * rng.normal(size=n)
    inputs = {f"x{k}": row for k, row in enumerate(x)}
    return Ensemble(inputs=inputs, payoff=np.array([np.zeros(n), gain]), strategies=("safe", "bold"))


def test_one_input_flips_where_the_line_crosses():
    found = smallest_flips(_plane(-1.0, [1.0, 0.2]), rng=np.random.default_rng(0))
    flip = found.smallest[1]
    assert flip.paths == ("x0",)
    assert flip.values[0] == pytest.approx(1.0, abs=0.05)
    assert flip.distance == pytest.approx(1.0, abs=0.05)
    assert (flip.from_strategy, flip.to_strategy) == ("safe", "bold")
    assert flip.support > 0.99
    assert [f.paths for f in found.singles] == [("x0",)]  # x1 would have to move by 5 deviations


def test_two_inputs_together_flip_sooner_by_pythagoras():
    found = smallest_flips(_plane(-1.0, [0.8, 0.6]), rng=np.random.default_rng(0))
    assert found.smallest[1].distance == pytest.approx(1.25, abs=0.06)
    pair = found.smallest[2]
    assert pair.distance == pytest.approx(1.0, abs=0.06)
    assert dict(zip(pair.paths, pair.values, strict=True)) == {
        "x0": pytest.approx(0.8, abs=0.12),
        "x1": pytest.approx(0.6, abs=0.12),
    }


def test_three_inputs_flip_what_two_cannot():
    # each input reaches 1.645 at most: 2 x 1.645 < 4 < 3 x 1.645
    found = smallest_flips(_plane(-4.0, [1.0, 1.0, 1.0]), rng=np.random.default_rng(0))
    assert set(found.smallest) == {3}
    assert found.smallest[3].distance == pytest.approx(4 / np.sqrt(3), abs=0.08)
    assert found.singles == ()


def test_nothing_credible_flips_a_wide_lead():
    found = smallest_flips(_plane(-6.0, [1.0, 1.0, 1.0]), rng=np.random.default_rng(0))
    assert found.smallest == {} and "each inside its 5–95 % band, makes another strategy better" in found.says


def test_a_named_level_lies_as_far_as_it_is_rare():
    rng = np.random.default_rng(1)
    who = np.repeat(["dove", "hawk"], [800, 200])
    gain = np.where(who == "hawk", 1.0, -1.0) + 0.1 * rng.normal(size=1000)
    ensemble = Ensemble(
        inputs={"who": who}, payoff=np.array([np.zeros(1000), gain]), strategies=("safe", "bold")
    )
    flip = smallest_flips(ensemble, rng=rng).smallest[1]
    assert flip.values == ("hawk",) and flip.typical == ("dove",)
    # a normal density has fallen to a quarter √(2 ln 4) deviations out
    assert flip.distance == pytest.approx(np.sqrt(2 * np.log(4)))


def test_a_level_rarer_than_one_in_twenty_is_not_credible():
    who = np.repeat(["dove", "hawk"], [970, 30])
    ensemble = Ensemble(
        inputs={"who": who},
        payoff=np.array([np.zeros(1000), np.where(who == "hawk", 1.0, -1.0)]),
        strategies=("safe", "bold"),
    )
    assert smallest_flips(ensemble, rng=np.random.default_rng(0)).smallest == {}


@pytest.mark.parametrize(("truth", "confirmed"), [(0.0, True), (-1.0, False)])
def test_a_flip_is_rerun(truth, confirmed):
    asked = []

    def evaluate(overrides):
        asked.append(overrides)
        return {"safe": np.zeros(100), "bold": np.full(100, truth) + np.linspace(-0.1, 0.1, 100)}

    found = smallest_flips(_plane(-1.0, [1.0]), evaluate=evaluate, rng=np.random.default_rng(0))
    assert found.smallest[1].confirmed is confirmed
    assert found.smallest[1].rerun_gap == pytest.approx(truth, abs=1e-12)
    assert ("bold would be as good as safe" in found.says) is confirmed
    assert ("no change that was found makes another strategy as good as safe" in found.says) is not confirmed
    ((path, override),) = asked[0].items()
    assert path == "x0" and isinstance(override, Override) and override.times is None


def test_an_input_that_stays_as_it_is_reads_as_kept():
    """To three figures b is where it typically is: `from 0.002 to 0.002` told nothing."""
    flip = Flip(("a", "b"), (0.2, 0.0020003), (0.1, 0.002), 1.0, "safe", "bold", 1.0, confirmed=True)
    assert _sentence("safe", {2: flip}, None).startswith(
        "if a were 0.2 (typically 0.1) and b were 0.002 (as it typically is), bold would be as good as safe"
    )
    found = {"words": {"a": "the pride", "b": "the momentum"}}
    assert changes(found, flip.to_dict()) == ["The pride from 0.1 to 0.2", "the momentum kept at 0.002"]


def test_the_sentence_is_of_a_change_that_reruns_bear_out():
    """Of a near change that they do not and a farther one that they do it tells the farther."""
    near = Flip(("a",), (0.2,), (0.1,), 1.0, "safe", "bold", 1.0, confirmed=False)
    far = Flip(("a", "b"), (0.2, 3.0), (0.1, 1.0), 1.4, "safe", "odd", 1.0, confirmed=True)
    assert _sentence("safe", {1: near, 2: far}, None).startswith("if a were 0.2 (typically 0.1) and b were 3")
    assert _sentence("safe", {1: near}, None) == (
        "no change that was found makes another strategy as good as safe: played again, the nearest "
        "(a at 0.2 (typically 0.1); a change of 1 standard deviations) leaves bold behind"
    )


def test_a_flip_that_the_rerun_does_not_confirm_is_moved_outwards():
    # the rerun crosses at 1.2, where the regression of the sample says 1
    def evaluate(overrides):
        return {"safe": np.zeros(100), "bold": np.full(100, overrides["x0"].set - 1.2)}

    flip = smallest_flips(_plane(-1.0, [1.0]), evaluate=evaluate, rng=np.random.default_rng(0)).smallest[1]
    assert flip.confirmed
    assert 1.2 <= flip.values[0] <= 1.3
    assert flip.distance == pytest.approx(flip.values[0], abs=1e-6)


def _three(a, n=3000, seed=0):
    """Three strategies of two standard normal inputs: 0, x0 - a and x1 - a."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, n))
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True)
    payoff = np.array([0.05 * rng.normal(size=n), x[0] - a, x[1] - a])
    return Ensemble(inputs={"x0": x[0], "x1": x[1]}, payoff=payoff, strategies=("safe", "bold", "odd"))


def test_a_flip_towards_a_strategy_makes_it_the_best_of_all():
    rng = np.random.default_rng(0)
    flip = smallest_flips(_three(1.0), towards="odd", rng=rng).smallest[1]
    assert (flip.paths, flip.to_strategy) == (("x1",), "odd")
    assert flip.values[0] == pytest.approx(1.0, abs=0.06)
    assert flip.support > 0.99


def test_a_flip_towards_must_beat_every_other_not_only_the_recommended():
    # bold leads odd wherever x0 is typical: with bold 0.5 ahead of safe, odd needs x1 - 1 > 0.5 on its own
    ensemble = _three(1.0)
    payoff = ensemble.payoff + np.array([[0.0], [1.5], [0.0]])
    made = Ensemble(
        inputs={k: v.values for k, v in ensemble.inputs.items()},
        payoff=payoff,
        strategies=ensemble.strategies,
    )
    flip = smallest_flips(made, towards="odd", rng=np.random.default_rng(0)).smallest[1]
    assert flip.from_strategy == "bold"
    assert flip.values[0] == pytest.approx(1.5, abs=0.08)


def test_a_flip_towards_is_confirmed_only_where_it_leads_when_played_again():
    def evaluate(overrides):
        lead = overrides["x1"].set - 1.2 + np.linspace(-1, 1, 100)
        return {"safe": np.zeros(100), "bold": np.full(100, -1.0), "odd": lead}

    flip = smallest_flips(
        _three(1.0), towards="odd", evaluate=evaluate, rng=np.random.default_rng(0)
    ).smallest[1]
    assert flip.confirmed and flip.rerun_gap >= 0
    assert 1.2 <= flip.values[0] <= 1.35


def test_nothing_leads_towards_what_is_best_already():
    found = smallest_flips(_three(1.0), towards="safe", rng=np.random.default_rng(0))
    assert found.smallest == {} and "already" in found.says
