"""The sentences for files that cannot be read; no library's raw text goes out alone."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from python_calamine_plus import CalamineError

from xl_datasync.core.errors import DataSyncError, WorkbookError

SAVE_AGAIN = "Open it in Excel, save it, and try again; if Excel offers to repair it, let it do so and check the rows."
_DAMAGE = (
    CalamineError,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@contextmanager
def worded(where: str) -> Iterator[None]:
    """Turn whatever a reading library raises into a :class:`WorkbookError` about ``where``."""
    try:
        yield
    except DataSyncError:
        raise
    except _DAMAGE as error:
        raise WorkbookError(
            "The file is damaged, or was not written the way Excel writes it.",
            where=where,
            remedy=SAVE_AGAIN,
            reference=raw_text(error),
        ) from error
    except OSError as error:
        raise cannot_open(where, error) from error


def cannot_open(where: str, error: OSError, *, open_elsewhere: bool = False) -> WorkbookError:
    """Word the system's refusal to open or read a file."""
    if isinstance(error, PermissionError):
        remedy = "It is open in Excel: close it there" if open_elsewhere else "If it is open in Excel, close it there"
        return WorkbookError(
            "The file may not be read: it is locked by another program, or you have no right to it.",
            where=where,
            remedy=f"{remedy}, or ask whoever looks after the folder for the right to read it.",
            reference=raw_text(error),
        )
    if isinstance(error, FileNotFoundError):
        return WorkbookError(
            "There is no such file.",
            where=where,
            remedy="Check the file's name and folder; it may have been moved.",
        )
    return WorkbookError(
        "The file could not be read from where it is stored.",
        where=where,
        remedy="Check that the drive or network folder is there, copy the file to this computer, and try again.",
        reference=raw_text(error),
    )


def raw_text(error: BaseException) -> str:
    """What support may look up: the library's or system's own words, on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def nearest_first(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, those that look most like ``name`` first."""
    # Loaded here, because most names are found.
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415

    ranked = process.extract(name, names, scorer=fuzz.ratio, processor=utils.default_process, limit=None)
    return tuple(found for found, _score, _index in ranked)


def listed(names: tuple[str, ...], limit: int = 20) -> str:
    """``“A”, “B” and 3 more``."""
    shown = ", ".join(f"“{name}”" for name in names[:limit])
    return shown + (f" and {len(names) - limit} more" if len(names) > limit else "")
