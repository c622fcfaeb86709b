"""The config tables of a job workbook: jobs out of them, or every fault at once with its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

from xl_datasync.core.connection import SignInType
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import DEFAULT_CHANGE_LIMIT
from xl_datasync.core.mapping import Send
from xl_datasync.core.options import BlankPolicy, ErrorPolicy, HiddenPolicy, JobOptions, NumberStyle, PercentStyle
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import Config, read_config
from xl_datasync.workbook.job_rows import SET_OPTION
from xl_datasync.workbook.tables import (
    COLUMN_MAP,
    CONNECTIONS,
    JOBS,
    OPTION_LIST,
    OPTIONS,
    SETTING_LIST,
    SETTINGS,
    TABLES,
    TableSpec,
)

Rows = Sequence[Mapping[str, Any]]
CITY = {"Connection name": "City", "Portal address": "https://data.example.gov", "Sign-in type": "API key"}
HEADER_ROW = 4


class Shown(NamedTuple):
    """A number and the format it is shown in."""

    number: float
    code: str


def job(name: str = "Permits", **more: Any) -> dict[str, Any]:
    """A sound row of the Jobs table, with what is given put in or, as None, left out."""
    row = {"Run?": "Yes", "Job name": name, "Portal": "City", "Dataset ID or link": "abcd-1234",
           "Sheet, table or range": "Data", "How to update": "Add rows"}  # fmt: skip
    return {header: value for header, value in (row | more).items() if value is not None}


def add_table(
    book: Workbook, spec: TableSpec, rows: Rows, header_row: int = HEADER_ROW, headers: Sequence[str] = ()
) -> None:
    """Write one config table as the template has it, at any height."""
    sheet, headers = book.create_sheet(spec.sheet), list(headers or spec.headers)
    if header_row > 1:
        sheet["A1"] = spec.purpose
    for index, header in enumerate(headers, 1):
        sheet.cell(header_row, index, header)
    for number, row in enumerate(rows, header_row + 1):
        for header, value in row.items():
            plain = value.number if isinstance(value, Shown) else value
            cell = sheet.cell(number, headers.index(header) + 1, plain)
            cell.number_format = value.code if isinstance(value, Shown) else "General"
    last = f"{get_column_letter(len(headers))}{header_row + max(len(rows), 1)}"
    sheet.add_table(Table(displayName=spec.name, ref=f"A{header_row}:{last}"))


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Config]:
    """Write a job workbook and read its config tables."""

    def read(
        *jobs: Mapping[str, Any], only: Sequence[str] = (), connections: Rows = (CITY,), column_map: Rows = (),
        options: Rows = (), settings: Rows = (), header_row: int = HEADER_ROW, headers: Sequence[str] = (),
    ) -> Config:  # fmt: skip
        book = Workbook()
        book.remove(book.worksheets[0])
        add_table(book, JOBS, jobs, header_row, headers)
        for spec, rows in (
            (CONNECTIONS, connections),
            (COLUMN_MAP, column_map),
            (OPTIONS, options),
            (SETTINGS, settings),
        ):
            add_table(book, spec, rows, header_row)
        book.create_sheet("Data").append(["Name"])
        book.save(tmp_path / "jobs.xlsx")
        with open_workbook(tmp_path / "jobs.xlsx") as opened:
            return read_config(opened, only)

    return read


def faults(config: Config) -> dict[str, str]:
    """What is wrong, by cell."""
    return {place.where: problem.what for problem in config.problems for place in problem.places}


@pytest.mark.parametrize("header_row", [1, 4, 9])
def test_a_sound_workbook(config: Callable[..., Config], tmp_path: Path, header_row: int) -> None:
    """Jobs, connection and folder are read wherever the tables begin."""
    read = config(
        job(**{"Header row": 3, "Dataset ID or link": "https://data.example.gov/d/abcd-1234"}), header_row=header_row
    )
    assert read.problems == ()
    (found,) = read.jobs
    assert (found.name, found.dataset_id, found.method, found.source) == ("Permits", "abcd-1234", Method.APPEND, "Data")
    assert (found.header_row, found.change_limit, found.options) == (3, DEFAULT_CHANGE_LIMIT, JobOptions())
    assert found.where == f"Jobs!B{header_row + 1}"
    assert (found.connection.address, found.connection.sign_in_type) == ("https://data.example.gov", SignInType.API_KEY)
    assert read.csv_folder == tmp_path / "jobs.datasync"


def test_five_mistakes_are_five_cells(config: Callable[..., Config]) -> None:
    """All mistakes of the Jobs table are named at once, each by its cell, with what to do."""
    read = config(job(**{"Portal": "County", "Dataset ID or link": "abcd", "Header row": 2.5, "How to update": "Merge",
                         "Stop if rows shrink by more than": 200}))  # fmt: skip
    assert faults(read) == {
        "Jobs!F5": "“County” is not a usable connection",
        "Jobs!G5": "“abcd” holds no dataset ID",
        "Jobs!K5": "not a number that can be used here",
        "Jobs!L5": "not one of the choices",
        "Jobs!O5": "not a number that can be used here",
    }
    assert all(problem.blocks and problem.remedy.endswith(".") for problem in read.problems)
    assert read.jobs == ()


def test_faults_of_several_tables_and_rows_come_together(config: Callable[..., Config]) -> None:
    """The first fault hides no other."""
    read = config(
        job(), job("Fees", **{"How to update": None}), job(None, **{"Dataset ID or link": None}),
        options=[{"Option": "Number stile", "Value": "x"}], settings=[{"Setting": "Folder", "Value": "x"}],
        column_map=[{"Map name": "Permits", "Sheet column": "A", "Portal field": "b", "Send?": "Perhaps", "Time zone": "Mars", "Date format": "hello"}],
    )  # fmt: skip
    assert faults(read) == {
        "Jobs!L6": "blank", "Jobs!B7": "blank", "Jobs!G7": "blank", "Options!B5": "unknown option", "Settings!A5": "unknown setting",
        "'Column map'!E5": "not one of the choices", "'Column map'!H5": "unknown time zone",
        "'Column map'!G5": "“hello” does not say where year, month and day stand",
    }  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"Portal address": None, "Connection name": None, "Sign-in type": None}])
def test_a_secret_in_the_workbook_is_refused_and_not_repeated(
    config: Callable[..., Config], more: dict[str, None]
) -> None:
    """A secret typed into the sheet is a fault, even in a row that holds nothing else; no message has it."""
    row = {key: value for key, value in (CITY | {"Secret": "hunter2"} | more).items() if value is not None}
    read = config(job(), connections=[CITY, row | ({"Connection name": "Other"} if "Connection name" in row else {})])
    assert faults(read)["Connections!E6"] == "a secret is written in the workbook"
    assert "hunter2" not in repr(read.problems)


def test_a_password_in_an_address_is_refused_and_not_repeated(config: Callable[..., Config]) -> None:
    """Neither the portal's address nor a dataset's link carries a password into a message."""
    read = config(
        job(**{"Dataset ID or link": "https://me:hunter2@data.example.gov/browse"}),
        connections=[CITY, CITY | {"Connection name": "Other", "Portal address": "me:hunter2@data.example.gov"}],
    )
    assert set(faults(read)) == {"Jobs!G5", "Connections!B6"}
    assert "hunter2" not in repr(read.problems)


@pytest.mark.parametrize(
    "link",
    ["https://data.other.gov/d/abcd-1234", "data.other.gov/d/abcd-1234", "https://data.example.gov:8443/d/abcd-1234"],
)
def test_a_link_to_another_host(config: Callable[..., Config], link: str) -> None:
    """A dataset on another portal than the job's is never written to by its id alone."""
    assert "but the job's portal is data.example.gov" in faults(config(job(**{"Dataset ID or link": link})))["Jobs!G5"]


def test_job_names_must_differ(config: Callable[..., Config]) -> None:
    """Names are told apart without regard to case; the second is the faulty one."""
    assert faults(config(job(), job("PERMITS", **{"Run?": "No"}))) == {"Jobs!B6": "another job has this name"}


def test_connections_must_differ_and_be_whole(config: Callable[..., Config]) -> None:
    """Connections have a name of their own and a web address."""
    rows = [CITY, CITY, {"Portal address": "https://a.gov"}, {"Connection name": "X", "Portal address": "http://a.gov"}]
    assert faults(config(job(), connections=rows)) == {
        "Connections!A6": "another connection has this name", "Connections!A7": "blank",
        "Connections!B8": "“http://a.gov” is not encrypted (http)",
    }  # fmt: skip


def test_order_and_selection(config: Callable[..., Config]) -> None:
    """Jobs run by their order, those without one last, from the top; a named job runs though it says No."""
    rows = [
        job("A"),
        job("B", Order=2),
        job("C", Order=1),
        job("D", **{"Run?": "No"}),
        job("E", **{"Run?": None}),
        job("F"),
    ]
    assert [found.name for found in config(*rows).jobs] == ["C", "B", "A", "F"]
    assert config(*rows).job_names == ("A", "B", "C", "D", "E", "F")
    assert [found.name for found in config(*rows, only=["d", "B"]).jobs] == ["B", "D"]
    missing = config(*rows, only=["G"])
    assert [problem.what for problem in missing.problems] == ["there is no job “G”"]
    assert missing.problems[0].remedy == "The jobs are: A, B, C, D, E, F."


def test_jobs_that_do_not_run_may_be_unfinished(config: Callable[..., Config]) -> None:
    """A half-filled row that says No stands in nobody's way."""
    assert faults(config(job(), job("Later", **{"Run?": "No", "Dataset ID or link": None, "Portal": "?"}))) == {}


def test_a_missing_column(config: Callable[..., Config]) -> None:
    """A table that lacks a column is named with the column; its rows are not guessed at."""
    read = config(job(Portal=None), headers=[header for header in JOBS.headers if header != "Portal"])
    assert [(p.what, p.places[0].where) for p in read.problems] == [("column missing: Portal", "Jobs!A1")]
    assert read.jobs == ()


def test_a_workbook_without_jobs(tmp_path: Path) -> None:
    """A workbook that has no Jobs sheet says how to get one."""
    book = Workbook()
    book.save(tmp_path / "plain.xlsx")
    with open_workbook(tmp_path / "plain.xlsx") as opened, pytest.raises(ConfigurationError) as raised:
        read_config(opened)
    assert "plain.xlsx has no sheet “Jobs”" in raised.value.message
    assert "xl-datasync new" in raised.value.remedy


def test_only_jobs_and_connections_are_needed(tmp_path: Path) -> None:
    """A workbook may lack the sheets that are normally empty."""
    book = Workbook()
    add_table(book, JOBS, [job()])
    add_table(book, CONNECTIONS, [CITY])
    book.save(tmp_path / "jobs.xlsx")
    with open_workbook(tmp_path / "jobs.xlsx") as opened:
        read = read_config(opened)
    assert (len(read.jobs), read.problems) == (1, ())


def test_the_portal_may_be_left_out(config: Callable[..., Config]) -> None:
    """A job without a portal takes the default one, or the only one; with two and no default it is a fault."""
    county = {"Connection name": "County", "Portal address": "https://county.example.gov"}
    assert config(job(Portal=None)).jobs[0].connection.name == "City"
    assert faults(config(job(Portal=None), connections=[CITY, county])) == {"Jobs!F5": "no portal is named"}
    default = [{"Setting": "Default portal", "Value": "county"}]
    assert config(job(Portal=None), connections=[CITY, county], settings=default).jobs[0].connection.name == "County"


def test_files(config: Callable[..., Config], tmp_path: Path) -> None:
    """Another file is found beside the workbook; one that is not there is a fault."""
    (tmp_path / "fees.csv").write_text("Name\n")
    assert config(job(**{"Workbook or file": "fees.csv"})).jobs[0].file == tmp_path / "fees.csv"
    assert faults(config(job(**{"Workbook or file": "gone.csv"}))) == {"Jobs!I5": "there is no such file"}
    assert faults(config(job(**{"Kind of job": "Publish a file"}))) == {"Jobs!I5": "blank"}


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        (30, 30), ("30%", 30), ("0.5", 0.5), (0, 0), (100, 100), (None, DEFAULT_CHANGE_LIMIT), (1, 1), (0.5, 0.5),
        (Shown(0.3, "0%"), 30), (Shown(1, "0%"), 100), (Shown(0.005, "0.0%"), 0.5), (Shown(0, "0%"), 0),
        (Shown(0.29, "0%"), 29), (Shown(20, '0"%"'), 20), (Shown(0.5, "0.00"), 0.5),
    ],
)  # fmt: skip
def test_the_shrink_limit(config: Callable[..., Config], cell: object, limit: float) -> None:
    """A limit typed as 30%, which Excel stores as 0.3 and shows as 30%, is 30 percent; a plain 0.5 is half a percent."""
    assert config(job(**{"Stop if rows shrink by more than": cell})).jobs[0].change_limit == limit


@pytest.mark.parametrize("cell", [Shown(2, "0%"), -1, 101, "many"])
def test_a_shrink_limit_beyond_reason(config: Callable[..., Config], cell: object) -> None:
    """More than 100 percent, less than none, and words are faults."""
    assert faults(config(job(**{"Stop if rows shrink by more than": cell}))) == {
        "Jobs!O5": "not a number that can be used here"
    }


def test_every_option(config: Callable[..., Config]) -> None:
    """Each option of the list changes its own setting; a blank job name means all jobs; a job's own goes before."""
    values = {
        "Number style": "1.234,56", "Percent style": "times 100", "Date formats": "MM/DD/YYYY; D MMM YYYY", "Time zone": "UTC",
        "Words for yes": "x, Ja", "Words for no": "nein", "Trim spaces": "No", "Hidden rows": "Skip", "Empty cells": "Keep",
        "Error cells": "Send blank", "Rows per request": 500, "Warnings answered": "Totals row;  names in  Owner ;",
        "Rows left out": "Grand  Total; Source: x\n",
    }  # fmt: skip
    assert values.keys() == SET_OPTION.keys() == {option.name for option in OPTION_LIST}
    rows = [{"Option": name, "Value": value} for name, value in values.items()]
    read = config(
        job(),
        job("Fees"),
        options=[
            *rows,
            {"Job name": "fees", "Option": "hidden ROWS", "Value": "Send"},
            {"Job name": "fees", "Option": "Warnings answered", "Value": "more"},
            {"Option": "Time zone"},
        ],
    )
    assert read.problems == ()
    expected = JobOptions(
        NumberStyle.POINT_GROUPS, PercentStyle.TIMES_100, ("MM/DD/YYYY", "D MMM YYYY"), "UTC", frozenset({"x", "ja"}),
        frozenset({"nein"}), False, HiddenPolicy.SKIP, BlankPolicy.KEEP, ErrorPolicy.BLANK, 500, frozenset({"totals row", "names in owner"}),
        frozenset({"grand total", "source: x"}),
    )  # fmt: skip
    assert read.jobs[0].options == expected
    assert read.jobs[1].options.hidden_rows is HiddenPolicy.SEND
    # Answers for all jobs go for each, beside its own.
    assert read.jobs[1].options.answered == {"totals row", "names in owner", "more"}


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("Number style", "1,234,56", "not one of the choices"), ("Time zone", "Mars", "unknown time zone"),
        ("Date formats", "MM/DD/YYYY; hello", "“hello” does not say where year, month and day stand"),
        ("Rows per request", 0, "not a number that can be used here"), ("Rows per request", 1.5, "not a number that can be used here"),
        ("Rows per request", "many", "not a number that can be used here"), ("Words for yes", "n, x", "“n” is a word for yes and for no"),
    ],
)  # fmt: skip
def test_values_that_no_option_takes(config: Callable[..., Config], option: str, value: object, what: str) -> None:
    """A value that cannot be followed is a fault of its cell."""
    assert faults(config(job(), options=[{"Option": option, "Value": value}])) == {"Options!C5": what}


def test_rows_that_nothing_uses_are_slips(config: Callable[..., Config]) -> None:
    """An option or a column map for a job that is not there would change what is sent, unseen."""
    read = config(
        job(**{"Column map": "Shared"}), job("Fees"), options=[{"Job name": "Permit", "Option": "Hidden rows", "Value": "Send"}],
        column_map=[{"Map name": "Permits", "Sheet column": "A", "Portal field": "b"}, {"Map name": "fees", "Sheet column": "A", "Portal field": "b"}],
    )  # fmt: skip
    assert faults(read) == {
        "Options!A5": "there is no job of this name", "'Column map'!A5": "no job uses this map", "Jobs!N5": "there is no such column map",
    }  # fmt: skip


def test_what_is_said_twice(config: Callable[..., Config]) -> None:
    """Two rows for one option or setting are a fault of the second; nobody guesses which is meant."""
    option = {"Option": "Hidden rows", "Value": "Send"}
    setting = {"Setting": "Time zone", "Value": "UTC"}
    read = config(job(), options=[option, option, option | {"Job name": "Permits"}], settings=[setting, setting])
    assert faults(read) == {
        "Options!B6": "another row sets this option for the same job",
        "Settings!A6": "another row has this setting",
    }


def test_the_column_map(config: Callable[..., Config]) -> None:
    """Rows become choices of the job that names the map, or of the job of that name."""
    rows = [
        {
            "Map name": "PERMITS",
            "Sheet column": "Fee",
            "Portal field": "Cost",
            "Default or fixed value": 0,
            "Date format": "MM/DD/YYYY",
        },
        {"Map name": "Permits", "Portal field": "City", "Default or fixed value": "Hartford"},
        {"Map name": "Permits", "Column letter": "c", "Portal field": "Note", "Default or fixed value": True},
        {"Map name": "Permits", "Portal field": "Old", "Send?": "leave blank", "Time zone": "UTC"},
    ]
    read = config(job(), column_map=rows)
    assert read.problems == ()
    fee, city, note, old = read.jobs[0].choices
    assert (fee.sheet_column, fee.default, fee.fixed_value, fee.date_format, fee.where) == (
        "Fee",
        "0",
        "",
        "MM/DD/YYYY",
        "'Column map'!B5",
    )
    assert (city.sheet_column, city.default, city.fixed_value) == ("", "", "Hartford")
    assert (note.letter, note.default, note.fixed_value) == ("c", "TRUE", "")
    assert (old.send, old.time_zone) == (Send.LEAVE_BLANK, "UTC")
    wrong = config(
        job(), column_map=[{"Map name": "Permits", "Sheet column": "A", "Portal field": "b", "Column letter": "C3"}]
    )
    assert faults(wrong) == {"'Column map'!C5": "not a column's letter"}


def test_settings(config: Callable[..., Config], tmp_path: Path) -> None:
    """The folder is beside the workbook unless it is given whole; the time zone is that of all jobs."""
    rows = [{"Setting": "CSV folder", "Value": "sent"}, {"Setting": "time zone", "Value": "America/New_York"}]
    read = config(job(), settings=rows)
    assert (read.csv_folder, read.jobs[0].options.time_zone) == (tmp_path / "sent", "America/New_York")
    assert faults(config(job(), settings=[{"Setting": "Time zone", "Value": "EDT!"}])) == {
        "Settings!B5": "unknown time zone"
    }


def test_the_declarations_agree_with_the_code() -> None:
    """Defaults that the help shows are the code's own, lists are never empty texts, no table has two equal headers."""
    defaults = {option.name: option.default for option in OPTION_LIST}
    options = JobOptions()
    assert defaults["Number style"] == options.number_style.value
    assert defaults["Percent style"] == options.percent_style.value
    assert defaults["Hidden rows"] == options.hidden_rows.value
    assert defaults["Empty cells"] == options.empty_cells.value
    assert defaults["Error cells"] == options.error_cells.value
    assert defaults["Rows per request"] == str(options.rows_per_request)
    assert frozenset(defaults["Words for yes"].split(", ")) == options.yes_words
    assert frozenset(defaults["Words for no"].split(", ")) == options.no_words
    assert defaults["Trim spaces"] == "Yes"
    for spec in TABLES:
        assert len(set(spec.headers)) == len(spec.headers)
        assert all(column.help and all(column.choices) for column in spec.columns)
        assert set(spec.kept_blank) <= set(spec.headers)
    assert len({setting.name for setting in SETTING_LIST}) == len(SETTING_LIST)


def known(spec: Sequence[Any]) -> str:
    """The names that a message lists."""
    return ", ".join(item.name for item in spec)


COUNTY = {"Connection name": "County", "Portal address": "https://county.example.gov"}
MAP = {"Map name": "Permits", "Sheet column": "A", "Portal field": "b"}
COPY = {"Kind of job": "Copy a dataset", "Copy from portal": "City", "Copy from dataset ID or link": "wxyz-6789"}
NEW = {"What to copy": "Columns and rows", "How to update": None}
SENTENCES: list[tuple[dict[str, Any], dict[str, Any], str, str, str]] = [
    ({"Job name": None}, {}, "Jobs!B5", "blank", "Give the job a name."),
    ({"How to update": None}, {}, "Jobs!L5", "blank", "Choose how the rows change the dataset."),
    ({"Dataset ID or link": None}, {}, "Jobs!G5", "blank", "Paste the dataset's link, or type its ID, such as abcd-1234."),
    ({"Dataset ID or link": "https://data.other.gov/d/abcd-1234"}, {}, "Jobs!G5", "the link leads to data.other.gov, but the job's portal is data.example.gov", "Correct one of the two."),
    ({"Portal": "County"}, {}, "Jobs!F5", "“County” is not a usable connection", "Use one of the Connections sheet: City."),
    ({"Portal": None}, {"connections": ()}, "Jobs!F5", "no portal is named", "Use one of the Connections sheet: it has none yet."),
    ({"Kind of job": "Publish a file"}, {}, "Jobs!I5", "blank", "Name the file, or choose “Publish a sheet”."),
    ({"Header row": 2.5}, {}, "Jobs!K5", "not a number that can be used here", "Write a whole number from 0 to 1,048,576."),
    ({"Stop if rows shrink by more than": 200}, {}, "Jobs!O5", "not a number that can be used here", "Write a percentage from 0 to 100."),
    ({"Order": "first"}, {}, "Jobs!E5", "not a number that can be used here", "Write a number from 0 to 1,000,000."),
    ({"Column map": "Shared"}, {}, "Jobs!N5", "there is no such column map", "Name one of the Column map sheet, or clear the cell."),
    ({"How to update": "#N/A"}, {}, "Jobs!L5", "the Excel error #N/A", "Mend the formula, or clear the cell."),
    ({"How to update": "=1+1"}, {}, "Jobs!L5", "a formula that was never calculated", "Open the workbook in Excel, and save it again."),
    ({}, {"connections": [CITY, CITY]}, "Connections!A6", "another connection has this name", "Give each a name of its own."),
    ({}, {"connections": [CITY, {"Portal address": "https://a.gov"}]}, "Connections!A6", "blank", "Give the connection a name; jobs call it by that."),
    ({}, {"connections": [CITY, COUNTY | {"Secret": "hunter2"}]}, "Connections!E6", "a secret is written in the workbook", "Delete it here, change it on the portal, and sign in with the new one."),
    ({}, {"settings": [{"Setting": "Folder", "Value": "x"}]}, "Settings!A5", "unknown setting", f"The settings are: {known(SETTING_LIST)}."),
    ({}, {"settings": [{"Setting": "Time zone", "Value": "UTC"}] * 2}, "Settings!A6", "another row has this setting", "Keep one of them."),
    ({}, {"options": [{"Option": "Number stile", "Value": "x"}]}, "Options!B5", "unknown option", f"The options are: {known(OPTION_LIST)}."),
    ({}, {"options": [{"Job name": "Permits", "Value": "x"}]}, "Options!B5", "blank", f"The options are: {known(OPTION_LIST)}."),
    ({}, {"options": [{"Job name": "Fees", "Option": "Hidden rows", "Value": "Send"}]}, "Options!A5", "there is no job of this name", "Write it as in the Jobs sheet, or delete the row."),
    ({}, {"options": [{"Option": "Hidden rows", "Value": "Send"}] * 2}, "Options!B6", "another row sets this option for the same job", "Keep one of them."),
    ({}, {"options": [{"Option": "Words for yes", "Value": "n"}]}, "Options!C5", "“n” is a word for yes and for no", "Keep it in one of the two."),
    ({}, {"options": [{"Option": "Rows per request", "Value": 0}]}, "Options!C5", "not a number that can be used here", "Write a whole number from 1 to 1,000,000."),
    ({}, {"column_map": [MAP | {"Map name": None}]}, "'Column map'!A5", "blank", "Write the job's name, or the map's name that jobs share."),
    ({}, {"column_map": [MAP | {"Map name": "Fees"}]}, "'Column map'!A5", "no job uses this map", "Write it as in the Jobs sheet, or delete the row."),
    ({}, {"column_map": [MAP | {"Column letter": "A1"}]}, "'Column map'!C5", "not a column's letter", "Write it as above the sheet's columns, such as C or AA."),
    ({}, {"column_map": [MAP | {"Words for yes": "x", "Words for no": "x"}]}, "'Column map'!M5", "“x” is a word for yes and for no", "Keep it in one of the two."),
    ({"How to update": "Merge"}, {}, "Jobs!L5", "not one of the choices", "Choose one of: Replace all rows · Add rows · Update and add · Delete listed rows."),
    ({"New dataset title": "x"}, {}, "Jobs!T5", "only for copy jobs", "Clear the cell, or choose “Copy a dataset”."),
    (COPY | {"What to copy": "Rows only"}, {}, "Jobs!J5", "not for copy jobs", "Clear the cell, or choose “Publish a sheet”."),
    ({}, {"options": [{"Option": "Time zone", "Value": "Mars"}]}, "Options!C5", "unknown time zone", "Write a name such as America/New_York, Europe/Berlin or UTC."),
    ({}, {"options": [{"Option": "Date formats", "Value": "hello"}]}, "Options!C5", "“hello” does not say where year, month and day stand", "Write it like MM/DD/YYYY or D MMM YYYY."),
    (COPY | {"What to copy": None}, {}, "Jobs!S5", "blank", "Choose what is copied."),
    (COPY | {"What to copy": "Rows only", "How to update": None}, {}, "Jobs!L5", "blank", "Choose how the rows change the dataset."),
    (COPY | {"What to copy": "Rows only", "How to update": "Add rows"}, {}, "Jobs!L5", "not for copy jobs", "Choose “Replace all rows” or “Update and add”."),
    (COPY | {"What to copy": "Rows only", "New dataset title": "x"}, {}, "Jobs!T5", "only for copies that make a new dataset", "Clear the cell, or choose “Columns and rows”."),
    (COPY | NEW, {}, "Jobs!G5", "this copy makes a new dataset, so it has no destination", "Clear the cell: a new dataset is made. Or choose “Rows only”."),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "tables", "where", "what", "remedy"), SENTENCES, ids=[f"{c[2]} {c[3][:40]}" for c in SENTENCES])  # fmt: skip
def test_every_sentence(  # noqa: PLR0917  # a case's own parts
    config: Callable[..., Config], cells: dict[str, Any], tables: dict[str, Any], where: str, what: str, remedy: str
) -> None:
    """Each fault of the tables in full: its cell, what is wrong there, and what is to be done about it."""
    found = [(p.places[0].where, p.what, p.remedy) for p in config(job(**cells), **tables).problems if p.places]
    assert (where, what, remedy) in found


def test_two_jobs_of_one_name_in_words(config: Callable[..., Config]) -> None:
    """The second is told what to do."""
    assert [p.remedy for p in config(job(), job()).problems] == ["Give each job a name of its own."]


def test_a_missing_column_in_words(config: Callable[..., Config]) -> None:
    """The header belongs back; where to look it up is said for Excel and for the terminal."""
    read = config(job(Portal=None), headers=[header for header in JOBS.headers if header != "Portal"])
    assert [p.remedy for p in read.problems] == [
        "Put that header back as it was; a new job workbook (“Job sheet” in Excel, or “xl-datasync new”) shows it."
    ]


def test_a_file_that_is_gone_in_words(config: Callable[..., Config], tmp_path: Path) -> None:
    """Where it was looked for stands beside it."""
    (problem,) = config(job(**{"Workbook or file": "gone.csv"})).problems
    assert (problem.what, problem.remedy) == (
        "there is no such file",
        f"It was looked for at {tmp_path / 'gone.csv'}.",
    )
