"""Rows that a job leaves out for what they say: totals, subtotals and notes, which are no records."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from xl_datasync.core.checks.answers import topic_of_all
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.options import ROWS_LEFT_OUT, row_key, row_text
from xl_datasync.core.problems import PLACES_KEPT, Fault, ProblemLog, Severity
from xl_datasync.core.values import Block, TableShape, is_blank

_Item = TypeVar("_Item")

SHORTEST_BEGINNING = 20
"""A text that ends with “…” stands for all that begin so, but only where so many letters tell them from records."""
FEW_ROWS, FEW_SHARE = 5, 0.1
NAMED = 3
LEFT_OUT = "left out, as the job says"
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
        self._count = 0
        self._found: list[tuple[int, str]] = []
        self._full = array("q")

    def find(self, block: Block, but: Collection[int]) -> set[int]:
        """The positions of such rows in a block, ``but`` those that do not count anyway."""
        found: dict[int, str] = {}
        left = [place for place in range(len(block.rows)) if place not in but] if self._texts else []
        for column in block.columns:
            blank = []
            for place in left:
                value = column[place]
                if type(value) is str and self._says(row_key(value)):
                    found[place] = value
                elif is_blank(value):
                    blank.append(place)
            left = blank
            if not left:
                break
        for place in sorted(found):
            self._note(block, place, found[place])
        return set(found)

    @property
    def rows(self) -> set[int]:
        """The numbers of the first of them."""
        return {row for row, _ in self._found}

    def _says(self, key: str) -> bool:
        return key in self._texts or (bool(self._beginnings) and key.startswith(self._beginnings))

    def _note(self, block: Block, place: int, text: str) -> None:
        row = block.rows[place]
        self._count += 1
        if len(self._found) < PLACES_KEPT:
            self._found.append((row, text))
        if len(self._sent) > 1 and not any(is_blank(block.columns[index][place]) for index in self._sent):
            self._full.append(row)

    def finish(self, log: ProblemLog, sent: int, last: int) -> None:
        """Tell which they are; a warning where they may be records: full rows above others, or a great many.

        :param sent: how many rows are sent; ``last`` is the last of them on the sheet.
        """
        records = set(self._full[: bisect_left(self._full, last)])
        others = [(row, text) for row, text in self._found if row not in records]
        count = self._count - len(records)
        if records:
            full = [(row, text) for row, text in self._found if row in records]
            what = "left out, as the job says, although all columns are filled"
            self._tell(log, (what, "full rows left out"), full, len(records))
        many = count > FEW_ROWS and count > FEW_SHARE * (sent + self._count)
        self._tell(log, (LEFT_OUT, "many rows left out" if many else ""), others, count)

    def _tell(self, log: ProblemLog, said: tuple[str, str], rows: list[tuple[int, str]], count: int) -> None:
        """Name the rows and what they say; a note where the kind of warning is blank."""
        if not rows:
            return
        what, kind = said
        words = f"{'row' if count == 1 else 'rows'} {what}: {_named(rows)}"
        fault = Fault(words, "", Severity.NOTE)
        if kind:
            labels = list({row_key(text): f"“{row_text(text)}”" for _, text in rows}.values())
            fault = Fault(words, _TAKE_OFF, Severity.WARNING, topic=topic_of_all(kind, labels))
        subject = f"Sheet “{self._shape.sheet}”"
        for row, text in rows:
            log.add(subject, fault, self._shape.row_address(row), text)
        log.raise_count(subject, fault, count)


def without_left_out(blocks: Iterable[Block], texts: frozenset[str], shape: TableShape) -> Iterator[Block]:
    """Blocks without the rows that are left out, for whoever only looks at what is sent."""
    unsent = RowsLeftOut(texts, shape, Mapping(()))
    for block in blocks:
        gone = unsent.find(block, ())
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


def _named(rows: list[tuple[int, str]]) -> str:
    """``“Total” (rows 3, 7), “Source: x” (row 9)``; the first of many."""
    by_text: dict[str, tuple[str, list[int]]] = {}
    for row, text in rows:
        by_text.setdefault(row_key(text), (row_text(text), []))[1].append(row)
    said = []
    for text, numbers in list(by_text.values())[:NAMED]:
        more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
        noun = "row" if len(numbers) == 1 else "rows"
        said.append(f"“{text}” ({noun} {', '.join(map(str, numbers[:NAMED]))}{more})")
    return ", ".join(said) + (" and others" if len(by_text) > NAMED else "")
