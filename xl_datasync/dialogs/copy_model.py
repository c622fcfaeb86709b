"""What is decided in the window that copies a dataset."""

from __future__ import annotations

from dataclasses import dataclass

from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import What
from xl_datasync.dialogs.forms import Copy, CopyForm
from xl_datasync.dialogs.portal_model import Faults, dataset_fault
from xl_datasync.dialogs.words import sentence

METHODS = (Method.REPLACE, Method.UPSERT)
TITLE_LIMIT = 255


@dataclass(frozen=True)
class TypedCopy:
    """The fields as typed.

    :param search_fault: what a search has against the text in the source's field.
    """

    source: str
    target: str
    source_link: str = ""
    what: What = What.BOTH
    title: str = ""
    publish: bool = False
    to_link: str = ""
    method: Method = Method.REPLACE
    search_fault: str = ""


def first_typed(form: CopyForm) -> TypedCopy:
    """What the fields hold when the window opens; a new dataset is a draft, which only its editors see."""
    names = [one.name for one in form.connections]
    source = form.source if form.source in names else names[0]
    return TypedCopy(source, source, form.dataset_link)


def copy_faults(form: CopyForm, typed: TypedCopy) -> Faults:
    """What is wrong, by field."""
    faults: Faults = {}
    if fault := typed.search_fault or dataset_fault(typed.source_link, form.check_link):
        faults["source_link"] = fault
    if typed.what.makes_dataset:
        if len(typed.title.strip()) > TITLE_LIMIT:
            faults["title"] = f"This title is longer than {TITLE_LIMIT} characters. Shorten it."
    elif fault := dataset_fault(typed.to_link, form.check_link):
        faults["to_link"] = fault
    elif (typed.source, typed.source_link.strip()) == (typed.target, typed.to_link.strip()):
        faults["to_link"] = "This is the dataset that is copied. Choose another one."
    if not faults and (fault := form.check_whole(copy_of(typed))):
        faults["source_link"] = sentence(fault)
    return faults


def copy_of(typed: TypedCopy) -> Copy:
    """The answer, of fields without a fault; what does not matter for what is copied is left out."""
    makes = typed.what.makes_dataset
    return Copy(
        typed.source,
        typed.source_link.strip(),
        typed.what,
        typed.target,
        title=typed.title.strip() if makes else "",
        publish=typed.publish if makes else True,
        to_link="" if makes else typed.to_link.strip(),
        method=Method.REPLACE if makes else typed.method,
    )
