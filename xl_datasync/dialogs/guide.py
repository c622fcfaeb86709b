"""The guide for clerks, in a window of its own: the same page as in the docs, with its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from xl_datasync.dialogs.parts import named, shown_answer

PICTURE_WIDTH = 800
WIDTH, HEIGHT = PICTURE_WIDTH + 80, 660
"""As high as a small screen allows."""


class Page(QTextBrowser):
    """Shows a page of Markdown; pictures are made to fit, links to other pages open in the browser."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802  # Qt's own name
        """A picture no wider than the page."""
        found = super().loadResource(kind, name)
        if QTextDocument.ResourceType(kind) is not QTextDocument.ResourceType.ImageResource:
            return found
        picture = QImage(self.source().resolved(QUrl(name)).toLocalFile())
        if picture.width() <= PICTURE_WIDTH:
            return picture
        return picture.scaledToWidth(PICTURE_WIDTH, Qt.TransformationMode.SmoothTransformation)


class GuideDialog(QDialog):
    """The page, and a button to close it."""

    def __init__(self, title: str, page: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.browser = named(Page(), title)
        self.browser.setOpenExternalLinks(True)
        self.browser.setSource(QUrl.fromLocalFile(str(page)), QTextDocument.ResourceType.MarkdownResource)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.browser)
        column.addWidget(buttons)
        self.resize(WIDTH, HEIGHT)
        self.browser.setFocus()


def show_guide(title: str, page: Path, parent: QWidget | None = None) -> None:
    """Show a page until it is closed."""
    shown_answer(GuideDialog(title, page, parent), lambda: None)
