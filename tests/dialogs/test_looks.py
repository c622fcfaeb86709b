"""What holds for every window: names for screen readers, keys, room, light and dark, twice the size."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QDialogButtonBox, QLabel, QScrollArea, QWidget

from tests.dialogs import gallery_page
from tests.dialogs.clerk import answered, click, focused, until
from tests.dialogs.gallery import WINDOWS, cut_off, dark_palette, shown
from xl_datasync.dialogs.look import application
from xl_datasync.dialogs.parts import SCREEN_SHARE

pytestmark = pytest.mark.usefixtures("screen")
ROOT = Path(__file__).parents[2]
MOST_BYTES = 4 * 1024 * 1024
LEAST_WIDE = 500
every_window = pytest.mark.parametrize("name", WINDOWS)


def focusable(window: QWidget) -> list[QWidget]:
    """The controls that Tab goes to."""
    return [
        one
        for one in window.findChildren(QWidget)
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


@every_window
def test_every_control_has_a_name(name: str) -> None:
    """Qt's accessibility interface has a name for each control that can have the focus, and for the window."""
    window = shown(name)
    for widget in [window, *focusable(window)]:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface, widget
        assert interface.text(QAccessible.Text.Name), widget
        assert interface.role() != QAccessible.Role.NoRole


@every_window
def test_tab_goes_everywhere(name: str) -> None:
    """Tab reaches every control, from top to bottom, and comes back; of a group of choices it reaches one."""
    window = shown(name)
    window.activateWindow()
    until(window.isActiveWindow)
    met: list[QWidget] = []
    while focused(window) not in met:
        met.append(focused(window))
        QTest.keyClick(met[-1], Qt.Key.Key_Tab)
    missed = [one for one in focusable(window) if one not in met]
    assert all(isinstance(one, QAbstractButton) and one.autoExclusive() for one in missed), missed
    foot = window.findChild(QDialogButtonBox)
    body = [one for one in focusable(window) if one in met and not foot.isAncestorOf(one)]
    heights = [one.mapTo(window, one.rect().topLeft()).y() for one in body]
    assert heights == sorted(heights)


@every_window
def test_no_alt_key_is_given_twice(name: str) -> None:
    """An Alt key that two controls share would do neither's work at once."""
    window = shown(name)
    labels = [one.text() for one in window.findChildren(QLabel) if one.isVisible() and one.buddy()]
    buttons = [one.text() for one in window.findChildren(QAbstractButton) if one.isVisible()]
    marked = [text[text.index("&") + 1].lower() for text in labels + buttons if "&" in text]
    assert not [letter for letter, times in Counter(marked).items() if times > 1]


@every_window
def test_there_is_room(name: str) -> None:
    """Nothing is cut off, and 720 pixels are high enough."""
    window = shown(name)
    assert not list(cut_off(window))
    assert window.height() <= 720
    assert window.width() <= 1280


@every_window
def test_nothing_is_scrolled_where_there_is_room(name: str) -> None:
    """A form that the screen has room for is seen as a whole."""
    window = shown(name)
    area = window.findChild(QScrollArea)
    if area and window.height() < int(window.screen().availableGeometry().height() * SCREEN_SHARE):
        assert area.verticalScrollBar().maximum() == 0


@every_window
def test_one_button_answers_return(name: str) -> None:
    """A window that waits for an answer has exactly one default button; no other takes Return by chance."""
    window = shown(name)
    buttons = [one for one in window.findChildren(QAbstractButton) if one.isVisible()]
    defaults = [one for one in buttons if getattr(one, "isDefault", bool)()]
    assert len(defaults) == (0 if name.startswith("progress") else 1)
    assert all(one in defaults for one in buttons if getattr(one, "autoDefault", bool)())


@every_window
def test_it_can_be_read_in_the_dark(name: str, tmp_path: Path) -> None:
    """On a dark palette every text has the palette's contrast, because no colour is set by us."""
    application().setPalette(dark_palette())
    window = shown(name)
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled():
            palette = widget.palette()
            text, ground = palette.color(widget.foregroundRole()), palette.color(widget.backgroundRole())
            assert contrast(text, ground) >= 4.5, widget
    picture = window.grab()
    assert picture.save(str(tmp_path / f"{name}.png"))
    middle = picture.toImage().pixelColor(3, picture.height() - 3)
    assert middle.lightness() < 100


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, as WCAG 2.1 defines it."""
    lights = sorted(map(luminance, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: QColor) -> float:
    """How light a colour is, as WCAG 2.1 defines it."""
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_twice_the_size(palette: str, tmp_path: Path) -> None:
    """At 200 % every window is drawn, twice as large, with nothing cut off, and none is higher than its screen."""
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-W", "error", "-m", "tests.dialogs.gallery", str(tmp_path), palette]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == list(WINDOWS)
    assert not [line for line in lines if line[3:]]
    assert all(int(line[2]) <= 400 for line in lines)  # the screen off screen has 800 x 800 points
    assert len(list(tmp_path.glob("*.png"))) == len(WINDOWS)


def test_the_focus_starts_where_one_types() -> None:
    """A window opens with the focus where the person goes on: a blank field, the safe answer, Close."""
    wanted = {
        "sign-in": "API key secret", "connection-new": "Portal address", "connection-known": "Password",
        "link-known": "Dataset link or ID", "copy": "Dataset link or ID", "guards": "Leave as it is",
        "undo": "Leave as it is", "choose": "Which run is to be undone", "done": "Close",
    }  # fmt: skip
    windows = {name: shown(name) for name in wanted}
    assert {name: focused(window).accessibleName() for name, window in windows.items()} == wanted


@every_window
def test_esc_closes_without_an_answer(name: str) -> None:
    """Esc closes the window, with nothing accepted; where work is going on it stays, because stopping takes time."""
    window = shown(name)
    window.activateWindow()
    until(window.isActiveWindow)
    if name == "mapping-picking":
        QTest.keyClick(focused(window), Qt.Key.Key_Escape)  # the open choice takes the first one
        assert window.isVisible()
    if name == "mapping-place":  # the only one with something to lose: it asks first
        answered(lambda: QTest.keyClick(focused(window), Qt.Key.Key_Escape), click("Close"))
    else:
        QTest.keyClick(focused(window), Qt.Key.Key_Escape)
    QTest.qWait(150)  # buttons go down for a moment
    assert window.isVisible() == name.startswith("progress")
    assert isinstance(window, QDialog)
    assert window.result() == QDialog.DialogCode.Rejected


def test_no_colour_is_our_own() -> None:
    """All colours are the system's palette's, so that its contrast, light, dark or high, is the windows'."""
    sources = {path.name: path.read_text("utf-8") for path in (ROOT / "xl_datasync" / "dialogs").glob("*.py")}
    own = re.compile(r"QColor\(|setStyleSheet|GlobalColor|setPalette|#[0-9a-fA-F]{6}\b")
    assert {name for name, source in sources.items() if own.search(source)} == set()


def test_the_page_shows_every_window() -> None:
    """docs/windows.md is what the gallery writes and names each window; each picture is there, readable, and no other."""
    assert gallery_page.PAGE.read_text(encoding="utf-8") == gallery_page.page()
    names = [name for kind in gallery_page.KINDS for name in kind.states]
    assert sorted(names) == sorted(WINDOWS)
    wanted = {file for name in names for file in gallery_page.pictures(name)}
    files = list(gallery_page.FOLDER.iterdir())
    assert {file.name for file in files} == wanted
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES
    assert not [file.name for file in files if QImage(str(file)).width() < LEAST_WIDE]


def test_a_page_picture_is_small_and_true(tmp_path: Path) -> None:
    """A shrunk picture has the size of the window, and at most 256 colours."""
    window = shown("undo")
    assert window.grab().save(str(tmp_path / "large.png"))
    gallery_page.shrink(tmp_path / "large.png", tmp_path / "small.png")
    large, small = QImage(str(tmp_path / "large.png")), QImage(str(tmp_path / "small.png"))
    assert small.size() == large.size()
    assert small.format() == QImage.Format.Format_Indexed8
    middle = large.rect().center()
    assert small.pixelColor(middle) == large.pixelColor(middle)
