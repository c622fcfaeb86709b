"""A copy of a workbook as Excel shows it now, unsaved edits included, for the reader of closed files.

So Excel is free again at once, and a run from inside Excel sees the very values that a run on the closed file sees.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import xlwings as xw

from xl_datasync.workbook.closed import WORKBOOK_SUFFIXES
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.rebuilt import rebuild

log = logging.getLogger(__name__)


def take_snapshot(book: xw.Book, folder: Path, saved_as: Path | None) -> Path:
    """Write what the workbook shows now to a file of the same name.

    :param folder: an empty folder.
    :param saved_as: the workbook's file; None where it has none that can be reached.
    :returns: the file. Where nothing is unsaved it is a copy of the workbook's own file; else Excel saves a copy;
        where it cannot, the cells are asked for, and the file has their values without their formulas.
    """
    target = folder / _file_name(book.name)
    api = _api(book)
    if saved_as and _is_as_saved(api) and _copied(saved_as, target):
        return target
    if target.suffix.casefold() == Path(book.name).suffix.casefold() or not Path(book.name).suffix:
        # Excel for Mac has no such command in its dictionary.
        save_copy = getattr(api, "SaveCopyAs", None)
        if save_copy is not None and _stored(save_copy, target):
            return target
    log.info("%s is read cell by cell", book.name)
    rebuild(book, target)
    return target


def _file_name(name: str) -> str:
    """A name for the copy that the reader takes; one never saved has no suffix, and other formats are rebuilt."""
    suffix = Path(name).suffix.casefold()
    return name if suffix in WORKBOOK_SUFFIXES else f"{Path(name).stem if suffix else name}.xlsx"


def _api(book: xw.Book) -> Any:
    """Excel's own object behind a workbook."""
    with suppress(NotImplementedError, AttributeError):
        return book.api
    return None


def _is_as_saved(api: Any) -> bool:
    """Whether the file on the disk is what Excel shows; false where nobody knows.

    The file of a workbook that was opened to be read only, or is shared, may have been saved by somebody else; that of
    a workbook on the web may be a copy that OneDrive has not brought up to date yet.
    """
    if getattr(api, "Saved", None) not in (True, 1) or "://" in str(getattr(api, "FullName", "")):
        return False
    return not getattr(api, "ReadOnly", True) and not getattr(api, "MultiUserEditing", False)


def _copied(source: Path, target: Path) -> bool:
    """Copy a file that Excel holds open; other programs may read it (Excel denies only writing), but need not."""
    if source.suffix.casefold() != target.suffix.casefold():
        return False
    try:
        shutil.copyfile(source, target)
    except OSError:
        log.info("%s cannot be copied", source, exc_info=True)
        return False
    return _can_be_read(target)


def _stored(save_copy: Callable[[str], object], target: Path) -> bool:
    """Let Excel save a copy; a workbook that is protected may refuse, or give one that only Excel opens."""
    with forgiving():
        save_copy(str(target))
        return _can_be_read(target)
    return False


def _can_be_read(target: Path) -> bool:
    """Whether it is a package; a workbook with a password is none."""
    with target.open("rb") as stream:
        return stream.read(2) == b"PK"
