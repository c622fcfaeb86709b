"""The rows that a run sets aside, and where they were kept, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xl_datasync.core.values import TableShape
from xl_datasync.workbook.set_aside.merging import Superseded
from xl_datasync.workbook.set_aside.rows import AsideRow, AsideTable
from xl_datasync.workbook.stamp import FileStamp


@dataclass(frozen=True)
class Aside:
    """The rows that a plan sets aside, as they were read.

    :param superseded: what rows wait for no more that were set aside before.
    :param unsent: where these rows had been set aside before, those beside them that are sound, but not sent: hidden
        ones, or such as the job leaves out.
    :param stamp: of the file that held them.
    """

    shape: TableShape
    table: AsideTable
    superseded: Superseded = field(default_factory=Superseded)
    unsent: tuple[AsideRow, ...] = ()
    stamp: FileStamp | None = None


@dataclass(frozen=True)
class Place:
    """Where rows were kept.

    :param name: the sheet or the file, in words; ``area`` the address of the rows that were put there, if it has one.
    :param rows: how many were put there; ``waiting`` how many of earlier runs are there.
    :param doubtful: of those, the ones that were sent with their own sheet too, with other values.
    :param left_out: the ones that wait there no more, because the job leaves them out.
    :param others: sheets or files of the job beside this one, in words that follow “wait”.
    """

    name: str
    area: str = ""
    rows: int = 0
    waiting: int = 0
    doubtful: Sequence[AsideRow] = ()
    left_out: Sequence[AsideRow] = ()
    others: Sequence[str] = ()
