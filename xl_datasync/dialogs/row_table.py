"""Tables to look through: rows asked for as they are seen, the columns' texts given by a function each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyle,
    QWidget,
)

from xl_datasync.dialogs.parts import named
from xl_datasync.dialogs.rows_view import RowsView

R = TypeVar("R")
_NOWHERE = QModelIndex()
ROWS_AT_LEAST = 4
TYPING = 120
"""Milliseconds after the last key before a list is narrowed down."""
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Field(Generic[R]):
    """A column of such a table.

    :param letters: how wide it is at first.
    :param icon: the icon beside its text, which stands for the same.
    :param number: whether it holds numbers, which stand at the right.
    """

    header: str
    letters: int
    text: Callable[[R], str]
    icon: Callable[[R], QStyle.StandardPixmap | None] | None = None
    number: bool = False


class Cells(Protocol):
    """A line that gives its texts itself, in the order of the columns."""

    @property
    def cells(self) -> tuple[str, ...]:
        """One for each column."""


C = TypeVar("C", bound=Cells)


def fields_of(
    headers: Sequence[str],
    letters: Sequence[int],
    icon: Callable[[C], QStyle.StandardPixmap | None],
    numbers: Sequence[str] = (),
) -> tuple[Field[C], ...]:
    """A column for each text of a line, the icon in the first; each text on one line.

    :param numbers: the headers of those that hold numbers.
    """

    def text(number: int) -> Callable[[C], str]:
        return lambda line: " ".join(line.cells[number].split())

    return tuple(
        Field(header, wide, text(number), None if number else icon, header in numbers)
        for number, (header, wide) in enumerate(zip(headers, letters, strict=True))
    )


class RowModel(QAbstractTableModel, Generic[R]):
    """Rows as Qt asks for them; no cell is made before it is seen."""

    def __init__(self, fields: Sequence[Field[R]], rows: Sequence[R] = ()) -> None:
        super().__init__()
        self.fields, self.rows = tuple(fields), rows

    def fill(self, rows: Sequence[R]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:  # noqa: N802  # Qt's own name
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:  # noqa: N802  # Qt's own name
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.fields)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text for eyes, for screen readers, and in full where it is cut; its icon."""
        field, row = self.fields[index.column()], self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return field.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return field.text(row) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{field.header}: {field.text(row)}"
        if role == Qt.ItemDataRole.DecorationRole and field.icon:
            icon = field.icon(row)
            return None if icon is None else QApplication.style().standardIcon(icon)
        if role == Qt.ItemDataRole.TextAlignmentRole and field.number:
            return _RIGHT
        return None

    def headerData(  # noqa: N802  # Qt's own name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """A column's header."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.fields[section].header
        return super().headerData(section, orientation, role)


class RowTable(RowsView, Generic[R]):
    """A table of such columns, filled with rows.

    :param chosen: is told whenever another row is chosen, or none.
    :param several: whether more rows may be selected beside the chosen one, with Shift and Ctrl.
    """

    def __init__(
        self, name: str, fields: Sequence[Field[R]], chosen: Callable[[R | None], object], *, several: bool = False
    ) -> None:
        super().__init__()
        named(self, name)
        self.rows: RowModel[R] = RowModel(fields)
        self._chosen = chosen
        self.setModel(self.rows)
        if several:
            self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setCornerButtonEnabled(False)
        line = self.fontMetrics().lineSpacing()
        self.set_row_height(line + line // 2)
        self.horizontalHeader().setStretchLastSection(True)
        letter = self.fontMetrics().averageCharWidth()
        for number, field in enumerate(fields):
            self.setColumnWidth(number, letter * field.letters)
        self.setMinimumHeight((line + line // 2) * (ROWS_AT_LEAST + 1))
        marks = self.selectionModel()
        for changed in (marks.currentRowChanged, *((marks.selectionChanged,) if several else ())):
            changed.connect(lambda *_: self._chosen(self.chosen()))

    def chosen(self) -> R | None:
        """The row that is chosen; None for none."""
        number = self.currentIndex().row()
        return self.rows.rows[number] if 0 <= number < len(self.rows.rows) else None

    def selected(self) -> list[R]:
        """All rows that are selected, from above; the chosen one alone where only one can be."""
        return [self.rows.rows[index.row()] for index in sorted(self.selectionModel().selectedRows())]

    def fill(self, rows: Sequence[R], at: int = 0) -> None:
        """Other rows, and which of them is chosen."""
        self.rows.fill(rows)
        if rows:
            self.choose(min(max(at, 0), len(rows) - 1))
        self._chosen(self.chosen())

    def choose(self, number: int) -> None:
        """Choose a row by its number, and bring it into sight."""
        self.setCurrentIndex(self.rows.index(number, 0))


class Narrowing(QWidget):
    """What is listed: one choice of several, and words that must stand in a line.

    :param changed: is told whenever other lines are to be listed; while she types, only once she rests.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        super().__init__()
        self._changed = changed
        self._show = named(QComboBox(), "Show")
        self._show.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._show.setMinimumContentsLength(14)
        self._show.currentIndexChanged.connect(self._tell)
        self._find = named(QLineEdit(), "Find", "Only lines in which every word stands are listed.")
        self._find.setClearButtonEnabled(True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(TYPING)
        self._rest.timeout.connect(self._tell)
        self._find.textChanged.connect(self._rest.start)
        self.count = QLabel("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for text, control, wide in (("S&how:", self._show, 3), ("&Find:", self._find, 2)):
            label = QLabel(text)
            label.setBuddy(control)
            row.addWidget(label)
            row.addWidget(control, stretch=wide)
        row.addWidget(self.count)

    @property
    def choice(self) -> Any:
        """The value of what is chosen."""
        return self._show.currentData()

    @property
    def words(self) -> str:
        """The words that are looked for."""
        return self._find.text()

    def offer(self, choices: Sequence[tuple[str, object]]) -> None:
        """Other choices, each its words and its value; what was chosen before stays chosen, its count aside."""
        before = self._show.currentText().partition(" (")[0]
        self._show.blockSignals(True)
        self._show.clear()
        for words, value in choices:
            self._show.addItem(words, value)
        plain = [words.partition(" (")[0] for words, _ in choices]
        self._show.setCurrentIndex(plain.index(before) if before in plain else 0)
        self._show.blockSignals(False)

    def _tell(self) -> None:
        self._rest.stop()
        self._changed()
