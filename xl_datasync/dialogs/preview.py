"""The window of a preview: counts, then what would change, old beside new; from here she may publish."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QPlainTextEdit, QStyle, QWidget

from xl_datasync.core.differences import Change
from xl_datasync.dialogs.check_model import Step
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.parts import heading_label, icon_label, named, note_row, plain_label, shown_answer
from xl_datasync.dialogs.preview_model import HEADERS, ChangeLine, ChangeList, PreviewDeeds, PreviewForm
from xl_datasync.dialogs.progress import ICONS, open_target
from xl_datasync.dialogs.row_table import Narrowing, RowTable, fields_of
from xl_datasync.dialogs.table_dialog import TableDialog, deed_button

CHANGE_ICONS = {
    Change.ADDED: QStyle.StandardPixmap.SP_FileIcon,
    Change.CHANGED: QStyle.StandardPixmap.SP_BrowserReload,
    Change.REMOVED: QStyle.StandardPixmap.SP_DialogDiscardButton,
}


def _icon(line: ChangeLine) -> QStyle.StandardPixmap:
    return CHANGE_ICONS[line.row.change]


FIELDS = fields_of(HEADERS, (15, 18, 20, 22, 34, 34), _icon, numbers=("Row on the sheet",))


class PreviewDialog(TableDialog):
    """Return takes the clerk to the chosen row; Publish takes a Tab or a click."""

    def __init__(self, form: PreviewForm, errands: Errands, deeds: PreviewDeeds, parent: QWidget | None = None) -> None:
        super().__init__(form.title, parent)
        self.form = form
        self._errands, self._deeds, self.list = errands, deeds, ChangeList(form.differences)
        self.lists = bool(self.list.lines())
        self._make_top()
        if self.lists:
            self._make_list()
        else:
            self.body.addStretch(1)
        self._make_foot()
        named(self, form.title, form.headline)
        (self.table if self.lists else self.close_button).setFocus()

    @property
    def ending(self) -> Ending:
        """All of it in words."""
        return self.form.ending

    def _make_top(self) -> None:
        form, row = self.form, QHBoxLayout()
        row.addWidget(icon_label(ICONS["warning" if form.warnings else "done"], QStyle.PixelMetric.PM_LargeIconSize))
        row.addWidget(heading_label(form.headline), stretch=1)
        self.body.addLayout(row)
        if form.facts:
            self.body.addWidget(plain_label("\n".join(form.facts)))
        if form.warnings:
            line = QHBoxLayout()
            line.addWidget(note_row(form.warnings, QStyle.StandardPixmap.SP_MessageBoxWarning), stretch=1)
            show = deed_button("Show &them", lambda: self.leave(Step.CHECK), "Lists each with its cell.")
            line.addWidget(show)
            self.body.addLayout(line)

    def _make_list(self) -> None:
        self.narrowing = Narrowing(self._narrow)
        self.narrowing.offer(self.list.choices())
        self.body.addWidget(self.narrowing)
        self.table: RowTable[ChangeLine] = RowTable("What would change", FIELDS, self._chosen)
        self.table.doubleClicked.connect(self.go_to)
        self.body.addWidget(self.table, stretch=1)
        if words := self.list.count_words():
            self.body.addWidget(plain_label(words))
        self.detail = named(QPlainTextEdit(), "The chosen row in full")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFixedHeight(self.fontMetrics().lineSpacing() * 5)
        self.body.addWidget(self.detail)
        below = QHBoxLayout()
        self.go = deed_button("&Go to the row", self.go_to, "Excel shows the row; this window stays.")
        self.go.setDefault(True)
        below.addWidget(self.go)
        below.addWidget(self.status, stretch=1)
        self.body.addLayout(below)
        self._narrow()

    def _make_foot(self) -> None:
        role = QDialogButtonBox.ButtonRole
        if self.form.file:
            opens = self.button("&Open the file that would be sent", role.ActionRole)
            opens.setToolTip(self.form.file)
            opens.setAccessibleDescription(self.form.file)
            opens.clicked.connect(self._open)
        self.publish = self.button(self.form.publish, role.ActionRole)
        self.publish.clicked.connect(lambda: self.leave(Step.PUBLISH))
        self.close_button = self.button("Close", role.RejectRole, default=not self.lists)
        if not self.lists:
            self.body.addWidget(self.status)

    def _open(self) -> None:
        done = open_target(self.form.file)
        self.say("The file is being opened." if done else f"This could not be opened: {self.form.file}")

    def _narrow(self) -> None:
        self.table.fill(self.list.lines(self.narrowing.choice, self.narrowing.words))

    def _chosen(self, line: ChangeLine | None) -> None:
        self.detail.setPlainText(line.detail if line else "")
        self.go.setEnabled(line is not None and bool(line.row.where))

    def go_to(self) -> None:
        """Have Excel show the chosen line's row."""
        line = self.table.chosen()
        if line and line.row.where:
            where = line.row.where
            self._errands.run(lambda: self._deeds.go_to(where), self.say, self.failed, instead_of="go")


def show_preview(
    form: PreviewForm, errands: Errands, deeds: PreviewDeeds, parent: QWidget | None = None
) -> Step | None:
    """Show what publishing would change until the window is closed; what she wants to do next, or None."""
    dialog = PreviewDialog(form, errands, deeds, parent)
    return shown_answer(dialog, lambda: dialog.step)
