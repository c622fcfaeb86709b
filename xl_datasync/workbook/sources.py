"""From the name a job gives to the cells it means: a sheet, an Excel table, a defined name, or a written range."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.area import Area, parse_area, split_qualified
from xl_datasync.workbook.faults import listed, nearest_first
from xl_datasync.workbook.package import DefinedName, ExcelTable, Package, SheetEntry

_TABLE_REFERENCE = re.compile(r"([^\[\]!]+)\[(?:#All|#Data)?\]", re.IGNORECASE)


@dataclass(frozen=True)
class Location:
    """Where a table stands.

    :param area: the cells that belong to it; a whole sheet where only the sheet was named.
    :param table: the Excel table, where one was named.
    """

    sheet: SheetEntry
    area: Area
    table: ExcelTable | None = None

    @property
    def open_ended(self) -> bool:
        """Whether its first row has to be looked for: a whole sheet, or whole columns of one."""
        return self.table is None and self.area.whole_columns


def source_names(package: Package) -> tuple[str, ...]:
    """All that a job may name: sheets, Excel tables, defined names."""
    names = [sheet.name for sheet in package.sheets]
    names += [table.name for table in package.tables]
    names += [_full_name(item) for item in package.defined_names if not item.hidden]
    return tuple(dict.fromkeys(names))


def find_location(package: Package, name: str) -> Location:
    """Find what a job names, without regard to case.

    :raises WorkbookError: where there is nothing of that name, or more than one thing.
    """
    if not name.strip():
        return Location(_only_visible_sheet(package), Area())
    wanted = name.strip().casefold()
    sheet = find_sheet(package, name)
    table = next((table for table in package.tables if table.name.casefold() == wanted), None)
    if sheet and table and table.sheet != sheet:
        raise WorkbookError(
            f"“{name}” is both a sheet and an Excel table, which stands on the sheet “{table.sheet.name}”.",
            where=package.path.name,
            remedy="Rename one of them, or write a range such as Sheet!A1:F90 in the job.",
        )
    if table:
        return Location(table.sheet, table.area, table)
    if sheet:
        return Location(sheet, Area())
    defined = _find_defined_name(package, name)
    if defined:
        return _defined_location(package, defined)
    location = _written_range(package, name)
    if location is None:
        raise _not_found(package, name)
    return location


def find_sheet(package: Package, name: str) -> SheetEntry | None:
    """The sheet of that name, without regard to case."""
    wanted = name.strip().casefold()
    return next((sheet for sheet in package.sheets if sheet.name.strip().casefold() == wanted), None)


def _only_visible_sheet(package: Package) -> SheetEntry:
    visible = [sheet for sheet in package.sheets if sheet.visible]
    if len(visible) == 1:
        return visible[0]
    names = tuple(sheet.name for sheet in visible or package.sheets)
    what = f"It has {len(visible)} sheets that could be meant: {listed(names)}."
    if not visible:
        what = "It has no visible sheet with cells."
    raise WorkbookError(
        what,
        where=package.path.name,
        remedy="Name the sheet, table or range in the job's “Sheet, table or range”.",
    )


def _find_defined_name(package: Package, name: str) -> DefinedName | None:
    """A name of the whole workbook, or local to a sheet: ``Sheet!Name``, or plainly if it is the only one."""
    qualified = split_qualified(name)
    sheet, plain = qualified or ("", name)
    wanted = plain.strip().casefold()
    found = [item for item in package.defined_names if item.name.casefold() == wanted]
    if qualified:
        return next((item for item in found if item.sheet.casefold() == sheet.casefold()), None)
    shared = [item for item in found if not item.sheet]
    if shared or not found:
        return shared[0] if shared else None
    if len(found) > 1:
        raise WorkbookError(
            f"The name “{name}” is defined on several sheets.",
            where=package.path.name,
            remedy=f"Write one of {listed(tuple(_full_name(item) for item in found))} in the job.",
        )
    return found[0]


def _defined_location(package: Package, defined: DefinedName) -> Location:
    table = _TABLE_REFERENCE.fullmatch(defined.refers_to)
    if table:
        return find_location(package, table[1])
    if location := _written_range(package, defined.refers_to):
        return location
    text = defined.refers_to
    if "#REF!" in text:
        what = "refers to cells that were deleted"
    elif "," in text and all(split_qualified(part) for part in text.split(",")):
        what = "refers to several separate ranges"
    elif "[" in text:
        what = "refers to another workbook"
    else:
        what = "does not refer to a fixed range of cells"
    raise WorkbookError(
        f"The name “{_full_name(defined)}” {what} ({text[:60]}).",
        where=package.path.name,
        remedy="In Excel choose Formulas > Name Manager and let it refer to one range on one sheet.",
    )


def _written_range(package: Package, text: str) -> Location | None:
    parts = split_qualified(text)
    if parts is None:
        return None
    area = parse_area(parts[1])
    sheet = find_sheet(package, parts[0])
    return Location(sheet, area) if area and sheet else None


def _not_found(package: Package, name: str) -> WorkbookError:
    parts = split_qualified(name)
    names = nearest_first(parts[0] if parts else name, source_names(package))
    what = f"There is no sheet, table or name “{name}”."
    if parts and find_sheet(package, parts[0]):
        what = f"“{parts[1]}” is not a range or name on the sheet “{parts[0]}”."
    return WorkbookError(
        what,
        where=package.path.name,
        remedy=f"It has {listed(names)}. A range is written Sheet!A1:F90.",
    )


def _full_name(item: DefinedName) -> str:
    return f"{item.sheet}!{item.name}" if item.sheet else item.name
