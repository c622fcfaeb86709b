"""What is looked for in the mapping dialog: a line to type in, and a button for each filter with its count."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from xl_datasync.dialogs.mapping.narrowing import Filter
from xl_datasync.dialogs.parts import named


class Filters(QWidget):
    """The search line and the filters.

    :param changed: is called when something else is looked for; ``leave`` where the person goes on in the rows.
    """

    def __init__(self, changed: Callable[[], object], leave: Callable[[], object]) -> None:
        super().__init__()
        self._changed = changed
        self.wanted = Filter.ALL
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel("&Find")
        self.search = named(QLineEdit(), "Find", "Shows only columns in whose names all typed words are found")
        self.search.setPlaceholderText("part of a name")
        self.search.setClearButtonEnabled(True)
        self.search.textEdited.connect(lambda _text: changed())
        self.search.returnPressed.connect(leave)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(leave)
        label.setBuddy(self.search)
        row.addWidget(label)
        row.addWidget(self.search, stretch=1)
        group = QButtonGroup(self)
        group.setExclusive(True)
        self._buttons: dict[Filter, QPushButton] = {}
        for one in Filter:
            button = QPushButton(one.value)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setChecked(one is Filter.ALL)
            button.clicked.connect(lambda _on, one=one: self._choose(one))
            button.clicked.connect(leave)
            group.addButton(button)
            row.addWidget(button)
            self._buttons[one] = button

    def _choose(self, one: Filter) -> None:
        self.wanted = one
        self._changed()

    def show_all(self) -> None:
        """Look for nothing in particular any more."""
        self.search.clear()
        self._buttons[Filter.ALL].setChecked(True)
        self._choose(Filter.ALL)

    def show_counts(self, counts: Mapping[Filter, int]) -> None:
        """How many rows each filter shows."""
        for one, count in counts.items():
            text = f"{one.value} {count:,}"
            if self._buttons[one].text() != text:
                self._buttons[one].setText(text)
                named(self._buttons[one], text.replace("&", ""), "Shows these rows only")
