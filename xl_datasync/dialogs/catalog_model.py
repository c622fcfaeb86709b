"""What a dataset field finds, as values and sentences: whether a text is searched for, a list's cells, a summary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from xl_datasync.core.checks import kind_fault
from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.links import holds_sign_in
from xl_datasync.dialogs.portals import FoundDatasets, Looked
from xl_datasync.dialogs.rights_words import may_words, unusable_methods
from xl_datasync.portal import CatalogEntry, Look

FEWEST_LETTERS = 2
CHOOSE_ONE = "Choose one of the datasets that fit, or paste the link of one."
CHOOSE_PORTAL = "Choose a portal to search in, or paste the dataset's link."
STILL_PASTE = "A pasted link or an ID works all the same."
UNSEEN = "You are not signed in there: private datasets and drafts are left out."
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KINDS = {
    "dataset": "dataset",
    "filter": "filtered view",
    "href": "link",
    "file": "file",
    "story": "story",
    "map": "map",
    "chart": "chart",
    "visualization": "visualisation",
    "calendar": "calendar",
    "form": "form",
    "measure": "measure",
}


class Wanted(Enum):
    """What a text in a dataset field is."""

    NOTHING = "nothing"
    DATASET = "a link or an ID"
    WORDS = "words to search for"


def wanted(text: str) -> Wanted:
    """A link or an ID, words to search for, or nothing of use, such as the beginning of a link."""
    tidy = text.strip()
    try:
        parse_dataset_link(tidy)
    except ConfigurationError:
        a_link = "/" in tidy or any(map(holds_sign_in, tidy.split()))
        return Wanted.NOTHING if a_link or len(tidy) < FEWEST_LETTERS else Wanted.WORDS
    return Wanted.DATASET


@dataclass(frozen=True)
class Row:
    """One line of the list; ``looked`` is filled in when the dataset itself has been asked."""

    listed: CatalogEntry
    looked: Looked | None = None

    @property
    def reason(self) -> str:
        """Why it cannot be chosen: it is no table."""
        kind = self.listed.kind
        if kind != "dataset":
            shown = KINDS.get(kind, kind)
            return f"{'an' if shown[:1] in 'aeiou' else 'a'} {shown}, not a table"
        fault = kind_fault(self.looked.look.dataset) if self.looked and self.looked.look else None
        return fault.what.removeprefix("it is ") if fault else ""

    @property
    def name(self) -> str:
        """Its name, and whether everybody sees it."""
        state = "draft" if self.listed.published is False else "private" if self.listed.public is False else ""
        return f"{self.listed.name} ({state})" if state else self.listed.name

    @property
    def updated(self) -> str:
        """The day of its last change."""
        moment = self.listed.updated_at
        return "" if moment is None else day_words(moment)

    @property
    def rows(self) -> str:
        """How many rows it has, where that is known."""
        look = self.looked.look if self.looked else None
        return "" if look is None or look.rows is None else f"{look.rows:,}"

    @property
    def rights(self) -> str:
        """What the person may do with it, or why it cannot be chosen."""
        if self.reason or self.looked is None or self.looked.look is None:
            return self.reason
        if not self.looked.signed_in:
            return "not signed in"
        return "you may edit" if {"write", "add"} & self.looked.look.dataset.rights else "view only"

    @property
    def whole(self) -> str:
        """All of it in one sentence, for screen readers."""
        parts = (self.name, self.listed.id, self.listed.owner, self.updated and f"changed {self.updated}",
                 self.rows and f"{self.rows} rows", self.rights)  # fmt: skip
        return ", ".join(filter(None, parts))


def rows_of(found: FoundDatasets) -> tuple[Row, ...]:
    """The list for what a search found."""
    return tuple(Row(listed) for listed in found.listed)


def only_one(rows: Sequence[Row]) -> Row | None:
    """The only line of the list that can be chosen; None where there are more, or none."""
    found = [row for row in rows if not row.reason]
    return found[0] if len(found) == 1 else None


def with_look(rows: tuple[Row, ...], dataset_id: str, looked: Looked) -> tuple[Row, ...]:
    """The list with what is known of one dataset now."""
    return tuple(replace(row, looked=looked) if row.listed.id == dataset_id else row for row in rows)


def link_to(connection: Connection, listed: CatalogEntry) -> str:
    """The link of a dataset in the list."""
    return f"{connection.address}/d/{listed.id}"


def found_words(found: FoundDatasets, words: str, connection: Connection) -> str:
    """How many fit, above the list, or that none does."""
    if not found.total:
        text = f"No dataset of {connection.host} fits “{words}”. Try fewer or other words, or paste the dataset's link."
    elif found.total > len(found.listed):
        best = len(found.listed)
        text = f"{found.total:,} datasets fit “{words}”; these are the best {best}. More words narrow it down."
    else:
        text = f"{'1 dataset fits' if found.total == 1 else f'{found.total} datasets fit'} “{words}”."
    if found.refused:
        return f"{text} The portal did not accept the sign-in that is saved: private datasets and drafts are left out."
    return text if found.signed_in else f"{text} {UNSEEN}"


def trouble_words(found: FoundDatasets, connection: Connection) -> str:
    """Why the catalogue could not be searched, and that a link still works."""
    return f"{connection.host} cannot be searched now. {found.trouble} {STILL_PASTE}"


def summary(looked: Looked) -> str:
    """What a chosen dataset is: name, rows, row identifier, columns, rights."""
    if looked.look is None:
        return ""
    dataset = looked.look.dataset
    if kind_fault(dataset):
        return ""
    identifier = f"row identifier “{dataset.row_identifier.name}”" if dataset.row_identifier else "no row identifier"
    columns = len(dataset.columns)
    facts = (_rows_words(looked.look), f"{columns:,} column{'' if columns == 1 else 's'}", identifier)
    may = f"You {may_words(dataset)}" if looked.signed_in else "You are not signed in there yet."
    draft = "" if dataset.published else " It is a draft."
    return f"“{dataset.name}” ({dataset.id}): {', '.join(filter(None, facts))}.{draft} {may}"


def look_fault(looked: Looked | None) -> str:
    """What is wrong with a dataset that was looked at; ``""`` for nothing."""
    if looked is None:
        return ""
    if looked.look is None:
        return looked.trouble
    fault = kind_fault(looked.look.dataset)
    return f"“{looked.look.dataset.name}”: {fault.what}. {fault.remedy}" if fault else ""


def method_reasons(looked: Looked | None) -> Mapping[Method, str]:
    """The ways to update that cannot work with what was looked at, and why; those of no table are said at its field."""
    if looked is None or looked.look is None or kind_fault(looked.look.dataset):
        return {}
    return unusable_methods(looked.look.dataset, signed_in=looked.signed_in)


def day_words(seconds: int) -> str:
    """A day by this computer's clock, such as 20 Nov 2026."""
    moment = dt.datetime.fromtimestamp(seconds)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def _rows_words(look: Look) -> str:
    if look.rows is None:
        return ""
    return "1 row" if look.rows == 1 else f"{look.rows:,} rows"
