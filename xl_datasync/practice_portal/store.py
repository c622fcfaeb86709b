"""The practice portal's memory: one SQLite file with datasets, rows and the log of writes.

One request is one transaction (protocol §3.8 [S]). The file is in WAL mode, so a reader sees the rows from
before a write or from after it, never a part of it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .dataset import Dataset, State, dataset_from_facts, dataset_to_facts
from .errors import Refusal, dataset_missing
from .functions import register_functions

FILE_NAME = "practice-portal.sqlite"
_SCHEMA = """
create table if not exists datasets (
    id text primary key,
    facts text not null,
    truth_version integer not null,
    next_sid integer not null,
    created_at real not null,
    rows_updated_at real not null,
    rows_updated_by text
) without rowid;
create table if not exists writes (
    number integer primary key,
    at real not null,
    who text not null,
    method text not null,
    dataset_id text not null,
    created integer not null,
    updated integer not null,
    deleted integer not null,
    errors integer not null,
    request_id text not null
);
"""


@dataclass(frozen=True)
class Write:
    """One committed write, as the pages list it."""

    at: float
    who: str
    method: str
    dataset_id: str
    created: int
    updated: int
    deleted: int
    errors: int
    request_id: str

    @property
    def of_rows(self) -> bool:
        """Whether rows were written, by an HTTP method; otherwise a whole dataset was made, published or deleted."""
        return self.method.isupper()


class Store:
    """Connections and transactions on one SQLite file."""

    def __init__(self, folder: Path, lock_timeout: float) -> None:
        self.path = folder / FILE_NAME
        self._copy_path = folder / f"replica-{FILE_NAME}"
        self._lock_timeout = lock_timeout
        self._delivered: sqlite3.Connection | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.forget_copy()
        with closing(self._connect(self.path)) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_SCHEMA)

    def _connect(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=self._lock_timeout, isolation_level=None)
        connection.execute("pragma synchronous = normal")
        register_functions(connection)
        return connection

    def open_reader(self, *, from_copy: bool = False) -> sqlite3.Connection:
        """A connection inside a read transaction; the caller closes it."""
        connection = self._connect(self._copy_path if from_copy else self.path)
        connection.execute("begin")
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read transaction for one short piece of work."""
        with closing(self.open_reader()) as connection:
            yield connection

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[sqlite3.Connection]:
        """The one write transaction; committed at the end unless told not to keep it, undone by any exception."""
        with closing(self._connect(self.path)) as connection:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError:
                raise write_lock_refusal() from None
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit" if keep else "rollback")

    def keep_as_delivered(self) -> None:
        """Remember the present state in memory as the one to go back to."""
        self.close()
        self._delivered = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(self._connect(self.path)) as source:
            source.backup(self._delivered)

    def restore_delivered(self) -> bool:
        """Go back to the state remembered; False when there is none."""
        if self._delivered is None:
            return False
        with closing(self._connect(self.path)) as target:
            self._delivered.backup(target)
        return True

    def close(self) -> None:
        """Forget the state remembered."""
        if self._delivered is not None:
            self._delivered.close()
            self._delivered = None

    def keep_copy(self) -> None:
        """Keep the present state aside, to be read as a replica that lags behind."""
        self.forget_copy()
        with closing(self._connect(self.path)) as source, closing(sqlite3.connect(self._copy_path)) as copy:
            source.backup(copy)

    def forget_copy(self) -> None:
        """Drop the state kept aside."""
        self._copy_path.unlink(missing_ok=True)

    def copy_lags(self, dataset_id: str) -> bool:
        """Whether a state is kept aside in which this dataset has not had its last write."""
        if not self._copy_path.exists():
            return False
        with closing(self.open_reader(from_copy=True)) as copy, self.reading() as present:
            kept, now = _version(copy, dataset_id), _version(present, dataset_id)
        # What was made after the state was kept has nothing older to show
        return kept is not None and now is not None and kept < now


def _version(connection: sqlite3.Connection, dataset_id: str) -> int | None:
    row = connection.execute("select truth_version from datasets where id = ?", (dataset_id,)).fetchone()
    return int(row[0]) if row else None


def write_lock_refusal() -> Refusal:
    """Another writer holds the dataset (protocol §3.7 [S])."""
    return Refusal(409, "soda.dataset.cannot-acquire-write-lock", "Cannot acquire the write lock; try again later")


def find_dataset(connection: sqlite3.Connection, dataset_id: str) -> tuple[Dataset, State] | None:
    """A dataset and its state, or None."""
    row = connection.execute(
        "select facts, truth_version, next_sid, created_at, rows_updated_at, rows_updated_by"
        " from datasets where id = ?",
        (dataset_id,),
    ).fetchone()
    return (dataset_from_facts(json.loads(row[0])), State(*row[1:])) if row else None


def load_dataset(connection: sqlite3.Connection, dataset_id: str) -> tuple[Dataset, State]:
    """A dataset and its state; a 404 refusal when there is none."""
    found = find_dataset(connection, dataset_id)
    if found is None:
        raise dataset_missing(dataset_id)
    return found


def list_datasets(connection: sqlite3.Connection) -> list[tuple[Dataset, State]]:
    """All datasets, by name."""
    rows = connection.execute("select id from datasets").fetchall()
    return sorted((load_dataset(connection, row[0]) for row in rows), key=lambda pair: pair[0].name)


def list_group(connection: sqlite3.Connection, group: int) -> list[tuple[Dataset, State]]:
    """A dataset and its working copies."""
    return [pair for pair in list_datasets(connection) if pair[0].group == group]


def save_dataset(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Keep a changed definition; the rows stay as they are."""
    facts = json.dumps(dataset_to_facts(dataset))
    connection.execute("update datasets set facts = ? where id = ?", (facts, dataset.id))


def drop_everything(connection: sqlite3.Connection) -> None:
    """Forget all datasets, rows and writes."""
    for dataset, _ in list_datasets(connection):
        connection.execute(f"drop table {dataset.table}")
    connection.execute("delete from datasets")
    connection.execute("delete from writes")


def count_rows(connection: sqlite3.Connection, dataset: Dataset) -> int:
    """How many rows a dataset has."""
    return int(connection.execute(f"select count(*) from {dataset.table}").fetchone()[0])


def log_write(connection: sqlite3.Connection, write: Write) -> None:
    """Note a write, in the write's own transaction."""
    connection.execute(
        "insert into writes (at, who, method, dataset_id, created, updated, deleted, errors, request_id)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            write.at,
            write.who,
            write.method,
            write.dataset_id,
            write.created,
            write.updated,
            write.deleted,
            write.errors,
            write.request_id,
        ),
    )


def latest_writes(connection: sqlite3.Connection, limit: int, dataset_id: str | None = None) -> list[Write]:
    """The latest writes, newest first."""
    rows: Iterable[tuple[object, ...]] = connection.execute(
        "select at, who, method, dataset_id, created, updated, deleted, errors, request_id from writes"
        " where ?1 is null or dataset_id = ?1 order by number desc limit ?2",
        (dataset_id, limit),
    )
    return [Write(*row) for row in rows]  # type: ignore[arg-type]
