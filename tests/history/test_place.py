"""The folder of a workbook's history."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from xl_datasync.core.errors import WorkbookError
from xl_datasync.history.place import history_folder


def test_beside_the_workbook(tmp_path: Path) -> None:
    """Where it can be written, the history lies beside the workbook, and the trial leaves nothing."""
    wanted = tmp_path / "Fees.datasync"
    assert history_folder(wanted, tmp_path / "own") == wanted
    assert list(wanted.iterdir()) == []
    assert not (tmp_path / "own").exists()


def test_a_file_in_its_place(tmp_path: Path) -> None:
    """Where a file has the folder's name, the folder of the user's own is taken; it is the same each time."""
    wanted = tmp_path / "Fees.datasync"
    wanted.write_text("somebody's")
    place = history_folder(wanted, tmp_path / "own")
    assert place.parent == tmp_path / "own"
    assert place.name.startswith("Fees.datasync-")
    assert len(place.name) == len("Fees.datasync-") + 8
    assert place.is_dir()
    assert history_folder(wanted, tmp_path / "own") == place
    assert wanted.read_text() == "somebody's"


def test_workbooks_of_one_name(tmp_path: Path) -> None:
    """Two workbooks of the same name in different folders do not share a history."""
    places = set()
    for folder in ("a", "b"):
        (tmp_path / folder).write_text("no folder can be made here")
        places.add(history_folder(tmp_path / folder / "Fees.datasync", tmp_path / "own"))
    assert len(places) == 2


def test_relative_and_absolute_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook has one history, whether it is named from its folder or in full."""
    (tmp_path / "Fees.datasync").write_text("")
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own"
    assert history_folder(Path("Fees.datasync"), own) == history_folder(tmp_path / "Fees.datasync", own)


def test_full_disk(small_disk: Path, fill: Callable[..., None], tmp_path: Path) -> None:
    """A disk on which a folder can be made but nothing written is no place, and the empty folder goes again."""
    fill(small_disk)
    place = history_folder(small_disk / "Fees.datasync", tmp_path / "own")
    assert place.parent == tmp_path / "own"
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_read_only_folder(tmp_path: Path) -> None:
    """A folder that may not be written is no place."""
    folder = tmp_path / "read_only"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("Root may write everywhere, and Windows has other rights")
    assert history_folder(folder / "Fees.datasync", tmp_path / "own").parent == tmp_path / "own"


def test_read_only_disk(small_disk: Path, tmp_path: Path) -> None:
    """A disk that is mounted for reading only is no place, not even for root."""
    (small_disk / "Fees.datasync").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert history_folder(small_disk / "Fees.datasync", tmp_path / "own").parent == tmp_path / "own"


def test_history_that_cannot_be_gone_on_with(tmp_path: Path) -> None:
    """A folder whose history is not ours to write is no place; a folder of that name does the same even for root."""
    (tmp_path / "Fees.datasync" / "history.jsonl").mkdir(parents=True)
    assert history_folder(tmp_path / "Fees.datasync", tmp_path / "own").parent == tmp_path / "own"


def test_name_too_long_for_more(tmp_path: Path) -> None:
    """A workbook whose name leaves no room for the ending has its history in the user's own folder."""
    wanted = tmp_path / ("税" * 84 + ".datasync")  # 261 bytes
    place = history_folder(wanted, tmp_path / "own")
    assert place.is_dir()
    assert place.parent == tmp_path / "own"


def test_no_place_at_all(tmp_path: Path) -> None:
    """Where neither can be written, it says what, where and what to do."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    with pytest.raises(WorkbookError) as caught:
        history_folder(blocked / "Fees.datasync", blocked / "own")
    assert "history of this workbook cannot be kept" in caught.value.what
    assert caught.value.where == str(blocked / "Fees.datasync")
    assert caught.value.remedy
    assert caught.value.exit_code == 2
