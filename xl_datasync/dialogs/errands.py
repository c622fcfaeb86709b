"""Work that an open window gives to the worker, which waits for its answer anyway and alone may touch Excel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # the bridge is Qt's, and what is decided in a model can be tested without
    from xl_datasync.dialogs.bridge import Bridge

log = logging.getLogger(__name__)
T = TypeVar("T")


class Errands:
    """Errands of one window, done one after the other in the thread that waits for the window's answer.

    :param bridge: leads back into the windows' thread.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._newest: dict[str, int] = {}
        self._closed = False

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] = lambda _result: None,
        failed: Callable[[Exception], object] = lambda _error: None,
        *,
        instead_of: str = "",
    ) -> None:
        """Have something done; call from the windows' thread, which never waits.

        :param then: is given the result, in the windows' thread, unless the window has been closed.
        :param failed: is given what the work raised, likewise.
        :param instead_of: a name; of errands with the same name only the newest is done, as typing outruns work.
        """
        number = self._newest.get(instead_of, 0) + 1
        self._newest[instead_of] = number

        def errand() -> None:
            if instead_of and self._newest[instead_of] != number:
                return
            try:
                result = work()
            except Exception as error:
                log.warning("an errand failed", exc_info=True)
                self._back(lambda error=error: failed(error))  # type: ignore[misc]  # bound now: Python forgets it
            else:
                self._back(lambda: then(result))

        self._waiting.put(errand)

    def forget(self, beginning: str) -> None:
        """Leave undone what still waits under names that begin so; call from the windows' thread.

        What is being done at the moment is done, and told.
        """
        for name in [name for name in self._newest if name.startswith(beginning)]:
            self._newest[name] += 1

    def _back(self, tell: Callable[[], object]) -> None:
        self._bridge.post(lambda: None if self._closed else tell())

    def close(self) -> None:
        """The window is closed; what is still waiting is not done. Called from the windows' thread."""
        self._closed = True
        self._waiting.put(None)

    def do_until_closed(self) -> None:
        """Do errands until the window is closed; called by the worker."""
        while (errand := self._waiting.get()) is not None:
            if not self._closed:
                errand()
