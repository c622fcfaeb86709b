"""The rows that a run sets aside, read before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import Job
from xl_datasync.core.left_out import without_left_out
from xl_datasync.core.plan import Plan
from xl_datasync.core.values import Block, SheetColumn
from xl_datasync.history.later import key_of, undone_by
from xl_datasync.job_run import JobRun
from xl_datasync.set_aside.aside import Aside
from xl_datasync.set_aside.shelves import shelf_of
from xl_datasync.set_aside.telling import first_numbers
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside.merging import superseded
from xl_datasync.workbook.set_aside.reading import extra_columns, old_rows, picked_rows, source_columns
from xl_datasync.workbook.set_aside.rows import AsideRow, AsideTable
from xl_datasync.workbook.stamp import FileStamp


def pick(run: JobRun, plan: Plan, table: Table) -> Aside:
    """Read the rows that a plan sets aside, and find out what that means for those that wait.

    :raises WorkbookError: where there is no room to keep them; then nothing was sent.
    :raises ConfigurationError: where rows that were set aside come from a run that was undone since.
    """
    job, ours = plan.job, plan.job.only_set_aside
    if ours:
        _refuse_undone(run, job, table)
    columns = source_columns(plan.shape, ours=ours)
    if not run.publishes:
        return Aside(plan.shape, AsideTable(job.name, columns, ()))
    why, stood = plan.why_aside, tuple(old_rows(table)) if ours else ()
    if ours:  # these keep their numbers, their marks and their run
        rows = tuple(replace(row, why=why[row.at]) for row in stood if row.at in why)
    else:
        rows = picked_rows(table, why, run.kept.run) if why else ()
    extras = tuple(column.header for column in extra_columns(plan.shape)) if ours else ()
    named: dict[str, tuple[int, ...]] = {}
    for mapped in plan.mapping.columns:  # two columns may have one header
        named[mapped.subject] = (*named.get(mapped.subject, ()), *_places(columns, mapped.sources))
    aside = AsideTable(job.name, columns, rows, extras, named)
    if rows:
        aside.check_room(f"Sheet “{plan.shape.sheet}”")
    if ours:
        told = _sent(plan) | why.keys()
        unsent = tuple(row for row in stood if row.at not in told)
        return Aside(plan.shape, aside, unsent=unsent, stamp=FileStamp.of(job.file) if job.file else None)
    waiting = shelf_of(job, run.book, run.settings.csv_folder).waiting(columns)
    if not waiting:
        return Aside(plan.shape, aside)
    identifier = plan.mapping.find(plan.dataset.row_identifier)
    key = _places(columns, identifier.sources) if identifier else ()
    by = superseded(table, waiting, _sent(plan), key)
    return Aside(plan.shape, aside, replace(by, left_out=_left_out(plan, waiting)))


def _sent(plan: Plan) -> set[int]:
    """The numbers of the rows that are sent."""
    return {row for place in range(len(plan.numbers)) if (row := plan.numbers.row(place)) is not None}


def _left_out(plan: Plan, waiting: Sequence[AsideRow]) -> set[str]:
    """The marks of rows that wait and that the job leaves out now."""
    columns = list(zip(*(row.values for row in waiting), strict=True))
    block = Block(range(len(waiting)), columns, lambda _: (), lambda _: ())
    texts = plan.job.options.rows_left_out
    sent = {place for left in without_left_out([block], texts, plan.shape) for place in left.rows}
    return {row.now for place, row in enumerate(waiting) if place not in sent}


def _places(columns: Sequence[SheetColumn], wanted: Collection[SheetColumn]) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(columns) if column in wanted)


def _refuse_undone(run: JobRun, job: Job, table: Table) -> None:
    """Make sure that rows are not added beside themselves: what a replace had left out, its undo may have put back.

    :raises ConfigurationError: where the replace that set them aside was undone.
    """
    records = run.settings.keeper.records()
    replaced = {key_of(record) for record in records if record.started.get("method") == Method.REPLACE.verb}
    undone = replaced.intersection(undone_by(records))
    numbers = [row.at for row in old_rows(table) if (row.run, job.name) in undone]
    if not numbers:
        return
    one = len(numbers) == 1
    raise ConfigurationError(
        f"The run that set {'it' if one else 'them'} aside was undone ({'row' if one else 'rows'} "
        f"{first_numbers(numbers)}), so that the dataset is as it was before and what {'stands' if one else 'stand'} "
        "here may be on it already.",
        where=str(job.file or f"Sheet “{job.source}”"),
        remedy="Publish the whole sheet they come from again: what is still faulty is set aside again. Then delete "
        "here what is not needed any more.",
    )
