"""SoQL trees compiled to one SQLite statement (protocol §4.1).

Only the node kinds and functions named here exist; columns come from the dataset; every literal is a bound
parameter. Numbers are kept as text, so they are compared as SQLite NUMERIC: exact up to 15 digits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp

from .dataset import Dataset
from .errors import Refusal
from .rowids import sid_of, version_of
from .soql import ALL_SYSTEM_FIELDS, Soql, malformed, query_refusal
from .types import BadValue, fixed_from_json, floating_from_csv, number_from_csv

_SYSTEM_SQL = {
    ":id": ('"sid"', "row_identifier"),
    ":version": ('"version"', "row_version"),
    ":created_at": ('"created_at"', "fixed_timestamp"),
    ":updated_at": ('"updated_at"', "fixed_timestamp"),
}
_DATES = ("floating_timestamp", "fixed_timestamp")
_ORDERED = ("number", "text", *_DATES, "boolean", "row_identifier", "row_version", "null")
_COMPARISONS: dict[type, str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type, str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_TRUNCATIONS = {
    "date_trunc_y": (4, "-01-01T00:00:00.000"),
    "date_trunc_ym": (7, "-01T00:00:00.000"),
    "date_trunc_ymd": (10, "T00:00:00.000"),
}
_EXTRACTIONS = {
    "date_extract_y": (1, 4),
    "date_extract_m": (6, 2),
    "date_extract_d": (9, 2),
    "date_extract_hh": (12, 2),
    "date_extract_mm": (15, 2),
    "date_extract_ss": (18, 2),
}
_TEXT_TESTS = {"starts_with": "soql_starts_with", "contains": "soql_contains"}
_CASES = {"upper": "soql_upper", "lower": "soql_lower"}
_AGGREGATES = ("count", "sum", "avg", "min", "max")


@dataclass(frozen=True)
class Term:
    """A compiled expression: its SQL as kept, its family, whether it aggregates."""

    sql: str
    family: str
    aggregate: bool = False
    text_literal: str | None = None

    @property
    def value(self) -> str:
        """The SQL by which the expression is compared and ordered."""
        return f"cast({self.sql} as numeric)" if self.family == "number" else self.sql


@dataclass(frozen=True)
class Field:
    """One field of the answer; `type_name` names the column type it is given out as, or a family."""

    name: str
    type_name: str
    family: str


@dataclass(frozen=True)
class Statement:
    """What to run, with its parameters, and what comes back."""

    sql: str
    parameters: tuple[object, ...]
    fields: tuple[Field, ...]


def compile_query(dataset: Dataset, soql: Soql) -> Statement:
    """The SQLite statement for a query on a dataset; anything wrong with it is a 400."""
    try:
        return _Compiler(dataset, soql).statement()
    except RecursionError:
        raise malformed("the query is nested too deeply") from None


class _Compiler:
    def __init__(self, dataset: Dataset, soql: Soql) -> None:
        self._dataset = dataset
        self._soql = soql
        self._columns = {name.lower(): column for name, column in dataset.by_field.items()}
        self._parameters: list[object] = []
        self._aliases: dict[str, exp.Expression] = {}
        self._resolving: set[str] = set()

    def statement(self) -> Statement:
        """All clauses put together."""
        selected = self._selected()
        terms = [self.term(node) for _, node in selected]
        group = [self.term(node) for node in self._soql.group]
        grouped = bool(group) or any(term.aggregate for term in terms)
        if grouped:
            self._check_grouping([node for _, node in selected], terms)
        clauses = [
            f"select {', '.join(term.sql for term in terms)} from {self._dataset.table}",
            *self._where(),
            *([f"group by {', '.join(term.value for term in group)}"] if group else []),
            *self._having(grouped=grouped),
            *self._order(grouped=grouped),
            f"limit {self._bind(self._soql.limit)} offset {self._bind(self._soql.offset)}",
        ]
        fields = tuple(
            Field(name, self._type_name(node, term), term.family)
            for (name, node), term in zip(selected, terms, strict=True)
        )
        return Statement(" ".join(clauses), tuple(self._parameters), fields)

    def _selected(self) -> list[tuple[str, exp.Expression]]:
        """Name and tree of each field of the answer, stars spread out."""
        selected: list[tuple[str, exp.Expression]] = []
        for node in self._soql.select:
            if isinstance(node, exp.Star):
                names = [*(_SYSTEM_SQL if self._soql.system_fields else ()), *self._dataset.by_field]
                selected.extend((name, exp.column(name)) for name in names)
            elif isinstance(node, exp.Column) and node.name == ALL_SYSTEM_FIELDS:
                selected.extend((name, exp.column(name)) for name in _SYSTEM_SQL)
            elif isinstance(node, exp.Alias):
                self._aliases[node.alias.lower()] = node.this
                selected.append((node.alias, node.this))
            else:
                name = self._implicit_name(node)
                if name not in self._columns and name not in _SYSTEM_SQL:
                    self._aliases.setdefault(name, node)
                selected.append((name, node))
        return _distinct_names(selected)

    def _implicit_name(self, node: exp.Expression) -> str:
        """A column's own field name; `count(*)` is `count`, `max(latitude)` is `max_latitude`, and so on."""
        if isinstance(node, exp.Column):
            column = self._columns.get(node.name.lower())
            return column.field_name if column else node.name.lower()
        parts = [column.name for column in node.find_all(exp.Column)]
        if isinstance(node, exp.Anonymous):
            parts = [node.name, *parts]
        return "_".join(part.lower().replace(":", "") for part in parts) or "value"

    def _type_name(self, node: exp.Expression, term: Term) -> str:
        """A plain column is given out as its own type, anything computed as its family."""
        if isinstance(node, exp.Column) and node.name.lower() in self._columns:
            return self._columns[node.name.lower()].type_name
        return f"computed {term.family}"

    def _check_grouping(self, nodes: list[exp.Expression], terms: list[Term]) -> None:
        groups = [self._resolved(node) for node in self._soql.group]
        for node, term in zip(nodes, terms, strict=True):
            if not term.aggregate and self._resolved(node) not in groups and node.find(exp.Column):
                raise query_refusal(
                    "query.soql.column-not-in-group-bys", f"{node.sql()} is neither grouped nor aggregated"
                )

    def _resolved(self, node: exp.Expression) -> exp.Expression:
        return self._aliases.get(node.name.lower(), node) if isinstance(node, exp.Column) else node

    def _where(self) -> list[str]:
        conditions = []
        if self._soql.where is not None:
            condition = self.term(self._soql.where)
            if condition.aggregate:
                raise query_refusal("query.soql.aggregate-in-ungrouped-context", "an aggregate cannot be in WHERE")
            conditions.append(self._truth(condition))
        for name, text in self._soql.equals.items():
            column = self.term(exp.column(name))
            conditions.append(f"{column.value} = {self._fit(self._text(text), column).value}")
        conditions += [self._mention(word) for word in self._soql.search.casefold().split()]
        return [f"where {' and '.join(conditions)}"] if conditions else []

    def _mention(self, word: str) -> str:
        """Full text search: the word is in some text column of the row."""
        mark = self._bind(word)
        tests = [f"soql_mentions({c.sql}, {mark})" for c in self._dataset.columns if c.type.family == "text"]
        return f"({' or '.join(tests)})" if tests else "0"

    def _having(self, *, grouped: bool) -> list[str]:
        if self._soql.having is None:
            return []
        if not grouped:
            raise malformed("HAVING needs GROUP BY or an aggregate")
        return [f"having {self._truth(self.term(self._soql.having))}"]

    def _order(self, *, grouped: bool) -> list[str]:
        parts = []
        for node in self._soql.order:
            term = self.term(node.this if isinstance(node, exp.Ordered) else node)
            self._check_ordered(term)
            parts.append(f"{term.value} {'desc' if node.args.get('desc') else 'asc'} nulls last")
        if not grouped:
            # Pages must neither repeat nor lose a row, so the order is always a total one
            parts.append("sid")
        return [f"order by {', '.join(parts)}"] if parts else []

    def _check_ordered(self, term: Term) -> None:
        if term.family not in _ORDERED:
            raise _mismatch(f"a {term.family} cannot be compared or ordered")

    def term(self, node: exp.Expression) -> Term:
        """Compile one tree; an unknown kind of node is refused."""
        for kind in type(node).__mro__:
            compile_node = self._NODES.get(kind)
            if compile_node is not None:
                return compile_node(self, node)
        raise malformed(f"{node.sql()[:100]!r} is not supported")

    def _bind(self, value: object) -> str:
        self._parameters.append(value)
        return f"?{len(self._parameters)}"

    def _text(self, text: str) -> Term:
        return Term(self._bind(text), "text", text_literal=text)

    def _truth(self, term: Term) -> str:
        if term.family not in ("boolean", "null"):
            raise _mismatch(f"expected a condition, got a {term.family}")
        return term.sql

    def _paren(self, node: exp.Expression) -> Term:
        return self.term(node.this)

    def _column(self, node: exp.Expression) -> Term:
        name = node.name.lower()
        if node.args.get("table"):
            raise malformed(f"{node.sql()[:100]!r} is not supported")
        if name in self._aliases and name not in self._resolving:
            self._resolving.add(name)
            term = self.term(self._aliases[name])
            self._resolving.discard(name)
            return term
        if name in _SYSTEM_SQL:
            return Term(*_SYSTEM_SQL[name])
        column = self._columns.get(name)
        if column is None:
            raise query_refusal("query.soql.no-such-column", f"No such column: {node.name}", column=node.name)
        if column.type.family == "boolean":
            return Term(f"({column.sql} = 'true')", "boolean")
        return Term(column.sql, column.type.family)

    def _literal(self, node: exp.Expression) -> Term:
        if node.args.get("is_string"):
            return self._text(node.name)
        try:
            text = number_from_csv(node.name)
        except BadValue:
            raise malformed(f"{node.name[:50]!r} is not a number") from None
        return Term(self._bind(text), "number")

    def _boolean(self, node: exp.Expression) -> Term:
        return Term("1" if node.this else "0", "boolean")

    def _null(self, _node: exp.Expression) -> Term:
        return Term("null", "null")

    def _both(self, node: exp.Expression) -> Term:
        left, right = self.term(node.this), self.term(node.expression)
        word = "and" if isinstance(node, exp.And) else "or"
        sql = f"({self._truth(left)} {word} {self._truth(right)})"
        return Term(sql, "boolean", left.aggregate or right.aggregate)

    def _not(self, node: exp.Expression) -> Term:
        inner = self.term(node.this)
        return Term(f"(not {self._truth(inner)})", "boolean", inner.aggregate)

    def _compare(self, node: exp.Expression) -> Term:
        left, right = self._pair(self.term(node.this), self.term(node.expression))
        sql = f"({left.value} {_COMPARISONS[type(node)]} {right.value})"
        return Term(sql, "boolean", left.aggregate or right.aggregate)

    def _pair(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both sides in one family; a text literal takes the other side's (protocol §4.6)."""
        left, right = self._fit(left, right), self._fit(right, left)
        self._check_ordered(left)
        self._check_ordered(right)
        if left.family != right.family and "null" not in (left.family, right.family):
            raise _mismatch(f"cannot compare {left.family} with {right.family}")
        return left, right

    def _fit(self, term: Term, other: Term) -> Term:
        text, family = term.text_literal, other.family
        if text is None or family in ("text", "null"):
            return term
        if family not in _FROM_TEXT:
            raise _mismatch(f"cannot compare {family} with text")
        try:
            value = _FROM_TEXT[family](text)
        except BadValue:
            value = None
        if value is None:
            raise _mismatch(f"{text[:100]!r} is not a {family}")
        return Term(self._bind(value), family)

    def _is(self, node: exp.Expression) -> Term:
        inner, right = self.term(node.this), node.expression
        wanted = "null" if isinstance(right, exp.Null) else None
        if isinstance(right, exp.Boolean):
            self._truth(inner)
            wanted = "1" if right.this else "0"
        if wanted is None:
            raise malformed("IS takes NULL, TRUE or FALSE")
        return Term(f"({inner.sql} is {wanted})", "boolean", inner.aggregate)

    def _in(self, node: exp.Expression) -> Term:
        left = self.term(node.this)
        choices = node.args.get("expressions") or []
        if not choices:
            raise malformed("IN takes a list of values")
        marks = [self._pair(left, self.term(choice))[1].value for choice in choices]
        return Term(f"({left.value} in ({', '.join(marks)}))", "boolean", left.aggregate)

    def _between(self, node: exp.Expression) -> Term:
        left = self.term(node.this)
        low, high = (self._pair(left, self.term(node.args[name]))[1] for name in ("low", "high"))
        return Term(f"({left.value} between {low.value} and {high.value})", "boolean", left.aggregate)

    def _like(self, node: exp.Expression) -> Term:
        left, right = self._texts([self.term(node.this), self.term(node.expression)])
        negate = "not " if node.args.get("negate") else ""
        return Term(f"({negate}soql_like({left.sql}, {right.sql}))", "boolean", left.aggregate)

    def _texts(self, terms: list[Term]) -> list[Term]:
        for term in terms:
            if term.family not in ("text", "null"):
                raise _mismatch(f"expected text, got {term.family}")
        return terms

    def _numbers(self, terms: list[Term]) -> list[Term]:
        fitted = [self._fit(term, Term("", "number")) for term in terms]
        for term in fitted:
            if term.family not in ("number", "null"):
                raise _mismatch(f"expected a number, got {term.family}")
        return fitted

    def _arithmetic(self, node: exp.Expression) -> Term:
        left, right = self._numbers([self.term(node.this), self.term(node.expression)])
        # SQLite divides whole numbers without remainder, SoQL does not
        first = f"cast({left.sql} as real)" if isinstance(node, exp.Div) else left.value
        sql = f"({first} {_ARITHMETIC[type(node)]} {right.value})"
        return Term(sql, "number", left.aggregate or right.aggregate)

    def _remainder(self, node: exp.Expression) -> Term:
        # SQLite's own operator cuts both sides down to whole numbers
        left, right = self._numbers([self.term(node.this), self.term(node.expression)])
        return Term(f"soql_remainder({left.sql}, {right.sql})", "number", left.aggregate or right.aggregate)

    def _negate(self, node: exp.Expression) -> Term:
        (inner,) = self._numbers([self.term(node.this)])
        return Term(f"(- {inner.value})", "number", inner.aggregate)

    def _join(self, node: exp.Expression) -> Term:
        left, right = self.term(node.this), self.term(node.expression)
        return Term(f"({left.sql} || {right.sql})", "text", left.aggregate or right.aggregate)

    def _call(self, node: exp.Expression) -> Term:
        name = node.name.lower()
        arguments = list(node.expressions)
        if name in _AGGREGATES:
            return self._aggregate(name, arguments)
        terms = [self.term(argument) for argument in arguments]
        aggregate = any(term.aggregate for term in terms)
        if name in _TEXT_TESTS and len(terms) == 2:
            text, part = self._texts(terms)
            return Term(f"{_TEXT_TESTS[name]}({text.sql}, {part.sql})", "boolean", aggregate)
        if name in _CASES and len(terms) == 1:
            return Term(f"{_CASES[name]}({self._texts(terms)[0].sql})", "text", aggregate)
        if name in _TRUNCATIONS and len(terms) == 1:
            return self._truncate(name, terms[0])
        if name in _EXTRACTIONS and len(terms) == 1:
            start, length = _EXTRACTIONS[name]
            self._check_date(terms[0])
            return Term(f"cast(substr({terms[0].sql}, {start}, {length}) as integer)", "number", aggregate)
        if name == "within_box" and len(terms) == 5:
            return self._within_box(terms)
        raise query_refusal("query.soql.no-such-function", f"No such function: {node.name} with {len(terms)} arguments")

    def _aggregate(self, name: str, arguments: list[exp.Expression]) -> Term:
        if len(arguments) != 1:
            raise query_refusal("query.soql.no-such-function", f"{name} takes one argument")
        (argument,) = arguments
        if name == "count" and isinstance(argument, exp.Star):
            return Term("count(*)", "number", aggregate=True)
        distinct = isinstance(argument, exp.Distinct)
        if distinct and (name != "count" or len(argument.expressions) != 1):
            raise malformed("DISTINCT goes with count of one expression")
        inner = self.term(argument.expressions[0] if distinct else argument)
        if inner.aggregate:
            raise malformed("an aggregate cannot hold another")
        if name == "count":
            return Term(f"count({'distinct ' + inner.value if distinct else inner.sql})", "number", aggregate=True)
        if name in ("min", "max") and inner.family in _ORDERED and inner.family != "number":
            return Term(f"{name}({inner.sql})", inner.family, aggregate=True)
        (number,) = self._numbers([inner])
        return Term(f"soql_{name}({number.sql})", "number", aggregate=True)

    def _truncate(self, name: str, term: Term) -> Term:
        self._check_date(term)
        length, rest = _TRUNCATIONS[name]
        zone = "Z" if term.family == "fixed_timestamp" else ""
        return Term(f"(substr({term.sql}, 1, {length}) || '{rest}{zone}')", term.family, term.aggregate)

    def _check_date(self, term: Term) -> None:
        if term.family not in _DATES:
            raise _mismatch(f"expected a date, got {term.family}")

    def _within_box(self, terms: list[Term]) -> Term:
        place, *corners = terms
        if place.family not in ("point", "location"):
            raise _mismatch(f"expected a point, got {place.family}")
        edges = ", ".join(term.value for term in self._numbers(corners))
        return Term(f"soql_within_box({place.sql}, {edges})", "boolean", place.aggregate)

    _NODES: ClassVar[dict[type, Callable[..., Term]]] = {
        exp.Paren: _paren,
        exp.Column: _column,
        exp.Literal: _literal,
        exp.Boolean: _boolean,
        exp.Null: _null,
        exp.And: _both,
        exp.Or: _both,
        exp.Not: _not,
        exp.Is: _is,
        exp.In: _in,
        exp.Between: _between,
        exp.Like: _like,
        exp.Mod: _remainder,
        exp.Neg: _negate,
        exp.DPipe: _join,
        exp.Anonymous: _call,
        **dict.fromkeys(_COMPARISONS, _compare),
        **dict.fromkeys(_ARITHMETIC, _arithmetic),
    }


_FROM_TEXT: dict[str, Callable[[str], object]] = {
    "number": number_from_csv,
    "floating_timestamp": floating_from_csv,
    "fixed_timestamp": fixed_from_json,
    "boolean": lambda text: {"true": 1, "false": 0}.get(text.lower()),
    "row_identifier": sid_of,
    "row_version": version_of,
}


def _mismatch(text: str) -> Refusal:
    return query_refusal("query.soql.type-mismatch", f"Type mismatch: {text}")


def _distinct_names(selected: list[tuple[str, exp.Expression]]) -> list[tuple[str, exp.Expression]]:
    taken: set[str] = set()
    named = []
    for name, node in selected:
        number, free = 0, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        named.append((free, node))
    return named
