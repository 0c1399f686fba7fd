"""Asking experts: what is asked, by workbook and on the terminal, and what becomes of the answers."""

import json
from io import BytesIO

import openpyxl
import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import asking, main
from equipoise.errors import InputError, ScenarioError
from equipoise.scenario.sheets.questions import FIRST, NAME_AT, TAB, questions_book

YEARLY, FADE = "forces.crown.collapse.yearly", "dynamics.fade"
ROWS = [
    {"path": YEARLY, "asks": "the chance a year that the Crown falls", "unit": "chance"},
    {"path": FADE, "asks": "=HYPERLINK(0)", "unit": "share a week"},
]


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(equipoise.load("two-valleys").text, encoding="utf-8")
    return path


def reply(path, name, *answers):
    book = openpyxl.load_workbook(BytesIO(questions_book("Two valleys", ROWS)))
    tab = book[TAB]
    tab[NAME_AT] = name
    for row, values in enumerate(answers, start=FIRST):
        for column, value in enumerate(values, start=4):
            tab.cell(row, column, value)
    book.save(path)
    return path


def test_workbooks_that_come_back_become_holders(case, tmp_path):
    ann = reply(tmp_path / "a.xlsx", "Ann Smith", (0.1, 0.6, 0.3, 80, "what I saw"), (0.01, 0.03, 0.02, 90))
    ben = reply(tmp_path / "b.xlsx", "ben", (0.2, 0.4, 0.3, 50), ())
    found = equipoise.ask(case, from_=[ann, ben])
    beliefs = equipoise.load(case).scenario.beliefs
    assert list(found["holders"]) == ["ann-smith", "ben"] and found["wrote"] == str(case)
    assert beliefs["ann-smith"].keys() == {YEARLY, FADE} and beliefs["ben"].keys() == {YEARLY}
    assert (
        beliefs["ann-smith"][YEARLY].pert[1] == 0.3 and beliefs["ann-smith"][YEARLY].because == "what I saw"
    )
    assert beliefs.keys() == {"empire", "ann-smith", "ben"}
    with pytest.raises(InputError, match="`ben` holds beliefs already"):
        equipoise.ask(case, from_=[ben])


def test_faults_of_a_workbook_are_named_by_cell(case, tmp_path):
    bad = reply(tmp_path / "a.xlsx", None, (0.1, "much", 0.3, None))
    before = case.read_text()
    with pytest.raises(ScenarioError) as caught:
        equipoise.ask(case, from_=[bad])
    said = str(caught.value)
    for part in (
        f"{TAB}!{NAME_AT}",
        f"{TAB}!E{FIRST}",
        "`highest` is no number",
        f"{TAB}!G{FIRST}",
        "`how sure, %` is missing",
    ):
        assert part in said
    assert case.read_text() == before


@pytest.mark.parametrize(
    ("four", "said"),
    [
        ((0.6, 0.1, 0.3, 80), "lowest lies below"),
        ((0.1, 0.6, 0.3, 30), "how sure"),
        ((0.1, 1.6, 0.3, 80), "from 0 to 1"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_with_its_place(case, four, said):
    with pytest.raises(InputError, match=f"{YEARLY}.*{said}"):
        equipoise.ask(case, holder="ann", answers={YEARLY: four})


def test_what_is_asked_wrongly_is_refused(case, tmp_path):
    four = (0.1, 0.6, 0.3, 80)
    with pytest.raises(InputError, match="is not the path of a number"):
        equipoise.ask(case, holder="ann", answers={"forces.crown.colapse.yearly": four})
    with pytest.raises(InputError, match="who gave the answers"):
        equipoise.ask(case, answers={YEARLY: four})
    with pytest.raises(InputError, match="name the file to write"):
        equipoise.ask("two-valleys", holder="ann", answers={YEARLY: four})
    made = equipoise.ask("two-valleys", holder="ann", answers={YEARLY: four}, to=tmp_path / "mine.yaml")
    assert "ann" in equipoise.load(made["wrote"]).scenario.beliefs
    with pytest.raises(InputError, match="exists already"):
        equipoise.ask("two-valleys", holder="ann", answers={YEARLY: four}, to=tmp_path / "mine.yaml")


def test_only_what_the_choice_hangs_on_is_asked(tmp_path):
    """Whether to court the crown or the rebels hangs on whether the crown falls, and on nothing else."""
    data = {
        "equipoise": 1, "title": "Whom to court", "focus": "north", "calendar": {"start": "2030-01-07", "weeks": 40},
        "regions": {"land": {}},
        "forces": {
            "crown": {"incumbent": True, "control": {"land": 1}, "collapse": {"yearly": [0.01, 0.99]}},
            "rebels": {"control": {"land": 1}},
        },
        "patrons": {"north": {"engagement": {"gain": 0.1}}},
        "strategies": {"north": {"crown": {"engage": {"crown": 1}}, "rebels": {"engage": {"rebels": 0.8}}}},
    }  # fmt: skip
    found = equipoise.ask(data, futures=8192, numbers=1)
    (question,) = found["questions"]
    assert found["states"] == 512  # those of the run, 8,192 futures of 16 courses of chance
    assert question["path"] == YEARLY and question["weight"] > 0.3
    assert (
        question["asks"] == "the chance a year, as things stand, of a fall of the crown" and question["unit"]
    )
    book = equipoise.ask(data, futures=8192, numbers=1, sheet=tmp_path / "q.xlsx")
    assert openpyxl.load_workbook(book["wrote"])[TAB].cell(FIRST, 1).value == YEARLY


def test_the_terminal_asks_in_order_and_leaves_out_what_is_not_answered(case, monkeypatch):
    monkeypatch.setattr(
        "equipoise.jobs.ask._questions", lambda *_: ([row | {"weight": 0.5} for row in ROWS], 96)
    )
    said = CliRunner().invoke(main, ["ask", str(case), "--holder", "Ann"], input="0.1\n0.6\n0.3\n80 %\n\n")
    assert said.exit_code == 0, said.output
    places = [said.output.index(text) for text in asking.FOUR]
    assert places == sorted(places)
    assert equipoise.load(case).scenario.beliefs["ann"].keys() == {YEARLY}
    nothing = CliRunner().invoke(main, ["ask", str(case), "--holder", "ben"], input="\n\n")
    assert nothing.exit_code == 2 and "nothing was answered" in nothing.output
    shown = CliRunner().invoke(main, ["ask", str(case), "--json"])
    assert [row["path"] for row in json.loads(shown.stdout)["questions"]] == [YEARLY, FADE]
    listed = CliRunner().invoke(main, ["ask", str(case)])
    assert "Counted over 96 states of the world; other views count others" in listed.output
    assert "Ask here with --holder NAME" in listed.output and "--sheet FILE.xlsx" in listed.output
    monkeypatch.setattr("equipoise.jobs.ask._questions", lambda *_: ([ROWS[0] | {"weight": 0.5}], 96))
    one = CliRunner().invoke(main, ["ask", str(case), "--sheet", str(case.with_name("one.xlsx"))])
    assert "with one question." in one.output
    monkeypatch.setattr("equipoise.jobs.ask._questions", lambda *_: ([], 96))
    empty = CliRunner().invoke(main, ["ask", str(case), "--sheet", str(case.with_name("q.xlsx"))])
    assert empty.exit_code == 0 and "Nothing was written" in empty.output
    assert not case.with_name("q.xlsx").exists()
    both = CliRunner().invoke(main, ["ask", str(case), "--holder", "ann", "--sheet", "x.xlsx"])
    assert both.exit_code == 2 and "one of them" in both.output
