"""Points, other geometry, and the older location type."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.rule import Outcome, Rule, blank, wrong_kind
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import trimmed

LATITUDE_LONGITUDE = re.compile(r"\(?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)?", re.ASCII)
IN_BRACKETS = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)\s*$", re.ASCII)
GEOMETRY_NAMES = {
    "point": "Point", "multipoint": "MultiPoint", "line": "LineString", "multiline": "MultiLineString",
    "polygon": "Polygon", "multipolygon": "MultiPolygon",
}  # fmt: skip
EXAMPLES = {
    "Point": "POINT (-72.7 41.8)",
    "MultiPoint": "MULTIPOINT ((-72.7 41.8), (-72.6 41.7))",
    "LineString": "LINESTRING (-72.7 41.8, -72.6 41.7)",
    "MultiLineString": "MULTILINESTRING ((-72.7 41.8, -72.6 41.7))",
    "Polygon": "POLYGON ((-72.7 41.8, -72.6 41.7, -72.7 41.7, -72.7 41.8))",
    "MultiPolygon": "MULTIPOLYGON (((-72.7 41.8, -72.6 41.7, -72.7 41.7, -72.7 41.8)))",
}
# How PostGIS marks degrees of longitude and latitude, which is all the portal takes.
DEGREES = "SRID=4326;"
OUT_OF_RANGE = Fault(
    "coordinates outside the globe",
    "Longitude goes from -180 to 180, latitude from -90 to 90; they may be swapped.",
)


def geometry_rule(portal_type: str) -> Rule:
    """The rule for geometry: WKT or GeoJSON text, longitude first; a point may be written ``(latitude, longitude)``."""
    name = GEOMETRY_NAMES[portal_type]

    def cell(value: Any, _code: str) -> Outcome:
        if not isinstance(value, str):
            return wrong_kind(value, f"a text such as {EXAMPLES[name]}")
        text = trimmed(value)
        pair = LATITUDE_LONGITUDE.fullmatch(text) if name == "Point" else None
        return _checked(f"POINT ({pair[2]} {pair[1]})" if pair else text.removeprefix(DEGREES), name)

    return Rule({NoneType: blank}, cell)


def _checked(text: str, name: str) -> Outcome:
    """The geometry as WKT, once it is of the right kind and on the globe."""
    shape = None if text.upper().startswith("SRID") else _read(text)
    if shape is None or shape.kind != name:
        what = f"text that is no {name}" if shape is None else f"{shape.kind} where {name} is needed"
        return Fault(what, f"Write it as {EXAMPLES[name]}, longitude before latitude.")
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:  # degrees
        return OUT_OF_RANGE
    if name == "Point" and not any(shape.bounds):
        remedy = "Clear the cell where the place is unknown."
        return Fault("point at 0, 0 in the Atlantic", remedy, Severity.WARNING, shape.wkt, "points at 0, 0")
    return shape.wkt


@dataclass(frozen=True)
class _Shape:
    """A geometry. ``bounds`` are its west, south, east and north."""

    kind: str
    bounds: tuple[float, float, float, float]
    wkt: str


def _read(text: str) -> _Shape | None:
    """The geometry in WKT or GeoJSON text, or None."""
    # Loaded here, because few datasets have geometry.
    import pygeoif  # noqa: PLC0415

    try:
        if text.startswith("{"):
            described = json.loads(text)
            if not _sound(described.get("coordinates", 0)):
                return None
            shape: Any = pygeoif.shape(described)
            return _Shape(shape.geom_type, shape.bounds, shape.wkt)
        shape = pygeoif.from_wkt(text)
        return _Shape(shape.geom_type, shape.bounds, text)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        # RuntimeError has the library's “not implemented” and nesting without end among it.
        return None


def _sound(coordinates: Any) -> bool:
    """Whether GeoJSON coordinates are numbers at every depth and empty at none: the library looks at neither."""
    if isinstance(coordinates, list):
        return bool(coordinates) and all(map(_sound, coordinates))
    return type(coordinates) in (int, float) and abs(coordinates) < math.inf


def location_rule() -> Rule:
    """The rule for the older location type: address lines, then ``(latitude, longitude)`` (protocol §7)."""

    def cell(value: Any, _code: str) -> Outcome:
        if not isinstance(value, str):
            return wrong_kind(value, "an address or (latitude, longitude)")
        text = trimmed(value).replace("\r\n", "\n").replace("\r", "\n")
        pair = IN_BRACKETS.search(text)
        if pair and (abs(float(pair[1])) > 90 or abs(float(pair[2])) > 180):  # degrees
            return OUT_OF_RANGE
        return text

    return Rule({NoneType: blank}, cell)
