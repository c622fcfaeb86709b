"""Whether the windows can be tested at all."""

from __future__ import annotations

import os

import pytest

from tests.dialogs.conftest import HAS_QT


def test_there_is_qt() -> None:
    """Where the extra “desktop” is missing, somebody is told that no window was tested."""
    if not HAS_QT:
        if os.environ.get("CI") == "true":
            pytest.fail("PySide6-Essentials (the extra “desktop”) is needed for the tests of the windows")
        pytest.skip("PySide6-Essentials (the extra “desktop”) is not installed; no window was tested")
