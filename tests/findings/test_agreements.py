"""How often agreements are kept: by a closed form, and against the breaches that the run itself acts on."""

import copy

import pytest
import yaml

import equipoise
from equipoise.findings.found import TermFound
from equipoise.findings.summary import summarise
from equipoise.findings.tally import tallied
from equipoise.futures.play import Plan
from equipoise.scenario.loading import load
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

PLAIN = yaml.safe_load(
    """
    equipoise: 1
    title: Agreements
    focus: empire
    calendar: {start: 2031-01-06, weeks: 30}
    regions: {valley: {}}
    forces:
      crown: {incumbent: true, control: {valley: 0.5}, volatility: {national: 0.1}}
      rebels: {control: {valley: 0.5}}
    patrons: {empire: {standing: {crown: 0.5}}}
    dynamics: {violence: {start: 1, mean: 1}}
    events:
      paid: {between: [2031-02-03, 2031-04-13], probability: 0.6}
      storm: {probability: 0.5}
      retreat: {when: {power: crown, below: 0.48}, weekly: 0.3}
      advance: {when: {power: crown, above: 0.5}, weekly: 0.2}
      levy: {probability: 0.8, requires: [advance]}
      alarm: {when: {violence: level, above: 8}}
    talks:
      summit:
        between: [2031-01-06, 2031-06-01]
        probability: 0.7
        veto: [crown]
        clout: {crown: 1, rebels: 1}
        issues:
          power: {positions: {crown: 0, rebels: [0, 100]}, salience: {crown: 1, rebels: 1}, reservation: {crown: 25}}
      council:
        between: [2031-01-06, 2031-06-01]
        veto: [crown]
        clout: power
        issues:
          power: {positions: {crown: 0, rebels: 100}, salience: {crown: 1, rebels: 1}, reservation: {crown: 50}}
    strategies: {empire: {stay: {engage: {crown: 1}}}}
    """
)


def found(signed, **term):
    """Return what a run finds of one agreement whose breach raises violence, at which the alarm goes off."""
    raw = copy.deepcopy(PLAIN)
    owed = {"who": "crown", "does": "pay", **term}
    breach = [{"violence": {"set": 9}}]
    raw["agreements"] = {
        "pact": {"parties": ["crown", "rebels"], "signed": signed, "terms": [owed], "breach": breach}
    }
    return summarise(tallied(Player(compile_world(load(raw).scenario), seed=1), Plan(250)))


def text(day):
    return yaml.safe_load(day)


@pytest.mark.parametrize(
    ("signed", "term"),
    [
        ("2031-01-20", {"event": "paid", "by": "2031-03-10"}),
        ("2030-06-03", {"event": "retreat", "within": 40}),
        ("summit", {"event": "storm", "within": 4}),
        ("summit", {"event": "retreat", "by": "2031-05-05"}),
        ("storm", {"event": "levy", "within": 9}),
        ("advance", {"event": "retreat", "within": 5}),
        ("advance", {"event": "storm", "by": "2031-06-02"}),
        ("levy", {"event": "paid", "within": 2}),
        ("council", {"event": "retreat", "within": 3}),
        ("council", {"event": "paid", "by": "2031-04-07"}),
    ],
)
def test_what_is_not_kept_is_what_the_run_takes_for_a_breach(signed, term):
    """A breach raises violence to 9 for good, and the alarm sounds: as often as a term falls due and is not kept."""
    of = found(text(signed), **{key: text(value) if key == "by" else value for key, value in term.items()})
    [judged] = of.agreements["pact"].terms
    broken = of.events["alarm"].probability
    assert judged.due * (1 - judged.kept) == pytest.approx(broken, abs=1e-9)
    assert 0.02 < broken < 0.98 and 0.01 < judged.kept < 0.99
    assert judged.due <= of.agreements["pact"].signed


def test_a_term_by_its_window():
    """Paid with 0.6 on an even day of ten weeks, the first four of which are over by the deadline: 0.24."""
    of = found(text("2031-01-06"), event="paid", by=text("2031-02-24"))
    [judged] = of.agreements["pact"].terms
    assert (of.agreements["pact"].signed, judged.due) == (1.0, 1.0)
    assert judged.kept == pytest.approx(0.24, abs=0.02)
    error = of.error("agreements", "pact", "terms", "0", "kept")
    assert 0 < error.se < 0.01 and error.low < judged.kept < error.high


def test_what_never_falls_due_has_no_chance_of_being_kept():
    """A deadline beyond the run, and one before its start, do nothing."""
    beyond = found(text("2031-01-06"), event="paid", within=30)
    assert beyond.agreements["pact"].terms == (TermFound(0.0, None),)
    early = found(text("2030-06-03"), event="paid", by=text("2030-12-02"))
    assert early.agreements["pact"].terms[0].due == 0.0
    after = found(text("2031-12-01"), event="paid", within=2)
    assert after.agreements["pact"].signed == 0.0


def test_the_summary_and_the_tables_have_them():
    raw = copy.deepcopy(PLAIN)
    terms = [{"who": ["crown", "rebels"], "does": "pay", "event": "paid", "by": text("2031-02-24")}]
    raw["agreements"] = {"pact": {"parties": ["crown", "rebels"], "signed": "summit", "terms": terms}}
    study = equipoise.run(raw, futures=320)
    assert set(study.summary["agreements"]["pact"]) == {"signed", "terms"}
    assert study.summary["agreements"]["pact"]["signed"] == study.summary["talks"]["summit"]["deal"]
    assert "agreements.pact.terms.0.kept" in study.summary["errors"]
