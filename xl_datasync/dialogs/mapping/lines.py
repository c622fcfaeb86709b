"""The rows of the mapping dialog's table as Qt asks for them; each is worked out when it comes into sight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from xl_datasync.dialogs.mapping.form import Key
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.words import Cell, cells

HEADERS = ("Column of the sheet", "Holds", "Goes to", "How sure", "Check")
HOLDS, GOES_TO, SURE, CHECK = 1, 2, 3, 4
AnyIndex = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel):
    """The rows that are shown; each is worked out when it comes into sight."""

    def __init__(self, model: MappingModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.keys: list[Key] = []
        self._lines: dict[Key, tuple[Cell, ...]] = {}

    def show_keys(self, keys: list[Key]) -> None:
        """Show other rows."""
        self._lines.clear()
        if keys == self.keys:
            self.refresh()
            return
        self.beginResetModel()
        self.keys = keys
        self.endResetModel()

    def refresh(self) -> None:
        """Say that rows may read otherwise."""
        self._lines.clear()
        if self.keys:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.keys) - 1, len(HEADERS) - 1))

    def cell(self, index: AnyIndex) -> Cell:
        """What stands in a cell."""
        key = self.keys[index.row()]
        if key not in self._lines:
            self._lines[key] = cells(self.model, key)
        return self._lines[key][index.column()]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's own
        """As many as are shown."""
        return 0 if parent.isValid() else len(self.keys)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's own
        """Always the same."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's first line; the rest of it for tips and screen readers."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index).main
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            cell = self.cell(index)
            return cell.spoken if role == Qt.ItemDataRole.AccessibleTextRole else f"{cell.main}\n{cell.small}".strip()
        return None

    def headerData(  # noqa: N802  # Qt's own name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What the columns are called."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return HEADERS[section]
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Where a sheet column goes can be chosen."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == GOES_TO and isinstance(self.keys[index.row()], int):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags
