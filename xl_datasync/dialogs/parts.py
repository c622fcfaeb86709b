"""The parts that all windows are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCursor, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

LETTERS_WIDE = 86
"""How wide a window's text is, in letters: about what is comfortable to read."""
SCREEN_SHARE = 0.92

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, description: str = "") -> W:
    """The widget with its name for screen readers, and what else they read out."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(description)
    return widget


def plain_label(text: str, *, selectable: bool = False) -> QLabel:
    """A paragraph: never markup, whatever stands in it."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if selectable:
        both = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        label.setTextInteractionFlags(both)
        named(label, text)
    return label


def heading_label(text: str, *, selectable: bool = False) -> QLabel:
    """A heading."""
    label = plain_label(text, selectable=selectable)
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * 1.15)
    label.setFont(font)
    return label


def icon_label(icon: QStyle.StandardPixmap, size: QStyle.PixelMetric) -> QLabel:
    """A system icon; screen readers pass it, because a word stands beside it."""
    label = QLabel()
    style = label.style()
    edge = style.pixelMetric(size)
    label.setPixmap(style.standardIcon(icon).pixmap(edge, edge))
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return label


def note_row(text: str, icon: QStyle.StandardPixmap, *, heading: bool = False) -> QWidget:
    """An icon and a text beside it."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    size = QStyle.PixelMetric.PM_LargeIconSize if heading else QStyle.PixelMetric.PM_SmallIconSize
    row.addWidget(icon_label(icon, size), alignment=Qt.AlignmentFlag.AlignTop)
    row.addWidget(heading_label(text) if heading else plain_label(text), stretch=1)
    return whole


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say a text that appears by itself."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Dialog(QDialog):
    """A window with a body that scrolls where the screen is small, and buttons that are always there.

    :cvar letters_wide: how wide it is, in letters, where the screen has the room.
    """

    letters_wide = LETTERS_WIDE

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        without = Qt.WidgetAttribute.WA_ShowWithoutActivating
        self.setAttribute(without, parent is not None and parent.testAttribute(without))
        self._seen = False
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self._inside = inside
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.buttons = QDialogButtonBox()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, stretch=1)
        self._foot = foot = QVBoxLayout()
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_LayoutLeftMargin)
        foot.setContentsMargins(margin, margin // 2, margin, margin)
        foot.addWidget(self.buttons)
        outer.addLayout(foot)

    def button(self, text: str, role: QDialogButtonBox.ButtonRole, *, default: bool = False) -> QPushButton:
        """A button in the row below; Return presses the default one only."""
        button = self.buttons.addButton(text, role)
        button.setAutoDefault(default)
        button.setDefault(default)
        return named(button, text.replace("&", ""))

    def refit(self, *, exact: bool = False) -> None:
        """As high as the text needs at this width, but never higher than the screen.

        :param exact: whether it may also shrink; while somebody types it only grows, so that nothing jumps.
        """
        letter, screen = self.fontMetrics().averageCharWidth(), self.screen().availableGeometry().width()
        usual = min(letter * self.letters_wide, max(letter * LETTERS_WIDE, int(screen * SCREEN_SHARE)))
        width = max(self.width() if self._seen else 0, usual)
        by_width = self.body.hasHeightForWidth()
        body = self.body.totalHeightForWidth(width) if by_width else self.body.totalMinimumSize().height()
        foot = self._foot.sizeHint().height()
        most = int(self.screen().availableGeometry().height() * SCREEN_SHARE)
        wanted = min(body + foot, most)
        # A bar that is there takes width, so that lines wrap which need it: without it they might not.
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.resize(width, wanted if exact or not self._seen else max(wanted, self.height()))
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def scroll_to(self, control: QWidget) -> None:
        """Bring a control into sight as a whole, with a little of what is round it where there is room."""
        middle = control.mapTo(self._inside, control.rect().center())
        reach = min(control.height() // 2 + 50, self._scroll.viewport().height() // 2)
        self._scroll.ensureVisible(middle.x(), middle.y(), 0, reach)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's own name
        """Its size is settled before it is seen."""
        if not event.spontaneous():
            self.refit()
            self._seen = True
            self._place()
            QTimer.singleShot(0, self, self.come_forward)
        super().showEvent(event)

    def come_forward(self) -> None:
        """Take the focus, or where the person is at something else, only ask for her attention."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating):
            self.raise_()
            self.activateWindow()
        elif not self.isActiveWindow():
            QApplication.alert(self)

    def _place(self) -> None:
        """In the middle of the screen she clicked on, unless it can be over its parent."""
        parent = self.parentWidget()
        if parent is None or not parent.isVisible():
            screen = QGuiApplication.screenAt(QCursor.pos()) or self.screen()
            frame = self.rect()
            frame.moveCenter(screen.availableGeometry().center())
            self.move(frame.topLeft())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's own name
        """Another font needs another size."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._seen:
            self.refit()


def shown_answer(dialog: QDialog, answer: Callable[[], T]) -> T | None:
    """Show a dialog and wait; what it was answered, or None.

    :param answer: reads the answer out of the dialog.
    """
    try:
        return answer() if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        # At once, in this thread: what is left to a collector of garbage could be ended from the worker's.
        shiboken6.delete(dialog)


def at_one_of_ours() -> bool:
    """Whether the person is at one of our windows."""
    return QApplication.activeWindow() is not None
