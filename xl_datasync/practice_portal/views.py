"""A dataset's metadata in the full shape of `/api/views/{id}` (protocol §2.1 [R])."""

import sqlite3
from collections.abc import Mapping

from .dataset import Column, Dataset, State
from .details import LICENCES
from .signin import Caller, SignIn
from .store import count_rows

_CACHED_CONTENTS_LIMIT = 20_000
_ASSET_TYPES = {"href": "href", "story": "story", "blobby": "file", "geo": "map"}
_PUBLIC = [{"inherited": False, "type": "viewer", "flags": ["public"]}]
# What no dataset of a practice portal tells apart
_STANDING: Mapping[str, object] = {
    "averageRating": 0,
    "diciBackend": False,
    "downloadCount": 0,
    "hideFromCatalog": False,
    "hideFromDataJson": False,
    "locale": "en_US",
    "locked": False,
    "newBackend": True,
    "numberOfComments": 0,
    "provenance": "official",
    "publicationAppendEnabled": True,
    "rowClass": "",
    "totalTimesRated": 0,
    "viewCount": 0,
    "approvals": [],
    "clientContext": {"clientContextVariables": [], "inheritedVariables": {}},
    "query": {},
    "flags": ["default", "ownerMayBeContacted", "restorable", "restorePossibleForType"],
}
_METADATA: Mapping[str, object] = {
    "rdfSubject": "0",
    "rdfClass": "",
    "attachments": [],
    "custom_fields": {},
    "availableDisplayTypes": ["table", "fatrow", "page"],
}


def asset_type(dataset: Dataset) -> str:
    """What the catalogue calls a thing of this kind."""
    if dataset.tabular:
        return {"chart": "chart", "map": "map"}.get(dataset.display_type, "dataset")
    return _ASSET_TYPES.get(dataset.view_type, dataset.view_type)


class ViewWriter:
    """Writes the views of one portal, as one caller sees them; times are epoch seconds."""

    def __init__(self, connection: sqlite3.Connection, caller: Caller, sign_ins: tuple[SignIn, ...]) -> None:
        self._connection = connection
        self._caller = caller
        self._sign_ins = sign_ins

    def view(self, dataset: Dataset, state: State) -> dict[str, object]:
        """The full view."""
        owner = user_shape(owner_of(dataset, self._sign_ins))
        view: dict[str, object] = {
            **_STANDING,
            "id": dataset.id,
            "name": dataset.name,
            "assetType": asset_type(dataset),
            "description": dataset.details.description,
            "displayType": dataset.display_type,
            "oid": dataset.number,
            "publicationGroup": dataset.group,
            "publicationStage": dataset.stage,
            "tableId": dataset.number,
            "viewType": dataset.view_type,
            "columns": columns_json(self._connection, dataset),
            "metadata": _metadata(dataset),
            "owner": owner,
            "rights": list(self._caller.rights(dataset)),
            "tableAuthor": owner,
            "tags": list(dataset.details.tags),
        }
        return {
            **view,
            **_details(dataset),
            **self._times(dataset, state),
            **_grants(dataset),
            **self._for_members(dataset),
        }

    def _times(self, dataset: Dataset, state: State) -> dict[str, object]:
        created = int(state.created_at)
        changed = created if dataset.changed_at is None else int(dataset.changed_at)
        published = created if dataset.published_at is None else int(dataset.published_at)
        writers = [s for s in self._sign_ins if s.user == state.rows_updated_by]
        return {
            "createdAt": created,
            **({} if dataset.draft else {"publicationDate": published}),
            "rowsUpdatedAt": int(state.rows_updated_at),
            "rowsUpdatedBy": writers[0].id if writers else owner_of(dataset, self._sign_ins).id,
            "viewLastModified": changed,
        }

    def _for_members(self, dataset: Dataset) -> dict[str, object]:
        """What only those signed in, or only those who may write, are shown."""
        facts: dict[str, object] = {}
        if self._caller.sign_in is not None:
            facts["permissions"] = permissions_json(dataset)
        if self._caller.may_write(dataset):
            facts["privateMetadata"] = dataset.details.private_metadata
        return facts


def owner_of(dataset: Dataset, sign_ins: tuple[SignIn, ...]) -> SignIn:
    """The account that made a dataset; the first one for what was delivered."""
    return next((sign_in for sign_in in sign_ins if sign_in.id == dataset.owner), sign_ins[0])


def user_shape(user: SignIn) -> dict[str, object]:
    """A user as views show one."""
    return {
        "id": user.id,
        "displayName": user.display_name,
        "screenName": user.display_name,
        "type": "interactive",
        "flags": [],
    }


def permissions_json(dataset: Dataset) -> dict[str, object]:
    """`/api/views/{id}/permissions` (protocol §2.4 [C])."""
    return {"scope": "private" if dataset.private else "public"}


def _grants(dataset: Dataset) -> dict[str, object]:
    """What was never published has `pendingGrants` in place of `grants` (protocol §2.1 [C])."""
    return {"pendingGrants" if dataset.draft else "grants": [] if dataset.private else _PUBLIC}


def _details(dataset: Dataset) -> dict[str, object]:
    """Details that are absent where nothing was said."""
    details = dataset.details
    facts: dict[str, object] = {
        "category": details.category,
        "attribution": details.attribution,
        "attributionLink": details.attribution_link,
        "licenseId": details.licence,
        "license": {"name": LICENCES.get(details.licence, details.licence)} if details.licence else None,
        "resourceName": details.resource_name,
        "rowIdentifierColumnId": dataset.identifier.id if dataset.identifier else None,
    }
    return {name: value for name, value in facts.items() if value}


def _metadata(dataset: Dataset) -> dict[str, object]:
    metadata = {**_METADATA, **dataset.details.metadata}
    if dataset.identifier is not None:
        metadata["rowIdentifier"] = dataset.identifier.id
    return metadata


def columns_json(connection: sqlite3.Connection, dataset: Dataset) -> list[dict[str, object]]:
    """The columns with what is in them, unless there are very many rows."""
    small = count_rows(connection, dataset) <= _CACHED_CONTENTS_LIMIT
    columns = []
    for column in dataset.columns:
        facts = column_json(column)
        if small:
            facts["cachedContents"] = _contents(connection, dataset, column)
        columns.append(facts)
    return columns


def column_json(column: Column) -> dict[str, object]:
    """A column by itself (protocol §5 [C])."""
    facts: dict[str, object] = {
        "id": column.id,
        "name": column.name,
        "dataTypeName": column.type_name,
        "description": column.description,
        "fieldName": column.field_name,
        "position": column.position,
        "renderTypeName": column.type_name,
        "tableColumnId": column.table_id,
        "width": column.width,
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
