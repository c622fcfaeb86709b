"""SoQL read by sqlglot into syntax trees; nothing here knows a dataset (protocol §4.1).

The tokenizer knows SoQL's own keywords alone, so that `date` or `end` are plain field names, and takes the system
fields (`:id`, `:*` and so on) as single words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, cast

from sqlglot import TokenType, exp, parser, tokens
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from werkzeug.datastructures import MultiDict

from .dataset import SYSTEM_FIELDS
from .errors import Refusal

ALL_SYSTEM_FIELDS = ":*"
DEFAULT_LIMIT = 1000
_CLAUSES = ("$select", "$where", "$group", "$having", "$order", "$limit", "$offset", "$q")
_WORDS = ("SELECT", "WHERE", "HAVING", "LIMIT", "OFFSET", "AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL")
_MORE_WORDS = ("LIKE", "DISTINCT", "TRUE", "FALSE", "ASC", "DESC", "AS", "GROUP BY", "ORDER BY")
_OPERATORS = ("<>", "!=", "<=", ">=", "==", "||")
_BASE = tokens.Tokenizer.KEYWORDS


class SoqlDialect(Dialect):
    """SoQL for sqlglot: two kinds of string quotes, back-ticked names, no function known to the parser."""

    SUPPORTS_USER_DEFINED_TYPES = False

    class Tokenizer(tokens.Tokenizer):
        """Words and quotes of SoQL."""

        IDENTIFIERS: ClassVar = ["`"]
        QUOTES: ClassVar = ["'", '"']
        STRING_ESCAPES: ClassVar = ["'", '"']
        COMMENTS: ClassVar = []
        KEYWORDS: ClassVar = {
            **{word: _BASE[word] for word in (*_WORDS, *_MORE_WORDS, *_OPERATORS)},
            "AS": TokenType.ALIAS,
            "DISTINCT": TokenType.DISTINCT,
            "==": TokenType.EQ,
            **{name.upper(): TokenType.VAR for name in (*SYSTEM_FIELDS, ALL_SYSTEM_FIELDS)},
        }

    class Parser(parser.Parser):
        """Every call stays a bare name with arguments; the compiler decides which names exist."""

        FUNCTIONS: ClassVar = {}
        FUNCTION_PARSERS: ClassVar = {}
        NO_PAREN_FUNCTIONS: ClassVar = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar = {}


@dataclass(frozen=True)
class Soql:
    """One query as syntax trees; `equals` are the plain `field=value` filters."""

    select: tuple[exp.Expression, ...] = (exp.Star(),)
    where: exp.Expression | None = None
    group: tuple[exp.Expression, ...] = ()
    having: exp.Expression | None = None
    order: tuple[exp.Expression, ...] = ()
    limit: int | None = DEFAULT_LIMIT
    offset: int = 0
    search: str = ""
    equals: dict[str, str] = field(default_factory=dict)
    system_fields: bool = False


def malformed(text: str) -> Refusal:
    """A query that cannot be read (protocol §4.6; code names [U])."""
    return query_refusal("query.compiler.malformed", text)


def query_refusal(code: str, text: str, **data: object) -> Refusal:
    """A query that cannot be answered, in the witnessed message pattern (protocol §4.6 [S])."""
    return Refusal(400, code, f"Query coordinator error: {code}; {text}", data)


def read_query(args: MultiDict[str, str]) -> Soql:
    """The query of a request's arguments."""
    system_fields = args.get("$$exclude_system_fields", "true").lower() == "false"
    equals = {name: value for name, value in args.items() if not name.startswith("$")}
    clauses = {name: args[name] for name in _CLAUSES if name in args}
    unknown = [n for n in args if n.startswith("$") and not n.startswith("$$") and n not in (*_CLAUSES, "$query")]
    if unknown:
        raise malformed(f"unknown parameter {unknown[0]}")
    if "$query" in args:
        if clauses or equals:
            raise malformed("$query excludes the other parameters")
        return _from_statement(args["$query"], system_fields=system_fields)
    return _from_clauses(clauses, equals, system_fields=system_fields)


def _from_clauses(clauses: dict[str, str], equals: dict[str, str], *, system_fields: bool) -> Soql:
    select = _statement(f"SELECT {clauses['$select']}") if "$select" in clauses else None
    if select is not None and _parts(select) != {"expressions"}:
        raise malformed("$select holds more than a list of expressions")
    group = _clause(exp.Group, "GROUP BY", clauses.get("$group"))
    order = _clause(exp.Order, "ORDER BY", clauses.get("$order"))
    return Soql(
        select=tuple(select.expressions) if select is not None else (exp.Star(),),
        where=_condition(clauses.get("$where")),
        group=tuple(group.expressions) if group is not None else (),
        having=_condition(clauses.get("$having")),
        order=tuple(order.expressions) if order is not None else (),
        limit=_whole(clauses.get("$limit"), "$limit", DEFAULT_LIMIT),
        offset=_whole(clauses.get("$offset"), "$offset", 0),
        search=clauses.get("$q", ""),
        equals=equals,
        system_fields=system_fields,
    )


def _from_statement(text: str, *, system_fields: bool) -> Soql:
    select = _statement(text)
    extra = _parts(select) - {"expressions", "where", "group", "having", "order", "limit", "offset"}
    if extra:
        raise malformed(f"{', '.join(sorted(extra))} is not supported")
    where, having = select.args.get("where"), select.args.get("having")
    group, order = select.args.get("group"), select.args.get("order")
    limit, offset = select.args.get("limit"), select.args.get("offset")
    return Soql(
        select=tuple(select.expressions),
        where=where.this if where else None,
        group=tuple(group.expressions) if group else (),
        having=having.this if having else None,
        order=tuple(order.expressions) if order else (),
        limit=_whole(limit.expression.name if limit else None, "LIMIT", DEFAULT_LIMIT),
        offset=_whole(offset.expression.name if offset else None, "OFFSET", 0),
        system_fields=system_fields,
    )


def _parts(select: exp.Expression) -> set[str]:
    return {name for name, value in select.args.items() if value}


def _whole(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise malformed(f"{name} must be a whole number, not {text[:50]!r}")
    return int(text)


_Result = TypeVar("_Result")


def _guarded(parse: Callable[[], _Result], text: str) -> _Result:
    try:
        return parse()
    except (SqlglotError, RecursionError, ValueError) as error:
        facts: list[dict[str, Any]] = getattr(error, "errors", [])
        reason = facts[0].get("description") if facts else None
        raise malformed(f"cannot read {text[:200]!r}: {reason or 'not SoQL'}") from None


def _statement(text: str) -> exp.Expression:
    statements = _guarded(lambda: SoqlDialect().parse(text), text)
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise malformed(f"{text[:200]!r} is not one SELECT")
    return cast("exp.Expression", statements[0])


def _condition(text: str | None) -> exp.Expression | None:
    return None if text is None else _parse_into(cast("type[exp.Expression]", exp.Condition), text)


def _clause(kind: type[exp.Expression], keyword: str, text: str | None) -> exp.Expression | None:
    return None if text is None else _parse_into(kind, f"{keyword} {text}")


def _parse_into(kind: type[exp.Expression], text: str) -> exp.Expression:
    trees = _guarded(lambda: SoqlDialect().parse_into(kind, text), text)
    if len(trees) != 1 or trees[0] is None:
        raise malformed(f"cannot read {text[:200]!r}")
    return cast("exp.Expression", trees[0])
