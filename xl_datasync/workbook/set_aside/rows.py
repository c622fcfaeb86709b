"""One row that is set aside, the mark by which it is known again, and the table of such rows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import ErrorValue, SheetColumn, Value, is_blank, value_text
from xl_datasync.workbook.area import MAX_COLUMNS, column_index
from xl_datasync.workbook.cells import ERRORS

NUMBER, MARK, WHY = "Row on the sheet", "Mark of the row", "Why it was set aside"
OURS = (NUMBER, MARK, WHY)
# What a cell cannot hold as it is: the error of a formula without a result, a date that Excel cannot show.
OTHER_ERROR = "#VALUE!"
# Between a mark and the run, in one hidden cell.
OF_RUN = "@"


@dataclass(frozen=True)
class AsideRow:
    """One row that is set aside.

    :param formats: the number format of each cell; ``links`` the hyperlink of each, or None.
    :param number: the row's number on the sheet it comes from.
    :param why: what is wrong with it.
    :param noted: the mark that it had when it was set aside; ``""`` for one that is set aside now.
    :param run: the run that set it aside.
    :param extras: what somebody has written to the right of our columns.
    :param at: its row on the set-aside sheet, where it stands on one.
    """

    values: Sequence[Value]
    formats: Sequence[str]
    links: Sequence[str | None]
    number: Value
    why: str
    noted: str = ""
    run: str = ""
    extras: Sequence[Value] = ()
    at: int = 0

    @property
    def now(self) -> str:
        """The mark of the cells as they are."""
        return mark_of(self.values)

    @property
    def mark(self) -> str:
        """The mark of the cells as they were when the row was set aside."""
        return self.noted or self.now

    @property
    def stored_mark(self) -> str:
        """The mark as it stands in its cell, with the run."""
        return f"{self.mark}{OF_RUN}{self.run}" if self.run else self.mark

    @property
    def changed(self) -> bool:
        """Whether somebody has worked on it since."""
        return self.mark != self.now

    @property
    def notes(self) -> tuple[Value, ...]:
        """What stands in our columns, in the order of :data:`OURS`."""
        return (self.number, self.stored_mark, self.why)

    def key(self, places: Sequence[int]) -> str:
        """Its row identifier as it stands in the cells; ``""`` where there is none."""
        return key_text(self.values[place] for place in places)


@dataclass(frozen=True)
class AsideTable:
    """The rows that a job sets aside, under the columns of the sheet they come from.

    :param extras: the headers of columns that somebody has added to the right of ours.
    :param named: what reasons begin with, such as ``Column “Fee”``, each with the places of the columns it means.
    """

    job: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[AsideRow, ...]
    extras: tuple[str, ...] = ()
    named: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def first_column(self) -> int:
        """Where the first column stands; 0 is A."""
        return column_index(self.columns[0].letter) if self.columns else 0

    @property
    def headers(self) -> list[str]:
        """All headers, ours among them."""
        return [*(column.header for column in self.columns), *OURS, *self.extras]

    @property
    def reasons(self) -> int:
        """The place of the column of reasons."""
        return len(self.columns) + OURS.index(WHY)

    @property
    def hidden(self) -> set[int]:
        """The places of columns that are not shown: marks, and what the sheet hides, unless it is to be mended."""
        faulty = {place for row in self.rows for place in self.faulty(row)}
        hidden = {place for place, column in enumerate(self.columns) if column.hidden}
        return (hidden - faulty) | {len(self.columns) + OURS.index(MARK)}

    def faulty(self, row: AsideRow) -> set[int]:
        """The places of the columns that a row's reasons name; each reason stands on a line of its own."""
        found = (places for name, places in self.named.items() if f"\n{name}: " in f"\n{row.why}")
        return {place for places in found for place in places}

    def check_room(self, where: str) -> None:
        """Make sure that our columns fit beside the others.

        :raises WorkbookError: where they do not.
        """
        if self.first_column + len(self.headers) > MAX_COLUMNS:
            raise WorkbookError(
                "It has so many columns that its faulty rows cannot be set aside.",
                where=where,
                remedy="Remove columns that are not needed, or mend the faulty rows first.",
            )


def mark_of(values: Iterable[Value]) -> str:
    """A short mark of a row's cells: what they hold, and whether it is a text."""
    cells = "\x1f".join(map(_known_again, values))
    return hashlib.sha256(cells.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def key_text(values: Iterable[Value]) -> str:
    """A row identifier's cells, to be compared."""
    return "\x1f".join(_known_again(value).strip() for value in values).strip("\x1f")


def _known_again(value: Value) -> str:
    match value:
        case str():
            return "" if is_blank(value) else f"t{value}"
        case ErrorValue():
            return error_code(value)
        case dt.datetime():
            return value_text(value)
        case dt.date():
            return value_text(dt.datetime.combine(value, dt.time()))
        case _:
            return value_text(value)


def error_code(error: ErrorValue) -> str:
    """An error as a cell can hold it."""
    return error.code if error.code in ERRORS else OTHER_ERROR
