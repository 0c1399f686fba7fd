"""The timeline by hand: what is dated, in the order of its dates, counted in weeks from the start."""

from datetime import date
from types import SimpleNamespace as Of

from equipoise.findings.found import AgreementFound, Entry, EventFound, TermFound
from equipoise.findings.timeline import timeline
from equipoise.scenario.calendar import Calendar
from equipoise.scenario.model import Agreement, Term


def term(who, does, by=None, within=None):
    return Term(who=tuple(who), does=does, event="done", by=by, within=within)


def agreement(signed, *terms):
    return Agreement(parties=("a", "b"), signed=signed, terms=terms)


def scenario(as_of=date(2030, 1, 1)):
    return Of(
        calendar=Calendar(start=date(2030, 1, 7), weeks=52, as_of=as_of),
        events={"storm": Of(what="A storm"), "never": Of(what="Nothing"), "plain": Of(what=None)},
        talks={"summit": Of(what="They meet"), "empty": Of(what=None)},
        agreements={
            "pact": agreement(
                date(2030, 1, 10),
                term(["a", "b"], "leave", within=2), term(["a"], "pay", by=date(2030, 1, 20)),
                term(["b"], "sign", within=0),
            ),
            "open": agreement("empty", term(["a"], "wait", within=3), term(["a"], "go", by=date(2030, 3, 1))),
            "asked": agreement("storm", term(["b"], "follow", within=1)),
            "late": agreement("storm", term(["b"], "wait", within=60)),
        },
    )  # fmt: skip


FOUND = Of(
    events={
        "storm": EventFound(0.4, "2030-01-08", "2030-01-14", "2030-02-01"),
        "never": EventFound(0.0, None, None, None),
        "plain": EventFound(1.0, "2030-01-13", "2030-01-13", "2030-01-13"),
    },
    talks={"summit": Of(deal=0.3, median_date="2030-01-21"), "empty": Of(deal=0.0, median_date=None)},
    agreements={
        "pact": AgreementFound(1.0, (TermFound(1.0, 0.25), TermFound(1.0, 0.5), TermFound(1.0, 0.75))),
        "open": AgreementFound(0.0, (TermFound(0.0, None), TermFound(0.0, None))),
        "asked": AgreementFound(0.4, (TermFound(0.4, 0.125),)),
        "late": AgreementFound(0.4, (TermFound(0.0, None),)),
    },
)


def test_entries_by_date_then_kind_then_name():
    assert timeline(scenario(), FOUND) == (
        Entry(-1, "2030-01-01", "as-of", "as-of", "What is known, is known up to this day", None, None, None),
        Entry(0, "2030-01-07", "start", "start", "The run starts", None, None, None),
        Entry(0, "2030-01-10", "deadline", "pact", "b: sign", 0.75, None, None),
        Entry(0, "2030-01-13", "event", "plain", "plain", 1.0, "2030-01-13", "2030-01-13"),
        Entry(1, "2030-01-14", "event", "storm", "A storm", 0.4, "2030-01-08", "2030-02-01"),
        Entry(1, "2030-01-20", "deadline", "pact", "a: pay", 0.5, None, None),
        Entry(2, "2030-01-21", "deadline", "asked", "b: follow", 0.125, "2030-01-15", "2030-02-08"),
        Entry(2, "2030-01-21", "talk", "summit", "They meet", 0.3, None, None),
        Entry(2, "2030-01-24", "deadline", "pact", "a, b: leave", 0.25, None, None),
        Entry(7, "2030-03-01", "deadline", "open", "a: go", None, None, None),
    )


def test_without_a_cut_off_there_is_no_entry_of_it():
    assert [entry.kind for entry in timeline(scenario(as_of=None), FOUND)][:1] == ["start"]
