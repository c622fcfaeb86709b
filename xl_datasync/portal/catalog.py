"""Searching a portal's catalogue by words, and looking at one dataset closely enough to choose it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xl_datasync.core.dataset import DATASET_ID, Dataset
from xl_datasync.core.errors import PortalError
from xl_datasync.portal.calls import Call
from xl_datasync.portal.making import read_view
from xl_datasync.portal.reading import count_rows
from xl_datasync.portal.session import Session
from xl_datasync.portal.views import read_dataset, whole_number

MOST_LISTED = 25


@dataclass(frozen=True)
class CatalogEntry:
    """One thing that the catalogue lists (protocol §2.5 [R]).

    :param kind: the catalogue's own word: ``dataset``, ``map``, ``chart``, ``filter``, ``story``, ``href``, ``file`` …
    :param updated_at: seconds since 1970; None where the catalogue does not say.
    :param published: false for a draft; None where the catalogue does not say.
    :param public: false for what only people it is shared with see; None where the catalogue does not say.
    """

    id: str
    name: str
    kind: str
    owner: str = ""
    updated_at: int | None = None
    published: bool | None = None
    public: bool | None = None


@dataclass(frozen=True)
class Catalog:
    """What a search found: the best first, and how many there are in all."""

    listed: tuple[CatalogEntry, ...]
    total: int


@dataclass(frozen=True)
class Look:
    """A dataset, and how many rows it has; None where the portal does not say."""

    dataset: Dataset
    rows: int | None


def search(session: Session, words: str, most: int = MOST_LISTED) -> Catalog:
    """What fits the words, of what this user may see.

    Private things and drafts are listed only for somebody signed in who names the portal (protocol §2.5 [C]).
    """
    params = {"q": words, "domains": session.host, "search_context": session.host, "limit": str(most)}
    answer = session.object(Call("GET", "/api/catalog/v1", params=params), "results")
    listed = tuple(_listed(answer["results"]))
    total = whole_number(answer.get("resultSetSize"))
    return Catalog(listed, len(listed) if total is None else max(total, len(listed)))


def look(session: Session, dataset_id: str, *, counted: bool = True) -> Look:
    """A dataset and its number of rows.

    :param counted: whether the rows are counted; else only the number that the portal keeps is read, which may be old.
    :raises PortalError: where the dataset cannot be looked at; that its rows cannot be counted is none.
    """
    view = read_view(session, dataset_id)
    dataset = read_dataset(view, session.address)
    kept = _kept_count(view)
    if not counted or dataset.view_type != "tabular":
        return Look(dataset, kept)
    try:
        return Look(dataset, count_rows(session, dataset_id, None))
    except PortalError:
        return Look(dataset, kept)


def _listed(results: object) -> Iterator[CatalogEntry]:
    for result in results if isinstance(results, list) else ():
        shape = _mapping(result)
        resource, about = _mapping(shape.get("resource")), _mapping(shape.get("metadata"))
        dataset_id = str(resource.get("id") or "")
        if DATASET_ID.fullmatch(dataset_id):
            yield CatalogEntry(
                dataset_id,
                str(resource.get("name") or dataset_id).strip(),
                str(resource.get("type") or "dataset"),
                str(_mapping(shape.get("owner")).get("display_name") or ""),
                _seconds(resource.get("data_updated_at")) or _seconds(resource.get("updatedAt")),
                _truth(about.get("is_published")),
                _truth(about.get("is_public")),
            )


def _kept_count(view: Mapping[str, Any]) -> int | None:
    """The number of rows that the portal keeps with a column's contents (protocol §2.1 [R])."""
    columns = view.get("columns")
    for column in columns if isinstance(columns, list) else ():
        kept = _mapping(_mapping(column).get("cachedContents"))
        filled, blank = whole_number(kept.get("non_null")), whole_number(kept.get("null"))
        if filled is not None and blank is not None:
            return filled + blank
    return None


def _seconds(value: object) -> int | None:
    """An ISO time as seconds since 1970."""
    try:
        moment = dt.datetime.fromisoformat(str(value or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return int(moment.timestamp()) if moment.tzinfo else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
