"""Choosing one of several, and where a file goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QListView, QWidget

from xl_datasync.dialogs.forms import CsvForm, Option
from xl_datasync.dialogs.parts import Dialog, named, plain_label, shown_answer

ROWS_SHOWN = 8
_NOWHERE = QModelIndex()


class Options(QAbstractListModel):
    """The options as Qt asks for them: one line, or two where there is a detail."""

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self.options = tuple(options)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:  # noqa: N802  # Qt's own name
        """How many there are."""
        return 0 if parent.isValid() else len(self.options)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """An option's words; the same for eyes and for screen readers."""
        option = self.options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{option.label}\n{option.detail}" if option.detail else option.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{option.label}. {option.detail}" if option.detail else option.label
        return None


class ChooseDialog(Dialog):
    """A list to choose one of; the arrows move, letters jump, Return takes."""

    def __init__(self, title: str, question: str, options: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.options = Options(options)
        self.list = named(QListView(), question.rstrip(":?."))
        self.list.setModel(self.options)
        self.list.setUniformItemSizes(len({bool(option.detail) for option in options}) <= 1)
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        lines = sum(2 if option.detail else 1 for option in options[:ROWS_SHOWN])
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * (lines + 1) + 6 * min(len(options), ROWS_SHOWN))
        self.body.addWidget(plain_label(question))
        self.body.addWidget(self.list, stretch=1)
        self.ok = self.button("Choose", QDialogButtonBox.ButtonRole.AcceptRole, default=True)
        self.button("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.ok.setEnabled(bool(options))
        if options:
            self.list.setCurrentIndex(self.options.index(0))
        self.list.doubleClicked.connect(self.accept)
        self.list.setFocus()

    def answer(self) -> Any:
        """The value of the chosen option."""
        return self.options.options[self.list.currentIndex().row()].value


def choose(title: str, question: str, options: Sequence[Option], parent: QWidget | None = None) -> Any:
    """Ask for one of several; its value, or None."""
    dialog = ChooseDialog(title, question, options, parent)
    return shown_answer(dialog, dialog.answer)


def ask_csv(form: CsvForm, parent: QWidget | None = None) -> Path | None:
    """Ask where a CSV file goes; the system's own window, which also asks before a file is written over."""
    dialog = QFileDialog(parent, form.title, str(form.suggested.parent), "CSV files (*.csv);;All files (*)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.selectFile(form.suggested.name)
    return shown_answer(dialog, lambda: Path(dialog.selectedFiles()[0]))
