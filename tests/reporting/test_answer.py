"""The answer in two sentences, and confidence said apart from it."""

from dataclasses import replace

import pytest

from equipoise.findings.hedges import Kind
from equipoise.reporting.answer import answer, grounds_of, how_sure
from equipoise.reporting.run_view import RunView

BEST, SECOND, SINGLE = "bandwagon", "warm-friends", "back-rebels"


def test_the_run_is_the_one_these_tests_speak_of(golden):
    assert golden.found.ranking[:2] == (BEST, SECOND)
    assert golden.context.hedges[0] == BEST and golden.context.one_sided[0] == SINGLE


def test_first_sentence_names_the_best_with_the_interval_that_was_found(golden):
    first = answer(golden.context)[0]
    payoff = golden.found.strategies[BEST].payoff
    assert first.startswith(
        "Of the nine ways of engaging written down for the Empire, bandwagon pays best on average"
    )
    said = f"{payoff.mean:.3f} (95 % interval {payoff.low:.3f} to {payoff.high:.3f}) over 4,096 futures"
    assert said in first


def test_strategies_that_cannot_be_told_apart_are_named(golden):
    apart = golden.found
    for name in golden.found.ranking[2:]:
        apart = golden.with_difference(BEST, name, 0.01, 0.02, of=apart)
    close = golden.with_difference(BEST, SECOND, -0.001, 0.002, of=apart)
    assert "cannot be told apart from warm-friends." in answer(RunView(close, golden.scenario))[0]
    clear = RunView(golden.with_difference(BEST, SECOND, 0.01, 0.02, of=apart), golden.scenario)
    assert "cannot be told apart" not in answer(clear)[0]
    assert "0.015 ahead of warm-friends." in answer(clear)[0]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.01, 0.03, "Of those written down, hedging pays: the best hedge between rivals, bandwagon, gains 0.020"),
     (-0.03, -0.01, "Of those written down, no hedge between rivals pays: the best one, bandwagon, loses 0.020"),
     (-0.01, 0.03, "Whether to hedge stays open")],
)  # fmt: skip
def test_second_sentence_says_who_wins_whichever_way_it_goes(golden, low, high, said):
    found = golden.with_difference(BEST, SINGLE, low, high)
    assert answer(RunView(found, golden.scenario))[1].startswith(said)


def test_what_the_hedge_ends_with_is_said_for_the_fall_and_for_its_staying_away(golden):
    def after(hedge, single):
        now = {
            name: replace(
                golden.found.strategies[name], influence_after_collapse=fallen, influence_if_stands=stands
            )
            for name, (fallen, stands) in ((BEST, hedge), (SINGLE, single))
        }
        found = replace(golden.found, strategies=golden.found.strategies | now)
        return answer(RunView(found, golden.scenario))[1]

    said = "if the Crown falls the hedge ends with influence of 0.510 against 0.120"
    assert f"{said}, if it stands 0.250 against 0.340" in after((0.51, 0.25), (0.12, 0.34))
    falls_always = after((0.51, None), (0.12, None))
    assert said in falls_always and "if it stands" not in falls_always
    assert "plays no part" in after((None, 0.25), (0.12, 0.34))


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.67, "stops paying once forces resent it 1.7 times as much as assumed"),
     (0.4, "would pay only if forces resented it less than 0.4 times as much as assumed")],
)  # fmt: skip
def test_the_turning_point_is_said(golden, value, said):
    found = golden.with_resentment(threshold=value)
    assert said in answer(RunView(found, golden.scenario))[1]


@pytest.mark.parametrize(
    ("hedges", "singles", "said"),
    [
        (0.1, 0.2, "even without any resentment"),
        (0.3, 0.2, "up to 6 times what is assumed does not change that"),
    ],
)
def test_without_a_turning_point_the_payoffs_say_why(golden, hedges, singles, said):
    scan = golden.found.resentment
    payoff = {
        name: (hedges if name in scan.hedges else singles,) * len(scan.multipliers) for name in scan.payoff
    }
    found = golden.with_resentment(threshold=None, payoff=payoff)
    assert said in answer(RunView(found, golden.scenario))[1]


def test_the_best_spread_that_keeps_to_one_camp_is_said_to_be_no_hedge(golden):
    """The best two spread over friends; the best hedge between rivals comes third and is the one that is compared."""
    friends = golden.with_strategies(
        kind=lambda name, item: Kind.ONE_CAMP if name in (BEST, SECOND) else item.kind
    )
    context = RunView(friends, golden.scenario)
    assert context.hedges[0] == "even-hedge" and context.one_sided[0] == BEST
    said = answer(context)
    assert "the best hedge between rivals, even-hedge" in said[1] or "the best one, even-hedge" in said[1]
    no_hedge = "the best way that spreads effort, keeps to one camp: it is no hedge between rivals."
    assert said[2].startswith("Bandwagon") and said[2].endswith(no_hedge)
    assert not any(no_hedge in text for text in answer(golden.context))


def test_each_sentence_is_one_sentence(golden):
    for sentence in answer(golden.context):
        assert sentence.endswith(".")
        assert ". " not in sentence


def test_how_sure_it_is_comes_from_the_run_with_every_reason_and_what_would_raise_it(golden):
    found = golden.found.confidence
    said = how_sure(golden.context)
    assert said.text.startswith(f"Confidence in this judgement is {found.level}: ")
    assert said.items[-1] == found.raised_by
    assert said.items[-2].startswith("Counted over ")
    assert [item.partition(": ")[2] for item in said.items[:-2]] == [*found.supports, *found.weakens]
    assert all(item.startswith("Missing: ") for item in said.items[len(found.supports) : -2])


def searched(golden, **gain):
    """Return the answer beside a search that gained something, or did not."""
    search = golden.analyses["optimise"]
    held = {"mean": 0.03, "low": 0.02, "high": 0.04, "se": 0.005}
    found = search["found"] | {"named": None, "title": "65 % the Crown, 35 % the hill lords"}
    changed = search | {
        "found": found,
        "gain": search["gain"] | {"held_out": held, "told_apart": True} | gain,
    }
    return answer(RunView(golden.found, golden.scenario, {"optimise": changed}))


def test_the_headline_takes_into_account_what_a_search_found(golden):
    assert len(answer(golden.context)) == 2
    said = searched(golden)[2]
    assert "pays 0.030 more than bandwagon" in said and "(95 % interval 0.020 to 0.040)" in said
    assert said.endswith(": 65 % the Crown, 35 % the hill lords.")
    assert "found nothing that can be shown to pay more" in searched(golden, told_apart=False)[2]
    worse = {"mean": -0.03, "low": -0.04, "high": -0.02, "se": 0.005}
    assert "found nothing" in searched(golden, held_out=worse)[2]


def test_bare_zeros_are_not_counted_as_statements(golden):
    rows = [("nothing", "0"), ("nothing", "0.3"), ("claim", "0"), ("claim", "0.2")]
    places = [{"basis": basis, "value": value} for basis, value in rows]
    trace = {"places": places, "counts": {"written": 4, "default": 0, "claim": 2, "nothing": 2}}
    found = grounds_of(RunView(golden.found, golden.scenario, {"trace": trace}))
    assert found == {"claim": 2, "belief": 0, "reason": 0, "nothing": 1}


def test_names_of_several_words_are_quoted_in_sentences(golden):
    ranking = (SECOND, *(name for name in golden.found.ranking if name != SECOND))
    found = replace(golden.found, ranking=ranking)
    scenario = golden.named(warm_friends="Warm friends")
    assert "“Warm friends” pays best" in answer(RunView(found, scenario))[0]
