"""The page of all windows: what each is for, which keys work in it, and its pictures, which ``gallery --all`` makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "windows.md"
FOLDER = ROOT / "docs" / "pictures" / "windows"
PALETTES = ("light", "dark")
SCREENS = {1: (1280, 720), 2: (1920, 1080)}
"""The screen that pictures are made on, at 100 % and at 200 %."""
MOST_COLOURS = 256
LARGE = ("mapping", "check", "preview", "guards-many", "history", "link-dataset", "sign-in")
"""The windows that are kept at 200 % too."""
TITLE = """# All windows

Each window as it is drawn on a screen of 1280 × 720 at 100 %, light and dark; the main ones on 1920 × 1080 at 200 % too. The look
is Qt's own; on Windows and macOS it is the system's.

In every window: Tab and Shift+Tab go from control to control, Alt with the underlined letter goes to one or presses it, Return
presses the button with the strong edge, Esc closes without a change, and asks first where choices would be lost. Only where
work is going on there is no such button; there Esc asks it to stop.

This page and its pictures are made by `python -m tests.dialogs.gallery docs/pictures/windows --all`. Look at them before they
are kept.
"""


@dataclass(frozen=True)
class Kind:
    """A kind of window.

    :param use: what it is for, in a sentence.
    :param keys: which keys work in it besides those of every window.
    :param states: its windows in the gallery, and what each of them shows.
    """

    title: str
    use: str
    keys: str
    states: dict[str, str]


TABLE_KEYS = "Up and Down choose a row, Ctrl+C copies it"
KINDS = (
    Kind(
        "Column map",
        "Says where each column of the sheet goes on the portal, and shows at once which cells would fail.",
        "Up and Down choose a row; Return or a letter opens the choice of its partner, Return takes it, Esc leaves it; Delete "
        "leaves the column out; Home and End go to the first and the last row; F6 goes between table and details; Ctrl+Z takes "
        "the last step back.",
        {
            "mapping": "as it opens; guesses are marked, among them two columns that may be a place",
            "mapping-dates": "dates typed as text: how they are written is chosen below",
            "mapping-changed": "the sheet has changed since the map was saved",
            "mapping-place": "a point put together from two columns",
            "mapping-value": "a portal column that no sheet column goes to: the same value for every row",
            "mapping-saving": "what stands in the way of saving",
            "mapping-picking": "the choice is open, with one letter typed",
        },
    ),
    Kind(
        "Check",
        "Lists every problem and warning with its cell and how to mend it, and goes to the cell.",
        f"{TABLE_KEYS}, Return goes to its cell.",
        {"check": "problems", "check-warnings": "warnings only", "check-sound": "nothing to mend"},
    ),
    Kind(
        "Preview",
        "Shows which rows would be added, changed and removed, old and new side by side, before anything is sent.",
        f"{TABLE_KEYS}.",
        {"preview": "with differences", "preview-uncompared": "where rows cannot be compared"},
    ),
    Kind(
        "Confirm",
        "Asks before rows are sent where there is a reason to, with all reasons and numbers; the safe button is the default.",
        "",
        {"guards": "one reason", "guards-many": "several reasons"},
    ),
    Kind(
        "History",
        "Shows what was published when, by whom, from which file and with which counts.",
        f"{TABLE_KEYS}.",
        {"history": "some runs", "history-broken": "a record that cannot be read"},
    ),
    Kind(
        "Undo",
        "Takes a run back, after showing what would be put back.",
        "Up and Down choose a run.",
        {"choose": "which run", "undo": "the question before it"},
    ),
    Kind(
        "Dataset",
        "Joins a sheet to a dataset by a link, an ID, or words to search for.",
        "Up and Down choose a dataset in the list, Return takes it.",
        {
            "link-dataset": "a dataset that fits",
            "link-dataset-limited": "a dataset without row identifier, and without the right to delete",
            "link-dataset-not-signed-in": "before somebody has signed in",
            "link-new": "the first portal",
            "link-new-portal-user-name": "a new portal with user name and password",
            "link-known": "a portal that is known",
            "link-faulty": "after the button was pressed too early",
            "link-search": "before a search",
            "link-list": "what a search has found",
            "link-list-not-signed-in": "what it has found for somebody who is not signed in",
            "link-none-fits": "nothing found",
            "link-offline": "no connection",
        },
    ),
    Kind(
        "Copy a dataset",
        "Copies a dataset, or only its rows, to another portal or another dataset.",
        "Up and Down choose among the choices of a group.",
        {"copy": "the whole dataset", "copy-rows": "rows only", "copy-list": "what a search has found"},
    ),
    Kind(
        "Sign-in",
        "Takes the API key or password of a portal; “Test” says who you are and what you may change.",
        "",
        {
            "sign-in": "as it opens",
            "sign-in-tested": "tested",
            "sign-in-not-accepted": "tested and not accepted",
            "sign-in-faulty": "after the button was pressed too early, on a computer without a password vault",
        },
    ),
    Kind(
        "Connections",
        "Keeps the portals and how one signs in to them.",
        "",
        {
            "connection-new": "a new one",
            "connection-known": "one that is known",
            "connection-tested": "with a test",
        },
    ),
    Kind(
        "Work and its end",
        "Shows how far the work is, can stop it at a safe point, and says in the end what became of it.",
        "Esc asks the work to stop.",
        {
            "progress": "two jobs over, one on its way",
            "progress-stopping": "asked to stop",
            "progress-busy": "when nobody knows how much there is",
            "done": "published",
            "problem": "problems",
            "warning": "warnings",
            "stopped": "stopped",
        },
    ),
)


def pictures(name: str) -> list[str]:
    """The files with pictures of a window."""
    scales = (1, 2) if name in LARGE else (1,)
    return [f"{name}-{palette}-{scale}00.png" for scale in scales for palette in PALETTES]


def page() -> str:
    """The page, as it should be."""
    parts = [TITLE]
    for kind in KINDS:
        parts.append(f"## {kind.title}\n\n{kind.use}{f' Keys: {kind.keys}' if kind.keys else ''}\n")
        for name, words in kind.states.items():
            shown = " ".join(
                f"![{kind.title}, {words}: {file[:-4]}](pictures/windows/{file})" for file in pictures(name)
            )
            parts.append(f"`{name}`: {words}.\n\n{shown}\n")
    return "\n".join(parts)


def screen_of(size: tuple[int, int], folder: Path) -> str:
    """A screen of this size that shows nothing, as Qt is told of it."""
    one = {"name": "screen", "x": 0, "y": 0, "width": size[0], "height": size[1]}
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [{**one, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}), "utf-8")
    return f"offscreen:configfile={file}"


def draw(folder: Path, palette: str, scale: int) -> str:
    """Have another process draw all windows; what it printed."""
    folder.mkdir(parents=True, exist_ok=True)
    platform = screen_of(SCREENS[scale], folder)
    environment = {**os.environ, "QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": platform}
    command = [sys.executable, "-m", "tests.dialogs.gallery", str(folder), palette]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True
    )
    return done.stdout


def vividness(colour: int) -> int:
    """How far from grey a colour is: a small green tick must not go grey for the many greys of letters."""
    parts = [colour >> shift & 255 for shift in (16, 8, 0)]
    return max(parts) - min(parts)


def shrink(source: Path, target: Path) -> None:
    """The picture with its weightiest colours only, compressed as much as can be."""
    picture = QImage(str(source)).convertToFormat(QImage.Format.Format_RGB32)
    points = Counter(memoryview(picture.constBits()).cast("B").cast("I"))
    colours = sorted(points, key=lambda colour: points[colour] * (1 + vividness(colour)), reverse=True)[:MOST_COLOURS]
    small = picture.convertToFormat(QImage.Format.Format_Indexed8, colours, Qt.ImageConversionFlag.ThresholdDither)
    assert small.save(str(target), quality=0)


def make(target: Path, workshop: Path) -> None:
    """Draw all windows in all ways, keep the pictures that the page shows, and write the page."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.png"):
        old.unlink()
    names = [name for kind in KINDS for name in kind.states]
    for scale in SCREENS:
        for palette in PALETTES:
            folder = workshop / f"{palette}-{scale}00"
            sys.stdout.write(draw(folder, palette, scale))
            for name in names:
                file = f"{name}-{palette}-{scale}00.png"
                if file in pictures(name):
                    shrink(folder / f"{name}.png", target / file)
    PAGE.write_text(page(), encoding="utf-8")
