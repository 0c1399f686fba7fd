"""The log of forecasts, line by line: whose forecast is taken, and which."""

from __future__ import annotations

from typing import Any

import pytest
from test_expected_scores import START, fall, questions_of

from equipoise.errors import InputError
from equipoise.scoring.forecasts import Said
from equipoise.scoring.ledger import Logged, asking, first_of

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
