"""The contenders. Each run is a process of its own, so its start, its imports and its memory count.

python benchmarks/contenders.py NAME TASK.json

The peers do what a careful user has to do to get the rows across, and nothing more: they check no cell, look for no
doubled identifier, compare nothing with the dataset and do not ask afterwards how many rows arrived.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from columns import COLUMNS, IDENTIFIER, SHEET


@dataclass(frozen=True)
class Task:
    """What a contender is given.

    :param data: the workbook with the rows; ``jobs`` is the one with the job that publishes it.
    :param csv: where the CSV is to go.
    :param host: host and port of the sink.
    """

    data: str
    jobs: str
    csv: str
    host: str
    dataset: str
    rows: int


def ours_csv(task: Task) -> None:
    """The public way: read the job, describe the dataset, map, convert, check every cell and identifier, write."""
    from xl_datasync.look.exports import export_job
    from xl_datasync.workbook.closed import open_workbook

    with open_workbook(Path(task.jobs)) as book:
        export = export_job(book, "Benchmark", Path(task.csv))
    if export.rows != task.rows or any(problem.blocks for problem in export.problems):
        raise SystemExit("\n".join(export.lines()))


def ours_portal(task: Task) -> None:
    """The same, then compare with the portal's rows, send, and count the portal's rows again."""
    from xl_datasync.api import run_workbook
    from xl_datasync.core.report_text import report_lines

    report = run_workbook(task.jobs)
    if [result.plan and result.plan.rows for result in report.results] != [task.rows] or report.exit_code:
        raise SystemExit("\n".join(report_lines(report)))


def openpyxl_csv(task: Task) -> None:
    """Openpyxl in read-only mode and the standard library's csv."""
    import csv

    from openpyxl import load_workbook

    book = load_workbook(task.data, read_only=True, data_only=True)
    with Path(task.csv).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(book[SHEET].iter_rows(values_only=True))


def openpyxl_sodapy(task: Task) -> None:
    """Openpyxl in read-only mode, dictionaries, sodapy."""
    import datetime as dt

    from openpyxl import load_workbook

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value

    names = [column.field_name for column in COLUMNS]
    rows = load_workbook(task.data, read_only=True, data_only=True)[SHEET].iter_rows(min_row=2, values_only=True)
    _replace(task, [dict(zip(names, map(plain, row), strict=True)) for row in rows])


def pandas_sodapy(task: Task) -> None:
    """Pandas with its calamine engine, records, sodapy.

    The identifier is read as text, or its zeros would be lost; dates are written as ISO 8601 and blanks as null, or
    there would be no JSON.
    """
    import numpy as np
    import pandas as pd

    frame = pd.read_excel(
        task.data, sheet_name=SHEET, engine="calamine", dtype={"Record ID": str}, keep_default_na=False, na_values=[""]
    )
    frame.columns = pd.Index([column.field_name for column in COLUMNS])
    for name in frame.select_dtypes("datetime"):
        frame[name] = np.datetime_as_string(frame[name].to_numpy(), unit="s")
    frame = frame.astype(object).where(frame.notna(), None)
    _replace(task, frame.to_dict("records"))


def _replace(task: Task, records: list[dict[str, Any]]) -> None:
    from requests.adapters import HTTPAdapter
    from sodapy import Socrata

    # sodapy speaks https unless it is given an adapter; every contender speaks http here.
    adapter = {"prefix": "http://", "adapter": HTTPAdapter()}
    with Socrata(task.host, "token", "key", "secret", timeout=600, session_adapter=adapter) as client:
        receipt = client.replace(task.dataset, records)
    if receipt["Rows Created"] != task.rows or len(records[0][IDENTIFIER]) != 9:
        raise SystemExit(f"not all rows arrived: {receipt}")


CONTENDERS: dict[str, Callable[[Task], None]] = {
    "ours-csv": ours_csv,
    "ours-portal": ours_portal,
    "openpyxl-csv": openpyxl_csv,
    "openpyxl-sodapy": openpyxl_sodapy,
    "pandas-sodapy": pandas_sodapy,
}


if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](Task(**json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
