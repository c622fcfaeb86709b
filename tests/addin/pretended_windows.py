r"""What the launcher asks of Windows, pretended: WScript.Shell and Scripting.FileSystemObject over files in memory.

pyopenvba's interpreter runs the launcher as Excel for Windows would, but starts no COM servers; these stand for the two
that the launcher makes. They hold what a real Windows holds: names in Unicode, the settings as UTF-16 with its mark.
"""

# ruff: noqa: N802  # the names are those of Windows

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pyopenvba.apps.excel import Application, ExcelApplication
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import VBAObject, member, method, setter, to_text

APPDATA = "C:\\Users\\Åsa שלום\\AppData\\Roaming"
TEMP = "C:\\Users\\Åsa שלום\\AppData\\Local\\Temp"
SETTINGS = f"{APPDATA}\\xl-datasync\\addin.txt"
PYTHON = "C:\\Users\\Åsa שלום\\AppData\\Roaming\\uv tools\\xl-datasync\\Scripts\\pythonw.exe"


@dataclass(frozen=True)
class Started:
    """A program that was started."""

    command: str
    style: int
    waits: bool
    folder: str


@dataclass
class Machine:
    """The files of the machine, and what was started on it."""

    files: dict[str, bytes] = field(default_factory=dict)
    started: list[Started] = field(default_factory=list)
    folder: str = "C:\\Users\\Åsa שלום\\Downloads"
    refuses: str = ""

    def settle(self, interpreter: str = PYTHON, *, present: bool = True) -> None:
        """Write the settings as the installer does on Windows."""
        self.files[SETTINGS] = f"interpreter={interpreter}\r\nversion=0.1.0\r\n".encode("utf-16")
        if present:
            self.files[interpreter] = b"MZ"

    @property
    def requests(self) -> list[bytes]:
        """The request files."""
        return [content for name, content in self.files.items() if name.startswith(f"{TEMP}\\xl-datasync-")]

    def create(self, name: str) -> object:
        """What CreateObject gives."""
        return {"WScript.Shell": Shell, "Scripting.FileSystemObject": FileSystem}[name](self)


class Shell(VBAObject):
    """WScript.Shell."""

    vba_type_name = "IWshShell3"

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @method
    def ExpandEnvironmentStrings(self, text: object) -> object:
        """Names between percent signs become what they stand for."""
        return to_text(text).replace("%APPDATA%", APPDATA)

    @member
    def CurrentDirectory(self) -> object:
        """The folder of the process, which its children start in."""
        return self.machine.folder

    @setter("CurrentDirectory")
    def set_folder(self, value: object) -> None:
        """Change it."""
        self.machine.folder = to_text(value)

    @method
    def Run(self, command: object, style: object, waits: object) -> object:
        """Start a program."""
        if self.machine.refuses:
            raise VBARuntimeError(70, self.machine.refuses)
        self.machine.started.append(Started(to_text(command), int(style), bool(waits), self.machine.folder))  # type: ignore[call-overload]
        return 0


class FileSystem(VBAObject):
    """Scripting.FileSystemObject."""

    vba_type_name = "FileSystemObject"

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @method
    def FileExists(self, path: object) -> object:
        """Whether it is there."""
        return to_text(path) in self.machine.files

    @method
    def GetSpecialFolder(self, number: object) -> object:
        """The folder for temporary files is number 2."""
        assert number == 2
        return Folder()

    @method
    def GetTempName(self) -> object:
        """A name as Windows makes them."""
        return f"rad{len(self.machine.files):05X}.tmp"

    @method
    def OpenTextFile(self, path: object, mode: object, create: object, form: object) -> object:
        """Only for reading, and as UTF-16."""
        assert (mode, bool(create), form) == (1, False, -1)
        text = self.machine.files[to_text(path)].decode("utf-16", errors="replace")
        return Stream(self.machine, to_text(path), text)

    @method
    def CreateTextFile(self, path: object, overwrite: object, unicode: object) -> object:
        """Only in the machine's own code page."""
        assert (bool(overwrite), bool(unicode)) == (True, False)
        return Stream(self.machine, to_text(path), "")


class Folder(VBAObject):
    """The folder for temporary files."""

    vba_type_name = "Folder"

    @member
    def Path(self) -> object:
        """Where it is."""
        return TEMP


class Stream(VBAObject):
    """TextStream."""

    vba_type_name = "TextStream"

    def __init__(self, machine: Machine, path: str, text: str) -> None:
        self.machine, self.path, self.text, self.written = machine, path, text, False

    @member
    def AtEndOfStream(self) -> object:
        """Whether nothing is left."""
        return not self.text

    @method
    def ReadAll(self) -> object:
        """Everything that is left."""
        return self.text

    @method
    def Write(self, text: object) -> object:
        """Write it; nothing but ASCII gets through every code page."""
        self.text, self.written = self.text + to_text(text), True
        return None

    @method
    def Close(self) -> object:
        """Keep what was written."""
        if self.written:
            self.machine.files[self.path] = self.text.encode("ascii")
        return None


class Control(VBAObject):
    """The button that Excel hands to a callback."""

    vba_type_name = "IRibbonControl"

    def __init__(self, command: str, needs: str = "") -> None:
        self.command, self.needs = command, needs

    @member
    def ID(self) -> object:
        """Its id."""
        return self.command

    @member
    def Tag(self) -> object:
        """What it needs."""
        return self.needs


class Ribbon(VBAObject):
    """IRibbonUI, which counts how often it was told to ask again."""

    vba_type_name = "IRibbonUI"

    def __init__(self) -> None:
        self.invalidated = 0

    @method
    def Invalidate(self) -> object:
        """Ask again."""
        self.invalidated += 1
        return None


class WindowsExcel(Application):
    """What pyopenvba's Excel has not got."""

    @member
    def Hwnd(self) -> object:
        """The handle of Excel's window."""
        return 4711

    @member
    def PathSeparator(self) -> object:
        """What stands between folders."""
        return "\\"


def excel_on(machine: Machine, source: str) -> Any:
    """An Excel in memory on that machine, with the launcher in it and no workbook but the add-in."""
    app = ExcelApplication()
    app.application.__class__ = WindowsExcel
    app.add_workbook()
    app.add_module(source, name="Launcher")
    app.interpreter.host.create = machine.create  # type: ignore[method-assign]  # CreateObject asks here
    return app
