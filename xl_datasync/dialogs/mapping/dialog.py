"""The mapping dialog: where each column of the sheet goes, what it becomes there, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.core.dataset import Dataset
from xl_datasync.dialogs.choose import choose
from xl_datasync.dialogs.confirm import wants
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.forms import Option
from xl_datasync.dialogs.mapping.checker import Checker
from xl_datasync.dialogs.mapping.details import copied_words, details, trouble_words
from xl_datasync.dialogs.mapping.fields import NOTHING, SAME, TOGETHER
from xl_datasync.dialogs.mapping.form import MapForm, Start, Target
from xl_datasync.dialogs.mapping.frame import MapFrame
from xl_datasync.dialogs.mapping.hurdles import do_deed, hurdles
from xl_datasync.dialogs.mapping.model import MappingModel, Renewal
from xl_datasync.dialogs.mapping.words import short_name, target_words
from xl_datasync.dialogs.parts import shown_answer

ASKING = "Asking the portal whether the dataset is as it was …"


class MappingDialog(MapFrame):
    """The window with its deeds; every decision is :class:`MappingModel`'s."""

    def __init__(self, form: MapForm, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(MappingModel(form), parent)
        self._errands = errands
        self._checker = Checker(self.model, errands, self.show_checks, self)
        self._add_buttons()
        self.mend.clicked.connect(self._mend)
        self.as_it_is.clicked.connect(partial(self._save, unfinished=True))
        QShortcut(QKeySequence(Qt.Key.Key_F6), self).activated.connect(self._other_side)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._to_search)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.table).activated.connect(self._take_back)
        self._renew()
        if self.rows.keys:
            self.table.go_to(0)
        self.table.setFocus()

    def _add_buttons(self) -> None:
        self.save = self.button("&Save", QDialogButtonBox.ButtonRole.AcceptRole, default=True)
        self.button("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        other = QDialogButtonBox.ButtonRole.ResetRole  # on the other side, away from Save
        self._undo = self.button("&Undo last step", other)
        self._undo.clicked.connect(self._take_back)
        self.button("Rese&t to suggestion", other).clicked.connect(self._reset)
        if self.model.form.others:
            self.button("C&opy from another job …", other).clicked.connect(self._copy)

    def _renew(self) -> None:
        """Show what is so after a deed, and have checked what is new."""
        self.show_rows(keep=True)
        self.show_summary()
        self._undo.setEnabled(self.model.can_undo)
        self._checker.check()

    def _other_side(self) -> None:
        """F6: from the table to the panel and back."""
        if self.table.hasFocus():
            self.to_panel()
        else:
            self.to_table()

    def _to_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # deeds

    def chosen(self, index: int, target: Target | None) -> None:
        """Send a sheet column somewhere; whom that leaves without a place is said."""
        losers = self.model.choose(index, target)
        self._done()
        if losers and target is not None:
            words = target_words(self.model, target)
            names = ", ".join(short_name(self.model.columns[other]) for other in losers)
            self.say(
                f"“{words}” now comes from column {short_name(self.model.columns[index])}, no longer from {names}."
            )

    def leave_out(self) -> None:
        """Leave the current row's column out."""
        key = self.table.key
        if isinstance(key, int) and self.model.target(key):
            self.chosen(key, None)
        elif isinstance(key, str) and self.model.column(key).writable:
            self.model.leave_blank(key)
            self._done()

    def _done(self, said: str = "") -> None:
        self.hide_hurdle()
        self.say(said)
        self._renew()

    def told(self, name: str, value: Any) -> None:
        """Something was changed in the side panel."""
        key = self.table.key
        if name == "go":
            self._go_to(value)
        elif key is not None and name == "confirm":
            self.model.confirm(key)
            self.to_table()  # the button is gone now
            self._typed()
        elif isinstance(key, int):
            self.model.set(key, **{name: value})
            self._typed()
        elif isinstance(key, str):
            self._fill(key, name, value)
            self._typed()

    def _fill(self, key: str, name: str, value: Any) -> None:
        if name == "fixed":
            self.model.set_fixed(key, value)
        elif name == "parts":
            self.model.put_together(key, value)
        elif value == NOTHING:
            self.model.leave_blank(key)
        elif value == SAME:
            held = self.model.filling(key)
            self.model.set_fixed(key, (held.value or "") if held else "")
            QTimer.singleShot(0, self, self.panel.focus_fixed)
        elif value == TOGETHER:
            self.model.unsay(key)
            self.panel.begin_together(details(self.model, key).heading)

    def _typed(self) -> None:
        """After a setting: the row at once, the check when the typing rests."""
        self.hide_hurdle()
        self.say("")
        self.show_checks()
        self.show_summary()
        self._undo.setEnabled(self.model.can_undo)
        self._checker.check_soon()

    def _take_back(self) -> None:
        self.model.undo()
        self._done("The last step was taken back.")

    def _reset(self) -> None:
        said = "These are the suggestions by name. “Undo last step” brings back what was there."
        self._begin_anew(self.model.suggestion, lambda _begun: said)

    def _copy(self) -> None:
        options = [Option(name, value=name) for name in self.model.form.others]
        name = choose("Copy a column map", "Take over the columns of which job?", options, self)
        if name is not None:
            self._begin_anew(partial(self.model.other_map, name), partial(copied_words, name))

    def _begin_anew(self, work: Callable[[], Start], words: Callable[[Start], str]) -> None:
        """Have another map worked out, and show it."""

        def show(begun: Start) -> None:
            self.model.begin_anew(begun)
            self._done(words(begun))

        self.say("Comparing the names …")
        failed = lambda error: self.say(f"That did not work: {error}")  # noqa: E731
        self._errands.run(work, show, failed, instead_of="begin anew")

    def _go_to(self, address: str) -> None:
        go_to = self.model.form.go_to
        if go_to is not None:
            self._errands.run(
                partial(go_to, address),
                lambda _said: self.say(f"Excel shows {address}."),
                lambda error: self.say(trouble_words(error, address)),
                instead_of="go",
            )

    # saving

    def accept(self) -> None:
        """Save, unless something stands in the way, which is said and gone to."""
        self._save(unfinished=False)

    def _save(self, *, unfinished: bool) -> None:
        found = [hurdle for hurdle in hurdles(self.model) if hurdle.must or not unfinished]
        if found:
            self.show_hurdle(found[0], len(found))
        elif self.model.form.describe is None:
            super().accept()
        else:
            self._ask_portal(self.model.form.describe)

    def _ask_portal(self, describe: Callable[[], Dataset]) -> None:
        """Look at the dataset once more; meanwhile only Cancel can be pressed."""
        self._set_busy(busy=True)
        self.say(ASKING)
        self._checker.stop()
        rows = self.model.answer(by_field=True)
        # Whatever goes wrong there: every run looks at the map again, so that it may be saved.
        self._errands.run(
            lambda: self.model.renewal(describe(), rows),
            self._renewed,
            lambda _error: self._close(),
            instead_of="describe",
        )

    def _set_busy(self, *, busy: bool) -> None:
        self._inside.setDisabled(busy)
        for one in self.buttons.buttons():
            one.setDisabled(busy and self.buttons.buttonRole(one) is not QDialogButtonBox.ButtonRole.RejectRole)

    def _close(self) -> None:
        super().accept()

    def _renewed(self, renewal: Renewal | None) -> None:
        if renewal is None:
            self._close()
            return
        self._set_busy(busy=False)
        self.model.rebuild(renewal)
        self._checker.forget()
        self.model.notes[:] = [
            "The dataset was changed while this window was open. Nothing has been saved.", *renewal.changed
        ]  # fmt: skip
        self.show_notes()
        self._done("Look at the columns once more, and save again.")
        self.table.setFocus()

    def reject(self) -> None:
        """Close without saving; asked first where that would lose something."""
        if self._inside.isEnabled() and self.model.can_undo:
            question = "Close without saving what you changed here?"
            if not wants(question, "The column map stays as it was.", yes="Close", no="Go on", parent=self):
                return
        super().reject()

    def _mend(self) -> None:
        if self.hurdle is not None and self.hurdle.deed:
            said = do_deed(self.model, self.hurdle)
            self._done(said)
            self.table.setFocus()


def ask_mapping(form: MapForm, errands: Errands, parent: QWidget | None = None) -> tuple[ColumnChoice, ...] | None:
    """Show where each column goes, and let it be changed; the rows of the column map, or None."""
    dialog = MappingDialog(form, errands, parent)
    return shown_answer(dialog, dialog.model.answer)
