"""A table that tells how far it has been read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xl_datasync.core.plan import Table
from xl_datasync.core.values import Block, TableShape


class Watched:
    """A table whose reader tells how far it has come."""

    def __init__(self, table: Table, progress: Callable[[int, int | None], None]) -> None:
        self._table = table
        self._progress = progress

    @property
    def shape(self) -> TableShape:
        """The table's shape."""
        return self._table.shape

    def blocks(self) -> Iterator[Block]:
        """The table's blocks."""
        done = 0
        for block in self._table.blocks():
            yield block
            done += len(block.rows)
            self._progress(done, self.shape.row_estimate)
