"""Number formats in Excel's English spelling, and the kinds of value they stand for."""

from __future__ import annotations

import re
from typing import Any

from tests.calc.bridge import struct

DATE, TIME, CURRENCY, TEXT, LOGICAL = 2, 4, 8, 256, 1024
KINDS = ((LOGICAL, "bool"), (TEXT, "text"), (DATE, "date"), (TIME, "time"), (CURRENCY, "currency"))
QUOTED = re.compile(r'("[^"]*"|\\.|\[[^\]]*\]|AM/PM|A/P)')


class Formats:
    """The number formats of one document."""

    def __init__(self, document: Any) -> None:
        self.formats = document.NumberFormats
        self.english = struct("lang.Locale")  # the program's own, which `office.py` sets to English, United States
        self._known: dict[int, tuple[str, str]] = {}

    def key(self, code: str) -> int:
        """The document's number for a format in Excel's spelling."""
        found = self.formats.queryKey(code, self.english, False)
        return int(found if found != -1 else self.formats.addNew(code, self.english))

    def kind(self, key: int) -> str:
        """What values of this format are: general, bool, text, date, time, currency or number."""
        return self._look(key)[0]

    def code(self, key: int) -> str:
        """The format in Excel's spelling."""
        return self._look(key)[1]

    def _look(self, key: int) -> tuple[str, str]:
        """The kind and the code of a format, asked for once."""
        if key not in self._known:
            found = self.formats.getByKey(key)
            bits, code = found.Type, found.FormatString
            kind = next((name for bit, name in KINDS if bits & bit), "number")
            if kind == "bool" or code in ("General", "Standard"):
                code, kind = "General", kind if kind == "bool" else "general"
            elif kind in ("date", "time"):
                code = _small_letters(code)
            self._known[key] = kind, code
        return self._known[key]


def _small_letters(code: str) -> str:
    """The code with the letters of dates small, as Excel has them."""
    parts = QUOTED.split(code)
    return "".join(
        part if index % 2 and not part.startswith("[H") else part.lower() for index, part in enumerate(parts)
    )


def format_runs(uno_range: Any) -> list[tuple[int, list[tuple[int, int, int, int]]]]:
    """Each number format of the range with its rectangles: (first row, first column, last row, last column), from 0.

    One question for each distinct look, never one for each cell.
    """
    groups = uno_range.getUniqueCellFormatRanges()
    runs: dict[int, list[tuple[int, int, int, int]]] = {}
    for index in range(groups.Count):
        group = groups.getByIndex(index)
        places = [(at.StartRow, at.StartColumn, at.EndRow, at.EndColumn) for at in group.RangeAddresses]
        runs.setdefault(group.NumberFormat, []).extend(places)
    return list(runs.items())
