"""What a request is for, in the words its errors need. Pure.

A read, rows sent, a dataset made, mended, published or deleted: each fails in the same ways, but other words are right
for it. Those that differ stand together here; ``refusals`` and ``unreached`` put them into sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from xl_datasync.core.errors import NOTHING_SENT

TRY_LATER = "Try again in a few minutes."
NO_ROW_CHANGED = "No row was changed."
NOT_KNOWN = "It is not known whether the portal carried it out."
RUN_AGAIN = "Run it again: no row will be doubled."
LOOK_FIRST = (
    "Do not run it again yet: that could add every row a second time. Open the dataset, look at its number of rows and "
    "at its newest rows, and run it again only if they are not there."
)
# What happened, what to do, and whether trying later may help.
Words = tuple[str, str, bool]


@dataclass(frozen=True)
class Deed:
    """One kind of request. ``{subject}``, ``{opening}`` and ``{host}`` stand for the dataset and the portal.

    :param may_not: what somebody without the right may not do: “change {subject}”.
    :param needs_sign_in: what is said to somebody who is not signed in.
    :param ask: whom to ask for that right; the owner of the dataset where it is empty.
    :param untouched: what holds when the portal is known not to have carried it out.
    :param refused: the words for a 400.
    :param doubt: what holds when nobody knows whether the portal carried it out, and what to do.
    :param repeatable: whether sending it twice does what sending it once does (protocol §9).
    :param long: whether it may be busy for very long, as row writes are.
    :param answers: words for statuses that mean something of their own here.
    :param gone: what holds where the dataset is not found; ``untouched`` where it is empty.
    """

    may_not: str
    untouched: str
    refused: Words
    doubt: tuple[str, str] = (NOTHING_SENT, "")
    needs_sign_in: str = "{opening} needs a sign-in."
    ask: str = ""
    writes: bool = True
    repeatable: bool = True
    long: bool = False
    answers: Mapping[int, Words] = field(default_factory=dict)
    gone: str = ""


READING = Deed(
    may_not="see {subject}",
    untouched=NOTHING_SENT,
    refused=("The portal did not understand what was asked about {subject}.", "Give the reference to support.", False),
    writes=False,
)
_REFUSED_ROWS = (
    "The portal refused the rows for {subject}.",
    "Correct the sheet or the column mapping, check, and publish again.",
    False,
)
_TOO_MANY = "This is more than the portal takes in one request."
_ROW_ANSWERS: dict[int, Words] = {
    202: ("The portal only promised to do the work later, which it never should for rows.", LOOK_FIRST, False),
    404: (
        "{opening} is not there any more, or you may no longer change it.",
        "Open its link on the portal; if it is gone, ask its owner.",
        False,
    ),
}
ROWS = Deed(
    may_not="change {subject}",
    untouched=NO_ROW_CHANGED,
    refused=_REFUSED_ROWS,
    doubt=(NOT_KNOWN, RUN_AGAIN),
    long=True,
    answers={
        **_ROW_ANSWERS,
        413: (
            _TOO_MANY,
            "“Update and add” sends rows in several requests: use that, or ask whoever looks after the portal.",
            False,
        ),
    },
)
ROWS_IN_PARTS = replace(
    ROWS, answers={**_ROW_ANSWERS, 413: (_TOO_MANY, "Lower the option “Rows per request”, and run it again.", False)}
)
ROWS_ONCE = Deed(
    may_not="change {subject}",
    untouched=NO_ROW_CHANGED,
    refused=_REFUSED_ROWS,
    doubt=("It is not known whether the rows were added.", LOOK_FIRST),
    long=True,
    repeatable=False,
    answers={**_ROW_ANSWERS, 413: (_TOO_MANY, "Add the rows in several smaller sheets, one after the other.", False)},
)
_BY_HAND = "Make the dataset on the portal's own pages and use its link."
MAKING = Deed(
    may_not="create datasets on {host}",
    needs_sign_in="Making a dataset on {host} needs a sign-in.",
    ask="Ask whoever looks after the portal for the right to create datasets, or for an empty dataset to publish to.",
    untouched="No dataset was made.",
    refused=(
        "The portal refused to make the dataset {subject}.",
        "Correct what the portal names, and try again.",
        False,
    ),
    doubt=(
        "It is not known whether the dataset {subject} was made.",
        "Look for it among your assets on the portal before you try again; if it is there, use its link.",
    ),
    repeatable=False,
    answers={
        404: ("This portal does not let programs make datasets.", _BY_HAND, False),
        405: ("This portal does not let programs make datasets.", _BY_HAND, False),
        413: ("The description of {subject} is longer than the portal takes.", "Shorten it, and try again.", False),
        # A conflict may be met half-way, so a repeat could make a second dataset.
        409: (
            "Something on the portal stands in the way of making the dataset {subject}.",
            "Try again in a few minutes; if it stays so, look for a dataset of that name on the portal.",
            False,
        ),
    },
)
MENDING = Deed(
    may_not="change {subject}",
    untouched="Its rows were not touched.",
    refused=("The portal refused a change to {subject}.", "Make it on the portal's own pages.", False),
    doubt=("It is not known whether the change to {subject} was made.", "Look at it on the portal."),
    answers={413: ("What {subject} says of itself is longer than the portal takes.", "Shorten it.", False)},
)
PUBLISHING = Deed(
    may_not="publish {subject}",
    untouched="It is still a draft that only its editors see; its rows are not affected.",
    refused=("The portal refused to publish {subject}.", "Publish it on the portal's own pages.", False),
    doubt=(
        "It is not known whether {subject} was published.",
        "Open it on the portal; while it is a draft, it can be published there.",
    ),
    long=True,
    answers={
        404: (
            "The portal did not find {subject} when it was to be published.",
            "Look for it among your assets on the portal; if it is there, publish it there.",
            False,
        )
    },
    gone="It was not published.",
)
REMOVING = Deed(
    may_not="delete {subject}",
    untouched="It was not deleted.",
    refused=("The portal refused to delete {subject}.", "Delete it on the portal's own pages.", False),
    doubt=(
        "It is not known whether {subject} was deleted.",
        "Look for it on the portal; deleting it again does no harm.",
    ),
    answers={
        404: (
            "{opening} was not found: it is gone already, or you may no longer see it.",
            "Look for it among your assets on the portal.",
            False,
        )
    },
    gone="Nothing was deleted.",
)
