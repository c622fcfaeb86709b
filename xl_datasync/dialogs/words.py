"""Sentences that several windows share."""

from __future__ import annotations

from xl_datasync.core.connection import SignInType
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.jobs import What
from xl_datasync.core.problems import Problem

BLANK = "This is blank."
COMMAND = "xl-datasync"
TEST_PORTAL = "This is a test portal: what is published there is for trying things out."
PASTE_LINK = "Paste the dataset's link from the browser, or type its ID, such as abcd-1234."

METHOD_WORDS = {
    Method.REPLACE: "The sheet becomes the dataset: its rows take the place of all rows on the portal.",
    Method.APPEND: "The sheet's rows are added to those on the portal; none of them is changed. "
    "Where the dataset has no row identifier, doing it twice adds them twice.",
    Method.UPSERT: "Rows that the portal knows by their row identifier are updated, the others are added; "
    "none is removed.",
    Method.DELETE: "The rows listed in the sheet, by their row identifier, are removed from the portal; "
    "the others stay.",
}
"""What each way to update does, in a sentence or two."""

WHAT_WORDS = {
    What.COLUMNS: "A new dataset with the same columns and no rows.",
    What.ROWS: "The rows go to a dataset that is there and has these columns.",
    What.BOTH: "A new dataset with the same columns and rows.",
}

USER_LABEL = {SignInType.API_KEY: "API key ID", SignInType.USER_NAME: "User name"}
SECRET_LABEL = {SignInType.API_KEY: "API key secret", SignInType.USER_NAME: "Password"}


def sentence(text: str) -> str:
    """The text with a full stop, where it has no end of its own."""
    tidy = text.strip()
    return tidy if not tidy or tidy.endswith((".", "!", "?", "…", ".”", "!”", "?”")) else f"{tidy}."


def error_words(error: Exception, otherwise: str) -> str:
    """An error for somebody at a window: what happened and what to do, without commands to type.

    :param otherwise: what is said of an error that has no words of its own.
    """
    if not isinstance(error, DataSyncError):
        return otherwise
    remedy = "" if COMMAND in error.remedy else error.remedy
    return f"{sentence(error.located)} {remedy}".strip()


def count_words(problem: Problem) -> str:
    """In how many places it is, where there are several."""
    return f" ({problem.count:,} places)" if problem.count > 1 else ""


def reason_lines(problem: Problem, places: int = 5) -> list[str]:
    """A guard for the person who may pass it: what, how often, where, what to do instead."""
    lines = [sentence(f"{problem.subject}: {problem.what}{count_words(problem)}")]
    shown = problem.places[:places]
    lines += [f"    {place.where}  {f'“{place.value}”' if place.value else ''}".rstrip() for place in shown]
    more = problem.count - len(shown)
    if shown and more > 0:
        lines.append(f"    … and {more:,} more")
    if problem.remedy:
        lines.append(f"What to do instead: {sentence(problem.remedy)}")
    return lines
