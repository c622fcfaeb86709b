"""The client against the practice portal: the contract, every fault it knows, and every type of value."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.core.errors import PortalError
from xl_datasync.portal import Portal, Timeouts, canonical, row_line, wire_text, wire_texts
from xl_datasync.practice_portal import FAULTS, PracticePortal

from .conftest import sign_in_of
from .portal_contract import PortalContract

ID = "cont-ract"
COLUMNS = [
    {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
    {"name": "Words", "fieldName": "words", "dataTypeName": "text"},
]


@pytest.fixture(scope="module")
def practice(practice: PracticePortal) -> PracticePortal:
    """The practice portal of this file, with two datasets more."""
    practice.create_dataset(ID, "Contract", COLUMNS, row_identifier="code")
    practice.create_dataset("rows-only", "No identifier", COLUMNS)
    return practice


@pytest.fixture
def dataset(portal: Portal) -> Dataset:
    """The contract's dataset."""
    return portal.describe(ID)


class TestPracticePortal(PortalContract):
    """The contract holds of the practice portal."""


def one_row(dataset: Dataset, folder: Path, method: Method = Method.UPSERT) -> Delivery:
    """A delivery of one row."""
    path = folder / "one.csv"
    path.write_text("code,words\r\nfault,here\r\n")
    return Delivery(dataset, method, path, 1, dataset.columns)


def test_viewer_may_not_write(practice: PracticePortal, open_portal: Callable[..., Portal], tmp_path: Path) -> None:
    """Somebody who may only look is told so by name, and whom to ask."""
    portal = open_portal(practice.url, sign_in_of(practice, 1))
    dataset = portal.describe(ID)
    assert "write" not in dataset.rights
    with pytest.raises(PortalError, match=r"signed in as \w+ but may not change “Contract” \(cont-ract\)") as caught:
        portal.publish(one_row(dataset, tmp_path))
    assert "Ask its owner" in caught.value.remedy


def test_password_is_a_sign_in_too(practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """A user name with a password signs in like a key."""
    known = practice.sign_ins[0]
    assert open_portal(practice.url, SignIn(known.user, known.password)).who_am_i().email == known.user


def test_synced_copy(portal: Portal, practice: PracticePortal, tmp_path: Path) -> None:
    """A dataset that is filled from elsewhere is recognised by the portal's refusal."""
    dataset = portal.describe("sync-copy")
    path = tmp_path / "x.csv"
    path.write_text(f"{dataset.columns[0].field_name}\r\n1\r\n")
    with pytest.raises(PortalError, match="keeps in step with another"):
        portal.publish(Delivery(dataset, Method.APPEND, path, 1, dataset.columns[:1]))


def test_private_dataset_without_sign_in(practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """A private dataset asks for a sign-in, which counts as one missing."""
    with pytest.raises(PortalError, match="needs a sign-in") as caught:
        open_portal(practice.url, None).describe("priv-data")
    assert caught.value.exit_code == 4


def test_delivered_datasets(portal: Portal) -> None:
    """The row identifier is found where there is one, and only there."""
    airports = portal.describe("airp-orts")
    assert airports.row_identifier
    assert airports.row_identifier.field_name == "iata_code"
    assert portal.describe("weat-hlog").row_identifier is None


REFUSED = ["401", "403-login", "403-rights", "403-synced", "404", "413", "redirect"]
PASSING = ["408", "409-lock", "429", "429-retry-after", "500", "502", "503", "504", "cut-before", "cut-during"]
PUT_OFF = {"409-lock", "429", "429-retry-after"}
TAKEN_WELL = ["cut-after-commit", "truncated", "no-errors-key", "empty-200"]
ELSEWHERE = ["slow", "stale-replica", "no-gzip", "error-code-shape"]
WITH_DATASETS = ["202-ticket", "202-location", "publish-fails", "geocoding-pending"]


def test_every_fault_is_tried() -> None:
    """No fault of the practice portal is left out here, or where datasets are made."""
    assert set(FAULTS) == {*REFUSED, *PASSING, *TAKEN_WELL, *ELSEWHERE, *WITH_DATASETS}


@pytest.mark.parametrize("fault", REFUSED)
def test_refusals(portal: Portal, dataset: Dataset, practice: PracticePortal, tmp_path: Path, fault: str) -> None:
    """A lasting refusal is not repeated, changes nothing and says so."""
    before, asked = practice.rows(ID), len(practice.exchanges)
    practice.add_fault(fault, times=None, path="/resource/")
    with pytest.raises(PortalError) as caught:
        portal.publish(one_row(dataset, tmp_path))
    assert len(practice.exchanges) == asked + 1
    assert caught.value.unaffected == "No row was changed."
    assert caught.value.exit_code == (4 if fault in ("401", "403-login") else 1)
    assert practice.rows(ID) == before
    assert "<" not in caught.value.message


@pytest.mark.parametrize("fault", [*PASSING, *TAKEN_WELL])
@pytest.mark.parametrize("method", [Method.UPSERT, Method.REPLACE])
def test_passing_troubles(
    portal: Portal, dataset: Dataset, practice: PracticePortal, tmp_path: Path, *, fault: str, method: Method
) -> None:
    """What passes is got over: the row is there once."""
    practice.add_fault(fault, times=2, path="/resource/")
    receipt = portal.publish(one_row(dataset, tmp_path, method))
    assert receipt.sent == 1
    assert [row for row in practice.rows(ID) if row["code"] == "fault"] == [{"code": "fault", "words": "here"}]


@pytest.mark.parametrize("fault", sorted(PUT_OFF))
def test_append_put_off(portal: Portal, practice: PracticePortal, tmp_path: Path, fault: str) -> None:
    """Rows that could be doubled are sent again where the portal is known not to have taken them."""
    before = len(practice.rows("rows-only"))
    practice.add_fault(fault, times=1, path="/resource/")
    portal.publish(one_row(portal.describe("rows-only"), tmp_path, Method.APPEND))
    assert len(practice.rows("rows-only")) == before + 1


@pytest.mark.parametrize("fault", [*sorted({*PASSING} - PUT_OFF), "cut-after-commit", "truncated"])
def test_append_lost(portal: Portal, practice: PracticePortal, tmp_path: Path, fault: str) -> None:
    """Rows that could be doubled never are; where it is not known whether they arrived, that is what is said."""
    before = len(practice.rows("rows-only"))
    practice.add_fault(fault, times=1, path="/resource/")
    with pytest.raises(PortalError, match="not known whether the rows were added") as caught:
        portal.publish(one_row(portal.describe("rows-only"), tmp_path, Method.APPEND))
    assert not caught.value.outcome_known
    added = len(practice.rows("rows-only")) - before
    assert added == (1 if fault in ("cut-after-commit", "truncated") else 0)


def test_retry_after(
    portal: Portal, dataset: Dataset, practice: PracticePortal, tmp_path: Path, waits: list[float]
) -> None:
    """The portal's own waiting time is kept to."""
    practice.add_fault("429-retry-after", times=2, path="/resource/", retry_after=11)
    portal.publish(one_row(dataset, tmp_path))
    assert waits == [11, 11]


def test_inner_error_shape(portal: Portal, dataset: Dataset, practice: PracticePortal, tmp_path: Path) -> None:
    """The shape of errors from within the portal is read as well."""
    practice.add_fault("error-code-shape", times=1)
    path = tmp_path / "x.csv"
    path.write_text("code,nothing\r\na,b\r\n")
    with pytest.raises(PortalError, match="nothing") as caught:
        portal.publish(Delivery(dataset, Method.UPSERT, path, 1, dataset.columns))
    assert caught.value.code


def test_slow_portal(practice: PracticePortal, open_portal: Callable[..., Portal]) -> None:
    """A portal slower than the read timeout is asked again."""
    waits: list[float] = []
    practice.add_fault("slow", times=1, seconds=0.2)
    portal = open_portal(practice.url, sign_in_of(practice, 0), timeouts=Timeouts(read=0.1, sleep=waits.append))
    assert portal.count(ID) >= 0
    assert len(waits) == 1


def test_stale_replica(portal: Portal, dataset: Dataset, practice: PracticePortal, tmp_path: Path) -> None:
    """After a write, waiting for the readers' copy makes a read see what was written."""
    practice.add_fault("stale-replica", times=3)
    portal.publish(one_row(dataset, tmp_path))
    assert portal.await_replication(ID, 5.0)
    assert portal.known_identifiers(dataset, ["fault"]) == {"fault"}


@pytest.mark.parametrize("refuses", [False, True])
def test_compression(
    practice: PracticePortal, open_portal: Callable[..., Portal], tmp_path: Path, *, refuses: bool
) -> None:
    """Compressed or, where that is refused, plain: the rows arrive."""
    portal = open_portal(practice.url, sign_in_of(practice, 0), compress=True)
    if refuses:
        practice.add_fault("no-gzip", times=None)
    rows = [[f"{number:06}", "x" * 20] for number in range(5000)]
    path = tmp_path / "many.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["code", "words"], *rows])
    dataset = portal.describe(ID)
    portal.publish(Delivery(dataset, Method.REPLACE, path, 5000, dataset.columns))
    practice.clear_faults()
    assert portal.count(ID) == 5000
    assert (practice.exchanges[-2].request_bytes < path.stat().st_size / 2) is not refuses


@pytest.mark.parametrize("keep_blanks", [False, True])
def test_every_type(portal: Portal, practice: PracticePortal, tmp_path: Path, *, keep_blanks: bool) -> None:
    """What is read of a dataset with every type, sent as CSV or as JSON, reads the same again."""
    dataset = portal.describe("type-samp")
    assert dataset.row_identifier
    before = practice.rows("type-samp")
    columns = dataset.writable_columns
    path = tmp_path / "types.csv"
    rows = [[wire_text(column, row.get(column.field_name)) for column in columns] for row in portal.read_rows(dataset)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[column.field_name for column in columns], *rows])
    receipt = portal.publish(Delivery(dataset, Method.UPSERT, path, len(rows), columns, keep_blanks))
    assert receipt.updated == len(rows) > 0
    assert practice.rows("type-samp") == before
    sent = [[canonical(column, text) for column, text in zip(columns, row, strict=True)] for row in rows]
    assert [wire_texts(columns, row) for row in portal.read_rows(dataset)] == sent


@pytest.mark.parametrize("method", [Method.REPLACE, Method.UPSERT])
def test_every_type_as_json_lines(portal: Portal, practice: PracticePortal, tmp_path: Path, method: Method) -> None:
    """What is read of a dataset with every type, written as JSON lines and sent, is the same again."""
    dataset = portal.describe("type-samp")
    columns = dataset.writable_columns
    names = [column.field_name for column in columns]
    before = list(portal.read_rows(dataset, names))
    path = tmp_path / "types.jsonl"
    path.write_bytes(b"".join(map(row_line, before)))
    portal.publish(Delivery(dataset, method, path, len(before), columns, json_lines=True))
    assert list(portal.read_rows(dataset, names)) == before


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30), min_size=1, max_size=20)
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text(portal: Portal, practice: PracticePortal, tmp_path: Path, texts: list[str]) -> None:
    """Text of any kind is there after sending as the portal keeps it: in NFC, and an empty one as none."""
    dataset = portal.describe(ID)
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["code", "words"], *([f"{number:03}", text] for number, text in enumerate(texts))])
    portal.publish(Delivery(dataset, Method.REPLACE, path, len(texts), dataset.columns))
    words = dataset.columns[1]
    back = [wire_text(words, row.get("words")) for row in portal.read_rows(dataset, ["words"])]
    assert back == [unicodedata.normalize("NFC", text) for text in texts]
