"""The outside judge: sodapy, unmodified, over TLS with a certificate authority made for the test."""

import io
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from sodapy import Socrata

from xl_datasync.practice_portal import PracticePortal

DOCS = Path(__file__).parents[2] / "docs" / "practice-portal.md"
COLUMNS = [
    {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
    {"name": "Age", "fieldName": "age", "dataTypeName": "number"},
]


class _Recorder:
    """A sodapy client that notes which of its calls a test makes."""

    def __init__(self, client: Socrata, calls: set[str]) -> None:
        self._client = client
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        self._calls.add(name)
        return getattr(self._client, name)


@pytest.fixture(scope="module")
def calls() -> set[str]:
    """Names of the sodapy calls made by this module."""
    return set()


@pytest.fixture(scope="module")
def secure_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PracticePortal, Path]]:
    """A portal that speaks TLS, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    bundle = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with PracticePortal(ssl_context=context) as portal:
        yield portal, bundle


@pytest.fixture
def client(
    secure_portal: tuple[PracticePortal, Path], calls: set[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[_Recorder]:
    """Sodapy signed in as the publisher, on a portal with one dataset more."""
    portal, bundle = secure_portal
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    portal.reset()
    rows = [{"code": "a", "age": 1}, {"code": "b", "age": 2}]
    portal.create_dataset("soda-pyxx", "For sodapy", COLUMNS, row_identifier="code", rows=rows)
    sign_in = portal.sign_ins[0]
    with Socrata(portal.host, portal.app_token, username=sign_in.key_id, password=sign_in.key_secret) as client:
        yield _Recorder(client, calls)


def test_upsert_list(client: _Recorder, secure_portal: tuple[PracticePortal, Path]) -> None:
    """`upsert` with a list updates, creates and deletes."""
    rows = [{"code": "a", "age": 9}, {"code": "c"}, {"code": "b", ":deleted": True}]
    report = client.upsert("soda-pyxx", rows)
    assert (report["Rows Updated"], report["Rows Created"], report["Rows Deleted"]) == (1, 1, 1)
    assert secure_portal[0].rows("soda-pyxx") == [{"code": "a", "age": "9"}, {"code": "c"}]


def test_upsert_file(client: _Recorder, secure_portal: tuple[PracticePortal, Path], tmp_path: Path) -> None:
    """`upsert` with an open file sends it as CSV."""
    path = tmp_path / "rows.csv"
    path.write_text("code,age\nc,3\n", encoding="utf-8")
    with path.open("rb") as rows:
        report = client.upsert("soda-pyxx", rows)
    assert report["Rows Created"] == 1
    assert secure_portal[0].rows("soda-pyxx")[-1] == {"code": "c", "age": "3"}


def test_replace(client: _Recorder, secure_portal: tuple[PracticePortal, Path]) -> None:
    """`replace` leaves only what was sent, from a list and from a file."""
    assert client.replace("soda-pyxx", [{"code": "x"}])["Rows Created"] == 1
    assert secure_portal[0].rows("soda-pyxx") == [{"code": "x"}]
    assert client.replace("soda-pyxx", io.StringIO("code\ny\n"))["Rows Created"] == 1
    assert secure_portal[0].rows("soda-pyxx") == [{"code": "y"}]


def test_delete_row(client: _Recorder, secure_portal: tuple[PracticePortal, Path]) -> None:
    """`delete` with a row id deletes that row."""
    (deleted,) = client.delete("soda-pyxx", row_id="a")
    assert deleted["typ"] == "delete"
    assert secure_portal[0].rows("soda-pyxx") == [{"code": "b", "age": "2"}]


def test_get(client: _Recorder) -> None:
    """`get` answers JSON and CSV, with clauses and system fields."""
    assert client.get("soda-pyxx", where="age > 1", select="code") == [{"code": "b"}]
    csv_rows = client.get("soda-pyxx", content_type="csv", order="code DESC")
    assert csv_rows == [["code", "age"], ["b", "2"], ["a", "1"]]
    row = client.get("soda-pyxx", exclude_system_fields="false", limit=1)[0]
    assert row[":id"].startswith("row-")
    query = "select weather, count(*) as n group by weather order by n desc limit 1"
    (most,) = client.get("weat-hday", query=query)
    assert most["weather"] == "sun"


def test_get_all(client: _Recorder) -> None:
    """`get_all` pages through all rows without repeating one."""
    rows = list(client.get_all("airp-orts"))
    assert len({row["iata_code"] for row in rows}) == len(rows) == 3300


def test_get_metadata(client: _Recorder) -> None:
    """`get_metadata` gives the view."""
    view = client.get_metadata("soda-pyxx")
    assert [column["fieldName"] for column in view["columns"]] == ["code", "age"]


def test_download_attachments(client: _Recorder) -> None:
    """`download_attachments` finds none, as the view says."""
    assert client.download_attachments("soda-pyxx") == []


def test_create_publish_open_and_delete(client: _Recorder, secure_portal: tuple[PracticePortal, Path]) -> None:
    """`create`, `publish`, `set_permission` and `delete` lead a dataset from its beginning to its end."""
    portal = secure_portal[0]
    made = client.create(
        "Made by sodapy",
        description="d",
        columns=COLUMNS,
        row_identifier="code",
        tags=["t"],
        category="c",
        new_backend=True,
    )
    dataset_id = made["id"]
    assert (made["publicationStage"], made["tags"]) == ("unpublished", ["t"])
    assert made["rowIdentifierColumnId"] == made["columns"][0]["id"]
    assert client.upsert(dataset_id, [{"code": "a", "age": 1}])["Rows Created"] == 1
    assert client.publish(dataset_id)["publicationStage"] == "published"
    assert client.set_permission(dataset_id, "public").status_code == 200
    assert portal.view(dataset_id)["permissions"] == {"scope": "public"}
    client.set_permission(dataset_id)
    assert portal.view(dataset_id)["permissions"] == {"scope": "private"}
    assert client.delete(dataset_id).status_code == 200
    assert dataset_id not in portal.dataset_ids()


def test_update_metadata(client: _Recorder) -> None:
    """`update_metadata` changes details and gives the view."""
    assert client.update_metadata("soda-pyxx", {"category": "New", "tags": ["x"]})["category"] == "New"
    assert client.get_metadata("soda-pyxx")["tags"] == ["x"]


def test_datasets(client: _Recorder) -> None:
    """`datasets` lists what is public, whole and in part."""
    found = [result["resource"]["id"] for result in client.datasets()]
    assert "soda-pyxx" in found
    assert "priv-data" not in found
    (one,) = client.datasets(ids=["soda-pyxx"], only=["dataset"])
    assert one["resource"]["columns_field_name"] == ["code", "age"]
    assert len(client.datasets(limit=2)) == 2


def test_errors_reach_the_user(client: _Recorder) -> None:
    """Sodapy shows the portal's own message."""
    with pytest.raises(requests.HTTPError, match="Illegal field name sent: foo"):
        client.upsert("soda-pyxx", [{"code": "a", "foo": 1}])


def test_docs_list_these_calls(calls: set[str]) -> None:
    """The documentation lists exactly the sodapy calls that the tests above make."""
    section = DOCS.read_text("utf-8").partition("## What sodapy can do")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^- `(\w+)\(", section, re.MULTILINE))
    assert listed == calls
