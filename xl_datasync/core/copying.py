"""Copying a dataset: which of its columns go where, and every difference that stands in the way. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xl_datasync.core.checks import RIGHTS_NEEDED, kind_fault, rights_words
from xl_datasync.core.dataset import NUMBER_TYPES, Blueprint, Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import PortJob
from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.names import squeeze
from xl_datasync.core.problems import Fault, Problem, ProblemLog, Severity, any_blocks

_NO_FIELD_NAME = re.compile("[^a-z0-9]+")


@dataclass(frozen=True)
class CopiedColumn:
    """A column of the source and the one it becomes or fills."""

    source: Column
    target: Column


@dataclass(frozen=True)
class CopyPlan:
    """What a port job would do.

    :param dataset: the destination, None as long as it has to be made; then ``blueprint`` says how.
    :param rows: rows the source had when they were counted; 0 where none are copied.
    """

    job: PortJob
    source: Dataset
    columns: tuple[CopiedColumn, ...]
    dataset: Dataset | None
    blueprint: Blueprint | None
    problems: tuple[Problem, ...]
    rows: int = 0
    sha256: str = ""

    @property
    def sendable(self) -> bool:
        """Whether nothing stands in the way."""
        return not any_blocks(self.problems)

    @property
    def targets(self) -> tuple[Column, ...]:
        """The columns that are filled."""
        return tuple(column.target for column in self.columns)

    @property
    def field_names(self) -> dict[str, str]:
        """The source's field names, each with that of the column it fills."""
        return {column.source.field_name: column.target.field_name for column in self.columns}


def plan_copy(job: PortJob, source: Dataset, destination: Dataset | None, *, signed_in: bool) -> CopyPlan:
    """Work out which column goes where.

    :param destination: where rows go to a dataset that is there already.
    :param signed_in: whether the rights at the destination are those of an account.
    """
    log = ProblemLog()
    fault = kind_fault(source)
    if fault:
        log.add(f"Source {source.label}", fault, job.where)
    choices = _Choices(job.choices, source, log)
    candidates = [column for column in _copyable(source, log) if not choices.ignores(column)]
    if not candidates:
        log.add(
            f"Source “{source.name}”",
            Fault("no column of it can be copied", "Choose another dataset as the source."),
            job.where,
        )
    if destination is None:
        columns = tuple(_new_columns(candidates, choices, log))
        blueprint = _blueprint(job, source, columns, log)
    else:
        columns, blueprint = tuple(_matched(candidates, destination, choices, log)), None
        _compare(job, source, destination, columns, choices, log)
        _check_destination(job, destination, log, signed_in=signed_in)
    choices.finish(log, new=destination is None)
    return CopyPlan(job, source, columns, destination, blueprint, log.problems())


class _Choices:
    """The rows of the column map, by the source's columns."""

    def __init__(self, choices: Sequence[ColumnChoice], source: Dataset, log: ProblemLog) -> None:
        self._by_field: dict[str, ColumnChoice] = {}
        self.blank: list[ColumnChoice] = []
        for choice in choices:
            column = _find(source.columns, choice.sheet_column) if choice.sheet_column else None
            if choice.send is Send.LEAVE_BLANK:
                self.blank.append(choice)
            elif choice.default or choice.fixed_value or not choice.sheet_column:
                what = "fixed and default values are not for copied datasets"
                log.add("Column map", Fault(what, "Clear them, or publish from a sheet."), choice.where)
            elif choice.part or choice.percent_style or choice.keep_text or choice.yes_words or choice.no_words:
                what = "parts of places and rules for reading cells are not for copied datasets"
                log.add("Column map", Fault(what, "Clear them, or publish from a sheet."), choice.where)
            elif column is None:
                what = f"the source has no column “{choice.sheet_column}”"
                names = ", ".join(column.name for column in source.columns[:12])
                log.add("Column map", Fault(what, f"It has: {names}."), choice.where)
            else:
                self._by_field[column.field_name] = choice
        self._blank_used: set[int] = set()

    def ignores(self, column: Column) -> bool:
        """Whether a column is left out on purpose."""
        choice = self._by_field.get(column.field_name)
        return choice is not None and choice.send is Send.IGNORE

    def target(self, column: Column) -> ColumnChoice | None:
        """The row that says where a column goes."""
        choice = self._by_field.get(column.field_name)
        return choice if choice and choice.portal_field else None

    def leaves_blank(self, column: Column) -> bool:
        """Whether a destination's column is left blank on purpose."""
        for place, choice in enumerate(self.blank):
            if _find([column], choice.portal_field):
                self._blank_used.add(place)
                return True
        return False

    def finish(self, log: ProblemLog, *, new: bool) -> None:
        """Name the rows that met nothing.

        :param new: whether the destination has to be made.
        """
        for place, choice in enumerate(self.blank):
            if place not in self._blank_used:
                what = f"the destination has no column “{choice.portal_field}” that would be left blank"
                remedy = "Correct the name, or delete the row."
                if new:
                    what, remedy = "a new dataset has no columns but those that are copied", "Delete the row."
                log.add("Column map", Fault(what, remedy), choice.where)


def _copyable(source: Dataset, log: ProblemLog) -> Iterator[Column]:
    """The columns that can be written elsewhere; the others are named."""
    for column in source.columns:
        if column.writable:
            yield column
            continue
        own = column.computed or column.field_name.startswith(":")
        why = "it is filled by the portal itself" if own else f"values of type “{column.type}” cannot be written"
        log.add(f"Column “{column.name}”", Fault(f"left out: {why}", "", Severity.NOTE))


def _find(columns: Sequence[Column], name: str) -> Column | None:
    """A column by its API field name, else by its display name."""
    wanted = name.casefold()
    by_field = next((column for column in columns if column.field_name.casefold() == wanted), None)
    return by_field or next((column for column in columns if column.name.casefold() == wanted), None)


def _new_columns(candidates: Sequence[Column], choices: _Choices, log: ProblemLog) -> Iterator[CopiedColumn]:
    taken: dict[str, str] = {}
    for column in candidates:
        choice, target = choices.target(column), replace(column, id=0)
        if choice:
            field_name = field_name_of(choice.portal_field, column.field_name)
            target = replace(target, name=choice.portal_field, field_name=field_name)
        if target.field_name in taken:
            what = f"two columns would have the field name “{target.field_name}”"
            where = choice.where if choice else taken[target.field_name]
            log.add("Column map", Fault(what, "Give one of them another name."), where)
        taken[target.field_name] = choice.where if choice else ""
        yield CopiedColumn(column, target)


def field_name_of(name: str, otherwise: str) -> str:
    """The API field name a portal would make of a display name (protocol §8 [C], in part [U]).

    :param otherwise: the name for one without a Latin letter or digit, of which nothing would be left.
    """
    plain = _plain(name.casefold()) or _plain(squeeze(name)) or otherwise
    return f"_{plain}" if plain[0].isdigit() else plain


def _plain(name: str) -> str:
    return _NO_FIELD_NAME.sub("_", name).strip("_")


def _blueprint(job: PortJob, source: Dataset, columns: Sequence[CopiedColumn], log: ProblemLog) -> Blueprint:
    identifier = next((column.target.field_name for column in columns if column.source == source.row_identifier), "")
    if source.row_identifier and not identifier:
        what = f"the row identifier “{source.row_identifier.name}” is left out, so the new dataset has none"
        log.add(
            f"Source “{source.name}”",
            Fault(what, "Set its Send? to “Yes” in the Column map, unless that is meant.", Severity.WARNING),
        )
    targets = tuple(column.target for column in columns)
    return Blueprint(job.title or source.name, targets, identifier, source.details)


def _matched(
    candidates: Sequence[Column], destination: Dataset, choices: _Choices, log: ProblemLog
) -> Iterator[CopiedColumn]:
    """Each column with the destination's of the same name, or the one the column map names."""
    taken: dict[str, tuple[Column, str]] = {}
    for column in candidates:
        choice = choices.target(column)
        wanted = choice.portal_field if choice else column.field_name
        target = _find(destination.columns, wanted) or (None if choice else _find(destination.columns, column.name))
        subject, where = f"Column {column.label}", choice.where if choice else ""
        if target is None:
            remedy = "Add it there, or set the column to “Ignore” in the Column map."
            log.add(subject, Fault(f"the destination has no column “{wanted}”", remedy), where)
        elif not target.writable:
            log.add(subject, Fault(f"the destination fills “{target.name}” itself; left out", "", Severity.NOTE))
        elif target.field_name in taken:
            first, its_place = taken[target.field_name]
            what = f"“{target.name}” would be filled by “{first.name}” as well"
            log.add(subject, Fault(what, "Set one of them to “Ignore” in the Column map."), where or its_place)
        else:
            taken[target.field_name] = column, where
            yield CopiedColumn(column, target)


def _compare(  # noqa: PLR0913, PLR0917  # all that a comparison is about
    job: PortJob,
    source: Dataset,
    destination: Dataset,
    columns: Sequence[CopiedColumn],
    choices: _Choices,
    log: ProblemLog,
) -> None:
    """Every difference between the two schemas."""
    for column in columns:
        ours, theirs = column.source.type, column.target.type
        if ours != theirs and not {ours, theirs} <= NUMBER_TYPES:
            what = f"it is {_article(ours)} here and {_article(theirs)} at the destination"
            remedy = "Change one of the two on the portal, or set the column to “Ignore” in the Column map."
            log.add(f"Column {column.source.label}", Fault(what, remedy))
    filled = {column.target.field_name for column in columns}
    for target in destination.writable_columns:
        if target.field_name not in filled and not choices.leaves_blank(target):
            _log_extra(job, destination, target, log)
    order = [column.target.field_name for column in columns]
    theirs_in_order = [c.field_name for c in destination.columns if c.field_name in filled]
    if order != theirs_in_order:
        log.add(_label(destination), Fault("its columns stand in another order", "", Severity.NOTE))
    _compare_identifiers(job, source, destination, columns, log)


def _log_extra(job: PortJob, destination: Dataset, target: Column, log: ProblemLog) -> None:
    subject = f"Column {target.label} of the destination"
    if target == destination.row_identifier:
        log.add(
            subject,
            Fault("it is the row identifier, and the source has no such column", "Name one for it in the Column map."),
        )
    elif job.method is Method.REPLACE:
        remedy = "Add it to the Column map with Send? set to “Leave blank”, or use “Update and add”."
        log.add(subject, Fault("the source has no such column; replacing would empty it", remedy))
    else:
        log.add(subject, Fault("the source has no such column; it is left as it is", "", Severity.NOTE))


def _compare_identifiers(
    job: PortJob, source: Dataset, destination: Dataset, columns: Sequence[CopiedColumn], log: ProblemLog
) -> None:
    theirs = destination.row_identifier
    if theirs is None:
        if job.method is Method.UPSERT:
            what = f"it has no row identifier, so “{job.method.value}” would add every row again"
            log.add(_label(destination), Fault(what, "Set one there, or use “Replace all rows”."), job.where)
        elif source.row_identifier:
            what = f"it has no row identifier; the source's is “{source.row_identifier.name}”"
            log.add(_label(destination), Fault(what, "", Severity.NOTE))
        return
    image = next((column.source for column in columns if column.target == theirs), None)
    if image and image != source.row_identifier:
        ours = f"the source's is “{source.row_identifier.name}”" if source.row_identifier else "the source has none"
        what = f"its row identifier is “{theirs.name}”, and {ours}: rows with the same “{theirs.name}” become one"
        log.add(_label(destination), Fault(what, "Check that no value of it stands twice.", Severity.WARNING))


def _check_destination(job: PortJob, destination: Dataset, log: ProblemLog, *, signed_in: bool) -> None:
    fault = kind_fault(destination)
    if fault:
        log.add(_label(destination), fault, job.where)
    missing = RIGHTS_NEEDED[job.method] - destination.rights
    if signed_in and missing:
        owner = f" {destination.owner}" if destination.owner else ""
        what = f"your account may not {rights_words(missing)} in it"
        log.add(_label(destination), Fault(what, f"Ask its owner{owner} for the right to edit it."), job.where)
    same_place = job.connection.host == job.source_connection.host
    if same_place and job.source_id == destination.id:
        what = "source and destination are the same dataset"
        log.add(_label(destination), Fault(what, "Name another destination."), job.where)


def _label(destination: Dataset) -> str:
    return f"Destination {destination.label}"


def _article(type_name: str) -> str:
    return f"{'an' if type_name[0] in 'aeiou' else 'a'} “{type_name}”"
