"""What all tables of rows share: one row is chosen at a time, and keys go from row to row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

Action = QAbstractItemView.CursorAction


class RowsView(QTableView):
    """The arrows move, Home and End go to the first and the last row, Tab goes on to the next control."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def set_row_height(self, height: int) -> None:
        """One height for all rows: asking each of thousands for its own would take seconds."""
        upright = self.verticalHeader()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setMinimumSectionSize(height)
        upright.setDefaultSectionSize(height)

    def moveCursor(self, action: Action, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: N802  # Qt's own name
        """A grid's Home and End go along the row, where there is nothing to go to."""
        if action not in (Action.MoveHome, Action.MoveEnd):
            return super().moveCursor(action, modifiers)
        rows = range(self.model().rowCount())
        column = max(self.currentIndex().column(), 0)
        cells = (self.model().index(row, column) for row in (rows if action is Action.MoveHome else reversed(rows)))
        return next((cell for cell in cells if cell.flags() & Qt.ItemFlag.ItemIsEnabled), self.currentIndex())
