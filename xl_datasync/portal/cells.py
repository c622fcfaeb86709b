"""One cell in its two forms: the text of a CSV file, and the JSON value in rows that go to or come from the portal.

Pure. ``json_writer`` and ``wire_text`` are each other's opposite, so that what was sent can be compared with what is
read back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from xl_datasync.core.dataset import GEOMETRY_TYPES, Column

BARE_URL = re.compile(r"(?:https?|ftp)://\S+|mailto:\S+", re.IGNORECASE)
NAMED_URL = re.compile(r"(.*\S)\s*\(((?:https?|ftp)://\S+)\)", re.IGNORECASE | re.DOTALL)
COORDINATES = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)\s*$")
CITY_LINE = re.compile(r"([^,]*)(?:,\s*(\S*)\s*(\S*))?")
NO_FRACTION = re.compile(r"\.0+(?=Z?$)")
ADDRESS_PARTS = ("address", "city", "state", "zip")
WKT_NAMES = {
    "Point": "POINT", "MultiPoint": "MULTIPOINT", "LineString": "LINESTRING", "MultiLineString": "MULTILINESTRING",
    "Polygon": "POLYGON", "MultiPolygon": "MULTIPOLYGON",
}  # fmt: skip


def json_writer(column: Column) -> Callable[[str], object]:
    """The function that turns the column's CSV text, which is not empty, into its JSON value (protocol §7).

    Numbers stay text, which keeps every digit and which the strictest server code takes; so do dates, WKT and all
    types not named here.
    """
    match column.type:
        case "checkbox":
            return _checkbox
        case "url":
            return _url
        case "location":
            return location_value
        case "json":
            return _wrapped
    return str


def wire_text(column: Column, value: object) -> str:
    """The CSV text in which a JSON value from the portal would be sent; ``""`` for none (protocol §4.2, §7)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float | int):
        return _digits(value)
    if isinstance(value, str):
        return NO_FRACTION.sub("", value) if column.type in ("calendar_date", "date") else value
    if isinstance(value, Mapping):
        return _object_text(column, value)
    return _compact(value)


def _checkbox(text: str) -> object:
    return {"true": True, "false": False}.get(text.casefold(), text)


def _url(text: str) -> object:
    named = None if BARE_URL.fullmatch(text) else NAMED_URL.fullmatch(text)
    return {"description": named[1], "url": named[2]} if named else {"url": text}


def location_value(text: str) -> dict[str, object]:
    """The parts of a location from the lines of a CSV cell (protocol §7 [D])."""
    found = COORDINATES.search(text)
    lines = (text[: found.start()] if found else text).strip().splitlines()
    place: dict[str, object] = {"latitude": found[1], "longitude": found[2]} if found else {}
    city = CITY_LINE.fullmatch(" ".join(lines[1:]).strip())
    if lines and city:
        parts = (lines[0].strip(), *(part or "" for part in city.groups()))
        place["human_address"] = json.dumps(dict(zip(ADDRESS_PARTS, parts, strict=True)), ensure_ascii=False)
    return place


def _wrapped(text: str) -> object:
    """A json column's value travels in a wrapper of its own (protocol §7)."""
    return {"json": json.loads(text)}


def _object_text(column: Column, value: Mapping[str, Any]) -> str:
    if column.type == "url" or value.keys() <= {"url", "description"}:
        url, words = str(value.get("url") or ""), str(value.get("description") or "")
        return f"{words} ({url})" if words and url else words or url
    if column.type == "location" or "human_address" in value:
        return _location_text(value)
    if column.type in GEOMETRY_TYPES and value.get("type") in WKT_NAMES:
        return f"{WKT_NAMES[value['type']]} {_wkt(value.get('coordinates'))}"
    if column.type == "phone":
        number, kind = str(value.get("phone_number") or ""), str(value.get("phone_type") or "")
        return f"{number}:{kind}" if kind else number
    return _compact(value["json"] if column.type == "json" and value.keys() == {"json"} else value)


def _location_text(value: Mapping[str, Any]) -> str:
    address = _address(value.get("human_address"))
    street, city, state, code = (str(address.get(part) or "") for part in ADDRESS_PARTS)
    lines = [street, f"{city}, {state} {code}".strip(" ,")]
    if value.get("latitude") is not None:
        lines.append(f"({wire_number(value['latitude'])}, {wire_number(value['longitude'])})")
    return "\n".join(line for line in lines if line)


def _address(given: object) -> Mapping[str, Any]:
    """The parts of an address, which portals give as JSON text or as an object."""
    try:
        address = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return {}
    return address if isinstance(address, Mapping) else {}


def _wkt(coordinates: Any) -> str:
    """Coordinates in brackets, longitude first."""
    return f"({_position(coordinates) if _is_position(coordinates) else ', '.join(map(_wkt_inner, coordinates))})"


def _wkt_inner(item: Any) -> str:
    return _position(item) if _is_position(item) else _wkt(item)


def _is_position(item: Any) -> bool:
    return isinstance(item, Sequence) and bool(item) and isinstance(item[0], int | float | Decimal)


def _position(item: Sequence[Any]) -> str:
    return " ".join(map(_digits, item))


def wire_number(value: object) -> str:
    """A number given as text or as JSON number."""
    return value if isinstance(value, str) else _digits(value)


def _digits(value: Any) -> str:
    """A JSON number as text, digits as they came, without an exponent."""
    return str(value) if isinstance(value, int) else format(Decimal(str(value)), "f")


def _compact(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    """Exact numbers as the json module can write them."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
