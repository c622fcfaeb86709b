"""Writes the plainest .xlsx file that holds all the reader of closed files looks at; no formulas.

Cells are written as they come, so that a sheet is never held whole, and many times as fast as by a library that makes
an object of each.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from xl_datasync.core.values import column_letter
from xl_datasync.workbook.area import Area
from xl_datasync.workbook.blocks import GENERAL
from xl_datasync.workbook.plain_looks import Look, styles_xml

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_HIDDEN, _HIDDEN_SHEET, _EXTERNAL = ' hidden="1"', ' state="hidden"', ' TargetMode="External"'
_TALLEST = 409.0  # what Excel lets a row be, in points
_A_MOMENT = "yyyy-mm-dd hh:mm:ss"
# What XML cannot hold, or reads otherwise, is written _xHHHH_ (ECMA-376 part 1, §22.9.2.19), and so is the underscore
# of a text that looks like that by chance.
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class CellError(str):
    """The word of an error, to be told from a text that reads the same."""

    __slots__ = ()


@dataclass(frozen=True)
class PlainTable:
    """An Excel table."""

    name: str
    area: Area
    headers: tuple[str, ...]
    has_header: bool
    has_totals: bool


@dataclass(frozen=True)
class PlainRows:
    """Some rows below each other.

    :param values: row by row, from the given column on.
    :param formats: the number format of each cell, or all of its look, column by column.
    :param height: of each row, in points; 0 for the usual one. Not every program works it out from what is in the row.
    """

    first_row: int
    first_column: int
    values: Sequence[Sequence[Any]]
    formats: Sequence[Sequence[str | Look]]
    height: float = 0


@dataclass(frozen=True)
class PlainSheet:
    """A sheet; its rows are asked for when they are written.

    :param widths: of columns that are not as wide as others, in characters.
    :param frozen: how many rows and columns stay in sight.
    """

    name: str
    shown: bool
    rows: Iterable[PlainRows]
    hidden_rows: Collection[int] = frozenset()
    hidden_columns: Collection[int] = frozenset()
    merged: Sequence[Area] = ()
    links: Sequence[tuple[Area, str]] = ()
    tables: Sequence[PlainTable] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    frozen: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class PlainName:
    """A defined name; ``sheet`` is the name of the only sheet that knows it, or ``""``."""

    name: str
    refers_to: str
    sheet: str = ""


def write_plain_file(
    target: Path, sheets: Iterable[PlainSheet], names: Sequence[PlainName] = (), *, has_1904_dates: bool = False
) -> None:
    """Write a workbook."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        _PlainFile(package, has_1904_dates=has_1904_dates).write(sheets, names)


class _PlainFile:
    """The file while it is written."""

    def __init__(self, package: zipfile.ZipFile, *, has_1904_dates: bool) -> None:
        self._package = package
        self._has_1904_dates = has_1904_dates
        self._styles: dict[str | Look, str] = {GENERAL: ""}
        self._kinds: list[tuple[str, str]] = []
        self._tables = 0

    def write(self, sheets: Iterable[PlainSheet], names: Sequence[PlainName]) -> None:
        """Write all parts; the small ones last, because they tell what the sheets turned out to hold."""
        written = []
        for number, sheet in enumerate(sheets, 1):
            self._sheet(number, sheet)
            written.append(sheet)
        self._add(
            "xl/styles.xml",
            "styles",
            styles_xml(look if isinstance(look, Look) else Look(look) for look in self._styles),
        )
        self._add("xl/workbook.xml", "sheet.main", _workbook_xml(written, names, has_1904_dates=self._has_1904_dates))
        numbers = range(1, len(written) + 1)
        relations = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml", False) for n in numbers]
        self._relate("xl/_rels/workbook.xml.rels", [*relations, ("styles", "styles", "styles.xml", False)])
        self._relate("_rels/.rels", [("rId1", "officeDocument", "xl/workbook.xml", False)])
        overrides = "".join(f'<Override PartName="/{part}" ContentType="{_KIND}{k}+xml"/>' for part, k in self._kinds)
        self._put("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
                  'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                  f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>')  # fmt: skip

    def _sheet(self, number: int, sheet: PlainSheet) -> None:
        part = f"xl/worksheets/sheet{number}.xml"
        self._kinds.append((part, "worksheet"))
        with self._package.open(part, "w", force_zip64=True) as stream:
            head = _frozen_xml(sheet) + _columns_xml(sheet)
            stream.write(f'{_DECLARATION}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{head}<sheetData>'.encode())
            for rows in sheet.rows:
                stream.write("".join(self._rows(rows, sheet.hidden_rows)).encode())
            stream.write(f"</sheetData>{_after_rows(sheet)}</worksheet>".encode())
        relations = [(f"link{n}", "hyperlink", target, True) for n, (_, target) in enumerate(sheet.links)]
        for index, table in enumerate(sheet.tables):
            self._tables += 1
            self._add(f"xl/tables/table{self._tables}.xml", "table", _table_xml(self._tables, table))
            relations.append((f"table{index}", "table", f"../tables/table{self._tables}.xml", False))
        if relations:
            self._relate(f"xl/worksheets/_rels/sheet{number}.xml.rels", relations)

    def _rows(self, rows: PlainRows, hidden: Collection[int]) -> Iterator[str]:
        letters = [column_letter(rows.first_column + index) for index in range(len(rows.formats))]
        styles = zip(*map(self._attributes, rows.formats), strict=True)
        for number, (values, row_styles) in enumerate(zip(rows.values, styles, strict=True), rows.first_row):
            cells = [
                self._cell(f"{letter}{number}", value, style)
                for letter, value, style in zip(letters, values, row_styles, strict=True)
                if value is not None
            ]
            if cells or number in hidden:
                looks = _HIDDEN if number in hidden else f' ht="{min(rows.height, _TALLEST)}"' if rows.height else ""
                yield f'<row r="{number}"{looks}>{"".join(cells)}</row>'

    def _attributes(self, codes: Sequence[str | Look]) -> list[str]:
        for code in set(codes).difference(self._styles):
            self._style(code)
        return [self._styles[code] for code in codes]

    def _style(self, code: str | Look) -> str:
        return self._styles.setdefault(code, f' s="{len(self._styles)}"')

    def _cell(self, reference: str, value: Any, style: str) -> str:
        kind = type(value)
        if kind is str:
            return f'<c r="{reference}"{style} t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
        if kind is bool:
            return f'<c r="{reference}"{style} t="b"><v>{value:d}</v></c>'
        if kind is CellError:
            return f'<c r="{reference}"{style} t="e"><v>{value}</v></c>'
        if isinstance(value, dt.datetime):
            epoch = CALENDAR_MAC_1904 if self._has_1904_dates else CALENDAR_WINDOWS_1900
            serial = to_excel(value, epoch)  # type: ignore[no-untyped-call]
            return f'<c r="{reference}"{style or self._style(_A_MOMENT)}><v>{serial!r}</v></c>'
        return f'<c r="{reference}"{style}><v>{value!r}</v></c>'

    def _add(self, part: str, kind: str, xml: str) -> None:
        self._kinds.append((part, kind))
        self._put(part, xml)

    def _put(self, part: str, xml: str) -> None:
        self._package.writestr(part, _DECLARATION + xml)

    def _relate(self, part: str, relations: Iterable[tuple[str, str, str, bool]]) -> None:
        """Write links: id, kind, target, and whether the target is outside of the file."""
        links = "".join(
            f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}'
            f"{_EXTERNAL if external else ''}/>"
            for id_, kind, target, external in relations
        )
        self._put(part, f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>')


def _frozen_xml(sheet: PlainSheet) -> str:
    """What stays in sight of a sheet."""
    rows, columns = sheet.frozen
    if not rows or not columns:
        return ""
    corner = f"{column_letter(columns)}{rows + 1}"
    return (
        f'<sheetViews><sheetView workbookViewId="0"><pane xSplit="{columns}" ySplit="{rows}" topLeftCell="{corner}" '
        'activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
    )


def _columns_xml(sheet: PlainSheet) -> str:
    """What columns are like that are hidden or have a width of their own."""
    columns = "".join(
        f'<col min="{n + 1}" max="{n + 1}"'
        + (f' width="{sheet.widths[n]}" customWidth="1"' if n in sheet.widths else "")
        + f"{_HIDDEN if n in sheet.hidden_columns else ''}/>"
        for n in sorted({*sheet.hidden_columns, *sheet.widths})
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _text(value: str) -> str:
    return _SPECIAL.sub(_spelled, value)


def _spelled(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _attribute(value: str) -> str:
    """A text as an attribute; Excel escapes there what it escapes in cells, line breaks too."""
    return quoteattr(_SPECIAL.sub(lambda found: found[0] if found[0] in _ENTITIES else _spelled(found), value),
                     {"\n": "_x000A_", "\t": "_x0009_"})  # fmt: skip


def _after_rows(sheet: PlainSheet) -> str:
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.merged)
    links = "".join(f'<hyperlink ref="{area}" r:id="link{n}"/>' for n, (area, _) in enumerate(sheet.links))
    tables = "".join(f'<tablePart r:id="table{n}"/>' for n in range(len(sheet.tables)))
    return (
        (f"<mergeCells>{merged}</mergeCells>" if merged else "")
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + (f"<tableParts>{tables}</tableParts>" if tables else "")
    )


def _table_xml(number: int, table: PlainTable) -> str:
    columns = "".join(f'<tableColumn id="{n}" name={_attribute(header)}/>' for n, header in enumerate(table.headers, 1))
    name = _attribute(table.name)
    return (
        f'<table xmlns="{_MAIN}" id="{number}" name={name} displayName={name} ref="{table.area}" '
        f'headerRowCount="{table.has_header:d}" totalsRowCount="{table.has_totals:d}">'
        f'<tableColumns count="{len(table.headers)}">{columns}</tableColumns></table>'
    )


def _workbook_xml(sheets: Sequence[PlainSheet], names: Sequence[PlainName], *, has_1904_dates: bool) -> str:
    entries = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"{"" if sheet.shown else _HIDDEN_SHEET}/>'
        for n, sheet in enumerate(sheets, 1)
    )
    order = {sheet.name.casefold(): number for number, sheet in enumerate(sheets)}
    defined = "".join(
        f"<definedName name={quoteattr(name.name)}"
        + (f' localSheetId="{order[name.sheet.casefold()]}"' if name.sheet else "")
        + f">{escape(name.refers_to)}</definedName>"
        for name in names
        if not name.sheet or name.sheet.casefold() in order
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{has_1904_dates:d}"/>'
        f"<bookViews><workbookView/></bookViews><sheets>{entries}</sheets>"
        f"{f'<definedNames>{defined}</definedNames>' if defined else ''}</workbook>"
    )
