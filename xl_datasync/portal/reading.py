"""Rows and identifiers from the portal, page after page, in bounded memory (protocol §4)."""

from __future__ import annotations

import codecs
import datetime as dt
import json
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import IO
from urllib.parse import quote

from xl_datasync.core.dataset import NUMBER_TYPES, Column, Dataset
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.portal.calls import Call, dataset_label
from xl_datasync.portal.cells import wire_text
from xl_datasync.portal.json_lines import BLOCK
from xl_datasync.portal.session import Session

Row = dict[str, object]

PAGE = 50_000
# Servers in front of portals commonly take request lines up to 8 KB.
LONGEST_CONDITION, LONGEST_QUERY = 6_000, 7_000
# Beyond this many questions, reading every identifier once is quicker than asking about each.
MOST_QUESTIONS = 20
BETWEEN_ROWS = re.compile(r"[\s,]*")


def read_pages(
    session: Session, dataset: Dataset, columns: Sequence[str] | None, where: str | None, page_size: int
) -> Iterator[Row]:
    """Every row, ordered by the portal's own row id so that pages neither repeat nor miss one (protocol §4.1 [D]).

    Reading goes on until a page comes back empty: a portal may give less than a full page for reasons of its own.
    """
    select = ",".join(columns or ())
    short = len(quote(select)) <= min(LONGEST_CONDITION, LONGEST_QUERY - len(quote(where or "")))
    asked = {"$select": select} if select and short else {}
    query = {**asked, **({"$where": where} if where else {})}
    for row, _ in _pages(session, dataset, query, page_size):
        yield row if asked or not columns else {name: row[name] for name in columns if name in row}


def read_texts(session: Session, dataset: Dataset, page_size: int) -> Iterator[str]:
    """Every row as the portal's own JSON, on one line, in the same order; nothing of it is lost or written anew."""
    for _, text in _pages(session, dataset, {}, page_size):
        # Between the parts of a row there may be line breaks; inside a text JSON has none (RFC 8259, section 7).
        yield text.replace("\n", " ").replace("\r", " ") if "\n" in text or "\r" in text else text


def _pages(session: Session, dataset: Dataset, query: Mapping[str, str], page_size: int) -> Iterator[tuple[Row, str]]:
    ordered = {**query, "$order": ":id", "$limit": str(page_size)}
    offset, got = 0, -1
    while got:
        got = 0
        for row in _page(session, dataset, {**ordered, "$offset": str(offset)}):
            got += 1
            yield row
        offset += got


def count_rows(session: Session, dataset_id: str, where: str | None) -> int:
    """How many rows there are."""
    params = {"$select": "count(*)", **({"$where": where} if where else {})}
    call = _read_call(dataset_id, "", params)
    answer = session.ask(call)
    with answer.file:
        shape = answer.json()
    # The one column is called count, or count_1 on some portals.
    row = shape[0] if isinstance(shape, list) and shape else None
    numbers = [str(number) for number in row.values()] if isinstance(row, dict) else []
    if len(numbers) != 1 or not numbers[0].isdigit():
        raise session.not_a_portal(call, answer)
    return int(numbers[0])


def every_identifier(session: Session, dataset: Dataset) -> Iterator[str]:
    """The row identifier of every row, as text.

    :raises ConfigurationError: where the dataset has no row identifier.
    """
    column = _identifier_column(dataset)
    for row in read_pages(session, dataset, [column.field_name], None, PAGE):
        yield wire_text(column, row.get(column.field_name))


def identifiers_there(session: Session, dataset: Dataset, wanted: Sequence[str]) -> set[str]:
    """Which of the identifiers are on the portal.

    :raises ConfigurationError: where the dataset has no row identifier.
    """
    column = _identifier_column(dataset)
    askable = [text for text in wanted if identity(column, text) is not None]
    found = rows_with(session, dataset, askable, [column.field_name])
    there = (wire_text(column, row.get(column.field_name)) for row in found)
    by_identity: dict[Hashable, list[str]] = {}
    for text in askable:
        by_identity.setdefault(identity(column, text), []).append(text)
    return {text for found in there for text in by_identity.get(identity(column, found), ())}


def rows_with(session: Session, dataset: Dataset, wanted: Sequence[str], columns: Sequence[str]) -> Iterator[Row]:
    """The rows that have one of these identifiers; where that would take too many questions, every row.

    :raises ConfigurationError: where the dataset has no row identifier.
    """
    column = _identifier_column(dataset)
    askable = [text for text in wanted if identity(column, text) is not None]
    conditions = list(_conditions(column, askable, MOST_QUESTIONS + 1))
    if len(conditions) > MOST_QUESTIONS:
        return read_pages(session, dataset, columns, None, PAGE)
    return chain.from_iterable(read_pages(session, dataset, columns, one, PAGE) for one in conditions)


def identity(column: Column, text: str) -> Hashable | None:
    """What two identifiers have in common when the portal takes them for one; None where none can be equal to it.

    Numbers compare by value, text exactly (protocol §8 [S]).
    """
    if column.type in NUMBER_TYPES:
        try:
            return Decimal(text.strip())
        except InvalidOperation:
            return None
    if column.type == "calendar_date":
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            return None
    return text


def soql_literal(column: Column, text: str) -> str:
    """A value in a SoQL condition: plain for numbers and checkboxes, else in single quotes, which are doubled."""
    if column.type in NUMBER_TYPES:
        return format(Decimal(text.strip()), "f")
    if column.type == "checkbox":
        return "true" if text.casefold() == "true" else "false"
    return "'" + text.replace("'", "''") + "'"


def json_rows(file: IO[bytes]) -> Iterator[tuple[Row, str]]:
    """The objects of a JSON array, one by one, fractions exact, each with its own text.

    :raises ValueError: where it is no whole array of objects.
    """
    decode = codecs.getincrementaldecoder("utf-8")().decode
    parse = json.JSONDecoder(parse_float=Decimal).raw_decode
    text = decode(file.read(BLOCK)).lstrip()
    at, size = 1, BLOCK
    if text[:1] != "[":
        raise ValueError("not a list of rows")
    while True:
        start = _after_gap(text, at)
        if text[start : start + 1] == "]":
            return
        try:
            parsed, at = parse(text, start)
        except ValueError:
            block = file.read(size)
            if not block:
                raise
            # Doubling keeps a row longer than a block from being parsed from its start too often.
            text, at, size = text[start:] + decode(block), 0, size * 2
            continue
        if not isinstance(parsed, dict):
            raise ValueError("not a row")  # noqa: TRY004  # one error for every fault of the text
        size = BLOCK
        yield parsed, text[start:at]


def _after_gap(text: str, at: int) -> int:
    gap = BETWEEN_ROWS.match(text, at)
    return gap.end() if gap else at


def _page(session: Session, dataset: Dataset, params: Mapping[str, str]) -> Iterator[tuple[Row, str]]:
    """One page, fetched whole before its first row is given out, so that a broken connection costs no row."""
    call = _read_call(dataset.id, dataset.name, params)
    answer = session.ask(call)
    with answer.file:
        try:
            yield from json_rows(answer.file)
        except ValueError:
            raise session.not_a_portal(call, answer) from None


def _read_call(dataset_id: str, name: str, params: Mapping[str, str]) -> Call:
    return Call("GET", f"/resource/{dataset_id}.json", params=params, dataset=dataset_label(name, dataset_id))


def _identifier_column(dataset: Dataset) -> Column:
    if dataset.row_identifier is None:
        raise ConfigurationError(
            f"{dataset_label(dataset.name, dataset.id)} has no row identifier.",
            remedy="Choose one on the portal, or use a method that needs none.",
        )
    return dataset.row_identifier


def _conditions(column: Column, wanted: Sequence[str], most: int) -> Iterator[str]:
    """Conditions that together ask for every wanted identifier, each short enough for an address; at most ``most``."""
    held: list[str] = []
    length = made = 0
    for literal in dict.fromkeys(soql_literal(column, text) for text in wanted):
        size = len(quote(literal)) + len("%2C")
        if held and length + size > LONGEST_CONDITION:
            yield f"{column.field_name} in ({','.join(held)})"
            held, length, made = [], 0, made + 1
            if made >= most:
                return
        held.append(literal)
        length += size
    if held:
        yield f"{column.field_name} in ({','.join(held)})"
