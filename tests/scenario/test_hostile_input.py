"""Whatever is given, the answer is a scenario or a clear error, quickly, and nothing is ever run."""

import hashlib
import os
import time

import pytest

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario import load, loads
from equipoise.scenario.reading import MAX_BYTES, MAX_DEPTH

SMALL = """equipoise: 1
title: A small case
focus: north
calendar: {start: 2030-01-07, weeks: 26}
regions: {coast: {}}
forces: {crown: {control: {coast: 1}}}
patrons: {north: {}}
strategies: {north: {wait: {engage: {}}}}
"""

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)
MANY = ", ".join(f"f{i}: {{}}" for i in range(10_000))
MANY_FORCES = SMALL.replace("{crown: {control: {coast: 1}}}", f"{{{MANY}}}")
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 3000))


def _problem(text: str):
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (BOMB, "more than 200,000 values", 6),
        (CHAIN, "levels deep", MAX_DEPTH),
        ("a: " + "[" * 100_000, "levels deep", 1),
        ("a: " + "{b: " * 100_000, "levels deep", 1),
        ("\n".join("  " * i + "a:" for i in range(500)), "levels deep", MAX_DEPTH + 1),
        ("a: &a [*a]", "`*a` refers to itself", 1),
        ("", "the file is empty", 1),
        ("# only a comment\n", "the file is empty", 1),
        ("--- \n...\n", "the file is empty", 1),
        ("just words", "a scenario is a mapping", 1),
        (SMALL + "extra: !!python/object/apply:os.system ['touch /tmp/scenario/owned']\n", "tag", 9),
        (SMALL + "extra: !ruby/object:X {}\n", "tag", 9),
        (SMALL + "? {a: 1}\n: 2\n", "cannot be a key", 9),
        (SMALL + "title\x00: x\n", "U+0000", 9),
        (SMALL + "note: \x1b[31mred\n", "U+001B", 9),
        (SMALL + "'unclosed: x\n", "not valid YAML", 10),
        (SMALL + "\tx: 1\n", "not valid YAML", 9),
        ("k" * 300 + ": 1\n", "a key of 300 characters", 1),
        (MANY_FORCES, "10,000 entries stand here; at most 32", 6),
        (SMALL + "events:\n" + "".join(f"  e{i}: {{}}\n" for i in range(600)), "at most 512", 9),
        (SMALL + "claims: {" + ", ".join(f"c{i}: 0" for i in range(150_000)) + "}", "values", 9),
    ],
)  # fmt: skip
def test_hostile_text_is_refused_with_its_place(text, message, line):
    started = time.thread_time()
    problem = _problem(text)
    assert message in problem.message
    assert problem.line == line
    assert time.thread_time() - started < 10


def test_no_tag_runs_anything(tmp_path):
    trace = tmp_path / "owned"
    _problem(SMALL + f"x: !!python/object/apply:os.system ['touch {trace}']\n")
    assert not trace.exists()


def test_messages_hold_nothing_a_terminal_would_obey():
    text = SMALL.replace("focus: north", 'focus: "\\e[2J\\n\\u202enorth"') + '"\\x9b31m\\nkey": 1\n'
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert all(line.isprintable() for line in str(caught.value).split("\n"))
    assert len(str(caught.value).split("\n")) == len(caught.value.problems)


def test_a_file_that_is_not_utf8_names_the_byte(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes(SMALL.replace("small", "sm\xe4ll").encode("latin-1"))
    with pytest.raises(ScenarioError, match=r"latin\.yaml:2:12: the file is not UTF-8 text \(byte 0xe4"):
        load(path)


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load(path).scenario.title == "A small case"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_same_scenario_is_the_same_whatever_ends_its_lines(tmp_path, end, mark):
    text = SMALL + "question: |\n  Whom to court?\n  And for how long?\n"
    path = tmp_path / "elsewhere.yaml"
    path.write_bytes(mark + text.replace("\n", end).encode())
    file = load(path)
    assert file.scenario == loads(text).scenario
    assert file.scenario.question == "Whom to court?\nAnd for how long?\n"
    assert file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert file.sha256 != loads(text.replace("court", "count")).sha256


SECTIONS = [
    "regions", "forces", "patrons", "strategies", "events", "talks", "agreements", "beliefs", "claims", "sources",
    "quantities", "dynamics", "ties", "calendar",
]  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("key", ['""', "''", '"  "', "! ''"])
@pytest.mark.parametrize("value", ["{}", "1", "[]", "{'': {'': 1}}"])
def test_a_key_without_a_name_is_refused_wherever_it_stands(section, key, value):
    lines = [line for line in SMALL.splitlines() if not line.startswith(f"{section}:")]
    text = "\n".join([*lines, f"{section}:", f"  {key}: {value}", ""])
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    at = [
        problem for problem in caught.value.problems if (problem.line, problem.column) == (len(lines) + 2, 3)
    ]
    if key != "! ''":
        assert "a key without a name" in at[0].message
    assert at


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("{crown: {", '{crown: {"": {}, '),
        ("{north: {}}", '{north: {"": 1}}'),
        ("equipoise", '"": 1\nequipoise'),
    ],
)
def test_a_key_without_a_name_inside_a_part_is_refused(whole, part):
    problem = _problem(SMALL.replace(whole, part))
    assert "a key without a name" in problem.message


def test_pasted_separators_of_lines_are_blanks():
    text = SMALL + 'question: "one\u2028two\\u2028three\\Pfour"  # \u2029 five\n'
    assert loads(text).scenario.question == "one two three four"


@pytest.mark.parametrize("mark", ["\x85", "\u202e", "\u2066", "\u200b", "\ufeff", "\xad", "\ud800"])
def test_what_nobody_sees_is_refused_raw_and_as_an_escape(mark):
    number = f"U+{ord(mark):04X}"
    if mark != "\ud800":
        assert number in _problem(SMALL + f"question: a{mark}b\n").message
    problem = _problem(SMALL + f'question: "a\\u{ord(mark):04x}b"\n')
    assert number in problem.message or "valid YAML" in problem.message


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50 * MAX_BYTES)
    started = time.thread_time()
    with pytest.raises(InputError, match="bytes; at most"):
        load(path)
    assert time.thread_time() - started < 1


def test_a_full_file_of_nonsense_is_refused_quickly():
    started = time.thread_time()
    with pytest.raises(ScenarioError):
        loads("x: y\n" * (MAX_BYTES // 6))
    assert time.thread_time() - started < 10


def test_thousands_of_unknown_names_are_refused_quickly():
    effects = ", ".join(f"{{push: {{crow{i}: 1}}}}" for i in range(60))
    text = SMALL + "events:\n" + "".join(f"  e{i}: {{effects: [{effects}]}}\n" for i in range(300))
    started = time.thread_time()
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert len(caught.value.problems) == 300 * 60
    assert "and 17,900 more problems" in str(caught.value)
    assert time.thread_time() - started < 10


def test_thousands_of_faults_of_shape_are_refused_quickly():
    event = "{on: 3, effects: [{push: 1}, {tie: x}]}"
    text = SMALL + "events:\n" + "".join(f"  e{i}: {event}\n" for i in range(500))
    started = time.thread_time()
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert len(caught.value.problems) >= 500
    assert time.thread_time() - started < 10


KEYS = [line.split(":")[0] for line in SMALL.splitlines()]
VALUES = ["x", "7", "-1.5", "true", "~", "[]", "{}", "[1, 2]", "{a: {b: c}}", "2030-01-01", '""']


@pytest.mark.parametrize(
    "key", [*KEYS, "ties", "dynamics", "events", "agreements", "talks", "beliefs", "claims"]
)
@pytest.mark.parametrize("value", VALUES)
def test_any_value_under_any_key_is_answered(key, value):
    lines = [line for line in SMALL.splitlines() if not line.startswith(f"{key}:")]
    places = [(1, 1)]
    try:
        loads("\n".join([*lines, f"{key}: {value}"]))
    except ScenarioError as error:
        places = [(problem.line, problem.column) for problem in error.problems]
    assert places
    assert all(line >= 1 and column >= 1 for line, column in places)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        load(tmp_path)
    (tmp_path / "scenario.yaml").write_text(SMALL)
    with pytest.raises(InputError, match=r"did you mean .*scenario\.yaml"):
        load(tmp_path)


def test_a_missing_file_and_a_pipe_are_said_to_be_so(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        load(tmp_path / "none.yaml")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="not an ordinary file"):
        load(pipe)
    with pytest.raises(InputError):
        load("\x00")


def test_an_unknown_case_names_the_nearest():
    with pytest.raises(InputError, match="did you mean `two-valleys`"):
        load("two-vallies")
    with pytest.raises(InputError, match="the bundled cases are:"):
        load("zzz")


def test_a_mapping_that_is_not_plain_data_is_refused():
    with pytest.raises(InputError, match="not plain data"):
        load({"equipoise": 1, "title": object()})
    around: dict = {}
    around["self"] = around
    with pytest.raises(InputError):
        load(around)


def test_too_many_cells_are_refused_though_each_part_is_allowed():
    regions = ", ".join(f"r{i}: {{}}" for i in range(40))
    control = ", ".join(f"r{i}: 1" for i in range(40))
    forces = ", ".join(f"f{i}: {{control: {{{control}}}}}" for i in range(30))
    patrons = ", ".join(f"p{i}: {{}}" for i in range(30))
    text = SMALL.replace("{coast: {}}", f"{{{regions}}}").replace("{north: {}}", f"{{{patrons}}}")
    text = text.replace("{crown: {control: {coast: 1}}}", f"{{{forces}}}")
    assert "30 forces x 40 regions x 30 patrons" in _problem(text).message


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("title: A small case", "title: {}"),
        ("coast: {}", "coast: {{name: {}}}"),
        ("{crown: {", "{{crown: {{name: {}, "),
        ("{north: {}}", "{{north: {{name: {}}}}}"),
        ("engage: {}", "engage: {{}}, name: {}"),
    ],
)
def test_names_have_a_length_that_tables_and_figures_can_show(whole, part):
    assert loads(SMALL.replace(whole, part.format("x" * 200), 1))
    problem = _problem(SMALL.replace(whole, part.format("x" * 201), 1))
    assert problem.message == "this text is longer than 200 characters"


def test_texts_have_a_length():
    assert loads(SMALL + "question: " + "x" * 4000)
    assert "longer than 4,000" in _problem(SMALL + "question: " + "x" * 4001).message
