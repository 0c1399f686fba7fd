"""Robustness metrics against hand-worked tables, published figures and their own declared properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from equipoise.errors import InputError
from equipoise.findings.metrics import METRICS, evaluate, metric_named, ranks

NAMES = (
    "maximin",
    "maximax",
    "hurwicz",
    "laplace",
    "minimax-regret",
    "regret-p90",
    "mean-variance",
    "undesirable-deviations",
    "percentile-skewness",
    "percentile-peakedness",
    "starr",
    "cvar5",
    "certainty-equivalent",
)
LOWER = {"minimax-regret", "regret-p90", "undesirable-deviations"}

# Two strategies in eleven states, so that the p-quantile of sorted values is entry 10 p, no interpolation.
STEADY = [3.0] * 5 + [4.0] * 6
RISKY = [0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 6.5, 7.0, 7.5, 8.0, 10.0]
TABLE = np.array([STEADY, RISKY])


def value(metric, strategy, f=TABLE, **options):
    return evaluate(f, ["steady", "risky"], metrics=[metric], **options)[metric][strategy]


def test_the_registry_holds_the_thirteen_metrics_of_the_model():
    assert tuple(METRICS) == NAMES
    assert {name for name, metric in METRICS.items() if metric.direction == "lower"} == LOWER
    assert {name for name, metric in METRICS.items() if metric.needs_alternatives} == {
        "minimax-regret",
        "regret-p90",
        "starr",
    }
    for metric in METRICS.values():
        assert metric.title and metric.formula and metric.source
        assert metric.function.__doc__


@pytest.mark.parametrize(
    ("metric", "steady", "risky"),
    [
        ("maximin", 3, 0),
        ("maximax", 4, 10),
        # worst and best, half each: (3 + 4)/2, (0 + 10)/2
        ("hurwicz", 3.5, 5),
        # (5*3 + 6*4)/11 = 39/11; 0+1+2+4+5+6+6.5+7+7.5+8+10 = 57
        ("laplace", 39 / 11, 57 / 11),
        # best of each state: 3 3 3 4 5 6 6.5 7 7.5 8 10; steady forgoes at most 10 - 4, risky 3 - 0
        ("minimax-regret", 6, 3),
        # steady's regrets 0 0 0 0 2 2 2.5 3 3.5 4 6: tenth of eleven is 4; risky's 0*8, 1, 2, 3: 2
        ("regret-p90", 4, 2),
        # medians 4 and 6: steady 5 * 1; risky 6+5+4+2+1 = 18
        ("undesirable-deviations", 5, 18),
        # risky: q10 1, q50 6, q90 8: (6 - 4.5)/3.5; steady: 3, 4, 4: (4 - 3.5)/.5 = 1
        ("percentile-skewness", 1, 1.5 / 3.5),
        # risky: q25 = (2 + 4)/2 = 3, q75 = (7 + 7.5)/2 = 7.25: 7/4.25; steady: 1/1
        ("percentile-peakedness", 1, 7 / 4.25),
        # threshold 57/11 = 5.18: steady never, risky in the six states from 6 up
        ("starr", 0, 6 / 11),
        # 5 % of 11 states is 0.55 of the worst one
        ("cvar5", 3, 0),
    ],
)
def test_hand_worked_values(metric, steady, risky):
    assert value(metric, "steady") == pytest.approx(steady, abs=1e-12)
    assert value(metric, "risky") == pytest.approx(risky, abs=1e-12)


def test_mean_variance_divides_by_the_sample_deviation():
    # 1, 3: mean 2, squared deviations 1 + 1 over n - 1 = 1, sd sqrt 2
    assert value("mean-variance", "steady", np.array([[1, 3], [2, 2]])) == pytest.approx(3 / (1 + 2**0.5))
    assert value("mean-variance", "risky", np.array([[1, 3], [2, 2]])) == pytest.approx(3)


def test_values_published_with_mcphails_own_package():
    # RAPID, rapid/robustness/metrics/test/test_metrics.py: f = [[.99, 1, .5], [.69, .6, .6]]
    f = np.array([[0.99, 1.0, 0.5], [0.69, 0.6, 0.6]])
    found = evaluate(f, ["a", "b"], alpha=0.75)
    assert found["mean-variance"]["a"] == pytest.approx(1.42320289996384, abs=1e-13)
    assert found["mean-variance"]["b"] == pytest.approx(1.54948632859709, abs=1e-13)
    assert found["hurwicz"] == pytest.approx({"a": 0.625, "b": 0.6225})
    assert found["minimax-regret"] == pytest.approx({"a": 0.1, "b": 0.4})
    # theirs is the negative mean over the worse half (two states): -0.245; ours the sum
    assert found["undesirable-deviations"] == pytest.approx({"a": 2 * 0.245, "b": 0.0})


def test_hurwicz_weighs_the_worst_by_alpha():
    assert value("hurwicz", "risky", alpha=0.9) == pytest.approx(0.9 * 0 + 0.1 * 10)
    assert value("hurwicz", "risky", alpha=1) == 0
    assert value("hurwicz", "risky", alpha=0) == 10


def test_cvar_counts_the_last_state_in_part():
    # 20 % of 11 = 2.2 states: 0, 1 and a fifth of 2, over 2.2
    assert value("cvar5", "risky", share=0.2) == pytest.approx((0 + 1 + 0.2 * 2) / 2.2)
    assert value("cvar5", "risky", share=1) == pytest.approx(57 / 11)


def test_cvar_is_the_minimum_rockafellar_and_uryasev_define():
    f = np.random.default_rng(3).normal(size=(1, 37))
    loss = -f[0]
    candidates = [z + np.maximum(loss - z, 0).mean() / 0.05 for z in loss]
    assert evaluate(f, metrics=["cvar5"])["cvar5"]["0"] == pytest.approx(-min(candidates), abs=1e-12)


def test_starr_takes_a_number_or_a_named_strategys_mean():
    # steady's mean 39/11 = 3.55: steady in its six 4s, risky from its fourth state on (4 and above)
    assert value("starr", "steady", reference="steady") == pytest.approx(6 / 11)
    assert value("starr", "risky", reference="steady") == pytest.approx(8 / 11)
    # reaching the threshold counts
    assert value("starr", "risky", threshold=6) == pytest.approx(6 / 11)
    with pytest.raises(InputError, match="not both"):
        value("starr", "risky", threshold=6, reference="steady")
    with pytest.raises(InputError, match="no strategy is called"):
        value("starr", "risky", reference="stedy")


def test_certainty_equivalent_by_hand_and_without_overflow():
    # two states 0 and ln 2 at a = 1: mean of exp(-f) = (1 + 1/2)/2 = 3/4
    f = np.array([[0, math.log(2)]])
    assert evaluate(f)["certainty-equivalent"]["0"] == pytest.approx(-math.log(0.75))
    assert evaluate(f, aversion=0)["certainty-equivalent"]["0"] == pytest.approx(math.log(2) / 2)
    # half the states at -5000: exp(5000) overflows; the answer is -5000 + ln 2
    deep = np.array([[-5000.0, 5000.0]])
    assert evaluate(deep)["certainty-equivalent"]["0"] == pytest.approx(-5000 + math.log(2), abs=1e-9)


def test_a_normal_payoff_has_its_textbook_certainty_equivalent():
    from scipy.special import ndtri

    u = (np.arange(200_000) + 0.5) / 200_000
    found = evaluate(3 + 0.5 * ndtri(u)[None, :], metrics=["certainty-equivalent"], aversion=2)
    # mean - a variance / 2
    assert found["certainty-equivalent"]["0"] == pytest.approx(3 - 2 * 0.25 / 2, abs=1e-3)


def test_what_is_undefined_is_none_and_unranked():
    flat = np.full((1, 20), 0.1)
    found = evaluate(np.vstack([flat, np.linspace(0, 1, 20)]), ["flat", "wide"])
    assert found["percentile-skewness"]["flat"] is None
    assert found["percentile-peakedness"]["flat"] is None
    assert ranks(found["percentile-skewness"], "percentile-skewness") == {"flat": None, "wide": 1}
    one_state = evaluate(np.array([[1.0], [2.0]]))
    assert one_state["mean-variance"] == {"0": None, "1": None}
    assert one_state["maximin"] == {"0": 1.0, "1": 2.0}


def test_rounding_is_not_taken_for_spread():
    flat = np.full((1, 20), 0.1)
    flat[0, ::2] += 1e-17 + 2e-17
    assert evaluate(flat)["percentile-skewness"]["0"] is None


def test_skewness_has_mcphails_sign():
    # most states good, a tail of bad ones: above 0, and better
    crowded_good = np.array([[0, 5, 8, 9, 9.5, 9.6, 9.7, 9.8, 9.9, 10, 10]])
    assert evaluate(crowded_good)["percentile-skewness"]["0"] > 0
    assert evaluate(-crowded_good)["percentile-skewness"]["0"] < 0


def test_ranks_share_the_lower_number_and_follow_the_direction():
    values = {"a": 2.0, "b": 3.0, "c": 3.0, "d": None, "e": 1.0}
    assert ranks(values, "laplace") == {"a": 3, "b": 1, "c": 1, "d": None, "e": 4}
    assert ranks(values, "minimax-regret") == {"a": 2, "b": 3, "c": 3, "d": None, "e": 1}
    assert ranks({"a": 0.1 + 0.2, "b": 0.3}, "laplace") == {"a": 1, "b": 1}
    assert ranks({}, "laplace") == {}


@pytest.mark.parametrize(
    ("f", "options", "message"),
    [
        (np.zeros(3), {}, "two axes"),
        (np.zeros((0, 3)), {}, "two axes"),
        (np.array([[1.0, math.nan]]), {}, "must be finite; strategy 0 in state 1"),
        (np.zeros((2, 2)), {"names": ["a"]}, "as many different names"),
        (np.zeros((2, 2)), {"names": ["a", "a"]}, "as many different names"),
        (np.zeros((2, 2)), {"alfa": 1.0}, "no metric has the option 'alfa'"),
        (np.zeros((2, 2)), {"alpha": 1.5}, "from 0 to 1"),
        (np.zeros((2, 2)), {"share": 0.0}, "above 0"),
        (np.zeros((2, 2)), {"aversion": -1.0}, "0 or more"),
        (np.zeros((2, 2)), {"metrics": ["maxmin"]}, "nearest: maximin"),
    ],
)
def test_what_cannot_be_used_is_refused(f, options, message):
    with pytest.raises(InputError, match=message):
        evaluate(f, **options)


def test_the_metrics_disagree_about_the_winner():
    # H29: a hedge is best in the worst state and in regret, never in the best; the means favour the bet
    bet_a = [10.0, 0.0, 10.0]
    bet_b = [0.0, 10.0, 0.0]
    hedge = [4.9, 4.9, 4.9]
    found = evaluate(np.array([bet_a, bet_b, hedge]), ["a", "b", "hedge"], threshold=9)
    best = {
        name: [who for who, rank in ranks(values, name).items() if rank == 1]
        for name, values in found.items()
    }
    assert best["maximin"] == ["hedge"]
    assert best["minimax-regret"] == ["hedge"]
    assert best["laplace"] == ["a"]
    assert best["maximax"] == ["a", "b"]
    assert best["starr"] == ["a"]


# The properties each metric declares ------------------------------------------------------------------

PAYOFFS = arrays(
    float,
    st.tuples(st.integers(1, 4), st.integers(2, 25)),
    elements=st.integers(-40, 40).map(lambda k: k / 8),
)


def respond(metric, f):
    return np.array(metric(f))


def close(a, b):
    return np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(f=PAYOFFS, c=st.sampled_from([-3.0, 0.5, 2.0]))
def test_shift_is_as_declared(name, f, c):
    metric = metric_named(name)
    if metric.shift == "follows":
        assert close(respond(metric, f + c), respond(metric, f) + c)
    elif metric.shift == "unchanged":
        assert close(respond(metric, f + c), respond(metric, f))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(f=PAYOFFS, k=st.sampled_from([0.25, 2.0, 8.0]))
def test_scale_is_as_declared(name, f, k):
    metric = metric_named(name)
    if metric.scale == "follows":
        assert close(respond(metric, k * f), k * respond(metric, f))
    elif metric.scale == "unchanged":
        assert close(respond(metric, k * f), respond(metric, f))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(f=PAYOFFS, data=st.data())
def test_monotone_is_as_declared(name, f, data):
    metric = metric_named(name)
    better = f.copy()
    row = data.draw(st.integers(0, len(f) - 1))
    better[row, data.draw(st.integers(0, f.shape[1] - 1))] += 1.5
    if metric.monotone:
        sign = -1 if metric.direction == "lower" else 1
        assert sign * (respond(metric, better)[row] - respond(metric, f)[row]) >= -1e-9


@pytest.mark.parametrize("name", [name for name in NAMES if not METRICS[name].needs_alternatives])
@settings(max_examples=40, deadline=None)
@given(f=PAYOFFS)
def test_other_strategies_do_not_matter_unless_declared(name, f):
    metric = metric_named(name)
    alone = np.concatenate([respond(metric, row[None, :]) for row in f])
    assert close(respond(metric, f), alone)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(f=PAYOFFS, seed=st.integers(0, 99))
def test_the_order_of_states_and_strategies_does_not_matter(name, f, seed):
    metric, rng = metric_named(name), np.random.default_rng(seed)
    rows, columns = rng.permutation(len(f)), rng.permutation(f.shape[1])
    assert close(respond(metric, f[rows][:, columns]), respond(metric, f)[rows])


@pytest.mark.parametrize(
    ("name", "attribute"),
    [(name, attribute) for name in NAMES for attribute in ("shift", "scale", "monotone")],
)
def test_what_is_not_declared_truly_fails_somewhere(name, attribute):
    """A property that is not claimed must have a counterexample, or the claim is too modest."""
    metric = metric_named(name)
    rng = np.random.default_rng(5)
    samples = [rng.integers(-40, 40, (3, 11)) / 8 for _ in range(200)]
    f = np.stack(samples)
    if attribute == "monotone":
        if metric.monotone:
            return
        sign = -1 if metric.direction == "lower" else 1
        worse = False
        for table in f:
            for state in range(table.shape[1]):
                better = table.copy()
                better[0, state] += 1.5
                worse |= sign * (respond(metric, better)[0] - respond(metric, table)[0]) < -1e-6
        assert worse
        return
    change = (lambda t: t + 2.0) if attribute == "shift" else (lambda t: 4.0 * t)
    declared = getattr(metric, attribute)
    if declared != "follows":
        assert not all(close(respond(metric, change(t)), change(respond(metric, t))) for t in f)
    if declared != "unchanged":
        assert not all(close(respond(metric, change(t)), respond(metric, t)) for t in f)


def test_starr_with_a_fixed_threshold_is_monotone():
    rng = np.random.default_rng(8)
    for _ in range(50):
        f = rng.normal(size=(2, 9))
        better = f + np.abs(rng.normal(size=f.shape))
        before, after = (evaluate(t, threshold=0.3, metrics=["starr"])["starr"]["0"] for t in (f, better))
        assert after >= before
