"""Building the add-in: the same file everywhere, with our sources in it and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pyopenvba
import pytest
from pyopenvba.cfb import CFB
from pyvbaanalysis import (
    DEFAULT_COMPILER_CONSTANTS,
    ConditionalCompilationEnvironment,
    analyze_loose_files,
    analyze_workbook,
)

from xl_datasync import __version__
from xl_datasync.addin import build
from xl_datasync.addin.build import APPLESCRIPT, NAME, SOURCE, build_addin, built_addin, module_source
from xl_datasync.addin.ribbon_xml import PARTS
from xl_datasync.core.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


@pytest.fixture(scope="module")
def addin() -> Iterator[Path]:
    """The built add-in."""
    with built_addin() as path:
        yield path


def test_two_builds_are_the_same(tmp_path: Path) -> None:
    """The same bytes at another time, in another process, place, time zone and language, with other hashes of texts."""
    one = build_addin(tmp_path / "one.xlam")
    program = "import sys; from pathlib import Path; from xl_datasync.addin.build import build_addin as b; print(b(Path(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "two.xlam")],
        cwd=ROOT, check=True, capture_output=True, text=True,
        env=os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"},
    )  # fmt: skip
    assert done.stdout.strip() == one
    assert (tmp_path / "one.xlam").read_bytes() == (tmp_path / "two.xlam").read_bytes()
    assert hashlib.sha256((tmp_path / "one.xlam").read_bytes()).hexdigest() == one


@pytest.mark.parametrize("output", ["missing/folder/a.xlam", "."])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, output: str) -> None:
    """The message names the place and what to do."""
    with pytest.raises(ConfigurationError) as refused:
        build_addin(tmp_path / output)
    assert str(tmp_path / output) in refused.value.message
    assert "Choose a folder" in refused.value.message


def test_a_missing_builder_is_told(tmp_path: Path) -> None:
    """Without pyopenvba nothing is written, and the message says how to get it."""
    program = (
        "import sys; sys.modules['pyopenvba'] = None\n"
        "from pathlib import Path\nfrom xl_datasync.addin.build import build_addin\n"
        "from xl_datasync.core.errors import DataSyncError\n"
        "try:\n    build_addin(Path(sys.argv[1]))\nexcept DataSyncError as error:\n    print(ascii(error.message))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.xlam")]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert "pip install pyopenvba" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_olevba_gives_back_the_sources(addin: Path) -> None:
    """An independent reader finds our modules, letter for letter, an empty sheet's, and no other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of names that pyparsing has renamed
        from oletools.olevba import VBA_Parser  # noqa: PLC0415

        parser = VBA_Parser(str(addin))
        found = {name: text for _file, _stream, name, text in parser.extract_macros()}
        parser.close()
    assert set(found) == {"Launcher.bas", "ThisWorkbook.cls", "Sheet1.cls"}
    for name, source in {"Launcher.bas": "launcher.bas", "ThisWorkbook.cls": "ThisWorkbook.cls"}.items():
        assert found[name].replace("\r\n", "\n") == module_source(source).replace("\r\n", "\n")
    assert all(line.startswith("Attribute ") for line in found["Sheet1.cls"].splitlines())


def test_the_project_has_our_name_in_both_places(addin: Path) -> None:
    """The two places where a project's name stands agree, and every module is declared once."""
    with zipfile.ZipFile(addin) as package:
        container = CFB.from_bytes(package.read("xl/vbaProject.bin"))
    declared = container.get_stream("PROJECT").decode("ascii")
    assert re.findall(r'^Name="(.*)"\r$', declared, re.MULTILINE) == ["xl_datasync"]
    modules = re.findall(r"^(?:Module|Document)=(\w+)", declared, re.MULTILINE)
    assert sorted(modules) == ["Launcher", "Sheet1", "ThisWorkbook"]
    with pyopenvba.ExcelFile(addin) as book:
        assert book.vba_project().name == "xl_datasync"
        assert book.validate() == []


def test_the_file_is_sound(addin: Path) -> None:
    """The library's own check of the whole file finds nothing."""
    report = pyopenvba.check_file(addin)
    assert report.complete
    assert report.issues == ()


def test_content_types(addin: Path) -> None:
    """The file says that it is an add-in with macros, and every part has a type."""
    with zipfile.ZipFile(addin) as package:
        assert package.testzip() is None
        names = package.namelist()
        types = ET.fromstring(package.read("[Content_Types].xml"))
    overrides = {
        element.attrib["PartName"]: element.attrib["ContentType"] for element in types.iter(f"{TYPES}Override")
    }
    defaults = {element.attrib["Extension"]: element.attrib["ContentType"] for element in types.iter(f"{TYPES}Default")}
    assert overrides["/xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert defaults["bin"] == "application/vnd.ms-office.vbaProject"
    assert names[0] == "[Content_Types].xml"
    assert all(f"/{name}" in overrides or name.rpartition(".")[2] in defaults for name in names[1:])


def test_relationships(addin: Path) -> None:
    """Excel finds the workbook and both ribbons, each id once, each target there."""
    with zipfile.ZipFile(addin) as package:
        found = [element.attrib for element in ET.fromstring(package.read("_rels/.rels"))]
        names = set(package.namelist())
    assert len({relationship["Id"] for relationship in found}) == len(found)
    assert {relationship["Target"] for relationship in found} <= names
    targets = {relationship["Type"]: relationship["Target"] for relationship in found}
    assert {part.relationship: part.name for part in PARTS}.items() <= targets.items()


def test_nothing_tells_who_built_it(addin: Path) -> None:
    """No person's name and no time is in the file; its parts are dated alike and not compressed."""
    with zipfile.ZipFile(addin) as package:
        for entry in package.infolist():
            assert (entry.date_time, entry.compress_type, entry.create_system) == (
                (1980, 1, 1, 0, 0, 0),
                zipfile.ZIP_STORED,
                0,
            )
        properties = package.read("docProps/core.xml").decode()
    assert re.findall(r"<dc:creator>(.*?)</dc:creator>", properties) == ["xl-datasync"]
    assert "dcterms" not in properties
    assert "lastModifiedBy" not in properties


@pytest.mark.parametrize("source", sorted(SOURCE.iterdir()), ids=lambda path: path.name)
def test_sources_are_plain_ascii(source: Path) -> None:
    """What is outside ASCII would depend on the code page of the machine that runs it."""
    assert source.read_bytes().isascii()


def test_modules_end_their_lines_as_vba_wants() -> None:
    """Each line of a module ends with CR LF, whatever the file in the repository has."""
    for name in ("launcher.bas", "ThisWorkbook.cls"):
        source = module_source(name)
        assert source.count("\r\n") == source.count("\n") == source.count("\r")


def test_the_launcher_says_our_version() -> None:
    """A request names the version of the add-in it came from."""
    assert f'Const AddinVersion As String = "{__version__}"' in module_source("launcher.bas")


def test_the_launcher_waits_for_nothing_and_asks_no_shell() -> None:
    """No command interpreter of Windows, no loop that waits, no call that waits."""
    source = "".join(module_source(name) for name in ("launcher.bas", "ThisWorkbook.cls")).lower()
    for word in (
        "cmd",
        "powershell",
        "application.wait",
        "doevents",
        "sleep",
        "declare ",
        "application.run",
        "evaluate",
    ):
        assert word not in source, word


def test_the_lint_finds_nothing(addin: Path) -> None:
    """The lint, pyvbaanalysis, has no remark on the project in the built file."""
    assert analyze_workbook(addin) == {"Launcher": [], "Sheet1": [], "ThisWorkbook": []}


def test_the_lint_finds_nothing_in_what_a_mac_compiles(addin: Path) -> None:
    """The one remark is of AppleScriptTask, which is VBA's own on a Mac alone and unknown to the lint."""
    mac = ConditionalCompilationEnvironment(DEFAULT_COMPILER_CONSTANTS | {"Mac": 1, "Win32": 0, "Win64": 0})
    remarks = [remark for found in analyze_workbook(addin, conditional_compilation=mac).values() for remark in found]
    assert [remark.code for remark in remarks] == ["undeclared-variable"]
    assert "'AppleScriptTask'" in remarks[0].message


def test_the_lint_sees_what_is_wrong(tmp_path: Path) -> None:
    """A call of something that is not there is found, so that no remark means something."""
    path = tmp_path / "launcher.bas"
    path.write_text(module_source("launcher.bas").replace("Launch(", "Lunch(", 1), encoding="ascii")
    (remarks,) = analyze_loose_files([path]).values()
    assert remarks


def test_the_apple_script_calls_itself_by_the_right_names() -> None:
    """The handler that the launcher calls is there, and everything put into a shell command is quoted."""
    script = APPLESCRIPT.read_text(encoding="ascii")
    launcher = module_source("launcher.bas")
    ((name, handler),) = re.findall(r'AppleScriptTask\("([^"]+)", "([^"]+)", request\)', launcher)
    assert name == APPLESCRIPT.name
    assert f"on {handler}(request)" in script
    shell = [line for line in script.splitlines() if re.search(r"do shell script|set (inOwn|write|start)", line)]
    assert len(shell) == 6
    for line in shell:
        for value in re.findall(r"(quoted form of )?\b(interpreter|request|settingsFile|productFolder)\b(?! in)", line):
            assert value[0], line


@pytest.mark.skipif(os.name == "nt", reason="the command is for the shell of a Mac")
@pytest.mark.parametrize("name", ["plain", "it's", "a  b", "שלום 😀", '$(touch x) `y` "z" \\ %s'])
def test_the_apple_scripts_shell_command_starts_python(tmp_path: Path, name: str) -> None:
    """The one shell command of the script writes the request as it was handed over and starts Python, whatever the names."""
    folder, request = tmp_path / name, f'{{"wb": "{name}"}}'
    folder.mkdir()
    (python := folder / "python 3").write_text(
        '#!/bin/sh\nprintf "%s\\n" "$PWD" "$@" > told; mv told done\n', encoding="utf-8"
    )
    python.chmod(0o755)
    values = {"interpreter": str(python), "request": request, "productFolder": str(folder)}
    parts = re.findall(
        r"^\tset (?:inOwnFolder|writeRequest|startPython) to (.*)$", APPLESCRIPT.read_text("ascii"), re.MULTILINE
    )
    assert len(parts) == 3
    command = "".join(apple_text(part, values) for part in parts)
    done = subprocess.run(
        ["/bin/sh", "-c", command], env={"TMPDIR": str(tmp_path)}, timeout=20, check=True, capture_output=True
    )
    assert done.stdout + done.stderr == b""
    deadline = time.monotonic() + 20
    while not (folder / "done").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    where, *arguments, path = (folder / "done").read_text(encoding="utf-8").splitlines()
    assert (where, arguments) == (str(folder), ["-m", "xl_datasync.ribbon"])
    assert Path(path).parent == tmp_path
    assert Path(path).read_text(encoding="utf-8") == request


def apple_text(expression: str, values: dict[str, str]) -> str:
    """What AppleScript makes of texts and quoted values that are put together."""
    made = ""
    for text, name in re.findall(r'"((?:[^"\\]|\\.)*)"|quoted form of (\w+)', expression):
        made += shlex.quote(values[name]) if name else re.sub(r"\\(.)", r"\1", text)
    return made


def test_the_wheel_carries_it(tmp_path: Path) -> None:
    """The built wheel holds the very file that the sources give."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        carried = package.read(f"xl_datasync/addin/{NAME}")
        assert f"xl_datasync/addin/source/{APPLESCRIPT.name}" in package.namelist()
    assert hashlib.sha256(carried).hexdigest() == build_addin(tmp_path / NAME)


def test_what_is_carried_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package hands out the file it carries and builds nothing."""
    monkeypatch.setattr(build, "__file__", str(tmp_path / "build.py"))
    (tmp_path / NAME).write_bytes(b"carried")
    with built_addin() as path:
        assert path == tmp_path / NAME
    assert path.read_bytes() == b"carried"
