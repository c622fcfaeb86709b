"""The mapping dialog's table: a light view of the model, two lines a row, a picker where a row goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xl_datasync.dialogs.mapping.form import Key, Target
from xl_datasync.dialogs.mapping.lines import CHECK, GOES_TO, HOLDS, SURE, AnyIndex, RowsModel
from xl_datasync.dialogs.mapping.picker import Picker
from xl_datasync.dialogs.mapping.words import Mark
from xl_datasync.dialogs.parts import named
from xl_datasync.dialogs.rows_view import RowsView

SMALLER = 0.88
ROWS_AT_LEAST = 4
HOLDS_LETTERS, SURE_LETTERS, CHECK_LETTERS, ALL_LETTERS = 17, 21, 19, 102
"""How wide columns are, in letters; where there is less than all need, the panel alone says what a column holds."""
_ICONS = {
    Mark.GOOD: QStyle.StandardPixmap.SP_DialogApplyButton,
    Mark.LOOK: QStyle.StandardPixmap.SP_MessageBoxWarning,
    Mark.BAD: QStyle.StandardPixmap.SP_MessageBoxCritical,
}


class TwoLines(QStyledItemDelegate):
    """Draws a line and a smaller one below it; makes the picker."""

    def __init__(self, table: MapTable) -> None:
        super().__init__(table)
        self._table = table
        style = table.style()
        self._edge = style.pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._icons = {mark: style.standardIcon(icon) for mark, icon in _ICONS.items()}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """The cell's ground as the system draws it, then icon and lines."""
        cell = self._table.rows.cell(index)
        self.initStyleOption(option, index)
        option.text, option.icon = "", QIcon()
        style = self._table.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._table)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        group = QPalette.ColorGroup.Active if self._table.hasFocus() else QPalette.ColorGroup.Inactive
        painter.save()
        painter.setPen(option.palette.color(group, role))
        area = option.rect.adjusted(8, 4, -8, -4)
        if cell.mark in self._icons:
            top = area.top() + (self._line(option.font) - self._edge) // 2
            self._icons[cell.mark].paint(painter, QRect(area.left(), top, self._edge, self._edge))
            area.setLeft(area.left() + self._edge + 6)
        bold = QFont(option.font)
        bold.setBold(index.column() in (0, GOES_TO))
        small = smaller(option.font)
        self._draw(painter, area, cell.main, bold)
        self._draw(painter, area.adjusted(0, self._line(option.font), 0, 0), cell.small, small)
        painter.restore()

    @staticmethod
    def _draw(painter: QPainter, area: QRect, text: str, font: QFont) -> None:
        painter.setFont(font)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)

    @staticmethod
    def _line(font: QFont) -> int:
        return QFontMetrics(font).height() + 1

    def sizeHint(self, option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:  # noqa: N802  # Qt's own name
        """Room for both lines."""
        return QSize(80, row_height(option.font))

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:  # noqa: N802
        """The picker, in the cell's place."""
        key = self._table.rows.keys[index.row()]
        picker = Picker(self._table.rows.model, cast("int", key), self._table.window(), parent)
        picker.chosen.connect(self._table.deeds.chosen)
        picker.done.connect(self._table.close_picker)
        self._table.picker = picker
        return picker

    def destroyEditor(self, editor: QWidget, index: AnyIndex) -> None:  # noqa: N802  # Qt's own name
        """The picker's list goes with it."""
        if isinstance(editor, Picker):
            editor.put_away()
            self._table.picker = None
        super().destroyEditor(editor, index)

    def setModelData(self, _editor: QWidget, _model: Any, _index: AnyIndex) -> None:  # noqa: N802  # Qt's own name
        """The picker has said what was chosen by itself."""

    def setEditorData(self, _editor: QWidget, _index: AnyIndex) -> None:  # noqa: N802  # Qt's own name
        """The picker knows where it stands."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's own name
        """Return, Esc and Tab are the picker's own."""
        if event.type() is QEvent.Type.KeyPress:
            return False
        return super().eventFilter(watched, event)


def smaller(font: QFont) -> QFont:
    """The font of small print."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * SMALLER)
    return small


def row_height(font: QFont) -> int:
    """How high a row of two lines is."""
    return QFontMetrics(font).height() + QFontMetrics(smaller(font)).height() + 10


@dataclass(frozen=True)
class TableDeeds:
    """What is done in the table.

    :param chosen: a sheet column, by its index, was sent somewhere; ``left_out`` the current row's was left out.
    :param elsewhere: the current row is changed at another place.
    """

    chosen: Callable[[int, Target | None], object]
    left_out: Callable[[], object]
    elsewhere: Callable[[], object]


class MapTable(RowsView):
    """The table. Return, F2 and letters open the picker of the row, Delete leaves the column out."""

    def __init__(self, rows: RowsModel, deeds: TableDeeds) -> None:
        super().__init__()
        self.rows, self.deeds = rows, deeds
        self.picker: Picker | None = None
        self.setModel(rows)
        self.setItemDelegate(TwoLines(self))
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setAlternatingRowColors(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._set_height()
        self.horizontalHeader().setSectionsClickable(False)
        named(
            self, "Columns of the sheet and where they go", "Return opens the choice of the row, Delete leaves it out"
        )
        self.clicked.connect(self._clicked)

    def _set_height(self) -> None:
        height = row_height(self.font())
        self.set_row_height(height)
        self.setMinimumHeight(height * (ROWS_AT_LEAST + 1))

    def resizeEvent(self, event: Any) -> None:  # noqa: N802  # Qt's own name
        """How sure it is and what the check says are never cut; names share the rest; what it holds goes first."""
        super().resizeEvent(event)
        letter = self.fontMetrics().averageCharWidth()
        room = self.viewport().width()
        self.setColumnHidden(HOLDS, room < ALL_LETTERS * letter)
        fixed = {SURE: SURE_LETTERS * letter, CHECK: max(CHECK_LETTERS * letter, room // 6)}
        if not self.isColumnHidden(HOLDS):
            fixed[HOLDS] = HOLDS_LETTERS * letter
        rest = room - sum(fixed.values())
        widths = {0: rest - rest // 2, GOES_TO: rest // 2, **fixed}
        for column, width in widths.items():
            self.setColumnWidth(column, width)

    @property
    def key(self) -> Key | None:
        """The row that the person is at."""
        index = self.currentIndex()
        return self.rows.keys[index.row()] if index.isValid() and index.row() < len(self.rows.keys) else None

    def go_to(self, key: Key) -> bool:
        """Make a row the current one; false where it is not shown."""
        if key not in self.rows.keys:
            return False
        self.setCurrentIndex(self.rows.index(self.rows.keys.index(key), GOES_TO))
        return True

    def open_picker(self, text: str = "") -> None:
        """Open the picker of the current row, with what was typed already."""
        index = self.currentIndex()
        if not isinstance(self.key, int):
            self.deeds.elsewhere()
            return
        where = self.rows.index(index.row(), GOES_TO)
        self.setCurrentIndex(where)
        self.scrollTo(where)
        self.edit(where)
        if self.picker and text:
            self.picker.type_text(text)

    def close_picker(self) -> None:
        """Close the picker; the focus comes back to the table."""
        if self.picker:
            self.closeEditor(self.picker, QStyledItemDelegate.EndEditHint.NoHint)
        self.setFocus()

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == GOES_TO:
            self.open_picker()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's own name
        """Return, F2 and letters open the picker, Delete leaves the column out."""
        if self.picker:  # keys that were on their way when it opened
            self.picker.keyPressEvent(event)
            return
        control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.open_picker()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deeds.left_out()
        elif event.text().strip() and event.text().isprintable() and not event.modifiers() & control:
            self.open_picker(event.text())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's own name
        """Another font needs other rows."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._set_height()
