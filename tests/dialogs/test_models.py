"""What the windows decide, without a window."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dialogs import samples
from xl_datasync import dialogs
from xl_datasync.core.connection import Connection, SignIn, SignInType
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import What
from xl_datasync.core.problems import go_on_word
from xl_datasync.dialogs import copy_model, link_model
from xl_datasync.dialogs.copy_model import TypedCopy, copy_faults, copy_of
from xl_datasync.dialogs.forms import Copy, CopyForm, Link, LinkForm, address_fault, link_fault
from xl_datasync.dialogs.link_model import TypedLink, link_faults, link_of
from xl_datasync.dialogs.portal_model import NewPortal, host_of, known_portal, portal_faults, proposed_name
from xl_datasync.dialogs.sign_in_model import (
    TypedConnection,
    TypedSignIn,
    answer_of,
    connection_faults,
    sign_in_faults,
    signed_in,
)
from xl_datasync.dialogs.words import METHOD_WORDS, WHAT_WORDS, reason_lines, sentence

LINK = "https://data.example.gov/d/abcd-1234"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (TypedSignIn("", "s"), "user"),
        (TypedSignIn("  ", "s"), "user"),
        (TypedSignIn("u", " \n"), "secret"),
        (TypedSignIn("same", "same"), "secret"),
        (TypedSignIn("abcd-1234", "s"), "user"),
    ],
)
def test_a_sign_in_that_cannot_be(typed: TypedSignIn, field: str) -> None:
    """Blank parts, a dataset's ID and the same text twice are refused where they stand."""
    assert set(sign_in_faults(typed, SignInType.API_KEY)) == {field}


def test_a_sign_in_is_tidied() -> None:
    """Spaces and line ends that were copied along are left out; the secret is in no text about it."""
    answer = answer_of(TypedSignIn(" key ", "\tsecret\n", keep=True))
    assert answer.sign_in == SignIn("key", "secret", "typed in")
    assert "secret" not in repr(answer)


@pytest.mark.parametrize(
    ("portal", "fields"),
    [
        (NewPortal(), {"address", "name"}),
        (NewPortal("data.example.gov", "City"), {"name"}),
        (NewPortal("data.example.gov", " cITY "), {"name"}),
        (NewPortal("http://data.example.gov", "New"), {"address"}),
        (NewPortal("https://ann:pass@data.example.gov", "New"), {"address"}),
        (NewPortal("not an address", "New"), {"address"}),
        (NewPortal("data.example.gov", "New"), set()),
        (NewPortal("http://localhost:8765", "Practice"), set()),
    ],
)
def test_new_portals(portal: NewPortal, fields: set[str]) -> None:
    """A new portal has an encrypted address without a sign-in in it, and a name of its own."""
    assert set(portal_faults(portal, ["City"], address_fault)) == fields


def test_a_fault_ends_like_a_sentence() -> None:
    """Whoever checks may leave the full stop out."""
    assert [sentence(text) for text in ("a", "a.", "a…", "a “b.”", "")] == ["a.", "a.", "a…", "a “b.”", ""]


@pytest.mark.parametrize(
    ("text", "host"),
    [(LINK, "data.example.gov"), ("abcd-1234", ""), ("", ""), ("data.example.gov/d/abcd-1234", "data.example.gov")],
)
def test_the_host_of_a_link(text: str, host: str) -> None:
    """A link tells its portal, an ID does not."""
    assert host_of(text) == host


def test_a_link_chooses_its_portal_where_only_one_has_that_host() -> None:
    """Two portals of one host, with two sign-ins, are for the person to choose from."""
    assert known_portal(LINK, [samples.CITY, samples.COUNTY]) == "City"
    assert known_portal(LINK, [samples.CITY, replace(samples.CITY, name="City, other key")]) is None
    assert known_portal("abcd-1234", [samples.CITY]) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [("https://data.example.gov/x", "data.example.gov"), ("data.example.gov", "data.example.gov"), ("h", ""), ("", "")],
)
def test_a_name_is_proposed(address: str, name: str) -> None:
    """A portal is called by its host until somebody says otherwise."""
    assert proposed_name(address) == name


def test_what_a_link_needs() -> None:
    """A dataset and a method, and for a new portal what belongs to it."""
    new, known = LinkForm("S"), LinkForm("S", (samples.CITY,))
    assert set(link_faults(new, TypedLink(None))) == {"address", "name", "dataset_link", "method"}
    assert set(link_faults(known, TypedLink("City"))) == {"dataset_link", "method"}
    assert not link_faults(known, TypedLink("City", dataset_link="abcd-1234", method=Method.APPEND))


def test_the_whole_link_is_looked_at_last() -> None:
    """Only an answer without other faults is given to the last check."""
    seen: list[Link] = []
    form = LinkForm("S", (samples.CITY,), check_whole=lambda link: seen.append(link) or "no")  # type: ignore[func-returns-value]
    link_faults(form, TypedLink("City"))
    assert not seen
    assert link_faults(form, TypedLink("City", dataset_link=" abcd-1234 ", method=Method.APPEND)) == {
        "dataset_link": "no."
    }
    assert seen == [Link("City", "abcd-1234", Method.APPEND)]


def test_a_link_keeps_nothing_of_a_portal_that_was_not_chosen() -> None:
    """What was typed for a new portal before a known one was chosen is left out."""
    typed = TypedLink("City", NewPortal("https://x.gov", "X", SignInType.USER_NAME, "me"), "abcd-1234", Method.DELETE)
    assert link_of(typed) == Link("City", "abcd-1234", Method.DELETE)


def test_what_the_window_for_a_link_says() -> None:
    """A job that is there is changed, a new one is gone on with."""
    known = Link("Nowhere", "abcd-1234", Method.APPEND, "https://x.gov")
    form, there = LinkForm("S", (samples.CITY,)), LinkForm("S", (samples.CITY,), known=known)
    assert (link_model.title_of(form), link_model.accept_word(form)) == ("Publish “S”", "Continue")
    assert (link_model.title_of(there), link_model.accept_word(there)) == ("How “S” is published", "Save")
    assert link_model.first_typed(there).portal == NewPortal("https://x.gov", "Nowhere")
    assert link_model.first_typed(form).chosen == "City"
    assert link_model.first_typed(LinkForm("S")).chosen is None


def test_what_a_copy_needs() -> None:
    """A dataset to copy from, and for rows alone another one to copy to."""
    form = CopyForm((samples.CITY, samples.COUNTY))
    typed = TypedCopy("City", "City")
    assert set(copy_faults(form, typed)) == {"source_link"}
    assert not copy_faults(form, replace(typed, source_link=LINK))
    assert set(copy_faults(form, replace(typed, source_link=LINK, title="x" * 256))) == {"title"}
    rows = replace(typed, source_link="abcd-1234", what=What.ROWS)
    assert set(copy_faults(form, rows)) == {"to_link"}
    assert set(copy_faults(form, replace(rows, to_link="abcd-1234"))) == {"to_link"}
    assert not copy_faults(form, replace(rows, to_link="abcd-1234", target="County"))


def test_a_copy_that_is_wrong_as_a_whole() -> None:
    """The last check's fault stands at the dataset that is copied."""
    form = CopyForm((samples.CITY,), check_whole=lambda _copy: "no rights")
    assert copy_faults(form, TypedCopy("City", "City", LINK)) == {"source_link": "no rights."}


def test_a_copy_keeps_only_what_matters() -> None:
    """A title is nothing to rows, a method nothing to a new dataset; a draft is what is proposed."""
    typed = TypedCopy("City", "County", LINK, What.ROWS, "T", to_link="abcd-1234", method=Method.UPSERT)
    assert copy_of(typed) == Copy("City", LINK, What.ROWS, "County", to_link="abcd-1234", method=Method.UPSERT)
    assert copy_of(replace(typed, what=What.BOTH)) == Copy("City", LINK, What.BOTH, "County", "T", publish=False)
    assert copy_model.first_typed(CopyForm((samples.CITY, samples.COUNTY), source="County")).target == "County"
    assert copy_model.first_typed(CopyForm((samples.CITY,), source="gone")).source == "City"


def test_a_portal_to_sign_in_to() -> None:
    """A known portal needs the two parts only, and brings its own way of signing in."""
    typed = TypedConnection("County", NewPortal(), TypedSignIn("ann", "s"))
    assert not connection_faults(samples.CONNECTIONS, typed)
    assert signed_in(samples.CONNECTIONS, typed).connection is samples.COUNTY
    assert set(connection_faults(samples.CONNECTIONS, TypedConnection(None))) == {"address", "name", "user", "secret"}
    new = TypedConnection(None, NewPortal(" X.gov/ ", " X "), TypedSignIn("key", "s"))
    assert signed_in(samples.CONNECTIONS, new).connection == Connection("X", "https://x.gov", user="key")


def test_every_way_has_its_words() -> None:
    """Each method and each kind of copy is explained in whole sentences."""
    assert set(METHOD_WORDS) == set(Method)
    assert set(WHAT_WORDS) == set(What)
    assert all(text == sentence(text) for text in (*METHOD_WORDS.values(), *WHAT_WORDS.values()))


def test_a_guard_in_words() -> None:
    """What, how often, the first places, how many more, what to do instead."""
    lines = reason_lines(samples.FILTERED)
    assert lines[0].endswith("they would be published too (14 places).")
    assert lines[1:3] == ["    Permits!A2  “B-00002”", "    Permits!A3  “B-00003”"]
    assert lines[-1] == "    … and 9 more"
    assert reason_lines(samples.SHRINK)[-1].startswith("What to do instead: Check that")


def test_the_word_that_goes_on() -> None:
    """One guard's own word; several that differ have a common one."""
    assert go_on_word([samples.SHRINK, samples.SHRINK]) == "Replace anyway"
    assert go_on_word([samples.SHRINK, samples.FILTERED]) == "Go on all the same"


def test_the_models_know_no_window() -> None:
    """All that is decided can be imported, and tested, where Qt is missing: every model, and the mapping's parts."""
    folder = Path(dialogs.__file__).parent
    models = [path.stem for path in folder.glob("*_model.py")]
    assert len(models) > 8
    others = ["forms", "words", "endings", "switch", "portals", "rights_words"]
    parts = "form, profile, start, state, answer, model, check, offers, hurdles, words, details, rows"
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        f"from xl_datasync.dialogs import {', '.join([*models, *others])}\n"
        f"from xl_datasync.dialogs.mapping import {parts}"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_tests_are_collected_where_qt_is_missing() -> None:
    """A bare machine skips what needs windows and runs the rest; no module is an error there."""
    code = "import sys; sys.modules['PySide6'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "ribbon")]
    done = subprocess.run(
        [sys.executable, "-c", code, "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:pytest-qt", *folders],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_usual_checks_give_sentences() -> None:
    """Both say what is wrong and what to do, or nothing."""
    assert address_fault("https://data.example.gov") is None
    assert link_fault(LINK) is None
    assert "Write https://" in (address_fault("http://data.example.gov") or "")
    assert "holds no dataset ID" in (link_fault("https://data.example.gov") or "")
