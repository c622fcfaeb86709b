"""Draws every window into PNG files: ``python -m tests.dialogs.gallery FOLDER [dark|--all]``.

The size comes from QT_SCALE_FACTOR; ``--all`` draws what docs/windows.md shows, and writes that page. Prints a line for each: name, width, height, and what is cut off in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.dialogs import gallery_page, samples
from tests.dialogs.gallery_loop import LOOP_WINDOWS
from tests.dialogs.gallery_mapping import MAPPING_WINDOWS
from tests.dialogs.gallery_portals import PORTAL_WINDOWS
from xl_datasync.core.jobs import What
from xl_datasync.dialogs.choose import ChooseDialog
from xl_datasync.dialogs.confirm import QuestionDialog, ReasonsDialog
from xl_datasync.dialogs.copying import CopyDialog
from xl_datasync.dialogs.endings import Ending, EndingLink
from xl_datasync.dialogs.form_dialog import FormDialog
from xl_datasync.dialogs.forms import SignInForm
from xl_datasync.dialogs.link import LinkDialog
from xl_datasync.dialogs.look import application
from xl_datasync.dialogs.progress import ProgressWindow
from xl_datasync.dialogs.progress_model import Progress
from xl_datasync.dialogs.sign_in import ConnectionDialog, SignInDialog
from xl_datasync.dialogs.switch import ButtonSwitch


def faulty(dialog: FormDialog) -> FormDialog:
    """The dialog after its button was pressed too early."""
    dialog.show()
    dialog.accept()
    return dialog


def rows_only() -> CopyDialog:
    """The copy dialog for rows alone."""
    dialog = CopyDialog(samples.COPY)
    dialog.what.choose(What.ROWS)
    return dialog


def progress(*, stopping: bool = False) -> ProgressWindow:
    """The progress window with two jobs over and one on its way."""
    switch = ButtonSwitch()
    told = Progress("Running the jobs", switch, clock=iter(range(0, 10_000, 83)).__next__)
    told.finished("Permits", "310 rows now make up the dataset.", published=True)
    told.finished("Fees", "Not sent: 3 problems in 17 cells to mend.", published=False)
    told.watch("Inspections", "Sending", 4_000, 9_000)
    if stopping:
        switch.press()
    window = ProgressWindow("Run jobs", told, switch)
    window.look()
    return window


def busy() -> ProgressWindow:
    """The progress window when nobody knows how much there is."""
    switch = ButtonSwitch()
    told = Progress("Reading the sheet “Permits 2024” …", switch, clock=lambda: 0.0)
    told.watch("Permits", "Reading rows", 52_000, None)
    return ProgressWindow("Check sheet", told, switch)


def ended(ending: Ending) -> ProgressWindow:
    """The progress window after the work."""
    window = progress()
    window.show_ending(ending)
    return window


DONE = Ending(
    "done",
    "310 rows now make up “Building Permits” (abcd-1234) on City; it had 298.",
    ("Sent: 310 rows. Verified on the portal: 310 rows.", "File: C:\\Users\\ann\\Permits.datasync\\Permits.sent.csv"),
    (EndingLink("Open the dataset", "https://data.example.gov/d/abcd-1234"), EndingLink("Open the file", "/tmp/x.csv")),
)
PROBLEM = Ending(
    "problem",
    "3 dates in column D could not be read. Nothing has been sent.",
    tuple(f"Inspections!D{row}  “13/40/2026”" for row in range(41, 80)),
)
WARNING = Ending("warning", "310 rows added; 2 things to look at.", ("Column “Fee”: 2 numbers are stored as text.",))
STOPPED = Ending("stopped", "Stopped by you.", ("Nothing has been sent.",))
GUARDS = (samples.SHRINK, samples.FILTERED)
UNDO = (
    "The 298 rows it had before that run, as saved 20 Nov 2026 14:03, would be put back in place of the 310 it has now."
)

WINDOWS: dict[str, Callable[[], QWidget]] = {
    "sign-in": lambda: SignInDialog(SignInForm(samples.CITY)),
    "sign-in-faulty": lambda: faulty(SignInDialog(SignInForm(samples.COUNTY, None))),
    "connection-new": lambda: ConnectionDialog(samples.NEW_CONNECTION),
    "connection-known": lambda: ConnectionDialog(samples.CONNECTIONS),
    "link-new": lambda: LinkDialog(samples.NEW_LINK),
    "link-known": lambda: LinkDialog(samples.KNOWN_LINK),
    "link-faulty": lambda: faulty(LinkDialog(samples.NEW_LINK)),
    "copy": lambda: CopyDialog(samples.COPY),
    "copy-rows": rows_only,
    "guards": lambda: ReasonsDialog(samples.JOB, [samples.SHRINK]),
    "guards-many": lambda: ReasonsDialog(samples.JOB, GUARDS),
    "undo": lambda: QuestionDialog("Undo", "Undo the last run of “Permits”?", [UNDO], yes="Undo it"),
    "choose": lambda: ChooseDialog("Undo", "Which run is to be undone?", samples.RUNS),
    "progress": progress,
    "progress-stopping": lambda: progress(stopping=True),
    "progress-busy": busy,
    "done": lambda: ended(DONE),
    "problem": lambda: ended(PROBLEM),
    "warning": lambda: ended(WARNING),
    "stopped": lambda: ended(STOPPED),
    **LOOP_WINDOWS,
    **MAPPING_WINDOWS,
    **PORTAL_WINDOWS,
}


def dark_palette() -> QPalette:
    """A dark palette, as systems give one."""
    palette = QPalette(QColor(45, 45, 48), QColor(32, 32, 34))
    palette.setColor(QPalette.ColorRole.Highlight, QColor(30, 110, 190))
    return palette


def cut_off(window: QWidget) -> Iterator[str]:
    """The texts that do not fit where they stand."""
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        wanted = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        if wanted > label.height() + 1 or (not label.wordWrap() and label.sizeHint().width() > label.width() + 1):
            yield label.text()


def shown(name: str) -> QWidget:
    """The window, shown and at rest."""
    window = WINDOWS[name]()
    window.show()
    for _ in range(4):
        QApplication.processEvents()
    return window


def main(folder: Path, *, dark: bool = False) -> None:
    """Draw all of them."""
    application_ = application()
    if dark:
        application_.setPalette(dark_palette())
    folder.mkdir(parents=True, exist_ok=True)
    for name in WINDOWS:
        window = shown(name)
        assert window.grab().save(str(folder / f"{name}.png"))
        sys.stdout.write("\t".join([name, str(window.width()), str(window.height()), *cut_off(window)]) + "\n")
        window.deleteLater()


if __name__ == "__main__":
    if sys.argv[2:] == ["--all"]:
        with TemporaryDirectory() as workshop:
            gallery_page.make(Path(sys.argv[1]), Path(workshop))
    else:
        main(Path(sys.argv[1]), dark=sys.argv[2:] == ["dark"])
