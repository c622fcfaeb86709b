"""The catalogue (protocol §2.5 [R])."""

import pytest
import requests

from tests.practice_portal.datasets_over_http import create, create_published, refusal
from xl_datasync.practice_portal import PracticePortal

PUBLIC = ["airp-orts", "farm-mrkt", "smal-fild", "sync-copy", "type-samp", "weat-copy", "weat-hday", "weat-hlog"]


@pytest.fixture
def url(portal: PracticePortal) -> str:
    """The catalogue's address."""
    return f"{portal.url}/api/catalog/v1"


def ids(session: requests.Session, url: str, **params: object) -> list[str]:
    """The ids found, in order of id; the size must agree."""
    answer = session.get(url, params=params).json()
    assert answer["resultSetSize"] == len(answer["results"])
    return sorted(result["resource"]["id"] for result in answer["results"])


def test_shape(portal: PracticePortal, url: str, public: requests.Session) -> None:
    """One result has resource, classification, metadata, owner and links."""
    answer = public.get(url, params={"ids": "weat-hlog"}).json()
    assert set(answer) == {"results", "resultSetSize", "timings"}
    (result,) = answer["results"]
    resource = result["resource"]
    assert (resource["id"], resource["name"], resource["type"]) == (
        "weat-hlog",
        "Seattle weather, running log",
        "dataset",
    )
    view = portal.view("weat-hlog")
    assert resource["columns_field_name"] == [column["fieldName"] for column in view["columns"]]
    assert resource["columns_name"] == [column["name"] for column in view["columns"]]
    assert resource["columns_datatype"][:2] == ["Calendar date", "Number"]
    assert resource["updatedAt"].endswith("Z")
    assert result["classification"]["domain_tags"] == ["weather", "practice"]
    assert result["classification"]["domain_category"] == "Environment"
    assert result["metadata"]["domain"] == portal.host
    assert result["owner"]["display_name"] == portal.sign_ins[0].display_name
    assert requests.get(result["permalink"]).status_code == 200


def test_public_sees_what_is_public(
    portal: PracticePortal, url: str, public: requests.Session, publisher: requests.Session, viewer: requests.Session
) -> None:
    """Private and unpublished datasets are listed for those who may read them and name the domain."""
    draft = create(portal, publisher)["id"]
    publisher.put(f"{portal.url}/api/views/{draft}/permissions", json={"scope": "public"}).raise_for_status()
    for session, params in ((public, {}), (publisher, {}), (public, {"search_context": portal.host})):
        assert ids(session, url, **params) == PUBLIC
    assert ids(viewer, url, search_context=portal.host) == PUBLIC
    all_ids = sorted([*PUBLIC, "priv-data", draft])
    assert ids(publisher, url, search_context=portal.host) == all_ids
    assert ids(publisher, url, search_context=portal.host.partition(":")[0]) == all_ids
    assert ids(publisher, url, search_context=portal.host, published="false") == [draft]
    assert ids(publisher, url, search_context=portal.host, public="false") == ["priv-data"]
    assert ids(publisher, url, search_context=portal.host, published="true") == sorted([*PUBLIC, "priv-data"])


def test_domains(portal: PracticePortal, url: str, public: requests.Session) -> None:
    """Other domains have nothing here; a search context that is no domain of this portal is a 404."""
    assert ids(public, url, domains=portal.host) == PUBLIC
    assert ids(public, url, domains=f"elsewhere.example,{portal.host}") == PUBLIC
    assert ids(public, url, domains="elsewhere.example") == []
    assert refusal(public.get(url, params={"search_context": "elsewhere.example"})) == (404, "not_found")


def test_filters(portal: PracticePortal, url: str, publisher: requests.Session) -> None:
    """Ids, whole names, words in any text, and kinds choose; all of them must fit."""
    made = create_published(portal, publisher, description="About Köln", tags=["odd"])
    assert ids(publisher, url, ids="airp-orts,weat-hday") == ["airp-orts", "weat-hday"]
    assert ids(publisher, url, ids=["airp-orts", "WEAT-HDAY"]) == ["airp-orts", "weat-hday"]
    assert ids(publisher, url, ids="zzzz-zzzz") == []
    assert ids(publisher, url, names="MADE") == [made]
    assert ids(publisher, url, names="Mad") == []
    for words in ("köln", "odd", "born ABOUT"):
        assert ids(publisher, url, q=words) == [made]
    assert ids(publisher, url, q="köln airports") == []
    assert ids(publisher, url, q="seattle", ids="weat-hday,airp-orts") == ["weat-hday"]


def test_kinds(portal: PracticePortal, url: str, public: requests.Session) -> None:
    """Assets that are no tables have kinds of their own."""
    kinds = {"geo": ("map", "map"), "blobby": ("blob", "file"), "story": ("story", "story"), "href": ("href", "href")}
    for view_type, (display_type, kind) in {**kinds, "tabular": ("chart", "chart")}.items():
        dataset_id = f"kind-{view_type[:4].ljust(4, 'x')}"
        portal.create_dataset(dataset_id, kind, [], view_type=view_type, display_type=display_type)
        assert ids(public, url, only=kind) == [dataset_id]
        view = public.get(f"{portal.url}/api/views/{dataset_id}.json").json()
        assert (view["viewType"], view["displayType"], view["assetType"]) == (view_type, display_type, kind)
    assert ids(public, url, only="dataset") == ids(public, url, only="datasets") == PUBLIC
    assert len(ids(public, url, only="dataset,map")) == len(PUBLIC) + 1


def test_pages(url: str, public: requests.Session) -> None:
    """Limit and offset cut the list without repeating or losing one; the size is that of the whole."""
    found = []
    for offset in (0, 4, 8):
        answer = public.get(url, params={"limit": 4, "offset": offset}).json()
        assert answer["resultSetSize"] == len(PUBLIC)
        found += [result["resource"]["id"] for result in answer["results"]]
    assert sorted(found) == PUBLIC


@pytest.mark.parametrize("params", [{"limit": "x"}, {"offset": "-1"}, {"published": "maybe"}])
def test_bad_parameters(url: str, public: requests.Session, params: dict[str, str]) -> None:
    """A parameter that cannot be is a 400."""
    assert refusal(public.get(url, params=params)) == (400, "invalid_request")


def test_changes_show(portal: PracticePortal, url: str, publisher: requests.Session) -> None:
    """A change of details moves the time of the last change, and shows."""
    made = create_published(portal, publisher)
    body = {"name": "Renamed", "metadata": {"custom_fields": {"Update": {"How often": "daily"}}}}
    before = publisher.get(url, params={"ids": made}).json()["results"][0]["resource"]["updatedAt"]
    publisher.put(f"{portal.url}/api/views/{made}", json=body).raise_for_status()
    (result,) = publisher.get(url, params={"ids": made}).json()["results"]
    assert result["resource"]["name"] == "Renamed"
    assert result["resource"]["updatedAt"] > before
    assert result["classification"]["domain_metadata"] == [{"key": "Update_How-often", "value": "daily"}]
