"""Backups of datasets: written whole or not at all, checked before they are used, cleared away in time."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

from xl_datasync.core.errors import WorkbookError
from xl_datasync.history.moments import read_stamp
from xl_datasync.history.row_file import RowPacker, first_line, parsed, read_lines, spoilt

FORMAT = "xl-datasync backup"
VERSION = 1
ENDING = ".backup.gz"
_LEFTOVER = re.compile(r".+\.backup\.gz\.[^.]+\.part")
_DAY = 86_400


@dataclass(frozen=True)
class BackupHeader:
    """What a backup is of.

    :param taken_at: UTC, ISO 8601.
    :param portal: the portal's host, with its port if it has one.
    :param dataset: the description of the dataset, any JSON.
    :param run: id of the run that took it.
    """

    taken_at: str
    portal: str
    dataset: dict[str, Any]
    run: str


@dataclass(frozen=True)
class Backup:
    """A backup that is whole.

    :param size: bytes on the disk.
    """

    path: Path
    rows: int
    size: int
    taken_at: str
    dataset: dict[str, Any]
    portal: str
    run: str


def backup_path(folder: Path, dataset_id: str, run: str) -> Path:
    """A name for a new backup; a run that changes a dataset twice takes two."""
    path = folder / f"{dataset_id}-{run}{ENDING}"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{dataset_id}-{run}-{number}{ENDING}"
    return path


def write_backup(path: Path, header: BackupHeader, rows: Iterable[Mapping[str, object] | str]) -> Backup:
    """Write a backup; only when it is whole and on the disk does it get its name.

    It is the user's own: on a shared folder of Linux or macOS nobody else may read it.

    :param path: a name that is free, see :func:`backup_path`.
    :param rows: each as an object or as its JSON on one line; read once, never held; what they raise goes through, and
        nothing is left.
    :raises WorkbookError: where it cannot be written; nothing is left then.
    """
    packer = RowPacker(_header_line(header))
    with _new_file(path) as out:
        for row in rows:
            if block := packer.add(row):
                _write(out, block, path)
        _write(out, packer.finish(), path)
    return _backup(path, header, packer.rows)


def read_header(path: Path) -> BackupHeader:
    """What a backup is of, by its first line alone.

    :raises WorkbookError: where it is not a backup, or of a newer version.
    """
    return _header(path, first_line(path))


def verify(path: Path) -> Backup:
    """Read a whole backup and make sure that it is as it was written.

    :raises WorkbookError: where anything is wrong with it.
    """
    lines = read_lines(path)
    header = _header(path, next(lines))
    return _backup(path, header, sum(1 for _ in lines))


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a backup, one at a time; numbers with a fraction are Decimals.

    :raises WorkbookError: where anything is wrong with it, at the latest after the last row; :func:`verify` says so
        before the first.
    """
    lines = read_lines(path)
    _header(path, next(lines))
    for line in lines:
        yield parsed(path, line)


def found_backups(folder: Path) -> list[tuple[Path, BackupHeader]]:
    """The backups in a folder, oldest first by what they say themselves; whether they are whole is not looked at."""
    found = []
    for path in _files(folder):
        if path.name.endswith(ENDING):
            with suppress(WorkbookError):
                found.append((path, read_header(path)))
    return sorted(found, key=lambda pair: (_taken(pair[1]), pair[0].name))


def prune(folder: Path, keep_days: int, most_bytes: int, spare: Iterable[Path], now: datetime) -> list[Path]:
    """Remove backups that are too old, then the oldest while all together are too big.

    Their age is what they say themselves. Leftovers of runs that were killed go too, after a day.

    :param keep_days: days that a backup is kept.
    :param most_bytes: bytes that all may take, the spared ones included.
    :param spare: backups that stay whatever their age and size.
    :param now: with its time zone.
    :returns: the backups that were removed; one that is open elsewhere stays, and is none of them.
    """
    _remove_leftovers(folder, now)
    spared = {_same(path) for path in spare}
    sized = [(path, header, _size(path)) for path, header in found_backups(folder)]
    total = sum(size for _, _, size in sized)
    removed = []
    for path, header, size in sized:
        too_old = (now - _taken(header)).total_seconds() > keep_days * _DAY
        if (too_old or total > most_bytes) and _same(path) not in spared and _removed(path):
            removed.append(path)
            total -= size
    return removed


def _header_line(header: BackupHeader) -> dict[str, object]:
    """The header as it is written."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "taken_at": header.taken_at,
        "portal": header.portal,
        "dataset": header.dataset,
        "run": header.run,
    }


def _header(path: Path, line: bytes) -> BackupHeader:
    """The header of a line.

    :raises WorkbookError: where it is none of ours, or of a newer version.
    """
    facts = parsed(path, line)
    if facts.get("format") == FORMAT and facts.get("version") == VERSION:
        match facts:
            case {"taken_at": str(taken_at), "portal": str(portal), "dataset": dict(dataset), "run": str(run)}:
                if read_stamp(taken_at):
                    return BackupHeader(taken_at, portal, dataset, run)
    raise spoilt(path)


def _backup(path: Path, header: BackupHeader, rows: int) -> Backup:
    return Backup(path, rows, _size(path), header.taken_at, header.dataset, header.portal, header.run)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that gets its name when it is whole, and is gone if anything is raised.

    :raises WorkbookError: where it cannot be made or named.
    """
    with _refusing(path):
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        number, name = tempfile.mkstemp(".part", f"{path.name}.", path.parent)
    part, out = Path(name), os.fdopen(number, "wb")
    try:
        yield out
        with _refusing(path):
            out.flush()
            os.fsync(out.fileno())
            out.close()  # Windows renames no open file
            part.replace(path)
            _sync_folder(path.parent)
    finally:
        with suppress(OSError):  # what cannot be written cannot be flushed either
            out.close()
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write(out: BinaryIO, block: bytes, path: Path) -> None:
    with _refusing(path):
        out.write(block)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """:raises WorkbookError: for what the system refuses."""
    try:
        yield
    except OSError as error:
        raise WorkbookError(
            f"The backup {path.name} cannot be written ({error.strerror or type(error).__name__}).",
            where=str(path.parent),
            remedy="Make sure that there is room on the disk and that this folder may be written, then run it again.",
        ) from error


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too, where the system lets a folder be synced; Windows does it by itself."""
    if os.name == "posix":
        with suppress(OSError):
            number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)


def _files(folder: Path) -> list[Path]:
    """The plain files of a folder; no links, which may lead anywhere."""
    try:
        return [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    except OSError:
        return []


def _remove_leftovers(folder: Path, now: datetime) -> None:
    """Remove what killed runs left: it has no header to go by, only its date in the file system."""
    for path in _files(folder):
        if _LEFTOVER.fullmatch(path.name):
            with suppress(OSError):
                if now.timestamp() - path.stat().st_mtime > _DAY:
                    path.unlink()


def _removed(path: Path) -> bool:
    """Whether a file could be removed; on Windows none that is open."""
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _taken(header: BackupHeader) -> datetime:
    return read_stamp(header.taken_at) or datetime.max.replace(tzinfo=timezone.utc)


def _same(path: Path) -> str:
    return os.path.normcase(path.resolve())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
