"""Errors of installing, and what the system's refusals mean to a person."""

from __future__ import annotations

import errno
from pathlib import Path

from xl_datasync.core.errors import DataSyncError

NOTHING_CHANGED = "Nothing was changed."
HALF_DONE = (
    "Part of it is done, and noted: “xl-datasync addin install” goes on with it, "
    "“xl-datasync addin uninstall” takes it back."
)
HALF_REMOVED = "Part of it is removed, and the rest is still noted: run “xl-datasync addin uninstall” again."
_PERMISSION = (
    "Quit Excel. If it is not open: see whether the file or its folder is read-only or belongs to somebody else. "
    "On macOS, allow the terminal to access data of other apps (System Settings, Privacy & Security). "
    "Then run the same command again, or ask IT."
)
FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC})


class InstallError(DataSyncError):
    """The add-in's files cannot be put in place, or removed."""


class ExcelOpen(DataSyncError):
    """Excel is open, and holds the add-in's file."""

    exit_code = 5


def file_trouble(error: OSError, path: Path, unaffected: str) -> InstallError:
    """What a refusal of the file system means.

    :param path: the file or folder that was being written, moved or removed.
    :param unaffected: what holds now.
    """
    place = Path(error.filename2 or error.filename or path) if isinstance(error.filename, str) else path
    what, remedy = _meaning(error, path)
    return InstallError(what, where=str(place), unaffected=unaffected, remedy=remedy)


def _meaning(error: OSError, path: Path) -> tuple[str, str]:
    if error.errno in FULL:
        return "The disk is full, or your share of it is.", "Free some space and run the same command again."
    obstacle = next((parent for parent in path.parents if parent.exists() and not parent.is_dir()), None)
    if obstacle is not None or isinstance(error, (NotADirectoryError, FileExistsError)):
        return (
            f"A file stands where a folder is needed: {obstacle or path}.",
            "Rename or move that file, then run the same command again.",
        )
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return (
            "A folder stands where a file is needed, or a folder cannot be changed.",
            f"Rename or move {path}, then run the same command again.",
        )
    if error.errno == errno.EROFS:
        return "This disk cannot be written.", "Ask IT why your own folders are read-only."
    if isinstance(error, PermissionError):
        return "The system does not allow this file or folder to be changed.", _PERMISSION
    return f"The system refused: {error.strerror or type(error).__name__}.", "Mend that and run the same command again."
