"""One practice portal a module, brought back to its delivered state before each test; real HTTP only."""

from collections.abc import Iterator

import pytest
import requests

from xl_datasync.practice_portal import PracticePortal


@pytest.fixture(scope="module")
def running_portal() -> Iterator[PracticePortal]:
    """A portal that serves for all tests of a module."""
    with PracticePortal() as portal:
        yield portal


@pytest.fixture
def portal(running_portal: PracticePortal) -> PracticePortal:
    """The portal as delivered, without faults."""
    running_portal.reset()
    return running_portal


@pytest.fixture
def publisher(portal: PracticePortal) -> Iterator[requests.Session]:
    """A session signed in as the publisher."""
    with requests.Session() as session:
        session.auth = (portal.sign_ins[0].user, portal.sign_ins[0].password)
        yield session


@pytest.fixture
def viewer(portal: PracticePortal) -> Iterator[requests.Session]:
    """A session signed in as the viewer."""
    with requests.Session() as session:
        session.auth = (portal.sign_ins[1].user, portal.sign_ins[1].password)
        yield session


@pytest.fixture
def public() -> Iterator[requests.Session]:
    """A session that is not signed in."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def people(portal: PracticePortal) -> str:
    """The address of a small dataset with a row identifier: code (text), name (text), age (number)."""
    portal.create_dataset(
        "peop-leid",
        "People",
        [
            {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
            {"name": "Full Name", "fieldName": "name", "dataTypeName": "text"},
            {"name": "Age", "fieldName": "age", "dataTypeName": "number"},
        ],
        row_identifier="code",
        rows=[{"code": "a", "name": "Ada", "age": 36}, {"code": "b", "name": "Bob", "age": 41}],
    )
    return f"{portal.url}/resource/peop-leid"


@pytest.fixture
def diary(portal: PracticePortal) -> str:
    """The address of a small dataset without a row identifier: day (calendar_date), note (text)."""
    portal.create_dataset(
        "diar-yoid",
        "Diary",
        [
            {"name": "Day", "fieldName": "day", "dataTypeName": "calendar_date"},
            {"name": "Note", "fieldName": "note", "dataTypeName": "text"},
        ],
        rows=[{"day": "2024-01-01", "note": "first"}, {"day": "2024-01-02", "note": "second"}],
    )
    return f"{portal.url}/resource/diar-yoid"
