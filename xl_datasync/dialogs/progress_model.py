"""What the progress window shows: told by the worker, asked for by the window ten times a second, free of Qt.

The worker only writes down how far it has come, so that telling it a million times costs nothing and never waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from xl_datasync.dialogs.switch import ButtonSwitch

HINT = "You can go on working in Excel. This window tells you when it is done."
BAR_PARTS = 1000
"""A bar counts in thousandths: Qt's counts to 2**31 only, and bytes are more."""


@dataclass(frozen=True)
class FinishedJob:
    """A job that is over.

    :param words: what is said of it.
    :param published: whether it has done what it was to do.
    :param sent: whether it may have changed the portal.
    """

    name: str
    words: str
    published: bool = False
    sent: bool = False

    @property
    def line(self) -> str:
        """The job in the list."""
        return f"{self.name}: {self.words}"


@dataclass(frozen=True)
class Shown:
    """All that the window shows at a moment.

    :param bar: thousandths done, or None where nobody knows how much there is.
    :param can_stop: whether pressing the button does anything.
    """

    heading: str
    step: str
    bar: int | None
    elapsed: str
    finished: tuple[str, ...]
    note: str
    button: str
    can_stop: bool


class Progress:
    """How far the work has come.

    :param clock: seconds, for the time that has passed.
    """

    def __init__(self, heading: str, switch: ButtonSwitch, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._switch = switch
        self._clock = clock
        self._began = clock()
        self._heading = heading
        self._job = ""
        self._step: tuple[str, int, int | None] = ("", 0, None)
        self._finished: list[FinishedJob] = []

    def say(self, line: str) -> None:
        """A new heading; the step before is over."""
        with self._lock:
            self._heading = line
            self._step = ("", 0, None)

    def watch(self, job: str, what: str, done: int, total: int | None) -> None:
        """How far a job's step has come."""
        with self._lock:
            self._job = job
            self._step = (what, done, total)

    def finished(self, job: str, words: str, *, published: bool, sent: bool = False) -> None:
        """A job is over."""
        with self._lock:
            self._finished.append(FinishedJob(job, words, published, sent))
            self._job, self._step = "", ("", 0, None)
        # That the switch was held for it means no more than its record was written, where nothing was sent.
        self._switch.forget()

    @property
    def sent(self) -> bool:
        """Whether something may have changed on the portal."""
        return self._switch.was_held or any(job.published or job.sent for job in self._finished)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self._clock() - self._began

    def shown(self) -> Shown:
        """What the window shows now."""
        with self._lock:
            job, (what, done, total), finished = self._job, self._step, tuple(self._finished)
            heading = self._heading
        step = step_words(what, done, total)
        return Shown(
            heading=heading,
            step=f"{job}: {step}" if job and step else step,
            bar=bar_parts(done, total),
            elapsed=f"Time: {elapsed_words(self.seconds)}",
            finished=tuple(one.line for one in finished),
            note=self._note(finished),
            button=self._button(),
            can_stop=not self._switch.pressed,
        )

    def _button(self) -> str:
        """Cancel, while nothing was sent; Stop from then on."""
        if self._switch.pressed:
            return "Stopping …" if self.sent else "Cancelling …"
        return "Stop" if self.sent else "Cancel"

    def _note(self, finished: tuple[FinishedJob, ...]) -> str:
        if not self._switch.pressed:
            return HINT
        published = ", ".join(f"“{job.name}”" for job in finished if job.published)
        already = f" Already published: {published}." if published else ""
        if self._switch.is_held:
            return f"Stopping once the portal has answered. What it has taken by then stays published.{already}"
        if self.sent:
            return f"Stopping at the next safe point. What was sent stays published.{already}"
        return "Stopping at the next safe point. Nothing has been sent."


def step_words(what: str, done: int, total: int | None) -> str:
    """``Checking rows – 4,000 of 9,000``; a step without numbers is just named."""
    if total:
        return f"{what} – {min(done, total):,} of {total:,}"
    return f"{what} – {done:,} so far" if done else what


def bar_parts(done: int, total: int | None) -> int | None:
    """How full the bar is, or None where that is not known."""
    if not total:
        return None
    return max(0, min(BAR_PARTS, done * BAR_PARTS // total))


def elapsed_words(seconds: float) -> str:
    """``0:07``, ``12:03``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
