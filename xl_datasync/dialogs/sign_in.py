"""Signing in to a portal that is known, and to one that may be new."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from xl_datasync.core.connection import Connection, SignInType
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.fields import PortalFields, SecretFields, portal_choice
from xl_datasync.dialogs.forms import Answer, ConnectionForm, SignedIn, SignInForm
from xl_datasync.dialogs.parts import heading_label, plain_label, shown_answer
from xl_datasync.dialogs.portal_model import NewPortal, named_connection, new_connection
from xl_datasync.dialogs.portals import Tested
from xl_datasync.dialogs.sign_in_model import (
    TypedConnection,
    answer_of,
    connection_faults,
    sign_in_faults,
    signed_in,
)
from xl_datasync.dialogs.tested_form import Subject, TestedDialog
from xl_datasync.dialogs.trial_note import TrialNote


class SignInDialog(TestedDialog):
    """Asks for the sign-in of one portal."""

    def __init__(self, form: SignInForm, parent: QWidget | None = None, errands: Errands | None = None) -> None:
        connection = form.connection
        super().__init__(f"Sign in to {connection.name}", "Sign in", parent, errands)
        self._form = form
        self._type = connection.sign_in_type
        self.body.addWidget(heading_label(f"Sign in to {connection.name}"))
        self.body.addWidget(plain_label(connection.host))
        self.body.addWidget(TrialNote(connection))
        self.fields = SecretFields(
            self,
            self.body,
            lambda: self._type,
            lambda: connection,
            connection.user,
            vault=form.vault,
            keep_asked=form.keep_asked,
        )
        self.add_test(self.body, self.fields.page)
        self.body.addStretch(1)
        self.fields.focus()

    def own_faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return sign_in_faults(self.fields.typed(), self._type)

    def subject(self) -> Subject:
        """What is tried."""
        return Subject(self._form.connection, self.answer().sign_in, self._form.dataset_id)

    def answer(self) -> Answer:
        """The sign-in."""
        return answer_of(self.fields.typed())


class ConnectionDialog(TestedDialog):
    """Asks which portal, and for its sign-in."""

    def __init__(self, form: ConnectionForm, parent: QWidget | None = None, errands: Errands | None = None) -> None:
        super().__init__("Sign in to a portal", "Sign in", parent, errands)
        self._form = form
        self.body.addWidget(heading_label("Sign in to a portal"))
        names = [one.name for one in form.connections]
        self.portal = portal_choice(names, names[0] if names else None, foreign=True)
        chooser = self.add_field(self.body, "portal", "&Portal", self.portal)
        chooser.setVisible(bool(names))
        self.host = plain_label("")
        self.body.addWidget(self.host)
        self.trial_note = TrialNote(None)
        self.body.addWidget(self.trial_note)
        self.new = PortalFields(self, self.body, NewPortal(), with_user=False)
        self.fields = SecretFields(self, self.body, self._kind, self._portal, "", vault=form.vault, keep_asked=True)
        self.add_test(self.body, self.fields.page)
        self.body.addStretch(1)
        self.portal.currentIndexChanged.connect(self._chosen)
        self.new.kind.currentIndexChanged.connect(self.fields.relabel)
        self.new.address.editingFinished.connect(self._addressed)
        self._chosen()
        if names:
            self.fields.focus()
        else:
            self.new.address.setFocus()

    def _known_portal(self) -> Connection | None:
        return named_connection(self._form.connections, self.portal.currentData())

    def _portal(self) -> Connection | None:
        """The chosen portal, or the one that is typed as soon as it can be one."""
        return self._known_portal() or new_connection(self.new.typed())

    def _addressed(self) -> None:
        """What belongs to a portal that was typed."""
        self.trial_note.tell(self._portal())
        self.fields.relabel()
        self.refit()

    def _kind(self) -> SignInType:
        known = self._known_portal()
        return known.sign_in_type if known else self.new.sign_in_type()

    def _chosen(self) -> None:
        """Show what belongs to the chosen portal; a secret that was typed for another one is cleared."""
        known = self._known_portal()
        self.new.show(shown=known is None)
        self.host.setText(known.address if known else "")
        self.host.setVisible(known is not None)
        self.trial_note.tell(self._portal())
        self.fields.user.setText(known.user if known else "")
        self.fields.secret.clear()
        self.fields.relabel()
        self.refit(exact=True)

    def typed(self) -> TypedConnection:
        """What was chosen and typed."""
        return TypedConnection(self.portal.currentData(), self.new.typed(), self.fields.typed())

    def own_faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return connection_faults(self._form, self.typed())

    def subject(self) -> Subject:
        """What is tried."""
        answer = self.answer()
        dataset_id = self._form.datasets.get(answer.connection.name, "")
        return Subject(answer.connection, answer.answer.sign_in, dataset_id)

    def trouble_field(self, tested: Tested) -> str:
        """A new portal that cannot be reached may have another address."""
        return "address" if tested.unreached and self._known_portal() is None else "secret"

    def answer(self) -> SignedIn:
        """The portal and its sign-in."""
        return signed_in(self._form, self.typed())


def ask_sign_in(form: SignInForm, parent: QWidget | None = None, errands: Errands | None = None) -> Answer | None:
    """Ask for the sign-in of one portal.

    :param errands: try it at the portal; without them it is taken as it is typed.
    """
    dialog = SignInDialog(form, parent, errands)
    return shown_answer(dialog, dialog.answer)


def ask_connection(
    form: ConnectionForm, parent: QWidget | None = None, errands: Errands | None = None
) -> SignedIn | None:
    """Ask which portal, and for its sign-in.

    :param errands: try it at the portal; without them it is taken as it is typed.
    """
    dialog = ConnectionDialog(form, parent, errands)
    return shown_answer(dialog, dialog.answer)
