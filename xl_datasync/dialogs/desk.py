"""The person at the windows, as a worker's thread sees her."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import Stopped
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.problems import Problem
from xl_datasync.dialogs import check, choose, confirm, copying, guide, history, link, preview, sign_in
from xl_datasync.dialogs.check_model import CheckDeeds, CheckForm, Step
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
from xl_datasync.dialogs.history_model import HistoryForm
from xl_datasync.dialogs.mapping import dialog as mapping
from xl_datasync.dialogs.mapping.form import MapForm
from xl_datasync.dialogs.portals import PortalDesk
from xl_datasync.dialogs.preview_model import PreviewDeeds, PreviewForm
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
        self._datasets: dict[str, str] = {}

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

    def finished(self, job: AnyJob, words: str, *, published: bool = False, sent: bool | None = None) -> None:
        """A job is over.

        :param published: whether it has done what it was to do, so that Stop names it.
        :param sent: whether it may have changed the portal, so that Cancel is called Stop; None for what ``published``
            says.
        """
        self._progress.finished(job.name, words, published=published, sent=published if sent is None else sent)

    # asking

    def ask_sign_in_to_keep(self, connection: Connection, vault: str | None = SignInForm.vault) -> Answer:
        """Ask for a sign-in that the portal takes, and whether to keep it.

        :param vault: the vault in words; None where there is none.
        :raises Stopped: where she does not give one.
        """
        form = SignInForm(connection, vault, dataset_id=self._datasets.get(connection.name.casefold(), ""))
        answer = self._converse(lambda parent, errands: sign_in.ask_sign_in(form, parent, errands))
        if answer is None:
            raise Stopped("Stopped by you.")
        return answer

    def ask_to_go_on(self, job: AnyJob, problems: Sequence[Problem], facts: Sequence[str] = ()) -> bool:
        """Show what is to be looked at, and ask whether to go on all the same (a :data:`job_run.Confirm`).

        :param facts: what going on would do, each a sentence.
        """
        return self._ask(lambda parent: confirm.ask_to_go_on(job, problems, facts, parent))

    def wants(self, question: str, detail: str = "", yes: str = "Undo it", no: str = "Leave as it is") -> bool:
        """A plain question; the safe answer, ``no``, is the default."""
        return self._ask(lambda parent: confirm.wants(question, detail, yes, no, parent))

    def ask_link(self, form: LinkForm, portals: PortalDesk | None = None) -> Link | None:
        """Ask where a sheet is published, and how.

        :param portals: are searched for the dataset; None where it can only be pasted.
        """
        return self._converse(lambda parent, errands: link.ask_link(form, parent, errands, portals))

    def ask_copy(self, form: CopyForm, portals: PortalDesk | None = None) -> Copy | None:
        """Ask what dataset is copied where.

        :param portals: are searched for the dataset; None where it can only be pasted.
        """
        return self._converse(lambda parent, errands: copying.ask_copy(form, parent, errands, portals))

    def ask_connection(self, form: ConnectionForm) -> SignedIn | None:
        """Ask which portal, and for its sign-in; whoever knows a portal's dataset need not say it again."""
        known = {one.name: self._datasets.get(one.name.casefold(), "") for one in form.connections}
        form = replace(form, datasets={**known, **form.datasets})
        return self._converse(lambda parent, errands: sign_in.ask_connection(form, parent, errands))

    def concerning(self, connection: str, dataset_id: str) -> None:
        """The dataset that a portal's sign-in is needed for, so that a test of it says what may be changed there.

        :param connection: the portal's name.
        """
        self._datasets[connection.strip().casefold()] = dataset_id

    def ask_csv(self, suggested: Path) -> Path | None:
        """Ask where a CSV file goes; whether a file may be written over is asked there."""
        return self._ask(lambda parent: choose.ask_csv(CsvForm(suggested), parent))

    def show_check(self, form: CheckForm, deeds: CheckDeeds) -> Step | None:
        """Show what a check has found while she mends it; what she wants to do next, or None."""
        return self._converse(lambda parent, errands: check.show_check(form, errands, deeds, parent))

    def show_preview(self, form: PreviewForm, deeds: PreviewDeeds) -> Step | None:
        """Show what publishing would change; what she wants to do next, or None."""
        return self._converse(lambda parent, errands: preview.show_preview(form, errands, deeds, parent))

    def ask_mapping(self, form: MapForm) -> tuple[ColumnChoice, ...] | None:
        """Show where each column of a sheet goes; the rows of its column map as she wants them, or None."""
        return self._converse(lambda parent, errands: mapping.ask_mapping(form, errands, parent))

    def ask_history(self, form: HistoryForm) -> tuple[str, str] | None:
        """Show what was published; the job and the run that she wants to undo, or None."""
        return self._ask(lambda parent: history.ask_history(form, parent))

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
