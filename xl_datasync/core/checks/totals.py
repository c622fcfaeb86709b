"""Rows of a sheet that are no records: totals below the data or between it, and the notes that people leave below."""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from xl_datasync.core.checks.answers import topic_of_all
from xl_datasync.core.checks.watching import Cells, first_texts
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.options import LONGEST_LABEL, row_beginning, row_text
from xl_datasync.core.problems import PLACES_KEPT, Fault, ProblemLog, Severity, shortened
from xl_datasync.core.values import Block, SheetColumn, TableShape, Value, is_blank, trimmed, value_text

LOOKS_LIKE_TOTALS = re.compile(r"(grand |sub[- ]?|running |overall )?(totals?|sum|suma)\b.{0,20}", re.IGNORECASE)
"""A label such as “Total”, “Grand total:” or “Total permits”, not a name that begins like one."""

# The label and nothing but a number, a period or “for …” after it: “Total Wine & More” is a shop.
_PLAIN_LABEL = re.compile(
    r"(grand |sub[- ]?|running |overall )?(totals?|sum|suma)( general)?[\s:=.]*"
    r"(\(.*\)|\d[\d/-]*|(for|of|as of|to)\b.*)?",
    re.IGNORECASE,
)
# “North Total”: how Excel's own Subtotal command labels its rows, and how people do; only where little else stands.
_SUBTOTAL = re.compile(
    r".{1,60}[ :-](sub[- ]?)?totals?|sub[- ]?totals?\b.{1,40}|(average|avg|median)\b.{0,20}", re.IGNORECASE
)
_LABEL_PARTS = ("otal", "OTAL", "verage", "VERAGE", "vg", "VG", "edian", "EDIAN")
_NOTE = re.compile(
    r"\*|†|‡|©|\[\d+\]|\(\d+\) [A-Z]"
    r"|(sources?|foot ?notes?|notes?|n\.b\.|disclaimer|legend|remarks?|fuente|nota|notas)\s*[:.\d–—-]"
    r"|(prepared|compiled|generated|created|produced|printed|exported|submitted|approved|reviewed) (by|on|at|from)\b"
    r"|(data |figures |current |accurate |information )?as of\b|(last )?(updated|revised|refreshed)( on)?[: ]+\w*\s?\d"
    r"|report (date|run|generated)\b|end of (report|data|file|list)\b|page \d+( of \d+)?$|continued\b"
    r"|(number of|total number of|total) (records|rows|items)\b",
    re.IGNORECASE,
)
ROWS_LOOKED_AT = 25
"""Notes below the data are seldom longer, and the end of a table costs nothing to keep."""

TOTALS_ROW, NOTES_BELOW, SUBTOTALS = "totals row", "notes below the data", "totals between the data"
LABEL_LENGTH = 40
_LEAVE_OUT, _DELETE = "Leave the row out, or delete it.", "Delete the row, or move it off the sheet."


class EndWatch:
    """Keeps the last rows of the sheet, and tells which of them are totals or notes; looks at columns not sent too."""

    def __init__(self, mapping: Mapping, shape: TableShape) -> None:
        self._shape = shape
        self._sent = {source.index for mapped in mapping.columns for source in mapped.sources}
        self._blocks: list[tuple[Block, set[int]]] = []
        self._begun = array("q")
        self.told: set[int] = set()

    def add(self, block: Block, passed_over: set[int]) -> None:
        """Keep a block until later ones are long enough, and then what its rows begin with."""
        self._blocks.append((block, passed_over))
        if sum(len(kept.rows) for kept, _ in self._blocks[1:]) > ROWS_LOOKED_AT:
            self._begun.extend(_beginnings(*self._blocks.pop(0)))

    def finish(self, log: ProblemLog) -> None:
        """Name the rows at the end that are no records."""
        rows = list(self._last_rows())[-ROWS_LOOKED_AT:]
        used = [index for index in range(len(self._shape.columns)) if any(not is_blank(v[index]) for _, v in rows)]
        usual = sorted(self._filled(values, used) for _, values in rows)
        half = usual[len(usual) // 2] if usual else 0
        subject = f"Sheet “{self._shape.sheet}”"
        found: list[tuple[Fault, int, Sequence[Value]]] = []
        for number, cells in reversed(rows):
            fault = self._fault(cells, used, half, is_only=len(rows) == 1)
            if fault is None:
                break
            found.append((fault, number, cells))
        self.told.update(number for _, number, _ in found)
        near = [start for block, passed_over in self._blocks for start in _beginnings(block, passed_over, self.told)]
        for fault, number, values in found:
            alike = [_first_text(others) for other, _, others in reversed(found) if other == fault]
            label = _label(values)
            start = _hashed(label)
            if not _names_total(label) and (start in near or start in self._begun):
                label = ""  # records begin so too, and would be left out with it
            labelled = replace(_labelled(fault, alike), remedy=f"{_way(label)} {fault.remedy}")
            log.add(subject, labelled, self._shape.row_address(number), _first_text(values), label)

    def _last_rows(self) -> Iterator[tuple[int, list[Value]]]:
        """The rows at the end that are sent, from above; further up where the last ones are blank."""
        for block, passed_over in self._blocks:
            first = max(len(block.rows) - ROWS_LOOKED_AT, 0)
            for place in range(first, len(block.rows)):
                if place not in passed_over:
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
                         "Readers of the dataset would count it twice.",
                         Severity.WARNING, topic=TOTALS_ROW)  # fmt: skip
        noted = bool(_NOTE.match(text)) and (filled == 1 or filled * 5 <= len(used) * 2 + 2)  # two fifths, rounded
        alone = filled * 5 <= len(used) <= usual * 2 and not is_only
        if filled and (noted or alone):
            return Fault("row that looks like a note below the data, which would be published as a record",
                         "Notes belong in the dataset's description.",
                         Severity.WARNING, topic=NOTES_BELOW)  # fmt: skip
        return None


class SubtotalLook:
    """Looks in a column for labels of totals between the records."""

    def __init__(self, source: SheetColumn, shape: TableShape, end: EndWatch) -> None:
        self._source = source
        self._shape = shape
        self._end = end
        self._found: list[tuple[int, str, str]] = []
        self._rows = {True: array("q"), False: array("q")}

    def look(self, cells: Cells) -> None:
        """Look at a block's cells."""
        if not _may_hold_label(cells.joined):
            return
        for place, value in zip(cells.places, cells.values, strict=True):
            if type(value) is not str or not labels_total(text := trimmed(value)):
                continue
            filled = [not is_blank(column[place]) for column in cells.block.columns]
            if self._is_subtotal(text, filled):
                label = row_text(value) if _names_total(text) and not any(filled[: self._source.index]) else ""
                self._rows[bool(label)].append(cells.block.rows[place])
                if len(self._found) < PLACES_KEPT:
                    self._found.append((cells.block.rows[place], value, label))

    def _is_subtotal(self, text: str, filled: Sequence[bool]) -> bool:
        """Whether a text labels a total of the rows above it.

        In a full row, or after other cells, it is a kind of record: “Total” beside “Male” and “Female”.
        """
        if sum(filled) <= len(filled) / 2:
            return True
        return not all(filled) and not any(filled[: self._source.index]) and bool(_PLAIN_LABEL.fullmatch(text))

    def finish(self, log: ProblemLog) -> None:
        """Name the rows that stand between others; those at the end are told already."""
        found = [place for place in self._found if place[0] not in self._end.told]
        for has_label, rows in self._rows.items():
            count = sum(row not in self._end.told for row in rows)
            self._tell([place for place in found if bool(place[2]) is has_label], count, log)

    def _tell(self, found: Sequence[tuple[int, str, str]], count: int, log: ProblemLog) -> None:
        if not found:
            return
        fault = Fault("row that looks like a subtotal, which would be published as a record",
                      f"{_way(found[0][2])} A pivot table or a sheet of its own is the place for totals.",
                      Severity.WARNING, topic=SUBTOTALS)  # fmt: skip
        fault = _labelled(fault, [text for _, text, _ in found])
        subject = f"Sheet “{self._shape.sheet}”"
        for row, text, label in found:
            self._end.told.add(row)
            log.add(subject, fault, self._shape.row_address(row), text, label)
        log.raise_count(subject, fault, count)


def _labelled(fault: Fault, texts: Sequence[str]) -> Fault:
    """The fault of several rows: an answer goes for rows that say the same, and for no others."""
    labels = list(dict.fromkeys(f"“{' '.join(text.split())}”" for text in texts))
    shown = [f"“{shortened(label[1:-1], LABEL_LENGTH)}”" for label in labels]
    return replace(fault, topic=topic_of_all(fault.topic, labels, shown))


def labels_total(text: str) -> bool:
    """Whether a text is the label of a total, and not a name that begins like one."""
    return bool(_PLAIN_LABEL.fullmatch(trimmed(text)) or _SUBTOTAL.fullmatch(trimmed(text)))


def _names_total(text: str) -> bool:
    """The same of a text that the job's option can hold whole, so that it stands for no others that begin so."""
    return len(text) < LONGEST_LABEL and labels_total(text)


def _beginnings(block: Block, passed_over: set[int], told: Collection[int] = ()) -> set[int]:
    """What the rows of a block begin with, but those that are ``told``, each hashed: there may be a million."""
    ended = {place for place, row in enumerate(block.rows) if row in told} if told else set()
    return {_hashed(text) for text in {text for _, text in first_texts(block, passed_over | ended)}}


def _hashed(text: str) -> int:
    return hash(row_beginning(text))


def _may_hold_label(joined: str) -> bool:
    """Whether a label of a total may be among texts; quick, because it is asked of every block."""
    return any(part in joined for part in _LABEL_PARTS)


def _is_label(value: Value) -> bool:
    return isinstance(value, str) and bool(_PLAIN_LABEL.fullmatch(trimmed(value)))


def _way(label: str) -> str:
    """What a clerk does about such a row."""
    return _LEAVE_OUT if label else _DELETE


def _label(values: Sequence[Value]) -> str:
    """The text by which a row can be left out: its first cell's, unless it is another that tells it from a record."""
    first = next((value for value in values if not is_blank(value)), None)
    if not isinstance(first, str):
        return ""
    own = _is_label(first) or LOOKS_LIKE_TOTALS.fullmatch(trimmed(first))
    return row_text(first) if own or not any(map(_is_label, values)) else ""


def _first_text(values: Sequence[Value]) -> str:
    return next((trimmed(value_text(value)) for value in values if not is_blank(value)), "")
