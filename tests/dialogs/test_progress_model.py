"""What the progress window says at each moment, and how it ends, without a window."""

from __future__ import annotations

import pytest

from xl_datasync.core.errors import PortalError, SignInError, Stopped
from xl_datasync.dialogs.endings import (
    Ending,
    EndingLink,
    error_ending,
    is_web_page,
    stopped_ending,
    takes_focus,
    unexpected_ending,
)
from xl_datasync.dialogs.progress_model import HINT, Progress, bar_parts, elapsed_words, step_words
from xl_datasync.dialogs.switch import ButtonSwitch


@pytest.fixture
def switch() -> ButtonSwitch:
    """A switch nobody has pressed."""
    return ButtonSwitch()


@pytest.fixture
def progress(switch: ButtonSwitch) -> Progress:
    """Progress whose clock stands still."""
    return Progress("Publishing …", switch, clock=lambda: 0.0)


def test_a_press_only_marks(switch: ButtonSwitch) -> None:
    """The window's thread presses; the worker's stops, and not while something is on its way."""
    switch.check()
    with switch.held():
        switch.press()
        switch.press()
        assert switch.is_held
        assert switch.pressed
        switch.check()
    assert not switch.is_held
    with pytest.raises(KeyboardInterrupt):
        switch.check()


@pytest.mark.parametrize(
    ("done", "total", "words", "parts"),
    [
        (0, None, "Checking rows", None),
        (52_000, None, "Checking rows – 52,000 so far", None),
        (4_000, 9_000, "Checking rows – 4,000 of 9,000", 444),
        (9_001, 9_000, "Checking rows – 9,000 of 9,000", 1000),
        (0, 0, "Checking rows", None),
        (2**40, 2**41, f"Checking rows – {2**40:,} of {2**41:,}", 500),
    ],
)
def test_a_step_in_words_and_on_the_bar(done: int, total: int | None, words: str, parts: int | None) -> None:
    """Numbers are told where they are known; an estimate that was too low never runs over."""
    assert step_words("Checking rows", done, total) == words
    assert bar_parts(done, total) == parts


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (7.9, "0:07"), (723, "12:03"), (3723, "1:02:03")])
def test_the_time(seconds: float, words: str) -> None:
    """Minutes and seconds, with hours where there are any."""
    assert elapsed_words(seconds) == words


def test_cancel_while_nothing_was_sent(progress: Progress, switch: ButtonSwitch) -> None:
    """The button says Cancel, then that it was heard, and that nothing was sent."""
    assert (progress.shown().button, progress.shown().note) == ("Cancel", HINT)
    switch.press()
    shown = progress.shown()
    assert (shown.button, shown.can_stop) == ("Cancelling …", False)
    assert "Nothing has been sent" in shown.note


def test_stop_once_something_is_sent(progress: Progress, switch: ButtonSwitch) -> None:
    """While rows are on their way, and until the job is over, the button says Stop; it says that what was taken stays."""
    with switch.held():
        assert progress.shown().button == "Stop"
        switch.press()
        assert "once the portal has answered" in progress.shown().note
    shown = progress.shown()
    assert shown.button == "Stopping …"
    assert "What was sent stays published" in shown.note


def test_a_refused_job_leaves_nothing_to_stop(progress: Progress, switch: ButtonSwitch) -> None:
    """That a job's record was written means nothing for the next one, unless the job may have sent rows."""
    with switch.held():
        pass
    progress.finished("Fees", "Not sent.", published=False)
    assert progress.shown().button == "Cancel"
    progress.finished("Permits", "Failed: the answer was lost.", published=False, sent=True)
    assert progress.shown().button == "Stop"


def test_stop_names_what_is_published(progress: Progress, switch: ButtonSwitch) -> None:
    """Jobs that changed the portal are named, others are not."""
    progress.finished("Permits", "310 rows.", published=True)
    progress.finished("Fees", "Not sent.", published=False)
    switch.press()
    shown = progress.shown()
    assert shown.finished == ("Permits: 310 rows.", "Fees: Not sent.")
    assert "Already published: “Permits”." in shown.note


def test_a_new_heading_ends_the_step(progress: Progress) -> None:
    """The step of before is not shown under another heading."""
    progress.watch("Permits", "Checking rows", 1, 2)
    assert progress.shown().step == "Permits: Checking rows – 1 of 2"
    progress.say("Reading the sheet …")
    assert (progress.shown().heading, progress.shown().step, progress.shown().bar) == ("Reading the sheet …", "", None)


def test_every_kind_of_end_has_its_word_and_code() -> None:
    """The codes are the command line's, unless the ending has its own."""
    kinds = [Ending(kind, "h") for kind in ("done", "warning", "problem", "stopped")]
    assert [one.exit_code for one in kinds] == [0, 3, 1, 130]
    assert len({one.word for one in kinds}) == 4
    assert Ending("problem", code=4).exit_code == 4


def test_a_quiet_end_with_something_to_read_is_shown() -> None:
    """Only an ending without lines and links just closes."""
    assert Ending("done", quiet=True).shows_nothing
    assert not Ending("done", "h").shows_nothing
    assert not Ending("done", "h", ("a line",), quiet=True).shows_nothing
    assert not Ending("done", "h", links=(EndingLink("Open", "x"),), quiet=True).shows_nothing


def test_an_unexpected_error_names_the_log() -> None:
    """One short sentence, the log file's path, and a button for it; never the error's own text."""
    ending = unexpected_ending(ValueError("secret"), "/logs/xl-datasync.log")
    assert "ValueError" in ending.headline
    assert "secret" not in ending.text
    assert ending.lines[-1] == "/logs/xl-datasync.log"
    assert ending.links == (EndingLink("Open the log file", "/logs/xl-datasync.log"),)
    assert "log file" in unexpected_ending(ValueError()).text


def test_an_error_in_its_fixed_order() -> None:
    """What happened and where, what was not affected, what to do, the reference; the code is the error's own."""
    error = PortalError("The portal said no.", where="City", remedy="Try later.", temporary=True, reference="r1")
    ending = error_ending(error)
    assert ending.headline == "City: The portal said no."
    assert ending.lines == ("Nothing has been sent.", "Try later.", "Reference for support: r1")
    assert (ending.kind, ending.exit_code) == ("problem", 5)
    assert error_ending(Stopped("Stopped by you.")).kind == "stopped"
    assert error_ending(SignInError("x")).exit_code == 4


def test_what_a_stop_says() -> None:
    """Whether something may have been sent."""
    assert "Nothing has been sent." in stopped_ending(sent=False).text
    assert "stays published" in stopped_ending(sent=True).text


def test_who_gets_the_focus() -> None:
    """A late window leaves it with the sheet, unless the person is at our windows."""
    assert takes_focus(0.3, ours=False)
    assert not takes_focus(60, ours=False)
    assert takes_focus(60, ours=True)


def test_links_are_pages_or_paths() -> None:
    """Nothing but http is given to a browser."""
    assert is_web_page("https://data.example.gov")
    assert not is_web_page("C:\\Users\\ann\\a.csv")
    assert not is_web_page("javascript:alert(1)")
