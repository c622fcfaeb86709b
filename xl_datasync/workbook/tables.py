"""The config tables of a job workbook, declared once: the templates, the reader and the docs all come from here.

Columns follow what DataSync's users know and what control sheets share: one row is one thing, inputs have lists and
help, what only the program writes is locked. No table has a place for a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from xl_datasync.core.connection import SignInType
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import FaultyRows, What
from xl_datasync.core.mapping import Part, Send
from xl_datasync.core.options import ROWS_LEFT_OUT, BlankPolicy, ErrorPolicy, HiddenPolicy, NumberStyle, PercentStyle


class YesNo(Enum):
    """A plain choice."""

    YES = "Yes"
    NO = "No"


class KindOfJob(Enum):
    """What a job publishes."""

    SHEET = "Publish a sheet"
    FILE = "Publish a file"
    DATASET = "Copy a dataset"


class WhenFinished(Enum):
    """What becomes of a dataset that a copy job has made."""

    PUBLISH = "Publish"
    DRAFT = "Leave as draft"


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a config table.

    :param help: shown as the input message of its cells and in the docs.
    :param choices: the list its cells offer; empty where anything may be typed.
    :param locked: written by the program alone.
    :param width: in characters, as Excel measures columns.
    :param optional: whether workbooks of earlier versions, which lack the column, can still be used.
    """

    header: str
    help: str
    choices: tuple[str, ...] = ()
    locked: bool = False
    width: int = 18
    optional: bool = False


@dataclass(frozen=True)
class TableSpec:
    """One config table: the sheet it stands on, its Excel table name, a sentence on what it is for.

    :param kept_blank: headers of columns that must stay blank; a row with anything there is looked at.
    """

    sheet: str
    name: str
    purpose: str
    columns: tuple[ColumnSpec, ...]
    kept_blank: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers in order."""
        return tuple(column.header for column in self.columns)


@dataclass(frozen=True)
class OptionSpec:
    """One option that the Options table may hold, or one setting of the Settings table."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    default: str = ""


RESERVED = "Filled in by runs from inside Excel. Runs from the command line never write to the workbook."


def _choices(kind: type[Enum]) -> tuple[str, ...]:
    return tuple(str(member.value) for member in kind)


JOBS = TableSpec(
    "Jobs",
    "Jobs",
    "One row is one job. Rows that say Yes under “Run?” are run, in the order given.",
    (
        ColumnSpec("Run?", "Yes: this job runs. No: it is skipped.", _choices(YesNo), width=8),
        ColumnSpec("Job name", "A name of your own, different for each job.", width=30),
        ColumnSpec("Kind of job", "Publish a sheet of this workbook, or another file; or copy a dataset.",
                   _choices(KindOfJob), width=17),
        ColumnSpec("State", RESERVED, locked=True, width=18),
        ColumnSpec("Order", "A number; jobs without one run last, from the top down.", width=8),
        ColumnSpec("Portal", "The connection's name, as on the Connections sheet. Blank: the default portal.",
                   width=20),
        ColumnSpec("Dataset ID or link", "Paste the dataset's link, or type its ID, such as abcd-1234. Blank where a "
                   "copy makes a new dataset.", width=26),
        ColumnSpec("Dataset name", RESERVED, locked=True, width=26),
        ColumnSpec("Workbook or file", "Only for another file: .xlsx, .xlsm, .csv or .tsv. Blank: this workbook.",
                   width=20),
        ColumnSpec("Sheet, table or range", "Where the rows are: a sheet, an Excel table or a named range.", width=24),
        ColumnSpec("Header row", "The row number of the headers. Blank: it is found. 0: there are none.", width=11),
        ColumnSpec("How to update", "Replace all rows · Add rows · Update and add (needs a row identifier) · "
                   "Delete listed rows (needs a row identifier).", _choices(Method), width=19),
        ColumnSpec("Row identifier", RESERVED, locked=True, width=16),
        ColumnSpec("Column map", "The name used in the Column map. Blank: the job's name.", width=18),
        ColumnSpec("Stop if rows shrink by more than", "Percent. Replace and Delete stop above it. Blank: 20.",
                   width=24),
        ColumnSpec("Faulty rows", "Stop: nothing is sent until all rows can be. Set aside: the others are sent, and "
                   "rows with faults are kept apart, to be mended and sent alone. Blank: Stop.", _choices(FaultyRows),
                   width=12, optional=True),
        ColumnSpec("Copy from portal", "Copy jobs: the source's connection. Blank: the same portal.", width=20,
                   optional=True),
        ColumnSpec("Copy from dataset ID or link", "Copy jobs: the dataset that is copied.", width=29, optional=True),
        ColumnSpec("What to copy", "Copy jobs. Columns only, or columns and rows: a new dataset is made. Rows only: "
                   "they go to the dataset named above.", _choices(What), width=18, optional=True),
        ColumnSpec("New dataset title", "Copy jobs that make a dataset. Blank: the source's title.", width=30,
                   optional=True),
        ColumnSpec("When finished", "Copy jobs that make a dataset: publish it, or leave it as a draft that only its "
                   "editors see. Blank: Publish.", _choices(WhenFinished), width=16, optional=True),
        ColumnSpec("Last run", RESERVED, locked=True, width=18),
        ColumnSpec("Result", RESERVED, locked=True, width=44),
        ColumnSpec("Rows added", RESERVED, locked=True, width=10),
        ColumnSpec("Rows changed", RESERVED, locked=True, width=10),
        ColumnSpec("Rows removed", RESERVED, locked=True, width=10),
        ColumnSpec("Dataset link", RESERVED, locked=True, width=30),
        ColumnSpec("Notes", "Anything you want to remember.", width=40),
    ),
)  # fmt: skip

COLUMN_MAP = TableSpec(
    "Column map",
    "ColumnMap",
    "Only for columns that the program cannot match by itself, or that need a rule. An empty table is normal.",
    (
        ColumnSpec("Map name", "The job's name, or the map's name that jobs share.", width=28),
        ColumnSpec("Sheet column", "The header on the sheet. Blank: every row gets the fixed value.", width=26),
        ColumnSpec("Column letter", "Only where two columns have the same header, or one has none.", width=10),
        ColumnSpec("Portal field", "The portal column's name, or its API field name.", width=26),
        ColumnSpec("Send?", "Yes: send it. Ignore: leave the sheet column out. Leave blank: send nothing to the "
                   "portal column on purpose.", _choices(Send), width=12),
        ColumnSpec("Default or fixed value", "Sent where the cell is empty, or, without a sheet column, in every row.",
                   width=22),
        ColumnSpec("Date format", "How dates stored as text are written; several are separated by semicolons: "
                   "MM/DD/YYYY; D MMM YYYY.", width=16),
        ColumnSpec("Time zone", "For columns with a time zone, such as America/New_York.", width=20),
        ColumnSpec("Part of a place", "What the sheet column holds of a point or location. Give one row to each part, "
                   "all with the same portal field.", _choices(Part), width=16, optional=True),
        ColumnSpec("Percent style", "What a cell that shows 45% becomes. Blank: as the job's options say.",
                   _choices(PercentStyle), width=14, optional=True),
        ColumnSpec("Keep as text", "Yes: send what the cell shows, such as 1.50. Only for text columns.",
                   _choices(YesNo), width=13, optional=True),
        ColumnSpec("Words for yes", "For checkbox columns, separated by commas. Blank: as the job's options say.",
                   width=16, optional=True),
        ColumnSpec("Words for no", "For checkbox columns, separated by commas. Blank: as the job's options say.",
                   width=16, optional=True),
        ColumnSpec("Notes", "Anything you want to remember.", width=40),
    ),
)  # fmt: skip

OPTIONS = TableSpec(
    "Options",
    "Options",
    "Rare settings of one job, or of all jobs where the job name is blank. An empty table is normal.",
    (
        ColumnSpec("Job name", "The job's name. Blank: all jobs.", width=30),
        ColumnSpec("Option", "Choose from the list.", width=22),  # its list is OPTION_LIST, set by the template
        ColumnSpec("Value", "What “What it means” says.", width=30),
        ColumnSpec("What it means", "Filled in for the options of the template.", locked=True, width=80),
    ),
)

CONNECTIONS = TableSpec(
    "Connections",
    "Connections",
    "One row is one portal you sign in to. The secret is kept by this computer's password vault, never here.",
    (
        ColumnSpec("Connection name", "A name of your own, such as City portal.", width=24),
        ColumnSpec("Portal address", "From the browser's address bar, such as https://data.example.gov.", width=34),
        ColumnSpec("Sign-in type", "API key is the safer way; some portals take nothing else.",
                   _choices(SignInType), width=14),
        ColumnSpec("Key ID or user name", "The API key's ID, or your user name. Not the secret.", width=30),
        ColumnSpec("Secret", "Always blank: the secret is in the password vault. Press “Sign in”, or run "
                   "“xl-datasync login”.", locked=True, width=26),
        ColumnSpec("Test portal?", "Yes: a portal for trying things out.", _choices(YesNo), width=12),
        ColumnSpec("Notes", "Anything you want to remember, but no password.", width=40),
    ),
    kept_blank=("Secret",),
)  # fmt: skip

SETTINGS = TableSpec(
    "Settings",
    "Settings",
    "For all jobs of this workbook.",
    (
        ColumnSpec("Setting", "The setting's name; do not change it.", locked=True, width=34),
        ColumnSpec("Value", "See “What it does”.", width=34),
        ColumnSpec("What it does", "Help.", locked=True, width=80),
    ),
)

TABLES = (JOBS, COLUMN_MAP, OPTIONS, CONNECTIONS, SETTINGS)

OPTION_LIST = (
    OptionSpec("Number style", "How numbers stored as text are written.", _choices(NumberStyle), "1234.56"),
    OptionSpec("Percent style", "What a cell that shows 45% becomes. Automatic: what the portal's column expects.",
               _choices(PercentStyle), "Automatic"),
    OptionSpec("Date formats", "How dates stored as text are written; several are separated by semicolons: "
               "MM/DD/YYYY; D MMM YYYY."),
    OptionSpec("Time zone", "For columns with a time zone, such as America/New_York or UTC."),
    OptionSpec("Words for yes", "Words a checkbox column uses for true, separated by commas.", (), "true, yes, y"),
    OptionSpec("Words for no", "Words a checkbox column uses for false, separated by commas.", (), "false, no, n"),
    OptionSpec("Trim spaces", "Whether spaces before and after a text are left out.", _choices(YesNo), "Yes"),
    OptionSpec("Hidden rows", "What happens to rows that are hidden or filtered away.",
               _choices(HiddenPolicy), "Stop"),
    OptionSpec("Empty cells", "For “Update and add”: an empty cell clears the portal's value, or keeps it.",
               _choices(BlankPolicy), "Clear"),
    OptionSpec("Error cells", "Whether cells such as #N/A stop the job or are sent blank.",
               _choices(ErrorPolicy), "Stop"),
    OptionSpec("Rows per request", "For “Update and add” and “Delete listed rows”: most rows sent at once.",
               (), "50000"),
    OptionSpec("Warnings answered", "Warnings that are meant and are told no more, each in the words its message "
               "names; several are separated by semicolons."),
    OptionSpec(ROWS_LEFT_OUT, "Rows that are no records, such as totals and notes: a row whose first filled cell says "
               "one of these texts is not sent. Several are separated by semicolons; a long one may end with “…”."),
)  # fmt: skip

SETTING_LIST = (
    OptionSpec("Default portal", "The connection for jobs that name no portal."),
    OptionSpec("CSV folder", "Where the files that are sent are kept. Blank: a folder beside this workbook, named "
               "after it and ending in .datasync."),
    OptionSpec("Backup folder", "Where the rows as they were before a job are kept. Blank: “backups” in the folder "
               "beside this workbook that ends in .datasync."),
    OptionSpec("Keep backups for (days)", "Older backups are deleted.", (), "90"),
    OptionSpec("Backups may fill (MB)", "When they fill more, the oldest are deleted.", (), "5000"),
    OptionSpec("Back up before adding, up to (rows)", "“Add rows” and “Update and add” can be undone where the dataset "
               "has no more rows than this. The other methods always can.", (), "500000"),
    OptionSpec("Time zone", "The time zone of dates in this workbook, unless a job's option says otherwise."),
    OptionSpec("Mark faulty cells", "From inside Excel: whether cells that cannot be published are coloured. “Clear "
               "marks” gives them their colours back.", _choices(YesNo), "No"),
)  # fmt: skip
