"""A workbook opened in an Excel of its own, hidden, for a run that nobody watches; no Excel is left behind."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import xlwings as xw

from xl_datasync.core.errors import ConfigurationError, DataSyncError, WorkbookError
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.patience import Told, forgiving, patiently

log = logging.getLogger(__name__)

CALCULATION_WAIT = 600.0  # seconds for queries and formulas; a run of the night must not wait for ever
_DONE = 0  # xlDone, XlCalculationState
# msoAutomationSecurityForceDisable: Excel driven by a program otherwise runs a workbook's macros unasked.
_NO_MACROS = 3
# Given none, Excel would ask for it, and a hidden one would wait for ever.
_NO_PASSWORD = "-"  # noqa: S105  # it opens nothing


@contextmanager
def driven_workbook(path: Path, elsewhere: Path, told: Told = lambda _line: None) -> Iterator[LiveWorkbook]:
    """Open a workbook in a hidden Excel of its own, refresh its data, recalculate it; saved and closed afterwards.

    :param elsewhere: as for :class:`LiveWorkbook`.
    :raises ConfigurationError: where there is no Excel.
    :raises WorkbookError: where the workbook cannot be opened for writing.
    """
    path = path.resolve()
    if not path.is_file():
        raise WorkbookError("There is no such file.", where=path.name, remedy="Check the file's name and folder.")
    app = _hidden_excel()
    try:
        book = _opened(app, path)
        _refresh(app, book)
        with LiveWorkbook(book, elsewhere, told) as live:
            yield live
            _save(book, path)
    finally:
        _end(app)


def _hidden_excel() -> xw.App:
    try:
        app = xw.App(visible=False, add_book=False)
    except Exception as error:  # xlwings and COM raise errors of their own kinds
        raise ConfigurationError(
            "Excel could not be started on this computer.",
            remedy="Run it without --excel: then the workbook is read as it was saved, and Excel is not needed.",
        ) from error
    try:
        _hush(app)
    except BaseException:
        _end(app)
        raise
    return app


def _hush(app: xw.App) -> None:
    """Nobody is there to answer: no alerts, no events, no macros, no links to other workbooks followed."""
    for name in ("display_alerts", "screen_updating", "enable_events"):
        with forgiving():  # not every Excel has them all, and a run does not fail for it
            setattr(app, name, False)
    with forgiving():  # a Mac has neither
        app.api.AutomationSecurity = _NO_MACROS
        app.api.AskToUpdateLinks = False


def _opened(app: xw.App, path: Path) -> xw.Book:
    try:
        # Links to other workbooks are not followed: nobody is there to answer for them.
        # Nor for a password, which one without takes no notice of, or for the advice to open it for reading only.
        book = patiently(
            lambda: app.books.open(
                str(path), update_links=False, notify=False, password=_NO_PASSWORD, write_res_password=_NO_PASSWORD,
                ignore_read_only_recommended=True,
            )
        )  # fmt: skip
    except DataSyncError:
        raise
    except Exception as error:
        raise WorkbookError(
            "Excel could not open the workbook.",
            where=path.name,
            remedy="Open it by hand: it may have a password, be damaged, or be open on another computer.",
        ) from error
    if _is_read_only(book):
        raise WorkbookError(
            "Excel could open the workbook for reading only: it is open elsewhere, or write-protected.",
            where=path.name,
            remedy="Close it wherever it is open, or run without --excel, which only reads it.",
        )
    return book


def _is_read_only(book: xw.Book) -> bool:
    with forgiving():  # a Mac has no such name
        return bool(book.api.ReadOnly)
    return False


def _refresh(app: xw.App, book: xw.Book) -> None:
    """Refresh queries, pivots and formulas, and wait for them."""
    with _ended_when_it_hangs(app, book.name):
        with forgiving():  # a Mac has no such commands; a query that fails leaves what there was
            patiently(lambda: book.api.RefreshAll())  # noqa: PLW0108  # Excel is asked for its name, too
        with forgiving():
            patiently(lambda: app.api.CalculateUntilAsyncQueriesDone())  # noqa: PLW0108  # as above
        patiently(app.calculate)
    end = time.monotonic() + CALCULATION_WAIT
    with forgiving():
        while app.api.CalculationState != _DONE and time.monotonic() < end:
            time.sleep(0.2)
    with forgiving():  # so that what was calculated is looked at, and not the file
        book.api.Saved = False


@contextmanager
def _ended_when_it_hangs(app: xw.App, name: str) -> Iterator[None]:
    """End this very Excel where its calls do not return: a query may show a window that nobody sees.

    :raises WorkbookError: where it was ended.
    """
    hung = threading.Event()

    def end() -> None:
        hung.set()
        log.warning("Excel does not finish refreshing and is killed")
        with suppress(Exception):  # it has gone by itself
            app.kill()

    timer = threading.Timer(CALCULATION_WAIT, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if hung.is_set():
            raise _never_refreshed(name) from error
        raise
    finally:
        timer.cancel()
    if hung.is_set():
        raise _never_refreshed(name)


def _never_refreshed(name: str) -> WorkbookError:
    return WorkbookError(
        f"Excel had not refreshed the workbook's data after {CALCULATION_WAIT / 60:.0f} minutes, and was ended.",
        where=name,
        remedy="Open the workbook by hand and choose Data > Refresh All: a query may ask for something, or take too "
        "long.",
    )


def _save(book: xw.Book, path: Path) -> None:
    try:
        patiently(book.save)
    except Exception as error:
        raise WorkbookError(
            "Excel could not save the workbook, so that the states of the jobs are not in it.",
            where=path.name,
            unaffected="What was published is in the history.",
            remedy="Look at “xl-datasync history”; make room, or make the file writable.",
        ) from error


def _end(app: xw.App) -> None:
    """Close what is open without saving, and end Excel for sure."""
    with suppress(Exception):  # it ends all the same
        for book in list(app.books):
            book.close()
    try:
        app.quit()
    except Exception:
        log.warning("Excel did not quit and is killed", exc_info=True)
        with suppress(Exception):  # it has gone by itself
            app.kill()
    if sys.platform == "win32":
        with suppress(Exception):  # an Excel without windows may linger as long as something refers to it
            app.kill()
