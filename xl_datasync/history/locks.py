"""One run for each dataset at a time, over all processes of this user on this computer.

The lock is the operating system's own and goes with its process, however that ends. Who holds it stands in a file
beside it, which only serves the message.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from xl_datasync.core.errors import Busy, WorkbookError
from xl_datasync.history.moments import read_stamp, utc_now

# Seconds: a look by is_locked holds the lock for less than a thousandth, and must not count as a run.
_MOMENT = 0.3
# Begins what is locked while a copy is made of a dataset: the copy has no id yet.
COPIES = "copy-of-"
_UNFIT = re.compile(r"[^a-z0-9.-]+")


@contextmanager
def dataset_lock(folder: Path, host: str, dataset_id: str, holder: Mapping[str, str]) -> Iterator[None]:
    """Hold a dataset for the length of a run.

    :param folder: where the locks of this user lie; it is made.
    :param host: the portal's host, with its port if it has one.
    :param holder: what the next one is told: ``job``, ``started`` (UTC, ISO 8601), ``user`` and ``process``, which is
        this process's number unless it is given. Never a sign-in.
    :raises Busy: where another run holds it.
    :raises WorkbookError: where the folder cannot be written.
    """
    path = _lock_file(folder, host, dataset_id)
    # Another thread may have to give it back, where it is the one to clear up.
    lock = FileLock(path, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_MOMENT, poll_interval=0.02)
    except Timeout as error:
        raise _busy(path, dataset_id) from error
    except OSError as error:
        raise _unusable(folder, error) from error
    try:
        _write_holder(_holder_file(path), {"process": str(os.getpid()), **holder})
        yield
    finally:
        # Before the lock is given back: afterwards it may be the next one's file.
        with suppress(OSError):
            _holder_file(path).unlink()
        lock.release()


def is_locked(folder: Path, host: str, dataset_id: str) -> bool:
    """Whether a run holds the dataset now.

    :raises WorkbookError: where the lock cannot be looked at.
    """
    path = _lock_file(folder, host, dataset_id)
    if not path.exists():
        return False
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError as error:
        raise _unusable(folder, error) from error


def holder_of(folder: Path, host: str, dataset_id: str) -> dict[str, object] | None:
    """Who holds the dataset now, as far as that is written down; None where nobody does.

    :raises WorkbookError: where the lock cannot be looked at.
    """
    return _read_holder(_lock_file(folder, host, dataset_id)) if is_locked(folder, host, dataset_id) else None


def refuse_if_locked(folder: Path, host: str, dataset_id: str) -> None:
    """Be refused as a run is, without holding the dataset.

    :raises Busy: where a run holds it.
    :raises WorkbookError: where the lock cannot be looked at.
    """
    if is_locked(folder, host, dataset_id):
        raise _busy(_lock_file(folder, host, dataset_id), dataset_id)


def _lock_file(folder: Path, host: str, dataset_id: str) -> Path:
    """A name that every file system takes; the hash keeps apart what it cannot show."""
    whole = f"{host}/{dataset_id}".lower()
    readable = _UNFIT.sub("_", f"{dataset_id}-{host}".lower())[:80]
    return folder / f"dataset-{readable}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}.lock"


def _holder_file(lock_file: Path) -> Path:
    return lock_file.with_suffix(".holder.json")


def _write_holder(path: Path, holder: Mapping[str, str]) -> None:
    """Say who holds the lock, all at once; without it a run is as safe and only the message is shorter."""
    part = path.with_suffix(".part")  # nobody else writes it: the lock is held
    with suppress(OSError):
        part.write_text(json.dumps(dict(holder)), encoding="utf-8")
        part.replace(path)


def _read_holder(lock_file: Path) -> dict[str, object]:
    """Who holds a lock; empty where that cannot be read."""
    try:
        holder = json.loads(_holder_file(lock_file).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _busy(lock_file: Path, dataset_id: str) -> Busy:
    """The error for a dataset that another run holds."""
    who = _described(_read_holder(lock_file))
    copies = dataset_id.startswith(COPIES)
    what = "Another run is making one" if copies else "Another run is active on this dataset"
    return Busy(
        f"{what}{f': {who}' if who else ''}.",
        where=f"Copies of {dataset_id.removeprefix(COPIES)}" if copies else f"Dataset {dataset_id}",
        remedy="Wait until it has finished, then run this job again.",
    )


def _described(holder: Mapping[str, object]) -> str:
    """Who holds the lock, such as ``job “Fees”, started 10:32 by lee (process 4711)``."""
    job, user, process = (str(holder.get(key) or "") for key in ("job", "user", "process"))
    start = " ".join(part for part in (_clock_time(holder.get("started")), f"by {user}" if user else "") if part)
    words = ", ".join(part for part in (f"job “{job}”" if job else "", f"started {start}" if start else "") if part)
    return f"{words} (process {process})" if words and process else words


def _clock_time(started: object) -> str:
    """A moment as a clerk's clock shows it, with the day where it is not today."""
    moment = read_stamp(started)
    if moment is None:
        return str(started or "")
    local = moment.astimezone()
    same_day = local.date() == utc_now().astimezone().date()
    return f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"


def _unusable(folder: Path, error: OSError) -> WorkbookError:
    return WorkbookError(
        f"It cannot be made sure that no other run is active ({error.strerror or type(error).__name__}).",
        where=str(folder),
        remedy="Make sure that there is room on the disk and that this folder may be written, then run it again.",
    )
