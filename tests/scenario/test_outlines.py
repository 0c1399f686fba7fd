"""Outlines of regions: read from a GeoJSON file beside the scenario, every fault at its line, and carried along."""

import json
import shutil
from pathlib import Path

import pytest

import equipoise
from equipoise.errors import InputError, ScenarioError, StudyError
from equipoise.scenario import changed, load, loads, outlines

SPEC = Path(__file__).resolve().parents[2] / "spec" / "valid"
SQUARE = [[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]


@pytest.fixture
def case(tmp_path):
    """A scenario with outlines in a folder of its own."""
    for name in ("outlines.yaml", "outlines.geojson"):
        shutil.copy(SPEC / name, tmp_path)
    return tmp_path / "outlines.yaml"


def feature(district, coordinates=(SQUARE,), kind="Polygon"):
    return {
        "type": "Feature",
        "properties": {"district": district},
        "geometry": {"type": kind, "coordinates": list(coordinates)},
    }


def fault(case, *features, text=None):
    """Return the one problem of the scenario with other outlines."""
    data = {"type": "FeatureCollection", "features": list(features)}
    case.with_name("outlines.geojson").write_text(
        json.dumps(data) if text is None else text, encoding="utf-8"
    )
    with pytest.raises(ScenarioError) as caught:
        load(case)
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (9, "outlines.file")
    return f"{problem.message} {problem.hint}"


def test_a_region_is_made_up_of_the_features_that_are_named_or_called_like_it(case):
    found = load(case).outlines
    assert list(found.regions) == ["valley", "hills"]
    assert [len(polygon[0]) for polygon in found.regions["valley"]] == [6, 5]  # lower, upper
    hole, island = found.regions["hills"][0], found.regions["hills"][1]
    assert len(hole) == 2 and hole[1][0] == (61.6, 32.0) and len(island) == 1
    assert found.content == (SPEC / "outlines.geojson").read_bytes()


@pytest.mark.parametrize("called", ["hills", "High hills"])
def test_a_feature_may_have_the_key_or_the_label_of_its_region(case, called):
    data = {"type": "FeatureCollection", "features": [feature("lower"), feature("upper"), feature(called)]}
    case.with_name("outlines.geojson").write_text(json.dumps(data))
    assert load(case).outlines.regions["hills"] == ((tuple((float(x), float(y)) for x, y in SQUARE),),)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([feature("lower", [SQUARE[:-1]])], "feature 1 (`lower`) has a ring that does not end where it begins"),
        ([feature("lower", [SQUARE[:3]])], "a ring of fewer than four positions"),
        ([feature("lower", SQUARE[0], "Point")], "is no Polygon or MultiPolygon, but `Point`"),
        ([feature("lower", [], "Polygon")], "is no Polygon or MultiPolygon"),
        ([feature("lower", [[]], "MultiPolygon")], "a polygon without a ring"),
        ([feature("lower", [[[0, 0], [500000, 0], [1, 1], [0, 0]]])], "outside the globe GeoJSON is in degrees"),
        ([feature("lower", [[[0, 0], [10**400, 0], [1, 1], [0, 0]]])], "outside the globe"),
        ([feature("lower", [[[0, 0], ["1", 0], [1, 1], [0, 0]]])], "is not [longitude, latitude]"),
        ([feature("lower", [[[0, 0], [True, 0], [1, 1], [0, 0]]])], "is not [longitude, latitude]"),
        ([{"type": "Feature", "geometry": None}], "feature 1 is no Feature with properties"),
        (["x"], "feature 1 is no Feature with properties"),
        ([], "none of its features has the property `district`"),
    ],
)  # fmt: skip
def test_bad_geometry_is_refused_at_its_line(case, features, said):
    assert said in fault(case, *features)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "NaN is no number of JSON"),
        ("[]", "it is no GeoJSON FeatureCollection"),
        ('{"type": "Topology", "features": []}', "it is no GeoJSON FeatureCollection"),
    ],
)
def test_another_file_is_refused_at_its_line(case, text, said):
    assert said in fault(case, text=text)


def test_what_is_too_large_is_refused_before_it_is_drawn(case, monkeypatch):
    few = [feature("lower"), feature("upper"), feature("hills")]
    monkeypatch.setattr(outlines, "MOST_POINTS", 14)
    assert "more than 14 points" in fault(case, *few)
    monkeypatch.setattr(outlines, "MOST_FEATURES", 2)
    assert "3 features; at most 2" in fault(case, *few)
    assert "at most 8,000,000 are read" in fault(case, text=" " * 8_000_001)


def test_all_problems_are_listed_at_once(case):
    case.write_text(case.read_text().replace("upper]", "uper]").replace("crown: 0.4", "crown: 4"))
    with pytest.raises(ScenarioError) as caught:
        load(case)
    assert [problem.path for problem in caught.value.problems] == [
        "outlines.regions.valley.1", "patrons.north.standing.crown",
    ]  # fmt: skip


@pytest.mark.usefixtures("undrawn")
def test_plain_data_has_no_file_beside_it(case, tmp_path):
    """It is played all the same, kept, and opened again; its map is of tiles."""
    plain = loads(case.read_text()).scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert load(plain).outlines is None
    made = equipoise.run(plain, futures=32, out=tmp_path / "study", additions=False)
    assert equipoise.open_study(tmp_path / "study").file.outlines is made.file.outlines is None


def test_they_travel_with_the_scenario(case, tmp_path):
    made = equipoise.new(tmp_path / "copy", from_=case)
    assert load(made["wrote"]).outlines == load(case).outlines
    assert changed(load(case), {"patrons.north.standing.crown": 0.5}).outlines == load(case).outlines


@pytest.mark.usefixtures("undrawn")
def test_a_study_holds_them_and_notices_when_they_change(case, tmp_path):
    made = equipoise.run(case, futures=32, out=tmp_path / "study", additions=False)
    kept = tmp_path / "study" / "outlines.geojson"
    assert kept.read_bytes() == case.with_name("outlines.geojson").read_bytes()
    assert equipoise.open_study(tmp_path / "study").file.outlines == made.file.outlines
    assert equipoise.verify(tmp_path / "study")["sound"]
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(StudyError, match=r"outlines\.geojson is damaged"):
        equipoise.open_study(tmp_path / "study")
    kept.unlink()
    with pytest.raises(InputError, match="it is missing"):
        equipoise.open_study(tmp_path / "study")


def test_they_go_with_what_ask_and_fit_write_elsewhere(case, tmp_path):
    control = "control: {valley: 3, hills: 1}"
    text = case.read_text().replace(control, control + "\n    collapse: {yearly: [0.1, 0.4]}")
    case.write_text(text + "outlook: [{falls: crown, within: 8, is: 0.04}]\n")
    path = "forces.crown.collapse.yearly"
    (tmp_path / "a").mkdir()
    asked = equipoise.ask(
        case, holder="ann", answers={path: (0.1, 0.3, 0.2, 80)}, to=tmp_path / "a" / "new.yaml"
    )
    fitted = equipoise.fit(case, inputs=[path], futures=256, out=tmp_path / "a" / "fitted.yaml")
    for made in (asked, fitted):
        assert load(made["wrote"]).outlines == load(case).outlines
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "outlines.geojson").write_text("{}")
    with pytest.raises(InputError, match="is another file than the outlines of this scenario"):
        equipoise.fit(case, inputs=[path], futures=256, out=tmp_path / "b" / "fitted.yaml")
    assert not (tmp_path / "b" / "fitted.yaml").exists()
