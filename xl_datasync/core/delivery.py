"""What is handed to the portal, and the receipt for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from xl_datasync.core.dataset import Column, Dataset

# Calls that show how far a step has come: (done, total or None).
Progress = Callable[[int, int | None], None]


class Method(Enum):
    """How rows change the dataset; the value is the word in the Jobs table's “How to update”."""

    REPLACE = "Replace all rows"
    APPEND = "Add rows"
    UPSERT = "Update and add"
    DELETE = "Delete listed rows"

    @property
    def verb(self) -> str:
        """The field's own word, as on the command line and in records."""
        return self.name.lower()


@dataclass(frozen=True)
class Delivery:
    """A finished file, ready to send: CSV in UTF-8, RFC 4180, first line API field names; or rows as JSON.

    :param rows: data rows in the file.
    :param columns: the portal's columns, for CSV in the file's order. A delete's file holds the row identifier alone.
    :param keep_blanks: for an upsert, whether an empty cell or a missing key keeps what the portal has (true) or clears
        it (false).
    :param rows_per_request: most rows in one request of an upsert or delete; replace and append are always one
        request, because only one request is one transaction (protocol §3.8).
    :param json_lines: whether the file holds one JSON object a line, in UTF-8, with field names as keys, in which an
        empty text and no value are two things; not for deleting.
    """

    dataset: Dataset
    method: Method
    file: Path
    rows: int
    columns: tuple[Column, ...]
    keep_blanks: bool = False
    rows_per_request: int = 50_000
    json_lines: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice leaves the dataset as sending it once does (protocol §9)."""
        return self.method is not Method.APPEND or self.dataset.row_identifier is not None


@dataclass(frozen=True)
class Receipt:
    """What the portal reported, added up over all requests; a key the portal left out counts as 0.

    :param errors: rows the portal did not apply without failing the request; the one known cause is deleting an
        identifier that is not there (protocol §3.6).
    :param request_ids: the portal's id of each request, for support.
    :param reported: false where a request was answered without counts; what was applied is then known from counting
        rows alone.
    """

    sent: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    errors: int = 0
    request_ids: tuple[str, ...] = ()
    reported: bool = True
