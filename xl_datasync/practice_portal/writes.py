"""SODA2 row writes: one request, one transaction, one report (protocol §3)."""

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from .dataset import Column, Dataset, State
from .errors import Refusal, invalid_request, row_missing
from .rowids import row_id
from .rows import Operation, RowFault
from .store import Store, Write, load_dataset, log_write
from .types import fixed_timestamp

_BATCH = 500
_FAULT_KINDS = frozenset(
    {
        "version_on_new_row",
        "no_such_row_to_delete",
        "no_such_row_to_update",
        "no_primary_key",
        "version_mismatch",
        "insert_in_update_only",
    }
)


@dataclass(frozen=True)
class WriteOptions:
    """What the method and the query options of a write ask for (protocol §3.5 [S])."""

    truncate: bool = False
    merge: bool = True
    tolerated: frozenset[str] = frozenset({"no_such_row_to_delete"})
    expected_version: int | None = None


@dataclass(frozen=True)
class Author:
    """Who writes, and by which request."""

    who: str
    method: str
    request_id: str


@dataclass
class Report:
    """The counts of a write; every operation is counted (protocol §9 [S])."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    errors: int = 0
    by_row_identifier: int = 0
    by_sid: int = 0

    def to_json(self) -> dict[str, int]:
        """All six keys (protocol §3.6 [R])."""
        return {
            "By RowIdentifier": self.by_row_identifier,
            "Rows Updated": self.updated,
            "Rows Deleted": self.deleted,
            "Rows Created": self.created,
            "Errors": self.errors,
            "By SID": self.by_sid,
        }


def read_options(method: str, args: MultiDict[str, str]) -> WriteOptions:
    """The options of a request; a bad value is a 400 (protocol §3.5 [S])."""
    tolerated = set(WriteOptions.tolerated)
    if _flag(args, "errorsAreFatal", default=False):
        tolerated.clear()
    kinds = args.getlist("nonFatalRowErrors[]")
    if not _FAULT_KINDS.issuperset(kinds):
        raise _bad_parameter("nonFatalRowErrors[]", ", ".join(kinds))
    version = args.get("expectedDataVersion")
    if version is not None and not (version.isascii() and version.isdigit()):
        raise _bad_parameter("expectedDataVersion", version)
    return WriteOptions(
        truncate=method == "PUT" or _flag(args, "truncate", default=False),
        merge=_flag(args, "mergeInsteadOfReplace", default=True),
        tolerated=frozenset(tolerated | set(kinds)),
        expected_version=None if version is None else int(version),
    )


def _flag(args: MultiDict[str, str], name: str, *, default: bool) -> bool:
    value = args.get(name, "true" if default else "false")
    if value not in ("true", "false"):
        raise _bad_parameter(name, value)
    return value == "true"


def _bad_parameter(name: str, value: str) -> Refusal:
    return Refusal(400, "req.bad-parameter", f"Bad parameter {name}: {value}", {"parameter": name, "value": value})


MakeOperations = Callable[[Dataset], Iterable[Operation | RowFault]]


def write_rows(
    store: Store, dataset_id: str, operations: MakeOperations, options: WriteOptions, author: Author
) -> Report:
    """Apply all operations in one transaction and log the write; any refusal leaves the rows as they were."""
    with store.writing() as connection:
        dataset, state = load_dataset(connection, dataset_id)
        if options.expected_version not in (None, state.truth_version):
            raise Refusal(
                409,
                "soda.row.dataset-version-mismatch",
                f"Dataset {dataset.id} is at version {state.truth_version}",
                {"dataset": dataset.id, "version": state.truth_version},
            )
        loader = RowLoader(connection, dataset, state, options)
        report = loader.load(operations(dataset))
        finish_write(connection, dataset, loader.next_sid, author)
        log_write(
            connection,
            Write(
                loader.started,
                author.who,
                author.method,
                dataset.id,
                report.created,
                report.updated,
                report.deleted,
                report.errors,
                author.request_id,
            ),
        )
    return report


def finish_write(connection: sqlite3.Connection, dataset: Dataset, next_sid: int, author: Author) -> None:
    """Move the dataset to its next version."""
    connection.execute(
        "update datasets set truth_version = truth_version + 1, next_sid = ?, rows_updated_at = ?,"
        " rows_updated_by = ? where id = ?",
        (next_sid, time.time(), author.who, dataset.id),
    )


@dataclass
class _Pending:
    """Statements gathered for `executemany`; no row is in it twice."""

    inserts: dict[tuple[Column, ...], list[tuple[object, ...]]] = field(default_factory=dict)
    updates: dict[tuple[Column, ...], list[tuple[object, ...]]] = field(default_factory=dict)
    deletes: list[tuple[object, ...]] = field(default_factory=list)
    addresses: set[str | int] = field(default_factory=set)


class RowLoader:
    """Applies operations in input order in effect: the last write for a row wins (protocol §9 [S])."""

    def __init__(self, connection: sqlite3.Connection, dataset: Dataset, state: State, options: WriteOptions) -> None:
        self.next_sid = state.next_sid
        self.started = time.time()
        self._connection = connection
        self._dataset = dataset
        self._options = options
        self._version = state.truth_version + 1
        self._now = fixed_timestamp(self.started)
        self._key_name = "key" if dataset.identifier else "sid"
        self._report = Report()
        self._pending = _Pending()

    def load(self, operations: Iterable[Operation | RowFault]) -> Report:
        """Apply them all and report."""
        if self._options.truncate:
            self._connection.execute(f"delete from {self._dataset.table}")
        for batch in _batches(iter(operations), _BATCH):
            known = self._find_known(batch)
            for operation in batch:
                try:
                    if isinstance(operation, RowFault):
                        raise operation
                    self._apply(operation, known)
                except RowFault as fault:  # noqa: PERF203 - each row has a fate of its own
                    if fault.kind not in self._options.tolerated:
                        raise fault.refusal from None
                    self._report.errors += 1
            self._flush()
        return self._report

    def _find_known(self, batch: list[Operation | RowFault]) -> dict[str | int, tuple[int, int]]:
        """Which addressed rows exist: address to internal number and version."""
        addresses = [o.address for o in batch if isinstance(o, Operation) and o.address is not None]
        rows = self._connection.execute(
            f"select {self._key_name}, sid, version from {self._dataset.table}"
            f" where {self._key_name} in ({', '.join('?' * len(addresses))})",
            addresses,
        )
        return {address: (sid, version) for address, sid, version in rows}

    def _apply(self, operation: Operation, known: dict[str | int, tuple[int, int]]) -> None:
        address = operation.address
        if address is not None and address in self._pending.addresses:
            self._flush()
        found = known.get(address) if address is not None else None
        self._check_version(operation, found)
        if found is None:
            if operation.delete:
                raise RowFault("no_such_row_to_delete", row_missing(self._shown(address)))
            if isinstance(address, int):
                raise RowFault("no_such_row_to_update", row_missing(self._shown(address)))
            self._insert(operation, known)
        else:
            self._change(operation, found[0])
            if address is not None:
                known[address] = (found[0], self._version)
            if operation.delete and address is not None:
                del known[address]
        if address is not None:
            self._pending.addresses.add(address)

    def _check_version(self, operation: Operation, found: tuple[int, int] | None) -> None:
        if operation.version is None:
            return
        if found is None:
            refusal = invalid_request(f"Line {operation.line}: a version was given for a new row")
            raise RowFault("version_on_new_row", refusal)
        if found[1] != operation.version:
            refusal = invalid_request(f"Line {operation.line}: the row has another version by now")
            raise RowFault("version_mismatch", refusal)

    def _shown(self, address: str | int | None) -> str:
        return row_id(address) if isinstance(address, int) else str(address)

    def _insert(self, operation: Operation, known: dict[str | int, tuple[int, int]]) -> None:
        sid = self.next_sid
        self.next_sid += 1
        self._pending.inserts.setdefault(operation.columns, []).append(
            (sid, operation.address, self._now, self._now, self._version, *operation.values)
        )
        if operation.address is not None:
            known[operation.address] = (sid, self._version)
        self._report.created += 1

    def _change(self, operation: Operation, sid: int) -> None:
        if operation.delete:
            self._pending.deletes.append((sid,))
            self._report.deleted += 1
        else:
            columns, values = operation.columns, operation.values
            if not self._options.merge:
                rest = tuple(c for c in self._dataset.columns if c.writable and c not in columns)
                columns, values = columns + rest, values + (None,) * len(rest)
            self._pending.updates.setdefault(columns, []).append((self._now, self._version, *values, sid))
            self._report.updated += 1
        if self._dataset.identifier:
            self._report.by_row_identifier += 1
        else:
            self._report.by_sid += 1

    def _flush(self) -> None:
        table, pending = self._dataset.table, self._pending
        for columns, rows in pending.inserts.items():
            names = "".join(f", {column.sql}" for column in columns)
            marks = ", ".join("?" * (5 + len(columns)))
            self._connection.executemany(
                f"insert into {table} (sid, key, created_at, updated_at, version{names}) values ({marks})",
                rows,
            )
        for columns, rows in pending.updates.items():
            names = "".join(f", {column.sql} = ?" for column in columns)
            self._connection.executemany(f"update {table} set updated_at = ?, version = ?{names} where sid = ?", rows)
        self._connection.executemany(f"delete from {table} where sid = ?", pending.deletes)
        self._pending = _Pending()


def _batches(operations: Iterator[Operation | RowFault], size: int) -> Iterator[list[Operation | RowFault]]:
    while batch := list(itertools.islice(operations, size)):
        yield batch
