"""Taking back what a run did: what would be done, and what stands in the way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xl_datasync.core.checks import RIGHTS_NEEDED, rights_words
from xl_datasync.core.dataset import NUMBER_TYPES, Column, Dataset, Details
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import UndoJob
from xl_datasync.core.problems import Fault, Problem, ProblemLog, Severity, any_blocks, guard


@dataclass(frozen=True)
class UndoPlan:
    """What an undo would do.

    :param dataset: the dataset as it is now, None where it is gone and is made again.
    :param before: the dataset as it was, None where the run made it.
    :param rows: rows that would be put back; where the dataset is removed, rows it has now.
    :param taken_at: when the backup was taken, as its header says.
    """

    job: UndoJob
    dataset: Dataset | None
    before: Dataset | None
    rows: int
    taken_at: str = ""
    problems: tuple[Problem, ...] = ()
    sha256: str = ""

    @property
    def sendable(self) -> bool:
        """Whether nothing stands in the way."""
        return not any_blocks(self.problems)

    @property
    def removes(self) -> bool:
        """Whether the dataset is removed, because the run had made it."""
        return self.before is None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns whose values are put back."""
        here = {column.field_name for column in self.dataset.writable_columns} if self.dataset else None
        kept = self.before.writable_columns if self.before else ()
        return tuple(column for column in kept if here is None or column.field_name in here)


def undo_problems(job: UndoJob, dataset: Dataset, before: Dataset | None) -> tuple[Problem, ...]:
    """What the dataset, as it is now, has against the undo."""
    log = ProblemLog()
    subject = f"Dataset {dataset.label}"
    needed = RIGHTS_NEEDED[Method.REPLACE] if before else frozenset({"delete_view"})
    missing = needed - dataset.rights
    if missing:
        what = f"your account may not {rights_words(missing) or 'remove the dataset'}"
        log.add(subject, Fault(what, "Ask its owner for the right to edit it."), job.where)
    if before:
        _compare(before, dataset, subject, log)
    return log.problems()


def changed_since(job: UndoJob, changed_at: int | None, version: int | None, rows: int | None) -> Problem | None:
    """The guard against losing what others have changed after the run that is undone.

    :param changed_at: when rows were changed last, in seconds since 1970, ``version`` the portal's number for their
        state, ``rows`` how many there are, all as of now; None for what is not known.
    """
    known = (job.after.changed_at, job.after.version, job.after.rows)
    pairs = zip(known, (changed_at, version, rows), strict=True)
    if all(then is None or now is None or then == now for then, now in pairs):
        return None
    had = ""
    if job.after.rows not in (None, rows):
        had = f" (it had {job.after.rows:,} rows then and has {rows or 0:,} now)"
    what = f"it has been changed since that run{had}; undoing would lose those changes, too"
    remedy = "Look at the dataset. Whoever undoes the run by hand is asked whether to go back all the same."
    return guard(f"Dataset {job.dataset_id}", what, remedy, "Undo anyway")


def unknown_since(job: UndoJob) -> tuple[Problem, ...]:
    """The guards where nobody can know what the dataset was like after the run that is undone."""
    found = []
    if job.in_flight:
        found.append("rows of that run, which was cut off, may still turn up on the portal after the undo")
    elif job.cut_off:
        found.append(
            "that run was cut off, so it cannot be told whether others have changed the dataset since; undoing would "
            "lose such changes, too"
        )
    if job.older:
        found.append(
            "an earlier run of the job was cut off, and the backup is of before that one; what others have changed "
            "between the two runs would be lost, too"
        )
    remedy = "Look at the dataset. Whoever undoes the run by hand is asked whether to go back all the same."
    subject = f"Dataset {job.dataset_id}"
    return tuple(guard(subject, what, remedy, "Undo anyway") for what in found)


def _compare(before: Dataset, dataset: Dataset, subject: str, log: ProblemLog) -> None:
    """Every column of the backup must still be there, with its type."""
    for column in before.columns:
        now = dataset.column(column.field_name)
        name = f"Column {column.label}"
        if not column.writable:
            if not column.computed and not column.field_name.startswith(":"):
                what = f"its values are of type “{column.type}”, which cannot be put back"
                log.add(name, Fault(what, "", Severity.WARNING))
        elif now is None:
            log.add(name, Fault("it is no longer in the dataset", "Add it again on the portal."))
        elif now.type != column.type and not {now.type, column.type} <= NUMBER_TYPES:
            log.add(name, Fault(f"it was of type “{column.type}” and is now “{now.type}”", "Change it on the portal."))
    for column in dataset.writable_columns:
        if before.column(column.field_name) is None:
            what = "it has been added since; undoing would empty it"
            log.add(f"Column {column.label}", Fault(what, "Remove it on the portal first."))
    ours, theirs = (d.row_identifier.field_name if d.row_identifier else "" for d in (before, dataset))
    if ours != theirs:
        what = f"its row identifier was “{ours or 'none'}” and is “{theirs or 'none'}” now"
        log.add(subject, Fault(what, "", Severity.WARNING))


def dataset_to_json(dataset: Dataset) -> dict[str, Any]:
    """A dataset as plain values, for a backup."""
    shape = asdict(dataset)
    shape["row_identifier"] = dataset.row_identifier.field_name if dataset.row_identifier else ""
    shape["rights"] = sorted(dataset.rights)
    for column in shape["columns"]:
        column["flags"] = sorted(column["flags"])
    return shape


def dataset_from_json(shape: Mapping[str, Any]) -> Dataset:
    """The inverse of :func:`dataset_to_json` after a trip through JSON, which knows no tuples.

    :raises KeyError, TypeError: where it is none; a backup's checksum rules that out.
    """
    columns = tuple(Column(**{**column, "flags": frozenset(column["flags"])}) for column in shape["columns"])
    details = Details(**{**shape["details"], "tags": tuple(shape["details"]["tags"])})
    identifier = next((column for column in columns if column.field_name == shape["row_identifier"]), None)
    more = {"columns": columns, "details": details, "row_identifier": identifier, "rights": frozenset(shape["rights"])}
    return Dataset(**{**shape, **more})
