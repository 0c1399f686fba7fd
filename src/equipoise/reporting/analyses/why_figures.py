"""Figures of why a patron does what it does: how the accounts hang on λ, and the frontier of beliefs and goals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from equipoise.reporting import charts
from equipoise.reporting.analyses import why_tables as shown
from equipoise.reporting.analyses.why_tables import Found
from equipoise.reporting.blocks import Table, headings
from equipoise.reporting.drawing import DASHES, PALETTE, Drawing, Frame
from equipoise.scenario.phrases import percent

if TYPE_CHECKING:
    import altair

MOST_LINES = 5
"""Hypotheses drawn: those that are likeliest at some λ or another, the likeliest at the λ of the tables first."""


def posteriors(found: Found) -> Drawing:
    """Draw each hypothesis's probability against how loosely the patron chooses."""
    said = found["likely"]
    kept = sorted(said["hypotheses"], key=lambda h: -max(h["posterior"]))[:MOST_LINES]
    series = [shown.account(found, h) for h in kept]
    rows = [
        {"series": name, "x": x, "value": value}
        for name, h in zip(series, kept, strict=True)
        for x, value in zip(said["looseness"], h["posterior"], strict=True)
    ]
    columns = headings("#λ", *(f"#{name}" for name in series))
    cells = tuple(
        (shown.rough(x), *(percent(h["posterior"][k]) for h in kept))
        for k, x in list(enumerate(said["looseness"]))[::5]
    )
    note = f"The likeliest {len(kept)} of {len(said['hypotheses'])} accounts, at every fifth λ; all are in the JSON."
    title = "How the answer hangs on how loosely the patron chooses"
    return Drawing(
        key="why-looseness",
        title=title,
        description="; ".join(
            f"{name}: at most {percent(max(h['posterior']))}" for name, h in zip(series, kept, strict=True)
        ),
        caption=(
            "Probability of each account after what was seen, by λ. At the left the patron takes what is best for it "
            "and its acts tell much; at the right it may do anything, and every account is as likely as before."
        ),
        chart=lambda frame: _lines(rows, series, frame),
        table=Table(title, columns, cells, note),
    )  # fmt: skip


def _lines(rows: Sequence[dict[str, Any]], series: Sequence[str], frame: Frame) -> altair.LayerChart:
    """Draw shares over λ, whose axis is logarithmic."""
    import altair as alt

    key = charts.legend(series, frame, lines=True)
    colours = [PALETTE[k % len(PALETTE)] for k in range(len(series))]
    dashes = [list(DASHES[k % len(DASHES)]) for k in range(len(series))]
    drawn = charts.of_rows(rows).mark_line(strokeWidth=2.4).encode(
        x=alt.X("x:Q", title="λ: how loosely the patron chooses", scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(values=[0.03, 0.1, 0.3, 1, 3, 10], format="~g")),
        y=alt.Y("value:Q", title="Probability", axis=alt.Axis(labelExpr=charts.PERCENT, tickCount=5)),
        color=alt.Color("series:N", scale=alt.Scale(domain=list(series), range=colours), legend=key),
        strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(domain=list(series), range=dashes), legend=key),
    )  # fmt: skip
    return charts.layered(drawn).properties(**charts.fit(frame, 270))


def frontier(found: Found) -> Drawing | None:
    """Draw how much less must be wanted the more is believed; nothing where no goals would do anywhere."""
    table = shown.frontier(found)
    steps = [step for step in found["believes"]["frontier"] if step["wants"] is not None]
    if table is None or len(steps) < 2:
        return None
    rows = [
        {"x": step["believes"], "value": step["wants"], "text": shown.rough(step["wants"])} for step in steps
    ]
    return Drawing(
        key="why-frontier",
        title=table.caption,
        description="; ".join(f"beliefs {shown.rough(r['x'])}: goals {r['text']}" for r in rows),
        caption="To the right: how far its beliefs are from those stated. Up: how far its goals still have to be.",
        chart=lambda frame: _path(rows, frame),
        table=table,
    )


def _path(rows: Sequence[dict[str, Any]], frame: Frame) -> altair.LayerChart:
    import altair as alt

    base = charts.of_rows(rows).encode(
        x=alt.X("x:Q", title="Beliefs moved, in standard deviations"),
        y=alt.Y("value:Q", title="Goals moved, in standard deviations", axis=alt.Axis(tickCount=5)),
    )
    text = base.mark_text(dy=-12, fontWeight="bold").encode(text=alt.Text("text:N"))
    marks = base.mark_point(filled=True, size=80, color=PALETTE[0], opacity=1)
    layers = (base.mark_line(strokeWidth=2.4, color=PALETTE[0]), marks, text)
    return charts.layered(*layers).properties(**charts.fit(frame, 230))
