"""Where Excel and this program keep things, as one value: what is done to a computer depends on nothing else.

Windows: a workbook or add-in in the user's ``XLSTART`` opens whenever Excel starts, and that folder is one of Excel's
trusted locations from the start. macOS: the folder ``Startup.localized/Excel`` of Office's group container does the
same; scripts that Excel may run have to lie in ``Application Scripts/com.microsoft.Excel``. Neither tried on a real
Windows or macOS.

``XL_DATASYNC_PRETEND=windows:/some/folder`` (or ``macos:``) makes that folder the home of a pretended computer, so that
everything can be tried on any system without touching the real one.
"""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xl_datasync.core.errors import ConfigurationError
from xl_datasync.folders import NAME, user_folder

WINDOWS, MACOS = "Windows", "Darwin"
ADDIN_NAME = "xl_datasync.xlam"
SCRIPT_NAME = "xl_datasync.applescript"
PRETEND = "XL_DATASYNC_PRETEND"
OFFICE_CONTENT = Path("Library", "Group Containers", "UBF8T346G9.Office", "User Content.localized")
_SYSTEMS = {"windows": WINDOWS, "macos": MACOS}


@dataclass(frozen=True)
class Places:
    r"""One person's computer.

    :param system: as ``platform.system()`` says it.
    :param home: the person's home folder.
    :param app_data: on Windows ``%APPDATA%``.
    :param user_folder: this program's own folder there.
    :param user: the account's name.
    :param wrong_user: why this account is none that uses Excel; ``""`` where it may well be.
    :param pretended: whether this is a folder that plays a computer.
    """

    system: str
    home: Path
    app_data: Path
    user_folder: Path
    user: str = ""
    wrong_user: str = ""
    pretended: bool = False

    @property
    def has_excel(self) -> bool:
        """Whether there is an Excel for this system."""
        return self.system in (WINDOWS, MACOS)

    @property
    def startup(self) -> Path:
        """The folder whose files Excel opens when it starts."""
        if self.system == WINDOWS:
            return self.app_data / "Microsoft" / "Excel" / "XLSTART"
        return self.home / OFFICE_CONTENT / "Startup.localized" / "Excel"

    @property
    def addin(self) -> Path:
        """The add-in, as Excel finds it."""
        return self.startup / ADDIN_NAME

    @property
    def script(self) -> Path | None:
        """On macOS the script that starts Python for Excel, which may start nothing itself."""
        if self.system != MACOS:
            return None
        return self.home / "Library" / "Application Scripts" / "com.microsoft.Excel" / SCRIPT_NAME

    @property
    def settings(self) -> Path:
        """What the add-in reads to find Python."""
        return self.user_folder / "addin.txt"

    @property
    def record(self) -> Path:
        """What an install notes, so that it can be undone."""
        return self.user_folder / "addin.json"

    @property
    def set_aside(self) -> Path:
        """Where files that were there before are kept until the add-in is removed."""
        return self.user_folder / "before-addin"

    @property
    def more_addin_folders(self) -> tuple[Path, ...]:
        """Other folders in which Excel looks for add-ins, where an old copy may lie."""
        if self.system == WINDOWS:
            return (self.app_data / "Microsoft" / "AddIns",)
        return (self.home / OFFICE_CONTENT / "Add-Ins.localized",)


def find_places(environment: Mapping[str, str] = os.environ) -> Places:
    """This computer, or the one that the environment pretends.

    :raises ConfigurationError: where the environment pretends something that makes no sense.
    """
    pretended = environment.get(PRETEND)
    if pretended:
        return _pretended(pretended, environment)
    home, system = Path.home(), platform.system()
    app_data = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    wrong = _wrong_user(home, environment.get("SUDO_USER", ""), root=root)
    return Places(system, home, app_data, user_folder(), getpass.getuser(), wrong)


def _pretended(text: str, environment: Mapping[str, str]) -> Places:
    name, _, folder = text.partition(":")
    home = Path(folder)
    if name not in _SYSTEMS or not home.is_absolute():
        raise ConfigurationError(
            f"{PRETEND} is “{text}”, which pretends no computer.",
            remedy=f"Write {PRETEND}=windows:/a/folder or macos:/a/folder, or leave it away.",
            unaffected="Nothing was changed.",
        )
    app_data = home / "AppData" / "Roaming"
    own = app_data if _SYSTEMS[name] == WINDOWS else home / "Library" / "Application Support"
    sudo = environment.get("SUDO_USER", "")
    return Places(_SYSTEMS[name], home, app_data, own / NAME, home.name, _wrong_user(home, sudo, root=bool(sudo)), True)


def _wrong_user(home: Path, sudo_user: str, *, root: bool) -> str:
    r"""Roll-outs run as root or as Windows' own account: the add-in would lie where no Excel ever looks."""
    if root and sudo_user:
        return f"This runs as the administrator “root” (started with sudo by “{sudo_user}”), whose Excel is not yours."
    if root:
        return "This runs as the administrator “root”, whose Excel nobody uses."
    if "systemprofile" in (part.casefold() for part in home.parts):  # C:\Windows\System32\config\systemprofile
        return "This runs as Windows' own system account, whose Excel nobody uses."
    return ""
