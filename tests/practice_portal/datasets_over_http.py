"""What the tests of making and changing datasets share: a dataset over HTTP, and its parts by name."""

from typing import Any

import requests

from xl_datasync.practice_portal import PracticePortal

COLUMNS = [
    {"name": "Code", "fieldName": "code", "dataTypeName": "text", "description": "The key", "width": 90},
    {"name": "Age", "fieldName": "age", "dataTypeName": "number", "format": {"precision": "2"}, "flags": ["hidden"]},
    {"name": "Born", "fieldName": "born", "dataTypeName": "calendar_date"},
]
ROWS = [{"code": "a", "age": 1}, {"code": "b", "age": 2}]


def create(portal: PracticePortal, session: requests.Session, **body: Any) -> dict[str, Any]:
    """The view of a dataset just made."""
    response = session.post(f"{portal.url}/api/views.json", json={"name": "Made", "columns": COLUMNS, **body})
    assert response.status_code == 200, response.text
    return dict(response.json())


def create_published(portal: PracticePortal, session: requests.Session, **body: Any) -> str:
    """The id of a dataset made, filled with two rows, published and public."""
    made = create(portal, session, metadata={"rowIdentifier": "code"}, **body)["id"]
    session.put(f"{portal.url}/resource/{made}.json", json=ROWS).raise_for_status()
    session.post(f"{portal.url}/api/views/{made}/publication.json").raise_for_status()
    session.put(f"{portal.url}/api/views/{made}/permissions", json={"scope": "public"}).raise_for_status()
    return str(made)


def fields(view: dict[str, Any]) -> list[str]:
    """The field names of a view, in order; positions must count from 1 without gaps."""
    assert [column["position"] for column in view["columns"]] == list(range(1, len(view["columns"]) + 1))
    return [column["fieldName"] for column in view["columns"]]


def refusal(response: requests.Response) -> tuple[int, str | None]:
    """Status and code of an answer in the core error shape."""
    body = response.json()
    assert body["error"] is True
    assert body["message"]
    return response.status_code, body.get("code")
