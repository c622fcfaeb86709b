"""Working copies over HTTP: `/api/views/{id}/publication` and what is asked around it (protocol §5, §3.10)."""

import sqlite3

from flask import Blueprint, Response, jsonify, request

from .dataset import UNPUBLISHED, Dataset
from .errors import Refusal, invalid_request, view_missing, wrong_stage
from .publication import Tickets, make_copy, publish, published_id
from .services import STALE, Services
from .signin import Caller
from .store import load_dataset
from .view_routes import load_view, managed, note
from .views import ViewWriter

BY_LOCATION, BY_TICKET, FAILS, GEOCODING = "202-location", "202-ticket", "publish-fails", "geocoding-pending"


def publication_routes(services: Services) -> Blueprint:
    """The routes of working copies."""
    routes = Blueprint("publication", __name__)
    tickets = Tickets()

    @routes.post("/api/views/<name>/publication")
    @routes.post("/api/views/<name>/publication.json")
    def begin(name: str) -> Response:
        method = request.args.get("method")
        if method in ("copy", "copySchema"):
            return _copy(services, name, with_rows=method == "copy")
        if method is not None:
            raise invalid_request(f"There is no method '{method}' of publication", field="method")
        caller = services.caller()
        with services.store.reading() as connection:
            dataset = _draft(connection, caller, name)
        return _later(services, tickets, dataset.id) or _publish(services, tickets, caller, dataset.id)

    @routes.get("/api/views/<name>/publication")
    @routes.get("/api/views/<name>/publication.json")
    def ask_by_ticket(name: str) -> Response:
        return _ask(services, tickets, name, request.args.get("ticket", ""))

    @routes.get("/api/views/<name>/publication/<ticket>")
    def ask_by_location(name: str, ticket: str) -> Response:
        return _ask(services, tickets, name, ticket)

    @routes.get("/api/geocoding/<name>")
    def geocoding(name: str) -> Response:
        caller = services.caller()
        with services.store.reading() as connection:
            dataset, _ = load_view(connection, name)
        caller.check_read(dataset)
        fault = services.take(GEOCODING)
        return jsonify({"view": 0 if fault is None else (fault.times or 0) + 1})

    return routes


def _draft(connection: sqlite3.Connection, caller: Caller, name: str) -> Dataset:
    dataset, _ = managed(connection, caller, name)
    if not dataset.draft:
        raise wrong_stage(dataset.stage, UNPUBLISHED)
    return dataset


def _copy(services: Services, name: str, *, with_rows: bool) -> Response:
    caller = services.caller()
    with services.store.writing() as connection:
        dataset, _ = managed(connection, caller, name)
        owner = caller.check_create()
        copy = make_copy(connection, dataset, owner.id, with_rows=with_rows)
        note(services, connection, caller, copy, "copy")
        view = ViewWriter(connection, caller, services.sign_ins).view(*load_dataset(connection, copy.id))
    return jsonify(view)


def _later(services: Services, tickets: Tickets, dataset_id: str) -> Response | None:
    """One of the two answers that put the client off, if a fault asks for it (protocol §3.10 [C])."""
    if (fault := services.take(BY_LOCATION)) is not None:
        ticket = tickets.open(dataset_id)
        address = f"{request.host_url}api/views/{dataset_id}/publication/{ticket.number}"
        seconds = 1 if fault.retry_after is None else fault.retry_after
        return Response(b"", 202, {"Location": address, "Retry-After": str(seconds)})
    if services.take(BY_TICKET) is not None:
        ticket = tickets.open(dataset_id)
        answer = jsonify({"code": "accepted", "error": False, "ticket": ticket.number, "details": {}})
        answer.status_code = 202
        return answer
    return None


def _ask(services: Services, tickets: Tickets, name: str, number: str) -> Response:
    """What has become of a publication: put off again, carried out now, or done already."""
    caller = services.caller()
    ticket = tickets.find(number)
    if ticket is None or ticket.dataset_id != name.lower():
        raise view_missing(number)
    with tickets.lock:
        if ticket.result is None:
            with services.store.reading() as connection:
                waiting = _draft(connection, caller, ticket.dataset_id)
            return _later(services, tickets, waiting.id) or _publish(services, tickets, caller, waiting.id)
    with services.store.reading() as connection:
        dataset, state = managed(connection, caller, ticket.result)
        return jsonify(ViewWriter(connection, caller, services.sign_ins).view(dataset, state))


def _publish(services: Services, tickets: Tickets, caller: Caller, dataset_id: str) -> Response:
    """Carry a publication out."""
    if services.take(FAILS) is not None:
        raise Refusal(500, "internal_error", "Internal server error")
    with tickets.lock:
        with services.store.reading() as connection:
            target = published_id(connection, _draft(connection, caller, dataset_id))
        if services.faults.is_armed(STALE) and not services.store.copy_lags(target):
            services.store.keep_copy()
        with services.store.writing() as connection:
            published = publish(connection, _draft(connection, caller, dataset_id))
            note(services, connection, caller, published, "publish")
            view = ViewWriter(connection, caller, services.sign_ins).view(*load_dataset(connection, published.id))
        tickets.settle(dataset_id, published.id)
    return jsonify(view)
