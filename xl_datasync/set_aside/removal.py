"""Rows that were mended and sent alone, and are taken off the dataset again: by a replace, or by an undo."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import number_key
from xl_datasync.core.jobs import UndoJob
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Fault, Problem, Severity, guard, single
from xl_datasync.csv_files import csv_header, csv_rows
from xl_datasync.history.later import key_of, undone_by, went_well
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import is_at
from xl_datasync.set_aside.files import sent_csv, sent_path

# In the record of a run: it sent rows alone that had been set aside.
ALONE = "only_set_aside"
# What is found out later of a run that was cut off, where its rows had arrived.
ARRIVED = "done"


def would_remove(run: JobRun, plan: Plan, csv: Path) -> Problem | None:
    """What is said before a replace that removes mended rows which were added since the last one.

    Where it is not known whether they are on the sheet as well, they may not be: nothing is sent either, unless
    somebody says so.

    :param csv: what is to be sent.
    :raises WorkbookError: where the records cannot be read.
    """
    added = _added_since(run, plan) if plan.job.method is Method.REPLACE else []
    if not added:
        return None
    last = added.pop()
    sent = sent_csv(run.settings.csv_folder, last.job)
    is_there = _sha256(sent) == (last.sending or {}).get("sha256")
    missing = _missing(sent, plan, csv) if is_there else None
    known = missing is not None and not added
    rows = sum(map(_rows, added)) + (_rows(last) if missing is None else missing)
    if not rows:
        return None
    row, was, are = ("row", "was", "is") if rows == 1 else ("rows", "were", "are")
    gone = "would be removed, unless mended on this sheet too"
    if known:
        gone = f"{are} not mended on this sheet, and would be removed"
    what = f"{rows:,} {row} that {was} set aside, mended and added since {gone}"
    remedy = "Mend the sheet first."
    if is_there:
        remedy += f" What was added last is in {sent.name}, beside the other CSV files."
    if run.settings.confirm is None:
        passed = "If they may go" if known else "If that is done, or they may go"
        remedy += f" {passed}, publish the sheet by hand: then you are asked."
    return guard(f"Job “{plan.job.name}”", what, remedy, "Replace all the same")


def _added_since(run: JobRun, plan: Plan) -> list[RunRecord]:
    """The runs that have sent mended rows alone to a dataset since it was replaced, by whatever job."""
    added: list[RunRecord] = []
    records = run.settings.keeper.records()
    undone = undone_by(records)
    for record in records:
        at_it = is_at(record, plan.job.connection.address, plan.dataset.id)
        if not at_it or not record.sending or not _arrived(record) or key_of(record) in undone:
            continue
        if record.sending.get(ALONE):
            added.append(record)
        elif record.started.get("method") == Method.REPLACE.verb:
            added.clear()
    return added


def _arrived(record: RunRecord) -> bool:
    """Whether the rows of a run are on the portal, as it knew itself or as was found out later."""
    return went_well(record) or (record.settled or {}).get("became") == ARRIVED


def _rows(record: RunRecord) -> int:
    return int((record.sending or {}).get("rows") or 0)


def _missing(sent: Path, plan: Plan, csv: Path) -> int | None:
    """How many rows that were sent are not among those to be sent; None where that cannot be told.

    A row is known by its row identifier, else by all that was sent of it.
    """
    identifier, columns = plan.dataset.row_identifier, [column.field_name for column in plan.columns]
    before = csv_header(sent)
    names = [identifier.field_name] if identifier else before
    if not {*names} <= {*before} & {*columns}:
        return None
    known = number_key if plan.dataset.has_number_identifier else str

    def rows_of(path: Path, header: Sequence[str]) -> Iterator[tuple[str, ...]]:
        places = [header.index(name) for name in names]
        return (tuple(known(row[place]) for place in places) for row in csv_rows(path))

    left = Counter(rows_of(sent, before))
    for row in rows_of(csv, columns):
        if left[row]:
            left[row] -= 1
    return left.total()


def _sha256(path: Path) -> str:
    """Of a file; ``""`` where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def left_nowhere(run: JobRun, undo: UndoJob) -> Problem | None:
    """What is said after an undo of rows that had been set aside: they stand on no sheet any more."""
    records = run.settings.keeper.records()
    undone = next((record for record in records if (record.run, record.job) == (undo.run, undo.name)), None)
    if undone is None or not (undone.sending or {}).get(ALONE):
        return None
    folder = run.settings.csv_folder
    files = [sent_path(folder, undo.name), sent_csv(folder, undo.name)]
    # Later rows that were sent alone have taken the place of these files.
    last = _sha256(files[1]) == (undone.sending or {}).get("sha256")
    names = " and ".join(f"“{file.name}”" for file in files if last and file.exists())
    what = "the rows it had sent had been set aside and mended; they do not wait there any more"
    remedy = f"They are in {names}, beside the other CSV files. " if names else ""
    return single(
        f"Job “{undo.name}”", Fault(what, f"{remedy}Undo this undo to have them on the portal again.", Severity.NOTE)
    )
