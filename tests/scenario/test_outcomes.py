"""The outcomes file: what it may hold, and what is wrong with one, each fault with its place."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario import Scenario, load
from equipoise.scenario.outcomes import load_outcomes, schema, skeleton
from equipoise.scenario.outcomes import model as parts
from equipoise.scenario.outcomes.loading import loads
from equipoise.scenario.outcomes.model import KINDS, key_texts

CASE = load("libya-2019").scenario
CASES = Path(str(resources.files("equipoise") / "cases"))
RESOLVED = sorted(file.parent.name for file in CASES.glob("*/outcomes.yaml"))
HEAD = "equipoise: 1\ntitle: Came\nquestions:\n"


def problems(line: str, scenario: Scenario = CASE) -> list[str]:
    """Return what is said of a file with this question, without its name."""
    with pytest.raises(ScenarioError) as refused:
        loads((HEAD + f"  q: {line}\n").encode(), scenario, file="came")
    return [said.removeprefix("came:") for said in str(refused.value).splitlines()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{asks: x, fell: gnaa, by: 2019-09-29}", "4:22: questions.q.fell: `gnaa` is not a force"),
        ("{asks: x, happened: trucee, by: 2019-09-29}", "did you mean `truce`?"),
        ("{asks: x, deal: truce, by: 2019-09-29}", "`truce` is not a talk of the scenario"),
        ("{asks: x, control: lna, in: fezan, on: 2020-03-30}", "did you mean `fezzan`?"),
        ("{asks: x, standing: rusia, with: gna, on: 2020-03-30}", "did you mean `russia`?"),
        ("{asks: x, order: settlment, on: 2021-03-28}", "is not an order of the scenario"),
        ("{asks: x, order: settlement, on: 2020-03-28}", "known of the last week of the run alone"),
        ("{asks: x, fell: gna, by: 2021-03-29}", "which goes from 2019-04-01 to 2021-03-28"),
        ("{asks: x, fell: gna, by: 2021-03-29}", "2021-03-29, the day it is over, counts no more"),
        ("{asks: x, order: settlement, on: 2021-03-29}", "2021-03-29, the day it is over, counts no more"),
        ("{asks: x, fell: gna, by: 2019-04-03}", "lies outside the run"),
        ("{fell: gna, by: 2019-09-29}", "the key `asks` is missing here"),
        ("{asks: x, fell: gna, by: 2019-09-29, resolved: 1}", "`true` or `false` is needed here"),
        ("{asks: x, fell: gna, by: 2019-09-29, is: 0.2}", "there is no key `is` here"),
        ("{asks: x, fell: gna, by: 2019-09-29, resolved: true, void: lost}", "a question that resolved is not void"),
        ("{asks: x, outside: no oil, by: 2019-09-29, void: lost}", "q.void: a question outside the scenario"),
        ("{asks: x, fell: gna, by: 2019-09-29, base: 0.1}", "a base rate needs its grounds"),
        ("{asks: x, fell: gna, by: 2019-09-29, crowd: {m: {chance: 2}}}", "it must be at most 1"),
        ("{asks: x, fell: gna, by: 2019-09-29, crowd: {m: {chance: 0.2, claims: [zz]}}}", "`zz` is not a claim"),
        ("{asks: x, power: gna, on: 2020-03-30, resolved: true}", "a number is asked, which has no `resolved`"),
        ("{asks: x, power: gna, on: 2020-03-30, below: 0.5, is: 0.4}", "the answer is yes or no"),
        ("{asks: x, power: gna, on: 2020-03-30, below: 0.5, above: 0.4}", "a question has one bound"),
        ("{asks: x, kept: abu-dabi, by: 2020-03-29}", "`abu-dabi` is not an agreement of the scenario (did you mean"),
        ("{asks: x, kept: abu-dhabi, term: 1, by: 2020-03-29}", "`abu-dhabi` has one term, counted from 0"),
        ("{asks: x, kept: abu-dhabi, by: 2020-01-04}", "falls due on 2019-12-31, in a week that is over on 2020-01-05"),
        ("{asks: x, kept: abu-dhabi, term: -1, by: 2020-03-29}", "it must be at least 0"),
        ("{asks: x, felled: gna, by: 2019-09-29}", "a question names one of `fell`"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place_and_what_is_meant(line: str, said: str) -> None:
    assert any(said in problem for problem in problems(line)), problems(line)


@pytest.mark.parametrize("due", ["2019-03-31", "2021-03-29", "9999-12-31"])
def test_a_term_that_falls_due_outside_the_run_cannot_be_asked_about(tmp_path: Path, due: str) -> None:
    """The run goes from 1 April 2019 to 28 March 2021; the last day that a calendar has is fine too."""
    text = load("libya-2019").text.replace("by: 2019-12-31, event: elections", f"by: {due}, event: elections")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    said = problems("{asks: x, kept: abu-dhabi, by: 2020-03-29}", load(tmp_path / "scenario.yaml").scenario)
    assert said == [
        f"4:22: questions.q.kept: the term falls due on {due}, outside the run, which says nothing of it"
    ]


def question(line: str) -> Any:
    return loads((HEAD + f"  q: {line}\n").encode(), CASE).outcomes.questions["q"]


def test_what_became_of_a_question_is_said_as_such() -> None:
    fell = "asks: x, fell: gna, by: 2019-09-29"
    assert (question(f"{{{fell}}}").state, question(f"{{{fell}}}").answer) == ("open", None)
    assert (question(f"{{{fell}, resolved: false}}").state, question(f"{{{fell}, resolved: false}}").answer) == (
        "resolved", 0.0,
    )  # fmt: skip
    assert question(f"{{{fell}, void: nobody knows}}").state == "void"
    assert question("{asks: x, outside: no such thing, by: 2030-01-01, resolved: true}").state == "outside"
    number = question("{asks: x, control: lna, in: fezzan, on: 2020-03-30, is: 0.0}")
    assert (number.yes_no, number.state, number.answer) == (False, "resolved", 0.0)
    side = question("{asks: x, power: gna, below-start: true, on: 2020-03-30, resolved: true}")
    assert (side.yes_no, side.answer) == (True, 1.0)


def test_a_case_without_outcomes_says_so() -> None:
    with pytest.raises(InputError, match="no bundled case with outcomes called `two-valleys`"):
        load_outcomes("two-valleys", load("two-valleys").scenario)


@pytest.mark.parametrize("name", ["libya-2019", "two-valleys"])
def test_a_new_file_checks_clean_with_each_of_its_examples(name: str) -> None:
    scenario = load(name).scenario
    text = skeleton(scenario)
    assert loads(text.encode(), scenario).outcomes.questions["fall"].state == "open"
    examples = [line.removeprefix("  # ") for line in text.splitlines() if line.startswith("  # ")]
    assert len(examples) == len(KINDS) - 1
    for example in examples:
        loads((HEAD + f"  {example}\n").encode(), scenario)


def test_the_schema_accepts_what_loads_and_refuses_faults_of_shape() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    good = {
        "asks": "x",
        "fell": "gna",
        "by": "2019-09-29",
        "resolved": False,
        "crowd": {"m": {"chance": 0.1}},
    }
    side = {"asks": "x", "power": "gna", "on": "2020-03-30", "below-start": True}
    for question in (good, side):
        assert not list(validator.iter_errors({"equipoise": 1, "title": "T", "questions": {"q": question}}))
    for bad in ({"asks": "x", "by": "2019-09-29"}, {**good, "is": 0.3}, {**side, "below": 3}):
        assert list(validator.iter_errors({"equipoise": 1, "title": "T", "questions": {"q": bad}})), bad


def test_every_key_has_its_meaning() -> None:
    texts = key_texts()
    for name in ("Outcomes", "Crowd", *(kind.__name__ for kind in KINDS.values())):
        keys = set(getattr(parts, name).attributes()) - {"claims", "because"} | (
            {"claims"} if name == "Outcomes" else set()
        )
        assert set(texts[name]) == keys and all(texts[name].values()), name


@pytest.mark.parametrize("name", RESOLVED)
def test_the_outcomes_of_a_case_are_whole(name: str) -> None:
    """No question left open, each with its grounds, in words that end, about what the scenario's calendar reaches."""
    outcomes = load_outcomes(name, load(name).scenario).outcomes
    assert sum(one.state == "resolved" for one in outcomes.questions.values()) >= 5
    for key, one in outcomes.questions.items():
        assert one.state != "open" and one.asks.endswith((".", ")")), key
        assert one.claims, key
    used = {claim for one in outcomes.questions.values() for claim in one.claims}
    crowds = [crowd for one in outcomes.questions.values() for crowd in getattr(one, "crowd", {}).values()]
    used |= {claim for crowd in crowds for claim in crowd.claims}
    assert set(outcomes.claims) == used


@pytest.mark.parametrize("name", RESOLVED)
def test_answers_are_those_handed_over(name: str, shared: Any) -> None:
    """The questions common to all cases resolve as in the reference data, and stay unresolved where they do there."""
    import csv

    with (shared / "data/grounding/cases/resolutions.csv").open(encoding="utf-8") as file:
        given = {row["question"]: row["resolved"] for row in csv.DictReader(file) if row["case"] == name}
    ours = load_outcomes(name, load(name).scenario).outcomes.questions
    if (
        name == "philippines-2016"
    ):  # four of them ask of one vote, which its file asks once, the other way round
        vote = [given.pop(key) for key in ("fall26", "fall52", "fall104", "incumbent_loses52")]
        assert {1 - float(one) for one in vote} == {ours["liberals-stay"].answer}
    for key, resolved in given.items():
        assert ours[key.replace("_", "-")].answer == (float(resolved) if resolved else None), key
