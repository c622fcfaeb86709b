"""A clerk at the keyboard: answers a window that waits, with real keys and clicks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from xl_datasync.dialogs.form_dialog import FaultLine

T = TypeVar("T")
Deed = Callable[[QWidget], object]


def answered(ask: Callable[[], T], *deeds: Deed) -> T:
    """Call what waits at a window, do the deeds there one after another, and give what came of it."""
    met: list[BaseException] = []

    def act() -> None:
        window = QApplication.activeModalWidget()
        if window is None or QApplication.activeWindow() is not window:
            QTimer.singleShot(5, act)
            return
        try:
            for deed in deeds:
                deed(window)
                QApplication.processEvents()
            assert not window.isVisible(), f"“{window.windowTitle()}” is still open: {faults_of(window)}"
        except BaseException as error:  # noqa: BLE001  # raised below, where pytest sees it
            met.append(error)
            window.hide()

    QTimer.singleShot(0, act)
    result = ask()
    if met:
        raise met[0]
    return result


def keys(text: str) -> Deed:
    """Type into what has the focus."""
    return lambda window: QTest.keyClicks(focused(window), text)


def key(code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Deed:
    """Press one key."""
    return lambda window: QTest.keyClick(focused(window), code, modifier)


def tab(times: int = 1) -> Deed:
    """Go on some controls."""

    def deed(window: QWidget) -> None:
        for _ in range(times):
            QTest.keyClick(focused(window), Qt.Key.Key_Tab)

    return deed


def alt(letter: str) -> Deed:
    """Press a control's Alt key; buttons are seen to go down for a moment (``animateClick``)."""

    def deed(window: QWidget) -> None:
        QTest.keyClick(focused(window), Qt.Key[f"Key_{letter.upper()}"], Qt.KeyboardModifier.AltModifier)
        QTest.qWait(130)

    return deed


RETURN = key(Qt.Key.Key_Return)
ESCAPE = key(Qt.Key.Key_Escape)
SPACE = key(Qt.Key.Key_Space)


def click(word: str) -> Deed:
    """Click the button that says this."""
    return lambda window: QTest.mouseClick(button(window, word), Qt.MouseButton.LeftButton)


def button(window: QWidget, word: str) -> QAbstractButton:
    """The button that says this."""
    found = [one for one in window.findChildren(QAbstractButton) if one.text().replace("&", "") == word]
    assert len(found) == 1, (word, [one.text() for one in window.findChildren(QAbstractButton)])
    return found[0]


def focused(window: QWidget) -> QWidget:
    """What has the focus in the window."""
    return window.focusWidget() or window


def faults_of(window: QWidget) -> list[str]:
    """What is said to be wrong."""
    return [line.text for line in window.findChildren(FaultLine) if line.isVisible()]


def texts_of(window: QWidget) -> str:
    """All that is to be read."""
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def expect(what: Callable[[QWidget], object]) -> Deed:
    """Look at something on the way."""

    def deed(window: QWidget) -> None:
        assert what(window), (faults_of(window), focused(window).accessibleName())

    return deed


def wait_for(what: Callable[[QWidget], object]) -> Deed:
    """Wait until the window is so, as somebody does who looks at it."""

    def deed(window: QWidget) -> None:
        try:
            until(lambda: what(window))
        except AssertionError:
            raise AssertionError(texts_of(window)) from None

    return deed


def until(what: Callable[[], object], seconds: float = 5.0) -> None:
    """Let the windows live until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        QApplication.processEvents()
        time.sleep(0.005)
