"""Whether our CSV and openpyxl's hold the same values; a fast wrong answer would be worth nothing.

python benchmarks/compare.py OURS.csv OPENPYXL.csv
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from math import isclose
from pathlib import Path

from columns import COLUMNS, Column

# Excel keeps 15 digits of a number; that is how ours prints it, while Python prints all 17.
RELATIVE_TOLERANCE = 1e-14


def rows_of(path: str) -> Iterator[list[str]]:
    """The data rows of a CSV."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def same(column: Column, ours: str, theirs: str) -> bool:
    """Whether two texts mean the same value of a column."""
    if column.type == "number" and ours and theirs:
        # The portal's percentages are 45 for 45 %, where the cell holds 0.45.
        factor = 100 if column.portal_format.get("precisionStyle") == "percentage" else 1
        return isclose(float(ours), float(theirs) * factor, rel_tol=RELATIVE_TOLERANCE)
    if column.type == "calendar_date":
        return ours.replace("T", " ") == theirs
    return ours.casefold() == theirs.casefold() if column.type == "checkbox" else ours == theirs


def main(ours: str, theirs: str) -> None:
    for number, (our_row, their_row) in enumerate(zip(rows_of(ours), rows_of(theirs), strict=True), 2):
        for column, our_text, their_text in zip(COLUMNS, our_row, their_row, strict=True):
            if not same(column, our_text, their_text):
                raise SystemExit(f"row {number}, {column.header}: {our_text!r} is not {their_text!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
