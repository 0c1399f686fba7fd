"""What differs between two scenarios: found, named, said, and made one by one."""

import pytest

from equipoise.errors import InputError
from equipoise.scenario import changed, load, loads
from equipoise.scenario.differences import blended, by_part, changes_between, said

BASE = """equipoise: 1
title: Before
focus: north
calendar: {start: 2030-01-07, weeks: 26}
regions: {coast: {}, inland: {}}
forces:
  crown: {incumbent: true, control: {coast: 3, inland: 1}, collapse: {yearly: 0.2}}
  rebels: {name: The rebels, control: {coast: 1, inland: 2}}
patrons:
  north: {standing: {crown: 0.4}}
  south: {}
ties:
  - {between: [rebels, crown], sign: -0.5}
events:
  vote: {what: The vote, on: 2030-03-01, probability: 0.5, effects: [{push: {rebels: 0.1}, weeks: 4}]}
strategies:
  north:
    hedge: {engage: {crown: 1, rebels: 1}}
    wait: {engage: {crown: 1}, then: {when: vote, engage: {rebels: 1}}}
"""


def change(*swaps):
    text = BASE
    for before, after in swaps:
        assert before in text
        text = text.replace(before, after)
    return changes_between(loads(BASE).scenario, loads(text).scenario), loads(text).scenario


def words(*swaps):
    found, after = change(*swaps)
    return [said(each, loads(BASE).scenario, after) for each in found]


def test_a_scenario_does_not_differ_from_itself_nor_from_what_only_says_it_otherwise():
    assert change()[0] == ()
    assert change(("{coast: {}, inland: {}}", "{coast: {at: [3, 50]}, inland: {at: [4, 49]}}"))[0] == ()
    assert change(("title: Before", "title: After"), ("The vote", "An election"))[0] == ()
    assert change(("yearly: 0.2", "yearly: {value: 0.2, because: a guess, certain: true}"))[0] == ()
    judged = (
        "outlook: [{falls: crown, within: 20, is: 0.1}]\nsuccess: [{stands: crown}]\nstrategies:\n  north:"
    )
    assert change(("strategies:\n  north:", judged))[0] == ()


def test_each_number_is_a_change_in_words():
    found = words(("yearly: 0.2", "yearly: [0.2, 0.4]"), ("weeks: 4}]", "weeks: 4}, {violence: {add: 1}}]"))
    assert found[0] == "the chance a year, as things stand, of a fall of the crown: 0.2 → [0.2, 0.4]"
    assert found[1] == "the event “The vote” is written otherwise (effects)"


def test_numbers_are_said_in_six_digits_unless_they_would_then_read_alike():
    said_of = {
        after: words(("yearly: 0.2", f"yearly: {after}"))[0].partition("crown: ")[2]
        for after in ("[0.069317255566, 0.1, 0.142189251215]", "0.20000000001")
    }
    assert list(said_of.values()) == ["0.2 → [0.0693173, 0.1, 0.142189]", "0.2 → 0.20000000001"]
    assert words(("push: {rebels: 0.1}", "push: {rebels: 2500000}"))[0].endswith("0.1 → 2500000")


def test_a_number_of_an_effect_is_one_of_its_own():
    found, _ = change(("push: {rebels: 0.1}", "push: {rebels: 0.3}"))
    assert [each.name for each in found] == ["events.vote.effects.0.push.rebels"]


def test_shares_of_one_region_change_together():
    found, _ = change(
        ("control: {coast: 3,", "control: {coast: 0,"), ("control: {coast: 1,", "control: {coast: 4,")
    )
    assert [each.name for each in found] == ["control.coast"]


def test_an_event_that_others_name_goes_with_what_names_it():
    text = (
        "  vote: {what: The vote, on: 2030-03-01, probability: 0.5, effects: [{push: {rebels: 0.1}, weeks: 4}]}\n",
        "",
    )
    found, after = change(text, ("events:\n", ""), ("then: {when: vote,", "then: {when: {collapsed: crown},"))
    assert len(found) == 1
    text = said(found[0], loads(BASE).scenario, after)
    assert (
        text == "the event “The vote” is taken out; the strategy wait of north is written otherwise (then)"
        or ("the event “The vote” is taken out" in text and "the strategy wait" in text)
    )


def test_a_new_force_brings_its_own_standings_and_ties_and_no_number_of_others():
    found, after = change(
        ("patrons:\n", "  tribes: {control: {coast: 1}}\npatrons:\n"),
        ("standing: {crown: 0.4}", "standing: {crown: 0.5, tribes: 0.2}"),
        ("sign: -0.5}", "sign: -0.5}\n  - {between: [tribes, crown], sign: 0.3}"),
    )
    assert [each.name for each in found] == ["forces.tribes", "patrons.north.standing.crown"]
    assert (
        said(found[0], loads(BASE).scenario, after)
        == "the tribes is added; the tie between the crown and the tribes is added"
    )


@pytest.mark.parametrize(
    "swaps",
    [
        [("yearly: 0.2", "rate: 0.01")],
        [("sign: -0.5", "sign: 0.5"), ("weeks: 26", "weeks: 30")],
        [("hedge: {engage", "hedge: {floor: 0.2, engage")],
        [("    hedge: {engage: {crown: 1, rebels: 1}}\n", "")],
        [("ties:\n  - {between: [rebels, crown], sign: -0.5}\n", "")],
        [
            (
                "patrons:\n",
                "dynamics: {seasons: {winter: {between: [12-01, 02-28], violence: 0.5}}}\npatrons:\n",
            )
        ],
        [
            (
                "on: 2030-03-01, probability: 0.5",
                "between: [2030-02-01, 2030-04-01], timing: late, probability: 0.6",
            )
        ],
        [("regions: {", "quantities: {q: 0.4}\nregions: {"), ("crown: 0.4", "crown: {is: q}")],
    ],
)
def test_with_all_changes_made_one_scenario_is_the_other(swaps):
    found, after = change(*swaps)
    assert found
    made = blended(loads(BASE).scenario, found)
    assert changes_between(made, after) == ()
    assert changes_between(blended(loads(BASE).scenario, []), loads(BASE).scenario) == ()


def test_what_cannot_be_played_without_the_rest_is_refused():
    found, _ = change(("control: {coast: 3, inland: 1}", "control: {coast: 0, inland: 1}"))
    rebels, _ = change(("control: {coast: 1, inland: 2}", "control: {coast: 0, inland: 2}"))
    with pytest.raises(InputError, match="nobody is sure to control"):
        blended(loads(BASE).scenario, [*found, *rebels])


def test_numbers_of_one_part_can_be_taken_together():
    file = load("two-valleys")
    wide = changed(file, widen=0.3).scenario
    found = changes_between(file.scenario, wide)
    parts = by_part(found)
    assert len(found) > 100 > len(parts) > 5
    assert sum(len(each.edits) for each in parts) == sum(len(each.edits) for each in found)
    assert changes_between(blended(file.scenario, parts), wide) == ()
