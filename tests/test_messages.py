"""Every kind of problem, and every error, has words a clerk can act on, and a test that reads them.

What the program can say is found by its syntax trees: each call that makes a problem or an error, with the texts that its
words may be. A text has holes where a name or a number is put in.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.sentences import HOLE, Module, Said, modules_of, texts_of

ROOT = Path(__file__).parents[1]
CODE = modules_of(ROOT / "xl_datasync", leave_out="practice_portal")
# Makers of problems, with the places of what is wrong and of what to do about it. Besides them, every function that is
# given a “what” and a “remedy” is one.
PROBLEMS = {"Fault": (0, 1), "PartFault": (0, 1), "Problem": (1, 2), "_Change": (0, 2)}
# A piece that is shorter may stand in a test for other reasons.
SHORTEST = 16
# Words of programmers; a clerk would have to look them up.
JARGON = re.compile(
    r"\b(null|parse[ds]?|payload|invalid|illegal|exception|traceback|regex|string|integer|boolean|schema|endpoint|"
    r"API field|WKT|JSON|HTTP|[45]\d\d|failed|abort(ed)?|fatal|kill(ed)?|execute[ds]?)\b"
)
# The portal's type of that name is what the message is about.
ABOUT_JSON = "core/conversion/other.py"
# How a command is written; who uses the buttons of Excel would not know where to write it.
COMMAND = re.compile(r"xl-datasync [a-z]|(?<![\w-])--[a-z]")
# Said at a terminal only, or to whoever looks after the program.
FOR_TERMINALS = (
    "addin/", "commands/", "cli.py", "console.py", "workbook/driven.py", "ribbon/entrance.py", "ribbon/request.py",
    "ribbon/practising.py", "workbook/config.py",
    "undoable.py",  # where a window lists the runs, nobody names one
)  # fmt: skip
# A command stands beside the button that does the same, or is said only where there is no workbook in Excel.
BESIDE = ("Open Data tab in Excel", "“Job sheet” in Excel", "scheduled task", "(--limit)", "run --only-set-aside")
# Errors after which there is nothing to do, or whose words are those of another error.
NOTHING_TO_DO = {"Stopped", "ConfigurationFaults", "UnexpectedError"}
# Said where the program itself is at fault: no job of that kind comes there; or taken by who asks for a sign-in.
NEVER_READ = {"There is no sheet to publish from.", "This is no copy job.", "This is no undo.", "No sign-in for “…” is saved.",
              "It was saved by somebody while its rows were being sent."}  # fmt: skip


def errors_of(code: list[Module]) -> set[str]:
    """The names of the errors that a person may read."""
    found, classes = {"DataSyncError"}, [c for m in code for c in ast.walk(m.tree) if isinstance(c, ast.ClassDef)]
    while more := {c.name for c in classes if {getattr(b, "id", "") for b in c.bases} & found} - found:
        found |= more
    return found


MAKERS = {name: places for module in CODE for name, places in module.own_makers.items()} | PROBLEMS
ERRORS = errors_of(CODE)
PROBLEMS_SAID = [said for module in CODE for said in module.said(MAKERS)]
ERRORS_SAID = [said for module in CODE for said in module.said(dict.fromkeys(ERRORS, (0, None)))]


@cache
def all_tested() -> str:
    """All texts of the tests, and the page of faults, which a test compares with what the program says."""
    modules = modules_of(ROOT / "tests", leave_out="test_messages.py")
    texts = {text for module in modules for text in module.texts()}
    return "\n".join(map(squeezed, [*texts, (ROOT / "docs" / "faults.md").read_text("utf-8")]))


def squeezed(text: str) -> str:
    """A text with single spaces."""
    return re.sub(r"\s+", " ", text)


def is_read(text: str) -> bool:
    """Whether a text of the tests holds the longest piece of a sentence; where all are short, the whole of it."""
    pieces = [piece.strip() for piece in squeezed(text).split(HOLE)]
    longest = max(pieces, key=len)
    if len(longest) >= SHORTEST:
        return longest in all_tested()
    whole = "[^\n]{1,80}?".join(map(re.escape, squeezed(text).strip().split(HOLE)))
    return not any(pieces) or re.search(rf"(?<![\w ]){whole}(?![\w ])", all_tested()) is not None


def shown(text: str) -> str:
    """A text with dots in its holes."""
    return text.replace(HOLE, "…")


def test_the_search_finds_what_is_said() -> None:
    """It finds some two hundred places, in every room that makes problems, and every family of errors."""
    rooms = {said.where.rsplit("/", 1)[0] if "/" in said.where else "" for said in PROBLEMS_SAID}
    assert len(PROBLEMS_SAID) > 200
    assert {"", "core", "core/checks", "core/conversion", "workbook"} <= rooms
    assert len(ERRORS_SAID) > 150
    assert {"WorkbookError", "SignInError", "PortalError", "InstallError", "Busy"} <= ERRORS


def test_a_sentence_is_found_by_all_that_it_may_be() -> None:
    """Both words of a choice, what a function gives, and what stands around a name."""
    module = Module.of_text(
        'WORDS = "Do it."\n'
        'def told(x):\n    return f"{x} is wrong there", WORDS\n'
        'def make(x):\n    what = "one of two things" if x else "the other of both"\n    return Fault(what, WORDS), Fault(*told(x))\n'
    )
    first, second = module.said(PROBLEMS)
    assert (first.what, first.remedy) == (("one of two things", "the other of both"), ("Do it.",))
    assert (second.what, second.remedy) == ((f"{HOLE} is wrong there",), ("Do it.",))


@pytest.mark.parametrize("said", PROBLEMS_SAID, ids=lambda said: said.where)
def test_a_test_reads_it(said: Said) -> None:
    """What is wrong and what to do stand in some test, so that neither can change or vanish unseen."""
    unread = [shown(text) for text in (*said.what, *said.remedy) if not is_read(text)]
    assert not unread, f"no test reads {unread}"


@pytest.mark.parametrize("said", PROBLEMS_SAID, ids=lambda said: said.where)
def test_it_has_the_shape(said: Said) -> None:
    """What is wrong is no sentence with a full stop; what to do is one, and what blocks has it; no programmers' words."""
    for text in said.what:
        assert not text.endswith("."), shown(text)
    for text in said.remedy:
        assert not text or text.rstrip().endswith((".", "?", "!", HOLE)), shown(text)
        # A guard and a question are answered: what they say is the reason for asking.
        assert text or not said.blocks or said.maker in ("guard", "question"), f"{said.what} says nothing to do"


@pytest.mark.parametrize("said", [*PROBLEMS_SAID, *ERRORS_SAID], ids=lambda said: said.where)
def test_its_words_are_a_clerks(said: Said) -> None:
    """No programmers' words, and no command without the button that does the same."""
    for text in (*said.what, *said.remedy):
        assert not JARGON.search(text) or said.where.startswith(ABOUT_JSON), shown(text)
        commands = COMMAND.search(text) and not any(words in text for words in BESIDE)
        assert not commands or said.where.startswith(FOR_TERMINALS), shown(text)


@pytest.mark.parametrize("said", ERRORS_SAID, ids=lambda said: said.where)
def test_an_error_says_what_to_do(said: Said) -> None:
    """What happened is a whole sentence, and what to do is another, unless there is nothing to do."""
    for text in said.what:
        assert text.endswith((".", "?", HOLE)), shown(text)
    for text in said.remedy:
        assert not text or text.rstrip().endswith((".", HOLE, "addin install", ")")), shown(text)
    nothing = said.maker in NOTHING_TO_DO or said.passes_on or {shown(text) for text in said.what} <= NEVER_READ
    assert nothing or any(said.remedy), f"{[*map(shown, said.what)]} says nothing to do"


def test_the_exceptions_are_still_said() -> None:
    """What is left out by its words is there."""
    said = {shown(text) for error in ERRORS_SAID for text in error.what}
    assert said >= NEVER_READ


def test_texts_of_a_test() -> None:
    """A text of several pieces is one, docstrings are none."""
    assert texts_of('"""Not this."""\nX = "a " "b and all that"\nY = f"{X} c"\n') == {
        "a b and all that",
        "a b and all that c",
    }
