"""Datasets made, mended, published, deleted and looked for: over HTTP against the practice portal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import Blueprint, Column, Details
from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.core.errors import PortalError
from xl_datasync.portal import Portal, Timeouts
from xl_datasync.practice_portal import PracticePortal

from .conftest import sign_in_of

Told = list[str]
DETAILS = Details(
    description="Every permit",
    category="Buildings",
    tags=("permits", "open"),
    license_id="PUBLIC_DOMAIN",
    attribution="City of X",
    attribution_link="https://x.example",
    row_label="Permit",
    custom_fields={"Who": {"Team": "Data"}},
)
COLUMNS = (
    Column(0, "Code", "code", "text", description="The code", width=200),
    Column(0, "Fee", "fee", "number", format={"precisionStyle": "currency", "noCommas": "true"}),
    Column(0, "Since", "since", "calendar_date"),
)
BLUEPRINT = Blueprint("Permits “2024”", COLUMNS, "code", DETAILS)


@pytest.fixture
def draft(portal: Portal) -> str:
    """A new draft."""
    return portal.create(BLUEPRINT).dataset.id


def test_as_asked(portal: Portal) -> None:
    """One request makes the dataset with everything it was to have, as a draft; its id is told at once."""
    told: Told = []
    made = portal.create(BLUEPRINT, told.append)
    assert made.differences == ()
    assert told == [made.dataset.id]
    dataset = made.dataset
    assert (dataset.name, dataset.published) == (BLUEPRINT.name, False)
    assert dataset.details == DETAILS
    assert dataset.row_identifier
    assert dataset.row_identifier.field_name == "code"
    assert [(c.name, c.type, c.description) for c in dataset.columns] == [
        (c.name, c.type, c.description) for c in COLUMNS
    ]
    assert dataset.columns[0].width == 200
    assert dataset.columns[1].format == COLUMNS[1].format


def test_least(portal: Portal) -> None:
    """A dataset of one column, without identifier and details, is as asked too."""
    made = portal.create(Blueprint("Least", COLUMNS[:1]))
    assert made.differences == ()
    assert made.dataset.row_identifier is None


def test_copy_of_every_type(portal: Portal) -> None:
    """A dataset with every type is made again from its own description."""
    sample = portal.describe("type-samp")
    identifier = sample.row_identifier.field_name if sample.row_identifier else ""
    made = portal.create(Blueprint("Again", sample.writable_columns, identifier, sample.details))
    assert made.differences == ()
    assert [column.type for column in made.dataset.columns] == [column.type for column in sample.writable_columns]


def test_may_create(practice: PracticePortal, portal: Portal, open_portal: Callable[..., Portal]) -> None:
    """Who may make datasets knows it before trying; a viewer, of whom the portal says nothing, may be unknown."""
    assert portal.may_create() is True
    assert not open_portal(practice.url, sign_in_of(practice, 1)).may_create()


def test_viewer_may_not_create(practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """Somebody without the right is told so by name, and whom to ask; nothing was made."""
    viewer = open_portal(practice.url, sign_in_of(practice, 1))
    with pytest.raises(
        PortalError, match=rf"signed in as \w+ but may not create datasets on {practice.host}"
    ) as caught:
        viewer.create(BLUEPRINT)
    assert caught.value.unaffected == "No dataset was made."
    assert "right to create datasets" in caught.value.remedy


def test_nobody_may_create(practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """Without a sign-in one is asked for."""
    with pytest.raises(PortalError, match=f"Making a dataset on {practice.host} needs a sign-in") as caught:
        open_portal(practice.url, None).create(BLUEPRINT)
    assert caught.value.exit_code == 4


def test_refused(portal: Portal) -> None:
    """What the portal refuses is shown in its words, and no dataset was made."""
    with pytest.raises(PortalError, match="refused to make the dataset “X”") as caught:
        portal.create(Blueprint("X", (Column(0, "A", "a", "no_such_type"),)))
    assert "no_such_type" in caught.value.what
    assert (caught.value.unaffected, caught.value.outcome_known) == ("No dataset was made.", True)


CREATE = {"method": "POST", "path": "/api/views"}
REFUSALS = ["401", "403-login", "403-rights", "404", "409-lock", "413", "redirect"]
LOST = ["408", "500", "502", "503", "504", "cut-before", "cut-during", "cut-after-commit", "truncated", "empty-200"]


@pytest.mark.parametrize("fault", REFUSALS)
def test_create_refused(portal: Portal, practice: PracticePortal, fault: str) -> None:
    """A refusal is not repeated and says that no dataset was made."""
    before, told = len(practice.exchanges), Told()
    practice.add_fault(fault, times=None, **CREATE)
    with pytest.raises(PortalError) as caught:
        portal.create(BLUEPRINT, told.append)
    assert len(practice.exchanges) == before + 1
    assert (caught.value.unaffected, caught.value.outcome_known, told) == ("No dataset was made.", True, [])
    assert "row" not in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("fault", LOST)
def test_create_lost(portal: Portal, practice: PracticePortal, fault: str) -> None:
    """Where nobody knows whether it was made, that is said, it is not asked for again, and it can be looked for."""
    title = f"Lost {fault}"
    practice.add_fault(fault, times=None, **CREATE)
    with pytest.raises(PortalError) as caught:
        portal.create(replace(BLUEPRINT, name=title))
    assert caught.value.unaffected == f"It is not known whether the dataset “{title}” was made."
    assert "among your assets" in caught.value.remedy
    assert (caught.value.outcome_known, caught.value.temporary) == (False, False)
    practice.clear_faults()
    found = portal.find_by_title(title)
    assert found is not None
    assert len(found) == (1 if fault in ("cut-after-commit", "truncated", "empty-200") else 0)


@pytest.mark.parametrize("fault", ["429", "429-retry-after"])
def test_create_put_off(portal: Portal, practice: PracticePortal, fault: str) -> None:
    """A portal that wants a pause before it does anything gets it."""
    practice.add_fault(fault, times=1, **CREATE)
    assert portal.create(replace(BLUEPRINT, name=f"Put off {fault}")).dataset.id


def test_slow_create(practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """An answer that comes too late leaves it open whether the dataset was made."""
    practice.clear_faults()
    practice.add_fault("slow", seconds=0.5, **CREATE)
    portal = open_portal(practice.url, sign_in_of(practice, 0), timeouts=Timeouts(change=0.1))
    with pytest.raises(PortalError, match="did not answer in time") as caught:
        portal.create(BLUEPRINT)
    assert not caught.value.outcome_known


@pytest.mark.parametrize("fault", ["502", "cut-before", "truncated", "401"])
def test_failure_after_making(portal: Portal, practice: PracticePortal, fault: str) -> None:
    """A failure after the dataset was made says that it was, and its id had been told before."""
    told = Told()

    def note(dataset_id: str) -> None:
        told.append(dataset_id)
        practice.add_fault(fault, times=None, path="/api/views/")

    with pytest.raises(PortalError) as caught:
        portal.create(BLUEPRINT, note)
    assert caught.value.unaffected == f"The dataset “{BLUEPRINT.name}” ({told[0]}) was made, as a draft without rows."
    assert told


def test_find_by_title(portal: Portal, practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """Own datasets of exactly that title are found, drafts and published, and no others."""
    title = "Find, me & me"
    first = portal.create(replace(BLUEPRINT, name=title)).dataset.id
    second = portal.create(replace(BLUEPRINT, name=title)).dataset.id
    portal.create(replace(BLUEPRINT, name=f"{title} too"))
    portal.publish_draft(second)
    found = portal.find_by_title(title)
    assert found is not None
    assert sorted((one.id, one.published) for one in found) == sorted([(first, False), (second, True)])
    made = found[0].created_at
    assert made
    assert len(portal.find_by_title(title, made - 5) or ()) == 2
    assert portal.find_by_title(title, made + 3600) == []
    assert open_portal(practice.url, sign_in_of(practice, 1)).find_by_title(title) == []


@pytest.mark.parametrize("fault", ["404", "403-rights", "500", "cut-before", "truncated", "empty-200"])
def test_no_catalogue(portal: Portal, practice: PracticePortal, fault: str) -> None:
    """A portal without a working catalogue cannot say; that is no error."""
    practice.add_fault(fault, times=None, path="/api/catalog")
    assert portal.find_by_title("Permits") is None


def test_publish(portal: Portal, draft: str) -> None:
    """A draft is published under its id; doing it again changes nothing."""
    dataset = portal.publish_draft(draft)
    assert (dataset.id, dataset.published) == (draft, True)
    assert portal.publish_draft(draft).published


PUBLISH = {"method": "POST", "path": "/publication"}


@pytest.mark.parametrize(
    "fault",
    ["202-ticket", "202-location", "409-lock", "429", "408", "500", "502", "503", "504", "cut-before", "cut-during",
     "cut-after-commit", "truncated", "empty-200"],
)  # fmt: skip
def test_publish_in_spite_of(portal: Portal, practice: PracticePortal, draft: str, fault: str) -> None:
    """Passing troubles, promises and lost answers end in a published dataset."""
    practice.add_fault(fault, times=2, path="/publication")
    assert portal.publish_draft(draft).published


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", "did not accept the sign-in"),
        ("403-login", "did not accept the sign-in"),
        ("403-rights", "may not publish"),
        ("404", "did not find"),
        ("redirect", "points to another address"),
        ("publish-fails", "fault of its own"),
        ("409-lock", "is changing"),
        ("500", "fault of its own"),
        ("cut-before", "connection to the portal broke"),
    ],
)
def test_not_published(portal: Portal, practice: PracticePortal, draft: str, *, fault: str, words: str) -> None:
    """Where it stays a draft, that is said and known."""
    practice.add_fault(fault, times=None, **PUBLISH)
    with pytest.raises(PortalError, match=words) as caught:
        portal.publish_draft(draft)
    draft_still = "It is still a draft that only its editors see; its rows are not affected."
    assert caught.value.unaffected == ("It was not published." if fault == "404" else draft_still)
    assert caught.value.outcome_known
    assert caught.value.remedy
    assert not portal.describe(draft).published


@pytest.mark.parametrize("fault", ["202-ticket", "202-location"])
def test_promise_never_kept(
    practice: PracticePortal, draft: str, open_portal: Callable[..., Portal], fault: str
) -> None:
    """A promise that is not kept in time leaves the draft a draft, which is looked at and said."""
    waits: list[float] = []
    limits = Timeouts(publication=20, sleep=waits.append)
    portal = open_portal(practice.url, sign_in_of(practice, 0), timeouts=limits)
    practice.add_fault(fault, times=None, path="/publication")
    with pytest.raises(PortalError, match="has not finished in time") as caught:
        portal.publish_draft(draft)
    assert "still a draft" in caught.value.unaffected
    assert sum(waits) <= 20


def test_promise_broken(portal: Portal, practice: PracticePortal, draft: str) -> None:
    """Where asking about a promise fails for good, the dataset itself is asked."""
    practice.add_fault("202-ticket", times=1, path="/publication")
    practice.add_fault("404", times=None, method="GET", path="/publication")
    with pytest.raises(PortalError, match="was not found") as caught:
        portal.publish_draft(draft)
    assert "still a draft" in caught.value.unaffected


def test_lost_and_cannot_look(portal: Portal, practice: PracticePortal, draft: str) -> None:
    """Where the dataset cannot be looked at either, it is said that nobody knows."""
    practice.add_fault("cut-after-commit", times=1, **PUBLISH)
    practice.add_fault("502", times=None, **PUBLISH)
    portal.describe(draft)

    def cut(_seconds: float) -> None:
        practice.add_fault("502", times=None, path=f"/api/views/{draft}.json")

    with (
        Portal(practice.url, sign_in_of(practice, 0), Timeouts(sleep=cut)) as other,
        pytest.raises(PortalError) as caught,
    ):
        other.publish_draft(draft)
    assert "It is not known whether" in caught.value.unaffected
    assert not caught.value.outcome_known


def test_geocoding(practice: PracticePortal, draft: str, portal: Portal, waits: list[float]) -> None:
    """Addresses that are still looked up are waited for."""
    practice.add_fault("geocoding-pending", times=3)
    assert portal.publish_draft(draft).published
    assert waits == [10.0] * 3


def test_endless_geocoding(practice: PracticePortal, draft: str, portal: Portal, waits: list[float]) -> None:
    """But not for ever: then it is said that it was not published."""
    practice.add_fault("geocoding-pending", times=None)
    with pytest.raises(PortalError, match="still looking up addresses") as caught:
        portal.publish_draft(draft)
    assert caught.value.temporary
    assert sum(waits) == 1800


@pytest.mark.parametrize("fault", ["404", "403-rights", "500", "empty-200", "truncated"])
def test_no_geocoding(practice: PracticePortal, draft: str, portal: Portal, fault: str) -> None:
    """A portal that cannot say whether addresses are looked up is not asked for long."""
    practice.add_fault(fault, times=None, path="/api/geocoding")
    assert portal.publish_draft(draft).published


DELETE = {"method": "DELETE", "path": "/api/views"}


def test_remove(portal: Portal, draft: str) -> None:
    """A deleted dataset is not found any more, and deleting it later is an error that says so."""
    portal.remove(draft)
    with pytest.raises(PortalError, match="was not found"):
        portal.describe(draft)
    with pytest.raises(PortalError, match=f"“Permits” \\({draft}\\) was not found") as caught:
        portal.remove(draft, "Permits")
    assert caught.value.outcome_known


@pytest.mark.parametrize(
    "fault",
    ["408", "409-lock", "429", "500", "502", "503", "504", "cut-before", "cut-after-commit", "truncated", "empty-200"],
)
def test_remove_in_spite_of(portal: Portal, practice: PracticePortal, draft: str, fault: str) -> None:
    """Passing troubles and lost answers end with the dataset gone."""
    practice.add_fault(fault, times=1, **DELETE)
    portal.remove(draft)
    with pytest.raises(PortalError, match="was not found"):
        portal.describe(draft)


@pytest.mark.parametrize("fault", ["401", "403-login", "403-rights", "redirect"])
def test_not_removed(portal: Portal, practice: PracticePortal, draft: str, fault: str) -> None:
    """A refusal leaves the dataset and says so."""
    practice.add_fault(fault, times=None, **DELETE)
    with pytest.raises(PortalError) as caught:
        portal.remove(draft)
    assert caught.value.unaffected == "It was not deleted."
    assert portal.describe(draft)


def test_removal_in_doubt(portal: Portal, practice: PracticePortal, draft: str) -> None:
    """Where nobody knows, that is said; deleting again does no harm."""
    practice.add_fault("cut-before", times=None, **DELETE)
    with pytest.raises(PortalError, match="not known whether dataset") as caught:
        portal.remove(draft)
    assert "does no harm" in caught.value.remedy


def delivery_of(portal: Portal, dataset_id: str, folder: Path, codes: list[str], method: Method) -> Delivery:
    """Rows of one column."""
    path = folder / "rows.csv"
    path.write_text("\r\n".join(["code", *codes, ""]))
    dataset = portal.describe(dataset_id)
    return Delivery(dataset, method, path, len(codes), dataset.columns[:1])


def test_state_tells_of_a_change(portal: Portal, draft: str, tmp_path: Path) -> None:
    """A change of rows changes the state; a look does not."""
    before = portal.state(draft)
    assert before.same_as(portal.state(draft))
    assert before.count == 0
    portal.publish(delivery_of(portal, draft, tmp_path, ["a"], Method.REPLACE))
    after = portal.state(draft)
    assert not before.same_as(after)
    assert after.count == 1
    portal.publish(delivery_of(portal, draft, tmp_path, ["b"], Method.REPLACE))
    assert portal.state(draft).version != after.version


@pytest.mark.parametrize(("path", "gone"), [("replication", "version"), ("/resource/", "count")])
def test_state_in_part(portal: Portal, practice: PracticePortal, draft: str, *, path: str, gone: str) -> None:
    """What the portal does not give is None, and is not compared."""
    before = portal.state(draft)
    practice.add_fault("404", times=None, path=path)
    state = portal.state(draft)
    assert getattr(state, gone) is None
    assert state.same_as(before)


def test_state_of_nothing(portal: Portal) -> None:
    """A dataset that is not there has no state."""
    with pytest.raises(PortalError, match="was not found"):
        portal.state("zzzz-0000")


def test_rows_added_since(portal: Portal, draft: str, tmp_path: Path) -> None:
    """The newest row's time marks what was added afterwards."""
    dataset = portal.describe(draft)
    assert portal.newest_row(dataset) is None
    portal.publish(delivery_of(portal, draft, tmp_path, ["a", "b"], Method.REPLACE))
    mark = portal.newest_row(dataset)
    assert mark
    assert list(portal.read_rows(dataset, where=f":created_at > '{mark}'")) == []
    portal.publish(delivery_of(portal, draft, tmp_path, ["c"], Method.UPSERT))
    assert list(portal.read_rows(dataset, ["code"], where=f":created_at > '{mark}'")) == [{"code": "c"}]
    assert (portal.newest_row(dataset) or "") > mark


def test_secret_stays_secret(portal: Portal, practice: PracticePortal, caplog: pytest.LogCaptureFixture) -> None:
    """Neither an error nor the log of a failed creation holds the sign-in."""
    secret = sign_in_of(practice, 0).secret
    practice.add_fault("cut-after-commit", times=None, **CREATE)
    with caplog.at_level("DEBUG"), pytest.raises(PortalError) as caught:
        portal.create(BLUEPRINT)
    assert secret not in caught.value.message
    assert secret not in caplog.text
    assert isinstance(sign_in_of(practice, 0), SignIn)
