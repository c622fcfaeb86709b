"""What is decided in the window that joins a sheet to a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xl_datasync.core.connection import SignInType
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.dialogs.forms import Link, LinkForm
from xl_datasync.dialogs.portal_model import Faults, NewPortal, dataset_fault, portal_faults
from xl_datasync.dialogs.words import sentence

CHOOSE_METHOD = "Choose how the rows are to change the dataset."


@dataclass(frozen=True)
class TypedLink:
    """The fields as typed.

    :param chosen: the name of a known portal; None for a new one.
    :param search_fault: what a search has against the text in the dataset's field.
    :param reasons: the ways to update that cannot work with the dataset, and why.
    :param dataset: as it was looked at.
    """

    chosen: str | None
    portal: NewPortal = field(default_factory=NewPortal)
    dataset_link: str = ""
    method: Method | None = None
    search_fault: str = ""
    reasons: Mapping[Method, str] = field(default_factory=dict)
    dataset: Dataset | None = None


def first_typed(form: LinkForm) -> TypedLink:
    """What the fields hold when the window opens."""
    known = form.known
    if known is None:
        return TypedLink(form.connections[0].name if form.connections else None)
    names = [one.name for one in form.connections]
    chosen = next((name for name in names if name.casefold() == known.connection.casefold()), None)
    portal = NewPortal(known.address, "" if chosen else known.connection, known.sign_in_type, known.user)
    return TypedLink(chosen, portal, known.dataset_link, known.method)


def link_faults(form: LinkForm, typed: TypedLink) -> Faults:
    """What is wrong, by field; what only shows in the whole answer stands at the dataset's link."""
    faults: Faults = {}
    if typed.chosen is None:
        faults |= portal_faults(typed.portal, [one.name for one in form.connections], form.check_address)
    if fault := typed.search_fault or dataset_fault(typed.dataset_link, form.check_link):
        faults["dataset_link"] = fault
    if typed.method is None:
        faults["method"] = CHOOSE_METHOD
    elif typed.method in typed.reasons:
        faults["method"] = f"“{typed.method.value}” does not work with this dataset. Choose another way."
    if not faults and (fault := form.check_whole(link_of(typed))):
        faults["dataset_link"] = sentence(fault)
    return faults


def link_of(typed: TypedLink) -> Link:
    """The answer, of fields without a fault."""
    method = typed.method or Method.UPSERT
    dataset_link, portal = typed.dataset_link.strip(), typed.portal
    if typed.chosen is not None:
        return Link(typed.chosen, dataset_link, method, "", SignInType.API_KEY, "", typed.dataset)
    name, address, user = portal.name.strip(), portal.address.strip(), portal.user.strip()
    return Link(name, dataset_link, method, address, portal.sign_in_type, user, typed.dataset)


def title_of(form: LinkForm) -> str:
    """The window's title."""
    return f"How “{form.sheet}” is published" if form.known else f"Publish “{form.sheet}”"


def accept_word(form: LinkForm) -> str:
    """What the button says."""
    return "Save" if form.known else "Continue"
