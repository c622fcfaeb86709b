"""Searching the catalogue by words, and looking at a dataset to choose it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.portal import Portal
from xl_datasync.practice_portal import PracticePortal

from .conftest import sign_in_of
from .odd_server import OddServer, Reply

Answering = Callable[..., tuple[Portal, OddServer]]


def test_words_find_datasets(portal: Portal) -> None:
    """Each is listed with name, kind, owner, day of change and who sees it."""
    found = portal.search("seattle weather")
    assert {listed.id for listed in found.listed} == {"weat-hday", "weat-copy", "weat-hlog"}
    assert found.total == 3
    first = found.listed[0]
    assert (first.kind, first.owner, first.published, first.public) == ("dataset", "Pat Practice", True, True)
    assert first.name.startswith("Seattle weather")
    assert first.updated_at
    assert portal.search("xylophone").listed == ()


def test_private_ones_for_who_is_signed_in(
    portal: Portal, practice: PracticePortal, open_portal: Callable[..., Portal]
) -> None:
    """The publisher finds what is private; the viewer and the public do not."""
    assert [listed.public for listed in portal.search("private").listed] == [False]
    for sign_in in (sign_in_of(practice, 1), None):
        assert not open_portal(practice.url, sign_in).search("private").listed


def test_not_all_that_fit_are_listed(portal: Portal) -> None:
    """The best come first, as many as asked for, with the number of all."""
    found = portal.search("", most=2)
    assert (len(found.listed), found.total > 2) == (2, True)


def test_a_look(portal: Portal, practice: PracticePortal) -> None:
    """A dataset with its number of rows: counted, or as the portal keeps it."""
    counted, kept = portal.look("smal-fild"), portal.look("smal-fild", counted=False)
    assert counted.rows == kept.rows == len(practice.rows("smal-fild"))
    assert counted.dataset.row_identifier
    with pytest.raises(PortalError):
        portal.look("zzzz-zzzz")
    with pytest.raises(ConfigurationError):
        portal.look("no id")


VIEW = {
    "id": "abcd-1234",
    "name": "Permits",
    "columns": [{"id": 1, "fieldName": "a", "name": "A", "dataTypeName": "text"}],
}


def test_rows_that_cannot_be_counted(answering: Answering) -> None:
    """A dataset whose rows the portal does not count is looked at all the same."""
    refusal = Reply(400, {"error": True, "message": "no"}, {"Content-Type": "application/json"})
    portal, _ = answering(Reply(body=VIEW), refusal)
    assert portal.look("abcd-1234").rows is None


@pytest.mark.parametrize(
    "results",
    [
        None,
        {},
        [],
        [None],
        [{"resource": None}],
        [{"resource": {"id": "no id"}}],
        [{"resource": {"id": 7}, "owner": []}],
    ],
)
def test_odd_catalogues(answering: Answering, results: object) -> None:
    """What cannot be read is left out; nothing of it is an error."""
    portal, _ = answering(Reply(body={"results": results}))
    assert portal.search("permits").listed == ()


def test_a_catalogue_that_says_little(answering: Answering) -> None:
    """Only the ID is needed; what is not told is None or blank."""
    portal, server = answering(Reply(body={"results": [{"resource": {"id": "abcd-1234", "updatedAt": "someday"}}]}))
    (listed,) = portal.search("permits & fees").listed
    assert (listed.name, listed.owner, listed.updated_at, listed.public) == ("abcd-1234", "", None, None)
    assert "q=permits+%26+fees" in server.seen[0].path
