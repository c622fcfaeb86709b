"""Who somebody is on a portal and what she may change there, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from xl_datasync.core.checks import RIGHTS_NEEDED, kind_fault
from xl_datasync.core.chosen import listed
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.portal import User

DEEDS = {"add": "add", "write": "change", "delete": "delete"}
"""The portal's names of rights (protocol §2.1 [R]) and what they allow with rows."""
NO_IDENTIFIER = (
    "Not possible: this dataset has no row identifier, by which the portal knows a row. Its owner can set one."
)


def who_words(user: User) -> str:
    """The person behind a sign-in."""
    name, mail = user.display_name or user.id, user.email
    return f"{name} ({mail})" if mail and mail != name else name


def may_words(dataset: Dataset) -> str:
    """What the rights in a dataset allow: “may add and change rows of “Permits”, but not delete them”."""
    may = [word for right, word in DEEDS.items() if right in dataset.rights]
    not_may = [word for right, word in DEEDS.items() if right not in dataset.rights]
    if not may:
        owner = f" Its owner, {dataset.owner}, can share it with you." if dataset.owner else ""
        return f"may only look at “{dataset.name}”.{owner}"
    but = f", but not {listed(not_may, 'or')} them" if not_may else ""
    return f"may {listed(may)} rows of “{dataset.name}”{but}."


def signed_in_words(user: User, dataset: Dataset | None) -> str:
    """Who is signed in, and what she may change."""
    if dataset is not None:
        return f"You are {who_words(user)} and {may_words(dataset)}"
    sentences = [f"You are {who_words(user)}."]
    if user.may_create is not None:
        sentences.append("You may make datasets." if user.may_create else "You may not make datasets.")
    sentences.append("What you may change in a dataset that is there is set by its owner.")
    return " ".join(sentences)


def unusable_methods(dataset: Dataset, *, signed_in: bool) -> Mapping[Method, str]:
    """The ways to update that cannot work with a dataset, and why.

    :param signed_in: whether the rights are those of a person; the public's say nothing of hers.
    """
    fault = kind_fault(dataset)
    if fault:
        return dict.fromkeys(Method, f"Not possible: {fault.what}.")
    reasons: dict[Method, str] = {}
    for method in Method:
        missing = [word for right, word in DEEDS.items() if right in RIGHTS_NEEDED[method] - dataset.rights]
        if method in (Method.UPSERT, Method.DELETE) and dataset.row_identifier is None:
            reasons[method] = NO_IDENTIFIER
        elif signed_in and missing:
            owner = f", {dataset.owner}," if dataset.owner else ""
            reasons[method] = (
                f"Not possible: you may not {listed(missing, 'or')} rows here. Ask its owner{owner} for the right."
            )
    return reasons
