"""Starts, reaches and surely stops a LibreOffice of our own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.calc.bridge import uno

# Where another process finds the running Calc.
URL = "XL_DATASYNC_CALC"
# A folder with one file for each LibreOffice that was started and has not been stopped.
RUNNING = "XL_DATASYNC_CALC_RUNNING"
# What starts the names under which things are kept inside LibreOffice, for every process to see.
SHARED = "xl-datasync:"
PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
OPTIONS = ("--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck")

# English entry and formats whatever the machine speaks; macros run; no tips, no questions about recovery.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>en-US</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooLocale" oor:op="fuse"><value>en-US</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.9</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document"><prop oor:name="WarnAlienFormat" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/AutoSave"><prop oor:name="Enabled" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""


class OfficeError(Exception):
    """LibreOffice did not start or does not answer."""


@dataclass
class Office:
    """A running LibreOffice that this process has started."""

    process: subprocess.Popen[bytes]
    home: Path
    url: str

    @property
    def pid(self) -> int:
        """The process, which is also the number of its group."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask it to leave, then end its whole process group, then remove its folder."""
        if self.running:
            with suppress(Exception):
                connect(self.url, patience=1).getByName("desktop").terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=3)
        end_group(self.pid)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        forget(self.pid)
        shutil.rmtree(self.home, ignore_errors=True)


def start(*, display: str | None = None, patience: float = 60) -> Office:
    """Start LibreOffice with a home of its own: in a window on that display, else headless."""
    if PROGRAM is None:
        raise OfficeError("soffice is not installed")
    home = Path(tempfile.mkdtemp(prefix="calc-"))
    (home / "profile" / "user").mkdir(parents=True)
    (home / "profile" / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    pipe = f"calc{uuid.uuid4().hex}"
    url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    # SAL_USE_VCLPLUGIN=gen: the plain X11 look needs no desktop services.
    environment |= {"DISPLAY": display, "SAL_USE_VCLPLUGIN": "gen"} if display else {"SAL_USE_VCLPLUGIN": "svp"}
    command = [
        PROGRAM,
        f"-env:UserInstallation={(home / 'profile').as_uri()}",
        f"--accept=pipe,name={pipe};urp;",
        *OPTIONS,
    ]
    command += [] if display else ["--headless"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**environment, URL: url},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    remember(process.pid)
    office = Office(process, home, url)
    try:
        context = connect(url, patience=patience, process=process)
        context.insertByName(f"{SHARED}pid", process.pid)
        context.insertByName(f"{SHARED}home", str(home))
        context.insertByName(f"{SHARED}visible", display is not None)
    except BaseException:
        office.stop()
        raise
    return office


def connect(url: str, *, patience: float = 3, process: subprocess.Popen[bytes] | None = None) -> Any:
    """The component context of a running LibreOffice; what is put into it by name is seen by every process."""
    local = uno().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + patience
    while True:
        try:
            context = resolver.resolve(url)
            if not context.hasByName("desktop"):
                desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
                context.insertByName("desktop", desktop)
            return context  # noqa: TRY300  # all of it is one try
        except uno().getClass("com.sun.star.uno.Exception") as error:  # noqa: PERF203  # one try a moment
            if process is not None and process.poll() not in (None, 0):
                raise OfficeError(f"soffice ended with {process.returncode}") from error
            if time.monotonic() > deadline:
                raise OfficeError(f"no LibreOffice answers at {url}") from error
            time.sleep(0.05)


def end_group(pid: int) -> None:
    """End a LibreOffice and all it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def remember(pid: int) -> None:
    """Note that a LibreOffice runs, where somebody wants to know."""
    if folder := os.environ.get(RUNNING):
        (Path(folder) / str(pid)).touch()


def forget(pid: int) -> None:
    """Note that a LibreOffice runs no more."""
    if folder := os.environ.get(RUNNING):
        (Path(folder) / str(pid)).unlink(missing_ok=True)


def running() -> set[int]:
    """Every LibreOffice that was started, here or by a child, and not stopped."""
    folder = os.environ.get(RUNNING)
    return {int(noted.name) for noted in Path(folder).iterdir()} if folder else set()


def processes(pid: int) -> list[int]:
    """The processes of a LibreOffice that still run; those that have ended and wait to be buried do not count."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, group, *_ = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(group) == pid and state not in "ZX":
                found.append(int(stat.parent.name))
    return found
