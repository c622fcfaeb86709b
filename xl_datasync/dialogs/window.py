"""Running a command's work behind a progress window, and saying at the end how it went."""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from xl_datasync.core.errors import DataSyncError
from xl_datasync.dialogs.alone import Front
from xl_datasync.dialogs.bridge import Bridge
from xl_datasync.dialogs.desk import Desk
from xl_datasync.dialogs.endings import Ending, error_ending, stopped_ending, takes_focus, unexpected_ending
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.excel_window import ExcelWindow
from xl_datasync.dialogs.look import application
from xl_datasync.dialogs.parts import at_one_of_ours
from xl_datasync.dialogs.progress import ProgressWindow
from xl_datasync.dialogs.progress_model import Progress
from xl_datasync.dialogs.switch import ButtonSwitch

log = logging.getLogger(__name__)
T = TypeVar("T")

SHOWN_AFTER = 400
"""Milliseconds before the window is shown, so that quick commands do not flash."""

Work = Callable[[Desk], Ending]
Unexpected = Callable[[BaseException], Ending]


def run_in_window(
    title: str,
    work: Work,
    owner: int | None = None,
    *,
    front: Front | None = None,
    unexpected: Unexpected = unexpected_ending,
) -> int:
    """Do the work in a thread of its own, show how far it has come, and say at the end how it went.

    :param owner: the handle of Excel's window; used on Windows.
    :param front: tells when a second click wants this window in front.
    :param unexpected: words an error that nobody foresaw, with the log file's path.
    :returns: the ending's exit code.
    """
    application()
    running = Running(title, work, ExcelWindow(owner), unexpected)
    if front:
        front.asked.connect(running.come_forward)
        running.over.connect(front.close)
    return running.until_closed()


class Running(QObject):
    """The work on its way, its window, and the questions it asks."""

    # The work is over, though its window may stay: the next click may begin.
    over = Signal()

    def __init__(self, title: str, work: Work, excel: ExcelWindow, unexpected: Unexpected) -> None:
        super().__init__()
        self._work, self._unexpected, self._excel = work, unexpected, excel
        self._bridge, self._loop = Bridge(), QEventLoop()
        self._switch = ButtonSwitch()
        self._progress = Progress(f"{title} …", self._switch)
        self._asking = False
        self.window = ProgressWindow(title, self._progress, self._switch)
        self.window.closed.connect(self._loop.quit)
        excel.own(self.window)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOWN_AFTER)
        self._delay.timeout.connect(self._show_progress)
        self._ending: Ending | None = None

    def until_closed(self) -> int:
        """Start the work, and wait until its window is closed."""
        worker = threading.Thread(target=self._in_thread, name="work")
        worker.start()
        self._delay.start()
        self._loop.exec()
        worker.join()
        self.window.hide()
        self.window.deleteLater()
        return self._ending.exit_code if self._ending else 1

    def ask(self, dialog: Callable[[QWidget | None], T]) -> T:
        """Show a dialog over the progress window, or over Excel where that is not shown; from any thread."""
        return self._bridge.call(lambda: self._ask(dialog))

    def converse(self, dialog: Callable[[QWidget | None, Errands], T]) -> T:
        """Show a dialog likewise, and do its errands in this thread until it is closed."""
        errands = Errands(self._bridge)

        def shown() -> T:
            try:
                return self._ask(lambda parent: dialog(parent, errands))
            finally:
                errands.close()

        answer = self._bridge.start(shown)
        errands.do_until_closed()
        return answer.result()

    def come_forward(self) -> None:
        """Bring what is open to the front."""
        window = QApplication.activeModalWidget() or self.window
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)

    def _in_thread(self) -> None:
        """The work, and what it comes to; nothing it raises gets lost."""
        with windows_components():  # until what an error holds of Excel has been let go
            ending = self._outcome()
        self._bridge.post(lambda: self._end(ending))

    def _outcome(self) -> Ending:
        try:
            return self._work(Desk(self, self._progress, self._switch))
        except KeyboardInterrupt:
            return stopped_ending(sent=self._progress.sent)
        except DataSyncError as error:
            log.warning("%s", error.message, exc_info=True)
            return error_ending(error)
        except BaseException as error:  # the last resort: somebody must be told, and the window must close
            log.exception("something unexpected went wrong")
            return self._worded(error)

    def _worded(self, error: BaseException) -> Ending:
        """An error in words, even where the words cannot be had."""
        try:
            return self._unexpected(error)
        except Exception:
            log.exception("the error could not be worded")
            return unexpected_ending(error)

    def _ask(self, dialog: Callable[[QWidget | None], T]) -> T:
        self._delay.stop()
        above, self._asking = self._asking, True
        self._set_focus(takes_focus(self._progress.seconds, ours=at_one_of_ours()))
        # A question that comes up while another one is open belongs to that one, and gives the focus back to it.
        below = (QApplication.activeModalWidget() if above else None) or self.window
        try:
            return dialog(below)
        finally:
            self._asking = above
            if above:
                below.activateWindow()
            elif not self.window.isVisible():
                self._delay.start()

    def _show_progress(self) -> None:
        """Show how far it has come, without taking the focus from the sheet."""
        if self._ending is None and not self._asking:
            self._set_focus(False)
            self.window.show()

    def _end(self, ending: Ending) -> None:
        self._delay.stop()
        self._ending = ending
        self.over.emit()
        if ending.shows_nothing:
            self._loop.quit()
            return
        try:
            self._show_ending(ending)
        except BaseException:  # whatever it is, the program must end
            log.exception("the ending could not be shown")
            self._loop.quit()

    def _show_ending(self, ending: Ending) -> None:
        self._set_focus(takes_focus(self._progress.seconds, ours=at_one_of_ours()))
        self.window.show_ending(ending)
        if self.window.isVisible():
            self.window.come_forward()
        self.window.show()

    def _set_focus(self, focus: bool) -> None:  # noqa: FBT001  # one plain fact
        """Whether the window, and the questions over it, take the focus when they are shown."""
        self.window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not focus)


@contextmanager
def windows_components() -> Iterator[None]:
    """What a thread needs on Windows before it may speak to Excel; nothing elsewhere."""
    if sys.platform != "win32":
        yield
        return
    try:
        pythoncom = importlib.import_module("pythoncom")  # pywin32, which comes with xlwings
    except ImportError:
        yield
        return
    pythoncom.CoInitialize()
    try:
        yield
    finally:
        pythoncom.CoUninitialize()
