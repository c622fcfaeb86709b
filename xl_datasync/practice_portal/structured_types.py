"""Types whose values have parts: geometries, location, url, phone, json (protocol §7).

Each is kept as compact JSON text.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pygeoif

GEOMETRY_NAMES = {
    "point": "Point",
    "multipoint": "MultiPoint",
    "line": "LineString",
    "multiline": "MultiLineString",
    "polygon": "Polygon",
    "multipolygon": "MultiPolygon",
}


class BadValue(ValueError):
    """A value its column's type cannot take: what was expected and what came."""

    def __init__(self, expected: str, got: object) -> None:
        super().__init__(f"expected {expected}, got {got!r}")
        self.expected = expected
        self.got = got


def plain(value: object) -> Any:
    """Parsed JSON with its exact numbers turned into Python's own."""
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return int(value) if isinstance(exponent, int) and 0 <= exponent < 20 else float(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def compact_json(value: object) -> str:
    """JSON text without spaces, characters as they are."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def plain_json(text: str) -> object:
    """A kept value as it goes into an answer."""
    return json.loads(text)


def geometry_from_json(name: str) -> Callable[[object], str]:
    """GeoJSON object or WKT string, of exactly this type (protocol §7 [S])."""

    def accept(value: object) -> str:
        if isinstance(value, str):
            return accept_text(value)
        if not isinstance(value, Mapping):
            raise BadValue(name, value)
        return _geometry_text(name, value, lambda: pygeoif.shape(plain(value)))

    accept_text = geometry_from_csv(name)
    return accept


def geometry_from_csv(name: str) -> Callable[[str], str]:
    """WKT, longitude before latitude (protocol §7)."""

    def accept(text: str) -> str:
        return _geometry_text(name, text, lambda: pygeoif.from_wkt(text))

    return accept


def _geometry_text(name: str, got: object, parse: Callable[[], Any]) -> str:
    try:
        shape = parse().__geo_interface__
        finite = all(math.isfinite(number) for number in _numbers(shape["coordinates"]))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError):
        # pygeoif reports bad input by whichever of these its parser met first
        raise BadValue(name, got) from None
    if shape["type"] != GEOMETRY_NAMES[name] or not shape["coordinates"] or not finite:
        raise BadValue(name, got)
    return compact_json({"type": shape["type"], "coordinates": shape["coordinates"]})


def _numbers(coordinates: Any) -> list[float]:
    if isinstance(coordinates, (int, float)):
        return [coordinates]
    return [number for part in coordinates for number in _numbers(part)]


def geometry_to_csv(text: str) -> str:
    """WKT, e.g. `POINT (-122.3 47.6)` (protocol §4.2 [R])."""
    geometry = pygeoif.shape(json.loads(text))
    return str(geometry.wkt)


_COORDINATES = re.compile(r"\(\s*(-?[0-9.]+)\s*,\s*(-?[0-9.]+)\s*\)\s*$")
_CITY_LINE = re.compile(r"(?P<city>[^,]*)(?:,\s*(?P<state>\S*)\s*(?P<zip>\S*))?")
_ADDRESS_PARTS = ("address", "city", "state", "zip")


def location_value(value: object) -> str | None:
    """A legacy location; what cannot be read becomes null without a word (protocol §7 [S])."""
    if isinstance(value, str):
        return _location_from_text(value)
    if not isinstance(value, Mapping):
        return None
    address = value.get("human_address", {})
    try:
        address = json.loads(address) if isinstance(address, str) and address else address or {}
        return _location(value.get("latitude"), value.get("longitude"), address)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _location(latitude: object, longitude: object, address: Mapping[str, object]) -> str | None:
    kept: dict[str, object] = {}
    if latitude is not None and longitude is not None:
        kept = {
            "latitude": format(Decimal(str(latitude)), "f"),
            "longitude": format(Decimal(str(longitude)), "f"),
        }
    if not kept and not address:
        return None
    parts = {name: str(address.get(name) or "") for name in _ADDRESS_PARTS}
    return compact_json({**kept, "human_address": json.dumps(parts, ensure_ascii=False)})


def _location_from_text(text: str) -> str | None:
    """`street`, `city, ST zip` and `(lat, lon)` on lines of their own, any of them absent (protocol §7 [D])."""
    match = _COORDINATES.search(text)
    lines = (text[: match.start()] if match else text).strip().splitlines()
    address = {"address": lines[0].strip()} if lines else {}
    city = _CITY_LINE.fullmatch(lines[1].strip()) if len(lines) > 1 else None
    if city:
        address.update({name: part or "" for name, part in city.groupdict().items()})
    try:
        return _location(match[1] if match else None, match[2] if match else None, address)
    except ArithmeticError:
        return None


def location_to_csv(text: str) -> str:
    """The same lines that a CSV cell takes in."""
    value = json.loads(text)
    address = json.loads(value["human_address"])
    city = f"{address['city']}, {address['state']} {address['zip']}".strip(" ,")
    lines = [address["address"], city]
    if "latitude" in value:
        lines.append(f"({value['latitude']}, {value['longitude']})")
    return "\n".join(line for line in lines if line)


_TEXT_AND_URL = re.compile(r"(?P<description>.*\S)\s+\((?P<url>[^()\s]+)\)", re.DOTALL)


def url_value(value: object) -> str | None:
    """`{"url", "description"}` or the text form; anything else becomes null (protocol §7 [S]; text [U])."""
    if isinstance(value, str):
        match = _TEXT_AND_URL.fullmatch(value)
        parts = match.groupdict() if match else {"url": value}
    elif isinstance(value, Mapping):
        parts = {name: str(value[name]) for name in ("url", "description") if value.get(name)}
    else:
        return None
    return compact_json({name: parts[name] for name in ("url", "description") if name in parts}) if parts else None


def url_to_csv(text: str) -> str:
    """`http://…` or `Text (http://…)` (protocol §7)."""
    value = json.loads(text)
    if "description" not in value:
        return str(value["url"])
    return f"{value['description']} ({value.get('url', '')})"


def phone_value(value: object) -> str | None:
    """`{"phone_number", "phone_type"}` or `number:type` (protocol §7 [D])."""
    if isinstance(value, str):
        number, _, kind = value.partition(":")
        value = {"phone_number": number.strip(), "phone_type": kind.strip()}
    if not isinstance(value, Mapping) or not isinstance(value.get("phone_number"), str):
        raise BadValue("phone", value)
    parts = {name: str(value[name]) for name in ("phone_number", "phone_type") if value.get(name)}
    return compact_json(parts) if parts else None


def phone_to_csv(text: str) -> str:
    """`number:type`, or the number alone."""
    value = json.loads(text)
    number, kind = str(value.get("phone_number", "")), value.get("phone_type")
    return f"{number}:{kind}" if kind else number


def json_value(value: object) -> str:
    """Row JSON wraps the value: `{"json": …}` (protocol §7)."""
    if not isinstance(value, Mapping) or set(value) != {"json"}:
        raise BadValue("json", value)
    return compact_json(value["json"])


def json_from_csv(text: str) -> str:
    """A CSV cell holds the JSON text itself (protocol §7)."""
    try:
        return compact_json(json.loads(text))
    except (ValueError, RecursionError):
        raise BadValue("json", text) from None


def json_out(text: str) -> object:
    """Given out in the same wrapper."""
    return {"json": json.loads(text)}
