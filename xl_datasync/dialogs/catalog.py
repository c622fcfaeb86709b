"""Below a dataset field: the datasets that fit the words in it, or what the dataset is that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import Dataset, parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.dialogs import catalog_model as model
from xl_datasync.dialogs.catalog_model import Row, Wanted, wanted
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.form_dialog import FaultLine
from xl_datasync.dialogs.found_table import FoundTable
from xl_datasync.dialogs.parts import announce, named, plain_label
from xl_datasync.dialogs.portals import FoundDatasets, Looked, PortalDesk

PAUSE = 300
"""Milliseconds without a key before the portal is asked."""
ASKED = "catalog"
UNEXPECTED = f"The portal's answer could not be understood. {model.STILL_PASTE}"


class DatasetSearch(QWidget):
    """Asks the portal while somebody types, never in the window's thread.

    :param field: takes a link, an ID or words.
    :param place: the portal that is chosen; None where none is yet.
    :param told: is called when something else is known of the dataset.
    :param refit: is called when more or less is shown.
    """

    def __init__(  # noqa: PLR0913  # what one field needs, the ways back by name
        self,
        field: QLineEdit,
        place: Callable[[], Connection | None],
        errands: Errands,
        portals: PortalDesk,
        *,
        told: Callable[[], object],
        refit: Callable[..., object],
    ) -> None:
        super().__init__()
        self.field, self._place, self._told, self._refit = field, place, told, refit
        self._errands, self._portals = errands, portals
        self._asked: tuple[str, str, str] | None = None
        self._found_for: tuple[str, str, str] | None = None
        self._return_waits = False
        self._only: Row | None = None
        self.looked: Looked | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._ask)
        self.status = plain_label("")
        self.trouble = FaultLine()
        self.table = FoundTable(self._take, lambda: field.setFocus(Qt.FocusReason.OtherFocusReason))
        self.sign_in = named(
            QPushButton("Si&gn in there …"), "Sign in there", "Shows what is private, and what you may do."
        )
        self.sign_in.setAutoDefault(False)
        self.sign_in.clicked.connect(self._sign_in)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.status, self.trouble, self.table):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.sign_in)
        row.addStretch(1)
        column.addLayout(row)
        self._show()
        field.textEdited.connect(lambda _text: self.again())
        field.installEventFilter(self)

    @property
    def reasons(self) -> Mapping[Method, str]:
        """The ways to update that cannot work with the dataset, and why."""
        return model.method_reasons(self.looked)

    @property
    def dataset(self) -> Dataset | None:
        """The dataset as somebody signed in sees it, where it was looked at so: it need not be asked for again."""
        looked = self.looked
        return looked.look.dataset if looked and looked.look and looked.signed_in else None

    def fault(self, text: str) -> str:
        """What is wrong with the field beyond the text itself."""
        if wanted(text) is Wanted.WORDS:
            return model.CHOOSE_ONE
        looked = self.looked
        return model.look_fault(looked) if looked and looked.look else ""

    def again(self) -> None:
        """Another text, or another portal: ask when nobody types for a moment."""
        self._asked, self._found_for, self.looked, self._return_waits = None, None, None, False
        self._timer.start()
        self._told()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's own name
        """The arrow down leads from the field into the list; Return takes what the words mean."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                return self.table.enter()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and wanted(self.field.text()) is Wanted.WORDS:
                return self._return_pressed()
        return super().eventFilter(watched, event)

    def _return_pressed(self) -> bool:
        """Return on words: once they have been searched for, take the only dataset that fits, or go to the list.

        :returns: whether there is something to take or to wait for.
        """
        if self._asked is None and self._place() is not None:
            self._timer.stop()
            self._ask()
        if self._asked is not None and self._found_for != self._asked:
            self._return_waits = True
            return True
        only = self._only if self._found_for else None
        if only:
            self._take(only)
        return only is not None or self.table.enter()

    def _ask(self) -> None:
        text, place = self.field.text().strip(), self._place()
        kind = wanted(text)
        if kind is Wanted.NOTHING:
            self._show()
        elif place is None:
            self._show(model.CHOOSE_PORTAL if kind is Wanted.WORDS else "")
        elif kind is Wanted.WORDS:
            self._search(text, place)
        else:
            self._look(text, place)

    def _search(self, text: str, place: Connection) -> None:
        asked = self._asked = (place.name, place.address, text)
        self._show(f"Searching {place.host} …", keep_list=True)
        self._errands.run(
            lambda: self._portals.search(place, text),
            lambda found: self._found(found, asked, place),
            lambda _error: self._show(trouble=UNEXPECTED),
            instead_of=ASKED,
        )

    def _found(self, found: FoundDatasets, asked: tuple[str, str, str], place: Connection) -> None:
        if self._asked != asked:
            return
        if found.trouble:
            self._asked = None  # Return asks again
            self._show(trouble=model.trouble_words(found, place))
            return
        self._found_for = asked
        rows = model.rows_of(found)
        self.table.found.fill(rows)
        self._only = model.only_one(rows) if found.total <= len(rows) else None
        offer = not found.signed_in and self._portals.can_ask
        self._show(model.found_words(found, asked[2], place), listed=bool(found.listed), offer=offer)
        self._look_closer(0, asked, place)
        if self._return_waits:
            self._return_waits = False
            self._return_pressed()

    def _look_closer(self, number: int, asked: tuple[str, str, str], place: Connection) -> None:
        """Ask one listed dataset after another about itself, as long as nothing else was typed."""
        rows = self.table.found.rows
        while number < len(rows) and rows[number].reason:
            number += 1
        if number >= len(rows):
            return
        dataset_id = rows[number].listed.id

        def known(looked: Looked) -> None:
            if self._asked == asked and not looked.unreached:
                self.table.found.know(dataset_id, looked)
                self._look_closer(number + 1, asked, place)

        self._errands.run(lambda: self._portals.look(place, dataset_id, glance=True), known, instead_of=ASKED)

    def _look(self, text: str, place: Connection) -> None:
        host, dataset_id = parse_dataset_link(text)
        if host and host != place.host.casefold():
            self._show()
            return
        asked = self._asked = (place.name, place.address, text)
        self._show(f"Looking at {dataset_id} …")

        def known(looked: Looked) -> None:
            if self._asked != asked:
                return
            if looked.missing and not host:  # “fire-data” may be words
                self._search(text, place)
            else:
                self._know(looked)

        self._errands.run(
            lambda: self._portals.look(place, dataset_id),
            known,
            lambda _error: self._show(trouble=UNEXPECTED),
            instead_of=ASKED,
        )

    def _know(self, looked: Looked) -> None:
        self.looked = looked
        offer = not looked.signed_in and not looked.missing and self._portals.can_ask
        trouble = "" if looked.look else model.look_fault(looked)
        self._show(model.summary(looked), trouble=trouble, offer=offer)
        self._told()
        # The list that it was chosen from leaves no gap, once what is below has found its place.
        QTimer.singleShot(0, self, lambda: self._refit(exact=True))

    def _take(self, row: Row) -> None:
        """The field names the dataset that was taken; what is known of it already is shown at once."""
        place = self._place()
        if place is None:
            return
        self.field.setText(model.link_to(place, row.listed))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.again()
        self._timer.stop()
        self._ask()

    def _sign_in(self) -> None:
        place = self._place()
        if place is not None:
            self._errands.run(lambda: self._portals.sign_in(place), lambda given: self._ask() if given else None)

    def _show(
        self, status: str = "", *, trouble: str = "", listed: bool = False, offer: bool = False, keep_list: bool = False
    ) -> None:
        """Show a sentence, a trouble, the list, the button; what has nothing to show is hidden."""
        said = self.status.text()
        self.status.setText(status)
        self.status.setVisible(bool(status))
        if status and status != said and not status.endswith("…"):
            announce(self, status)
        if self.trouble.show_fault(trouble) and trouble:
            announce(self, trouble)
        self.table.setVisible(listed or (keep_list and not self.table.isHidden()))
        self.sign_in.setVisible(offer)
        self.setVisible(bool(status or trouble or listed or offer))
        self._refit()
