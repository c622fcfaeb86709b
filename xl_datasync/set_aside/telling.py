"""What is told of rows that were set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.jobs import Job
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.report_words import plural
from xl_datasync.core.values import Value
from xl_datasync.set_aside.aside import Place

ROWS_NAMED = 10


def first_numbers(numbers: Sequence[Value]) -> str:
    """The first of some rows, by their numbers."""
    return ", ".join(map(str, numbers[:ROWS_NAMED])) + (" …" if len(numbers) > ROWS_NAMED else "")


def told(place: Place, remedy: str) -> Iterator[Fault]:
    """What is told of a place.

    :param remedy: what becomes of the rows there.
    """
    if place.rows:
        yield Fault(f"{plural(place.rows, 'row')} set aside: {place.name}", remedy, Severity.WARNING)
    if place.doubtful:
        numbers = first_numbers([row.number for row in place.doubtful])
        row, was = ("row", "was") if len(place.doubtful) == 1 else ("rows", "were")
        what = f"{row} {numbers} of the sheet {was} sent, but {was} also mended in another way: {place.name}"
        yield Fault(what, "Delete there what is not to be sent as well.", Severity.WARNING)
    if place.left_out:
        numbers = first_numbers([row.number for row in place.left_out])
        row, waits, it = ("row", "waits", "it") if len(place.left_out) == 1 else ("rows", "wait", "them")
        what = f"{row} {numbers} of the sheet {waits} no more, because the job leaves {it} out: {place.name}"
        yield Fault(what, "", Severity.NOTE)
    if place.waiting:
        wait = "waits" if place.waiting == 1 else "wait"
        yield Fault(f"{plural(place.waiting, 'row')} of earlier runs still {wait}: {place.name}", "", Severity.NOTE)
    for other in place.others:
        yield Fault(
            f"rows of this job also wait {other}", "They are sent by a run of their own, after these.", Severity.WARNING
        )


def what_to_do(job: Job, sheet: str, *, in_excel: bool) -> str:
    """What becomes of rows that were set aside.

    :param sheet: that they come from.
    :param in_excel: whether the workbook with the jobs is open there; rows of another file are kept in a file even so.
    """
    if not in_excel:
        command = f'xl-datasync run WORKBOOK --job "{job.name}" --only-set-aside'
        remedy = f"Mend them there, then publish them alone (“{command}”)."
    elif job.file is None:
        remedy = "Mend them there and publish that sheet."
    else:
        remedy = "Mend them there; whoever runs the jobs without Excel can then publish them alone."
    if job.method is Method.REPLACE and not job.only_set_aside:
        remedy += f" Mend them on sheet “{sheet}” too: the next replace takes them off the dataset again."
    return remedy


def not_kept(job: Job, error: Exception) -> Fault:
    """What is told where they could not be kept."""
    why = error.located if isinstance(error, DataSyncError) else getattr(error, "strerror", "") or type(error).__name__
    remedy = error.remedy if isinstance(error, DataSyncError) else ""
    if job.only_set_aside:
        what = f"the rows were sent, but could not be taken off from where they were set aside: {why}"
        remedy = remedy or "Delete them there: they must not be sent twice."
    else:
        what = f"rows that were set aside could not be put apart; they are still on their own sheet: {why}"
        remedy = remedy or "Mend them there and publish it again."
    return Fault(what.rstrip("."), remedy, Severity.WARNING)
