"""Copying a dataset: which one, what of it, where to."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QGroupBox, QLineEdit, QVBoxLayout, QWidget

from xl_datasync.core.connection import Connection
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import What
from xl_datasync.dialogs.catalog_field import searched
from xl_datasync.dialogs.copy_model import METHODS, TypedCopy, copy_faults, copy_of, first_typed
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.fields import portal_choice
from xl_datasync.dialogs.form_dialog import Choices, FormDialog
from xl_datasync.dialogs.forms import Copy, CopyForm
from xl_datasync.dialogs.found_table import WITH_LIST
from xl_datasync.dialogs.parts import shown_answer
from xl_datasync.dialogs.portal_model import known_portal, named_connection
from xl_datasync.dialogs.portals import PortalDesk
from xl_datasync.dialogs.words import METHOD_WORDS, WHAT_WORDS

WHAT_KEYS = {What.BOTH: "Columns &and rows", What.COLUMNS: "&Columns only", What.ROWS: "&Rows only"}
METHOD_KEYS = {Method.REPLACE: "R&eplace all rows", Method.UPSERT: "&Update and add"}
FATES: dict[object, tuple[str, str]] = {
    False: ("As a &draft", "Only its editors see it, until somebody publishes it on the portal."),
    True: ("Pu&blished", "Who may see it is as the portal does by default for new datasets."),
}


class CopyDialog(FormDialog):
    """Asks what dataset is copied where.

    :param errands: do what the search needs; without them, or without portals, nothing is searched for.
    """

    letters_wide = WITH_LIST

    def __init__(
        self,
        form: CopyForm,
        parent: QWidget | None = None,
        errands: Errands | None = None,
        portals: PortalDesk | None = None,
    ) -> None:
        super().__init__("Copy a dataset", "Continue", parent)
        self._form, self._names = form, [one.name for one in form.connections]
        self._errands, self._portals = errands, portals
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
        self.search = searched(
            self, column, "source_link", self.link, self._chosen_portal, self._errands, self._portals
        )
        self.source = portal_choice(self._names, first.source, foreign=False)
        self.source.currentIndexChanged.connect(self._moved)
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
        self.target = portal_choice(self._names, first.target, foreign=False)
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
        known = known_portal(text, self._form.connections)
        if known:
            self.source.setCurrentText(known)

    def _chosen_portal(self) -> Connection | None:
        return named_connection(self._form.connections, self.source.currentData())

    def _moved(self) -> None:
        """Another portal has other datasets."""
        if self.search and self.link.text().strip():
            self.search.again()

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
            search_fault=self.search.fault(self.link.text()) if self.search else "",
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


def ask_copy(
    form: CopyForm,
    parent: QWidget | None = None,
    errands: Errands | None = None,
    portals: PortalDesk | None = None,
) -> Copy | None:
    """Ask what dataset is copied where."""
    dialog = CopyDialog(form, parent, errands, portals)
    return shown_answer(dialog, dialog.answer)
