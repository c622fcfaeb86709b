"""One function for each button, under the button's id. Each is a few lines onto the line that every entrance uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from xl_datasync.api import book_keeper, undo_book
from xl_datasync.core.connection import Connection
from xl_datasync.core.report import Report
from xl_datasync.core.report_words import plural
from xl_datasync.credentials import save_sign_in
from xl_datasync.csv_files import file_name
from xl_datasync.dialogs.endings import Ending, EndingLink, Kind
from xl_datasync.dialogs.forms import ConnectionForm
from xl_datasync.dialogs.words import reason_lines
from xl_datasync.job_run import Aim, Confirm
from xl_datasync.look.exports import Export, export_job, export_sheet
from xl_datasync.ribbon import practising
from xl_datasync.ribbon.column_map import map_columns
from xl_datasync.ribbon.copy_jobs import add_copy_job
from xl_datasync.ribbon.endings import report_ending
from xl_datasync.ribbon.loop import Loop, chosen_rows
from xl_datasync.ribbon.session import Session, usable_vault
from xl_datasync.ribbon.sheet_jobs import (
    add_connection,
    chosen_of,
    jobs_of,
    known_connections,
    link_sheet,
    published_sheet,
)
from xl_datasync.ribbon.undo_runs import agree, chosen_run
from xl_datasync.taking_back import look_then_undo
from xl_datasync.templates import guide
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_sheets import add_missing_tables
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.rebuilt import is_visible
from xl_datasync.workbook.results import clear_marks as clear_cells
from xl_datasync.workbook.results import marks_left, own_sheet
from xl_datasync.workbook.tables import JOBS
from xl_datasync.write_back import bring_records, write_report

NOTHING_DONE = Ending("done", "Nothing was changed.", quiet=True)


def sign_in(session: Session) -> Ending:
    """Sign in to a portal, and keep the sign-in in the vault."""
    known = {connection.name: connection for connection in _connections(session)}
    signed = session.desk.ask_connection(ConnectionForm(tuple(known.values()), vault=usable_vault()))
    if signed is None:
        return NOTHING_DONE
    connection = signed.connection
    lines = []
    if signed.answer.keep:
        save_sign_in(connection, signed.answer.sign_in)
        lines.append(f"The secret is kept in {usable_vault()}, and nowhere else.")
    if connection.name not in known and session.request.wb:
        with session.workbook(saved=False) as live:
            session.writing()
            add_missing_tables(live)
            add_connection(live, connection)
        lines.append(f"“{connection.name}” is now a row of the Connections sheet.")
    return Ending("done", f"Signed in to {connection.host}.", tuple(lines))


def dataset(session: Session) -> Ending:
    """Say which dataset the sheet in front goes to, and how."""
    with session.workbook() as live:
        sheet = published_sheet(session)
        known = chosen_of(session, jobs_of(live, sheet), sheet)
        name = None if known is None else link_sheet(session, live, sheet, known or None)
        if name is None:
            return NOTHING_DONE
        row = LiveTable(live, JOBS).find("Job name", name)
        return Ending(
            "done",
            f"The sheet “{sheet}” has its dataset.",
            (f"The job “{name}” is row {row} of the Jobs sheet.", "“Check sheet” says whether it can be published."),
        )


def check(session: Session) -> Ending:
    """Check the sheet in front; nothing is sent."""
    return _run_sheet(session, Aim.CHECK)


def preview(session: Session) -> Ending:
    """Work out what publishing the sheet in front would change; nothing is sent."""
    return _run_sheet(session, Aim.DRY_RUN)


def publish(session: Session) -> Ending:
    """Publish the sheet in front."""
    return _run_sheet(session, Aim.PUBLISH)


def _run_sheet(session: Session, aim: Aim) -> Ending:
    with session.workbook() as live:
        chosen = chosen_rows(session, live)
        return NOTHING_DONE if chosen is None else Loop(session, live, *chosen).go(aim)


def clear_marks(session: Session) -> Ending:
    """Give marked cells their colours back."""
    with session.workbook(saved=False) as live:
        count = live.ask(lambda: clear_cells(live))
        left = live.ask(lambda: marks_left(live))
    headline = (
        f"{plural(count, 'cell')} had a mark; the colours are as they were." if count else "No mark was taken off."
    )
    if left:
        where = "they were moved, or their sheet was renamed or protected; the Results sheet still lists them"
        return Ending("warning", headline, (f"{plural(left, 'cell')} could not be found: {where}.",))
    return Ending("done", headline if count else "No cell has a mark.")


def export_csv(session: Session) -> Ending:
    """Write the sheet in front as a CSV: as its job would send it, or as it stands."""
    with session.workbook(saved=False) as live:
        sheet = published_sheet(session)
        name = chosen_of(session, jobs_of(live, sheet), sheet)
        if name is None:
            return NOTHING_DONE
        folder = live.path.parent if live.file else Path.home()
        target = session.desk.ask_csv(folder / f"{file_name(sheet)}.csv")
        if target is None:
            return NOTHING_DONE
        session.desk.say("Writing the file …")
        export = export_job(live, name, target) if name else export_sheet(live, sheet, target)
    return _exported(export, name)


def _exported(export: Export, name: str) -> Ending:
    how = f"as the job “{name}” would send it" if name else "as the sheet stands"
    lines = [line for problem in export.problems for line in reason_lines(problem)]
    kind: Kind = "done" if export.exit_code == 0 else "problem" if export.exit_code == 1 else "warning"
    links = (EndingLink("Open the file", str(export.csv)), EndingLink("Open its folder", str(export.csv.parent)))
    return Ending(kind, f"{plural(export.rows, 'row')} written, {how}.", (str(export.csv), *lines), links)


def undo(session: Session) -> Ending:
    """Take back what a run did, after showing what that means."""
    with session.workbook() as live:
        session.jobs_there(live)
        meant = chosen_run(session, live)
        if meant is None:
            return NOTHING_DONE
        session.desk.say("Looking at what an undo would bring back …")

        last = Aim.CHECK

        def undone(job: str | None, run: str | None, aim: Aim, confirm: Confirm | None) -> Report:
            nonlocal last
            last = aim
            return undo_book(live, job, run, aim, replace(session.person(aim), confirm=confirm))

        report = look_then_undo(undone, *meant, partial(agree, session), session.desk.ask_to_go_on)
        if report is None:
            return Ending("stopped", "Nothing was undone.", quiet=True)
        session.writing()
        # An undo that came to nothing leaves the job as it is: published.
        notes = write_report(live, report, Aim.PUBLISH) if last is Aim.PUBLISH else []
        return report_ending(report, [*session.notes, *notes])


def job_sheet(session: Session) -> Ending:
    """Add the job sheets to the workbook, or show them and bring them up to date."""
    with session.workbook(saved=False) as live:
        added = add_missing_tables(live)
        notes = [] if added or not live.was_saved else _brought(live)
        _show(live, JOBS.sheet)
    if not added:
        return Ending("done", "The Jobs sheet is in front.", tuple(notes), quiet=True)
    return Ending(
        "done",
        f"{plural(len(added), 'sheet')} added behind your own: {', '.join(added)}.",
        ("Go back to your data and press “Publish”: it fills in the Jobs sheet for you.", *notes),
    )


def run_jobs(session: Session) -> Ending:
    """Run every job that says Yes."""
    with session.workbook() as live:
        session.jobs_there(live)
        return session.run(live, (), Aim.PUBLISH).ending


def copy_dataset(session: Session) -> Ending:
    """Copy a dataset: ask what goes where, write the job's row, run it."""
    with session.workbook() as live:
        name = add_copy_job(session, live)
        return NOTHING_DONE if name is None else session.run(live, [name], Aim.PUBLISH).ending


def results(session: Session) -> Ending:
    """Bring the Jobs sheet up to date with every run, and show the results."""
    with session.workbook() as live:
        session.jobs_there(live)
        notes = _brought(live)
        shown = _show_results(live) or _show(live, JOBS.sheet)
    return Ending("warning" if notes else "done", f"“{shown}” is in front.", tuple(notes), quiet=True)


def practice(session: Session) -> Ending:
    """Start the practice portal, and show it."""
    session.desk.say("Starting the practice portal …")
    return practising.start()


def show_help(session: Session) -> Ending:
    """The guide for clerks."""
    session.desk.show_guide("Your first hour", guide())
    return NOTHING_DONE


def _brought(live: LiveWorkbook) -> list[str]:
    """Bring what became of each job into the Jobs sheet."""
    keeper = book_keeper(live)
    return bring_records(live, keeper.records(), keeper.at_work)


def _connections(session: Session) -> Sequence[Connection]:
    if not session.request.wb:
        return ()
    with session.workbook(saved=False) as live:
        return known_connections(live)


def _show(live: LiveWorkbook, name: str) -> str:
    """Bring a sheet to the front."""

    def show() -> None:
        sheet = live.book.sheets[name]
        if not is_visible(sheet):
            sheet.visible = True
        sheet.activate()

    live.ask(show)
    return name


def _show_results(live: LiveWorkbook) -> str | None:
    sheet = own_sheet(live)
    return _show(live, sheet.name) if sheet is not None else None


Command = Callable[[Session], Ending]
COMMANDS: dict[str, Command] = {
    "sign_in": sign_in,
    "dataset": dataset,
    "map_columns": map_columns,
    "check": check,
    "preview": preview,
    "clear_marks": clear_marks,
    "publish": publish,
    "export_csv": export_csv,
    "undo": undo,
    "job_sheet": job_sheet,
    "run_jobs": run_jobs,
    "copy_dataset": copy_dataset,
    "results": results,
    "practice": practice,
    "help": show_help,
}
