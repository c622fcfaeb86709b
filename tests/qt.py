"""Whether windows can be had here: Qt needs PySide6, and libraries of the system that a bare machine lacks."""

from __future__ import annotations

import os

import pytest

try:
    import PySide6.QtWidgets  # noqa: F401  # only whether it can be loaded
except ImportError as error:
    TROUBLE = str(error)
else:
    TROUBLE = ""


def need_qt() -> None:
    """Skip the test where there are no windows, but never where everything must be tried."""
    if not TROUBLE:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"Qt is needed for the tests of the windows: {TROUBLE}")
    pytest.skip(f"Qt cannot be loaded here: {TROUBLE}")


@pytest.fixture
def windows_can_be_had() -> None:
    """For tests of a program that must be whole."""
    need_qt()
