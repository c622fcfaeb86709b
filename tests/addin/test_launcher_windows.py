"""The launcher as Excel for Windows runs it: by pyopenvba's interpreter of VBA, from the built file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyopenvba import ExcelFile

from tests.addin.pretended_windows import APPDATA, PYTHON, SETTINGS, TEMP, Control, Machine, Ribbon, excel_on
from xl_datasync.addin.build import built_addin
from xl_datasync.addin.buttons import TAB
from xl_datasync.addin.places import WINDOWS
from xl_datasync.addin.settings import AddinSettings, settings_bytes

REMEDY = "xl-datasync addin install"


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The modules of the built file."""
    with built_addin() as path, ExcelFile(path) as book:
        return {name: book.get_module(name) for name in book.module_names()}


@pytest.fixture
def machine() -> Machine:
    """A Windows on which the add-in is installed."""
    made = Machine()
    made.settle()
    return made


@pytest.fixture
def excel(machine: Machine, sources: dict[str, str]) -> Any:
    """An Excel with the launcher and no workbook."""
    return excel_on(machine, sources["Launcher"])


def units(text: str) -> str:
    """A text as Windows holds it: what is beyond 16 bits as two units."""
    data = text.encode("utf-16-le")
    return "".join(chr(int.from_bytes(data[place : place + 2], "little")) for place in range(0, len(data), 2))


def told(excel: Any) -> str:
    """The one message that was shown."""
    (message,) = excel.dialogs
    assert message[0] == "MsgBox"
    assert message[2] == "Open Data"
    return str(message[1])


@pytest.mark.parametrize("button", TAB.buttons, ids=lambda button: button.id)
def test_every_button_starts_python(excel: Any, machine: Machine, button: Any) -> None:
    """A click starts the Python of the settings with the request's file: shown, and without waiting for it."""
    excel.add_workbook()
    excel.run("OpenDataClick", Control(button.id, button.needs))
    assert excel.dialogs == []
    (started,) = machine.started
    (request,) = [name for name in machine.files if name.startswith(TEMP)]
    assert started.command == f'"{PYTHON}" -m xl_datasync.ribbon "{request}"'
    assert (started.style, started.waits) == (1, False)
    content = json.loads(machine.files[request])
    assert (content["command"], content["hwnd"], content["sheet_kind"]) == (button.id, "4711", "Worksheet")


def test_python_never_starts_where_a_workbook_lies(excel: Any, machine: Machine) -> None:
    """Python starts in the product's own folder, and Excel is back in its own afterwards."""
    before = machine.folder
    excel.run("OpenDataClick", Control("help"))
    assert machine.started[0].folder == f"{APPDATA}\\xl-datasync"
    assert machine.folder == before


@pytest.mark.parametrize("name", ['a "b" \\c', "50%PATH% & | = '", "😀 שלום", "\x01\x7f\u202eä\uffff"])
def test_any_name_travels_unharmed(excel: Any, machine: Machine, name: str) -> None:
    """The request is plain ASCII, and gives back every name as it was."""
    book = excel.add_workbook()
    book.name = units(name)
    excel.run("OpenDataClick", Control("publish"))
    (request,) = machine.requests
    assert request.isascii()
    assert json.loads(request)["wb"] == name


@pytest.mark.parametrize(
    "damaged",
    [None, b"", b"\xff\xfe", "interpreter=\r\n".encode("utf-16"), b"interpreter=C:\\python.exe\r\n", b"\x00\xd8" * 99],
)
def test_unusable_settings_are_told(excel: Any, machine: Machine, damaged: bytes | None) -> None:
    """Missing or damaged settings give one message: what happened, what was not affected, where, and the remedy."""
    del machine.files[SETTINGS]
    if damaged is not None:
        machine.files[SETTINGS] = damaged
    excel.run("OpenDataClick", Control("publish"))
    message = told(excel)
    assert message.startswith("Open Data could not start its program. Nothing has been changed or sent.")
    assert f"Its settings file is missing or damaged: {SETTINGS}" in message
    assert REMEDY in message
    assert machine.started == machine.requests == []


def test_a_missing_interpreter_is_told(excel: Any, machine: Machine) -> None:
    """Where Python is gone, the message names the path that was tried."""
    del machine.files[PYTHON]
    excel.run("OpenDataClick", Control("publish"))
    message = told(excel)
    assert f"The Python it was installed with is no longer there: {PYTHON}" in message
    assert REMEDY in message
    assert machine.started == machine.requests == []


def test_a_forbidden_start_is_told(excel: Any, machine: Machine) -> None:
    """Where Windows refuses to start Python, its own words are in the message, and Excel's folder is put back."""
    before, machine.refuses = machine.folder, "Permission denied"
    excel.run("OpenDataClick", Control("publish"))
    assert "Permission denied" in told(excel)
    assert machine.folder == before


def test_what_cannot_work_is_grey(excel: Any, sources: dict[str, str]) -> None:
    """Each need is met exactly when what it names is there."""
    probe = "Sub Probe(control)\nDim enabled\nOpenDataGetEnabled control, enabled\nMsgBox CStr(enabled)\nEnd Sub\n"
    excel.add_module(probe, name="Probing")

    def on() -> set[str]:
        found = set()
        for needs in ("", "book", "sheet", "jobs"):
            excel.run("Probe", Control("x", needs))
            found |= {needs} if excel.dialogs.pop()[1] == "True" else set()
        return found

    assert on() == {""}
    book = excel.add_workbook()
    assert on() == {"", "book", "sheet"}
    book.sheets_[0].name = "JOBS"
    assert on() == {"", "book", "sheet", "jobs"}


def test_the_ribbon_is_asked_again_whenever_something_else_is_in_front(
    machine: Machine, sources: dict[str, str]
) -> None:
    """Every event makes Excel ask what is grey, and none fails before the ribbon is loaded."""
    excel = excel_on(machine, sources["Launcher"])
    # The interpreter does not know the word WithEvents, and nothing else of the module depends on it.
    assert "Private WithEvents excelEvents As Application" in sources["ThisWorkbook"]
    excel.add_module(sources["ThisWorkbook"].replace("WithEvents ", ""), name="ThisWorkbook", kind="document")
    book, ribbon = excel.add_workbook(), Ribbon()
    sheet, window = book.sheets_[0], excel.application.vba_get("ActiveWindow")
    events = {
        "WorkbookOpen": [book],
        "WorkbookActivate": [book],
        "WorkbookDeactivate": [book],
        "WorkbookNewSheet": [book, sheet],
        "SheetActivate": [sheet],
        "WindowActivate": [book, window],
    }
    assert {f"excelEvents_{event}(" for event in events} == {
        f"{line.split('Sub ')[1].split('(')[0]}("
        for line in sources["ThisWorkbook"].splitlines()
        if "Sub excel" in line
    }
    excel.run("OpenDataRefresh")
    excel.run("OpenDataOnLoad", ribbon)
    excel.interpreter.run("Workbook_Open", [], module="ThisWorkbook")
    for count, (event, arguments) in enumerate(events.items(), 1):
        excel.interpreter.run(f"excelEvents_{event}", arguments, module="ThisWorkbook")
        assert ribbon.invalidated == count, event


def test_settings_of_the_installer_are_read(excel: Any, machine: Machine) -> None:
    """What the installer writes for Windows, the launcher reads."""
    machine.files[SETTINGS] = settings_bytes(AddinSettings(PYTHON, "0.1.0"), WINDOWS)
    excel.run("OpenDataClick", Control("help"))
    assert excel.dialogs == []
    assert len(machine.started) == 1
