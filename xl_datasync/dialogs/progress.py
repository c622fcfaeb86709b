"""The window that shows how far the work has come, and in the end how it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from xl_datasync.dialogs.endings import Ending, EndingLink, Kind, is_web_page
from xl_datasync.dialogs.parts import Dialog, announce, heading_label, icon_label, named, plain_label
from xl_datasync.dialogs.progress_model import BAR_PARTS, Progress
from xl_datasync.dialogs.reading import reading_box
from xl_datasync.dialogs.switch import ButtonSwitch

LOOK_EVERY = 100
"""Milliseconds between two looks at how far the work has come."""
JOBS_SHOWN = 4

ICONS: dict[Kind, QStyle.StandardPixmap] = {
    "done": QStyle.StandardPixmap.SP_DialogApplyButton,
    "warning": QStyle.StandardPixmap.SP_MessageBoxWarning,
    "problem": QStyle.StandardPixmap.SP_MessageBoxCritical,
    "stopped": QStyle.StandardPixmap.SP_MessageBoxInformation,
}


class ProgressPart(QWidget):
    """Heading, step, bar, time and the jobs that are over."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.heading = heading_label("")
        self.step, self.elapsed = plain_label(""), QLabel("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.note = plain_label("")
        self.jobs = named(QListWidget(), "Jobs that are over")
        self.jobs.setMaximumHeight(self.fontMetrics().lineSpacing() * (JOBS_SHOWN + 1))
        self.jobs.setWordWrap(True)
        self.jobs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.jobs.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.jobs.hide()
        row = QHBoxLayout()
        row.addWidget(self.step, stretch=1)
        row.addWidget(self.elapsed, alignment=Qt.AlignmentFlag.AlignTop)
        for part in (self.heading, self.bar):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.jobs)
        column.addWidget(self.note)

    def look(self, progress: Progress) -> tuple[str, bool]:
        """Show how far it has come.

        :returns: what the button says, and whether it does anything.
        """
        shown = progress.shown()
        for label, text in (
            (self.heading, shown.heading), (self.step, shown.step), (self.elapsed, shown.elapsed),
            (self.note, shown.note),
        ):  # fmt: skip
            if label.text() != text:
                label.setText(text)
        named(self.bar, shown.heading, shown.step)
        if shown.bar is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, BAR_PARTS)
            self.bar.setValue(shown.bar)
        for line in shown.finished[self.jobs.count() :]:
            self.jobs.addItem(line)
            self.jobs.setVisible(True)
            self.jobs.scrollToBottom()
        return shown.button, shown.can_stop


class ProgressWindow(Dialog):
    """Shows progress, then the ending; closing it while the work goes on is Cancel.

    :param opened: opens a link's target; says whether that could be done.
    """

    closed = Signal()

    def __init__(
        self,
        title: str,
        progress: Progress,
        switch: ButtonSwitch,
        opened: Callable[[str], bool] | None = None,
    ) -> None:
        super().__init__(title)
        self.ending: Ending | None = None
        self._progress, self._switch = progress, switch
        self._opened = opened or open_target
        self._part = ProgressPart()
        self.body.addWidget(self._part)
        self.body.addStretch(1)
        self.stop = self.button("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.stop.setFocus()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Show how far the work has come."""
        before = self._part.note.text(), self._part.jobs.isVisible(), self._part.heading.text()
        word, can_stop = self._part.look(self._progress)
        if self.stop.text() != word:
            self.stop.setText(word)
            named(self.stop, word)
        self.stop.setEnabled(can_stop)
        if self.isVisible() and before != (
            self._part.note.text(), self._part.jobs.isVisible(), self._part.heading.text()
        ):  # fmt: skip
            self.refit()

    def reject(self) -> None:
        """Cancel, Stop, Esc and the cross: while the work goes on it is asked to stop, then the window closes."""
        if self.ending is None:
            self._switch.press()
            self.look()
        else:
            self.closed.emit()
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's own name
        """The cross does what the button does."""
        if self.ending is None:
            event.ignore()
            self.reject()
        else:
            self.closed.emit()
            super().closeEvent(event)

    def show_ending(self, ending: Ending) -> None:
        """The same window says how it ended."""
        self._timer.stop()
        self.ending = ending
        self.setWindowTitle(f"{ending.title or self.windowTitle()}: {ending.word}")
        self._part.hide()
        self.buttons.removeButton(self.stop)
        self.stop.deleteLater()
        part = ending_part(ending)
        self.body.insertWidget(0, part)
        part.show()  # now, not at the next turn: its height is needed below
        for link in ending.links:
            self._add_link(link)
        copy = self.button("&Copy text", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy)
        close = self.button("Close", QDialogButtonBox.ButtonRole.RejectRole, default=True)
        named(self, self.windowTitle(), ending.text)
        close.setFocus()
        self.refit(exact=True)
        announce(self, ending.text)

    def copy(self) -> None:
        """Put all that is said where Ctrl+V finds it."""
        if self.ending:
            QApplication.clipboard().setText(self.ending.text)

    def _add_link(self, link: EndingLink) -> None:
        button = self.button(link.label, QDialogButtonBox.ButtonRole.ActionRole)
        button.setToolTip(link.target)
        button.setAccessibleDescription(link.target)
        button.clicked.connect(lambda: self._follow(link))

    def _follow(self, link: EndingLink) -> None:
        if not self._opened(link.target):
            line = f"This could not be opened: {link.target}"
            label = plain_label(line, selectable=True)
            self.body.insertWidget(1, label)
            label.show()
            announce(self, line)
            self.refit()


def ending_part(ending: Ending) -> QWidget:
    """Icon, word and sentence, then the lines in a box."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    row = QHBoxLayout()
    icon = icon_label(ICONS[ending.kind], QStyle.PixelMetric.PM_LargeIconSize)
    row.addWidget(icon, alignment=Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.addWidget(heading_label(ending.word))
    words.addWidget(plain_label(ending.headline, selectable=True))
    row.addLayout(words, stretch=1)
    column.addLayout(row)
    if ending.lines:
        column.addWidget(reading_box("What happened", "\n".join(ending.lines)))
    return whole


def open_target(target: str) -> bool:
    """Open a page in the browser, a file or folder in the program it belongs to."""
    if is_web_page(target):
        return QDesktopServices.openUrl(QUrl(target))
    return Path(target).exists() and QDesktopServices.openUrl(QUrl.fromLocalFile(target))
