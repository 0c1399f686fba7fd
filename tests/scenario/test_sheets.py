"""A scenario as a workbook: nothing is lost on the way there and back, and every fault is named by its cell."""

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario import cases, load, template
from equipoise.scenario.checks import check
from equipoise.scenario.number import FORMS, Number
from equipoise.scenario.outline import place_at
from equipoise.scenario.sheets import from_sheet, to_sheet
from equipoise.scenario.sheets.cells import content_of, node_of
from equipoise.scenario.sheets.layout import SHEETS

VALID = sorted((Path(__file__).resolve().parents[2] / "spec" / "valid").glob("*.yaml"))


@pytest.fixture
def book(tmp_path):
    """Return a function that reads the workbook to start from after a change."""

    def read(change=lambda book: None):
        made = openpyxl.load_workbook(BytesIO(to_sheet(template())))
        change(made)
        made.save(tmp_path / "case.xlsx")
        return check(from_sheet(tmp_path / "case.xlsx"))

    return read


def faults(book, change):
    with pytest.raises(ScenarioError) as caught:
        book(change)
    return [line.partition(": ")[2] for line in str(caught.value).splitlines()]


def put(**cells):
    def change(book):
        for place, value in cells.items():
            title, _, cell = place.partition("_")
            book[title][cell] = value

    return change


@pytest.mark.parametrize("text", [template(), *(load(case).text for case in cases())], ids=["new", *cases()])
def test_a_scenario_comes_back_equal(text, tmp_path):
    (tmp_path / "case.xlsx").write_bytes(to_sheet(text))
    assert check(from_sheet(tmp_path / "case.xlsx")) == check(text)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_valid_file_comes_back_equal_or_is_refused_by_name(path, tmp_path):
    """The texts in other scripts, the names that are numbers and each form of number are among them."""
    (tmp_path / "case.xlsx").write_bytes(to_sheet(path.read_text(encoding="utf-8")))
    assert check(from_sheet(tmp_path / "case.xlsx")) == check(path.read_text(encoding="utf-8"))


def test_each_sheet_has_a_worked_row_and_says_what_its_columns_mean():
    made = openpyxl.load_workbook(BytesIO(to_sheet(template())))
    assert set(made.sheetnames) == {"Read me", *(sheet.title for sheet in SHEETS)}
    for sheet in SHEETS:
        tab = made[sheet.title]
        assert str(tab["A1"].value).startswith(f"# {sheet.title}: ")
        if sheet.title != "Quantities":  # the scenario to start from shares no number
            assert tab["A4"].value, sheet.title
        for header, meaning in zip(tab[2], tab[3], strict=True):
            assert meaning.value, f"{sheet.title}: {header.value}"


def test_what_may_stand_in_a_column_is_offered():
    made = openpyxl.load_workbook(BytesIO(to_sheet(template())))
    offered = {
        (title, made[title][f"{str(cells).split(':')[0][:-1]}2"].value): rule.formula1
        for title in ("Forces", "Claims", "Control", "Events", "Ties", "Talks")
        for rule in made[title].data_validations.dataValidation
        for cells in rule.sqref.ranges
    }
    assert offered["Forces", "incumbent"] == '"TRUE,FALSE"'
    assert offered["Claims", "confidence"] == '"low,moderate,high"'
    assert offered["Claims", "source"] == "=Sources!$A$4:$A$1000"
    assert offered["Control", "region"] == "=Regions!$A$4:$A$1000"
    assert offered["Events", "decided-by"] == "=Patrons!$A$4:$A$1000"
    assert offered["Ties", "actor"] == "=COUNTIF(Forces!$A$4:$A$1000,A4)+COUNTIF(Patrons!$A$4:$A$1000,A4)>0"
    assert "compromise" in offered["Talks", "model"]


def test_what_a_sheet_cannot_say_is_refused_by_its_name():
    """A cell holds 32,767 characters; openpyxl cuts what is longer without a word. An empty text is no cell."""
    revealed = ", ".join(["forces.king.momentum"] * 1700)
    long = template().replace("    weekly: 0.2\n", f"    weekly: 0.2\n    reveals: [{revealed}]\n")
    with pytest.raises(InputError, match=r"parts of mine: events\.garrisons-desert\.reveals\. Write"):
        to_sheet(long, file="mine")
    empty = template().replace("what: Garrisons change sides", 'what: ""')
    with pytest.raises(InputError, match=r": events\.garrisons-desert\.what\. Write"):
        to_sheet(empty)


def test_all_faults_are_named_at_once_by_sheet_and_cell(book):
    forces = {
        cell.value: cell.column_letter
        for cell in openpyxl.load_workbook(BytesIO(to_sheet(template())))["Forces"][2]
    }
    momentum = forces["momentum"]
    found = faults(
        book,
        put(**{
            f"Forces_{momentum}4": "[0.2, 0.1]",
            "Control_B2": "kinng",
            "Ties_A5": "rebells",
            "Claims_B4": "dispach",
            "Events_A7": "protector-leaves",
            "Question_A6": "questoin",
        }),
    )  # fmt: skip
    assert found == [
        "Question!A6: questoin: there is no key `questoin` here (did you mean `question`?)",
        f"Forces!{momentum}4: forces.king.momentum: the low end lies above the high end",
        "Ties!A5: ties.1.between.0: `rebells` is not an actor (a force or a patron) of this scenario"
        " (did you mean `rebels`?)",
        "Events!A7: `protector-leaves` stands here twice (first in Events!A4) (remove or rename one)",
        "Claims!B4: claims.army-unpaid.source: `dispach` is not a source of this scenario (did you mean `dispatch`?)",
        "Control!B2: `kinng` stands in no row of Forces (did you mean `king`?)",
    ]


def test_a_new_force_is_made_on_its_own_sheet_only(book):
    """A misspelt header of Control, or a name that is only there, would otherwise be a force without a word."""
    scenario = book(put(Forces_A7="monks", Control_E2="monks", Control_E4=0.1))
    assert scenario.forces["monks"].control == {"capital": Number(value=0.1)}
    assert book(put(Forces_A7="monks", Control_E2="monks")).forces["monks"].control == {}
    assert faults(book, put(Forces_A7="monks")) == [
        "Forces!A7: forces.monks: the key `control` is missing here"
    ]


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("Question_B5", "=1+1", "a formula stands here (copy it and paste its value)"),
        ("Forces_E4", "=WEBSERVICE(\"http://x\")", "a formula stands here (copy it and paste its value)"),
        ("Forces_B4", "king\u202egnik", "a character that cannot stand in a text (U+202E RIGHT"),
        ("Forces_A6", "cl\u200bans", "a character that cannot stand in a text (U+200B ZERO WIDTH SPACE) (remove it)"),
        ("Standing_B4", "0.4}, x: {", "this is more than one value"),
        ("Standing_B4", "!!python/object 1", "the tag `tag:yaml.org,2002:python/object` is not part"),
        ("Standing_B4", "0,4", "this is more than one value (decimals have a point, lists brackets: [0.2, 0.4])"),
        ("Standing_B4", True, "patrons.neighbour.standing.king: a number is needed here, not `true`"),
        ("Standing_B4", 1.5, "patrons.neighbour.standing.king: `1.5` must lie from 0 to 1"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_taken_is_named(book, cell, value, said):
    first, *_ = faults(book, put(**{cell: value}))
    assert first.startswith(f"{cell.replace('_', '!')}: {said}")


def test_a_text_that_looks_like_a_formula_is_written_as_a_text(tmp_path):
    text = template().replace("title: A kingdom and its two challengers", 'title: "=cmd|calc!A1"')
    (tmp_path / "case.xlsx").write_bytes(to_sheet(text))
    cell = openpyxl.load_workbook(tmp_path / "case.xlsx")["Question"]["B5"]
    assert (cell.value, cell.data_type) == ("=cmd|calc!A1", "s")
    assert check(from_sheet(tmp_path / "case.xlsx")).title == "=cmd|calc!A1"


def test_sheets_and_columns_may_be_left_out_and_remarks_are_skipped(book):
    def change(made):
        for title in ("Beliefs", "Terms", "Agreements", "Read me"):
            del made[title]
        made["Effects"].delete_rows(10)  # the breach of the agreement
        made["Effects"].delete_rows(1)
        made["Forces"].insert_rows(5)
        made["Forces"]["A5"] = "# the rebels' numbers are guesses"
        made.create_sheet("# my notes")["A1"] = "anything"

    scenario = book(change)
    assert set(scenario.forces) == {"king", "rebels", "clans"}
    assert not scenario.agreements


def test_a_sheet_or_column_that_there_is_not_gets_its_nearest(book):
    def change(made):
        made["Sources"].title = "Source"
        made["Forces"]["E2"] = "momentun"
        made["Ties"]["C2"] = "sign"
        made["Claims"]["A2"] = None

    assert faults(book, change)[:3] == [
        "Source!A1: there is no sheet `Source` in a scenario (did you mean `Sources`?)",
        "Forces!E2: there is no column `momentun` in Forces (did you mean `momentum`?)",
        "Claims!A1: the sheet Claims has no column `claim` (its headers stand in its first row)",
    ]


def test_what_is_no_workbook_is_said_to_be_none(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(InputError, match=r"a\.xlsx cannot be read as a workbook"):
        from_sheet(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="there is no file"):
        from_sheet(tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b" " * 60_000_000)
    with pytest.raises(InputError, match="unpacks to 60,000,000 bytes; at most 50,000,000 are read"):
        from_sheet(tmp_path / "bomb.xlsx")


def test_a_sheet_of_a_million_rows_is_refused_not_walked(book):
    (found,) = [line for line in faults(book, put(Sources_XFD1048576="x")) if line.startswith("Sources")]
    assert found.startswith("Sources!A1: 1,048,576 rows of 16,384 columns")


SIGNS, KEYS = "aß :,[]{}#'\"-&*!|=0.1e", st.sampled_from(["a", "b-c", "1"])
FINITE = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: 0.0 if abs(x) < 1e-90 else x)
PLAIN = st.recursive(
    st.one_of(FINITE, st.integers(-1000, 1000), st.booleans(), st.dates(), st.text(SIGNS, min_size=1)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


@example(value="0:[", text=False)
@example(value="0[", text=True)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=PLAIN, text=st.booleans())
def test_any_value_comes_back_from_its_cell(value, text):
    kind = {list: "events.e.requires", dict: "strategies.p.s.then"}.get(type(value), "agreements.a.signed")
    place = place_at(tuple((kind if text else "forces.f.momentum").split(".")))
    content = content_of(value, place)
    assert node_of(content, "s" if isinstance(content, str) else "n", place, (1, 1)).plain() == value


def test_brackets_may_be_left_out_where_nothing_else_can_be_meant():
    def read(text, path):
        return node_of(text, "s", place_at(tuple(path.split("."))), (1, 1)).plain()

    assert read("crown, rebels", "events.e.requires") == ["crown", "rebels"]
    assert read("2031-05-01, 2031-06-01", "events.e.between")[1].month == 6
    assert read("crown: 1, rebels: 2", "strategies.p.s.engage") == {"crown": 1, "rebels": 2}
    assert read("words: likely", "events.e.probability") == {"words": "likely"}
    assert read("a, b", "agreements.a.terms.0.who") == ["a", "b"]
    assert len(FORMS) == 10
