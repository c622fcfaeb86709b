"""One press of a button: the workbook it was pressed in, the person at the windows, and what becomes of a run."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import xlwings as xw

from xl_datasync import __version__
from xl_datasync.api import ALL_ROWS, Person, WhichRows, run_book
from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.errors import ConfigurationError, DataSyncError, SignInError, WorkbookError
from xl_datasync.core.problems import ConfigurationFaults, Problem
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.core.report_words import result_words
from xl_datasync.credentials import save_sign_in, vault_name
from xl_datasync.dialogs.endings import Ending
from xl_datasync.folders import live_folder
from xl_datasync.job_run import Aim
from xl_datasync.ribbon.endings import faults_ending, report_ending
from xl_datasync.ribbon.request import Request
from xl_datasync.stopping import StopSwitch
from xl_datasync.workbook.config import marks_wanted
from xl_datasync.workbook.live import LiveWorkbook, find_book
from xl_datasync.workbook.patience import patiently
from xl_datasync.workbook.tables import JOBS
from xl_datasync.write_back import is_open, write_faults, write_report

if TYPE_CHECKING:  # what windows are given can be made, and tested, without
    from xl_datasync.dialogs.desk import Desk

log = logging.getLogger(__name__)

READING = "Reading the workbook …"
HEADINGS = {
    Aim.CHECK: "Checking …",
    Aim.DRY_RUN: "Working out what would change …",
    Aim.PUBLISH: "Publishing …",
}


@dataclass(frozen=True)
class Ran:
    """What became of jobs that a button has run.

    :param ending: all of it in words.
    :param report: None where nothing was run, because the job sheets have faults.
    :param faults: those of the job sheets.
    :param notes: what else is to be told, each a sentence.
    """

    ending: Ending
    report: Report | None = None
    faults: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def result(self) -> JobResult | None:
        """What became of the only job; None where there were several, or none was run."""
        return self.report.results[0] if self.report and len(self.report.results) == 1 else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was found."""
        found = self.report.results if self.report else ()
        return (*self.faults, *(problem for result in found for problem in result.problems))


class LookingSwitch(StopSwitch):
    """The switch of a run that sends nothing, over that of the window: no moment is a wrong one to stop."""

    def __init__(self, switch: StopSwitch) -> None:
        super().__init__()
        self._switch = switch

    @property
    def pressed(self) -> bool:
        """Whether somebody wants to stop."""
        return self._switch.pressed

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing: what is written down then takes no time, and nothing is on its way."""
        yield

    def press(self) -> None:
        """Stop."""
        self._switch.press()


class Session:
    """What a command works with. A sign-in that was typed serves until the command ends, and is asked for once."""

    def __init__(self, request: Request, desk: Desk) -> None:
        self.request = request
        self.desk = desk
        self._typed: dict[tuple[str, str], SignIn] = {}
        self._writing = False
        self.notes = list(_stale(request))

    def person(self, aim: Aim = Aim.PUBLISH) -> Person:
        """Who is there while jobs run."""
        stop = self.desk.stop if aim is Aim.PUBLISH else LookingSwitch(self.desk.stop)
        return Person(self.ask_sign_in, self.desk.ask_to_go_on, self.desk.watch, stop, self._ended)

    @contextmanager
    def workbook(self, *, saved: bool = True) -> Iterator[LiveWorkbook]:
        """The workbook the button was pressed in.

        :param saved: whether it must have been saved, because jobs and their history belong to a file.
        :raises ConfigurationError: where there is none, or it was never saved.
        :raises WorkbookError: where it was closed before all was done.
        """
        if not self.request.wb:
            raise ConfigurationError(
                "No workbook is open in Excel.", remedy="Open the workbook with your data, and press the button again."
            )
        self.desk.say(READING)
        patiently(self._answers, self._told)  # where Excel is busy, the window says why there is a wait
        book = find_book(self.request.wb, self.request.hwnd)
        with LiveWorkbook(book, live_folder(), self._told) as live:
            if saved and not live.was_saved:
                raise ConfigurationError(
                    "This workbook was never saved.",
                    where=live.name,
                    remedy="Save it (File > Save As > Excel Workbook), then press the button again: its jobs and their "
                    "history belong to the file.",
                )
            try:
                yield live
            except DataSyncError:
                raise
            except Exception as error:
                if is_open(live):
                    raise
                raise WorkbookError(
                    "The workbook was closed meanwhile.",
                    where=live.name,
                    unaffected="What was done is in its history.",
                    remedy="Open it again; “Results” on the Open Data tab shows what was done.",
                ) from error

    def _answers(self) -> list[int]:
        """Ask something of the Excel the button was pressed in; another one may be busy for as long as it likes."""
        hwnd = self.request.hwnd
        return [len(app.books) for app in xw.apps if not hwnd or str(app.hwnd) == hwnd]

    def writing(self) -> None:
        """From now on the workbook is written to, which is not broken off half-way."""
        self._writing = True

    def _told(self, line: str) -> None:
        """Why there is a wait for Excel; before anything is written, a moment to stop.

        :raises KeyboardInterrupt: where somebody has pressed Cancel.
        """
        self.desk.say(line)
        if not self._writing:
            self.desk.stop.check()

    def jobs_there(self, live: LiveWorkbook) -> None:
        """Make sure that the workbook has job sheets.

        :raises ConfigurationError: where it has none.
        """
        if live.config_table(JOBS.sheet, JOBS.name) is None:
            raise ConfigurationError(
                f"There is no sheet “{JOBS.sheet}”, so that there are no jobs.",
                where=live.name,
                remedy="“Job sheet” adds it; or go to your data and press “Publish”, which fills it in for you.",
            )

    def run(self, live: LiveWorkbook, jobs: Sequence[str], aim: Aim, which: WhichRows = ALL_ROWS) -> Ran:
        """Run jobs and write back what became of them."""
        self._writing = False  # what an earlier run wrote is written
        try:
            self.desk.say(READING)
            marks = marks_wanted(live)
            self.desk.say(HEADINGS[aim])
            report = run_book(live, jobs, aim, self.person(aim), which)
        except ConfigurationFaults as error:
            return Ran(faults_ending(error, write_faults(live, error.problems)), faults=error.problems)
        self.writing()
        self.desk.say("Writing the results into the workbook …")
        notes = (*self.notes, *write_report(live, report, aim, marks=marks))
        return Ran(report_ending(report, notes), report, notes=notes)

    def ask_sign_in(self, connection: Connection) -> SignIn:
        """Ask for a sign-in, which the window tries at the portal; keep it where that is wanted.

        :raises Stopped: where the person gives none that the portal takes.
        """
        key = (connection.name.casefold(), connection.address)
        if key not in self._typed:
            self._typed[key] = self._asked(connection)
        return self._typed[key]

    def _asked(self, connection: Connection) -> SignIn:
        answer = self.desk.ask_sign_in_to_keep(connection, usable_vault())
        if answer.keep:
            try:
                save_sign_in(connection, answer.sign_in)
            except SignInError as error:  # it serves all the same
                log.warning("%s", error.message)
                self.notes.append(f"The sign-in was not kept: {error.located} {error.remedy}".strip())
        return answer.sign_in

    def _ended(self, result: JobResult) -> None:
        published = result.state in (State.DONE, State.DONE_WITH_WARNINGS)
        words = f"{result.state.value}. {result_words(result)}"
        self.desk.finished(result.job, words, published=published, sent=result.sending)


def _stale(request: Request) -> Iterator[str]:
    """Told where the tab in Excel is of another version than the program."""
    if request.addin and request.addin != __version__:
        yield (
            f"The tab Open Data is of version {request.addin}, this program of {__version__}: close Excel and run "
            "“xl-datasync addin install”."
        )


def usable_vault() -> str | None:
    """The password vault in words; None where there is none."""
    try:
        return vault_name()
    except SignInError:
        log.warning("no usable vault", exc_info=True)
        return None
