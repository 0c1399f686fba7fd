"""The answer in two sentences, and confidence said apart from it."""

import copy

import pytest

from equipoise.reporting.answer import answer, grounds_of
from equipoise.reporting.context import Context


def changed(run, **edits):
    """Return a context of the run with some parts of the summary edited in place."""
    summary = copy.deepcopy(run.summary)
    for edit in edits.values():
        edit(summary)
    return Context(summary, run.scenario)


def set_difference(one, other, low, high):
    def edit(summary):
        for item in summary["differences"]:
            if {item["better"], item["worse"]} == {one, other}:
                item.update(better=one, worse=other, mean=(low + high) / 2, low=low, high=high)

    return edit


def threshold(value):
    return lambda summary: summary["duplicity"].update(threshold=value)


def test_first_sentence_names_the_best_with_its_interval(run):
    first = answer(run.context).sentences[0]
    payoff = run.summary["strategies"]["back-crown"]["payoff"]
    assert first.startswith(
        "Of the six ways of engaging tried for the Empire, back-crown pays best on average"
    )
    low, high = payoff["mean"] - 1.96 * payoff["se"], payoff["mean"] + 1.96 * payoff["se"]
    assert f"{payoff['mean']:.3f} (95 % interval {low:.3f} to {high:.3f}) over 4,000 futures" in first


def test_strategies_that_cannot_be_told_apart_are_named(run):
    close = changed(run, a=set_difference("back-crown", "back-rebels", -0.001, 0.002))
    assert "cannot be told apart from back-rebels." in answer(close).sentences[0]
    clear = changed(
        run, a=set_difference("back-crown", "back-rebels", 0.01, 0.02),
        b=set_difference("back-crown", "hill-lords-first", 0.01, 0.02),
    )  # fmt: skip
    assert "cannot be told apart" not in answer(clear).sentences[0]
    assert "0.015 ahead of back-rebels." in answer(clear).sentences[0]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.01, 0.03, "Hedging pays here: the best hedge, hill-lords-first, gains 0.020"),
     (-0.03, -0.01, "Hedging does not pay here: the best hedge, hill-lords-first, loses 0.020"),
     (-0.01, 0.03, "Whether to hedge stays open")],
)  # fmt: skip
def test_second_sentence_says_who_wins_whichever_way_it_goes(run, low, high, said):
    context = changed(run, a=set_difference("hill-lords-first", "back-crown", low, high))
    assert answer(context).sentences[1].startswith(said)


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.67, "stops paying once forces resent double dealing 1.7 times as much as assumed"),
     (0.4, "would pay only if forces resented double dealing less than 0.4 times as much as assumed")],
)  # fmt: skip
def test_the_turning_point_is_said(run, value, said):
    assert said in answer(changed(run, a=threshold(value))).sentences[1]


def test_no_turning_point_is_said_from_the_payoffs(run):
    def never(summary):
        summary["duplicity"]["threshold"] = None
        summary["duplicity"]["payoff"] = {
            name: [0.1 if name in summary["duplicity"]["hedges"] else 0.2] * 7
            for name in summary["duplicity"]["payoff"]
        }

    assert "even without any resentment" in answer(changed(run, a=never)).sentences[1]


def test_each_sentence_is_one_sentence(run):
    for sentence in answer(run.context).sentences:
        assert sentence.endswith(".")
        assert ". " not in sentence


def test_confidence_falls_a_level_for_each_missing_support(run):
    def supported(summary):
        best = summary["strategies"]["back-crown"]
        best["chance_best"] = 0.9
        best["robustness_rank"] = dict.fromkeys(best["robustness_rank"], 1)

    lead = set_difference("back-crown", "back-rebels", 0.01, 0.02)
    trace = {"counts": {"written": 100, "claim": 80, "belief": 5, "reason": 5, "nothing": 10}}
    sure = changed(run, a=supported, b=lead)
    sure = Context(sure.summary, run.scenario, {"trace": trace})
    assert (answer(sure).confidence, answer(sure).weakens) == ("high", ())
    ungrounded = Context(
        sure.summary, run.scenario, {"trace": {"counts": {**trace["counts"], "claim": 8, "nothing": 82}}}
    )
    assert answer(ungrounded).confidence == "moderate"
    assert "8 of the 100 numbers" in answer(ungrounded).weakens[0]
    unsure = changed(run, a=supported)
    assert len(answer(unsure).weakens) == 2
    assert answer(unsure).confidence == "low"


def test_no_strategy_no_answer(run):
    assert answer(Context({"strategies": {}}, run.scenario)) is None


def test_bare_zeros_are_not_counted_as_statements(run):
    rows = [("nothing", "0"), ("nothing", "0.3"), ("claim", "0"), ("claim", "0.2")]
    places = [{"basis": basis, "value": value} for basis, value in rows]
    trace = {"places": places, "counts": {"written": 4, "default": 0, "claim": 2, "nothing": 2}}
    found = grounds_of(Context(run.summary, run.scenario, {"trace": trace}))
    assert found == {"claim": 2, "belief": 0, "reason": 0, "nothing": 1}


def test_names_of_several_words_are_quoted_in_sentences(run):
    summary = copy.deepcopy(run.summary)
    summary["ranking"] = ["even-hedge", *(name for name in summary["ranking"] if name != "even-hedge")]
    assert "“Even hedge” pays best" in answer(Context(summary, run.scenario)).sentences[0]
