"""Windows whose sign-in is tried at the portal: by a button that says who it is, and before they close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStyle, QVBoxLayout, QWidget

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.form_dialog import FormDialog
from xl_datasync.dialogs.parts import announce, icon_label, named, plain_label
from xl_datasync.dialogs.portals import Tested, try_sign_in
from xl_datasync.dialogs.words import sentence

UNEXPECTED = "The portal's answer could not be understood. Check the portal's address, or try again later."


@dataclass(frozen=True)
class Subject:
    """What is tried: a sign-in at a portal, and a dataset whose rights matter; ``""`` for none."""

    connection: Connection
    sign_in: SignIn
    dataset_id: str = ""


class TestedDialog(FormDialog):
    """A form whose answer holds a sign-in. Where nobody does errands it is not tried, and closes at once.

    Whoever makes one gives :meth:`own_faults` and :meth:`subject`, and places the button by :meth:`add_test`.
    """

    __test__ = False  # no test of pytest's

    def __init__(self, title: str, accept_word: str, parent: QWidget | None, errands: Errands | None) -> None:
        super().__init__(title, accept_word, parent)
        self._errands = errands
        self._asked: Subject | None = None
        self._closes = False
        self._known: tuple[Subject, Tested] | None = None

    def own_faults(self) -> Mapping[str, str]:
        """What is wrong, by field, without asking the portal."""
        raise NotImplementedError

    def subject(self) -> Subject:
        """What is tried; asked only where nothing is wrong."""
        raise NotImplementedError

    def trouble_field(self, tested: Tested) -> str:  # noqa: ARG002  # others tell troubles apart
        """The field a trouble is said at."""
        return "secret"

    def add_test(self, layout: QVBoxLayout, beside: QWidget) -> None:
        """The button, another one beside it, and the line for what came of it."""
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        self.test = named(QPushButton("&Test"), "Test", "Asks the portal who you are and what you may change.")
        self.test.setAutoDefault(False)
        self.test.clicked.connect(lambda: self._try(closes=False))
        if self._errands is None:
            self.test.hide()
        row.addWidget(self.test)
        row.addWidget(beside)
        row.addStretch(1)
        column.addLayout(row)
        self._result = QWidget()
        line = QHBoxLayout(self._result)
        line.setContentsMargins(0, 0, 0, 0)
        information = QStyle.StandardPixmap.SP_MessageBoxInformation
        line.addWidget(icon_label(information, QStyle.PixelMetric.PM_SmallIconSize))
        self.said = plain_label("", selectable=False)
        line.addWidget(self.said, stretch=1)
        column.addWidget(self._result)
        self._result.hide()
        layout.addWidget(whole)

    def faults(self) -> Mapping[str, str]:
        """What is wrong, by field; what the portal has against this sign-in too, as long as it is this one."""
        own = self.own_faults()
        if own or self._known is None:
            return own
        subject, tested = self._known
        if not tested.trouble or subject != self.subject():
            return {}
        return {self.trouble_field(tested): sentence(tested.trouble)}

    def changed(self) -> None:
        """What was said of another sign-in does not hold of this one."""
        about = self._asked or (self._known[0] if self._known else None)
        if about is not None and (self.own_faults() or about != self.subject()):
            self._asked, self._known, self._closes = None, None, False
            self._say_result("")
        super().changed()

    def accept(self) -> None:
        """Close with the answer once the portal takes the sign-in."""
        if self._errands is None:
            super().accept()
        else:
            self._try(closes=True)

    def _try(self, *, closes: bool) -> None:
        self._known = None  # the portal may think better of it
        if self._errands is None or not self.sound():
            self._say_result("")
            return
        subject = self.subject()
        if subject == self._asked:
            self._closes = self._closes or closes
            return
        self._asked, self._closes = subject, closes
        self._say_result(f"Asking {subject.connection.host} …")
        self._errands.run(
            lambda: try_sign_in(subject.connection, subject.sign_in, subject.dataset_id),
            lambda tested: self._told(subject, tested),
            lambda _error: self._told(subject, Tested(trouble=UNEXPECTED, unreached=True)),
            instead_of="test",
        )

    def _told(self, subject: Subject, tested: Tested) -> None:
        if subject != self._asked:
            return
        self._asked, self._known = None, (subject, tested)
        if tested.trouble:
            self._say_result("")
            self.sound()
        elif self._closes:
            super().accept()
        else:
            self._say_result(tested.words)
            announce(self, tested.words)

    def _say_result(self, text: str) -> None:
        if text != self.said.text():
            self.said.setText(text)
            self._result.setVisible(bool(text))
            self.refit()
