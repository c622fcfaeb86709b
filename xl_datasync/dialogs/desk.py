"""The person at the windows, as a worker's thread sees her."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.errors import Stopped
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.problems import Problem
from xl_datasync.dialogs import choose, confirm, copying, guide, link, sign_in
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.forms import (
    Answer,
    ConnectionForm,
    Copy,
    CopyForm,
    CsvForm,
    Link,
    LinkForm,
    Option,
    SignedIn,
    SignInForm,
)
from xl_datasync.dialogs.progress_model import Progress
from xl_datasync.dialogs.switch import ButtonSwitch

T = TypeVar("T")


class Screen(Protocol):
    """Shows a dialog in the windows' thread, over whatever window is there, and waits for what it gives."""

    def ask(self, dialog: Callable[[QWidget | None], T]) -> T:
        """:param dialog: is called in the windows' thread with the window it belongs to."""

    def converse(self, dialog: Callable[[QWidget | None, Errands], T]) -> T:
        """The same for a dialog that has errands done meanwhile, in the thread that waits."""


class Desk:
    """What the work may tell and ask. Telling never waits; asking waits for the answer, from whatever thread.

    :param stop: the switch behind the Cancel and Stop button.
    """

    def __init__(self, screen: Screen, progress: Progress, stop: ButtonSwitch) -> None:
        self._screen = screen
        self._progress = progress
        self.stop = stop

    # telling

    def say(self, line: str) -> None:
        """The heading of the progress window."""
        self._progress.say(line)

    def watch(self, job: AnyJob, what: str, done: int, total: int | None) -> None:
        """How far a job has come (a :data:`job_run.Watch`).

        :raises KeyboardInterrupt: where somebody has pressed Cancel or Stop and nothing is on its way.
        """
        self._progress.watch(job.name, what, done, total)
        self.stop.check()

    def sending(self) -> None:
        """From now on something may have changed on the portal: Cancel becomes Stop."""
        self._progress.sending()

    def finished(self, job: AnyJob, words: str, *, published: bool = False) -> None:
        """A job is over.

        :param published: whether it changed the portal, so that Stop names it.
        """
        self._progress.finished(job.name, words, published=published)

    # asking

    def ask_sign_in(self, connection: Connection) -> SignIn:
        """Ask for a sign-in for this run.

        :raises Stopped: where she does not give one.
        """
        return self._sign_in(SignInForm(connection, keep_asked=False)).sign_in

    def ask_sign_in_to_keep(
        self, connection: Connection, vault: str | None = SignInForm.vault, trouble: str = ""
    ) -> Answer:
        """Ask for a sign-in, and whether to keep it.

        :param vault: the vault in words; None where there is none.
        :param trouble: why it is asked for again.
        :raises Stopped: where she does not give one.
        """
        return self._sign_in(SignInForm(connection, vault, trouble=trouble))

    def _sign_in(self, form: SignInForm) -> Answer:
        answer = self._ask(lambda parent: sign_in.ask_sign_in(form, parent))
        if answer is None:
            raise Stopped("Stopped by you.")
        return answer

    def ask_to_go_on(self, job: AnyJob, problems: Sequence[Problem]) -> bool:
        """Show guards with their numbers, and ask whether to go on all the same (a :data:`job_run.Confirm`)."""
        return self._ask(lambda parent: confirm.ask_to_go_on(job, problems, parent))

    def wants(self, question: str, detail: str = "", yes: str = "Undo it", no: str = "Leave as it is") -> bool:
        """A plain question; the safe answer, ``no``, is the default."""
        return self._ask(lambda parent: confirm.wants(question, detail, yes, no, parent))

    def ask_link(self, form: LinkForm) -> Link | None:
        """Ask where a sheet is published, and how."""
        return self._ask(lambda parent: link.ask_link(form, parent))

    def ask_copy(self, form: CopyForm) -> Copy | None:
        """Ask what dataset is copied where."""
        return self._ask(lambda parent: copying.ask_copy(form, parent))

    def ask_connection(self, form: ConnectionForm) -> SignedIn | None:
        """Ask which portal, and for its sign-in."""
        return self._ask(lambda parent: sign_in.ask_connection(form, parent))

    def ask_csv(self, suggested: Path) -> Path | None:
        """Ask where a CSV file goes; whether a file may be written over is asked there."""
        return self._ask(lambda parent: choose.ask_csv(CsvForm(suggested), parent))

    def choose(self, title: str, question: str, options: Sequence[Option]) -> Any:
        """Ask for one of several; its value, or None."""
        return self._ask(lambda parent: choose.choose(title, question, options, parent))

    def show_guide(self, title: str, page: Path) -> None:
        """Show a page of the documentation until it is closed."""
        self._ask(lambda parent: guide.show_guide(title, page, parent))

    def _ask(self, dialog: Callable[[QWidget | None], T]) -> T:
        """Show a dialog and wait.

        :raises KeyboardInterrupt: where somebody has pressed Cancel before.
        """
        self.stop.check()
        return self._screen.ask(dialog)

    def _converse(self, dialog: Callable[[QWidget | None, Errands], T]) -> T:
        """Show a dialog and do its errands until it is closed.

        :raises KeyboardInterrupt: where somebody has pressed Cancel before.
        """
        self.stop.check()
        return self._screen.converse(dialog)
