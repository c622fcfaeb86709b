"""The steps of jobs at which a fault is met, and what the dataset may look like after each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.stage import COLUMNS, Rows, Stage
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import AnyJob, Job, PortJob, UndoJob, What
from xl_datasync.core.options import JobOptions
from xl_datasync.keeper import Keeper
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.undoable import undo_job
from xl_datasync.workbook.config import Keeping

NAMES = [str(column["fieldName"]) for column in COLUMNS]
BEFORE, ASKED, REMOVED = "as before", "as asked", "removed"


def permits(*codes: str, fee: int = 10, street: str = "Elm St") -> Rows:
    """Rows of these codes."""
    return [{"code": code, "street": street, "fee": str(fee)} for code in codes]


THERE = permits("P1", "P2", "P3", "P4")
NEW = permits("P5", "P6")
CHANGED = permits("P1", "P2", "P5", "P6", "P7", fee=25)
LISTED = [{"code": "P1"}, {"code": "P2"}]
WHOLE = permits("P1", "P2", "P3", "P8", "P9", fee=30)
SOURCE = permits("P1", "P2", "P7", "P8", "P9", fee=40)
DETAILS = {"description": "Every permit of the county.", "category": "Buildings"}


def merged(rows: Rows, changes: Rows) -> Rows:
    """Rows after an upsert."""
    return list({row["code"]: row for row in [*rows, *changes]}.values())


@dataclass(frozen=True)
class Setup:
    """A job that is ready to be run.

    :param dataset_id: the dataset it changes; ``""`` where it makes one.
    :param states: what its rows may be, each with its name.
    """

    job: AnyJob
    folder: Path
    dataset_id: str
    states: Mapping[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A step of a job at which a fault is met.

    :param key: its short name, in the ids of tests.
    :param title: its heading in the page.
    :param make: makes the job ready.
    :param moment: when the fault begins: at which portal, and when what has been reached.
    :param method: of the requests that meet it, and a part of their ``path``; ``ID`` in it is the dataset's.
    :param writes: whether it is a write; ``once`` where a repeat would do harm, ``again`` where it does none.
    :param shown: whether it has its own section in the page.
    """

    key: str
    title: str
    make: Callable[[Stage], Setup]
    moment: tuple[str, str]
    method: str
    path: str
    writes: str = ""
    shown: bool = True
    intro: str = ""


def written_csv(folder: Path, rows: Rows) -> Path:
    """The file that a publishing job sends."""
    path = folder / "permits.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def publishing(method: Method, rows: Rows, after: Rows, *, identifier: bool = True) -> Callable[[Stage], Setup]:
    """A job that publishes a file."""

    def make(stage: Stage) -> Setup:
        folder = stage.new_folder()
        dataset_id = stage.dataset(stage.portal, THERE, identifier=identifier)
        sent, per_request = rows, 2 if method is Method.UPSERT else 100
        job = Job(
            "Permits", stage.connection(stage.portal), dataset_id, method, file=written_csv(folder, sent),
            options=JobOptions(rows_per_request=per_request), change_limit=100,
        )  # fmt: skip
        states = {BEFORE: THERE, ASKED: after}
        if method is Method.UPSERT:
            states |= {f"part {n} of 3 done": merged(THERE, rows[: 2 * n]) for n in (1, 2)}
        return Setup(job, folder, dataset_id, states)

    return make


def copying(what: What, method: Method = Method.REPLACE) -> Callable[[Stage], Setup]:
    """A job that copies a dataset from the county's portal to the city's."""

    def make(stage: Stage) -> Setup:
        folder = stage.new_folder()
        source = stage.dataset(stage.source, SOURCE, details=DETAILS)
        there = "" if what.makes_dataset else stage.dataset(stage.portal, THERE)
        job = PortJob(
            "Copy", stage.connection(stage.portal), stage.connection(stage.source), source, what, there, method,
            title="" if there else "Permits of the county", change_limit=100,
        )  # fmt: skip
        after = SOURCE if method is Method.REPLACE else merged(THERE, SOURCE)
        return Setup(job, folder, there, {BEFORE: THERE, ASKED: after} if there else {"rows": SOURCE})

    return make


def undoing(stage: Stage) -> Setup:
    """An undo of a replace."""
    done = PUBLISHED[Method.REPLACE](stage)
    assert stage.run(done.job, done.folder, lambda *_: None, impatient=False, compress=False).exit_code == 0
    found: UndoJob = undo_job(Keeper(Keeping(done.folder), done.folder).records(), None, None, done.folder)
    job = replace(found, connection=stage.connection(stage.portal))
    return Setup(job, done.folder, done.dataset_id, {BEFORE: WHOLE, ASKED: THERE})


def removing(stage: Stage) -> Setup:
    """An undo of a copy that had made a dataset."""
    done = copying(What.COLUMNS)(stage)
    result = stage.run(done.job, done.folder, lambda *_: None, impatient=False, compress=False)
    assert result.made, result
    found = undo_job(Keeper(Keeping(done.folder), done.folder).records(), None, None, done.folder)
    job = replace(found, connection=stage.connection(stage.portal))
    return Setup(job, done.folder, result.made.id, {BEFORE: [], REMOVED: []})


PUBLISHED = {
    Method.REPLACE: publishing(Method.REPLACE, WHOLE, WHOLE),
    Method.APPEND: publishing(Method.APPEND, NEW, [*THERE, *NEW]),
    Method.UPSERT: publishing(Method.UPSERT, CHANGED, merged(THERE, CHANGED)),
    Method.DELETE: publishing(Method.DELETE, LISTED, THERE[2:]),
}
ONCE = publishing(Method.APPEND, NEW, [*THERE, *NEW], identifier=False)
BOTH = copying(What.BOTH)
ROWS_COPIED, ROWS_MERGED = copying(What.ROWS), copying(What.ROWS, Method.UPSERT)

FIRST, SAVED = ("portal", "describe"), ("portal", "read rows")
WRITE, SECOND, AFTER = ("portal", "write"), ("portal", "second write"), ("portal", "written")
VIEW, RESOURCE = "/api/views/ID", "/resource/ID"


def publishing_steps(key: str, make: Callable[[Stage], Setup], *, shown: bool = False) -> tuple[Step, ...]:
    """The steps beside the write that all ways of publishing share; the page shows them once."""
    return (
        Step(
            f"{key} first question", "Publishing: the first question about the dataset", make, FIRST, "GET", VIEW,
            shown=shown, intro="Before anything is read or sent, whatever the way of updating.",
        ),
        Step(
            f"{key} backup", "Publishing: saving the rows as they are", make, SAVED, "GET", RESOURCE,
            shown=shown, intro="The backup that an undo needs, taken before anything is sent.",
        ),
        Step(
            f"{key} count", "Publishing: the count afterwards", make, AFTER, "GET", RESOURCE, shown=shown,
            intro="The rows have been sent and the portal has confirmed them.",
        ),
    )  # fmt: skip


REPLACE_STEPS = publishing_steps("replace", PUBLISHED[Method.REPLACE], shown=True)
STEPS: tuple[Step, ...] = (
    *REPLACE_STEPS[:2],
    Step("replace write", "Replace all rows: the write", PUBLISHED[Method.REPLACE], WRITE, "PUT", RESOURCE, "again"),
    Step(
        "append write", "Add rows, with a row identifier: the write", PUBLISHED[Method.APPEND], WRITE, "POST", RESOURCE,
        "again", intro="The row identifier makes a repeat harmless.",
    ),
    Step(
        "add write", "Add rows, without a row identifier: the write", ONCE, WRITE, "POST", RESOURCE, "once",
        intro="A repeat would add the rows twice, so nothing is sent again before it is clear what became of the first "
        "request: the program looks for the rows on the portal for a while.",
    ),
    Step(
        "upsert second", "Update and add, in three requests: the second write", PUBLISHED[Method.UPSERT], SECOND,
        "POST", RESOURCE, "again", intro="The first of three requests has been confirmed.",
    ),
    Step(
        "delete write", "Delete listed rows: the write", PUBLISHED[Method.DELETE], WRITE, "POST", RESOURCE, "again"
    ),
    REPLACE_STEPS[2],
    Step(
        "port source", "Copying: the first question about the source", BOTH, ("source", "describe"), "GET", VIEW,
        shown=False,
    ),
    Step("port read", "Copying: reading the source's rows", BOTH, ("source", "read rows"), "GET", RESOURCE),
    Step("port make", "Copying: making the dataset", BOTH, ("portal", "make"), "POST", "/api/views", "once"),
    Step(
        "port details", "Copying: setting what the new dataset says of itself", BOTH, ("portal", "made"), "PUT", VIEW,
        "again", intro="Met where the portal did not take all of it in the request that made the dataset.",
    ),
    Step("port fill", "Copying: writing rows to the new dataset", BOTH, WRITE, "PUT", RESOURCE, "again"),
    Step(
        "port publish", "Copying: publishing the new dataset", BOTH, ("portal", "publish"), "POST",
        "/api/views/ID/publication", "again",
    ),
    Step("port count", "Copying: the count afterwards", BOTH, ("portal", "published"), "GET", RESOURCE),
    Step("port rows write", "", ROWS_COPIED, WRITE, "PUT", RESOURCE, "again", shown=False),
    Step(
        "port rows moved on", "Copying rows only: the last look at the source", ROWS_COPIED, AFTER, "GET",
        RESOURCE.replace("ID", "SOURCE"), intro="The rows have been sent; has the source changed meanwhile?",
    ),
    Step("undo write", "Undo: putting the rows back", undoing, WRITE, "PUT", RESOURCE, "again"),
    Step("remove", "Undo: removing a dataset that a copy had made", removing, ("portal", "remove"), "DELETE", VIEW,
         "again"),
    # Held by tests, but without a section of their own: they read as one of those above.
    *publishing_steps("append", PUBLISHED[Method.APPEND]),
    *publishing_steps("add", ONCE),
    *publishing_steps("upsert", PUBLISHED[Method.UPSERT]),
    *publishing_steps("delete", PUBLISHED[Method.DELETE]),
    Step("add marker", "", ONCE, ("portal", "newest row"), "GET", RESOURCE, shown=False),
    Step("port made view", "", BOTH, ("portal", "made"), "GET", VIEW, shown=False),
    Step("port draft view", "", BOTH, ("portal", "publish"), "GET", VIEW, shown=False),
    Step("port rows read", "", ROWS_COPIED, ("source", "read rows"), "GET", RESOURCE, shown=False),
    Step("port rows backup", "", ROWS_COPIED, SAVED, "GET", RESOURCE, shown=False),
    Step("port rows count", "", ROWS_COPIED, AFTER, "GET", RESOURCE, shown=False),
    Step("port upsert read", "", ROWS_MERGED, ("source", "read rows"), "GET", RESOURCE, shown=False),
    Step("port upsert write", "", ROWS_MERGED, WRITE, "POST", RESOURCE, "again", shown=False),
    Step("undo first question", "", undoing, ("portal", "describe"), "GET", VIEW, shown=False),
    Step("undo backup", "", undoing, SAVED, "GET", RESOURCE, shown=False),
    Step("undo count", "", undoing, AFTER, "GET", RESOURCE, shown=False),
)  # fmt: skip


def rows_of(portal: PracticePortal, dataset_id: str) -> Rows:
    """A dataset's rows, in an order of our own."""
    return sorted(({k: str(v) for k, v in row.items()} for row in portal.rows(dataset_id)), key=repr)
