"""The log of forecasts, line by line: whose forecast is taken, and which."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from test_expected_scores import START, fall, questions_of

from equipoise.errors import InputError
from equipoise.scoring.forecasts import Said
from equipoise.scoring.ledger import Logged, append, asking, first_of, read_log

QUESTIONS = questions_of({"q": fall(10, True)})


def line(number: int, scenario: str, chance: float, question: str = "q") -> Logged:
    """Return a line of a log on the one question there is."""
    asked: Any = QUESTIONS["q"]
    return Logged(
        number, "", "2030-01-01T00:00:00+00:00", "0", scenario, "", 1, None, None, 512, START, None, question,
        asked.asks, asked.day, asking(asked), Said(chance=chance), None,
    )  # fmt: skip


def test_a_log_of_several_scenarios_gives_each_its_own() -> None:
    """The same question name in another scenario's forecast, logged before, is another question."""
    entries = [line(1, "Other", 0.9), line(2, "Mine", 0.2), line(3, "Mine", 0.3), line(4, "Mine", 0.4, "r")]
    found = first_of(entries, "Mine", QUESTIONS)
    assert [*found] == ["q"] and found["q"].said.chance == 0.2
    assert first_of(entries, "Other", QUESTIONS)["q"].said.chance == 0.9
    with pytest.raises(InputError, match="no forecast of these questions about 'Third'"):
        first_of(entries, "Third", QUESTIONS)


def test_a_question_that_asks_something_else_now_is_refused() -> None:
    entries = [line(7, "Mine", 0.2)]
    for other in ({"asks": "Another?"}, {"on": date(2031, 1, 1)}, {"asked": {"fell": "nobody"}}):
        with pytest.raises(InputError, match=r"`q` asks something else now .* \(line 7\)"):
            first_of([replace(entries[0], **other)], "Mine", QUESTIONS)


def test_what_is_asked_is_said_without_what_came_of_it() -> None:
    """How it resolved, what others said and on what grounds may change: the question is the same."""
    assert set(asking(QUESTIONS["q"])) == {"fell", "by"}
    assert asking(QUESTIONS["q"]) == asking(questions_of({"q": fall(10, False)})["q"])
    assert asking(QUESTIONS["q"]) != asking(questions_of({"q": fall(11, True)})["q"])


def chained(path: Path) -> list[dict[str, Any]]:
    """Read a log by its description: each line a JSON object, its hash over the others with sorted keys."""
    lines = [json.loads(row) for row in path.read_text("utf-8").splitlines()]
    before = "0" * 64
    for number, row in enumerate(lines, 1):
        own = {key: value for key, value in row.items() if key != "hash"}
        text = json.dumps(own, sort_keys=True, separators=(",", ":"))
        assert (row["number"], row["previous"]) == (number, before)
        assert row["hash"] == sha256(text.encode("ascii")).hexdigest()
        before = row["hash"]
    return lines


def test_a_log_only_grows_and_each_line_vouches_for_those_before(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    first = append(path, [line(0, "Mine", 0.2), line(0, "Über", 0.3)])
    kept = path.read_text("utf-8")
    then = append(path, [line(9, "Mine", 0.4)])
    assert [entry.number for entry in (*first, *then)] == [1, 2, 3]
    assert path.read_text("utf-8").startswith(kept) and kept.isascii()
    assert read_log(path) == (*first, *then)
    assert [row["said"]["chance"] for row in chained(path)] == [0.2, 0.3, 0.4]
    assert append(path, []) == () and len(read_log(path)) == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda rows: [rows[0], rows[1].replace("0.3", "0.9"), rows[2]],
            "line 2 of .* not as it was written",
        ),
        (lambda rows: rows[1:], "line 1 of"),
        (lambda rows: [rows[0], rows[2]], "line 2 of"),
        (lambda rows: [rows[1], rows[0], rows[2]], "line 1 of"),
        (lambda rows: [*rows, "no forecast"], "line 4 of"),
    ],
)
def test_a_line_that_was_changed_removed_or_moved_is_named(tmp_path: Path, change: Any, says: str) -> None:
    path = tmp_path / "log.jsonl"
    append(path, [line(0, "Mine", chance) for chance in (0.2, 0.3, 0.4)])
    rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(change(rows)) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_log(path)
    with pytest.raises(InputError, match=says):
        append(path, [line(0, "Mine", 0.5)])


def test_what_is_no_log_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_log(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read as a log of forecasts"):
        read_log(tmp_path / "bytes")
