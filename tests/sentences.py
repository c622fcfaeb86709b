"""What a program can say, read from its syntax trees: calls that make a message, and all the texts its words may be."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path

# Where a name or a number is put in.
HOLE = "\0"
# A sentence has no more ways to be said; names that lead to names are followed no further.
MOST, DEEPEST = 60, 6
# A word that is chosen inside a sentence, such as “has” or “have”, makes no other sentence of it.
SHORT = 12
Value = tuple[ast.expr, int | None]
Scope = Mapping[str, Sequence[Value]]
Makers = Mapping[str, tuple[int, int | None]]


@dataclass(frozen=True)
class Said:
    """One call that makes a message.

    :param what: all that it may say is wrong; ``remedy`` likewise.
    :param blocks: whether it is no mere warning or note.
    :param passes_on: whether its words are another message's.
    """

    where: str
    maker: str
    what: tuple[str, ...]
    remedy: tuple[str, ...]
    blocks: bool
    passes_on: bool


@dataclass(eq=False)
class Module:
    """One file of code; ``others`` are those whose names it may use."""

    name: str
    tree: ast.Module
    others: list[Module] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.functions = {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)}
        self.constants = _assigned(self.tree.body)

    @property
    def own_makers(self) -> dict[str, tuple[int, int | None]]:
        """The module's functions that are given what is wrong and what to do, with the places of both."""
        found: dict[str, tuple[int, int | None]] = {}
        for function in self.functions.values():
            names = [argument.arg for argument in function.args.args if argument.arg != "self"]
            if {"what", "remedy"} <= set(names):
                found[function.name] = names.index("what"), names.index("remedy")
        return found

    @classmethod
    def of_text(cls, text: str) -> Module:
        """A module that stands alone."""
        module = cls("text", ast.parse(text))
        module.others = [module]
        return module

    def said(self, makers: Makers) -> Iterator[Said]:
        """The messages that the module makes; its own makers go before others of their names."""
        makers = {name: self.own_makers.get(name, places) for name, places in makers.items()}
        for body, scope in self._scopes():
            for call in (node for root in body for node in _nodes(root) if isinstance(node, ast.Call)):
                name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
                if name in makers and call.args:
                    yield self._one(call, name, makers[name], scope)

    def _one(self, call: ast.Call, name: str, places: tuple[int, int | None], scope: Scope) -> Said:
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if name == "fault" and len(call.args) == 2:
            places = 0, 1  # a row's own “fault” that knows its cell already
        what = self._argument(call, places[0], scope)
        remedy = self._argument(call, places[1], scope) if places[1] is not None else []
        if not remedy and "remedy" in keywords:
            remedy = self.ways(keywords["remedy"], scope)
        severities = {
            node.attr for node in ast.walk(call) if getattr(getattr(node, "value", None), "id", "") == "Severity"
        }
        passes_on = None in keywords or all(not text.replace(HOLE, "").strip() for text in what)
        # Their severity is a value; of the others one that is not named is a problem.
        blocks = "PROBLEM" in severities if name in ("Problem", "_Change") else severities <= {"PROBLEM"}
        return Said(f"{self.name}:{call.lineno}", name, tuple(what), tuple(remedy), blocks, passes_on)

    def _argument(self, call: ast.Call, place: int, scope: Scope) -> list[str]:
        starred = next((at for at, argument in enumerate(call.args) if isinstance(argument, ast.Starred)), None)
        if starred is not None and starred <= place:
            return self.ways(call.args[starred].value, scope, part=place - starred)  # type: ignore[attr-defined]
        return self.ways(call.args[place], scope) if place < len(call.args) else []

    def _scopes(self) -> Iterator[tuple[Sequence[ast.stmt], Scope]]:
        yield self.tree.body, {}
        yield from self._inner(self.tree, {})

    def _inner(self, node: ast.AST, outer: Scope) -> Iterator[tuple[Sequence[ast.stmt], Scope]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                scope = {**outer, **_assigned(child.body)}
                yield child.body, scope
                yield from self._inner(child, scope)
            else:
                yield from self._inner(child, outer)

    def texts(self) -> Iterator[str]:
        """All texts of the module that are no docstrings, each whole; constants of the module are put in."""
        said_alone = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        pieces = {id(p) for node in ast.walk(self.tree) if isinstance(node, ast.JoinedStr) for p in node.values}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                yield from self.ways(node, {})
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said_alone | pieces:
                yield node.value

    def ways(self, node: ast.expr, scope: Scope, depth: int = 0, part: int | None = None) -> list[str]:
        """All that a text may be; of a tuple, its part of that number."""
        return list(dict.fromkeys(islice(self._ways(node, scope, depth + 1, part), MOST)))

    def _ways(self, node: ast.expr, scope: Scope, depth: int, part: int | None) -> Iterator[str]:  # noqa: C901, PLR0912  # one case for each way to write a text
        if depth > DEEPEST:
            yield HOLE
            return
        match node:
            case ast.Constant(value=str(text)) if part is None:
                yield text
            case ast.JoinedStr(values=values):
                yield from map("".join, product(*(self.ways(value, scope, depth) for value in values)))
            case ast.FormattedValue(value=value, format_spec=None, conversion=-1):
                found = self.ways(value, scope, depth)
                yield from found if max(map(len, found)) >= SHORT else [HOLE] if len(found) > 1 else found
            case ast.IfExp(body=body, orelse=orelse):
                yield from [*self.ways(body, scope, depth, part), *self.ways(orelse, scope, depth, part)]
            case ast.BoolOp(values=values):
                yield from (text for value in values for text in self.ways(value, scope, depth, part))
            case ast.BinOp(left=left, right=right, op=ast.Add()) if part is None:
                yield from map("".join, product(self.ways(left, scope, depth), self.ways(right, scope, depth)))
            case ast.Tuple(elts=parts) if part is not None and part < len(parts):
                yield from self.ways(parts[part], scope, depth)
            case ast.Subscript(value=value, slice=ast.Constant(value=int(place))) if part is None:
                yield from self.ways(value, scope, depth, place)
            case ast.Call(func=ast.Attribute(value=value, attr="strip" | "rstrip" | "lstrip")):
                yield from self.ways(value, scope, depth, part)
            case ast.Name(id=name):
                yield from self._named(name, scope, depth, part)
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield from self._given(name, depth, part)
            case _:
                yield HOLE

    def _named(self, name: str, scope: Scope, depth: int, part: int | None) -> Iterator[str]:
        if name in scope:
            home, its_scope, values = self, scope, scope[name]
        else:
            home = next((m for m in (self, *self.others) if name in m.constants), self)
            its_scope, values = {}, home.constants.get(name, ())
        if not values:
            yield HOLE
        for value, place in values:
            yield from home.ways(value, its_scope, depth, place if part is None else part)

    def _given(self, name: str, depth: int, part: int | None) -> Iterator[str]:
        """What a function gives, where it is clear which one is meant."""
        homes = [self] if name in self.functions else [module for module in self.others if name in module.functions]
        if len(homes) != 1:
            yield HOLE
            return
        body = homes[0].functions[name].body
        scope = _assigned(body)
        given = [node.value for root in body for node in _nodes(root) if isinstance(node, ast.Return) and node.value]
        if not given:
            yield HOLE
        for value in given:
            yield from homes[0].ways(value, scope, depth, part)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those in it, but not what stands in functions and classes."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        for child in ast.iter_child_nodes(node):
            yield from _nodes(child)


def _assigned(body: Iterable[ast.stmt]) -> dict[str, list[Value]]:
    """What the plain names of a function or a module may hold: a value, or a part of one."""
    found: dict[str, list[Value]] = {}
    for node in (node for root in body for node in _nodes(root)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _assign(found, target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            _assign(found, node.target, node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            before = list(found.get(node.target.id, []))
            found.setdefault(node.target.id, []).extend(
                (ast.BinOp(value, ast.Add(), node.value), None) for value, place in before if place is None
            )
    return found


def _assign(found: dict[str, list[Value]], target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name):
        found.setdefault(target.id, []).append((value, None))
    elif isinstance(target, ast.Tuple):
        for place, name in enumerate(target.elts):
            if isinstance(name, ast.Name):
                found.setdefault(name.id, []).append((value, place))


def modules_of(folder: Path, leave_out: str) -> list[Module]:
    """The modules of a folder and of the folders in it, but for a file or folder of that name."""
    paths = [path for path in sorted(folder.rglob("*.py")) if leave_out not in path.relative_to(folder).parts]
    modules = [Module(path.relative_to(folder).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]
    for module in modules:
        module.others = modules
    return modules


def texts_of(code: str) -> set[str]:
    """The texts of a piece of code."""
    return set(Module.of_text(code).texts())
