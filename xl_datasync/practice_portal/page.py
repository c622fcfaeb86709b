"""The pages a learner looks at: datasets, rows, latest writes. HTML without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from flask import Blueprint, abort, render_template, request

from .dataset import DATASET_ID, Column, Dataset
from .details import LICENCES
from .query import compile_query
from .reads import csv_writer, run
from .services import Services
from .signin import APP_TOKEN, Caller
from .soql import Soql
from .store import Store, count_rows, find_dataset, latest_writes, list_datasets
from .views import asset_type

_PAGE_ROWS = 50
_SHOWN_WRITES = 100


@dataclass(frozen=True)
class Listed:
    """One dataset in the list."""

    dataset: Dataset
    rows: int
    identifier: str
    last_write: str
    kind: str


def make_pages(services: Services) -> Blueprint:
    """The routes of the HTML pages."""
    pages = Blueprint("pages", __name__)
    store = services.store

    @pages.get("/")
    def index() -> str:
        with store.reading() as connection:
            datasets = []
            for dataset, _ in list_datasets(connection):
                writes = latest_writes(connection, 1, dataset.id)
                shown = local_time(writes[0].at) if writes else "as delivered"
                name = dataset.identifier.name if dataset.identifier else "none"
                datasets.append(Listed(dataset, count_rows(connection, dataset), name, shown, asset_type(dataset)))
        return render_template(
            "index.html", datasets=datasets, sign_ins=services.sign_ins, app_token=APP_TOKEN, address=request.host_url
        )

    @pages.get("/writes")
    def writes() -> str:
        with store.reading() as connection:
            found = latest_writes(connection, _SHOWN_WRITES)
            known = {dataset.id for dataset, _ in list_datasets(connection)}
        return render_template("writes.html", writes=found, known=known)

    @pages.get("/d/<dataset_id>")
    def dataset_page(dataset_id: str) -> str:
        return _dataset_page(store, dataset_id.lower())

    @pages.get("/<category>/<name>/<dataset_id>")
    def dataset_link(category: str, name: str, dataset_id: str) -> str:  # noqa: ARG001 - as in a real portal's links
        return _dataset_page(store, dataset_id.lower())

    pages.add_app_template_filter(local_time)
    pages.add_app_template_filter(thousands)
    return pages


def _dataset_page(store: Store, dataset_id: str) -> str:
    if not DATASET_ID.fullmatch(dataset_id):
        abort(404)
    page = max(1, request.args.get("page", 1, type=int))
    with store.reading() as connection:
        found = find_dataset(connection, dataset_id)
        if found is None:
            abort(404)
        dataset = found[0]
        total = count_rows(connection, dataset)
        pages = max(1, -(-total // _PAGE_ROWS))
        page = min(page, pages)
        is_open = Caller().may_read(dataset)
        rows: list[list[str]] = []
        if dataset.tabular and is_open:
            statement = compile_query(dataset, Soql(limit=_PAGE_ROWS, offset=(page - 1) * _PAGE_ROWS))
            writers = [csv_writer(field) for field in statement.fields]
            for row in run(connection, statement):
                cells = zip(writers, row, strict=True)
                rows.append(["" if value is None else write(value) for write, value in cells])
        writes = latest_writes(connection, 20, dataset_id)
    return render_template(
        "dataset.html",
        dataset=dataset,
        kind=asset_type(dataset),
        details=list(_described(dataset)),
        numeric=[is_numeric(column) for column in dataset.columns],
        open=is_open,
        rows=rows,
        total=total,
        first=(page - 1) * _PAGE_ROWS + 1,
        page=page,
        pages=pages,
        writes=writes,
    )


def _described(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Name and text of the details that are there."""
    details = dataset.details
    yield from (
        (name, text)
        for name, text in (
            ("Category", details.category),
            ("Tags", ", ".join(details.tags)),
            ("Licence", LICENCES.get(details.licence, details.licence)),
            ("Attribution", details.attribution),
            ("Attribution link", details.attribution_link),
        )
        if text
    )
    groups = details.metadata.get("custom_fields")
    for group, fields in groups.items() if isinstance(groups, dict) else ():
        for name, value in fields.items() if isinstance(fields, dict) else ():
            yield f"{group}: {name}", str(value)


def is_numeric(column: Column) -> bool:
    """Whether a column's cells stand to the right."""
    return column.type.family == "number"


def local_time(epoch_seconds: float) -> str:
    """A moment by the clock of this PC."""
    return datetime.fromtimestamp(epoch_seconds, timezone.utc).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def thousands(number: int) -> str:
    """A count that can be read at a glance."""
    return f"{number:,}"
