"""Every kind of problem has words a clerk can act on, and a test that reads them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ROOT / "xl_datasync"
# Which arguments of what makes a problem hold what is wrong, and what to do.
MAKERS = {"Fault": (0, 1), "guard": (1, 2), "question": (1, 2), "fault": (1, 2)}
SHORTEST = 12
# Words of programmers; a clerk would have to look them up.
JARGON = re.compile(
    r"\b(null|None|parse[ds]?|payload|invalid|illegal|exception|traceback|regex|string|integer|boolean|schema|endpoint|"
    r"JSON|HTTP|[45]\d\d|failed|abort(ed)?|fatal|kill(ed)?|execute[ds]?)\b"
)
# Where these words are the very thing that the message is about.
ABOUT_JSON = "core/conversion/other.py"


@dataclass(frozen=True)
class Words:
    """What one place in the code says: the constant pieces of both sentences, and where it stands."""

    what: tuple[str, ...]
    remedy: tuple[str, ...]
    severity: str
    where: str


def said() -> Iterator[Words]:
    """The words of every problem that the code can make."""
    for path in sorted(CODE.rglob("*.py")):
        if "practice_portal" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for function in [tree, *[node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]]:
            names = assigned(function)
            for node in own_nodes(function):
                if isinstance(node, ast.Call) and (found := words(node, names)):
                    yield Words(*found, where=f"{path.relative_to(CODE).as_posix()}:{node.lineno}")


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or a module without those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from own_nodes(child)


def assigned(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What the plain names of a function may hold."""
    found: dict[str, list[ast.expr]] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for name, value in zip(target.elts, node.value.elts, strict=True):
                        if isinstance(name, ast.Name):
                            found.setdefault(name.id, []).append(value)
    return found


def words(call: ast.Call, names: dict[str, list[ast.expr]]) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
    """What a call that makes a problem says; None for any other call."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in MAKERS or (name == "fault" and len(call.args) != 3):
        return None
    what, remedy = (pieces(call.args[place], names) if place < len(call.args) else () for place in MAKERS[name])
    severity = next((node.attr for arg in call.args for node in ast.walk(arg)
                     if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Severity"), "PROBLEM")  # fmt: skip
    return what, remedy, severity


def pieces(node: ast.expr, names: dict[str, list[ast.expr]]) -> tuple[str, ...]:
    """The constant pieces of a text, in order; those of each text that it may be."""
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.JoinedStr(values=values):
            return tuple(piece for value in values for piece in pieces(value, {}))
        case ast.IfExp(body=body, orelse=orelse):
            return pieces(body, names) + pieces(orelse, names)
        case ast.BinOp(left=left, right=right):
            return pieces(left, names) + pieces(right, names)
        case ast.Name(id=name):
            return tuple(piece for value in names.get(name, []) for piece in pieces(value, {}))
    return ()


@cache
def everything_tested() -> str:
    """All that the tests hold, and the page of faults, which a test compares with what the program says."""
    texts = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    texts += [(ROOT / "docs" / "faults.md").read_text("utf-8")]
    return squeezed("\n".join(texts))


def squeezed(text: str) -> str:
    """A text as it reads when literals are joined: line breaks inside sentences and quotes between pieces are gone."""
    return re.sub(r"\s+", " ", re.sub(r'"\s*\n\s*f?"', "", text))


SAID = list(said())


def test_problems_are_found_in_the_code() -> None:
    """The search itself works: it finds some two hundred places, in every room that makes problems."""
    assert len(SAID) > 150
    assert {"core/checks", "core/conversion", "core/mapping.py", "workbook/job_rows.py"} <= {
        place for words in SAID for place in (words.where.rsplit("/", 1)[0], words.where.rsplit(":", 1)[0])
    }


@pytest.mark.parametrize("words", SAID, ids=lambda words: words.where)
def test_a_test_reads_the_words(words: Words) -> None:
    """Somewhere a test holds a longer piece of what is said, so that it cannot change or vanish unseen."""
    told = [squeezed(piece).strip() for piece in words.what]
    told = [piece for piece in told if len(piece) >= SHORTEST] or [piece for piece in told if piece]
    if not told:
        return  # the words come from elsewhere, where they are looked at
    assert any(piece in everything_tested() for piece in told), f"no test reads {told}"


@pytest.mark.parametrize("words", SAID, ids=lambda words: words.where)
def test_the_words_follow_the_shape(words: Words) -> None:
    """What is wrong is no sentence with a full stop; what to do is one; a problem says what to do; no jargon."""
    what, remedy = "".join(words.what), "".join(words.remedy)
    assert not what.endswith("."), what
    assert not remedy or remedy.rstrip().endswith((".", "?", "!")) or not words.remedy[-1].strip(), remedy
    found = JARGON.findall(what + " " + remedy)
    assert not found or ABOUT_JSON in words.where, f"{found} in “{what} {remedy}”"
