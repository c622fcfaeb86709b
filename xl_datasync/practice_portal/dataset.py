"""What a dataset is: its columns, its row identifier, its details, who may read and write it. Values only."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .types import DATA_TYPES, DataType

DATASET_ID = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")
SYSTEM_FIELDS = (":id", ":version", ":created_at", ":updated_at")
PUBLISHED, UNPUBLISHED = "published", "unpublished"
DEFAULT_WIDTH = 148


@dataclass(frozen=True, eq=False)
class Column:
    """One column; `position` counts from 1 (protocol §2.1). Columns are told apart by identity.

    `slot` names the column in the dataset's table: it never changes and is never given out twice, so columns may
    be moved, added and dropped. `table_id` is the same in a working copy, `id` is not.
    """

    id: int
    name: str
    field_name: str
    type_name: str
    position: int
    description: str = ""
    format: dict[str, object] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    computation_strategy: dict[str, object] | None = None
    width: int = DEFAULT_WIDTH
    slot: int = 0
    table_id: int = 0

    @property
    def type(self) -> DataType:
        """The rules for this column's values."""
        return DATA_TYPES[self.type_name]

    @property
    def sql(self) -> str:
        """The column's name in SQLite: never a name that came from outside."""
        return f'"c{self.slot}"'

    @property
    def writable(self) -> bool:
        """Computed and system columns are filled by the portal alone (protocol §2.1 [C])."""
        return self.computation_strategy is None and not self.field_name.startswith(":")


@dataclass(frozen=True)
class Details:
    """What people say about a dataset; `metadata` has no row identifier in it (protocol §2.1, §2.2)."""

    description: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    attribution: str = ""
    attribution_link: str = ""
    licence: str = ""
    resource_name: str = ""
    metadata: dict[str, object] = field(default_factory=dict)
    private_metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """A dataset's definition; rows and versions live in the store.

    `group` ties a working copy to the dataset it was made from. `slots` is how many columns there ever were.
    """

    id: str
    name: str
    columns: tuple[Column, ...]
    row_identifier: str | None = None
    details: Details = Details()
    private: bool = False
    synced: bool = False
    writers: tuple[str, ...] | None = None
    stage: str = PUBLISHED
    view_type: str = "tabular"
    display_type: str = "table"
    owner: str = ""
    group: int = 0
    slots: int = 0
    published_at: float | None = None
    changed_at: float | None = None

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
        return number_of(self.id)

    @property
    def draft(self) -> bool:
        """Whether this is a working copy (protocol §2.1: publicationStage unpublished)."""
        return self.stage == UNPUBLISHED

    @property
    def tabular(self) -> bool:
        """Whether the asset has rows that can be read."""
        return self.view_type == "tabular"

    @property
    def is_table(self) -> bool:
        """Whether the asset has rows of its own, which can be written."""
        return self.tabular and self.display_type == "table"


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
    number = number_of(dataset_id)
    made = tuple(_make_column(dataset_id, n, column) for n, column in enumerate(columns, start=1))
    dataset = replace(Dataset(dataset_id, name, made, group=number, slots=len(made)), **others)  # type: ignore[arg-type]
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
    number = column_number(dataset_id, position)
    return Column(
        id=number,
        name=str(given["name"]),
        field_name=str(given["fieldName"]),
        type_name=type_name,
        position=position,
        description=str(given.get("description") or ""),
        format=dict(format_),
        flags=tuple(str(flag) for flag in flags),
        computation_strategy=dict(strategy) if isinstance(strategy, Mapping) else None,
        width=int(str(given.get("width") or DEFAULT_WIDTH)),
        slot=position,
        table_id=number,
    )


def number_of(dataset_id: str) -> int:
    """A six-digit number for a dataset id."""
    return int(dataset_id.replace("-", ""), 36) % 899_999 + 100_000


def column_number(dataset_id: str, slot: int) -> int:
    """The id of the column in that slot of a dataset's table."""
    return number_of(dataset_id) * 1000 + slot


def dataset_to_facts(dataset: Dataset) -> dict[str, object]:
    """A dataset as plain values, for the store."""
    return asdict(dataset)


def dataset_from_facts(facts: dict[str, Any]) -> Dataset:
    """The inverse of `dataset_to_facts` after a trip through JSON, which knows no tuples."""
    facts = facts if "details" in facts else _from_first_version(facts)
    columns = tuple(Column(**{**column, "flags": tuple(column["flags"])}) for column in facts["columns"])
    details = Details(**{**facts["details"], "tags": tuple(facts["details"]["tags"])})
    writers = facts["writers"]
    restored = {"columns": columns, "details": details, "writers": None if writers is None else tuple(writers)}
    return Dataset(**{**facts, **restored})


def _from_first_version(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as the first version kept them: few details, and columns named after their positions."""
    columns = [{**c, "slot": c["position"], "table_id": c["id"]} for c in facts["columns"]]
    kept = {name: value for name, value in facts.items() if name not in ("description", "category", "tags")}
    details = {name: facts[name] for name in ("description", "category", "tags")}
    details["attribution"] = "Practice portal"
    return {**kept, "columns": columns, "details": details, "group": number_of(facts["id"]), "slots": len(columns)}
