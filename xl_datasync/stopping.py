"""Ctrl-C at a safe point: at once while nothing is being sent, else when the request under way has been answered.

A scheduler that ends a run (SIGTERM) is treated in the same way; Windows knows Ctrl-C only.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SAFE_POINT = "Stopping once the portal has answered; press Ctrl-C again to stop at once."

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSwitch:
    """Knows whether somebody wants the run to stop, and whether this is a moment to do so.

    :param say: tells the person why it does not stop at once.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._say = say or (lambda _line: None)
        self._held = False
        self._pressed = False

    @property
    def pressed(self) -> bool:
        """Whether somebody wants to stop."""
        return self._pressed

    @contextmanager
    def held(self) -> Iterator[None]:
        """While rows are on their way, a first press only marks that the run is to stop."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    def press(self) -> None:
        """What Ctrl-C does.

        :raises KeyboardInterrupt: where it is safe to stop, or when it is pressed again.
        """
        if not self._held or self._pressed:
            self._pressed = True
            raise KeyboardInterrupt
        self._pressed = True
        self._say(SAFE_POINT)


@contextmanager
def ctrl_c(switch: StopSwitch) -> Iterator[StopSwitch]:
    """Let Ctrl-C and SIGTERM press the switch; only the main thread of a program can."""
    if threading.current_thread() is not threading.main_thread():
        yield switch
        return
    before = {number: signal.signal(number, lambda _number, _frame: switch.press()) for number in SIGNALS}
    try:
        yield switch
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
