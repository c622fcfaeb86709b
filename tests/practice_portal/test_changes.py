"""Changing what a dataset is: details, row identifier, columns, permission (protocol §2.2, §2.4, §5)."""

import pytest
import requests

from tests.practice_portal.datasets_over_http import create, create_published, fields, refusal
from xl_datasync.practice_portal import PracticePortal

NOTE = {"name": "Note", "fieldName": "note", "dataTypeName": "text"}


@pytest.fixture
def draft(portal: PracticePortal, publisher: requests.Session) -> str:
    """The address of a working copy that was never published, without rows and identifier."""
    return f"{portal.url}/api/views/{create(portal, publisher)['id']}"


@pytest.fixture
def live(portal: PracticePortal, publisher: requests.Session) -> str:
    """The address of a published dataset with two rows."""
    return f"{portal.url}/api/views/{create_published(portal, publisher, description='old', tags=['a', 'b'])}"


def rows_url(view_url: str) -> str:
    """The address of the rows that go with a view."""
    return view_url.replace("/api/views/", "/resource/") + ".json"


def test_details(live: str, publisher: requests.Session) -> None:
    """What the body names is changed, on a published dataset too; the rest stays; times tell of it."""
    before = publisher.get(live).json()
    body = {"name": "New", "category": "Fun", "attributionLink": "https://x.example/", "privateMetadata": {"a": 1}}
    answer = publisher.put(f"{live}.json", json=body).json()
    after = publisher.get(live).json()
    assert answer == after
    assert {name: after[name] for name in body} == body
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed - {"viewLastModified"} == set(body)
    assert after["viewLastModified"] >= before["viewLastModified"]


def test_details_can_be_emptied(live: str, publisher: requests.Session) -> None:
    """Null and nothing empty a detail."""
    view = publisher.put(live, json={"description": None, "tags": []}).json()
    assert (view["description"], view["tags"]) == ("", [])


def test_metadata_is_replaced_whole(live: str, publisher: requests.Session) -> None:
    """The metadata of the body takes the place of the old; the row identifier stays when it is not named."""
    first = {"custom_fields": {"A": {"b": "c"}}, "rowLabel": "person"}
    identifier = publisher.put(live, json={"metadata": first}).json()["rowIdentifierColumnId"]
    view = publisher.put(live, json={"metadata": {"rowLabel": "house"}}).json()
    assert view["metadata"]["rowLabel"] == "house"
    assert view["metadata"]["custom_fields"] == {}
    assert view["metadata"]["rowIdentifier"] == view["rowIdentifierColumnId"] == identifier


@pytest.mark.parametrize("query", ["method=validate", "validateOnly=true"])
def test_validation_changes_nothing(live: str, publisher: requests.Session, query: str) -> None:
    """A body can be tried: good or bad, nothing is changed."""
    before = publisher.get(live).json()
    assert publisher.put(f"{live}.json?{query}", json={"name": "New"}).json()["name"] == "New"
    assert refusal(publisher.put(f"{live}.json?{query}", json={"name": ""}))[0] == 400
    assert publisher.get(live).json() == before


@pytest.mark.parametrize("body", [{"name": ""}, {"tags": [1]}, {"metadata": []}, {"columns": [{"fieldName": "zz"}]}])
def test_bad_changes(live: str, publisher: requests.Session, body: dict[str, object]) -> None:
    """A bad part refuses the whole body."""
    before = publisher.get(live).json()
    response = publisher.put(live, json={"description": "new", **body})
    assert response.status_code in (400, 404)
    assert publisher.get(live).json() == before


def test_rights_to_change(live: str, public: requests.Session, viewer: requests.Session) -> None:
    """Only those with rights change a dataset."""
    for call in (
        lambda s: s.put(live, json={"name": "New"}),
        lambda s: s.put(f"{live}?method=setPermission&value=private"),
        lambda s: s.put(f"{live}/permissions", json={"scope": "private"}),
        lambda s: s.post(f"{live}/columns", json=NOTE),
        lambda s: s.put(f"{live}/columns/age", json={"name": "New"}),
        lambda s: s.delete(f"{live}/columns/age"),
    ):
        assert refusal(call(public)) == (403, "authentication_required")
        assert refusal(call(viewer)) == (403, "permission_denied")
    assert public.get(live).json()["name"] == "Made"


@pytest.mark.parametrize("by_id", [False, True])
def test_row_identifier_of_a_draft(draft: str, publisher: requests.Session, by_id: bool) -> None:
    """A working copy gets its row identifier by field name or column id, and loses it again."""
    publisher.post(rows_url(draft), json=[{"code": "a", "age": 1}, {"code": "b", "age": "1.0"}]).raise_for_status()
    code = publisher.get(draft).json()["columns"][0]["id"]
    view = publisher.put(draft, json={"metadata": {"rowIdentifier": code if by_id else "code"}}).json()
    assert view["rowIdentifierColumnId"] == code
    report = publisher.post(rows_url(draft), json=[{"code": "a", "age": 5}]).json()
    assert (report["Rows Updated"], report["Rows Created"]) == (1, 0)
    view = publisher.put(draft, json={"metadata": {"rowIdentifier": None}}).json()
    assert "rowIdentifierColumnId" not in view
    assert publisher.post(rows_url(draft), json=[{"code": "a"}]).json()["Rows Created"] == 1


@pytest.mark.parametrize(
    ("rows", "field", "reason"),
    [
        ([{"code": "a"}, {"age": 1}], "code", "null-values"),
        ([{"code": "a"}, {"code": "a"}], "code", "duplicate-values"),
        ([{"age": 1}, {"age": "1.0"}], "age", "duplicate-values"),
    ],
)
def test_rows_against_the_row_identifier(
    draft: str, publisher: requests.Session, rows: list[dict[str, object]], field: str, reason: str
) -> None:
    """Empty cells and doubles refuse a row identifier; the dataset stays as it was."""
    publisher.post(rows_url(draft), json=rows).raise_for_status()
    response = publisher.put(draft, json={"name": "New", "metadata": {"rowIdentifier": field}})
    assert refusal(response) == (400, f"update.row-identifier.{reason}")
    view = publisher.get(draft).json()
    assert (view["name"], "rowIdentifierColumnId" in view) == ("Made", False)
    assert publisher.post(rows_url(draft), json=rows).status_code == 200


def test_row_identifier_of_a_published_dataset(live: str, publisher: requests.Session) -> None:
    """A published dataset keeps its row identifier; naming the one it has is no change."""
    wrong_stage = (409, "soda.dataset.incorrect-lifecycle-stage")
    assert refusal(publisher.put(live, json={"metadata": {"rowIdentifier": "age"}})) == wrong_stage
    assert refusal(publisher.put(live, json={"metadata": {"rowIdentifier": None}})) == wrong_stage
    assert publisher.put(live, json={"metadata": {"rowIdentifier": "code"}}).status_code == 200


def test_add_column(draft: str, publisher: requests.Session) -> None:
    """A column comes last or where its position says; rows are kept and can be filled."""
    publisher.post(rows_url(draft), json=[{"code": "a"}]).raise_for_status()
    added = publisher.post(f"{draft}/columns.json", json={**NOTE, "description": "d", "width": 50}).json()
    assert (added["fieldName"], added["position"], added["width"], added["description"]) == ("note", 4, 50, "d")
    first = publisher.post(f"{draft}/columns", json={"name": "No 1", "dataTypeName": "number", "position": 1}).json()
    assert (first["fieldName"], first["position"]) == ("no_1", 1)
    view = publisher.get(draft).json()
    assert fields(view) == ["no_1", "code", "age", "born", "note"]
    assert [c["id"] for c in view["columns"] if c["fieldName"] in ("no_1", "note")] == [first["id"], added["id"]]
    publisher.post(rows_url(draft), json=[{"code": "b", "note": "x", "no_1": 3}]).raise_for_status()
    assert publisher.get(rows_url(draft)).json() == [{"code": "a"}, {"no_1": "3", "code": "b", "note": "x"}]


def test_add_many_columns(draft: str, publisher: requests.Session) -> None:
    """`multiCreate` adds a list and answers with it, or adds nothing."""
    columns = [NOTE, {"name": "Other", "dataTypeName": "checkbox"}]
    added = publisher.post(f"{draft}/columns?method=multiCreate", json={"columns": columns}).json()
    assert [column["fieldName"] for column in added] == ["note", "other"]
    bad = {"columns": [{"name": "Good", "dataTypeName": "text"}, NOTE]}
    assert refusal(publisher.post(f"{draft}/columns?method=multiCreate", json=bad)) == (409, "update.column.exists")
    assert refusal(publisher.post(f"{draft}/columns?method=multiCreate", json={}))[0] == 400
    assert fields(publisher.get(draft).json()) == ["code", "age", "born", "note", "other"]


def test_drop_column(draft: str, publisher: requests.Session) -> None:
    """A dropped column takes its values with it; one of the same name later is a new column, and empty."""
    publisher.post(rows_url(draft), json=[{"code": "a", "age": 5, "born": "2020-01-01"}]).raise_for_status()
    old = publisher.get(draft).json()["columns"][2]["id"]
    assert publisher.delete(f"{draft}/columns/{old}.json").status_code == 200
    assert publisher.delete(f"{draft}/columns/age").status_code == 200
    assert fields(publisher.get(draft).json()) == ["code"]
    assert publisher.get(rows_url(draft)).json() == [{"code": "a"}]
    again = publisher.post(f"{draft}/columns", json={"name": "Born", "dataTypeName": "text"}).json()
    assert again["id"] != old
    assert publisher.get(rows_url(draft)).json() == [{"code": "a"}]
    assert refusal(publisher.delete(f"{draft}/columns/age")) == (404, "update.column.not-found")


def test_the_row_identifier_cannot_be_dropped(draft: str, publisher: requests.Session) -> None:
    """The row identifier must be taken away before its column."""
    publisher.put(draft, json={"metadata": {"rowIdentifier": "code"}}).raise_for_status()
    assert refusal(publisher.delete(f"{draft}/columns/code")) == (400, "update.row-identifier.delete")
    assert len(fields(publisher.get(draft).json())) == 3


def test_change_column(live: str, publisher: requests.Session) -> None:
    """What is said of a column can be changed on a published dataset; its values stay."""
    body = {
        "name": "Years",
        "description": "d",
        "format": {"noCommas": "true"},
        "width": 77,
        "flags": [],
        "position": 1,
    }
    changed = publisher.put(f"{live}/columns/age.json", json=body).json()
    assert {name: changed.get(name, []) for name in body} == body
    view = publisher.get(live).json()
    assert fields(view) == ["age", "code", "born"]
    assert view["columns"][0]["name"] == "Years"
    assert publisher.get(rows_url(live)).json() == [{"age": "1", "code": "a"}, {"age": "2", "code": "b"}]
    by_id = publisher.put(f"{live}/columns/{changed['id']}", json={"position": 99}).json()
    assert (by_id["position"], by_id["name"]) == (3, "Years")


def test_change_columns_by_the_view(live: str, publisher: requests.Session) -> None:
    """Columns in the body of the view are changed, those it does not name stay."""
    age = publisher.get(live).json()["columns"][1]["id"]
    columns = [{"id": age, "name": "Years"}, {"fieldName": "code", "description": "new"}]
    view = publisher.put(live, json={"columns": columns}).json()
    assert [column["name"] for column in view["columns"]] == ["Code", "Years", "Born"]
    assert view["columns"][0]["description"] == "new"


def test_field_name_of_a_draft(draft: str, publisher: requests.Session) -> None:
    """In a working copy a column can get another field name that is free; the row identifier goes with it."""
    publisher.put(draft, json={"metadata": {"rowIdentifier": "code"}}).raise_for_status()
    publisher.post(rows_url(draft), json=[{"code": "a"}]).raise_for_status()
    assert publisher.put(f"{draft}/columns/code", json={"fieldName": "kode"}).json()["fieldName"] == "kode"
    view = publisher.get(draft).json()
    assert view["rowIdentifierColumnId"] == view["columns"][0]["id"]
    assert publisher.post(rows_url(draft), json=[{"kode": "a"}]).json()["Rows Updated"] == 1
    assert refusal(publisher.put(f"{draft}/columns/age", json={"fieldName": "kode"})) == (409, "update.column.exists")
    assert refusal(publisher.put(f"{draft}/columns/age", json={"dataTypeName": "text"}))[0] == 400


def test_schema_of_a_published_dataset(live: str, publisher: requests.Session) -> None:
    """Columns of a published dataset are not added, dropped, renamed or retyped."""
    before = publisher.get(live).json()
    for response in (
        publisher.post(f"{live}/columns", json=NOTE),
        publisher.post(f"{live}/columns?method=multiCreate", json={"columns": [NOTE]}),
        publisher.delete(f"{live}/columns/age"),
        publisher.put(f"{live}/columns/age", json={"fieldName": "years"}),
        publisher.put(f"{live}/columns/age", json={"dataTypeName": "text"}),
    ):
        assert refusal(response) == (409, "soda.dataset.incorrect-lifecycle-stage")
        assert response.json()["data"] == {"actual": "published", "expected": "unpublished"}
    assert publisher.get(live).json() == before


def test_permissions(portal: PracticePortal, publisher: requests.Session, public: requests.Session) -> None:
    """The scope opens and closes a dataset for the public, and is told to those signed in."""
    url = f"{portal.url}/api/views/smal-fild"
    assert publisher.get(f"{url}/permissions").json() == {"scope": "public"}
    assert refusal(public.get(f"{url}/permissions")) == (403, "authentication_required")
    assert publisher.put(f"{url}/permissions.json", json={"scope": "private"}).json() == {"scope": "private"}
    assert public.get(url).status_code == 403
    assert publisher.get(url).json()["grants"] == []
    legacy = publisher.put(f"{url}.json?method=setPermission&value=public.read")
    assert (legacy.status_code, legacy.content) == (200, b"")
    assert public.get(url).json()["grants"][0]["flags"] == ["public"]
    publisher.put(f"{url}?method=setPermission&value=private").raise_for_status()
    assert public.get(url).status_code == 403


@pytest.mark.parametrize(
    ("scope", "code"), [("site", None), ("everyone", "invalid_request"), (None, "invalid_request")]
)
def test_bad_permissions(portal: PracticePortal, publisher: requests.Session, scope: object, code: str | None) -> None:
    """A scope the portal does not have is a 400, and nothing changes."""
    url = f"{portal.url}/api/views/smal-fild"
    assert refusal(publisher.put(f"{url}/permissions", json={"scope": scope})) == (400, code)
    assert publisher.get(f"{url}/permissions").json() == {"scope": "public"}
