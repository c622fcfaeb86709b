"""The clerk's guide shows pictures that are there, and names buttons that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pictures import untidy_sheet
from tests.pictures.first_hour import AIRFIELDS, HEADERS, MENDED
from tests.pictures.ribbon_tab import ribbon_page
from xl_datasync.addin.buttons import TAB

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = (DOCS / "first-hour.md").read_text(encoding="utf-8")
UNTIDY = (DOCS / "untidy-sheet.md").read_text(encoding="utf-8")
NAMED = sorted(
    {
        name
        for page in DOCS.glob("*.md")
        for name in re.findall(r"\]\((pictures/[^/)]+)\)", page.read_text(encoding="utf-8"))
    }
)
FEWEST_COLOURS = 8
HEADINGS = {"dataset", "row identifier", "job"}  # the words that are explained at the start are bold too


def test_pictures_are_named_and_there() -> None:
    """No picture is missing, and none lies there that no page shows."""
    there = {f"pictures/{path.name}" for path in (DOCS / "pictures").iterdir() if path.is_file()}
    assert there == set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_picture_shows_something(name: str) -> None:
    """A PNG that can be read, large enough to read in, with more than a few colours in it."""
    qt = pytest.importorskip("PySide6.QtGui", reason="PySide6 cannot be used here", exc_type=ImportError)
    picture = qt.QImage(str(DOCS / name), "PNG")
    assert not picture.isNull()
    assert (picture.width() >= 1000, picture.height() >= 150) == (True, True)
    points = ((x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2))
    assert len({picture.pixel(x, y) for x, y in points}) > FEWEST_COLOURS


@pytest.mark.parametrize(
    ("guide", "needed"),
    [
        (GUIDE, {"Practice portal", "Sign in", "Publish", "Undo"}),
        (UNTIDY, {"Dataset", "Map columns", "Check sheet", "Preview", "Publish", "Undo"}),
    ],
    ids=["first hour", "untidy sheet"],
)
def test_buttons_in_the_guides_exist(guide: str, needed: set[str]) -> None:
    """What is bold is a button of the tab, or the tab; each button that is needed is there."""
    labels = {button.label for button in TAB.buttons}
    bold = set(re.findall(r"\*\*([^*]+)\*\*", guide)) - HEADINGS
    assert bold <= labels | {TAB.label}
    assert needed <= bold


@pytest.mark.parametrize(
    ("guide", "needed"),
    [
        (GUIDE, {"Continue", "Undo it", "Open the dataset"}),
        (UNTIDY, {"Go to the cell", "Leave the row out", "This is meant", "Check again", "Preview the other rows"}),
    ],
    ids=["first hour", "untidy sheet"],
)
def test_words_of_windows_exist(guide: str, needed: set[str]) -> None:
    """What is in italics inside a line is a word of a window; each is in the program as it is in the guide."""
    source = "\n".join(
        path.read_text(encoding="utf-8").replace("&", "")
        for path in sorted((DOCS.parent / "xl_datasync").rglob("*.py"))
    )
    words = set(re.findall(r"(?<![*\w])\*([A-Z][\w ]+)\*(?![*\w])", guide)) - {"Terminal"}
    assert {word for word in words if f'"{word}"' not in source} == set()
    assert needed <= words


def test_what_is_typed_is_what_the_guide_says() -> None:
    """The cells to mend, and the rows of the sheet of one's own, are those with which the pictures were made."""
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in GUIDE.splitlines() if line[:1] == "|"
    ]
    assert {row[0]: row[2] for row in rows if len(row) == 3 and row[0] in MENDED} == MENDED
    assert [row for row in rows if row[0].startswith(("IATA", "ZZ"))] == [
        tuple(str(cell) for cell in row) for row in (HEADERS, *AIRFIELDS)
    ]


def test_dates_are_those_that_the_page_says() -> None:
    """What is typed on the untidy sheet, and on that of its rows set aside, is what the page says."""
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in UNTIDY.splitlines() if "/2013 |" in line
    ]
    assert {f"N{number}": date for number, _, date in rows} == untidy_sheet.LATER
    assert [cell for _, cell, _ in rows] == [f"N{number}" for number in range(5, 5 + len(rows))]
    typed = {**untidy_sheet.KNOWN, **untidy_sheet.MOVED}
    assert [address for address, text in typed.items() if not re.search(f"{text}`? in {address}", UNTIDY)] == []


def test_ribbon_is_drawn_with_every_button() -> None:
    """The drawn tab has each group and each button, under the labels of the add-in."""
    drawn = ribbon_page()
    for label in [TAB.label, *(group.label for group in TAB.groups), *(button.label for button in TAB.buttons)]:
        assert f">{label}<" in drawn
