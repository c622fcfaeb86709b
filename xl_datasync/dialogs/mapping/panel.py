"""The side panel of the mapping dialog: the settings of the row the person is at, and what its first rows become."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QWidget,
)

from xl_datasync.core.mapping import Part
from xl_datasync.dialogs.mapping.details import Details
from xl_datasync.dialogs.mapping.fields import LABELS, NOTHING, SAME, TOGETHER, Fields, Told
from xl_datasync.dialogs.mapping.hurdles import time_zones
from xl_datasync.dialogs.parts import heading_label, named, note_row, plain_label

LEAST = 120


class Panel(Fields):
    """Shows :class:`Details`, and tells what is changed.

    :param told: is given a setting's name and its new value.
    """

    def __init__(self, columns: list[str], told: Told) -> None:
        super().__init__(columns, told)
        self._first = ""
        box = self._box
        self._heading, self._facts = heading_label(""), plain_label("")
        box.addWidget(self._heading)
        box.addWidget(self._facts)
        self._guess = note_row("This match is a guess. Is it right?", QStyle.StandardPixmap.SP_MessageBoxWarning)
        self.right = named(QPushButton("It is &right"), "It is right", "Confirms the guess")
        self.right.setAutoDefault(False)
        self.right.clicked.connect(lambda: told("confirm", True))
        box.addWidget(self._guess)
        box.addWidget(self.right)
        self.add_fillings()
        self.add_settings()
        self._becomes_title = QLabel("The first rows become")
        self._becomes = plain_label("", selectable=True)
        self._problems = note_row("", QStyle.StandardPixmap.SP_MessageBoxWarning)
        self._problem_text = self._problems.findChildren(QLabel)[-1]
        self.go = named(QPushButton("Go to the first ce&ll"), "Go to the first cell", "Shows it in Excel")
        self.go.setAutoDefault(False)
        self.go.clicked.connect(lambda: told("go", self._first))
        font = self._becomes_title.font()
        font.setBold(True)
        self._becomes_title.setFont(font)
        for widget in (self._becomes_title, self._becomes, self._problems, self.go):
            box.addWidget(widget)
        box.addStretch(1)

    # showing

    def show_details(self, shown: Details, parts: dict[Part, int], offered: tuple[Part, ...]) -> None:
        """Show a row; fields that mean nothing for it are not there."""
        if shown.heading != self._shown.heading:
            self._left.clear()
        self._shown = shown
        self._heading.setText(shown.heading)
        self._facts.setText(shown.facts)
        self._guess.setVisible(shown.guess)
        self.right.setVisible(shown.guess)
        self._show_filling(shown, parts, offered)
        self._show_settings(shown)
        self.show_faults()
        self._becomes_title.setVisible(bool(shown.becomes))
        self._becomes.setVisible(bool(shown.becomes))
        self._becomes.setText(shown.becomes)
        named(self._becomes, f"The first rows become: {shown.becomes}")
        self._problems.setVisible(bool(shown.problems))
        self._problem_text.setText(shown.problems)
        self.go.setVisible(bool(shown.first))
        self._first = shown.first

    def _show(self, name: str, *, visible: bool) -> None:
        self._fields[name].setVisible(visible)
        for beside in (self._labels, self._helps):
            if name in beside:
                beside[name].setVisible(visible)

    def _show_filling(self, shown: Details, parts: dict[Part, int], offered: tuple[Part, ...]) -> None:
        fillable = shown.alone and shown.fillable
        way = TOGETHER if parts else -1 if shown.filling is None else NOTHING if shown.filling.value is None else SAME
        if fillable and way < 0:
            way = self._way_begun(shown)
        for number in (NOTHING, SAME, TOGETHER):
            self._ways.button(number).setVisible(fillable and (number != TOGETHER or shown.together))
        with QSignalBlocker(self._ways):
            self._ways.setExclusive(False)
            for number in (NOTHING, SAME, TOGETHER):
                self._ways.button(number).setChecked(number == way)
            self._ways.setExclusive(True)
        self._show("fixed", visible=fillable and way == SAME)
        set_text(self._fields["fixed"], (shown.filling.value or "") if shown.filling else "")
        for part, combo in self._parts.items():
            self._show(part.name, visible=fillable and way == TOGETHER and part in offered)
            with QSignalBlocker(combo):
                combo.setCurrentIndex(parts[part] + 1 if part in parts else 0)

    def _way_begun(self, shown: Details) -> int:
        """A place that is about to be put together has no part yet."""
        return TOGETHER if self._together == shown.heading else -1

    _together = ""

    def begin_together(self, heading: str) -> None:
        """Offer the parts of a place, before one is chosen."""
        self._together = heading

    def _show_settings(self, shown: Details) -> None:
        settings = shown.settings
        for name in (*LABELS, "keep_text"):
            self._show(name, visible=settings is not None and name in shown.fields)
        if settings is None:
            return
        if "time_zone" in shown.fields and not self._zones.rowCount():
            self._zones.setStringList(time_zones())
        for name in ("default", "date_format", "time_zone", "yes_words", "no_words"):
            set_text(self._fields[name], getattr(settings, name))
        with QSignalBlocker(self._percent), QSignalBlocker(self._keep):
            self._percent.setCurrentIndex(self._percents.index(settings.percent_style))
            self._keep.setChecked(settings.keep_text)

    def focus_field(self, name: str) -> None:
        """Take the focus to a field, and say what is wrong there."""
        if field := self._fields.get(name):
            self._leave(name)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_fixed(self) -> None:
        """Take the focus to the value of every row."""
        self._fields["fixed"].setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """Take the focus to the first control that is there."""
        for control in (self.right, *self._ways.buttons(), *self._fields.values(), self.go):
            if control.isVisible() and control.isEnabled():
                control.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return


class Side(QScrollArea):
    """The panel scrolls by itself and asks for little height, so that the window scrolls only where it must."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setWidget(panel)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(LEAST)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's own name
        """As little as it can do with."""
        return QSize(super().sizeHint().width(), LEAST)


def set_text(field: QWidget, text: str) -> None:
    """Put a text into a field that a person may be typing in: only where it is another one."""
    line = field.lineEdit() if isinstance(field, QComboBox) else field
    if isinstance(line, QLineEdit) and line.text() != text:
        with QSignalBlocker(field):
            line.setText(text)
