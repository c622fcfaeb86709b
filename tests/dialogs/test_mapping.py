"""The mapping dialog with real keys and clicks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from tests.dialogs.clerk import (
    ESCAPE,
    RETURN,
    Deed,
    alt,
    answered,
    button,
    click,
    expect,
    faults_of,
    focused,
    key,
    keys,
    until,
)
from tests.dialogs.samples_mapping import (
    CELLS,
    HEADERS,
    PERMITS,
    PERMITS_FORM,
    SAVED_FORM,
    AtOnce,
    dataset_of,
    form_of,
)
from xl_datasync.core.column_map import ColumnChoice, Part, Send
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import WorkbookError
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.mapping.dialog import MappingDialog, ask_mapping
from xl_datasync.dialogs.mapping.form import Key, MapForm, Target
from xl_datasync.dialogs.window import run_in_window

pytestmark = pytest.mark.usefixtures("screen")
DOWN, DELETE, F6 = key(Qt.Key.Key_Down), key(Qt.Key.Key_Delete), key(Qt.Key.Key_F6)
SAVE = alt("s")
FEE, ISSUED, ZIP, NOTES = 1, 2, 6, 9


def asked(form: MapForm, *deeds: Deed) -> tuple[ColumnChoice, ...] | None:
    """Show the dialog and do the deeds."""
    return answered(lambda: ask_mapping(form, AtOnce()), *deeds)


def opened(form: MapForm = PERMITS_FORM, errands: Any = None) -> MappingDialog:
    """The dialog, shown and at rest."""
    dialog = MappingDialog(form, errands or AtOnce())
    dialog.show()
    dialog.activateWindow()
    until(dialog.isActiveWindow)
    settle()
    return dialog


def settle(milliseconds: int = 40) -> None:
    """Let timers run."""
    QTest.qWait(milliseconds)


def press(dialog: QWidget, code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(focused(dialog), code, modifier)


def at(dialog: MappingDialog, one: Key) -> None:
    """Go to a row with the arrow keys."""
    dialog.table.setFocus()
    press(dialog, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    for _ in range(dialog.rows.keys.index(one)):
        press(dialog, Qt.Key.Key_Down)
    assert dialog.table.key == one


def texts(window: QWidget) -> str:
    """All that is to be read in labels."""
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def by_name(window: QWidget, kind: type[QWidget], name: str) -> Any:
    """The visible control that screen readers call so."""
    found = [one for one in window.findChildren(kind) if one.accessibleName() == name and one.isVisible()]
    assert len(found) == 1, (name, [one.accessibleName() for one in window.findChildren(kind) if one.isVisible()])
    return found[0]


# choosing


def test_sixty_columns_by_keyboard_alone() -> None:
    """Return, some letters, Return, Down – sixty times, then Save; each column goes where it was sent."""
    columns = tuple(Column(number, f"Target {number:02}", f"t_{number:02}", "text") for number in range(60))
    headers = [f"zq{number}" for number in range(60)]
    form = form_of(headers, [["x"]] * 60, dataset_of(*columns))
    deeds: list[Deed] = []
    for number in range(60):
        deeds += [RETURN, keys(f"target {59 - number:02}"), RETURN, DOWN]
    found = asked(form, *deeds, SAVE)
    assert found
    assert {row.sheet_column: row.portal_field for row in found} == {
        f"zq{number}": f"Target {59 - number:02}" for number in range(60)
    }


def test_a_letter_opens_the_picker_with_itself() -> None:
    """Typing in the table is typing in the picker; arrows choose among what is left."""
    dialog = opened()
    at(dialog, NOTES)
    QTest.keyClicks(focused(dialog), "c")
    assert dialog.table.picker
    assert next(offer.words for offer in dialog.table.picker.offers) == "Contractor"
    QTest.keyClicks(focused(dialog), "on")
    press(dialog, Qt.Key.Key_Return)
    assert dialog.model.target(NOTES) == Target("contractor")
    assert dialog.table.picker is None
    assert focused(dialog) is dialog.table


def test_escape_closes_the_picker_and_then_the_window() -> None:
    """The first Esc leaves the choice as it was, the second the whole window."""
    assert asked(PERMITS_FORM, RETURN, keys("fee"), ESCAPE, expect(lambda window: window.isVisible()), ESCAPE) is None


def test_the_picker_by_mouse() -> None:
    """A click on where a column goes opens the list, a click on a line takes it."""
    dialog = opened()
    where = dialog.table.visualRect(dialog.rows.index(FEE, 2)).center()
    QTest.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    settle()
    picker = dialog.table.picker
    assert picker
    lines = picker.list
    row = next(number for number, offer in enumerate(picker.offers) if offer.words == "Contractor")
    lines.scrollTo(lines.model().index(row, 0))
    place = lines.visualRect(lines.model().index(row, 0)).center()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.model.target(FEE) == Target("contractor")
    settle()
    assert not [one for one in dialog.findChildren(type(lines)) if one.isVisible()]


def test_clicking_elsewhere_closes_the_picker() -> None:
    """Nothing is chosen by going away, and no list is left behind."""
    dialog = opened()
    at(dialog, FEE)
    press(dialog, Qt.Key.Key_Return)
    assert dialog.table.picker
    lines = dialog.table.picker.list
    dialog.search.setFocus()
    settle()
    assert dialog.table.picker is None
    assert dialog.model.target(FEE) == Target("fee")
    assert lines not in dialog.findChildren(type(lines))


def test_taking_a_column_from_another_is_said() -> None:
    """Who has lost it is named, and one step back brings it back."""
    dialog = opened()
    at(dialog, NOTES)
    QTest.keyClicks(focused(dialog), "fee")
    press(dialog, Qt.Key.Key_Return)
    assert "“Fee” now comes from column J “Internal notes”, no longer from B “FEE”." in texts(dialog)
    press(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dialog.model.target(FEE) == Target("fee")


def test_delete_leaves_a_column_out() -> None:
    """Of a sheet column; a portal column stays blank then."""
    dialog = opened()
    at(dialog, FEE)
    press(dialog, Qt.Key.Key_Delete)
    assert dialog.model.was_left_out(FEE)
    assert "Left out: 2 sheet columns" in texts(dialog)
    at(dialog, "contractor")
    press(dialog, Qt.Key.Key_Delete)
    assert dialog.model.filling("contractor")


def test_no_letter_fits() -> None:
    """The list says so, and Return does nothing."""
    dialog = opened()
    at(dialog, FEE)
    QTest.keyClicks(focused(dialog), "qqq")
    picker = dialog.table.picker
    assert picker
    assert picker.list.model().index(0, 0).data() == "No portal column has these letters."
    press(dialog, Qt.Key.Key_Return)
    assert dialog.table.picker
    assert dialog.model.target(FEE) == Target("fee")


# finding


def test_filters_and_search_by_keyboard() -> None:
    """Alt keys show the rows without a partner, the guesses, those with problems, and all again."""
    dialog = opened()
    for letter, wanted in (("p", [9, "contractor"]), ("g", [ZIP, 7, 8, "location"]), ("m", [1, 2, 3, 4])):
        alt(letter)(dialog)
        assert dialog.rows.keys == wanted
        assert focused(dialog) is dialog.table
    alt("a")(dialog)
    assert len(dialog.rows.keys) == 14
    alt("f")(dialog)
    assert focused(dialog) is dialog.search
    QTest.keyClicks(focused(dialog), "zip")
    assert dialog.rows.keys == [ZIP]
    press(dialog, Qt.Key.Key_Return)
    assert focused(dialog) is dialog.table
    assert dialog.isVisible()


def test_a_row_that_was_mended_stays_until_the_filter_is_used_again() -> None:
    """Nothing vanishes under the hands of whoever works on it."""
    dialog = opened()
    alt("g")(dialog)
    alt("r")(dialog)
    at(dialog, "location")
    alt("r")(dialog)
    assert dialog.rows.keys == [ZIP, 7, 8, "location"]
    assert not dialog.model.guesses
    assert focused(dialog) is dialog.table
    alt("g")(dialog)
    assert dialog.rows.keys == []
    assert "No row is chosen" in texts(dialog)


# the panel


def test_a_date_format_shows_at_once_what_becomes_of_the_rows() -> None:
    """Typed, it is checked when the typing rests, and the problem is gone."""
    dialog = opened()
    at(dialog, ISSUED)
    assert "2 cells fail" in dialog.rows.cell(dialog.rows.index(ISSUED, 4)).main
    alt("d")(dialog)
    QTest.keyClicks(focused(dialog), "DD/MM/YYYY")
    until(lambda: "13 June 2024" in texts(dialog))
    assert dialog.rows.cell(dialog.rows.index(ISSUED, 4)).main == "fits"


def test_f6_goes_to_the_panel_and_back() -> None:
    """One key there, the same back."""
    dialog = opened()
    at(dialog, ZIP)
    press(dialog, Qt.Key.Key_F6)
    assert focused(dialog).accessibleName() == "It is right"
    press(dialog, Qt.Key.Key_F6)
    assert focused(dialog) is dialog.table


def test_a_fixed_value() -> None:
    """Chosen for a portal column, the field for it has the focus; typed, it is what every row gets."""
    dialog = opened()
    at(dialog, "contractor")
    alt("v")(dialog)
    settle()
    assert focused(dialog).accessibleName() == "The value of every row"
    QTest.keyClicks(focused(dialog), "City crew")
    until(lambda: "every row  →  City crew" in texts(dialog))
    assert ColumnChoice("", "", "Contractor", fixed_value="City crew") in dialog.model.answer()


def test_putting_a_point_together() -> None:
    """Its parts are offered, and the first rows show the points."""
    dialog = opened()
    at(dialog, "location")
    alt("h")(dialog)
    for name, letter in (("Latitude", "H"), ("Longitude", "I")):
        combo = by_name(dialog, QComboBox, name)
        combo.setFocus()
        QTest.keyClicks(combo, letter)
    until(lambda: "POINT (-87.63 41.88)" in texts(dialog))
    assert dialog.model.parts("location") == {Part.LATITUDE: 7, Part.LONGITUDE: 8}


def test_settings_that_mean_nothing_are_not_shown() -> None:
    """A number column has no date format; a percentage has its scale."""
    dialog = opened()
    at(dialog, FEE)
    names = {one.accessibleName() for one in dialog.panel.findChildren(QLineEdit) if one.isVisible()}
    assert names == {"Where a cell is empty, send"}
    at(dialog, 5)
    assert by_name(dialog, QComboBox, "Percentages")


def test_the_first_cell_with_a_problem_is_gone_to() -> None:
    """The worker shows it in Excel; what goes wrong there is said."""
    went: list[str] = []
    dialog = opened(replace(PERMITS_FORM, go_to=went.append))
    at(dialog, FEE)
    click("Go to the first cell")(dialog)
    assert went == ["Permits!B4"]
    assert "Excel shows Permits!B4." in texts(dialog)

    def fail(_address: str) -> None:
        raise WorkbookError("The sheet “Permits” is hidden.", remedy="Show it.")

    dialog = opened(replace(PERMITS_FORM, go_to=fail))
    at(dialog, FEE)
    click("Go to the first cell")(dialog)
    assert "The sheet “Permits” is hidden." in texts(dialog)


# saving


def test_saving_asks_about_what_stands_in_the_way() -> None:
    """Guesses and columns that would be emptied are said one after the other, each with a button that mends it."""
    found = asked(
        PERMITS_FORM,
        SAVE,
        expect(lambda window: "2 matches are guesses" in texts(window)),
        expect(lambda window: window.table.key == ZIP),  # type: ignore[attr-defined]
        _bar("They are right"),
        SAVE,
        expect(lambda window: "replacing all rows empties it" in texts(window)),
        _bar("Let it stay blank"),
        SAVE,
    )
    assert found
    assert [row.portal_field for row in found if row.send is Send.LEAVE_BLANK] == ["Contractor"]
    assert "ZIP Code" in [row.portal_field for row in found]


def _bar(word: str) -> Deed:
    def deed(window: QWidget) -> None:
        assert isinstance(window, MappingDialog)
        assert window.mend.text() == word
        QTest.mouseClick(window.mend, Qt.MouseButton.LeftButton)

    return deed


def test_saving_unfinished() -> None:
    """What is unfinished stays unfinished: the guess has no row."""
    found = asked(PERMITS_FORM, SAVE, alt("w"))
    assert found
    assert "ZIP Codes" not in [row.sheet_column for row in found]


def test_a_faulty_setting_cannot_be_saved() -> None:
    """The field is gone to, and there is no button to save it all the same."""
    dialog = opened()
    at(dialog, ISSUED)
    alt("d")(dialog)
    QTest.keyClicks(focused(dialog), "soon")
    alt("s")(dialog)
    assert dialog.isVisible()
    assert not dialog.as_it_is.isVisible()
    assert focused(dialog).accessibleName() == "How dates typed as text are written"


def test_a_dataset_that_changes_meanwhile() -> None:
    """Asked before saving; what changed is named, nothing is saved, and the second time it goes through."""
    answers = [dataset_of(*PERMITS.columns[:-1], Column(30, "Ward", "ward", "text"), identifier="permit_number")] * 2
    form = replace(SAVED_FORM, describe=lambda: answers.pop(0))
    found = asked(
        form,
        SAVE,
        _bar("They are right"),
        SAVE,
        expect(lambda window: "There is a new portal column, “Ward”." in texts(window)),
        expect(lambda window: window.isVisible()),
        SAVE,
    )
    assert found


def test_a_portal_that_does_not_answer_is_no_reason_not_to_save() -> None:
    """The map is a matter of the workbook."""

    def fail() -> Dataset:
        raise WorkbookError("no network")

    form = replace(SAVED_FORM, describe=fail)
    assert asked(form, SAVE, _bar("They are right"), SAVE) is not None


def test_reset_and_copy() -> None:
    """Reset is said with the way back; another job's map is chosen in a window of its own."""
    dialog = opened(SAVED_FORM)
    alt("t")(dialog)
    assert "Undo last step" in texts(dialog)

    def pick() -> None:
        window = QApplication.activeModalWidget()
        if window is None:
            QTimer.singleShot(10, pick)
        else:
            QTest.mouseClick(button(window, "Choose"), Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, pick)
    alt("o")(dialog)
    until(lambda: "The map of “Fees” was taken over." in texts(dialog))


# whatever comes


class Slow(Errands):
    """Errands that are done when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, Callable[[], Any], Callable[[Any], object]]] = []

    def run(self, work: Callable[[], Any], then: Any = None, failed: Any = None, *, instead_of: str = "") -> None:
        """Keep it for later."""
        self.waiting.append((instead_of, work, then))

    def forget(self, beginning: str) -> None:
        """Leave undone what has such a name."""
        self.waiting = [one for one in self.waiting if not one[0].startswith(beginning)]

    def do(self) -> None:
        """Do what waits."""
        waiting, self.waiting = self.waiting, []
        for _, work, then in waiting:
            then(work())


def test_nothing_waits_for_the_checks() -> None:
    """Rows say that they are being checked; choices that change meanwhile make an answer stale."""
    errands = Slow()
    dialog = opened(errands=errands)
    assert dialog.rows.cell(dialog.rows.index(FEE, 4)).main == "checking …"
    at(dialog, FEE)
    press(dialog, Qt.Key.Key_Delete)
    errands.do()
    settle(60)
    assert dialog.rows.cell(dialog.rows.index(FEE, 4)).main == ""
    assert dialog.rows.cell(dialog.rows.index(0, 4)).main == "fits"


def test_saving_does_not_wait_for_the_checks() -> None:
    """Columns that wait for their check are left; the dataset is looked at next, and then the window closes."""
    errands = Slow()
    dialog = opened(replace(SAVED_FORM, describe=lambda: PERMITS), errands)
    assert [name for name, *_ in errands.waiting if name.startswith("check ")]
    SAVE(dialog)
    _bar("They are right")(dialog)
    SAVE(dialog)
    assert [name for name, *_ in errands.waiting] == ["describe"]
    errands.do()
    settle(10)
    assert not dialog.isVisible()


def test_checks_that_come_after_a_change_of_the_dataset() -> None:
    """They are of columns that may be gone."""
    errands = Slow()
    dialog = opened(errands=errands)
    rows = dialog.model.answer(by_field=True)
    renewal = dialog.model.renewal(dataset_of(*PERMITS.columns[2:]), rows)
    assert renewal
    dialog.model.rebuild(renewal)
    errands.do()
    settle(60)
    assert dialog.isVisible()


def test_closing_at_any_moment() -> None:
    """With the picker open, while checks wait, while the portal is asked: the answer is None, and nothing is left."""
    errands = Slow()
    form = replace(SAVED_FORM, describe=lambda: PERMITS)
    for deeds in (
        (RETURN, lambda window: window.close()),
        (lambda window: window.close(),),
        (SAVE, _bar("They are right"), SAVE, lambda window: window.close()),
        (SAVE, _bar("They are right"), SAVE, ESCAPE),
        (SAVE, _bar("They are right"), SAVE, click("Cancel")),
    ):
        assert answered(lambda: ask_mapping(form, errands), *deeds) is None
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, MappingDialog)]


@pytest.mark.parametrize(("word", "stays"), [("Close", False), ("Go on", True)])
def test_closing_asks_where_something_would_be_lost(word: str, stays: bool) -> None:  # a plain fact
    """One Esc does not throw sixty choices away; the safe answer is to go on."""
    dialog = opened()
    at(dialog, FEE)
    press(dialog, Qt.Key.Key_Delete)

    def reply() -> None:
        window = QApplication.activeModalWidget()
        if window is None:
            QTimer.singleShot(10, reply)
            return
        assert focused(window).accessibleName() == "Go on"
        QTest.mouseClick(button(window, word), Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, reply)
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() is stays


def test_what_is_typed_in_one_go_is_one_step() -> None:
    """Ten letters are not ten steps to take back; nothing is called faulty before its field was left."""
    dialog = opened()
    at(dialog, ISSUED)
    alt("d")(dialog)
    QTest.keyClicks(focused(dialog), "soon")
    assert not faults_of(dialog)
    press(dialog, Qt.Key.Key_Tab)
    assert faults_of(dialog) == ["It must say where year, month and day stand, as MM/DD/YYYY or D MMM YYYY does."]
    alt("u")(dialog)
    placed = dialog.model.placed(ISSUED)
    assert placed
    assert placed.settings.date_format == ""
    assert not dialog.model.can_undo


def test_return_on_a_portal_column_goes_to_the_panel() -> None:
    """There it is said what it gets."""
    dialog = opened()
    at(dialog, "contractor")
    press(dialog, Qt.Key.Key_Return)
    assert focused(dialog).accessibleName() == "It stays blank"


def test_in_a_window_with_a_worker() -> None:
    """Through the desk, checks are done in the worker's thread while the dialog is open."""
    threads: set[str] = set()
    found: list[Any] = []

    def describe() -> Dataset:
        threads.add(threading.current_thread().name)
        return PERMITS

    def work(desk: Any) -> Ending:
        found.append(desk.ask_mapping(replace(SAVED_FORM, describe=describe)))
        return Ending("done", quiet=True)

    def act() -> None:
        window = QApplication.activeModalWidget()
        if not isinstance(window, MappingDialog) or window.model.to_check():
            QTimer.singleShot(10, act)
            return
        window.model.confirm(*window.model.guesses)
        window.accept()

    QTimer.singleShot(0, act)
    assert run_in_window("Map columns", work) == 0
    assert found[0]
    assert threads == {"work"}


@pytest.mark.parametrize("count", [0, 1, 16_384])
def test_any_number_of_columns(count: int) -> None:
    """None, one, or all that a sheet can have: shown, walked through, changed."""
    headers = [f"Column {number}" for number in range(count)]
    dataset = dataset_of(*(Column(number, f"Column {number}", f"c{number}", "text") for number in range(5)))
    dialog = opened(form_of(headers, [["x"]] * count, dataset, method=Method.APPEND))
    if count:
        press(dialog, Qt.Key.Key_End)
        assert dialog.table.key == dialog.rows.keys[-1]
        dialog.show_key(count - 1)
        QTest.keyClicks(focused(dialog), "column 0")
        press(dialog, Qt.Key.Key_Return)
        assert dialog.model.target(count - 1) == Target("c0")
    assert dialog.isVisible()


@pytest.mark.parametrize("control", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_end_and_home_go_to_the_last_and_the_first_row(control: Qt.KeyboardModifier) -> None:
    """As in every list, with Ctrl and without; in the same column, where there is nothing to go to beside it."""
    dialog = opened()
    press(dialog, Qt.Key.Key_End, control)
    assert dialog.table.key == "plan"
    press(dialog, Qt.Key.Key_Home, control)
    assert dialog.table.key == 0


@pytest.mark.parametrize(("wide", "high"), [(608, 331), (912, 496), (1180, 662)])
def test_rows_stay_in_sight_on_any_screen(wide: int, high: int) -> None:
    """Four rows and their header at least; how sure and the counts are never cut; F6 shows the details, and the rows again."""
    dialog = opened()
    dialog.resize(wide, high)
    settle()

    def seen(widget: QWidget) -> int:
        return widget.visibleRegion().boundingRect().height()

    assert seen(dialog.table) >= 5 * dialog.table.rowHeight(0)
    at(dialog, ZIP)
    press(dialog, Qt.Key.Key_F6)
    assert focused(dialog).accessibleName() == "It is right"
    assert seen(focused(dialog)) == focused(dialog).height()
    press(dialog, Qt.Key.Key_F6)
    assert focused(dialog) is dialog.table
    settle()
    assert seen(dialog.table) >= 5 * dialog.table.rowHeight(0)
    assert "Will be sent: 8 portal columns" in texts(dialog)
    assert "Left out: 1 sheet column" in texts(dialog)


# for everybody


def test_cells_are_read_out_in_full() -> None:
    """A screen reader gets both lines of a cell; the table and each control have names."""
    dialog = opened()
    table = QAccessible.queryAccessibleInterface(dialog.table)
    assert table.text(QAccessible.Text.Name) == "Columns of the sheet and where they go"
    said = dialog.rows.data(dialog.rows.index(0, 2), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Permit Number. permit_number · Text · row identifier · required"
    at(dialog, FEE)
    press(dialog, Qt.Key.Key_F2)
    assert focused(dialog).accessibleName() == "Portal column for B “FEE”"


@pytest.mark.parametrize("one", [0, 1, 2, 3, 4, 5, ZIP, NOTES, "location", "contractor", "plan"])
def test_every_control_has_a_name_whatever_the_row(one: Key) -> None:
    """The panel's controls are named, and no Alt key is given twice, at each kind of row."""
    dialog = opened()
    at(dialog, one)
    if one == "location":
        alt("h")(dialog)
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible() and label.buddy()]
    buttons = [one.text() for one in dialog.findChildren(QAbstractButton) if one.isVisible()]
    marked = [text[text.index("&") + 1].lower() for text in labels + buttons if "&" in text]
    assert len(marked) == len(set(marked)), marked


def test_the_list_stays_inside_the_window() -> None:
    """Near the lower edge it opens above its row."""
    dialog = opened()
    at(dialog, NOTES)
    press(dialog, Qt.Key.Key_Return)
    picker = dialog.table.picker
    assert picker
    lines = picker.list
    corner = lines.mapTo(dialog, QPoint(lines.width(), lines.height()))
    assert corner.x() <= dialog.width()
    assert corner.y() <= dialog.height()
    assert lines.isVisible()
    assert dialog.model.form.shape.columns[NOTES].header == HEADERS[NOTES]
    assert len(CELLS) == len(HEADERS)
