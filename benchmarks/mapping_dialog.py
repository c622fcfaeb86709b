"""How quickly the mapping dialog is there, and how quickly it follows the keys.

QT_QPA_PLATFORM=offscreen python benchmarks/mapping_dialog.py

Visible: from the form, which the worker has ready, to the painted window. A key: from the key press to the painted list
of the picker. A deed: from the choice to the painted window. Every figure is the median of some rounds, with the lowest
and the highest beside it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.values import Block, SheetColumn, TableShape, column_letter
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.look import application
from xl_datasync.dialogs.mapping.dialog import MappingDialog
from xl_datasync.dialogs.mapping.form import MapForm, Target
from xl_datasync.dialogs.mapping.profile import make_profile
from xl_datasync.dialogs.mapping.start import start

SIZES = ((60, 60), (200, 500), (1_000, 500), (16_384, 500))
ROUNDS, ROWS = 7, 40
VISIBLE_GOAL = 300
WORDS = ("street", "permit", "owner", "issue date", "fee", "status", "zip code", "phone", "inspector", "area")


class Waits(Errands):
    """Errands that are left undone: what is measured is the window alone."""

    def __init__(self) -> None:
        """Nobody does them."""

    def run(self, *_: Any, **__: Any) -> None:
        """Nothing."""


def form_of(sheet: int, portal: int) -> MapForm:
    """A sheet whose first columns have names of the portal's, and the rest none that fits."""
    names = [f"{WORDS[number % len(WORDS)]} {number}".title() for number in range(portal)]
    columns = tuple(Column(n, name, name.lower().replace(" ", "_"), "text") for n, name in enumerate(names))
    dataset = Dataset("abcd-1234", "Benchmark", "", columns)
    headers = [names[number].upper() if number < portal else f"Zq{number}x" for number in range(sheet)]
    shape = TableShape("Data", tuple(SheetColumn(n, column_letter(n), h) for n, h in enumerate(headers)), 1, 2)
    values = [[f"value {row}" if row % 3 else None for row in range(ROWS)]] * sheet
    block = Block(range(2, 2 + ROWS), values, lambda _: ["General"] * ROWS, lambda _: [None] * ROWS)
    # The same names, but for those that are too many to be compared with each other in a benchmark.
    known = TableShape("Data", shape.columns[:portal], 1, 2)
    begun = start(known, dataset, ())
    return MapForm("Job", Method.REPLACE, shape, dataset, make_profile(shape, [block]), begun=begun)


def visible(form: MapForm) -> MappingDialog:
    """The dialog, painted."""
    dialog = MappingDialog(form, Waits())
    dialog.show()
    QApplication.processEvents()
    dialog.grab()
    return dialog


def keys(dialog: MappingDialog) -> Iterator[float]:
    """Milliseconds for each key in the picker, painted."""
    dialog.table.go_to(len(dialog.model.columns) - 1)
    dialog.table.open_picker()
    picker = dialog.table.picker
    if picker is None:
        return
    for letter in "status 25":
        begun = time.perf_counter()
        QTest.keyClick(picker, letter)
        picker.list.grab()
        yield (time.perf_counter() - begun) * 1000
    QTest.keyClick(picker, Qt.Key.Key_Escape)


def deed(dialog: MappingDialog, number: int) -> None:
    """Send a column elsewhere, and have it painted."""
    last = len(dialog.model.columns) - 1 - number
    dialog.chosen(last, Target(dialog.model.dataset.columns[number].field_name))
    dialog.grab()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came of it."""
    begun = time.perf_counter()
    result = work()
    return (time.perf_counter() - begun) * 1000, result


def shown(times: Sequence[float]) -> str:
    """Median (lowest–highest)."""
    return f"{statistics.median(times):.0f} ({min(times):.0f}–{max(times):.0f})"


def main() -> None:
    """Measure each size, and print a table."""
    application()
    visible(form_of(5, 5)).hide()  # what Qt makes once for all windows
    out = sys.stdout.write
    out("| Sheet × portal columns | Visible, ms | A key in the picker, ms | A deed, ms |\n|---|--:|--:|--:|\n")
    for sheet, portal in SIZES:
        form = form_of(sheet, portal)
        showing: list[float] = []
        typing: list[float] = []
        doing: list[float] = []
        for number in range(ROUNDS):
            took, dialog = timed(lambda form=form: visible(form))  # type: ignore[misc]  # bound now
            showing.append(took)
            typing += keys(dialog)
            doing.append(timed(lambda dialog=dialog, number=number: deed(dialog, number))[0])  # type: ignore[misc]
            dialog.hide()
            dialog.deleteLater()
            QApplication.processEvents()
        out(f"| {sheet:,} × {portal:,} | {shown(showing)} | {shown(typing)} | {shown(doing)} |\n")
        if statistics.median(showing) > VISIBLE_GOAL:
            out(f"\nToo slow: {VISIBLE_GOAL} ms is the goal.\n")


if __name__ == "__main__":
    main()
