"""Rows of a sheet that are no records: totals below the data or between it, and the notes that people leave below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from xl_datasync.core.checks.answers import topic_of_all
from xl_datasync.core.checks.watching import Cells
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.problems import PLACES_SHOWN, Fault, ProblemLog, Severity, shortened
from xl_datasync.core.values import Block, SheetColumn, TableShape, Value, is_blank, trimmed, value_text

LOOKS_LIKE_TOTALS = re.compile(r"(grand |sub[- ]?|running |overall )?(totals?|sum|suma)\b.{0,20}", re.IGNORECASE)
"""A label such as “Total”, “Grand total:” or “Total permits”, not a name that begins like one."""

# The label and nothing but a number, a period or “for …” after it: “Total Wine & More” is a shop.
_PLAIN_LABEL = re.compile(
    r"(grand |sub[- ]?|running |overall )?(totals?|sum|suma)( general)?[\s:=.]*"
    r"(\(.*\)|\d[\d/-]*|(for|of|as of|to)\b.*)?",
    re.IGNORECASE,
)
# “North Total”: how Excel's own Subtotal command labels its rows.
_EXCEL_SUBTOTAL = re.compile(r".{1,60} Total")
_NOTE = re.compile(
    r"\*|†|‡|©|\[\d+\]|\(\d+\) [A-Z]"
    r"|(sources?|foot ?notes?|notes?|n\.b\.|disclaimer|legend|remarks?|fuente|nota|notas)\s*[:.\d–—-]"
    r"|(prepared|compiled|generated|created|produced|printed|exported|submitted|approved|reviewed) (by|on|at|from)\b"
    r"|(data |figures |current |accurate |information )?as of\b|(last )?(updated|revised|refreshed)( on)?[: ]+\w*\s?\d"
    r"|report (date|run|generated)\b|end of (report|data|file|list)\b|page \d+( of \d+)?$|continued\b"
    r"|(number of|total number of|total) (records|rows|items)\b",
    re.IGNORECASE,
)
BLANK_SHARE, NOTE_SHARE = 0.8, 0.4
ROWS_LOOKED_AT = 25
"""Notes below the data are seldom longer, and the end of a table costs nothing to keep."""

TOTALS_ROW, NOTES_BELOW, SUBTOTALS = "totals row", "notes below the data", "totals between the data"
_TAKE_IT_OUT = "Delete it, or move it off the sheet."


class EndWatch:
    """Keeps the last rows of the sheet, and tells which of them are totals or notes; looks at columns not sent too."""

    def __init__(self, mapping: Mapping, shape: TableShape) -> None:
        self._shape = shape
        self._sent = {source.index for mapped in mapping.columns for source in mapped.sources}
        self._blocks: list[tuple[Block, set[int]]] = []
        self.told: set[int] = set()

    def add(self, block: Block, left_out: set[int]) -> None:
        """Keep a block until later ones are long enough."""
        self._blocks.append((block, left_out))
        if sum(len(kept.rows) for kept, _ in self._blocks[1:]) > ROWS_LOOKED_AT:
            del self._blocks[0]

    def finish(self, log: ProblemLog) -> None:
        """Name the rows at the end that are no records."""
        rows = list(self._last_rows())[-ROWS_LOOKED_AT:]
        used = [index for index in range(len(self._shape.columns)) if any(not is_blank(v[index]) for _, v in rows)]
        usual = sorted(self._filled(values, used) for _, values in rows)
        half = usual[len(usual) // 2] if usual else 0
        subject = f"Sheet “{self._shape.sheet}”"
        found: list[tuple[Fault, int, str]] = []
        for number, values in reversed(rows):
            fault = self._fault(values, used, half, is_only=len(rows) == 1)
            if fault is None:
                break
            found.append((fault, number, _first_text(values)))
        for fault, number, text in found:
            self.told.add(number)
            alike = [label for other, _, label in reversed(found) if other == fault]
            log.add(subject, _labelled(fault, alike), self._shape.row_address(number), text)

    def _last_rows(self) -> Iterator[tuple[int, list[Value]]]:
        """The rows at the end that are sent, from above; further up where the last ones are blank."""
        for block, left_out in self._blocks:
            first = max(len(block.rows) - ROWS_LOOKED_AT, 0)
            for place in range(first, len(block.rows)):
                if place not in left_out:
                    yield block.rows[place], [column[place] for column in block.columns]

    def _filled(self, values: Sequence[Value], used: Sequence[int]) -> int:
        return sum(not is_blank(values[index]) for index in used)

    def _fault(self, values: Sequence[Value], used: Sequence[int], usual: int, *, is_only: bool) -> Fault | None:
        """What a row is if it is no record."""
        filled, text = self._filled(values, used), _first_text(values)
        full = filled == len(used) > 1
        label = LOOKS_LIKE_TOTALS.fullmatch(text) if not full else _PLAIN_LABEL.fullmatch(text)
        if label or (filled <= len(used) / 2 and any(map(_is_label, values))):
            return Fault("row that looks like a total of the others, which would be published as a record",
                         f"{_TAKE_IT_OUT} Readers of the dataset would count it twice.",
                         Severity.WARNING, topic=TOTALS_ROW)  # fmt: skip
        noted = bool(_NOTE.match(text)) and filled <= max(1, round(len(used) * NOTE_SHARE))
        alone = filled <= len(used) * (1 - BLANK_SHARE) and usual >= len(used) / 2 and not is_only
        if filled and (noted or alone):
            return Fault("row that looks like a note below the data, which would be published as a record",
                         f"{_TAKE_IT_OUT} Notes belong in the dataset's description.",
                         Severity.WARNING, topic=NOTES_BELOW)  # fmt: skip
        return None


class SubtotalLook:
    """Looks in a column for labels of totals between the records."""

    def __init__(self, source: SheetColumn, shape: TableShape, end: EndWatch) -> None:
        self._source = source
        self._shape = shape
        self._end = end
        self._found: list[tuple[int, str]] = []
        self._count = 0

    def look(self, cells: Cells) -> None:
        """Look at a block's cells."""
        if not _may_hold_label(cells.joined):
            return
        for row, value in zip(cells.rows, cells.values, strict=True):
            if type(value) is str and self._is_subtotal(trimmed(value), cells.block, row):
                self._count += 1
                if len(self._found) < PLACES_SHOWN:
                    self._found.append((row, value))

    def _is_subtotal(self, text: str, block: Block, row: int) -> bool:
        """Whether a text labels a total of the rows above it.

        In a full row, or after other cells, it is a kind of record: “Total” beside “Male” and “Female”.
        """
        if not (_PLAIN_LABEL.fullmatch(text) or _EXCEL_SUBTOTAL.fullmatch(text)):
            return False
        place = block.rows.index(row)
        filled = [not is_blank(column[place]) for column in block.columns]
        if sum(filled) <= len(filled) / 2:
            return True
        return not all(filled) and not any(filled[: self._source.index]) and bool(_PLAIN_LABEL.fullmatch(text))

    def finish(self, log: ProblemLog) -> None:
        """Name the rows that stand between others; those at the end are told already."""
        found = [(row, text) for row, text in self._found if row not in self._end.told]
        fault = Fault("row that looks like a subtotal, which would be published as a record",
                      "Delete these rows; a pivot table or a sheet of its own is the place for totals.",
                      Severity.WARNING, topic=SUBTOTALS)  # fmt: skip
        fault = _labelled(fault, [text for _, text in found])
        subject = f"Sheet “{self._shape.sheet}”"
        for row, text in found:
            self._end.told.add(row)
            log.add(subject, fault, self._shape.row_address(row), text)
        if self._count > PLACES_SHOWN:
            log.raise_count(subject, fault, self._count)


def _labelled(fault: Fault, texts: Sequence[str]) -> Fault:
    """The fault of several rows: an answer goes for rows that say the same, and for no others."""
    labels = list(dict.fromkeys(f"“{shortened(text)}”" for text in texts))
    return replace(fault, topic=topic_of_all(fault.topic, labels))


def _may_hold_label(joined: str) -> bool:
    """Whether a label of a total may be among texts; quick, because it is asked of every block."""
    return any(part in joined for part in ("otal", "OTAL"))


def _is_label(value: Value) -> bool:
    return isinstance(value, str) and bool(_PLAIN_LABEL.fullmatch(trimmed(value)))


def _first_text(values: Sequence[Value]) -> str:
    return next((trimmed(value_text(value)) for value in values if not is_blank(value)), "")
