"""The observations file: what it may hold, and what is wrong with one, each fault with its place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario import load
from equipoise.scenario.observations import load_observations, schema, skeleton
from equipoise.scenario.observations import model as parts
from equipoise.scenario.observations.loading import loads
from equipoise.scenario.observations.model import KINDS, in_words
from equipoise.scenario.publishing import key_texts

CASE = load("afghanistan-2021").scenario
HEAD = "equipoise: 1\ntitle: Seen\nobservations:\n"


def problems(*lines: str) -> list[str]:
    """Return what is said of a file with these observations, without its name."""
    with pytest.raises(ScenarioError) as refused:
        loads((HEAD + "".join(f"  - {line}\n" for line in lines)).encode(), CASE, file="seen")
    return [line.removeprefix("seen:") for line in str(refused.value).splitlines()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{on: 2021-05-01, happened: taliban-offensve}", "4:32: observations.0.happened: `taliban-offensve` is"),
        ("{on: 2021-05-01, deal: doha-talk}", "did you mean `doha-talks`?"),
        ("{on: 2021-05-01, happened: doha-talks}", "`doha-talks` is not an event of the scenario"),
        ("{by: 2021-05-01, stands: goverment}", "did you mean `government`?"),
        ("{on: 2021-05-01, standing: rusia, with: taliban, is: 0.4, error: 0.1}", "did you mean `russia`?"),
        ("{on: 2021-05-01, control: taliban, in: nroth, is: 0.4, error: 0.1}", "did you mean `north`?"),
        ("{on: 2021-05-01, hapened: taliban-offensive}", "did you mean `happened`?"),
        ("{on: 2021-05-01, power: taliban, is: 0.4}", "the key `error` is missing here"),
        ("{on: 2021-05-01, power: taliban, is: 1.4, error: 0.1}", "4:42: observations.0.is: `1.4` is outside"),
        ("{on: 2021-05-01, power: taliban, is: 0.4, error: 0}", "it must be above 0"),
        ("{on: 2021-05-01, violence: hihg, is: 1, error: 0.1}", "allowed: `level`"),
        ("{by: 2021-05-01, happened: taliban-offensive}", "there is no key `by` here"),
        ("{on: 2021-02-30, happened: taliban-offensive}", "there is no day 2021-02-30"),
        ("{on: 2020-05-01, happened: taliban-offensive}", "4:10: observations.0.on: 2020-05-01 lies outside"),
        ("{on: 2022-03-15, fell: taliban}", "from 2021-03-16 to 2022-03-14"),
        ("{on: 2021-05-01, happened: taliban-offensive, claims: [o9]}", "`o9` is not a claim of this file or of"),
        ("offensive", "an observation is a mapping with one of `happened`"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place_and_what_is_meant(line: str, said: str) -> None:
    assert any(said in problem for problem in problems(line)), problems(line)


def test_all_faults_are_listed_at_once() -> None:
    told = problems(
        "{on: 2021-05-01, happened: taliban-offensve}",
        "{on: 2031-05-01, fell: taliban}",
        "{on: 2021-05-01, power: talibn, is: 0.4, error: 0.1}",
    )
    assert [problem.partition(":")[0] for problem in told] == ["4", "5", "6"]


def test_what_contradicts_itself_is_refused() -> None:
    came, again = (
        "{on: 2021-05-01, happened: taliban-offensive}",
        "{on: 2021-06-01, happened: taliban-offensive}",
    )
    assert "has come already: it stands at `observations.0` too" in problems(came, again)[0]
    late = "{by: 2021-05-01, not-happened: taliban-offensive}"
    assert "it had come by then" in problems(came, late)[0]
    earlier = "{by: 2021-04-30, not-happened: taliban-offensive}"
    assert loads((HEAD + f"  - {came}\n  - {earlier}\n").encode(), CASE).days == (
        date(2021, 4, 30),
        date(2021, 5, 1),
    )


@pytest.mark.parametrize(
    "text", ["", "- a list\n", "equipoise: 2\ntitle: T\nobservations: []\n", "title: T\n"]
)
def test_what_is_no_observations_file_is_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(ScenarioError):
        loads(text.encode(), CASE)


def test_claims_and_sources_may_be_the_scenarios_own_or_the_files() -> None:
    data: dict[str, Any] = {
        "equipoise": 1, "title": "Seen", "sources": {"mine": {"title": "Mine"}},
        "claims": {"o1": {"source": "mine", "says": "It did."}, "o2": {"source": "krivosheev-2021", "says": "It did."}},
        "observations": [{"on": date(2021, 5, 1), "happened": "taliban-offensive", "claims": ["o1", "c7"]}],
    }  # fmt: skip
    assert load_observations(data, CASE).observations.observations[0].claims == ("o1", "c7")
    data["claims"]["o2"]["source"] = "krivoshev-2021"
    with pytest.raises(ScenarioError, match="did you mean `krivosheev-2021`"):
        load_observations(data, CASE)


def test_a_case_without_observations_says_which_have_some() -> None:
    with pytest.raises(InputError, match="afghanistan-2021"):
        load_observations("two-valleys", load("two-valleys").scenario)


@pytest.mark.parametrize("name", ["afghanistan-2021", "two-valleys"])
def test_a_new_file_checks_clean_with_each_of_its_examples(name: str) -> None:
    scenario = load(name).scenario
    text = skeleton(scenario)
    assert loads(text.encode(), scenario).observations.observations
    examples = [line.strip().removeprefix("# - ") for line in text.splitlines() if line.startswith("  # - ")]
    assert len(examples) == len(KINDS) - 1
    for example in examples:
        loads((HEAD + f"  - {example}\n").encode(), scenario)


def test_the_schema_accepts_what_loads_and_refuses_faults_of_shape() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    good = {"equipoise": 1, "title": "T", "observations": [
        {"on": "2021-05-01", "happened": "e"}, {"by": "2021-05-01", "not-happened": "e"},
        {"by": "2021-05-01", "stands": "f"},
        {"on": "2021-05-01", "control": "f", "in": "g", "is": 0.4, "error": 0.1},
    ]}  # fmt: skip
    assert not list(validator.iter_errors(good))
    for bad in (
        {"on": "2021-05-01"},
        {"by": "2021-05-01", "happened": "e"},
        {"on": "2021-05-01", "power": "f", "is": 2, "error": 0.1},
    ):
        assert list(validator.iter_errors({**good, "observations": [bad]})), bad


def test_every_key_has_a_text_and_every_text_a_key() -> None:
    kinds = {kind.__name__: set(kind.attributes()) - {"claims", "because"} for kind in KINDS.values()}
    expected = {**kinds, "Observations": set(parts.Observations.attributes())}
    assert {
        part: set(texts) for part, texts in key_texts("equipoise.scenario.observations").items()
    } == expected


def test_an_observation_is_said_in_words() -> None:
    file = load_observations("afghanistan-2021", CASE)
    said = [in_words(seen, {"government": "the government"}) for seen in file.observations.observations]
    assert said[0] == "moscow-quartet ended in a deal on 18 March 2021"
    assert said[-2] == "the government still stood by 10 August 2021"
    assert said[-1] == "late-settlement had not happened by 10 August 2021"
    assert "the power of taliban was 0.43 ± 0.07 on 1 May 2021" in said
