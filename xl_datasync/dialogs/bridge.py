"""The way from a worker's thread into the windows' thread and back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


class Bridge(QObject):
    """Lives in the windows' thread and does there what others ask for."""

    _asked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._home = threading.get_ident()
        self._asked.connect(self._do, Qt.ConnectionType.QueuedConnection)

    def call(self, function: Callable[[], T]) -> T:
        """Do it in the windows' thread and wait for what it gives.

        :raises BaseException: what the function raised.
        """
        if threading.get_ident() == self._home:
            return function()
        return self.start(function).result()

    def start(self, function: Callable[[], T]) -> Future[T]:
        """Do it in the windows' thread at its next turn; what it gives will be in the future."""
        answer: Future[T] = Future()
        self._asked.emit(answer, function)
        return answer

    def post(self, function: Callable[[], object]) -> None:
        """Do it in the windows' thread at its next turn, and do not wait."""
        self.start(function)

    @Slot(object, object)
    def _do(self, answer: Future[Any], function: Callable[[], Any]) -> None:
        try:
            answer.set_result(function())
        except BaseException as error:  # noqa: BLE001  # handed to whoever asked
            answer.set_exception(error)
