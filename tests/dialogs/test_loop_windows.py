"""The windows of the loop, with real keys and clicks; their errands are done by a real worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.dialogs import samples, samples_loop
from tests.dialogs.clerk import (
    ESCAPE,
    RETURN,
    Deed,
    alt,
    answered,
    button,
    click,
    expect,
    focused,
    key,
    keys,
    texts_of,
    until,
)
from xl_datasync.core.problems import Place, Problem, Severity
from xl_datasync.dialogs.bridge import Bridge
from xl_datasync.dialogs.check import CheckDialog, show_check
from xl_datasync.dialogs.check_model import CheckDeeds, CheckForm, Step
from xl_datasync.dialogs.confirm import ask_to_go_on
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.history import HistoryDialog, ask_history
from xl_datasync.dialogs.preview import PreviewDialog, show_preview
from xl_datasync.dialogs.row_table import RowModel

pytestmark = pytest.mark.usefixtures("screen")


def conversed(form: CheckForm, deeds: CheckDeeds, *acts: Deed) -> Step | None:
    """Show a check's window while a worker does its errands."""
    errands = Errands(Bridge())
    worker = threading.Thread(target=errands.do_until_closed)
    worker.start()
    try:
        return answered(lambda: show_check(form, errands, deeds), *acts)
    finally:
        errands.close()
        worker.join()


def shows(words: str) -> Deed:
    """Wait until the window says something."""

    def deed(window: QWidget) -> None:
        until(lambda: words in texts_of(window))

    return deed


def went(noted: list[str], *places: str) -> Deed:
    """Wait until the worker was at these places."""
    return lambda _window: until(lambda: noted == list(places))


def enabled(word: str) -> Callable[[QWidget], bool]:
    """Whether a button can be pressed."""
    return lambda window: button(window, word).isEnabled()


def test_return_goes_to_the_cell() -> None:
    """The arrows choose a line, Return takes her to its cell, and the window stays."""
    noted: list[str] = []
    step = conversed(
        samples_loop.REFUSED, samples_loop.deeds(noted),
        expect(lambda window: focused(window).accessibleName() == "What was found"),
        RETURN, went(noted, "Permits 2024!F17"), shows("is in front in Excel"),
        key(Qt.Key.Key_Down), RETURN, went(noted, "Permits 2024!F17", "Permits 2024!F18"),
        ESCAPE,
    )  # fmt: skip
    assert step is None


def test_typing_narrows_the_list_down() -> None:
    """Words in the box leave the lines in which they stand; the count says how many."""
    noted: list[str] = []
    conversed(
        samples_loop.REFUSED, samples_loop.deeds(noted),
        alt("f"), keys("ann.lee7@"), shows("1 of 1,325 lines"),
        RETURN, went(noted, "Permits 2024!H7"), ESCAPE,
    )  # fmt: skip


def test_a_line_without_a_cell() -> None:
    """There is nowhere to go, and the button says so by being off."""
    conversed(
        samples_loop.REFUSED, samples_loop.deeds(), alt("f"), keys("ward"), shows("1 of 1,325 lines"),
        expect(lambda window: not enabled("Go to the cell")(window)), RETURN, ESCAPE,
    )  # fmt: skip


def test_a_warning_is_answered_once() -> None:
    """“This is meant” is remembered, and its lines go; a problem cannot be answered."""
    noted: list[str] = []
    conversed(
        samples_loop.REFUSED, samples_loop.deeds(noted),
        expect(lambda window: not enabled("This is meant")(window)),
        alt("f"), keys("email"), shows("310 of 1,325 lines"), click("This is meant"),
        went(noted, "personal data in Owner Email"), shows("Remembered"), shows("0 of 1,015 lines"), ESCAPE,
    )  # fmt: skip


def test_a_row_is_left_out() -> None:
    """“Leave the row out” remembers what the row says, and the list is that of the check that follows."""
    noted: list[str] = []
    step = conversed(
        samples_loop.WITH_NOTES, samples_loop.deeds(noted),
        expect(lambda window: "delete it. Notes belong in the dataset's description. If it is meant, press" in texts_of(window)),
        alt("l"), went(noted, "Source: the clerk's office"),
        shows("Remembered: rows that say “Source: the clerk's office” are left out. Checked again: 1 row is left out now."),
        shows("Nothing stands in the way"), click("Publish"),
    )  # fmt: skip
    assert step is Step.PUBLISH


def test_several_rows_are_left_out_at_once() -> None:
    """Lines chosen with Shift go together, and the button counts them; one that is another warning's stays."""
    noted: list[str] = []
    down = key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    conversed(
        samples_loop.WITH_NOTES, samples_loop.deeds(noted), down, down, click("Leave 2 rows out"),
        went(noted, "Source: the clerk's office", "* estimated"), shows("Checked again"), ESCAPE,
    )  # fmt: skip


def test_only_a_row_that_is_no_record_can_be_left_out() -> None:
    """The button is off for other lines, and not there where no line is such a row or no job can remember it."""
    conversed(
        samples_loop.WITH_NOTES, samples_loop.deeds(),
        expect(enabled("Leave the row out")), expect(enabled("Go to the row")), alt("f"), keys("email"),
        shows("310 of 312 lines"), expect(enabled("Go to the cell")), expect(lambda window: not enabled("Leave the row out")(window)), ESCAPE,
    )  # fmt: skip
    for form in (samples_loop.REFUSED, replace(samples_loop.WITH_NOTES, can_answer=False)):
        conversed(
            form,
            samples_loop.deeds(),
            expect(lambda window: not button(window, "Leave the row out").isVisible()),
            ESCAPE,
        )


def test_mended_and_checked_again() -> None:
    """“Check again” shows what is found now in the same window; when nothing is left it can be published."""
    step = conversed(
        samples_loop.REFUSED, samples_loop.deeds(),
        expect(lambda window: not button(window, "Publish").isVisible()),
        alt("a"), shows("Nothing stands in the way"), click("Publish"),
    )  # fmt: skip
    assert step is Step.PUBLISH


def test_an_errand_that_fails() -> None:
    """Why it failed is said, the list stays, and every button works again."""

    def refuse() -> CheckForm:
        raise OSError

    conversed(
        samples_loop.REFUSED, replace(samples_loop.deeds(), again=refuse), alt("a"), shows("Excel did not do it"),
        expect(enabled("Check again")), ESCAPE,
    )  # fmt: skip


def test_closed_while_it_checks_again() -> None:
    """The window closes at once; what the worker finds then is told to nobody."""
    let_go = threading.Event()

    def slowly() -> CheckForm:
        let_go.wait(10)
        return samples_loop.SOUND

    def close(window: QWidget) -> None:
        until(lambda: "Checking again" in texts_of(window))
        window.close()
        let_go.set()

    assert conversed(samples_loop.REFUSED, replace(samples_loop.deeds(), again=slowly), alt("a"), close) is None


def test_the_way_to_the_preview() -> None:
    """Of the other rows where only rows are faulty, else of all; from the preview's own window, Close leads back."""
    deeds = samples_loop.deeds()
    assert conversed(samples_loop.REFUSED, deeds, click("Preview the other rows")) is Step.SET_ASIDE
    assert conversed(samples_loop.WARNED, deeds, alt("v")) is Step.PREVIEW
    back = replace(samples_loop.WARNED, back=True)
    conversed(back, deeds, expect(lambda window: not button(window, "Preview").isVisible()), ESCAPE)


def test_nothing_to_mend() -> None:
    """A short window says so with the counts; Return closes it and publishes nothing."""
    step = conversed(
        samples_loop.SOUND, samples_loop.deeds(),
        expect(lambda window: "310 rows would replace 298." in texts_of(window) and window.height() < 250), RETURN,
    )  # fmt: skip
    assert step is None


def test_the_list_is_copied() -> None:
    """All of it, whatever is listed at the moment."""
    conversed(samples_loop.REFUSED, samples_loop.deeds(), alt("f"), keys("ward"), alt("c"), ESCAPE)
    assert QApplication.clipboard().text().count("\n") == 1_326


def test_thousands_of_places_are_light(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred kinds with a thousand places each are listed and narrowed down; only cells that are seen are made."""
    made, data = [0], RowModel.data

    def counted(model: RowModel[Any], index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        made[0] += role == Qt.ItemDataRole.DisplayRole
        return data(model, index, role)

    monkeypatch.setattr(RowModel, "data", counted)
    many = tuple(
        Problem(f"Column {n}", "no number", "Mend it.", Severity.PROBLEM, 1_000, tuple(Place(f"S!A{row}", "x") for row in range(1_000)))
        for n in range(100)
    )  # fmt: skip
    form = replace(samples_loop.REFUSED, problems=many)
    conversed(form, samples_loop.deeds(), alt("f"), keys("99"), shows("of 100,000 lines"), ESCAPE)
    assert 0 < made[0] < 6_000  # of 600,000


def test_publish_from_the_preview() -> None:
    """It takes a click or its Alt key; Return only goes to the row, Esc does nothing."""
    errands = Errands(Bridge())
    ask = lambda: show_preview(samples_loop.PREVIEW, errands, samples_loop.PREVIEW_DEEDS)  # noqa: E731  # asked often
    assert answered(ask, RETURN, ESCAPE) is None
    assert answered(ask, alt("p")) is Step.PUBLISH
    assert answered(ask, click("Show them")) is Step.CHECK


def test_the_preview_shows_one_kind() -> None:
    """The choice leaves added, changed or removed rows; the chosen one stands below in full."""
    dialog = PreviewDialog(samples_loop.PREVIEW, Errands(Bridge()), samples_loop.PREVIEW_DEEDS)
    dialog.show()
    assert "Removed: row B-00002" in dialog.detail.toPlainText()
    assert not dialog.go.isEnabled()
    box = dialog.narrowing._show  # what Alt+H leads to
    box.setFocus()
    box.setCurrentIndex(2)
    assert {line.row.change.value for line in dialog.table.rows.rows} == {"changed"}
    assert "Fee: (blank) → 120.50" not in dialog.detail.toPlainText()
    assert "Status: Applied → Issued" in dialog.detail.toPlainText()
    assert dialog.go.isEnabled()


def test_a_preview_that_cannot_open_its_file() -> None:
    """A file that is gone is said to be."""
    dialog = PreviewDialog(samples_loop.PREVIEW, Errands(Bridge()), samples_loop.PREVIEW_DEEDS)
    dialog.show()
    button(dialog, "Open the file that would be sent").click()
    assert "could not be opened" in dialog.status.text()


def test_a_run_is_chosen_to_be_undone() -> None:
    """The newest that can be undone is chosen; Return asks for its undo, Esc for none."""
    assert answered(lambda: ask_history(samples_loop.HISTORY), RETURN) == ("Permits", "20261122-101500-3f2a90c0")
    assert answered(lambda: ask_history(samples_loop.HISTORY), ESCAPE) is None
    down = key(Qt.Key.Key_Down)
    off = expect(lambda window: not enabled("Undo this run …")(window))
    assert answered(lambda: ask_history(samples_loop.HISTORY), down, off, RETURN, ESCAPE) is None


def test_the_runs_of_one_job(tmp_path: Path) -> None:
    """The filter leaves them; only a file that is still as it was sent can be opened."""
    sent = tmp_path / "sent.csv"
    runs = (replace(samples_loop.HISTORY.runs[0], csv=str(sent)), *samples_loop.HISTORY.runs[1:])
    dialog = HistoryDialog(replace(samples_loop.HISTORY, runs=runs))
    dialog.show()
    assert dialog.csv.isEnabled()
    dialog.csv.click()
    assert "could not be opened" in dialog.status.text()
    dialog.jobs.setCurrentIndex(2)
    assert {run.job for run in dialog.table.rows.rows} == {"Fees"}
    assert not dialog.csv.isEnabled()
    assert dialog.dataset.isEnabled()


def test_reasons_are_a_list() -> None:
    """Each reason stands by itself with its number, the safe answer is the default, and all of it is read out."""
    seen: list[str] = []

    def look(window: QWidget) -> None:
        seen.extend([texts_of(window), window.accessibleDescription()])

    asked = [samples.SHRINK, samples.FILTERED]
    assert answered(lambda: ask_to_go_on(samples.JOB, asked, ["310 rows would replace 12,480."]), look, RETURN) is False
    for text in seen:
        assert "12,170 rows" in text
        assert "310 rows would replace 12,480." in text
    assert "1. Dataset “Building Permits”" in seen[0]
    assert "2. Sheet “Permits”" in seen[0]
    assert answered(lambda: ask_to_go_on(samples.JOB, asked), click("Go on all the same")) is True
    one = replace(samples.SHRINK, severity=Severity.WARNING, confirm="Publish")
    assert answered(lambda: ask_to_go_on(samples.JOB, [one]), click("Publish")) is True


def test_the_ending_of_a_check_is_its_report() -> None:
    """What the window says can be had in words."""
    dialog = CheckDialog(samples_loop.REFUSED, Errands(Bridge()), samples_loop.deeds())
    assert dialog.ending.exit_code == 1


def test_columns_are_mapped_from_the_check() -> None:
    """Where columns are at fault, the way to mend them is in the window that says so."""
    assert conversed(samples_loop.REFUSED, samples_loop.deeds(), alt("m")) is Step.MAP
