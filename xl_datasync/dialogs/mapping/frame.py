"""The mapping dialog's window without its deeds: what stands where, and how the model's state is shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStyle,
    QWidget,
)

from xl_datasync.dialogs.mapping.details import details
from xl_datasync.dialogs.mapping.filters import Filters
from xl_datasync.dialogs.mapping.form import Key, Target, parts_of
from xl_datasync.dialogs.mapping.hurdles import Hurdle
from xl_datasync.dialogs.mapping.lines import RowsModel
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.narrowing import counts, shown_keys
from xl_datasync.dialogs.mapping.panel import Panel, Side
from xl_datasync.dialogs.mapping.table import MapTable, TableDeeds
from xl_datasync.dialogs.mapping.words import summary
from xl_datasync.dialogs.parts import Dialog, announce, named, note_row, plain_label

WIDE, HIGH, NARROW, SHORT, PANEL = 1180, 690, 800, 520, 350
NOTES_SHOWN = 4


class MapFrame(Dialog):
    """The window; :class:`mapping.MappingDialog` says what its controls do."""

    def __init__(self, model: MappingModel, parent: QWidget | None = None) -> None:
        super().__init__(f"Columns of “{model.form.job}”", parent)
        self.model = model
        self.setSizeGripEnabled(True)
        self._add_notes()
        self.filters = Filters(self.show_rows, self.to_table)
        self.search = self.filters.search
        self.body.addWidget(self.filters)
        self._add_middle()
        self._add_summary()
        self._add_bar()

    def chosen(self, index: int, target: Target | None) -> None:
        """The picker was used."""
        raise NotImplementedError

    def leave_out(self) -> None:
        """Delete was pressed in the table."""
        raise NotImplementedError

    def to_table(self) -> None:
        """Go to the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.scroll_to(self.table)

    def to_panel(self) -> None:
        """Go to the first control of the side panel."""
        self.panel.focus_first()
        self.scroll_to(self._side)

    def told(self, name: str, value: Any) -> None:
        """Something was changed in the side panel."""
        raise NotImplementedError

    # making

    def _add_notes(self) -> None:
        shape, dataset = self.model.form.shape, self.model.dataset
        what = plain_label(
            f"Sheet “{shape.sheet}”  →  dataset {dataset.label}. {self.model.form.method.value}. "
            "Check where each column goes; Return opens the choice of a row."
        )
        self._what = what
        self.body.addWidget(what)
        self._notes = note_row("", QStyle.StandardPixmap.SP_MessageBoxInformation)
        self._notes_text = self._notes.findChildren(QLabel)[-1]
        self.body.addWidget(self._notes)
        self.show_notes()

    def show_notes(self) -> None:
        """What should be read first."""
        notes = self.model.notes
        more = [f"… and {len(notes) - NOTES_SHOWN:,} more."] if len(notes) > NOTES_SHOWN else []
        text = "\n".join([*notes[:NOTES_SHOWN], *more])
        self._notes_text.setText(text)
        self._notes.setVisible(bool(text))

    def _add_middle(self) -> None:
        self.rows = RowsModel(self.model, self)
        self.table = MapTable(self.rows, TableDeeds(self.chosen, self.leave_out, self.to_panel))
        self.table.selectionModel().currentChanged.connect(lambda *_: self.show_details())
        names = [f"{column.letter}  {column.header}"[:80] for column in self.model.columns]
        self.panel = Panel(names, self.told)
        self._side = Side(self.panel)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.table)
        self._split.addWidget(self._side)
        self._split.setChildrenCollapsible(False)
        self.table.lower()  # Tab goes to it first: a splitter puts its widgets below one another
        self._split.setStretchFactor(0, 1)
        self.body.addWidget(self._split, stretch=1)

    def _add_summary(self) -> None:
        """The three lists, which never scroll away; where it is short, only how long each of them is."""
        self._lists, self._counts = QWidget(), plain_label("")
        grid = QGridLayout(self._lists)
        grid.setContentsMargins(0, 0, 0, 6)
        grid.setColumnStretch(1, 1)
        self._summary = [(QLabel(), plain_label("")) for _ in range(3)]
        for number, (head, names) in enumerate(self._summary):
            font = head.font()
            font.setBold(True)
            head.setFont(font)
            grid.addWidget(head, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(names, number, 1)
        self._foot.insertWidget(0, self._lists)
        self._foot.insertWidget(1, self._counts)

    def _add_bar(self) -> None:
        """What stands in the way of saving, and what a deed did besides what can be seen."""
        self._bar = QWidget()
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 6)
        self._bar_note = note_row("", QStyle.StandardPixmap.SP_MessageBoxWarning)
        self._bar_text = self._bar_note.findChildren(QLabel)[-1]
        row.addWidget(self._bar_note, stretch=1)
        self.mend, self.as_it_is = QPushButton(), QPushButton("Save as it is no&w")
        named(self.as_it_is, "Save as it is now", "What is unfinished stays unfinished")
        for button in (self.mend, self.as_it_is):
            button.setAutoDefault(False)
            row.addWidget(button)
        self._bar.hide()
        self.hurdle: Hurdle | None = None
        self._said = plain_label("")
        self._said.hide()
        for line in (self._said, self._bar):
            self._foot.insertWidget(self._foot.count() - 1, line)

    # showing

    def refit(self, *, exact: bool = False) -> None:
        """As large as the table likes, within the screen; afterwards as the person wants it."""
        if not self._seen or exact:
            room = self.screen().availableGeometry()
            self.resize(min(WIDE, max(int(room.width() * 0.95), 560)), min(HIGH, int(room.height() * 0.92)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's own name
        """Where it is narrow, the details stand below the table; where it is short, the rows come first."""
        super().resizeEvent(event)
        short = self.height() < SHORT
        self._what.setVisible(not short)
        self._lists.setVisible(not short)
        self._counts.setVisible(short)
        wide = self.width() >= NARROW
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        if wide:
            panel = min(PANEL, self.width() // 3)
            self._split.setSizes([self.width() - panel, panel])

    def show_rows(self, *, keep: bool = False) -> None:
        """Show the rows that the filter and the search let through.

        :param keep: whether the current row stays, although it may no longer belong to them: nothing is to vanish under
            the hands of whoever changes it.
        """
        key, number = self.table.key, self.table.currentIndex().row()
        self.rows.show_keys(shown_keys(self.model, self.filters.wanted, self.search.text(), key if keep else None))
        if not (key is not None and self.table.go_to(key)) and self.rows.keys:
            self.table.go_to(self.rows.keys[min(max(number, 0), len(self.rows.keys) - 1)])
        self.filters.show_counts(counts(self.model))
        self.show_details()

    def show_checks(self) -> None:
        """Show the same rows, which may read otherwise."""
        self.rows.refresh()
        self.filters.show_counts(counts(self.model))
        self.show_details()

    def show_summary(self) -> None:
        """The three lists."""
        said = summary(self.model)
        for (head, names), words in zip(self._summary, (said.sent, said.left_out, said.blank), strict=True):
            head.setText(words[0])
            names.setText(words[1])
        self._counts.setText("  ·  ".join(head.text() for head, _ in self._summary))

    def show_details(self) -> None:
        """The current row in full."""
        key = self.table.key
        column = self.model.column_of(key) if key is not None else None
        parts = self.model.parts(key) if isinstance(key, str) else {}
        self.panel.show_details(details(self.model, key), parts, parts_of(column) if column else ())

    def say(self, text: str) -> None:
        """Say what a deed did besides what can be seen."""
        self._said.setText(text)
        self._said.setVisible(bool(text))
        if text:
            announce(self, text)

    def show_key(self, key: Key) -> None:
        """Go to a row, whatever is filtered."""
        if not self.table.go_to(key):
            self.filters.show_all()
            self.table.go_to(key)
        self.to_table()

    def show_hurdle(self, hurdle: Hurdle, count: int) -> None:
        """Say what stands in the way, and go there."""
        self.hurdle = hurdle
        more = f" ({count - 1} more to look at after this.)" if count > 1 else ""
        self._bar_text.setText(hurdle.words + more)
        self.mend.setText(hurdle.deed)
        named(self.mend, hurdle.deed or "Mend it")
        self.mend.setVisible(bool(hurdle.deed))
        self.as_it_is.setVisible(not hurdle.must)
        self._said.hide()
        self._bar.show()
        if hurdle.key != "":
            self.show_key(hurdle.key)
        if hurdle.field:
            self.panel.focus_field(hurdle.field)
        announce(self, hurdle.words)

    def hide_hurdle(self) -> None:
        """Nothing is said to stand in the way any more."""
        self._bar.hide()
