"""The ribbon: what its XML says, and whether Excel takes it."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from xl_datasync.addin.build import NAME, built_addin, module_source
from xl_datasync.addin.buttons import TAB, WHEN_GREY
from xl_datasync.addin.ribbon_xml import PARTS, ribbon_xml

CONTROL_NAMES = Path(__file__).with_name("control_names.txt")
# It carries Microsoft's schemas of both customUI languages, as the Open XML SDK publishes them. It stays outside the
# environment of the tests, because openpyxl writes otherwise where lxml, which it needs, is installed.
VALIDATOR = "openxml-audit==0.8.0"
# The commands of the add-in: what each needs. The ribbon, the launcher and Python agree on these words.
COMMANDS = {
    "sign_in": "", "dataset": "sheet", "map_columns": "sheet", "check": "sheet", "preview": "sheet", "clear_marks": "book",
    "publish": "sheet", "export_csv": "sheet", "undo": "jobs", "job_sheet": "book", "run_jobs": "jobs",
    "copy_dataset": "jobs", "results": "jobs", "practice": "", "help": "",
}  # fmt: skip

Validate = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The validator, in a folder of its own."""
    folder = tmp_path_factory.mktemp("validator")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), VALIDATOR]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def validate(validator: Path) -> Validate:
    """Checks an Office file against Microsoft's schemas."""

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(validator), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "openxml_audit", "--max-errors", "0", str(path)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)

    return run


def damaged(folder: Path, old: str, new: str) -> Path:
    """The add-in with something else in both ribbons."""
    path = folder / NAME
    with built_addin() as built, zipfile.ZipFile(built) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("customUI/"):
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content)
    return path


def test_the_file_is_valid_by_microsofts_schemas(validate: Validate) -> None:
    """Both ribbons, and all else in the add-in, are as Microsoft's schemas want them."""
    with built_addin() as path:
        done = validate(path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no findings" in done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('size="large"', 'size="huge"'),
        ("<button", "<knob"),
        ('keytip="P"', 'keytip="PPPP"'),
        ('tag="jobs"', 'tag=""'),
        ("onLoad=", "onload="),
        ('id="publish"', 'id="1 2"'),
    ],
)
def test_the_validator_sees_what_is_wrong(validate: Validate, tmp_path: Path, old: str, new: str) -> None:
    """A wrong value, element, length or attribute is found in both ribbons, so that finding nothing means something."""
    done = validate(damaged(tmp_path, old, new))
    assert done.returncode != 0
    for part in PARTS:
        assert f"/{part.name}" in done.stdout


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_attribute_is_in_microsofts_schema(validator: Path, part: object) -> None:
    """The validator passes over attributes that it does not know on buttons, so they are looked up here."""
    namespace = part.namespace  # type: ignore[attr-defined]
    schemas = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (validator / "openxml_audit" / "data" / "openxml" / "schemas").glob("*customui.json")
    ]
    (schema,) = [schema for schema in schemas if schema["TargetNamespace"] == namespace]
    known = {
        element: {
            attribute["QName"].removeprefix(":")
            for kind in schema["Types"]
            if re.fullmatch(rf"\w+:CT_(?:{types})/\w+:{element}", kind["Name"])
            for attribute in kind["Attributes"]
        }
        for element, types in {"button": "Button", "group": "Group", "tab": "Tab", "customUI": "CustomUI"}.items()
    }
    for element in ET.fromstring(ribbon_xml(namespace)).iter():
        name = element.tag.rpartition("}")[2]
        assert set(element.attrib) <= known.get(name, set()), name


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_callback_has_its_procedure(part: object) -> None:
    """Each onLoad, onAction and get… names a public procedure with as many arguments as Excel hands over."""
    source = module_source("launcher.bas")
    procedures = {
        name: len(arguments.split(","))
        for name, arguments in re.findall(r"^Public Sub (\w+)\((.*)\)\r$", source, re.MULTILINE)
    }
    root = ET.fromstring(ribbon_xml(part.namespace))  # type: ignore[attr-defined]
    named = {
        (key, value)
        for element in root.iter()
        for key, value in element.attrib.items()
        if key.startswith(("on", "get")) or key == "loadImage"
    }
    assert {key for key, _ in named} == {"onLoad", "onAction", "getEnabled"}
    for key, value in named:
        assert procedures[value] == (2 if key == "getEnabled" else 1)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_buttons_and_the_xml_agree(part: object) -> None:
    """Each declared button is in the XML with its words, and nothing else is."""
    namespace = part.namespace  # type: ignore[attr-defined]
    buttons = ET.fromstring(ribbon_xml(namespace)).findall(f".//{{{namespace}}}button")
    assert [(button.attrib["id"], button.attrib["label"], button.attrib["supertip"]) for button in buttons] == [
        (button.id, button.label, button.supertip) for button in TAB.buttons
    ]
    assert {button.attrib["id"]: button.attrib.get("tag", "") for button in buttons} == COMMANDS


def test_the_commands_are_the_agreed_ones() -> None:
    """Ids, in their order, and what each needs."""
    assert {button.id: button.needs for button in TAB.buttons} == COMMANDS
    assert [button.id for button in TAB.buttons] == list(COMMANDS)
    assert [group.label for group in TAB.groups] == ["Portal", "Check", "Publish", "Jobs", "Help"]
    assert TAB.label == "Open Data"


def test_no_id_is_given_twice() -> None:
    """Ids of the tab, the groups and the buttons are all different."""
    ids = [TAB.id, *(group.id for group in TAB.groups), *(button.id for button in TAB.buttons)]
    assert len(set(ids)) == len(ids)


def test_one_button_is_the_biggest() -> None:
    """Publish is what the tab is for."""
    assert [button.id for button in TAB.buttons if button.size == "large"] == ["publish"]


def test_keytips_do_not_clash() -> None:
    """Each is of 1 to 3 capital letters or digits, none begins as another, none begins with a letter Excel keeps."""
    tips = [button.keytip for button in TAB.buttons]
    for tip in (*tips, TAB.keytip):
        assert re.fullmatch(r"[A-Z0-9]{1,3}", tip)
        assert tip[0] not in "JYZ"
    for one, other in itertools.permutations(tips, 2):
        assert not one.startswith(other)


def test_the_tabs_keytip_is_not_one_of_excels() -> None:
    """Excel's own tabs have these (Microsoft, “Keyboard shortcuts in Excel”), and Y and digits for other add-ins."""
    taken = ("F", "H", "N", "P", "JI", "M", "A", "R", "W", "L", "X", "B", "Q", "E", "Y")
    assert not TAB.keytip.startswith(taken)


def test_every_icon_is_a_control_of_excel() -> None:
    """Each icon is a name from Microsoft's list, and no two buttons have the same."""
    listed = [line for line in CONTROL_NAMES.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    images = [button.image for button in TAB.buttons]
    assert sorted(images) == listed
    assert len(set(images)) == len(images)


def test_supertips_add_what_the_label_does_not_say() -> None:
    """Each says what changes, what grey means where it can be grey, and is short enough to be read in passing."""
    for button in TAB.buttons:
        assert button.supertip.startswith(button.does)
        assert re.search(r"chang|Nothing|stay|Writes", button.does), button.id
        assert button.supertip.endswith(WHEN_GREY[button.needs])
        assert ("Grey:" in button.supertip) is bool(button.needs)
        assert len(button.supertip) <= 300
        assert button.screentip != button.label
