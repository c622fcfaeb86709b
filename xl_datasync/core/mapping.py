"""Which column of the sheet goes to which column of the dataset.

What the Column map says goes first; :mod:`xl_datasync.core.matching` pairs the rest by their names. A portal column is
never given two sheet columns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.matching import Match, pair_up
from xl_datasync.core.options import PercentStyle
from xl_datasync.core.problems import Fault, ProblemLog
from xl_datasync.core.values import SheetColumn, TableShape, cell_address

NAMES_SHOWN = 12


class Part(Enum):
    """What a sheet column is of a place; the values are the words of the Column map's “Part of a place”."""

    LATITUDE = "Latitude"
    LONGITUDE = "Longitude"
    STREET = "Street address"
    CITY = "City"
    STATE = "State"
    ZIP = "ZIP code"


class Send(Enum):
    """The Column map's “Send?”."""

    YES = "Yes"
    IGNORE = "Ignore"
    LEAVE_BLANK = "Leave blank"


@dataclass(frozen=True)
class ColumnChoice:
    """One row of the Column map.

    :param letter: tells columns with the same header apart; alone, it names a column that has no header.
    :param default: sent where the cell is empty.
    :param fixed_value: sent in every row, where neither header nor letter is given.
    :param part: which part of a point or location the sheet column holds; several rows then fill one portal column.
    :param percent_style: for this column; None for the job's option. ``keep_text`` likewise.
    :param keep_text: send what the cell shows, such as 00501, where Excel holds a number.
    :param yes_words: words for true in this column, in lower case; empty for the job's option. ``no_words`` likewise.
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


@dataclass(frozen=True)
class MappedColumn:
    """A portal column and where its values come from: a sheet column, or a fixed value where ``source`` is None."""

    column: Column
    source: SheetColumn | None
    match: Match
    choice: ColumnChoice | None = None

    @property
    def subject(self) -> str:
        """What messages call it: the sheet's header where there is one."""
        header = self.source.header if self.source else self.column.name
        return f"Column “{header}”"

    def address(self, shape: TableShape, row: int) -> str:
        """Where its value in a row stands: the cell, or the whole row where the value is a fixed one."""
        return shape.address(self.source, row) if self.source else shape.row_address(row)


@dataclass(frozen=True)
class Mapping:
    """The settled mapping, in the order of the sheet.

    :param ignored: sheet columns that are not sent.
    :param unmapped: portal columns nobody fills and nobody said to leave blank.
    :param left_blank: portal columns the Column map says to leave blank.
    """

    columns: tuple[MappedColumn, ...]
    ignored: tuple[SheetColumn, ...] = ()
    unmapped: tuple[Column, ...] = ()
    left_blank: tuple[Column, ...] = ()

    @property
    def guesses(self) -> tuple[MappedColumn, ...]:
        """The columns a person should look at before they are trusted."""
        return tuple(mapped for mapped in self.columns if mapped.match is Match.GUESS)

    def find(self, column: Column | None) -> MappedColumn | None:
        """How a portal column is filled, or None."""
        return next((mapped for mapped in self.columns if mapped.column == column), None)

    def only(self, column: Column) -> Mapping:
        """The mapping cut down to one portal column, as a delete needs it."""
        kept = tuple(mapped for mapped in self.columns if mapped.column == column)
        left = tuple(mapped.source for mapped in self.columns if mapped.column != column and mapped.source)
        return replace(self, columns=kept, ignored=self.ignored + left, unmapped=())


def settle_mapping(shape: TableShape, dataset: Dataset, choices: Sequence[ColumnChoice], log: ProblemLog) -> Mapping:
    """Map a sheet's columns to a dataset's; what cannot be settled is added to ``log``."""
    chosen, spent = _apply_choices(shape, dataset, choices, log)
    taken = {mapped.column.field_name for mapped in chosen}
    left_blank = tuple(column for column in dataset.writable_columns if column.field_name in spent.blank)
    headers = [column for column in shape.columns if column.header and column.index not in spent.sheet]
    open_columns = [c for c in dataset.writable_columns if c.field_name not in taken | spent.blank]
    by_name = pair_up(headers, open_columns)
    for column, same in by_name.shared:
        _log_shared(same, column, shape, log)
    found = chosen + [MappedColumn(pair.column, pair.header, pair.match) for pair in by_name.pairs]
    used = {mapped.source.index for mapped in found if mapped.source}
    filled = {mapped.column.field_name for mapped in found} | spent.blank
    return Mapping(
        columns=tuple(sorted(found, key=lambda m: m.source.index if m.source else len(shape.columns))),
        ignored=tuple(column for column in shape.columns if column.index not in used),
        unmapped=tuple(column for column in dataset.writable_columns if column.field_name not in filled),
        left_blank=left_blank,
    )


@dataclass(frozen=True)
class _Spent:
    """What the Column map has disposed of: sheet columns by index, portal columns to leave blank by field name."""

    sheet: frozenset[int]
    blank: frozenset[str]


def _apply_choices(
    shape: TableShape, dataset: Dataset, choices: Sequence[ColumnChoice], log: ProblemLog
) -> tuple[list[MappedColumn], _Spent]:
    """Turn the rows of the Column map into mapped columns, naming every row that cannot be followed."""
    mapped: dict[str, MappedColumn] = {}
    sheet: set[int] = set()
    blank: set[str] = set()
    for choice in choices:
        source = _chosen_source(choice, shape, log)
        if source:
            sheet.add(source.index)
        if choice.send is Send.IGNORE:
            continue
        column = _chosen_column(choice, dataset, log)
        if column is None or (source is None and (choice.sheet_column or choice.letter)):
            continue
        if column.field_name in mapped.keys() | blank:
            what = f"two rows settle the portal column “{column.name}”"
            log.add("Column map", Fault(what, "Keep one of them."), choice.where)
        elif choice.send is Send.LEAVE_BLANK:
            blank.add(column.field_name)
        else:
            mapped[column.field_name] = MappedColumn(column, source, Match.CHOSEN, choice)
    return list(mapped.values()), _Spent(frozenset(sheet), frozenset(blank))


def _chosen_source(choice: ColumnChoice, shape: TableShape, log: ProblemLog) -> SheetColumn | None:
    """The sheet column a row means: by header, by letter where several share it, by letter alone where it has none."""
    letter = choice.letter.strip().upper()
    if not choice.sheet_column and not letter:
        return None
    wanted = _plain(choice.sheet_column)
    same = [column for column in shape.columns if _plain(column.header) == wanted]
    if len(same) > 1 or not wanted:
        same = [column for column in same if column.letter == letter] or same
    if len(same) == 1 and (wanted or same[0].letter == letter):
        return same[0]
    remedy = "Correct the name, or remove the row."
    if not wanted:
        what = f"column {letter} of sheet “{shape.sheet}” is not one without a header"
    elif same:
        letters = _listed([column.letter for column in same])
        what = f"columns {letters} are all called “{choice.sheet_column}”"
        remedy = "Write the letter of the one you mean."
    else:
        what = f"“{choice.sheet_column}” is not a column of sheet “{shape.sheet}”"
    log.add("Column map", Fault(what, remedy), choice.where)
    return None


def _chosen_column(choice: ColumnChoice, dataset: Dataset, log: ProblemLog) -> Column | None:
    """The portal column a row means, by display name or API field name."""
    wanted = _plain(choice.portal_field)
    hits = [c for c in dataset.columns if wanted in (_plain(c.field_name), _plain(c.name))]
    exact = [c for c in hits if _plain(c.field_name) == wanted] or hits
    if len(exact) == 1 and exact[0].writable:
        return exact[0]
    if not hits:
        shown = [column.name for column in dataset.writable_columns]
        more = f" and {len(shown) - NAMES_SHOWN:,} more" if len(shown) > NAMES_SHOWN else ""
        what = f"“{choice.portal_field}” is not a column of dataset “{dataset.name}”"
        names = ", ".join(shown[:NAMES_SHOWN])
        fault = Fault(what if wanted else "no portal field is named", f"Write one of: {names}{more}.")
    elif len(exact) > 1:
        fault = Fault(f"several portal columns are called “{choice.portal_field}”", "Write the API field name instead.")
    else:
        fault = Fault(f"the portal fills “{choice.portal_field}” itself; it cannot be sent", "Set Send? to Ignore.")
    log.add("Column map", fault, choice.where)
    return None


def _plain(name: str) -> str:
    """A name as two people would type it alike: without regard to case and to how its spaces and accents are stored."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _listed(letters: Sequence[str]) -> str:
    return f"{', '.join(letters[:-1])} and {letters[-1]}"


def _log_shared(same: Sequence[SheetColumn], column: Column, shape: TableShape, log: ProblemLog) -> None:
    letters = _listed([header.letter for header in same])
    fault = Fault(f"columns {letters} all have the name of the portal column “{column.name}”",
                  "Rename all but one, or say in the Column map which letter goes where.")  # fmt: skip
    log.add(f"Sheet “{shape.sheet}”", fault, cell_address(shape.sheet, same[-1].letter, shape.header_row or 1))
