"""Real job workbooks for tests, made from the declarations in code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

from xl_datasync.workbook.tables import COLUMN_MAP, CONNECTIONS, JOBS, OPTIONS, SETTINGS, TableSpec

HEADER_ROW = 4
Rows = Sequence[Sequence[Any]]


def job(name: str, dataset: str, method: str, sheet: str = "Data", **more: Any) -> dict[str, Any]:
    """One row of the Jobs table."""
    return {
        "Run?": "Yes", "Job name": name, "Kind of job": "Publish a sheet", "Portal": "Practice",
        "Dataset ID or link": dataset, "Sheet, table or range": sheet, "How to update": method, **more,
    }  # fmt: skip


def write_job_workbook(
    path: Path,
    address: str,
    jobs: Sequence[Mapping[str, Any]],
    sheets: Mapping[str, Rows],
    **tables: Sequence[Mapping[str, Any]],
) -> Path:
    """A job workbook whose only connection is “Practice”; ``tables`` may hold column_map, options, settings."""
    book = Workbook()
    book.remove(book.active)
    connection = {"Connection name": "Practice", "Portal address": address, "Sign-in type": "API key"}
    filled = {
        JOBS: jobs,
        CONNECTIONS: tables.get("connections", [connection]),
        COLUMN_MAP: tables.get("column_map", []),
        OPTIONS: tables.get("options", []),
        SETTINGS: tables.get("settings", []),
    }
    for spec, rows in filled.items():
        _write_table(book, spec, rows)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def _write_table(book: Workbook, spec: TableSpec, rows: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.create_sheet(spec.sheet)
    sheet["A1"] = spec.sheet
    for index, header in enumerate(spec.headers, 1):
        sheet.cell(HEADER_ROW, index, header)
    for number, row in enumerate(rows, HEADER_ROW + 1):
        for header, value in row.items():
            sheet.cell(number, spec.headers.index(header) + 1, value)
    last = HEADER_ROW + max(len(rows), 1)
    area = f"A{HEADER_ROW}:{get_column_letter(len(spec.headers))}{last}"
    sheet.add_table(Table(displayName=spec.name, ref=area))
