"""Rows over HTTP: `/resource/…`, and the same operations through the core's own root (protocol §3.1, §4)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from flask import Blueprint, Response, jsonify, request

from .bodies import body_kind, open_body, read_csv, read_json
from .dataset import Dataset, State
from .errors import invalid_request, not_tabular, row_missing
from .query import compile_query
from .reads import csv_chunks, gzip_chunks, json_chunks, json_objects, read_headers, run
from .rowids import row_id, sid_of
from .rows import Operation, RowFault, RowReader
from .services import Services, split_name
from .signin import Caller
from .soql import Soql, read_query
from .store import load_dataset
from .types import BadValue, row_key
from .writes import WriteOptions, read_options, write_rows


def resource_routes(services: Services) -> Blueprint:
    """The routes of rows."""
    routes = Blueprint("resource", __name__)
    handlers: dict[str, Callable[[str], Response]] = {
        "GET": lambda name: _read(services, name),
        "POST": lambda name: _write(services, name),
        "PUT": lambda name: _write(services, name),
    }
    row_handlers: dict[str, Callable[[str, str], Response]] = {
        "GET": lambda name, row: _read_row(services, name, row),
        "POST": lambda name, row: _write_row(services, name, row),
        "DELETE": lambda name, row: _delete_row(services, name, row),
    }

    def many(name: str) -> Response:
        return handlers["GET" if request.method == "HEAD" else request.method](name)

    def one(name: str, row: str) -> Response:
        return row_handlers["GET" if request.method == "HEAD" else request.method](name, row.removesuffix(".json"))

    for root in ("/resource", "/api/id", "/id"):
        routes.add_url_rule(f"{root}/<name>", f"many{root}", many, methods=list(handlers))
        routes.add_url_rule(f"{root}/<name>/<path:row>", f"one{root}", one, methods=list(row_handlers))
    return routes


def _read(services: Services, name: str) -> Response:
    """Rows as JSON or CSV (protocol §4.1)."""
    dataset_id, extension = split_name(name)
    kind = extension or ("csv" if request.accept_mimetypes.best == "text/csv" else "json")
    if kind not in ("json", "csv"):
        raise invalid_request(f"This practice portal gives rows as json or csv, not as {kind}")
    truth = _check_rows(services, dataset_id)
    soql = read_query(request.args)
    connection = services.store.open_reader(from_copy=services.is_stale(dataset_id))
    try:
        # Compiled for what is read: a replica that lags may have other columns
        dataset, state = load_dataset(connection, dataset_id)
        statement = compile_query(dataset, soql)
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


def _check_rows(services: Services, dataset_id: str) -> State:
    """The state of a dataset whose rows this caller may read."""
    caller = services.caller()
    with services.store.reading() as connection:
        dataset, state = load_dataset(connection, dataset_id)
    caller.check_read(dataset)
    if not dataset.tabular:
        raise not_tabular()
    return state


def _closing_after(chunks: Iterable[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    """The chunks; the connection behind them is closed as soon as they are through."""
    try:
        yield from chunks
    finally:
        close()


def _check_write(services: Services, dataset_id: str) -> tuple[Dataset, Caller]:
    caller = services.caller()
    with services.store.reading() as connection:
        dataset, _ = load_dataset(connection, dataset_id)
    caller.check_write(dataset)
    if not dataset.is_table:
        raise not_tabular()
    return dataset, caller


def _write(services: Services, name: str) -> Response:
    """Upsert or replace (protocol §3.1)."""
    dataset_id, extension = split_name(name)
    dataset, caller = _check_write(services, dataset_id)
    options = read_options(request.method, request.args)
    kind = body_kind(request, extension)
    with open_body(request) as text:

        def operations(dataset: Dataset) -> Iterator[Operation | RowFault]:
            reader = RowReader(dataset)
            return reader.from_csv(read_csv(text)) if kind == "csv" else reader.from_json(read_json(text))

        services.keep_copy_if_asked()
        report = write_rows(services.store, dataset.id, operations, options, services.author(caller))
    return jsonify(report.to_json())


def _read_row(services: Services, name: str, row: str) -> Response:
    """One row as an object."""
    dataset_id, _ = split_name(name)
    truth = _check_rows(services, dataset_id)
    with closing(services.store.open_reader(from_copy=services.is_stale(dataset_id))) as connection:
        dataset, state = load_dataset(connection, dataset_id)
        _address(dataset, row)
        statement = compile_query(dataset, Soql(limit=1, equals={dataset.row_identifier or ":id": row}))
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


def _write_row(services: Services, name: str, row: str) -> Response:
    """Upsert one row; the address names it."""
    dataset_id, _ = split_name(name)
    dataset, caller = _check_write(services, dataset_id)
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
    services.keep_copy_if_asked()
    options = read_options("POST", request.args)
    report = write_rows(services.store, dataset.id, lambda _: operations, options, services.author(caller))
    return jsonify(report.to_json())


def _delete_row(services: Services, name: str, row: str) -> Response:
    """Delete one row; an unknown one is a 404 (protocol §3.6 [D])."""
    dataset_id, _ = split_name(name)
    dataset, caller = _check_write(services, dataset_id)
    address = _address(dataset, row)
    key = "key" if dataset.identifier else "sid"
    services.keep_copy_if_asked()
    with services.store.reading() as connection:
        found = connection.execute(f"select sid from {dataset.table} where {key} = ?", (address,)).fetchone()
    if found is None:
        raise row_missing(row)
    delete = Operation(1, address, True, None, (), ())
    write_rows(
        services.store, dataset.id, lambda _: [delete], WriteOptions(tolerated=frozenset()), services.author(caller)
    )
    return jsonify([{"typ": "delete", "id": row_id(found[0])}])
