"""Rows that a run sets aside: kept where they can be mended, and published alone once they are.

They are put on a sheet of the workbook where it is open in Excel, else in a file beside the CSV files. This is done
before the run's record is closed: a run that is cut off earlier is found at the next start like any other.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xl_datasync.aside_files import (
    SENT,
    aside_files,
    aside_path,
    free_name,
    in_use,
    sent_path,
    waiting_in,
    worth_sending,
)
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError, DataSyncError, WorkbookError
from xl_datasync.core.jobs import Job, UndoJob
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Fault, Problem, Severity, question, single
from xl_datasync.core.report import State, final_state
from xl_datasync.core.report_words import plural
from xl_datasync.core.values import SheetColumn, TableShape, area_address
from xl_datasync.csv_files import PART, file_name
from xl_datasync.history.later import key_of, undone_by, went_well
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import is_at
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Table, Workbook
from xl_datasync.workbook.set_aside import (
    HEADER_ROW,
    SHEET,
    AsideRow,
    AsideTable,
    Merged,
    SentRows,
    aside_table,
    extra_columns,
    merged,
    old_rows,
    our_choices,
    picked_rows,
    sent_rows,
    source_columns,
    write_aside_file,
)
from xl_datasync.workbook.stamp import FileStamp

if TYPE_CHECKING:
    from xl_datasync.workbook.live import LiveWorkbook

log = logging.getLogger(__name__)

# In the record of a run: it sent rows alone that had been set aside.
ALONE = "only_set_aside"
ROWS_NAMED = 10


@dataclass(frozen=True)
class Aside:
    """The rows that a plan sets aside, as they were read.

    :param stamp: of the file that held them, where they had been set aside before.
    :param sent: the rows that are sent, as far as earlier ones that wait may be among them.
    """

    shape: TableShape
    table: AsideTable
    stamp: FileStamp | None = None
    sent: SentRows = field(default_factory=SentRows)


@dataclass(frozen=True)
class Place:
    """Where rows were kept.

    :param name: the sheet or the file, in words; ``area`` the address of the rows that were put there, if it has one.
    :param rows: how many were put there; ``waiting`` how many of earlier runs are there.
    :param doubtful: of those, the ones that were sent with their own sheet too, with other values.
    :param others: files of the job beside this one.
    """

    name: str
    area: str = ""
    rows: int = 0
    waiting: int = 0
    doubtful: Sequence[AsideRow] = ()
    others: Sequence[Path] = ()


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
    aside = AsideTable(job.name, columns, rows, extras)
    if rows:
        aside.check_room(f"Sheet “{plan.shape.sheet}”")
    if ours:
        return Aside(plan.shape, aside, FileStamp.of(job.file) if job.file else None)
    waiting = _all_waiting(run, job, columns)
    if not waiting:
        return Aside(plan.shape, aside, sent=SentRows(_places(plan, columns)))
    numbers = {row for place in range(len(plan.numbers)) if (row := plan.numbers.row(place)) is not None}
    return Aside(plan.shape, aside, sent=sent_rows(table, waiting, numbers, _key_letters(plan)))


def _key_letters(plan: Plan) -> list[str]:
    """The letters of the row identifier's columns."""
    mapped = plan.mapping.find(plan.dataset.row_identifier)
    return [source.letter for source in mapped.sources] if mapped else []


def _places(plan: Plan, columns: Sequence[SheetColumn]) -> tuple[int, ...]:
    letters = _key_letters(plan)
    return tuple(place for place, column in enumerate(columns) if column.letter in letters)


def _refuse_undone(run: JobRun, job: Job, table: Table) -> None:
    """Make sure that rows go back to where the others of their run are.

    :raises ConfigurationError: where those were taken back.
    """
    undone = undone_by(run.settings.keeper.records())
    of_undone = [row for row in old_rows(table) if (row.run, job.name) in undone]
    if not of_undone:
        return
    places = ", ".join(str(row.at) for row in of_undone[:ROWS_NAMED])
    more = " …" if len(of_undone) > ROWS_NAMED else ""
    word, stand = ("row", "stands") if len(of_undone) == 1 else ("rows", "stand")
    raise ConfigurationError(
        f"The run that set {'it' if len(of_undone) == 1 else 'them'} aside was undone ({word} {places}{more}), so that "
        f"the dataset is as it was before and what {stand} here may be on it already.",
        where=str(job.file or f"Sheet “{job.source}”"),
        remedy="Publish the whole sheet they come from again: what is still faulty is set aside again. Then delete "
        "here what is not needed any more.",
    )


def _all_waiting(run: JobRun, job: Job, columns: Sequence[SheetColumn]) -> list[AsideRow]:
    """The rows of a job that wait, wherever they are kept."""
    if live := _live(job, run.book):
        from xl_datasync.workbook.live_set_aside import waiting_tables  # noqa: PLC0415

        with suppress(DataSyncError):
            return [row for table in waiting_tables(live, job.name, columns).values() for row in old_rows(table)]
        return []
    files = (waiting_in(path, columns) for path in aside_files(run.settings.csv_folder, job.name))
    return [row for table in files if table for row in table.rows]


def added_since(run: JobRun, plan: Plan) -> Problem | None:
    """What is said before a replace where mended rows were added since the last one: it removes them.

    A person is asked; where nobody is there, it is a warning if the sheet still has faulty rows.

    :raises WorkbookError: where the records cannot be read.
    """
    job, rows = plan.job, 0
    if job.method is not Method.REPLACE:
        return None
    records = run.settings.keeper.records()
    undone = undone_by(records)
    for record in records:
        at_it = record.job == job.name and is_at(record, job.connection.address, plan.dataset.id)
        if not at_it or not record.sending or not went_well(record) or key_of(record) in undone:
            continue
        if record.sending.get(ALONE):
            rows += int(record.sending.get("rows") or 0)
        elif record.started.get("method") == Method.REPLACE.verb:
            rows = 0
    if not rows:
        return None
    row, was = ("mended row", "was") if rows == 1 else ("mended rows", "were")
    what = f"{rows:,} {row} that {was} set aside and added since would be removed, unless mended on this sheet too"
    remedy = "Mend the sheet first."
    sent = run.settings.csv_folder / f"{file_name(job.name)}.{SENT}.csv"
    if sent.exists():
        remedy += f" What was added last is in {sent.name}, beside the other CSV files."
    if run.settings.confirm is None and plan.set_aside:
        return single(f"Job “{job.name}”", Fault(what, remedy, Severity.WARNING))
    return question(f"Job “{job.name}”", what, remedy, "Replace all the same")


def left_nowhere(run: JobRun, undo: UndoJob) -> Problem | None:
    """What is said after an undo of rows that had been set aside: they stand on no sheet any more."""
    records = run.settings.keeper.records()
    undone = next((record for record in records if (record.run, record.job) == (undo.run, undo.name)), None)
    if undone is None or not (undone.sending or {}).get(ALONE):
        return None
    folder = run.settings.csv_folder
    files = [sent_path(folder, undo.name), folder / f"{file_name(undo.name)}.{SENT}.csv"]
    # Later rows that were sent alone have taken the place of these files.
    sent = hashlib.sha256(files[1].read_bytes()).hexdigest() if files[1].exists() else ""
    last = sent == (undone.sending or {}).get("sha256")
    names = " and ".join(f"“{file.name}”" for file in files if last and file.exists())
    what = "the rows it had sent had been set aside and mended; they do not wait there any more"
    remedy = f"They are in {names}, beside the other CSV files. " if names else ""
    return single(
        f"Job “{undo.name}”", Fault(what, f"{remedy}Undo this undo to have them on the portal again.", Severity.NOTE)
    )


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
        path = _file_to_send(folder, job)
        place = replace(job, source=SHEET, file=path)
        with open_workbook(path) as kept:
            shape = _shape(aside_table(kept), str(path))
    method = Method.APPEND if job.method is Method.REPLACE else job.method
    choices = (*job.choices, *our_choices(shape))
    return replace(place, method=method, header_row=HEADER_ROW, choices=choices, only_set_aside=True)


def _file_to_send(folder: Path, job: Job) -> Path:
    """The file of a job that is sent: the first with mended rows, else the first with rows; the others follow later.

    :raises DataSyncError: where there is none, or it is open in Excel.
    """
    files = aside_files(folder, job.name)
    if not files:
        raise _nothing_there(job, aside_path(folder, job.name))
    closed = [path for path in files if not in_use(path)]
    if not closed:
        raise WorkbookError("It is open in Excel.", where=str(files[0]), remedy="Save and close it there.")
    return max(closed, key=worth_sending)


def _shape(table: Table, where: str) -> TableShape:
    """The shape of rows set aside.

    :raises ConfigurationError: where there are none.
    """
    if not any(True for _ in old_rows(table)):
        raise ConfigurationError("No rows are set aside there.", where=where, remedy="Publish the sheet itself.")
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
    """Whether the workbook with the jobs is open in Excel."""
    return book is not None and book.in_excel


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
        places = [_on_sheet(live, job, aside)] if live else _in_files(run.settings.csv_folder, job, aside)
    except Exception as error:  # Excel raises errors of its own kinds; the rows themselves were sent
        log.warning("rows set aside were not kept", exc_info=True)
        if not aside.table.rows and not job.only_set_aside:
            return  # Only rows of an earlier run, which the rows just sent replace, stay where they are.
        run.add_problems(single(subject, _not_kept(job, error)))
        return
    for place in places:
        for fault in _told(place, _what_to_do(run, job, aside, on_sheet=live is not None)):
            run.add_problems(single(subject, fault, place.area if place.rows else ""))


def _what_to_do(run: JobRun, job: Job, aside: Aside, *, on_sheet: bool) -> str:
    """What becomes of rows that were set aside, in words."""
    remedy = "Mend them there and publish that sheet."
    if not on_sheet:
        remedy = "Mend them there; whoever runs the jobs without Excel can then publish them alone."
        if not _is_open(run.book):
            remedy = "Mend them there, then publish them alone (“xl-datasync run --only-set-aside”)."
    if job.method is Method.REPLACE and not job.only_set_aside:
        remedy += f" Mend them on sheet “{aside.shape.sheet}” too: the next replace takes them off the dataset again."
    return remedy


def _told(place: Place, remedy: str) -> Iterator[Fault]:
    """What is told of a place."""
    if place.rows:
        yield Fault(f"{plural(place.rows, 'row')} set aside: {place.name}", remedy, Severity.WARNING)
    if place.doubtful:
        numbers = ", ".join(str(row.number) for row in place.doubtful[:ROWS_NAMED])
        more = " …" if len(place.doubtful) > ROWS_NAMED else ""
        row, was = ("row", "was") if len(place.doubtful) == 1 else ("rows", "were")
        what = f"{row} {numbers}{more} of the sheet {was} sent, but {was} also mended in another way: {place.name}"
        yield Fault(what, "Delete there what is not to be sent as well.", Severity.WARNING)
    if place.waiting:
        wait = "waits" if place.waiting == 1 else "wait"
        yield Fault(f"{plural(place.waiting, 'row')} of earlier runs still {wait}: {place.name}", "", Severity.NOTE)
    for other in place.others:
        what = f"rows of this job also wait in another file: {other}"
        yield Fault(what, "They are sent by a run of their own, after these.", Severity.WARNING)


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


def _on_sheet(live: LiveWorkbook, job: Job, aside: Aside) -> Place:
    """Keep rows on a sheet."""
    from xl_datasync.workbook.live_set_aside import renew_set_aside, write_set_aside  # noqa: PLC0415

    if job.only_set_aside:
        left = renew_set_aside(live, aside.shape.sheet, aside.table)
        return _sheet_place(left[0], left[1], len(aside.table.rows)) if left else Place("")

    def merge(waiting: Sequence[AsideRow], new: Sequence[AsideRow]) -> Merged:
        return merged(waiting, new, aside.sent, job.method)

    name, first, found = write_set_aside(live, aside.table, aside.shape.sheet, merge)
    place = _sheet_place(name, first, len(found.new))
    return replace(place, waiting=len(found.kept), doubtful=found.doubtful)


def _sheet_place(name: str, first: int, rows: int) -> Place:
    return Place(f"sheet “{name}”", area_address(name, f"{first}:{first + rows - 1}") if rows else "", rows)


def _in_files(folder: Path, job: Job, aside: Aside) -> list[Place]:
    """Keep rows in files: those that wait on, and the new ones in the first that may be written."""
    if job.only_set_aside:
        return [_renewed_file(folder, job, aside)]
    path, new, places = aside_path(folder, job.name), aside.table.rows, []
    mine = aside_files(folder, job.name)
    found: list[tuple[Path, AsideTable, Merged]] = []
    others: list[Path] = []
    for file in mine:
        table = None if in_use(file) else waiting_in(file, aside.table.columns)
        if table is None:
            others.append(file)
            continue
        found.append((file, table, merged(table.rows, new, aside.sent, job.method)))
        new = found[-1][2].new
    if new and not found:
        if path in others and not in_use(path):
            others[others.index(path)] = path.replace(free_name(path))
        file = free_name(path) if path.exists() else path
        found.append((file, replace(aside.table, rows=()), Merged((), new, ())))
    for number, (file, table, of_file) in enumerate(found):
        rows = new if number == 0 else ()
        places += _written(file, table, of_file, rows)
    if others:
        first = places[0] if places else Place("")
        places[:1] = [replace(first, others=tuple(others))]
    return places


def _written(file: Path, old: AsideTable, found: Merged, new: tuple[AsideRow, ...]) -> list[Place]:
    """Write what waits in a file and what is new; new rows go to a file of their own where it is in use after all."""
    place = Place(str(file), "", len(new), len(found.kept), found.doubtful)
    rows = (*found.kept, *new)
    if rows == old.rows:
        return [place]
    if not rows:
        file.unlink(missing_ok=True)
        return [place]
    draft = file.with_name(f"{file.stem}{PART}")
    write_aside_file(draft, replace(old, rows=rows))
    try:
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        unchanged = replace(place, rows=0, waiting=len(old.rows))
        if not new:
            return [unchanged]
        free = free_name(file)
        write_aside_file(free, replace(old, rows=new))
        return [unchanged, Place(str(free), "", len(new))]
    return [place]


def _renewed_file(folder: Path, job: Job, aside: Aside) -> Place:
    """Put a file whose rows were sent out of the way, and keep those that have faults again."""
    path = job.file or aside_path(folder, job.name)
    if aside.stamp and FileStamp.of(path) != aside.stamp:
        raise WorkbookError("It was saved by somebody while its rows were being sent.", where=str(path))
    draft = path.with_name(f"{path.stem}{PART}")
    if aside.table.rows:
        write_aside_file(draft, aside.table)
    others = tuple(file for file in aside_files(folder, job.name) if file != path)
    path.replace(sent_path(folder, job.name))
    if aside.table.rows:
        draft.replace(path)
    return Place(str(path), "", len(aside.table.rows), others=others)
