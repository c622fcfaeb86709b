"""Tables, columns and plans for the core's tests: real values of the core, made from rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count

from xl_datasync.core.connection import Connection
from xl_datasync.core.conversion import make_converter
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import ColumnChoice, MappedColumn
from xl_datasync.core.matching import Match
from xl_datasync.core.options import JobOptions
from xl_datasync.core.plan import Plan, Workbench, make_plan
from xl_datasync.core.problems import Fault, Problem, ProblemLog
from xl_datasync.core.values import Block, SheetColumn, TableShape, Value, column_letter

PORTAL = Connection("City", "https://data.example.gov")
HEADER_ROW = 1


def block_of(
    rows: Sequence[Sequence[Value]],
    first_row: int = HEADER_ROW + 1,
    formats: Mapping[int, Sequence[str]] | None = None,
    links: Mapping[int, Sequence[str | None]] | None = None,
) -> Block:
    """A block of rows; ``formats`` and ``links`` by column index, General and none where not given."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Block(
        range(first_row, first_row + len(rows)),
        columns,
        lambda index: (formats or {}).get(index) or ["General"] * len(rows),
        lambda index: (links or {}).get(index) or [None] * len(rows),
    )


@dataclass(frozen=True)
class SmallTable:
    """A table whose rows are held in memory, given in blocks of any size."""

    shape: TableShape
    rows: Sequence[Sequence[Value]]
    formats: Mapping[int, Sequence[str]]
    links: Mapping[int, Sequence[str | None]]
    rows_per_block: int

    def blocks(self) -> Iterator[Block]:
        """The rows from the top."""
        for start in range(0, len(self.rows), self.rows_per_block):
            part = slice(start, start + self.rows_per_block)
            formats = {index: codes[part] for index, codes in self.formats.items()}
            links = {index: targets[part] for index, targets in self.links.items()}
            yield block_of(self.rows[part], self.shape.first_row + start, formats, links)


def shape_of(headers: Sequence[str], sheet: str = "Data", hidden: Sequence[int] = ()) -> TableShape:
    """The shape of a table that begins in A1; ``hidden`` are indexes of hidden columns."""
    columns = (SheetColumn(i, column_letter(i), header, i in hidden) for i, header in enumerate(headers))
    return TableShape(sheet, tuple(columns), HEADER_ROW, HEADER_ROW + 1)


def make_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[Value]],
    *,
    formats: Mapping[int, Sequence[str]] | None = None,
    links: Mapping[int, Sequence[str | None]] | None = None,
    rows_per_block: int = 1000,
    shape: TableShape | None = None,
) -> SmallTable:
    """A table of these rows below these headers."""
    return SmallTable(shape or shape_of(headers), rows, formats or {}, links or {}, rows_per_block)


def column(name: str, kind: str = "text", field_name: str = "", **more: object) -> Column:
    """A portal column; its field name is its name in small letters unless given."""
    return Column(0, name, field_name or name.lower().replace(" ", "_"), kind, **more)


def dataset_of(*columns: Column, identifier: str = "", **more: object) -> Dataset:
    """A dataset of these columns, everything allowed."""
    numbers = count(1)
    numbered = tuple(
        Column(**{**{f: getattr(c, f) for f in c.__dataclass_fields__}, "id": next(numbers)}) for c in columns
    )
    found = next((c for c in numbered if c.field_name == identifier), None)
    more.setdefault("rights", frozenset({"read", "write", "add", "delete"}))
    return Dataset("abcd-1234", "Permits", "https://data.example.gov/d/abcd-1234", numbered, found, **more)


def job_of(method: Method = Method.APPEND, choices: Sequence[ColumnChoice] = (), **options: object) -> Job:
    """A job with these options."""
    return Job(
        "Permits", PORTAL, "abcd-1234", method, choices=tuple(choices), options=JobOptions(**options), where="Jobs!B5"
    )


@dataclass(frozen=True)
class Outcome:
    """A plan and the CSV that was written for it."""

    plan: Plan
    csv: bytes

    @property
    def rows(self) -> list[list[str]]:
        """The CSV's data rows."""
        return self.table[1:]

    @property
    def table(self) -> list[list[str]]:
        """The CSV's rows, its header first."""
        return list(csv.reader(io.StringIO(self.csv.decode(), newline="")))

    @property
    def found(self) -> dict[str, Problem]:
        """Problems by what is wrong."""
        return {problem.what: problem for problem in self.plan.problems}


def planned(job: Job, dataset: Dataset, table: SmallTable) -> Outcome:
    """The plan for a table."""
    out, numeric = io.BytesIO(), dataset.row_identifier is not None and dataset.row_identifier.is_number
    with closing(IdentifierIndex(numeric=numeric)) as identifiers:
        plan = make_plan(job, dataset, table, Workbench(out, ProblemLog(), identifiers))
    return Outcome(plan, out.getvalue())


def where(problem: Problem) -> list[str]:
    """The addresses of a problem's places."""
    return [place.where for place in problem.places]


def convert(
    target: Column | str, value: Value, code: str = "General", choice: ColumnChoice | None = None, **options: object
) -> str | Fault:
    """One cell's text or fault, alone in its block; a warning's fault where the text is sent all the same."""
    texts, faults = convert_all(target, [value], [code], choice, **options)
    return faults[0][1] if faults else texts[0]


def convert_all(
    target: Column | str,
    values: Sequence[Value],
    codes: Sequence[str] | None = None,
    choice: ColumnChoice | None = None,
    **options: object,
) -> tuple[list[str], list[tuple[int, Fault]]]:
    """A column's texts and faults."""
    portal = column("Any", target) if isinstance(target, str) else target
    mapped = MappedColumn(portal, SheetColumn(0, "A", "Any"), Match.EXACT, choice)
    formats = {0: codes} if codes else None
    return make_converter(mapped, JobOptions(**options)).convert(block_of([[v] for v in values], formats=formats))
