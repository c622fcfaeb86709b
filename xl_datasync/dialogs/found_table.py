"""The list of datasets that fit some words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView

from xl_datasync.dialogs import catalog_model as model
from xl_datasync.dialogs.catalog_model import Row
from xl_datasync.dialogs.parts import named
from xl_datasync.dialogs.portals import Looked
from xl_datasync.dialogs.row_table import Field, RowModel
from xl_datasync.dialogs.rows_view import RowsView

ROWS_SHOWN = 5
WITH_LIST = 118
"""How wide a window with such a list is, in letters."""
FIELDS = (
    Field[Row]("Dataset", 25, lambda row: row.name),
    Field[Row]("ID", 13, lambda row: row.listed.id),
    Field[Row]("Owner", 17, lambda row: row.listed.owner),
    Field[Row]("Changed", 16, lambda row: row.updated),
    Field[Row]("Rows", 11, lambda row: row.rows, number=True),
    Field[Row]("You", 23, lambda row: row.rights),
)
OWNER, CHANGED = 2, 3


class FoundModel(RowModel[Row]):
    """The datasets that fit; what is no table is grey, and says why."""

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Whether one can be chosen."""
        return Qt.ItemFlag.NoItemFlags if self.rows[index.row()].reason else super().flags(index)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; at the first one a screen reader reads the whole line."""
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return self.rows[index.row()].whole
        return super().data(index, role)

    def know(self, dataset_id: str, looked: Looked) -> None:
        """More is known of one of them."""
        self.rows = model.with_look(tuple(self.rows), dataset_id, looked)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.fields) - 1))


class FoundTable(RowsView):
    """The list: the arrows move, Return takes, the arrow up leaves the first line for the field.

    :param take: is given the row that was taken.
    """

    def __init__(self, take: Callable[[Row], object], leave: Callable[[], object]) -> None:
        super().__init__()
        named(self, "Datasets that fit", "Return takes one.")
        self._take, self._leave = take, leave
        self.found = FoundModel(FIELDS)
        self.setModel(self.found)
        self.setShowGrid(False)
        line = self.fontMetrics().lineSpacing() * 3 // 2
        self.set_row_height(line)
        letter = self.fontMetrics().averageCharWidth()
        for number, field in enumerate(FIELDS):
            self.setColumnWidth(number, letter * field.letters)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(line * (ROWS_SHOWN + 1))
        self.clicked.connect(self._take_current)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's own name
        """Where there is little room, the owner and then the day give theirs to the name."""
        letter = self.fontMetrics().averageCharWidth()
        wanted = letter * sum(field.letters for field in FIELDS)
        for column in (OWNER, CHANGED):
            self.setColumnHidden(column, wanted > self.viewport().width())
            wanted -= letter * FIELDS[column].letters
        super().resizeEvent(event)

    def enter(self) -> bool:
        """Go into the list, to the first dataset that can be chosen; whether there is one."""
        rows = range(len(self.found.rows))
        first = next((number for number in rows if not self.found.rows[number].reason), None)
        if first is None or not self.isVisible():
            return False
        self.setCurrentIndex(self.found.index(first, 0))
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's own name
        """Return takes; the window's own button must not have it."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_current()
        elif event.key() == Qt.Key.Key_Up and not any(not one.reason for one in self.found.rows[: max(row, 0)]):
            self._leave()
        else:
            super().keyPressEvent(event)

    def _take_current(self) -> None:
        row = self.currentIndex().row()
        if 0 <= row < len(self.found.rows) and not self.found.rows[row].reason:
            self._take(self.found.rows[row])
