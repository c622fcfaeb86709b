"""What the windows that list something have in common: their size, their status line, the buttons beside the table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStyle, QWidget

from xl_datasync.dialogs.check_model import Step, failed_words
from xl_datasync.dialogs.parts import Dialog, announce, named, plain_label

LETTERS_WIDE, LINES_HIGH = 150, 38
SCREEN_SHARE = 0.92


def deed_button(text: str, press: Callable[[], object], description: str = "") -> QPushButton:
    """A button beside a table; Return presses it only where it has the focus, or is made the default."""
    button = named(QPushButton(text), text.replace("&", ""), description)
    button.setAutoDefault(False)
    button.setToolTip(description)
    button.clicked.connect(lambda _checked: press())
    return button


class TableDialog(Dialog):
    """A window for a table: wide, as high as the screen allows, and it can be made larger.

    :ivar lists: whether the table is shown.
    :ivar status: what became of the last deed; whoever makes the window places it.
    :ivar step: what the clerk wants to do next.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setSizeGripEnabled(True)
        self.lists = True
        self.status = plain_label("")
        self.step: Step | None = None

    def say(self, words: str) -> None:
        """Tell, for eyes and for screen readers, what became of a deed."""
        self.status.setText(words)
        announce(self, words)

    def failed(self, error: Exception) -> None:
        """Tell why an errand was not done."""
        self.say(failed_words(error))

    def leave(self, step: Step) -> None:
        """Close the window and go on with another step."""
        self.step = step
        self.accept()

    def refit(self, *, exact: bool = False) -> None:
        """Its size is settled once; from then on it is the person's. Without a table it is as small as others."""
        if self._seen and not exact:
            return
        if not self.lists:
            super().refit(exact=exact)
            return
        room, letter = self.screen().availableGeometry(), self.fontMetrics()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        # It scrolls down, never sideways, and no button is cut.
        least = max(self._inside.minimumSizeHint().width(), self.buttons.sizeHint().width() + bar) + 2 * bar
        self.setMinimumWidth(least)
        width = max(least, min(letter.averageCharWidth() * LETTERS_WIDE, int(room.width() * SCREEN_SHARE)))
        self.resize(width, min(letter.lineSpacing() * LINES_HIGH, int(room.height() * SCREEN_SHARE)))
