"""The add-in's settings: a text file that says which Python to start. The launcher in Excel reads this file alone.

One ``key=value`` a line. On Windows it is UTF-16 with its mark and CRLF, because that is what VBA's own file reader
takes without loss; elsewhere UTF-8.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from xl_datasync.addin.places import WINDOWS
from xl_datasync.addin.words import NOTHING_CHANGED, InstallError
from xl_datasync.core.errors import ConfigurationError

_MARK = b"\xff\xfe"
# Folders of environments that uv and pipx make for a single run and throw away.
_THROWN_AWAY = frozenset({"archive-v0", "environments-v2", "builds-v0"})
KEEP_IT = (
    'Install it to stay, with: uv tool install "FILE[desktop]"  (FILE: the file or folder you have of it). Then: '
    "xl-datasync addin install"
)


@dataclass(frozen=True)
class AddinSettings:
    """What the add-in is told.

    :param interpreter: absolute path of the Python that has this program.
    :param version: this program's version when it was written.
    """

    interpreter: str
    version: str


def settings_bytes(settings: AddinSettings, system: str) -> bytes:
    """The file."""
    lines = [f"interpreter={settings.interpreter}", f"version={settings.version}"]
    if system == WINDOWS:
        return _MARK + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le")
    return "".join(f"{line}\n" for line in lines).encode()


def read_settings(path: Path, system: str) -> AddinSettings:
    """The settings.

    :raises ConfigurationError: where there are none, or they are damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _unusable("There are no settings for the add-in.", path) from None
    except OSError as error:
        raise _unusable(f"The add-in's settings cannot be read ({error.strerror}).", path) from None
    try:
        values = dict(line.split("=", 1) for line in _text(data, system).splitlines() if line.strip())
        settings = AddinSettings(values["interpreter"], values["version"])
    except (ValueError, KeyError):
        raise _unusable("The add-in's settings are damaged.", path) from None
    if not _is_absolute(settings.interpreter):
        raise _unusable("The add-in's settings name no full path of a Python.", path)
    return settings


def _text(data: bytes, system: str) -> str:
    if system != WINDOWS:
        return data.decode()
    if not data.startswith(_MARK):
        raise ValueError
    return data[len(_MARK) :].decode("utf-16-le")


def _is_absolute(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()


def _unusable(what: str, path: Path) -> ConfigurationError:
    return ConfigurationError(
        what,
        where=str(path),
        remedy="Write them anew with: xl-datasync addin install",
        unaffected="Your workbooks are as they were.",
    )


def choose_interpreter(system: str, executable: str = sys.executable, base: str = sys.base_prefix) -> Path:
    """The Python that the add-in shall start: the one that runs now, without a console window where possible.

    :param executable: the Python that runs now.
    :param base: the installation behind it, where it belongs to a virtual environment.
    :raises InstallError: where it will not be there, or Excel could not use it.
    """
    parts = {part.casefold() for path in (executable, base) for part in PureWindowsPath(path).parts}
    if "windowsapps" in parts:
        # Windows gives programs of its Store a private copy of %APPDATA%: what they write there, Excel never sees.
        raise _refused(
            "This Python comes from the Microsoft Store; what it installs stays hidden from Excel.", executable
        )
    if _THROWN_AWAY & set(PureWindowsPath(executable).parts):
        raise _refused("This Python was made for one run and will be thrown away.", executable)
    if not executable or "\n" in executable or "\r" in executable or not Path(executable).is_absolute():
        raise _refused("It is not known where this Python lies.", executable)
    windowless = Path(executable).with_name("pythonw.exe")
    return windowless if system == WINDOWS and windowless.is_file() else Path(executable)


def _refused(what: str, executable: str) -> InstallError:
    return InstallError(what, where=executable, remedy=KEEP_IT, unaffected=NOTHING_CHANGED)
