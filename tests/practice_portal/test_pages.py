"""The pages a learner looks at."""

from html.parser import HTMLParser

import pytest
import requests

from xl_datasync.practice_portal import PracticePortal

SCRIPT = "<script>alert('x')</script>"


class _Tags(HTMLParser):
    """Gathers the tags of a page, and checks that they close in order."""

    void = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[str]:
    """The tags of a page that is well formed."""
    parser = _Tags()
    parser.feed(html)
    assert parser.open == []
    return parser.seen


PAGES = ["/", "/writes", "/d/airp-orts", "/d/type-samp", "/d/weat-hlog?page=3", "/Category/Name/airp-orts", "/nosuch"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_practice(portal: PracticePortal, path: str) -> None:
    """Each page is well formed, needs no script, and says that this is a practice portal."""
    response = requests.get(portal.url + path)
    assert response.status_code == (404 if path == "/nosuch" else 200)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "This is a practice portal" in response.text
    assert "script" not in tags(response.text)


def test_index(portal: PracticePortal) -> None:
    """The first page lists datasets with rows and identifier, and says how to sign in."""
    html = requests.get(portal.url).text
    for text in ("U.S. airports", "airp-orts", "3,300", "IATA Code", "priv-data", f"{portal.url}/"):
        assert text in html
    for sign_in in portal.sign_ins:
        for text in (sign_in.user, sign_in.password, sign_in.key_id, sign_in.key_secret, sign_in.note):
            assert text in html


def test_dataset_page(portal: PracticePortal) -> None:
    """A dataset's page shows its columns and one page of its rows."""
    html = requests.get(f"{portal.url}/d/airp-orts").text
    for text in ("Airport Name", "airport_name", "row identifier", "Thigpen", "Rows 1 to 50 of 3,300"):
        assert text in html
    assert "Thigpen" not in requests.get(f"{portal.url}/d/airp-orts?page=2").text
    assert "Rows 3,251 to 3,300 of 3,300" in requests.get(f"{portal.url}/d/airp-orts?page=9999").text


def test_columns_that_differ(portal: PracticePortal) -> None:
    """Computed and hidden columns are marked."""
    html = requests.get(f"{portal.url}/d/type-samp").text
    assert "computed</span>" in html
    assert "hidden</span>" in html


def test_private_rows_are_not_shown(portal: PracticePortal) -> None:
    """The page of the private dataset has no row of it."""
    html = requests.get(f"{portal.url}/d/priv-data").text
    assert "This dataset is private" in html
    for row in portal.rows("priv-data"):
        assert str(row["airport_name"]) not in html


def test_latest_writes(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A write is listed with who, what and its request id, on three pages."""
    rows = [{"code": "n"}, {"code": "a", "age": 1}, {"code": "b", ":deleted": True}]
    headers = {"X-Socrata-RequestId": "request-77"}
    publisher.post(f"{people}.json", json=rows, headers=headers).raise_for_status()
    for path in ("/writes", "/d/peop-leid"):
        html = requests.get(portal.url + path).text
        for text in ("practice@example.org", "POST", "request-77"):
            assert text in html
        assert html.count('<td class="number">1</td>') >= 3
    assert "request-77" not in requests.get(f"{portal.url}/d/airp-orts").text


def test_refused_writes_are_not_listed(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """What was not committed is not in the list."""
    publisher.post(f"{people}.json", json=[{"foo": 1}])
    assert "Nothing was written yet" in requests.get(f"{portal.url}/writes").text


def test_drafts_and_details(portal: PracticePortal, publisher: requests.Session) -> None:
    """A working copy is marked and keeps its rows to itself; its page shows its details."""
    details = {
        "description": "What it is",
        "category": "Fun",
        "tags": ["odd", "even"],
        "licenseId": "CC_40_BY",
        "attribution": "The Office",
        "attributionLink": "https://office.example/",
        "metadata": {"rowIdentifier": "a", "custom_fields": {"Update": {"Frequency": "daily"}}},
    }
    columns = [{"name": "A", "fieldName": "a", "dataTypeName": "text"}]
    url = f"{portal.url}/api/views"
    made = publisher.post(url, json={"name": "Made", "columns": columns, **details}).json()["id"]
    publisher.put(f"{url}/{made}/permissions", json={"scope": "public"}).raise_for_status()
    publisher.post(f"{portal.url}/resource/{made}.json", json=[{"a": "cell-text"}]).raise_for_status()
    html = requests.get(f"{portal.url}/d/{made}").text
    for text in ("draft</span>", "What it is", "Fun", "odd, even", "The Office", "https://office.example/", "daily"):
        assert text in html
    assert "Creative Commons Attribution 4.0 International" in html
    assert "row identifier: A" in html
    assert "This dataset is a draft" in html
    assert "cell-text" not in html
    assert "draft</span>" in requests.get(portal.url).text
    publisher.post(f"{url}/{made}/publication").raise_for_status()
    html = requests.get(f"{portal.url}/d/{made}").text
    assert "cell-text" in html
    assert "draft</span>" not in html
    assert "draft</span>" not in requests.get(portal.url).text


def test_log_of_whole_datasets(portal: PracticePortal, publisher: requests.Session) -> None:
    """Making, publishing and deleting a dataset are in the log; what is gone is not linked."""
    url = f"{portal.url}/api/views"
    made = publisher.post(url, json={"name": "Made"}).json()["id"]
    publisher.post(f"{url}/{made}/publication").raise_for_status()
    html = requests.get(f"{portal.url}/writes").text
    assert f'href="/d/{made}"' in html
    publisher.delete(f"{url}/{made}").raise_for_status()
    html = requests.get(f"{portal.url}/writes").text
    for what in ("create", "publish", "delete"):
        assert f'<td class="fixed">{what}</td>' in html
    assert made in html
    assert f'href="/d/{made}"' not in html
    assert '<td class="number">0</td>' not in html


def test_what_is_no_table(portal: PracticePortal) -> None:
    """A map is called one, and has neither columns nor rows on its page."""
    portal.create_dataset("maps-maps", "Map", [], view_type="geo", display_type="map")
    html = requests.get(f"{portal.url}/d/maps-maps").text
    assert "This is no table" in html
    assert "Columns" not in html
    assert "map" in requests.get(portal.url).text.partition("maps-maps")[2].partition("</tr>")[0]


def test_values_are_escaped(portal: PracticePortal, publisher: requests.Session) -> None:
    """HTML in a cell, a name, a description or a request id stays text."""
    columns = [{"name": SCRIPT, "fieldName": "a", "dataTypeName": "text", "description": SCRIPT}]
    texts = dict.fromkeys(("category", "licenseId", "attribution", "attributionLink"), SCRIPT)
    details = {**texts, "tags": [SCRIPT], "metadata": {"custom_fields": {SCRIPT: {SCRIPT: SCRIPT}}}}
    portal.create_dataset("esca-pedx", SCRIPT, columns, rows=[{"a": SCRIPT}], description=SCRIPT, details=details)
    headers = {"X-Socrata-RequestId": SCRIPT}
    url = f"{portal.url}/resource/esca-pedx.json"
    publisher.post(url, json=[{"a": SCRIPT}], headers=headers).raise_for_status()
    for path in ("/", "/d/esca-pedx", "/writes", f"/{SCRIPT}"):
        html = requests.get(portal.url + path).text
        assert SCRIPT not in html
        assert "script" not in tags(html)


def test_tables_have_headers(portal: PracticePortal) -> None:
    """Every header cell says what it heads."""
    html = requests.get(f"{portal.url}/d/airp-orts").text
    assert html.count("<th") - html.count("<thead") == html.count('scope="')


def test_pages_that_are_not_there(portal: PracticePortal) -> None:
    """An unknown dataset or a text that is no id is 404, as a page."""
    for path in ("/d/zzzz-zzzz", "/d/not-an-id", "/a/b/zzzz-zzzz"):
        response = requests.get(portal.url + path)
        assert response.status_code == 404
        assert "Not found" in response.text
