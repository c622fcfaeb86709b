"""Rectangles of cells and their addresses."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from xlwings.utils import column_to_number

A1 = re.compile(r"\$?(?P<column>[A-Za-z]{1,3})?\$?(?P<row>[1-9]\d{0,6})?")


class Area(NamedTuple):
    """A rectangle of cells, rows and columns counted from 1."""

    row: int
    column: int
    rows: int
    columns: int

    @classmethod
    def of(cls, address: Any) -> Area:
        """The area of a UNO range address."""
        rows, columns = address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1
        return cls(address.StartRow + 1, address.StartColumn + 1, rows, columns)

    @classmethod
    def parse(cls, text: str, height: int, width: int) -> Area | None:
        """The area of an address: A1, A1:B2, A:C or 1:3; None for anything else."""
        corners = []
        for part in (text.split(":") * 2)[:2]:
            match = A1.fullmatch(part.strip())
            if not match or not (match["column"] or match["row"]):
                return None
            column = column_to_number(match["column"].upper()) if match["column"] else None
            corners.append((int(match["row"]) if match["row"] else None, column))
        (row, column), (last_row, last_column) = corners
        if ":" not in text and None in (row, column):
            return None
        rows = sorted((row or 1, last_row or height))
        columns = sorted((column or 1, last_column or width))
        return cls(rows[0], columns[0], rows[1] - rows[0] + 1, columns[1] - columns[0] + 1)
