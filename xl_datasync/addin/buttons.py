"""The tab “Open Data” of Excel's ribbon, declared once: what is shown, and what each button needs.

The id of a button is the command that is started by it. Icons are control names from Microsoft's lists for Excel
(github.com/OfficeDev/office-fluent-ui-command-identifiers), each in its lists of 2013, 2016, 2019 and Microsoft 365.
Keytips do not start with J, Y or Z, which Excel gives out itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Always on; a workbook is open; the sheet in front is a worksheet; the workbook in front has a sheet Jobs.
Needs = Literal["", "book", "sheet", "jobs"]
Size = Literal["normal", "large"]

WHEN_GREY: dict[Needs, str] = {
    "": "",
    "book": "Grey: no workbook is open.",
    "sheet": "Grey: no worksheet is in front. Open a workbook and click a sheet with cells.",
    "jobs": "Grey: this workbook has no Jobs sheet; Job sheet adds one.",
}


@dataclass(frozen=True)
class Button:
    """One button; `does` says what will change by it."""

    id: str
    label: str
    image: str
    keytip: str
    screentip: str
    does: str
    needs: Needs = ""
    size: Size = "normal"

    @property
    def supertip(self) -> str:
        """What will change, and what it means when the button is grey."""
        return f"{self.does} {WHEN_GREY[self.needs]}".strip()


@dataclass(frozen=True)
class Group:
    """Buttons that belong together."""

    id: str
    label: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Tab:
    """A tab of the ribbon."""

    id: str
    label: str
    keytip: str
    groups: tuple[Group, ...]

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button, from left to right."""
        return tuple(button for group in self.groups for button in group.buttons)


PORTAL = Group(
    "xl_datasync_portal",
    "Portal",
    (
        Button(
            "sign_in",
            "Sign in",
            "FilePermission",
            "S",
            "Sign in to a portal",
            "Saves your sign-in in this computer's password store. Nothing on the portal changes; a portal that is new "
            "becomes a row of the Connections sheet.",
        ),
        Button(
            "dataset",
            "Dataset",
            "HyperlinkInsert",
            "D",
            "Choose the sheet's dataset",
            "Says which dataset this sheet is published to, and how. Writes one row of the Jobs sheet; "
            "the portal does not change.",
            "sheet",
        ),
    ),
)

CHECK = Group(
    "xl_datasync_check",
    "Check",
    (
        Button(
            "map_columns",
            "Map columns",
            "XmlMapProperties",
            "M",
            "Which column goes where",
            "Shows how the sheet's columns meet the dataset's, and saves your choice in the workbook. "
            "The portal does not change.",
            "sheet",
        ),
        Button(
            "check",
            "Check sheet",
            "ErrorChecking",
            "C",
            "Find what cannot be published",
            "Lists every cell that cannot be published, leads you to it and says how to mend it. Nothing is sent.",
            "sheet",
        ),
        Button(
            "preview",
            "Preview",
            "FilePrintPreview",
            "V",
            "See what would change",
            "Shows the rows that would be added, changed and removed on the portal, old beside new. Nothing is sent.",
            "sheet",
        ),
        Button(
            "clear_marks",
            "Clear marks",
            "ClearFormats",
            "K",
            "Take the marks off the cells",
            "Removes the marks that Check sheet has put on cells. Your values and your own colours stay.",
            "book",
        ),
    ),
)

PUBLISH = Group(
    "xl_datasync_publish",
    "Publish",
    (
        Button(
            "publish",
            "Publish",
            "FilePublishExcelServices",
            "P",
            "Publish this sheet",
            "Checks the sheet and sends it to its dataset: rows on the portal are added, changed or removed. "
            "Nothing is sent while a cell stands in the way. A replace or delete can be taken back with Undo.",
            "sheet",
            "large",
        ),
        Button(
            "export_csv",
            "Export CSV",
            "FileSaveAs",
            "E",
            "Save this sheet as a CSV file",
            "Writes the sheet as it would be sent to a file of your choice. Nothing is sent.",
            "sheet",
        ),
        Button(
            "undo",
            "Undo",
            "Undo",
            "U",
            "Take back a publication",
            "Lists what was published when and by whom, and puts a dataset back as it was before a run. Shows what "
            "will change and asks first.",
            "jobs",
        ),
    ),
)

JOBS = Group(
    "xl_datasync_jobs",
    "Jobs",
    (
        Button(
            "job_sheet",
            "Job sheet",
            "TableInsertExcel",
            "B",
            "Add or show the Jobs sheet",
            "Adds the sheets in which jobs are kept to this workbook, or shows them. Your own sheets do not change.",
            "book",
        ),
        Button(
            "run_jobs",
            "Run jobs",
            "MacroPlay",
            "R",
            "Run this workbook's jobs",
            "Runs the jobs of the Jobs sheet, one after another: datasets on the portal change as each job says.",
            "jobs",
        ),
        Button(
            "copy_dataset",
            "Copy dataset",
            "Copy",
            "O",
            "Copy a dataset to another",
            "Writes a job that copies one dataset to another, on the same or another portal, and runs it "
            "when you say so.",
            "jobs",
        ),
        Button(
            "results",
            "Results",
            "NameManager",
            "T",
            "Show what the last runs did",
            "Brings the results of the last runs, unattended ones too, into the workbook. Nothing is sent.",
            "jobs",
        ),
    ),
)

HELP = Group(
    "xl_datasync_help",
    "Help",
    (
        Button(
            "practice",
            "Practice portal",
            "GetExternalDataFromWeb",
            "A",
            "Try everything on this computer",
            "Starts a portal on this computer to practise with. Nothing you do there reaches anybody else.",
        ),
        Button(
            "help",
            "Help",
            "Help",
            "H",
            "How to publish a sheet",
            "Opens the guide. Nothing changes.",
        ),
    ),
)

TAB = Tab("xl_datasync_tab", "Open Data", "OD", (PORTAL, CHECK, PUBLISH, JOBS, HELP))
