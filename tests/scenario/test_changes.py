"""Numbers changed by path in memory, and bare numbers widened: MODEL.md §5a, and a file that stands by itself."""

import hashlib
import json
import math

import pytest

from equipoise.errors import InputError
from equipoise.evidence import under_beliefs
from equipoise.scenario import Number, changed, load, loads, places
from equipoise.scenario.reading import read

YEARLY = "forces.crown.collapse.yearly"
SMALL = """# a comment at the top
equipoise: 1
title: A small case
focus: north
calendar: {start: 2030-01-07, weeks: 26}
regions: {coast: {}, inland: {}}
quantities: {trust: 0.4}
forces:
  crown: {control: {coast: 3, inland: 1}, momentum: -0.02, collapse: {yearly: 0.5, panic: 2}}
  rebels: {control: {coast: 1, inland: 1}, momentum: {value: 0.01, certain: true}}
ties: [{between: [rebels, crown], sign: -0.9}]
patrons:
  north: {standing: {crown: {is: trust}}}
  south: {}
beliefs:
  south: {forces.crown.collapse.yearly: 0.9, dynamics.fade: 0.02}
# a comment before strategies
strategies: {north: {wait: {engage: {}}}}
# a comment at the end
"""


@pytest.fixture
def small():
    return loads(SMALL)


def test_what_is_changed_loads_again_from_its_own_text_as_the_same_file(small):
    made = changed(small, {YEARLY: 0.2, "dynamics.fade": [0.01, 0.03]}, widen="30%")
    again = loads(made.text)
    assert made.sha256 == hashlib.sha256(made.text.encode()).hexdigest() == again.sha256 != small.sha256
    assert again.scenario == made.scenario
    assert again.written == made.written == small.written | {"dynamics.fade"}
    assert (again.set_, again.widen) == (made.set_, made.widen)
    assert made.text.startswith(SMALL)  # comments and all


def test_the_numbers_that_are_set_and_no_others_are_other(small):
    before, after = places(small.scenario), places(changed(small, {YEARLY: "[0.1, 0.2]"}).scenario)
    assert {path for path in before if before[path] != after[path]} == {YEARLY}
    assert after[YEARLY] == Number(uniform=(0.1, 0.2))


def test_changing_nothing_gives_the_file_itself(small):
    assert changed(small) is small
    assert changed(small, {}) is small


@pytest.mark.parametrize("given", ["{words: likely}", {"words": "likely"}, Number(words="likely")])
def test_a_number_may_be_text_or_data_or_a_number(small, given):
    assert places(changed(small, {YEARLY: given}).scenario)[YEARLY] == Number(words="likely")


def test_what_is_set_comes_after_a_holders_beliefs(small):
    made = changed(small, {YEARLY: 0.2})
    believed = places(under_beliefs(made.scenario, "south"))
    assert believed[YEARLY] == Number(value=0.2)
    assert believed["dynamics.fade"] == Number(value=0.02)
    assert places(under_beliefs(small.scenario, "south"))[YEARLY] == Number(value=0.9)


def test_a_change_upon_a_change_leaves_one_section_and_every_comment(small):
    once = changed(small, {YEARLY: 0.2, "dynamics.fade": 0.02})
    twice = changed(loads(once.text), {YEARLY: 0.3})
    assert twice.text.count("\nset:") == 1
    assert [
        twice.text.count(f"# a comment {at}") for at in ("at the top", "before strategies", "at the end")
    ] == [1] * 3
    assert places(loads(twice.text).scenario)[YEARLY] == Number(value=0.3)
    assert places(twice.scenario)["dynamics.fade"] == Number(value=0.02)
    assert twice.text == changed(small, {YEARLY: 0.3, "dynamics.fade": 0.02}).text


def test_sections_between_others_are_found_wherever_they_stand():
    text = SMALL.replace("\nties:", "\nset:\n  dynamics.fade: 0.5\n# about ties\nties:")
    made = changed(loads(text), {YEARLY: 0.2})
    assert "# about ties\nties:" in made.text
    assert loads(made.text).scenario == made.scenario
    assert places(made.scenario)["dynamics.fade"] == Number(value=0.5)


def test_a_file_in_one_pair_of_braces_is_written_anew(small):
    file = loads(json.dumps(read(SMALL).root.plain(), default=str))
    made = changed(file, {YEARLY: 0.2})
    assert loads(made.text).scenario == made.scenario == changed(small, {YEARLY: 0.2}).scenario


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("forces.crown.colapse.yearly", 0.2, "did you mean `forces.crown.collapse.yearly`"),
        ("calendar.weeks", 12, "is not the path of a number"),
        (YEARLY, 2, "must lie from 0 to 1"),
        (YEARLY, "often", "a number is needed here, not `often`"),
        (YEARLY, "50%", "a number is needed here, not `50%` (write 0.5)"),
        (YEARLY, "half%", "a number is needed here, not `half%`"),
        (YEARLY, "0.1\nwiden: 1", "is no number"),
        (YEARLY, "{is: nowhere}", "there is no quantity `nowhere`"),
        (YEARLY, True, "a number is needed"),
        ("quantities.trust", 1.5, "`patrons.north.standing.crown` leaves its range"),
        ("quantities.trust", "{is: trust}", "in a circle"),
    ],
)
def test_what_cannot_be_set_is_refused_and_said(small, path, value, said):
    with pytest.raises(InputError) as caught:
        changed(small, {path: value})
    assert said in str(caught.value)
    assert str(caught.value).startswith("set") and "\n" not in str(caught.value)


def test_a_country_that_nobody_controls_is_refused(small):
    with pytest.raises(InputError, match="nobody is sure to control any of `coast`"):
        changed(small, {"forces.crown.control.coast": 0, "forces.rebels.control.coast": 0})


def test_widening_follows_the_model(small):
    """MODEL.md §5a by hand: v(1 ∓ w); of shares, ±2w in log-odds; kept to what may stand there."""
    wide = places(changed(small, widen=0.3).scenario)
    assert wide["forces.crown.collapse.panic"].pert == pytest.approx((1.4, 2, 2.6))
    assert wide["forces.crown.momentum"].pert == pytest.approx((-0.026, -0.02, -0.014))
    odds = math.exp(0.6)
    assert wide[YEARLY].pert == pytest.approx((1 / (1 + odds), 0.5, odds / (1 + odds)))
    assert wide["quantities.trust"].pert == pytest.approx((0.28, 0.4, 0.52))
    assert wide["ties.crown|rebels.sign"].pert == pytest.approx((-1, -0.9, -0.63))


def test_widening_leaves_what_is_certain_uncertain_unwritten_or_set(small):
    wide = places(changed(small, {"forces.crown.momentum": -0.02}, widen=0.3).scenario)
    assert wide["forces.rebels.momentum"] == Number(value=0.01, certain=True)
    assert wide["forces.crown.momentum"] == Number(value=-0.02)
    assert wide["dynamics.fade"] == Number(value=0.01)  # a default
    assert wide["patrons.north.standing.crown"] == Number(is_="trust")
    bounded = loads(SMALL.replace("panic: 2", "panic: [1, 3]"))
    assert places(changed(bounded, widen=0.3).scenario)["forces.crown.collapse.panic"] == Number(
        uniform=(1, 3)
    )


def test_what_was_set_before_is_not_widened_after(small):
    once = changed(changed(small, {YEARLY: 0.2}), widen=0.3)
    assert places(once.scenario)[YEARLY] == Number(value=0.2)
    assert places(once.scenario)["forces.crown.momentum"].pert is not None
    assert loads(once.text).scenario == once.scenario


def test_a_holders_bare_numbers_are_widened_too(small):
    held = changed(small, widen=0.3).scenario.beliefs["south"]
    assert held["dynamics.fade"].pert[1] == 0.02
    assert held["dynamics.fade"].pert[0] < 0.02 < held["dynamics.fade"].pert[2]


@pytest.mark.parametrize("share", [0, -0.1, 1.2, "150%", "much"])
def test_a_share_beyond_reason_is_refused(small, share):
    with pytest.raises(InputError):
        changed(small, widen=share)


def test_a_file_is_widened_once(small):
    with pytest.raises(InputError, match="widened by 30% already"):
        changed(changed(small, widen=0.3), widen=0.3)
    once = changed(changed(small, widen=0.3), {"forces.rebels.momentum": 0.5})
    assert loads(once.text).scenario == once.scenario


def test_every_default_of_a_bundled_case_can_be_set():
    file = load("two-valleys")
    unwritten = sorted(places(file.scenario).keys() - file.written)
    assert len(unwritten) > 50
    made = changed(file, {path: places(file.scenario)[path] for path in unwritten})
    assert loads(made.text).scenario == made.scenario
