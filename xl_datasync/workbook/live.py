"""A workbook that is open in Excel, through xlwings: read from a snapshot, found again, and told where it is."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any

import xlwings as xw

from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.patience import Told, forgiving, patiently
from xl_datasync.workbook.protocol import ConfigRows, Source, Table
from xl_datasync.workbook.snapshot import take_snapshot
from xl_datasync.workbook.xlsx import XlsxWorkbook

UNSAVED = "unsaved"


class LiveWorkbook:
    """A workbook that Excel holds open. Its cells are those of the moment when they are first asked for.

    :param book: is held for as long as this is; another workbook may become the active one meanwhile.
    :param elsewhere: a folder of the user's own, in which a workbook that has no folder (never saved, or known by a
        web address only) has its place for what is kept of it.
    :param told: is told why there is a wait.
    :ivar was_saved: whether the workbook has a file, here or on the web.
    """

    in_excel = True

    def __init__(self, book: xw.Book, elsewhere: Path, told: Told = lambda _line: None) -> None:
        self.book = book
        self.told = told
        self.name = str(self.ask(lambda: book.name))
        self.file = self.ask(lambda: _own_file(book))
        address = "" if self.file else self.ask(lambda: _web_address(book))
        self.was_saved = bool(self.file or address)
        self.path = self.file or elsewhere / _place(address) / self.name
        self._folder = Path(tempfile.mkdtemp(prefix="xl-datasync-"))
        self._snapshot: XlsxWorkbook | None = None

    def ask(self, call: Any) -> Any:
        """Do something in Excel that may be done again, with patience."""
        return patiently(call, self.told)

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing: what is in the snapshot is what is shown."""
        return ()

    @property
    def snapshot(self) -> XlsxWorkbook:
        """The workbook as it was when it was first looked at.

        :raises WorkbookError: where it cannot be read.
        """
        if self._snapshot is None:
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            copy = self.ask(lambda: take_snapshot(self.book, folder, self.file))
            opened = open_workbook(copy)
            if not isinstance(opened, XlsxWorkbook):
                raise WorkbookError(
                    "It is a text file, not a workbook.",
                    where=self.name,
                    remedy="Save it as an Excel Workbook (.xlsx) first.",
                )
            self._snapshot = opened
        return self._snapshot

    def renew(self) -> None:
        """Look at the workbook anew the next time, because it was written to."""
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    def read_table(self, source: Source) -> Table:
        """Find a table and its columns."""
        return self.snapshot.read_table(source)

    def config_table(self, sheet: str, table: str) -> ConfigRows | None:
        """Read the Excel table of that name, else the table that stands on that sheet."""
        return self.snapshot.config_table(sheet, table)

    def sheet_of(self, source: str) -> str | None:
        """The sheet that a table, a name, a range or a sheet stands on; None where there is none of that name."""
        return self.snapshot.sheet_of(source)

    def close(self) -> None:
        """Let go of the snapshot; the workbook stays open in Excel."""
        self.renew()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> LiveWorkbook:  # noqa: PYI034  # Self needs Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def find_book(name: str, hwnd: str = "") -> xw.Book:
    """The workbook a button was pressed in.

    :param name: the workbook's name, as Excel shows it.
    :param hwnd: the number of Excel's window on Windows, which tells several Excels apart; else ``""``.
    :raises ConfigurationError: where it is not open any more.
    """
    return patiently(lambda: _found(name, hwnd))


def _found(name: str, hwnd: str) -> xw.Book:
    # xlwings reads what its own launcher passes from the command line, and cuts names off at “=”.
    sys.argv[1:] = [f"--wb={name}", "--from_xl=1", f"--hwnd={hwnd}"]
    if "=" not in name:
        with forgiving():
            book = xw.Book.caller()
            # Only on Windows does it look at the number.
            if sys.platform == "win32" or not hwnd or str(book.app.hwnd) == hwnd:
                return book
    # An Excel tells the number of the window in front, which may be another than the one the button is in.
    everywhere = [(app, book) for app in xw.apps for book in app.books if book.name.casefold() == name.casefold()]
    found = [book for app, book in everywhere if hwnd and str(app.hwnd) == hwnd] or [book for _, book in everywhere]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigurationError(
            f"Workbooks named “{name}” are open in several Excels, and it cannot be told which is meant.",
            remedy="Close all but one of them and press the button again.",
        )
    raise ConfigurationError(
        f"The workbook “{name}” is not open in Excel any more.", remedy="Open it and press the button again."
    )


def _own_file(book: xw.Book) -> Path | None:
    """The workbook's file on this computer or its network, if it has one."""
    with forgiving():  # of a web address that xlwings knows no folder for it cannot tell the name
        name = book.fullname
        return Path(name) if Path(name).is_absolute() and "://" not in name else None
    return None


def _web_address(book: xw.Book) -> str:
    """The address of a workbook that lies on the web; ``""`` for one never saved."""
    with forgiving():  # a Mac has no such name
        name = str(book.api.FullName)
        return name if "://" in name else ""
    with forgiving():
        return book.fullname if "://" in book.fullname else ""
    return f"://{book.name}"


def _place(address: str) -> PurePath:
    """Where there is room for what belongs to a workbook without a folder."""
    if not address:
        return PurePath(UNSAVED)
    parts = [part for part in address.rsplit("://", maxsplit=1)[-1].split("/")[:-1] if part not in ("", ".", "..")]
    return PurePath("web", *("".join(c if c.isalnum() or c in " .-_" else "_" for c in part) for part in parts))


@contextmanager
def quiet_excel(app: xw.App, words: str = "", told: Told = lambda _line: None) -> Iterator[None]:
    """Write to Excel without flicker: screen, status bar, active sheet and selection are as before afterwards.

    :param words: what the status bar shows meanwhile.
    :param told: is told why there is a wait: a person who edits a cell meanwhile must not be left with a still screen.
    """
    updating = app.screen_updating
    before = _selected(app)
    try:
        app.screen_updating = False
        if words:
            app.status_bar = words
        yield
    finally:
        for put_back in (
            lambda: _select(before),
            lambda: setattr(app, "status_bar", False),
            lambda: setattr(app, "screen_updating", updating),
        ):
            with suppress(Exception):  # what was written must not be lost because a window was closed meanwhile
                patiently(put_back, told)


def _selected(app: xw.App) -> tuple[xw.Sheet | None, xw.Range | None]:
    sheet = selection = None
    with forgiving():  # a chart may be selected, or nothing
        sheet = app.books.active.sheets.active
    with forgiving():
        selection = app.selection
    return sheet, selection


def _select(before: tuple[xw.Sheet | None, xw.Range | None]) -> None:
    sheet, selection = before
    if sheet is not None:
        sheet.activate()
    if selection is not None:
        selection.select()
