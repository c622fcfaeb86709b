"""Signing in to a portal that is known, and to one that may be new."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QStyle, QWidget

from xl_datasync.core.connection import SignInType
from xl_datasync.dialogs.fields import PortalFields, SecretFields, portal_choice
from xl_datasync.dialogs.form_dialog import FormDialog
from xl_datasync.dialogs.forms import Answer, ConnectionForm, SignedIn, SignInForm
from xl_datasync.dialogs.parts import heading_label, note_row, plain_label, shown_answer
from xl_datasync.dialogs.portal_model import NewPortal
from xl_datasync.dialogs.sign_in_model import (
    TypedConnection,
    answer_of,
    connection_faults,
    connection_of,
    proposed,
    sign_in_faults,
    signed_in,
)


class SignInDialog(FormDialog):
    """Asks for the sign-in of one portal."""

    def __init__(self, form: SignInForm, parent: QWidget | None = None) -> None:
        connection = form.connection
        super().__init__(f"Sign in to {connection.name}", "Sign in", parent)
        self._kind = connection.sign_in_type
        self.body.addWidget(heading_label(f"Sign in to {connection.name}"))
        self.body.addWidget(plain_label(connection.host))
        if form.trouble:
            self.body.addWidget(note_row(form.trouble, QStyle.StandardPixmap.SP_MessageBoxWarning))
        self.fields = SecretFields(
            self, self.body, lambda: self._kind, connection.user, vault=form.vault, keep_asked=form.keep_asked
        )
        self.body.addStretch(1)
        self.fields.focus()

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return sign_in_faults(self.fields.typed(), self._kind)

    def answer(self) -> Answer:
        """The sign-in."""
        return answer_of(self.fields.typed())


class ConnectionDialog(FormDialog):
    """Asks which portal, and for its sign-in."""

    def __init__(self, form: ConnectionForm, parent: QWidget | None = None) -> None:
        super().__init__("Sign in to a portal", "Sign in", parent)
        self._form = form
        self.body.addWidget(heading_label("Sign in to a portal"))
        if form.trouble:
            self.body.addWidget(note_row(form.trouble, QStyle.StandardPixmap.SP_MessageBoxWarning))
        names = [one.name for one in form.connections]
        self.portal = portal_choice(names, proposed(form), foreign=True)
        chooser = self.add_field(self.body, "portal", "&Portal", self.portal)
        chooser.setVisible(bool(names))
        self.host = plain_label("")
        self.body.addWidget(self.host)
        self.new = PortalFields(self, self.body, NewPortal(), with_user=False)
        self.fields = SecretFields(self, self.body, self._kind, "", vault=form.vault, keep_asked=True)
        self.body.addStretch(1)
        self.portal.currentIndexChanged.connect(self._chosen)
        self.new.kind.currentIndexChanged.connect(self.fields.relabel)
        self._chosen()
        if names:
            self.fields.focus()
        else:
            self.new.address.setFocus()

    def _kind(self) -> SignInType:
        known = connection_of(self._form, self.portal.currentData())
        return known.sign_in_type if known else self.new.sign_in_type()

    def _chosen(self) -> None:
        """Show what belongs to the chosen portal; a secret that was typed for another one is cleared."""
        known = connection_of(self._form, self.portal.currentData())
        self.new.show(shown=known is None)
        self.host.setText(known.address if known else "")
        self.host.setVisible(known is not None)
        self.fields.user.setText(known.user if known else "")
        self.fields.secret.clear()
        self.fields.relabel()
        self.refit(exact=True)

    def typed(self) -> TypedConnection:
        """What was chosen and typed."""
        return TypedConnection(self.portal.currentData(), self.new.typed(), self.fields.typed())

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return connection_faults(self._form, self.typed())

    def answer(self) -> SignedIn:
        """The portal and its sign-in."""
        return signed_in(self._form, self.typed())


def ask_sign_in(form: SignInForm, parent: QWidget | None = None) -> Answer | None:
    """Ask for the sign-in of one portal."""
    dialog = SignInDialog(form, parent)
    return shown_answer(dialog, dialog.answer)


def ask_connection(form: ConnectionForm, parent: QWidget | None = None) -> SignedIn | None:
    """Ask which portal, and for its sign-in."""
    dialog = ConnectionDialog(form, parent)
    return shown_answer(dialog, dialog.answer)
