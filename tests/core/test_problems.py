"""Gathering faults, and the shape of messages."""

from __future__ import annotations

import pytest

from xl_datasync.core.errors import DataSyncError, PortalError, SignInError, Stopped, WorkbookError
from xl_datasync.core.problems import (
    PLACES_KEPT,
    ConfigurationFaults,
    Fault,
    ProblemLog,
    Severity,
    any_blocks,
    shortened,
    single,
)

PROBLEM, WARNING = Fault("bad", "Mend it."), Fault("odd", "Look.", Severity.WARNING)


def test_equal_faults_are_one_problem() -> None:
    """Faults of one subject that say the same are counted together, whatever text a warning lets through."""
    log = ProblemLog()
    for row, text in enumerate(("a", "b", "c"), 2):
        log.add("Column “Fee”", Fault("odd", "Look.", Severity.WARNING, text), f"Data!A{row}", text)
    log.add("Column “Name”", PROBLEM, "Data!B2")
    blocking, warning = log.problems()
    assert (blocking.subject, blocking.count, blocking.blocks) == ("Column “Name”", 1, True)
    assert (warning.count, [p.value for p in warning.places]) == (3, ["a", "b", "c"])
    assert any_blocks(log.problems())
    assert not any_blocks((warning,))


def test_the_count_goes_beyond_the_places() -> None:
    """The first places are kept, all are counted; a count known otherwise may only raise it."""
    log = ProblemLog()
    for row in range(PLACES_KEPT + 100):
        log.add("S", PROBLEM, f"Data!A{row}")
    log.raise_count("S", PROBLEM, 50)
    assert (log.problems()[0].count, len(log.problems()[0].places)) == (PLACES_KEPT + 100, PLACES_KEPT)
    log.raise_count("S", Fault("bad", "Mend it.", text="sent"), 5000)
    log.raise_count("S", WARNING, 7)
    assert [p.count for p in log.problems()] == [5000]


def test_single_problems_and_short_values() -> None:
    """A problem may stand in one place or none; long values are cut and put on one line."""
    assert single("S", PROBLEM).places == ()
    assert single("S", WARNING, "Data!A1", "x").places[0].value == "x"
    assert shortened("a\n  b\tc") == "a b c"
    assert shortened("x" * 100) == "x" * 59 + "…"


def test_the_message_has_one_shape() -> None:
    """What happened, what was not affected, what to do, reference; the place first."""
    error = DataSyncError("It is broken.", where="Data!A1", remedy="Mend it.", reference="req-1")
    assert str(error) == error.message
    assert error.message == "Data!A1: It is broken. Nothing has been sent. Mend it. (Reference for support: req-1)"
    assert DataSyncError("Gone.", unaffected="").message == "Gone."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataSyncError("x"), 1), (WorkbookError("x"), 2), (ConfigurationFaults("jobs.xlsx", ()), 2), (SignInError("x"), 4),
        (Stopped("x"), 130), (PortalError("x"), 1), (PortalError("x", temporary=True, status=503), 5),
        (PortalError("x", status=401), 4), (PortalError("x", status=403, code="authentication_required"), 4),
    ],
)  # fmt: skip
def test_exit_codes_of_errors(error: DataSyncError, code: int) -> None:
    """Each error knows its exit code."""
    assert error.exit_code == code


@pytest.mark.parametrize(("count", "words"), [(1, "1 fault in"), (3, "3 faults in")])
def test_configuration_faults_say_how_many(count: int, words: str) -> None:
    """All faults of the job sheets travel in one error."""
    error = ConfigurationFaults("jobs.xlsx", tuple(single("Jobs sheet", PROBLEM) for _ in range(count)))
    assert words in error.message
    assert len(error.problems) == count
