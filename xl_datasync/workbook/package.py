"""The parts of an .xlsx package that say what it holds: sheets, Excel tables, defined names (ECMA-376 parts 1 and 2).

Read here with zipfile and ElementTree rather than through the cell reader, whose table look-up loads the whole sheet;
these parts are small and together cost some milliseconds. Only local names are compared, so that the Strict and the
Transitional namespaces, and any prefix, are the same to us.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.area import Area, parse_area
from xl_datasync.workbook.faults import worded
from xl_datasync.workbook.stamp import FileStamp

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetEntry:
    """A worksheet of the workbook. ``part`` is its name inside the package."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True)
class Filter:
    """An AutoFilter: ``area`` takes in the row with its buttons, ``columns`` are those that hide rows, 0 is A."""

    area: Area
    columns: tuple[int, ...]


@dataclass(frozen=True)
class ExcelTable:
    """An Excel table (ListObject). ``area`` takes in its header and totals rows."""

    name: str
    sheet: SheetEntry
    area: Area
    has_header: bool
    totals_rows: int
    headers: tuple[str, ...]
    filters: tuple[Filter, ...] = ()

    @property
    def last_data_row(self) -> int:
        """The last row above its totals."""
        return self.area.last_row - self.totals_rows


@dataclass(frozen=True)
class DefinedName:
    """A name a person gave to cells. ``sheet`` is the sheet it is local to, or ``""``."""

    name: str
    sheet: str
    refers_to: str
    hidden: bool


@dataclass(frozen=True)
class Relation:
    """A link from one part to another, or to the outside world."""

    kind: str
    target: str
    external: bool


def parse_xml(data: bytes) -> ET.Element:
    """Parse a part. None that Office writes declares entities, with which a small file could fill the memory."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("a part with a document type")
    return ET.fromstring(data)  # noqa: S314  # see above


def local_name(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2]


def elements(root: ET.Element, name: str) -> Iterator[ET.Element]:
    """Every element of that local name, wherever it stands."""
    return (element for element in root.iter() if local_name(element.tag) == name)


def relation_id(element: ET.Element) -> str:
    """The ``r:id`` of an element, whichever relationships namespace it is in."""
    return next((value for key, value in element.attrib.items() if key.startswith("{") and key.endswith("}id")), "")


def is_true(text: str | None) -> bool:
    """An xsd:boolean."""
    return text in {"1", "true"}


class Package:
    """What a workbook file holds, read from its small parts; holds no file open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with worded(path.name):
            self._stamp = FileStamp.of(path)
        with worded(path.name), self._zip() as package:
            self._names = {name.casefold(): name for name in package.namelist()}
            main = self._main_part(package)
            root = self._parse(package, main)
            self.calculation = _calculation(root)
            self._main = main
            self.has_1904_dates = any(is_true(item.get("date1904")) for item in elements(root, "workbookPr"))
            self.sheets, all_names = self._sheets(package, main, root)
            self.defined_names = tuple(_defined_names(root, all_names))

    @cached_property
    def tables(self) -> tuple[ExcelTable, ...]:
        """Every Excel table, sheet by sheet."""
        with worded(self.path.name), self._zip() as package:
            return tuple(
                _excel_table(self._parse(package, relation.target), sheet)
                for sheet in self.sheets
                for relation in self._relations(package, sheet.part).values()
                if relation.kind == "table" and not relation.external
            )

    @cached_property
    def linked_books(self) -> tuple[str, ...]:
        """The names of other workbooks that formulas may take values from, in the order of their numbers."""
        with worded(self.path.name), self._zip() as package:
            parts = [r.target for r in self._relations(package, self._main).values() if r.kind == "externalLink"]
            targets = (link.target for part in sorted(parts, key=_number) for link in self._links(package, part))
            return tuple(re.split(r"[/\\]", unquote(target))[-1] for target in targets)

    def _links(self, package: zipfile.ZipFile, part: str) -> list[Relation]:
        return [link for link in self._relations(package, part).values() if link.external][:1]

    @contextmanager
    def open_part(self, part: str) -> Iterator[IO[bytes]]:
        """Read one part, unpacking as it is read."""
        with self._zip() as package, package.open(self._real_name(part)) as stream:
            yield stream

    def relations(self, part: str) -> dict[str, Relation]:
        """The links of a part, by their ids."""
        with self._zip() as package:
            return self._relations(package, part)

    def unchanged(self) -> None:
        """Make sure that nobody saved the file since it was opened, or rows of two versions would be mixed."""
        with worded(self.path.name):
            self._stamp.unchanged()

    def _zip(self) -> zipfile.ZipFile:
        self.unchanged()
        return zipfile.ZipFile(self.path)

    def _real_name(self, part: str) -> str:
        # Part names are compared without regard to case (ECMA-376 part 2, §6.2.2.3).
        return self._names.get(part.casefold(), part)

    def _parse(self, package: zipfile.ZipFile, part: str) -> ET.Element:
        return parse_xml(package.read(self._real_name(part)))

    def _relations(self, package: zipfile.ZipFile, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part)
        rels = self._names.get(posixpath.join(folder, "_rels", f"{name}.rels").casefold())
        if rels is None:
            return {}
        found = {}
        for item in elements(parse_xml(package.read(rels)), "Relationship"):
            external = item.get("TargetMode") == "External"
            target = item.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[item.get("Id", "")] = Relation(item.get("Type", "").rpartition("/")[2], target, external)
        return found

    def _main_part(self, package: zipfile.ZipFile) -> str:
        main = next((r.target for r in self._relations(package, "").values() if r.kind == "officeDocument"), "")
        if main.endswith(".bin"):
            raise WorkbookError(
                "This is a binary workbook (.xlsb) under another name.",
                where=self.path.name,
                remedy="In Excel choose File > Save As > Excel Workbook (.xlsx), and name that file in the job.",
            )
        if not posixpath.basename(main).casefold().startswith("workbook"):
            raise WorkbookError(
                "This is a packed file of some other kind, not an Excel workbook.",
                where=self.path.name,
                remedy="Open it in the program it comes from and save it as an Excel Workbook (.xlsx).",
            )
        return main

    def _sheets(
        self, package: zipfile.ZipFile, main: str, root: ET.Element
    ) -> tuple[tuple[SheetEntry, ...], list[str]]:
        relations = self._relations(package, main)
        sheets, all_names = [], []
        for item in elements(root, "sheet"):
            name = item.get("name", "")
            all_names.append(name)
            relation = relations.get(relation_id(item))
            # Chart sheets and dialog sheets have no cells.
            if relation is not None and relation.kind == "worksheet":
                sheets.append(SheetEntry(name, relation.target, item.get("state", "visible") == "visible"))
        return tuple(sheets), all_names


def _defined_names(root: ET.Element, sheet_names: list[str]) -> Iterator[DefinedName]:
    for item in elements(root, "definedName"):
        name = item.get("name", "")
        local_to = item.get("localSheetId", "")
        sheet = sheet_names[int(local_to)] if local_to.isdigit() and int(local_to) < len(sheet_names) else ""
        # _xlnm. names are Excel's own: print areas, filters.
        if not name.startswith("_xlnm."):
            yield DefinedName(name, sheet, (item.text or "").strip(), is_true(item.get("hidden")))


def _excel_table(root: ET.Element, sheet: SheetEntry) -> ExcelTable:
    name = root.get("displayName") or root.get("name") or ""
    area = parse_area(root.get("ref", ""))
    if area is None:
        raise ValueError(f"table {name} has no range")
    headers = tuple(
        _ESCAPE.sub(lambda found: chr(int(found[1], 16)), column.get("name", ""))
        for column in elements(root, "tableColumn")
    )
    has_header = root.get("headerRowCount", "1") != "0"
    return ExcelTable(name, sheet, area, has_header, int(root.get("totalsRowCount", "0")), headers, read_filters(root))


def read_filters(root: ET.Element) -> tuple[Filter, ...]:
    """The AutoFilters of a sheet or table that hide rows."""
    found = []
    for item in elements(root, "autoFilter"):
        area = parse_area(item.get("ref", ""))
        # A column may be named for its button alone; one that filters says by what.
        numbers = [column.get("colId", "") for column in elements(item, "filterColumn") if len(column)]
        if area and numbers:
            found.append(Filter(area, tuple(area.first_column + int(n) for n in numbers if n.isdigit())))
    return tuple(found)


@dataclass(frozen=True)
class Calculation:
    """What a workbook says of its formulas (ECMA-376 part 1, §18.2.2).

    :param by_hand: whether Excel calculates only when it is told to.
    :param unfinished: whether it was saved with results that are not those of now.
    """

    by_hand: bool = False
    unfinished: bool = False


def _calculation(root: ET.Element) -> Calculation:
    said = next(elements(root, "calcPr"), None)
    if said is None:
        return Calculation()
    unfinished = is_true(said.get("fullCalcOnLoad")) or not is_true(said.get("calcCompleted", "1"))
    return Calculation(said.get("calcMode") == "manual", unfinished)


def _number(part: str) -> int:
    """The number in a part's name: externalLink2.xml."""
    found = re.search(r"(\d+)\.xml$", part)
    return int(found[1]) if found else 0
