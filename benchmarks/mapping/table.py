"""Tables of headers and portal columns, with the pairs that are right."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from xl_datasync.core.dataset import Column
from xl_datasync.core.values import SheetColumn, column_letter

FOLDER = Path(__file__).parent
PAIRS = FOLDER / "pairs.csv"
DEVELOPMENT = FOLDER / "development.csv"
GONE = 0.25


@dataclass(frozen=True)
class Case:
    """One sheet beside one dataset.

    :param partners: the field name that each header means; headers that mean none are not in it.
    :param kinds: what makes a header's pair awkward; empty for the plain ones.
    :param origins: where each header comes from.
    """

    name: str
    headers: tuple[str, ...]
    columns: tuple[Column, ...]
    partners: dict[str, str]
    kinds: dict[str, str]
    origins: dict[str, str]

    @property
    def sheet_columns(self) -> list[SheetColumn]:
        """The headers as the product knows them: without spaces at their ends."""
        return [SheetColumn(i, column_letter(i), header.strip()) for i, header in enumerate(self.headers)]


def read_cases(path: Path = PAIRS) -> list[Case]:
    """The cases of a table, in its order; rows of one case stand together."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [_case(name, list(group)) for name, group in groupby(rows, key=lambda row: row["case"])]


def thinned(cases: Iterable[Case], chance: random.Random) -> list[Case]:
    """The same sheets beside datasets of which a quarter of the columns is gone, so that their headers mean none."""
    thin = []
    for case in cases:
        kept = tuple(column for column in case.columns if chance.random() >= GONE)
        names = {column.field_name for column in kept}
        partners = {header: field for header, field in case.partners.items() if field in names}
        thin.append(replace(case, columns=kept, partners=partners))
    return thin


def _case(name: str, rows: list[dict[str, str]]) -> Case:
    with_header = [row for row in rows if row["sheet_header"]]
    with_column = [row for row in rows if row["portal_field"]]
    columns = (
        Column(number, row["portal_name"], row["portal_field"], row["portal_type"])
        for number, row in enumerate(with_column, 1)
    )
    return Case(
        name,
        tuple(row["sheet_header"] for row in with_header),
        tuple(columns),
        {row["sheet_header"]: row["portal_field"] for row in with_header if row["portal_field"]},
        {row["sheet_header"]: row.get("kind_of_awkwardness", "") for row in with_header},
        {row["sheet_header"]: row["origin"] for row in with_header},
    )
