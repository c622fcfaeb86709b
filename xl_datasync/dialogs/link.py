"""Joining a sheet to a dataset: which portal, which dataset, how to update."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QGroupBox, QLineEdit, QVBoxLayout, QWidget

from xl_datasync.core.delivery import Method
from xl_datasync.dialogs.fields import PortalFields, portal_choice
from xl_datasync.dialogs.form_dialog import Choices, FormDialog
from xl_datasync.dialogs.forms import FOREIGN, Link, LinkForm
from xl_datasync.dialogs.link_model import TypedLink, accept_word, first_typed, link_faults, link_of, title_of
from xl_datasync.dialogs.parts import shown_answer
from xl_datasync.dialogs.portal_model import host_of, known_portal
from xl_datasync.dialogs.words import METHOD_WORDS

METHOD_KEYS = {
    Method.REPLACE: "&Replace all rows",
    Method.APPEND: "A&dd rows",
    Method.UPSERT: "&Update and add",
    Method.DELETE: "D&elete listed rows",
}


class LinkDialog(FormDialog):
    """Asks where a sheet is published, and how."""

    def __init__(self, form: LinkForm, parent: QWidget | None = None) -> None:
        super().__init__(title_of(form), accept_word(form), parent)
        self._form = form
        first = first_typed(form)
        self.link = QLineEdit(first.dataset_link)
        self.link.setPlaceholderText("https://data.example.gov/d/abcd-1234")
        help_text = "Copy it from the browser's address bar while it shows the dataset."
        self.add_field(self.body, "dataset_link", "Dataset &link or ID", self.link, help_text)
        self.portal = portal_choice(form.connections, first.chosen, foreign=True)
        chooser = self.add_field(self.body, "portal", "&Portal", self.portal)
        chooser.setVisible(bool(form.connections))
        self.new = PortalFields(self, self.body, first.portal, with_user=True)
        group = QGroupBox("How to update")
        column = QVBoxLayout(group)
        words: dict[object, tuple[str, str]] = {one: (METHOD_KEYS[one], METHOD_WORDS[one]) for one in Method}
        self.method = Choices("How to update", words, first.method, self.changed)
        column.addWidget(self.method)
        self.add_fault_line(column, "method", self.method.focused())
        self.body.addWidget(group)
        self.body.addStretch(1)
        self.link.textEdited.connect(self._follow)
        self.portal.currentIndexChanged.connect(self._chosen)
        self._chosen()
        self.link.setFocus()

    def _follow(self, text: str) -> None:
        """A pasted link says which portal it is."""
        known, host = known_portal(text, self._form.hosts), host_of(text)
        if known in self._form.connections:
            self.portal.setCurrentText(known)
        elif host and self._form.hosts and self._form.known is None:
            self.portal.setCurrentText(FOREIGN)
        if host and self.portal.currentData() is None and not self.new.address.text():
            self.new.address.setText(f"https://{host}")

    def _chosen(self) -> None:
        self.new.show(shown=self.portal.currentData() is None)
        self.refit(exact=True)

    def typed(self) -> TypedLink:
        """What was chosen and typed."""
        method = self.method.value()
        return TypedLink(
            self.portal.currentData(),
            self.new.typed(),
            self.link.text(),
            method if isinstance(method, Method) else None,
        )

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return link_faults(self._form, self.typed())

    def answer(self) -> Link:
        """Where the sheet is published, and how."""
        return link_of(self.typed())


def ask_link(form: LinkForm, parent: QWidget | None = None) -> Link | None:
    """Ask where a sheet is published, and how."""
    dialog = LinkDialog(form, parent)
    return shown_answer(dialog, dialog.answer)
