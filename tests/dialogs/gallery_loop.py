"""The windows of the loop, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from tests.dialogs import samples_loop as samples
from xl_datasync.dialogs.bridge import Bridge
from xl_datasync.dialogs.check import CheckDialog
from xl_datasync.dialogs.check_model import CheckForm
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.history import HistoryDialog
from xl_datasync.dialogs.preview import PreviewDialog
from xl_datasync.dialogs.preview_model import PreviewForm

# Qt holds whoever is told of something only weakly.
_BRIDGES: list[Bridge] = []


def no_errands() -> Errands:
    """Errands that nobody does."""
    _BRIDGES.append(Bridge())
    return Errands(_BRIDGES[-1])


def check(form: CheckForm) -> CheckDialog:
    """The window of a check."""
    return CheckDialog(form, no_errands(), samples.deeds())


def preview(form: PreviewForm) -> PreviewDialog:
    """The window of a preview."""
    return PreviewDialog(form, no_errands(), samples.PREVIEW_DEEDS)


LOOP_WINDOWS: dict[str, Callable[[], QWidget]] = {
    "check": lambda: check(samples.REFUSED),
    "check-warnings": lambda: check(samples.WITH_NOTES),
    "check-sound": lambda: check(samples.SOUND),
    "preview": lambda: preview(samples.PREVIEW),
    "preview-uncompared": lambda: preview(samples.PREVIEW_UNCOMPARED),
    "history": lambda: HistoryDialog(samples.HISTORY),
    "history-broken": lambda: HistoryDialog(samples.HISTORY_BROKEN),
}
