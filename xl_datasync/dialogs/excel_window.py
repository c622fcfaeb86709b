"""Excel's own window, as the one that ours belong to: they stay above it and go with it. Windows only."""

from __future__ import annotations

import sys

from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget


class ExcelWindow:
    """Excel's window by its handle, or nothing.

    :param handle: ``Application.Hwnd``; None where there is none.
    """

    def __init__(self, handle: int | None) -> None:
        # Held, because Qt keeps no window of another program alive by itself.
        self._window = QWindow.fromWinId(handle) if handle and sys.platform == "win32" else None

    def own(self, widget: QWidget) -> None:
        """Make a window that is not shown yet belong to it."""
        if self._window is None or widget.parentWidget() is not None:
            return
        widget.winId()  # makes the window, hidden, so that there is something to be owned
        handle = widget.windowHandle()
        if handle is not None:
            handle.setTransientParent(self._window)
