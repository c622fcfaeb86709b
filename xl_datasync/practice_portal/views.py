"""A dataset's metadata in the full shape of `/api/views/{id}` (protocol §2.1 [R])."""

import sqlite3

from .dataset import Column, Dataset, State
from .signin import SIGN_INS, Caller
from .store import count_rows

_CACHED_CONTENTS_LIMIT = 20_000


def view_json(connection: sqlite3.Connection, dataset: Dataset, state: State, caller: Caller) -> dict[str, object]:
    """The view as this caller sees it; times are epoch seconds."""
    owner = _owner()
    created, updated = int(state.created_at), int(state.rows_updated_at)
    identifier = dataset.identifier
    view: dict[str, object] = {
        "id": dataset.id,
        "name": dataset.name,
        "assetType": "dataset",
        "attribution": "Practice portal",
        "averageRating": 0,
        "category": dataset.category,
        "createdAt": created,
        "description": dataset.description,
        "diciBackend": False,
        "displayType": "table",
        "downloadCount": 0,
        "hideFromCatalog": False,
        "hideFromDataJson": False,
        "locale": "en_US",
        "locked": False,
        "newBackend": True,
        "numberOfComments": 0,
        "oid": dataset.number,
        "provenance": "official",
        "publicationAppendEnabled": True,
        "publicationDate": created,
        "publicationGroup": dataset.number,
        "publicationStage": "published",
        "rowClass": "",
        "rowsUpdatedAt": updated,
        "rowsUpdatedBy": SIGN_INS[0].id,
        "tableId": dataset.number,
        "totalTimesRated": 0,
        "viewCount": 0,
        "viewLastModified": created,
        "viewType": "tabular",
        "approvals": [],
        "clientContext": {"clientContextVariables": [], "inheritedVariables": {}},
        "columns": _columns_json(connection, dataset),
        "grants": [] if dataset.private else [{"inherited": False, "type": "viewer", "flags": ["public"]}],
        "metadata": _metadata(dataset),
        "owner": owner,
        "query": {},
        "rights": list(caller.rights(dataset)),
        "tableAuthor": owner,
        "tags": list(dataset.tags),
        "flags": ["default", "ownerMayBeContacted", "restorable", "restorePossibleForType"],
    }
    if identifier is not None:
        view["rowIdentifierColumnId"] = identifier.id
    if caller.sign_in is not None:
        view["permissions"] = {"scope": "private" if dataset.private else "public"}
    return view


def _owner() -> dict[str, object]:
    owner = SIGN_INS[0]
    return {
        "id": owner.id,
        "displayName": owner.display_name,
        "screenName": owner.display_name,
        "type": "interactive",
        "flags": [],
    }


def _metadata(dataset: Dataset) -> dict[str, object]:
    metadata: dict[str, object] = {
        "rdfSubject": "0",
        "rdfClass": "",
        "attachments": [],
        "custom_fields": {},
        "availableDisplayTypes": ["table", "fatrow", "page"],
    }
    if dataset.identifier is not None:
        metadata["rowIdentifier"] = dataset.identifier.id
    return metadata


def _columns_json(connection: sqlite3.Connection, dataset: Dataset) -> list[dict[str, object]]:
    small = count_rows(connection, dataset) <= _CACHED_CONTENTS_LIMIT
    columns = []
    for column in dataset.columns:
        facts = _column_json(column)
        if small:
            facts["cachedContents"] = _contents(connection, dataset, column)
        columns.append(facts)
    return columns


def _column_json(column: Column) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": column.id,
        "name": column.name,
        "dataTypeName": column.type_name,
        "description": column.description,
        "fieldName": column.field_name,
        "position": column.position,
        "renderTypeName": column.type_name,
        "tableColumnId": column.id,
        "width": 148,
        "format": column.format,
    }
    if column.flags:
        facts["flags"] = list(column.flags)
    if column.computation_strategy is not None:
        facts["computationStrategy"] = column.computation_strategy
    return facts


def _contents(connection: sqlite3.Connection, dataset: Dataset, column: Column) -> dict[str, object]:
    """Counts and extremes; all values are strings (protocol §2.1)."""
    name = column.sql
    order = f"cast({name} as numeric)" if column.type.family == "number" else name
    total, non_null, distinct = connection.execute(
        f"select count(*), count({name}), count(distinct {name}) from {dataset.table}"
    ).fetchone()
    facts: dict[str, object] = {
        "non_null": str(non_null),
        "null": str(total - non_null),
        "count": str(total),
        "cardinality": str(distinct),
    }
    if non_null:
        ordered = f"select {name} from {dataset.table} where {name} is not null order by {order}"
        facts["smallest"] = _shown(column, connection.execute(f"{ordered} limit 1").fetchone()[0])
        facts["largest"] = _shown(column, connection.execute(f"{ordered} desc limit 1").fetchone()[0])
    top = connection.execute(
        f"select {name}, count(*) from {dataset.table} where {name} is not null"
        f" group by {name} order by 2 desc, 1 limit 5"
    )
    facts["top"] = [{"item": _shown(column, item), "count": str(count)} for item, count in top]
    return facts


def _shown(column: Column, text: str) -> object:
    value = column.type.to_json(text)
    return text if isinstance(value, bool) else value


def replication_json(truth_version: int, *, up_to_date: bool) -> dict[str, object]:
    """`/api/views/{id}/replication.json` (protocol §2.6 [C])."""
    secondary = truth_version if up_to_date else truth_version - 1
    return {
        "truth_data_version": truth_version,
        "secondary_versions": [{"name": "pg.primus", "version": secondary}],
        "read_replication_up_to_date": up_to_date,
    }
