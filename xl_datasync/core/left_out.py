"""Rows that a job leaves out for what they say: totals, subtotals and notes, which are no records."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from xl_datasync.core.checks.answers import topic_of_all
from xl_datasync.core.checks.totals import labels_total
from xl_datasync.core.checks.watching import first_texts
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.options import ROWS_LEFT_OUT, row_key, row_text
from xl_datasync.core.problems import PLACES_KEPT, About, Fault, ProblemLog, Severity
from xl_datasync.core.values import Block, TableShape, is_blank

_Item = TypeVar("_Item")

SHORTEST_BEGINNING = 20
"""A text that ends with “…” stands for all that begin so, but only where so many letters tell them from records."""
FEW_ROWS, FEW_SHARE = 5, 0.1
NAMED = 3
LEFT_OUT, ALTHOUGH_FILLED = "left out, as the job says", "left out, as the job says, although most columns are filled"
_TAKE_OFF = f"If they are records, take their texts off “{ROWS_LEFT_OUT}” on the Options sheet."


class RowsLeftOut:
    """Finds the rows whose first filled cell says one of some texts, and tells of each, so that none vanishes unseen.

    :param texts: as :func:`xl_datasync.core.options.row_key` writes them.
    """

    def __init__(self, texts: frozenset[str], shape: TableShape, mapping: Mapping) -> None:
        self._beginnings = tuple(text[:-1] for text in texts if text.endswith("…") and len(text) > SHORTEST_BEGINNING)
        self._texts = texts
        self._shape = shape
        self._sent = {source.index for mapped in mapping.columns for source in mapped.sources}
        # Of each row its number, which of the labels it says, and whether it is filled as records are.
        self._rows, self._said, self._filled = array("q"), array("q"), bytearray()
        self._labels: dict[str, int] = {}

    def find(self, block: Block, but: Collection[int]) -> set[int]:
        """The positions of such rows in a block, ``but`` those that do not count anyway."""
        if not self._texts:
            return set()
        found = {place: text for place, text in first_texts(block, but) if self._says(row_key(text))}
        for place in sorted(found):
            self._rows.append(block.rows[place])
            self._said.append(self._labels.setdefault(row_text(found[place]), len(self._labels)))
            self._filled.append(self._is_filled(block, place, found[place]))
        return set(found)

    @property
    def rows(self) -> set[int]:
        """Their numbers."""
        return set(self._rows)

    def _says(self, key: str) -> bool:
        return key in self._texts or (bool(self._beginnings) and key.startswith(self._beginnings))

    def _is_filled(self, block: Block, place: int, text: str) -> bool:
        """Whether more than half of the columns that are sent are filled; of what is labelled as a total, all."""
        filled, sent = sum(not is_blank(block.columns[index][place]) for index in self._sent), len(self._sent)
        return sent > 1 and (filled == sent or (filled * 2 > sent and not labels_total(text)))

    def finish(self, log: ProblemLog, sent: int, last: int) -> None:
        """Tell which they are; a warning where they may be records: filled rows above others, or a great many.

        :param sent: how many rows are sent; ``last`` is the last of them on the sheet.
        """
        labels = list(self._labels)
        records: list[tuple[int, str]] = []
        others: list[tuple[int, str]] = []
        for row, said, filled in zip(self._rows, self._said, self._filled, strict=True):
            (records if filled and row < last else others).append((row, labels[said]))
        many = len(others) > FEW_ROWS and len(others) > FEW_SHARE * (sent + len(self._rows))
        self._tell(log, ALTHOUGH_FILLED, records, "filled rows left out")
        self._tell(log, LEFT_OUT, others, "rows left out" if many else "")

    def _tell(self, log: ProblemLog, what: str, rows: list[tuple[int, str]], kind: str) -> None:
        """Name the rows and what they say; a note where the kind of warning is blank.

        An answer holds for about as many rows as there were when it was given.
        """
        if not rows:
            return
        words = f"{'row' if len(rows) == 1 else 'rows'} {what}: {_named(rows)}"
        fault = Fault(words, "", Severity.NOTE, about=About.LEFT_OUT)
        if kind:
            labels = list({row_key(label): f"“{label}”" for _, label in rows}.values())
            topic = topic_of_all(f"up to {_step(len(rows)):,} {kind}", labels)
            fault = replace(fault, remedy=_TAKE_OFF, severity=Severity.WARNING, topic=topic)
        subject = f"Sheet “{self._shape.sheet}”"
        for row, label in rows[:PLACES_KEPT]:
            log.add(subject, fault, self._shape.row_address(row), label)
        log.raise_count(subject, fault, len(rows))


def _step(rows: int) -> int:
    """10, 20, 50, 100, 200 …: the first that is not less."""
    tens: int = 10 ** max(len(str(rows - 1)) - 1, 1)
    return next(step for step in (tens, 2 * tens, 5 * tens, 10 * tens) if step >= rows)


def without_left_out(blocks: Iterable[Block], texts: frozenset[str], shape: TableShape) -> Iterator[Block]:
    """Blocks without the rows that are left out, for whoever only looks at what is sent."""
    left_out = RowsLeftOut(texts, shape, Mapping(()))
    for block in blocks:
        gone = left_out.find(block, ())
        yield _but(block, gone) if gone else block


def _but(block: Block, gone: Collection[int]) -> Block:
    kept = [place for place in range(len(block.rows)) if place not in gone]

    def of(cells: Sequence[_Item]) -> list[_Item]:
        return [cells[place] for place in kept]

    return Block(
        of(block.rows),
        [of(column) for column in block.columns],
        lambda index: of(block.formats(index)),
        lambda index: of(block.links(index)),
    )


def _named(rows: Sequence[tuple[int, str]]) -> str:
    """``“Total” (rows 3, 7), “Source: x” (row 9)``; the first of many."""
    by_text: dict[str, tuple[str, list[int]]] = {}
    for row, label in rows:
        by_text.setdefault(row_key(label), (label, []))[1].append(row)
    said = []
    for text, numbers in list(by_text.values())[:NAMED]:
        more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
        noun = "row" if len(numbers) == 1 else "rows"
        said.append(f"“{text}” ({noun} {', '.join(map(str, numbers[:NAMED]))}{more})")
    return ", ".join(said) + (" and others" if len(by_text) > NAMED else "")
