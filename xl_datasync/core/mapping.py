"""Which column of the sheet goes to which column of the dataset.

Steps, each over all columns before the next: what the Column map says; exact API field name; exact display name;
equal once case, accents, punctuation and spaces are set aside; a guess, marked as one. A portal column is never given
two sheet columns. A name that several portal columns share decides nothing, and a guess must be clearly better than
the next best.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.names import Name, squeeze
from xl_datasync.core.problems import Fault, ProblemLog
from xl_datasync.core.values import SheetColumn, TableShape, cell_address

GUESS_FLOOR = 0.8
GUESS_MARGIN = 0.08
NAMES_SHOWN = 12

_Item = TypeVar("_Item")


class Match(Enum):
    """How a column found its place; the value is the word shown."""

    CHOSEN = "chosen"
    EXACT = "exact"
    SAME_NAME = "same name"
    GUESS = "guess: please check"


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
    """

    sheet_column: str
    letter: str
    portal_field: str
    send: Send = Send.YES
    default: str = ""
    fixed_value: str = ""
    date_format: str = ""
    time_zone: str = ""
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
    found = chosen + _match(headers, open_columns, shape, log)
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


def _match(headers: list[SheetColumn], columns: list[Column], shape: TableShape, log: ProblemLog) -> list[MappedColumn]:
    """Match by name, surest step first."""
    steps: list[tuple[Match, Callable[[str], str], Callable[[Column], str]]] = [
        (Match.EXACT, str, lambda column: column.field_name),
        (Match.EXACT, str, lambda column: column.name),
        (Match.SAME_NAME, squeeze, lambda column: squeeze(column.field_name)),
        (Match.SAME_NAME, squeeze, lambda column: squeeze(column.name)),
    ]
    found: list[MappedColumn] = []
    filled: set[str] = set()
    spent: set[int] = set()
    for match, of_header, of_column in steps:
        by_header = _grouped(headers, [of_header(header.header) for header in headers])
        for name, bearers in _grouped(columns, map(of_column, columns)).items():
            same = by_header.get(name, [])
            # A name borne by several portal columns decides nothing, not even when all but one have been filled.
            if not name or not same or len(bearers) > 1 or bearers[0].field_name in filled:
                continue
            filled.add(bearers[0].field_name)
            spent.update(header.index for header in same)
            if len(same) == 1:
                found.append(MappedColumn(bearers[0], same[0], match))
            else:
                _log_shared(same, bearers[0], shape, log)
        headers = [header for header in headers if header.index not in spent]
    left = [column for column in columns if column.field_name not in filled]
    return found + _guess([header for header in headers if not header.hidden], left)


def _grouped(items: Iterable[_Item], names: Iterable[str]) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item, name in zip(items, names, strict=True):
        groups[name].append(item)
    return groups


def _log_shared(same: list[SheetColumn], column: Column, shape: TableShape, log: ProblemLog) -> None:
    letters = _listed([header.letter for header in same])
    fault = Fault(f"columns {letters} all have the name of the portal column “{column.name}”",
                  "Rename all but one, or say in the Column map which letter goes where.")  # fmt: skip
    log.add(f"Sheet “{shape.sheet}”", fault, cell_address(shape.sheet, same[-1].letter, shape.header_row or 1))


def _listed(letters: Sequence[str]) -> str:
    return f"{', '.join(letters[:-1])} and {letters[-1]}"


def _guess(headers: list[SheetColumn], columns: list[Column]) -> list[MappedColumn]:
    """Guess for what is left: only where header and column are each other's clear best."""
    known = [{Name.of(column.name), Name.of(column.field_name)} for column in columns]
    by_header: dict[int, dict[int, float]] = {}
    by_column: dict[int, dict[int, float]] = defaultdict(dict)
    for row, header in enumerate(headers):
        name = Name.of(header.header)
        scores = ((place, max(map(name.likeness, names))) for place, names in enumerate(known))
        by_header[row] = {place: score for place, score in scores if score >= GUESS_FLOOR}
        for place, score in by_header[row].items():
            by_column[place][row] = score
    return [
        MappedColumn(columns[place], headers[row], Match.GUESS)
        for row, scores_of_row in by_header.items()
        for place in scores_of_row
        if _leads(scores_of_row, place) and _leads(by_column[place], row)
    ]


def _leads(scores: dict[int, float], best: int) -> bool:
    """Whether the score of ``best`` is clearly above all others."""
    return all(scores[best] - score >= GUESS_MARGIN for place, score in scores.items() if place != best)
