"""SODA2 row writes: merge and null, deletes, order, reports, refusals, atomicity (protocol §3)."""

import gzip
import json
from collections.abc import Iterator

import pytest
import requests

from xl_datasync.practice_portal import PracticePortal

CSV = {"Content-Type": "text/csv"}
REPORT_KEYS = {"By RowIdentifier", "Rows Updated", "Rows Deleted", "Rows Created", "Errors", "By SID"}


def counts(response: requests.Response) -> tuple[int, int, int, int]:
    """Created, updated, deleted, errors of a report that has all six keys."""
    assert response.status_code == 200, response.text
    report = response.json()
    assert set(report) == REPORT_KEYS
    return report["Rows Created"], report["Rows Updated"], report["Rows Deleted"], report["Errors"]


def refusal(response: requests.Response) -> tuple[int, str]:
    """Status and code of an error."""
    return response.status_code, response.json()["code"]


def test_upsert(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A known identifier updates, an unknown one creates."""
    rows = [{"code": "a", "age": "37"}, {"code": "c", "name": "Cid"}]
    response = publisher.post(f"{people}.json", json=rows)
    assert counts(response) == (1, 1, 0, 0)
    assert response.json()["By RowIdentifier"] == 1
    assert portal.rows("peop-leid") == [
        {"code": "a", "name": "Ada", "age": "37"},
        {"code": "b", "name": "Bob", "age": "41"},
        {"code": "c", "name": "Cid"},
    ]


def test_json_omitted_keeps_null_clears(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """In JSON an omitted field keeps its value and null clears it; empty text is a value."""
    rows = [{"code": "a", "age": None}, {"code": "b", "name": ""}]
    assert counts(publisher.post(f"{people}.json", json=rows)) == (0, 2, 0, 0)
    assert portal.rows("peop-leid") == [{"code": "a", "name": "Ada"}, {"code": "b", "name": "", "age": "41"}]


def test_csv_empty_clears_missing_column_keeps(
    portal: PracticePortal, people: str, publisher: requests.Session
) -> None:
    """In CSV an empty cell clears, quoted or not; a column that is not sent keeps its values."""
    response = publisher.post(f"{people}.csv", data='code,age\na,\nb,""\n', headers=CSV)
    assert counts(response) == (0, 2, 0, 0)
    assert portal.rows("peop-leid") == [{"code": "a", "name": "Ada"}, {"code": "b", "name": "Bob"}]


def test_merge_switched_off(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """With mergeInsteadOfReplace=false an update clears what is not sent."""
    response = publisher.post(f"{people}.json?mergeInsteadOfReplace=false", json=[{"code": "a", "age": 1}])
    assert counts(response) == (0, 1, 0, 0)
    assert portal.rows("peop-leid")[0] == {"code": "a", "age": "1"}


def test_delete_rows(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """`:deleted` true deletes, false does not; an unknown id is counted under Errors."""
    rows = [
        {"code": "a", ":deleted": True},
        {"code": "nobody", ":deleted": True},
        {"code": "b", ":deleted": False},
    ]
    assert counts(publisher.post(f"{people}.json", json=rows)) == (0, 1, 1, 1)
    assert [row["code"] for row in portal.rows("peop-leid")] == ["b"]


def test_delete_rows_by_csv(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A CSV column `:deleted` with true deletes."""
    response = publisher.post(f"{people}.csv", data="code,:deleted\na,true\nc,\nb,false\n", headers=CSV)
    assert counts(response) == (1, 1, 1, 0)
    assert [row["code"] for row in portal.rows("peop-leid")] == ["b", "c"]


def test_delete_twice_is_safe(people: str, publisher: requests.Session) -> None:
    """Deleting again is 200 with one error."""
    body = [{"code": "a", ":deleted": True}]
    assert counts(publisher.post(f"{people}.json", json=body)) == (0, 0, 1, 0)
    assert counts(publisher.post(f"{people}.json", json=body)) == (0, 0, 0, 1)


def test_deleted_needs_a_boolean(people: str, publisher: requests.Session) -> None:
    """`:deleted` as text is refused in JSON."""
    assert refusal(publisher.post(f"{people}.json", json=[{"code": "a", ":deleted": "true"}]))[0] == 400


def test_delete_by_a_list_of_one(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """An element that is a list of one identifier deletes that row."""
    assert counts(publisher.post(f"{people}.json", json=[["a"]])) == (0, 0, 1, 0)


def test_same_new_id_twice(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The same new id twice is one created and one updated, and the last one wins."""
    rows = [{"code": "n", "name": "first", "age": 1}, {"code": "n", "name": "last"}]
    assert counts(publisher.post(f"{people}.json", json=rows)) == (1, 1, 0, 0)
    assert portal.rows("peop-leid")[-1] == {"code": "n", "name": "last", "age": "1"}


def test_order_within_a_request(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """Upsert then delete, and delete then upsert, work in the order sent."""
    rows: list[dict[str, object]] = [
        {"code": "n", "name": "new"},
        {"code": "n", ":deleted": True},
        {"code": "a", ":deleted": True},
        {"code": "a", "name": "again"},
    ]
    assert counts(publisher.post(f"{people}.json", json=rows)) == (2, 0, 2, 0)
    assert portal.rows("peop-leid") == [
        {"code": "b", "name": "Bob", "age": "41"},
        {"code": "a", "name": "again"},
    ]


def test_last_write_wins_across_many(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The rule holds over any number of rows in one request."""
    rows = [{"code": f"k{number % 700}", "age": number} for number in range(3000)]
    assert counts(publisher.post(f"{people}.json", json=rows)) == (700, 2300, 0, 0)
    ages = {row["code"]: row["age"] for row in portal.rows("peop-leid")}
    assert ages["k0"] == "2800"
    assert ages["k699"] == "2799"


def test_replace(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """PUT leaves only what was sent, and renews ids and times."""
    url = f"{people}.json?$select=:*,code"
    before = {row["code"]: row for row in publisher.get(url).json()}
    assert counts(publisher.put(f"{people}.json", json=[{"code": "a", "age": 5}])) == (1, 0, 0, 0)
    assert portal.rows("peop-leid") == [{"code": "a", "age": "5"}]
    (after,) = publisher.get(url).json()
    assert after[":id"] != before["a"][":id"]
    assert after[":version"] != before["a"][":version"]
    assert after[":created_at"] == after[":updated_at"] >= before["a"][":created_at"]


def test_replace_with_duplicates(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A replace with one id twice keeps the last row."""
    response = publisher.put(f"{people}.csv", data="code,age\nx,1\nx,2\n", headers=CSV)
    assert counts(response) == (1, 1, 0, 0)
    assert portal.rows("peop-leid") == [{"code": "x", "age": "2"}]


def test_replace_with_nothing(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """An empty array or a header alone empties the dataset."""
    assert counts(publisher.put(f"{people}.json", json=[])) == (0, 0, 0, 0)
    assert portal.rows("peop-leid") == []
    assert counts(publisher.put(f"{people}.csv", data="code\n", headers=CSV)) == (0, 0, 0, 0)


def test_truncate_option(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """POST with truncate=true is a replace."""
    assert counts(publisher.post(f"{people}.json?truncate=true", json=[{"code": "z"}])) == (1, 0, 0, 0)
    assert portal.rows("peop-leid") == [{"code": "z"}]


def test_append_without_identifier(portal: PracticePortal, diary: str, publisher: requests.Session) -> None:
    """Without a row identifier each POST adds rows."""
    row = [{"day": "2024-01-03", "note": "third"}]
    assert counts(publisher.post(f"{diary}.json", json=row)) == (1, 0, 0, 0)
    assert counts(publisher.post(f"{diary}.json", json=row)) == (1, 0, 0, 0)
    assert len(portal.rows("diar-yoid")) == 4


def test_internal_id_addresses_a_row(portal: PracticePortal, diary: str, publisher: requests.Session) -> None:
    """Without a row identifier `:id` updates and deletes, and is counted under By SID."""
    first, second = publisher.get(f"{diary}.json?$select=:id,note").json()
    rows = [{":id": first[":id"], "note": "changed"}, {":id": second[":id"], ":deleted": True}, {":id": None}]
    response = publisher.post(f"{diary}.json", json=rows)
    assert counts(response) == (1, 1, 1, 0)
    assert response.json()["By SID"] == 2
    assert portal.rows("diar-yoid")[0] == {"day": "2024-01-01T00:00:00.000", "note": "changed"}


def test_unknown_internal_id(diary: str, publisher: requests.Session) -> None:
    """Updating by an unknown `:id` is 404, a text of another form 400; nothing is written."""
    known = publisher.get(f"{diary}.json?$select=:id").json()[1][":id"]
    publisher.post(f"{diary}.json", json=[{":id": known, ":deleted": True}]).raise_for_status()
    assert refusal(publisher.post(f"{diary}.json", json=[{":id": known, "note": "x"}])) == (404, "row.missing")
    assert refusal(publisher.post(f"{diary}.json", json=[{":id": "7", "note": "x"}])) == (400, "invalid_request")


def test_internal_id_does_not_address_with_identifier(people: str, publisher: requests.Session) -> None:
    """On a dataset with a row identifier `:id` alone is no address."""
    row_id = publisher.get(f"{people}.json?$select=:id").json()[0][":id"]
    assert refusal(publisher.post(f"{people}.json", json=[{":id": row_id, "age": 1}])) == (400, "invalid_request")


def test_row_version(people: str, publisher: requests.Session) -> None:
    """A `:version` that is not the row's fails the request; the right one passes."""
    version = publisher.get(f"{people}.json?$select=:version").json()[0][":version"]
    row = [{"code": "a", ":version": version, "age": 1}]
    assert counts(publisher.post(f"{people}.json", json=row)) == (0, 1, 0, 0)
    assert refusal(publisher.post(f"{people}.json", json=row)) == (400, "invalid_request")
    tolerant = f"{people}.json?nonFatalRowErrors[]=version_mismatch"
    assert counts(publisher.post(tolerant, json=row)) == (0, 0, 0, 1)


def test_system_fields_are_ignored(people: str, publisher: requests.Session) -> None:
    """Values for `:created_at` and `:updated_at` are ignored without a word."""
    row = [{"code": "a", ":created_at": "2000-01-01", ":updated_at": "x", "age": 3}]
    assert counts(publisher.post(f"{people}.json", json=row)) == (0, 1, 0, 0)


def test_unknown_field(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """An unknown field fails the whole request with the witnessed message."""
    before = portal.rows("peop-leid")
    rows = [{"code": "new"}, {"code": "x", "foo": 1}]
    response = publisher.post(f"{people}.json", json=rows)
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["message"] == "Illegal field name sent: foo"
    response = publisher.post(f"{people}.csv", data="code,foo\nx,1\n", headers=CSV)
    assert response.json()["message"] == "Illegal field name sent: foo"
    assert portal.rows("peop-leid") == before


def test_computed_column_cannot_be_written(portal: PracticePortal, publisher: requests.Session) -> None:
    """A computed column is no field for writers."""
    rows = [{"id": "x", "computed_region": "y"}]
    response = publisher.post(f"{portal.url}/resource/type-samp.json", json=rows)
    assert response.json()["message"] == "Illegal field name sent: computed_region"


@pytest.mark.parametrize(
    ("kind", "body", "line"),
    [("json", '[{"code":"n"},{"code":"o","age":"12 years"}]', 2), ("csv", "code,age\nn,\no,12 years\n", 3)],
)
def test_bad_value(  # noqa: PLR0917 - fixtures and one argument for each part of a case
    portal: PracticePortal, people: str, publisher: requests.Session, kind: str, body: str, line: int
) -> None:
    """A bad value fails the whole request and names field, value and line."""
    before = portal.rows("peop-leid")
    content_type = "text/csv" if kind == "csv" else "application/json"
    response = publisher.post(f"{people}.{kind}", data=body, headers={"Content-Type": content_type})
    assert refusal(response) == (400, "invalid_request")
    assert response.json()["data"] == {"field": "age", "expected": "number", "got": "12 years", "line": line}
    assert "age" in response.json()["message"]
    assert "12 years" in response.json()["message"]
    assert portal.rows("peop-leid") == before


@pytest.mark.parametrize("row", [{"name": "x"}, {"code": None, "name": "x"}, {"name": "x", ":deleted": True}])
def test_missing_identifier(people: str, publisher: requests.Session, row: dict[str, object]) -> None:
    """A row without its identifier fails the request."""
    assert refusal(publisher.post(f"{people}.json", json=[row])) == (400, "invalid_request")


def test_missing_identifier_in_csv(people: str, publisher: requests.Session) -> None:
    """An empty identifier cell or no identifier column fails the request."""
    for body in ("code,name\n,x\n", "name\nx\n"):
        assert refusal(publisher.post(f"{people}.csv", data=body, headers=CSV)) == (400, "invalid_request")


def test_failed_replace_keeps_all(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A PUT that fails on its last row leaves every old row."""
    before = portal.rows("peop-leid")
    rows: list[dict[str, object]] = [{"code": str(number)} for number in range(2000)]
    assert publisher.put(f"{people}.json", json=[*rows, {"code": "x", "age": "bad"}]).status_code == 400
    assert portal.rows("peop-leid") == before


def test_numeric_identifiers_by_value(portal: PracticePortal, publisher: requests.Session) -> None:
    """Numeric identifiers are compared by value, and the cell keeps what was sent."""
    columns = [{"name": "N", "fieldName": "n", "dataTypeName": "number"}]
    portal.create_dataset("nume-rics", "Numbers", columns, row_identifier="n", rows=[{"n": 1}])
    rows = [{"n": "1.0"}, {"n": "100"}, {"n": "1e2"}, {"n": "0.10"}]
    assert counts(publisher.post(f"{portal.url}/resource/nume-rics.json", json=rows)) == (2, 2, 0, 0)
    assert [row["n"] for row in portal.rows("nume-rics")] == ["1.0", "100", "0.10"]


def test_text_identifiers_exactly(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """Text identifiers are compared exactly: case, spaces and leading zeros count."""
    rows = [{"code": code} for code in ("A", "a ", "007", "7")]
    assert counts(publisher.post(f"{people}.json", json=rows)) == (4, 0, 0, 0)


def test_csv_headers_by_display_name(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """CSV headers may be display names, mixed with field names."""
    response = publisher.post(f"{people}.csv", data="Code,Full Name,age\nc,Cid,5\n", headers=CSV)
    assert counts(response) == (1, 0, 0, 0)
    assert portal.rows("peop-leid")[-1] == {"code": "c", "name": "Cid", "age": "5"}


@pytest.mark.parametrize(
    "body",
    ["", "code,code\na,b\n", "code,name\na\n", "code,name\na,b,c\n", 'code,name\na,"b\n', 'code,name\na,"b"c\n'],
)
def test_malformed_csv(people: str, publisher: requests.Session, body: str) -> None:
    """CSV that is not RFC 4180 is a 400."""
    response = publisher.post(f"{people}.csv", data=body, headers=CSV)
    assert refusal(response) == (400, "req.body.malformed-csv")


@pytest.mark.parametrize(
    "body", ["", "x", "[", '[{"code":"a"}', '[{"code":"a"},]', '[{"code":"a"}] x', '[{"code":NaN}]', "5", "[{]"]
)
def test_malformed_json(people: str, publisher: requests.Session, body: str) -> None:
    """JSON that is not an array of rows or one row is a 400 that names a line."""
    headers = {"Content-Type": "application/json"}
    response = publisher.post(f"{people}.json", data=body, headers=headers)
    assert refusal(response) == (400, "req.body.malformed-json")
    assert response.json()["data"]["row"] >= 1


def test_row_that_is_no_object(people: str, publisher: requests.Session) -> None:
    """An element that is no object fails the request."""
    for row in (5, "a", ["a", "b"]):
        assert refusal(publisher.post(f"{people}.json", json=[row])) == (400, "invalid_request")


def test_bare_object(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """One bare object is one row."""
    assert counts(publisher.post(f"{people}.json", json={"code": "solo"})) == (1, 0, 0, 0)


def test_content_types(people: str, publisher: requests.Session) -> None:
    """Another content type is 415; none at all is 400 where the address does not tell the format."""
    body = b'[{"code":"c"}]'
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "text/tab-separated-values"):
        response = publisher.post(f"{people}.json", data=body, headers={"Content-Type": content_type})
        assert refusal(response) == (415, "req.content-type.not-json")
    assert refusal(publisher.post(people, data=body)) == (400, "req.content-type.missing")
    assert counts(publisher.post(f"{people}.json", data=body)) == (1, 0, 0, 0)


def test_content_type_wins_over_extension(people: str, publisher: requests.Session) -> None:
    """A CSV body is taken at an address that ends in .json."""
    assert counts(publisher.post(f"{people}.json", data="code\nc\n", headers=CSV)) == (1, 0, 0, 0)


def test_gzip(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A gzip body is taken; one that is not gzip is 400, another encoding 415."""
    packed = gzip.compress(b"code,name\ng,Gil\n")
    headers = {**CSV, "Content-Encoding": "gzip"}
    assert counts(publisher.post(f"{people}.csv", data=packed, headers=headers)) == (1, 0, 0, 0)
    assert portal.exchanges[-1].request_bytes == len(packed)
    for body in (b"not gzip at all", packed[:-4], packed[:12]):
        assert refusal(publisher.post(f"{people}.csv", data=body, headers=headers))[0] == 400
    other = {**CSV, "Content-Encoding": "br"}
    assert publisher.post(f"{people}.csv", data=packed, headers=other).status_code == 415


def test_chunked_body(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A body of unknown length is taken, and the connection goes on."""

    def pieces() -> Iterator[bytes]:
        yield b"code,name\n"
        for number in range(1000):
            yield f"k{number},name {number}\n".encode()

    assert counts(publisher.post(f"{people}.csv", data=pieces(), headers=CSV)) == (1000, 0, 0, 0)
    assert "Content-Length" not in portal.exchanges[-1].request_headers
    assert counts(publisher.post(f"{people}.json", json=[{"code": "k1"}])) == (0, 1, 0, 0)


def test_byte_order_mark_and_line_ends(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """CSV as Excel saves it is read: a byte order mark, CRLF, blank lines at the end."""
    body = "\ufeffcode,name\r\nc,Cid\r\n\r\n".encode()
    assert counts(publisher.post(f"{people}.csv", data=body, headers=CSV)) == (1, 0, 0, 0)


def test_body_that_is_not_utf8(people: str, publisher: requests.Session) -> None:
    """Bytes that are not UTF-8 are a 400."""
    response = publisher.post(f"{people}.csv", data="code\né\n".encode("latin-1"), headers=CSV)
    assert refusal(response) == (400, "invalid_request")


def test_errors_are_fatal(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """With errorsAreFatal=true an unknown delete fails the request."""
    rows = [{"code": "n"}, {"code": "nobody", ":deleted": True}]
    response = publisher.post(f"{people}.json?errorsAreFatal=true", json=rows)
    assert response.status_code == 404
    assert len(portal.rows("peop-leid")) == 2


def test_tolerated_missing_identifier(people: str, publisher: requests.Session) -> None:
    """A kind of row error named as not fatal is counted, and the rest is written."""
    url = f"{people}.json?nonFatalRowErrors[]=no_primary_key"
    assert counts(publisher.post(url, json=[{"name": "x"}, {"code": "y"}])) == (1, 0, 0, 1)


def test_expected_data_version(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A data version that has moved on is 409."""
    url = f"{portal.url}/api/views/peop-leid/replication.json"
    version = publisher.get(url).json()["truth_data_version"]
    address = f"{people}.json?expectedDataVersion={version}"
    assert counts(publisher.post(address, json=[{"code": "n"}])) == (1, 0, 0, 0)
    response = publisher.post(address, json=[{"code": "m"}])
    assert refusal(response) == (409, "soda.row.dataset-version-mismatch")


@pytest.mark.parametrize(
    "option", ["truncate=yes", "expectedDataVersion=x", "nonFatalRowErrors[]=anything", "errorsAreFatal=1"]
)
def test_bad_options(people: str, publisher: requests.Session, option: str) -> None:
    """A bad option is 400 req.bad-parameter."""
    assert refusal(publisher.post(f"{people}.json?{option}", json=[])) == (400, "req.bad-parameter")


def test_one_row_addresses(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """GET, POST and DELETE of one row by its identifier."""
    assert publisher.get(f"{people}/a.json").json() == {"code": "a", "name": "Ada", "age": "36"}
    assert counts(publisher.post(f"{people}/a.json", json={"age": 1})) == (0, 1, 0, 0)
    assert publisher.get(f"{people}/a.json").json()["age"] == "1"
    (deleted,) = publisher.delete(f"{people}/a.json").json()
    assert deleted["typ"] == "delete"
    assert deleted["id"].startswith("row-")
    for response in (publisher.get(f"{people}/a.json"), publisher.delete(f"{people}/a.json")):
        assert refusal(response) == (404, "row.missing")


def test_one_row_of_another_name(people: str, publisher: requests.Session) -> None:
    """A row in the body that is not the one of the address is refused."""
    response = publisher.post(f"{people}/a.json", json={"code": "b", "age": 1})
    assert refusal(response) == (400, "invalid_request")


def test_one_row_with_difficult_names(people: str, publisher: requests.Session) -> None:
    """Identifiers with a slash, a dot, a space or letters beyond ASCII are found by their encoded address."""
    for code in ("a/b", "v1.2", "x y", "ż?#%", "it's"):
        publisher.post(f"{people}.json", json=[{"code": code, "age": 9}]).raise_for_status()
        address = f"{people}/{requests.utils.quote(code, safe='')}.json"
        assert publisher.get(address).json() == {"code": code, "age": "9"}


def test_one_row_by_internal_id(diary: str, publisher: requests.Session) -> None:
    """Without a row identifier the address holds the `:id`."""
    row_id = publisher.get(f"{diary}.json?$select=:id").json()[0][":id"]
    assert publisher.get(f"{diary}/{row_id}.json").json()["note"] == "first"
    assert publisher.delete(f"{diary}/{row_id}.json").status_code == 200
    assert refusal(publisher.get(f"{diary}/{row_id}.json")) == (404, "row.missing")
    assert refusal(publisher.get(f"{diary}/7.json")) == (404, "row.missing")


def test_core_root(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The same operations answer under /api/id."""
    url = f"{portal.url}/api/id/peop-leid.json"
    assert counts(publisher.post(url, json=[{"code": "c"}])) == (1, 0, 0, 0)
    assert counts(publisher.put(url, json=[{"code": "d"}])) == (1, 0, 0, 0)
    assert publisher.get(url).json() == [{"code": "d"}]
    assert publisher.get(f"{portal.url}/id/peop-leid.json").json() == [{"code": "d"}]


def test_write_to_missing_dataset(portal: PracticePortal, publisher: requests.Session) -> None:
    """A dataset that is not there is 404 dataset.missing."""
    response = publisher.post(f"{portal.url}/resource/zzzz-zzzz.json", json=[])
    assert refusal(response) == (404, "dataset.missing")


def test_all_rows_of_a_request_share_their_time(people: str, publisher: requests.Session) -> None:
    """Every row of one request has the same time; an update keeps the time of creation."""
    rows = [{"code": str(number)} for number in range(600)] + [{"code": "a", "age": 2}]
    publisher.post(f"{people}.json", json=rows).raise_for_status()
    found = publisher.get(f"{people}.json?$select=:created_at,:updated_at,code").json()
    assert len({row[":updated_at"] for row in found if row["code"] != "b"}) == 1
    updated = next(row for row in found if row["code"] == "a")
    assert updated[":created_at"] <= updated[":updated_at"]


def test_large_json_body_in_pieces(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A JSON body of megabytes is read whole, wherever its pieces end."""
    rows = [{"code": f"k{number}", "name": '"\\ż\n' * 40, "age": number} for number in range(12_000)]
    body = json.dumps(rows, ensure_ascii=False, indent=1).encode()
    assert len(body) > 3_000_000
    headers = {"Content-Type": "application/json"}
    assert counts(publisher.post(f"{people}.json", data=body, headers=headers)) == (12_000, 0, 0, 0)
    assert portal.rows("peop-leid")[-1] == {"code": "k11999", "name": '"\\ż\n' * 40, "age": "11999"}


def test_half_a_surrogate_pair(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A text that is no Unicode is a bad value, and the answer can be read."""
    headers = {"Content-Type": "application/json"}
    response = publisher.post(f"{people}.json", data=b'[{"code": "\\ud800"}]', headers=headers)
    assert (response.status_code, response.json()["data"]["field"]) == (400, "code")
    assert len(portal.rows("peop-leid")) == 2
