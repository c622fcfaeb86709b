"""Workbooks written part by part, for what openpyxl cannot write: saved results, odd namespaces, wrong dimensions."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def cell(reference: str, value: object = None, *, kind: str = "", style: int = 0, formula: str | None = None) -> str:
    """One ``<c>``; ``value`` is what stands in ``<v>``, ``kind`` its ``t``."""
    attributes = f' t="{kind}"' if kind else ""
    attributes += f' s="{style}"' if style else ""
    inner = "" if formula is None else f"<f>{formula}</f>"
    inner += "" if value is None else f"<v>{value}</v>"
    return f'<c r="{reference}"{attributes}>{inner}</c>'


def inline(reference: str, text: str) -> str:
    """An inline text cell."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    """One ``<row>``."""
    return f'<row r="{number}"{attributes}>{"".join(cells)}</row>'


def handmade(
    path: Path,
    rows: str,
    *,
    formats: Sequence[str] = ("General",),
    shared: Sequence[str] = (),
    is_1904: bool = False,
    before: str = "",
    after: str = "",
    names: str = "",
    relations: str = "",
    parts: dict[str, str] | None = None,
    strict: bool = False,
    prefix: str = "",
) -> Path:
    """Write a workbook of one sheet, ``Data``.

    :param formats: the number format of each style.
    :param before: what stands between the sheet's root and its rows; ``after``: what follows the rows.
    :param relations: the sheet's own relationships.
    """
    number_formats = "".join(f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(f)}/>' for i, f in enumerate(formats))
    styles = "".join(
        f'<xf numFmtId="{0 if f == "General" else 164 + i}" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        for i, f in enumerate(formats)
    )
    content = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}sharedStrings+xml"/></Types>',
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(is_1904)}"/>'
        f'<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets>{names}</workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{number_formats}</numFmts>'
        '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in shared)}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
        f"{before}<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    if relations:
        content["xl/worksheets/_rels/sheet1.xml.rels"] = f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>'
    content |= parts or {}
    if prefix:
        content["xl/worksheets/sheet1.xml"] = prefixed(content["xl/worksheets/sheet1.xml"], prefix)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in content.items():
            xml = text.replace(MAIN, STRICT_MAIN).replace(OFFICE, STRICT_OFFICE) if strict else text
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}')
    return path


def prefixed(xml: str, prefix: str) -> str:
    """Give every element of the main namespace a prefix, as the Open XML SDK does."""
    out, rest = "", xml
    while "<" in rest:
        text, _, rest = rest.partition("<")
        slash = "/" if rest.startswith("/") else ""
        rest = rest.removeprefix("/")
        out += f"{text}<{slash}{prefix}:"
    return (out + rest).replace(f'xmlns="{MAIN}"', f'xmlns:{prefix}="{MAIN}"')


def edit(path: Path, part: str, old: str, new: str) -> Path:
    """Replace a text inside one part of a package; it must be there."""
    with zipfile.ZipFile(path) as package:
        content = {item: package.read(item) for item in package.namelist()}
    assert old.encode() in content[part], f"{old} is not in {part}"
    content[part] = content[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for item, data in content.items():
            package.writestr(item, data)
    return path


def _relations(*items: tuple[str, str, str]) -> str:
    links = "".join(f'<Relationship Id="{id_}" Type="{OFFICE}/{kind}" Target="{to}"/>' for id_, kind, to in items)
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'
