"""A screen for tests of windows: Qt's own, which shows nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from tests.qt import TROUBLE

HAS_QT = not TROUBLE
# Modules that import Qt cannot even be collected without it; test_screen.py says that they are missing.
collect_ignore = (
    []
    if HAS_QT
    else [
        "test_loop_windows.py",
        "test_dialogs.py",
        "test_errands.py",
        "test_window.py",
        "test_alone.py",
        "test_looks.py",
        "test_mapping.py",
        "test_asking_portals.py",
    ]
)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def no_trouble() -> Iterator[None]:
    """Qt goes on after an exception in a slot; a test must not."""
    met: list[BaseException] = []
    before, sys.excepthook = sys.excepthook, lambda _kind, error, _traceback: met.append(error)
    yield
    sys.excepthook = before
    if met:
        raise met[0]


@pytest.fixture
def screen(no_trouble: None) -> Iterator[None]:
    """An application; no window of one test is met by the next."""
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415  # may be missing

    from xl_datasync.dialogs.look import application  # noqa: PLC0415  # needs Qt

    app = application()
    palette = app.palette()
    yield
    app.setPalette(palette)
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()
    app.processEvents()
