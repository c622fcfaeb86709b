"""Looking whether the buttons can work, without changing anything."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xl_datasync import __version__
from xl_datasync.addin.asking import NEEDED, Told, ask_interpreter
from xl_datasync.addin.checks import INSTALL, Check, fine, mend, warning
from xl_datasync.addin.files import is_there
from xl_datasync.addin.install import Goods, refuse_elsewhere
from xl_datasync.addin.marks import from_the_internet
from xl_datasync.addin.places import WINDOWS, Places
from xl_datasync.addin.policies import Registry, obstacles
from xl_datasync.addin.record import INSTALLED, read_record
from xl_datasync.addin.settings import AddinSettings, read_settings
from xl_datasync.core.errors import ConfigurationError, DataSyncError, PortalError, SignInError
from xl_datasync.core.problems import any_blocks
from xl_datasync.portal import Portal, Timeouts
from xl_datasync.vault import Shelf, within
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import read_config

REINSTALL = (
    'Run: uv tool install --force "FILE[desktop]"  (FILE: the file or folder it was installed from), and then: '
    "xl-datasync addin install"
)
VAULT_PATIENCE = 20.0
_NOBODY = "doctor.invalid"  # no portal has this name (RFC 2606), so the vault has nothing for it


def examine(places: Places, goods: Goods | DataSyncError, registry: Registry, workbook: Path | None) -> list[Check]:
    """Everything that ``doctor`` looks at.

    :param goods: what an install would put in place, or why that is not known.
    :param workbook: a job workbook whose portals shall be reached.
    :raises ConfigurationError: where there is no Excel for this system.
    """
    refuse_elsewhere(places)
    return [
        *_noted(places),
        *_python(places),
        *_addin(places, goods),
        *_script(places, goods),
        *_trust(places, registry),
        *_copies(places),
        _vault(),
        _folder(places),
        *(_portals(workbook) if workbook else ()),
    ]


def _noted(places: Places) -> Iterator[Check]:
    """Whether an install was cut off."""
    name = "Install"
    try:
        record = read_record(places)
    except OSError as error:
        yield mend(name, f"its note {places.record} cannot be read ({error.strerror})", INSTALL)
        return
    if record is None:
        yield mend(name, "the add-in is not installed for this user", INSTALL)
    elif record.damaged:
        yield mend(name, f"its note {places.record} is damaged", INSTALL)
    elif record.state != INSTALLED:
        yield mend(
            name,
            "an install or a removal was cut off half-way",
            f"{INSTALL}  (or, to remove it: xl-datasync addin uninstall)",
        )
    elif record.version != __version__:
        yield mend(name, f"made by xl-datasync {record.version}; this is {__version__}", INSTALL)
    else:
        yield fine(name, f"xl-datasync {record.version}, in {places.user_folder}")


def _python(places: Places) -> Iterator[Check]:
    """The settings, the Python they name (else the one that runs now), and what that Python has."""
    interpreter = sys.executable
    try:
        settings = read_settings(places.settings, places.system)
        interpreter = settings.interpreter
    except ConfigurationError as error:
        yield mend("Settings", error.located, INSTALL)
    else:
        yield _settings(places, settings)
    told = ask_interpreter(interpreter)
    if told.trouble:
        yield mend("Python", f"{interpreter}: {told.trouble}", REINSTALL)
        return
    yield _same_version(interpreter, told)
    for package, what in NEEDED.items():
        yield _package(told, package, what)


def _settings(places: Places, settings: AddinSettings) -> Check:
    if settings.version != __version__:
        return mend(
            "Settings", f"{places.settings} is of xl-datasync {settings.version}; this is {__version__}", INSTALL
        )
    return fine("Settings", str(places.settings))


def _same_version(interpreter: str, told: Told) -> Check:
    version = told.versions.get("xl-datasync")
    if version is None:
        return mend("Python", f"{interpreter} runs, but has no xl-datasync ({told.failures['xl-datasync']})", REINSTALL)
    if version != __version__:
        return mend("Python", f"{interpreter} has xl-datasync {version}; this is {__version__}", INSTALL)
    return fine("Python", f"{interpreter} runs and has xl-datasync {version}")


def _package(told: Told, package: str, what: str) -> Check:
    name = f"{package} ({what})"
    if package in told.versions:
        return fine(name, told.versions[package])
    return mend(name, f"cannot be used ({told.failures[package]})", REINSTALL)


def _addin(places: Places, goods: Goods | DataSyncError) -> Iterator[Check]:
    """The add-in itself, and whether the system takes it for a download."""
    yield _current("Add-in", places.addin, goods if isinstance(goods, DataSyncError) else goods.addin)
    if not places.addin.is_file():
        return
    if from_the_internet(places.addin, places.system):
        yield mend(
            "Mark of the Web",
            f"{places.addin} is marked as a file from the internet, so its macros are blocked",
            f"{INSTALL}  (it writes the file anew, without the mark)",
        )
    else:
        yield fine("Mark of the Web", "the add-in is not marked as a file from the internet")


def _script(places: Places, goods: Goods | DataSyncError) -> Iterator[Check]:
    """On macOS, the script that starts Python."""
    if places.script:
        yield _current("Script", places.script, goods if isinstance(goods, DataSyncError) else goods.script)


def _current(name: str, path: Path, wanted: bytes | DataSyncError) -> Check:
    """Whether a file is there and what an install would write."""
    try:
        found = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return mend(name, f"it is not there: {path}", INSTALL)
    except OSError as error:
        return mend(name, f"{path} cannot be read ({error.strerror})", INSTALL)
    if isinstance(wanted, DataSyncError):
        return warning(name, f"{path} is there; whether it is the right one is not known: {wanted.what}", wanted.remedy)
    if found != wanted:
        return mend(name, f"{path} is of another version, or damaged", INSTALL)
    return fine(name, str(path))


def _trust(places: Places, registry: Registry) -> Iterator[Check]:
    """Whether Excel may run what lies in its startup folder."""
    if places.system != WINDOWS:
        return
    found = list(obstacles(registry, places.addin.name))
    yield from (mend("Trusted place", what, remedy) for what, remedy in found)
    if not found:
        yield fine("Trusted place", f"{places.startup} is trusted by default, and no policy or setting says otherwise")


def _copies(places: Places) -> Iterator[Check]:
    """Other copies, which Excel would open as well: then everything is there twice, or the old one answers."""
    name = "Other copies"
    folders = (places.startup, *places.more_addin_folders)
    found = [
        path
        for folder in folders
        for pattern in ("*xl_datasync*.xla*", "*xl-datasync*.xla*")
        for path in sorted(folder.glob(pattern))
        if path != places.addin and not path.name.startswith("~$")
    ]
    for path in found:
        unticked = "" if path.parent == places.startup else " In Excel, untick it under Add-ins first."
        yield warning(name, f"Excel may open this one too: {path}", f"Quit Excel and delete it.{unticked}")
    if not found:
        yield fine(name, "none in Excel's add-in folders")


def _vault() -> Check:
    """Whether the vault opens; it is asked for an entry that nobody has."""

    def look() -> str:
        shelf = Shelf(_NOBODY)
        shelf.users()
        return shelf.name

    try:
        return fine("Vault for sign-ins", within(VAULT_PATIENCE, look))
    except SignInError as error:
        return warning("Vault for sign-ins", error.what, error.remedy)


def _folder(places: Places) -> Check:
    """Whether the log can be written."""
    folder = next(folder for folder in (places.user_folder, *places.user_folder.parents) if is_there(folder))
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return mend(
            "Folder of the log",
            f"{folder} cannot be written ({error.strerror})",
            "See whether it is read-only, full, or belongs to somebody else; then run this again.",
        )
    return fine("Folder of the log", str(places.user_folder))


def _portals(workbook: Path) -> Iterator[Check]:
    """Whether each portal of a job workbook can be reached; nobody signs in."""
    try:
        with open_workbook(workbook) as book:
            config = read_config(book)
    except DataSyncError as error:
        yield mend("Workbook", error.located, error.remedy or "Name a job workbook with --workbook.")
        return
    if any_blocks(config.problems):
        yield warning("Workbook", f"{workbook.name} has faults", f'Run: xl-datasync check "{workbook}"')
    if not config.connections:
        yield warning("Workbook", f"{workbook.name} names no portal yet", "Fill in its Connections sheet.")
    for address in dict.fromkeys(connection.address for connection in config.connections):
        yield _reached(address)


def _reached(address: str) -> Check:
    name = "Network"
    try:
        with Portal(address, timeouts=Timeouts(attempts=1)) as portal:
            portal.who_am_i()
    except PortalError as error:
        if error.status is None:
            return mend(name, error.located, error.remedy)
        if error.temporary:
            return warning(name, error.located, error.remedy)
    except DataSyncError as error:
        return mend(name, error.located, error.remedy)
    return fine(name, f"{address} answers")
