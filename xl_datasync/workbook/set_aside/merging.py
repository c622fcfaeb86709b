"""Rows that wait from earlier runs and rows that are set aside now: each record once, and none that was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from xl_datasync.core.delivery import Method
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside.reading import source_columns
from xl_datasync.workbook.set_aside.rows import AsideRow, key_text, mark_of

_Place = TypeVar("_Place")


@dataclass(frozen=True)
class Superseded:
    """What rows wait for no more: they may have been sent just now with their own sheet, or the job leaves them out.

    :param key: the places of the row identifier's columns; none where the dataset has no row identifier.
    :param by_key: the marks of rows that were sent, by their identifier; ``by_number`` by their number on the sheet.
    :param left_out: the marks of rows that wait and that the job leaves out now.
    """

    key: tuple[int, ...] = ()
    by_key: Mapping[str, str] = field(default_factory=dict)
    by_number: Mapping[int, str] = field(default_factory=dict)
    left_out: Collection[str] = ()

    def mark_of(self, row: AsideRow) -> str | None:
        """The mark of the row that was sent in a row's place; None where none was.

        A row with an identifier is known by that alone.
        """
        if self.key:
            return self.by_key.get(row.key(self.key))
        return self.by_number.get(int(row.number)) if isinstance(row.number, int | float) else None


@dataclass(frozen=True)
class Merged:
    """Rows that wait and rows that are set aside now, put together.

    :param kept: the rows that wait on, as they stand now; ``new`` those to put below them.
    :param doubtful: those of ``kept`` that were mended there, while they were sent with other values.
    :param left_out: those that wait no more because the job leaves them out.
    """

    kept: tuple[AsideRow, ...] = ()
    new: tuple[AsideRow, ...] = ()
    doubtful: tuple[AsideRow, ...] = ()
    left_out: tuple[AsideRow, ...] = ()


def superseded(table: Table, waiting: Sequence[AsideRow], sent: Collection[int], key: Sequence[int]) -> Superseded:
    """Look up which of the rows that were sent may be rows that wait.

    :param sent: the numbers of the rows that are sent.
    :param key: the places of the row identifier's columns.
    """
    columns = source_columns(table.shape, ours=False)
    keys = {row.key(key) for row in waiting} - {""} if key else set()
    numbers = {int(row.number) for row in waiting if isinstance(row.number, int | float)}
    by_key: dict[str, str] = {}
    by_number: dict[int, str] = {}
    for block in table.blocks():
        for place, row in enumerate(block.rows):
            if row not in sent:
                continue
            known = key_text(block.columns[columns[at].index][place] for at in key) if keys else ""
            if known in keys or (not key and row in numbers):
                mark = mark_of(block.columns[column.index][place] for column in columns)
                by_number[row] = mark
                by_key |= {known: mark} if known else {}
    return Superseded(tuple(key), by_key, by_number)


def merged(waiting: Iterable[AsideRow], new: Sequence[AsideRow], by: Superseded, method: Method) -> Merged:
    """Put rows that wait and rows that are set aside now together, each record once, and nothing that was sent.

    A row that somebody has mended is let go only where the very same was sent. After a replace the sheet is all of the
    dataset, so that rows nobody has worked on are out of date. Where rows are added and have no identifier, the same
    row of another month is another record: only one with the same number and the same cells is the same.
    """
    kept: list[AsideRow] = []
    doubtful: list[AsideRow] = []
    left_out: list[AsideRow] = []
    fresh = list(new)
    adds = method is Method.APPEND and not by.key
    for row in waiting:
        same = next((item for item in fresh if _same_record(row, item, by.key)), None)
        mark = None if adds else by.mark_of(row)
        if same and row.changed and not adds:
            fresh.remove(same)  # it waits mended already; sent with the faulty one it would be set aside again
            kept.append(replace(row, run=same.run))
        elif row.changed:
            if mark != row.now:
                kept.append(row)
                doubtful += [row] if mark else []
        elif same is None and mark is None and method is not Method.REPLACE:
            (left_out if row.mark in by.left_out else kept).append(row)
    return Merged(tuple(kept), tuple(fresh), tuple(doubtful), tuple(left_out))


def merged_in_turn(
    waiting: Mapping[_Place, Sequence[AsideRow]], new: Sequence[AsideRow], by: Superseded, method: Method
) -> tuple[dict[_Place, Merged], tuple[AsideRow, ...]]:
    """The same for rows that wait in several places, each new row in one place only.

    :returns: what each place has now, and the new rows that wait nowhere yet.
    """
    found: dict[_Place, Merged] = {}
    left = tuple(new)
    for place, rows in waiting.items():
        found[place] = merged(rows, left, by, method)
        left = found[place].new
    return found, left


def _same_record(old: AsideRow, new: AsideRow, key: Sequence[int]) -> bool:
    """Whether a row that is set aside is one that was before."""
    if old.mark != new.mark:
        return False
    return old.number == new.number or bool(key and old.key(key) and old.key(key) == new.key(key))
