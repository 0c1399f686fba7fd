"""The language server, over the protocol itself: the same problems as `check`, completions, explanations."""

import json
import os
import threading
from pathlib import Path

import pytest

from equipoise.errors import InputError, ScenarioError
from equipoise.scenario import load, loads
from equipoise.scenario.publishing import key_texts
from equipoise.server import language_server as module
from equipoise.server.cursor import typed_at
from equipoise.server.help import explained, offers
from equipoise.server.language_server import language_server

CASE = (Path(__file__).parent / "case.yaml").read_text(encoding="utf-8")
TYPED = {"textDocument": {"uri": "file:///case.yaml"}}


class Editor:
    """The little of an editor that the protocol needs, written after its specification."""

    def __init__(self):
        to_server, self.out = os.pipe()
        self.back, from_server = os.pipe()
        self.read = os.fdopen(self.back, "rb")
        self.write = os.fdopen(self.out, "wb")
        self.server = language_server()
        streams = os.fdopen(to_server, "rb"), os.fdopen(from_server, "wb")
        self.thread = threading.Thread(target=self.server.start_io, args=streams, daemon=True)
        self.thread.start()
        self.number = 0
        self.told = []
        self.capabilities = self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})[
            "capabilities"
        ]
        self.tell("initialized", {})

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self.write.flush()

    def tell(self, method, params):
        self.send(method=method, params=params)

    def receive(self):
        length = 0
        while (line := self.read.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self.read.read(length))

    def ask(self, method, params):
        self.number += 1
        self.send(id=self.number, method=method, params=params)
        while (message := self.receive()).get("id") != self.number:
            self.told.append(message)
        assert "error" not in message, message
        return message["result"]

    def problems(self):
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                return message["params"]["diagnostics"]

    def open(self, text):
        document = {"uri": "file:///case.yaml", "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return self.problems()

    def change(self, text, version):
        document = {"uri": "file:///case.yaml", "version": version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return self.problems()

    def close(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.thread.join(10)
        self.write.close()


@pytest.fixture
def editor():
    pytest.importorskip("pygls", reason="the extra `lsp` is not installed")
    opened = Editor()
    yield opened
    opened.close()


def place_of(text, marked):
    """Return line and column of the end of `marked` in a text."""
    before = text[: text.index(marked) + len(marked)]
    return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def test_an_editor_shows_what_check_finds_and_clears_it(editor):
    broken = CASE.replace("momentum: [0.0, 0.02]", "momentun: [0.0, 0.02]").replace(
        "focus: neighbour", "focus: neighbor"
    )
    with pytest.raises(ScenarioError) as caught:
        loads(broken)
    shown = editor.open(broken)
    assert [(one["range"]["start"]["line"] + 1, one["range"]["start"]["character"] + 1) for one in shown] == [
        (problem.line, problem.column) for problem in sorted(caught.value.problems)
    ]
    assert "did you mean `neighbour`?" in shown[0]["message"]
    assert editor.change(CASE, 2) == []


def test_what_is_no_yaml_is_shown_where_it_stops(editor):
    (shown,) = editor.open("equipoise: 1\ntitle: [a\nfocus: b\n")
    assert "not valid YAML" in shown["message"]
    assert shown["range"]["start"]["line"] in (1, 2)


def test_places_are_counted_in_the_units_of_the_editor(editor):
    """The protocol counts UTF-16 units unless told otherwise: the emoji is two of them."""
    (shown,) = editor.open(CASE.replace("title: A kingdom", "title: {🗺: x} #"))[:1]
    text = CASE.replace("what: Garrisons change sides", "what: {🗺🗺: 1, b: *z}")
    (found,) = editor.change(text, 2)
    assert shown["range"]["start"]["character"] == 7
    assert found["range"]["start"]["character"] == len("    what: {") + 4 + len(": 1, b: ")


def test_an_editor_completes_and_explains(editor):
    text = CASE.replace("focus: neighbour", "focus: ")
    editor.open(text)
    found = editor.ask("textDocument/completion", {**TYPED, "position": place_of(text, "focus: ")})
    assert [(item["label"], item["detail"]) for item in found["items"]] == [
        ("neighbour", "The neighbour"),
        ("protector", "The protector"),
    ]
    editor.change(CASE, 2)
    said = editor.ask("textDocument/hover", {**TYPED, "position": place_of(CASE, "rate: {pert: [0.005")})[
        "contents"
    ]["value"]
    assert "**forces.king.collapse.rate**" in said
    assert key_texts()["Collapse"]["rate"] in said
    assert "Unit: falls a week." in said
    assert "At least 0." in said
    assert "- army-unpaid: The army has not been paid since autumn. (Dispatch from the capital, ¶3)" in said
    grounds = editor.ask("textDocument/hover", {**TYPED, "position": place_of(CASE, "claims: [army-unp")})[
        "contents"
    ]
    assert key_texts()["Number"]["claims"] in grounds["value"]
    believed = place_of(CASE, "rate: {pert: [0.001")
    said = editor.ask("textDocument/hover", {**TYPED, "position": believed})["contents"]["value"]
    assert "(Dispatch from the capital, ¶9, held by the protector)" in said
    assert editor.ask("textDocument/hover", {**TYPED, "position": {"line": 0, "character": 3}}) is None


def test_without_the_extra_the_command_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    with pytest.raises(InputError, match=r"pip install 'equipoise\[lsp\]'"):
        module.language_server()


PATHS = {
    "forces.king.momentum", "forces.king.collapse.steepness", "ties.king|rebels.sign",
    "events.rebel-spring.probability", "patrons.neighbour.standing.king",
}  # fmt: skip


def offered(text):
    """Return what is offered at the sign | of a text."""
    before = text[: text.index("|")]
    line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
    return [offer.text for offer in offers(text.replace("|", "", 1), line, column)]


@pytest.mark.parametrize(
    ("was", "typed", "there", "absent"),
    [
        ("    momentum: [0.0, 0.02]", "    mo|", {"momentum", "bandwagon", "resentment"}, {"king", "budget"}),
        ("    momentum: [0.0, 0.02]", "    resentment: {al|", {"alienation", "duplicity", "parity"}, {"momentum"}),
        ("    standing: {king: 0.8}", "    standing: {|", {"king", "rebels", "clans"}, {"neighbour"}),
        ("    standing: {king: 0.8}", "    standing: {king: 0.8, |}", {"rebels", "clans"}, {"king"}),
        ("    decided-by: protector", "    decided-by: |", {"neighbour", "protector"}, {"king"}),
        ("    requires: [protector-leaves]", "    requires: [|]", {"protector-leaves", "summer-talks"}, {"king"}),
        ("    weekly: 0.2", "    weekly: {uniform: [0.1, 0.2], claims: [ar|]}", {"army-unpaid"}, {"dispatch"}),
        ("{words: roughly even chance, claims: [protector-tired]}", "{words: |}", {"likely", "remote"}, {"true"}),
        ("    incumbent: true", "    incumbent: |", {"true", "false"}, set()),
        ("    forces.king.collapse.rate: ", "    forces.ki|: ", PATHS, {"forces"}),
        ("    weekly: 0.2", "    weekly: 0.2\n    reveals: [|]", {"forces.king.momentum"}, {"king"}),
        ("confidence: moderate", "confidence: |", {"low", "moderate", "high"}, set()),
        ("    when: {power: king, below: 0.35}", "    when: {|}", {"power", "control", "collapsed"}, set()),
        ("    when: {power: king, below: 0.35}", "    when: {power: |}", {"king", "rebels"}, {"neighbour"}),
        ("effects: [{hazard: {king: 2}}]", "effects: [{values: {neighbour: {|}}}]", {"order.chaos"}, {"terminal"}),
        ("    host: neighbour", "    model: |", {"compromise", "nash"}, set()),
    ],
)  # fmt: skip
def test_what_may_stand_at_the_cursor_is_offered(was, typed, there, absent):
    assert was in CASE
    found = set(offered(CASE.replace(was, typed, 1)))
    assert there <= found
    assert not absent & found


def test_nothing_is_offered_in_a_remark_or_a_text():
    assert offered(CASE.replace("title: A kingdom", "title: A king|dom", 1)) == []
    assert offered("# an |\n" + CASE) == []


def test_a_key_is_offered_only_where_one_can_be_begun():
    assert (
        offered(CASE.replace("    collapse: {rate: 0.004, threshold: 0.2, steepness: 2}", "    collapse: |"))
        == []
    )


def test_what_is_being_typed_is_found_in_a_file_that_is_broken_behind_it():
    typed = typed_at("forces:\n  crown:\n    home: {hi\n  : ]broken", 2, 13)
    assert (typed.path, typed.as_key, typed.word) == (("forces", "crown", "home"), True, "hi")


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ("  - {between: [king, rebels], sign: -0.", "Unit: from -1 to 1."),
        ("    standing: {king: 0.", "Unit: share of the closest relationship there can be."),
        ("forces.king.collapse.rate: {pert: [0.0", "Unit: falls a week."),
    ],
)
def test_the_unit_is_said_wherever_the_number_stands(marked, said):
    place = place_of(CASE, marked)
    assert said in explained(CASE, place["line"], place["character"])


def test_a_number_that_stands_on_the_part_around_it_says_so():
    """Two-valleys: the chance that the Republic leaves stands on c1."""
    text = load("two-valleys").text
    place = place_of(text, "probability: {words: lik")
    assert (
        "- c1: The Republic has not decided whether its troops stay past May. (The gazette of the valleys, ¶4)"
        in explained(text, place["line"], place["character"])
    )
    bare = place_of(text, "bandwagon: 0.0")
    assert "It stands on no claim." in explained(text, bare["line"], bare["character"])
