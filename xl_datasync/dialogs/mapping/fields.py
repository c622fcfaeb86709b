"""The fields of the mapping dialog's side panel: what can be said of a column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QCompleter,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from xl_datasync.core.mapping import Part
from xl_datasync.dialogs.form_dialog import FaultLine
from xl_datasync.dialogs.mapping.details import COMMON_ZONES, DATE_FORMATS, PERCENT_WORDS, Details
from xl_datasync.dialogs.parts import announce, named, plain_label

LABELS = {
    "default": "Where a cell is &empty, send",
    "date_format": "How &dates typed as text are written",
    "time_zone": "Time &zone of these times",
    "percent_style": "Per&centages",
    "yes_words": "Words for &yes, with commas",
    "no_words": "Words for &no, with commas",
}
KEEP = "&Keep numbers and dates as shown"
KEEP_HELP = "1.50 stays 1.50. A code shown as 00501 keeps its zeros either way."
NOTHING, SAME, TOGETHER = range(3)
Told = Callable[[str, Any], object]


class Fields(QWidget):
    """Every field there is, in one column; :class:`panel.Panel` shows those that mean something.

    :param told: is given a setting's name and its new value.
    """

    def __init__(self, columns: list[str], told: Told) -> None:
        super().__init__()
        self._told, self._columns = told, columns
        self._shown = Details("", "")
        self._left: set[str] = set()
        self._fields: dict[str, QWidget] = {}
        self._labels: dict[str, QLabel] = {}
        self._helps: dict[str, QLabel] = {}
        self._faults: dict[str, FaultLine] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(10, 0, 4, 0)

    def _add(self, name: str, field: QWidget, label: str = "", help_text: str = "") -> None:
        if label:
            self._labels[name] = QLabel(label)
            self._labels[name].setBuddy(field)
            self._box.addWidget(self._labels[name])
            named(field, label.replace("&", ""))
        self._fields[name] = field
        self._faults[name] = FaultLine()
        self._box.addWidget(field)
        if help_text:
            self._helps[name] = plain_label(help_text)
            field.setAccessibleDescription(help_text)
            self._box.addWidget(self._helps[name])
        self._box.addWidget(self._faults[name])

    def _line(self, name: str, label: str) -> QLineEdit:
        line = QLineEdit()
        line.textEdited.connect(lambda text: self._told(name, text))
        line.editingFinished.connect(lambda: self._leave(name))
        self._add(name, line, label)
        return line

    def _combo(self, name: str, words: tuple[str, ...], placeholder: str) -> QComboBox:
        """A line to type in with some words offered."""
        combo = QComboBox()
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.addItems(["", *words])
        line = named(QLineEdit(), LABELS[name].replace("&", ""))
        line.setPlaceholderText(placeholder)
        combo.setLineEdit(line)
        line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to the whole, once
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        line.editingFinished.connect(lambda: self._leave(name))
        combo.editTextChanged.connect(lambda text: self._told(name, text))
        self._add(name, combo, LABELS[name])
        return combo

    def add_settings(self) -> None:
        """How the cells of a sheet column are read and sent."""
        self._line("default", LABELS["default"])
        self._combo("date_format", DATE_FORMATS, "such as MM/DD/YYYY; D MMM YYYY")
        zones = self._combo("time_zone", COMMON_ZONES, "such as America/New_York")
        self._zones = QStringListModel(zones)
        completer = QCompleter(self._zones, zones)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        zones.setCompleter(completer)
        self._percent = percent = QComboBox()
        percent.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._percents = list(PERCENT_WORDS)
        percent.addItems(list(PERCENT_WORDS.values()))
        percent.currentIndexChanged.connect(lambda row: self._told("percent_style", self._percents[row]))
        self._add("percent_style", percent, LABELS["percent_style"])
        self._keep = keep = named(QCheckBox(KEEP), KEEP.replace("&", ""))
        keep.toggled.connect(lambda on: self._told("keep_text", on))
        self._add("keep_text", keep, help_text=KEEP_HELP)
        self._line("yes_words", LABELS["yes_words"])
        self._line("no_words", LABELS["no_words"])

    def add_fillings(self) -> None:
        """What a portal column without a sheet column gets."""
        self._ways = QButtonGroup(self)
        for number, text in enumerate(
            ("It stays &blank", "The same &value in every row", "Put toget&her from sheet columns")
        ):
            button = named(QRadioButton(text), text.replace("&", ""))
            self._ways.addButton(button, number)
            self._box.addWidget(button)
            if number == SAME:
                fixed = named(QLineEdit(), "The value of every row")
                fixed.textEdited.connect(lambda typed: self._told("fixed", typed))
                fixed.editingFinished.connect(lambda: self._leave("fixed"))
                self._add("fixed", fixed)
        self._ways.idClicked.connect(lambda number: self._told("way", number))
        self._parts: dict[Part, QComboBox] = {}
        self._sheet = QStringListModel(["", *self._columns], self)
        for part in Part:
            combo = QComboBox()
            combo.setModel(self._sheet)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.activated.connect(lambda _row: self._told("parts", self.chosen_parts()))
            self._parts[part] = combo
            self._add(part.name, combo, part.value)

    def chosen_parts(self) -> dict[Part, int]:
        """The sheet columns chosen for the parts of a place."""
        return {part: combo.currentIndex() - 1 for part, combo in self._parts.items() if combo.currentIndex() > 0}

    def _leave(self, name: str) -> None:
        """A field was left: what is wrong with it may be said now."""
        self._left.add(name)
        self.show_faults()

    def show_faults(self) -> None:
        """A field is not called faulty before it was left once; from then on with every key."""
        faults = dict(self._shown.faults)
        for name, line in self._faults.items():
            text = faults.get(name, "") if name in self._left else ""
            if line.show_fault(text):
                self._fields[name].setAccessibleDescription(text)
                if text:
                    announce(self, text)
