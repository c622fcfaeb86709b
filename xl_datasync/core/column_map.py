"""A column map as values: its rows, and the mapping that they and the names of the columns settle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from enum import Enum

from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES, Column
from xl_datasync.core.matching import Match
from xl_datasync.core.options import PercentStyle
from xl_datasync.core.values import SheetColumn, TableShape

# Every other type holds text, whatever the portal calls it.
TYPES_WITH_RULES = NUMBER_TYPES | GEOMETRY_TYPES | {
    "calendar_date", "date", "checkbox", "location", "url", "email", "stars", "flag", "json",
}  # fmt: skip


class Part(Enum):
    """What a sheet column is of a place; the values are the words of the Column map's “Part of a place”."""

    LATITUDE = "Latitude"
    LONGITUDE = "Longitude"
    STREET = "Street address"
    CITY = "City"
    STATE = "State"
    ZIP = "ZIP code"

    @property
    def words(self) -> str:
        """How messages call it."""
        return str(self.value) if self is Part.ZIP else str(self.value).lower()


COORDINATES = (Part.LATITUDE, Part.LONGITUDE)
PARTS_OF = {"point": COORDINATES, "location": tuple(Part)}
"""The parts that a portal type is put together from; no other type is."""
# The part's own column, for reading its cells: coordinates are numbers in a range that their name tells.
PART_COLUMNS = {
    part: Column(0, part.value, part.name.lower(), "number" if part in COORDINATES else "text") for part in Part
}


class Send(Enum):
    """The Column map's “Send?”."""

    YES = "Yes"
    IGNORE = "Ignore"
    LEAVE_BLANK = "Leave blank"


@dataclass(frozen=True)
class ColumnChoice:
    """One row of the Column map.

    :param letter: tells columns with the same header apart; alone, it names a column that has no header.
    :param default: sent where the cell is empty; of a part, where another part of the place is filled.
    :param fixed_value: sent in every row, where neither header nor letter is given.
    :param part: which part of a point or location the sheet column holds; several rows then fill one portal column.
    :param percent_style: for this column; None for the job's option. ``keep_text`` likewise.
    :param keep_text: send what the cell shows, such as 1.50, where Excel holds the number 1.5.
    :param yes_words: words for true in this column, in lower case; empty for the job's option. ``no_words`` likewise.
    :param where: address of the row, for messages; ``cells`` holds the addresses of its cells by header.
    """

    sheet_column: str
    letter: str
    portal_field: str
    send: Send = Send.YES
    default: str = ""
    fixed_value: str = ""
    date_format: str = ""
    time_zone: str = ""
    part: Part | None = None
    percent_style: PercentStyle | None = None
    keep_text: bool = False
    yes_words: frozenset[str] = frozenset()
    no_words: frozenset[str] = frozenset()
    where: str = ""
    cells: MappingOf[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def from_sheet(self) -> bool:
        """Whether it names a sheet column."""
        return bool(self.sheet_column or self.letter)

    def cell(self, header: str) -> str:
        """The address of its cell below a header of the Column map."""
        return self.cells.get(header) or self.where


@dataclass(frozen=True)
class MappedColumn:
    """A portal column and where its values come from: a sheet column, or a fixed value where ``source`` is None.

    :param source: for a place put together from several sheet columns, the first of them.
    :param parts: those sheet columns, each with what it holds; empty for every other column.
    :param part_choices: the rows of the Column map that name them, in the same order.
    """

    column: Column
    source: SheetColumn | None
    match: Match
    choice: ColumnChoice | None = None
    parts: tuple[tuple[Part, SheetColumn], ...] = ()
    part_choices: tuple[ColumnChoice, ...] = ()

    @property
    def sources(self) -> tuple[SheetColumn, ...]:
        """All sheet columns it is made from."""
        if self.parts:
            return tuple(source for _, source in self.parts)
        return (self.source,) if self.source else ()

    @property
    def subject(self) -> str:
        """What messages call it: the sheet's header where there is one."""
        header = self.source.header if self.source and not self.parts else self.column.name
        return f"Column “{header}”"

    def address(self, shape: TableShape, row: int) -> str:
        """Where its value in a row stands: the cell, or the whole row where the value is a fixed one."""
        return shape.address(self.source, row) if self.source else shape.row_address(row)

    def one_by_one(self) -> Iterator[tuple[Part, MappedColumn]]:
        """Its parts as columns of their own, as each is read before the place is put together."""
        for (part, source), choice in zip(self.parts, self.part_choices, strict=True):
            yield part, MappedColumn(PART_COLUMNS[part], source, Match.CHOSEN, choice)


@dataclass(frozen=True)
class Mapping:
    """The settled mapping, in the order of the sheet.

    A sheet column fills one portal column; beside that it may be part of places, because a latitude is often wanted
    both as a number and in a point, and then stands in two of ``columns``.

    :param ignored: sheet columns that are not sent.
    :param unmapped: portal columns nobody fills and nobody said to leave blank.
    :param left_blank: portal columns the Column map says to leave blank.
    :param shared: sheet columns, by index, of which several have the name of one portal column.
    """

    columns: tuple[MappedColumn, ...]
    ignored: tuple[SheetColumn, ...] = ()
    unmapped: tuple[Column, ...] = ()
    left_blank: tuple[Column, ...] = ()
    shared: frozenset[int] = frozenset()

    @property
    def guesses(self) -> tuple[MappedColumn, ...]:
        """The columns a person should look at before they are trusted."""
        return tuple(mapped for mapped in self.columns if mapped.match is Match.GUESS)

    @property
    def uses(self) -> dict[int, list[MappedColumn]]:
        """What each sheet column that is sent fills, by its index."""
        uses: dict[int, list[MappedColumn]] = defaultdict(list)
        for mapped in self.columns:
            for source in mapped.sources:
                uses[source.index].append(mapped)
        return dict(uses)

    def find(self, column: Column | None) -> MappedColumn | None:
        """How a portal column is filled, or None."""
        return next((mapped for mapped in self.columns if mapped.column == column), None)

    def only(self, column: Column) -> Mapping:
        """The mapping cut down to one portal column, as a delete needs it."""
        kept = tuple(mapped for mapped in self.columns if mapped.column == column)
        used = {source.index for mapped in kept for source in mapped.sources}
        left = {source.index: source for mapped in self.columns for source in mapped.sources}
        unused = tuple(source for index, source in left.items() if index not in used)
        return replace(self, columns=kept, ignored=self.ignored + unused, unmapped=())
