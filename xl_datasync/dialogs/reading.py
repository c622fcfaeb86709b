"""A box of text to be read, selected and copied; it scrolls with the arrow keys and lets Tab pass."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from xl_datasync.dialogs.parts import named

MOST_LINES = 14
LETTERS = 72
"""Letters on a line of the box, fewer than there mostly are."""


def reading_box(name: str, text: str) -> QPlainTextEdit:
    """A box that is as high as its text, up to :data:`MOST_LINES`."""
    box = QPlainTextEdit()
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    named(box, name)
    fill(box, text)
    return box


def fill(box: QPlainTextEdit, text: str) -> None:
    """Give the box its text and the height for it."""
    box.setPlainText(text)
    box.setFrameShape(QFrame.Shape.StyledPanel)
    lines = sum(1 + len(line) // LETTERS for line in text.splitlines())
    margins = 2 * (box.frameWidth() + int(box.document().documentMargin()))
    height = box.fontMetrics().lineSpacing() * min(max(lines, 1), MOST_LINES) + 2 * margins
    box.setMinimumHeight(height)
    if lines <= MOST_LINES:
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setFixedHeight(height)
