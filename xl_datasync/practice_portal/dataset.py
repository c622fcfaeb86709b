"""What a dataset is: its columns, its row identifier, who may read and write it. Values only."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .types import DATA_TYPES, DataType

DATASET_ID = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")
SYSTEM_FIELDS = (":id", ":version", ":created_at", ":updated_at")


@dataclass(frozen=True, eq=False)
class Column:
    """One column; `position` counts from 1 (protocol §2.1). Columns are told apart by identity."""

    id: int
    name: str
    field_name: str
    type_name: str
    position: int
    description: str = ""
    format: dict[str, object] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    computation_strategy: dict[str, object] | None = None

    @property
    def type(self) -> DataType:
        """The rules for this column's values."""
        return DATA_TYPES[self.type_name]

    @property
    def sql(self) -> str:
        """The column's name in SQLite: never a name that came from outside."""
        return f'"c{self.position}"'

    @property
    def writable(self) -> bool:
        """Computed columns are filled by the portal alone (protocol §2.1 [C])."""
        return self.computation_strategy is None


@dataclass(frozen=True)
class Dataset:
    """A dataset's definition; rows and versions live in the store."""

    id: str
    name: str
    columns: tuple[Column, ...]
    row_identifier: str | None = None
    description: str = ""
    category: str = "Practice"
    tags: tuple[str, ...] = ()
    private: bool = False
    synced: bool = False
    writers: tuple[str, ...] | None = None

    @property
    def table(self) -> str:
        """The table that holds the rows; the id is checked by `make_dataset`."""
        return f'"rows_{self.id}"'

    @property
    def identifier(self) -> Column | None:
        """The row identifier column, if the dataset has one."""
        return self.by_field.get(self.row_identifier) if self.row_identifier else None

    @property
    def by_field(self) -> dict[str, Column]:
        """Columns by field name."""
        return {column.field_name: column for column in self.columns}

    @property
    def number(self) -> int:
        """A stable number for this dataset, from which oid, table id and column ids are made."""
        return _number(self.id)


@dataclass(frozen=True)
class State:
    """What changes when rows are written; times are epoch seconds."""

    truth_version: int
    next_sid: int
    created_at: float
    rows_updated_at: float
    rows_updated_by: str | None


def make_dataset(dataset_id: str, name: str, columns: Iterable[Mapping[str, object]], **others: object) -> Dataset:
    """A dataset from column descriptions in wire names; raises ValueError for what cannot be."""
    if not DATASET_ID.fullmatch(dataset_id):
        raise ValueError(f"{dataset_id!r} is not a dataset id; expected the form abcd-1234")
    made = tuple(_make_column(dataset_id, n, column) for n, column in enumerate(columns, start=1))
    dataset = replace(Dataset(dataset_id, name, made), **others)  # type: ignore[arg-type]
    if len(dataset.by_field) != len(made):
        raise ValueError(f"{dataset_id}: two columns have the same fieldName")
    if dataset.row_identifier is not None:
        _check_identifier(dataset)
    return dataset


def _check_identifier(dataset: Dataset) -> None:
    if dataset.identifier is None:
        raise ValueError(f"{dataset.id}: no column has the fieldName {dataset.row_identifier!r}")
    if not dataset.identifier.type.can_identify:
        raise ValueError(f"{dataset.id}: a {dataset.identifier.type_name} cannot be a row identifier")


def _make_column(dataset_id: str, position: int, given: Mapping[str, object]) -> Column:
    type_name = str(given["dataTypeName"])
    if type_name not in DATA_TYPES:
        raise ValueError(f"{dataset_id}: unknown data type {type_name!r}; known are {', '.join(DATA_TYPES)}")
    strategy = given.get("computationStrategy")
    flags = given.get("flags") or ()
    format_ = given.get("format") or {}
    if not isinstance(flags, list | tuple) or not isinstance(format_, Mapping):
        raise ValueError(f"{dataset_id}: flags are a list and format is a mapping")  # noqa: TRY004 - one kind for all that is wrong
    return Column(
        id=_number(dataset_id) * 1000 + position,
        name=str(given["name"]),
        field_name=str(given["fieldName"]),
        type_name=type_name,
        position=position,
        description=str(given.get("description") or ""),
        format=dict(format_),
        flags=tuple(str(flag) for flag in flags),
        computation_strategy=dict(strategy) if isinstance(strategy, Mapping) else None,
    )


def _number(dataset_id: str) -> int:
    return int(dataset_id.replace("-", ""), 36) % 899_999 + 100_000


def dataset_to_facts(dataset: Dataset) -> dict[str, object]:
    """A dataset as plain values, for the store."""
    return asdict(dataset)


def dataset_from_facts(facts: dict[str, Any]) -> Dataset:
    """The inverse of `dataset_to_facts` after a trip through JSON, which knows no tuples."""
    columns = tuple(Column(**{**column, "flags": tuple(column["flags"])}) for column in facts["columns"])
    writers = facts["writers"]
    restored = {
        "columns": columns,
        "tags": tuple(facts["tags"]),
        "writers": None if writers is None else tuple(writers),
    }
    return Dataset(**{**facts, **restored})
