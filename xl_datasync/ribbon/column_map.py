"""“Map columns”: the mapping dialog over the sheet in front, and its answer written into the Column map."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from xl_datasync.api import Person, book_keeper, opener, publishing_jobs, signed_in_if_possible, sound_config
from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.errors import DataSyncError, SignInError
from xl_datasync.core.jobs import Job
from xl_datasync.core.left_out import without_left_out
from xl_datasync.core.map_picture import picture_of
from xl_datasync.core.mapping import settle_mapping
from xl_datasync.core.problems import ConfigurationFaults, ProblemLog, Severity
from xl_datasync.core.report_words import plural
from xl_datasync.core.values import TableShape, Value
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.mapping.form import MapForm
from xl_datasync.dialogs.mapping.profile import Profile, make_profile
from xl_datasync.dialogs.mapping.start import doubted, start
from xl_datasync.dialogs.words import sentence
from xl_datasync.job_run import Aim
from xl_datasync.map_pictures import drift_problems, remember, renamed_rows
from xl_datasync.ribbon.endings import faults_ending
from xl_datasync.ribbon.session import Session
from xl_datasync.ribbon.sheet_jobs import chosen_job
from xl_datasync.workbook.closed import open_source
from xl_datasync.workbook.column_map_rows import rows_of
from xl_datasync.workbook.config import read_config
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.pointing import go_to
from xl_datasync.workbook.protocol import Source
from xl_datasync.workbook.tables import COLUMN_MAP, JOBS
from xl_datasync.write_back import write_faults

NOTHING_SAVED = Ending("done", "Nothing was changed.", quiet=True)
Row = dict[str, Value]


def map_columns(session: Session) -> Ending:
    """Say where each column of the sheet in front goes."""
    with session.workbook() as live:
        name = chosen_job(session, live)
        if name is None:
            return NOTHING_SAVED
        try:
            return edit_map(session, live, name)
        except ConfigurationFaults as error:
            session.writing()
            return faults_ending(error, write_faults(live, error.problems))


def edit_map(session: Session, live: LiveWorkbook, name: str, notes: Sequence[str] = ()) -> Ending:
    """Show a job's column map, and write down what was changed.

    :param notes: sentences that are to be read first.
    :raises DataSyncError: where the job, its sheet or its dataset cannot be read; then nothing was changed.
    """
    (job,) = publishing_jobs(sound_config(live, [name]))
    session.desk.say("Looking at the dataset …")
    describe = _describer(session, job)
    dataset = describe()
    with open_source(job, live) as source:
        table = source.read_table(Source(job.source, job.header_row))
        shape = table.shape
        session.desk.say("Looking at the columns …")
        profile = make_profile(
            shape,
            without_left_out(table.blocks(), job.options.rows_left_out, shape),
            lambda rows: session.desk.watch(job, "Reading rows", rows, shape.row_estimate),
        )
        form = _form(live, job, dataset, _Sheet(shape, profile), describe)
        choices = session.desk.ask_mapping(replace(form, notes=(*notes, *form.notes)))
    if choices is None:
        return NOTHING_SAVED
    session.writing()
    session.desk.say("Writing the column map …")
    live.ask(lambda: write_map(live, _map_name(live, name), choices))
    mapping = settle_mapping(shape, dataset, choices, ProblemLog())
    remember(book_keeper(live), name, picture_of(shape, dataset, mapping))
    return _ending(name, len(mapping.columns), len(mapping.ignored))


def _ending(job: str, sent: int, left: int) -> Ending:
    said = f"The column map of “{job}” is saved: {plural(sent, 'portal column')} will be filled"
    said += f", {plural(left, 'sheet column')} left out." if left else "."
    return Ending("done", said, ("“Check sheet” looks at every row. Each choice is a row of the Column map sheet.",))


def _describer(session: Session, job: Job) -> Callable[[], Dataset]:
    """Asks the portal for the dataset; for a sign-in only where nothing is shown without one."""

    def describe() -> Dataset:
        try:
            with signed_in_if_possible()(job.connection) as portal:
                return portal.describe(job.dataset_id)
        except DataSyncError as error:
            if error.exit_code != SignInError.exit_code:
                raise
        asking = opener(Aim.PUBLISH, Person(session.ask_sign_in))
        with asking(job.connection) as portal:
            return portal.describe(job.dataset_id)

    return describe


@dataclass(frozen=True)
class _Sheet:
    shape: TableShape
    profile: Profile


def _form(live: LiveWorkbook, job: Job, dataset: Dataset, sheet: _Sheet, describe: Callable[[], Dataset]) -> MapForm:
    keeper = book_keeper(live)
    mapping = settle_mapping(sheet.shape, dataset, job.choices, ProblemLog())
    changed = drift_problems(keeper, job, sheet.shape, dataset, mapping)
    choices, renamed = renamed_rows(keeper, job, sheet.shape)
    notes = [
        sentence(f"{problem.subject}: {problem.what}") for problem in changed if problem.severity is Severity.WARNING
    ]
    return MapForm(
        job.name,
        job.method,
        sheet.shape,
        dataset,
        sheet.profile,
        job.choices,
        job.options,
        _other_maps(live, job),
        doubted(start(sheet.shape, dataset, choices, profile=sheet.profile), renamed),
        (*_shared(live, job.name), *notes),
        describe,
        None if job.file else lambda address: go_to(live, address),
    )


def _other_maps(live: LiveWorkbook, job: Job) -> dict[str, tuple[ColumnChoice, ...]]:
    """The column maps of other jobs, whether those run or not."""
    config = read_config(live, read_config(live).job_names)
    return {
        other.name: other.choices
        for other in config.jobs
        if isinstance(other, Job) and other.choices and other.choices != job.choices
    }


def _job_rows(live: LiveWorkbook) -> list[tuple[str, str]]:
    """Each job's name and the name of its column map."""
    table = live.config_table(JOBS.sheet, JOBS.name)
    rows = [row for _, row in table.rows] if table else []
    named = [(_text(row, "Job name"), _text(row, "Column map")) for row in rows]
    return [(name, map_name or name) for name, map_name in named if name]


def _text(row: Row, header: str) -> str:
    return str(row.get(header) or "").strip()


def _map_name(live: LiveWorkbook, job: str) -> str:
    return next((named for name, named in _job_rows(live) if name.casefold() == job.casefold()), job)


def _shared(live: LiveWorkbook, job: str) -> list[str]:
    """Who else uses the job's column map."""
    mine = _map_name(live, job).casefold()
    others = [name for name, named in _job_rows(live) if named.casefold() == mine and name.casefold() != job.casefold()]
    if not others:
        return []
    names = ", ".join(f"“{name}”" for name in others)
    return [f"This column map is also used by {names}: what is saved here goes for them too."]


def write_map(live: LiveWorkbook, map_name: str, choices: Sequence[ColumnChoice]) -> None:
    """Put the rows in place of the map's present ones; rows of other maps stay, and so do notes.

    :raises WorkbookError: where the sheet cannot be written to.
    """
    table = LiveTable(live, COLUMN_MAP)
    present = table.rows_where("Map name", map_name)
    notes = {_same(row, header): _text(row, "Notes") for header in _BY for _, row in present if _text(row, "Notes")}
    rows = rows_of(map_name, choices)
    for row in rows:
        found = (notes.get(_same(row, header), "") for header in _BY)
        row["Notes"] = next(filter(None, found), "")
    table.replace([number for number, _ in present], rows)


_BY = ("Portal field", "")


def _same(row: Row | dict[str, str], header: str) -> tuple[str, ...]:
    """What a note belongs to: a sheet column and where it goes, else the sheet column alone."""
    facts = (row.get("Sheet column"), row.get("Part of a place"), row.get(header) if header else None)
    named = tuple(unicodedata.normalize("NFC", str(fact or "")).strip().casefold() for fact in facts)
    return (header, *named) if any(named) else ("none",)
