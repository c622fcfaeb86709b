"""How a command ends: what the last window says, with no window here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xl_datasync.core.errors import NOTHING_SENT, DataSyncError, Stopped

Kind = Literal["done", "warning", "problem", "stopped"]

KIND_WORDS: dict[Kind, str] = {
    "done": "Done",
    "warning": "Done, please look",
    "problem": "Problem",
    "stopped": "Stopped",
}
"""The word beside the icon, because an icon alone says nothing to some."""

EXIT_CODES: dict[Kind, int] = {"done": 0, "warning": 3, "problem": 1, "stopped": 130}
WAITS = 5.0
"""Seconds for which a person waits for a window; one that comes later must not take the focus from her."""


@dataclass(frozen=True)
class EndingLink:
    """A button that opens something: a web page, a file or a folder."""

    label: str
    target: str


@dataclass(frozen=True)
class Ending:
    """What a command says at its end.

    :param headline: one sentence.
    :param lines: counts, places and files, one each.
    :param quiet: whether the window just closes, where nothing is to be read.
    :param code: the exit code, where it is another than the kind's own.
    :param title: the window's, where the last step was another than the button's.
    """

    kind: Kind
    headline: str = ""
    lines: tuple[str, ...] = ()
    links: tuple[EndingLink, ...] = ()
    quiet: bool = False
    code: int | None = None
    title: str = ""

    @property
    def word(self) -> str:
        """The kind as a word."""
        return KIND_WORDS[self.kind]

    @property
    def exit_code(self) -> int:
        """The code of the command line for this end."""
        return EXIT_CODES[self.kind] if self.code is None else self.code

    @property
    def shows_nothing(self) -> bool:
        """Whether no window is needed."""
        return self.quiet and not self.lines and not self.links

    @property
    def text(self) -> str:
        """All of it, to be copied or read out."""
        return "\n".join([f"{self.word}: {self.headline}", *self.lines])


def unexpected_ending(error: BaseException, log_file: str = "") -> Ending:
    """What is said of an error that nobody foresaw.

    :param log_file: the path of the log with the details.
    """
    headline = f"Something unexpected went wrong ({type(error).__name__})."
    if not log_file:
        return Ending("problem", headline, ("The log file has the details.",))
    lines = ("The log file has the details; send it to whoever looks after this program:", log_file)
    return Ending("problem", headline, lines, (EndingLink("Open the log file", log_file),))


def stopped_ending(*, sent: bool) -> Ending:
    """What is said after Cancel or Stop.

    :param sent: whether rows may have been on their way.
    """
    unaffected = "What had been sent by then stays published." if sent else NOTHING_SENT
    return Ending("stopped", "Stopped by you.", (unaffected,))


def error_ending(error: DataSyncError) -> Ending:
    """What is said of an error that somebody foresaw: its parts in their fixed order, one on a line."""
    reference = f"Reference for support: {error.reference}" if error.reference else ""
    lines = tuple(part for part in (error.unaffected, error.remedy.strip(), reference) if part)
    return Ending("stopped" if isinstance(error, Stopped) else "problem", error.located, lines, code=error.exit_code)


def takes_focus(seconds: float, *, ours: bool) -> bool:
    """Whether a window may take the focus when it opens.

    :param seconds: since the person clicked.
    :param ours: whether she is at one of our windows anyway.
    """
    return ours or seconds < WAITS


def is_web_page(target: str) -> bool:
    """Whether a link's target is a page; otherwise it is a path."""
    return target.lower().startswith(("http://", "https://"))
