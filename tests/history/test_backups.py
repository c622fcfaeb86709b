"""Backups: whole or not there, checked, cleared away."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xl_datasync.core.errors import PortalError, WorkbookError
from xl_datasync.history.backups import (
    Backup,
    BackupHeader,
    backup_path,
    found_backups,
    prune,
    read_header,
    rows_of,
    verify,
    write_backup,
)
from xl_datasync.history.moments import stamp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
HEADER = BackupHeader(
    "2026-11-22T10:15:00.000Z", "data.example.org:8443", {"id": "abcd-1234", "name": "Gebühren 税"}, "r1"
)
ROWS: list[dict[str, Any]] = [
    {"id": "1", "fee": Decimal("12.50"), "active": True, "place": {"coordinates": [Decimal("-87.6500000000000000001"), 41]}},
    {"id": "2", "note": "a\nb \u2028 \ud83d ü", "tags": [], "nothing": None},
    {},
]  # fmt: skip

Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def backup(tmp_path: Path) -> Backup:
    """A backup of three rows."""
    return write_backup(backup_path(tmp_path, "abcd-1234", "r1"), HEADER, ROWS)


def test_there_and_back(backup: Backup, tmp_path: Path) -> None:
    """What was written comes back row for row and value for value, and is the only file in the folder."""
    assert backup == Backup(
        tmp_path / "abcd-1234-r1.backup.gz", 3, backup.path.stat().st_size, HEADER.taken_at, HEADER.dataset, HEADER.portal, "r1",
    )  # fmt: skip
    assert verify(backup.path) == backup
    assert read_header(backup.path) == HEADER
    assert list(rows_of(backup.path)) == ROWS
    assert list(tmp_path.iterdir()) == [backup.path]


def test_no_rows(tmp_path: Path) -> None:
    """An empty dataset has a backup too."""
    path = tmp_path / "x.backup.gz"
    assert write_backup(path, HEADER, iter(())).rows == 0
    assert verify(path).rows == 0
    assert list(rows_of(path)) == []


def test_twice_in_a_run(backup: Backup, tmp_path: Path) -> None:
    """A run that changes a dataset twice takes two backups; none is ever written over."""
    second = backup_path(tmp_path, "abcd-1234", "r1")
    assert second != backup.path
    write_backup(second, HEADER, [])
    assert backup_path(tmp_path, "abcd-1234", "r1") not in (backup.path, second)
    with pytest.raises(WorkbookError, match="cannot be written"):
        write_backup(backup.path, HEADER, [])
    assert list(rows_of(backup.path)) == ROWS


def test_many_blocks_in_little_memory(tmp_path: Path) -> None:
    """Fifty thousand rows go through in the memory of a few blocks, both ways."""

    def many() -> Iterator[dict[str, str]]:
        for number in range(50_000):
            yield {"id": str(number), "text": f"{number * 7919 % 100_003:x}" * 20}

    tracemalloc.start()
    try:
        made = write_backup(tmp_path / "x.backup.gz", HEADER, many())
        assert all(row["id"] == str(number) for number, row in enumerate(rows_of(made.path)))
        assert verify(made.path).rows == 50_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_failing_rows(tmp_path: Path) -> None:
    """An error of whoever gives the rows goes through as it is, and nothing is left."""

    def failing() -> Iterator[dict[str, str]]:
        yield {"id": "1"}
        raise error

    for error in (PortalError("The portal is away."), OSError("line is cut"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught:
            write_backup(tmp_path / "x.backup.gz", HEADER, failing())
        assert caught.value is error
        assert list(tmp_path.iterdir()) == []


def test_full_disk(small_disk: Path, fill: Callable[..., None]) -> None:
    """On a full disk it says so, in the middle as at the start, and nothing is left."""
    rows = [{"text": os.urandom(3000).hex()} for _ in range(300)]
    for left in (0, 4096, 40_960):
        fill(small_disk, left)
        with pytest.raises(WorkbookError) as caught:
            write_backup(small_disk / "x.backup.gz", HEADER, rows)
        assert caught.value.what == "The backup x.backup.gz cannot be written (No space left on device)."
        assert caught.value.where == str(small_disk)
        assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_folder_gone(tmp_path: Path) -> None:
    """Where the folder is gone, or is a file, it is said in words and no row is read."""
    (tmp_path / "file").write_text("")
    for folder in ("gone", "file"):
        rows = iter(ROWS)
        with pytest.raises(WorkbookError, match="cannot be written"):
            write_backup(tmp_path / folder / "x.backup.gz", HEADER, rows)
        assert list(rows) == ROWS
    assert not (tmp_path / "gone").exists()


WRITING = """
import sys
from pathlib import Path
from xl_datasync.history.backups import BackupHeader, write_backup
def endless():
    number = 0
    while True:
        number += 1
        if number == 20_000:
            print("writing", flush=True)
        yield {"id": str(number), "text": str(number ** 20)}
write_backup(Path(sys.argv[1]), BackupHeader("2026-11-22T10:15:00Z", "h", {}, "r"), endless())
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_while_writing(tmp_path: Path, begin: Begin) -> None:
    """A process that is killed leaves nothing under the good name, and what it leaves is cleared away after a day."""
    path = tmp_path / "x.backup.gz"
    process = begin(WRITING, path)
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    (left,) = tmp_path.iterdir()
    assert left != path
    assert found_backups(tmp_path) == []
    now = datetime.now(timezone.utc)
    assert prune(tmp_path, 30, 10**9, [], now) == []
    assert left.exists()
    assert prune(tmp_path, 30, 10**9, [], now + timedelta(days=1, minutes=1)) == []
    assert not left.exists()


def unusable(path: Path) -> str:
    """What is said about a backup that is spoilt, both by the check and by who reads on without it."""
    with pytest.raises(WorkbookError) as caught:
        verify(path)
    with pytest.raises(WorkbookError) as read:
        list(rows_of(path))
    assert caught.value.what == read.value.what
    return caught.value.what


SPOILT = "The backup abcd-1234-r1.backup.gz has been changed or cut short; it is not used."


def test_cut_at_every_byte(backup: Backup) -> None:
    """Wherever it is cut, it is not used."""
    whole = backup.path.read_bytes()
    for cut in range(len(whole)):
        backup.path.write_bytes(whole[:cut])
        assert unusable(backup.path) == SPOILT


def test_every_bit_turned(backup: Backup) -> None:
    """Whatever bit is turned, it is not used, or it is one that says nothing, such as the date in gzip's header."""
    whole = backup.path.read_bytes()
    for place in range(len(whole)):
        for bit in (1, 16, 128):
            changed = bytearray(whole)
            changed[place] ^= bit
            backup.path.write_bytes(changed)
            try:
                verify(backup.path)
            except WorkbookError as error:
                assert error.what == SPOILT  # noqa: PT017  # either outcome may be right
            else:
                assert read_header(backup.path) == HEADER
                assert list(rows_of(backup.path)) == ROWS


def lines_of(path: Path) -> list[bytes]:
    """The lines of a backup."""
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def rewrite(path: Path, lines: list[bytes], *, right_footer: bool = False) -> None:
    """Write other lines, as somebody would who unpacks, edits and packs again."""
    if right_footer:
        digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
        lines = [*lines[:-1], json.dumps({"rows": len(lines) - 2, "sha256": digest}).encode()]
    path.write_bytes(gzip.compress(b"".join(lines)))


def test_edited(backup: Backup) -> None:
    """A backup that was unpacked, edited and packed again is not used, whatever was edited."""
    header, first, second, third, footer = lines_of(backup.path)
    for lines in (
        [header, first.replace(b"12.50", b"12.51"), second, third, footer],
        [header, second, first, third, footer],
        [header, first, second, footer],
        [header, first, second, third, third, footer],
        [header.replace(b"abcd-1234", b"abcd-1235"), first, second, third, footer],
        [header, first, second, third],
        [header, first, second, third, footer, b"\n"],
        [header, first, second, third, footer, footer],
        [header, first, second, third, footer.replace(b"3", b"2", 1)],
        [header, first, second, third, b"null"],
        [header],
        [footer],
        [b'{"rows":-1,"sha256":"%s"}' % hashlib.sha256().hexdigest().encode()],
        [],
    ):
        rewrite(backup.path, lines)
        assert unusable(backup.path) == SPOILT


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", 2), ("format", "other"), ("taken_at", "yesterday"), ("dataset", []), ("portal", None), ("run", 3)],
)
def test_other_formats(backup: Backup, key: str, value: object) -> None:
    """A file of another format or a newer version is not used, even where it is whole."""
    lines = lines_of(backup.path)
    rewrite(backup.path, lines, right_footer=True)
    assert verify(backup.path).rows == 3
    lines[0] = json.dumps({**json.loads(lines[0]), key: value}).encode() + b"\n"
    rewrite(backup.path, lines, right_footer=True)
    assert unusable(backup.path) == SPOILT
    with pytest.raises(WorkbookError, match="not used"):
        read_header(backup.path)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 a workbook", gzip.compress(b""), gzip.compress(b"[" * 10**6), os.urandom(99)],
    ids=["nothing", "a workbook", "nothing, packed", "one long line", "noise"],
)
def test_other_files(backup: Backup, content: bytes) -> None:
    """A file that is no backup at all is not used."""
    backup.path.write_bytes(content)
    assert unusable(backup.path) == SPOILT


def test_cannot_be_read(tmp_path: Path) -> None:
    """A file that is gone, or a folder, is said to be that, not to be spoilt."""
    (tmp_path / "folder.backup.gz").mkdir()
    for name in ("gone.backup.gz", "folder.backup.gz"):
        assert "cannot be read" in unusable(tmp_path / name)


def taken(folder: Path, name: str, days: float, size: int = 100) -> Path:
    """A backup that was taken some days ago, of about that many bytes."""
    path = folder / f"{name}.backup.gz"
    header = BackupHeader(stamp(NOW - timedelta(days=days)), "h", {}, "r")
    write_backup(path, header, [{"a": random.Random(name).randbytes(size // 2).hex()}])
    os.utime(path, (0, 0))  # the date in the file system says nothing
    return path


def test_too_old(tmp_path: Path) -> None:
    """Backups older than the days they are kept go, by what they say themselves; what is in the future stays."""
    old, young, future = taken(tmp_path, "z", 31), taken(tmp_path, "y", 29), taken(tmp_path, "x", -400)
    assert [path for path, _ in found_backups(tmp_path)] == [old, young, future]
    assert prune(tmp_path, 30, 10**9, [], NOW) == [old]
    assert sorted(tmp_path.iterdir()) == [future, young]
    assert prune(tmp_path, 10**12, 10**9, [], NOW) == []


def test_too_big(tmp_path: Path) -> None:
    """Where all are too big together, the oldest go until they are not."""
    paths = [taken(tmp_path, f"b{days}", days, 20_000) for days in (5, 4, 3, 2)]
    total = sum(path.stat().st_size for path in paths)
    assert prune(tmp_path, 30, total, [], NOW) == []
    assert prune(tmp_path, 30, total - 1, [], NOW) == paths[:1]
    assert prune(tmp_path, 30, total // 2 - 100, [], NOW) == paths[1:3]
    assert paths[3].exists()


def test_spared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is spared stays, however old and big, and however its path is written."""
    paths = [taken(tmp_path, f"b{days}", days, 20_000) for days in (50, 40, 3, 2)]
    monkeypatch.chdir(tmp_path)
    assert prune(tmp_path, 30, 1, [Path(paths[0].name), paths[3]], NOW) == paths[1:3]


def test_only_ours(tmp_path: Path) -> None:
    """Nothing is removed that is not a backup of ours, whatever its name."""
    other = tmp_path / "other.backup.gz"
    other.write_bytes(gzip.compress(b'{"format": "something else"}\n'))
    text = tmp_path / "text.backup.gz"
    text.write_text("mine")
    folder = tmp_path / "folder.backup.gz"
    folder.mkdir()
    part = tmp_path / "download.part"
    part.write_text("mine")
    os.utime(part, (0, 0))
    renamed = taken(tmp_path, "x", 99).rename(tmp_path / "kept by hand.gz")
    elsewhere = taken(folder, "y", 99)
    link = tmp_path / "link.backup.gz"
    link.symlink_to(elsewhere)
    assert prune(tmp_path, 1, 0, [], NOW) == []
    assert all(path.exists() for path in (other, text, folder, part, renamed, elsewhere, link))


def test_newer_version_is_not_ours_to_remove(backup: Backup) -> None:
    """A backup of a newer version of the program is left to that version."""
    lines = lines_of(backup.path)
    lines[0] = lines[0].replace(b'"version":1', b'"version":2')
    rewrite(backup.path, lines, right_footer=True)
    assert prune(backup.path.parent, 0, 0, [], NOW + timedelta(days=99)) == []


def test_open_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that the system does not let go stays, is not reported as removed, and stops nothing."""
    stuck, other = taken(tmp_path, "a", 90), taken(tmp_path, "b", 80)
    remove = Path.unlink

    def windows(path: Path, *, missing_ok: bool = False) -> None:
        if path == stuck:
            raise PermissionError(13, "The file is in use")
        remove(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", windows)
    assert prune(tmp_path, 30, 0, [], NOW) == [other]
    assert stuck.exists()


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there holds no backups."""
    assert prune(tmp_path / "gone", 1, 0, [], NOW) == []
    assert found_backups(tmp_path / "gone") == []


def test_spoilt_end_does_not_hide_it(tmp_path: Path) -> None:
    """A backup that was cut short at its end still goes in time."""
    path = taken(tmp_path, "x", 99, 2_000_000)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WorkbookError):
        verify(path)
    assert prune(tmp_path, 30, 10**9, [], NOW) == [path]


def test_no_way_in_for_a_secret() -> None:
    """Nothing here has a parameter for a sign-in."""
    words = set(BackupHeader.__annotations__) | set(Backup.__annotations__)
    for function in (write_backup, verify, rows_of, prune, read_header):
        words |= set(function.__annotations__)
    assert not [word for word in words if any(part in word for part in ("key", "secret", "password", "token", "sign"))]
