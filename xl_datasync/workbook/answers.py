"""Writes down, with the job, which warnings are meant and which rows are left out, in a workbook open in Excel."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from xl_datasync.core.checks.answers import OPTION
from xl_datasync.core.options import ROWS_LEFT_OUT, row_key, topic_key
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_sheets import add_missing_tables
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.tables import OPTIONS


def answer_warnings(live: LiveWorkbook, job: str, topics: Sequence[str]) -> None:
    """Remember that warnings of these topics are meant.

    :raises WorkbookError: where the sheet is protected with a password, or cannot be added.
    """
    _add(live, job, OPTION, topics, topic_key)


def leave_rows_out(live: LiveWorkbook, job: str, labels: Sequence[str]) -> None:
    """Remember that rows which say this are not sent; raises as :func:`answer_warnings` does."""
    _add(live, job, ROWS_LEFT_OUT, labels, row_key)


def _add(live: LiveWorkbook, job: str, option: str, texts: Sequence[str], key: Callable[[str], str]) -> None:
    """Add texts to a job's row of the Options sheet; the sheet and the row are added where there is none."""
    add_missing_tables(live)
    table = LiveTable(live, OPTIONS)
    number, known = _texts(live, job, option)
    new = {key(text): " ".join(text.split()) for text in (*known, *texts)}
    value = "; ".join(filter(None, new.values()))
    if number is None:
        live.ask(lambda: table.add([{"Job name": job, "Option": option, "Value": value}]))
    elif new.keys() != set(map(key, known)):
        live.ask(lambda: table.write({number: {"Value": value}}))


def _texts(live: LiveWorkbook, job: str, option: str) -> tuple[int | None, list[str]]:
    """The row that holds a job's texts of an option, or None, and what stands there."""
    table = live.config_table(OPTIONS.sheet, OPTIONS.name)
    for number, row in table.rows if table else ():
        texts = {header: str(value).strip() for header, value in row.items() if value is not None}
        ours = texts.get("Option", "").casefold() == option.casefold()
        if ours and texts.get("Job name", "").casefold() == job.strip().casefold():
            return number, [part.strip() for part in re.split("[;\n]", texts.get("Value", "")) if part.strip()]
    return None, []
