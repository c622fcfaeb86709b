"""Where the history of a workbook lies."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from xl_datasync.core.errors import WorkbookError

# More than a file system keeps inside an entry of a folder, so that a full disk shows.
_TRIAL = bytes(16 * 1024)
# With eight characters more, short enough for every file system even where each takes four bytes.
_LONGEST_NAME = 60


def history_folder(wanted: Path, fallback: Path) -> Path:
    """The folder for a workbook's history, made and tried out by writing a file.

    :param wanted: the folder beside the workbook.
    :param fallback: a folder of the user's own; the history then lies in a folder inside it whose name tells
        workbooks of the same name apart.
    :raises WorkbookError: where neither can be written.
    """
    wanted = Path(os.path.abspath(wanted))  # noqa: PTH100  # resolve() would follow links, which may come and go
    other = fallback / f"{wanted.name[:_LONGEST_NAME]}-{_fingerprint(wanted)}"
    trouble = _trouble(wanted)
    if not trouble:
        return wanted
    other_trouble = _trouble(other)
    if not other_trouble:
        return other
    raise WorkbookError(
        f"The history of this workbook cannot be kept ({trouble}; in {other}: {other_trouble}).",
        where=str(wanted),
        remedy="Make room on the disk, or ask IT for the right to write in one of these folders, then run it again.",
    )


def _fingerprint(folder: Path) -> str:
    """Eight characters that stand for a folder's whole path; Windows does not tell upper and lower case apart."""
    return hashlib.sha256(os.path.normcase(folder).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _trouble(folder: Path) -> str:
    """Why files cannot be kept in a folder, or ``""``; a folder that was made in vain is taken away again."""
    made = False
    try:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        _write_trial(folder)
    except OSError as error:
        if made:
            with suppress(OSError):
                folder.rmdir()
        return error.strerror or type(error).__name__
    return ""


def _write_trial(folder: Path) -> None:
    """Write a file and take it away; rights and free space as the system reports them are not to be trusted."""
    number, name = tempfile.mkstemp(".part", "trial.", folder)
    try:
        try:
            if os.write(number, _TRIAL) < len(_TRIAL):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(number)
        finally:
            os.close(number)
    finally:
        Path(name).unlink(missing_ok=True)
    for name in ("history.jsonl", "history.lock"):
        # What a colleague has begun in a shared folder is not always ours to go on with.
        if (folder / name).exists():
            (folder / name).open("ab").close()
