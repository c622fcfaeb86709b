"""Dataset metadata in full shape (protocol §2)."""

import requests

from xl_datasync.practice_portal import PracticePortal

# Top-level keys of the recorded view in protocol §2.1, for a dataset with a row identifier
RECORDED_KEYS = {
    "id",
    "name",
    "assetType",
    "attribution",
    "averageRating",
    "category",
    "createdAt",
    "description",
    "diciBackend",
    "displayType",
    "downloadCount",
    "hideFromCatalog",
    "hideFromDataJson",
    "locale",
    "locked",
    "newBackend",
    "numberOfComments",
    "oid",
    "provenance",
    "publicationAppendEnabled",
    "publicationDate",
    "publicationGroup",
    "publicationStage",
    "rowClass",
    "rowIdentifierColumnId",
    "rowsUpdatedAt",
    "rowsUpdatedBy",
    "tableId",
    "totalTimesRated",
    "viewCount",
    "viewLastModified",
    "viewType",
    "approvals",
    "clientContext",
    "columns",
    "grants",
    "metadata",
    "owner",
    "query",
    "rights",
    "tableAuthor",
    "tags",
    "flags",
}


# Further keys of what has a licence and a link, which the recorded dataset had not
LICENCE_KEYS = {"license", "licenseId", "attributionLink"}


def view(portal: PracticePortal, dataset_id: str, session: requests.Session) -> dict[str, object]:
    """The view of a dataset."""
    response = session.get(f"{portal.url}/api/views/{dataset_id}.json")
    assert response.status_code == 200
    return dict(response.json())


def test_full_shape(portal: PracticePortal, public: requests.Session) -> None:
    """A public caller sees exactly the keys of the recorded view; a licence adds its own."""
    portal.create_dataset(
        "shap-exxx",
        "Shape",
        [{"name": "A", "fieldName": "a", "dataTypeName": "text"}],
        row_identifier="a",
        details={"category": "c", "attribution": "a"},
    )
    assert set(view(portal, "shap-exxx", public)) == RECORDED_KEYS
    assert set(view(portal, "airp-orts", public)) == RECORDED_KEYS | LICENCE_KEYS


def test_address_without_extension_and_capitals(portal: PracticePortal, public: requests.Session) -> None:
    """The extension may be left out, and ids are found in capitals."""
    assert public.get(f"{portal.url}/api/views/AIRP-ORTS").json()["id"] == "airp-orts"


def test_columns(portal: PracticePortal, public: requests.Session) -> None:
    """The delivered airports have the agreed columns, in order."""
    columns = view(portal, "airp-orts", public)["columns"]
    assert isinstance(columns, list)
    assert [(c["name"], c["fieldName"], c["dataTypeName"], c["position"]) for c in columns] == [
        ("IATA Code", "iata_code", "text", 1),
        ("Airport Name", "airport_name", "text", 2),
        ("City", "city", "text", 3),
        ("State", "state", "text", 4),
        ("Country", "country", "text", 5),
        ("Latitude", "latitude", "number", 6),
        ("Longitude", "longitude", "number", 7),
    ]


def test_cached_contents(portal: PracticePortal, public: requests.Session) -> None:
    """Column statistics are strings and count the rows."""
    columns = view(portal, "weat-hday", public)["columns"]
    assert isinstance(columns, list)
    contents = columns[2]["cachedContents"]
    assert contents["count"] == contents["non_null"] == "1096"
    assert (contents["smallest"], contents["largest"], contents["null"]) == ("-1.6", "35.6", "0")
    assert contents["top"][0] == {"item": "11.1", "count": "43"}


def test_row_identifier(portal: PracticePortal, public: requests.Session) -> None:
    """The row identifier is a column id, in two places; without one both keys are absent."""
    with_one = view(portal, "weat-hday", public)
    columns = with_one["columns"]
    assert isinstance(columns, list)
    assert with_one["rowIdentifierColumnId"] == columns[0]["id"]
    assert isinstance(with_one["metadata"], dict)
    assert with_one["metadata"]["rowIdentifier"] == columns[0]["id"]
    without = view(portal, "weat-hlog", public)
    assert "rowIdentifierColumnId" not in without
    assert isinstance(without["metadata"], dict)
    assert "rowIdentifier" not in without["metadata"]


def test_rights_differ(
    portal: PracticePortal, public: requests.Session, viewer: requests.Session, publisher: requests.Session
) -> None:
    """The publisher sees rights to write, everyone else only to read."""
    assert view(portal, "airp-orts", public)["rights"] == ["read"]
    assert view(portal, "airp-orts", viewer)["rights"] == ["read"]
    rights = view(portal, "airp-orts", publisher)["rights"]
    assert isinstance(rights, list)
    assert {"read", "write", "add", "delete"} <= set(rights)
    assert view(portal, "airp-orts", publisher)["permissions"] == {"scope": "public"}
    assert view(portal, "priv-data", publisher)["permissions"] == {"scope": "private"}


def test_computed_and_hidden_columns(portal: PracticePortal, public: requests.Session) -> None:
    """A computed column shows its strategy, a hidden one its flag, a percent its format."""
    columns = view(portal, "type-samp", public)["columns"]
    assert isinstance(columns, list)
    by_field = {column["fieldName"]: column for column in columns}
    assert by_field["computed_region"]["computationStrategy"]["type"] == "georegion_match_on_point"
    assert by_field["internal_note"]["flags"] == ["hidden"]
    assert by_field["percent_value"]["format"]["precisionStyle"] == "percentage"


def test_write_moves_rows_updated_at(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """After a write the time of the last row change is not before the dataset's making."""
    publisher.post(f"{people}.json", json=[{"code": "c"}]).raise_for_status()
    facts = view(portal, "peop-leid", publisher)
    created, updated = facts["createdAt"], facts["rowsUpdatedAt"]
    assert isinstance(created, int)
    assert isinstance(updated, int)
    assert updated >= created


def test_missing_view(portal: PracticePortal, public: requests.Session) -> None:
    """An unknown view is 404 not_found, said in the headers too."""
    response = public.get(f"{portal.url}/api/views/zzzz-zzzz.json")
    assert response.status_code == 404
    assert response.json() == {
        "code": "not_found",
        "error": True,
        "message": "Not found",
        "data": {"id": "zzzz-zzzz"},
    }
    assert response.headers["X-Error-Code"] == "not_found"
    assert response.headers["X-Error-Message"] == "Not found"


def test_replication(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The data version grows by one with each write, and the replica is up to date."""
    url = f"{portal.url}/api/views/peop-leid/replication.json"
    before = publisher.get(url).json()
    publisher.post(f"{people}.json", json=[{"code": "c"}]).raise_for_status()
    after = publisher.get(url).json()
    assert after["truth_data_version"] == before["truth_data_version"] + 1
    assert after["read_replication_up_to_date"] is True
    assert after["secondary_versions"][0]["version"] == after["truth_data_version"]


def test_head(portal: PracticePortal, public: requests.Session) -> None:
    """HEAD answers without a body, and the connection goes on."""
    for path in ("/api/views/airp-orts.json", "/resource/airp-orts.json", "/"):
        response = public.head(portal.url + path)
        assert (response.status_code, response.content) == (200, b"")
    assert public.get(f"{portal.url}/api/views/airp-orts.json").status_code == 200


def test_unknown_api_addresses(portal: PracticePortal, public: requests.Session) -> None:
    """What the API does not have is 404 in JSON, a method it does not have 405."""
    for path in ("/api/nothing", "/api/views/airp-orts/files/x", "/api/views/airp-orts/nosuch"):
        response = public.get(portal.url + path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert public.delete(f"{portal.url}/resource/airp-orts.json").status_code == 405


def test_delivered_datasets(portal: PracticePortal) -> None:
    """The delivered rows are those the practice workbook is made for."""
    counts = {"airp-orts": 3300, "weat-hlog": 1096, "weat-hday": 1096, "smal-fild": 200, "type-samp": 3}
    assert {dataset_id: len(portal.rows(dataset_id)) for dataset_id in counts} == counts
    days = portal.rows("weat-hday")
    assert (days[0]["observed_on"], days[-1]["observed_on"]) == (
        "2012-01-01T00:00:00.000",
        "2014-12-31T00:00:00.000",
    )
    assert portal.rows("smal-fild") == portal.rows("airp-orts")[:200]


def test_delivered_details(portal: PracticePortal, public: requests.Session) -> None:
    """The delivered datasets say whose they are and under which licence."""
    facts = view(portal, "weat-hlog", public)
    assert facts["attribution"] == "National Oceanic and Atmospheric Administration"
    assert (facts["licenseId"], facts["license"]) == ("PUBLIC_DOMAIN", {"name": "Public Domain"})


def test_details_of_a_dataset_made_for_a_test(portal: PracticePortal, publisher: requests.Session) -> None:
    """`create_dataset` takes details in wire names, computed and `:@` columns, and drafts."""
    details = {
        "category": "c",
        "tags": ["t"],
        "licenseId": "ODBL",
        "attribution": "a",
        "attributionLink": "https://a.example/",
        "metadata": {"custom_fields": {"G": {"f": "v"}}},
        "privateMetadata": {"p": 1},
    }
    columns = [
        {"name": "A", "fieldName": "a", "dataTypeName": "text", "width": 60},
        {"name": "Region", "fieldName": ":@computed_region", "dataTypeName": "number"},
    ]
    rows = [{"a": "x", ":@computed_region": 5}]
    portal.create_dataset("deta-ilsx", "Details", columns, rows=rows, details=details, published=False)
    facts = view(portal, "deta-ilsx", publisher)
    for name, value in details.items():
        if name != "metadata":
            assert facts[name] == value
    assert facts["publicationStage"] == "unpublished"
    assert portal.view("deta-ilsx")["metadata"]["custom_fields"] == {"G": {"f": "v"}}
    assert [column["width"] for column in portal.view("deta-ilsx")["columns"]] == [60, 148]
    assert portal.rows("deta-ilsx") == [{"a": "x", ":@computed_region": "5"}]
    url = f"{portal.url}/resource/deta-ilsx.json"
    refused = publisher.post(url, json=[{"a": "y", ":@computed_region": 6}])
    assert refused.json()["message"] == "Illegal field name sent: :@computed_region"
    assert publisher.post(url, json=[{"a": "y"}]).status_code == 200


def test_rows_of_what_is_no_table(
    portal: PracticePortal, public: requests.Session, publisher: requests.Session
) -> None:
    """A file has no rows to read or write; a chart's rows can be read, not written."""
    columns = [{"name": "A", "fieldName": "a", "dataTypeName": "text"}]
    portal.create_dataset("file-xxxx", "File", [], view_type="blobby", display_type="blob")
    portal.create_dataset("char-txxx", "Chart", columns, rows=[{"a": "1"}], display_type="chart")
    file, chart = (f"{portal.url}/resource/{i}" for i in ("file-xxxx", "char-txxx"))
    assert public.get(f"{chart}.json").json() == [{"a": "1"}]
    for response in (
        public.get(f"{file}.json"),
        public.get(f"{file}/row-aaaa.aaaa.aaaa.json"),
        publisher.post(f"{file}.json", json=[]),
        publisher.put(f"{chart}.json", json=[]),
        publisher.post(f"{portal.url}/api/views/file-xxxx/columns", json=columns[0]),
    ):
        assert response.status_code == 403
        assert response.json() == {"error": True, "message": "no row or column access to non-tabular tables"}
    assert portal.rows("char-txxx") == [{"a": "1"}]
    assert public.get(f"{portal.url}/api/views/file-xxxx.json").json()["displayType"] == "blob"
