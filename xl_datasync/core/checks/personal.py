"""Personal data in columns that would be sent: by header, and by what the cells hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from xl_datasync.core.checks.answers import name_of, topic
from xl_datasync.core.checks.personal_patterns import PATTERNS, is_bare, masked, may_hold
from xl_datasync.core.checks.personal_words import Personal, are_persons, expected
from xl_datasync.core.checks.watching import Cells
from xl_datasync.core.problems import PLACES_SHOWN, Fault, ProblemLog, Severity
from xl_datasync.core.values import SheetColumn, TableShape, trimmed, value_text

# One number that happens to be written like a phone number is none; several, or one among few, are.
PHONES_BY_CHANCE, SHARE_BY_CHANCE = 2, 0.001
TEXTS_SAMPLED = 300
# Number formats that Excel offers under Special.
_MASKS = {"000-00-0000": Personal.SSN, "(###) ###-####": Personal.PHONE}
_NUMBERS = frozenset({int, float})
_DATES = frozenset({dt.date, dt.datetime})
_OPEN = "Once published, anybody can copy them, and nobody can take them back."
_CLOSED = "The dataset is private: those it is shared with would see them."
_LEAVE_OUT = "Set the column's Send? to “Ignore” in the Column map, or clear the cells, unless they may be seen."


class Found:
    """What was found of one kind."""

    def __init__(self) -> None:
        self.count = 0
        self.whole = 0
        self.places: list[tuple[int, str]] = []

    @property
    def full(self) -> bool:
        """Whether further places need not be named."""
        return len(self.places) >= PLACES_SHOWN

    def add(self, row: int, shown: str, *, whole: bool) -> None:
        """One cell more."""
        self.count += 1
        self.whole += whole
        if not self.full:
            self.places.append((row, shown))


class PersonalLook:
    """Looks through a column that is sent for personal data."""

    def __init__(self, source: SheetColumn, shape: TableShape, *, private: bool) -> None:
        self._source, self._shape = source, shape
        self._private = private
        self._expected = expected(source.header)
        self._kind = self._expected.kind
        self._found: dict[Personal, Found] = {}
        self._sample: set[str] = set()
        self._filled = 0
        self._formats_seen = False

    def look(self, cells: Cells) -> None:
        """Look at a block's cells."""
        self._filled += cells.filled
        for kind in may_hold(cells.joined):
            if not (kind is Personal.PHONE and self._expected.not_phone) and not (
                kind is Personal.SSN and self._expected.not_ssn
            ):
                self._look_for(kind, cells)
        if not self._formats_seen and not cells.kinds.isdisjoint(_NUMBERS):
            self._look_at_formats(cells)
        if self._kind is Personal.NAMES:
            self._look_for_names(cells)
        elif self._kind:
            self._look_below_header(self._kind, cells)

    def _of(self, kind: Personal) -> Found:
        return self._found.setdefault(kind, Found())

    def _look_for(self, kind: Personal, cells: Cells) -> None:
        """Count the cells that hold a pattern; the first are named."""
        pattern = PATTERNS[kind]
        if self._of(kind).full:
            self._of(kind).count += len(pattern.findall(cells.joined))
            return
        if not pattern.search(cells.joined):
            return
        for row, text in _texts(cells):
            if match := pattern.search(text):
                self._of(kind).add(row, masked(kind, match[1]), whole=len(match[1]) == len(trimmed(text)))

    def _look_at_formats(self, cells: Cells) -> None:
        """Once: whether Excel shows the numbers as social security or phone numbers."""
        self._formats_seen = True
        if self._kind is None:
            codes = (re.sub(r'[\\"]', "", code) for code in set(cells.formats))
            self._kind = next((kind for code in codes for mask, kind in _MASKS.items() if mask in code), None)

    def _look_for_names(self, cells: Cells) -> None:
        if not cells.joined:
            return
        found = self._of(Personal.NAMES)
        if found.full and (self._expected.sure or len(self._sample) >= TEXTS_SAMPLED):
            found.count += sum(1 for value in cells.values if type(value) is str)
            return
        for row, text in _texts(cells):
            if trimmed(text):
                found.add(row, "", whole=True)
                if len(self._sample) < TEXTS_SAMPLED:
                    self._sample.add(trimmed(text))

    def _look_below_header(self, kind: Personal, cells: Cells) -> None:
        """What the patterns do not show: dates, and numbers written without marks."""
        if kind is Personal.BIRTH_DATES and not cells.kinds.isdisjoint(_DATES):
            if self._of(kind).full:
                self._of(kind).count += sum(1 for value in cells.values if type(value) in _DATES)
            else:
                for row, value in zip(cells.rows, cells.values, strict=True):
                    if type(value) in _DATES:
                        self._of(kind).add(row, "", whole=True)
        elif kind is not Personal.BIRTH_DATES and not cells.kinds.isdisjoint(_NUMBERS):
            wide = 9 if kind is Personal.SSN else 0
            for row, value in zip(cells.rows, cells.values, strict=True):
                if type(value) in _NUMBERS and is_bare(kind, text := value_text(value).zfill(wide)):
                    self._of(kind).add(row, masked(kind, text), whole=True)
        for row, text in _texts(cells) if cells.joined else ():
            if is_bare(kind, trimmed(text)):
                self._of(kind).add(row, masked(kind, text), whole=True)

    def finish(self, log: ProblemLog) -> None:
        """Tell what was found, each kind by itself: an answer goes for one."""
        for kind, found in self._found.items():
            if found.count and self._is_meant(kind, found):
                self._tell(kind, found, log)

    def _is_meant(self, kind: Personal, found: Found) -> bool:
        """Whether it is that kind indeed, not something that looks alike by chance."""
        if kind is Personal.NAMES:
            return self._expected.sure or are_persons(self._sample)
        if kind is Personal.PHONE and self._kind is not Personal.PHONE:
            return found.count > PHONES_BY_CHANCE or found.count >= self._filled * SHARE_BY_CHANCE
        return True

    def _tell(self, kind: Personal, found: Found, log: ProblemLog) -> None:
        within = " within its texts" if found.whole < len(found.places) / 2 else ""
        what = f"{kind.value}{within}, which would be published"
        remedy = f"{_CLOSED if self._private else _OPEN} {_LEAVE_OUT}"
        fault = Fault(what, remedy, Severity.WARNING, topic=topic(kind.value, name_of(self._source)))
        subject = f"Column “{self._source.header}”"
        for row, shown in found.places:
            log.add(subject, fault, self._shape.address(self._source, row), shown)
        log.raise_count(subject, fault, found.count)


def _texts(cells: Cells) -> Iterator[tuple[int, str]]:
    """The cells that hold texts, with their rows."""
    pairs: Iterator[tuple[int, object]] = zip(cells.rows, cells.values, strict=True)
    return ((row, value) for row, value in pairs if isinstance(value, str))
