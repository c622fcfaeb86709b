"""Columns over HTTP: `/api/views/{id}/columns` (protocol §5)."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify, request

from .bodies import read_object_body
from .changes import save_schema
from .columns import add_column, add_columns, change_column, drop_column, find_column
from .dataset import UNPUBLISHED, Column, Dataset
from .errors import invalid_request, not_tabular, wrong_stage
from .services import Services
from .tables import add_column as widen_table
from .view_routes import load_view, managed
from .views import column_json, columns_json


def column_routes(services: Services) -> Blueprint:
    """The routes of columns: to add and to drop one a working copy is needed, to describe one it is not."""
    routes = Blueprint("columns", __name__)

    @routes.get("/api/views/<name>/columns")
    @routes.get("/api/views/<name>/columns.json")
    def columns(name: str) -> Response:
        caller = services.caller()
        with services.store.reading() as connection:
            dataset, _ = load_view(connection, name)
            caller.check_read(dataset)
            return jsonify(columns_json(connection, dataset))

    @routes.post("/api/views/<name>/columns")
    @routes.post("/api/views/<name>/columns.json")
    def add(name: str) -> Response:
        body = read_object_body(request)
        many = request.args.get("method") == "multiCreate"
        return _add_many(services, name, body) if many else _add(services, name, body)

    @routes.put("/api/views/<name>/columns/<column>")
    def change(name: str, column: str) -> Response:
        body = read_object_body(request)
        changed = _changed(
            services, name, lambda dataset: change_column(dataset, _column(dataset, column), body), needs_draft=False
        )
        return jsonify(column_json(_column(changed, str(body.get("fieldName") or column))))

    @routes.delete("/api/views/<name>/columns/<column>")
    def drop(name: str, column: str) -> Response:
        _changed(services, name, lambda dataset: drop_column(dataset, _column(dataset, column)), needs_draft=True)
        return Response(b"", 200)

    return routes


def _add(services: Services, name: str, body: Mapping[str, object]) -> Response:
    wider = _changed(services, name, lambda dataset: add_column(dataset, body)[0], needs_draft=True)
    return jsonify(column_json(max(wider.columns, key=lambda column: column.slot)))


def _add_many(services: Services, name: str, body: Mapping[str, object]) -> Response:
    """Add a list of columns, all or none."""
    bodies = body.get("columns")
    if not isinstance(bodies, list) or not bodies:
        raise invalid_request("'columns' must be a list of columns", field="columns")
    wider = _changed(services, name, lambda dataset: add_columns(dataset, bodies), needs_draft=True)
    return jsonify([column_json(column) for column in wider.columns if column.slot > wider.slots - len(bodies)])


def _column(dataset: Dataset, name: str) -> Column:
    return find_column(dataset, name.removesuffix(".json"))


def _changed(services: Services, name: str, change: Callable[[Dataset], Dataset], *, needs_draft: bool) -> Dataset:
    """The dataset with its columns changed, kept."""
    caller = services.caller()
    with services.store.writing() as connection:
        dataset, _ = managed(connection, caller, name)
        if not dataset.tabular:
            raise not_tabular()
        if needs_draft and not dataset.draft:
            raise wrong_stage(dataset.stage, UNPUBLISHED)
        changed = change(dataset)
        for column in changed.columns:
            if column.slot > dataset.slots:
                widen_table(connection, dataset, column)
        save_schema(connection, changed)
    return changed
