"""Each dialog, by keyboard and mouse: accepted, cancelled, wrong first and then right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget

from tests.dialogs import samples
from tests.dialogs.clerk import (
    ESCAPE,
    RETURN,
    SPACE,
    alt,
    answered,
    button,
    click,
    expect,
    faults_of,
    focused,
    key,
    keys,
    tab,
    texts_of,
)
from xl_datasync.core.connection import Connection, SignIn, SignInType
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import What
from xl_datasync.dialogs.choose import ask_csv, choose
from xl_datasync.dialogs.confirm import ask_to_go_on, wants
from xl_datasync.dialogs.copying import ask_copy
from xl_datasync.dialogs.forms import Copy, CsvForm, Link, SignInForm
from xl_datasync.dialogs.link import ask_link
from xl_datasync.dialogs.sign_in import ask_connection, ask_sign_in

pytestmark = pytest.mark.usefixtures("screen")
LINK = "https://data.example.gov/Housing/Permits/abcd-1234"


def test_a_sign_in_is_typed() -> None:
    """The key ID is there, the focus is where the secret goes, Return signs in, and it is kept."""
    answer = answered(lambda: ask_sign_in(SignInForm(samples.CITY)), keys(" s3cret "), RETURN)
    assert answer
    assert answer.sign_in == SignIn("abc123", "s3cret", "typed in")
    assert answer.keep


def test_a_secret_is_masked_until_it_is_shown() -> None:
    """A secret is not readable, but its characters can be shown by key and hidden again."""

    def mode(window: QWidget) -> QLineEdit.EchoMode:
        return next(one for one in window.findChildren(QLineEdit) if "secret" in one.accessibleName()).echoMode()

    answered(
        lambda: ask_sign_in(SignInForm(samples.CITY)),
        expect(lambda window: mode(window) is QLineEdit.EchoMode.Password),
        alt("o"),
        expect(lambda window: mode(window) is QLineEdit.EchoMode.Normal),
        alt("o"),
        expect(lambda window: mode(window) is QLineEdit.EchoMode.Password),
        ESCAPE,
    )


def test_a_sign_in_that_is_not_kept() -> None:
    """Who does not want it in the vault clears the box."""
    answer = answered(lambda: ask_sign_in(SignInForm(samples.CITY)), keys("x"), alt("i"), RETURN)
    assert answer
    assert not answer.keep


@pytest.mark.parametrize("form", [SignInForm(samples.CITY, None), SignInForm(samples.CITY, keep_asked=False)])
def test_a_sign_in_that_cannot_be_kept(form: SignInForm) -> None:
    """Where there is no vault, or nobody asks, it serves once."""
    answer = answered(lambda: ask_sign_in(form), keys("x"), RETURN)
    assert answer
    assert not answer.keep


def test_a_sign_in_without_a_secret_is_refused_inline() -> None:
    """Return on a blank secret says so beneath it and goes there; typed then, it is accepted."""
    answer = answered(
        lambda: ask_sign_in(SignInForm(samples.COUNTY)),
        RETURN,
        expect(lambda window: faults_of(window) == ["This is blank. Enter the password."]),
        expect(lambda window: focused(window).accessibleDescription().startswith("This is blank.")),
        keys("pass"),
        expect(lambda window: not faults_of(window)),
        RETURN,
    )
    assert answer
    assert answer.sign_in.user == "ann.lee@county.example.gov"


@pytest.mark.parametrize("way", [ESCAPE, click("Cancel"), lambda window: window.close()])
def test_no_sign_in(way: object) -> None:
    """Esc, Cancel and the cross give nothing."""
    assert answered(lambda: ask_sign_in(SignInForm(samples.CITY)), keys("x"), way) is None  # type: ignore[arg-type]


def test_a_sheet_is_joined_to_a_dataset_of_a_known_portal() -> None:
    """A pasted link chooses its portal; the method is chosen by key; Return is enough."""
    form = replace(samples.KNOWN_LINK, connections=(samples.COUNTY, samples.CITY))
    link = answered(lambda: ask_link(form), keys(LINK), alt("u"), RETURN)
    assert link == Link("City", LINK, Method.UPSERT)
    assert not link.new_portal


def test_a_sheet_is_joined_to_a_dataset_of_a_new_portal() -> None:
    """All by keyboard: the address comes from the link, the name from the address, and both can be changed."""
    link = answered(
        lambda: ask_link(samples.NEW_LINK),
        keys(LINK),
        alt("n"),
        key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
        keys("City"),
        alt("k"),
        keys("abc123"),
        alt("r"),
        RETURN,
    )
    assert link == Link("City", LINK, Method.REPLACE, "https://data.example.gov", SignInType.API_KEY, "abc123")


def test_faults_are_said_where_they_stand() -> None:
    """Pressed too early, every fault is said and the first has the focus; each goes when it is mended."""
    link = answered(
        lambda: ask_link(samples.KNOWN_LINK),
        RETURN,
        expect(lambda window: len(faults_of(window)) == 2),
        expect(lambda window: focused(window).accessibleName() == "Dataset link or ID"),
        keys("abcd-12"),
        expect(lambda window: "holds no dataset ID" in faults_of(window)[0]),
        keys("34"),
        expect(lambda window: len(faults_of(window)) == 1),
        RETURN,
        expect(lambda window: focused(window).accessibleName() == "Replace all rows"),
        alt("d"),
        RETURN,
    )
    assert link == Link("City", "abcd-1234", Method.APPEND)


def test_a_field_is_not_called_faulty_while_it_is_first_typed() -> None:
    """An address is judged when it is left, not at its first letter."""
    answered(
        lambda: ask_link(samples.NEW_LINK),
        alt("a"),
        keys("http://data.example.gov"),
        expect(lambda window: not faults_of(window)),
        tab(),
        expect(lambda window: "not encrypted" in faults_of(window)[0]),
        ESCAPE,
    )


def test_an_answer_that_is_wrong_as_a_whole() -> None:
    """What only shows in the whole answer, such as a link to another portal, is said at the link."""
    form = replace(
        samples.KNOWN_LINK,
        check_whole=lambda link: "the link leads elsewhere" if link.connection == "City" else None,
    )
    link = answered(
        lambda: ask_link(form),
        keys(LINK),
        alt("e"),
        RETURN,
        expect(lambda window: faults_of(window) == ["the link leads elsewhere."]),
        alt("p"),
        key(Qt.Key.Key_Down),
        RETURN,
    )
    assert link
    assert (link.connection, link.method) == ("County", Method.DELETE)


def test_a_job_that_is_there_is_changed() -> None:
    """The fields hold what was chosen before."""
    known = Link("county", "abcd-1234", Method.DELETE)
    form = replace(samples.KNOWN_LINK, known=known)
    assert answered(lambda: ask_link(form), click("Save")) == replace(known, connection="County")


def test_no_link() -> None:
    """Esc gives nothing, whatever was typed."""
    assert answered(lambda: ask_link(samples.NEW_LINK), keys(LINK), alt("r"), ESCAPE) is None


def test_a_dataset_is_copied_to_a_new_one() -> None:
    """By default with its rows, to the same portal, as a draft."""
    copy = answered(lambda: ask_copy(samples.COPY), keys(LINK), alt("t"), keys("Permits (copy)"), RETURN)
    assert copy == Copy("City", LINK, What.BOTH, "City", "Permits (copy)", publish=False)


def test_rows_are_copied_to_a_dataset_that_is_there() -> None:
    """For rows alone the other dataset is asked for, and nothing of a new one."""
    copy = answered(
        lambda: ask_copy(samples.COPY),
        keys("abcd-1234"),
        alt("r"),
        expect(lambda window: "Title of the new" not in texts_of(window).replace("&", "")),
        RETURN,
        expect(lambda window: focused(window).accessibleName().startswith("Link or ID of the dataset")),
        keys("abcd-1234"),
        RETURN,
        expect(lambda window: faults_of(window) == ["This is the dataset that is copied. Choose another one."]),
        alt("o"),
        key(Qt.Key.Key_Down),
        alt("u"),
        RETURN,
    )
    assert copy == Copy("City", "abcd-1234", What.ROWS, "County", to_link="abcd-1234", method=Method.UPSERT)


def test_no_copy() -> None:
    """Cancel gives nothing."""
    assert answered(lambda: ask_copy(samples.COPY), click("Cancel")) is None


def test_signing_in_to_a_new_portal() -> None:
    """Address, name, key and secret, one Tab apart."""
    found = answered(
        lambda: ask_connection(samples.NEW_CONNECTION),
        keys("data.example.gov/"), tab(3), keys("abc123"), tab(), keys("s3cret"), RETURN,
    )  # fmt: skip
    assert found
    assert found.new
    assert found.connection == Connection("data.example.gov", "https://data.example.gov", user="abc123")
    assert found.answer.sign_in == SignIn("abc123", "s3cret", "typed in")


def test_signing_in_to_one_of_several() -> None:
    """The first one is chosen; another one brings its own user, and forgets a secret typed before."""
    found = answered(
        lambda: ask_connection(samples.CONNECTIONS),
        keys("of county"),
        alt("p"),
        key(Qt.Key.Key_Down),
        RETURN,
        expect(lambda window: faults_of(window) == ["This is blank. Enter the API key secret."]),
        keys("of city"),
        RETURN,
    )
    assert found
    assert (found.connection, found.new, found.answer.sign_in.secret) == (samples.CITY, False, "of city")


def test_a_guard_stops_by_default() -> None:
    """Return, Esc and the safe button leave everything as it is; the numbers are there to read."""
    seen = expect(lambda window: "12,170 rows" in texts_of(window))
    for way in (RETURN, SPACE, ESCAPE, click("Leave as it is")):
        assert answered(lambda: ask_to_go_on(samples.JOB, [samples.SHRINK]), seen, way) is False


def test_a_guard_is_passed_on_purpose() -> None:
    """The other button says what is done all the same, and takes a Tab or a click."""
    assert answered(lambda: ask_to_go_on(samples.JOB, [samples.SHRINK]), click("Replace anyway"))

    def go_to_it(window: QWidget) -> None:
        while focused(window) is not button(window, "Replace anyway"):
            QTest.keyClick(focused(window), Qt.Key.Key_Tab)

    assert answered(lambda: ask_to_go_on(samples.JOB, [samples.SHRINK]), go_to_it, SPACE)


def test_a_plain_question() -> None:
    """The safe answer is the default."""
    assert answered(lambda: wants("Undo it?", "One\nTwo"), RETURN) is False
    assert answered(lambda: wants("Undo it?", "One\nTwo"), click("Undo it")) is True


def test_one_of_several_is_chosen() -> None:
    """Arrows and Return, a letter, a double click; Esc gives nothing."""
    ask = lambda: choose("Undo", "Which run?", samples.RUNS)  # noqa: E731  # the same question four times
    assert answered(ask, RETURN) == 1
    assert answered(ask, key(Qt.Key.Key_Down), key(Qt.Key.Key_Down), RETURN) == 3
    assert answered(ask, keys("l"), RETURN) == 4
    assert answered(ask, ESCAPE) is None


def test_nothing_to_choose_from() -> None:
    """An empty list has nothing to take."""
    assert answered(lambda: choose("Undo", "Which run?", ()), RETURN, ESCAPE) is None


def test_a_csv_gets_a_place(tmp_path: Path) -> None:
    """The proposed name is there; the ending is added where it is left out."""

    def name_it(window: QWidget) -> None:
        field = window.findChild(QLineEdit)
        assert field.text() == "Permits.csv"
        field.setText(str(tmp_path / "other name"))

    ask = lambda: ask_csv(CsvForm(tmp_path / "Permits.csv"))  # noqa: E731
    assert answered(ask, name_it, RETURN) == tmp_path / "other name.csv"
    assert answered(ask, ESCAPE) is None


def test_a_csv_is_not_written_over_unasked(tmp_path: Path) -> None:
    """Where the file is there, the window asks; who says no is back in it."""
    (tmp_path / "Permits.csv").write_text("old")
    asked: list[str] = []

    def say_no() -> None:
        box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox))
        asked.append(box.text())
        QTest.mouseClick(box.button(QMessageBox.StandardButton.No), Qt.MouseButton.LeftButton)

    def take(window: QWidget) -> None:
        QTimer.singleShot(50, say_no)
        QTest.keyClick(focused(window), Qt.Key.Key_Return)

    still = expect(lambda window: isinstance(window, QFileDialog) and window.isVisible())
    assert answered(lambda: ask_csv(CsvForm(tmp_path / "Permits.csv")), take, still, ESCAPE) is None
    assert "Permits.csv" in asked[0]
