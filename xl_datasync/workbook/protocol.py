"""What a job may ask of a workbook, whoever reads it: a file that is closed, or Excel that holds it open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from xl_datasync.core.values import Block, SheetColumn, TableShape, Value


@dataclass(frozen=True)
class Source:
    """The table a job names.

    :param name: a sheet, an Excel table, a defined name, or a range such as ``Sheet!B2:F90``; ``""`` means the only
        visible sheet.
    :param header_row: the header's row number on the sheet; None to find it, 0 where there is none.
    """

    name: str = ""
    header_row: int | None = None


@dataclass(frozen=True)
class ConfigRows:
    """A small table read whole, such as the list of jobs.

    :param columns: its columns that have a header, each different.
    :param rows: for each row that is not blank, its number and its values by header.
    :param percents: row number and header of each cell whose number is shown as a percentage.
    """

    sheet: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[int, dict[str, Value]], ...]
    percents: frozenset[tuple[int, str]] = frozenset()

    def percents_of(self, row: int) -> frozenset[str]:
        """The headers of a row's cells that are shown as percentages."""
        return frozenset(header for number, header in self.percents if number == row)


class Table(Protocol):
    """A table on a sheet, whose rows are read only when they are asked for."""

    @property
    def shape(self) -> TableShape:
        """What is known of it before its rows are read."""

    def blocks(self, rows_per_block: int = 1000) -> Iterator[Block]:
        """Read the rows below the header, from the top at each call.

        Blank rows between others are kept, and those after the last filled one are not.
        """


class Workbook(Protocol):
    """A workbook or text file, open for reading; a context manager."""

    @property
    def name(self) -> str:
        """The file's name, for messages."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def in_excel(self) -> bool:
        """Whether it is open in Excel, where it can be written to."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the report should know about the file, each a sentence."""

    def read_table(self, source: Source) -> Table:
        """Find a table and its columns; :class:`WorkbookError` where that cannot be done without guessing."""

    def config_table(self, sheet: str, table: str) -> ConfigRows | None:
        """Read the Excel table of that name, else the table that stands on that sheet; None where neither is there."""

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Workbook:  # noqa: PYI034  # Self needs Python 3.11
        """Itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
