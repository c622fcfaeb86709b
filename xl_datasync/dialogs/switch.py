"""The stop switch behind the Cancel and Stop button."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from xl_datasync.stopping import StopSwitch


class ButtonSwitch(StopSwitch):
    """Is pressed in the window's thread, which only marks it, and looked at in the worker's.

    Pressing it again changes nothing: while rows are on their way there is nothing to do but wait for the portal.
    """

    def __init__(self) -> None:
        super().__init__()
        self._was_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """While rows are on their way, a press does not stop at once."""
        self._was_held = True
        with super().held():
            yield

    @property
    def is_held(self) -> bool:
        """Whether this is no moment to stop."""
        return self._held

    @property
    def was_held(self) -> bool:
        """Whether rows of the job that is at work may have been sent."""
        return self._was_held

    def forget(self) -> None:
        """A job is over; what it has sent is known."""
        self._was_held = False

    def press(self) -> None:
        """Mark that somebody wants to stop; from any thread."""
        self._pressed = True

    def check(self) -> None:
        """A safe point of the worker.

        :raises KeyboardInterrupt: where somebody wants to stop and nothing is on its way.
        """
        if self._pressed and not self._held:
            raise KeyboardInterrupt
