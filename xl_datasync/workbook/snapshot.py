"""A copy of a workbook as Excel shows it now, unsaved edits included, for the reader of closed files.

So Excel is free again at once, and a run from inside Excel sees the very values that a run on the closed file sees.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import xlwings as xw

from xl_datasync.workbook.closed import WORKBOOK_SUFFIXES
from xl_datasync.workbook.patience import is_busy, is_gone
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
    if saved_as and _is_clean(api) and _copied(saved_as, target):
        return target
    if target.suffix.casefold() == Path(book.name).suffix.casefold() or not Path(book.name).suffix:
        with suppress(AttributeError):  # Excel for Mac has no such command in its dictionary
            if _stored(api, target):
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


def _is_clean(api: Any) -> bool:
    """Whether the file on the disk is what Excel shows; false where nobody knows."""
    saved = getattr(api, "Saved", None)
    return isinstance(saved, bool | int) and bool(saved)


def _copied(source: Path, target: Path) -> bool:
    """Copy a file that Excel holds open; other programs may read it (Excel denies only writing), but need not."""
    if source.suffix.casefold() != target.suffix.casefold():
        return False
    try:
        shutil.copyfile(source, target)
    except OSError:
        log.info("%s cannot be copied", source, exc_info=True)
        target.unlink(missing_ok=True)
        return False
    return True


def _stored(api: Any, target: Path) -> bool:
    """Let Excel save a copy; a workbook that is protected may refuse, or give one that only Excel opens."""
    save_copy = api.SaveCopyAs
    try:
        save_copy(str(target))
    except Exception as error:
        if is_busy(error) or is_gone(error):
            raise
        log.info("Excel saves no copy", exc_info=True)
        target.unlink(missing_ok=True)
        return False
    return target.is_file() and target.read_bytes()[:2] == b"PK"
