"""What publishing would change, row by row, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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

    :param sample: the first rows of each kind.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    sample: tuple[RowChange, ...] = ()
