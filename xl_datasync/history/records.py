"""What the runs did: events in one file, a line of JSON each, written once and never changed."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from xl_datasync.core.errors import WorkbookError
from xl_datasync.history.moments import stamp, utc_now

VERSION = 1
FILE_NAME = "history.jsonl"
# Seconds another process may take for its line; it needs a few thousandths.
_PATIENCE = 15.0

Event = dict[str, Any]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class History:
    """The events of a workbook's runs, in the order they were written: that order counts, not the clock's.

    :param folder: where ``history.jsonl`` lies; it is made with the first event.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._cut_lines = 0

    def append(self, event: Mapping[str, object]) -> None:
        """Add one event; it is on the disk when this returns. Several processes may do so at once.

        :raises WorkbookError: where it cannot be written; the events before it are as they were.
        """
        # A lone surrogate, which UTF-8 has no place for, becomes its JSON escape.
        line = f"{_encode(dict(event))}\n".encode("utf-8", "backslashreplace")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock")).acquire(timeout=_PATIENCE, poll_interval=0.01):
                _append_line(self.path, line)
        except Timeout as error:
            raise self._refused("Another program keeps the history of the runs locked.") from error
        except OSError as error:
            raise self._refused(f"The history of the runs cannot be written ({_reason(error)}).") from error

    def events(self) -> Iterator[Event]:
        """The events, oldest first; lines that hold none are passed over and counted in :attr:`cut_lines`.

        :raises WorkbookError: where there is a file and the system does not let it be read.
        """
        self._cut_lines = 0
        try:
            with self.path.open("rb") as lines:
                for line in lines:
                    event = _parsed(line)
                    if event is not None:
                        yield event
                    elif line.strip():
                        self._cut_lines += 1
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._refused(f"The history of the runs cannot be read ({_reason(error)}).") from error

    @property
    def cut_lines(self) -> int:
        """Lines that held no event when the events were last read: cut short by a crash, or changed by hand."""
        return self._cut_lines

    def _refused(self, what: str) -> WorkbookError:
        """The error for a file that cannot be used; whether anything was sent is for the caller to say."""
        remedy = "Make sure that there is room on the disk and that the folder may be written, then run it again."
        return WorkbookError(what, where=str(self.path), remedy=remedy, unaffected="")


def _append_line(path: Path, line: bytes) -> None:
    """Write a line in one go, on a line of its own even where a crash has cut the one before it."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    number = os.open(path, flags, 0o666)
    try:
        size = os.fstat(number).st_size
        try:
            _write_synced(number, b"" if _ends_a_line(number, size) else b"\n", line)
        except OSError:
            # Half a line would swallow the next one of a program that does not look.
            with suppress(OSError):
                os.ftruncate(number, size)
            raise
    finally:
        os.close(number)


def _ends_a_line(number: int, size: int) -> bool:
    """Whether what is in an open file so far is whole lines."""
    if size == 0:
        return True
    os.lseek(number, size - 1, os.SEEK_SET)
    return os.read(number, 1) == b"\n"


def _write_synced(number: int, before: bytes, line: bytes) -> None:
    """Write to an open file, down to the disk."""
    whole = before + line
    if os.write(number, whole) < len(whole):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(number)


def _parsed(line: bytes) -> Event | None:
    """The event of a line, or None."""
    try:
        # Editors put a byte order mark before the first line.
        event = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _reason(error: OSError) -> str:
    """The system's own word for it."""
    return error.strerror or type(error).__name__


@dataclass(frozen=True)
class RunRecord:
    """One job of one run, put together from its events; each is kept whole, with its ``at``.

    :param started: empty where that line was lost.
    :param sending: noted right before the first row was sent; None: nothing had been sent.
    :param finished: how it ended; None: it is active, or was interrupted.
    :param settled: what was found out later about an interrupted one.
    :param notes: events of other kinds in order, such as ``made``.
    """

    run: str
    job: str
    started: Event = field(default_factory=dict)
    sending: Event | None = None
    finished: Event | None = None
    settled: Event | None = None
    notes: tuple[Event, ...] = ()


class Records(list[RunRecord]):
    """Records of runs, oldest first.

    :param unreadable: lines of the history that held no event: cut short by a crash, or changed by hand.
    """

    def __init__(self, records: Iterable[RunRecord] = (), unreadable: int = 0) -> None:
        super().__init__(records)
        self.unreadable = unreadable


def read_runs(*histories: History) -> Records:
    """All jobs of all runs, oldest first, in the order of the file; of two events of one kind the later one counts.

    :raises WorkbookError: where the history cannot be read.
    """
    records: dict[tuple[str, str], RunRecord] = {}
    for event in chain.from_iterable(history.events() for history in histories):
        run, job = event.get("run"), event.get("job")
        if isinstance(run, str) and isinstance(job, str):
            records[run, job] = _with_event(records.get((run, job)) or RunRecord(run, job), event)
    return Records(records.values(), sum(history.cut_lines for history in histories))


def _with_event(record: RunRecord, event: Event) -> RunRecord:
    """A record and one event more."""
    match event.get("event"):
        case "started":
            return replace(record, started=event)
        case "sending":
            return replace(record, sending=event)
        case "finished":
            return replace(record, finished=event)
        case "settled":
            return replace(record, settled=event)
        case _:
            return replace(record, notes=(*record.notes, event))


def new_run_id(moment: datetime) -> str:
    """A name for a run that begins now, such as ``20261122-101500-3f2a90c1``.

    It sorts by time in UTC; its random end keeps apart runs of the same second, or of a clock that was set back.
    """
    return f"{moment.astimezone(timezone.utc):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


class RunLog:
    """Writes the events of one job of one run.

    Facts are values of JSON; a date or a path is written as its text. Each method raises WorkbookError where the
    event cannot be written.
    """

    def __init__(self, history: History, run: str, job: str, clock: Callable[[], datetime] = utc_now) -> None:
        self._history = history
        self._run = run
        self._job = job
        self._clock = clock

    def started(self, **facts: object) -> None:
        """The job has begun."""
        self._write("started", facts)

    def sending(self, **facts: object) -> None:
        """The first row is about to be sent."""
        self._write("sending", facts)

    def made(self, **facts: object) -> None:
        """Something was made on the portal, such as a dataset."""
        self._write("made", facts)

    def finished(self, **facts: object) -> None:
        """The job has ended, well or not."""
        self._write("finished", facts)

    def settled(self, **facts: object) -> None:
        """It was found out later what became of a job that had been interrupted."""
        self._write("settled", facts)

    def _write(self, kind: str, facts: Mapping[str, object]) -> None:
        """Add an event."""
        at = stamp(self._clock())
        # Unlike a literal, dict() raises for a fact that has the name of one of these.
        self._history.append(dict(event=kind, run=self._run, job=self._job, at=at, version=VERSION, **facts))
