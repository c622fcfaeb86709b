"""Windows with fields: what is wrong is said under the field it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from xl_datasync.dialogs.parts import Dialog, announce, icon_label, named, plain_label


class FaultLine(QWidget):
    """What is wrong with the field above, or nothing."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        icon = icon_label(QStyle.StandardPixmap.SP_MessageBoxWarning, QStyle.PixelMetric.PM_SmallIconSize)
        row.addWidget(icon, alignment=Qt.AlignmentFlag.AlignTop)
        self._label = plain_label("")
        row.addWidget(self._label, stretch=1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_fault(self, text: str) -> bool:
        """Say it, or nothing.

        :returns: whether that is another thing than before.
        """
        if text == self.text:
            return False
        self._label.setText(text)
        self.setVisible(bool(text))
        return True


class FormDialog(Dialog):
    """A window with fields. Whoever makes one says what is wrong by :meth:`faults`.

    A field is called faulty after it was left once, or the answer's button was pressed; from then on with every key.
    """

    def __init__(self, title: str, accept_word: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._fields: dict[str, QWidget] = {}
        self._lines: dict[str, FaultLine] = {}
        self._titles: dict[str, QLabel] = {}
        self._descriptions: dict[str, str] = {}
        self._left: set[str] = set()
        self._fillers: dict[str, QWidget] = {}
        self.ok = self.button(accept_word, QDialogButtonBox.ButtonRole.AcceptRole, default=True)
        self.button("Cancel", QDialogButtonBox.ButtonRole.RejectRole)

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return {}

    def add_field(self, layout: QVBoxLayout, key: str, label: str, field: QWidget, help_text: str = "") -> QWidget:
        """A field under its label, with a line of help and one for its fault; gives the whole of it."""
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        if label:
            self._titles[key] = QLabel(label)
            self._titles[key].setBuddy(field)
            column.addWidget(self._titles[key])
        named(field, label.replace("&", "") or field.accessibleName(), help_text)
        column.addWidget(field)
        if help_text:
            column.addWidget(plain_label(help_text))
        self._fields[key], self._descriptions[key] = field, help_text
        self.add_fault_line(column, key)
        layout.addWidget(whole)
        self._watch(key, field)
        return whole

    def relabel(self, key: str, label: str) -> None:
        """Another label for a field."""
        self._titles[key].setText(label)
        self._fields[key].setAccessibleName(label.replace("&", ""))

    def add_fault_line(self, layout: QVBoxLayout, key: str, field: QWidget | None = None) -> None:
        """Where the fault of a field is said.

        :param field: what gets the focus for it, where that was not told yet.
        """
        self._lines[key] = FaultLine()
        layout.addWidget(self._lines[key])
        if field is not None:
            self._fields[key], self._descriptions[key] = field, field.accessibleDescription()

    def _watch(self, key: str, field: QWidget) -> None:
        if isinstance(field, QLineEdit):
            field.editingFinished.connect(lambda: self.leave(key))
            field.textEdited.connect(self.changed)
        elif isinstance(field, QComboBox):
            field.currentIndexChanged.connect(self.changed)
        elif isinstance(field, QAbstractButton):
            field.toggled.connect(self.changed)

    def filled_by(self, key: str, filler: QWidget) -> None:
        """Who goes from a field to this control has not left it yet: what is chosen there fills it."""
        self._fillers[key] = filler

    def leave(self, key: str) -> None:
        """A field was left; what is wrong with it may be said now, unless nothing was typed."""
        field, filler = self._fields[key], self._fillers.get(key)
        if filler is not None and filler.hasFocus():
            return
        if isinstance(field, QLineEdit) and field.text():
            self._left.add(key)
            self.changed()

    def changed(self) -> None:
        """Say what is wrong with the fields that were left."""
        self._say({key: text for key, text in self.faults().items() if key in self._left})

    def _say(self, faults: Mapping[str, str]) -> None:
        changed = False
        for key, line in self._lines.items():
            text = faults.get(key, "")
            if line.show_fault(text):
                changed = True
                described = f"{text} {self._descriptions[key]}".strip()
                self._fields[key].setAccessibleDescription(described)
                if text:
                    announce(self, text)
        if changed:
            QTimer.singleShot(0, self, self.refit)

    def accept(self) -> None:
        """Close with the answer, or say all that is wrong and go to the first of it."""
        if self.sound():
            super().accept()

    def sound(self) -> bool:
        """Whether nothing is wrong; else all of it is said, and the first field has the focus."""
        self._left = set(self._lines)
        faults = self.faults()
        self._say(faults)
        first = next((self._fields[key] for key in self._lines if key in faults), None)
        if first is None:
            return True
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()
        QTimer.singleShot(0, self, lambda: self.scroll_to(first))
        return False


class Choices(QWidget):
    """A few values to choose from, one button each with a sentence under it.

    :param words: each value's label, with its Alt key, and its sentence.
    :param chosen: the value chosen at first; None for none.
    """

    def __init__(
        self, name: str, words: Mapping[object, tuple[str, str]], chosen: object | None, changed: Callable[[], None]
    ) -> None:
        super().__init__()
        named(self, name)
        self._values = list(words)
        self._sentences: dict[int, tuple[QLabel, str]] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        indent = self.style().pixelMetric(QStyle.PixelMetric.PM_ExclusiveIndicatorWidth)
        indent += self.style().pixelMetric(QStyle.PixelMetric.PM_RadioButtonLabelSpacing)
        for number, (label, detail) in enumerate(words.values()):
            button = named(QRadioButton(label), label.replace("&", ""), detail)
            self._group.addButton(button, number)
            column.addWidget(button)
            if detail:
                sentence = plain_label(detail)
                sentence.setContentsMargins(indent, 0, 0, 4)
                column.addWidget(sentence)
                self._sentences[number] = (sentence, detail)
        self.choose(chosen)
        self._group.idToggled.connect(lambda _number, on: changed() if on else None)

    def value(self) -> object | None:
        """The chosen value."""
        number = self._group.checkedId()
        return None if number < 0 else self._values[number]

    def choose(self, value: object | None) -> None:
        """Choose a value; None leaves all as they are."""
        if value is not None:
            self._group.button(self._values.index(value)).setChecked(True)

    def grey(self, reasons: Mapping[Any, str]) -> None:
        """Let the values that cannot work not be chosen; their sentence is the reason."""
        for number, (label, detail) in self._sentences.items():
            reason = reasons.get(self._values[number], "")
            label.setText(reason or detail)
            button = self._group.button(number)
            button.setAccessibleDescription(reason or detail)
            button.setEnabled(not reason)

    def focused(self) -> QWidget:
        """The button that gets the focus for the whole."""
        return self._group.checkedButton() or self._group.button(0)
