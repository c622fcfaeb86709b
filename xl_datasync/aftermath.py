"""What became of added rows whose answer was lost: the portal is asked before anything is sent again.

Only rows without a row identifier need this; everything else can be sent twice without harm (protocol §9).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.errors import PortalError
from xl_datasync.csv_files import csv_rows
from xl_datasync.history.fingerprint import RowsFingerprint
from xl_datasync.portal import Portal, canonical, wire_texts

_PAUSE = 2.0


class Became(Enum):
    """What became of the rows."""

    DONE = "the rows are there"
    NO_TRACE = "there is no trace of the rows"
    UNCLEAR = "other rows have been added too"


@dataclass(frozen=True)
class SentRows:
    """Rows that were sent, once, to be added.

    :param marker: the newest row's time of creation before they were sent; None where there was no row, ``""`` where
        the portal did not tell: then nobody can know which rows are new.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    csv: Path
    rows: int
    marker: str | None

    @property
    def traceable(self) -> bool:
        """Whether rows added since can be told from those that were there."""
        return self.marker != ""

    @property
    def newer(self) -> str | None:
        """The SoQL condition for rows that were added since; rows of one request share their time (protocol §4.4)."""
        return f":created_at > '{self.marker}'" if self.marker else None


def what_became(sent: SentRows, portal: Portal, seconds: float) -> Became:
    """Look for the rows on the portal, for so many seconds.

    :raises PortalError: where the portal cannot be asked.
    """
    portal.await_replication(sent.dataset.id, seconds)
    waited = 0.0
    while True:
        found = _look(sent, portal)
        if found is not Became.NO_TRACE or waited >= seconds:
            return found
        pause = min(_PAUSE, seconds - waited)
        portal.timeouts.sleep(pause)
        waited += pause


def surely_there(sent: SentRows, portal: Portal) -> bool:
    """Whether it is certain that the rows have been added."""
    try:
        return what_became(sent, portal, portal.timeouts.settle) is Became.DONE
    except PortalError:
        return False


def _look(sent: SentRows, portal: Portal) -> Became:
    if not sent.traceable:
        return Became.UNCLEAR
    added = portal.count(sent.dataset.id, sent.newer)
    if added == 0:
        return Became.NO_TRACE
    if added != sent.rows:
        return Became.UNCLEAR
    names = [column.field_name for column in sent.columns]
    there = RowsFingerprint()
    for row in portal.read_rows(sent.dataset, names, sent.newer):
        there.add(wire_texts(sent.columns, row))
    ours = RowsFingerprint()
    for cells in csv_rows(sent.csv):
        ours.add([canonical(column, text) for column, text in zip(sent.columns, cells, strict=True)])
    return Became.DONE if there.value == ours.value else Became.UNCLEAR
