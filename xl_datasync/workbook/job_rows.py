"""Rows of the Jobs and Options tables become jobs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import DEFAULT_CHANGE_LIMIT, FaultyRows, Job, PortJob, What
from xl_datasync.core.mapping import ColumnChoice
from xl_datasync.core.options import (
    ROWS_LEFT_OUT,
    BlankPolicy,
    ErrorPolicy,
    HiddenPolicy,
    JobOptions,
    NumberStyle,
    PercentStyle,
    row_key,
    topic_key,
)
from xl_datasync.core.values import EXCEL_LAST_ROW
from xl_datasync.workbook.config_rows import ConfigRow, check_date_formats, check_zone
from xl_datasync.workbook.tables import KindOfJob, WhenFinished, YesNo

_Choice = TypeVar("_Choice", bound=Enum)


def _words(row: ConfigRow) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in row.text("Value").split(",") if word.strip())


def _texts(row: ConfigRow, key: Callable[[str], str]) -> frozenset[str]:
    return frozenset(filter(None, map(key, re.split("[;\n]", row.text("Value")))))


def _date_formats(row: ConfigRow) -> tuple[str, ...]:
    return check_date_formats(row.text("Value"), row.faults_of("Value"))


def _zone(row: ConfigRow) -> str:
    check_zone(row.text("Value"), row.faults_of("Value"))
    return row.text("Value")


def _pick(kind: type[_Choice]) -> Callable[[ConfigRow], _Choice]:
    return lambda row: row.choice("Value", kind, next(iter(kind)))


def _set(field: str, read: Callable[[ConfigRow], Any]) -> SetOption:
    return lambda options, row: replace(options, **{field: read(row)})


SetOption = Callable[[JobOptions, ConfigRow], JobOptions]
MOST_ROWS_PER_REQUEST = 1_000_000
SET_OPTION: dict[str, SetOption] = {
    "Number style": _set("number_style", _pick(NumberStyle)),
    "Percent style": _set("percent_style", _pick(PercentStyle)),
    "Date formats": _set("date_formats", _date_formats),
    "Time zone": _set("time_zone", _zone),
    "Words for yes": _set("yes_words", _words),
    "Words for no": _set("no_words", _words),
    "Trim spaces": _set("trim_spaces", lambda row: row.choice("Value", YesNo, YesNo.YES) is YesNo.YES),
    "Hidden rows": _set("hidden_rows", _pick(HiddenPolicy)),
    "Empty cells": _set("empty_cells", _pick(BlankPolicy)),
    "Error cells": _set("error_cells", _pick(ErrorPolicy)),
    "Rows per request": _set(
        "rows_per_request",
        lambda row: row.whole_in("Value", JobOptions.rows_per_request, 1, MOST_ROWS_PER_REQUEST),
    ),
    # What is said for all jobs goes for each, beside its own.
    "Warnings answered": lambda options, row: replace(options, answered=options.answered | _texts(row, topic_key)),
    ROWS_LEFT_OUT: lambda options, row: replace(options, rows_left_out=options.rows_left_out | _texts(row, row_key)),
}
"""What each option of the Options table does; their names are those of OPTION_LIST."""
FOR_COPIES = ("Copy from portal", "Copy from dataset ID or link", "What to copy", "New dataset title", "When finished")
FOR_NEW_DATASETS = ("New dataset title", "When finished")
FOR_SHEETS = ("Workbook or file", "Sheet, table or range", "Header row", "Faulty rows")
_BY_NAME = {name.casefold(): set_option for name, set_option in SET_OPTION.items()}


@dataclass(frozen=True)
class JobReader:
    """Turns rows of the Jobs table into jobs."""

    folder: Path
    connections: dict[str, Connection]
    settings: dict[str, ConfigRow]
    choices: dict[str, list[ColumnChoice]]
    options: dict[str, list[ConfigRow]]

    def read(self, row: ConfigRow) -> Job | PortJob | None:
        """The job, or None where something that it cannot do without is wrong."""
        name = row.text("Job name")
        if not name:
            row.fault("Job name", "blank", "Give the job a name.")
        connection = self._connection(row, "Portal")
        kind = row.choice("Kind of job", KindOfJob, KindOfJob.SHEET)
        if kind is KindOfJob.DATASET:
            return self._port(row, name, connection)
        _refuse(row, FOR_COPIES, "only for copy jobs", "Clear the cell, or choose “Copy a dataset”.")
        return self._publish(row, name, connection, kind)

    def _publish(self, row: ConfigRow, name: str, connection: Connection | None, kind: KindOfJob) -> Job | None:
        dataset_id = self._dataset_id(row, "Dataset ID or link", connection)
        file = self._file(row, kind)
        if not row.text("How to update"):
            row.fault("How to update", "blank", "Choose how the rows change the dataset.")
        method = row.choice("How to update", Method, Method.APPEND)
        header_row = row.whole_in("Header row", None, 0, EXCEL_LAST_ROW)
        choices = self._choices(row, name)
        limit = row.percent("Stop if rows shrink by more than", DEFAULT_CHANGE_LIMIT)
        faulty_rows = row.choice("Faulty rows", FaultyRows, FaultyRows.STOP)
        if not (name and connection and dataset_id):
            return None
        return Job(
            name=name,
            connection=connection,
            dataset_id=dataset_id,
            method=method,
            source=row.text("Sheet, table or range"),
            file=file,
            header_row=header_row,
            choices=choices,
            options=self._options(name),
            change_limit=limit,
            faulty_rows=faulty_rows,
            where=row.where("Job name"),
        )

    def _port(self, row: ConfigRow, name: str, connection: Connection | None) -> PortJob | None:
        _refuse(row, FOR_SHEETS, "not for copy jobs", "Clear the cell, or choose “Publish a sheet”.")
        source = self._connection(row, "Copy from portal") if row.text("Copy from portal") else connection
        source_id = self._dataset_id(row, "Copy from dataset ID or link", source)
        what = self._what(row)
        if what is None:
            return None  # What else is filled in depends on it.
        dataset_id = "" if what.makes_dataset else self._dataset_id(row, "Dataset ID or link", connection)
        if what.makes_dataset and row.text("Dataset ID or link"):
            remedy = "Clear the cell: a new dataset is made. Or choose “Rows only”."
            row.fault("Dataset ID or link", "this copy makes a new dataset, so it has no destination", remedy)
        if not what.makes_dataset:
            remedy = "Clear the cell, or choose “Columns and rows”."
            _refuse(row, FOR_NEW_DATASETS, "only for copies that make a new dataset", remedy)
        choices = self._choices(row, name)
        limit = row.percent("Stop if rows shrink by more than", DEFAULT_CHANGE_LIMIT)
        method, finished = _copy_method(row, what), row.choice("When finished", WhenFinished, WhenFinished.PUBLISH)
        if not (name and connection and source and source_id and (dataset_id or what.makes_dataset)):
            return None
        return PortJob(
            name=name,
            connection=connection,
            source_connection=source,
            source_id=source_id,
            what=what,
            dataset_id=dataset_id,
            method=method,
            title=" ".join(row.text("New dataset title").split()),
            publish=finished is WhenFinished.PUBLISH,
            choices=choices,
            rows_per_request=self._options(name).rows_per_request,
            change_limit=limit,
            where=row.where("Job name"),
        )

    def _what(self, row: ConfigRow) -> What | None:
        """What is copied; None where that is blank or none of the choices."""
        if not row.text("What to copy"):
            row.fault("What to copy", "blank", "Choose what is copied.")
            return None
        known = {str(what.value).casefold() for what in What}
        what = row.choice("What to copy", What, What.ROWS)
        return what if row.text("What to copy").casefold() in known else None

    def _connection(self, row: ConfigRow, header: str) -> Connection | None:
        default = self.settings.get("default portal")
        name = row.text(header) or (default.text("Value") if default else "")
        if not name and len(self.connections) == 1:
            return next(iter(self.connections.values()))
        found = self.connections.get(name.casefold())
        if found is None:
            known = ", ".join(connection.name for connection in self.connections.values())
            what = f"“{name}” is not a usable connection" if name else "no portal is named"
            row.fault(header, what, f"Use one of the Connections sheet: {known or 'it has none yet'}.")
        return found

    def _choices(self, row: ConfigRow, name: str) -> tuple[ColumnChoice, ...]:
        named = row.text("Column map")
        if named and named.casefold() not in self.choices:
            remedy = "Name one of the Column map sheet, or clear the cell."
            row.fault("Column map", "there is no such column map", remedy)
        return tuple(self.choices.get((named or name).casefold(), ()))

    def _dataset_id(self, row: ConfigRow, header: str, connection: Connection | None) -> str:
        if not row.text(header):
            row.fault(header, "blank", "Paste the dataset's link, or type its ID, such as abcd-1234.")
            return ""
        try:
            host, dataset_id = parse_dataset_link(row.text(header))
        except ConfigurationError as error:
            row.fault(header, error.what.rstrip("."), error.remedy)
            return ""
        if host and connection and host != connection.host:
            what = f"the link leads to {host}, but the job's portal is {connection.host}"
            row.fault(header, what, "Correct one of the two.")
        return dataset_id

    def _file(self, row: ConfigRow, kind: KindOfJob) -> Path | None:
        text = row.text("Workbook or file")
        if kind is KindOfJob.FILE and not text:
            row.fault("Workbook or file", "blank", "Name the file, or choose “Publish a sheet”.")
        if not text:
            return None
        file = self.folder / Path(text).expanduser()
        if not file.is_file():
            row.fault("Workbook or file", "there is no such file", f"It was looked for at {file}.")
        return file

    def _options(self, name: str) -> JobOptions:
        zone = self.settings.get("time zone")
        options = JobOptions(time_zone=zone.text("Value") if zone else "")
        for row in self.options.get("", []) + self.options.get(name.casefold(), []):
            options = _BY_NAME[row.text("Option").casefold()](options, row)
        for word in sorted(options.yes_words & options.no_words):
            what = f"“{word}” is a word for yes and for no"
            for row in self.options.get(name.casefold(), []) or self.options.get("", []):
                if row.text("Option").casefold().startswith("words for"):
                    row.fault("Value", what, "Keep it in one of the two.")
        return options


def _refuse(row: ConfigRow, headers: tuple[str, ...], what: str, remedy: str) -> None:
    """Faults for cells that mean nothing in this kind of job, so that nobody relies on them."""
    for header in headers:
        if row.text(header):
            row.fault(header, what, remedy)


def _copy_method(row: ConfigRow, what: What) -> Method:
    """Replace or upsert; a dataset that is made can only be filled."""
    method = row.choice("How to update", Method, Method.REPLACE)
    if what is What.ROWS and not row.text("How to update"):
        row.fault("How to update", "blank", "Choose how the rows change the dataset.")
    elif method not in (Method.REPLACE, Method.UPSERT):
        remedy = f"Choose “{Method.REPLACE.value}” or “{Method.UPSERT.value}”."
        row.fault("How to update", "not for copy jobs", remedy)
    return method
