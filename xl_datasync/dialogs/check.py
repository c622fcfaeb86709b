"""The window of a check: every problem with its cell, what it is and how to mend it; it stays while she mends them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QHBoxLayout, QStyle, QWidget

from xl_datasync.core.problems import Severity
from xl_datasync.dialogs.check_list import HEADERS, CheckList, Line
from xl_datasync.dialogs.check_model import CheckDeeds, CheckForm, Step, failed_words, leave_words, left_words, without
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.parts import announce, heading_label, icon_label, named, plain_label, shown_answer
from xl_datasync.dialogs.progress import ICONS
from xl_datasync.dialogs.row_table import Narrowing, RowTable, fields_of
from xl_datasync.dialogs.table_dialog import TableDialog, deed_button

SEVERITY_ICONS = {
    Severity.PROBLEM: QStyle.StandardPixmap.SP_MessageBoxCritical,
    Severity.WARNING: QStyle.StandardPixmap.SP_MessageBoxWarning,
    Severity.NOTE: QStyle.StandardPixmap.SP_MessageBoxInformation,
}


def _icon(line: Line) -> QStyle.StandardPixmap:
    return SEVERITY_ICONS[line.problem.severity]


PREVIEW, PREVIEW_OTHERS = "Pre&view", "Preview the &other rows"
FIELDS = fields_of(HEADERS, (14, 18, 28, 18, 42, 40), _icon)


class CheckDialog(TableDialog):
    """Return takes the clerk to the chosen line's cell."""

    def __init__(self, form: CheckForm, errands: Errands, deeds: CheckDeeds, parent: QWidget | None = None) -> None:
        super().__init__(form.title, parent)
        self.form = form
        self._errands, self._deeds, self._busy = errands, deeds, False
        self._make_top()
        self.narrowing = Narrowing(self._narrow)
        self.body.addWidget(self.narrowing)
        self.table: RowTable[Line] = RowTable("What was found", FIELDS, self._chosen, several=True)
        self.table.doubleClicked.connect(self.go_to)
        self.body.addWidget(self.table, stretch=1)
        self.what, self.remedy = plain_label(""), plain_label("")
        for label, lines in ((self.what, 1), (self.remedy, 2)):
            label.setMinimumHeight(self.fontMetrics().lineSpacing() * lines)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self.body.addWidget(label)
        self._make_deeds()
        self._rest_of_it = QWidget()
        self.body.addWidget(self._rest_of_it, stretch=1)
        self._make_foot()
        self._fill(form)
        (self.table if form.problems else self.close_button).setFocus()

    @property
    def ending(self) -> Ending:
        """All of it in words."""
        return self.form.ending

    def refit(self, *, exact: bool = False) -> None:
        """Small where there is nothing to list."""
        self.lists = bool(self.form.problems)
        super().refit(exact=exact)

    def _make_top(self) -> None:
        row = QHBoxLayout()
        self.icon = icon_label(ICONS[self.form.ending.kind], QStyle.PixelMetric.PM_LargeIconSize)
        self.headline, self.facts = heading_label(""), plain_label("")
        row.addWidget(self.icon)
        row.addWidget(self.headline, stretch=1)
        self.body.addLayout(row)
        self.body.addWidget(self.facts)

    def _make_deeds(self) -> None:
        self.go = deed_button("&Go to the cell", self.go_to, "Excel shows it; this window stays.")
        self.go.setDefault(True)
        meant = "The warning is not shown again for this job; its row of the Options sheet keeps the answer."
        self.meant = deed_button("&This is meant", self.answer, meant)
        left = "Rows that say the same are not sent, now and later; the job's row of the Options sheet keeps the text."
        self.leave_out = deed_button(leave_words(1), self.leave_rows_out, left)
        self.copy_button = deed_button("&Copy the list", self.copy, "To be pasted into a sheet or an e-mail.")
        QShortcut(QKeySequence.StandardKey.Copy, self.table, self.copy)
        row = QHBoxLayout()
        for button in (self.go, self.leave_out, self.meant, self.copy_button):
            row.addWidget(button)
        row.addWidget(self.status, stretch=1)
        self.body.addLayout(row)

    def _make_foot(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self.map_button = self.button("&Map columns …", role.ActionRole)
        self.map_button.clicked.connect(lambda: self.leave(Step.MAP))
        self.again_button = self.button("Check &again", role.ActionRole)
        self.again_button.clicked.connect(self.again)
        self.preview = self.button(PREVIEW, role.ActionRole)
        self.preview.clicked.connect(lambda: self.leave(Step.SET_ASIDE if self.form.can_set_aside else Step.PREVIEW))
        self.publish = self.button("&Publish", role.ActionRole)
        self.publish.clicked.connect(lambda: self.leave(Step.PUBLISH))
        self.close_button = self.button("Close", role.RejectRole)

    def _fill(self, form: CheckForm) -> None:
        """Show what was found, the choice of what is listed as before."""
        self.form, self.list = form, CheckList(form.problems)
        edge = self.style().pixelMetric(QStyle.PixelMetric.PM_LargeIconSize)
        self.icon.setPixmap(self.style().standardIcon(ICONS[form.ending.kind]).pixmap(edge, edge))
        self.headline.setText(form.headline)
        self.facts.setText("\n".join(form.facts))
        self.facts.setVisible(bool(form.facts))
        self.narrowing.offer([(choice.words, choice) for choice in self.list.choices()])
        self._narrow()
        some = bool(form.problems)
        for part in (self.narrowing, self.table, self.what, self.remedy):
            part.setVisible(some)
        for button in (self.go, self.copy_button):
            button.setVisible(some)
        self._rest_of_it.setVisible(not some)
        self.publish.setVisible(form.can_publish)
        self._name_preview(form)
        self.map_button.setVisible(form.can_map)
        (self.go if some else self.close_button).setDefault(True)
        self.setWindowTitle(f"{form.title}: {form.ending.word}")
        named(self, self.windowTitle(), form.headline)

    def _name_preview(self, form: CheckForm) -> None:
        """The button says which rows it is about; from the preview's own window, Close leads back there."""
        words = PREVIEW_OTHERS if form.can_set_aside else PREVIEW
        changes = "What publishing would change"
        kept = f"{changes} without the rows with faults, which are kept on a sheet of their own."
        help_text = kept if form.can_set_aside else f"{changes}, row by row."
        self.preview.setText(words)
        self.preview.setToolTip(help_text)
        named(self.preview, words.replace("&", ""), help_text)
        self.preview.setVisible(form.can_set_aside or (form.can_publish and not form.back))

    def _narrow(self) -> None:
        chosen = self.table.chosen()
        lines = self.list.lines(self.narrowing.choice, self.narrowing.words)
        at = next((number for number, line in enumerate(lines) if line == chosen), 0)
        self.table.fill(lines, at)
        self.narrowing.count.setText(self.list.count_words(len(lines)))

    def _chosen(self, line: Line | None) -> None:
        """The chosen line in full, and what can be done with it."""
        self.what.setText(line.words if line else "")
        self.remedy.setText(line.to_do(can_answer=self.form.can_answer) if line else "")
        go = "&Go to the row" if line and line.row else "&Go to the cell"
        self.go.setText(go)
        named(self.go, go.replace("&", ""), self.go.toolTip())
        self.go.setEnabled(not self._busy and line is not None and line.place is not None)
        self.meant.setEnabled(not self._busy and line is not None and line.answerable)
        self.meant.setVisible(self.form.can_answer and any(one.topic for one in self.form.problems))
        rows = sum(bool(one.label) for one in self.table.selected())
        self.leave_out.setText(leave_words(rows))
        named(self.leave_out, leave_words(rows).replace("&", ""), self.leave_out.toolTip())
        self.leave_out.setEnabled(not self._busy and rows > 0)
        self.leave_out.setVisible(self.form.can_answer and any(one.label for one in self.list.lines()))

    def go_to(self) -> None:
        """Have Excel show the chosen line's cell."""
        line = self.table.chosen()
        if line and line.place and not self._busy:
            where = line.place.where
            self._errands.run(lambda: self._deeds.go_to(where), self.say, self.failed, instead_of="go")

    def answer(self) -> None:
        """The chosen line's warning is meant."""
        line = self.table.chosen()
        if line and line.answerable and not self._busy:
            topic = line.problem.topic
            self._work("Remembering it …")
            self._errands.run(lambda: self._deeds.answer(topic), lambda _: self._answered(topic), self.failed)

    def _answered(self, topic: str) -> None:
        self._rest(f"Remembered: “{topic}” is meant.")
        self._fill(without(self.form, topic))
        (self.table if self.form.problems else self.close_button).setFocus()

    def leave_rows_out(self) -> None:
        """The chosen lines' rows are no records."""
        labels = list(dict.fromkeys(line.label for line in self.table.selected() if line.label))
        if labels and not self._busy:
            self._work("Remembering it, and checking again …")
            self._errands.run(
                lambda: self._deeds.leave_out(labels),
                lambda form: self._checked(form, left_words(labels, form.problems)),
                self.failed,
            )

    def again(self) -> None:
        """Check once more, after cells were mended."""
        if not self._busy:
            self._work("Checking again …")
            self._errands.run(self._deeds.again, self._checked, self.failed)

    def _checked(self, form: CheckForm, words: str = "Checked again.") -> None:
        self._rest(words)
        self._fill(replace(form, title=self.form.title, back=self.form.back))
        announce(self, form.headline)
        # Writing the results may bring the spreadsheet to the front.
        self.activateWindow()
        (self.table if form.problems else self.close_button).setFocus()

    def failed(self, error: Exception) -> None:
        """Tell why an errand was not done; all buttons serve again."""
        self._rest(failed_words(error))

    def _work(self, words: str) -> None:
        self._busy = True
        self.say(words)
        for button in (self.again_button, self.publish, self.preview, self.go, self.meant, self.leave_out):
            button.setEnabled(False)

    def _rest(self, words: str) -> None:
        self._busy = False
        for button in (self.again_button, self.publish, self.preview):
            button.setEnabled(True)
        self.say(words)
        self._chosen(self.table.chosen())

    def copy(self) -> None:
        """Put the list where Ctrl+V finds it."""
        QApplication.clipboard().setText(self.list.text(self.form.headline))
        self.say("The list is copied.")


def show_check(form: CheckForm, errands: Errands, deeds: CheckDeeds, parent: QWidget | None = None) -> Step | None:
    """Show what a check has found until the window is closed; what she wants to do next, or None."""
    dialog = CheckDialog(form, errands, deeds, parent)
    return shown_answer(dialog, lambda: dialog.step)
