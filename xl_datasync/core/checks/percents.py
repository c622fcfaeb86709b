"""Percentages among plain numbers."""

from __future__ import annotations

from xl_datasync.core.conversion import options_of
from xl_datasync.core.conversion.rule import shows_percent
from xl_datasync.core.mapping import MappedColumn
from xl_datasync.core.options import JobOptions, PercentStyle
from xl_datasync.core.problems import PLACES_KEPT, Fault, ProblemLog
from xl_datasync.core.values import Block, TableShape, value_text


class PercentCheck:
    """Watches a column for cells that show 45% among plain numbers: 45% is sent as 45, and a plain 0.45 as 0.45.

    Which of the two was meant, nobody can tell cell by cell, so a column of both stops the job.
    """

    def __init__(self, mapped: MappedColumn, shape: TableShape) -> None:
        self._mapped = mapped
        self._shape = shape
        self._counts = {False: 0, True: 0}
        self._places: dict[bool, list[tuple[int, str]]] = {False: [], True: []}

    @staticmethod
    def needed(mapped: MappedColumn, options: JobOptions) -> bool:
        """Whether a percent format changes what the column sends."""
        style = options_of(mapped, options).percent_style
        scaled = style is PercentStyle.TIMES_100 or (style is PercentStyle.AUTOMATIC and mapped.column.is_percent)
        return mapped.column.is_number and mapped.source is not None and scaled

    def add(self, block: Block, passed_over: set[int]) -> None:
        """Look at one block."""
        source = self._mapped.source
        if source is None:
            return  # A fixed value is shown in no cell.
        values, formats = block.columns[source.index], block.formats(source.index)
        shown_in_all = {shows_percent(code) for code in set(formats)}
        if len(shown_in_all) == 1 and not passed_over and len(self._places[min(shown_in_all)]) == PLACES_KEPT:
            self._counts[shown_in_all.pop()] += sum(1 for value in values if value and type(value) in (int, float))
            return
        for position, (value, code) in enumerate(zip(values, formats, strict=True)):
            if value and type(value) in (int, float) and position not in passed_over:
                shown = shows_percent(code)
                self._counts[shown] += 1
                if len(self._places[shown]) < PLACES_KEPT:
                    self._places[shown].append((block.rows[position], value_text(value)))

    def finish(self, log: ProblemLog) -> None:
        """Name the cells of the kind that is rarer."""
        if not all(self._counts.values()):
            return
        rarer = self._counts[True] < self._counts[False]
        what = "percentage among plain numbers" if rarer else "plain number among percentages"
        remedy = "Give all cells of the column the same format, or set the option “Percent style” to “As stored”."
        fault = Fault(what, remedy)
        for row, text in self._places[rarer]:
            log.add(self._mapped.subject, fault, self._mapped.address(self._shape, row), text)
        log.raise_count(self._mapped.subject, fault, self._counts[rarer])
