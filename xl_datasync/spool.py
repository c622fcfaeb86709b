"""Rows on their way from one portal to another, or back from a backup: a file of JSON lines, gone when it was sent.

JSON, because a CSV cannot tell an empty text from no value (protocol §3.4 [D]).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Delivery, Method, Progress, Receipt
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import PortJob
from xl_datasync.core.problems import Fault, Problem, shortened, single
from xl_datasync.csv_files import draft
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import MOST_READINGS, changing
from xl_datasync.portal import Portal, row_line, wire_text


@dataclass(frozen=True)
class Spool:
    """Rows in a file.

    :param sha256: of the file, so that a record can name exactly what was sent.
    """

    path: Path
    rows: int
    sha256: str


@contextmanager
def copied(run: JobRun, plan: CopyPlan, source: Portal) -> Iterator[Spool]:
    """All rows of a port's source, read while it held still.

    :raises PortalError: where it cannot be read, or is changed each time it is read.
    """
    names = plan.field_names
    with draft(run.settings.csv_folder, run.job.name) as file:
        for _ in range(MOST_READINGS):
            before = source.state(plan.source.id)
            if before.count is None:
                # What kept it from being counted says more than that it could not be read.
                before = replace(before, count=source.count(plan.source.id))
            rows = source.read_rows(plan.source, list(names))
            told = run.progress("Reading rows")
            spool = _written(file.path, file.out, (_renamed(row, names) for row in rows), told, before.count)
            if spool.rows == before.count and before.same_as(source.state(plan.source.id)):
                file.out.close()
                yield spool
                return
        raise changing(plan.source, "read")


@contextmanager
def spooled(run: JobRun, rows: Iterable[Mapping[str, object]], total: int) -> Iterator[Spool]:
    """Rows that are at hand, such as those of a backup."""
    with draft(run.settings.csv_folder, run.job.name) as file:
        spool = _written(file.path, file.out, rows, run.progress("Reading the backup"), total)
        file.out.close()
        yield spool


def doubled(plan: CopyPlan, spool: Spool) -> Problem | None:
    """Rows that would become one, where the destination tells rows apart by what is no identifier at the source."""
    identifier = plan.dataset.row_identifier if plan.dataset else None
    image = next((column.source for column in plan.columns if column.target == identifier), None)
    if identifier is None or image is None or image == plan.source.row_identifier:
        return None
    with closing(IdentifierIndex(numeric=identifier.is_number)) as index, spool.path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            index.add([wire_text(identifier, json.loads(line).get(identifier.field_name))], [number])
        count, first = index.duplicates()
    if not count:
        return None
    example = f"such as “{shortened(first[0].texts[0])}” in {len(first[0].rows):,} rows"
    what = f"{count:,} of its values stand in several rows, {example}; the destination would keep one row of each"
    remedy = "Make them differ at the source, or fill the destination's row identifier from another column."
    return single(f"Column {image.label}", Fault(what, remedy), plan.job.where)


def send(  # noqa: PLR0913, PLR0917  # what is sent, where, and how
    run: JobRun,
    dataset: Dataset,
    spool: Spool,
    columns: tuple[Column, ...],
    portal: Portal,
    method: Method = Method.REPLACE,
) -> Receipt:
    """Write the rows of a spool to a dataset; Ctrl-C waits for the request under way."""
    size = run.job.rows_per_request if isinstance(run.job, PortJob) else Delivery.rows_per_request
    delivery = Delivery(
        dataset=dataset,
        method=method,
        file=spool.path,
        rows=spool.rows,
        columns=columns,
        rows_per_request=size,
        json_lines=True,
    )
    with run.settings.stop.held():
        return portal.publish(delivery, run.progress("Sending"), lambda: run.settings.stop.pressed)


def _written(
    path: Path, out: BinaryIO, rows: Iterable[Mapping[str, object]], told: Progress, total: int | None
) -> Spool:
    out.seek(0)
    out.truncate()
    digest, done = hashlib.sha256(), 0
    for done, row in enumerate(rows, 1):
        line = row_line(row)
        out.write(line)
        digest.update(line)
        if done % 1000 == 0:
            told(done, total)
    out.flush()
    told(done, total)
    return Spool(path, done, digest.hexdigest())


def _renamed(row: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {names[name]: value for name, value in row.items() if name in names}
