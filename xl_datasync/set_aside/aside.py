"""The rows that a run sets aside, and where they were kept, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xl_datasync.core.values import TableShape
from xl_datasync.workbook.set_aside.merging import SentRows
from xl_datasync.workbook.set_aside.rows import AsideRow, AsideTable
from xl_datasync.workbook.stamp import FileStamp


@dataclass(frozen=True)
class Aside:
    """The rows that a plan sets aside, as they were read.

    :param stamp: of the file that held them, where they had been set aside before.
    :param sent: the rows that are sent, as far as earlier ones that wait may be among them.
    """

    shape: TableShape
    table: AsideTable
    stamp: FileStamp | None = None
    sent: SentRows = field(default_factory=SentRows)


@dataclass(frozen=True)
class Place:
    """Where rows were kept.

    :param name: the sheet or the file, in words; ``area`` the address of the rows that were put there, if it has one.
    :param rows: how many were put there; ``waiting`` how many of earlier runs are there.
    :param doubtful: of those, the ones that were sent with their own sheet too, with other values.
    :param others: files of the job beside this one.
    """

    name: str
    area: str = ""
    rows: int = 0
    waiting: int = 0
    doubtful: Sequence[AsideRow] = ()
    others: Sequence[Path] = ()
