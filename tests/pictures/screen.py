"""A screen of our own with a window manager on it, a clerk's hands at its keyboard, and a camera."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FOLDER = "XL_DATASYNC_PICTURES"
PROGRAMS = ("openbox", "xdotool", "import", "mogrify", "chromium")
SCREEN = (1440, 900)  # as tests.calc.fixtures makes it
PICTURE = (1120, 720)
LONGEST = 30.0
REST = 0.3
# Spreadsheets fill the part that is photographed, and other windows open in its middle.
MANNERS = f"""<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme>
    <name>Clearlooks</name>
    <titleLayout>LIMC</titleLayout>
    <font place="ActiveWindow"><name>Liberation Sans</name><size>10</size><weight>Bold</weight></font>
    <font place="InactiveWindow"><name>Liberation Sans</name><size>10</size></font>
  </theme>
  <margins>
    <top>0</top><left>0</left><right>{SCREEN[0] - PICTURE[0]}</right><bottom>{SCREEN[1] - PICTURE[1]}</bottom>
  </margins>
  <applications>
    <application class="libreoffice*" type="normal"><maximized>yes</maximized></application>
    <application class="Soffice" type="normal"><maximized>yes</maximized></application>
    <application type="dialog"><position force="yes"><x>center</x><y>center</y></position></application>
  </applications>
</openbox_config>
"""


@dataclass(frozen=True)
class Screen:
    """What is on the screen, and what a clerk does there.

    :param display: the name for DISPLAY.
    :param pictures: the folder that pictures go to.
    """

    display: str
    pictures: Path

    def run(self, *command: str) -> str:
        """Run a program that acts on this screen; what it printed."""
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)
        return done.stdout.strip()

    def window(self, title: str, patience: float = LONGEST) -> str:
        """Wait for a window whose title matches, and bring it to the front; its number."""
        found = until(lambda: self.windows(title), f"a window “{title}”", patience)[-1]
        until(lambda: self._activated(found), f"“{title}” in front", patience)
        return found

    def _activated(self, window: str) -> bool:
        """Bring a window to the front; whether it stays there, which a program that is at work may hinder."""
        self.run("xdotool", "windowactivate", window)
        time.sleep(REST)
        return self.run("xdotool", "getactivewindow") == window

    def gone(self, title: str) -> None:
        """Wait until no window has such a title."""
        until(lambda: not self.windows(title), f"the end of “{title}”")

    def windows(self, title: str) -> list[str]:
        """The numbers of the windows whose titles match."""
        return self.run("xdotool", "search", "--onlyvisible", "--name", title).split()

    def keys(self, *keys: str) -> None:
        """Press keys, as xdotool names them."""
        for key in keys:
            self.run("xdotool", "key", "--clearmodifiers", key)
            time.sleep(0.15)

    def type(self, text: str) -> None:
        """Type a text."""
        self.run("xdotool", "type", "--delay", "8", text)
        time.sleep(0.2)

    def shot(self, name: str, rest: float = 0.7) -> None:
        """Photograph the screen when it has come to rest."""
        self.run("xdotool", "mousemove", str(SCREEN[0] - 1), str(SCREEN[1] - 1))
        time.sleep(rest)
        width, height = PICTURE
        target = self.pictures / f"{name}.png"
        self.run("import", "-silent", "-window", "root", "-crop", f"{width}x{height}+0+0", "+repage", str(target))
        shrink(target)


@contextmanager
def managed(display: str, folder: Path) -> Iterator[None]:
    """A window manager on the screen, for as long as the context lasts."""
    manners = folder / "openbox.xml"
    manners.write_text(MANNERS, encoding="utf-8")
    command = ["openbox", "--sm-disable", "--config-file", str(manners)]
    environment = {**os.environ, "DISPLAY": display, "HOME": str(folder)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as manager:
        time.sleep(1)
        yield
        manager.terminate()


def page(address: str, target: Path, size: tuple[int, int] = PICTURE) -> None:
    """Photograph a web page, as Chromium shows it."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]
    width, height = size
    command = ["chromium", *options, f"--window-size={width},{height}", f"--screenshot={target}", address]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    shrink(target)


def shrink(picture: Path) -> None:
    """Make the file small: windows need no more than 256 colours. Nothing in it tells the time of day."""
    command = ["mogrify", "-strip", "+dither", "-colors", "256", "-define", "png:exclude-chunks=date,time"]
    subprocess.run([*command, str(picture)], check=True, capture_output=True, timeout=60)


def until(what: Callable[[], object], words: str, patience: float = LONGEST) -> object:
    """Wait until something is there; what it is."""
    end = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < end, f"{words} did not come"
        time.sleep(0.05)
    return found


def missing_programs() -> list[str]:
    """What has to be installed first."""
    return [name for name in PROGRAMS if shutil.which(name) is None]
