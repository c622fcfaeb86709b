"""Fixtures of the reader's tests: every file is real and lives in ``tmp_path``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xl_datasync.core.values import Block, Value
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source, Table, Workbook

OpenBook = Callable[[Path], Workbook]


def rows_of(table: Table, rows_per_block: int = 1000) -> dict[int, tuple[Value, ...]]:
    """All rows of a table by their numbers."""
    return {
        number: values
        for block in table.blocks(rows_per_block)
        for number, values in zip(block.rows, zip(*block.columns, strict=True), strict=True)
    }


def headers_of(table: Table) -> list[str]:
    """The table's headers in order."""
    return [column.header for column in table.shape.columns]


@pytest.fixture
def open_book() -> Iterator[OpenBook]:
    """Open workbooks that are closed after the test."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(open_workbook(path))


@pytest.fixture
def read(open_book: OpenBook) -> Callable[..., Table]:
    """Open a file and read the table that a name means."""

    def read_table(path: Path, name: str = "", header_row: int | None = None) -> Table:
        return open_book(path).read_table(Source(name, header_row))

    return read_table


@pytest.fixture
def make_book(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook with openpyxl: a sheet for each keyword, its rows as given."""

    def make(_name: str = "book.xlsx", **sheets: list[list[Any]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for values in rows:
                sheet.append(values)
        book.save(tmp_path / _name)
        return tmp_path / _name

    return make


def only_block(table: Table) -> Block:
    """The single block of a small table."""
    (block,) = table.blocks()
    return block
