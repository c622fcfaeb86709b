"""What becomes of a column's cells under the present choices: the first rows, and how many fail and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from xl_datasync.core.checks import IdentifierCheck
from xl_datasync.core.column_map import ColumnChoice, MappedColumn
from xl_datasync.core.conversion import constant_outcome, make_converter
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.mapping import settle_mapping
from xl_datasync.core.matching import Match
from xl_datasync.core.options import JobOptions
from xl_datasync.core.problems import Fault, Problem, ProblemLog, shortened
from xl_datasync.core.values import Block, SheetColumn, TableShape, is_blank
from xl_datasync.dialogs.mapping.profile import Profile, as_on_sheet

LINES, WIDTH = 3, 60
NOTHING = "(blank)"


@dataclass(frozen=True)
class Became:
    """One of the first rows: what stands in the sheet, what is sent; or why nothing can be."""

    row: int
    before: str
    after: str
    fails: bool = False


@dataclass(frozen=True)
class Checked:
    """What a check of one portal column found.

    :param failing: how many cells cannot be sent; warnings are among ``problems`` only.
    """

    lines: tuple[Became, ...] = ()
    problems: tuple[Problem, ...] = ()
    failing: int = 0


@dataclass(frozen=True)
class ToCheck:
    """What is checked: a portal column by the rows of the Column map for it, over the rows of the sheet that were kept.

    :param sources: the sheet columns that these rows name.
    """

    column: Column
    choices: tuple[ColumnChoice, ...]
    sources: tuple[SheetColumn, ...]
    shape: TableShape
    dataset: Dataset
    options: JobOptions
    profile: Profile


def check_column(subject: ToCheck) -> Checked:
    """Convert the rows that were kept by the choices for one portal column."""
    shape, column = subject.shape, subject.column
    log = ProblemLog()
    # The sheet and the dataset cut down to this column, so that nothing else is looked at: it may be one of thousands.
    alone = replace(subject.dataset, columns=(column,), row_identifier=None)
    narrow = replace(shape, columns=subject.sources)
    mapping = settle_mapping(narrow, alone, subject.choices, log)
    mapped = mapping.find(column)
    if mapped is None:
        return Checked(problems=log.problems())
    converter = make_converter(mapped, subject.options)
    keys = _Identifiers(subject, mapped, log) if column == subject.dataset.row_identifier else None
    name = f"Column “{subject.sources[0].header}”" if subject.sources else f"Column “{column.name}”"
    lines: list[Became] = []
    failing = 0
    for block in subject.profile.blocks:
        texts, faults = converter.convert(block)
        before = _Before(block)
        blocking = {place: fault for place, fault in faults if blocks_cell(fault)}
        failing += len(blocking)
        for place, fault in faults:
            source = converter.source_of(fault)
            where = shape.address(source, block.rows[place]) if source else shape.row_address(block.rows[place])
            log.add(name, fault, where, before([source] if source else (), place))
        if keys:
            keys.add(block, texts, blocking)
        if len(lines) < LINES:
            lines += _lines(subject, block, before, texts, blocking)[: LINES - len(lines)]
        if not subject.sources:
            break
    failing += keys.finish() if keys else 0
    return Checked(tuple(lines), log.problems(), failing)


class _Identifiers:
    """Looks for row identifiers that are blank or stand in more than one row."""

    def __init__(self, subject: ToCheck, mapped: MappedColumn, log: ProblemLog) -> None:
        self._index = IdentifierIndex(numeric=subject.column.is_number)
        self._check = IdentifierCheck(mapped, subject.shape, self._index)
        self._log = log
        self._blank = 0

    def add(self, block: Block, texts: Sequence[str], faulty: Collection[int]) -> None:
        """Look at one block; a row in which nothing stands is none."""
        filled = {place for column in block.columns for place, value in enumerate(column) if not is_blank(value)}
        places = [place for place, text in enumerate(texts) if text or place in filled]
        complained = {block.rows[place] for place in faulty}
        self._blank += sum(not texts[place] and place not in faulty for place in places)
        self._check.add(
            [texts[place] for place in places], [block.rows[place] for place in places], complained, self._log
        )

    def finish(self) -> int:
        """How many cells cannot be sent."""
        with closing(self._index) as index:
            self._check.finish(self._log)
            return self._blank + len(set(index.repeated_rows()))


def blocks_cell(fault: Fault) -> bool:
    """Whether a cell with this fault cannot be sent."""
    return fault.severity.value == "problem"


def constant_fault(column: Column, choice: ColumnChoice, source: SheetColumn | None, options: JobOptions) -> str:
    """What is wrong with the default or fixed value of a choice, in words; ``""`` where nothing is."""
    outcome = constant_outcome(MappedColumn(column, source, Match.CHOSEN, choice), options)
    if isinstance(outcome, Fault) and blocks_cell(outcome):
        return f"{outcome.what[:1].upper()}{outcome.what[1:]}. {outcome.remedy}"
    return ""


def _lines(
    subject: ToCheck, block: Block, show: _Before, texts: Sequence[str], faults: dict[int, Fault]
) -> list[Became]:
    found, sources, column = [], subject.sources, subject.column
    for place, row in enumerate(block.rows):
        blank = bool(sources) and all(is_blank(block.columns[source.index][place]) for source in sources)
        if blank and not texts[place]:
            continue
        before = show(sources, place)
        if place in faults:
            found.append(Became(row, before, faults[place].what, fails=True))
        else:
            found.append(Became(row, before, shortened(in_words(column, texts[place]), WIDTH) or NOTHING))
        if len(found) == (LINES if sources else 1):  # what is the same in every row is said once
            break
    return found


class _Before:
    """What the cells of a block show; their formats are asked for once, and only where one is looked at."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._formats: dict[int, Sequence[str]] = {}

    def __call__(self, sources: Sequence[SheetColumn], place: int) -> str:
        return ", ".join(self._cell(source.index, place) for source in sources)

    def _cell(self, index: int, place: int) -> str:
        if index not in self._formats:
            self._formats[index] = self._block.formats(index)
        text = as_on_sheet(self._block.columns[index][place], self._formats[index][place])
        return shortened(text, WIDTH) or NOTHING


def in_words(column: Column, text: str) -> str:
    """What is sent as a person reads it: a date with its month in letters, so that days and months are told apart."""
    if column.type == "checkbox":
        return {"true": "Yes", "false": "No"}.get(text, text)
    if column.type not in ("calendar_date", "date") or not text:
        return text
    try:
        moment = dt.datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return text
    day = f"{moment.day} {moment:%B} {moment.year}"
    time = "" if moment.time() == dt.time() else f", {moment:%H:%M:%S}".removesuffix(":00")
    if column.type == "date":
        time = f", {moment:%H:%M} UTC"
    return day + time
