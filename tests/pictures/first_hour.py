"""A clerk's first hour, done with real keys: the practice portal, a sign-in, a sheet published, refused, mended, undone.

Not collected by pytest on its own account, see ``__main__.py``.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import xlwings as xw

from tests.pictures.clerk import ADDRESS, HOME, Clerk
from tests.pictures.ribbon_tab import SIZE, ribbon_page
from tests.pictures.screen import page, until

FAULTY = "Weather with faults"
OWN = "My airfields"
HEADERS = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
AIRFIELDS = (("ZZ1", "Mill Meadow", "Testville", "TX", "USA", 31.5, -99.25), ("ZZ2", "Long Strip", "Testville", "TX", "USA", 31.625, -99.5))  # fmt: skip
MENDED = {
    "A4": "2015-01-03", "A7": "2015-01-06", "A9": "2015-01-08", "A12": "2015-01-11", "B5": "12.5", "B6": "0",
    "C8": "7.8", "D10": "1.1", "E13": "2.1",
}  # fmt: skip


@contextmanager
def slow_portal() -> Iterator[None]:
    """The practice portal, held up for a moment: on one's own computer it is too fast for a camera."""
    (process,) = [
        one for one in psutil.process_iter(["cmdline"]) if str(HOME / ".config") in " ".join(one.info["cmdline"] or ())
    ]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_first_hour(clerk: Clerk, tmp_path: Path) -> None:
    """Every step of docs/first-hour.md, each with its picture."""
    screen = clerk.screen
    (tmp_path / "ribbon.html").write_text(ribbon_page(), encoding="utf-8")
    page((tmp_path / "ribbon.html").as_uri(), screen.pictures / "ribbon.png", SIZE)
    book = clerk.practises("practice-portal")
    clerk.signs_in("sign-in")
    publish(clerk, book)
    preview(clerk, book)
    refused(clerk, book)
    mend(clerk, book)
    own_sheet(clerk, book)
    undo(clerk, book)
    clerk.goes_to(book, "Jobs", "A5")
    screen.shot("jobs")


def publish(clerk: Clerk, book: xw.Book) -> None:
    """The button Publish, on a sheet that has a job."""
    clerk.goes_to(book, "Airports")
    clerk.clicker.click("publish")
    clerk.agrees("Airports", "please-look")
    clerk.screen.window("^Publish")
    until(lambda: list(HOME.glob("Documents/*.datasync/backups/*")), "the copy for Undo")
    with slow_portal():
        clerk.screen.shot("progress", rest=1.0)
    clerk.screen.window("Publish.*Done")
    clerk.screen.shot("published")
    clerk.closes("Publish.*Done")
    page(f"{ADDRESS}/d/airp-orts", clerk.screen.pictures / "portal.png")


def preview(clerk: Clerk, book: xw.Book) -> None:
    """The button Preview: old beside new."""
    clerk.goes_to(book, "New weather")
    clerk.click("preview", "^Preview")
    clerk.screen.shot("preview")
    clerk.closes("^Preview", "Escape")


def refused(clerk: Clerk, book: xw.Book) -> None:
    """The same, on a sheet with faults."""
    clerk.goes_to(book, FAULTY)
    clerk.screen.shot("faults")
    clerk.click("publish", "Publish.*Problem")
    clerk.screen.shot("refused")
    clerk.closes("Publish.*Problem", "Escape")
    clerk.goes_to(book, "Results")
    clerk.screen.shot("results")


def mend(clerk: Clerk, book: xw.Book) -> None:
    """Each cell that was named gets what it should have had."""
    for address, text in MENDED.items():
        clerk.goes_to(book, FAULTY, address)
        clerk.screen.type(f"{text}\n")
    clerk.goes_to(book, FAULTY)
    clerk.clicker.click("publish")
    clerk.agrees(FAULTY)
    clerk.screen.window("Publish.*Done")
    clerk.screen.shot("mended")
    clerk.closes("Publish.*Done")


def own_sheet(clerk: Clerk, book: xw.Book) -> None:
    """A sheet without a job: the one question about where it goes."""
    sheet = book.sheets.add(OWN, after=book.sheets[-1])
    sheet.range("A1").value = [HEADERS, *AIRFIELDS]
    sheet.autofit()
    clerk.goes_to(book, OWN)
    clerk.click("publish", OWN)
    clerk.screen.type("smal-fild")
    clerk.screen.keys("alt+u")
    clerk.screen.shot("link")
    clerk.screen.keys("Return")
    clerk.agrees(OWN)
    clerk.screen.window("Publish.*Done")
    clerk.closes("Publish.*Done")


def undo(clerk: Clerk, book: xw.Book) -> None:
    """The button Undo: which run, and whether it is really meant."""
    clerk.click("undo", "^What was published")
    clerk.screen.shot("undo-which")
    clerk.screen.keys("Return")
    clerk.screen.window("^Undo “")
    clerk.screen.shot("undo-sure")
    clerk.screen.keys("Tab", "space")
    clerk.screen.window("Undo.*Done")
    clerk.closes("Undo.*Done")
