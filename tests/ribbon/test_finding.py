"""Finding a dataset by words, through the real button: the window, its errands and the spreadsheet in one process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

from tests.ribbon.conftest import Excel
from tests.ribbon.test_bad_input import NO_KEY, sign_in_steps, step
from tests.ribbon.test_buttons import FIELDS, cells
from xl_datasync.practice_portal import PracticePortal

OpenBook = Callable[..., xw.Book]
MakeWorkbook = Callable[..., Path]
FOUND = "fits? “small airfields”"
TAKEN = "row identifier “IATA Code”"

pytestmark = pytest.mark.live_program


def test_a_dataset_is_found_by_words(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """Words, a line of the list, a way to update: the job's row is written, and the dataset is described once only."""
    book, began = open_book(make_workbook([], FIELDS), "Fields"), time.time()
    seen = excel.click(
        "dataset",
        step("Dataset: link, ID or words", ["type", "Dataset: link, ID or words", "small airfields"]),
        step(FOUND, ["found", str(portal.view("smal-fild")["name"])]),
        step(TAKEN, ["tick", "Update and add"], ["click", "Continue"]),
    )
    assert seen.kind == "done", seen
    row = cells(book, "Jobs")
    assert (row["Dataset ID or link"], row["How to update"]) == (f"{portal.url}/d/smal-fild", "Update and add")
    assert row["Row identifier"] == "IATA Code"
    asked = [exchange.path for exchange in portal.exchanges if exchange.received_at >= began]
    assert asked.count("/api/views/smal-fild.json") <= 2, asked  # one for the list, one with its rows counted


def test_signing_in_while_searching(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """The sign-in is asked for over the window that searches, tried there, and serves for all that follows."""
    book = open_book(make_workbook([], FIELDS), "Fields")
    seen = excel.click(
        "dataset",
        step("Dataset: link, ID or words", ["type", "Dataset: link, ID or words", "small airfields"]),
        step("You are not signed in there", ["click", "Sign in there …"]),
        step("Sign in to Practice", *sign_in_steps(portal)),
        step(f"{FOUND}[^Y]*you may edit", ["found", str(portal.view("smal-fild")["name"])]),
        step(TAKEN, ["tick", "Update and add"], ["click", "Continue"]),
        **NO_KEY,
    )
    assert seen.kind == "done", seen
    assert cells(book, "Jobs")["Row identifier"] == "IATA Code"
