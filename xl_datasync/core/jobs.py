"""Jobs and what belongs to them, as values: read from the workbook's tables, or made by whoever calls the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from xl_datasync.core.connection import Connection
from xl_datasync.core.delivery import Method
from xl_datasync.core.mapping import ColumnChoice
from xl_datasync.core.options import JobOptions

DEFAULT_CHANGE_LIMIT = 20.0


@dataclass(frozen=True)
class Job:
    """One row of the Jobs table.

    :param connection: the portal it goes to.
    :param source: sheet, table, defined name or range; ``""`` is the only sheet.
    :param file: another workbook or text file, or None for the workbook that holds the job.
    :param header_row: row number, 0 for none, None to find it.
    :param choices: the rows of its column map.
    :param change_limit: a replace or delete stops when rows shrink by more than this, in percent.
    :param where: address of its name's cell, for messages.
    """

    name: str
    connection: Connection
    dataset_id: str
    method: Method
    source: str = ""
    file: Path | None = None
    header_row: int | None = None
    choices: tuple[ColumnChoice, ...] = ()
    options: JobOptions = field(default_factory=JobOptions)
    change_limit: float = DEFAULT_CHANGE_LIMIT
    where: str = ""
