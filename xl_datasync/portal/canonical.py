"""One text for each value, however it was written, so that what was sent can be compared with what is there. Pure.

``canonical(column, text)`` takes the text of a CSV cell, ``wire_texts(columns, row)`` a row as the portal gives it;
both end in the same form. Two values that the portal takes for one have one canonical text: 1 and 1.00, a date and its
midnight, a link with and without spaces before its bracket.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES, Column
from xl_datasync.portal.cells import location_value, wire_text

PLAIN = re.compile(r"0|-?[1-9][0-9]*(?:\.[0-9]*[1-9])?|-?0\.[0-9]*[1-9]")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](?:(\d\d:\d\d)(?::(\d\d))?(?:[.,](\d+))?)?)?(Z|[+-]\d\d:?\d\d)?")
URL_WITH_WORDS = re.compile(r"(.*\S)\s*\(([^()\s]+)\)", re.DOTALL)
WKT_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
WKT = re.compile(r"([A-Z]+)\s*(?:ZM|Z|M)?\s*(\(.*\))", re.DOTALL)
# Beyond so many digits a number is not written out.
LONGEST_NUMBER = 400
# The least from which floating-point numbers are whole anyway.
WHOLE_ANYWAY = 2.0**53


def canonical(column: Column, text: str) -> str:
    """The one form of a CSV cell's text; what cannot be read as the column's type stays as it is."""
    if not text:
        return ""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)  # as portals do (protocol §0 [S])
    return _FORMS.get(column.type, _text)(text)


def wire_texts(columns: Sequence[Column], row: Mapping[str, object]) -> list[str]:
    """The canonical texts of a row as the portal gave it, in the order of the columns."""
    return [canonical(column, wire_text(column, row.get(column.field_name))) for column in columns]


def has_form(column: Column) -> bool:
    """Whether the column's type writes one value in several ways; of other types only characters are settled."""
    return column.type in _FORMS


def _text(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


def _number(text: str) -> str:
    """Without leading plus, trailing zeros and exponent: numbers are compared by value (protocol §8 [S])."""
    if PLAIN.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return text
    try:
        sign, digits, exponent = Decimal(text.strip()).as_tuple()
    except InvalidOperation:
        return text
    if not isinstance(exponent, int):
        return text
    kept = "".join(map(str, digits)).rstrip("0")
    if not kept:
        return "0"
    exponent += len(digits) - len(kept)
    value = Decimal((sign, tuple(map(int, kept)), exponent))
    return format(value, "f") if abs(exponent) <= LONGEST_NUMBER else str(value)


def _checkbox(text: str) -> str:
    return text.casefold() if text.casefold() in ("true", "false") else text


def _floating(text: str) -> str:
    """To the millisecond (protocol §7 [S]), which is left out where it is zero, as are no parts of the time."""
    found = MOMENT.fullmatch(text.strip())
    if not found or found[5]:
        return text
    day, minutes, seconds, fraction, _ = found.groups()
    thousandths = (fraction or "")[:3].ljust(3, "0")
    return f"{day}T{minutes or '00:00'}:{seconds or '00'}" + (f".{thousandths}" if thousandths != "000" else "")


def _fixed(text: str) -> str:
    """In UTC; without an offset it is UTC (protocol §7 [S])."""
    found = MOMENT.fullmatch(text.strip())
    if not found:
        return text
    zone = found[5] or "Z"
    local = _floating(text.strip().removesuffix(found[5] or ""))
    if zone == "Z":
        return f"{local}Z"
    offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * (1 if zone[0] == "+" else -1)
    try:
        moment = dt.datetime.fromisoformat(local) - offset
    except (ValueError, OverflowError):
        return text
    return _floating(moment.isoformat(timespec="milliseconds")) + "Z"


def _url(text: str) -> str:
    found = URL_WITH_WORDS.fullmatch(text)
    return f"{found[1]} ({found[2]})" if found else text


def _phone(text: str) -> str:
    number, _, kind = text.partition(":")
    return f"{number.strip()}:{kind.strip()}".removesuffix(":")


def _location(text: str) -> str:
    """Lines in order, coordinates as numbers."""
    place = location_value(text)
    for name in ("latitude", "longitude"):
        if name in place:
            place[name] = _number(str(place[name]))
    return wire_text(_LOCATION, place)


def _geometry(text: str) -> str:
    """WKT in capitals, coordinates as floating-point numbers, as servers keep them [U]; from GeoJSON too."""
    if text.lstrip()[:1] == "{":
        try:
            text = wire_text(_GEOMETRY, json.loads(text, parse_float=Decimal))
        except (ValueError, RecursionError):
            return text
    found = WKT.fullmatch(text.strip().upper())
    if not found:
        return text
    kind, shape = found.groups()
    shape = WKT_NUMBER.sub(lambda number: _loose(float(number[0])), " ".join(shape.split()))
    shape = re.sub(r"\s*([(),])\s*", r"\1", shape)
    if kind == "MULTIPOINT":
        # Each point may stand in brackets of its own or not.
        shape = "(" + shape.replace("(", "").replace(")", "") + ")"
    return f"{kind}{shape}"


def _json(text: str) -> str:
    """Keys in order, no spaces, numbers as floating-point numbers."""
    try:
        value = _plain(json.loads(text))
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE_ANYWAY:
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _loose(value: float) -> str:
    return repr(_plain(value))


_LOCATION = Column(0, "", "", "location")
_GEOMETRY = Column(0, "", "", "point")
_FORMS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(NUMBER_TYPES | {"stars"}, _number),
    **dict.fromkeys(GEOMETRY_TYPES, _geometry),
    "checkbox": _checkbox,
    "calendar_date": _floating,
    "date": _fixed,
    "url": _url,
    "phone": _phone,
    "location": _location,
    "json": _json,
}
