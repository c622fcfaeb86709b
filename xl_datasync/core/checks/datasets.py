"""Whether a dataset is one that rows can be sent to, in this way and by this user."""

from __future__ import annotations

from collections.abc import Iterable

from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.problems import Fault, ProblemLog

RIGHTS_NEEDED = {
    Method.REPLACE: frozenset({"write", "add", "delete"}),
    Method.APPEND: frozenset({"write", "add"}),
    Method.UPSERT: frozenset({"write", "add"}),
    Method.DELETE: frozenset({"write", "delete"}),
}
RIGHTS_WORDS = {"add": "add rows", "write": "change rows", "delete": "remove rows"}


def rights_words(rights: Iterable[str]) -> str:
    """The portal's names of rights in plain words."""
    return ", ".join(words for right, words in RIGHTS_WORDS.items() if right in rights)


def kind_fault(dataset: Dataset) -> Fault | None:
    """What is wrong where an asset is no table: a map, a chart, a file, a story or a link (protocol §2.1 [C])."""
    if dataset.view_type == "tabular" and dataset.display_type in ("table", "draft", "page", "fatrow"):
        return None
    kind = dataset.view_type if dataset.view_type != "tabular" else dataset.display_type
    shown = {"blobby": "file", "blob": "file", "href": "link", "geo": "map"}.get(kind, kind)
    return Fault(f"it is a {shown}, not a table", "Use the ID of the dataset it is made from.")


def check_dataset(dataset: Dataset, job: Job, log: ProblemLog, *, signed_in: bool) -> None:
    """Whether the dataset is one that rows can be sent to, in this way and by this user."""
    subject = f"Dataset {dataset.label}"
    fault = kind_fault(dataset)
    if fault:
        log.add(subject, fault, job.where)
    missing = RIGHTS_NEEDED[job.method] - dataset.rights
    if signed_in and missing:
        owner = f" {dataset.owner}" if dataset.owner else ""
        what = f"your account may not {rights_words(missing)} in it"
        log.add(subject, Fault(what, f"Ask its owner{owner} for the right to edit it."), job.where)
    if dataset.row_identifier is None and job.method in (Method.UPSERT, Method.DELETE):
        what = f"it has no row identifier, so “{job.method.value}” cannot know which row is meant"
        remedy = "Ask the dataset's owner to set one."
        if job.method is Method.UPSERT:
            remedy += " Until then only “Add rows” and “Replace all rows” work."
        log.add(subject, Fault(what, remedy), job.where)
