"""Pictures of both sides of each job's column map, kept beside the records: the drift alarm compares them with now."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xl_datasync.core.checks import answered
from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.drift import drift
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.header_changes import follow_renamed
from xl_datasync.core.jobs import Job
from xl_datasync.core.map_picture import MapPicture, SeenColumn, SeenHeader, picture_of
from xl_datasync.core.mapping import Mapping as ColumnMapping
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem
from xl_datasync.core.values import TableShape
from xl_datasync.csv_files import file_name
from xl_datasync.keeper import Keeper

log = logging.getLogger(__name__)

FOLDER = "maps"
VERSION = 1
_LONGEST_NAME = 40


def remember(keeper: Keeper, job: str, picture: MapPicture) -> None:
    """Keep a job's picture in place of its last one. What cannot be kept is logged: it is not worth a failed run."""
    try:
        path = _path(keeper.folder, job)
        path.parent.mkdir(exist_ok=True)
        _write(path, json.dumps({"version": VERSION, "job": job, **asdict(picture)}, ensure_ascii=False))
    except (OSError, ValueError, WorkbookError) as error:
        log.warning("The picture of the column map of “%s” was not kept: %s", job, error)


def _write(path: Path, text: str) -> None:
    """Write a file that is whole or not there, whatever happens meanwhile."""
    number, name = tempfile.mkstemp(".part", f"{path.stem}.", path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def remembered(keeper: Keeper, job: str) -> MapPicture | None:
    """A job's picture, or None where none was kept or it cannot be read; nothing is written to look."""
    elsewhere = keeper.user_folder / "history"
    with suppress(OSError, WorkbookError, ValueError, KeyError, TypeError):
        # Only where records had to be kept elsewhere before is it worth finding out where they are kept now.
        folder = keeper.folder if elsewhere.exists() and any(elsewhere.iterdir()) else keeper.keeping.folder
        return _picture(json.loads(_path(folder, job).read_text(encoding="utf-8")))
    return None


def drift_problems(
    keeper: Keeper, job: Job, shape: TableShape, dataset: Dataset, mapping: ColumnMapping
) -> tuple[Problem, ...]:
    """What changed since the job's map was last saved or used; warnings that were answered are notes."""
    picture = _picture_for(keeper, job)
    return answered(drift(picture, shape, dataset, mapping), job.options) if picture else ()


def renamed_rows(keeper: Keeper, job: Job, shape: TableShape) -> tuple[tuple[ColumnChoice, ...], frozenset[int]]:
    """The rows of a job's map with the new headers of columns that seem to be renamed, and which columns those are."""
    picture = _picture_for(keeper, job)
    return follow_renamed(job.choices, picture.headers, shape) if picture else (tuple(job.choices), frozenset())


def drift_of(keeper: Keeper, plan: Plan) -> tuple[Problem, ...]:
    """What changed since the job of a plan was last published, or its map saved."""
    return drift_problems(keeper, plan.job, plan.shape, plan.dataset, plan.mapping)


def remember_plan(keeper: Keeper, plan: Plan) -> None:
    """Keep the picture of a plan that was carried out; the next one is compared with it."""
    if _has_picture(plan.job):
        remember(keeper, plan.job.name, picture_of(plan.shape, plan.dataset, plan.mapping))


def _picture_for(keeper: Keeper, job: Job) -> MapPicture | None:
    return remembered(keeper, job.name) if _has_picture(job) else None


def _has_picture(job: Job) -> bool:
    """Whether a job's map is watched: a delete needs one column, and rows set aside stand on a sheet of our own."""
    return job.method is not Method.DELETE and not job.only_set_aside


def _path(folder: Path, job: str) -> Path:
    """The file of a job; names that differ only in capitals are one job's, as in the Jobs table."""
    name = job.strip().casefold()
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return folder / FOLDER / f"{file_name(name)[:_LONGEST_NAME].strip(' .')}-{digest}.json"


def _picture(facts: Mapping[str, Any]) -> MapPicture | None:
    if facts["version"] != VERSION:
        return None
    headers = tuple(
        SeenHeader(str(seen["letter"]), str(seen["header"]), bool(seen["sent"])) for seen in facts["headers"]
    )
    columns = tuple(
        SeenColumn(str(seen["field_name"]), str(seen["name"]), str(seen["type"]), bool(seen["filled"]))
        for seen in facts["columns"]
    )
    return MapPicture(str(facts["dataset_id"]), headers, columns, str(facts["identifier"]))
