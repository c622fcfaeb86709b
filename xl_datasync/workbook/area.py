"""Cell ranges in A1 notation, as Excel files and people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xl_datasync.core.values import EXCEL_LAST_ROW, column_letter

MAX_COLUMNS = 16_384

_CORNER = r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?"
_AREA = re.compile(rf"{_CORNER}(?::{_CORNER})?")
_QUALIFIED = re.compile(r"(?:'((?:[^']|'')+)'|([^'].*))!([^!]+)", re.DOTALL)


@dataclass(frozen=True)
class Area:
    """A rectangle of cells: rows as Excel numbers them, columns counted from 0, both ends included."""

    first_row: int = 1
    last_row: int = EXCEL_LAST_ROW
    first_column: int = 0
    last_column: int = MAX_COLUMNS - 1

    def __str__(self) -> str:
        first = f"{column_letter(self.first_column)}{self.first_row}"
        last = f"{column_letter(self.last_column)}{self.last_row}"
        return first if first == last else f"{first}:{last}"

    @property
    def whole_columns(self) -> bool:
        """Whether it takes in every row, as ``A:F`` does."""
        return self.first_row == 1 and self.last_row == EXCEL_LAST_ROW

    def touches(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def parse_area(text: str) -> Area | None:
    """Read ``B2``, ``$B$2:$F$90``, ``A:F`` or ``3:9``; None where it is none of these or lies outside a sheet."""
    found = _AREA.fullmatch(text.strip())
    if not found or not text.strip():
        return None
    left, top, right, bottom = found.groups()
    if ":" not in text:
        if not (left and top):
            return None
        right, bottom = left, top
    if (left is None) != (right is None) or (top is None) != (bottom is None):
        return None
    rows = sorted((int(top), int(bottom))) if top else [1, EXCEL_LAST_ROW]
    columns = sorted((column_index(left), column_index(right))) if left else [0, MAX_COLUMNS - 1]
    if rows[0] < 1 or rows[1] > EXCEL_LAST_ROW or columns[1] >= MAX_COLUMNS:
        return None
    return Area(rows[0], rows[1], columns[0], columns[1])


def split_qualified(text: str) -> tuple[str, str] | None:
    """``'It''s'!A1:B2`` → (``It's``, ``A1:B2``); None where no sheet is named."""
    found = _QUALIFIED.fullmatch(text.strip())
    if not found:
        return None
    quoted, plain, rest = found.groups()
    return (quoted.replace("''", "'") if quoted else plain), rest
