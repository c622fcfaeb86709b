"""What looks at the rows as they go by, for what only many of them together can show.

A column of a block is looked at once for its kinds of value and its texts, and that view is handed to all that want it;
most want nothing of most columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from xl_datasync.core.problems import ProblemLog
from xl_datasync.core.values import Block, Value, is_blank

BETWEEN = "\x1f"
"""Stands between the texts of a column that are looked through as one."""


class Watcher(Protocol):
    """Looks at the rows as they go by, then tells what only all of them together can show."""

    def add(self, block: Block, passed_over: set[int]) -> None:
        """Look at one block.

        :param passed_over: positions of rows in it that are not sent.
        """

    def finish(self, log: ProblemLog) -> None:
        """Add what was found."""


@dataclass(frozen=True)
class Cells:
    """A column's cells in a block, without those of rows that are not sent.

    :param places: where they stand in the block.
    """

    block: Block
    index: int
    places: Sequence[int]
    values: Sequence[Value]

    @classmethod
    def of(cls, block: Block, index: int, passed_over: set[int]) -> Cells:
        """The cells of a column."""
        values = block.columns[index]
        if not passed_over:
            return cls(block, index, range(len(values)), values)
        kept = [place for place in range(len(values)) if place not in passed_over]
        return cls(block, index, kept, [values[place] for place in kept])

    @property
    def rows(self) -> Sequence[int]:
        """Their row numbers."""
        return (
            self.block.rows if len(self.places) == len(self.block.rows) else [self.block.rows[p] for p in self.places]
        )

    @property
    def formats(self) -> Sequence[str]:
        """Their number formats; costs time."""
        codes = self.block.formats(self.index)
        return codes if len(self.places) == len(codes) else [codes[place] for place in self.places]

    @cached_property
    def kinds(self) -> set[type]:
        """The kinds of value among them."""
        return set(map(type, self.values))

    @cached_property
    def joined(self) -> str:
        """Their texts, one after the other, each between two :data:`BETWEEN`; ``""`` where there is none."""
        if str not in self.kinds:
            return ""
        texts = self.values if len(self.kinds) == 1 else [value for value in self.values if type(value) is str]
        return f"{BETWEEN}{BETWEEN.join(texts)}{BETWEEN}"  # type: ignore[arg-type]  # texts alone

    @cached_property
    def filled(self) -> int:
        """How many are not empty."""
        return len(self.values) - self.values.count(None) if type(None) in self.kinds else len(self.values)


class Looker(Protocol):
    """Looks at the cells of one column."""

    def look(self, cells: Cells) -> None:
        """Look at a block's cells."""

    def finish(self, log: ProblemLog) -> None:
        """Add what was found."""


class ColumnWatch:
    """All that look at the cells of one sheet column; each block's cells are taken apart once for them."""

    def __init__(self, index: int, lookers: Sequence[Looker]) -> None:
        self._index = index
        self._lookers = lookers

    def add(self, block: Block, passed_over: set[int]) -> None:
        """Look at one block."""
        cells = Cells.of(block, self._index, passed_over)
        if cells.kinds != {type(None)}:
            for looker in self._lookers:
                looker.look(cells)

    def finish(self, log: ProblemLog) -> None:
        """Add what was found."""
        for looker in self._lookers:
            looker.finish(log)


def first_texts(block: Block, but: Collection[int]) -> Iterator[tuple[int, str]]:
    """Positions of the rows whose first filled cell is a text, in no order, and that text; ``but`` some rows."""
    left: Sequence[int] = [place for place in range(len(block.rows)) if place not in but]
    for column in block.columns:
        blank = []
        for place in left:
            value = column[place]
            if is_blank(value):
                blank.append(place)
            elif isinstance(value, str):
                yield place, value
        left = blank
        if not left:
            return
