"""What a sheet's own XML says beside its cells: hidden rows and columns, merged ranges, hyperlinks, formulas.

The cell reader knows most of this too, but only by building every row's settings in memory, and it cannot say cheaply
whether there is any formula. Here the part is unpacked once and searched as bytes: what stands before and after the
rows is small and parsed as XML; the rows are only looked through for the few marks that matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO
from xml.etree import ElementTree as ET

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import cell_address
from xl_datasync.workbook.area import Area, column_index, parse_area
from xl_datasync.workbook.package import (
    Filter,
    Package,
    Relation,
    SheetEntry,
    elements,
    is_true,
    parse_xml,
    read_filters,
    relation_id,
)

_CHUNK = 1 << 20
_PREFIX = rb"(?:[\w.-]+:)?"
_SHEET_DATA = re.compile(rb"<(%s)sheetData\b[^>]*?(/?)>" % _PREFIX)
_ROW = re.compile(rb"<%srow\b[^>]*>" % _PREFIX)
_HIDDEN_ROW = re.compile(rb"""<%srow\b[^>]*\shidden=["'](?:1|true)["'][^>]*>""" % _PREFIX)
_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_CELL = re.compile(rb"<%sc\b([^>]*[^/>])>(.*?)</%sc>" % (_PREFIX, _PREFIX), re.DOTALL)
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]+)(\d+)["']""")
_FORMULA = re.compile(
    rb"""<%sc\b[^>]*?\sr=["']([A-Z]+)(\d+)["'][^>]*>\s*<%sf\b(?:[^>]*/>|[^>]*>([^<]*)<)""" % (_PREFIX, _PREFIX)
)
# 8,192 characters, each written with at most six bytes, and the tags before them.
_LONGEST_FORMULA = 1 << 16
_SHOWN = re.compile(rb"<%sv\b[^>]*>([^<]*)<" % _PREFIX)


@dataclass(frozen=True)
class SheetFacts:
    """What is known of a sheet before its cells are read.

    :param dimension: the used range as the file declares it; programs other than Excel may declare it wrongly.
    :param last_row: the last row stored, filled or not; None where the file does not number its rows.
    :param hidden_rows: rows that say so themselves. Where a sheet hides its rows unless told otherwise
        (``zeroHeight``), that goes for rows the file does not store, which are blank; those it stores are shown.
    :param filter_row: the row with an AutoFilter's buttons; ``filters`` are the filters that hide rows.
    :param links: cells with a hyperlink out of the workbook, and its target.
    """

    dimension: Area | None = None
    last_row: int | None = None
    has_formulas: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Area, ...] = ()
    filter_row: int | None = None
    links: tuple[tuple[Area, str], ...] = ()
    filters: tuple[Filter, ...] = ()

    def hides_column(self, index: int) -> bool:
        """Whether a column is hidden."""
        return any(first <= index <= last for first, last in self.hidden_columns)

    def link_at(self, row: int, column: int) -> str | None:
        """Where the hyperlink of a cell leads, if it has one that leads out of the workbook."""
        cells, areas = self._links_by_size
        target = cells.get((row, column))
        here = Area(row, row, column, column)
        return target or next((target for area, target in areas if area.touches(here)), None)

    @cached_property
    def _links_by_size(self) -> tuple[dict[tuple[int, int], str], list[tuple[Area, str]]]:
        # A link on one cell is the rule, and there may be 65,530 of them.
        single = {
            (area.first_row, area.first_column): target
            for area, target in self.links
            if area.first_row == area.last_row and area.first_column == area.last_column
        }
        return single, [
            (area, target) for area, target in self.links if (area.first_row, area.first_column) not in single
        ]


@dataclass
class _RowFacts:
    """What the rows say, gathered while they are unpacked."""

    last: int | None = None
    has_formulas: bool = False
    hidden: set[int] = field(default_factory=set)
    unnumbered: bool = False


def read_facts(package: Package, sheet: SheetEntry) -> SheetFacts:
    """Unpack a sheet's part once and note what it says beside its cells."""
    rows = _RowFacts()
    with package.open_part(sheet.part) as stream:
        head, opening, data = _read_head(stream)
        prefix, is_empty = opening[1], opening[2] == b"/"
        if not is_empty:
            data = _read_rows(stream, data, prefix, rows, sheet)
        tail = data + stream.read()
    if rows.unnumbered:
        rows.hidden = _count_hidden(package, sheet)
    root_tag = re.search(rb"<%sworksheet\b[^>]*>" % prefix, head)
    if root_tag is None:
        raise ValueError("no worksheet element")
    before = parse_xml(head + b"</%sworksheet>" % prefix)
    after = parse_xml(root_tag[0] + tail)
    return SheetFacts(
        dimension=next((parse_area(item.get("ref", "")) for item in elements(before, "dimension")), None),
        last_row=rows.last,
        has_formulas=rows.has_formulas,
        hidden_rows=frozenset(rows.hidden),
        hidden_columns=tuple(
            (int(item.get("min", "1")) - 1, int(item.get("max", "1")) - 1)
            for item in elements(before, "col")
            if is_true(item.get("hidden"))
        ),
        merged=tuple(area for item in elements(after, "mergeCell") if (area := parse_area(item.get("ref", "")))),
        filter_row=_filter_row(after),
        links=tuple(_links(after, package.relations(sheet.part))),
        filters=read_filters(after),
    )


def error_cells(package: Package, sheet: SheetEntry) -> Iterator[tuple[str, str]]:
    """Every error cell's address and code, in order; slow, for when the cell reader has stopped at one."""
    for attributes, content in _cells(package, sheet):
        shown = _SHOWN.search(content)
        place = _REFERENCE.search(attributes)
        if shown and place and re.search(rb"""\st=["']e["']""", attributes):
            yield cell_address(sheet.name, place[1].decode(), int(place[2])), shown[1].decode()


def _read_head(stream: IO[bytes]) -> tuple[bytes, re.Match[bytes], bytes]:
    """What stands before the rows, the tag that opens them, and the bytes read after it."""
    data = b""
    while chunk := stream.read(_CHUNK):
        data += chunk
        if opening := _SHEET_DATA.search(data):
            return data[: opening.start()], opening, data[opening.end() :]
    raise ValueError("no rows, or an unusual encoding")


def _read_rows(stream: IO[bytes], data: bytes, prefix: bytes, rows: _RowFacts, sheet: SheetEntry) -> bytes:
    """Look through the rows; what stands after them, as far as it was read, is returned."""
    opening, closing, formula = b"<%srow" % prefix, b"</%ssheetData>" % prefix, b"</%sf>" % prefix
    cell = b"<%sc" % prefix
    while True:
        last = data.rfind(opening)
        end = data.find(closing, max(last, 0))
        part = data if end < 0 else data[:end]
        if last >= 0 and (tag := _ROW.match(part, last)):
            number = _NUMBER.search(tag[0])
            rows.last = int(number[1]) if number else None
        if b"hidden=" in part:
            _note_hidden(part, rows)
        # Where texts are shared, as Excel writes them, the letter f stands in formulas alone.
        if b"f" in part:
            rows.has_formulas = rows.has_formulas or formula in part
            if b"v>false</" in part:
                _refuse_worded_booleans(part, sheet)
        if end >= 0:
            return data[end + len(closing) :]
        chunk = stream.read(_CHUNK)
        if not chunk:
            raise ValueError("the rows break off")
        data = _cut_in_two(data, cell) + chunk


def _cut_in_two(data: bytes, cell: bytes) -> bytes:
    """The end of what was read that is looked at again, whole, with what follows: the last cell, else a tag."""
    cut = data.rfind(cell, max(len(data) - _CHUNK, 0))
    if cut >= 0:
        return data[cut:]
    cut = data.rfind(b"<")
    return data[cut:] if b">" not in data[cut:] else b""


def _note_hidden(part: bytes, rows: _RowFacts) -> None:
    for tag in _HIDDEN_ROW.finditer(part):
        number = _NUMBER.search(tag[0])
        if number:
            rows.hidden.add(int(number[1]))
        else:
            rows.unnumbered = True


def _count_hidden(package: Package, sheet: SheetEntry) -> set[int]:
    """Hidden rows of a sheet that does not number its rows: each stands below the one before."""
    hidden, row = set(), 0
    with package.open_part(sheet.part) as stream:
        for tag in _ROW.finditer(stream.read()):
            number = _NUMBER.search(tag[0])
            row = int(number[1]) if number else row + 1
            if _HIDDEN_ROW.match(tag[0]):
                hidden.add(row)
    return hidden


def _refuse_worded_booleans(part: bytes, sheet: SheetEntry) -> None:
    # Excel writes 0 and 1. The words are allowed by the standard, but the cell reader takes “false” for true.
    for cell in _CELL.finditer(part):
        shown = _SHOWN.search(cell[2])
        if shown and shown[1] == b"false" and re.search(rb"""\st=["']b["']""", cell[1]):
            place = _REFERENCE.search(cell[1])
            raise WorkbookError(
                "A yes/no cell is stored in a way that only Excel itself reads rightly.",
                where=cell_address(sheet.name, place[1].decode(), int(place[2])) if place else sheet.name,
                remedy="Open the workbook in Excel, save it, and try again.",
            )


def _cells(package: Package, sheet: SheetEntry) -> Iterator[tuple[bytes, bytes]]:
    """Attributes and content of every cell that has any."""
    with package.open_part(sheet.part) as stream:
        data = b""
        while chunk := stream.read(_CHUNK):
            data += chunk
            end = 0
            for cell in _CELL.finditer(data):
                yield cell[1], cell[2]
                end = cell.end()
            data = data[end:]


def formula_cells(package: Package, sheet: SheetEntry) -> Iterator[tuple[int, int, bytes]]:
    """Row, column and text of every formula, in order; of those that share one, the first alone has the text."""
    with package.open_part(sheet.part) as stream:
        data = b""
        while chunk := stream.read(_CHUNK):
            data += chunk
            end = 0
            for found in _FORMULA.finditer(data):
                yield int(found[2]), column_index(found[1].decode()), found[3] or b""
                end = found.end()
            data = data[max(end, len(data) - _LONGEST_FORMULA) :]


def _filter_row(after: ET.Element) -> int | None:
    area = next((parse_area(item.get("ref", "")) for item in elements(after, "autoFilter")), None)
    return area.first_row if area else None


def _links(after: ET.Element, relations: Mapping[str, Relation]) -> Iterator[tuple[Area, str]]:
    for item in elements(after, "hyperlink"):
        relation, area = relations.get(relation_id(item)), parse_area(item.get("ref", ""))
        if relation and relation.external and area:
            # Excel keeps what follows # of an address apart.
            fragment = item.get("location", "")
            yield area, f"{relation.target}#{fragment}" if fragment else relation.target
