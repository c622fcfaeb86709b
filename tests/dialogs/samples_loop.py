"""What the windows of the loop show in tests and pictures: problems, differences, runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_datasync.core.differences import CellChange, Change, Differences, RowChange
from xl_datasync.core.problems import About, Place, Problem, Severity
from xl_datasync.dialogs.check_model import CheckDeeds, CheckForm
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.history_model import HistoryForm, PastRun
from xl_datasync.dialogs.preview_model import PreviewDeeds, PreviewForm

FEES = Problem(
    "Column “Fee”",
    "not a number",
    "Correct the cell, or choose another portal column in the Column map.",
    Severity.PROBLEM,
    12,
    tuple(Place(f"Permits 2024!F{row}", value) for row, value in zip(range(17, 29), ("n/a", "free", "12,50 €") * 4, strict=True)),
)  # fmt: skip
DATES = Problem(
    "Column “Issued On”",
    "no date that can be read: the day and the month could be either way round",
    "Write it as 2024-03-04, or set the column's date format in the Column map.",
    Severity.PROBLEM,
    4_020,
    tuple(Place(f"Permits 2024!C{row}", f"0{row % 9 + 1}/04/2024") for row in range(2, 1002)),
)
NO_COLUMN = Problem(
    "Column “Ward”",
    "no column of the sheet meets it, and it must not be blank",
    "Choose a column for it with “Map columns”.",
    Severity.PROBLEM,
    1,
    (),
)
MAILS = Problem(
    "Column “Owner Email”",
    "looks like personal data: e-mail addresses",
    "Leave the column out with “Map columns” if it must not be public.",
    Severity.WARNING,
    310,
    tuple(Place(f"Permits 2024!H{row}", f"ann.lee{row}@example.org") for row in range(2, 312)),
    topic="personal data in Owner Email",
)
TOTALS = Problem(
    "Row 312",
    "looks like a row of totals",
    "",
    Severity.NOTE,
    1,
    (Place("Permits 2024!312:312", "Total"),),
)
NO_RECORDS = Problem(
    "Sheet “Permits 2024”",
    "row that looks like a note below the data, which would be published as a record",
    "Leave the row out, or delete it. Notes belong in the dataset's description.",
    Severity.WARNING,
    2,
    (
        Place("Permits 2024!314:314", "Source: the clerk's office", "Source: the clerk's office"),
        Place("Permits 2024!315:315", "* estimated", "* estimated"),
    ),
    topic="notes below the data “Source: the clerk's office”, “* estimated”",
)
LEFT_OUT = Problem(
    "Sheet “Permits 2024”",
    "row left out, as the job says: “Source: the clerk's office” (row 314)",
    "",
    Severity.NOTE,
    1,
    (Place("Permits 2024!314:314", "Source: the clerk's office"),),
    about=About.LEFT_OUT,
)
PROBLEMS = (FEES, DATES, NO_COLUMN, MAILS, TOTALS)
REFUSED = CheckForm(
    "Check sheet",
    "Permits",
    PROBLEMS,
    Ending("problem", "Permits: 3 problems in 4,033 cells to mend. Nothing has been sent."),
    ("Permits → Building Permits (abcd-1234), Replace all rows: 310 rows were looked at.",),
    can_set_aside=True,
    can_map=True,
    can_answer=True,
)
WARNED = CheckForm(
    "Check sheet",
    "Permits",
    (MAILS, TOTALS),
    Ending("warning", "Permits: 310 rows would replace 298."),
    ("310 rows would replace 298.",),
    can_publish=True,
    can_answer=True,
)
WITH_NOTES = CheckForm(
    "Check sheet",
    "Permits",
    (NO_RECORDS, MAILS),
    Ending("warning", "Permits: 312 rows would replace 298."),
    ("312 rows would replace 298.",),
    can_publish=True,
    can_map=True,
    can_answer=True,
)
SOUND = CheckForm(
    "Check sheet",
    "Permits",
    (),
    Ending("done", "Permits: 310 rows would replace 298."),
    ("310 rows would replace 298.", "The Results sheet says the same."),
    can_publish=True,
)


def deeds(went: list[str] | None = None, again: CheckForm = SOUND) -> CheckDeeds:
    """What the check's window has done, written down."""
    noted = went if went is not None else []

    def go_to(where: str) -> str:
        noted.append(where)
        return f"{where} is in front in Excel."

    def leave_out(labels: Sequence[str]) -> CheckForm:
        noted.extend(labels)
        return replace(again, problems=(LEFT_OUT,))

    return CheckDeeds(go_to, lambda: again, noted.append, leave_out)


def _row(number: int) -> RowChange:
    match number % 3:
        case 0:
            cells = (CellChange("Status", "Applied", "Issued"), CellChange("Fee", "", "120.50"))
            return RowChange(Change.CHANGED, f"B-{number:05}", f"Permits 2024!{number}:{number}", cells)
        case 1:
            cells = tuple(CellChange(name, "", f"{name} of {number}") for name in ("Permit No", "Status", "Issued On"))
            return RowChange(Change.ADDED, f"B-{number:05}", f"Permits 2024!{number}:{number}", cells)
        case _:
            cells = tuple(CellChange(name, f"{name} of {number}", "") for name in ("Permit No", "Status", "Issued On"))
            return RowChange(Change.REMOVED, f"B-{number:05}", "", cells)


DIFFERENCES = Differences(1_200, 30, 5, 11_045, tuple(_row(number) for number in range(2, 92)))
PREVIEW = PreviewForm(
    "Preview",
    "Permits",
    "1,200 rows would be added, 30 changed, 11,045 stay as they are, 5 removed. Nothing has been sent.",
    Ending("warning", "Permits: 12,275 rows would replace 11,080."),
    ("Permits → Building Permits (abcd-1234), Replace all rows.",),
    DIFFERENCES,
    "1 warning in 310 cells.",
    "/Documents/Permits.datasync/Permits.preview.csv",
)
PREVIEW_UNCOMPARED = PreviewForm(
    "Preview",
    "Weather",
    "31 rows would be sent. Nothing has been sent.",
    Ending("done", "Weather: 31 rows would be sent."),
    ("Weather → Weather log (weat-hlog), Add rows.",),
    file="/Documents/Permits.datasync/Weather.preview.csv",
)
PREVIEW_DEEDS = PreviewDeeds(lambda where: f"{where} is in front in Excel.")


def _run(number: int) -> PastRun:
    job = ("Permits", "Fees", "Inspections")[number % 3]
    well = number % 4 != 1
    return PastRun(
        job,
        f"202611{22 - number:02}-101500-3f2a90c{number}",
        f"{22 - number} Nov 2026 10:15",
        "Done" if well else "Not sent",
        "done" if well else "problem",
        "310 rows now make up the dataset. The portal has 310 rows (it had 298)."
        if well
        else "3 problems in 17 cells to mend. Nothing has been sent.",
        "Replace all rows",
        "Building Permits (abcd-1234) on City",
        "ann.lee on PC-0412",
        "permits.xlsx, Permits 2024",
        310 if well else None,
        0 if well else None,
        298 if well else None,
        ("Undone 22 Nov 2026 11:40 by ann.lee.",) if number == 2 else (),
        "/Documents/permits.datasync/Permits.sent.csv" if number == 0 else "",
        "a later run has written its own in that place." if number > 2 and well else "",
        "https://data.example.gov/d/abcd-1234",
        "it was undone already." if number == 2 else "" if well else "it changed nothing.",
    )


HISTORY = HistoryForm(tuple(_run(number) for number in range(12)), older=340)
HISTORY_BROKEN = HistoryForm(tuple(_run(number) for number in (1, 5)), unreadable=2)
