"""Copying a dataset: which one, what of it, where to."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QGroupBox, QLineEdit, QVBoxLayout, QWidget

from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import What
from xl_datasync.dialogs.copy_model import METHODS, TypedCopy, copy_faults, copy_of, first_typed
from xl_datasync.dialogs.fields import portal_choice
from xl_datasync.dialogs.form_dialog import Choices, FormDialog
from xl_datasync.dialogs.forms import Copy, CopyForm
from xl_datasync.dialogs.parts import shown_answer
from xl_datasync.dialogs.portal_model import known_portal
from xl_datasync.dialogs.words import METHOD_WORDS, WHAT_WORDS

WHAT_KEYS = {What.BOTH: "Columns &and rows", What.COLUMNS: "&Columns only", What.ROWS: "&Rows only"}
METHOD_KEYS = {Method.REPLACE: "R&eplace all rows", Method.UPSERT: "&Update and add"}
FATES: dict[object, tuple[str, str]] = {
    False: ("As a &draft", "Only its editors see it, until somebody publishes it on the portal."),
    True: ("Pu&blished", "Who may see it is as the portal does by default for new datasets."),
}


class CopyDialog(FormDialog):
    """Asks what dataset is copied where."""

    def __init__(self, form: CopyForm, parent: QWidget | None = None) -> None:
        super().__init__("Copy a dataset", "Continue", parent)
        self._form = form
        self._first = first_typed(form)
        self._add_source()
        self._add_target()
        self.body.addStretch(1)
        self._show_what_matters()
        self.link.setFocus()

    def _add_source(self) -> None:
        first = self._first
        group = QGroupBox("Copy from")
        column = QVBoxLayout(group)
        self.link = QLineEdit(first.source_link)
        self.add_field(column, "source_link", "Dataset &link or ID", self.link)
        self.source = portal_choice(self._form.connections, first.source, foreign=False)
        self.add_field(column, "source", "&Portal", self.source)
        words: dict[object, tuple[str, str]] = {one: (WHAT_KEYS[one], WHAT_WORDS[one]) for one in WHAT_KEYS}
        self.what = Choices("What to copy", words, first.what, self._show_what_matters)
        column.addWidget(self.what)
        self.body.addWidget(group)
        self.link.textEdited.connect(self._follow)

    def _add_target(self) -> None:
        first = self._first
        group = QGroupBox("Copy to")
        column = QVBoxLayout(group)
        self.target = portal_choice(self._form.connections, first.target, foreign=False)
        self.add_field(column, "target", "P&ortal", self.target)
        self.title = QLineEdit(first.title)
        help_text = "Left blank, it has the title of the dataset that is copied."
        new_title = self.add_field(column, "title", "&Title of the new dataset", self.title, help_text)
        self.fate = Choices("How the new dataset is left", FATES, first.publish, self.changed)
        column.addWidget(self.fate)
        self.to_link = QLineEdit(first.to_link)
        to_dataset = self.add_field(column, "to_link", "Li&nk or ID of the dataset that gets the rows", self.to_link)
        words: dict[object, tuple[str, str]] = {one: (METHOD_KEYS[one], _copied(one)) for one in METHODS}
        self.method = Choices("How to update", words, first.method, self.changed)
        column.addWidget(self.method)
        self.body.addWidget(group)
        self._for_new: tuple[QWidget, ...] = (new_title, self.fate)
        self._for_rows: tuple[QWidget, ...] = (to_dataset, self.method)

    def _follow(self, text: str) -> None:
        """A pasted link says which portal it is."""
        known = known_portal(text, self._form.hosts)
        if known in self._form.connections:
            self.source.setCurrentText(known)

    def _show_what_matters(self) -> None:
        makes = self.typed().what.makes_dataset
        for widget in self._for_new:
            widget.setVisible(makes)
        for widget in self._for_rows:
            widget.setVisible(not makes)
        self.changed()
        self.refit(exact=True)

    def typed(self) -> TypedCopy:
        """What was chosen and typed."""
        what, method = self.what.value(), self.method.value()
        return TypedCopy(
            source=self.source.currentText(),
            target=self.target.currentText(),
            source_link=self.link.text(),
            what=what if isinstance(what, What) else self._first.what,
            title=self.title.text(),
            publish=bool(self.fate.value()),
            to_link=self.to_link.text(),
            method=method if isinstance(method, Method) else self._first.method,
        )

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return copy_faults(self._form, self.typed())

    def answer(self) -> Copy:
        """What dataset is copied where."""
        return copy_of(self.typed())


def _copied(method: Method) -> str:
    """What a method does to the dataset that gets the rows."""
    if method is Method.REPLACE:
        return "The copied rows take the place of all rows that are there."
    return METHOD_WORDS[method]


def ask_copy(form: CopyForm, parent: QWidget | None = None) -> Copy | None:
    """Ask what dataset is copied where."""
    dialog = CopyDialog(form, parent)
    return shown_answer(dialog, dialog.answer)
