"""The figures: they show the summary's numbers, name themselves, and can be told apart without colour."""

import itertools
import json
import re
import time
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.reporting import charts, figure_map, figure_regions, figures, figures_time, maps
from equipoise.reporting.drawing import DASHES, NARROW, PALETTE, SHAPES, WIDE, draw, style
from equipoise.reporting.run_view import RunView
from equipoise.reporting.svg import svg_of
from equipoise.scenario import load

ALL = (
    figures.payoffs, figures.behind, figures.stands_or_falls, figures.regret, figures.luck_and_ignorance,
    figures.orders, figures.resentment, figures_time.power, figures_time.standing, figures_time.falls,
    figures_time.timeline, figure_map.actors, figure_regions.regions,
)  # fmt: skip


def values(chart) -> list[dict]:
    """Return every row of data in a chart."""
    texts: dict[str, None] = {}

    def walk(item):
        if isinstance(item, dict):
            if isinstance(item.get("values"), str) and set(item) == {"values", "format"}:
                texts[item["values"]] = None  # layers share their rows: each set once
            for part in item.values():
                walk(part)
        elif isinstance(item, list):
            for part in item:
                walk(part)

    walk(chart.to_dict())
    return [row for text in texts for row in json.loads(text)]


@pytest.mark.parametrize("figure", ALL, ids=lambda figure: figure.__name__)
def test_a_figure_is_sound_svg_with_title_description_and_table(golden, figure):
    drawn = draw(figure(golden.context))
    assert drawn.table.rows
    for svg in (drawn.wide, drawn.narrow):
        root = ET.fromstring(svg)
        title, description = root[0], root[1]
        assert (title.tag, description.tag) == (
            "{http://www.w3.org/2000/svg}title",
            "{http://www.w3.org/2000/svg}desc",
        )
        assert title.text == drawn.title
        assert len(description.text) > 30
        assert root.get("role") == "img"
        assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
        parts = [part for part in root.iter() if part is not root]
        assert not [part.tag for part in parts if part.get("role") or part.get("aria-roledescription")]
        assert "width" not in root.attrib
        assert [float(n) for n in root.get("viewBox").split()][2] <= 760
        assert min(float(n) for n in re.findall(r'font-size="([\d.]+)px"', svg)) >= 11


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("figure", ALL, ids=lambda figure: figure.__name__)
def test_every_chart_is_valid_vega_lite(golden, figure, frame):
    """Drawing does not check the parts of a chart one by one; this does."""
    assert figure(golden.context).chart(frame).to_dict(validate=True)


def test_names_over_lines_have_a_rim_and_are_written_once(golden):
    svg = draw(figure_map.actors(golden.context)).wide
    rims = re.findall(r'<g class="[^"]*halo_(\w+?)_marks" paint-order="stroke" stroke="#ffffff"', svg)
    assert sorted(rims) == ["forces", "patrons", "signs"]
    assert svg.count(">The Crown<") == 1


def test_names_of_strategies_stand_whole_in_both_figures(golden):
    name = "Hedge until the Republic sets its date, then the hills and the rebels"
    drawn = draw(figures.payoffs(RunView(golden.found, golden.named(even_hedge=name))))
    for svg in (drawn.wide, drawn.narrow):
        words = re.sub(r"<[^>]*>", " ", re.sub(r"</tspan>|</text>", " ", svg)).split()
        assert "…" not in " ".join(words)
        assert set(name.split()) <= set(words)


def test_the_phone_gets_a_figure_of_its_own_size(golden):
    drawn = draw(figures.payoffs(golden.context))
    wide, narrow = (float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]) for svg in (drawn.wide, drawn.narrow))
    assert narrow <= 360 < 700 <= wide


def test_payoffs_draw_what_was_found(golden):
    rows = {
        row["label"]: row for row in values(figures.payoffs(golden.context).chart(WIDE)) if "label" in row
    }
    payoff = golden.found.strategies["even-hedge"].payoff
    assert [rows["even-hedge"][key] for key in ("mean", "low", "high", "from", "to")] == [
        payoff.mean, payoff.p5, payoff.p95, payoff.low, payoff.high,
    ]  # fmt: skip


def test_every_bar_of_a_figure_has_the_length_of_its_interval(golden):
    """A bar that collapses to a point would look like certainty."""
    svg = draw(figures.payoffs(golden.context)).wide
    rules = re.findall(r'<g class="mark-rule role-mark[^"]*".*?</g>', svg, re.S)
    bars = [[abs(float(x2)) for x2 in re.findall(r'<line [^>]*? x2="(-?[\d.]+)"', rule)] for rule in rules]
    payoffs = [item.payoff for item in golden.context.strategies.values()]
    for spans in ([p.p95 - p.p5 for p in payoffs], [p.high - p.low for p in payoffs]):
        scale = max(max(lengths, default=0) for lengths in bars) / max(p.p95 - p.p5 for p in payoffs)
        assert any(lengths == pytest.approx([scale * span for span in spans], abs=0.51) for lengths in bars)


def test_orders_fill_each_bar(golden):
    rows = [row for row in values(figures.orders(golden.context).chart(NARROW)) if "part" in row]
    ends = {}
    for row in rows:
        assert row["from"] == ends.get(row["label"], 0.0)
        ends[row["label"]] = row["to"]
    assert list(ends.values()) == pytest.approx([1.0] * len(golden.found.ranking))


def test_resentment_takes_the_best_of_each_kind(golden):
    rows = [row for row in values(figures.resentment(golden.context).chart(WIDE)) if "series" in row]
    found = golden.found.resentment
    at_two = {row["series"]: row["value"] for row in rows if row["x"] == 2.0}
    place = found.multipliers.index(2.0)
    assert at_two == {
        "best hedge": max(found.payoff[name][place] for name in found.hedges),
        "best one-sided": max(found.payoff[name][place] for name in found.one_sided),
    }


def test_fans_follow_the_weeks(golden):
    rows = values(figures_time.power(golden.context).chart(WIDE))
    crown = [row for row in rows if row["panel"] == "The Crown"]
    assert len(crown) == 53
    assert crown[0]["date"] == "2031-03-17T00:00:00"
    assert crown[-1]["date"] == "2032-03-15T00:00:00"
    assert crown[-1]["p95"] == golden.found.fans[golden.found.best].power["crown"].p95[-1]


def test_undefined_values_are_left_out(golden):
    found = golden.with_strategies(influence_after_collapse=lambda *_: None)
    chart = figures.stands_or_falls(RunView(found, golden.scenario)).chart(WIDE)
    assert {row["measure"] for row in values(chart) if "measure" in row} == {"if the Crown stands"}


def test_series_differ_in_more_than_colour():
    assert len(set(DASHES)) == len(DASHES)
    assert len(set(SHAPES)) == len(SHAPES)


def seen_by(matrix, colour):
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.clip(np.array(matrix) @ linear, 0, 1)


# Viénot, Brettel and Mollon 1999: what dichromats see, in linear RGB.
PROTAN = [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]
DEUTAN = [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]


@pytest.mark.parametrize("matrix", [PROTAN, DEUTAN], ids=["protan", "deutan"])
def test_the_first_four_colours_stay_apart_for_the_colour_blind(matrix):
    for one, other in itertools.combinations(PALETTE[:4], 2):
        assert np.linalg.norm(seen_by(matrix, one) - seen_by(matrix, other)) > 0.12, (one, other)
    # The check itself can fail: a red and a green that dichromats confuse.
    assert np.linalg.norm(seen_by(DEUTAN, "#b05a00") - seen_by(DEUTAN, "#7a7a00")) < 0.12


@given(st.dates(), st.integers(1, 3000), st.integers(2, 9))
def test_month_ticks_are_few_and_inside(start, days, most):
    import datetime

    end = min(start.toordinal() + days, datetime.date.max.toordinal())
    last = datetime.date.fromordinal(end)
    ticks = charts.month_ticks([f"{start}T00:00:00", f"{last}T00:00:00"], most)
    assert len(ticks) <= most
    assert all(start <= datetime.date(year, month, 1) <= last for year, month in ticks)


def test_names_take_as_few_letters_a_line_as_two_lines_allow():
    assert charts.fitted(["a short one", "b " * 30 + "end"], 26, 44) == {
        "a short one": "a short one",
        "b " * 30 + "end": "b " * 15 + "b\n" + "b " * 14 + "end",
    }


def test_shortened_names_stay_different():
    names = ["a " * 60 + "one", "a " * 60 + "two"]
    assert len(set(charts.wrapped(names, 30).values())) == 2
    assert charts.wrapped(["short"], 30) == {"short": "short"}


def test_the_map_does_not_depend_on_the_order_of_the_file(golden):
    data = golden.written()
    turned = {key: dict(reversed(list(data[key].items()))) for key in ("forces", "patrons", "regions")}
    turned["ties"] = [{**tie, "between": tie["between"][::-1]} for tie in reversed(data["ties"])]
    charted = [
        draw(figure_map.actors(RunView(golden.found, load({**data, **change}).scenario))).wide
        for change in ({}, turned)
    ]
    assert charted[0] == charted[1]


def test_the_map_keeps_actors_apart_and_draws_rivalry_dashed(golden):
    spots = maps.layout(golden.scenario, [("crown", "rebels", -0.9)], figure_map.standings(golden.scenario))
    assert set(spots) == {*golden.scenario.forces, *golden.scenario.patrons}
    assert min(np.hypot(a[0] - b[0], a[1] - b[1]) for a, b in itertools.combinations(spots.values(), 2)) > 0.3
    svg = draw(figure_map.actors(golden.context)).wide
    assert svg.count('stroke-dasharray="7,4"') == 3  # three rivalries
    for text in ("−0.9", "−0.6", "+0.3", "−0.7"):
        assert text in svg


def strain(spots, lines):
    """Length of all lines by weight, and a toll of 1.5 for each actor one runs through, down to 0 at 0.2 from it."""
    total = 0.0
    for a, b, weight in lines:
        start, end = np.array(spots[a]), np.array(spots[b])
        toll = 0.0
        for other in spots.keys() - {a, b}:
            share = np.clip(
                np.dot(spots[other] - start, end - start) / np.dot(end - start, end - start), 0, 1
            )
            toll += max(0.0, 1 - np.linalg.norm(spots[other] - start - share * (end - start)) / 0.2)
        total += abs(weight) * (np.linalg.norm(end - start) + 1.5 * toll)
    return total


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_exchange_of_two_actors_of_a_ring_would_shorten_the_lines_of_the_map(seed):
    rng = np.random.default_rng(seed)
    forces, patrons = [f"f{k}" for k in range(4)], [f"p{k}" for k in range(6)]
    pairs = [pair for pair in itertools.combinations(forces + patrons, 2) if rng.random() < 0.4]
    lines = [(a, b, rng.uniform(-1, 1)) for a, b in pairs]
    spots = maps.layout(SimpleNamespace(forces=forces, patrons=patrons), lines[::2], lines[1::2])
    least = strain(spots, lines)
    starts = maps.layout(SimpleNamespace(forces=forces, patrons=patrons), [], [])
    assert least < strain(starts, lines)
    for ring in (forces, patrons):
        for a, b in itertools.combinations(ring, 2):
            assert strain({**spots, a: spots[b], b: spots[a]}, lines) > least - 1e-8


def test_the_map_of_the_most_actors_and_ties_a_scenario_may_have_is_laid_out_at_once():
    """It took seven seconds a round of exchanges, and up to sixty rounds, for each drawing of the map."""
    rng = np.random.default_rng(5)
    forces, patrons = [f"f{k}" for k in range(32)], [f"p{k}" for k in range(64)]
    pairs = list(itertools.combinations(forces + patrons, 2))
    lines = [(*pairs[k], rng.uniform(-1, 1)) for k in rng.choice(len(pairs), 300, replace=False)]
    began = time.process_time()
    spots = maps.layout(SimpleNamespace(forces=forces, patrons=patrons), lines, [])
    assert time.process_time() - began < 10
    starts = maps.layout(SimpleNamespace(forces=forces, patrons=patrons), [], [])
    assert strain(spots, lines) < 0.8 * strain(starts, lines)


def test_long_names_in_the_legend_of_a_phone_are_broken_and_whole():
    """A phone has room for 33 letters beside the sign and right of the axis; what was longer ran out of the figure."""
    long, short = "Leaders of the north and of the west (one in twenty falls by the end)", "The capital"
    rows = [{"series": name, "date": "2021-03-16", "value": 0.1} for name in (long, short)]
    spec = charts.lines(rows, NARROW, title="Share", series=[long, short]).to_dict(validate=False)
    svg = svg_of(spec | {"config": style(NARROW)})
    shown = re.findall(r'<g class="mark-text role-legend-label".*?</g>', svg, re.DOTALL)
    lines = [re.findall(r">([^<]+)</(?:tspan|text)>", text) for text in shown]
    assert [" ".join(parts) for parts in lines] == [long, short]
    assert len(lines[0]) == 3 and max(len(line) for line in lines[0]) <= 33


def test_rows_without_spread_have_no_layer_for_one():
    """Vega takes the ends of an axis from it otherwise, and says that they are infinite."""
    row = {"label": "One", "mean": 1.0, "text": "1", "low": None, "high": None, "from": 0.9, "to": 1.1}
    chart = charts.interval_rows([row], WIDE, title="Payoff", zero=False).to_dict(validate=False)
    assert "low" not in json.dumps(chart["layer"]) and "from" in json.dumps(chart["layer"])
    assert chart["layer"][-2]["encoding"]["x"]["title"] == "Payoff"


@pytest.mark.parametrize("name", ["constructor", "toString", "__proto__", "hasOwnProperty"])
@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_name_that_is_a_word_of_the_renderers_own_language_is_a_name(name, frame):
    """In an order of names it was taken for a part of the renderer, which failed."""
    row = {"mean": 0.5, "text": "0.5", "low": None, "high": None, "from": 0.4, "to": 0.6}
    rows = [{**row, "label": label} for label in (name, "other")]
    assert f">{name}<" in svg_of(charts.interval_rows(rows, frame, title="t", colour=PALETTE[0]).to_dict())
    week = {"date": "2031-01-06", "p5": 0.1, "p25": 0.2, "p50": 0.3, "p75": 0.4, "p95": 0.5, "series": name}
    panels = [{**week, "panel": "z"}, {**week, "panel": name}]
    drawn = svg_of(charts.fans(panels, frame, title="t", panels=["z", name], series=[name]).to_dict())
    assert drawn.index(">z<") < drawn.index(f">{name}<")
