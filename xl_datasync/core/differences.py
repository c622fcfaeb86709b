"""What publishing would change, row by row, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice, zip_longest

from xl_datasync.core.values import plain_moment


class Change(Enum):
    """What happens to a row of the dataset; the value is the word shown."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class CellChange:
    """One value that changes: the portal column's name, the value there now, the value that would be sent."""

    column: str
    old: str
    new: str

    @property
    def as_read(self) -> tuple[str, str]:
        """Both as people read them; as they are where nothing would tell them apart."""
        old, new = plain_moment(self.old), plain_moment(self.new)
        return (old, new) if old != new else (self.old, self.new)


@dataclass(frozen=True)
class RowChange:
    """One row that changes.

    :param identifier: its row identifier; ``""`` where the dataset has none.
    :param where: the row on the sheet, such as ``Sheet!7:7``; ``""`` for one that is removed.
    :param cells: the values that change; of a row that is added or removed, all that are not blank.
    """

    change: Change
    identifier: str
    where: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class Differences:
    """The portal's rows now against those that there would be.

    :param sample: some rows of each kind.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    sample: tuple[RowChange, ...] = ()


def varied(rows: Sequence[RowChange], most: int) -> list[RowChange]:
    """So many of the rows, in their order, taken in turn from those in which the same columns change.

    A time stamp that changes in every row would fill the sample, and hide the one row that lost its name.
    """
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        alike.setdefault(tuple(cell.column for cell in row.cells), []).append(number)
    turns = chain.from_iterable(zip_longest(*alike.values()))
    return [rows[number] for number in sorted(islice((number for number in turns if number is not None), most))]
