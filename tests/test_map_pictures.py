"""Pictures of column maps are kept beside the records, by job, and are never worth a failed run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.conftest import column, dataset_of, job_of, shape_of
from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.core.map_picture import picture_of
from xl_datasync.core.mapping import settle_mapping
from xl_datasync.core.options import JobOptions, topic_key
from xl_datasync.core.problems import ProblemLog, Severity
from xl_datasync.keeper import Keeper
from xl_datasync.map_pictures import FOLDER, drift_problems, remember, remembered, renamed_rows
from xl_datasync.workbook.config import Keeping

DATASET = dataset_of(column("ID"), column("Größe 東京", "number"), identifier="id")
PICTURE = picture_of(shape_of(["ID", "Größe 東京", "a\nb"]), DATASET)


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    """A keeper with folders of its own."""
    return Keeper(Keeping(tmp_path / "jobs.datasync"), tmp_path / "user", tmp_path / "jobs.xlsx")


def test_a_picture_is_remembered_by_job(keeper: Keeper) -> None:
    """What was kept is read again, whatever the job is called; names that differ in capitals are one job's."""
    for name in ["Permits", "A/B: <x>?", "con", "x" * 300, "東京" * 60]:
        assert remembered(keeper, name) is None
        remember(keeper, name, PICTURE)
        assert remembered(keeper, name.upper()) == PICTURE
    later = replace(PICTURE, identifier="")
    remember(keeper, "permits", later)
    assert remembered(keeper, "Permits") == later
    assert len(list((keeper.folder / FOLDER).iterdir())) == 5


def test_looking_makes_no_folder(keeper: Keeper, tmp_path: Path) -> None:
    """Who only checks leaves nothing behind."""
    assert remembered(keeper, "Permits") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 99}', json.dumps({"version": 1, "headers": 3})])
def test_what_cannot_be_read_is_no_picture(keeper: Keeper, text: str) -> None:
    """A file that was cut short, or is of another version, raises no alarm and no error."""
    remember(keeper, "Permits", PICTURE)
    (path,) = (keeper.folder / FOLDER).iterdir()
    path.write_text(text, encoding="utf-8")
    assert remembered(keeper, "Permits") is None
    remember(keeper, "Permits", PICTURE)
    assert remembered(keeper, "Permits") == PICTURE


def test_what_cannot_be_written_is_logged(keeper: Keeper, caplog: pytest.LogCaptureFixture) -> None:
    """A run that has published must not fail over its picture."""
    (keeper.folder / FOLDER).write_text("a file in the folder's place", encoding="utf-8")
    remember(keeper, "Permits", PICTURE)
    assert "was not kept" in caplog.text
    assert remembered(keeper, "Permits") is None


def test_drift_is_told_and_can_be_answered(keeper: Keeper) -> None:
    """Nothing before the first picture; then each change, which an answer of the job's makes a note."""
    job, shape = job_of(), shape_of(["ID"])
    mapping = settle_mapping(shape, DATASET, (), ProblemLog())
    assert drift_problems(keeper, job, shape, DATASET, mapping) == ()
    remember(keeper, job.name, PICTURE)
    (problem,) = drift_problems(keeper, job, shape, DATASET, mapping)
    assert (problem.severity, problem.count) == (Severity.WARNING, 2)
    answered = replace(job, options=JobOptions(answered=frozenset({topic_key(problem.topic)})))
    (problem,) = drift_problems(keeper, answered, shape, DATASET, mapping)
    assert problem.severity is Severity.NOTE
    remember(keeper, job.name, picture_of(shape, DATASET, mapping))
    assert drift_problems(keeper, job, shape, DATASET, mapping) == ()


def test_rows_of_renamed_columns(keeper: Keeper) -> None:
    """A row follows its column to its new header once there is a picture to know it by."""
    job, shape = replace(job_of(), choices=(ColumnChoice("a\nb", "", "id"),)), shape_of(["ID", "Größe 東京", "b"])
    assert renamed_rows(keeper, job, shape) == (job.choices, frozenset())
    remember(keeper, job.name, PICTURE)
    assert renamed_rows(keeper, job, shape) == ((ColumnChoice("b", "", "id"),), {2})


def test_where_nothing_can_be_kept_beside_the_workbook(tmp_path: Path) -> None:
    """The picture is kept with the records in the user's own folder, and found there."""
    (tmp_path / "jobs.datasync").write_text("a file in the folder's place", encoding="utf-8")
    keeper = Keeper(Keeping(tmp_path / "jobs.datasync"), tmp_path / "user", tmp_path / "jobs.xlsx")
    assert remembered(keeper, "Permits") is None
    remember(keeper, "Permits", PICTURE)
    again = Keeper(Keeping(tmp_path / "jobs.datasync"), tmp_path / "user", tmp_path / "jobs.xlsx")
    assert remembered(again, "Permits") == PICTURE
