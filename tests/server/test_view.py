"""Views: what an address asks for, and what it is refused for."""

import pytest

from equipoise.errors import InputError
from equipoise.evidence import under_beliefs
from equipoise.scenario import load, places
from equipoise.server.view import MOST_CHANGES, View

FILE = load("two-valleys")
PAIRS = [
    ("beliefs", "empire"), ("forces.crown.momentum", "~0.002"), ("quantities.weariness", "*2"),
    ("events.leave-hinted.probability", "[0.1, 0.2, 0.4]"), ("way.mine", "crown:0.6,rebels:0.4"),
]  # fmt: skip


def test_an_address_is_read_back_as_it_was_written():
    from urllib.parse import parse_qsl

    view = View.read(PAIRS)
    assert View.read(parse_qsl(view.address)) == view
    assert "quantities.weariness=*2" in view.address and "way.mine=crown:0.6,rebels:0.4" in view.address


def test_a_view_changes_what_it_says_and_nothing_else():
    there = View.read(PAIRS).scenario(FILE.scenario)
    now, believed = places(there), places(under_beliefs(FILE.scenario, "empire"))
    changed = {path for path, number in now.items() if number.text != believed[path].text}
    assert changed == {"forces.crown.momentum", "quantities.weariness", "events.leave-hinted.probability"}
    assert now["quantities.weariness"].text == "[1, 3]"
    assert now["forces.crown.momentum"].text == "[-0.004, 0.006]"
    assert there.strategies["empire"]["mine"].engage == {"crown": 0.6, "rebels": 0.4}
    assert list(there.strategies["empire"])[:-1] == list(FILE.scenario.strategies["empire"])


def test_a_move_starts_from_what_is_believed():
    view = View.read([("beliefs", "empire"), ("forces.crown.collapse.yearly", "odds*1")])
    assert view.numbers(under_beliefs(FILE.scenario, "empire"))[
        "forces.crown.collapse.yearly"
    ].pert == pytest.approx((0.2, 0.35, 0.6))


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (("beliefs", "nobody"), "holds no beliefs"),
        (("forces.crown.nothing", "1"), "no number at"),
        (("forces.crown.momentum", "very"), "is no number"),
        (("events.leave-hinted.probability", "1.5"), "lie from 0 to 1"),
        (("events.leave-hinted.probability", "*3"), "lie from 0 to 1"),
        (("way.mine", "nobody:1"), "no force is called"),
        (("way.mine", "crown:0"), "above 0"),
        (("way.mine", "crown:-1"), "not be negative"),
        (("way.back-crown", "crown:1"), "of the scenario's own"),
        (("way.No Name", "crown:1"), "small letters"),
        (("nothing", "1"), "no part called"),
        (("forces.crown.momentum", "1" * 500), "longer than"),
    ],
)
def test_what_is_no_view_is_refused_with_a_sentence(pair, says):
    with pytest.raises(InputError, match=says):
        View.read([pair]).scenario(FILE.scenario)


def test_too_many_changes_are_refused():
    with pytest.raises(InputError, match="at most"):
        View.read((f"a.b{n}", "1") for n in range(MOST_CHANGES + 1))
