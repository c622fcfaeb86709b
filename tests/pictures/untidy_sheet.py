"""From an untidy sheet to a dataset, with real keys: dataset, columns, check, set aside, preview, publish, undo.

Not collected by pytest on its own account, see ``__main__.py``.
"""

from __future__ import annotations

import datetime as dt
import time

import xlwings as xw

from tests.pictures.clerk import ADDRESS, Clerk
from tests.pictures.screen import page, until

SHEET, ASIDE = "Farmers markets", "Set aside"
BOOK, CHECK = "Practice workbook", "^Check sheet: "
# What a telephone call brings: now, and a few days later.
KNOWN = {"N9": "6/27/2013", "N15": "7/3/2013"}
LATER = {
    "N17": "5/20/2013", "N32": "6/4/2013", "N73": "4/30/2013", "N74": "6/18/2013", "N78": "5/9/2013",
    "N132": "7/11/2013", "N141": "6/21/2013",
}  # fmt: skip
NEW_MARKET = (
    1019999, "Mill Meadow Farmers Market", "2 Mill Lane", "Ewing", "Mercer", None, None, "http://millmeadow.example.org",
    "Y", "N", None, -74.7832, 40.2682, dt.datetime(2018, 11, 5), None,
)  # fmt: skip
MOVED = {"C8": "20 Arlington Avenue"}


def test_untidy_sheet(clerk: Clerk) -> None:
    """Every step of docs/untidy-sheet.md, each with its picture."""
    book = clerk.practises()
    clerk.signs_in()
    clerk.goes_to(book, SHEET)
    clerk.screen.shot("untidy-sheet")
    clerk.goes_to(book, SHEET, "O5")
    clerk.screen.shot("untidy-right")
    dataset(clerk)
    columns(clerk)
    check(clerk, book)
    publish_the_others(clerk)
    mend_the_rest(clerk, book)
    next_time(clerk, book)
    undo(clerk)


def dataset(clerk: Clerk) -> None:
    """The button Dataset: search, choose, how to update."""
    screen = clerk.screen
    clerk.click("dataset", f"^Publish “{SHEET}”")
    screen.type("farmers")
    time.sleep(2)
    screen.shot("untidy-search")
    screen.keys("Down", "Return")
    time.sleep(1.5)
    screen.keys("alt+r")
    screen.shot("untidy-dataset")
    screen.keys("Return")
    screen.window("^Dataset.*Done")
    clerk.closes("^Dataset.*Done")


def columns(clerk: Clerk) -> None:
    """The button Map columns: guesses, a name that says nothing, a place of two columns, dates typed as text."""
    screen = clerk.screen
    clerk.click("map_columns", "^Columns of")
    time.sleep(1.5)
    screen.shot("untidy-columns")
    screen.window("^Columns of")
    screen.keys("ctrl+Home")
    screen.type("market")
    screen.shot("untidy-picker")
    screen.keys("Return", *["Down"] * 5)
    screen.shot("untidy-guess")
    screen.keys("alt+r", "Down", "Down", "Down", "alt+r")
    screen.keys("Down", "Down", "Down")
    screen.shot("untidy-place")
    screen.keys("alt+r", "Down", "Down", "alt+r", "alt+d")
    screen.type("MM/DD/YYYY")
    time.sleep(1)
    screen.shot("untidy-dates")
    screen.keys("alt+s")
    screen.window("^Map columns.*Done")
    clerk.closes("^Map columns.*Done")


def check(clerk: Clerk, book: xw.Book) -> None:
    """The button Check sheet: what does not belong is left out, one thing is meant, two dates are known."""
    screen = clerk.screen
    clerk.goes_to(book, SHEET)
    clerk.click("check", CHECK)
    screen.shot("untidy-check")
    screen.keys(*["Down"] * 9, "shift+Down")
    screen.shot("untidy-footnote")
    screen.keys("alt+l")
    time.sleep(3)
    screen.window(CHECK)
    screen.keys("ctrl+Home", *["Down"] * 9)
    screen.shot("untidy-meant")
    screen.keys("alt+t")
    time.sleep(2)
    screen.window(CHECK)
    screen.keys("ctrl+Home")
    for address, text in KNOWN.items():
        to_the_cell(clerk, address)
        if address == next(iter(KNOWN)):
            screen.shot("untidy-cell")
        types(clerk, book.sheets[SHEET], address, text)
        screen.window(CHECK)
        screen.keys("Down")
    screen.keys("alt+a")
    time.sleep(3)
    screen.window(CHECK)
    screen.shot("untidy-again")


def publish_the_others(clerk: Clerk) -> None:
    """From the check's window by way of the preview: rows with faults are set aside."""
    screen = clerk.screen
    screen.keys("alt+o")
    screen.window("^Preview")
    screen.keys("alt+p")
    clerk.agrees(SHEET, "untidy-please-look")
    screen.window("^Publish: Done")
    screen.shot("untidy-published")
    clerk.closes("^Publish: Done")


def mend_the_rest(clerk: Clerk, book: xw.Book) -> None:
    """The sheet of rows set aside: mended there, published alone."""
    screen = clerk.screen
    name = next(sheet.name for sheet in book.sheets if sheet.name.startswith(ASIDE))
    clerk.goes_to(book, name, "N5")
    screen.shot("untidy-aside")
    for number, text in enumerate(LATER.values(), 5):
        clerk.goes_to(book, name, f"N{number}")
        types(clerk, book.sheets[name], f"N{number}", text)
    clerk.goes_to(book, name)
    clerk.clicker.click("publish")
    screen.window("^Publish: Done")
    screen.shot("untidy-aside-published")
    clerk.closes("^Publish: Done")
    page(f"{ADDRESS}/d/farm-mrkt", screen.pictures / "untidy-portal.png")


def next_time(clerk: Clerk, book: xw.Book) -> None:
    """A month later: a market has moved, one has closed, one is new; seen in the preview, published from there."""
    screen, sheet = clerk.screen, book.sheets[SHEET]
    for address, text in {**LATER, **MOVED}.items():
        clerk.goes_to(book, SHEET, address)
        types(clerk, sheet, address, text)
    sheet.range("157:157").insert(shift="down")
    sheet.range("A157").value = NEW_MARKET
    clerk.goes_to(book, SHEET, "F157")
    types(clerk, sheet, "F157", "'08618")
    sheet.range("12:12").delete()
    clerk.goes_to(book, SHEET)
    clerk.clicker.click("preview")
    until(lambda: len(screen.windows("^Preview")) > 1, "the preview before the progress")
    screen.window("^Preview")
    screen.shot("untidy-preview")
    screen.keys("alt+p")
    screen.window("^Publish: Done")
    screen.shot("untidy-next")
    clerk.closes("^Publish: Done")


def undo(clerk: Clerk) -> None:
    """The button Undo: what was published, and what an undo would bring back."""
    screen = clerk.screen
    clerk.click("undo", "^What was published")
    screen.shot("untidy-history")
    screen.keys("Return")
    screen.window("^Undo “")
    screen.shot("untidy-undo")
    screen.keys("Tab", "space")
    screen.window("^Undo.*Done")
    clerk.closes("^Undo.*Done")


def to_the_cell(clerk: Clerk, address: str) -> None:
    """Press “Go to the cell”, and go on in the spreadsheet."""
    first, _, last = address.partition(":")
    shown = f"A{first}:XFD{last}" if last else first
    clerk.screen.keys("alt+g")
    until(lambda: clerk.app.selection.address.replace("$", "") in {address, shown}, f"cell {address}")
    clerk.screen.window(f"^{BOOK}")


def types(clerk: Clerk, sheet: xw.Sheet, address: str, text: str) -> None:
    """Type into the cell that is in front, and wait until it is there."""
    before = sheet.range(address).value
    clerk.screen.type(text)
    clerk.screen.keys("Return")
    until(lambda: sheet.range(address).value != before, f"{text} in {address}")
