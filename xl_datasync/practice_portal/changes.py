"""Datasets made and changed by bodies of the views API (protocol §2.2, §5)."""

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import replace

from .columns import add_columns, change_column, find_column
from .dataset import UNPUBLISHED, Column, Dataset, Details, number_of
from .details import read_details, read_name, read_object
from .errors import Refusal, invalid_request, wrong_stage
from .store import save_dataset
from .tables import add_dataset, next_version, set_identifier

Body = Mapping[str, object]
_NONE = (None, "", "0", 0)


def create(connection: sqlite3.Connection, dataset_id: str, owner: str, body: Body) -> Dataset:
    """A new working copy without rows; private until its permission is set (our choice [U])."""
    for name, only in (("viewType", "tabular"), ("displayType", "table")):
        if body.get(name) not in (None, only):
            raise invalid_request(f"Only tables can be made here, not a {name} '{body[name]}'", field=name)
    bare = Dataset(
        dataset_id,
        read_name(body),
        (),
        details=read_details(Details(), body),
        private=True,
        stage=UNPUBLISHED,
        owner=owner,
        group=number_of(dataset_id),
        changed_at=time.time(),
    )
    dataset = add_columns(bare, body.get("columns"))
    add_dataset(connection, dataset)
    return _with_identifier(connection, dataset, body)


def update(connection: sqlite3.Connection, dataset: Dataset, body: Body) -> Dataset:
    """The dataset with what the body says, kept; what it does not name stays as it is."""
    changed = replace(dataset, details=read_details(dataset.details, body), changed_at=time.time())
    if "name" in body:
        changed = replace(changed, name=read_name(body))
    columns = body.get("columns")
    if columns is not None and not isinstance(columns, list):
        raise invalid_request("'columns' must be a list", field="columns")
    for facts in columns or ():
        changed = change_column(changed, _named(changed, facts), facts)
    return _with_identifier(connection, changed, body)


def save_schema(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Keep a definition whose columns have changed."""
    save_dataset(connection, replace(dataset, changed_at=time.time()))
    next_version(connection, dataset)


def _named(dataset: Dataset, facts: object) -> Column:
    if not isinstance(facts, Mapping):
        raise invalid_request("A column must be an object")
    return find_column(dataset, facts.get("id") or facts.get("fieldName"))


def _with_identifier(connection: sqlite3.Connection, dataset: Dataset, body: Body) -> Dataset:
    """The dataset saved with the row identifier that `metadata` asks for; not naming one changes nothing."""
    metadata = read_object(body, "metadata")
    if "rowIdentifier" in metadata:
        column = _identifier(dataset, metadata["rowIdentifier"])
        if column is not dataset.identifier:
            if not dataset.draft:
                raise wrong_stage(dataset.stage, UNPUBLISHED)
            dataset = set_identifier(connection, dataset, column)
    save_dataset(connection, dataset)
    return dataset


def _identifier(dataset: Dataset, name: object) -> Column | None:
    """The column a body names by field name or id; `0` and nothing stand for none (protocol §2.1 [R])."""
    if name in _NONE:
        return None
    try:
        return find_column(dataset, name)
    except Refusal as refusal:
        raise Refusal(400, "update.column.not-found", refusal.message, refusal.data) from None
