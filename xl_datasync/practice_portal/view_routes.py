"""Datasets over HTTP: `/api/views` - made, described, changed, permitted, deleted (protocol §2, §5)."""

import sqlite3
import time
from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from .bodies import read_object_body
from .changes import create, update
from .dataset import PUBLISHED, UNPUBLISHED, Dataset, State
from .errors import Refusal, invalid_request, view_missing
from .publication import free_id
from .services import Services, split_name
from .signin import Caller, sign_in_needed, user_json
from .store import Write, find_dataset, list_group, load_dataset, log_write, save_dataset
from .tables import remove_dataset
from .views import ViewWriter, permissions_json, replication_json

_SCOPES = {"public": False, "private": True, "public.read": False}


def view_routes(services: Services) -> Blueprint:
    """The routes of datasets, apart from columns and publication."""
    routes = Blueprint("views", __name__)

    @routes.get("/api/users/current.json")
    def current_user() -> Response:
        caller = services.caller()
        if caller.sign_in is None:
            raise sign_in_needed()
        return jsonify(user_json(caller.sign_in))

    @routes.post("/api/views")
    @routes.post("/api/views.json")
    def create_view() -> Response:
        return _create(services)

    @routes.get("/api/views/<name>")
    def read_view(name: str) -> Response:
        by_group = request.args.get("method") == "getPublicationGroup"
        return _group(services, name) if by_group else _read(services, name)

    @routes.put("/api/views/<name>")
    def change_view(name: str) -> Response:
        if request.args.get("method") == "setPermission":
            _set_scope(services, name, request.args.get("value"))
            return Response(b"", 200)
        return _update(services, name)

    @routes.delete("/api/views/<name>")
    def delete_view(name: str) -> Response:
        return _delete(services, name)

    @routes.get("/api/views/<name>/replication.json")
    def replication(name: str) -> Response:
        return _replication(services, name)

    _add_permission_routes(routes, services)
    return routes


def load_view(connection: sqlite3.Connection, name: str) -> tuple[Dataset, State]:
    """The dataset that an address of the views API names; 404 not_found when there is none."""
    dataset_id, extension = split_name(name)
    found = find_dataset(connection, dataset_id)
    if found is None or extension not in ("", "json"):
        raise view_missing(dataset_id)
    return found


def managed(connection: sqlite3.Connection, caller: Caller, name: str) -> tuple[Dataset, State]:
    """The dataset of an address, which this caller may change."""
    dataset, state = load_view(connection, name)
    caller.check_manage(dataset)
    return dataset, state


def note(services: Services, connection: sqlite3.Connection, caller: Caller, dataset: Dataset, what: str) -> None:
    """Put a change of a whole dataset into the log of writes."""
    author = services.author(caller)
    log_write(connection, Write(time.time(), author.who, what, dataset.id, 0, 0, 0, 0, author.request_id))


def _create(services: Services) -> Response:
    caller = services.caller()
    owner = caller.check_create()
    body = read_object_body(request)
    with services.store.writing() as connection:
        dataset = create(connection, free_id(connection), owner.id, body)
        note(services, connection, caller, dataset, "create")
        view = ViewWriter(connection, caller, services.sign_ins).view(*load_dataset(connection, dataset.id))
    return jsonify(view)


def _read(services: Services, name: str) -> Response:
    caller = services.caller()
    with services.store.reading() as connection:
        dataset, state = load_view(connection, name)
        caller.check_read(dataset)
        return jsonify(ViewWriter(connection, caller, services.sign_ins).view(dataset, state))


def _delete(services: Services, name: str) -> Response:
    """Delete a dataset; the answer is empty (protocol §5 [C])."""
    caller = services.caller()
    with services.store.writing() as connection:
        dataset, _ = managed(connection, caller, name)
        remove_dataset(connection, dataset)
        note(services, connection, caller, dataset, "delete")
    return Response(b"", 200)


def _replication(services: Services, name: str) -> Response:
    caller = services.caller()
    with services.store.reading() as connection:
        dataset, state = load_dataset(connection, name.lower())
    caller.check_read(dataset)
    stale = services.is_stale(dataset.id)
    return jsonify(replication_json(state.truth_version, up_to_date=not stale))


def _update(services: Services, name: str) -> Response:
    """Change what the body names; asked to validate, say what would be and change nothing (protocol §2.2)."""
    caller = services.caller()
    validate = request.args.get("method") == "validate" or request.args.get("validateOnly") == "true"
    with services.store.reading() as connection:
        managed(connection, caller, name)
    body = read_object_body(request)
    with services.store.writing(keep=not validate) as connection:
        dataset, _ = managed(connection, caller, name)
        update(connection, dataset, body)
        view = ViewWriter(connection, caller, services.sign_ins).view(*load_view(connection, name))
    return jsonify(view)


def _group(services: Services, name: str) -> Response:
    """A dataset and its working copies, of one stage if one is named (protocol §5 [U]: always a list)."""
    caller = services.caller()
    stage = request.args.get("stage")
    if stage not in (None, PUBLISHED, UNPUBLISHED):
        raise invalid_request(f"There is no stage '{stage}'", field="stage")
    with services.store.reading() as connection:
        dataset, _ = load_view(connection, name)
        caller.check_read(dataset)
        writer = ViewWriter(connection, caller, services.sign_ins)
        found = [pair for pair in list_group(connection, dataset.group) if caller.may_read(pair[0])]
        return jsonify([writer.view(*pair) for pair in found if stage in (None, pair[0].stage)])


def _add_permission_routes(routes: Blueprint, services: Services) -> None:
    """Who may read: a scope (protocol §2.4)."""

    @routes.get("/api/views/<name>/permissions")
    @routes.get("/api/views/<name>/permissions.json")
    def permissions(name: str) -> Response:
        caller = services.caller()
        if caller.sign_in is None:
            raise sign_in_needed()
        with services.store.reading() as connection:
            dataset, _ = load_view(connection, name)
        caller.check_read(dataset)
        return jsonify(permissions_json(dataset))

    @routes.put("/api/views/<name>/permissions")
    @routes.put("/api/views/<name>/permissions.json")
    def set_permissions(name: str) -> Response:
        dataset = _set_scope(services, name, read_object_body(request).get("scope"))
        return jsonify(permissions_json(dataset))


def _set_scope(services: Services, name: str, scope: object) -> Dataset:
    caller = services.caller()
    with services.store.writing() as connection:
        dataset, _ = managed(connection, caller, name)
        if scope == "site":
            raise Refusal(400, None, "Site scope not enabled")
        if not isinstance(scope, str) or scope not in _SCOPES:
            raise invalid_request(f"There is no scope '{scope}'; known are public and private", field="scope")
        changed = replace(dataset, private=_SCOPES[scope])
        save_dataset(connection, changed)
        return changed
