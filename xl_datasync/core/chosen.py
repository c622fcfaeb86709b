"""The rows of the Column map, followed: what each of them settles, and every row that cannot be followed."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from xl_datasync.core.column_map import (
    COORDINATES,
    PARTS_OF,
    TYPES_WITH_RULES,
    ColumnChoice,
    MappedColumn,
    Part,
    Send,
)
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.matching import Match
from xl_datasync.core.problems import Fault, ProblemLog
from xl_datasync.core.values import SheetColumn, TableShape

NAMES_SHOWN = 12
SUBJECT = "Column map"


@dataclass(frozen=True)
class Spent:
    """What the Column map has disposed of.

    :param sheet: sheet columns, by index, whose names decide nothing any more.
    :param blank: portal columns to leave blank, by field name.
    :param unclear: portal columns, by field name, whose rows have a fault; nothing else is sent to them.
    """

    sheet: frozenset[int]
    blank: frozenset[str]
    unclear: frozenset[str]


def plain(name: str) -> str:
    """A name as two people would type it alike: without regard to case and to how its spaces and accents are stored."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def listed(words: Sequence[str], last: str = "and") -> str:
    """“A, B and D”, or with another word before the last."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def apply_choices(
    shape: TableShape, dataset: Dataset, choices: Sequence[ColumnChoice], log: ProblemLog
) -> tuple[list[MappedColumn], Spent]:
    """Turn the rows of the Column map into mapped columns, naming every row that cannot be followed."""
    rows = _Rows(shape, dataset, log)
    for choice in choices:
        rows.follow(choice)
    return rows.finish()


@dataclass
class _Place:
    """A portal column that is put together from several sheet columns."""

    column: Column
    parts: dict[Part, tuple[SheetColumn, ColumnChoice]] = field(default_factory=dict)


class _Rows:
    """Follows one row after another."""

    def __init__(self, shape: TableShape, dataset: Dataset, log: ProblemLog) -> None:
        self._shape, self._dataset, self._log = shape, dataset, log
        # By header, because a saved map may have as many rows as a sheet has columns.
        self._headers: dict[str, list[SheetColumn]] = defaultdict(list)
        for column in shape.columns:
            self._headers[plain(column.header)].append(column)
        self._portal: dict[str, list[Column]] = defaultdict(list)
        for one in dataset.columns:
            for name in {plain(one.field_name), plain(one.name)}:
                self._portal[name].append(one)
        self._whole: dict[str, MappedColumn] = {}
        self._places: dict[str, _Place] = {}
        self._sheet: dict[int, Send] = {}
        self._blank: set[str] = set()
        self._unclear: set[str] = set()

    def follow(self, choice: ColumnChoice) -> None:
        """One row."""
        source = self._source(choice)
        if choice.send is Send.IGNORE:
            self._ignore(choice, source)
            return
        if source:
            self._sheet.setdefault(source.index, Send.LEAVE_BLANK)
        column = self._column(choice)
        if column is None or (source is None and choice.from_sheet):
            return
        if choice.part is not None:
            self._take_part(choice, choice.part, source, column)
        elif column.field_name in self._whole.keys() | self._blank | self._places.keys():
            self._fault(
                choice, "Portal field", f"two rows settle the portal column “{column.name}”", "Keep one of them."
            )
        elif choice.send is Send.LEAVE_BLANK:
            self._blank.add(column.field_name)
        else:
            self._take_whole(choice, source, column)

    def _source(self, choice: ColumnChoice) -> SheetColumn | None:
        """The sheet column a row means: by header; by letter where several share it, or where it has none."""
        letter = choice.letter.strip().upper()
        if not choice.from_sheet:
            return None
        wanted = plain(choice.sheet_column)
        same = self._headers.get(wanted, [])
        if len(same) > 1 or not wanted:
            same = [column for column in same if column.letter == letter] or same
        if len(same) == 1 and (wanted or same[0].letter == letter):
            return same[0]
        remedy, header = "Correct the name, remove the row, or choose again in “Map columns”.", "Sheet column"
        if not wanted:
            what = f"column {letter} of sheet “{self._shape.sheet}” has a header, or is not there"
            header = "Column letter"
        elif same:
            letters = listed([column.letter for column in same])
            what = f"columns {letters} are all called “{choice.sheet_column}”"
            remedy, header = "Write the letter of the one you mean.", "Column letter"
        else:
            what = f"“{choice.sheet_column}” is not a column of sheet “{self._shape.sheet}”"
        self._log.add(SUBJECT, Fault(what, remedy), choice.cell(header))
        return None

    def _column(self, choice: ColumnChoice) -> Column | None:
        """The portal column a row means, by display name or API field name; of two, the one that can be sent."""
        wanted = plain(choice.portal_field)
        hits = self._portal.get(wanted, []) if wanted else []
        usable = [column for column in hits if column.writable]
        exact = [c for c in usable if plain(c.field_name) == wanted] or usable
        if len(exact) == 1:
            return exact[0]
        if not hits:
            shown = [column.name for column in self._dataset.writable_columns]
            more = f" and {len(shown) - NAMES_SHOWN:,} more" if len(shown) > NAMES_SHOWN else ""
            what = f"“{choice.portal_field}” is not a column of dataset “{self._dataset.name}”"
            names = ", ".join(shown[:NAMES_SHOWN])
            remedy = f"Write one of: {names}{more}."
            if not wanted and choice.send is Send.YES and choice.from_sheet:
                remedy += " To leave the sheet column out, choose “Ignore”."
            fault = Fault(what if wanted else "no portal field is named", remedy)
        elif exact:
            fault = Fault(f"several portal columns are called “{choice.portal_field}”", "Write its field name instead.")
        else:
            fault = Fault(
                f"the portal fills “{choice.portal_field}” itself; it cannot be sent", "Set Send? to “Ignore”."
            )
        self._log.add(SUBJECT, fault, choice.cell("Portal field"))
        return None

    def _ignore(self, choice: ColumnChoice, source: SheetColumn | None) -> None:
        if source and self._sheet.get(source.index) is Send.YES:
            self._contradicts(choice, source)
        elif source:
            self._sheet[source.index] = Send.IGNORE
        elif not choice.from_sheet:
            remedy = "Name the sheet column. To send nothing to a portal column, choose “Leave blank”."
            self._fault(choice, "Sheet column", "no sheet column is named that could be ignored", remedy)

    def _take_whole(self, choice: ColumnChoice, source: SheetColumn | None, column: Column) -> None:
        if source and self._sheet[source.index] is not Send.LEAVE_BLANK:
            self._contradicts(choice, source)
            self._unclear.add(column.field_name)
            return
        if choice.keep_text and column.type in TYPES_WITH_RULES:
            self._refuse_as_text(choice, f"the portal column “{column.name}” is not a text column")
        if source:
            self._sheet[source.index] = Send.YES
        self._whole[column.field_name] = MappedColumn(column, source, Match.CHOSEN, choice)

    def _contradicts(self, choice: ColumnChoice, source: SheetColumn) -> None:
        """A sheet column can be sent once as a whole, or be ignored."""
        both_send = choice.send is Send.YES and self._sheet[source.index] is Send.YES
        what = f"column {source.letter} is " + ("sent to two portal columns" if both_send else "both sent and ignored")
        self._fault(choice, "Sheet column", what, "Keep one of the two rows.")

    def _take_part(self, choice: ColumnChoice, part: Part, source: SheetColumn | None, column: Column) -> None:
        fits = PARTS_OF.get(column.type, ())
        place = self._places.get(column.field_name) or _Place(column)
        self._unclear.add(column.field_name)
        if part not in fits:
            self._refuse_part(choice, column, fits)
        elif choice.send is Send.LEAVE_BLANK:
            remedy = "Clear “Part of a place”, or choose “Yes”."
            self._fault(choice, "Send?", "a part of a place cannot be left blank", remedy)
        elif source is None:
            remedy = "Name the column that holds it, or delete the row."
            self._fault(choice, "Sheet column", f"no sheet column is named for the {part.words}", remedy)
        elif column.field_name in self._whole.keys() | self._blank:
            what = f"the portal column “{column.name}” is settled as a whole by another row"
            self._fault(choice, "Portal field", what, "Keep that row, or the rows for its parts.")
        elif part in place.parts:
            what = f"two rows name the {part.words} of “{column.name}”"
            self._fault(choice, "Part of a place", what, "Keep one of them.")
        else:
            if choice.keep_text and part in COORDINATES:
                self._refuse_as_text(choice, f"a {part.words} is a number")
            place.parts[part] = source, choice
            self._places[column.field_name] = place

    def _refuse_part(self, choice: ColumnChoice, column: Column, fits: Sequence[Part]) -> None:
        if fits:
            what = f"“{column.name}” is a point, which has only latitude and longitude"
            remedy = "Delete the row, or send the address to a column of type Location."
        else:
            what = f"“{column.name}” is neither a point nor a location, so it has no parts"
            remedy = "Clear the cell, or name a portal column that is a point or location."
        self._fault(choice, "Part of a place", what, remedy)

    def _refuse_as_text(self, choice: ColumnChoice, why: str) -> None:
        self._fault(choice, "Keep as text", f"{why}, so nothing can be kept as text", "Clear the cell.")

    def _fault(self, choice: ColumnChoice, header: str, what: str, remedy: str) -> None:
        self._log.add(SUBJECT, Fault(what, remedy), choice.cell(header))

    def finish(self) -> tuple[list[MappedColumn], Spent]:
        """What all rows together settle."""
        places = [place for place in self._places.values() if self._is_complete(place)]
        found = [*self._whole.values(), *map(_mapped_place, places)]
        unclear = self._unclear - {mapped.column.field_name for mapped in found} - self._blank
        return found, Spent(frozenset(self._sheet), frozenset(self._blank), frozenset(unclear))

    def _is_complete(self, place: _Place) -> bool:
        missing = [part for part in COORDINATES if part not in place.parts]
        if len(missing) != 1:
            return True
        there = next(part for part in COORDINATES if part in place.parts)
        what = f"“{place.column.name}” has a {there.words} and no {missing[0].words}"
        remedy = f"Add a row for the sheet column that holds the {missing[0].words}, or delete this one."
        self._fault(place.parts[there][1], "Part of a place", what, remedy)
        return False


def _mapped_place(place: _Place) -> MappedColumn:
    parts = {part: place.parts[part] for part in Part if part in place.parts}
    first = min((source for source, _ in parts.values()), key=lambda source: source.index)
    return MappedColumn(
        place.column,
        first,
        Match.CHOSEN,
        next(choice for source, choice in parts.values() if source == first),
        tuple((part, source) for part, (source, _) in parts.items()),
        tuple(choice for _, choice in parts.values()),
    )
