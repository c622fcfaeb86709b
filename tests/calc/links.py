"""Hyperlinks of cells: text fields in Calc."""

from __future__ import annotations

import re
from typing import Any

URL_FIELD = "com.sun.star.text.TextField.URL"
INSIDE = re.compile(r"#(?P<sheet>'(?:[^']|'')+'|[^'!]+)!(?P<place>[^!]+)")
INSIDE_CALC = re.compile(r"#\$?(?P<sheet>'(?:[^']|'')+'|[^'.]+)\.(?P<place>[^.]+)")


def add_link(document: Any, cell: Any, address: str, text: str) -> None:
    """Make the cell a link that shows the text."""
    field = document.createInstance(URL_FIELD)
    inside = INSIDE.fullmatch(address)
    field.URL = f"#{inside['sheet']}.{inside['place']}" if inside else address
    field.Representation = text.removeprefix("'")  # Excel takes it as a mark that a text follows
    cell.setString("")
    cell.insertTextContent(cell.createTextCursor(), field, False)


def link_of(cell: Any) -> str:
    """Where the cell's link goes, as Excel writes it."""
    fields = cell.TextFields
    if not fields.Count:
        raise Exception("The cell doesn't seem to contain a hyperlink!")  # noqa: TRY002  # as xlwings raises it
    url = str(fields.getByIndex(0).URL)
    inside = INSIDE_CALC.fullmatch(url)
    return f"#{inside['sheet']}!{inside['place']}" if inside else url
