"""Points and locations that are put together from several sheet columns.

Each part is read by the rule of its own kind: coordinates as numbers, the parts of an address as texts. A point is sent
as ``POINT (longitude latitude)``, a location as street, ``city, state ZIP`` and ``(latitude, longitude)`` on lines of
their own (protocol §7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Protocol

from xl_datasync.core.column_map import COORDINATES, Part
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import Block, SheetColumn, float_text

# Where the degrees of the United States end up when latitude and longitude are swapped.
_SWAPPED_LATITUDES, _SWAPPED_LONGITUDES = (-90, -64), (17, 72)
_SWAPPED = "latitude and longitude look swapped: the point is near the South Pole"
_AT_ZERO = "point at 0, 0 in the Atlantic"
US_ZIP_DIGITS = 5


@dataclass(frozen=True)
class PartFault(Fault):
    """A fault of one of the sheet columns that a place is put together from."""

    column: SheetColumn | None = None


class Reader(Protocol):
    """Reads one part; its ``constant`` stands for blank cells of places that have other parts."""

    @property
    def constant(self) -> str:
        """The text for blank cells."""

    def convert(self, block: Block) -> tuple[list[str], list[tuple[int, Fault]]]:
        """The texts of a block, and the faults by position."""


class _Texts(NamedTuple):
    """The texts of one place's parts, in the order of :class:`Part`; blank where there are none."""

    latitude: str
    longitude: str
    street: str
    city: str
    state: str
    code: str

    @property
    def point(self) -> str:
        """As WKT, longitude first."""
        if not (self.latitude and self.longitude):
            return ""
        return f"POINT ({_degrees(self.longitude)} {_degrees(self.latitude)})"

    @property
    def location(self) -> str:
        """In the lines of a cell."""
        street, city, state, code = (" ".join(text.split()) for text in self[2:])
        behind = f"{state} {code}" if state and code else state or code
        pair = f"({_degrees(self.latitude)}, {_degrees(self.longitude)})" if self.latitude and self.longitude else ""
        return "\n".join(filter(None, (street, f"{city}, {behind}" if behind else city, pair)))


@dataclass(frozen=True)
class PlaceReader:
    """Puts the places of one portal column together, block after block.

    :param readers: for each part, its sheet column and what reads it; ``defaults`` what stands in for blank cells.
    """

    is_point: bool
    readers: Mapping[Part, tuple[SheetColumn, Reader]]
    defaults: Mapping[Part, str]

    def convert(self, block: Block) -> tuple[list[str], list[tuple[int, Fault]]]:
        """The places of a block's rows, and the faults by position, each with its sheet column."""
        texts: dict[Part, Sequence[str]] = {}
        found: list[tuple[int, Fault]] = []
        for part, (source, reader) in self.readers.items():
            texts[part], faults = reader.convert(block)
            found += [(position, _of_part(fault, part, source)) for position, fault in faults]
        # A cell without a text has been complained of already, so that nothing is said of what it lacks.
        troubled = {position for position, fault in found if not fault.text}
        blank, defaults = [""] * len(block.rows), [self.defaults.get(part, "") for part in Part]
        places = []
        for position, held in enumerate(zip(*(texts.get(part, blank) for part in Part), strict=True)):
            if not any(held) or position in troubled:
                places.append("")
                continue
            row = _Texts(*(map(_or, held, defaults) if any(defaults) else held))
            place = row.point if self.is_point else row.location
            places.append(place)
            found += [(position, fault) for fault in self._doubts(row, place)]
        return places, found

    def _doubts(self, row: _Texts, place: str) -> list[PartFault]:
        """What is wrong with a place whose parts are each in order."""
        found: list[PartFault] = []
        if row.latitude and row.longitude:
            north, east = float(row.latitude), float(row.longitude)
            if north == east == 0:
                found.append(self._fault(Part.LATITUDE, _AT_ZERO, "Clear both where the place is unknown.", place))
            elif _between(north, _SWAPPED_LATITUDES) and _between(east, _SWAPPED_LONGITUDES):
                remedy = "Check the rows of the Column map that name the two."
                found.append(self._fault(Part.LATITUDE, _SWAPPED, remedy, place))
        elif row.latitude or row.longitude:
            blank, filled = COORDINATES if row.longitude else COORDINATES[::-1]
            what = f"{blank.words} that is blank beside a {filled.words}"
            found.append(self._fault(blank, what, "Fill it in, or clear both."))
        if row.city or row.state or row.code:
            found += self._doubts_of_city_line(row, place)
        return found

    def _doubts_of_city_line(self, row: _Texts, place: str) -> list[PartFault]:
        """What a portal would read otherwise: it takes the line apart by its commas and spaces."""
        found: list[PartFault] = []
        if "," in row.city:
            remedy = "Remove the comma; the portal takes what follows it for the state."
            found.append(self._fault(Part.CITY, "comma in a city", remedy))
        if " " in row.state or " " in row.code:
            part, short = (Part.STATE, "its two letters, such as NY") if " " in row.state else (Part.ZIP, "it in one")
            found.append(self._fault(part, f"space in a {part.words}", f"Write {short}."))
        if row.code and not row.state and Part.STATE in self.readers:
            remedy = "Fill in the state; the portal may take the ZIP code for it."
            found.append(self._fault(Part.STATE, "state that is blank beside a ZIP code", remedy, place))
        if len(row.code) < US_ZIP_DIGITS and row.code.isdigit():
            remedy = "Give the cells the format 00000, or write the code as text."
            found.append(self._fault(Part.ZIP, "ZIP code of fewer than five digits", remedy, place))
        return found

    def _fault(self, part: Part, what: str, remedy: str, text: str = "") -> PartFault:
        """A problem of the part, or a warning where the text is sent all the same."""
        severity = Severity.WARNING if text else Severity.PROBLEM
        return PartFault(what, remedy, severity, text, what if text else "", column=self.readers[part][0])


def _or(text: str, default: str) -> str:
    """The text, or what stands in for it."""
    return text or default


def _between(number: float, limits: tuple[int, int]) -> bool:
    return limits[0] <= number <= limits[1]


def _of_part(fault: Fault, part: Part, source: SheetColumn) -> PartFault:
    facts = {known.name: getattr(fault, known.name) for known in fields(Fault)}
    return PartFault(**{**facts, "what": f"{fault.what} ({part.words})"}, column=source)


def _degrees(text: str) -> str:
    """Degrees without an exponent, which places are not written with."""
    return float_text(float(text)) if "e" in text.lower() else text
