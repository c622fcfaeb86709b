"""The picker: type a few letters of a portal column's name, and take it with Return."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QWidget

from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.offers import Offer, all_offers, matching_offers
from xl_datasync.dialogs.mapping.words import short_name, target_words
from xl_datasync.dialogs.parts import announce, named

LINES_SHOWN, NARROWEST = 9, 460
_STEPS = {
    Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: LINES_SHOWN - 1, Qt.Key.Key_PageUp: 1 - LINES_SHOWN,
}  # fmt: skip


class Picker(QLineEdit):
    """A line to type in, and below it a list that shortens with every letter. The focus stays in the line."""

    chosen = Signal(int, object)
    """The sheet column's index and the target, None for leaving it out."""
    done = Signal()

    def __init__(self, model: MappingModel, index: int, window: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._index, self._gone, self._window = index, False, window
        self._offers = all_offers(model, index)
        self._found: list[Offer] = []
        self._at_first = model.target(index)
        self.list = QListView(window)
        self._lines = QStringListModel(self.list)
        self.list.setModel(self._lines)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setFrameShape(QFrame.Shape.Box)
        self.list.setAutoFillBackground(True)
        named(self.list, "Portal columns")
        self.list.clicked.connect(lambda _index: self._take())
        name = short_name(model.columns[index])
        named(self, f"Portal column for {name}", "Type letters of its name; arrows choose, Return takes it")
        self.setPlaceholderText("Type a name")
        self.setFrame(True)
        if self._at_first:
            self.setText(target_words(model, self._at_first))
            self.selectAll()
        self.textEdited.connect(lambda _text: self._search())
        self._show_offers(self._offers, self._row_at_first())

    def _row_at_first(self) -> int:
        if self._at_first is None:
            return min(1, len(self._offers) - 1)  # the likeliest; the line before it leaves the column out
        return next((row for row, offer in enumerate(self._offers) if offer.target == self._at_first), 0)

    def type_text(self, text: str) -> None:
        """As if it had been typed into the empty line."""
        self.setText(text)
        self._search()

    def _search(self) -> None:
        self._show_offers(matching_offers(self._offers, self.text()), 0)
        count = len(self._found)
        announce(self, self._found[0].line if count else "No portal column has these letters")

    def _show_offers(self, offers: list[Offer], row: int) -> None:
        self._found = offers
        self._lines.setStringList([offer.line for offer in offers] or ["No portal column has these letters."])
        if offers:
            self.list.setCurrentIndex(self._lines.index(row, 0))
        self._place()

    def _place(self) -> None:
        """Below the line, or above it where there is more room."""
        if self._gone or not self.isVisible():
            return
        window = self._window
        line = self.list.sizeHintForRow(0)
        height = line * min(max(len(self._found), 1), LINES_SHOWN) + 6
        top_left = self.mapTo(window, QPoint(0, 0))
        below = window.height() - top_left.y() - self.height()
        up = below < height and top_left.y() > below
        height = min(height, max(top_left.y() if up else below, line * 2))
        width = min(max(self.width(), NARROWEST), window.width() - 8)
        left = min(top_left.x(), window.width() - width - 4)
        top = top_left.y() - height if up else top_left.y() + self.height()
        self.list.setGeometry(left, top, width, height)
        self.list.show()
        self.list.raise_()
        self.list.scrollTo(self.list.currentIndex())

    def showEvent(self, event: object) -> None:  # noqa: N802  # Qt's own name
        """The list comes with it."""
        super().showEvent(event)  # type: ignore[arg-type]  # a QShowEvent
        self._place()

    def moveEvent(self, event: object) -> None:  # noqa: N802  # Qt's own name
        """The list goes with it."""
        super().moveEvent(event)  # type: ignore[arg-type]  # a QMoveEvent
        self._place()

    @property
    def offers(self) -> list[Offer]:
        """What the list shows."""
        return self._found

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's own name
        """Arrows choose, Return takes, Esc and Tab leave it as it was."""
        key = event.key()
        if key in _STEPS:
            self._step(_STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.done.emit()
        else:
            super().keyPressEvent(event)
        event.accept()  # else the table would be given it

    def _step(self, by: int) -> None:
        if self._found:
            row = min(max(self.list.currentIndex().row() + by, 0), len(self._found) - 1)
            self.list.setCurrentIndex(self._lines.index(row, 0))
            announce(self, self._found[row].line)

    def _take(self) -> None:
        row = self.list.currentIndex().row()
        if self._found and 0 <= row < len(self._found):
            target = self._found[row].target
            self.done.emit()
            self.chosen.emit(self._index, target)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's own name
        """Whoever goes elsewhere has not chosen."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.list.hide()

    def put_away(self) -> None:
        """Take the list away, for good."""
        if not self._gone:
            self._gone = True
            self.list.hide()
            self.list.deleteLater()
