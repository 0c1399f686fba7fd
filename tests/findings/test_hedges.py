"""What a way of engaging is: one definition, by spread, hedge index and whether it engages anybody."""

import pytest

from equipoise.findings.hedges import SAID, Kind, kind


@pytest.mark.parametrize(
    ("spread", "index", "engaged", "expected"),
    [
        (0.0, 0.0, 0.0, "out"),
        (0.0, 0.0, 1e-6, "one-force"),
        (0.019, 0.019, 1.0, "one-force"),
        (0.02, 0.0199, 1.0, "one-camp"),
        (0.66, 0.0, 1.0, "one-camp"),
        (0.02, 0.02, 1.0, "hedge"),
        (0.5, 0.3, 0.4, "hedge"),
    ],
)
def test_kinds_by_the_thresholds_of_the_model(spread, index, engaged, expected):
    assert kind(spread, index, engaged) == expected


def test_every_kind_is_said():
    assert set(SAID) == set(Kind)
