"""Builds the add-in `xl_datasync.xlam` from text sources, on any machine, byte for byte the same.

No Excel is needed. `pyopenvba` supplies an empty add-in and the format of VBA projects ([MS-OVBA]); it is wanted for
building only, so it is imported where it is used. Nothing is compressed in the file, because what a compression gives
differs from one zlib to the next.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from xl_datasync.addin.ribbon_xml import PARTS, ribbon_xml
from xl_datasync.core.errors import ConfigurationError

NAME = "xl_datasync.xlam"
PROJECT = "xl_datasync"
SOURCE = Path(__file__).with_name("source")
APPLESCRIPT = SOURCE / "xl_datasync.applescript"
UNAFFECTED = "Nothing has been changed."

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = "_rels/.rels"
RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
# The blank carries the name of the person who made it, and a time.
PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Open Data</dc:title>'
    "<dc:description>Publish Excel sheets to open-data portals.</dc:description>"
    "<dc:creator>xl-datasync</dc:creator></cp:coreProperties>"
)
PROJECT_NAME_RECORD = 4
PROJECT_VERSION_RECORD = 9


def build_addin(output: Path) -> str:
    """Write the add-in to a file and give back its SHA-256."""
    content = addin_bytes()
    try:
        output.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"The add-in could not be written ({error.strerror}).",
            where=str(output),
            remedy="Choose a folder that exists and in which you may write.",
            unaffected=UNAFFECTED,
        ) from error
    return hashlib.sha256(content).hexdigest()


@contextmanager
def built_addin() -> Iterator[Path]:
    """The built add-in as a file: the one that an installed package carries, else built anew from the sources."""
    carried = Path(__file__).with_name(NAME)
    if carried.is_file():
        yield carried
        return
    with tempfile.TemporaryDirectory(prefix="xl-datasync-") as folder:
        build_addin(Path(folder) / NAME)
        yield Path(folder) / NAME


def addin_bytes() -> bytes:
    """The content of the add-in's file."""
    parts = _blank_with_modules()
    parts["docProps/core.xml"] = PROPERTIES.encode()
    parts["xl/vbaProject.bin"] = _rename_project(parts["xl/vbaProject.bin"])
    for part in PARTS:
        parts[part.name] = ribbon_xml(part.namespace)
    parts[RELATIONSHIPS] = _with_relationships(parts[RELATIONSHIPS])
    return _zipped(parts)


def module_source(name: str) -> str:
    """A source as it stands in the project: plain ASCII, each line ended by CR LF."""
    lines = (SOURCE / name).read_text(encoding="ascii").splitlines()
    return "".join(f"{line}\r\n" for line in lines)


def _blank_with_modules() -> dict[str, bytes]:
    """An empty add-in with our modules in it, part by part."""
    try:
        from pyopenvba import ExcelFile  # type: ignore[import-untyped]  # noqa: PLC0415  # wanted for building only
    except ImportError as error:
        raise ConfigurationError(
            "The add-in cannot be built, because pyopenvba is not installed.",
            remedy="Install it with: pip install pyopenvba==6.5.0  (A package built whole carries the add-in.)",
            unaffected=UNAFFECTED,
        ) from error
    with tempfile.TemporaryDirectory(prefix="xl-datasync-") as folder:
        path = Path(folder) / NAME
        with ExcelFile.create_new(path) as book:
            project = book.vba_project()
            project.delete_module("Module1")
            project.add_module("Launcher", module_source("launcher.bas"))
            book.set_module("ThisWorkbook", module_source("ThisWorkbook.cls"))
            book.save()
        with zipfile.ZipFile(path) as package:
            return {name: package.read(name) for name in package.namelist()}


def _rename_project(content: bytes) -> bytes:
    """Give the VBA project our name, in both places where it stands."""
    from pyopenvba import vba  # noqa: PLC0415  # wanted for building only
    from pyopenvba.cfb import CFB  # type: ignore[import-untyped]  # noqa: PLC0415

    container = CFB.from_bytes(content)
    records = vba.decompress(container.get_stream_in_storage("VBA", "dir"))
    container.write_stream_in_storage("VBA", "dir", vba.compress(_with_project_name(records)))
    declared = re.sub(rb'(?m)^Name="[^"]*"', f'Name="{PROJECT}"'.encode(), container.get_stream("PROJECT"))
    container.write_stream("PROJECT", declared)
    renamed: bytes = container.to_bytes()
    return renamed


def _with_project_name(records: bytes) -> bytes:
    """The records of a `dir` stream with another project name ([MS-OVBA] 2.3.4.2.1.6)."""
    place = 0
    while place < len(records):
        kind, size = struct.unpack_from("<HI", records, place)
        if kind == PROJECT_NAME_RECORD:
            name = PROJECT.encode("ascii")
            return records[:place] + struct.pack("<HI", kind, len(name)) + name + records[place + 6 + size :]
        # The record of the version says 4, but 6 bytes follow.
        place += 6 + (6 if kind == PROJECT_VERSION_RECORD else size)
    raise ConfigurationError(
        "The add-in cannot be built: the blank project has no name.",
        remedy="Install the version of pyopenvba that pyproject.toml names.",
        unaffected=UNAFFECTED,
    )


def _with_relationships(content: bytes) -> bytes:
    """The package's relationships, with those of the ribbon."""
    old = fromstring(content)  # noqa: S314  # our own blank
    root = Element("Relationships", {"xmlns": RELATIONSHIPS_NAMESPACE})
    for relationship in sorted(old, key=lambda element: element.attrib["Id"]):
        SubElement(root, "Relationship", relationship.attrib)
    for number, part in enumerate(PARTS, 1):
        SubElement(root, "Relationship", {"Id": f"ribbon{number}", "Type": part.relationship, "Target": part.name})
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + tostring(root)


def _zipped(parts: dict[str, bytes]) -> bytes:
    """The parts in one file, in one order, at one time, as if made on one system."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(parts, key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            package.writestr(entry, parts[name])
    return target.getvalue()
