"""Pretended computers: a home folder as Windows or macOS has it, what is in it, and the command run there."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keyring.backend import KeyringBackend

from xl_datasync.addin.build import APPLESCRIPT, built_addin
from xl_datasync.addin.install import Goods
from xl_datasync.addin.places import PRETEND, Places, find_places

ROOT = Path(__file__).parents[2]
# A name with a blank, an apostrophe, and letters outside every single code page.
PERSON = "Zoë O'Ñandú 山田"
SYSTEMS = ("windows", "macos")
GOODS = Goods(b"PK the add-in", b"on RunCommand")
NEWER = Goods(b"PK a newer add-in", b"on RunCommand, newer")
BEFORE = {
    "windows": {
        "AppData/Roaming/Microsoft/Excel/XLSTART/PERSONAL.XLSB": b"her own macros",
        "AppData/Roaming/Microsoft/AddIns/other.xlam": b"another add-in",
        "Documents/Jobs.xlsx": b"a workbook",
    },
    "macos": {
        "Library/Application Support/Other/file": b"another program's",
        "Library/Application Scripts/com.microsoft.Excel/other.applescript": b"another script",
        "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Word/a.dotm": b"Word's",
    },
}


class MemoryVault(KeyringBackend):
    """A vault that is there, opens, and has nothing."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Nothing."""
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nowhere."""

    def delete_password(self, service: str, username: str) -> None:
        """Nothing to delete."""


@dataclass(frozen=True)
class Home:
    """A pretended computer.

    :param log: the folder that holds the log of commands run there, which is the real computer's.
    """

    system: str
    path: Path
    log: Path

    @property
    def places(self) -> Places:
        """The same as a value."""
        return find_places({PRETEND: f"{self.system}:{self.path}"})

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``xl-datasync addin`` there, in a process of its own."""
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "xl_datasync", "addin", *arguments],
            cwd=self.log.parent, env=self.environment(variables), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The environment of such a process."""
        return {
            **os.environ,
            PRETEND: f"{self.system}:{self.path}",
            "XDG_CONFIG_HOME": str(self.log),
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": "tests.addin.homes.MemoryVault",
            **variables,
        }

    def listing(self) -> dict[str, str]:
        """Every folder and file there, with its rights and what is in it."""
        return {str(path.relative_to(self.path)): _fingerprint(path) for path in sorted(self.path.rglob("*"))}


def _fingerprint(path: Path) -> str:
    mode = f"{path.lstat().st_mode:o}"
    if path.is_symlink():
        return f"{mode} -> {path.readlink()}"
    return mode if path.is_dir() else f"{mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def make_home(folder: Path, system: str) -> Home:
    """A home with files of others in it, also where the add-in's files will lie."""
    home = folder / PERSON
    for name, content in BEFORE[system].items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Home(system, home, folder / "log")


def carried_goods() -> Goods:
    """What the real install puts in place."""
    with built_addin() as path:
        return Goods(path.read_bytes(), APPLESCRIPT.read_bytes())


def start_excel(home: Home) -> subprocess.Popen[bytes]:
    """A running program of that home whose name is Excel's."""
    program = home.path / "Applications" / {"windows": "EXCEL.EXE", "macos": "Microsoft Excel"}[home.system]
    program.parent.mkdir()
    shutil.copy(shutil.which("sleep") or "", program)
    return subprocess.Popen([program, "60"])
