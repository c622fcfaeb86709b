"""Joining a sheet to a dataset: which portal, which dataset, how to update."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtWidgets import QGroupBox, QLineEdit, QVBoxLayout, QWidget

from xl_datasync.core.connection import Connection, portal_address
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.dialogs.catalog_field import searched
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.fields import PortalFields, portal_choice
from xl_datasync.dialogs.form_dialog import Choices, FormDialog
from xl_datasync.dialogs.forms import FOREIGN, Link, LinkForm
from xl_datasync.dialogs.found_table import WITH_LIST
from xl_datasync.dialogs.link_model import TypedLink, accept_word, first_typed, link_faults, link_of, title_of
from xl_datasync.dialogs.parts import shown_answer
from xl_datasync.dialogs.portal_model import host_of, known_portal, named_connection, new_connection
from xl_datasync.dialogs.portals import PortalDesk
from xl_datasync.dialogs.trial_note import TrialNote
from xl_datasync.dialogs.words import METHOD_WORDS

METHOD_KEYS = {
    Method.REPLACE: "&Replace all rows",
    Method.APPEND: "A&dd rows",
    Method.UPSERT: "&Update and add",
    Method.DELETE: "D&elete listed rows",
}


class LinkDialog(FormDialog):
    """Asks where a sheet is published, and how.

    :param errands: do what the search needs; without them, or without portals, nothing is searched for.
    """

    letters_wide = WITH_LIST

    def __init__(
        self,
        form: LinkForm,
        parent: QWidget | None = None,
        errands: Errands | None = None,
        portals: PortalDesk | None = None,
    ) -> None:
        super().__init__(title_of(form), accept_word(form), parent)
        self._form = form
        first = first_typed(form)
        self.link = QLineEdit(first.dataset_link)
        self.link.setPlaceholderText("https://data.example.gov/d/abcd-1234")
        self.search = searched(self, self.body, "dataset_link", self.link, self._chosen_portal, errands, portals)
        self.portal = portal_choice([one.name for one in form.connections], first.chosen, foreign=True)
        chooser = self.add_field(self.body, "portal", "&Portal", self.portal)
        chooser.setVisible(bool(form.connections))
        self.trial_note = TrialNote(None)
        self.body.addWidget(self.trial_note)
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
        self.new.address.textChanged.connect(self._moved)
        self._chosen()
        self.link.setFocus()
        if self.search and first.dataset_link:
            self.search.again()

    def _follow(self, text: str) -> None:
        """A pasted link says which portal it is."""
        known, host = known_portal(text, self._form.connections), host_of(text)
        if known:
            self.portal.setCurrentText(known)
        elif host and self._form.connections and self._form.known is None and not self._leads_here(host):
            self.portal.setCurrentText(FOREIGN)
        if host and self.portal.currentData() is None and not self.new.address.text():
            with suppress(ConfigurationError):  # what is pasted may be anything
                self.new.address.setText(portal_address(host))

    def _leads_here(self, host: str) -> bool:
        """Whether the chosen portal has that host: two connections may share one."""
        place = self._chosen_portal()
        return place is not None and place.host.casefold() == host

    def _chosen_portal(self) -> Connection | None:
        """The chosen portal, or the one that is typed as soon as it can be one."""
        known = self.portal.currentData()
        return named_connection(self._form.connections, known) if known else new_connection(self.new.typed())

    def _chosen(self) -> None:
        self.new.show(shown=self.portal.currentData() is None)
        self._moved()
        self.refit(exact=True)

    def _moved(self) -> None:
        """Another portal has other datasets."""
        self.trial_note.tell(self._chosen_portal())
        if self.search and self.link.text().strip():
            self.search.again()

    def changed(self) -> None:
        """What is known of the dataset decides which ways to update there are."""
        if self.search:
            self.method.grey(self.search.reasons)
        super().changed()

    def typed(self) -> TypedLink:
        """What was chosen and typed."""
        method = self.method.value()
        return TypedLink(
            self.portal.currentData(),
            self.new.typed(),
            self.link.text(),
            method if isinstance(method, Method) else None,
            self.search.fault(self.link.text()) if self.search else "",
            self.search.reasons if self.search else {},
            self.search.dataset if self.search else None,
        )

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return link_faults(self._form, self.typed())

    def answer(self) -> Link:
        """Where the sheet is published, and how."""
        return link_of(self.typed())


def ask_link(
    form: LinkForm,
    parent: QWidget | None = None,
    errands: Errands | None = None,
    portals: PortalDesk | None = None,
) -> Link | None:
    """Ask where a sheet is published, and how."""
    dialog = LinkDialog(form, parent, errands, portals)
    return shown_answer(dialog, dialog.answer)
