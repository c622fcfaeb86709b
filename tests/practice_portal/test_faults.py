"""What a client sees of each fault on demand (protocol §11 e)."""

import gzip
import re
import time
from pathlib import Path

import pytest
import requests

from xl_datasync.practice_portal import FAULTS, PracticePortal

PLAIN = {
    "401": (401, "authentication_required"),
    "403-login": (403, "authentication_required"),
    "403-rights": (403, "permission_denied"),
    "403-synced": (403, None),
    "404": (404, "dataset.missing"),
    "408": (408, "request-timeout"),
    "409-lock": (409, "soda.dataset.cannot-acquire-write-lock"),
    "429": (429, "too-many-requests"),
    "429-retry-after": (429, "too-many-requests"),
}
HTML = ("413", "500", "502", "503", "504")
CUTS = ("cut-before", "cut-during", "cut-after-commit", "truncated")
TESTED_ALONE = ("empty-200", "no-errors-key", "error-code-shape", "redirect", "slow", "stale-replica", "no-gzip")
OF_PUBLICATION = ("202-location", "202-ticket", "publish-fails", "geocoding-pending")  # tested with publication
ROWS = [{"code": "n", "name": "new"}]


def test_every_fault_has_a_test() -> None:
    """Each fault is in one of the groups of this module or tested with publication, and is described in one sentence."""
    assert sorted((*PLAIN, *HTML, *CUTS, *TESTED_ALONE, *OF_PUBLICATION)) == sorted(FAULTS)
    assert all(text.endswith(".") and text[0].isupper() for text in FAULTS.values())


@pytest.mark.parametrize("name", PLAIN)
def test_refusals(portal: PracticePortal, people: str, publisher: requests.Session, name: str) -> None:
    """A refusal comes in the core error shape, once, and nothing is written."""
    portal.add_fault(name)
    response = publisher.post(f"{people}.json", json=ROWS)
    assert (response.status_code, response.json().get("code")) == PLAIN[name]
    assert response.json()["error"] is True
    assert response.json()["message"]
    assert len(portal.rows("peop-leid")) == 2
    assert publisher.post(f"{people}.json", json=ROWS).status_code == 200


def test_retry_after(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """Only 429-retry-after and faults that are told so carry Retry-After."""
    portal.add_fault("429")
    assert "Retry-After" not in publisher.get(f"{people}.json").headers
    portal.add_fault("429-retry-after")
    assert publisher.get(f"{people}.json").headers["Retry-After"] == "1"
    portal.add_fault("503", retry_after=7)
    assert publisher.get(f"{people}.json").headers["Retry-After"] == "7"


@pytest.mark.parametrize("name", HTML)
def test_html_errors(portal: PracticePortal, people: str, publisher: requests.Session, name: str) -> None:
    """Errors of the front server come as HTML, and nothing is written."""
    portal.add_fault(name)
    response = publisher.post(f"{people}.json", json=ROWS)
    assert response.status_code == int(name)
    assert response.headers["Content-Type"].startswith("text/html")
    assert f"<h1>{name} " in response.text
    assert len(portal.rows("peop-leid")) == 2


@pytest.mark.parametrize("name", CUTS)
def test_cut_connections(portal: PracticePortal, people: str, publisher: requests.Session, name: str) -> None:
    """The client gets no whole answer; the rows are written only by the cuts that come after."""
    portal.add_fault(name, method="POST")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        publisher.post(f"{people}.json", json=ROWS)
    assert len(portal.rows("peop-leid")) == (3 if name in ("cut-after-commit", "truncated") else 2)
    status = portal.exchanges[-1].status
    assert status == (200 if name == "truncated" else 0)
    assert publisher.get(f"{people}.json").status_code == 200


def test_cut_of_a_large_body(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A connection cut while a large body is on its way leaves the rows as they were."""
    portal.add_fault("cut-during")
    body = b"code\n" + b"".join(b"k%d\n" % number for number in range(500_000))
    with pytest.raises(requests.ConnectionError):
        publisher.put(f"{people}.csv", data=body, headers={"Content-Type": "text/csv"})
    assert 0 < portal.exchanges[-1].request_bytes < len(body)
    assert len(portal.rows("peop-leid")) == 2


def test_empty_answer(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A successful write may be answered with nothing."""
    portal.add_fault("empty-200")
    response = publisher.post(f"{people}.json", json=ROWS)
    assert (response.status_code, response.content) == (200, b"")
    assert len(portal.rows("peop-leid")) == 3


def test_report_without_errors(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The report may lack the key Errors; reads before it do not use the fault up."""
    portal.add_fault("no-errors-key")
    assert publisher.get(f"{people}.json").status_code == 200
    report = publisher.post(f"{people}.json", json=ROWS).json()
    assert "Errors" not in report
    assert report["Rows Created"] == 1


def test_inner_error_shape(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The next error has errorCode in place of code."""
    portal.add_fault("error-code-shape")
    assert publisher.post(f"{people}.json", json=ROWS).status_code == 200
    body = publisher.post(f"{people}.json", json=[{"foo": 1}]).json()
    assert body["errorCode"] == "invalid_request"
    assert "code" not in body
    assert body["message"] == "Illegal field name sent: foo"


@pytest.mark.parametrize(("method", "status"), [("GET", 302), ("POST", 307), ("PUT", 307)])
def test_redirect(portal: PracticePortal, people: str, publisher: requests.Session, method: str, status: int) -> None:
    """The answer names another host and nothing is written."""
    portal.add_fault("redirect")
    response = publisher.request(method, f"{people}.json", allow_redirects=False)
    assert response.status_code == status
    assert response.headers["Location"].startswith("https://other-host.practice.invalid/resource/")
    assert len(portal.rows("peop-leid")) == 2


def test_slow(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """The answer comes late, so that a client with a shorter patience gives up."""
    portal.add_fault("slow", times=2, seconds=0.3)
    started = time.monotonic()
    assert publisher.get(f"{people}.json").status_code == 200
    assert time.monotonic() - started >= 0.3
    with pytest.raises(requests.Timeout):
        publisher.get(f"{people}.json", timeout=0.1)


def test_stale_replica(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """After a write the next reads show the old rows and say so; then the new ones come."""
    portal.add_fault("stale-replica", times=3)
    assert publisher.get(f"{people}.json").headers["X-SODA2-Data-Out-Of-Date"] == "false"
    publisher.put(f"{people}.json", json=ROWS).raise_for_status()
    stale = publisher.get(f"{people}.json")
    assert [row["code"] for row in stale.json()] == ["a", "b"]
    assert stale.headers["X-SODA2-Data-Out-Of-Date"] == "true"
    replication = f"{portal.url}/api/views/peop-leid/replication.json"
    assert publisher.get(replication).json()["read_replication_up_to_date"] is False
    assert publisher.get(f"{people}/a.json").status_code == 200
    assert publisher.get(replication).json()["read_replication_up_to_date"] is True
    fresh = publisher.get(f"{people}.json")
    assert [row["code"] for row in fresh.json()] == ["n"]
    assert fresh.headers["X-SODA2-Data-Out-Of-Date"] == "false"


def test_no_gzip(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """Packed bodies are refused, plain ones taken."""
    portal.add_fault("no-gzip", times=None)
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    packed = publisher.post(f"{people}.csv", data=gzip.compress(b"code\nn\n"), headers=headers)
    assert packed.status_code == 415
    assert publisher.post(f"{people}.json", json=ROWS).status_code == 200


def test_filters_and_times(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """Method and part of the path choose the requests; `times` counts them; clearing ends them."""
    portal.add_fault("500", times=2, method="POST", path="/resource/")
    assert publisher.get(f"{people}.json").status_code == 200
    assert publisher.get(f"{portal.url}/api/users/current.json").status_code == 200
    statuses = [publisher.post(f"{people}.json", json=ROWS).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]
    portal.add_fault("503", times=None)
    assert [publisher.get(f"{people}.json").status_code for _ in range(3)] == [503] * 3
    portal.clear_faults()
    assert publisher.get(f"{people}.json").status_code == 200


def test_pages_are_spared(portal: PracticePortal, people: str) -> None:
    """Faults hit the API by default, never the pages."""
    portal.add_fault("500", times=None)
    assert requests.get(portal.url).status_code == 200
    assert requests.get(f"{people}.json").status_code == 500


@pytest.mark.parametrize("text", ["429", "429:2", "429:*"])
def test_faults_from_the_start(text: str) -> None:
    """A portal can be started with faults as the command line writes them."""
    with PracticePortal(faults=[text]) as portal:
        url = f"{portal.url}/resource/smal-fild.json?$limit=1"
        statuses = [requests.get(url).status_code for _ in range(3)]
    expected = {"429": [429, 200, 200], "429:2": [429, 429, 200], "429:*": [429, 429, 429]}
    assert statuses == expected[text]


@pytest.mark.parametrize("text", ["nosuch", "429:0", "429:x", "429:-1", "429:"])
def test_bad_fault_names(text: str) -> None:
    """A fault that is not known, or a bad count, is a ValueError that names it."""
    with pytest.raises(ValueError, match=text.split(":", maxsplit=1)[0]):
        PracticePortal(faults=[text])


def test_bad_fault_arguments(portal: PracticePortal) -> None:
    """`add_fault` refuses what it does not know."""
    with pytest.raises(ValueError, match="Unknown fault 'nosuch'"):
        portal.add_fault("nosuch")
    with pytest.raises(ValueError, match="at least 1"):
        portal.add_fault("429", times=0)


def test_docs_list_the_faults() -> None:
    """The documentation lists exactly the faults there are, in their own words."""
    docs = (Path(__file__).parents[2] / "docs" / "practice-portal.md").read_text("utf-8")
    section = docs.partition("## Faults on demand")[2].partition("\n## ")[0]
    assert dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, re.MULTILINE)) == FAULTS
