"""Numbers stored as text, codes that lost their zeros, and coordinates that nobody entered."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from xl_datasync.core.checks.answers import name_of, topic
from xl_datasync.core.checks.watching import BETWEEN, Cells, Watcher
from xl_datasync.core.conversion.rule import Rule
from xl_datasync.core.conversion.text import masked_digits
from xl_datasync.core.mapping import MappedColumn, Mapping
from xl_datasync.core.names import words_of
from xl_datasync.core.problems import PLACES_SHOWN, Fault, ProblemLog, Severity
from xl_datasync.core.values import Block, SheetColumn, TableShape, trimmed, value_text

_NUMBERS = frozenset({int, float})
_LIKE_A_NUMBER = re.compile(r"[-+(]?[$€£¥ ]*[-+]?(?:\d[\d.,'\s]*|[.,]\d+)(?:[eE][-+]?\d+)?[$€£¥ ]*[%)]?")
_LONGEST_NUMBER = 40
_ZERO_CODE = re.compile(rf"{BETWEEN}(0\d+)(?={BETWEEN})")
_ZIP_WORDS = frozenset({"zip", "zipcode", "postal", "postcode"})
ZIP_DIGITS, LONGEST_CODE = 5, 10**9
_LATITUDE, _LONGITUDE = frozenset({"latitude", "lat"}), frozenset({"longitude", "lon", "long", "lng"})


class TextNumberLook:
    """Looks in a number column for numbers that Excel holds as text, among others that it holds as numbers.

    :param rule: how the column's cells are read: what cannot be sent is told as that, and not here again.
    """

    def __init__(self, source: SheetColumn, shape: TableShape, rule: Rule) -> None:
        self._source, self._shape, self._rule = source, shape, rule
        self._has_numbers = False
        self._count = 0
        self._places: list[tuple[int, str]] = []

    def look(self, cells: Cells) -> None:
        """Look at a block's cells."""
        self._has_numbers = self._has_numbers or not cells.kinds.isdisjoint(_NUMBERS)
        if str not in cells.kinds:
            return
        for row, value in zip(cells.rows, cells.values, strict=True):
            if isinstance(value, str) and self._is_number(value):
                self._count += 1
                if len(self._places) < PLACES_SHOWN:
                    self._places.append((row, value))

    def _is_number(self, text: str) -> bool:
        if len(text) >= _LONGEST_NUMBER or not _LIKE_A_NUMBER.fullmatch(trimmed(text)):
            return False
        outcome = self._rule.cell(text, "")
        return isinstance(outcome, str) or outcome.severity is not Severity.PROBLEM

    def finish(self, log: ProblemLog) -> None:
        """Name the texts, where other cells hold numbers."""
        if not self._has_numbers:
            return
        fault = Fault("number stored as text among numbers; it is sent as the number it reads as",
                      "Check them. In Excel, Data > Text to Columns > Finish makes numbers of them.",
                      Severity.WARNING, topic=topic("numbers stored as text", name_of(self._source)))  # fmt: skip
        for row, text in self._places:
            log.add(f"Column “{self._source.header}”", fault, self._shape.address(self._source, row), text)
        log.raise_count(f"Column “{self._source.header}”", fault, self._count)


class LostZerosLook:
    """Looks in a text column for numbers that are shorter than the codes around them, whose zeros Excel has dropped."""

    def __init__(self, source: SheetColumn, shape: TableShape) -> None:
        self._source, self._shape = source, shape
        self._length = ZIP_DIGITS if _ZIP_WORDS & set(words_of(source.header)) else 0
        # By their digits, because the first code with a zero may stand below them.
        self._counts: Counter[int] = Counter()
        self._places: dict[int, list[tuple[int, str]]] = defaultdict(list)

    def look(self, cells: Cells) -> None:
        """Look at a block's cells."""
        if not self._length and cells.joined and (found := _ZERO_CODE.search(cells.joined)):
            self._length = len(found[1])
        if cells.kinds.isdisjoint(_NUMBERS):
            return
        for row, value, code in zip(cells.rows, cells.values, cells.formats, strict=True):
            if isinstance(value, int | float) and type(value) in _NUMBERS and 0 < value < LONGEST_CODE:
                digits = len(str(int(value)))
                if (not self._length or digits < self._length) and masked_digits(value, code) is None:
                    self._counts[digits] += 1
                    if len(self._places[digits]) < PLACES_SHOWN:
                        self._places[digits].append((row, value_text(value)))

    def finish(self, log: ProblemLog) -> None:
        """Name the numbers that lack a zero or two; shorter ones are no codes."""
        digits = range(max(self._length - 2, 1), self._length)
        fault = Fault(f"number with fewer than {self._length} digits among codes; its leading zeros may be lost",
                      "Choose a number format that shows them, such as 00000, or enter the codes as text.",
                      Severity.WARNING, topic=topic("lost leading zeros", name_of(self._source)))  # fmt: skip
        subject = f"Column “{self._source.header}”"
        for row, text in sorted(place for number in digits for place in self._places[number])[:PLACES_SHOWN]:
            log.add(subject, fault, self._shape.address(self._source, row), text)
        log.raise_count(subject, fault, sum(self._counts[number] for number in digits))


class NoPlaceWatch:
    """Watches a latitude and a longitude that are sent as numbers for rows with zero in both."""

    def __init__(self, latitude: SheetColumn, longitude: SheetColumn, shape: TableShape) -> None:
        self._latitude, self._longitude, self._shape = latitude, longitude, shape
        self._count = 0
        self._rows: list[int] = []

    def add(self, block: Block, passed_over: set[int]) -> None:
        """Look at one block."""
        north, east = block.columns[self._latitude.index], block.columns[self._longitude.index]
        if 0 not in north or 0 not in east:
            return
        for place, both in enumerate(zip(north, east, strict=True)):
            if both == (0, 0) and place not in passed_over:
                self._count += 1
                if len(self._rows) < PLACES_SHOWN:
                    self._rows.append(block.rows[place])

    def finish(self, log: ProblemLog) -> None:
        """Name the rows."""
        subject = f"Column “{self._latitude.header}”"
        fault = Fault("latitude 0 with longitude 0, a point in the Atlantic", "Clear both where the place is unknown.",
                      Severity.WARNING, topic=topic("coordinates 0, 0", name_of(self._latitude)))  # fmt: skip
        for row in self._rows:
            log.add(subject, fault, self._shape.address(self._latitude, row), "0, 0")
        log.raise_count(subject, fault, self._count)


def no_place_watches(mapping: Mapping, shape: TableShape) -> Iterator[Watcher]:
    """The watch over a latitude and a longitude, where there is one of each."""
    pair = [
        [m.source for m in mapping.columns if m.source and _is_called(m, words)] for words in (_LATITUDE, _LONGITUDE)
    ]
    if all(len(found) == 1 for found in pair):
        yield NoPlaceWatch(pair[0][0], pair[1][0], shape)


def _is_called(mapped: MappedColumn, words: frozenset[str]) -> bool:
    return mapped.column.is_number and not words.isdisjoint(words_of(mapped.column.name))
