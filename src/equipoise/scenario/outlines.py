"""Outlines of regions: a GeoJSON file beside the scenario, by which the report draws its map. No future hangs on it.

A scenario's file names it (`outlines`); it lies in the same folder, travels into every study of the scenario and is
read under bounds, as all that comes from outside. Source: RFC 7946, *The GeoJSON Format*.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from equipoise.errors import InputError, StudyError
from equipoise.scenario.inspection import Inspection, nearest, quoted
from equipoise.scenario.number import Name
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import Label
from equipoise.text import printable

# ruff: noqa: RUF012 - pydantic copies the defaults of these classes; none is shared

MOST_BYTES, MOST_POINTS, MOST_FEATURES = 8_000_000, 200_000, 5_000
"""Of one file of outlines: bytes, points of all its outlines, features."""
GEOJSON_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*\.geojson$"
"""A plain name: no path leads out of the scenario's folder, and none to a file of a study."""

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
"""An outer ring and its holes, points in degrees east and north; the last point of a ring is its first."""
Beside = Callable[[str], bytes]
"""Gives the bytes of a file beside the scenario by its name; raises InputError where they cannot be had."""


class Outlines(Part):
    """A GeoJSON file beside the scenario, and which of its features make up which region."""

    file: Annotated[str, StringConstraints(pattern=GEOJSON_NAME, max_length=100)]
    property: Label
    regions: dict[Name, Annotated[tuple[Label, ...], Field(min_length=1, max_length=MOST_FEATURES)]] = {}


@dataclass(frozen=True)
class Outlined:
    """The outlines of a scenario's regions.

    Attributes:
        file: name of the file they were read from. content: its bytes, which travel with the scenario.
        regions: polygons by region, in the order of the scenario.
    """

    file: str
    content: bytes = field(repr=False)
    regions: Mapping[str, tuple[Polygon, ...]] = field(repr=False)


class _FaultError(Exception):
    """What is wrong with the file, in a sentence, and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def outlined(
    inspection: Inspection, given: Outlines, names: Mapping[str, tuple[str | None, ...]], beside: Beside
) -> Outlined | None:
    """Return the outlines that a scenario names, or note what is wrong with them, at its place in the scenario.

    Args:
        inspection: of the scenario's file.
        given: what it says of its outlines.
        names: every region of the scenario, and what a feature may call it besides.
        beside: gives the file.
    """
    wanted = {
        region: {value for value in given.regions.get(region, (region, *names[region])) if value is not None}
        for region in names
    }
    try:
        content = beside(given.file)
        found = _by_value(_features(content), given.property)
    except StudyError:
        raise
    except InputError as error:
        inspection.add(("outlines", "file"), str(error))
        return None
    except _FaultError as fault:
        inspection.add(("outlines", "file"), f"{given.file}: {fault}", fault.hint)
        return None
    before = len(inspection.problems)
    for region, values in wanted.items():
        listed = region in given.regions
        for value in sorted(values - set(found)) if listed else ():
            at = ("outlines", "regions", region, given.regions[region].index(value))
            message = f"no feature of {given.file} has {quoted(value)} as its {quoted(given.property)}"
            inspection.add(at, message, nearest(value, found))
        if not listed and not values & set(found):
            message = (
                f"no feature of {given.file} has the region {quoted(region)} as its {quoted(given.property)}"
            )
            inspection.add(("outlines",), message, f"list its features under `regions: {{{region}: [...]}}`; "
                           + nearest(region, found), at_key=True)  # fmt: skip
    if len(inspection.problems) > before:
        return None
    made = {
        region: tuple(polygon for value in sorted(values & set(found)) for polygon in found[value])
        for region, values in wanted.items()
    }
    return Outlined(given.file, content, made)


def _features(content: bytes) -> list[Any]:
    """Return the features of a file."""
    if len(content) > MOST_BYTES:
        raise _FaultError(
            f"it has {len(content):,} bytes; at most {MOST_BYTES:,} are allowed", "simplify the outlines"
        )
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise _FaultError(f"it cannot be read as JSON ({printable(str(error).splitlines()[0])})") from None
    features = data.get("features") if isinstance(data, dict) else None
    if (
        not isinstance(data, dict)
        or data.get("type") != "FeatureCollection"
        or not isinstance(features, list)
    ):
        raise _FaultError(
            "it is no GeoJSON FeatureCollection", "export the regions as GeoJSON, a feature each"
        )
    if len(features) > MOST_FEATURES:
        raise _FaultError(f"it has {len(features):,} features; at most {MOST_FEATURES:,} are allowed")
    return features


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _by_value(features: list[Any], key: str) -> dict[str, tuple[Polygon, ...]]:
    """Return the polygons of the features that have a property, by its value."""
    found: dict[str, tuple[Polygon, ...]] = {}
    points, known = 0, set[str]()
    for number, feature in enumerate(features, 1):
        own = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(own, dict) or feature.get("type") != "Feature":
            raise _FaultError(f"its feature {number} is no Feature with properties")
        known |= own.keys()
        value = own.get(key)
        if value is None or isinstance(value, dict | list | bool):
            continue
        what = f"feature {number} ({quoted(value)})"
        polygons = tuple(_polygons(feature.get("geometry"), what))
        points += sum(len(ring) for polygon in polygons for ring in polygon)
        if points > MOST_POINTS:
            raise _FaultError(f"its outlines have more than {MOST_POINTS:,} points", "simplify them")
        found[str(value)] = found.get(str(value), ()) + polygons
    if not found:
        raise _FaultError(f"none of its features has the property {quoted(key)}", nearest(key, known))
    return found


def _polygons(geometry: Any, what: str) -> Iterator[Polygon]:
    kind, inside = (
        (geometry.get(k) for k in ("type", "coordinates")) if isinstance(geometry, dict) else (None, None)
    )
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(inside, list) or not inside:
        raise _FaultError(
            f"{what} is no Polygon or MultiPolygon, but {quoted(kind)}", "only areas outline a region"
        )
    for polygon in [inside] if kind == "Polygon" else inside:
        if not isinstance(polygon, list) or not polygon:
            raise _FaultError(f"{what} has a polygon without a ring")
        yield tuple(_ring(ring, what) for ring in polygon)


def _ring(ring: Any, what: str) -> Ring:
    if not isinstance(ring, list) or len(ring) < 4:
        raise _FaultError(f"{what} has a ring of fewer than four positions")
    made = tuple(_point(position, what) for position in ring)
    if made[0] != made[-1]:
        raise _FaultError(f"{what} has a ring that does not end where it begins")
    return made


def _point(position: Any, what: str) -> Point:
    good = (
        isinstance(position, list)
        and len(position) >= 2
        and all(type(x) in (int, float) for x in position[:2])
    )
    if not good:
        raise _FaultError(f"{what} has a position that is not [longitude, latitude]")
    east, north = position[:2]
    if not (abs(east) <= 180 and abs(north) <= 90):
        raise _FaultError(
            f"{what} has the position [{quoted(east)}, {quoted(north)}], outside the globe",
            "GeoJSON is in degrees of longitude and latitude (WGS 84); convert projected coordinates",
        )
    return float(east), float(north)
