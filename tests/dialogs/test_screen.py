"""Whether the windows can be tested at all."""

from __future__ import annotations

from tests.qt import need_qt


def test_there_is_qt() -> None:
    """Where Qt cannot be loaded, somebody is told that no window was tested."""
    need_qt()
