"""Views: what an address asks for, and what it is refused for."""

from pathlib import Path

import pytest

from equipoise.errors import InputError
from equipoise.evidence import under_beliefs
from equipoise.scenario import load, places
from equipoise.server.view import MOST_CHANGES, Believed, View

FILE = load("two-valleys")
SPEC = Path(__file__).parents[2] / "spec"
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
    there = View.read(PAIRS).situation(Believed.by("empire", FILE.scenario)).scenario
    now, believed = places(there), places(under_beliefs(FILE.scenario, "empire"))
    changed = {path for path, number in now.items() if number.text != believed[path].text}
    assert changed == {"forces.crown.momentum", "quantities.weariness", "events.leave-hinted.probability"}
    assert now["quantities.weariness"].text == "[1, 3]"
    assert now["forces.crown.momentum"].text == "[-0.004, 0.006]"
    assert there.strategies["empire"]["mine"].engage == {"crown": 0.6, "rebels": 0.4}
    assert list(there.strategies["empire"])[:-1] == list(FILE.scenario.strategies["empire"])


def test_a_move_starts_from_what_is_believed():
    view = View.read([("beliefs", "empire"), ("forces.crown.collapse.yearly", "odds*1")])
    found = view.situation(Believed.by("empire", FILE.scenario))
    assert found.numbers["forces.crown.collapse.yearly"].pert == pytest.approx((0.2, 0.35, 0.6))


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
    def situation():
        view = View.read([pair])
        return view.situation(Believed.by(view.beliefs, FILE.scenario))

    with pytest.raises(InputError, match=says):
        situation()


def test_too_many_changes_are_refused():
    with pytest.raises(InputError, match="at most"):
        View.read((f"a.b{n}", "1") for n in range(MOST_CHANGES + 1))


def test_a_pool_is_believed_but_what_its_holders_dispute_is_not_moved():
    pooled = load(SPEC / "valid" / "pools.yaml").scenario
    pool = next(iter(pooled.pools))
    believed = Believed.by(pool, pooled)
    disputed = next(path for path, number in believed.numbers.items() if number.mix is not None)
    with pytest.raises(InputError, match="taken together"):
        View(pool, {disputed: "*2"}).situation(believed)
    assert View(pool, {disputed: "0.25"}).situation(believed).numbers[disputed].value == 0.25


def test_what_differs_is_put_in_its_place_one_by_one():
    base = View("empire", {"a.b": "1", "c.d": "2"})
    view = View(None, {"c.d": "3", "e.f": "4"})
    assert view.differing(base) == ("beliefs", "c.d", "e.f", "a.b")
    assert view.towards(base, ()) == base
    assert view.towards(base, view.differing(base)) == view
    assert view.towards(base, ["c.d"]) == View("empire", {"a.b": "1", "c.d": "3"})
