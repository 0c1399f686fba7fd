"""Base rates: counts over classes of wars, intervals, reference classes of a scenario, yearly chances."""

import math
from dataclasses import replace
from datetime import date

import pytest
import yaml
from scipy.stats import beta

import equipoise
from equipoise.errors import InputError, ScenarioError
from equipoise.reporting.analyses.base_rates import NO_WAR, blocks, pasted
from equipoise.reporting.blocks import Paragraph
from equipoise.scenario import load
from equipoise.scenario.number import quantile
from equipoise.scenario.reading import read
from equipoise.scoring import Wars, counts, departures, judging, rate, reference_classes, yearly_chance
from equipoise.scoring.base_rates import COUNTED, FIGHTING, KINDS
from equipoise.scoring.benchmarks import falling


def written(case):
    """Return a case as plain data, as its file writes it."""
    return read(load(case).text).root.plain()


GOVERNMENT = {"over": "government"}

# Events, years and wars by class, as a panel of the same data by other hands has them (see the shared results).
PUBLISHED = [
    ("government-falls", GOVERNMENT, 18, 708, 60),
    ("government-falls", GOVERNMENT | {"intensity": "war"}, 11, 269, 32),
    ("government-falls", GOVERNMENT | {"intensity": "minor"}, 7, 439, 59),
    ("government-falls", GOVERNMENT | {"period": (1975, 1989)}, 6, 240, 30),
    ("government-falls", GOVERNMENT | {"period": (1990, 2017)}, 12, 468, 51),
    ("government-falls", GOVERNMENT | {"troops": "there"}, 5, 170, 28),
    ("government-falls", GOVERNMENT | {"troops": "gone-2"}, 2, 36, 19),
    ("government-falls", GOVERNMENT | {"troops": "gone-3"}, 3, 48, 20),
    ("government-falls", GOVERNMENT | {"rebels": "alone"}, 5, 295, 49),
    ("government-falls", GOVERNMENT | {"rebels": "supported"}, 13, 413, 39),
    ("government-falls", GOVERNMENT | {"intensity": "war", "rebels": "supported"}, 10, 205, 27),
    ("government-falls", GOVERNMENT | {"age": (0, 1)}, 6, 178, 57),
    ("government-falls", GOVERNMENT | {"age": (10, 99)}, 5, 244, 19),
    ("government-falls", {"over": "territory"}, 1, 747, 84),
    ("government-falls", GOVERNMENT | {"period": (1946, 2023)}, 23, 1002, 76),
    ("government-falls", GOVERNMENT | {"period": (1946, 2023), "troops": "there"}, 8, 274, 36),
    ("government-falls", GOVERNMENT | {"period": (1946, 2023), "troops": "gone-3"}, 4, 57, 20),
    ("government-falls", GOVERNMENT | {"period": (1946, 2023), "troops": "none"}, 11, 671, 70),
    ("government-falls", GOVERNMENT | {"period": (1946, 2023), "intensity": "war"}, 15, 360, 44),
    ("government-wins", {}, 18, 1455, 144),
    ("government-wins", {"rebels": "supported"}, 4, 736, 78),
    ("war-ends", {}, 331, 1455, 144),
    ("war-ends", {"intensity": "war"}, 42, 378, 64),
    ("war-ends", {"age": (0, 0)}, 117, 251, 133),
    ("agreement", GOVERNMENT, 28, 708, 60),
    ("rebels-defeated", {}, 22, 1830, 147),
    ("rebels-defeated", {"troops": "there"}, 4, 310, 41),
    ("rebels-gone", {"rebels": "supported"}, 23, 881, 76),
    ("rebels-gone", {"age": (2, 4)}, 14, 426, 92),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wars", "events", "years", "among"), PUBLISHED)
def test_classes_hold_the_counts_of_the_panel(kind, wars, events, years, among):
    row = rate(kind, Wars(**wars))
    assert (row.events, row.exposure, row.wars) == (events, years, among)
    assert row.rate == events / years


def test_capitals_that_fell_while_the_war_went_on_are_counted():
    """At war strength, over government, since 1990: 11 of 178 years, where counts of ends of whole wars have 3."""
    row = rate("government-falls-same-year", Wars("government", "war", period=(1990, 2020)))
    assert (row.events, row.exposure) == (11, 178)


def test_intervals_are_jeffreys_as_published():
    """Brown, Cai and DasGupta 2001, table 5: n = 10, X = 3; and none or all of them."""
    from equipoise.scoring.base_rates import jeffreys, jeffreys_of_rate

    assert jeffreys(3, 10) == (pytest.approx(0.093, abs=5e-4), pytest.approx(0.606, abs=5e-4))
    assert jeffreys(0, 30)[0] == 0 and jeffreys(30, 30)[1] == 1
    assert jeffreys(0, 30)[1] == pytest.approx(1 - jeffreys(30, 30)[0])
    low, high = jeffreys_of_rate(
        10, 4.0
    )  # half of chi-square's quantiles with 21 degrees of freedom, a year of 4
    assert (low, high) == (pytest.approx(10.2829 / 8, rel=1e-4), pytest.approx(35.4789 / 8, rel=1e-4))


def test_what_is_pasted_is_the_distribution_behind_the_interval():
    row = rate("government-falls", Wars("government", "war"))
    number = yaml.safe_load(row.number)
    assert number == {"beta": [11.5, 258.5], "claims": [row.claim]}
    assert beta.ppf([0.025, 0.975], *number["beta"]) == pytest.approx([row.low, row.high])


def test_what_is_pasted_is_a_valid_scenario_with_its_grounds():
    """Put into two-valleys as it is printed, it checks, and the number's claim names its source."""
    found = equipoise.base_rates("two-valleys", "government-falls")
    text = "\n".join(pasted(found))
    printed = yaml.safe_load(text)
    values = [line.partition("yearly: ")[2] for line in text.splitlines() if "yearly: " in line]
    assert len(values) == len(found["rates"]) == len(printed["claims"])
    whole = written("two-valleys")
    whole["sources"] |= printed["sources"]
    whole["claims"] |= printed["claims"]
    for value in values:
        whole["forces"]["crown"]["collapse"]["yearly"] = yaml.safe_load(value)
        number = load(whole).scenario.forces["crown"].collapse.yearly
        assert number.claims[0] in printed["claims"]
        assert 0 < quantile(number, [0.5])[0] < 0.1


def test_every_row_is_whole_and_sourced():
    rows = [rate(kind) for kind in KINDS] + [row for kind in COUNTED for row in counts(kind)]
    assert {row.kind for row in rows} == {*KINDS, *COUNTED}
    for row in rows:
        assert 0 <= row.low <= row.rate <= row.high
        assert row.high <= 1 or row.unit == FIGHTING
        assert row.source and row.unit and row.sentence.endswith(".") and len(row.claim) <= 64
        assert (row.number is None) == (row.unit == FIGHTING)
    assert len({row.claim for row in rows}) == len(rows)


def test_after_withdrawals_only_those_seen_long_enough_count():
    """Kabul 2021 fell in the year its last foreign troops left: among those seen for 3 years, not for 5."""
    rows = {row.cases: (row.events, row.exposure) for row in counts("falls-after-withdrawal")}
    assert rows["within a year of the last foreign troops"] == (5, 28)
    assert rows["within 3 years of the last foreign troops"] == (7, 27)
    assert rows["within 5 years of the last foreign troops"] == (8, 25)


# Reference classes of a scenario


def classes(source, force="government", kind="government-falls"):
    return [
        row for row in reference_classes(load(source).scenario) if (row.force, row.rate.kind) == (force, kind)
    ]


def test_the_founding_case_stands_in_the_classes_it_describes():
    """War strength, troops of two patrons, rebels with sponsors, 43 years old; nothing after 2019 is counted."""
    found = {
        row.rate.claim.removeprefix("government-falls-government"): row for row in classes("afghanistan-2021")
    }
    counted = {name: (row.rate.events, row.rate.exposure) for name, row in found.items()}
    assert counted == {
        "": (18, 708), "-1946-2019": (21, 905), "-1990-2017": (12, 468), "-war": (11, 269),
        "-troops-there": (5, 170), "-rebels-supported": (13, 413), "-age-10-99": (5, 244),
        "-war-troops-there-rebels-supported": (2, 80), "-troops-gone-3": (3, 48),
    }  # fmt: skip
    assert [row.width for row in found.values()] == ["wide", *["part"] * 6, "narrow", "after"]
    assert "NATO" in found["-troops-there"].because and "Pakistan" in found["-rebels-supported"].because
    (narrow,) = [
        row for row in classes("afghanistan-2021", "taliban", "rebels-gone") if row.width == "narrow"
    ]
    assert (narrow.rate.events, narrow.rate.exposure) == (2, 207)


def changed(**changes):
    raw = written("two-valleys")
    for key, value in changes.items():
        raw[key] = value(raw[key]) if callable(value) else value
    return load(raw).scenario


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2031-02-01", "in the same calendar year"),
        ("2030-10-01", "one calendar year before"),
        ("2029-02-01", "two calendar years before"),
    ],
)
def test_the_age_of_the_fighting_is_said_as_it_is_counted(since, said):
    """Two Valleys begins on 17 March 2031; a war of five months before is one of the year before, as in the data."""
    war = {"over": "government", "since": date.fromisoformat(since)}
    reasons = {row.because for row in reference_classes(changed(war=war))}
    assert f"the fighting began {said}" in {reason.lower() for reason in reasons}


def claims_of(scenario, force="crown"):
    return {row.rate.claim for row in reference_classes(scenario) if row.force == force}


def test_what_a_scenario_does_not_say_is_shown_both_ways():
    found = claims_of(changed())
    assert {"government-falls-government-war", "government-falls-government-minor"} <= found
    told = claims_of(changed(war={"intensity": "minor"}))
    assert "government-falls-government-war" not in told
    assert "government-falls-government-minor-troops-there-rebels-alone" in told


def bare(**changes):
    """Two valleys without foreign troops, events and whatever rests on them, at any date."""
    kept = (
        "equipoise",
        "title",
        "focus",
        "calendar",
        "sources",
        "claims",
        "quantities",
        "regions",
        "forces",
        "ties",
    )
    raw = {
        key: value for key, value in written("two-valleys").items() if key in (*kept, "patrons", "dynamics")
    }
    raw["patrons"]["republic"].pop("backing")
    for patron in raw["patrons"].values():
        patron.pop("default", None)
    raw["strategies"] = {"empire": {"crown-alone": {"engage": {"crown": 1}}}}
    return load(raw | changes).scenario


def test_backing_decides_on_troops_and_on_rebels():
    found = claims_of(bare())
    assert "government-falls-government-troops-none" in found
    assert not any("troops-there" in claim or "gone" in claim for claim in found)
    assert "government-falls-government-troops-gone-2" in claims_of(bare(war={"troops-left": "2029-06-01"}))


def test_a_case_of_the_past_is_not_judged_by_what_it_is_to_foresee():
    for year in (1973, 1991, 2005, 2019):
        of = bare(calendar={"start": f"{year}-03-01", "weeks": 52})
        rows = [row for row in reference_classes(of) if row.rate.kind != "support-stops"]
        assert rows and all(int(row.rate.period[5:]) <= year - 2 for row in rows)
        assert any("rebels-" in row.rate.claim for row in rows) == (year > 1985)


def test_a_war_that_the_scenario_does_not_name_is_said_to_be_assumed():
    def why(**changes):
        rows = reference_classes(bare(**changes))
        return next(
            row.because for row in rows if row.rate.kind == "government-falls" and row.width == "wide"
        )

    assert "no `war` is named, so one over government is taken" in why(war={})
    assert why(war={"intensity": "minor"}).endswith("governs; the war is over government")


def test_where_there_is_no_war_nothing_is_held_against_wars():
    of = bare(war={"intensity": "none"})
    assert reference_classes(of) == () and falling(of) == {} and departures(of) == ()
    assert falling(bare())["crown"]  # negative control: a scenario that names no war is judged by wars
    assert blocks({"rates": []}, of) == [Paragraph(NO_WAR)]
    assert list(pasted({"rates": []})) == ["# No base rate to paste: none is known of such a class."]


@pytest.mark.parametrize(
    ("key", "value"), [("over", "government"), ("since", "2030-01-01"), ("troops-left", "2029-06-01")]
)
def test_of_a_war_that_there_is_not_nothing_else_is_said(key, value):
    with pytest.raises(ScenarioError, match=f"`{key}` speaks of one"):
        bare(war={"intensity": "none", key: value})
    assert bare(war={"intensity": "minor", key: value}).war.peace is False


def test_without_an_incumbent_nothing_that_governs_can_fall():
    def no_incumbent(forces):
        forces["crown"].pop("incumbent")
        return forces

    assert reference_classes(changed(forces=no_incumbent)) == ()  # nothing says that there is an internal war
    rows = reference_classes(changed(forces=no_incumbent, war={"over": "territory"}))
    assert {row.force for row in rows} == {None}
    assert {row.rate.kind for row in rows} == {"war-ends", "agreement"}


@pytest.mark.parametrize(("exposure", "width", "beside"), [(29, "wide", "narrow"), (30, "narrow", None)])
def test_a_class_of_few_cases_does_not_judge_and_is_not_hidden(exposure, width, beside):
    rows = [row for row in reference_classes(changed()) if row.rate.kind == "government-falls"]
    rows = [
        replace(row, rate=replace(row.rate, exposure=exposure)) if row.width == "narrow" else row
        for row in rows
    ]
    judge, thin = judging(rows, "government-falls")
    assert judge.width == width and (thin.width if thin else None) == beside


def test_without_events_a_government_that_only_an_event_fells_does_not_fall():
    """A scenario in which the Crown has next to no rate of falling of its own, and a sure event raises it 200-fold."""
    from equipoise.futures.play import Plan
    from equipoise.scoring.outside import falls_by_itself

    data = {
        "equipoise": 1, "title": "T", "focus": "empire", "calendar": {"start": "2030-01-07", "weeks": 8},
        "regions": {"all": {}},
        "forces": {"crown": {"incumbent": True, "control": {"all": 0.6}, "collapse": {"rate": 0.0001}},
                   "rebels": {"control": {"all": 0.4}}},
        "patrons": {"empire": {}}, "strategies": {"empire": {"out": {}}},
        "events": {
            "end": {"what": "The end", "between": ["2030-01-07", "2030-01-14"], "probability": 1,
                    "effects": [{"hazard": {"crown": 200}}]},
        },
    }  # fmt: skip
    found = equipoise.run(data, futures=64).findings
    assert found.strategies["out"].forces["crown"].collapse > 0.05
    assert falls_by_itself(load(data).scenario, {"empire": "out"}, Plan(256, 4, 1)) < 0.004


# The job


def test_the_job_names_its_tables_where_there_is_no_scenario():
    found = equipoise.base_rates(over="government", intensity="war").to_dict()
    assert found["job"] == "base_rates" and found["seed"] is None and len(found["scenario"]["sha256"]) == 64
    assert [row["exposure"] for row in found["rates"]] == [708, 269]
    assert found["asked"]["intensity"] == "war"
    assert set(found["kinds"]) == {*KINDS, *COUNTED}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: equipoise.base_rates(what="goverment-falls"), "nearest: government-falls"),
        (lambda: equipoise.base_rates(intensity="hot"), "war, minor"),
        (lambda: equipoise.base_rates("two-valleys", over="government"), "leave out over"),
        (lambda: equipoise.base_rates(what="support-stops", over="government"), "no class of wars"),
        (lambda: rate("government-falls", Wars(rebels="alone", period=(1946, 2023))), "known for 1975-2017"),
        (lambda: rate("rebels-gone", Wars(troops="gone-3")), "not by when they left"),
        (lambda: rate("government-falls", Wars(period=(2017, 1975))), "ends before it begins"),
        (lambda: rate("government-falls", Wars(age=(200, 300))), "nothing to count"),
        (lambda: rate("rebel-victory"), "there are: government-falls"),
        (lambda: counts("war-ends"), "no counts"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(call, says):
    with pytest.raises(InputError, match=says):
        call()


def test_yearly_chance_reads_a_constant_hazard():
    assert yearly_chance([0.0] + [0.3] * 52) == 0.3
    # a chance of .1 a week for 13 and for 104 weeks is 1 - .9^52 a year
    for weeks in (13, 104):
        curve = [1 - 0.9**t for t in range(weeks + 1)]
        assert yearly_chance(curve) == pytest.approx(1 - 0.9**52)
    # half a year at 1/2: 1 - (1/2)^2
    assert yearly_chance([0.0] * 26 + [0.5]) == pytest.approx(0.75)
    assert yearly_chance([0.0, 0.0]) == 0
    assert yearly_chance([0.0, 0.4, 1.0]) == 1
    assert yearly_chance([0.0, 1e-12]) == pytest.approx(52e-12, rel=1e-9)


@pytest.mark.parametrize("curve", [[], [0.0], [0.1, 0.2], [0.0, 0.2, 0.1], [0.0, 1.2], [0.0, math.nan]])
def test_what_is_no_cumulative_curve_is_refused(curve):
    with pytest.raises(InputError):
        yearly_chance(curve)


def test_the_room_exports_what_it_says():
    import equipoise.scoring as room

    assert all(hasattr(room, name) for name in room.__all__)
    assert len(set(room.__all__)) == len(room.__all__)


def test_the_command_prints_tables_json_or_yaml():
    import json

    from click.testing import CliRunner

    from equipoise.cli import main

    def said(*asked):
        found = CliRunner().invoke(main, ["base-rates", *asked])
        assert found.exit_code == 0, found.output
        return found.output

    assert "11 of 269" in said("--over", "government", "--intensity", "war")
    assert json.loads(said("--age", "10+", "--json"))["rates"][1]["exposure"] == 472
    assert set(yaml.safe_load(said("two-valleys", "--paste"))) == {"sources", "claims"}
    assert CliRunner().invoke(main, ["base-rates", "--age", "old"]).exit_code == 2
