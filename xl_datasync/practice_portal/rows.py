"""Rows of a request body turned into operations on a dataset (protocol §3.3, §3.4)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from .bodies import malformed_csv
from .dataset import Column, Dataset
from .errors import Refusal, invalid_request
from .rowids import sid_of, version_of
from .types import BadValue, row_key

_IGNORED = (":created_at", ":updated_at")


class Operation(NamedTuple):
    """One row to write or delete; `address` is the row identifier's key, or the internal number, or None."""

    line: int
    address: str | int | None
    delete: bool
    version: int | None
    columns: tuple[Column, ...]
    values: tuple[str | None, ...]


class RowFault(Exception):
    """One row that cannot be applied; the request's options say whether that is fatal (protocol §3.5)."""

    def __init__(self, kind: str, refusal: Refusal) -> None:
        super().__init__(kind)
        self.kind = kind
        self.refusal = refusal


def no_primary_key(line: int, *, delete: bool = False) -> RowFault:
    """A row without its identifier (protocol §3.7 [S])."""
    message = "Cannot delete row without giving primary key" if delete else "Row identifier is missing or null"
    return RowFault("no_primary_key", invalid_request(f"Line {line}: {message}", line=line))


def bad_value(column: str, error: BadValue, line: int) -> Refusal:
    """A value its column cannot take (protocol §11.1 [U]: message and data are this portal's choice)."""
    got = str(error.got) if not isinstance(error.got, (str, bool)) else error.got
    return invalid_request(
        f"Line {line}: column '{column}' expected {error.expected} but got '{str(got)[:200]}'",
        field=column,
        expected=error.expected,
        got=got,
        line=line,
    )


def illegal_field(name: str) -> Refusal:
    """A field the dataset does not have, or that cannot be written (protocol §3.3 [I])."""
    return invalid_request(f"Illegal field name sent: {name}")


class RowReader:
    """Knows one dataset's fields; turns rows into operations. `everything` also lets computed columns in."""

    def __init__(self, dataset: Dataset, *, everything: bool = False) -> None:
        self._identifier = dataset.identifier
        self._fields = {c.field_name: c for c in dataset.columns if everything or c.writable}
        self._names = {c.name: c for c in reversed(dataset.columns) if everything or c.writable}

    def from_json(self, rows: Iterable[tuple[int, object]]) -> Iterator[Operation | RowFault]:
        """Operations from JSON rows: an omitted field is not touched, null clears it (protocol §3.3)."""
        for line, element in rows:
            row = element
            if isinstance(element, list) and len(element) == 1 and self._identifier:
                row = {self._identifier.field_name: element[0], ":deleted": True}
            if not isinstance(row, Mapping):
                raise invalid_request(f"Line {line}: the row is not an object", line=line)
            try:
                yield self._from_object(line, row)
            except RowFault as fault:
                yield fault

    def _from_object(self, line: int, row: Mapping[str, object]) -> Operation:
        columns: list[Column] = []
        values: list[str | None] = []
        for name, value in row.items():
            column = self._fields.get(name)
            if column is None:
                if name not in (":id", ":version", ":deleted", *_IGNORED):
                    raise illegal_field(name)
                continue
            try:
                values.append(None if value is None else column.type.from_json(value))
            except BadValue as error:
                raise bad_value(name, error, line) from None
            columns.append(column)
        delete = _deleted(row.get(":deleted"), line)
        identity = (row.get(":id"), row.get(":version"))
        return self._operation(line, delete, identity, tuple(columns), tuple(values))

    def from_csv(self, records: Iterator[tuple[int, list[str]]]) -> Iterator[Operation | RowFault]:
        """Operations from CSV records, the header first; an empty cell is null and clears (protocol §3.4 [D])."""
        line, header = next(records, (1, []))
        if not header:
            raise malformed_csv("there is no header", line)
        columns, places, system = self._read_header(line, header)
        accepts = [column.type.from_csv for column in columns]
        for line, record in records:
            if len(record) != len(header):
                raise malformed_csv(f"{len(record)} cells, but the header has {len(header)}", line)
            try:
                values = tuple(
                    [
                        accept(record[place]) if record[place] else None
                        for accept, place in zip(accepts, places, strict=True)
                    ]
                )
            except BadValue:
                raise self._find_bad_cell(line, record, columns, places) from None
            deleted, row_id, version = (record[at] if at is not None else "" for at in system)
            try:
                yield self._operation(
                    line, _deleted_text(deleted, line), (row_id or None, version or None), columns, values
                )
            except RowFault as fault:
                yield fault

    def _read_header(
        self, line: int, header: list[str]
    ) -> tuple[tuple[Column, ...], list[int], tuple[int | None, ...]]:
        """Columns, their places, and the places of `:deleted`, `:id`, `:version`."""
        columns: list[Column] = []
        places: list[int] = []
        for place, name in enumerate(header):
            column = self._fields.get(name) or self._names.get(name)
            if column is None:
                if name not in (":id", ":version", ":deleted", *_IGNORED):
                    raise illegal_field(name)
                continue
            if column in columns:
                raise malformed_csv(f"column '{name}' is there twice", line)
            columns.append(column)
            places.append(place)
        if self._identifier and self._identifier not in columns:
            raise no_primary_key(line).refusal
        system = tuple(header.index(name) if name in header else None for name in (":deleted", ":id", ":version"))
        return tuple(columns), places, system

    @staticmethod
    def _find_bad_cell(line: int, record: list[str], columns: tuple[Column, ...], places: list[int]) -> Refusal:
        for column, place in zip(columns, places, strict=True):
            try:
                if record[place]:
                    column.type.from_csv(record[place])
            except BadValue as error:  # noqa: PERF203 - once in a failed request
                return bad_value(column.field_name, error, line)
        raise AssertionError("a cell was refused once and then taken")

    def _operation(
        self,
        line: int,
        delete: bool,  # noqa: FBT001 - an inner function of two callers
        identity: tuple[object, object],
        columns: tuple[Column, ...],
        values: tuple[str | None, ...],
    ) -> Operation:
        address: str | int | None
        if self._identifier is not None:
            key = values[columns.index(self._identifier)] if self._identifier in columns else None
            if key is None:
                raise no_primary_key(line, delete=delete)
            address = row_key(self._identifier.type, key)
        else:
            address = _system_number(":id", sid_of, identity[0], line)
            if delete and address is None:
                raise no_primary_key(line, delete=delete)
        version = _system_number(":version", version_of, identity[1], line)
        return Operation(line, address, delete, version, columns, values)


def _system_number(name: str, decode: Callable[[object], int | None], value: object, line: int) -> int | None:
    if value is None:
        return None
    number = decode(value)
    if number is None:
        raise bad_value(name, BadValue("row identifier" if name == ":id" else "row version", value), line)
    return number


def _deleted(value: object, line: int) -> bool:
    """JSON `true` alone deletes; `false` and null are as good as absent (protocol §3.3 [S])."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise bad_value(":deleted", BadValue("checkbox", value), line)


def _deleted_text(text: str, line: int) -> bool:
    if text in ("", "true", "false"):
        return text == "true"
    raise bad_value(":deleted", BadValue("checkbox", text), line)
