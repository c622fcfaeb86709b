"""The rows that a run sets aside, read before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.values import SheetColumn
from xl_datasync.history.later import undone_by
from xl_datasync.job_run import JobRun
from xl_datasync.set_aside.aside import Aside
from xl_datasync.set_aside.shelves import shelf_of
from xl_datasync.set_aside.telling import first_numbers
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside.merging import sent_rows
from xl_datasync.workbook.set_aside.reading import extra_columns, old_rows, picked_rows, source_columns
from xl_datasync.workbook.set_aside.rows import AsideTable
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
    rows = picked_rows(table, plan.why_aside, run.kept.run, ours=ours) if plan.why_aside else ()
    extras = tuple(column.header for column in extra_columns(plan.shape)) if ours else ()
    named: dict[str, tuple[int, ...]] = {}
    for mapped in plan.mapping.columns:  # two columns may have one header
        named[mapped.subject] = (*named.get(mapped.subject, ()), *_places(columns, mapped.sources))
    aside = AsideTable(job.name, columns, rows, extras, named)
    if rows:
        aside.check_room(f"Sheet “{plan.shape.sheet}”")
    if ours:
        return Aside(plan.shape, aside, FileStamp.of(job.file) if job.file else None)
    waiting = shelf_of(job, run.book, run.settings.csv_folder).waiting(columns)
    places = range(len(plan.numbers)) if waiting else ()
    numbers = {row for place in places if (row := plan.numbers.row(place)) is not None}
    identifier = plan.mapping.find(plan.dataset.row_identifier)
    key = _places(columns, identifier.sources) if identifier else ()
    return Aside(plan.shape, aside, sent=sent_rows(table, waiting, numbers, key))


def _places(columns: Sequence[SheetColumn], wanted: Collection[SheetColumn]) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(columns) if column in wanted)


def _refuse_undone(run: JobRun, job: Job, table: Table) -> None:
    """Make sure that rows go back to where the others of their run are.

    :raises ConfigurationError: where those were taken back.
    """
    undone = undone_by(run.settings.keeper.records())
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
