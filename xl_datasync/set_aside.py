"""Rows that a run sets aside: kept where they can be mended, and published alone once they are.

They are put on a sheet of the workbook where it is open in Excel, else in a file beside the CSV files. This is done
before the run's record is closed: a run that is cut off earlier is found at the next start like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError, DataSyncError, WorkbookError
from xl_datasync.core.jobs import Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Fault, Severity, single
from xl_datasync.core.report import State, final_state
from xl_datasync.core.report_words import plural
from xl_datasync.core.values import TableShape, area_address
from xl_datasync.csv_files import PART, file_name
from xl_datasync.job_run import JobRun
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Table, Workbook
from xl_datasync.workbook.set_aside import (
    HEADER_ROW,
    SHEET,
    AsideRow,
    AsideTable,
    aside_table,
    old_rows,
    our_choices,
    picked_rows,
    rows_to_keep,
    same_headers,
    source_columns,
    write_aside_file,
)
from xl_datasync.workbook.stamp import FileStamp

if TYPE_CHECKING:
    from xl_datasync.workbook.live import LiveWorkbook

log = logging.getLogger(__name__)

SENT = "set aside sent"


@dataclass(frozen=True)
class Aside:
    """The rows that a plan sets aside, as they were read.

    :param stamp: of the file that held them, where they had been set aside before.
    """

    shape: TableShape
    table: AsideTable
    stamp: FileStamp | None = None


def aside_path(folder: Path, job: str) -> Path:
    """The file that keeps a job's rows."""
    return folder / f"{file_name(job)}.set aside.xlsx"


def pick(plan: Plan, table: Table | None) -> Aside:
    """Read the rows that a plan sets aside.

    :param table: None where they are not to be kept.
    :raises WorkbookError: where there is no room to keep them; then nothing was sent.
    """
    job, ours = plan.job, plan.job.only_set_aside
    rows = picked_rows(table, plan.why_aside, ours=ours) if table and plan.why_aside else ()
    aside = AsideTable(job.name, source_columns(plan.shape, ours=ours), rows)
    if rows:
        aside.check_room(f"Sheet “{plan.shape.sheet}”")
    return Aside(plan.shape, aside, FileStamp.of(job.file) if ours and job.file else None)


def again(job: Job, book: Workbook, folder: Path, sheet: str = "") -> Job:
    """The job for rows alone that it has set aside: rows for a dataset that was replaced are added to it.

    What a replace had left out is not in the dataset. Where a row is there all the same, somebody has added it since:
    then adding stops and names it, and nothing is written over unseen.

    :param sheet: the set-aside sheet that is meant, in a workbook that is open in Excel; ``""`` for the job's own.
    :raises DataSyncError: where no rows are set aside, or they cannot be read.
    """
    live = _live(replace(job, file=None) if sheet else job, book)
    name = sheet or (_own_sheet(live, job.name) if live else "")
    if live and name:
        place = replace(job, source=name, file=None)
        shape = _shape(aside_table(live, name), f"Sheet “{name}”")
    else:
        path = aside_path(folder, job.name)
        if not path.exists():
            raise _nothing_there(job, path)
        if path.with_name(f"~${path.name}").exists():
            raise WorkbookError("It is open in Excel.", where=str(path), remedy="Save and close it there.")
        place = replace(job, source=SHEET, file=path)
        with open_workbook(path) as kept:
            shape = _shape(aside_table(kept), str(path))
    method = Method.APPEND if job.method is Method.REPLACE else job.method
    choices = (*job.choices, *our_choices(shape))
    return replace(place, method=method, header_row=HEADER_ROW, choices=choices, only_set_aside=True)


def _shape(table: Table, where: str) -> TableShape:
    """The shape of rows set aside.

    :raises ConfigurationError: where there are none.
    """
    if not any(True for _ in old_rows(table)):
        raise ConfigurationError("No rows are set aside there.", where=where, remedy="")
    return table.shape


def _nothing_there(job: Job, path: Path) -> ConfigurationError:
    remedy = "Rows that were set aside from inside Excel are on a sheet of the workbook: publish that sheet there."
    return ConfigurationError(f"No rows of the job “{job.name}” are set aside.", where=str(path), remedy=remedy)


def _live(job: Job, book: Workbook | None) -> LiveWorkbook | None:
    """The workbook that is open in Excel and holds what the job publishes; None where there is none."""
    if job.file or not _is_open(book):
        return None
    # Runs without Excel do not load what is needed to talk to it.
    from xl_datasync.workbook.live import LiveWorkbook  # noqa: PLC0415

    return book if isinstance(book, LiveWorkbook) else None


def _is_open(book: Workbook | None) -> bool:
    """Whether the workbook with the jobs is open in Excel; a closed one has no book behind it."""
    return hasattr(book, "book")


def _own_sheet(live: LiveWorkbook, job: str) -> str:
    from xl_datasync.workbook.live_set_aside import set_aside_sheets  # noqa: PLC0415

    filled = [name for name in set_aside_sheets(live, job) if any(True for _ in old_rows(aside_table(live, name)))]
    return filled[0] if filled else ""


def keep(run: JobRun, aside: Aside) -> None:
    """Keep the rows that were set aside, now that the others were sent; take off what was sent from among them.

    This is done before the record of the run is closed, and not broken off by a first Ctrl-C.
    What cannot be kept still stands on the sheet it comes from, and is told.
    """
    job = run.job
    if not isinstance(job, Job) or (job.only_set_aside and final_state(run.result) is State.FAILED):
        return
    subject = f"Job “{job.name}”"
    try:
        live = _live(job, run.book)
        place = _on_sheet(live, job, aside) if live else _in_file(run.settings.csv_folder, job, aside)
    except Exception as error:  # Excel raises errors of its own kinds; the rows themselves were sent
        log.warning("rows set aside were not kept", exc_info=True)
        if not aside.table.rows and not job.only_set_aside:
            return  # Only rows of an earlier run, which the rows just sent replace, stay where they are.
        run.add_problems(single(subject, _not_kept(job, error)))
        return
    if place and aside.table.rows:
        rows = plural(len(aside.table.rows), "row")
        remedy = "Mend them there and publish that sheet."
        if not live:
            remedy = "Mend them there; whoever runs the jobs without Excel can then publish them alone."
            if not _is_open(run.book):
                remedy = "Mend them there, then publish them alone (“xl-datasync run --only-set-aside”)."
        run.add_problems(single(subject, Fault(f"{rows} set aside: {place[0]}", remedy, Severity.WARNING), place[1]))


def _not_kept(job: Job, error: Exception) -> Fault:
    why = error.located if isinstance(error, DataSyncError) else getattr(error, "strerror", "") or type(error).__name__
    remedy = error.remedy if isinstance(error, DataSyncError) else ""
    if job.only_set_aside:
        what = f"the rows were sent, but could not be taken off from where they were set aside: {why}"
        remedy = remedy or "Delete them there: they must not be sent twice."
    else:
        what = f"rows that were set aside could not be put apart; they are still on their own sheet: {why}"
        remedy = remedy or "Mend them there and publish it again."
    return Fault(what.rstrip("."), remedy, Severity.WARNING)


def _on_sheet(live: LiveWorkbook, job: Job, aside: Aside) -> tuple[str, str] | None:
    """Keep rows on a sheet; gives it in words, and the address of the rows."""
    from xl_datasync.workbook.live_set_aside import renew_set_aside, write_set_aside  # noqa: PLC0415

    if job.only_set_aside:
        found = renew_set_aside(live, aside.shape.sheet, aside.table)
    else:
        replaces = job.method is Method.REPLACE
        found = write_set_aside(live, aside.table, aside.shape.sheet, replaces=replaces)
    if found is None:
        return None
    name, first = found
    return f"sheet “{name}”", area_address(name, f"{first}:{first + len(aside.table.rows) - 1}")


def _in_file(folder: Path, job: Job, aside: Aside) -> tuple[str, str] | None:
    """Keep rows in a file."""
    path = aside_path(folder, job.name)
    if job.only_set_aside:
        if aside.stamp and FileStamp.of(path) != aside.stamp:
            raise WorkbookError("It was saved by somebody while its rows were being sent.", where=str(path))
        rows: Sequence[AsideRow] = aside.table.rows
    elif path.exists():
        waiting = _waiting(path, job, aside)
        if waiting is None:
            return None
        rows = [*waiting, *aside.table.rows]
    else:
        rows = aside.table.rows
    draft = path.with_name(f"{path.stem}{PART}")
    if rows:
        write_aside_file(draft, replace(aside.table, rows=tuple(rows)))
    if job.only_set_aside:
        path.replace(path.with_name(f"{file_name(job.name)}.{SENT}.xlsx"))
    if rows:
        return str(_named(draft, path)), ""
    path.unlink(missing_ok=True)
    return None


def _named(draft: Path, path: Path) -> Path:
    """Give a finished file its name, or one with a number where that is open in Excel."""
    with suppress(OSError):
        return draft.replace(path)
    return draft.replace(_free(path))


def _waiting(path: Path, job: Job, aside: Aside) -> Sequence[AsideRow] | None:
    """The rows of a file that still wait to be mended; None where the file stays as it is.

    A file with other columns is put out of the way.
    """
    new, replaces = aside.table.rows, job.method is Method.REPLACE
    with suppress(DataSyncError), open_workbook(path) as book:
        table = aside_table(book)
        if same_headers(source_columns(table.shape, ours=True), aside.table.columns):
            old = list(old_rows(table))
            kept = [item.row for item in rows_to_keep(old, new, replaces=replaces)]
            return kept if new or len(kept) < len(old) else None
    if not new:
        return None
    path.replace(_free(path))
    return ()


def _free(path: Path) -> Path:
    """A name that no file has yet."""
    numbers = iter(range(2, 10_000))
    return next(free for n in numbers if not (free := path.with_name(f"{path.stem} {n}{path.suffix}")).exists())
