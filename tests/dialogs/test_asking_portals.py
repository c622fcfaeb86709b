"""Windows that ask a portal while they are open: real keys here, a practice portal and real HTTP in other threads."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from tests.dialogs.clerk import (
    ESCAPE,
    RETURN,
    Deed,
    alt,
    answered,
    button,
    click,
    expect,
    faults_of,
    focused,
    key,
    keys,
    texts_of,
    wait_for,
)
from tests.dialogs.gallery_portals import LISTED, listing
from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import Stopped
from xl_datasync.dialogs.bridge import Bridge
from xl_datasync.dialogs.copying import ask_copy
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.forms import Answer, ConnectionForm, CopyForm, Link, LinkForm, SignedIn, SignInForm
from xl_datasync.dialogs.found_table import FoundTable
from xl_datasync.dialogs.link import LinkDialog, ask_link
from xl_datasync.dialogs.portals import AT_A_GLANCE, FoundDatasets, PortalDesk
from xl_datasync.dialogs.sign_in import ask_connection, ask_sign_in
from xl_datasync.portal import CatalogEntry
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.usefixtures("screen")
T = TypeVar("T")
DOWN, UP = key(Qt.Key.Key_Down), key(Qt.Key.Key_Up)
CODES = [
    {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
    {"name": "Name", "fieldName": "name", "dataTypeName": "text"},
]


@dataclass
class Worker:
    """The thread that does the errands of a window, as in a run."""

    bridge: Bridge
    errands: Errands

    def asked(self, ask: Callable[[Errands], T], *deeds: Deed) -> T:
        """Show a window, do the deeds there, and give what it was answered."""
        thread = threading.Thread(target=self.errands.do_until_closed)
        thread.start()
        try:
            return answered(lambda: ask(self.errands), *deeds)
        finally:
            self.errands.close()
            thread.join()


@pytest.fixture
def worker(screen: None) -> Worker:
    """A thread for errands."""
    bridge = Bridge()
    return Worker(bridge, Errands(bridge))


def practice(portal: PracticePortal, number: int = 0) -> Connection:
    """The connection to the practice portal, with one of its key IDs."""
    return Connection("Practice", portal.url, user=portal.sign_ins[number].key_id, test_portal=True)


def signed_in(portal: PracticePortal, number: int = 0) -> PortalDesk:
    """Portals with one of the practice portal's sign-ins saved."""
    known = portal.sign_ins[number]
    return PortalDesk(lambda _connection: SignIn(known.key_id, known.key_secret, "the test"))


def nobody() -> PortalDesk:
    """Portals without any sign-in, and nobody to ask for one."""
    return PortalDesk(lambda _connection: None)


def table(window: QWidget) -> FoundTable:
    """The list of what fits."""
    return window.findChild(FoundTable)


def listed(window: QWidget) -> list[str]:
    """The names in the list; none while it is hidden."""
    found = table(window)
    return [row.name for row in found.found.rows] if found.isVisible() else []


def secret_of(portal: PracticePortal, number: int = 0) -> Deed:
    """Type a secret."""
    return keys(portal.sign_ins[number].key_secret)


# signing in


def asks_sign_in(worker: Worker, form: SignInForm, *deeds: Deed) -> Answer | None:
    """Show the window for one portal."""
    return worker.asked(lambda errands: ask_sign_in(form, None, errands), *deeds)


def test_a_test_says_who_it_is_and_what_may_be_changed(portal: PracticePortal, worker: Worker) -> None:
    """Test names the person, not the key, and what may be done with the job's dataset; the window stays open."""
    form = SignInForm(practice(portal), dataset_id="smal-fild")
    asks_sign_in(
        worker, form, secret_of(portal), alt("t"),
        wait_for(lambda w: "You are Pat Practice (practice@example.org) and may add, change and delete rows of" in texts_of(w)),
        expect(lambda w: f"rows of “{portal.view('smal-fild')['name']}”." in texts_of(w)),
        expect(lambda w: w.isVisible()),
        ESCAPE,
    )  # fmt: skip


def test_a_viewer_learns_that_she_may_only_look(portal: PracticePortal, worker: Worker) -> None:
    """Who may not change the dataset is told so, and who can share it."""
    form = SignInForm(practice(portal, 1), dataset_id="smal-fild")
    asks_sign_in(
        worker, form, secret_of(portal, 1), click("Test"),
        wait_for(lambda w: "You are Vic Viewer" in texts_of(w) and "may only look at" in texts_of(w)),
        expect(lambda w: "Pat Practice, can share it" in texts_of(w)),
        ESCAPE,
    )  # fmt: skip


def test_the_button_signs_in_only_what_the_portal_takes(portal: PracticePortal, worker: Worker) -> None:
    """A wrong secret is said at its field, which has the focus, and the window stays; the right one closes it."""
    refused = (
        f"The portal did not accept the sign-in of {portal.sign_ins[0].key_id}. "
        "The portal says: “Invalid username or password”. Copy both parts again, all of each."
    )
    answer = asks_sign_in(
        worker, SignInForm(practice(portal)), keys("wrong"), RETURN,
        wait_for(faults_of),
        expect(lambda w: faults_of(w) == [refused]),
        expect(lambda w: focused(w).accessibleName() == "API key secret"),
        secret_of(portal),
        expect(lambda w: not faults_of(w)),
        RETURN,
        wait_for(lambda w: not w.isVisible()),
    )  # fmt: skip
    assert answer
    assert answer.sign_in.secret == portal.sign_ins[0].key_secret


def test_a_secret_is_in_no_log_and_in_no_word(
    portal: PracticePortal, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    """What was typed as a secret is neither logged nor read out by a screen reader, whether it serves or not."""
    caplog.set_level(logging.DEBUG)

    def silent(window: QWidget) -> bool:
        names = [
            QAccessible.queryAccessibleInterface(one).text(kind)
            for one in [window, *window.findChildren(QWidget)]
            if QAccessible.queryAccessibleInterface(one)
            for kind in (QAccessible.Text.Name, QAccessible.Text.Description)
        ]
        return not any("topsecret" in text for text in [*names, texts_of(window)])

    asks_sign_in(
        worker, SignInForm(practice(portal)), keys("topsecret"), alt("t"), wait_for(faults_of), expect(silent), ESCAPE
    )
    assert "topsecret" not in caplog.text


def test_what_was_said_of_another_sign_in_goes(portal: PracticePortal, worker: Worker) -> None:
    """After one more key the answer of the last test is not shown any longer."""
    asks_sign_in(
        worker, SignInForm(practice(portal)), secret_of(portal), alt("t"),
        wait_for(lambda w: "You are Pat" in texts_of(w)), keys("x"), expect(lambda w: "You are Pat" not in texts_of(w)),
        ESCAPE,
    )  # fmt: skip


def test_a_portal_that_is_not_there(worker: Worker) -> None:
    """A practice portal that does not run is said to be so, at the field; Esc still closes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    form = SignInForm(Connection("Practice", address, user="key"))
    asks_sign_in(
        worker, form, keys("s"), RETURN, wait_for(faults_of),
        expect(lambda w: faults_of(w)[0].startswith("The practice portal does not answer. “Practice portal”")), ESCAPE,
    )  # fmt: skip


def test_closing_while_the_portal_is_asked(portal: PracticePortal, worker: Worker) -> None:
    """Esc at any moment closes the window with nothing; a late answer meets no window."""
    portal.add_fault("slow", times=3)
    assert asks_sign_in(worker, SignInForm(practice(portal)), secret_of(portal), RETURN, ESCAPE) is None


def test_a_new_portal_is_typed_without_https(portal: PracticePortal, worker: Worker) -> None:
    """Where a portal has no page for keys, its own page is named; its address is taken without its scheme."""
    publisher, place = portal.sign_ins[0], portal.url.split("//")[1]

    def ask(errands: Errands) -> SignedIn | None:
        return ask_connection(ConnectionForm(), None, errands)

    found = worker.asked(
        ask, keys(place), alt("k"),
        expect(lambda w: f"{portal.url}/" in texts_of(w) and "Developer Settings" not in texts_of(w)),
        expect(lambda w: button(w, "Open that page").isVisible()),
        keys(publisher.key_id), alt("s"), keys(publisher.key_secret), RETURN, wait_for(lambda w: not w.isVisible()),
    )  # fmt: skip
    assert found
    assert (found.connection.address, found.new, found.connection.test_portal) == (portal.url, True, True)


def test_a_new_portal_that_cannot_be_reached_is_said_at_its_address(worker: Worker) -> None:
    """Its address is the first thing to look at, so that the fault stands and the focus is there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    worker.asked(
        lambda errands: ask_connection(ConnectionForm(), None, errands),
        keys(place), alt("k"), keys("key"), alt("s"), keys("secret"), RETURN, wait_for(faults_of),
        expect(lambda w: focused(w).accessibleName() == "Portal address"), ESCAPE,
    )  # fmt: skip


# the dataset


def asks_link(worker: Worker, portal: PracticePortal, portals: PortalDesk, *deeds: Deed) -> Link | None:
    """Show the window that joins a sheet to a dataset of the practice portal."""
    form = LinkForm("Fields", (practice(portal),))
    with portals:
        return worker.asked(lambda errands: ask_link(form, None, errands, portals), *deeds)


def test_a_dataset_is_found_by_words_and_taken_by_keyboard(portal: PracticePortal, worker: Worker) -> None:
    """Words, arrow down, Return: the field has its link, a line says what it is, Return goes on; nothing is asked twice."""
    heights: list[int] = []
    link = asks_link(
        worker, portal, signed_in(portal), keys("weather"),
        wait_for(lambda w: len(listed(w)) == 3),
        lambda w: heights.append(w.height()),
        expect(lambda w: "3 datasets fit “weather”." in texts_of(w)),
        DOWN, expect(lambda w: isinstance(focused(w), FoundTable) and not faults_of(w)),
        UP, expect(lambda w: focused(w).accessibleName() == "Dataset: link, ID or words"),
        DOWN, RETURN, expect(lambda w: w.isVisible()),
        wait_for(lambda w: "You may add, change and delete rows of “Seattle weather" in texts_of(w)),
        expect(lambda w: re.search(r"\): [\d,]+ rows, \d+ columns, (row identifier “|no row identifier)", texts_of(w))),
        expect(lambda w: not listed(w) and w.height() < heights[0]),
        alt("r"), RETURN,
    )  # fmt: skip
    assert link
    assert link.dataset_link.startswith(f"{portal.url}/d/weat-")
    assert link.dataset
    assert link.dataset.id in link.dataset_link


def test_the_list_says_what_one_may_do(portal: PracticePortal, worker: Worker) -> None:
    """Private datasets are listed for who is signed in; each line fills in with rows and rights, one after another."""
    seen: list[str] = []
    asks_link(
        worker, portal, signed_in(portal), keys("private"),
        wait_for(lambda w: any("(private)" in name for name in listed(w))),
        wait_for(lambda w: table(w).found.rows[0].rights == "you may edit"),
        lambda w: seen.append(table(w).found.rows[0].whole), ESCAPE,
    )  # fmt: skip
    assert seen[0].endswith("you may edit")
    assert "priv-data" in seen[0]


def test_the_public_list_leaves_private_ones_out_and_says_so(portal: PracticePortal, worker: Worker) -> None:
    """Without a sign-in, what is private is not there, and the window says why; a sign-in in between shows it."""
    publisher, asked = portal.sign_ins[0], []

    def ask(connection: Connection) -> SignIn:
        asked.append(connection.name)
        return SignIn(publisher.key_id, publisher.key_secret, "typed in")

    asks_link(
        worker, portal, PortalDesk(lambda _connection: None, ask), keys("private"),
        wait_for(lambda w: "You are not signed in there" in texts_of(w)),
        expect(lambda w: not any("(private)" in name for name in listed(w))),
        click("Sign in there …"), wait_for(lambda w: any("(private)" in name for name in listed(w))),
        expect(lambda w: "You are not signed in" not in texts_of(w)), ESCAPE,
    )  # fmt: skip
    assert asked == ["Practice"]


def test_who_gives_no_sign_in_goes_on_without(portal: PracticePortal, worker: Worker) -> None:
    """Cancelling the sign-in leaves the window and its list as they are."""

    def ask(_connection: Connection) -> SignIn:
        raise Stopped("Stopped by you.")

    asks_link(
        worker, portal, PortalDesk(lambda _connection: None, ask), keys("weather"), wait_for(listed),
        click("Sign in there …"), expect(lambda w: len(listed(w)) == 3), ESCAPE,
    )  # fmt: skip


def test_what_is_no_table_is_grey_with_the_reason(portal: PracticePortal, worker: Worker) -> None:
    """A map in the list cannot be taken by key or click; the arrow goes to the next that can."""
    portal.create_dataset("wmap-aaaa", "Aweather map", [], view_type="geo", display_type="map")

    def click_map(window: QWidget) -> None:
        found = table(window)
        number = listed(window).index("Aweather map")
        assert found.found.rows[number].rights == "a map, not a table"
        assert not found.found.flags(found.found.index(number, 0)) & Qt.ItemFlag.ItemIsEnabled
        place = found.visualRect(found.found.index(number, 0)).center()
        QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert window.link.text() == "weather"

    asks_link(
        worker, portal, signed_in(portal), keys("weather"), wait_for(lambda w: "Aweather map" in listed(w)), click_map,
        DOWN, expect(lambda w: table(w).found.rows[table(w).currentIndex().row()].listed.kind == "dataset"), ESCAPE,
    )  # fmt: skip


def test_a_link_to_a_map_is_a_fault_of_its_field(portal: PracticePortal, worker: Worker) -> None:
    """A pasted link that leads to no table cannot be gone on with."""
    portal.create_dataset("wmap-aaaa", "Weather map", [], view_type="geo", display_type="map")
    asks_link(
        worker, portal, signed_in(portal), keys(f"{portal.url}/d/wmap-aaaa"), alt("r"),
        wait_for(lambda w: w.search.looked is not None), RETURN,
        expect(lambda w: faults_of(w) == ["“Weather map”: it is a map, not a table. Use the ID of the dataset it is made from."]),
        ESCAPE,
    )  # fmt: skip


def test_methods_that_cannot_work_are_grey_with_the_reason(portal: PracticePortal, worker: Worker) -> None:
    """Without a row identifier neither update nor delete can be chosen, and the sentence says why."""
    portal.create_dataset("nord-1234", "Diary", CODES)

    def grey(window: QWidget) -> bool:
        buttons = {one.text().replace("&", ""): one.isEnabled() for one in window.findChildren(QAbstractButton)}
        return not buttons["Update and add"] and not buttons["Delete listed rows"] and buttons["Replace all rows"]

    link = asks_link(
        worker, portal, signed_in(portal), keys("nord-1234"), alt("u"),
        wait_for(grey), expect(lambda w: "no row identifier, by which the portal knows a row" in texts_of(w)),
        RETURN,
        expect(lambda w: faults_of(w) == ["“Update and add” does not work with this dataset. Choose another way."]),
        alt("d"), RETURN,
    )  # fmt: skip
    assert link
    assert link.method is Method.APPEND


def test_rights_that_are_missing_grey_their_methods(portal: PracticePortal, worker: Worker) -> None:
    """Who may only look cannot choose any way to update, and is told whom to ask."""
    asks_link(
        worker, portal, signed_in(portal, 1), keys("smal-fild"),
        wait_for(lambda w: "may only look at" in texts_of(w)),
        expect(lambda w: not button(w, "Replace all rows").isEnabled()),
        expect(lambda w: "Ask its owner, Pat Practice, for the right." in texts_of(w)), ESCAPE,
    )  # fmt: skip


def test_words_are_no_dataset(portal: PracticePortal, worker: Worker) -> None:
    """Return on words says that one of the list is to be chosen; the window stays."""
    asks_link(
        worker, portal, signed_in(portal), keys("weather"), wait_for(listed), alt("r"), RETURN,
        expect(lambda w: faults_of(w) == ["Choose one of the datasets that fit, or paste the link of one."]), ESCAPE,
    )  # fmt: skip


@pytest.mark.parametrize("waited", [(), (wait_for(listed),)])
def test_return_takes_the_only_dataset_that_fits(
    portal: PracticePortal, worker: Worker, waited: tuple[Deed, ...]
) -> None:
    """Pressed before the search is over or after it: the dataset is taken, the window stays, nothing is called a fault."""
    link = asks_link(
        worker, portal, signed_in(portal), keys("airfields"), *waited, RETURN, expect(lambda w: not faults_of(w)),
        wait_for(lambda w: " rows, " in texts_of(w)), expect(lambda w: w.isVisible()), alt("r"), RETURN,
    )  # fmt: skip
    assert link
    assert link.dataset_link == f"{portal.url}/d/smal-fild"


def test_return_goes_to_the_list_where_several_fit(portal: PracticePortal, worker: Worker) -> None:
    """Which of them nobody knows; a second Return takes the first."""
    link = asks_link(
        worker, portal, signed_in(portal), keys("weather"), RETURN,
        wait_for(lambda w: isinstance(focused(w), FoundTable)), expect(lambda w: not faults_of(w)),
        RETURN, wait_for(lambda w: " rows, " in texts_of(w)), alt("r"), RETURN,
    )  # fmt: skip
    assert link
    assert link.dataset_link.startswith(f"{portal.url}/d/weat-")


def test_return_where_nothing_fits(portal: PracticePortal, worker: Worker) -> None:
    """It says that one is to be chosen, beside the sentence that none fits."""
    asks_link(
        worker, portal, signed_in(portal), keys("xylophone"), RETURN,
        wait_for(lambda w: "fits “xylophone”" in texts_of(w)), RETURN,
        expect(lambda w: faults_of(w)[0] == "Choose one of the datasets that fit, or paste the link of one."), ESCAPE,
    )  # fmt: skip


def test_words_that_look_like_an_id_are_searched_for_too(portal: PracticePortal, worker: Worker) -> None:
    """“fire-data” may be an ID; where there is none, it is searched for."""
    portal.create_dataset("zzzz-1111", "About fire-data", CODES)
    asks_link(
        worker,
        portal,
        signed_in(portal),
        keys("fire-data"),
        wait_for(lambda w: listed(w) == ["About fire-data"]),
        ESCAPE,
    )


def test_nothing_fits(portal: PracticePortal, worker: Worker) -> None:
    """No result says so, and what to try."""
    asks_link(
        worker, portal, signed_in(portal), keys("xylophone"),
        wait_for(lambda w: "fits “xylophone”. Try fewer or other words" in texts_of(w)), expect(lambda w: not listed(w)),
        ESCAPE,
    )  # fmt: skip


def test_offline_a_pasted_link_still_works(portal: PracticePortal, worker: Worker) -> None:
    """Where the catalogue cannot be searched, one sentence says so; a link can be pasted and gone on with."""
    portal.add_fault("503", times=9)
    link = asks_link(
        worker, portal, signed_in(portal), keys("weather"),
        wait_for(lambda w: any("A pasted link or an ID works all the same." in fault for fault in faults_of(w))),
        lambda w: w.link.selectAll(), keys(f"{portal.url}/d/smal-fild"), alt("r"), RETURN,
    )  # fmt: skip
    assert link
    assert link.dataset is None


def test_a_portal_that_is_down_is_told_from_a_dataset_that_is_not_there(portal: PracticePortal) -> None:
    """Asking on is of no use where the portal is down; a dataset that is missing says nothing of the others."""
    with signed_in(portal) as portals:
        missing = portals.look(practice(portal), "zzzz-zzzz")
        portal.add_fault("503", times=9)
        down = portals.look(practice(portal), "smal-fild")
    assert (missing.missing, missing.unreached) == (True, False)
    assert (down.missing, down.unreached, down.look) == (False, True, None)
    assert "busy or closed for maintenance" in down.trouble


def test_typing_never_waits(portal: PracticePortal, worker: Worker) -> None:
    """While the portal is slow, each key is taken at once, and only what was typed last is searched for."""
    portal.add_fault("slow", times=1)
    asks_link(
        worker, portal, signed_in(portal), keys("wea"), wait_for(lambda w: "Searching" in texts_of(w)), keys("ther hol"),
        expect(lambda w: w.link.text() == "weather hol"),
        lambda w: w.link.clear(), keys("airports"), wait_for(lambda w: listed(w) and not any("weather" in name for name in listed(w))), ESCAPE,
    )  # fmt: skip


def test_a_sign_in_that_serves_no_longer(portal: PracticePortal, worker: Worker) -> None:
    """With a saved sign-in that the portal refuses, it is searched as everybody sees it, and that is said."""
    stale = PortalDesk(lambda _connection: SignIn("old", "older", "the vault"))
    asks_link(
        worker, portal, stale, keys("weather"), wait_for(listed),
        expect(lambda w: "did not accept the sign-in that is saved" in texts_of(w)), ESCAPE,
    )  # fmt: skip


def test_a_job_that_is_there_shows_its_dataset(portal: PracticePortal, worker: Worker) -> None:
    """The window for a job that is changed looks at its dataset by itself, and says that the portal is one for tests."""
    known = Link("Practice", f"{portal.url}/d/smal-fild", Method.APPEND)
    form = LinkForm("Fields", (practice(portal),), known)
    portals = signed_in(portal)
    link = worker.asked(
        lambda errands: ask_link(form, None, errands, portals),
        expect(lambda w: "This is a test portal" in texts_of(w)),
        wait_for(lambda w: "(smal-fild): 200 rows" in texts_of(w)), click("Save"),
    )  # fmt: skip
    portals.close()
    assert link == known


def test_a_new_portal_is_searched_as_soon_as_its_address_is_there(portal: PracticePortal, worker: Worker) -> None:
    """Without a portal there is nothing to search in; with its address typed, the words are searched for."""
    portals = nobody()
    worker.asked(
        lambda errands: ask_link(LinkForm("Fields"), None, errands, portals), keys("weather"),
        wait_for(lambda w: "Choose a portal to search in" in texts_of(w)),
        alt("a"), keys(portal.url), wait_for(listed), expect(lambda w: "This is a test portal" in texts_of(w)), ESCAPE,
    )  # fmt: skip
    portals.close()


def test_a_link_to_an_unknown_portal_is_looked_at_without_a_sign_in(portal: PracticePortal, worker: Worker) -> None:
    """A pasted link fills in the new portal, whose dataset is described; no saved sign-in goes there."""
    elsewhere = Connection("City", "https://data.example.invalid")
    form = LinkForm("Fields", (elsewhere,))
    with PortalDesk(lambda connection: SignIn("key", "secret") if connection.name == "City" else None) as portals:
        link = worker.asked(
            lambda errands: ask_link(form, None, errands, portals), keys(f"{portal.url}/d/smal-fild"),
            wait_for(lambda w: "You are not signed in there yet." in texts_of(w)), alt("u"), RETURN,
        )  # fmt: skip
    assert link
    assert (link.address, link.dataset) == (portal.url, None)
    assert not any("Authorization" in exchange.request_headers for exchange in portal.exchanges[-3:])


def test_closing_while_a_search_is_on_its_way(portal: PracticePortal, worker: Worker) -> None:
    """Esc at any moment closes the window; a late list meets no window."""
    portal.add_fault("slow", times=2)
    searching = wait_for(lambda w: "Searching" in texts_of(w))
    assert asks_link(worker, portal, signed_in(portal), keys("weather"), searching, ESCAPE) is None
    assert asks_link(worker, portal, signed_in(portal), keys("weather"), ESCAPE) is None


def test_closing_while_a_line_of_the_list_is_asked_about(
    portal: PracticePortal, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only adds to the list is asked once and given up soon, so that a window that is closed is gone soon."""
    assert (AT_A_GLANCE.attempts, AT_A_GLANCE.connect + AT_A_GLANCE.read < 10) == (1, True)
    monkeypatch.setattr("xl_datasync.dialogs.portals.AT_A_GLANCE", replace(AT_A_GLANCE, read=0.5))
    portal.add_fault("slow", times=None, path="/api/views/", seconds=3.0)
    begun = time.monotonic()
    asks_link(worker, portal, signed_in(portal), keys("weather"), wait_for(listed), ESCAPE)
    assert time.monotonic() - begun < 3


def test_another_portal_is_another_list(portal: PracticePortal, other: PracticePortal, worker: Worker) -> None:
    """Choosing another portal searches that one for the same words."""
    second = replace(practice(portal), name="Second", address=other.url, test_portal=False)
    form = LinkForm("Fields", (practice(portal), second))
    other.create_dataset("seco-1111", "Weather elsewhere", CODES)
    with nobody() as portals:
        worker.asked(
            lambda errands: ask_link(form, None, errands, portals), keys("weather"),
            wait_for(lambda w: listed(w) and "Weather elsewhere" not in listed(w)),
            alt("p"), DOWN, wait_for(lambda w: "Weather elsewhere" in listed(w)),
            expect(lambda w: "This is a test portal" not in texts_of(w)), ESCAPE,
        )  # fmt: skip


def test_a_dataset_to_copy_is_found_by_words(portal: PracticePortal, worker: Worker) -> None:
    """The same search serves the source of a copy."""
    form = CopyForm((practice(portal),))
    with signed_in(portal) as portals:
        copy = worker.asked(
            lambda errands: ask_copy(form, None, errands, portals), keys("airports"), wait_for(listed), DOWN, RETURN,
            wait_for(lambda w: " rows, " in texts_of(w)), RETURN,
        )  # fmt: skip
    assert copy
    assert copy.source_link.startswith(f"{portal.url}/d/")


@pytest.mark.parametrize(("listed_there", "last"), [(LISTED, 3), (LISTED[:2], 0)])
def test_end_goes_to_the_last_dataset_that_can_be_chosen(listed_there: tuple[CatalogEntry, ...], last: int) -> None:
    """And Home to the first: what is no table is passed."""
    found = table(listing(FoundDatasets(listed_there, len(listed_there), signed_in=True)))
    found.setCurrentIndex(found.found.index(0, 0))
    for code, row in ((Qt.Key.Key_End, last), (Qt.Key.Key_Home, 0)):
        QTest.keyClick(found, code)
        assert found.currentIndex().row() == row


def test_the_list_can_be_read_out(portal: PracticePortal, worker: Worker) -> None:
    """Qt's accessibility interface names the list, and reads a whole line at its first cell."""
    seen: list[str] = []

    def read(window: QWidget) -> None:
        interface = QAccessible.queryAccessibleInterface(table(window))
        seen.append(interface.text(QAccessible.Text.Name))
        model = table(window).found
        seen.append(model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
        assert isinstance(window, LinkDialog)
        assert all(one.accessibleName() for one in window.findChildren(QLineEdit) if one.isVisible())

    asks_link(worker, portal, signed_in(portal), keys("airports"), wait_for(listed), read, ESCAPE)
    assert seen[0] == "Datasets that fit"
    assert seen[1].count(", ") >= 2
