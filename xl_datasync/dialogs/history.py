"""The window of past runs: what was published when, by whom and with which counts; one of them may be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QHBoxLayout, QLabel, QPlainTextEdit, QWidget

from xl_datasync.dialogs.history_model import HistoryForm, PastRun, count_text, first_to_undo
from xl_datasync.dialogs.parts import announce, named, plain_label, shown_answer
from xl_datasync.dialogs.progress import ICONS, open_target
from xl_datasync.dialogs.row_table import Field, RowTable
from xl_datasync.dialogs.table_dialog import TableDialog, deed_button

TITLE = "What was published"
FIELDS = (
    Field[PastRun]("When", 22, lambda run: run.when),
    Field[PastRun]("Job", 18, lambda run: run.job),
    Field[PastRun]("How it ended", 22, lambda run: run.state, lambda run: ICONS[run.kind]),
    Field[PastRun]("Rows added", 14, lambda run: count_text(run.added), number=True),
    Field[PastRun]("Changed", 11, lambda run: count_text(run.changed), number=True),
    Field[PastRun]("Removed", 11, lambda run: count_text(run.removed), number=True),
    Field[PastRun]("By", 18, lambda run: run.by),
    Field[PastRun]("Dataset", 24, lambda run: run.dataset),
)


class HistoryDialog(TableDialog):
    """Newest first; the newest run that can be undone is chosen."""

    def __init__(self, form: HistoryForm, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, parent)
        self.form = form
        self.status = plain_label(form.notes)
        self._make_filter()
        self.table: RowTable[PastRun] = RowTable(TITLE, FIELDS, self._chosen)
        self.body.addWidget(self.table, stretch=1)
        self.detail = named(QPlainTextEdit(), "The chosen run in full")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFixedHeight(self.fontMetrics().lineSpacing() * 7)
        self.body.addWidget(self.detail)
        self._make_links()
        role = QDialogButtonBox.ButtonRole
        self.undo = self.button("&Undo this run …", role.ActionRole, default=True)
        self.undo.setAccessibleDescription("Shows first what the undo would do, and asks.")
        self.undo.clicked.connect(self.accept)
        self.button("Close", role.RejectRole)
        named(self, TITLE, form.notes)
        self._narrow()
        self.table.setFocus()

    def _make_filter(self) -> None:
        self.jobs = named(QComboBox(), "Job")
        self.jobs.addItem("All jobs", None)
        for job in self.form.jobs:
            self.jobs.addItem(job, job)
        self.jobs.currentIndexChanged.connect(self._narrow)
        label = QLabel("&Job:")
        label.setBuddy(self.jobs)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.jobs, stretch=1)
        row.addStretch(1)
        self.body.addLayout(row)

    def _make_links(self) -> None:
        row = QHBoxLayout()
        self.csv = deed_button("Open the &CSV that was sent", lambda: self._open(lambda run: run.csv))
        self.dataset = deed_button("Open the &dataset", lambda: self._open(lambda run: run.link))
        row.addWidget(self.csv)
        row.addWidget(self.dataset)
        row.addWidget(self.status, stretch=1)
        self.body.addLayout(row)

    def _narrow(self) -> None:
        job = self.jobs.currentData()
        runs = self.form.of(job if isinstance(job, str) else None)
        self.table.fill(runs, first_to_undo(runs))

    def _chosen(self, run: PastRun | None) -> None:
        self.detail.setPlainText(run.detail if run else "")
        self.csv.setEnabled(bool(run and run.csv))
        self.csv.setToolTip(run.csv or run.no_csv if run else "")
        self.dataset.setEnabled(bool(run and run.link))
        self.dataset.setToolTip(run.link if run else "")
        self.undo.setEnabled(bool(run and not run.no_undo))
        self.undo.setToolTip(run.no_undo if run else "")

    def _open(self, target: Callable[[PastRun], str]) -> None:
        run = self.table.chosen()
        if run:
            opened = open_target(target(run))
            words = "It is being opened." if opened else f"This could not be opened: {target(run)}"
            self.status.setText(words)
            announce(self, words)

    def answer(self) -> tuple[str, str] | None:
        """The job and the run that are to be undone."""
        run = self.table.chosen()
        return (run.job, run.run) if run else None


def ask_history(form: HistoryForm, parent: QWidget | None = None) -> tuple[str, str] | None:
    """Show what was published; the job and the run that she wants to undo, or None."""
    dialog = HistoryDialog(form, parent)
    return shown_answer(dialog, dialog.answer)
