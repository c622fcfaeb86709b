"""The application behind the windows."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

NAME = "xl-datasync"


def application() -> QApplication:
    """The one there is, or a new one. Its style, font and colours are the system's."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([sys.argv[0] or NAME])
    application.setApplicationName(NAME)
    application.setApplicationDisplayName("Open Data")
    # Between two questions no window may be there; the end of the work ends the program.
    application.setQuitOnLastWindowClosed(False)
    return application
