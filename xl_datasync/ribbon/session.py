"""One press of a button: the workbook it was pressed in, the person at the windows, and what becomes of a run."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from xl_datasync.api import Person, run_book
from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.errors import ConfigurationError, SignInError
from xl_datasync.core.problems import ConfigurationFaults
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.report_words import result_words
from xl_datasync.credentials import save_sign_in, vault_name
from xl_datasync.dialogs.desk import Desk
from xl_datasync.dialogs.endings import Ending
from xl_datasync.folders import live_folder
from xl_datasync.job_run import Aim
from xl_datasync.portal import Portal
from xl_datasync.ribbon.endings import faults_ending, report_ending
from xl_datasync.ribbon.request import Request
from xl_datasync.workbook.config import marks_wanted
from xl_datasync.workbook.live import LiveWorkbook, find_book
from xl_datasync.write_back import write_faults, write_report

log = logging.getLogger(__name__)


class Session:
    """What a command works with."""

    def __init__(self, request: Request, desk: Desk) -> None:
        self.request = request
        self.desk = desk

    @property
    def person(self) -> Person:
        """Who is there while jobs run."""
        return Person(self.ask_sign_in, self.desk.ask_to_go_on, self.desk.watch, self.desk.stop, self._ended)

    @contextmanager
    def workbook(self, *, saved: bool = True) -> Iterator[LiveWorkbook]:
        """The workbook the button was pressed in.

        :param saved: whether it must have been saved, because jobs and their history belong to a file.
        :raises ConfigurationError: where there is none, or it was never saved.
        """
        if not self.request.wb:
            raise ConfigurationError(
                "No workbook is open in Excel.", remedy="Open the workbook with your data, and press the button again."
            )
        self.desk.say("Reading the workbook …")
        book = find_book(self.request.wb, self.request.hwnd)
        with LiveWorkbook(book, live_folder(), self.desk.say) as live:
            if saved and not live.was_saved:
                raise ConfigurationError(
                    "This workbook was never saved.",
                    where=live.name,
                    remedy="Save it (File > Save As > Excel Workbook), then press the button again: its jobs and their "
                    "history belong to the file.",
                )
            yield live

    def run(self, live: LiveWorkbook, jobs: Sequence[str], aim: Aim) -> Ending:
        """Run jobs and write back what became of them."""
        try:
            report = run_book(live, jobs, aim, self.person)
        except ConfigurationFaults as error:
            return faults_ending(error, write_faults(live, error.problems))
        self.desk.say("Writing the results into the workbook …")
        return report_ending(report, write_report(live, report, aim, marks=marks_wanted(live)))

    def ask_sign_in(self, connection: Connection) -> SignIn:
        """Ask for a sign-in until the portal takes it; keep it where that is wanted.

        :raises Stopped: where the person gives none.
        :raises PortalError: where the portal cannot be asked.
        """
        trouble = ""
        while True:
            answer = self.desk.ask_sign_in_to_keep(connection, usable_vault(), trouble)
            trouble = trouble_with(connection, answer.sign_in)
            if not trouble:
                break
        if answer.keep:
            save_sign_in(connection, answer.sign_in)
        return answer.sign_in

    def _ended(self, result: JobResult) -> None:
        published = result.state in (State.DONE, State.DONE_WITH_WARNINGS)
        self.desk.finished(result.job, f"{result.state.value}. {result_words(result)}", published=published)


def trouble_with(connection: Connection, sign_in: SignIn) -> str:
    """Why the portal does not take a sign-in; ``""`` where it does.

    :raises PortalError: where the portal cannot be asked.
    """
    try:
        with Portal(connection.address, sign_in) as portal:
            portal.who_am_i()
    except SignInError as error:
        return error.located
    except Exception as error:
        if getattr(error, "exit_code", 0) == SignInError.exit_code:
            return str(getattr(error, "located", error))
        raise
    return ""


def usable_vault() -> str | None:
    """The password vault in words; None where there is none."""
    try:
        return vault_name()
    except SignInError:
        log.warning("no usable vault", exc_info=True)
        return None
