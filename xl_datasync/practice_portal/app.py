"""The portal's addresses: thin routes from HTTP to the rooms that do the work (protocol §1-§4)."""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from flask import Blueprint, Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from .bodies import body_kind, open_body, read_csv, read_json
from .dataset import Dataset
from .errors import Refusal, invalid_request, row_missing
from .faults import API_ROOTS, FaultBox
from .page import make_pages
from .query import compile_query
from .reads import csv_chunks, gzip_chunks, json_chunks, json_objects, read_headers, run
from .rowids import row_id, sid_of
from .rows import Operation, RowFault, RowReader
from .signin import Caller, identify, sign_in_needed, user_json
from .soql import Soql, read_query
from .store import Store, find_dataset, load_dataset
from .types import BadValue, row_key
from .views import replication_json, view_json
from .writes import Author, WriteOptions, read_options, write_rows

log = logging.getLogger(__name__)
STALE = "stale-replica"


def make_app(store: Store, faults: FaultBox) -> Flask:
    """The Flask application over a store."""
    app = Flask(__name__)
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(_metadata_routes(store, faults))
    app.register_blueprint(_resource_routes(store, faults))
    app.register_blueprint(make_pages(store))
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Refusal, _refusal_answer)
    app.register_error_handler(HTTPException, _http_error_answer)
    app.register_error_handler(Exception, _failure_answer)
    return app


def _begin() -> None:
    g.request_id = request.headers.get("X-Socrata-RequestId") or uuid.uuid4().hex


def _finish(response: Response) -> Response:
    """The standing headers (protocol §0 [R]); no Strict-Transport-Security, for this may be plain HTTP."""
    response.headers["X-Socrata-RequestId"] = g.request_id
    response.headers["X-Practice-Portal"] = "true"
    response.headers["X-Socrata-Region"] = "practice"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _refusal_answer(refusal: Refusal) -> Response:
    return Response(refusal.body(), refusal.status, refusal.all_headers())


def _http_error_answer(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 404 and not request.path.startswith(API_ROOTS):
        return Response(render_template("missing.html", path=request.path), 404)
    code = {404: "not_found", 405: "method_not_allowed"}.get(status, "invalid_request")
    return _refusal_answer(Refusal(status, code, error.name))


def _failure_answer(error: Exception) -> Response:
    """Anything unforeseen: logged here, told to the client without detail."""
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return _refusal_answer(Refusal(500, "internal_error", "Internal server error"))


def _metadata_routes(store: Store, faults: FaultBox) -> Blueprint:
    routes = Blueprint("metadata", __name__)

    @routes.get("/api/users/current.json")
    def current_user() -> Response:
        caller = identify(request)
        if caller.sign_in is None:
            raise sign_in_needed()
        return jsonify(user_json(caller.sign_in))

    @routes.get("/api/views/<name>")
    def view(name: str) -> Response:
        dataset_id, extension = _split(name)
        caller = identify(request)
        with store.reading() as connection:
            found = find_dataset(connection, dataset_id)
            if found is None or extension not in ("", "json"):
                raise Refusal(404, "not_found", "Not found", {"id": dataset_id})
            caller.check_read(found[0])
            return jsonify(view_json(connection, *found, caller))

    @routes.get("/api/views/<name>/replication.json")
    def replication(name: str) -> Response:
        caller = identify(request)
        with store.reading() as connection:
            dataset, state = load_dataset(connection, name.lower())
        caller.check_read(dataset)
        stale = _is_stale(store, faults, dataset.id)
        return jsonify(replication_json(state.truth_version, up_to_date=not stale))

    return routes


def _split(name: str) -> tuple[str, str]:
    """Dataset id and extension of the last part of an address."""
    dataset_id, _, extension = name.partition(".")
    return dataset_id.lower(), extension.lower()


def _is_stale(store: Store, faults: FaultBox, dataset_id: str) -> bool:
    """Whether this look at the dataset goes to a replica that lags behind; uses up one such look."""
    if not store.copy_lags(dataset_id):
        return False
    return faults.take((STALE,), request.method, request.path) is not None


def _resource_routes(store: Store, faults: FaultBox) -> Blueprint:
    """`/resource/…`, and the same operations through the core's own root (protocol §3.1)."""
    routes = Blueprint("resource", __name__)
    handlers: dict[str, Callable[[str], Response]] = {
        "GET": lambda name: _read(store, faults, name),
        "POST": lambda name: _write(store, faults, name),
        "PUT": lambda name: _write(store, faults, name),
    }
    row_handlers: dict[str, Callable[[str, str], Response]] = {
        "GET": lambda name, row: _read_row(store, faults, name, row),
        "POST": lambda name, row: _write_row(store, faults, name, row),
        "DELETE": lambda name, row: _delete_row(store, faults, name, row),
    }

    def many(name: str) -> Response:
        return handlers["GET" if request.method == "HEAD" else request.method](name)

    def one(name: str, row: str) -> Response:
        return row_handlers["GET" if request.method == "HEAD" else request.method](name, row.removesuffix(".json"))

    for root in ("/resource", "/api/id", "/id"):
        routes.add_url_rule(f"{root}/<name>", f"many{root}", many, methods=list(handlers))
        routes.add_url_rule(f"{root}/<name>/<path:row>", f"one{root}", one, methods=list(row_handlers))
    return routes


def _read(store: Store, faults: FaultBox, name: str) -> Response:
    """Rows as JSON or CSV (protocol §4.1)."""
    dataset_id, extension = _split(name)
    kind = extension or ("csv" if request.accept_mimetypes.best == "text/csv" else "json")
    if kind not in ("json", "csv"):
        raise invalid_request(f"This practice portal gives rows as json or csv, not as {kind}")
    caller = identify(request)
    with store.reading() as connection:
        dataset, truth = load_dataset(connection, dataset_id)
    caller.check_read(dataset)
    statement = compile_query(dataset, read_query(request.args))
    connection = store.open_reader(from_copy=_is_stale(store, faults, dataset_id))
    try:
        dataset, state = load_dataset(connection, dataset_id)
        rows = run(connection, statement)
    except BaseException:
        connection.close()
        raise
    if kind == "csv":
        chunks = csv_chunks(statement.fields, rows, bom=request.args.get("$$bom") == "true")
    else:
        chunks = json_chunks(statement.fields, rows)
    packed = request.accept_encodings["gzip"] > 0
    response = Response(
        _closing_after(gzip_chunks(chunks) if packed else chunks, connection.close),
        content_type="text/csv; charset=UTF-8" if kind == "csv" else "application/json;charset=utf-8",
        headers=read_headers(state, truth, statement.fields),
    )
    response.call_on_close(connection.close)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{dataset.id}.{state.truth_version}.{int(state.rows_updated_at * 1000)}.{kind}--gzip")
    # A conditional answer would otherwise be read whole into memory to learn its length
    response.implicit_sequence_conversion = False
    response.make_conditional(request)
    return response


def _closing_after(chunks: Iterable[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    """The chunks; the connection behind them is closed as soon as they are through."""
    try:
        yield from chunks
    finally:
        close()


def _author(caller: Caller) -> Author:
    return Author(caller.name, request.method, g.request_id)


def _check_write(store: Store, dataset_id: str) -> tuple[Dataset, Caller]:
    caller = identify(request)
    with store.reading() as connection:
        dataset, _ = load_dataset(connection, dataset_id)
    caller.check_write(dataset)
    return dataset, caller


def _keep_copy_if_asked(store: Store, faults: FaultBox) -> None:
    if faults.is_armed(STALE):
        store.keep_copy()


def _write(store: Store, faults: FaultBox, name: str) -> Response:
    """Upsert or replace (protocol §3.1)."""
    dataset_id, extension = _split(name)
    dataset, caller = _check_write(store, dataset_id)
    options = read_options(request.method, request.args)
    kind = body_kind(request, extension)
    with open_body(request) as text:

        def operations(dataset: Dataset) -> Iterator[Operation | RowFault]:
            reader = RowReader(dataset)
            return reader.from_csv(read_csv(text)) if kind == "csv" else reader.from_json(read_json(text))

        _keep_copy_if_asked(store, faults)
        report = write_rows(store, dataset.id, operations, options, _author(caller))
    return jsonify(report.to_json())


def _read_row(store: Store, faults: FaultBox, name: str, row: str) -> Response:
    """One row as an object."""
    caller = identify(request)
    dataset_id, _ = _split(name)
    with store.reading() as connection:
        dataset, truth = load_dataset(connection, dataset_id)
    caller.check_read(dataset)
    field = dataset.row_identifier or ":id"
    _address(dataset, row)
    statement = compile_query(dataset, Soql(limit=1, equals={field: row}))
    with closing(store.open_reader(from_copy=_is_stale(store, faults, dataset_id))) as connection:
        dataset, state = load_dataset(connection, dataset_id)
        found = list(json_objects(statement.fields, run(connection, statement)))
    if not found:
        raise row_missing(row)
    response = jsonify(found[0])
    response.headers.update(read_headers(state, truth, statement.fields))
    return response


def _address(dataset: Dataset, row: str) -> str | int:
    """The address of the row that an URL names: its identifier, or its `:id`."""
    if dataset.identifier is None:
        sid = sid_of(row)
        if sid is None:
            raise row_missing(row)
        return sid
    try:
        canonical = dataset.identifier.type.from_csv(row)
    except BadValue:
        raise row_missing(row) from None
    return row_key(dataset.identifier.type, canonical or "")


def _write_row(store: Store, faults: FaultBox, name: str, row: str) -> Response:
    """Upsert one row; the address names it."""
    dataset_id, _ = _split(name)
    dataset, caller = _check_write(store, dataset_id)
    body_kind(request, "json")
    field = dataset.row_identifier or ":id"
    address = _address(dataset, row)
    with open_body(request) as text:
        values = [value for _, value in read_json(text)]
    if len(values) != 1 or not isinstance(values[0], dict):
        raise invalid_request("One row was expected")
    operations = list(RowReader(dataset).from_json([(1, {field: row, **values[0]})]))
    for operation in operations:
        if isinstance(operation, Operation) and operation.address != address:
            raise invalid_request(f"The row in the body is not the row '{row}' of the address")
    _keep_copy_if_asked(store, faults)
    options = read_options("POST", request.args)
    report = write_rows(store, dataset.id, lambda _: operations, options, _author(caller))
    return jsonify(report.to_json())


def _delete_row(store: Store, faults: FaultBox, name: str, row: str) -> Response:
    """Delete one row; an unknown one is a 404 (protocol §3.6 [D])."""
    dataset_id, _ = _split(name)
    dataset, caller = _check_write(store, dataset_id)
    address = _address(dataset, row)
    key = "key" if dataset.identifier else "sid"
    _keep_copy_if_asked(store, faults)
    with store.reading() as connection:
        found = connection.execute(f"select sid from {dataset.table} where {key} = ?", (address,)).fetchone()
    if found is None:
        raise row_missing(row)
    delete = Operation(1, address, True, None, (), ())
    write_rows(store, dataset.id, lambda _: [delete], WriteOptions(tolerated=frozenset()), _author(caller))
    return jsonify([{"typ": "delete", "id": row_id(found[0])}])
