"""Columns that hold something and have no header: they can be missed, because nothing names them."""

from __future__ import annotations

from xl_datasync.core.mapping import Mapping
from xl_datasync.core.problems import Fault, ProblemLog, Severity
from xl_datasync.core.values import Block, SheetColumn, TableShape, is_blank, value_text


class UnnamedWatch:
    """Tells of each column without a header that is not sent, nor dealt with in the Column map, and is not blank."""

    def __init__(self, mapping: Mapping, shape: TableShape, letters_settled: frozenset[str]) -> None:
        self._shape = shape
        self._open: list[SheetColumn] = [
            column for column in mapping.ignored if not column.header and column.letter not in letters_settled
        ]
        self._found: list[tuple[SheetColumn, int, str]] = []

    def add(self, block: Block, passed_over: set[int]) -> None:
        """Look at one block; a column is looked at until it is known to hold something."""
        for column in list(self._open):
            for position, value in enumerate(block.columns[column.index]):
                if value is not None and position not in passed_over and not is_blank(value):
                    self._found.append((column, block.rows[position], value_text(value)))
                    self._open.remove(column)
                    break

    def finish(self, log: ProblemLog) -> None:
        """Name the columns."""
        for column, row, text in sorted(self._found, key=lambda found: found[0].index):
            fault = Fault(
                "it has no header and is not sent",
                "Give it a header, or choose its portal column in “Map columns”.",
                Severity.WARNING,
                topic=f"column {column.letter} is not sent",
            )
            log.add(f"Column {column.letter}", fault, self._shape.address(column, row), text)
