"""A clerk inside the process that a button has started: answers each window by a script, and writes down what she saw.

The windows, the worker and the spreadsheet are the product's own; only the hands are here.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from pathlib import Path
from typing import Any

SCRIPT, SEEN = "XL_DATASYNC_ROBOT", "XL_DATASYNC_SEEN"
LOOK_EVERY = 40
LONGEST = 50.0
MOST_ROWS = 100
# What is answered wherever it is the only thing that is asked, unless a step answers it otherwise: the button.
QUESTIONS = {
    "It is public: everybody will see": "Publish",
    "will be removed from it": "Delete them",
}
# Qt holds whoever listens to a timer only weakly.
KEPT: list[Robot] = []


def begin() -> None:
    """Wait, beside the program, for its first window, and then act in the windows' own thread."""
    threading.Thread(target=_wait_for_application, daemon=True).start()


def _wait_for_application() -> None:
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        if (application := QApplication.instance()) is not None:
            robot = Robot(application)
            QTimer.singleShot(0, application, robot.start)
            KEPT.append(robot)
            return
        time.sleep(0.02)


class Robot:
    """Follows the script: a list of steps, each with what the window must say and what is done there.

    A step may wait for a file, by which the test says that it is the robot's turn.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._steps: list[dict[str, Any]] = json.loads(Path(os.environ[SCRIPT]).read_text(encoding="utf-8"))
        self._seen: list[str] = []
        self._end = time.monotonic() + LONGEST

    def start(self) -> None:
        """Look at the windows now and then."""
        from PySide6.QtCore import QTimer

        self._timer = QTimer(self._application)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        window = self._window()
        if window is None:
            if time.monotonic() > self._end:
                self._tell(trouble="no window came")
            return
        text = texts_of(window)
        step = self._steps[0] if self._steps else None
        if step and step.get("after") and not Path(step["after"]).exists():
            return
        if step and re.search(step["window"], text):
            self._steps.pop(0)
            self._seen.append(text)
            try:
                for deed in step["do"]:
                    act(window, *deed)
            except Exception as error:  # noqa: BLE001  # told to the test, which fails with it
                self._tell(trouble=f"{error!r} in {text}")
            Path(os.environ[SEEN]).with_suffix(".steps").write_text(str(len(self._seen)))
        elif button := self._standing_answer(text):
            act(window, "click", button)
        elif self._ending(window) is not None and not (self._steps and window.isModal()):
            ending = self._ending(window)
            self._tell(kind=ending.kind, title=window.windowTitle(), headline=ending.headline, lines=list(ending.lines),
                       links={link.label: link.target for link in ending.links})  # fmt: skip
            act(window, "click", "Close")
        elif time.monotonic() > self._end:
            self._tell(trouble=f"nobody answers: {text}")

    @staticmethod
    def _standing_answer(text: str) -> str | None:
        found = [button for words, button in QUESTIONS.items() if "One thing to look at" in text and words in text]
        return next(iter(found), None)

    def _window(self) -> Any:
        from PySide6.QtWidgets import QApplication

        modal = QApplication.activeModalWidget()
        if modal is not None:
            return modal
        shown = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
        step = self._steps[0] if self._steps else {}
        wanted = [window for window in shown if step.get("progress") and re.search(step["window"], texts_of(window))]
        return next(iter(wanted or [window for window in shown if self._ending(window) is not None]), None)

    def _ending(self, window: Any) -> Any:
        return getattr(window, "ending", None)

    def _tell(self, **facts: Any) -> None:
        """Write down what was seen; a quiet ending shows nothing, and leaves nothing."""
        document = {"seen": self._seen, "left": self._steps, **facts}
        target = Path(os.environ[SEEN])
        part = target.with_suffix(".part")
        part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        part.replace(target)
        if "trouble" in facts:
            os._exit(9)


def texts_of(window: Any) -> str:
    """All that is to be read in a window."""
    from PySide6.QtWidgets import QAbstractButton, QGroupBox, QLabel, QListWidget, QPlainTextEdit, QTableView, QTextEdit

    parts = [window.windowTitle()]
    for kind in (QLabel, QAbstractButton):
        parts += [one.text().replace("&", "") for one in window.findChildren(kind) if one.isVisible()]
    for one in window.findChildren(QGroupBox):
        parts.append(one.title())
    for kind in (QPlainTextEdit, QTextEdit):
        parts += [one.toPlainText() for one in window.findChildren(kind) if one.isVisible()]
    for one in window.findChildren(QListWidget):
        parts += [one.item(row).text() for row in range(one.count())]
    for table in window.findChildren(QTableView):
        parts += ["\t".join(row) for row in rows_of(table)[:MOST_ROWS] if table.isVisible()]
    return "\n".join(parts)


def rows_of(view: Any) -> list[list[str]]:
    """What stands in the cells of a list or a table."""
    model = view.model()
    width, height = model.columnCount(), model.rowCount()
    return [[str(model.index(row, column).data() or "") for column in range(width)] for row in range(height)]


def act(window: Any, deed: str, target: str = "", value: str = "") -> None:  # noqa: C901  # a list of deeds
    """Do one thing, with real keys and clicks."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import (
        QAbstractButton,
        QApplication,
        QComboBox,
        QFileDialog,
        QLineEdit,
        QListView,
        QTableView,
    )

    if deed == "click":
        buttons = [one for one in window.findChildren(QAbstractButton) if one.text().replace("&", "") == target]
        button = next(one for one in buttons if one.isVisible())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    elif deed == "tick":
        box = next(one for one in window.findChildren(QAbstractButton) if target in one.text().replace("&", ""))
        if not box.isChecked():
            box.click()
    elif deed == "type":
        field = next(one for one in window.findChildren(QLineEdit) if one.accessibleName() == target)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, value)
    elif deed == "choose":
        box = next(one for one in window.findChildren(QComboBox) if one.accessibleName() == target)
        box.setCurrentIndex(box.findText(value))
    elif deed == "row":
        rows = next(one for kind in (QTableView, QListView) for one in window.findChildren(kind) if one.isVisible())
        texts = ["\t".join(row) for row in rows_of(rows)]
        rows.setCurrentIndex(rows.model().index(next(n for n, text in enumerate(texts) if target in text), 0))
    elif deed == "found":
        act(window, "row", target)
        QTest.keyClick(next(one for one in window.findChildren(QTableView) if one.isVisible()), Qt.Key.Key_Return)
    elif deed == "pick":
        act(window, "found", target)
        field = next(one for one in window.findChildren(QLineEdit) if one.placeholderText() == "Type a name")
        QTest.keyClicks(field, value)
        QTest.keyClick(field, Qt.Key.Key_Return)
    elif deed == "file":
        dialog = window if isinstance(window, QFileDialog) else window.findChild(QFileDialog)
        dialog.findChild(QLineEdit).setText(target)
        dialog.accept()
    elif deed == "shot":
        QApplication.processEvents()
        window.grab().save(target)
    else:
        raise ValueError(deed)
