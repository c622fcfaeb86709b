"""What the windows that ask portals decide and say, without a window."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.dialogs import samples
from xl_datasync.core.connection import Connection, SignInType
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import PortalError
from xl_datasync.dialogs.catalog_model import (
    Row,
    Wanted,
    found_words,
    look_fault,
    method_reasons,
    rows_of,
    summary,
    trouble_words,
    wanted,
    with_look,
)
from xl_datasync.dialogs.link_model import TypedLink, link_faults
from xl_datasync.dialogs.portal_model import NewPortal, new_connection
from xl_datasync.dialogs.portals import START_PRACTICE, FoundDatasets, Looked, in_words, on_this_computer
from xl_datasync.dialogs.rights_words import may_words, signed_in_words, unusable_methods
from xl_datasync.dialogs.sign_in_model import sign_in_help, sign_in_page
from xl_datasync.portal import CatalogEntry, Look, User

PRACTICE = Connection("Practice", "http://127.0.0.1:8780")
CODE, NAME = Column(1, "Code", "code", "text"), Column(2, "Name", "name", "text")
ALL = frozenset({"read", "add", "write", "delete"})
PERMITS = Dataset("abcd-1234", "Permits", "https://data.example.gov/d/abcd-1234", (CODE, NAME), CODE, ALL, "Ann Lee")
MAP = replace(PERMITS, view_type="geo", display_type="map")
LISTED = CatalogEntry("abcd-1234", "Permits", "dataset", "Ann Lee", None, published=True, public=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Wanted.NOTHING),
        ("  ", Wanted.NOTHING),
        ("p", Wanted.NOTHING),
        ("permits", Wanted.WORDS),
        ("building permits 2026", Wanted.WORDS),
        ("abcd-12", Wanted.WORDS),
        ("許可 ", Wanted.WORDS),
        ("abcd-1234", Wanted.DATASET),
        (" https://data.example.gov/d/abcd-1234 ", Wanted.DATASET),
        ("data.example.gov/d/abcd-1234", Wanted.DATASET),
        ("https://data.exa", Wanted.NOTHING),
        ("https://ann:pass@data.example.gov/d/abcd-1234", Wanted.NOTHING),
    ],
)
def test_what_is_searched_for(text: str, kind: Wanted) -> None:
    """Words are searched for; a link or an ID is looked at; the beginning of a link and a password are neither."""
    assert wanted(text) is kind


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        ("add write delete", "may add, change and delete rows of “Permits”."),
        ("add write", "may add and change rows of “Permits”, but not delete them."),
        ("add", "may add rows of “Permits”, but not change or delete them."),
        ("read", "may only look at “Permits”. Its owner, Ann Lee, can share it with you."),
    ],
)
def test_rights_in_words(rights: str, words: str) -> None:
    """What may be done is named, and what may not."""
    assert may_words(replace(PERMITS, rights=frozenset(rights.split()))) == words


def test_who_somebody_is() -> None:
    """The name and the mail address, not the key; without a dataset, what holds of all."""
    ann = User("x", "Ann Lee", "a.lee@example.gov", "publisher", frozenset({"create_datasets"}))
    assert signed_in_words(ann, PERMITS).startswith("You are Ann Lee (a.lee@example.gov) and may add, change")
    assert "You may make datasets." in signed_in_words(ann, None)
    assert "You may not make datasets." in signed_in_words(replace(ann, rights=frozenset()), None)
    assert "make datasets" not in signed_in_words(replace(ann, rights=None), None)
    assert signed_in_words(User("x", "", "", ""), None).startswith("You are x.")


def test_ways_to_update_that_cannot_work() -> None:
    """No row identifier, a missing right and no table each forbid their ways; the public's rights say nothing of hers."""
    assert not unusable_methods(PERMITS, signed_in=True)
    plain = replace(PERMITS, row_identifier=None)
    assert set(unusable_methods(plain, signed_in=True)) == {Method.UPSERT, Method.DELETE}
    limited = replace(PERMITS, rights=frozenset({"read", "add", "write"}))
    assert set(unusable_methods(limited, signed_in=True)) == {Method.REPLACE, Method.DELETE}
    assert "Ask its owner, Ann Lee," in unusable_methods(limited, signed_in=True)[Method.DELETE]
    assert not unusable_methods(limited, signed_in=False)
    assert set(unusable_methods(MAP, signed_in=False)) == set(Method)


def test_a_line_of_the_list() -> None:
    """What the catalogue tells is there at once, rows and rights when the dataset has been asked."""
    row = Row(replace(LISTED, public=False))
    assert (row.name, row.rows, row.rights, row.reason) == ("Permits (private)", "", "", "")
    (known,) = with_look((row,), "abcd-1234", Looked(Look(PERMITS, 12_480), signed_in=True))
    assert (known.rows, known.rights) == ("12,480", "you may edit")
    assert known.whole == "Permits (private), abcd-1234, Ann Lee, 12,480 rows, you may edit"
    viewed = replace(PERMITS, rights=frozenset({"read"}))
    assert replace(row, looked=Looked(Look(viewed, None), signed_in=True)).rights == "view only"
    assert replace(row, looked=Looked(Look(viewed, None), signed_in=False)).rights == "not signed in"
    assert replace(row, looked=Looked(trouble="gone")).rights == ""
    assert Row(replace(LISTED, published=False)).name == "Permits (draft)"
    assert with_look((row,), "other", Looked()) == (row,)


def test_a_day() -> None:
    """A day is written so that it is one everywhere, in this computer's time."""
    noon = int(dt.datetime(2026, 11, 20, 12).timestamp())
    assert Row(replace(LISTED, updated_at=noon)).updated == "20 Nov 2026"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("map", "a map, not a table"), ("href", "a link, not a table"), ("new_thing", "a new_thing, not a table")],
)
def test_what_is_no_table(kind: str, reason: str) -> None:
    """Kinds that hold no rows say so in the portal's words, also such as nobody has heard of."""
    assert Row(replace(LISTED, kind=kind)).rights == reason
    assert Row(LISTED, Looked(Look(MAP, None))).reason == "a map, not a table"


def test_what_a_search_says() -> None:
    """How many fit, that there are more, that none does, that private ones are missing."""
    one, none = FoundDatasets((LISTED,), 1, signed_in=True), FoundDatasets((), 0, signed_in=True)
    assert found_words(one, "fees", samples.CITY) == "1 dataset fits “fees”."
    assert "31 datasets fit “fees”; these are the best 1." in found_words(replace(one, total=31), "fees", samples.CITY)
    assert found_words(none, "fees", samples.CITY).startswith("No dataset of data.example.gov fits “fees”.")
    assert "You are not signed in there" in found_words(replace(one, signed_in=False), "fees", samples.CITY)
    assert "did not accept" in found_words(replace(one, signed_in=False, refused=True), "fees", samples.CITY)
    assert trouble_words(FoundDatasets(trouble="It is down."), samples.CITY) == (
        "data.example.gov cannot be searched now. It is down. A pasted link or an ID works all the same."
    )
    assert [row.listed for row in rows_of(one)] == [LISTED]


def test_what_a_dataset_is() -> None:
    """Name, rows, columns, row identifier and rights in one line; a map is a fault and has no such line."""
    assert summary(Looked(Look(PERMITS, 1), signed_in=True)) == (
        "“Permits” (abcd-1234): 1 row, 2 columns, row identifier “Code”. You may add, change and delete rows of “Permits”."
    )
    draft = replace(PERMITS, row_identifier=None, published=False, columns=(CODE,))
    assert summary(Looked(Look(draft, None))) == (
        "“Permits” (abcd-1234): 1 column, no row identifier. It is a draft. You are not signed in there yet."
    )
    assert summary(Looked(trouble="gone")) == summary(Looked(Look(MAP, 3))) == ""
    assert look_fault(None) == look_fault(Looked(Look(PERMITS, 1))) == ""
    assert look_fault(Looked(trouble="gone")) == "gone"
    assert look_fault(Looked(Look(MAP, 1))).startswith("“Permits”: it is a map, not a table.")
    assert not method_reasons(None)
    assert not method_reasons(Looked(Look(MAP, 1)))
    assert set(method_reasons(Looked(Look(draft, 1)))) == {Method.UPSERT, Method.DELETE}


def test_a_way_that_cannot_work_is_a_fault() -> None:
    """What was chosen before the dataset was known is said at the ways to update; words are said at the dataset."""
    typed = TypedLink("City", dataset_link="abcd-1234", method=Method.DELETE, reasons={Method.DELETE: "no"})
    assert link_faults(samples.KNOWN_LINK, typed) == {
        "method": "“Delete listed rows” does not work with this dataset. Choose another way."
    }
    assert link_faults(samples.KNOWN_LINK, replace(typed, reasons={}, search_fault="Choose.")) == {
        "dataset_link": "Choose."
    }


def test_where_a_sign_in_comes_from() -> None:
    """A portal's own page for keys; the practice portal's front page, which shows them; none before there is a portal."""
    key, name = SignInType.API_KEY, SignInType.USER_NAME
    assert sign_in_page(key, samples.CITY) == "https://data.example.gov/profile/edit/developer_settings"
    assert sign_in_page(key, samples.CITY) in sign_in_help(key, samples.CITY)
    assert sign_in_page(key, PRACTICE) == sign_in_page(name, PRACTICE) == "http://127.0.0.1:8780/"
    assert "Developer Settings" not in sign_in_help(key, PRACTICE)
    assert "under “How to sign in”" in sign_in_help(name, PRACTICE)
    assert sign_in_page(key, None) == sign_in_page(name, samples.CITY) == ""
    assert "“Developer Settings”" in sign_in_help(key, None)


def test_a_portal_is_one_as_soon_as_its_address_can_be() -> None:
    """With or without https, with a path; half an address, or one that is not encrypted, is none."""
    assert new_connection(NewPortal("data.example.gov/browse")) == Connection(
        "data.example.gov", "https://data.example.gov"
    )
    assert new_connection(NewPortal("https://data.example.gov", "City")) == Connection(
        "City", "https://data.example.gov"
    )
    assert new_connection(NewPortal("localhost:8780")).address == "http://localhost:8780"  # type: ignore[union-attr]
    assert new_connection(NewPortal("")) is new_connection(NewPortal("http://data.example.gov")) is None


def test_errors_in_a_window_need_no_command_line() -> None:
    """What has to be typed as a command is left out; a practice portal is started by its button."""
    assert on_this_computer(PRACTICE)
    assert on_this_computer(replace(PRACTICE, address="http://[::1]:8780"))
    assert not on_this_computer(samples.CITY)
    lost = PortalError("The portal could not be reached.", where="h", remedy="Start it with “xl-datasync practice”.")
    assert in_words(lost, PRACTICE) == START_PRACTICE
    assert in_words(lost, samples.CITY) == "h: The portal could not be reached."
    assert in_words(PortalError("Busy.", status=503, where="h", remedy="Wait."), PRACTICE) == "h: Busy. Wait."
