"""Taking the add-in away: everything as it was before the first install, also after one that was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xl_datasync.addin.files import is_there, move, remove, remove_if_empty, sha256_of
from xl_datasync.addin.install import refuse_elsewhere, told
from xl_datasync.addin.places import Places
from xl_datasync.addin.record import (
    REMOVING,
    Noted,
    Record,
    clear_leftovers,
    drop_record,
    going_on,
    read_record,
    targets,
    write_record,
)
from xl_datasync.addin.running import refuse_while_open
from xl_datasync.addin.words import FULL, HALF_REMOVED, NOTHING_CHANGED
from xl_datasync.folders import WINDOW_LOCKS

UNKNOWN = (
    "nobody noted who put it there; to remove it run “xl-datasync addin install”, then this again, "
    "or delete it by hand while Excel is closed"
)


@dataclass(frozen=True)
class Removed:
    """What a removal has done.

    :param recorded: whether anything was installed, as far as is known.
    :param files: each file, and what became of it.
    :param staying: files and folders that are still there, and why.
    """

    recorded: bool
    files: tuple[tuple[Path, str], ...] = ()
    staying: tuple[tuple[Path, str], ...] = ()

    @property
    def exit_code(self) -> int:
        """3 where something looks like an install that nothing is known of."""
        return 3 if self.staying and not self.recorded else 0

    def lines(self) -> Iterator[str]:
        """For people."""
        yield "The tab “Open Data” is removed." if self.recorded else "No install is noted, so nothing was removed."
        for path, fate in self.files:
            yield f"    {fate:9}  {path}"
        for path, why in self.staying:
            yield f"    stays     {path}: {why}"
        if self.recorded:
            yield "Start Excel: the tab is gone. Workbooks, records, backups and sign-ins were not touched."


def uninstall(places: Places) -> Removed:
    """Undo every install there was.

    :raises ConfigurationError: where there is no Excel for this system, or it is another person's.
    :raises ExcelOpen: where Excel is open.
    :raises InstallError: where a file cannot be removed; says what is done by then.
    """
    refuse_elsewhere(places)
    refuse_while_open(places)
    with told(places.user_folder, NOTHING_CHANGED):
        clear_leftovers(places)
        record = read_record(places)
        if record is None:
            return Removed(recorded=False, staying=tuple(_unknown(places)))
        _note(places, record)
    fates = []
    for noted in reversed(record.files):  # the add-in first: Excel must not find it without the rest
        with told(Path(noted.path), HALF_REMOVED):
            fates.append((Path(noted.path), _undo(noted)))
    with told(places.user_folder, HALF_REMOVED):
        remove_if_empty(places.set_aside)
        _clear_window_locks(places.user_folder / WINDOW_LOCKS)
        for folder in reversed(record.folders):
            remove_if_empty(Path(folder))
        drop_record(places, record)
    return Removed(recorded=True, files=tuple(fates), staying=tuple(_staying(record)))


def _clear_window_locks(folder: Path) -> None:
    """Remove what the windows of the buttons have left to tell which of them came first."""
    for lock in folder.glob("*.lock"):
        remove(lock)
    remove_if_empty(folder)


def _note(places: Places, record: Record) -> None:
    """Note that it begins; without room for that it is done all the same, because it makes room."""
    try:
        write_record(places, going_on(record, REMOVING))
    except OSError as error:
        if error.errno not in FULL:
            raise


def _undo(noted: Noted) -> str:
    path, before = Path(noted.path), Path(noted.before)
    if noted.before and is_there(before):
        move(before, path)
        return "put back"
    if noted.before and sha256_of(path) != noted.sha256:
        return "as before"  # cut off before it was touched
    if path.is_dir() and not path.is_symlink():
        return "stays"  # somebody has put a folder in its place
    return "removed" if remove(path) else "not there"


def _unknown(places: Places) -> Iterator[tuple[Path, str]]:
    for path in targets(places):
        if is_there(path):
            yield path, UNKNOWN


def _staying(record: Record) -> Iterator[tuple[Path, str]]:
    for folder in map(Path, record.folders):
        if is_there(folder):
            yield folder, "other files are in it"
    if record.damaged:
        yield (
            Path(record.files[-1].path).parent,
            "the note of the install was damaged, so folders made by it are left, even empty ones",
        )
