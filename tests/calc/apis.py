"""The parts of Excel's own object model that `.api` offers here, as COM has them."""

# ruff: noqa: N802, N803  # Excel's own names

from __future__ import annotations

from typing import Any

from tests.calc.areas import Area
from tests.calc.bridge import uno
from tests.calc.errors import refused

WORKSHEET = -4167  # xlWorksheet
MOST_LOOKED_AT = 20_000


class BookApi:
    """Part of Excel's Workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.engine = book.engine

    @property
    def Name(self) -> str:
        """The file's name."""
        return str(self._book.name)

    @property
    def FullName(self) -> str:
        """The file's path, a URL in the cloud, or the name of an unsaved book."""
        return str(self._book.fullname)

    @property
    def Path(self) -> str:
        """The folder; empty for an unsaved book."""
        return str(self._book.path).rpartition("/")[0]

    @property
    def ReadOnly(self) -> bool:
        """Whether it was opened to be read only."""
        return bool(self._book.uno.isReadonly())

    @property
    def Saved(self) -> bool:
        """Whether nothing has changed since it was saved."""
        return not self._book.uno.isModified()

    @Saved.setter
    def Saved(self, value: bool) -> None:
        self._book.uno.setModified(not value)

    @property
    def MultiUserEditing(self) -> bool:
        """Whether it is shared in the old way."""
        return False

    @property
    def ProtectStructure(self) -> bool:
        """Whether sheets cannot be added."""
        return bool(self._book.uno.isProtected())

    def Protect(self, Password: str = "", Structure: bool = True, Windows: bool = False) -> None:  # noqa: FBT002
        """Protect the structure."""
        self._book.uno.protect(Password)

    def Unprotect(self, Password: str = "") -> None:
        """Take the protection off."""
        self._book.uno.unprotect(Password)

    @property
    def Date1904(self) -> bool:
        """Whether dates count from 1904."""
        return bool(self._book.uno.NullDate.Year == 1904)

    @Date1904.setter
    def Date1904(self, value: bool) -> None:
        day = self._book.uno.NullDate
        day.Year, day.Month, day.Day = (1904, 1, 1) if value else (1899, 12, 30)
        self._book.uno.NullDate = day

    def SaveCopyAs(self, Filename: str) -> None:
        """Store what the book is now in another file."""
        self._book.store_copy(str(Filename))

    def RefreshAll(self) -> None:
        """Calculate all anew; the call is noted, see `App.refreshed`."""
        app = self._book.app
        app.share("refreshed", "\n".join([*app.refreshed, self._book.name]))
        self._book.uno.calculateAll()

    def Calculate(self) -> None:
        """Calculate what is stale."""
        self._book.uno.calculate()


class SheetApi:
    """Part of Excel's Worksheet."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.engine = sheet.engine

    @property
    def Name(self) -> str:
        """Its name."""
        return str(self._sheet.name)

    @property
    def Type(self) -> int:
        """What kind of sheet it is; Calc has worksheets only."""
        return WORKSHEET

    @property
    def Visible(self) -> int:
        """-1 shown, 0 hidden, 2 very hidden."""
        return int(self._sheet.visible)

    @Visible.setter
    def Visible(self, value: int) -> None:
        self._sheet.visible = value

    @property
    def ProtectContents(self) -> bool:
        """Whether locked cells cannot be changed."""
        return bool(self._sheet.uno.isProtected())

    def Protect(self, Password: str = "", **others: Any) -> None:
        """Protect the cells."""
        self._sheet.uno.protect(Password)

    def Unprotect(self, Password: str = "") -> None:
        """Take the protection off."""
        try:
            self._sheet.uno.unprotect(Password)
        except uno().getClass("com.sun.star.uno.Exception") as error:
            raise refused("The password you supplied is not correct.") from error

    @property
    def Hyperlinks(self) -> list[HyperlinkApi]:
        """Its links; every text is asked, so that there are none where there are very many."""
        texts = self._sheet.uno.queryContentCells(4).RangeAddresses  # CellFlags.STRING
        areas = [Area.of(address) for address in texts]
        if sum(area.rows * area.columns for area in areas) > MOST_LOOKED_AT:
            return []
        cells = [
            self._sheet.range((row, column))
            for area in areas
            for row in range(area.row, area.row + area.rows)
            for column in range(area.column, area.column + area.columns)
        ]
        return [HyperlinkApi(cell) for cell in cells if cell.uno.getCellByPosition(0, 0).TextFields.Count]

    def PivotTables(self) -> Any:
        """Its pivot tables, of which only the count is known."""
        return Counted(len(self._sheet.pivot_tables))

    @property
    def ListObjects(self) -> Any:
        """Its tables, of which only the count is known."""
        return Counted(len(self._sheet.tables))


class HyperlinkApi:
    """Part of Excel's Hyperlink, which keeps what follows # apart."""

    def __init__(self, cell: Any) -> None:
        self.Range = RangeApi(cell)
        self.Address, _, self.SubAddress = cell.hyperlink.partition("#")


class Counted:
    """A collection of which one can only tell how many there are."""

    def __init__(self, count: int) -> None:
        self.Count = count


class RangeApi:
    """Part of Excel's Range."""

    def __init__(self, rng: Any) -> None:
        self._range = rng
        self.engine = rng.engine

    @property
    def Address(self) -> str:
        """Its address."""
        return str(self._range.address)

    @property
    def Value2(self) -> Any:
        """The values, with dates and amounts of money as plain numbers."""
        return squeezed(self._range.raw_numbers())

    @Value2.setter
    def Value2(self, value: Any) -> None:
        self._range.put(value)

    @property
    def Value(self) -> Any:
        """The values."""
        return squeezed(self._range.raw_value)

    @property
    def Text(self) -> str | None:
        """What one cell shows."""
        return str(self._range.uno.getCellByPosition(0, 0).String) if len(self._range) == 1 else None

    @property
    def PrefixCharacter(self) -> str:
        """The apostrophe of a text that was entered with one is not kept by this engine."""
        return ""

    @property
    def Locked(self) -> bool:
        """Whether protection keeps it from being changed."""
        return bool(self._range.uno.CellProtection.IsLocked)

    @Locked.setter
    def Locked(self, value: bool) -> None:
        protection = self._range.uno.CellProtection
        protection.IsLocked = bool(value)
        self._range.uno.CellProtection = protection


class TableApi:
    """Part of Excel's ListObject."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self.engine = table.engine

    def Delete(self) -> None:
        """Take it away with its cells."""
        self._table.delete()

    def Unlist(self) -> None:
        """Take it away and leave its cells."""
        self._table.unlist()


def squeezed(rows: list[list[Any]]) -> Any:
    """A block as COM gives it: one value alone, else a tuple of tuples."""
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else tuple(map(tuple, rows))
