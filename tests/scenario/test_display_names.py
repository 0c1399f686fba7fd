"""Names read as English in sentences and short in tables; labels never take the place of a name in a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.evidence import under_beliefs
from equipoise.scenario import load, loads
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import COMMON, within
from equipoise.scenario.wording import place

LABELS = Path(__file__).resolve().parents[2] / "spec" / "valid" / "labels.yaml"


@pytest.fixture
def scenario():
    return load(LABELS).scenario


def test_tables_show_labels_and_sentences_names(scenario):
    names = Names.of(scenario)
    assert (names.force("crown"), names.actor("crown"), names.order("holds")) == (
        "Crown",
        "Crown",
        "Crown holds",
    )
    assert (names.within("crown"), names.government()) == ("the Crown and its governors",) * 2
    assert (names.region("coast"), names.inside("coast")) == (
        "Coast",
        "the coast from the capital to the river",
    )
    assert names.patron("north") == "The north"


def test_a_shared_quantity_goes_by_its_label(scenario):
    assert place("quantities.weariness", scenario) == "the shared quantity “Weariness”"
    text = LABELS.read_text(encoding="utf-8") + "beliefs:\n  north: {quantities.weariness: 2}\n"
    believed = under_beliefs(loads(text).scenario, "north")
    assert (believed.quantities["weariness"].value, believed.quantities["weariness"].label) == (
        2,
        "Weariness",
    )


def test_an_actor_without_a_name_reads_as_english(scenario):
    text = (
        LABELS.read_text(encoding="utf-8")
        .replace("rebels:", "hill-lords:")
        .replace("rebels: 1}", "hill-lords: 1}")
    )
    text = text.replace("  north:", "  saudi-arabia:").replace("focus: north", "focus: saudi-arabia")
    names = Names.of(loads(text).scenario)
    assert names.within("hill-lords") == "the hill lords"
    assert names.within("saudi-arabia") == "Saudi Arabia"
    assert (names.force("hill-lords"), names.patron("saudi-arabia")) == ("hill-lords", "The north")


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Government", "the government"),
        ("The Crown", "the Crown"),
        ("A conference abroad", "a conference abroad"),
        ("Taliban", "Taliban"),
        ("Government of National Accord", "Government of National Accord"),
    ],
)
def test_a_common_noun_takes_an_article_inside_a_sentence(name, inside):
    assert f"if {within(name)} falls" == f"if {inside} falls"


def test_common_nouns_are_written_as_they_are_compared():
    assert all(word == word.casefold() for word in COMMON)


def test_what_stands_in_brackets_is_left_out_of_sentences_unless_it_tells_two_apart():
    """Libya's army is Haftar's in tables; where a second army differs in its brackets alone, both keep them."""
    names = Names.of(load("libya-2019").scenario)
    assert names.within("lna") == "the Libyan National Army" and names.force("lna") == "Haftar"
    text = load("libya-2019").text.replace(
        "name: The southern tribes", "name: The Libyan National Army (Kufra)"
    )
    names = Names.of(loads(text).scenario)
    assert names.within("lna") == "the Libyan National Army (Haftar)"
    assert names.tie("lna|south") == "the Libyan National Army (Haftar) and the Libyan National Army (Kufra)"


def test_strategies_of_every_patron_have_their_names():
    names = Names.of(load("libya-2019").scenario)
    assert names.strategy("haftar-alone") == names.strategy("haftar-alone", "russia") == "Haftar alone"
    assert names.strategy("step-in", "turkey") == "Step in" and names.strategy("step-in") == "step-in"
    assert names.quoted("step-in", "turkey") == "“Step in”"


def test_holders_quantities_and_events_are_called_in_one_place():
    names = Names.of(load("libya-2019").scenario)
    assert names.holder(None) == "the analyst" and names.holder("emirates") == "the United Arab Emirates"
    assert (names.holding(None), names.holding("gulf-office")) == ("The analyst", "“gulf office”")
    assert names.holding("emirates") == names.actor("emirates") != "emirates"
    assert (
        names.within("the vice-president's staff") == "the vice-president's staff"
    )  # of a claim, in free words
    assert names.quantity("nerve") == "Sponsors' nerve"
    assert names.quoted_event("truce") == "“Moscow and Ankara call a truce that both accept”"
    assert Names.of(None).within("rebels") == "rebels"


def test_the_name_of_an_order_can_stand_before_a_colon():
    """On pages a count follows it: `Majority for the rebels: 15`."""
    names = Names.of(load("two-valleys").scenario)
    orders = [names.order(key) for key in ("holds", "takeover:rebels", "settlement", "chaos")]
    assert orders == ["The Crown holds", "Majority for the rebels", "Settlement", "Chaos, no majority"]


def test_an_order_after_a_colon_keeps_the_capital_of_a_name():
    from equipoise.reporting.analyses.compare import called

    names = Names.of(load("two-valleys").scenario)
    assert called("orders.holds", names) == "at the end: the Crown holds"
    assert called("orders.chaos", names) == "at the end: chaos, no majority"
    league = replace(names, labels={**names.labels, "forces": {**names.labels["forces"], "crown": "League"}})
    assert called("orders.holds", league) == "at the end: League holds"
