"""The twelve columns of the benchmark's table: what the workbook holds and what the dataset expects of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SHEET = "Data"
IDENTIFIER = "record_id"


@dataclass(frozen=True)
class Column:
    """One column.

    :param number_format: of its cells in Excel; ``""`` for General.
    :param portal_format: the display format that the portal's column has.
    """

    field_name: str
    header: str
    type: str
    number_format: str = ""
    portal_format: dict[str, str] = field(default_factory=dict)


COLUMNS = (
    Column(IDENTIFIER, "Record ID", "text", "@"),
    Column("quantity", "Quantity", "number"),
    Column("measure", "Measure", "number"),
    Column("whole", "Whole", "number"),
    Column("category", "Category", "text"),
    Column("note", "Note", "text"),
    Column("opened_on", "Opened on", "calendar_date", "yyyy-mm-dd"),
    Column("updated_at", "Updated at", "calendar_date", "yyyy-mm-dd hh:mm:ss"),
    Column("active", "Active", "checkbox"),
    Column("remark", "Remark", "text"),
    Column("amount", "Amount", "number", "$#,##0.00", {"precisionStyle": "currency"}),
    Column("share", "Share", "number", "0.0%", {"precisionStyle": "percentage", "percentScale": "1"}),
)


def dataset_id(rows: int) -> str:
    """One dataset for each size, so that a small one never seems to shrink a large one."""
    return f"bm{rows // 1_000_000:02d}-{rows // 1000 % 1000:04d}"


def view(identifier: str) -> dict[str, Any]:
    """What ``/api/views`` says of a dataset."""
    columns = [
        {
            "id": number,
            "name": column.header,
            "fieldName": column.field_name,
            "dataTypeName": column.type,
            "position": number,
            "format": column.portal_format,
        }
        for number, column in enumerate(COLUMNS, 1)
    ]
    return {
        "id": identifier,
        "name": "Benchmark",
        "viewType": "tabular",
        "displayType": "table",
        "rights": ["read", "write", "add", "delete"],
        "owner": {"id": "bnch-user", "displayName": "Benchmark"},
        "rowIdentifierColumnId": 1,
        "columns": columns,
    }
