"""Groups of fields that several windows have: a portal to choose, a new portal, a sign-in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xl_datasync.core.connection import Connection, SignInType
from xl_datasync.dialogs.form_dialog import FormDialog
from xl_datasync.dialogs.forms import FOREIGN
from xl_datasync.dialogs.parts import named, plain_label
from xl_datasync.dialogs.portal_model import NewPortal, proposed_name
from xl_datasync.dialogs.progress import open_target
from xl_datasync.dialogs.sign_in_model import NO_VAULT, TypedSignIn, sign_in_help, sign_in_page
from xl_datasync.dialogs.words import SECRET_LABEL, USER_LABEL

WITH_KEY = {"API key ID": "API &key ID", "User name": "User na&me"}
SECRET_WITH_KEY = {"API key secret": "API key &secret", "Password": "Pa&ssword"}


def portal_choice(names: Sequence[str], chosen: str | None, *, foreign: bool) -> QComboBox:
    """A list of portals.

    :param chosen: the portal shown at first; None for a new one.
    :param foreign: whether a new one may be given.
    """
    box = QComboBox()
    for name in names:
        box.addItem(name, name)
    if foreign:
        box.addItem(FOREIGN, None)
    box.setCurrentIndex(box.findData(chosen) if chosen in names else box.count() - 1)
    return box


class PortalFields:
    """The fields for a portal that is not known yet.

    :param with_user: whether the key ID or user name is asked for, which is no secret.
    """

    def __init__(self, dialog: FormDialog, layout: QVBoxLayout, portal: NewPortal, *, with_user: bool) -> None:
        self._dialog = dialog
        self._whole = QWidget()
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        self.address = QLineEdit(portal.address)
        self.address.setPlaceholderText("https://data.example.gov")
        dialog.add_field(column, "address", "Portal &address", self.address)
        self.name = QLineEdit(portal.name)
        dialog.add_field(column, "name", "Portal &name", self.name, "What your job sheet calls it.")
        self.kind = QComboBox()
        for kind in SignInType:
            self.kind.addItem(kind.value, kind)
        self.kind.setCurrentIndex(list(SignInType).index(portal.sign_in_type))
        dialog.add_field(column, "kind", "Sign in &with", self.kind)
        self.user = QLineEdit(portal.user)
        if with_user:
            dialog.add_field(
                column, "user", WITH_KEY["API key ID"], self.user, "May be left blank; no secret is asked for here."
            )
            self._relabel()
            self.kind.currentIndexChanged.connect(self._relabel)
        self._own_name = bool(portal.name)
        self.name.textEdited.connect(self._named_by_hand)
        self.address.textChanged.connect(self._propose_name)
        layout.addWidget(self._whole)

    def sign_in_type(self) -> SignInType:
        """How the portal is signed in to."""
        return SignInType(self.kind.currentText())

    def typed(self) -> NewPortal:
        """What was typed."""
        return NewPortal(self.address.text(), self.name.text(), self.sign_in_type(), self.user.text())

    def show(self, *, shown: bool) -> None:
        """Show the fields where a new portal was chosen."""
        self._whole.setVisible(shown)

    def _named_by_hand(self, text: str) -> None:
        self._own_name = bool(text)

    def _propose_name(self, address: str) -> None:
        """The name follows the address until somebody types another."""
        if not self._own_name:
            self.name.setText(proposed_name(address))

    def _relabel(self) -> None:
        self._dialog.relabel("user", WITH_KEY[USER_LABEL[self.sign_in_type()]])


class SecretFields:
    """The fields for a sign-in.

    :param kind: gives the way of signing in that is chosen.
    :param portal: gives the portal that is chosen; None where its address cannot be one yet.
    :param vault: the vault in words, None for none.
    :param keep_asked: whether there is a box for keeping it.
    :ivar page: the button for the page that the help speaks of; whoever makes the window places it.
    """

    def __init__(  # noqa: PLR0913  # the facts of one group of fields, the last two by name
        self,
        dialog: FormDialog,
        layout: QVBoxLayout,
        kind: Callable[[], SignInType],
        portal: Callable[[], Connection | None],
        user: str,
        *,
        vault: str | None,
        keep_asked: bool,
    ) -> None:
        self._dialog, self._kind, self._portal = dialog, kind, portal
        self._help = plain_label("")
        layout.addWidget(self._help)
        self.page = named(QPushButton("Open that pa&ge", dialog), "Open that page", "In your browser.")
        self.page.setAutoDefault(False)
        self.page.clicked.connect(lambda: open_target(sign_in_page(self._kind(), self._portal())))
        self.user = QLineEdit(user)
        dialog.add_field(layout, "user", "User", self.user)
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        dialog.add_field(layout, "secret", "Secret", self.secret)
        self.show_it = QCheckBox("Sh&ow the characters")
        named(self.show_it, "Show the characters of the secret")
        self.show_it.toggled.connect(self._show)
        layout.addWidget(self.show_it)
        self.keep = QCheckBox("Keep &it" if vault is None else f"Keep &it in {vault}")
        named(self.keep, self.keep.text().replace("&", ""), "Then it is not asked for again.")
        self.keep.setChecked(vault is not None)
        if keep_asked and vault is None:
            layout.addWidget(plain_label(NO_VAULT))
        elif keep_asked:
            layout.addWidget(self.keep)
        self.relabel()

    def typed(self) -> TypedSignIn:
        """What was typed."""
        return TypedSignIn(
            self.user.text(), self.secret.text(), self.keep.isChecked() and self.keep.parent() is not None
        )

    def relabel(self) -> None:
        """The labels and the help for the way of signing in that is chosen."""
        kind, portal = self._kind(), self._portal()
        self._help.setText(sign_in_help(kind, portal))
        self.page.setVisible(bool(sign_in_page(kind, portal)))
        self._dialog.relabel("user", WITH_KEY[USER_LABEL[kind]])
        self._dialog.relabel("secret", SECRET_WITH_KEY[SECRET_LABEL[kind]])

    def focus(self) -> None:
        """The first field that is blank gets the focus."""
        (self.secret if self.user.text() else self.user).setFocus()

    def _show(self, shown: bool) -> None:  # noqa: FBT001  # Qt gives one plain argument
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
