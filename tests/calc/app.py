"""The running LibreOffice as xlwings' App."""

# ruff: noqa: D102, N802  # methods that xlwings or Excel asks for by these names

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from xlwings import base_classes

from tests.calc import office
from tests.calc.areas import Area
from tests.calc.bridge import uno
from tests.calc.errors import refused

ALL_MACROS, NO_MACROS = 1, 3  # MsoAutomationSecurity


class Apps(base_classes.Apps):
    """Every LibreOffice that this process knows: the one it was pointed to, and those it has started."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.known: list[Any] = []

    def _running(self) -> list[Any]:
        """Those that still answer."""
        self.known = [app for app in self.known if app.alive]
        return self.known

    def attach(self, url: str, started: office.Office | None = None) -> Any:
        """Know a LibreOffice."""
        app = self.engine.make("App", self.engine, url, started)
        self.known.append(app)
        return app

    def keys(self) -> list[int]:
        return [app.pid for app in self._running()]

    def add(self, spec: Any = None, add_book: bool | None = None, xl: Any = None, visible: bool | None = None) -> Any:
        started = office.start(display=self.engine.display if visible is not False else None)
        app = self.attach(started.url, started)
        if add_book:
            app.books.add()
        return app

    @staticmethod
    def cleanup() -> None:
        """Nothing: every LibreOffice is stopped by who started it."""

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._running()))

    def __len__(self) -> int:
        return len(self._running())

    def __getitem__(self, pid: int) -> Any:
        for app in self._running():
            if app.pid == pid:
                return app
        raise KeyError("Could not find an Excel instance with this PID.")


class App(base_classes.App):
    """One LibreOffice. What Excel's own process would remember is kept inside it, for every process to see."""

    def __init__(self, engine: Any, url: str, started: office.Office | None = None) -> None:
        self.engine = engine
        self.url = url
        self._started = started
        self._context = office.connect(url)
        self.desktop = self._context.getByName("desktop")
        self._pid = self.shared("pid", 0)
        self._indicator: Any = None

    def shared(self, name: str, default: Any) -> Any:
        """What is kept under a name."""
        name = office.SHARED + name
        return self._context.getByName(name) if self._context.hasByName(name) else default

    def share(self, name: str, value: Any) -> None:
        """Keep something under a name."""
        name = office.SHARED + name
        known = self._context.hasByName(name)
        (self._context.replaceByName if known else self._context.insertByName)(name, value)

    def reset(self) -> None:
        """Close everything, add-ins too, and forget what was kept."""
        components = self.desktop.Components.createEnumeration()
        while components.hasMoreElements():
            component = components.nextElement()
            if hasattr(component, "setModified"):
                component.setModified(False)
            component.close(True)
        if self._indicator is not None:
            self._indicator.end()
            self._indicator = None
        for name in self._context.ElementNames:
            if name.startswith(office.SHARED) and name.removeprefix(office.SHARED) not in ("pid", "home", "visible"):
                self._context.removeByName(name)

    @property
    def refreshed(self) -> list[str]:
        """The names of books whose `RefreshAll` was called, in order."""
        return [name for name in self.shared("refreshed", "").split("\n") if name]

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        if self._started and not self._started.running:
            return False
        with suppress(uno().getClass("com.sun.star.uno.Exception")):
            return bool(self._context.hasByName("desktop"))
        return False

    @property
    def api(self) -> Any:
        return self.engine.make("AppApi", self)

    @property
    def pid(self) -> int:
        return self._pid  # type: ignore[no-any-return]

    @property
    def hwnd(self) -> int | None:
        return self._pid  # type: ignore[no-any-return]

    @property
    def version(self) -> str:
        return "16.0"

    @property
    def path(self) -> str:
        return str(Path(office.PROGRAM or "").parent)

    @property
    def startup_path(self) -> str:
        folder = Path(self.shared("home", "")) / "XLSTART"
        folder.mkdir(exist_ok=True)
        return str(folder)

    @property
    def books(self) -> Any:
        return self.engine.make("Books", self)

    @property
    def selection(self) -> Any:
        if not len(self.books):
            return None
        sheets = self.books.active.sheets
        chosen = sheets.book.uno.CurrentController.getSelection()
        if hasattr(chosen, "RangeAddress"):
            return sheets.active.range(tuple(Area.of(chosen.RangeAddress)))
        return None

    def activate(self, steal_focus: bool = False) -> None:  # noqa: FBT002
        known = self.engine.apps.known
        known.sort(key=lambda app: app is not self)

    @property
    def visible(self) -> bool:
        return bool(self.shared("visible", False))

    @visible.setter
    def visible(self, value: bool) -> None:
        self.share("visible", bool(value))
        for book in self.books:
            book.uno.CurrentController.Frame.ContainerWindow.setVisible(bool(value))

    @property
    def calculation(self) -> str:
        return str(self.shared("calculation", "automatic"))

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in ("automatic", "manual", "semiautomatic"):
            raise KeyError(value)
        self.share("calculation", value)
        for book in self.books:
            book.uno.enableAutomaticCalculation(value != "manual")

    def calculate(self) -> None:
        for book in self.books:
            book.uno.calculate()

    @property
    def status_bar(self) -> str | bool:
        return self.shared("status bar", "") or False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self.share("status bar", value or "")
        if self._indicator is not None:
            self._indicator.end()
            self._indicator = None
        if value and len(self.books):
            frame = self.books.active.uno.CurrentController.Frame
            self._indicator = frame.createStatusIndicator()
            self._indicator.start(str(value), 0)

    def run(self, macro: str, args: Any) -> Any:
        raise refused(f"Cannot run the macro '{macro}'.")

    def quit(self) -> None:
        for book in self.books:
            book.close()
        self.kill()

    def kill(self) -> None:
        if self._started:
            self._started.stop()
        elif self._pid:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            deadline = time.monotonic() + 5
            while self.alive and time.monotonic() < deadline:
                time.sleep(0.05)
            office.forget(self._pid)


def _flag(name: str) -> property:
    """A switch of Excel's that is only remembered."""

    def get(self: App) -> bool:
        return bool(self.shared(name, True))

    def put(self: App, value: bool) -> None:
        self.share(name, bool(value))

    return property(get, put)


for _name in ("screen_updating", "display_alerts", "enable_events", "interactive"):
    setattr(App, _name, _flag(_name))
setattr(App, "cut_copy_mode", property(lambda self: None, lambda self, value: None))  # noqa: B010


class AppApi:
    """Part of Excel's Application."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.engine = app.engine

    @property
    def Version(self) -> str:
        """The version Excel 2016 and later tell."""
        return str(self._app.version)

    @property
    def Hwnd(self) -> int:
        """A number for the window."""
        return int(self._app.hwnd or 0)

    @property
    def AutomationSecurity(self) -> int:
        """Which macros of workbooks run that a program opens: 1 all, 2 as the user wants it, 3 none."""
        return int(self._app.shared("automation security", ALL_MACROS))

    @AutomationSecurity.setter
    def AutomationSecurity(self, value: int) -> None:
        self._app.share("automation security", value)

    @property
    def AskToUpdateLinks(self) -> bool:
        """Whether it asks before it follows links to other workbooks; only remembered."""
        return bool(self._app.shared("ask to update links", True))

    @AskToUpdateLinks.setter
    def AskToUpdateLinks(self, value: bool) -> None:
        self._app.share("ask to update links", value)

    @property
    def CalculationState(self) -> int:
        """0: it has calculated all; Calc does so at once."""
        return 0

    @property
    def Ready(self) -> bool:
        """Whether it takes calls."""
        return True
