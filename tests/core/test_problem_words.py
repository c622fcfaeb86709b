"""Every problem of the core, read in full: made by a real cell, sheet or dataset, with what it says is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.core.conftest import SmallTable, column, convert, dataset_of, job_of, make_table, planned, shape_of
from xl_datasync.core.checks import check_dataset, known_identifiers_problem, shrink_problem, unknown_identifiers_note
from xl_datasync.core.conversion.number import percent_constant
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import FaultyRows, Job, PortJob, What
from xl_datasync.core.mapping import ColumnChoice, MappedColumn, Part, Send
from xl_datasync.core.matching import Match
from xl_datasync.core.options import ErrorPolicy, HiddenPolicy, NumberStyle
from xl_datasync.core.problems import Fault, Problem, ProblemLog
from xl_datasync.core.values import EXCEL_LAST_ROW, NOT_CALCULATED, Doubt, ErrorValue, SheetColumn, Stale

NEW_YORK = {"time_zone": "America/New_York"}
SHOWN = {"choice": ColumnChoice("Any", "", "any", keep_text=True)}
DAY, MOMENT = dt.date(2024, 3, 1), dt.datetime(2024, 3, 1, 13, 5)
NAME_FORMAT = "Enter it as a date in Excel, or name the way it is written, such as MM/DD/YYYY, in “Map columns” or the option “Date formats”."
NAME_STYLE = "Write plain digits with a point, or name the way the numbers are written in the option “Number style”."
OTHER_KIND = "Correct the cell, or map another column here."

CELLS: list[tuple[str, Any, dict[str, Any], str, str]] = [
    ("text", "a\ud800", {}, "text with a broken character that cannot be sent", "Type the text again."),
    ("text", "x" * 32_767, {}, "text as long as Excel allows (32,767 characters); the end may be cut off", "Compare it with its source."),
    ("text", "x" * 5_000, {}, "text longer than the portal's limit of 4,096 bytes", "Shorten it; the portal may refuse or cut it."),
    ("text", 1e16, {}, "number of 16 or more digits in a text column; Excel has changed its last digits to zeros", "Format the column as Text in Excel and enter the values again from their source."),
    ("text", 0.45, {"code": "0%"}, "percentage in a text column; it is sent as a fraction (0.45 for 45%)", "Write it as text in the sheet where 45% should be shown."),
    ("text", 2.5, SHOWN | {"code": "# ?/?"}, "number format that cannot be followed, so that what the cell shows is not known", "Give the cells a simple format, such as 00000 or 0.00, or clear “Keep as text” for this column."),
    ("text", DAY, SHOWN | {"code": "[$-F800]dddd"}, "date format that each computer shows in its own way", "Choose a format such as yyyy-mm-dd under “Custom” in Excel, or clear “Keep as text” for this column."),
    ("text", ErrorValue(NOT_CALCULATED), {}, "formula without a saved result", "Open the workbook in Excel, let it calculate, and save it."),
    ("text", ErrorValue("#N/A"), {}, "Excel error #N/A", "Mend the formula or clear the cell, or set the option “Error cells” to “Send blank”."),
    ("text", ErrorValue("#N/A"), {"error_cells": ErrorPolicy.BLANK}, "Excel error #N/A; it is sent blank", "Mend the formula where a value is meant."),
    ("calendar_date", "2024-02-30", {}, "date that is not in the calendar", "Correct the cell."),
    ("calendar_date", 45_000, {}, "number where a date is needed", "Give the cell a date format in Excel, or correct it."),
    ("calendar_date", 2013, {}, "a year where a date is needed", "Type the whole date, or clear the cell."),
    ("calendar_date", dt.date(1066, 10, 14), {}, "unusual year", "Check that the date is right."),
    ("calendar_date", "2024-03-01T10:00:00Z", {}, "date with a time zone in a column that has none", "Remove the zone, or publish to a column of type Date with time zone."),
    ("calendar_date", "01.02.2024", {"date_formats": ("DD.MM.YYYY", "MM.DD.YYYY")}, "date that several of the named formats read differently", "Keep only the right one in the column's date format, or in the option “Date formats”."),
    ("calendar_date", "soon", {}, "text that is not a date", NAME_FORMAT),
    ("calendar_date", "soon", {"date_formats": ("DD.MM.YYYY",)}, "text that is not a date in any of the named formats", NAME_FORMAT),
    ("calendar_date", "1/2/2024", {}, "text date that can be read as day/month or as month/day", NAME_FORMAT),
    ("calendar_date", "13/2/2024", {}, "text date whose format is not named", NAME_FORMAT),
    ("date", DAY, {}, "date for a column with time zones, and no time zone is chosen", "Set the option “Time zone”, for example America/New_York or UTC."),
    ("date", dt.datetime(2024, 3, 10, 2, 30), NEW_YORK, "time that does not exist in America/New_York (clocks go forward)", "Correct the time."),
    ("date", dt.datetime(2024, 11, 3, 1, 30), NEW_YORK, "time that occurs twice in America/New_York (clocks go back); the earlier is sent", "Check whether that is meant."),
    ("number", 1e16, {}, "number of 16 or more digits; Excel keeps the first 15", "Check it. If it is a code, format the column as Text in Excel and enter it again from its source."),
    ("number", 0.45, {"code": "0%"}, "percentage for a plain number column; it is sent as a fraction (0.45 for 45%)", "Set the option “Percent style” to “As stored” if 0.45 is meant, or to “Times 100” to send 45."),
    ("number", "abc", {}, "text that is not a number", NAME_STYLE),
    ("number", "a,b", {"number_style": NumberStyle.POINT_GROUPS}, "text that is not a number written like 1.234,56", NAME_STYLE),
    ("number", "007", {}, "text with leading zeros; the portal keeps the number without them", "Check it. If it is a code whose zeros count, the portal's column must be of type Text."),
    ("number", True, {}, "TRUE or FALSE where a number is needed", OTHER_KIND),
    ("number", DAY, {}, "a date where a number is needed", OTHER_KIND),
    ("number", MOMENT, {}, "a date and time where a number is needed", OTHER_KIND),
    ("number", dt.time(7, 5), {}, "a time of day where a number is needed", OTHER_KIND),
    ("number", dt.timedelta(hours=30), {}, "a length of time where a number is needed", OTHER_KIND),
    ("stars", 6, {}, "not a rating from 1 to 5", "Write a whole number from 1 to 5."),
    ("checkbox", "perhaps", {}, "neither yes nor no", "Write TRUE or FALSE, or name the word in the option “Words for yes” or “Words for no”."),
    ("url", "example.org", {}, "no web address", "Write it whole, beginning with https://."),
    ("url", 3, {}, "a number where a web address is needed", OTHER_KIND),
    ("email", "ann", {}, "no e-mail address", "Write it like name@example.org."),
    ("flag", "pink", {}, "no flag colour", "Write one of: red, blue, green, yellow, orange, purple."),
    ("json", "{", {}, "text that is not JSON", "Correct it; text itself needs double quotes around it."),
    ("point", "POINT (200 95)", {}, "coordinates outside the globe", "Longitude goes from -180 to 180, latitude from -90 to 90; they may be swapped."),
    ("point", "here", {}, "text that is no Point", "Write it as POINT (-72.7 41.8), longitude before latitude."),
    ("point", "LINESTRING (0 0, 1 1)", {}, "LineString where Point is needed", "Write it as POINT (-72.7 41.8), longitude before latitude."),
    ("point", "POINT (0 0)", {}, "point at 0, 0 in the Atlantic", "Clear the cell where the place is unknown."),
    ("line", 3, {}, "a number where a text such as LINESTRING (-72.7 41.8, -72.6 41.7) is needed", OTHER_KIND),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "more", "what", "remedy"), CELLS, ids=[case[3][:50] for case in CELLS])
def test_cells(kind: str, value: object, more: dict[str, Any], what: str, remedy: str) -> None:
    """What is wrong with a cell, and what its owner does about it."""
    fault = convert(kind, value, **more)
    assert isinstance(fault, Fault)
    assert (fault.what, fault.remedy) == (what, remedy)


def test_a_coordinate() -> None:
    """A column called latitude holds no more than a globe has."""
    fault = convert(column("Latitude", "number"), 91)
    assert fault == Fault("coordinate outside -90 to 90", "Check the cell; latitude and longitude may be swapped.")


def test_a_percentage_in_the_column_map() -> None:
    """A fixed value that Excel has made a fraction."""
    fault = percent_constant(column("Share", "percent"), "0.45")
    assert isinstance(fault, Fault)
    assert fault.what == "value below 1 for a percentage column; it is sent as 0.45%"
    assert fault.remedy == "Write 45 where 45% is meant."


PERMITS = dataset_of(column("ID"), column("Fee", "number"), identifier="id")
UPSERT, REPLACE, DELETE = job_of(Method.UPSERT), job_of(Method.REPLACE), job_of(Method.DELETE)
ROW = ["A1", 1]


def sheet(*rows: Sequence[object], headers: Sequence[str] = ("ID", "Fee"), **more: Any) -> SmallTable:
    """A sheet of these rows; ``more`` are facts of its shape."""
    formats = more.pop("formats", None)
    shape = replace(shape_of(headers, hidden=more.pop("hidden", ())), **more)
    return make_table(headers, rows or [ROW], formats=formats, shape=shape)


def mapped_by(*choices: ColumnChoice, method: Method = Method.UPSERT) -> Job:
    """A job with these rows of the Column map."""
    return job_of(method, [replace(choice, where="Column map!A5") for choice in choices])


NO_TABLE = "Use the ID of the dataset it is made from."
ASK_OWNER = "Ask its owner for the right to edit it."
SHOW_ROWS = "set the option “Hidden rows” to “Send” or “Skip”."
SAME_FORMAT = "Give all cells of the column the same format, or set the option “Percent style” to “As stored”."
SHARES = dataset_of(column("ID"), column("Fee", "percent"), identifier="id")
ASIDE = replace(UPSERT, faulty_rows=FaultyRows.SET_ASIDE)
TWINS = dataset_of(column("Fee", field_name="a"), column("Fee", field_name="b"))
FILLED = dataset_of(column("ID"), column("Made", "calendar_date", ":created_at"))
MANY = dataset_of(*(column(f"C{number}") for number in range(40)))

PLACES = dataset_of(column("Where", "point"), column("Address", "location"))
HALVES = mapped_by(
    *(ColumnChoice(p.value, "", "Where", part=p) for p in (Part.LATITUDE, Part.LONGITUDE)), method=Method.APPEND
)
PIECES = [part.value for part in Part]
ADDRESS = mapped_by(*(ColumnChoice(name, "", "Address", part=Part(name)) for name in PIECES), method=Method.APPEND)
LATITUDE = ColumnChoice("latitude", "", "Where", part=Part.LATITUDE)
WHOLE = ColumnChoice("", "", "Where", fixed_value="POINT (1 2)")
BLANK = [None, None, None]


def places(*rows: Sequence[object]) -> SmallTable:
    """A sheet with a column for each part of a place."""
    return sheet(*(rows or [[41.8, -72.7, "1 Main St", "Hartford", "CT", "06105"]]), headers=PIECES)


PLANS: list[tuple[Job, Dataset, SmallTable, str, str]] = [
    (UPSERT, PERMITS, sheet([1], headers=["Fee"]), "no column is mapped to the row identifier “ID”", "Give a column the header “ID”, or choose one in “Map columns” or the Column map."),
    (REPLACE, PERMITS, sheet(["A1"], headers=["ID"]), "the portal column “Fee” has no column here; replacing would empty it", "Add the column to the sheet, or add it to the Column map with Send? set to “Leave blank”."),
    (UPSERT, PERMITS, sheet(["A1"], headers=["ID"]), "columns without a sheet column keep their values in rows that are updated: “Fee”", ""),
    (job_of(), PERMITS, sheet(["A1"], headers=["ID"]), "columns without a sheet column stay blank: “Fee”", ""),
    (UPSERT, PERMITS, sheet(headers=["ID", "Fees"]), "it was matched to “Fee” by a guess", "Confirm it in “Map columns” or by a row in the Column map, or correct the header."),
    (UPSERT, PERMITS, sheet(["A1", 1, 2], headers=["ID", "Fee", "Fee"]), "columns B and C all have the name of the portal column “Fee”", "Rename all but one, or choose one in “Map columns” or, by its letter, in the Column map."),
    (mapped_by(ColumnChoice("", "", "Fee")), PERMITS, sheet(["A1"], headers=["ID"]), "neither a sheet column nor a fixed value is given", "Fill in one of the two."),
    (mapped_by(ColumnChoice("", "", "ID", fixed_value="A1")), PERMITS, sheet([1], headers=["Fee"]), "“ID” is the row identifier; one value for several rows would make them one", "Remove the default or fixed value."),
    (mapped_by(ColumnChoice("", "A", "Fee")), PERMITS, sheet(), "column A of sheet “Data” has a header, or is not there", "Correct the name, remove the row, or choose again in “Map columns”."),
    (mapped_by(ColumnChoice("Fee", "", "Fee")), PERMITS, sheet(["A1", 1, 2], headers=["ID", "Fee", "Fee"]), "columns B and C are all called “Fee”", "Write the letter of the one you mean."),
    (mapped_by(ColumnChoice("Cost", "", "Fee")), PERMITS, sheet(), "“Cost” is not a column of sheet “Data”", "Correct the name, remove the row, or choose again in “Map columns”."),
    (mapped_by(ColumnChoice("Fee", "", "Cost")), PERMITS, sheet(), "“Cost” is not a column of dataset “Permits”", "Write one of: ID, Fee."),
    (mapped_by(ColumnChoice("Fee", "", "")), PERMITS, sheet(), "no portal field is named", "Write one of: ID, Fee. To leave the sheet column out, choose “Ignore”."),
    (mapped_by(ColumnChoice("Fee", "", "Cost"), method=Method.APPEND), MANY, sheet(), "“Cost” is not a column of dataset “Permits”", "Write one of: C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11 and 28 more."),
    (mapped_by(ColumnChoice("Fee", "", "Fee"), method=Method.APPEND), TWINS, sheet(), "several portal columns are called “Fee”", "Write its field name instead."),
    (mapped_by(ColumnChoice("Fee", "", "Made"), method=Method.APPEND), FILLED, sheet(), "the portal fills “Made” itself; it cannot be sent", "Set Send? to “Ignore”."),
    (HALVES, PLACES, sheet([0, 0], headers=PIECES[:2]), "point at 0, 0 in the Atlantic", "Clear both where the place is unknown."),
    (HALVES, PLACES, sheet([-72.7, 41.8], headers=PIECES[:2]), "latitude and longitude look swapped: the point is near the South Pole", "Check the rows of the Column map that name the two."),
    (HALVES, PLACES, sheet([41.8, None], headers=PIECES[:2]), "longitude that is blank beside a latitude", "Fill it in, or clear both."),
    (mapped_by(replace(LATITUDE, send=Send.LEAVE_BLANK, sheet_column="")), PLACES, places(), "a part of a place cannot be left blank", "Clear “Part of a place”, or choose “Yes”."),
    (mapped_by(replace(LATITUDE, sheet_column="", fixed_value="41")), PLACES, places(), "no sheet column is named for the latitude", "Name the column that holds it, or delete the row."),
    (mapped_by(WHOLE, LATITUDE), PLACES, places(), "the portal column “Where” is settled as a whole by another row", "Keep that row, or the rows for its parts."),
    (mapped_by(replace(LATITUDE, part=Part.CITY)), PLACES, places(), "“Where” is a point, which has only latitude and longitude", "Delete the row, or send the address to a column of type Location."),
    (mapped_by(replace(LATITUDE, portal_field="Fee")), PERMITS, places(), "“Fee” is neither a point nor a location, so it has no parts", "Clear the cell, or name a portal column that is a point or location."),
    (mapped_by(replace(LATITUDE, keep_text=True)), PLACES, places(), "a latitude is a number, so nothing can be kept as text", "Clear the cell."),
    (mapped_by(LATITUDE), PLACES, places(), "“Where” has a latitude and no longitude", "Add a row for the sheet column that holds the longitude, or delete this one."),
    (ADDRESS, PLACES, places([*BLANK, "Hartford, CT", None, None]), "comma in a city", "Remove the comma; the portal takes what follows it for the state."),
    (ADDRESS, PLACES, places([*BLANK, "Hartford", "New York", None]), "space in a state", "Write its two letters, such as NY."),
    (ADDRESS, PLACES, places([*BLANK, "Hartford", "CT", "06105 1234"]), "space in a ZIP code", "Write it in one."),
    (ADDRESS, PLACES, places([*BLANK, "Hartford", None, "06105"]), "state that is blank beside a ZIP code", "Fill in the state; the portal may take the ZIP code for it."),
    (ADDRESS, PLACES, places([*BLANK, "Hartford", "CT", "6105"]), "ZIP code of fewer than five digits", "Give the cells the format 00000, or write the code as text."),
    (UPSERT, PERMITS, sheet(merged=("A2:A3",)), "merged cells among the data; only the first cell has a value", "Unmerge them and fill each cell."),
    (UPSERT, PERMITS, sheet(hidden_rows=frozenset({2}), filtered_rows=frozenset({2})), "rows that the filter hides: 1", f"Clear the filter (Data > Clear), or {SHOW_ROWS}"),
    (UPSERT, PERMITS, sheet(hidden_rows=frozenset({2}), filtered_rows=frozenset({2}), filtered_by=("Fee",)), "rows that the filter on “Fee” hides: 1", f"Clear the filter (Data > Clear), or {SHOW_ROWS}"),
    (UPSERT, PERMITS, sheet(hidden_rows=frozenset({2})), "rows that are hidden or filtered away: 1", f"Show them, or {SHOW_ROWS}"),
    (UPSERT, PERMITS, sheet(ROW, ["A2", 2], hidden_rows=frozenset({2, 3}), filtered_rows=frozenset({2})), "rows that are hidden: 1", f"Show them, or {SHOW_ROWS}"),
    (UPSERT, PERMITS, sheet(hidden=[1]), "hidden column that would be published", "Show it, or name it in the Column map with Send? set to “Yes” or “Ignore”."),
    (UPSERT, PERMITS, sheet(["A1", 1, 2], headers=["ID", "Fee", "Own"], hidden=[2]), "hidden columns are not sent: “Own”", ""),
    (UPSERT, PERMITS, sheet(doubts=(Doubt(Stale.UNFINISHED, 2, "B"),)), "formulas whose results may be old: the workbook was saved before they were calculated", "Open it in Excel, look at the results, and save."),
    (UPSERT, SHARES, sheet(["A1", 0.4], ["A2", 0.5], ["A3", 0.6], formats={1: ["0%", "0%", "General"]}), "plain number among percentages", SAME_FORMAT),
    (UPSERT, SHARES, sheet(["A1", 0.4], ["A2", 0.5], ["A3", 0.6], formats={1: ["0%", "General", "General"]}), "percentage among plain numbers", SAME_FORMAT),
    (UPSERT, PERMITS, sheet([None, 1]), "blank row identifier", "Fill it in, or delete the row."),
    (UPSERT, PERMITS, sheet(ROW, ROW), "row identifier that stands in more than one row", "Keep one row of each."),
    (UPSERT, PERMITS, sheet(["A\xa01", 1]), "row identifier with an invisible or non-breaking space", "Type it again."),
    (job_of(Method.UPSERT, trim_spaces=False), PERMITS, sheet(["A1 ", 1]), "row identifier with spaces at its ends", "Set the option “Trim spaces” to “Yes”."),
    (UPSERT, PERMITS, sheet([None, None]), "it has no data rows to send", "Fill the sheet, or check the job's “Header row”."),
    (UPSERT, PERMITS, sheet(ROW, [None, None], ["A2", 2]), "blank rows between the data; they are passed over", "Delete them."),
    (job_of(Method.UPSERT, hidden_rows=HiddenPolicy.SKIP), PERMITS, sheet(ROW, ["A2", 2], hidden_rows=frozenset({2})), "hidden rows passed over, as the job says: 1", ""),
    (UPSERT, PERMITS, sheet(first_row=EXCEL_LAST_ROW), "the sheet is full to its last row; more may have been cut off", "Compare its row count with the source."),
    (ASIDE, PERMITS, sheet(["A1", "x"]), "every row has a fault, so there is nothing to send", "Mend the cells that are named here, then run it again."),
    (ASIDE, PERMITS, sheet(ROW, ["A2", "x"]), "1 of 2 rows has faults and is set aside", ""),
    (ASIDE, PERMITS, sheet(ROW, ["A2", "x"], ["A3", "x"]), "2 of 3 rows have faults and are set aside", ""),
]  # fmt: skip


@pytest.mark.parametrize(("job", "dataset", "table", "what", "remedy"), PLANS, ids=[case[3][:50] for case in PLANS])
def test_plans(job: Job, dataset: Dataset, table: SmallTable, what: str, remedy: str) -> None:
    """What is wrong with a dataset, a mapping or a sheet, and what is to be done."""
    found = planned(job, dataset, table).found
    assert what in found, list(found)
    assert found[what].remedy == remedy


NOT_SET = "it has no row identifier, so “{method}” cannot know which row is meant"
DATASETS: list[tuple[Method, dict[str, Any], str, str]] = [
    (Method.UPSERT, {"view_type": "blobby"}, "it is a file, not a table", NO_TABLE),
    (Method.UPSERT, {"view_type": "href"}, "it is a link, not a table", NO_TABLE),
    (Method.UPSERT, {"view_type": "geo"}, "it is a map, not a table", NO_TABLE),
    (Method.UPSERT, {"rights": frozenset({"read"})}, "your account may not add rows, change rows in it", ASK_OWNER),
    (Method.UPSERT, {"rights": frozenset({"read"}), "owner": "Pat"}, "your account may not add rows, change rows in it", "Ask its owner Pat for the right to edit it."),
    (Method.UPSERT, {"row_identifier": None}, NOT_SET.format(method="Update and add"), "Ask the dataset's owner to set one. Until then only “Add rows” and “Replace all rows” work."),
    (Method.DELETE, {"row_identifier": None}, NOT_SET.format(method="Delete listed rows"), "Ask the dataset's owner to set one."),
]  # fmt: skip


@pytest.mark.parametrize(("method", "facts", "what", "remedy"), DATASETS, ids=[case[2][:50] for case in DATASETS])
def test_datasets(method: Method, facts: dict[str, Any], what: str, remedy: str) -> None:
    """A dataset that rows cannot be sent to, in this way or by this person."""
    log = ProblemLog()
    check_dataset(replace(PERMITS, **facts), job_of(method), log, signed_in=True)
    assert [(problem.what, problem.remedy) for problem in log.problems()] == [(what, remedy)]


def test_personal_data_of_a_private_dataset() -> None:
    """Fewer eyes, but eyes all the same."""
    people = dataset_of(column("ID"), column("E-mail"), identifier="id", private=True)
    found = planned(UPSERT, people, sheet(["A1", "ann@x.org"], headers=["ID", "E-mail"])).found
    assert found["e-mail addresses, which would be published"].remedy.startswith(
        "The dataset is private: those it is shared with would see them. Set the column's Send? to “Ignore” in the "
        "Column map, or clear the cells, unless they may be seen."
    )


def test_too_many_faulty_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nearly all is wrong, the sheet or the map is."""
    monkeypatch.setattr("xl_datasync.core.set_aside.MOST_ROWS", 1)
    found = planned(ASIDE, PERMITS, sheet(ROW, ["A2", "x"], ["A3", "x"])).found
    assert (
        found["more than 1 rows have faults; so many are not set aside"].remedy == "Check the sheet and the column map."
    )


MAPPED, SHAPE = MappedColumn(PERMITS.columns[0], SheetColumn(0, "A", "ID"), Match.EXACT), shape_of(["ID"])
KNOWN = known_identifiers_problem(MAPPED, SHAPE, [("A1", 2)], 1)
UNKNOWN = unknown_identifiers_note(MAPPED, SHAPE, [("A1", 2)], 1)
REPLACING = "The portal has 1,000 rows. Replacing would leave 500, which is 500 fewer (50%; the job's limit is 20%)"
DELETING = "The portal has 1,000 rows. Deleting would leave 500, which is 500 fewer (50%; the job's limit is 20%)"
COPYING = PortJob(
    "Copy", UPSERT.connection, UPSERT.connection, "wxyz-6789", What.ROWS, "abcd-1234", Method.REPLACE, change_limit=20
)
LIMITED = {"change_limit": 20}


@pytest.mark.parametrize(
    ("problem", "what", "remedy"),
    [
        (KNOWN, "row identifier that is already on the portal", "Use “Update and add” to change those rows, or remove them from the sheet."),
        (UNKNOWN, "row identifier that is not on the portal, so there is nothing to delete", ""),
        (shrink_problem(replace(REPLACE, **LIMITED), 1000, 500), REPLACING, "Check the sheet. If it is right, raise “Stop if rows shrink by more than” for this job."),
        (shrink_problem(replace(DELETE, **LIMITED), 1000, 500), DELETING, "Check the sheet. If it is right, raise “Stop if rows shrink by more than” for this job."),
        (shrink_problem(replace(REPLACE, where="", **LIMITED), 1000, 500), REPLACING, "Check the sheet. If it is right, raise the limit (--limit)."),
        (shrink_problem(COPYING, 1000, 500), REPLACING, "Check the source. If it is right, raise the limit (--limit)."),
        (shrink_problem(replace(COPYING, where="Jobs!B5"), 1000, 500), REPLACING, "Check the source. If it is right, raise “Stop if rows shrink by more than” for this job."),
    ],
)  # fmt: skip
def test_against_the_portal(problem: Problem, what: str, remedy: str) -> None:
    """What the portal's own rows have against a plan."""
    assert (problem.what, problem.remedy) == (what, remedy)
