"""Putting the add-in where Excel finds it: files alone, for one person, without an administrator and the registry.

Each step may be the last one: what is going to happen is noted before it happens, and running it again ends in the
same place. A file of the add-in's name that this program has not put there is kept, and put back by the removal: it
is somebody's, and refusing would leave a clerk with a riddle. A file that it has put there is replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xl_datasync import __version__
from xl_datasync.addin.files import is_there, missing_folders, move, put, sha256_of
from xl_datasync.addin.places import Places
from xl_datasync.addin.record import (
    INSTALLED,
    INSTALLING,
    Noted,
    Record,
    clear_leftovers,
    going_on,
    read_record,
    targets,
    waiting_addin,
    write_record,
)
from xl_datasync.addin.running import refuse_while_open
from xl_datasync.addin.settings import AddinSettings, settings_bytes
from xl_datasync.addin.words import HALF_DONE, NOTHING_CHANGED, InstallError, file_trouble
from xl_datasync.core.errors import ConfigurationError


@dataclass(frozen=True)
class Goods:
    """What is installed: the add-in, and for macOS the script that starts Python."""

    addin: bytes
    script: bytes
    version: str = __version__


@dataclass(frozen=True)
class Installed:
    """What an install has done.

    :param files: each file, and what became of it.
    :param kept: files of others that were there, and where they are kept.
    """

    places: Places
    interpreter: Path
    update: bool
    files: tuple[tuple[Path, str], ...]
    kept: tuple[tuple[Path, Path], ...]

    def lines(self) -> Iterator[str]:
        """For people."""
        done = "brought up to date" if self.update else "installed"
        who = f" for “{self.places.user}”" if self.places.user else ""
        yield f"The tab “Open Data” is {done}{who} (xl-datasync {__version__})."
        for path, fate in self.files:
            yield f"    {fate:9}  {path}"
        for path, copy in self.kept:
            yield f"    kept       {path} was there before; it is now {copy}, and “addin uninstall” puts it back"
        yield f"The buttons start {self.interpreter}"
        yield "Start Excel: the tab is in the ribbon. If it is not: xl-datasync addin doctor"


def install(places: Places, goods: Goods, interpreter: Path) -> Installed:
    """Install or update the add-in, or go on with an install that was cut off.

    :param interpreter: the Python that the add-in shall start.
    :raises ConfigurationError: where there is no Excel for this system, or it is another person's.
    :raises ExcelOpen: where Excel is open.
    :raises InstallError: where a file cannot be written; says what is done by then.
    """
    refuse_elsewhere(places)
    refuse_while_open(places)
    settings = settings_bytes(AddinSettings(str(interpreter), goods.version), places.system)
    contents = {places.settings: settings, places.script: goods.script, places.addin: goods.addin}
    wanted = {path: contents[path] for path in targets(places)}
    with told(places.user_folder, NOTHING_CHANGED):
        _refuse_folders(wanted)
        clear_leftovers(places)
        before = read_record(places)
        record = _planned(places, wanted, before, goods.version)
        fates = tuple((path, _fate(path, record)) for path in wanted)
        write_record(places, record)
    _make_folders(record)
    for path, data in wanted.items():
        with told(path, HALF_DONE):
            _keep(path, record)
            put(path, data, waiting_addin(places) if path == places.addin else None)
    with told(places.record, HALF_DONE):
        write_record(places, going_on(record, INSTALLED))
    kept = tuple((Path(noted.path), Path(noted.before)) for noted in record.files if noted.before)
    return Installed(places, interpreter, before is not None, fates, kept)


def refuse_elsewhere(places: Places) -> None:
    """Raise where there is no Excel to install to.

    :raises ConfigurationError: saying so.
    """
    if not places.has_excel:
        raise ConfigurationError(
            f"There is no Excel for {places.system}, so there is nothing for the add-in to be installed in.",
            unaffected=NOTHING_CHANGED,
            remedy="Run this on the Windows or macOS computer with Excel. Everything else of xl-datasync works here.",
        )
    if places.wrong_user:
        raise ConfigurationError(
            places.wrong_user,
            unaffected=NOTHING_CHANGED,
            remedy="Run the same command as the person who uses Excel, without sudo (docs/install.md, “For IT”).",
        )


@contextmanager
def told(path: Path, unaffected: str) -> Iterator[None]:
    """The file system's refusals in words."""
    try:
        yield
    except OSError as error:
        raise file_trouble(error, path, unaffected) from error


def _refuse_folders(wanted: dict[Path, bytes]) -> None:
    for path in wanted:
        if path.is_dir():
            raise InstallError(
                "A folder stands where a file of the add-in belongs.",
                where=str(path),
                unaffected=NOTHING_CHANGED,
                remedy="Rename or move that folder, then run the same command again.",
            )


def _planned(places: Places, wanted: dict[Path, bytes], before: Record | None, version: str) -> Record:
    """What will be done, with what earlier installs had noted and still has to be undone one day."""
    files = tuple(_noted(places, path, data, before) for path, data in wanted.items())
    needed = [*wanted, places.record, *(Path(noted.before) for noted in files if noted.before)]
    earlier = before.folders if before else ()
    new = (str(folder) for folder in missing_folders(needed) if str(folder) not in earlier)
    folders = sorted((*earlier, *new), key=lambda folder: len(Path(folder).parts))
    return Record(INSTALLING, version, tuple(folders), files)


def _noted(places: Places, path: Path, data: bytes, before: Record | None) -> Noted:
    new = hashlib.sha256(data).hexdigest()
    earlier = before.of(path) if before else None
    if earlier:
        lost = earlier.before and not is_there(Path(earlier.before)) and sha256_of(path) == earlier.sha256
        return Noted(str(path), new, "" if lost else earlier.before)
    foreign = is_there(path) and sha256_of(path) != new
    return Noted(str(path), new, str(places.set_aside / path.name) if foreign else "")


def _fate(path: Path, record: Record) -> str:
    noted = record.of(path)
    if noted and sha256_of(path) == noted.sha256:
        return "unchanged"
    return "replaced" if is_there(path) else "new"


def _make_folders(record: Record) -> None:
    for folder in map(Path, record.folders):
        with told(folder, HALF_DONE):
            folder.mkdir(exist_ok=True)


def _keep(path: Path, record: Record) -> None:
    """Move away a file that was there before, unless a run that was cut off has done so."""
    noted = record.of(path)
    if not noted or not noted.before or is_there(Path(noted.before)) or not is_there(path):
        return
    if sha256_of(path) != noted.sha256:
        move(path, Path(noted.before))
