"""The row identifier's column: blank, doubled, nearly so, and what the portal knows of it."""

from __future__ import annotations

from collections.abc import Sequence

from xl_datasync.core.checks.answers import mapped_name, topic
from xl_datasync.core.identifiers import IdentifierIndex, Repeated
from xl_datasync.core.mapping import MappedColumn
from xl_datasync.core.problems import Fault, Place, Problem, ProblemLog, Severity, shortened
from xl_datasync.core.set_aside import BLANK_IDENTIFIER, REPEATED_IDENTIFIER
from xl_datasync.core.values import INVISIBLE, TableShape, plain_moment


class IdentifierCheck:
    """Watches the row identifier's column while rows go by, then names what is blank, doubled or nearly so."""

    def __init__(self, mapped: MappedColumn, shape: TableShape, index: IdentifierIndex) -> None:
        self._mapped = mapped
        self._shape = shape
        self._index = index

    def add(self, texts: Sequence[str], rows: Sequence[int], faulty: set[int], log: ProblemLog) -> None:
        """Look at one block; ``faulty`` holds the rows already complained of."""
        self._index.add(texts, rows)
        if "" in texts:
            for text, row in zip(texts, rows, strict=True):
                if not text and row not in faulty:
                    log.add(self._mapped.subject, BLANK_IDENTIFIER, self._address(row))
        if not "".join(texts).isascii() or list(map(str.strip, texts)) != texts:
            self._look_for_odd_characters(texts, rows, log)

    def finish(self, log: ProblemLog) -> None:
        """Name what only all rows together can show."""
        self._report(self._index.duplicates(), REPEATED_IDENTIFIER, log)
        alike = Fault("row identifiers that differ only in capitals or spaces",
                      "Check that they mean different rows; the portal takes them as different.", Severity.WARNING,
                      topic=self._topic("row identifiers that are nearly the same"))  # fmt: skip
        self._report(self._index.near_duplicates(), alike, log)

    def _report(self, found: tuple[int, list[Repeated]], fault: Fault, log: ProblemLog) -> None:
        count, repeated = found
        for group in repeated:
            rows = ", ".join(self._address(row) for row in group.rows)
            log.add(self._mapped.subject, fault, rows, " / ".join(dict.fromkeys(map(plain_moment, group.texts))))
        log.raise_count(self._mapped.subject, fault, count)

    def _look_for_odd_characters(self, texts: Sequence[str], rows: Sequence[int], log: ProblemLog) -> None:
        unseen = Fault("row identifier with an invisible or non-breaking space", "Type it again.", Severity.WARNING,
                       topic=self._topic("invisible spaces"))  # fmt: skip
        remedy = "Set the option “Trim spaces” to “Yes”."
        edges = Fault("row identifier with spaces at its ends", remedy, Severity.WARNING,
                      topic=self._topic("spaces at the ends"))  # fmt: skip
        for text, row in zip(texts, rows, strict=True):
            if "\xa0" in text or any(mark in text for mark in INVISIBLE):
                log.add(self._mapped.subject, unseen, self._address(row), text)
            elif text != text.strip():
                log.add(self._mapped.subject, edges, self._address(row), f"“{text}”")

    def _topic(self, kind: str) -> str:
        return topic(kind, mapped_name(self._mapped))

    def _address(self, row: int) -> str:
        return self._mapped.address(self._shape, row)


def known_identifiers_problem(
    mapped: MappedColumn, shape: TableShape, first: Sequence[tuple[str, int]], count: int
) -> Problem:
    """Add rows refuses identifiers that are on the portal.

    :param first: the first of them, with their rows.
    :param count: how many there are in all.
    """
    what = "row identifier that is already on the portal"
    remedy = "Use “Update and add” to change those rows, or remove them from the sheet."
    return Problem(mapped.subject, what, remedy, Severity.PROBLEM, count, _places(mapped, shape, first))


def unknown_identifiers_note(
    mapped: MappedColumn, shape: TableShape, first: Sequence[tuple[str, int]], count: int
) -> Problem:
    """Identifiers to delete that are not there: told, because they may be misspelt, but no error."""
    what = "row identifier that is not on the portal, so there is nothing to delete"
    return Problem(mapped.subject, what, "", Severity.NOTE, count, _places(mapped, shape, first))


def _places(mapped: MappedColumn, shape: TableShape, first: Sequence[tuple[str, int]]) -> tuple[Place, ...]:
    return tuple(Place(mapped.address(shape, row), shortened(text)) for text, row in first)
