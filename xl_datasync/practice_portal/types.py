"""The portal's data types: what each accepts, how it is kept and how it is given out (protocol §7).

A value is kept as one canonical text, or as None for null. The acceptors are as strict as the strictest real
code (soda-fountain's JsonColumnRep); what they refuse fails the whole request.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation

from . import structured_types as structured
from .structured_types import BadValue

__all__ = ["DATA_TYPES", "BadValue", "DataType", "number_text", "row_key"]


@dataclass(frozen=True)
class DataType:
    """One type: its two names, its family in queries, and its four translations."""

    name: str
    soda_name: str
    family: str
    from_json: Callable[[object], str | None]
    from_csv: Callable[[str], str | None]
    to_json: Callable[[str], object]
    to_csv: Callable[[str], str]
    can_identify: bool = False


_PLAIN_NUMBER = re.compile(r"(?:0|-?[1-9][0-9]*)(?:\.[0-9]{1,20})?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")
_EXACT = Context(prec=1_000_000)


def number_text(value: Decimal) -> str:
    """A number as the portal prints it: plain unless |scale| > 20, trailing zeros kept (protocol §4.3 [S])."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, str):
        raise BadValue("number", str(value))
    if value == 0:
        value = abs(value)
    if abs(exponent) > 20:
        return str(value)
    return format(value, "f")


def number_from_csv(text: str) -> str:
    """A number from text: digits, sign, point, exponent; no commas, signs of money, spaces (protocol §7 [S])."""
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    if not _NUMBER.fullmatch(text):
        raise BadValue("number", text)
    try:
        return number_text(Decimal(text))
    except InvalidOperation:
        raise BadValue("number", text) from None


def number_from_json(value: object) -> str:
    """A JSON number, or a string that holds one (protocol §7 [S])."""
    if isinstance(value, str):
        return number_from_csv(value)
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_from_csv(repr(value))
    raise BadValue("number", value)


# JSON can write half of a surrogate pair, which is no character
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def text_from_csv(text: str) -> str:
    """Text as it is, in NFC and without U+0000 (protocol §0 [S])."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    if _HALF_PAIR.search(text):
        raise BadValue("text", text)
    return unicodedata.normalize("NFC", text.replace("\0", ""))


def text_from_json(value: object) -> str:
    """A string; a bare number is turned into text, anything else refused (protocol §7 [S])."""
    if isinstance(value, str):
        return text_from_csv(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return number_from_json(value)
    raise BadValue("text", value)


def checkbox_from_csv(text: str) -> str:
    """Exactly `true` or `false` (protocol §7)."""
    if text in ("true", "false"):
        return text
    raise BadValue("checkbox", text)


def checkbox_from_json(value: object) -> str:
    """A JSON boolean, or one of the strings the vendor's table allows (protocol §7 [D])."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return checkbox_from_csv(value)
    raise BadValue("checkbox", value)


_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
_ZONE = r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})"
_FLOATING = re.compile(rf"{_DATE}(?:T(?:{_TIME})?)?")
_FIXED = re.compile(rf"{_DATE}(?:T(?:{_TIME})?{_ZONE}?)?")
_US_DATE = re.compile(
    r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})"
    r"(?: (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))? (?P<half>[AaPp][Mm]))?"
)
_CANONICAL_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])")


def floating_from_csv(text: str) -> str:
    """A date or date and time without a zone, ISO or as the US writes it (protocol §3.4 [D], §7 [S])."""
    if _CANONICAL_DATE.fullmatch(text):
        return f"{text}T00:00:00.000"
    match = _FLOATING.fullmatch(text) or _US_DATE.fullmatch(text)
    return _milliseconds(_moment(match, "calendar_date", text))


def floating_from_json(value: object) -> str:
    """An ISO date or date and time without a zone (protocol §7 [S])."""
    if not isinstance(value, str):
        raise BadValue("calendar_date", value)
    return _milliseconds(_moment(_FLOATING.fullmatch(value), "calendar_date", value))


def fixed_from_json(value: object) -> str:
    """An ISO moment; no offset means UTC (protocol §7 [S])."""
    if not isinstance(value, str):
        raise BadValue("date", value)
    match = _FIXED.fullmatch(value)
    moment = _moment(match, "date", value)
    zone = match["zone"] if match else None
    if zone and zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        try:
            moment = moment - offset if zone[0] == "+" else moment + offset
        except OverflowError:
            raise BadValue("date", value) from None
    return _milliseconds(moment) + "Z"


def _moment(match: re.Match[str] | None, expected: str, text: str) -> datetime:
    if match is None:
        raise BadValue(expected, text)
    part = {name: value for name, value in match.groupdict().items() if value}
    hour = int(part.get("hour", 0))
    if "half" in part:
        if not 1 <= hour <= 12:
            raise BadValue(expected, text)
        hour = hour % 12 + (12 if part["half"].lower() == "pm" else 0)
    thousandths = int(part.get("fraction", "0")[:3].ljust(3, "0"))
    try:
        return datetime(
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            hour,
            int(part.get("minute", 0)),
            int(part.get("second", 0)),
            thousandths * 1000,
            timezone.utc,
        )
    except ValueError:
        raise BadValue(expected, text) from None


def _milliseconds(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def fixed_timestamp(epoch_seconds: float) -> str:
    """A moment of the portal's clock as a fixed timestamp."""
    return _milliseconds(datetime.fromtimestamp(epoch_seconds, timezone.utc)) + "Z"


def row_key(data_type: DataType, canonical: str) -> str:
    """The form in which row identifiers are compared: text exactly, numbers by value (protocol §8 [S])."""
    if data_type.family != "number":
        return canonical
    if "E" in canonical:
        return str(_EXACT.normalize(Decimal(canonical)))
    return canonical.rstrip("0").rstrip(".") if "." in canonical else canonical


def _same(text: str) -> str:
    return text


def _number_type(name: str) -> DataType:
    return DataType(name, name, "number", number_from_json, number_from_csv, _same, _same, name == "number")


def _text_type(name: str) -> DataType:
    return DataType(name, name, "text", text_from_json, text_from_csv, _same, _same, name == "text")


def _geometry_type(name: str) -> DataType:
    return DataType(
        name,
        name,
        name,
        structured.geometry_from_json(name),
        structured.geometry_from_csv(name),
        structured.plain_json,
        structured.geometry_to_csv,
    )


def _structured_type(name: str, from_json: Callable[[object], str | None], to_csv: Callable[[str], str]) -> DataType:
    return DataType(name, name, name, from_json, from_json, structured.plain_json, to_csv)


DATA_TYPES: dict[str, DataType] = {
    data_type.name: data_type
    for data_type in (
        *map(_text_type, ("text", "email", "html", "drop_down_list", "flag")),
        *map(_number_type, ("number", "money", "percent", "stars")),
        DataType(
            "checkbox",
            "boolean",
            "boolean",
            checkbox_from_json,
            checkbox_from_csv,
            lambda text: text == "true",
            _same,
            True,
        ),
        DataType(
            "calendar_date",
            "floating_timestamp",
            "floating_timestamp",
            floating_from_json,
            floating_from_csv,
            _same,
            _same,
            True,
        ),
        DataType("date", "fixed_timestamp", "fixed_timestamp", fixed_from_json, fixed_from_json, _same, _same, True),
        *map(_geometry_type, structured.GEOMETRY_NAMES),
        _structured_type("location", structured.location_value, structured.location_to_csv),
        _structured_type("url", structured.url_value, structured.url_to_csv),
        _structured_type("phone", structured.phone_value, structured.phone_to_csv),
        DataType(
            "json",
            "json",
            "json",
            structured.json_value,
            structured.json_from_csv,
            structured.json_out,
            _same,
        ),
    )
}
