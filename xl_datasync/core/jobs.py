"""Jobs and what belongs to them, as values: read from the workbook's tables, or made by whoever calls the library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from xl_datasync.core.connection import Connection
from xl_datasync.core.delivery import Method
from xl_datasync.core.mapping import ColumnChoice
from xl_datasync.core.options import JobOptions

DEFAULT_CHANGE_LIMIT = 20.0


class FaultyRows(Enum):
    """What happens where rows have faults; the value is the word in the Jobs table's “Faulty rows”."""

    STOP = "Stop"
    SET_ASIDE = "Set aside"


@dataclass(frozen=True)
class Job:
    """One row of the Jobs table that publishes a sheet or a file.

    :param connection: the portal it goes to.
    :param source: sheet, table, defined name or range; ``""`` is the only sheet.
    :param file: another workbook or text file, or None for the workbook that holds the job.
    :param header_row: row number, 0 for none, None to find it.
    :param choices: the rows of its column map.
    :param change_limit: a replace or delete stops when rows shrink by more than this, in percent.
    :param faulty_rows: whether rows with faults stop it, or are set aside.
    :param only_set_aside: whether ``source`` holds rows that an earlier run had set aside.
    :param where: address of its name's cell, for messages.
    """

    name: str
    connection: Connection
    dataset_id: str
    method: Method
    source: str = ""
    file: Path | None = None
    header_row: int | None = None
    choices: tuple[ColumnChoice, ...] = ()
    options: JobOptions = field(default_factory=JobOptions)
    change_limit: float = DEFAULT_CHANGE_LIMIT
    faulty_rows: FaultyRows = FaultyRows.STOP
    only_set_aside: bool = False
    where: str = ""

    @property
    def words(self) -> str:
        """What it does, as the Jobs table says it."""
        return self.method.value

    @property
    def verb(self) -> str:
        """The field's own word, as in records and JSON."""
        return self.method.verb


class What(Enum):
    """What a port job copies; the value is the word in the Jobs table's “What to copy”."""

    COLUMNS = "Columns only"
    ROWS = "Rows only"
    BOTH = "Columns and rows"

    @property
    def makes_dataset(self) -> bool:
        """Whether a new dataset is made; otherwise rows go to one that is there."""
        return self is not What.ROWS

    @property
    def copies_rows(self) -> bool:
        """Whether rows travel."""
        return self is not What.COLUMNS


@dataclass(frozen=True)
class PortJob:
    """One row of the Jobs table that copies a dataset to another, on the same portal or another one.

    :param connection: the portal it goes to; ``source_connection`` the one it comes from.
    :param dataset_id: the destination; ``""`` where it is made.
    :param method: replace or upsert.
    :param title: of the dataset that is made; ``""`` for the source's.
    :param publish: whether a dataset that is made is published, or left as a working copy.
    :param choices: the rows of its column map; the source's columns stand in the place of the sheet's.
    """

    name: str
    connection: Connection
    source_connection: Connection
    source_id: str
    what: What
    dataset_id: str = ""
    method: Method = Method.REPLACE
    title: str = ""
    publish: bool = True
    choices: tuple[ColumnChoice, ...] = ()
    rows_per_request: int = JobOptions.rows_per_request
    change_limit: float = DEFAULT_CHANGE_LIMIT
    where: str = ""

    @property
    def words(self) -> str:
        """What it does, as the Jobs table says it."""
        return f"Copy {self.what.value.lower()}"

    @property
    def verb(self) -> str:
        """The field's own word, as in records and JSON."""
        return "port"


@dataclass(frozen=True)
class After:
    """What a dataset looked like when a run had ended; None for what is not known.

    :param changed_at: when its rows were changed last, in seconds since 1970.
    :param version: the portal's number for the state of the rows.
    """

    rows: int | None = None
    changed_at: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class UndoJob:
    """Takes back what a run of another job did to a dataset.

    :param name: of the job whose run is undone.
    :param run: the id of that run.
    :param backup: what is put back; None where the dataset was made by that run and is to be removed.
    :param after: what the dataset looked like when that run had ended; shows whether others have changed it since.
    :param cut_off: whether nobody knows how that run ended, so that nothing is known of the dataset then.
    :param in_flight: whether the portal may still be at work on rows that it was sent.
    :param older: whether the backup is of before an earlier run, which was cut off and then done over.
    :param remakes: whether the dataset is gone and is made again from the backup, under another id.
    """

    name: str
    connection: Connection
    dataset_id: str
    run: str
    backup: Path | None
    after: After = After()
    cut_off: bool = False
    in_flight: bool = False
    older: bool = False
    remakes: bool = False
    where: str = ""

    def over(self, connection: Connection) -> UndoJob:
        """The same by another connection."""
        return replace(self, connection=connection)

    @property
    def words(self) -> str:
        """What it does."""
        return "Undo"

    @property
    def verb(self) -> str:
        """The word of records and JSON."""
        return "undo"


AnyJob = Job | PortJob | UndoJob
