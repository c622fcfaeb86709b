"""The progress window: progress, questions from the worker, Cancel, Stop, and every kind of end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QProgressBar, QWidget

from tests.dialogs import samples
from tests.dialogs.clerk import button, click, focused, texts_of, until
from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import PortalError, Stopped
from xl_datasync.dialogs.confirm import QuestionDialog
from xl_datasync.dialogs.desk import Desk
from xl_datasync.dialogs.endings import Ending, EndingLink, unexpected_ending
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.forms import Option
from xl_datasync.dialogs.parts import shown_answer
from xl_datasync.dialogs.progress import ProgressWindow, open_target
from xl_datasync.dialogs.progress_model import Progress
from xl_datasync.dialogs.switch import ButtonSwitch
from xl_datasync.dialogs.window import Running, run_in_window
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.usefixtures("screen")
DONE = Ending("done", "310 rows now make up the dataset.", ("Verified: 310 rows.",))
Deed = Callable[[ProgressWindow], object]


class Watcher:
    """Looks at the progress window, and does each deed as soon as the window is so."""

    def __init__(self, *deeds: tuple[Callable[[ProgressWindow], object], Deed]) -> None:
        self._deeds = list(deeds)
        self.met: list[BaseException] = []
        self.windows: set[ProgressWindow] = set()
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(10)
        self._end = time.monotonic() + 10

    def _look(self) -> None:
        window = next(
            (one for one in QApplication.topLevelWidgets() if isinstance(one, ProgressWindow) and one.isVisible()), None
        )
        try:
            assert time.monotonic() < self._end, "the window never became as expected"
            if window is not None:
                self.windows.add(window)
                if self._deeds and self._deeds[0][0](window):
                    self._deeds.pop(0)[1](window)
        except BaseException as error:  # noqa: BLE001  # raised in run(), where pytest sees it
            self.met.append(error)
            self._timer.stop()
            for one in QApplication.topLevelWidgets():
                if isinstance(one, ProgressWindow):
                    one.ending = one.ending or Ending("problem")
                    one.closed.emit()

    def run(self, work: Callable[[Desk], Ending], **options: object) -> int:
        """Run the work in a window under these eyes."""
        code = run_in_window("Publish", work, **options)  # type: ignore[arg-type]
        self._timer.stop()
        if self.met:
            raise self.met[0]
        assert not self._deeds
        return code


def ended(window: ProgressWindow) -> bool:
    """Whether the ending is shown."""
    return window.ending is not None


def at_work(window: ProgressWindow) -> bool:
    """Whether the work goes on."""
    return window.ending is None


def box_of(window: QWidget) -> QPlainTextEdit:
    """The box with the ending's lines."""
    return next(one for one in window.findChildren(QPlainTextEdit) if one.isVisible())


def test_progress_then_the_ending_in_the_same_window() -> None:
    """Heading, step and bar while the work goes on; then word, sentence and lines, and Return closes."""
    go = threading.Event()

    def work(desk: Desk) -> Ending:
        assert threading.current_thread() is not threading.main_thread()
        desk.say("Reading the sheet …")
        desk.watch(samples.JOB, "Checking rows", 4_000, 8_000)
        assert go.wait(10)
        return DONE

    def look(window: ProgressWindow) -> None:
        window.look()
        assert "Reading the sheet …" in texts_of(window)
        assert "Permits: Checking rows – 4,000 of 8,000" in texts_of(window)
        bar = window.findChild(QProgressBar)
        assert bar.value() * 2 == bar.maximum()
        go.set()

    def close(window: ProgressWindow) -> None:
        assert "Done" in texts_of(window)
        assert DONE.headline in texts_of(window)
        assert box_of(window).toPlainText() == "Verified: 310 rows."
        assert focused(window).accessibleName() == "Close"
        QTest.keyClick(focused(window), Qt.Key.Key_Return)

    watcher = Watcher((at_work, look), (ended, close))
    assert watcher.run(work) == 0
    assert len(watcher.windows) == 1


def test_a_quick_command_does_not_flash() -> None:
    """What is over at once, with nothing to read, shows no window at all."""
    watcher = Watcher()
    assert watcher.run(lambda _desk: Ending("done", quiet=True)) == 0
    assert not watcher.windows


def test_it_does_not_take_the_focus_while_it_works() -> None:
    """The window appears without the focus, so that what is typed into the sheet goes there."""
    go = threading.Event()
    without = Qt.WidgetAttribute.WA_ShowWithoutActivating

    def look(window: ProgressWindow) -> None:
        assert window.testAttribute(without)  # the screen off screen gives every new window the focus all the same
        go.set()

    def work(_desk: Desk) -> Ending:
        assert go.wait(10)
        return DONE

    assert Watcher((at_work, look), (ended, click("Close"))).run(work) == 0


@pytest.mark.parametrize(
    "way",
    [
        click("Cancel"),
        lambda window: QTest.keyClick(window, Qt.Key.Key_Escape),
        lambda window: window.close(),
    ],
)
def test_cancel(way: Deed) -> None:
    """The button, Esc and the cross stop the work at its next word; nothing was sent, and it says so."""
    told = 0

    def work(desk: Desk) -> Ending:
        nonlocal told
        while True:
            desk.watch(samples.JOB, "Checking rows", told, None)
            told += 1
            time.sleep(0.01)

    def pressed(window: ProgressWindow) -> None:
        way(window)
        assert window.isVisible()
        assert not window.stop.isEnabled()
        assert window.stop.text() == "Cancelling …"

    def close(window: ProgressWindow) -> None:
        assert "Stopped by you." in texts_of(window)
        assert box_of(window).toPlainText() == "Nothing has been sent."
        window.close()

    assert Watcher((at_work, pressed), (ended, close)).run(work) == 130
    assert told


def test_stop_waits_for_the_portal() -> None:
    """While rows are on their way Stop only marks; it says what is published; a second press does nothing more."""
    sent = threading.Event()

    def work(desk: Desk) -> Ending:
        desk.finished(samples.JOB, "310 rows.", published=True)
        with desk.stop.held():
            desk.watch(samples.JOB, "Sending", 1, 2)
            assert sent.wait(10)
            desk.watch(samples.JOB, "Sending", 2, 2)
        assert desk.stop.pressed
        raise Stopped("Stopped by you.", unaffected="The rows were sent.")

    def press(window: ProgressWindow) -> None:
        click("Stop")(window)
        window.close()
        assert window.stop.text() == "Stopping …"
        assert "once the portal has answered" in texts_of(window)
        assert "Already published: “Permits”." in texts_of(window)
        sent.set()

    def close(window: ProgressWindow) -> None:
        assert box_of(window).toPlainText() == "The rows were sent."
        window.close()

    assert Watcher((at_work, press), (ended, close)).run(work) == 130


def test_nothing_is_asked_after_cancel() -> None:
    """A question that comes after Cancel is not shown."""

    def work(desk: Desk) -> Ending:
        desk.stop.press()
        desk.wants("Undo it?")
        raise AssertionError("unreachable")

    assert Watcher((ended, click("Close"))).run(work) == 130


def test_questions_are_asked_in_the_windows_thread_and_answered_in_the_workers(portal: PracticePortal) -> None:
    """The worker waits for each answer; what the person does not give is None, False or Stopped."""
    seen: list[object] = []
    publisher = portal.sign_ins[0]
    practice = Connection("Practice", portal.url, user=publisher.key_id)

    def work(desk: Desk) -> Ending:
        seen.append(desk.choose("Undo", "Which?", [Option("one", value=1), Option("two", value=2)]))
        seen.append(desk.ask_to_go_on(samples.JOB, [samples.SHRINK]))
        seen.append(desk.wants("Undo it?"))
        seen.append(desk.ask_link(samples.KNOWN_LINK))
        seen.append(desk.ask_copy(samples.COPY))
        seen.append(desk.ask_connection(samples.CONNECTIONS))
        seen.append(desk.ask_sign_in_to_keep(practice).keep)
        desk.ask_sign_in_to_keep(practice)
        raise AssertionError("unreachable")

    keys = iter(
        [Qt.Key.Key_Return, Qt.Key.Key_Return, *[Qt.Key.Key_Escape] * 4, publisher.key_secret, Qt.Key.Key_Escape]
    )
    last: list[QWidget] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog in last or QApplication.activeWindow() is not dialog:
            return
        last.append(dialog)
        code = next(keys)
        if isinstance(code, str):
            QTest.keyClicks(focused(dialog), code)
            code = Qt.Key.Key_Return
        QTest.keyClick(focused(dialog), code)

    timer = QTimer()
    timer.timeout.connect(answer)
    timer.start(10)
    assert Watcher((ended, click("Close"))).run(work) == 130
    timer.stop()
    assert seen == [1, False, False, None, None, None, True]


def test_a_question_of_an_errand_is_asked_over_the_window_that_has_it_done() -> None:
    """An open window's errand may ask: that question comes over it, is answered, and the window is still there."""
    seen: list[object] = []

    def talk(parent: QWidget | None, errands: Errands) -> None:
        dialog = QuestionDialog("Outer", "Outer?", [], parent, yes="Yes")
        errands.run(lambda: desk_of[0].wants("Inner?"), lambda answer: seen.append((answer, dialog.isVisible())))
        shown_answer(dialog, lambda: None)

    desk_of: list[Desk] = []

    def work(desk: Desk) -> Ending:
        desk_of.append(desk)
        desk._converse(talk)
        return Ending("done", quiet=True)

    def answer() -> None:
        window = QApplication.activeModalWidget()
        if window is None or not window.isVisible():
            return
        if window.windowTitle() == "Inner?":
            assert window.parentWidget().windowTitle() == "Outer"
            QTest.mouseClick(button(window, "Undo it"), Qt.MouseButton.LeftButton)
        elif seen and QApplication.activeWindow() is window:
            QTest.keyClick(focused(window), Qt.Key.Key_Escape)

    timer = QTimer()
    timer.timeout.connect(answer)
    timer.start(10)
    watcher = Watcher()
    assert watcher.run(work) == 0
    timer.stop()
    assert seen == [(True, True)]
    assert not watcher.windows


def test_an_unexpected_error_is_one_sentence_and_a_path(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever escapes becomes a short message with the log file's path; the details go to the log."""

    def work(_desk: Desk) -> Ending:
        raise KeyError("x")

    def close(window: ProgressWindow) -> None:
        assert "Something unexpected went wrong (KeyError)." in texts_of(window)
        assert "/logs/xl-datasync.log" in box_of(window).toPlainText()
        assert button(window, "Open the log file")
        window.close()

    unexpected = lambda error: unexpected_ending(error, "/logs/xl-datasync.log")  # noqa: E731
    assert Watcher((ended, close)).run(work, unexpected=unexpected) == 1
    assert "KeyError" in caplog.text


def test_an_error_that_cannot_be_worded(caplog: pytest.LogCaptureFixture) -> None:
    """Even where finding the words fails, the window comes and can be closed."""

    def work(_desk: Desk) -> Ending:
        raise KeyError("x")

    def unexpected(_error: BaseException) -> Ending:
        raise OSError("no log")

    assert Watcher((ended, click("Close"))).run(work, unexpected=unexpected) == 1
    assert "could not be worded" in caplog.text


def test_an_error_somebody_foresaw_keeps_its_words() -> None:
    """A portal's refusal is told in its own words, with its own exit code."""

    def work(_desk: Desk) -> Ending:
        raise PortalError("The portal is busy.", temporary=True, remedy="Try later.")

    def close(window: ProgressWindow) -> None:
        assert box_of(window).toPlainText() == "Nothing has been sent.\nTry later."
        window.close()

    assert Watcher((ended, close)).run(work) == 5


def test_the_ending_is_copied_and_its_links_are_opened() -> None:
    """The keys and the button copy all of it; a button opens each link, and says where that failed."""
    switch, opened = ButtonSwitch(), []
    window = ProgressWindow("Publish", Progress("…", switch), switch, lambda target: opened.append(target) or False)  # type: ignore[func-returns-value]
    window.show()
    window.show_ending(
        Ending("warning", "2 things to look at.", ("Permits!B17",), (EndingLink("Open it", "/nowhere/x.csv"),))
    )
    until(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Done, please look: 2 things to look at.\nPermits!B17"
    click("Open it")(window)
    QApplication.processEvents()
    assert opened == ["/nowhere/x.csv"]
    assert "This could not be opened: /nowhere/x.csv" in texts_of(window)
    assert not open_target("/nowhere/x.csv")


def test_a_million_words_do_not_hold_the_worker_up() -> None:
    """Telling how far it has come costs nothing to speak of, however often it is told."""
    seconds: list[float] = []

    def work(desk: Desk) -> Ending:
        began = time.perf_counter()
        for done in range(200_000):
            desk.watch(samples.JOB, "Checking rows", done, 200_000)
        seconds.append(time.perf_counter() - began)
        return Ending("done", quiet=True)

    assert Watcher().run(work) == 0
    assert seconds[0] < 5


def test_a_second_click_brings_it_forward() -> None:
    """What is asked to come to the front is shown and has the focus, also in its first moment."""
    from xl_datasync.dialogs.excel_window import ExcelWindow  # noqa: PLC0415

    running = Running("Publish", lambda _desk: DONE, ExcelWindow(None), unexpected_ending)
    running.come_forward()
    until(running.window.isActiveWindow)
    running.window.show_ending(DONE)
    running.window.close()
