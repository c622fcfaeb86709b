"""Writes down that warnings are meant, with the job, in a workbook that is open in Excel."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xl_datasync.core.checks.answers import OPTION
from xl_datasync.core.options import topic_key
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_sheets import add_missing_tables
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.tables import OPTIONS


def answer_warnings(live: LiveWorkbook, job: str, topics: Sequence[str]) -> None:
    """Add topics to a job's row of the Options sheet; the sheet and the row are added where there is none.

    :raises WorkbookError: where the sheet is protected with a password, or cannot be added.
    """
    add_missing_tables(live)
    table = LiveTable(live, OPTIONS)
    number, known = _answers(live, job)
    new = {topic_key(topic): " ".join(topic.split()) for topic in (*known, *topics)}
    value = "; ".join(filter(None, new.values()))
    if number is None:
        live.ask(lambda: table.add([{"Job name": job, "Option": OPTION, "Value": value}]))
    elif new.keys() != set(map(topic_key, known)):
        live.ask(lambda: table.write({number: {"Value": value}}))


def _answers(live: LiveWorkbook, job: str) -> tuple[int | None, list[str]]:
    """The row that holds a job's answers, or None, and what stands there."""
    table = live.config_table(OPTIONS.sheet, OPTIONS.name)
    for number, row in table.rows if table else ():
        texts = {header: str(value).strip() for header, value in row.items() if value is not None}
        ours = texts.get("Option", "").casefold() == OPTION.casefold()
        if ours and texts.get("Job name", "").casefold() == job.strip().casefold():
            return number, [part.strip() for part in re.split("[;\n]", texts.get("Value", "")) if part.strip()]
    return None, []
