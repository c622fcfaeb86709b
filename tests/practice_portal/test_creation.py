"""Making and deleting datasets through the views API (protocol §5)."""

import pytest
import requests

from tests.practice_portal.datasets_over_http import COLUMNS, ROWS, create, create_published, fields, refusal
from xl_datasync.practice_portal import PracticePortal

DETAILS = {
    "description": "First line\nsecond line",
    "category": "Education",
    "tags": ["one", "two words"],
    "attribution": "The Office",
    "attributionLink": "https://office.example/",
    "licenseId": "CC_40_BY",
    "resourceName": "made-here",
    "metadata": {"custom_fields": {"Update": {"Frequency": "daily"}}, "jsonQuery": {"order": []}, "rowLabel": "person"},
    "privateMetadata": {"contactEmail": "me@example.org"},
}


def test_working_copy(portal: PracticePortal, publisher: requests.Session) -> None:
    """A new dataset is a private, unpublished table without rows, owned by who made it, under a new id."""
    before = portal.dataset_ids()
    view = create(portal, publisher)
    assert (view["name"], view["publicationStage"], view["displayType"], view["viewType"]) == (
        "Made",
        "unpublished",
        "table",
        "tabular",
    )
    assert view["newBackend"] is True
    assert view["owner"]["id"] == portal.sign_ins[0].id
    assert view["permissions"] == {"scope": "private"}
    assert "grants" not in view
    assert "publicationDate" not in view
    assert view["pendingGrants"] == []
    assert view["id"] not in before
    assert sorted([*before, view["id"]]) == portal.dataset_ids()
    assert portal.rows(view["id"]) == []


def test_columns_come_back(portal: PracticePortal, publisher: requests.Session) -> None:
    """All that was said of a column is in the view, and each column has an id of its own."""
    view = create(portal, publisher)
    assert fields(view) == ["code", "age", "born"]
    for column, given in zip(view["columns"], COLUMNS, strict=True):
        assert {name: column.get(name) for name in given} == given
        assert column["renderTypeName"] == given["dataTypeName"]
    assert len({column["id"] for column in view["columns"]}) == 3
    assert "flags" not in view["columns"][0]
    assert (view["columns"][1]["width"], view["columns"][1]["description"]) == (148, "")


def test_details_come_back(portal: PracticePortal, publisher: requests.Session) -> None:
    """All details are in the view, at once and when asked again; unknown keys are not."""
    made = create(portal, publisher, **DETAILS, madeUpKey=1, totalTimesRated=99)
    again = publisher.get(f"{portal.url}/api/views/{made['id']}.json").json()
    assert again == made == portal.view(made["id"])
    for name, value in DETAILS.items():
        if name != "metadata":
            assert made[name] == value
    for name, value in DETAILS["metadata"].items():  # type: ignore[attr-defined]
        assert made["metadata"][name] == value
    assert made["license"] == {"name": "Creative Commons Attribution 4.0 International"}
    assert "madeUpKey" not in made
    assert made["totalTimesRated"] == 0


def test_no_details(portal: PracticePortal, publisher: requests.Session) -> None:
    """Details that were not given are absent, not empty; a dataset may begin without columns."""
    view = create(portal, publisher, columns=[])
    for name in ("category", "attribution", "attributionLink", "licenseId", "license", "rowIdentifierColumnId"):
        assert name not in view
    assert (view["description"], view["tags"], view["columns"]) == ("", [], [])


def test_private_metadata_is_for_writers(
    portal: PracticePortal, publisher: requests.Session, viewer: requests.Session, public: requests.Session
) -> None:
    """Only those who may write see the private metadata of a public dataset."""
    made = create_published(portal, publisher, privateMetadata={"note": "secret"})
    url = f"{portal.url}/api/views/{made}.json"
    assert publisher.get(url).json()["privateMetadata"] == {"note": "secret"}
    for session in (viewer, public):
        response = session.get(url)
        assert response.status_code == 200
        assert "secret" not in response.text


@pytest.mark.parametrize(
    "path", ["/api/views", "/api/views.json?nbe=true&$$version=2.0", "/api/views?deleted_at=2030-01-01"]
)
def test_addresses(portal: PracticePortal, publisher: requests.Session, path: str) -> None:
    """With and without extension, and with the parameters clients send."""
    assert publisher.post(portal.url + path, json={"name": "Made"}).json()["name"] == "Made"


@pytest.mark.parametrize("identifier", ["code", "age", "born"])
def test_row_identifier(portal: PracticePortal, publisher: requests.Session, identifier: str) -> None:
    """The row identifier is sent as a field name, comes back as a column id, and tells rows apart."""
    view = create(portal, publisher, metadata={"rowIdentifier": identifier})
    wanted = next(column["id"] for column in view["columns"] if column["fieldName"] == identifier)
    assert view["rowIdentifierColumnId"] == view["metadata"]["rowIdentifier"] == wanted
    value = {"code": "x", "age": "7", "born": "2020-02-02T00:00:00.000"}[identifier]
    for _ in range(2):
        url = f"{portal.url}/resource/{view['id']}.json"
        publisher.post(url, json=[{identifier: value}]).raise_for_status()
    assert portal.rows(view["id"]) == [{identifier: value}]


REFUSED = [
    ({"name": ""}, 400, "invalid_request"),
    ({"name": "  "}, 400, "invalid_request"),
    ({"name": None}, 400, "invalid_request"),
    ({"columns": [{"name": "A", "dataTypeName": "no_such"}]}, 400, "update.type.unknown"),
    ({"columns": [{"name": "A"}]}, 400, "update.type.unknown"),
    ({"columns": [{"name": "A", "dataTypeName": "floating_timestamp"}]}, 400, "update.type.unknown"),
    ({"columns": [{"name": "", "dataTypeName": "text"}]}, 400, "invalid_request"),
    ({"columns": [{"name": "A", "fieldName": "a", "dataTypeName": "text"}] * 2}, 409, "update.column.exists"),
    ({"columns": [{"name": "A", "fieldName": ":a", "dataTypeName": "text"}]}, 400, "update.column.system"),
    ({"columns": [{"name": "A", "fieldName": ":@a", "dataTypeName": "text"}]}, 400, "update.column.system"),
    ({"columns": [{"name": "A", "fieldName": "A b", "dataTypeName": "text"}]}, 400, "update.column.illegal-id"),
    (
        {"columns": [{"name": "A", "dataTypeName": "text", "computationStrategy": {"type": "x"}}]},
        400,
        "update.column.system",
    ),
    ({"columns": {"a": 1}}, 400, "invalid_request"),
    ({"columns": ["a"]}, 400, "invalid_request"),
    ({"columns": [{"name": "A", "dataTypeName": "text", "format": "x"}]}, 400, "invalid_request"),
    ({"columns": [{"name": "A", "dataTypeName": "text", "width": "wide"}]}, 400, "invalid_request"),
    ({"metadata": {"rowIdentifier": "nosuch"}}, 400, "update.column.not-found"),
    (
        {"columns": [{"name": "P", "fieldName": "p", "dataTypeName": "point"}], "metadata": {"rowIdentifier": "p"}},
        400,
        "update.row-identifier.invalid-type",
    ),
    ({"metadata": "x"}, 400, "invalid_request"),
    ({"tags": "one,two"}, 400, "invalid_request"),
    ({"description": 5}, 400, "invalid_request"),
    ({"viewType": "href"}, 400, "invalid_request"),
]


@pytest.mark.parametrize(("change", "status", "code"), REFUSED)
def test_refused(
    portal: PracticePortal, publisher: requests.Session, change: dict[str, object], status: int, code: str
) -> None:
    """What cannot be is refused with its code, and no dataset is left behind."""
    before = portal.dataset_ids()
    body = {"name": "Made", "columns": COLUMNS, **change}
    assert refusal(publisher.post(f"{portal.url}/api/views.json", json=body)) == (status, code)
    assert portal.dataset_ids() == before


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"name": NaN}', b'{"name": "\\ud800"}'])
def test_bad_bodies(portal: PracticePortal, publisher: requests.Session, data: bytes) -> None:
    """A body that is no object with a name is a 400."""
    assert publisher.post(f"{portal.url}/api/views.json", data=data).status_code == 400


def test_who_may_create(portal: PracticePortal, public: requests.Session, viewer: requests.Session) -> None:
    """Without a sign-in, and as a viewer, nothing is made."""
    before = portal.dataset_ids()
    url = f"{portal.url}/api/views.json"
    assert refusal(public.post(url, json={"name": "A"})) == (403, "authentication_required")
    assert refusal(viewer.post(url, json={"name": "A"})) == (403, "permission_denied")
    assert portal.dataset_ids() == before


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("X Coordinate", "x_coordinate"),
        ("  Trim / this! ", "trim_this"),
        ("2015 total", "_2015_total"),
        ("Straße", "stra_e"),
        ("%%", "unnamed_column"),
    ],
)
def test_field_names_from_names(portal: PracticePortal, publisher: requests.Session, name: str, field: str) -> None:
    """A missing field name is made from the name; where it is taken, a number makes it free."""
    columns = [{"name": name, "dataTypeName": "text"}] * 3
    assert fields(create(portal, publisher, columns=columns)) == [field, f"{field}_1", f"{field}_2"]


def test_positions_order_the_columns(portal: PracticePortal, publisher: requests.Session) -> None:
    """Positions in the body decide the order; gaps between them are closed."""
    columns = [{**column, "position": at} for column, at in zip(COLUMNS, (30, 10, 20), strict=True)]
    view = create(portal, publisher, columns=columns)
    assert fields(view) == ["age", "born", "code"]
    url = f"{portal.url}/resource/{view['id']}"
    publisher.post(f"{url}.json", json=ROWS).raise_for_status()
    assert publisher.get(f"{url}.csv").text.splitlines()[0] == '"age","born","code"'
    assert publisher.get(f"{url}.json").json() == [{"age": "1", "code": "a"}, {"age": "2", "code": "b"}]


def test_drafts_are_hidden(
    portal: PracticePortal, publisher: requests.Session, viewer: requests.Session, public: requests.Session
) -> None:
    """A working copy is for those who may write it, whatever its permission says."""
    made = create(portal, publisher)["id"]
    publisher.put(f"{portal.url}/api/views/{made}/permissions", json={"scope": "public"}).raise_for_status()
    for path in (f"/api/views/{made}.json", f"/resource/{made}.json"):
        assert publisher.get(portal.url + path).status_code == 200
        assert refusal(public.get(portal.url + path)) == (403, "authentication_required")
        assert refusal(viewer.get(portal.url + path)) == (403, "permission_denied")


def test_delete(portal: PracticePortal, publisher: requests.Session, public: requests.Session) -> None:
    """A deleted dataset is gone from every address; the answer is empty."""
    made = create_published(portal, publisher)
    assert public.get(f"{portal.url}/resource/{made}.json").status_code == 200
    response = publisher.delete(f"{portal.url}/api/views/{made}.json")
    assert (response.status_code, response.content) == (200, b"")
    for path in (
        f"/api/views/{made}.json",
        f"/resource/{made}.json",
        f"/api/views/{made}/replication.json",
        f"/api/views/{made}/permissions",
        f"/api/geocoding/{made}?method=pending",
        f"/d/{made}",
    ):
        assert publisher.get(portal.url + path).status_code == 404
    assert publisher.delete(f"{portal.url}/api/views/{made}").status_code == 404
    assert made not in portal.dataset_ids()


def test_who_may_delete(portal: PracticePortal, public: requests.Session, viewer: requests.Session) -> None:
    """Deleting needs rights; the dataset stays."""
    url = f"{portal.url}/api/views/smal-fild.json"
    assert refusal(public.delete(url)) == (403, "authentication_required")
    assert refusal(viewer.delete(url)) == (403, "permission_denied")
    assert len(portal.rows("smal-fild")) == 200


def test_answer_lost_after_creation(portal: PracticePortal, publisher: requests.Session) -> None:
    """The dataset may be there although the client never heard of it."""
    before = portal.dataset_ids()
    portal.add_fault("cut-after-commit", method="POST")
    with pytest.raises(requests.ConnectionError):
        publisher.post(f"{portal.url}/api/views.json", json={"name": "Made"})
    (made,) = set(portal.dataset_ids()) - set(before)
    assert portal.view(made)["name"] == "Made"
