"""The catalogue: which assets there are, found by id, name, kind and words (protocol §2.5 [R])."""

from dataclasses import dataclass
from datetime import datetime, timezone

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from .dataset import Dataset, State
from .errors import Refusal, invalid_request
from .services import Services
from .signin import Caller
from .store import list_datasets
from .views import asset_type, owner_of

_DEFAULT_LIMIT, _GREATEST_LIMIT = 100, 10_000
_TYPE_NAMES = {
    "calendar_date": "Calendar date",
    "date": "Fixed Timestamp",
    "url": "URL",
    "multipolygon": "MultiPolygon",
}
Pair = tuple[Dataset, State]


def catalog_routes(services: Services) -> Blueprint:
    """The catalogue's one address."""
    routes = Blueprint("catalog", __name__)

    @routes.get("/api/catalog/v1")
    def catalog() -> Response:
        caller = services.caller()
        search = _read_search(request.args)
        own = _is_own(search.context) if search.context else False
        if search.context and not own:
            raise Refusal(404, "not_found", f"Domain not found: {search.context}")
        if search.domains and not any(map(_is_own, search.domains)):
            return jsonify({"results": [], "resultSetSize": 0, "timings": {"serviceMillis": 1}})
        with services.store.reading() as connection:
            found = [pair for pair in list_datasets(connection) if _is_shown(pair[0], caller, own=own)]
        found = [pair for pair in found if search.fits(pair[0])]
        page = found[search.offset : search.offset + search.limit]
        results = [_result(*pair, services) for pair in page]
        return jsonify({"results": results, "resultSetSize": len(found), "timings": {"serviceMillis": 1}})

    return routes


@dataclass(frozen=True)
class _Search:
    """What is asked for; empty means all."""

    ids: frozenset[str]
    names: frozenset[str]
    kinds: frozenset[str]
    domains: tuple[str, ...]
    words: tuple[str, ...]
    published: str | None
    public: str | None
    context: str
    limit: int
    offset: int

    def fits(self, dataset: Dataset) -> bool:
        """Whether a dataset is one of those asked for."""
        return (
            (not self.ids or dataset.id in self.ids)
            and (not self.names or dataset.name.casefold() in self.names)
            and (not self.kinds or asset_type(dataset) in self.kinds)
            and self.published in (None, "false" if dataset.draft else "true")
            and self.public in (None, "false" if dataset.private else "true")
            and all(word in _text(dataset) for word in self.words)
        )


def _read_search(args: MultiDict[str, str]) -> _Search:
    return _Search(
        ids=frozenset(_listed(args, "ids")),
        names=frozenset(name.casefold() for name in args.getlist("names")),
        kinds=frozenset(kind.removesuffix("s") if kind != "stories" else "story" for kind in _listed(args, "only")),
        domains=tuple(_listed(args, "domains")),
        words=tuple(args.get("q", "").casefold().split()),
        published=_truth(args, "published"),
        public=_truth(args, "public"),
        context=args.get("search_context", ""),
        limit=min(_whole(args, "limit", _DEFAULT_LIMIT), _GREATEST_LIMIT),
        offset=_whole(args, "offset", 0),
    )


def _listed(args: MultiDict[str, str], name: str) -> list[str]:
    """The values of a parameter that may come often or with commas."""
    return [part.strip().lower() for value in args.getlist(name) for part in value.split(",") if part.strip()]


def _truth(args: MultiDict[str, str], name: str) -> str | None:
    value = args.get(name)
    if value not in (None, "true", "false"):
        raise invalid_request(f"{name} must be true or false, not '{value}'", field=name)
    return value


def _whole(args: MultiDict[str, str], name: str, default: int) -> int:
    text = args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid_request(f"{name} must be a whole number, not '{text[:50]}'", field=name)
    return int(text)


def _is_own(domain: str) -> bool:
    """Whether a domain is this portal, with its port or without."""
    return domain in (request.host, request.host.partition(":")[0])


def _is_shown(dataset: Dataset, caller: Caller, *, own: bool) -> bool:
    """The public sees what is public and published; members who name the domain all that they may read."""
    if caller.sign_in is not None and own:
        return caller.may_read(dataset)
    return not (dataset.private or dataset.draft)


def _text(dataset: Dataset) -> str:
    details = dataset.details
    words = (dataset.name, details.description, details.category, details.attribution, *details.tags)
    return " ".join((*words, *(column.name for column in dataset.columns))).casefold()


def _result(dataset: Dataset, state: State, services: Services) -> dict[str, object]:
    details, owner = dataset.details, owner_of(dataset, services.sign_ins)
    page = f"{request.host_url}d/{dataset.id}"
    person = {"id": owner.id, "user_type": "interactive", "display_name": owner.display_name}
    return {
        "resource": _resource(dataset, state),
        "classification": {
            "categories": [],
            "tags": [],
            "domain_category": details.category or None,
            "domain_tags": list(details.tags),
            "domain_metadata": _custom_fields(details.metadata.get("custom_fields")),
        },
        "metadata": {
            "domain": request.host,
            "license": details.licence or None,
            "is_public": not dataset.private,
            "is_published": not dataset.draft,
        },
        "permalink": page,
        "link": page,
        "owner": person,
        "creator": person,
    }


def _resource(dataset: Dataset, state: State) -> dict[str, object]:
    details, columns = dataset.details, dataset.columns
    changed = state.created_at if dataset.changed_at is None else dataset.changed_at
    return {
        "name": dataset.name,
        "id": dataset.id,
        "resource_name": details.resource_name or None,
        "parent_fxf": [],
        "description": details.description,
        "attribution": details.attribution or None,
        "attribution_link": details.attribution_link or None,
        "contact_email": None,
        "type": asset_type(dataset),
        "updatedAt": _iso(max(changed, state.rows_updated_at)),
        "createdAt": _iso(state.created_at),
        "metadata_updated_at": _iso(changed),
        "data_updated_at": _iso(state.rows_updated_at),
        "page_views": {"page_views_last_week": 0, "page_views_last_month": 0, "page_views_total": 0},
        "columns_name": [column.name for column in columns],
        "columns_field_name": [column.field_name for column in columns],
        "columns_datatype": [_TYPE_NAMES.get(c.type_name, c.type_name.title()) for c in columns],
        "columns_description": [column.description for column in columns],
        "columns_format": [column.format for column in columns],
        "download_count": 0,
        "provenance": "official",
        "lens_view_type": dataset.view_type,
        "lens_display_type": dataset.display_type,
        "publication_date": None if dataset.draft else _iso(dataset.published_at or state.created_at),
    }


def _custom_fields(groups: object) -> list[dict[str, object]]:
    """Custom fields as the catalogue flattens them: `Group_Field` in small letters."""
    if not isinstance(groups, dict):
        return []
    flat = [(g, f, v) for g, fields in groups.items() if isinstance(fields, dict) for f, v in fields.items()]
    return [{"key": f"{group}_{field}".replace(" ", "-"), "value": value} for group, field, value in flat]


def _iso(epoch_seconds: float) -> str:
    return datetime.fromtimestamp(epoch_seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
