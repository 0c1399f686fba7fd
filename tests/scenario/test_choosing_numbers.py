"""The page on choosing numbers says what closed forms give, and knows every number of the format.

`python tests/scenario/test_choosing_numbers.py` writes the tables of the page again.
"""

import math
import re
from pathlib import Path

import pytest

from equipoise.scenario import cases, load, places
from equipoise.scenario.outline import magnitude_texts, magnitudes, place_at
from equipoise.scenario.rules import EFFECT_PLACES

FILE = Path(__file__).resolve().parents[2] / "docs" / "choosing-numbers.md"
VALID = sorted((FILE.parents[1] / "spec" / "valid").glob("*.yaml"))
YEAR = 52


def share_after(start, drift, weeks=YEAR):
    """K1 of two forces without noise: the log-odds of a share move by the drift each week."""
    return 1 / (1 + (1 - start) / start * math.exp(-drift * weeks))


def rate_of(yearly):
    """K3: what never changes falls within a year with 1 - exp(-52 rate)."""
    return -math.log(1 - yearly) / YEAR


def resting(gain, effort, fade, loss=0.0):
    """K2: the standing at which gain gx(1 - R) equals fade and what is lost to resentment."""
    return (gain * effort - loss) / (gain * effort + fade)


def half_life(share):
    """Weeks until half of a gap that shrinks by `share` a week is left."""
    return math.log(0.5) / math.log(1 - share)


def weekly_of(chance, weeks):
    """The weekly chance that adds up to `chance` over so many weeks."""
    return 1 - (1 - chance) ** (1 / weeks)


def with_odds(chance, factor):
    return factor * chance / (1 - chance + factor * chance)


def percent(x):
    return f"{100 * x:.0f} %" if x < 0.995 else "over 99 %"


def table(heads, rows):
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]


STARTS = (0.1, 0.3, 0.5, 0.7)
EFFORTS = (("all", 1), ("half", 0.5), ("a third of", 1 / 3), ("a tenth of", 0.1))
TABLES = {
    "drift": table(
        ["advantage a week", "a year multiplies its odds by", *(f"{percent(s)} becomes" for s in STARTS)],
        [
            [f"{d:g}", f"{math.exp(YEAR * d):.2f}", *(percent(share_after(s, d)) for s in STARTS)]
            for d in (0.002, 0.005, 0.01, 0.02, 0.05)
        ],
    ),
    "luck": table(
        ["`national`, each of two forces", "sd of the log-odds after a year", "two thirds of futures, from 50 %"],
        [
            [f"{s:g}", f"{sd:.2f}", f"{percent(share_after(0.5, -sd, 1))} to {percent(share_after(0.5, sd, 1))}"]
            for s in (0.01, 0.02, 0.04, 0.06)
            for sd in [s * math.sqrt(2 * YEAR)]
        ],
    ),
    "falling": table(
        ["chance within a year", "`rate`, a week's", "chance within five years"],
        [
            [percent(p), f"{rate_of(p):.5f}", percent(1 - (1 - p) ** 5)]
            for p in (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8)
        ],
    ),
    "steepness": table(
        ["`steepness`", "at half of the threshold, the rate is times", "at twice the threshold, times"],
        [[f"{k}", f"{2**k:g}", f"{2.0**-k:g}"] for k in (0, 1, 2, 3, 4)],
    ),
    "shield": table(
        ["`shield` × backing, or `panic` × gap", "a shield leaves of the rate", "panic multiplies it by"],
        [[f"{x:g}", percent(math.exp(-x)), f"{math.exp(x):.1f}"] for x in (0.2, 0.5, 0.8, 1.0, 1.5, 2.0)],
    ),
    "standing": table(
        ["`gain`", *(f"{words} the effort" for words, _ in EFFORTS), "half of the way there, with all of it"],
        [
            [f"{g:g}", *(f"{resting(g, x, 0.01):.2f}" for _, x in EFFORTS), f"{half_life(g + 0.01):.0f} weeks"]
            for g in (0.03, 0.05, 0.08, 0.15)
        ],
    ),
    "fade": table(
        ["`fade`", "left of a standing after a year without contact", "half of it is gone in"],
        [[f"{d:g}", percent((1 - d) ** YEAR), f"{half_life(d):.0f} weeks"] for d in (0.005, 0.01, 0.02, 0.05)],
    ),
    "hedging": table(
        ["`duplicity`, h = 0.9, half of the effort each", "standing with each comes to rest at"],
        [
            [f"{k:g}", f"{max(0.0, resting(0.08, 0.5, 0.01, k * 0.5 * 0.9 * 0.5)):.2f}"]
            for k in (0, 0.02, 0.05, 0.1, 0.2)
        ],
    ),
    "window": table(
        ["chance over the window", *(f"{n} weeks" for n in (8, 13, 26, 52))],
        [[percent(p), *(f"{weekly_of(p, n):.3f}" for n in (8, 13, 26, 52))] for p in (0.1, 0.25, 0.5, 0.75, 0.9)],
    ),
    "odds": table(
        ["chance before", *(f"`odds` {m:g}" for m in (0.2, 0.5, 2, 3, 5))],
        [[percent(p), *(percent(with_odds(p, m)) for m in (0.2, 0.5, 2, 3, 5))] for p in (0.1, 0.3, 0.5, 0.7, 0.9)],
    ),
    "revert": table(
        ["`revert`", "half of a shock to violence is gone in"],
        [[f"{r:g}", f"{half_life(r):.0f} weeks"] for r in (0.05, 0.1, 0.2)],
    ),
    "magnitudes": table(
        ["number", "unit", "usual"],
        [
            [f"`{path.replace('EFFECT', 'effect')}`", text["unit"], text["typical"]]
            for path, text in magnitude_texts().items()
        ],
    ),
}  # fmt: skip
SENTENCES = (
    f"0.01 a week turns 30 % of the country into {percent(share_after(0.3, 0.01))} in a year",
    f"a `push` of 0.02 for 12 weeks is {0.02 * 12:g} of log-odds: from 50 % to {percent(share_after(0.5, 0.02, 12))}",
    f"{math.log(0.5 / 0.5 * 0.6 / 0.4) / YEAR:.4f} a week",
    f"{math.log(0.7 / 0.3 * 0.6 / 0.4) / YEAR:.4f} a week",
    f"3 % a year is once in {1 / 0.03:.0f} years",
    f"Compare with {resting(0.08, 1, 0.01):.2f} for one of them alone",
)


def block(name, text):
    return re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", text, re.S)


@pytest.mark.parametrize("name", TABLES)
def test_each_table_of_the_page_is_what_closed_forms_give(name):
    found = block(name, FILE.read_text(encoding="utf-8"))
    assert found and found[1].strip().splitlines() == TABLES[name]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_number_in_a_sentence_of_the_page_is_computed(sentence):
    assert sentence in FILE.read_text(encoding="utf-8")


def test_there_is_no_table_on_the_page_that_is_not_checked():
    text = FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- (\w+) -->", text)) - {"end"} == set(TABLES)
    for name in TABLES:
        text = text.replace(block(name, text)[0], "")
    assert "|" not in text


def numbers():
    for source in (*cases(), *VALID):
        scenario = load(source).scenario
        yield from places(scenario)


def test_every_number_of_the_format_has_a_unit_and_a_usual_magnitude():
    """A new key that takes a number needs a line in magnitudes.yaml: editors, sheets and the page show it."""
    without = {path for path in numbers() if magnitudes().get(tuple(path.split("."))) is None}
    assert not without


def test_every_line_of_the_magnitudes_is_a_number_of_the_format():
    for pattern, text in magnitude_texts().items():
        assert set(text) == {"unit", "typical"}
        for spelled in (
            [pattern.replace("EFFECT", prefix) for prefix in EFFECT_PLACES]
            if "EFFECT" in pattern
            else [pattern]
        ):
            steps = ["0" if step == "*" and before in LISTS else "x" if step == "*" else step
                     for before, step in zip(("", *spelled.split(".")), spelled.split("."), strict=False)]  # fmt: skip
            place = place_at(tuple(steps))
            weight = ".values." in spelled and "EFFECT" in pattern
            known = place is not None and (place.number or "number" in place.types)
            assert weight or known or place_is_levels(steps), spelled


LISTS = ("effects", "breach", "ties")


def place_is_levels(steps):
    """`backing-effect.*` stands for both channels, and `order.*` for every order."""
    above = place_at(tuple(steps[:-1]))
    return above is not None and steps[-1] == "x" and bool(above.keys)


def test_the_closed_forms_are_what_the_weeks_add_up_to():
    """Equations 2, 3 and 5 of the model, week by week, for what each closed form takes as given."""
    share, standing, chance, both = 0.3, 0.1, 1.0, 0.5
    for _ in range(YEAR):
        share = share * math.exp(0.01) / (share * math.exp(0.01) + 1 - share)
        chance *= math.exp(-rate_of(0.35))
    assert share == pytest.approx(share_after(0.3, 0.01))
    assert 1 - chance == pytest.approx(0.35)
    for _ in range(2000):
        standing += 0.08 * (1 - standing) - 0.01 * standing
        both += 0.08 * 0.5 * (1 - both) - 0.01 * both - 0.05 * 0.5 * 0.9 * 0.5
    assert standing == pytest.approx(resting(0.08, 1, 0.01))
    assert both == pytest.approx(resting(0.08, 0.5, 0.01, 0.05 * 0.5 * 0.9 * 0.5))
    gap = (1 - 0.09) ** half_life(0.09)
    assert gap == pytest.approx(0.5)


if __name__ == "__main__":
    page = FILE.read_text(encoding="utf-8")
    for key, lines in TABLES.items():
        found = block(key, page)
        page = page.replace(found[0], "\n".join([f"<!-- {key} -->", *lines, "<!-- end -->"]))
    FILE.write_text(page, encoding="utf-8")
