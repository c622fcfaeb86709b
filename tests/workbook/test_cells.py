"""What each kind of cell becomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import NOT_CALCULATED, ErrorValue, Value
from xl_datasync.workbook import sheet_part
from xl_datasync.workbook.cells import IMPOSSIBLE_DATE, shows
from xl_datasync.workbook.protocol import Table

from .conftest import only_block, rows_of
from .handmade import cell, handmade, inline, row

ReadTable = Callable[..., Table]


def value_of(read: ReadTable, path: Path, xml: str, **options: object) -> Value:
    """The value of one cell A2 below a header."""
    handmade(path, row(1, inline("A1", "Header")) + row(2, xml), **options)
    return rows_of(read(path)).get(2, (None,))[0]


@pytest.mark.parametrize(
    ("stored", "kind", "value"),
    [
        ("1", "", 1),
        ("-7", "", -7),
        ("1.0", "", 1.0),
        ("0.30000000000000004", "", 0.30000000000000004),
        ("1E+300", "", 1e300),
        ("1234567890123456", "", 1234567890123456),
        ("1.1000000000000001", "", 1.1),
        ("1", "b", True),
        ("0", "b", False),
        ("007", "str", "007"),
        (" spaced ", "str", " spaced "),
        ("", "str", None),
        ("#N/A", "e", ErrorValue("#N/A")),
        ("#DIV/0!", "e", ErrorValue("#DIV/0!")),
        ("#N/A", "str", "#N/A"),
        ("#VALUE!", "str", "#VALUE!"),
    ],
)
def test_plain_cells(read: ReadTable, tmp_path: Path, stored: str, kind: str, value: Value) -> None:
    """A cell is what its stored type says: an error is never a text, a text never an error, a blank text nothing."""
    found = value_of(read, tmp_path / "one.xlsx", cell("A2", stored, kind=kind))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (cell("A2", 5, formula="1+4"), 5),
        (cell("A2", formula="1+4"), ErrorValue(NOT_CALCULATED)),
        (cell("A2", "", formula="1+4"), ErrorValue(NOT_CALCULATED)),
        (cell("A2", "", kind="str", formula='""'), None),
        (cell("A2", "x", kind="str", formula='"x"'), "x"),
        (cell("A2", "#REF!", kind="e", formula="1/0"), ErrorValue("#REF!")),
        ('<c r="A2" t="e" vm="1"><f>SEQUENCE(3)</f><v>#VALUE!</v></c>', ErrorValue("#VALUE!")),
        ('<c r="A2"><f t="array" ref="A2:A2">SUM(B1:B9)</f></c>', ErrorValue(NOT_CALCULATED)),
        ('<c r="A2"><f t="shared" ref="A2:A3" si="0">B2</f></c>', ErrorValue(NOT_CALCULATED)),
    ],
)
def test_formulas(read: ReadTable, tmp_path: Path, xml: str, value: Value) -> None:
    """A formula gives its saved result; one never calculated is an error of its own, one with an empty result blank."""
    assert value_of(read, tmp_path / "one.xlsx", xml) == value


def test_never_calculated_rows_are_not_blank(read: ReadTable, tmp_path: Path) -> None:
    """A last row that holds only formulas never calculated is a row, not part of the blank tail."""
    path = handmade(
        tmp_path / "f.xlsx",
        row(1, inline("A1", "Header")) + row(2, cell("A2", 1)) + row(3) + row(4, cell("A4", formula="A2")),
    )
    assert rows_of(read(path)) == {2: (1,), 3: (None,), 4: (ErrorValue(NOT_CALCULATED),)}


@pytest.mark.parametrize(
    ("number_format", "serial", "value"),
    [
        ("yyyy-mm-dd", "45000", dt.date(2023, 3, 15)),
        ("yyyy-mm-dd", "45000.5", dt.datetime(2023, 3, 15, 12)),
        ("yyyy-mm-dd hh:mm", "45000", dt.datetime(2023, 3, 15)),
        ("m/d/yy h:mm AM/PM", "45000.25", dt.datetime(2023, 3, 15, 6)),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "45000", dt.date(2023, 3, 15)),
        ("mmm-yy", "45000", dt.date(2023, 3, 15)),
        ("hh:mm:ss", "0.5", dt.time(12)),
        ("hh:mm:ss", "0", dt.time(0)),
        ("hh:mm:ss", "45000", dt.datetime(2023, 3, 15)),
        ("mm:ss.000", "0.00001", dt.time(0, 0, 0, 864000)),
        ("[h]:mm", "1.5", dt.timedelta(hours=36)),
        ("[h]:mm", "-0.25", dt.timedelta(hours=-6)),
        ("yyyy-mm-dd hh:mm:ss.000", "45000.25000578704", dt.datetime(2023, 3, 15, 6, 0, 0, 500000)),
        ("yyyy-mm-dd", "1", dt.date(1900, 1, 1)),
        ("yyyy-mm-dd", "58", dt.date(1900, 2, 27)),
        ("yyyy-mm-dd", "61", dt.date(1900, 3, 1)),
        ("yyyy-mm-dd", "2958465", dt.date(9999, 12, 31)),
        ("0.00%", "0.45", 0.45),
        ('0 "days"', "45000", 45000),
        ("[Red]0.00", "45000", 45000),
    ],
)
def test_dates(read: ReadTable, tmp_path: Path, number_format: str, serial: str, value: Value) -> None:
    """A number is a date, time or span as its format says; midnight is a date only where no time is shown."""
    found = value_of(read, tmp_path / "d.xlsx", cell("A2", serial, style=1), formats=("General", number_format))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"])
@pytest.mark.parametrize("serial", ["0", "0.5", "-1", "-45000", "59", "60", "60.5"])
def test_impossible_dates(read: ReadTable, tmp_path: Path, number_format: str, serial: str) -> None:
    """Day 0, negative days and the days around the 29 February that 1900 never had are errors, not wrong dates."""
    found = value_of(read, tmp_path / "d.xlsx", cell("A2", serial, style=1), formats=("General", number_format))
    assert found == ErrorValue(IMPOSSIBLE_DATE)


@pytest.mark.parametrize("serial", ["-0.5", "-0.0001", "-3.25"])
def test_negative_times(read: ReadTable, tmp_path: Path, serial: str) -> None:
    """A negative time, which Excel shows as #####, is an error and not the time without its sign."""
    found = value_of(read, tmp_path / "d.xlsx", cell("A2", serial, style=1), formats=("General", "hh:mm"))
    assert found == ErrorValue(IMPOSSIBLE_DATE)


@pytest.mark.parametrize(("number_format", "serial"), [("yyyy-mm-dd", "2958466"), ("[h]:mm", "1E+10")])
def test_beyond_the_calendar(read: ReadTable, tmp_path: Path, number_format: str, serial: str) -> None:
    """A date after 9999, or a span that Python cannot hold, is an error, not a number."""
    found = value_of(read, tmp_path / "d.xlsx", cell("A2", serial, style=1), formats=("General", number_format))
    assert found == ErrorValue("#VALUE!")


@pytest.mark.parametrize(
    ("number_format", "serial", "value"),
    [
        ("yyyy-mm-dd", "0", dt.date(1904, 1, 1)),
        ("yyyy-mm-dd hh:mm", "0.5", dt.datetime(1904, 1, 1, 12)),
        ("yyyy-mm-dd", "43831", dt.date(2024, 1, 2)),
        ("yyyy-mm-dd", "59", dt.date(1904, 2, 29)),
        ("yyyy-mm-dd", "-1", ErrorValue(IMPOSSIBLE_DATE)),
        ("hh:mm", "0.5", dt.time(12)),
        ("hh:mm", "-0.5", ErrorValue(IMPOSSIBLE_DATE)),
    ],
)
def test_dates_of_1904(read: ReadTable, tmp_path: Path, number_format: str, serial: str, value: Value) -> None:
    """In a workbook of the 1904 system day 0 is 1 January 1904, and nothing comes before it."""
    options = {"formats": ("General", number_format), "is_1904": True}
    found = value_of(read, tmp_path / "d.xlsx", cell("A2", serial, style=1), **options)
    assert found == value
    assert type(found) is type(value)


def test_midnight_in_a_mixed_column(read: ReadTable, tmp_path: Path) -> None:
    """One format for a column gives one type: midnight beside other times stays a date-time, blanks stay blank."""
    cells = [cell("A2", "45000", style=1), cell("A3", "45000.75", style=1), "", cell("A5", "45001", style=1)]
    rows = "".join(row(number, xml) for number, xml in enumerate(cells, 2))
    path = handmade(tmp_path / "m.xlsx", row(1, inline("A1", "When")) + rows, formats=("General", "yyyy-mm-dd hh:mm"))
    assert rows_of(read(path)) == {
        2: (dt.datetime(2023, 3, 15),),
        3: (dt.datetime(2023, 3, 15, 18),),
        4: (None,),
        5: (dt.datetime(2023, 3, 16),),
    }


def test_a_date_that_was_never_calculated(read: ReadTable, tmp_path: Path) -> None:
    """Among dates it is named as what it is, like any other formula without a result."""
    rows = row(2, cell("A2", "45000", style=1)) + row(3, cell("A3", formula="A2+1", style=1))
    path = handmade(tmp_path / "f.xlsx", row(1, inline("A1", "When")) + rows, formats=("General", "yyyy-mm-dd"))
    assert rows_of(read(path)) == {2: (dt.date(2023, 3, 15),), 3: (ErrorValue(NOT_CALCULATED),)}


def test_iso_dates(read: ReadTable, tmp_path: Path) -> None:
    """Dates stored as ISO 8601 text cells (t="d", in Strict files) are dates too."""
    found = value_of(
        read, tmp_path / "d.xlsx", cell("A2", "2024-01-02", kind="d", style=1), formats=("General", "yyyy-mm-dd")
    )
    assert found == dt.date(2024, 1, 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a_x000D_b", "a\rb"),
        ("a_x005F_x000D_b", "a_x000D_b"),
        ("a&#13;&#10;b", "a\r\nb"),
        ("a&amp;b &lt;c&gt;", "a&b <c>"),
        ("e\u0301 \U0001f600 \u05e9\u05dc\u05d5\u05dd", "e\u0301 \U0001f600 \u05e9\u05dc\u05d5\u05dd"),
        ("=1+1", "=1+1"),
        ("x" * 32767, "x" * 32767),
    ],
)
def test_texts(read: ReadTable, tmp_path: Path, text: str, value: str) -> None:
    """Text comes through as Excel means it: escapes decoded, line breaks and every script kept, any length."""
    assert value_of(read, tmp_path / "t.xlsx", inline("A2", text)) == value


def test_rich_text_is_joined(read: ReadTable, tmp_path: Path) -> None:
    """The runs of a rich text are one text; its phonetic guide is not part of it."""
    shared = [
        '<r><t xml:space="preserve">big </t></r><r><rPr><b/></rPr><t>dog</t></r><rPh sb="0" eb="1"><t>X</t></rPh>'
    ]
    assert value_of(read, tmp_path / "r.xlsx", cell("A2", 0, kind="s"), shared=shared) == "big dog"


def test_number_formats(read: ReadTable, tmp_path: Path) -> None:
    """Formats come out as the file spells them, General for cells without one and for cells that are not there."""
    formats = ("General", "0.00%", "00000", "[$€-2] #,##0.00", "@")
    cells = [cell(f"A{number}", 1, style=number - 2) for number in range(2, 7)]
    rows = "".join(row(number, xml) for number, xml in enumerate(cells, 2)) + row(8, cell("A8", 3))
    table = read(handmade(tmp_path / "n.xlsx", row(1, inline("A1", "N")) + rows, formats=formats))
    assert list(only_block(table).formats(0)) == [*formats, "General", "General"]


def test_hyperlinks(read: ReadTable, tmp_path: Path) -> None:
    """A link's target comes with its fragment, from a cell or a range, or from a HYPERLINK formula; inner ones do not."""
    rows = row(1, inline("A1", "Page"), inline("B1", "Other"))
    rows += "".join(row(n, inline(f"A{n}", "page"), inline(f"B{n}", "x")) for n in range(2, 7))
    rows += row(
        7, cell("A7", "Open", kind="str", formula='HYPERLINK("https://f.example/?q=""1""","Open")'), cell("B7", 1)
    )
    links = (
        '<hyperlinks><hyperlink ref="A2" r:id="rId1"/><hyperlink ref="A3" r:id="rId1" location="part"/>'
        '<hyperlink ref="A4:B5" r:id="rId2"/><hyperlink ref="A6" location="Data!A1"/></hyperlinks>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    relations = (
        f'<Relationship Id="rId1" Type="{kind}" Target="https://a.example/?x=1&amp;y=2" TargetMode="External"/>'
        f'<Relationship Id="rId2" Type="{kind}" Target="https://b.example/" TargetMode="External"/>'
    )
    table = read(handmade(tmp_path / "l.xlsx", rows, after=links, relations=relations))
    block = only_block(table)
    first, second = "https://a.example/?x=1&y=2", "https://b.example/"
    assert list(block.links(0)) == [first, f"{first}#part", second, second, None, 'https://f.example/?q="1"']
    assert list(block.links(1)) == [None, None, second, second, None, None]


def test_errors_the_reader_does_not_know(read: ReadTable, tmp_path: Path) -> None:
    """An error written out by another program stops the reading with the addresses of all such cells."""
    rows = row(1, inline("A1", "A"), inline("B1", "B")) + "".join(
        row(n, cell(f"A{n}", n), cell(f"B{n}", "#SPILL!" if n in (3, 5) else "#N/A", kind="e")) for n in range(2, 7)
    )
    with pytest.raises(WorkbookError, match=r"#SPILL! in “Data!B3”, “Data!B5” keeps the sheet from being read"):
        rows_of(read(handmade(tmp_path / "s.xlsx", rows)))


def test_yes_and_no_as_words(read: ReadTable, tmp_path: Path) -> None:
    """A stored “false” would be read as true by the library, so it is refused by address; “true” is read rightly."""
    head = row(1, inline("A1", "Active"))
    good = handmade(
        tmp_path / "t.xlsx", head + row(2, cell("A2", "true", kind="b")) + row(3, cell("A3", "false", kind="str"))
    )
    assert rows_of(read(good)) == {2: (True,), 3: ("false",)}
    with pytest.raises(WorkbookError, match="Data!A3: A yes/no cell"):
        read(
            handmade(
                tmp_path / "f.xlsx", head + row(2, cell("A2", 1, kind="b")) + row(3, cell("A3", "false", kind="b"))
            )
        )


@pytest.mark.parametrize("chunk", range(40, 120))
@pytest.mark.parametrize("prefix", ["", "x"])
def test_no_as_a_word_wherever_the_file_is_cut(
    read: ReadTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, prefix: str
) -> None:
    """The part is read in pieces; a “false” is found also where one ends inside its cell."""
    monkeypatch.setattr(sheet_part, "_CHUNK", chunk)
    rows = row(1, inline("A1", "Active")) + row(2, cell("A2", 1, kind="b")) + row(3, cell("A3", "false", kind="b"))
    path = handmade(tmp_path / "f.xlsx", rows + row(4, cell("A4", 1, kind="b")), prefix=prefix)
    with pytest.raises(WorkbookError, match="Data!A3: A yes/no cell"):
        read(path)


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("General", (False, False)),
        (None, (False, False)),
        ("m", (True, False)),
        ("mm:ss", (False, True)),
        ("h:mm AM/PM", (False, True)),
        ("AM/PM", (False, True)),
        ("d mmm yyyy", (True, False)),
        ('yyyy"h"', (True, False)),
        ("dd/mm/yyyy;hh:mm", (True, False)),
        ("yyyy\\-mm\\-dd\\Thh:mm:ss", (True, True)),
        ("[$-409]mmmm d, yyyy", (True, False)),
        ("[Red]d", (True, False)),
    ],
)
def test_what_a_format_shows(number_format: str | None, shown: tuple[bool, bool]) -> None:
    """Literal text, colours, locales and further sections of a format do not count; m is months or minutes by company."""
    assert shows(number_format) == shown
