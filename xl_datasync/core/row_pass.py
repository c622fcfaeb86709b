"""One pass over a sheet's rows: convert, check, count, write."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from xl_datasync.core.checks import IdentifierCheck, check_merged, watchers
from xl_datasync.core.checks.answers import of_column
from xl_datasync.core.conversion import ColumnConverter, make_converter
from xl_datasync.core.csv_text import CsvWriter
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.left_out import RowsLeftOut
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.options import HiddenPolicy
from xl_datasync.core.problems import PLACES_KEPT, Fault, ProblemLog, Severity, any_blocks
from xl_datasync.core.row_numbers import RowNumbers
from xl_datasync.core.set_aside import BLANK_IDENTIFIER, REPEATED_IDENTIFIER, RowFaults
from xl_datasync.core.values import EXCEL_LAST_ROW, Block, TableShape, Value, is_blank, value_text

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Settled:
    """What holds for each pass over the rows."""

    job: Job
    dataset: Dataset
    shape: TableShape
    mapping: Mapping


class RowPass:
    """One pass: convert, check, count, write.

    :param faulty: gathers the rows with faults and what is wrong with them; None where nobody asks which they are.
    :param aside: numbers of rows that are set aside.
    """

    def __init__(self, settled: Settled, writer: CsvWriter, faulty: RowFaults | None, aside: Collection[int]) -> None:
        job, shape, mapping = settled.job, settled.shape, settled.mapping
        self._shape = shape
        self._converters = [make_converter(mapped, job.options) for mapped in mapping.columns]
        self._identifier = mapping.find(settled.dataset.row_identifier)
        self._watchers = watchers(mapping, job, shape, settled.dataset)
        self._blanks = array("q")
        self._hidden = shape.hidden_rows if job.options.hidden_rows is HiddenPolicy.SKIP else frozenset()
        self._left_out = RowsLeftOut(job.options.rows_left_out, shape, mapping)
        self._faulty = faulty
        self._aside = aside
        self.writer = writer
        self.numbers = RowNumbers()
        self.rows = self.blank_rows = self.hidden_rows = 0

    def over(self, blocks: Iterator[Block], index: IdentifierIndex, log: ProblemLog) -> None:
        """Go over all rows."""
        of_rows = self._faulty.log if self._faulty else log
        check = IdentifierCheck(self._identifier, self._shape, index) if self._identifier else None
        last = 0
        for block in blocks:
            passed_over = self._passed_over(block)
            texts, rows = [], _without(block.rows, passed_over)
            for converter in self._converters:
                column, faults = converter.convert(block)
                faulty = self._log_faults(converter, block, [f for f in faults if f[0] not in passed_over], of_rows)
                texts.append(_without(column, passed_over))
                if check and converter.mapped is self._identifier:
                    check.add(texts[-1], rows, faulty, of_rows)
                    self._note_blank_identifiers(texts[-1], rows, faulty)
            for watcher in self._watchers:
                watcher.add(block, passed_over)
            self.rows += len(rows)
            self.numbers.add(rows)
            self.writer.write(texts)
            if rows:
                last = rows[-1]
        for watcher in self._watchers:
            watcher.finish(log)
        if check:
            check.finish(of_rows)
            self._note_repeated_identifiers(index)
        check_merged(self._shape, self._left_out.rows, log)
        self._left_out.finish(log, self.rows, last)
        self._log_passed_over(last, log)

    def _passed_over(self, block: Block) -> set[int]:
        """Positions of rows that are not sent: blank, set aside, or hidden or left out where the job says so."""
        hidden = {place for place, row in enumerate(block.rows) if row in self._hidden} if self._hidden else set()
        left_out = self._left_out.find(block, hidden)
        blank = self._blank(block) - hidden - left_out
        self.hidden_rows += len(hidden)
        self._blanks.extend(block.rows[place] for place in sorted(blank))
        passed_over = hidden | left_out | blank
        if self._aside:
            passed_over |= {place for place, row in enumerate(block.rows) if row in self._aside}
        return passed_over

    def _blank(self, block: Block) -> set[int]:
        """Positions of rows that hold nothing to send.

        Where there is a row identifier, a row with anything in it at all is no blank row: its identifier is missing.
        """
        sources = [block.columns[source.index] for c in self._converters for source in c.mapped.sources]
        if not sources or not all(map(_may_hold_blank, sources)):
            return set()
        looked_at = block.columns if self._identifier else sources
        return {p for p in range(len(block.rows)) if all(is_blank(values[p]) for values in looked_at)}

    def _log_faults(
        self, converter: ColumnConverter, block: Block, faults: list[tuple[int, Fault]], log: ProblemLog
    ) -> set[int]:
        """Add a column's faults to the log; gives the rows that have a blocking one."""
        faulty: set[int] = set()
        for position, found in faults:
            source = converter.source_of(found)
            if source is None:
                continue  # A fixed value stands in no cell; it is told of once, where it is written.
            value = value_text(block.columns[source.index][position])
            fault = of_column(found, converter.mapped)
            log.add(converter.mapped.subject, fault, self._shape.address(source, block.rows[position]), value)
            if fault.severity is Severity.PROBLEM:
                faulty.add(block.rows[position])
                if self._faulty:
                    self._faulty.add([block.rows[position]], converter.mapped.subject, fault)
        return faulty

    def _note_blank_identifiers(self, texts: Sequence[str], rows: Sequence[int], faulty: set[int]) -> None:
        """Note the rows that the check of identifiers complains of one by one."""
        if self._faulty and self._identifier and "" in texts:
            blank = [row for text, row in zip(texts, rows, strict=True) if not text and row not in faulty]
            self._faulty.add(blank, self._identifier.subject, BLANK_IDENTIFIER)

    def _note_repeated_identifiers(self, index: IdentifierIndex) -> None:
        """Note all rows of identifiers that stand in more than one; of these the check names only the first."""
        if self._faulty and self._identifier and any_blocks(self._faulty.log.problems()):
            self._faulty.add(index.repeated_rows(), self._identifier.subject, REPEATED_IDENTIFIER)

    def _log_passed_over(self, last: int, log: ProblemLog) -> None:
        subject = f"Sheet “{self._shape.sheet}”"
        self.blank_rows = bisect_left(self._blanks, last)  # those below the last row sent stand between nothing
        if self.blank_rows:
            what = "blank rows between the data; they are passed over"
            fault = Fault(what, "Delete them.", Severity.WARNING, topic=f"blank rows: {self.blank_rows:,}")
            for row in self._blanks[: min(self.blank_rows, PLACES_KEPT)]:
                log.add(subject, fault, self._shape.row_address(row))
            log.raise_count(subject, fault, self.blank_rows)
        if self.hidden_rows:
            what = f"hidden rows passed over, as the job says: {self.hidden_rows:,}"
            log.add(subject, Fault(what, "", Severity.NOTE))
        if last == EXCEL_LAST_ROW:
            what = "the sheet is full to its last row; more may have been cut off"
            log.add(subject, Fault(what, "Compare its row count with the source.", Severity.WARNING))


def _may_hold_blank(values: Sequence[Value]) -> bool:
    """Whether a column has a cell that shows nothing; quick, because it is asked of every block."""
    if None in values:
        return True
    texts = [value for value in values if isinstance(value, str)]
    return not all(map(str.strip, texts)) or (not "".join(texts).isascii() and any(map(is_blank, texts)))


def _without(items: Sequence[_Item], passed_over: set[int]) -> Sequence[_Item]:
    """The items whose position is not passed over; the same object where none is."""
    return [item for position, item in enumerate(items) if position not in passed_over] if passed_over else items
