"""The portal's application: its rooms put together, the standing headers, and how it says no (protocol §0)."""

import logging
import uuid

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from .catalog import catalog_routes
from .column_routes import column_routes
from .errors import Refusal
from .faults import API_ROOTS
from .page import make_pages
from .publication_routes import publication_routes
from .resource_routes import resource_routes
from .services import Services
from .view_routes import view_routes

log = logging.getLogger(__name__)


def make_app(services: Services) -> Flask:
    """The Flask application of one portal."""
    app = Flask(__name__)
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for routes in (view_routes, column_routes, publication_routes, catalog_routes, resource_routes, make_pages):
        app.register_blueprint(routes(services))
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
