"""Books and the collection of them."""

# ruff: noqa: D102  # methods without a docstring are those xlwings asks for

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlwings import base_classes

from tests.calc.bridge import encrypted, file_url, properties, system_path, uno
from tests.calc.errors import refused
from tests.calc.formats import Formats
from tests.calc.names import Names

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML", ".xlam": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97", ".ods": "calc8", ".csv": "Text - txt - csv (StarCalc)", ".pdf": "calc_pdf_Export",
}  # fmt: skip
NO_MACROS, ALWAYS_RUN_MACROS, NEVER_ASK_LINKS = 0, 4, 0


class Books(base_classes.Books):
    """The books open in one LibreOffice."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.engine = app.engine

    @property
    def api(self) -> Any:
        return self

    def _wrap(self, document: Any) -> Any:
        return self.engine.make("Book", self.app, document)

    def _documents(self) -> list[Any]:
        """Every open spreadsheet document; add-ins are open too, but are no books."""
        found, components = [], self.app.desktop.Components.createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            is_book = hasattr(document, "Sheets") and not document.getURL().lower().endswith(".xlam")
            found.extend([document] if is_book else [])
        return found

    @property
    def active(self) -> Any:
        documents = self._documents()
        current = self.app.desktop.getCurrentComponent()
        if current in documents:
            return self._wrap(current)
        if not documents:
            raise refused("There is no active workbook.")
        return self._wrap(documents[-1])

    def __call__(self, name_or_index: int | str) -> Any:
        books = list(self)
        if isinstance(name_or_index, int):
            if not 1 <= name_or_index <= len(books):
                raise KeyError(name_or_index)
            return books[name_or_index - 1]
        for book in books:
            if book.name.lower() == name_or_index.lower():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._documents())

    def __iter__(self) -> Iterator[Any]:
        return iter([self._wrap(document) for document in self._documents()])

    def __contains__(self, name: str) -> bool:
        return any(book.name.lower() == name.lower() for book in self)

    def add(self) -> Any:
        document = self.app.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
        number = self.app.shared("books", 0) + 1
        self.app.share("books", number)
        document.setTitle(f"Book{number}")
        return self._wrap(document)

    def open(
        self, fullname: str, update_links: Any = None, read_only: bool | None = None, format: Any = None,  # noqa: A002
        password: str | None = None, *others: Any, **more: Any,
    ) -> Any:  # fmt: skip
        wanted = {
            "MacroExecutionMode": NO_MACROS if self.app.shared("automation security", 1) == 3 else ALWAYS_RUN_MACROS,
            "UpdateDocMode": NEVER_ASK_LINKS,
            "ReadOnly": bool(read_only),
        }
        suffix = Path(fullname).suffix.lower()
        if suffix in (".xlam", ".xlsm"):
            wanted["FilterName"] = FILTERS[suffix]
        # Excel takes no notice of a password that a file does not need; Calc would save it with that.
        if password and Path(fullname).read_bytes()[:2] != b"PK":
            wanted["Password"] = password
        try:
            document = self.app.desktop.loadComponentFromURL(file_url(fullname), "_blank", 0, properties(**wanted))
        except uno().getClass("com.sun.star.uno.Exception") as error:
            raise refused(f"Excel cannot open the file '{fullname}'.") from error
        if document is None:
            raise refused(f"Excel cannot open the file '{fullname}'.")
        return self._wrap(document)


class Book(base_classes.Book):
    """One open book."""

    def __init__(self, app: Any, document: Any) -> None:
        self._app = app
        self.uno = document
        self.engine = app.engine
        self.formats = Formats(document)

    @property
    def api(self) -> Any:
        return self.engine.make("BookApi", self)

    @property
    def app(self) -> Any:
        return self._app

    @property
    def sheets(self) -> Any:
        return self.engine.make("Sheets", self)

    @property
    def names(self) -> Names:
        return Names(self)

    @property
    def path(self) -> str:
        """The file it was opened from or saved to; empty where there is none."""
        url = self.uno.getURL()
        return system_path(url) if url else ""

    @property
    def name(self) -> str:
        path = self.path
        return Path(path).name if path else re.sub(r"^Untitled (\d+)$", r"Book\1", self.uno.Title)

    @property
    def fullname(self) -> str:
        return self.path or self.name

    @property
    def very_hidden(self) -> list[str]:
        """The names of sheets that are very hidden, which Calc does not know."""
        return self._app.shared(f"very hidden {self.uno.RuntimeUID}", "").split("\n")  # type: ignore[no-any-return]

    @very_hidden.setter
    def very_hidden(self, names: list[str]) -> None:
        self._app.share(f"very hidden {self.uno.RuntimeUID}", "\n".join(names))

    def activate(self) -> None:
        frame = self.uno.CurrentController.Frame
        frame.ContainerWindow.setFocus()
        frame.activate()

    def close(self) -> None:
        self.uno.setModified(False)
        self.uno.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if path is None and not self.uno.getURL():
            path = str(Path(tempfile.gettempdir()) / f"{self.name}.xlsx")
        if path is None:
            if self.uno.isReadonly():
                raise refused(f"Cannot access read-only document '{self.name}'.")
            self.uno.store()
            return
        if not Path(path).suffix:
            path += ".xlsx"
        more = encrypted(password) if password else {}
        arguments = properties(FilterName=self._filter(path), Overwrite=True, **more)
        self._stored(lambda: self.uno.storeAsURL(file_url(str(Path(path).absolute())), arguments), path)
        self.uno.setTitle(self.name)

    def store_copy(self, path: str) -> None:
        """Store what it is now under another name, and change nothing of the book itself."""
        arguments = properties(FilterName=self._filter(path), Overwrite=True)
        self._stored(lambda: self.uno.storeToURL(file_url(str(Path(path).absolute())), arguments), path)

    def to_pdf(self, path: str, quality: str) -> None:
        self.store_copy(path)

    @staticmethod
    def _filter(path: str) -> str:
        """The format a name's suffix stands for."""
        return FILTERS.get(Path(path).suffix.lower(), FILTERS[".xlsx"])

    @staticmethod
    def _stored(store: Any, path: str) -> None:
        """Store, or refuse as Excel does; Calc would make a folder that is not there."""
        if not Path(path).absolute().parent.is_dir():
            raise refused(f"Microsoft Excel cannot access the file '{path}'.")
        try:
            store()
        except uno().getClass("com.sun.star.uno.Exception") as error:
            raise refused(f"Microsoft Excel cannot access the file '{path}'.") from error
