"""Charts that share what they hold: they say what Altair's own say, and being used changes none of them."""

import altair as alt
import pytest

from equipoise.reporting import light

ROWS = [{"x": 1, "y": 2, "panel": "a"}, {"x": 2, "y": 1, "panel": "b"}]


def _charts(chart, layers):
    """Return a chart, two of its kind drawn over each other, and these in panels, made of Altair's or of ours."""
    base = chart(alt.Data(values=ROWS)).encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[0, 3]), axis=alt.Axis(values=[1, 2]))
    )
    line = base.mark_line().encode(y=alt.Y("y:Q", title="up"), color=alt.Color("panel:N", sort=["b", "a"]))
    point = base.mark_point(size=30).encode(y=alt.Y("y:Q")).properties(name="halo_points")
    over = layers(layer=[line, point]).properties(width=200, height=90)
    bare = [
        chart().mark_line().encode(x=alt.X("x:Q")),
        chart().mark_area().encode(y=alt.Y("y:Q", title="up")),
    ]
    panels = (
        layers(layer=bare, data=alt.Data(values=ROWS))
        .properties(width=70)
        .facet(facet=alt.Facet("panel:N", sort=["b", "a"]), columns=1)
        .resolve_scale(y="independent")
    )
    return [base, line, point, over, panels, layers(layer=[over, point]).properties(title="all")]


def _said(charts):
    return [chart.to_dict(validate=False) for chart in charts[1:]]


def test_they_say_what_altairs_own_say():
    assert _said(_charts(light.Chart, light.LayerChart)) == _said(_charts(alt.Chart, alt.LayerChart))


@pytest.mark.parametrize("again", [1, 2])
def test_using_a_chart_changes_none_that_it_was_made_of(again):
    charts = _charts(light.Chart, light.LayerChart)
    before = _said(charts)
    for _ in range(again):
        over = light.LayerChart(layer=charts[1:3]).properties(width=1)
        over.facet("panel:N").configure(font="Arial").to_dict(validate=False)
        charts[1].encode(x=alt.X("other:Q"))
        charts[2].properties(name="another")
    assert _said(charts) == before
