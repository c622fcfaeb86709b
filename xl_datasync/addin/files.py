"""Files put in place all at once: whoever looks sees the old one or the new one, also after a power cut.

What is being written carries a name of its own, fixed, so that a later run finds and removes what a killed one left.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

WAITING = ".xl-datasync-part"


def waiting(path: Path) -> Path:
    """The name under which a file or folder is made."""
    return path.with_name(path.name + WAITING)


def is_there(path: Path) -> bool:
    """Whether there is anything of that name, a link that leads nowhere included."""
    return os.path.lexists(path)


def sha256_of(path: Path) -> str:
    """The hash of a file; ``""`` where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def put(path: Path, data: bytes, part: Path | None = None) -> None:
    """Write a file.

    :param part: where it is written first.
    """
    part = part or waiting(path)
    remove(part)
    try:
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        move(part, path)
    except OSError:
        with suppress(OSError):
            remove(part)  # on a full disk it would take the last room
        raise


def move(source: Path, target: Path) -> None:
    """Move a file with its dates and rights; to another disk by a copy that is complete before the first one goes."""
    try:
        _replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = waiting(target)
        remove(part)
        shutil.copy2(source, part, follow_symlinks=False)
        _replace(part, target)
        remove(source)


def _replace(source: Path, target: Path) -> None:
    """Rename; a read-only file in the way, which Windows would not replace, is made writable first."""
    try:
        source.replace(target)
    except PermissionError:
        if not target.is_file() or os.access(target, os.W_OK):
            raise
        target.chmod(0o600)
        source.replace(target)


def remove(path: Path) -> bool:
    """Remove a file, or a folder with what is in it; only for what this program has made itself.

    :returns: whether it was there.
    """
    if not is_there(path):
        return False
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return True
    try:
        path.unlink()
    except PermissionError:
        path.chmod(0o600)  # Windows does not remove a read-only file
        path.unlink()
    return True


def remove_if_empty(path: Path) -> None:
    """Remove a folder, if there is one and nothing is in it."""
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()


def missing_folders(paths: Iterable[Path]) -> list[Path]:
    """The folders that have to be made for these files, the outer ones first."""
    missing = {parent for path in paths for parent in path.parents if not is_there(parent)}
    return sorted(missing, key=lambda folder: len(folder.parts))
