"""The templates are what the declarations in code say."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from xl_datasync.core.jobs import Job, PortJob, What
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import read_config
from xl_datasync.workbook.tables import OPTION_LIST, TABLES, TableSpec

TEMPLATES = Path(__file__).parents[1] / "workbook_templates"
BOTH = pytest.mark.parametrize("name", ["jobs.xlsx", "practice.xlsx"])
EACH_TABLE = pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.name)


def sheet_of(name: str, spec: TableSpec) -> Worksheet:
    """The sheet of a config table in a template."""
    return openpyxl.load_workbook(TEMPLATES / name)[spec.sheet]


def validation_of(sheet: Worksheet, row: int, column: int) -> object:
    """The data validation of a cell."""
    cell = sheet.cell(row, column).coordinate
    return next(v for v in sheet.data_validations.dataValidation if cell in v.sqref)


@BOTH
@EACH_TABLE
def test_headers_choices_help_and_locks(name: str, spec: TableSpec) -> None:
    """Each column has its header, its list, its input message and its lock."""
    sheet = sheet_of(name, spec)
    first = sheet[sheet.tables[spec.name].ref.split(":")[0]].row
    for index, column in enumerate(spec.columns, 1):
        assert sheet.cell(first, index).value == column.header
        assert sheet.cell(first + 1, index).protection.locked is column.locked
        validation = validation_of(sheet, first + 1, index)
        assert validation.prompt == column.help
        if column.choices:
            assert validation.formula1.strip('"').split(",") == list(column.choices)
    assert sheet.protection.sheet


@BOTH
def test_options_are_listed_and_explained(name: str) -> None:
    """The Options sheet offers and explains every option."""
    texts = {str(cell.value) for row in sheet_of(name, TABLES[2]) for cell in row if cell.value}
    for option in OPTION_LIST:
        assert option.name in texts
        assert any(option.help in text for text in texts)


@BOTH
def test_no_macros_and_no_hidden_sheets(name: str) -> None:
    """Plain .xlsx; everything is in sight."""
    book = openpyxl.load_workbook(TEMPLATES / name, keep_vba=True)
    assert book.vba_archive is None or "xl/vbaProject.bin" not in book.vba_archive.namelist()
    assert {sheet.sheet_state for sheet in book.worksheets} == {"visible"}


def test_the_practice_workbook_is_sound() -> None:
    """Its tables have no fault; it has a job for each method and kind of copy, and a faulty one that does not run."""
    with open_workbook(TEMPLATES / "practice.xlsx") as book:
        config = read_config(book)
    assert config.problems == ()
    assert [job.method.verb for job in config.jobs if isinstance(job, Job)] == ["replace", "append", "upsert", "delete"]
    assert [job.what for job in config.jobs if isinstance(job, PortJob)] == [What.COLUMNS, What.BOTH, What.ROWS]
    assert "Weather with faults" in config.job_names


def test_the_practice_workbook_names_its_sources() -> None:
    """It says where the data comes from and that it is in the public domain."""
    sheet = openpyxl.load_workbook(TEMPLATES / "practice.xlsx")["Start here"]
    text = " ".join(str(cell.value) for row in sheet for cell in row if cell.value)
    assert "NOAA" in text
    assert "public domain" in text
    assert "vega_datasets" in text
