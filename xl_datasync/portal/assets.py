"""Looking for datasets, and at how a dataset's rows stand."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, fields
from typing import Any

from xl_datasync.core.dataset import DATASET_ID, Dataset
from xl_datasync.core.errors import PortalError
from xl_datasync.portal.calls import Call, dataset_label
from xl_datasync.portal.making import read_view
from xl_datasync.portal.reading import count_rows
from xl_datasync.portal.session import Session
from xl_datasync.portal.views import read_dataset, whole_number

log = logging.getLogger(__name__)

MOST_FOUND = 100
# Two ways to ask for the newest row: not every portal need understand the first.
_NEWEST: tuple[dict[str, str], ...] = (
    {"$select": "max(:created_at)"},
    {"$select": ":created_at", "$order": ":created_at DESC", "$limit": "1"},
)
_NOT_UNDERSTOOD = (400, 405, 422, 501)


@dataclass(frozen=True)
class Asset:
    """A dataset as a search finds it.

    :param created_at: seconds since 1970; None where the portal does not say.
    """

    id: str
    name: str
    created_at: int | None
    published: bool


@dataclass(frozen=True)
class RowsState:
    """What tells whether a dataset's rows were changed; None for what the portal does not give.

    :param rows_updated_at: seconds since 1970 (protocol §2.1 [R]).
    :param version: grows with every write (protocol §2.6 [C]).
    """

    rows_updated_at: int | None
    version: int | None
    count: int | None

    def same_as(self, other: RowsState) -> bool:
        """Whether nothing that is known of both differs."""
        pairs = [(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)]
        return all(ours == theirs for ours, theirs in pairs if ours is not None and theirs is not None)


def find_by_title(session: Session, title: str, user_id: str, since: float | None) -> list[Asset] | None:
    """The user's own datasets of exactly that title, drafts too; None where that cannot be known.

    The catalogue brings the candidates (protocol §2.5 [R]); what they are is asked of each dataset itself, because the
    catalogue is brought up to date late. For the same reason a dataset made a moment ago may be missing [U]: to find
    none is no proof that there is none.
    """
    try:
        # Whether a comma parts two titles or belongs to one is not documented; a search by words has no such doubt.
        ids = _candidates(session, title, {"names": title}) or _candidates(session, title, {"q": title})
        views = [_view(session, dataset_id) for dataset_id in ids]
    except PortalError as error:
        log.warning("could not look for “%s”: %s", title, error.what)
        return None
    found = [asset for view in views if (asset := _own(view, title, user_id))]
    return [asset for asset in found if since is None or asset.created_at is None or asset.created_at >= int(since)]


def rows_state(session: Session, dataset_id: str) -> RowsState:
    """How the rows stand.

    :raises PortalError: where the dataset itself cannot be looked at.
    """
    dataset = read_dataset(read_view(session, dataset_id), session.address)
    return RowsState(dataset.rows_updated_at, _version(session, dataset_id), _count(session, dataset_id))


def newest_row(session: Session, dataset: Dataset) -> str | None:
    """When the newest row was added, in the portal's own words (protocol §4.4 [D]).

    :returns: None where there is no row, ``""`` where the portal does not tell.
    """
    for params in _NEWEST:
        call = Call(
            "GET", f"/resource/{dataset.id}.json", params=params, dataset=dataset_label(dataset.name, dataset.id)
        )
        try:
            answer = session.ask(call)
        except PortalError as error:
            if error.status not in _NOT_UNDERSTOOD:
                raise
            log.info("no newest row by %s: %s", params["$select"], error.what)
            continue
        with answer.file:
            shape = answer.json()
        row = shape[0] if isinstance(shape, list) and shape else {}
        if not isinstance(shape, list) or not isinstance(row, dict):
            raise session.not_a_portal(call, answer)
        return next((value for value in row.values() if isinstance(value, str) and value), None)
    return ""


def _candidates(session: Session, title: str, search: dict[str, str]) -> list[str]:
    """The ids of datasets that the catalogue has under that title."""
    params = {**search, "domains": session.host, "search_context": session.host, "limit": str(MOST_FOUND)}
    results = session.object(Call("GET", "/api/catalog/v1", params=params), "results")["results"]
    found = (
        [result.get("resource") for result in results if isinstance(result, dict)] if isinstance(results, list) else []
    )
    return [
        str(resource["id"])
        for resource in found
        if isinstance(resource, dict)
        and str(resource.get("name") or "").strip() == title.strip()
        and DATASET_ID.fullmatch(str(resource.get("id")))
    ]


def _view(session: Session, dataset_id: str) -> dict[str, Any]:
    """The view, or an empty one where the catalogue has a dataset that is gone or is not to be seen."""
    try:
        return read_view(session, dataset_id)
    except PortalError as error:
        if error.status not in (403, 404) or error.exit_code == 4:
            raise
        return {}


def _own(view: dict[str, Any], title: str, user_id: str) -> Asset | None:
    owner = view.get("owner")
    if str(view.get("name")).strip() != title.strip() or not isinstance(owner, dict) or owner.get("id") != user_id:
        return None
    published = view.get("publicationStage") != "unpublished"
    return Asset(str(view["id"]), title, _seconds(view.get("createdAt")), published)


def _seconds(value: object) -> int | None:
    """Seconds since 1970, as ``/api/views`` gives them, or an ISO time."""
    if isinstance(value, str) and not value.isdigit():
        try:
            moment = dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
        return int(moment.timestamp()) if moment.tzinfo else None
    return whole_number(value)


def _version(session: Session, dataset_id: str) -> int | None:
    try:
        shape = session.object(Call("GET", f"/api/views/{dataset_id}/replication.json"), "truth_data_version")
    except PortalError as error:
        log.info("no version of the rows: %s", error.what)
        return None
    return whole_number(shape["truth_data_version"])


def _count(session: Session, dataset_id: str) -> int | None:
    try:
        return count_rows(session, dataset_id, None)
    except PortalError as error:
        log.info("no count of the rows: %s", error.what)
        return None
