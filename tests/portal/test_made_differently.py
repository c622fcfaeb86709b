"""What portals may make of a blueprint, and odd answers to making, publishing and deleting: against the odd server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from xl_datasync.core.dataset import Blueprint, Column, Details
from xl_datasync.core.errors import PortalError
from xl_datasync.portal import Portal
from xl_datasync.portal.differences import changes_for, differences
from xl_datasync.portal.views import read_dataset

from .odd_server import OddServer, Reply

Answering = Callable[..., tuple[Portal, OddServer]]
ID = "abcd-1234"
FEE = Column(0, "Fee", "fee", "number", description="In dollars", format={"noCommas": "true"}, width=120)
BLUEPRINT = Blueprint(
    "Permits",
    (Column(0, "Code", "code", "text"), FEE),
    "code",
    Details(
        "Text", "Buildings", ("Open",), "PUBLIC_DOMAIN", "City", "https://x.example", "Permit", {"Who": {"Team": 7}}
    ),
)
VIEW: dict[str, Any] = {
    "id": ID,
    "name": "Permits",
    "publicationStage": "unpublished",
    "description": "Text",
    "category": "Buildings",
    "tags": ["open"],
    "licenseId": "PUBLIC_DOMAIN",
    "attribution": "City",
    "attributionLink": "https://x.example",
    "metadata": {"rowLabel": "Permit", "custom_fields": {"Who": {"Team": "7"}}, "rowIdentifier": 11, "kept": 1},
    "columns": [
        {"id": 11, "name": "Code", "fieldName": "code", "dataTypeName": "text", "position": 1},
        {
            "id": 12,
            "name": "Fee",
            "fieldName": "fee",
            "dataTypeName": "number",
            "position": 2,
            "description": "In dollars",
            "format": {"noCommas": True, "align": "left"},
            "width": 120,
        },
    ],
}
BARE = {
    **VIEW,
    "description": "",
    "category": None,
    "tags": [],
    "licenseId": None,
    "attribution": "",
    "attributionLink": "",
}


def view(**changes: object) -> Reply:
    """The view, with changes."""
    return Reply(body={**VIEW, **changes})


def columns(*changes: dict[str, object]) -> list[dict[str, object]]:
    """The view's columns with changes to each."""
    return [{**shape, **change} for shape, change in zip(VIEW["columns"], changes, strict=True)]


def test_request(answering: Answering) -> None:
    """The whole blueprint goes into one body, with nothing for what it does not say."""
    portal, server = answering(view())
    assert portal.create(BLUEPRINT).differences == ()
    made, read = server.seen
    assert (made.method, made.path, made.headers["Content-Type"]) == (
        "POST",
        "/api/views.json?nbe=true",
        "application/json",
    )
    assert json.loads(made.body) == {
        "name": "Permits",
        "description": "Text",
        "category": "Buildings",
        "tags": ["Open"],
        "licenseId": "PUBLIC_DOMAIN",
        "attribution": "City",
        "attributionLink": "https://x.example",
        "metadata": {"rowIdentifier": "code", "rowLabel": "Permit", "custom_fields": {"Who": {"Team": 7}}},
        "columns": [
            {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
            {
                "name": "Fee",
                "fieldName": "fee",
                "dataTypeName": "number",
                "description": "In dollars",
                "format": {"noCommas": "true"},
                "width": 120,
            },
        ],
    }
    assert (read.method, read.path) == ("GET", f"/api/views/{ID}.json")


def test_exact_fractions(answering: Answering) -> None:
    """Formats and fields that hold fractions as the portal gave them are sent with their digits, and compare equal."""
    shape = {**VIEW["columns"][1], "format": {"a": 1.50}}
    source = read_dataset(
        {**VIEW, "columns": [{**shape, "format": {"a": Decimal("1.50")}}], "metadata": {}}, "https://x.example"
    )
    portal, server = answering(view(columns=[shape], metadata={}))
    assert portal.create(Blueprint("Permits", source.columns)).differences == ()
    assert b'"format":{"a":1.50}' in server.seen[0].body


def test_bare_request(answering: Answering) -> None:
    """A blueprint without details sends none."""
    portal, server = answering(view(columns=[], metadata={}))
    portal.create(Blueprint("Permits", ()))
    assert json.loads(server.seen[0].body) == {"name": "Permits", "columns": []}


def test_mended_once(answering: Answering) -> None:
    """What did not come out as asked is set once: details together with the portal's own metadata, and each column."""
    bare = view(
        **{**BARE, "metadata": {"kept": 1}, "columns": columns({}, {"description": "", "format": {}, "width": 9})}
    )
    portal, server = answering(view(), bare, Reply(), Reply(), view())
    assert portal.create(BLUEPRINT).differences == ()
    _, _, details, column, _ = server.seen
    assert (details.method, details.path) == ("PUT", f"/api/views/{ID}.json")
    body = json.loads(details.body)
    assert body.pop("metadata") == {
        "kept": 1,
        "rowIdentifier": "code",
        "rowLabel": "Permit",
        "custom_fields": {"Who": {"Team": 7}},
    }
    assert body.keys() == {"description", "category", "tags", "licenseId", "attribution", "attributionLink"}
    assert (column.method, column.path) == ("PUT", f"/api/views/{ID}/columns/12")
    assert json.loads(column.body) == {"description": "In dollars", "format": {"noCommas": "true"}, "width": 120}


def test_one_bad_detail_spoils_no_other(answering: Answering) -> None:
    """Details that are refused together are set one by one; what still differs is told, not raised."""
    no = Reply(400, {"error": True, "message": "No such category"})
    before, after = view(category="", description=""), view(category="")
    portal, server = answering(view(), before, no, Reply(), no, after)
    made = portal.create(BLUEPRINT)
    assert made.differences == ("the category could not be set",)
    assert [json.loads(seen.body) for seen in server.seen[3:5]] == [{"description": "Text"}, {"category": "Buildings"}]


@pytest.mark.parametrize("status", [403, 404, 409, 405])
def test_column_that_cannot_be_mended(answering: Answering, status: int) -> None:
    """A refused change of a column is told."""
    odd = view(columns=columns({}, {"width": 9}))
    refusal = Reply(status, {"code": "update.dataset.invalid-state", "message": "no"})
    portal, _ = answering(view(), odd, refusal, odd)
    assert portal.create(BLUEPRINT).differences == ("column “Fee”: its width could not be set",)


@pytest.mark.parametrize("reply", [Reply(401), Reply(502), Reply(cut="after"), Reply(307, headers={"Location": "/x"})])
def test_mending_fails(answering: Answering, reply: Reply) -> None:
    """A failure that is no refusal of the change is raised, with the fact that the dataset was made."""
    told: list[str] = []
    portal, _ = answering(view(), view(description=""), reply)
    with pytest.raises(PortalError) as caught:
        portal.create(BLUEPRINT, told.append)
    assert caught.value.unaffected == f"The dataset “Permits” ({ID}) was made, as a draft without rows."
    assert told == [ID]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"name": "Perm"}, "the title was cut to “Perm”"),
        ({"name": "Perm…"}, "the title was cut to “Perm…”"),
        ({"name": "Other"}, "the title became “Other”"),
        ({"licenseId": None}, "the licence could not be set"),
        ({"tags": ["open", "more"]}, None),
        ({"tags": []}, "the keywords could not be set"),
        ({"metadata": {**VIEW["metadata"], "rowLabel": ""}}, "the word for a row could not be set"),
        ({"metadata": {**VIEW["metadata"], "custom_fields": {"Who": {}}}}, "the portal's own fields could not be set"),
        ({"metadata": {**VIEW["metadata"], "rowIdentifier": 0}}, "the row identifier “Code” could not be set"),
        ({"columns": VIEW["columns"][:1]}, "column “Fee” (fee) is missing"),
        ({"columns": columns({}, {"fieldName": "fee_1"})}, "column “Fee”: its API field name became fee_1"),
        ({"columns": columns({}, {"dataTypeName": "text"})}, "column “Fee”: its type is text, not number"),
        ({"columns": columns({}, {"name": "Cost"})}, "column “Fee”: its title became “Cost”"),
        ({"columns": columns({}, {"format": {}})}, "column “Fee”: its format could not be set"),
        ({"columns": columns({}, {"description": None})}, "column “Fee”: its description could not be set"),
        ({"columns": columns({"position": 3}, {"position": 2})}, "the columns stand in another order"),
    ],
)
def test_differences(changes: dict[str, object], words: str | None) -> None:
    """Every way in which a dataset may not be as asked has its words."""
    dataset = read_dataset({**VIEW, **changes}, "https://x.example")
    assert differences(BLUEPRINT, dataset) == ((words,) if words else ())


def test_identifier_nobody_asked_for() -> None:
    """A row identifier that was not asked for is a difference, and nothing that could be mended."""
    dataset, plain = read_dataset(VIEW, "https://x.example"), replace(BLUEPRINT, row_identifier="")
    assert differences(plain, dataset) == ("the row identifier is “Code”, though none was asked for",)
    assert changes_for(plain, dataset) == []


UNKNOWN = [
    Reply(),
    Reply(body={}),
    Reply(body=[1]),
    Reply(body={"id": 7}),
    Reply(body=b"<html>", headers={"Content-Type": "text/html"}),
    Reply(202),
    Reply(body=VIEW, cut="truncated"),
]


@pytest.mark.parametrize("reply", UNKNOWN)
def test_answer_without_an_id(answering: Answering, reply: Reply) -> None:
    """An answer that does not say what was made leaves it open, and it is not asked for again."""
    portal, server = answering(reply)
    with pytest.raises(PortalError, match="not known whether the dataset “Permits” was made") as caught:
        portal.create(BLUEPRINT)
    assert not caught.value.outcome_known
    assert len(server.seen) == 1


def test_error_in_a_success(answering: Answering) -> None:
    """A refusal in the clothes of a success is a refusal."""
    portal, _ = answering(Reply(body={"error": True, "code": "invalid_request", "message": "No name"}))
    with pytest.raises(PortalError, match="No name") as caught:
        portal.create(BLUEPRINT)
    assert caught.value.unaffected == "No dataset was made."


@pytest.mark.parametrize(
    ("promise", "asked"),
    [
        (Reply(202, {"ticket": "t 1"}), "GET /api/views.json?nbe=true&ticket=t+1"),
        (Reply(202, headers={"Location": "/later?x=1", "Retry-After": "7"}), "GET /later?x=1"),
    ],
)
def test_made_later(answering: Answering, waits: list[float], *, promise: Reply, asked: str) -> None:
    """A promise to make it is followed in both of its forms."""
    portal, server = answering(promise, promise, view())
    assert portal.create(BLUEPRINT).dataset.id == ID
    assert [f"{seen.method} {seen.path}" for seen in server.seen[1:3]] == [asked, asked]
    assert waits == [7.0 if promise.headers else 5.0] * 2


def test_promise_on_another_host(answering: Answering) -> None:
    """A promise that leads elsewhere is not followed: the sign-in would go there."""
    portal, server = answering(Reply(202, headers={"Location": "https://other.example/x"}))
    with pytest.raises(PortalError, match=r"another address, other\.example") as caught:
        portal.create(BLUEPRINT)
    assert not caught.value.outcome_known
    assert len(server.seen) == 1


def test_promise_without_a_place_is_repeated(answering: Answering) -> None:
    """Publishing that is promised without a way to ask is asked for again, which does no harm."""
    portal, server = answering(view(), Reply(404), Reply(202), Reply(), view(publicationStage="published"))
    assert portal.publish_draft(ID).published
    assert [seen.method for seen in server.seen] == ["GET", "GET", "POST", "POST", "GET"]


def test_late_conflict(answering: Answering) -> None:
    """A repeat that finds the dataset published already is a success."""
    conflict = Reply(409, {"code": "soda.dataset.incorrect-lifecycle-stage", "message": "published"})
    portal, _ = answering(view(), Reply(404), Reply(cut="after"), conflict, view(publicationStage="published"))
    assert portal.publish_draft(ID).published


def test_conflict_of_a_draft(answering: Answering) -> None:
    """A conflict after which it is still a draft is told."""
    conflict = Reply(409, {"code": "soda.dataset.incorrect-lifecycle-stage", "message": "no"})
    portal, _ = answering(view(), Reply(404), conflict, view())
    with pytest.raises(PortalError, match="not in a state") as caught:
        portal.publish_draft(ID)
    assert "still a draft" in caught.value.unaffected


def test_taken_but_not_published(answering: Answering) -> None:
    """A portal that takes the request and leaves the draft, for an approval perhaps, has not published."""
    portal, _ = answering(view(), Reply(404), view())
    with pytest.raises(PortalError, match="did not publish “Permits”") as caught:
        portal.publish_draft(ID)
    assert "approval" in caught.value.remedy


def test_published_under_another_id(answering: Answering) -> None:
    """A working copy takes its original's id, which is what is read back."""
    done = view(id="orig-0001", publicationStage="published")
    portal, server = answering(view(), Reply(404), done)
    assert portal.publish_draft(ID).id == "orig-0001"
    assert server.seen[-1].path == "/api/views/orig-0001.json"


def test_cannot_read_what_was_published(answering: Answering) -> None:
    """Where only the look afterwards fails, it is said that it was published."""
    portal, _ = answering(view(), Reply(404), Reply(), Reply(403))
    with pytest.raises(PortalError, match="The portal said that it was published"):
        portal.publish_draft(ID)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        ({"view": 2}, True),
        ({"view": "1"}, True),
        (3, True),
        ({"view": 0}, False),
        ({}, False),
        ([], False),
        ("x", False),
    ],
)
def test_answers_about_geocoding(answering: Answering, waits: list[float], answer: object, *, asked: bool) -> None:
    """A number above none is waited for; any other answer is not."""
    portal, _ = answering(view(), Reply(body=answer), Reply(body={"view": 0}), view(publicationStage="published"))
    if asked:
        assert portal.publish_draft(ID).published
    else:
        portal, _ = answering(view(), Reply(body=answer), Reply(), view(publicationStage="published"))
        assert portal.publish_draft(ID).published
    assert waits == ([10.0] if asked else [])


def test_deletion(answering: Answering) -> None:
    """One request without a body; an empty answer is success."""
    portal, server = answering(Reply())
    portal.remove("ABCD-1234")
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.body) == ("DELETE", f"/api/views/{ID}.json", b"")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(body={"error": True, "message": "In use"}), "In use"),
        (Reply(body=b"<html>hello</html>"), "not an open-data portal's answer"),
        (Reply(301, headers={"Location": "https://other.example/"}), "another address"),
    ],
)
def test_not_deleted(answering: Answering, *, reply: Reply, words: str) -> None:
    """A success that is none, or that comes from elsewhere, is an error, and is not repeated."""
    portal, server = answering(reply)
    with pytest.raises(PortalError, match=words):
        portal.remove(ID)
    assert len(server.seen) == 1


@pytest.mark.parametrize("promise", [Reply(202, {"ticket": "t1"}), Reply(202)])
def test_deleted_later(answering: Answering, promise: Reply) -> None:
    """A promise to delete is followed until the dataset is gone."""
    portal, server = answering(promise, promise, Reply(404))
    portal.remove(ID)
    assert len(server.seen) == 3


def test_gone_on_a_repeat(answering: Answering) -> None:
    """What an earlier attempt deleted, a repeat cannot find: that is success; on a first attempt it is not."""
    portal, _ = answering(Reply(cut="after"), Reply(404))
    portal.remove(ID)
    portal, _ = answering(Reply(404))
    with pytest.raises(PortalError, match="was not found"):
        portal.remove(ID)


def test_stale_catalogue(answering: Answering) -> None:
    """What the catalogue has and the portal has not any more, or under another title or owner, is not found."""
    user = Reply(body={"id": "user-0001"})
    results = [{"resource": {"id": f"aaaa-000{n}", "name": "Permits"}} for n in range(5)]
    odd: list[object] = [None, {}, {"resource": {"id": 7}}]
    other = {"resource": {"id": "bbbb-0001", "name": "Permits of 2019"}}
    mine = view(owner={"id": "user-0001"}, createdAt=1577463488)
    portal, _ = answering(
        user,
        Reply(body={"results": [*odd, other, *results]}),
        Reply(404),
        Reply(403, {"message": "no"}),
        view(owner={"id": "other-001"}),
        view(name="permits", owner={"id": "user-0001"}),
        mine,
    )
    found = portal.find_by_title("Permits")
    assert found is not None
    assert [(one.created_at, one.published) for one in found] == [(1577463488, False)]


def test_title_with_a_comma(answering: Answering) -> None:
    """Where the title alone brings nothing, words are searched for."""
    title = "Permits, old"
    mine = view(name=title, owner={"id": "user-0001"}, createdAt="2020-01-01T00:00:00.000Z")
    result = {"resource": {"id": ID, "name": title}}
    portal, server = answering(
        Reply(body={"id": "user-0001"}), Reply(body={"results": []}), Reply(body={"results": [result]}), mine
    )
    found = portal.find_by_title(title, 1577836800)
    assert found is not None
    assert [one.created_at for one in found] == [1577836800]
    assert [seen.path.split("?")[1].split("&")[0] for seen in server.seen[1:3]] == [
        "names=Permits%2C+old",
        "q=Permits%2C+old",
    ]


def test_catalogue_of_another_kind(answering: Answering) -> None:
    """A catalogue with a list that is none finds nothing."""
    portal, _ = answering(Reply(body={"id": "user-0001", "results": 7}))
    assert portal.find_by_title("Permits") == []


@pytest.mark.parametrize(("answer", "marker"), [([{"max": "2024-01-01"}], "2024-01-01"), ([{}], None), ([], None)])
def test_newest_row(answering: Answering, *, answer: object, marker: str | None) -> None:
    """The one value whatever its name, and None where there is no row."""
    portal, _ = answering(Reply(body=answer))
    assert portal.newest_row(read_dataset(VIEW, "https://x.example")) == marker


@pytest.mark.parametrize("answer", [7, ["x"], {}])
def test_no_newest_row(answering: Answering, answer: object) -> None:
    """An answer of another shape is no portal's."""
    portal, _ = answering(Reply(body=answer))
    with pytest.raises(PortalError, match="not an open-data portal's answer"):
        portal.newest_row(read_dataset(VIEW, "https://x.example"))


@pytest.mark.parametrize(
    ("rights", "may"),
    [
        (["create_datasets", "x"], True),
        (["x"], False),
        ([], False),
        (None, None),
        ("create_datasets", None),
        ([7], None),
    ],
)
def test_may_create(answering: Answering, rights: object, *, may: bool | None) -> None:
    """A list without the right is no, no list is not known."""
    portal, _ = answering(Reply(body={"id": "user-0001", "rights": rights}))
    assert portal.may_create() is may


def test_newest_row_of_a_portal_without_max(answering: Answering) -> None:
    """Where the portal does not understand the first question, another is asked; where neither, it is not known."""
    portal, server = answering(
        Reply(400, {"code": "query.soql.no-such-function"}), Reply(body=[{":created_at": "2024"}])
    )
    dataset = read_dataset(VIEW, "https://x.example")
    assert portal.newest_row(dataset) == "2024"
    assert "DESC" in server.seen[-1].path
    portal, _ = answering(Reply(400, {"code": "query.soql.no-such-column"}))
    assert portal.newest_row(dataset) == ""
