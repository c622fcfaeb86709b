"""The cell that an address of a message means, in a workbook that is open in Excel."""

from __future__ import annotations

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.area import parse_area, split_qualified
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.rebuilt import is_visible


def first_address(addresses: str) -> str:
    """The first of several addresses with commas between them; a sheet's name may hold a comma too."""
    pieces = addresses.split(", ")
    for count in range(1, len(pieces) + 1):
        parts = split_qualified(", ".join(pieces[:count]))
        if parts and parse_area(parts[1]):
            return ", ".join(pieces[:count])
    return addresses


def cell_at(live: LiveWorkbook, address: str) -> xw.Range | None:
    """A cell of this workbook; None where the address is none, or its sheet is in another file."""
    parts = split_qualified(first_address(address))
    if parts is None or parse_area(parts[1]) is None:
        return None
    sheet = next((sheet for sheet in live.book.sheets if sheet.name.casefold() == parts[0].casefold()), None)
    return sheet[parts[1]] if sheet is not None else None


def go_to(live: LiveWorkbook, address: str) -> str:
    """Show a cell in Excel, selected.

    :returns: what was done, in a sentence.
    :raises WorkbookError: where the address leads nowhere in this workbook, or Excel does not let one there.
    """
    return str(live.ask(lambda: _go(live, address)))


def _go(live: LiveWorkbook, address: str) -> str:
    cell = cell_at(live, address)
    if cell is None:
        raise WorkbookError(
            f"There is no cell {address} in this workbook.",
            unaffected="",
            remedy="It stands in another file, or its sheet was renamed or deleted meanwhile.",
        )
    if not is_visible(cell.sheet):
        raise WorkbookError(
            f"The sheet “{cell.sheet.name}” is hidden, so that {address} cannot be shown.",
            unaffected="",
            remedy="Right-click a sheet's tab, choose Unhide, and try again.",
        )
    live.book.activate()
    cell.sheet.activate()
    cell.select()
    with forgiving():  # only a convenience: Excel comes before other programs' windows
        live.book.app.activate(steal_focus=True)
    hidden = _hidden(cell)
    return f"{_said(address)} is in front in Excel{hidden}."


def _said(address: str) -> str:
    """An address as a person says it: a whole row by its number."""
    sheet, _, cells = first_address(address).rpartition("!")
    first, _, last = cells.partition(":")
    return f"Row {first} of {sheet}" if first == last and first.isdecimal() else address


def _hidden(cell: xw.Range) -> str:
    """Why the cell is not to be seen although it is selected; ``""`` where it is."""
    with forgiving():  # not every engine can say
        if cell.api.EntireRow.Hidden:
            return ", but its row is hidden"
        if cell.api.EntireColumn.Hidden:
            return ", but its column is hidden"
    return ""
