"""Rows of the Jobs and Options tables become jobs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import DEFAULT_CHANGE_LIMIT, Job
from xl_datasync.core.mapping import ColumnChoice
from xl_datasync.core.options import (
    BlankPolicy,
    ErrorPolicy,
    HiddenPolicy,
    JobOptions,
    NumberStyle,
    PercentStyle,
)
from xl_datasync.workbook.config_rows import Row, check_zone, pick
from xl_datasync.workbook.tables import KindOfJob, YesNo


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in text.split(",") if word.strip())


def _set_option(options: JobOptions, row: Row) -> JobOptions:
    """The options with one row of the Options table followed."""
    text = row.text("Value")
    fault = row.faults_of("Value")
    match row.text("Option").casefold():
        case "number style":
            return replace(options, number_style=pick(text, NumberStyle, options.number_style, fault))
        case "percent style":
            return replace(options, percent_style=pick(text, PercentStyle, options.percent_style, fault))
        case "date formats":
            formats = tuple(part.strip() for part in re.split("[;\n]", text) if part.strip())
            return replace(options, date_formats=formats)
        case "time zone":
            check_zone(text, fault)
            return replace(options, time_zone=text)
        case "words for yes":
            return replace(options, yes_words=_words(text))
        case "words for no":
            return replace(options, no_words=_words(text))
        case "trim spaces":
            return replace(options, trim_spaces=pick(text, YesNo, YesNo.YES, fault) is YesNo.YES)
        case "hidden rows":
            return replace(options, hidden_rows=pick(text, HiddenPolicy, options.hidden_rows, fault))
        case "empty cells":
            return replace(options, empty_cells=pick(text, BlankPolicy, options.empty_cells, fault))
        case "error cells":
            return replace(options, error_cells=pick(text, ErrorPolicy, options.error_cells, fault))
        case _:
            rows = row.number_in("Value", options.rows_per_request, 1, 1_000_000)
            return replace(options, rows_per_request=int(rows or options.rows_per_request))


@dataclass(frozen=True)
class JobReader:
    """Turns rows of the Jobs table into jobs."""

    folder: Path
    connections: dict[str, Connection]
    settings: dict[str, Row]
    choices: dict[str, list[ColumnChoice]]
    options: dict[str, list[Row]]

    def read(self, row: Row) -> Job | None:
        """The job, or None where something that it cannot do without is wrong."""
        name = row.text("Job name")
        if not name:
            row.fault("Job name", "blank", "Give the job a name.")
        connection = self._connection(row)
        dataset_id = self._dataset_id(row, connection)
        file = self._file(row)
        if not row.text("How to update"):
            row.fault("How to update", "blank", "Choose how the rows change the dataset.")
        method = row.choice("How to update", Method, Method.APPEND)
        header_row = row.number_in("Header row", None, 0, 1_048_576)
        limit = row.number_in("Stop if rows shrink by more than", DEFAULT_CHANGE_LIMIT, 0, 100)
        if not (name and connection and dataset_id):
            return None
        return Job(
            name=name,
            connection=connection,
            dataset_id=dataset_id,
            method=method,
            source=row.text("Sheet, table or range"),
            file=file,
            header_row=None if header_row is None else int(header_row),
            choices=tuple(self.choices.get((row.text("Column map") or name).casefold(), ())),
            options=self._options(name),
            change_limit=DEFAULT_CHANGE_LIMIT if limit is None else limit,
            where=row.where("Job name"),
        )

    def _connection(self, row: Row) -> Connection | None:
        default = self.settings.get("default portal")
        name = row.text("Portal") or (default.text("Value") if default else "")
        if not name and len(self.connections) == 1:
            return next(iter(self.connections.values()))
        found = self.connections.get(name.casefold())
        if found is None:
            known = ", ".join(connection.name for connection in self.connections.values())
            what = f"“{name}” is not a usable connection" if name else "no portal is named"
            row.fault("Portal", what, f"Use one of the Connections sheet: {known or 'it has none yet'}.")
        return found

    def _dataset_id(self, row: Row, connection: Connection | None) -> str:
        try:
            host, dataset_id = parse_dataset_link(row.text("Dataset ID or link"))
        except ConfigurationError as error:
            row.fault("Dataset ID or link", error.what.rstrip("."), error.remedy)
            return ""
        if host and connection and host != connection.host:
            what = f"the link leads to {host}, but the job's portal is {connection.host}"
            row.fault("Dataset ID or link", what, "Correct one of the two.")
        return dataset_id

    def _file(self, row: Row) -> Path | None:
        kind = row.choice("Kind of job", KindOfJob, KindOfJob.SHEET)
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
            options = _set_option(options, row)
        return options
