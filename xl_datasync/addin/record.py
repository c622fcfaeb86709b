"""What an install notes, before it does anything, so that it can be gone on with and undone whenever it was cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from xl_datasync.addin.files import WAITING, is_there, missing_folders, move, put, remove, remove_if_empty, waiting
from xl_datasync.addin.places import Places

INSTALLING, INSTALLED, REMOVING = "installing", "installed", "removing"


@dataclass(frozen=True)
class Noted:
    """A file that an install puts in place.

    :param sha256: what it holds.
    :param before: where the file that had been there is kept; ``""`` where there was none.
    """

    path: str
    sha256: str
    before: str = ""


@dataclass(frozen=True)
class Record:
    """One install.

    :param state: how far it is.
    :param version: of this program.
    :param folders: folders that were made for it, the outer ones first.
    """

    state: str
    version: str
    folders: tuple[str, ...] = ()
    files: tuple[Noted, ...] = ()
    damaged: bool = False

    def of(self, path: Path) -> Noted | None:
        """What is noted of a file."""
        return next((noted for noted in self.files if noted.path == str(path)), None)


def read_record(places: Places) -> Record | None:
    """What is noted; None where nothing is installed.

    Where it cannot be read there once was an install, so the add-in's own three names are its files.
    """
    try:
        data = places.record.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _parsed(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        kept = {path: places.set_aside / path.name for path in targets(places)}
        files = (Noted(str(path), "", str(copy) if is_there(copy) else "") for path, copy in kept.items())
        return Record(INSTALLING, "", files=tuple(files), damaged=True)


def targets(places: Places) -> list[Path]:
    """The files of an install, in the order in which they are put in place; Excel finds the last one."""
    return [path for path in (places.settings, places.script, places.addin) if path]


def _parsed(value: Any) -> Record:
    files = tuple(Noted(str(f["path"]), str(f["sha256"]), str(f["before"])) for f in value["files"])
    return Record(str(value["state"]), str(value["version"]), tuple(map(str, value["folders"])), files)


def write_record(places: Places, record: Record) -> None:
    """Note it. The folder it is in appears together with it, so that there is never a folder nobody made."""
    values = {key: value for key, value in asdict(record).items() if key != "damaged"}
    data = json.dumps(values, indent=1).encode()
    if is_there(places.user_folder):
        put(places.record, data)
        return
    top = missing_folders([places.record])[0]
    new = waiting(top)
    inside = new / places.record.relative_to(top)
    inside.parent.mkdir(parents=True)
    put(inside, data)
    move(new, top)


def drop_record(places: Places, record: Record) -> None:
    """Forget the install; the folders that were made for its record go with it where nothing else is in them."""
    made = [Path(folder) for folder in record.folders if Path(folder) in places.record.parents]
    alone = next((folder for folder in made if _only_holds(folder, places.record)), None)
    if alone:
        move(alone, waiting(alone))
        remove(waiting(alone))
        return
    remove(places.record)
    for folder in reversed(made):
        remove_if_empty(folder)


def _only_holds(folder: Path, file: Path) -> bool:
    return {path for path in folder.rglob("*") if not path.is_dir()} == {file} and all(
        path in file.parents for path in folder.rglob("*") if path.is_dir()
    )


def clear_leftovers(places: Places) -> None:
    """Remove what a killed run was writing."""
    for path in _leftovers(places):
        remove(path)


def _leftovers(places: Places) -> Iterator[Path]:
    yield waiting_addin(places)
    for path in (places.settings, places.script, places.record):
        if path:
            yield waiting(path)
    yield from (waiting(path) for path in targets(places))
    if places.set_aside.is_dir():
        yield from places.set_aside.glob(f"*{WAITING}")
    yield waiting(places.user_folder)
    yield from (waiting(folder) for folder in places.user_folder.parents if places.home in folder.parents)


def waiting_addin(places: Places) -> Path:
    """Where the add-in is written: not in the folder whose every file Excel opens."""
    return waiting(places.startup.parent / places.addin.name)


def going_on(record: Record, state: str) -> Record:
    """The same install, further on."""
    return replace(record, state=state)
