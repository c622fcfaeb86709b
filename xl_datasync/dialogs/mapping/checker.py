"""Has columns checked by the worker as they are mapped; of one column only the newest choices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.mapping.check import Checked, ToCheck, check_column
from xl_datasync.dialogs.mapping.model import MappingModel

WAIT, GATHER = 250, 30
"""Milliseconds without a key before what was typed is checked; and for which results are gathered before they show."""
CHECK = "check "


class Checker(QObject):
    """Checks what the model says has not been checked.

    :param came: is called when results have come.
    """

    def __init__(self, model: MappingModel, errands: Errands, came: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._errands = model, errands
        self._asked: dict[str, tuple[ColumnChoice, ...]] = {}
        self._rest, self._gather = QTimer(self), QTimer(self)
        for timer, wait, deed in ((self._rest, WAIT, self.check), (self._gather, GATHER, came)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(deed)

    def check_soon(self) -> None:
        """Check when the typing rests."""
        self._rest.start()

    def forget(self) -> None:
        """What is on its way answers a question that is no longer asked."""
        self._asked.clear()

    def stop(self) -> None:
        """Check nothing more that waits: the worker is wanted for something else, and checks may be thousands."""
        self._rest.stop()
        self._errands.forget(CHECK)
        self._asked.clear()

    def check(self) -> None:
        """Have checked what has not been."""
        self._rest.stop()
        for name in self._model.to_check():
            subject = self._model.subject(name)
            if self._asked.get(name) != subject.choices:
                self._asked[name] = subject.choices
                self._errands.run(
                    partial(check_column, subject),
                    partial(self._take, subject),
                    partial(self._failed, name),
                    instead_of=f"{CHECK}{name}",
                )

    def _take(self, subject: ToCheck, found: Checked) -> None:
        self._asked.pop(subject.column.field_name, None)
        if self._model.take_check(subject, found) and not self._gather.isActive():
            # Hundreds may come at once: one look at all of them is enough.
            self._gather.start()

    def _failed(self, name: str, _error: Exception) -> None:
        self._asked.pop(name, None)
