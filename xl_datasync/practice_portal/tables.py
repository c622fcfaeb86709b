"""The tables that hold the rows: made, copied, widened, dropped, and given their row identifiers."""

import json
import sqlite3
import time
from dataclasses import replace

from .dataset import Column, Dataset, dataset_to_facts
from .errors import Refusal
from .store import load_dataset, save_dataset
from .types import row_key

_OWN_COLUMNS = "sid, key, created_at, updated_at, version"


def add_dataset(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Create a dataset without rows."""
    now = time.time()
    connection.execute(
        "insert into datasets values (?, ?, 1, 1, ?, ?, null)",
        (dataset.id, json.dumps(dataset_to_facts(dataset)), now, now),
    )
    columns = "".join(f", {column.sql} text" for column in dataset.columns)
    # The identifier has a column of its own in normalised form, so that 1 and 1.0 are one row
    # while the cell keeps what was sent (protocol §8).
    connection.execute(
        f"create table {dataset.table} (sid integer primary key, key text unique,"
        f" created_at text not null, updated_at text not null, version integer not null{columns})"
    )


def remove_dataset(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Forget a dataset and its rows; the log of writes still names it."""
    connection.execute(f"drop table {dataset.table}")
    connection.execute("delete from datasets where id = ?", (dataset.id,))


def add_column(connection: sqlite3.Connection, dataset: Dataset, column: Column) -> None:
    """Room for a column's values. A dropped column's room is left where it is: its slot is never used again."""
    connection.execute(f"alter table {dataset.table} add column {column.sql} text")


def next_version(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Move the dataset to its next version without a change of rows."""
    connection.execute("update datasets set truth_version = truth_version + 1 where id = ?", (dataset.id,))


def copy_rows(connection: sqlite3.Connection, source: Dataset, target: Dataset) -> None:
    """Give a working copy the rows of its original, `:id` and timestamps included."""
    names = ", ".join([_OWN_COLUMNS, *(column.sql for column in source.columns)])
    connection.execute(f"insert into {target.table} ({names}) select {names} from {source.table}")
    connection.execute(
        "update datasets set (truth_version, next_sid, rows_updated_at, rows_updated_by) ="
        " (select truth_version, next_sid, rows_updated_at, rows_updated_by from datasets where id = ?) where id = ?",
        (source.id, target.id),
    )


def replace_by_copy(connection: sqlite3.Connection, original: Dataset, copy: Dataset) -> Dataset:
    """Put a working copy's columns, details and rows in the place of its original, which keeps its id."""
    _, before = load_dataset(connection, original.id)
    _, after = load_dataset(connection, copy.id)
    connection.execute(f"drop table {original.table}")
    connection.execute(f"alter table {copy.table} rename to {original.table}")
    connection.execute("delete from datasets where id = ?", (copy.id,))
    kept = {"id": original.id, "owner": original.owner, "private": original.private, "writers": original.writers}
    merged = replace(copy, **kept)  # type: ignore[arg-type]
    save_dataset(connection, merged)
    connection.execute(
        "update datasets set truth_version = ?, next_sid = ?, rows_updated_at = ?, rows_updated_by = ? where id = ?",
        (
            max(before.truth_version, after.truth_version) + 1,
            max(before.next_sid, after.next_sid),
            after.rows_updated_at,
            after.rows_updated_by,
            original.id,
        ),
    )
    return merged


def set_identifier(connection: sqlite3.Connection, dataset: Dataset, column: Column | None) -> Dataset:
    """Make a column the row identifier, or none; nulls and doubles are refused (protocol §3.7 [S])."""
    connection.execute(f"update {dataset.table} set key = null")
    if column is not None:
        if not column.type.can_identify:
            raise _identifier_refusal("invalid-type", f"a {column.type_name} cannot identify rows", column)
        rows = connection.execute(f"select sid, {column.sql} from {dataset.table}").fetchall()
        if any(value is None for _, value in rows):
            raise _identifier_refusal("null-values", "the column has empty cells", column)
        keys = [(row_key(column.type, value), sid) for sid, value in rows]
        if len({key for key, _ in keys}) < len(keys):
            raise _identifier_refusal("duplicate-values", "the column has the same value more than once", column)
        connection.executemany(f"update {dataset.table} set key = ? where sid = ?", keys)
    return replace(dataset, row_identifier=column.field_name if column else None)


def _identifier_refusal(reason: str, text: str, column: Column) -> Refusal:
    message = f"Column '{column.field_name}' cannot be the row identifier: {text}"
    return Refusal(400, f"update.row-identifier.{reason}", message, {"column": column.field_name})
