"""What cells show, judged by LibreOffice: it renders the same formats, and the texts agree."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.calc.office import PROGRAM
from xl_datasync.core.conversion.shown import shown
from xl_datasync.core.values import Value

NUMBER_FORMATS = [
    "00000", "000-00-0000", "00000-0000", '"A"000', "\\#0", "0-00", "#-###", "#,##0", "#,##0.00", "0,000", "##0.0", "0.0##",
    "0%", "0.0%", '0"%"', "0,", '0.0,," M"', "?0.0?", '0 "units"', 'General" km"', "General", "@", "[$€-407] #,##0.00",
    '"$"#,##0_);("$"#,##0)', "#,##0.00_);[Red](#,##0.00)", '0;-0;"none"', "0.00;(0.00)", "[Red]0.00;[Blue]-0.00",
    "[<=9999999]###-####;(###) ###-####", '[>100]"big";[<=100]0', '_($* #,##0_);_($* (#,##0);_($* "-"??_);_(@_)',
]  # fmt: skip
NUMBERS: list[Value] = [
    0, 1, -1, 5, -7, 501, 98101, 123456789, 2065551212, 5551212, 1234567.891, 0.456, 1.005, 12.3, -1234.5, 0.5, 0.125,
    999999.995, 1e14, "word",
]  # fmt: skip
DATE_FORMATS = [
    "m/d/yyyy h:mm AM/PM", "m/d/yyyy;@", "yyyy-mm-dd", "yyyymmdd", "dddd, mmmm d, yyyy", "d-mmm-yy", "mmm yyyy", "mmmmm",
    "ddd", "[h]:mm:ss", "[mm]:ss", "hh:mm", "h:mm:ss", "mm:ss.00", "yyyy-mm-dd hh:mm:ss.000", "h AM/PM", "h:mm a/p",
    'd"th of" mmmm',
]  # fmt: skip
DATES: list[Value] = [dt.datetime(2024, 1, 5, 13, 4, 9), dt.datetime(1999, 7, 4), dt.datetime(2024, 2, 29, 23, 59, 59)]
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true"
# Calc multiplies first, and its product is a little below 100.5.
OTHERWISE = {(1.005, "0%")}


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed")
def test_texts_are_those_of_calc(tmp_path: Path) -> None:
    """Every format with every value that it tells anything of, spaces at the ends aside."""
    cells = [(value, code) for code in NUMBER_FORMATS for value in NUMBERS]
    cells += [(value, code) for code in DATE_FORMATS for value in DATES]
    book = openpyxl.Workbook()
    for row, (value, code) in enumerate(cells, 1):
        cell = book.active.cell(row, 1, value)
        cell.number_format = code
    book.active.column_dimensions["A"].width = 60
    book.save(tmp_path / "shown.xlsx")
    subprocess.run(
        [str(PROGRAM), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
         "--convert-to", AS_SHOWN, "--outdir", str(tmp_path), str(tmp_path / "shown.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "shown.csv").open(encoding="utf-8", newline="") as file:
        texts = [row[0] if row else "" for row in csv.reader(file)]
    assert len(texts) == len(cells)
    ours = [shown(value, code) for value, code in cells]
    told = [
        (cell, text.strip(), calc.strip())
        for cell, text, calc in zip(cells, ours, texts, strict=True)
        if text is not None and cell not in OTHERWISE
    ]
    assert [cell for cell, text, calc in told if text != calc] == []
    assert len(told) > 0.98 * len(cells)
