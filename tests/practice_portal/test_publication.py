"""Working copies: made, published, published late, failed (protocol §5, §3.10)."""

from collections.abc import Callable

import pytest
import requests

from tests.practice_portal.datasets_over_http import ROWS, create, create_published, fields, refusal
from xl_datasync.practice_portal import PracticePortal

WRONG_STAGE = (409, "soda.dataset.incorrect-lifecycle-stage")
NOTE = {"name": "Note", "fieldName": "note", "dataTypeName": "text"}


@pytest.fixture
def draft(portal: PracticePortal, publisher: requests.Session) -> str:
    """The id of a working copy that was never published, with two rows."""
    made = str(create(portal, publisher, metadata={"rowIdentifier": "code"})["id"])
    publisher.put(f"{portal.url}/resource/{made}.json", json=ROWS).raise_for_status()
    return made


@pytest.fixture
def live(portal: PracticePortal, publisher: requests.Session) -> str:
    """The id of a published, public dataset with two rows."""
    return create_published(portal, publisher)


@pytest.fixture
def at(portal: PracticePortal) -> Callable[[str, str], str]:
    """The address of something about a dataset."""
    return lambda dataset_id, rest="": f"{portal.url}/api/views/{dataset_id}{rest}"


def test_first_publication(portal: PracticePortal, draft: str, publisher: requests.Session, at) -> None:
    """What was never published is published under its own id, with its rows; a second time is refused."""
    view = publisher.post(at(draft, "/publication.json")).json()
    assert (view["id"], view["publicationStage"], view["grants"]) == (draft, "published", [])
    assert view["publicationDate"] >= view["createdAt"]
    assert "pendingGrants" not in view
    assert view == publisher.get(at(draft)).json()
    assert portal.rows(draft) == [{"code": "a", "age": "1"}, {"code": "b", "age": "2"}]
    assert refusal(publisher.post(at(draft, "/publication"))) == WRONG_STAGE


def test_copy_with_rows(portal: PracticePortal, live: str, publisher: requests.Session, at) -> None:
    """A copy has another id, the group, columns, identifier and rows of its original, and is changed alone."""
    original = publisher.get(at(live)).json()
    copy = publisher.post(at(live, "/publication.json?method=copy"), json={}).json()
    assert copy["id"] != live
    assert copy["publicationStage"] == "unpublished"
    assert copy["publicationGroup"] == original["publicationGroup"]
    for mine, its in zip(copy["columns"], original["columns"], strict=True):
        assert mine["id"] != its["id"]
        assert mine["tableColumnId"] == its["tableColumnId"]
        same = ("name", "fieldName", "dataTypeName", "format", "width", "description")
        assert {name: mine[name] for name in same} == {name: its[name] for name in same}
    assert copy["rowIdentifierColumnId"] == copy["columns"][0]["id"]
    system = {"$select": ":*,*"}
    rows = [publisher.get(f"{portal.url}/resource/{i}.json", params=system).json() for i in (live, copy["id"])]
    assert rows[0] == rows[1]
    publisher.post(f"{portal.url}/resource/{copy['id']}.json", json=[{"code": "c"}]).raise_for_status()
    publisher.post(at(copy["id"], "/columns"), json=NOTE).raise_for_status()
    assert len(portal.rows(live)) == 2
    assert publisher.get(at(live)).json() == original


def test_copy_without_rows(portal: PracticePortal, live: str, publisher: requests.Session, at) -> None:
    """`copySchema` leaves the rows behind."""
    copy = publisher.post(at(live, "/publication?method=copySchema")).json()
    assert fields(copy) == ["code", "age", "born"]
    assert (portal.rows(copy["id"]), len(portal.rows(live))) == ([], 2)


def test_one_copy_at_a_time(portal: PracticePortal, live: str, publisher: requests.Session, at) -> None:
    """A copy of a copy, or a second copy, is refused; when the first is deleted there can be another."""
    url = at(live, "/publication?method=copy")
    copy = publisher.post(url).json()["id"]
    count = len(portal.dataset_ids())
    assert refusal(publisher.post(url)) == WRONG_STAGE
    assert refusal(publisher.post(at(copy, "/publication?method=copy"))) == WRONG_STAGE
    assert refusal(publisher.post(at(live, "/publication?method=move"))) == (400, "invalid_request")
    assert len(portal.dataset_ids()) == count
    publisher.delete(at(copy)).raise_for_status()
    assert publisher.post(url).status_code == 200


def test_copy_takes_the_place_of_its_original(
    portal: PracticePortal, live: str, publisher: requests.Session, public: requests.Session, at
) -> None:
    """Published, the copy's columns, details and rows are the original's, which keeps id and permission."""
    before = publisher.get(at(live)).json()
    versions = [publisher.get(at(live, "/replication.json")).json()["truth_data_version"]]
    copy = publisher.post(at(live, "/publication?method=copy")).json()["id"]
    publisher.post(at(copy, "/columns"), json={**NOTE, "position": 1}).raise_for_status()
    publisher.delete(at(copy, "/columns/born")).raise_for_status()
    publisher.put(at(copy), json={"name": "New name"}).raise_for_status()
    rows = [{"code": "b", ":deleted": True}, {"code": "c", "note": "n"}]
    publisher.post(f"{portal.url}/resource/{copy}.json", json=rows).raise_for_status()
    assert len(public.get(f"{portal.url}/resource/{live}.json").json()) == 2
    view = publisher.post(at(copy, "/publication.json")).json()
    assert (view["id"], view["name"], view["createdAt"]) == (live, "New name", before["createdAt"])
    assert view["publicationGroup"] == before["publicationGroup"]
    assert fields(view) == ["note", "code", "age"]
    assert public.get(at(live)).json()["columns"] == view["columns"]
    expected = [{"code": "a", "age": "1"}, {"note": "n", "code": "c"}]
    assert public.get(f"{portal.url}/resource/{live}.json").json() == portal.rows(live) == expected
    assert publisher.get(at(copy)).status_code == 404
    assert copy not in portal.dataset_ids()
    versions.append(publisher.get(at(live, "/replication.json")).json()["truth_data_version"])
    assert versions[0] < versions[1]
    report = publisher.post(f"{portal.url}/resource/{live}.json", json=[{"code": "c", "age": 3}]).json()
    assert (report["Rows Updated"], report["Rows Created"]) == (1, 0)
    again = publisher.post(at(live, "/publication?method=copy")).json()
    publisher.post(at(again["id"], "/columns"), json={"name": "More", "dataTypeName": "text"}).raise_for_status()
    assert publisher.post(at(again["id"], "/publication")).json()["id"] == live


def test_new_row_ids_after_publication(portal: PracticePortal, publisher: requests.Session, at) -> None:
    """Rows written to the original meanwhile do not make the ids of later rows collide."""
    url = f"{portal.url}/resource"
    made = create(portal, publisher)["id"]
    publisher.post(at(made, "/publication")).raise_for_status()
    copy = publisher.post(at(made, "/publication?method=copy")).json()["id"]
    publisher.post(f"{url}/{copy}.json", json=ROWS).raise_for_status()
    publisher.post(at(copy, "/publication")).raise_for_status()
    publisher.post(f"{url}/{made}.json", json=ROWS).raise_for_status()
    assert len(portal.rows(made)) == 4


def test_group(live: str, publisher: requests.Session, public: requests.Session, at) -> None:
    """The group lists original and copy by stage, and only what the caller may read."""
    copy = publisher.post(at(live, "/publication?method=copy")).json()["id"]
    group = at(live, ".json?method=getPublicationGroup")

    def ids(session: requests.Session, stage: str = "") -> list[str]:
        return sorted(view["id"] for view in session.get(group + stage).json())

    assert ids(publisher) == sorted([live, copy])
    assert ids(publisher, "&stage=unpublished") == [copy]
    assert ids(publisher, "&stage=published") == [live]
    assert ids(public) == [live]
    assert ids(public, "&stage=unpublished") == []
    assert refusal(publisher.get(f"{group}&stage=nosuch")) == (400, "invalid_request")
    publisher.delete(at(copy)).raise_for_status()
    assert ids(publisher) == [live]


def test_rights_to_publish(draft: str, live: str, viewer: requests.Session, public: requests.Session, at) -> None:
    """Copying and publishing need rights."""
    for url in (at(draft, "/publication.json"), at(live, "/publication?method=copy")):
        assert refusal(public.post(url)) == (403, "authentication_required")
        assert refusal(viewer.post(url)) == (403, "permission_denied")
    assert viewer.get(at(draft)).status_code == 403


def test_unknown_dataset(publisher: requests.Session, at) -> None:
    """What is not there is neither copied nor published."""
    for rest in ("/publication.json", "/publication?method=copy", "/publication?ticket=x"):
        method = "GET" if "ticket" in rest else "POST"
        assert refusal(publisher.request(method, at("zzzz-zzzz", rest))) == (404, "not_found")


@pytest.mark.parametrize("times", [1, 3])
def test_put_off_with_a_ticket(portal: PracticePortal, draft: str, publisher: requests.Session, at, times: int) -> None:
    """The publication is answered with a ticket as often as told; asked by ticket the real answer comes, again too."""
    portal.add_fault("202-ticket", times=times)
    url = at(draft, "/publication.json")
    answers = [publisher.post(url)]
    body = answers[0].json()
    assert body == {"code": "accepted", "error": False, "ticket": body["ticket"], "details": {}}
    assert "Location" not in answers[0].headers
    assert portal.view(draft)["publicationStage"] == "unpublished"
    answers += [publisher.get(url, params={"ticket": body["ticket"]}) for _ in range(times + 1)]
    assert [answer.status_code for answer in answers] == [202] * times + [200, 200]
    assert {answer.json().get("ticket") for answer in answers[:times]} == {body["ticket"]}
    assert answers[-1].json() == answers[-2].json()
    assert (answers[-1].json()["id"], answers[-1].json()["publicationStage"]) == (draft, "published")


@pytest.mark.parametrize("times", [1, 2])
def test_put_off_with_a_location(
    portal: PracticePortal, draft: str, publisher: requests.Session, at, times: int
) -> None:
    """The publication is answered with an address on this portal to ask at, and when."""
    portal.add_fault("202-location", times=times, retry_after=0)
    answers = [publisher.post(at(draft, "/publication"))]
    assert answers[0].content == b""
    assert answers[0].headers["Retry-After"] == "0"
    location = answers[0].headers["Location"]
    assert location.startswith(at(draft, "/publication/"))
    answers += [publisher.get(location) for _ in range(times)]
    assert [answer.status_code for answer in answers] == [202] * times + [200]
    assert answers[-1].json()["publicationStage"] == "published"


def test_retry_after_unless_told(portal: PracticePortal, draft: str, publisher: requests.Session, at) -> None:
    """Without a number of its own the answer asks for one second."""
    portal.add_fault("202-location")
    assert publisher.post(at(draft, "/publication")).headers["Retry-After"] == "1"


def test_put_off_and_asked_anew(portal: PracticePortal, live: str, publisher: requests.Session, at) -> None:
    """A client that repeats its request gets it done once; its old ticket leads to the same dataset."""
    copy = publisher.post(at(live, "/publication?method=copy")).json()["id"]
    portal.add_fault("202-ticket", times=2)
    url = at(copy, "/publication")
    tickets = {publisher.post(url).json()["ticket"] for _ in range(2)}
    assert len(tickets) == 1
    assert publisher.post(url).json()["id"] == live
    assert publisher.get(url, params={"ticket": tickets.pop()}).json()["id"] == live
    assert publisher.post(url).status_code == 404


def test_tickets_are_not_for_everyone(
    portal: PracticePortal, draft: str, publisher: requests.Session, viewer: requests.Session, at
) -> None:
    """A ticket opens nothing to those without rights, and belongs to its dataset."""
    portal.add_fault("202-ticket")
    params = {"ticket": publisher.post(at(draft, "/publication")).json()["ticket"]}
    assert refusal(viewer.get(at(draft, "/publication"), params=params)) == (403, "permission_denied")
    assert refusal(publisher.get(at("smal-fild", "/publication"), params=params)) == (404, "not_found")
    assert portal.view(draft)["publicationStage"] == "unpublished"


def test_failure(portal: PracticePortal, live: str, publisher: requests.Session, at) -> None:
    """A publication that fails is a 500 in JSON, and changes neither the copy nor its original."""
    copy = publisher.post(at(live, "/publication?method=copySchema")).json()["id"]
    portal.add_fault("publish-fails")
    assert refusal(publisher.post(at(copy, "/publication.json"))) == (500, "internal_error")
    assert portal.view(copy)["publicationStage"] == "unpublished"
    assert len(portal.rows(live)) == 2
    assert publisher.post(at(copy, "/publication.json")).status_code == 200
    assert portal.rows(live) == []


def test_failure_after_being_put_off(portal: PracticePortal, draft: str, publisher: requests.Session, at) -> None:
    """The failure comes with the real answer, not with the first 202."""
    portal.add_fault("202-ticket")
    portal.add_fault("publish-fails")
    first = publisher.post(at(draft, "/publication"))
    assert first.status_code == 202
    second = publisher.get(at(draft, "/publication"), params={"ticket": first.json()["ticket"]})
    assert refusal(second) == (500, "internal_error")


def test_geocoding(portal: PracticePortal, draft: str, publisher: requests.Session) -> None:
    """Nothing is pending, unless told so: then what is left counts down."""
    url = f"{portal.url}/api/geocoding/{draft}?method=pending"
    assert publisher.get(url).json() == {"view": 0}
    portal.add_fault("geocoding-pending", times=2)
    assert [publisher.get(url).json()["view"] for _ in range(3)] == [2, 1, 0]
    portal.add_fault("geocoding-pending", times=None)
    assert [publisher.get(url).json()["view"] for _ in range(2)] == [1, 1]


def test_stale_replica_of_a_new_dataset(portal: PracticePortal, publisher: requests.Session) -> None:
    """Rows and counts of a dataset just made lag behind when told so, then catch up."""
    portal.add_fault("stale-replica", times=3)
    made = create(portal, publisher)["id"]
    url = f"{portal.url}/resource/{made}.json"
    assert publisher.get(url).json() == []
    publisher.put(url, json=ROWS).raise_for_status()
    count = {"$select": "count(*) as n"}
    assert publisher.get(url, params=count).json() == [{"n": "0"}]
    assert publisher.get(url).json() == []
    replication = f"{portal.url}/api/views/{made}/replication.json"
    assert publisher.get(replication).json()["read_replication_up_to_date"] is False
    assert publisher.get(replication).json()["read_replication_up_to_date"] is True
    assert publisher.get(url, params=count).json() == [{"n": "2"}]


def test_stale_replica_of_a_copy(portal: PracticePortal, live: str, publisher: requests.Session, at) -> None:
    """After a publication the original still shows its old columns and rows, when told so."""
    copy = publisher.post(at(live, "/publication?method=copySchema")).json()["id"]
    publisher.post(at(copy, "/columns"), json=NOTE).raise_for_status()
    publisher.put(f"{portal.url}/resource/{copy}.json", json=[{"code": "z", "note": "n"}]).raise_for_status()
    portal.add_fault("stale-replica", times=1)
    publisher.post(at(copy, "/publication")).raise_for_status()
    url = f"{portal.url}/resource/{live}"
    stale = publisher.get(f"{url}.csv")
    assert stale.headers["X-SODA2-Data-Out-Of-Date"] == "true"
    assert stale.text.splitlines()[:2] == ['"code","age","born"', '"a","1",']
    assert publisher.get(f"{url}.json").json() == [{"code": "z", "note": "n"}]


def test_stale_replica_before_the_dataset_was_made(portal: PracticePortal, people: str, publisher) -> None:
    """What was made after the replica stopped is not missing from it."""
    portal.add_fault("stale-replica", times=None)
    publisher.post(f"{people}.json", json=[{"code": "n"}]).raise_for_status()
    made = create(portal, publisher)["id"]
    assert publisher.get(f"{portal.url}/resource/{made}.json").json() == []
    assert len(publisher.get(f"{people}.json").json()) == 2
