"""Events and talks that are given a date."""

import pytest

import equipoise
from equipoise.errors import InputError
from equipoise.scenario import load
from equipoise.scenario.altering import dated, dated_item


def test_a_date_stands_in_the_place_of_when_it_may_come():
    file = load("two-valleys")
    assert file.scenario.events["leave-hinted"].between is not None
    made = dated(file, {"events.leave-hinted.on": "2031-05-20"})
    event = made.scenario.events["leave-hinted"]
    assert str(event.on) == "2031-05-20" and event.between is None
    assert event.probability == file.scenario.events["leave-hinted"].probability
    assert made.sha256 != file.sha256 and file.scenario.events["leave-hinted"].on is None
    assert made.scenario.model_copy(update={"events": file.scenario.events}) == file.scenario


def test_it_comes_on_that_day_in_every_future_in_which_it_comes():
    made = dated(load("two-valleys"), {"events.leave-hinted.on": "2031-05-20"})
    found = equipoise.run(made, futures=2048).summary["events"]["leave-hinted"]
    assert (
        found["p5_date"] == found["median_date"] == found["p95_date"] == "2031-05-19"
    )  # the Monday of its week
    was = equipoise.run("two-valleys", futures=2048).summary["events"]["leave-hinted"]
    assert found["probability"] == pytest.approx(was["probability"], abs=0.05)


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("events.nobody.on", "2031-05-20", "nothing at events.nobody"),
        ("events.leave-hinted.on", "soon", "a date is written 2031-07-01"),
        ("events.leave-hinted.on", "2040-01-01", "not within the run"),
        ("talks.leave-hinted.on", "2031-05-20", "nothing at talks.leave-hinted"),
    ],
)
def test_what_cannot_be_a_date_is_refused(path, text, says):
    with pytest.raises(InputError, match=says):
        dated(load("two-valleys"), {path: text})


def test_what_waits_for_the_run_takes_no_date():
    file = load("afghanistan-2021")
    name = next(name for name, event in file.scenario.events.items() if event.when is not None)
    with pytest.raises(InputError, match="waits for what happens in the run"):
        dated(file, {f"events.{name}.on": "2021-05-20"})


def test_only_the_date_of_an_event_or_talk_is_one():
    assert dated_item("events.a.on") == "events.a" and dated_item("talks.b.on") == "talks.b"
    for path in ("forces.a.on", "events.a.probability", "events.on", "events.a.effects.0.on"):
        assert dated_item(path) is None
