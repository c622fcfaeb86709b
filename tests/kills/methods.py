"""What is killed: one job for each way in which a run changes a portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.kills.bench import Bench
from tests.workbooks import job

NAME = "Killed"
SOURCE = "kill-srce"
FIELD = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
SMALL_PARTS = [{"Job name": NAME, "Option": "Rows per request", "Value": 40}]


@dataclass(frozen=True)
class Way:
    """One way to change a portal.

    :param dataset: that was there before and is changed; ``""`` where one is made.
    :param options: the rows of the Options table.
    :param may_ask: whether a second run may stop and ask, because rows that were added cannot be told apart.
    :param undo: whether what is killed is the undo of the job.
    """

    name: str
    job: dict[str, Any]
    rows: Callable[[Bench], Sequence[Sequence[Any]]]
    dataset: str = ""
    options: Sequence[dict[str, Any]] = field(default_factory=tuple)
    may_ask: bool = False
    undo: bool = False

    @property
    def portal(self) -> str:
        """The connection of the portal that is changed."""
        return str(self.job["Portal"])

    def arguments(self, bench: Bench) -> list[str]:
        """The command that is killed, and run again."""
        if self.undo:
            return ["undo", str(bench.workbook), "--job", NAME, "--yes", "--unattended"]
        return ["run", str(bench.workbook), "--job", NAME, "--unattended"]

    def prepare(self, bench: Bench) -> None:
        """Portals, sheet and history as they are before the command."""
        bench.clear()
        _add_source(bench)
        bench.write(self.job, self.rows(bench), self.options)
        if self.undo:
            done = bench.start(["run", str(bench.workbook), "--unattended"])
            out, err = done.communicate(timeout=60)
            assert done.returncode == 0, out + err


def _fields(first: int, count: int, name: str = "Made up") -> list[tuple[Any, ...]]:
    return [(f"Z{n:03}", f"{name} {n}", "Testville", "TX", "USA", 31.5, -99.25) for n in range(first, first + count)]


def _known(bench: Bench, count: int) -> list[str]:
    return [str(row["iata_code"]) for row in bench.here.rows("smal-fild")[:count]]


def _new_fields(_bench: Bench) -> list[tuple[Any, ...]]:
    return [FIELD, *_fields(0, 150)]


def _some_known(bench: Bench) -> list[tuple[Any, ...]]:
    changed = [(code, *row[1:]) for code, row in zip(_known(bench, 80), _fields(0, 80, "Changed"), strict=True)]
    return [FIELD, *changed, *_fields(100, 80)]


def _days(_bench: Bench) -> list[tuple[Any, ...]]:
    """Rows that cannot be told apart, some of them twice."""
    first = dt.date(2016, 1, 1)
    days = [(first + dt.timedelta(days=n), n / 4, 9, 2.2, 3.1, "rain") for n in range(120)]
    return [WEATHER, *days, *days[:15]]


def _gone(bench: Bench) -> list[tuple[Any, ...]]:
    return [("IATA Code",), *((code,) for code in _known(bench, 35))]


def _nothing(_bench: Bench) -> list[tuple[Any, ...]]:
    return [("x",)]


def _add_source(bench: Bench) -> None:
    """A dataset to copy from: some rows as at the destination, some changed, some more."""
    columns = [
        {"name": name, "fieldName": name.lower().replace(" ", "_"), "dataTypeName": kind}
        for name, kind in zip(FIELD, (*["text"] * 5, "number", "number"), strict=True)
    ]
    names = [str(column["fieldName"]) for column in columns]
    rows = [dict(zip(names, row, strict=True)) for row in _some_known(bench)[1:]]
    details = {"category": "Practice", "tags": ["kills"], "attribution": "The tests"}
    bench.here.create_dataset(
        SOURCE, "Fields to copy", columns, "iata_code", rows, description="Copied, cut off, copied.", details=details
    )


def _port(what: str, how: str = "", dataset: str = "", **more: Any) -> dict[str, Any]:
    return {
        "Run?": "Yes", "Job name": NAME, "Kind of job": "Copy a dataset", "Portal": "Other",
        "Copy from portal": "Practice", "Copy from dataset ID or link": SOURCE, "What to copy": what,
        "How to update": how, "Dataset ID or link": dataset, **more,
    }  # fmt: skip


ANY = {"Stop if rows shrink by more than": 100}
REPLACE = job(NAME, "smal-fild", "Replace all rows", **ANY)
WAYS = (
    Way("replace", REPLACE, _new_fields, "smal-fild"),
    Way("append, with identifier", job(NAME, "smal-fild", "Add rows"), _new_fields, "smal-fild"),
    Way("append, without identifier", job(NAME, "weat-hlog", "Add rows"), _days, "weat-hlog", may_ask=True),
    Way("upsert", job(NAME, "smal-fild", "Update and add"), _some_known, "smal-fild", SMALL_PARTS),
    Way("delete", job(NAME, "smal-fild", "Delete listed rows"), _gone, "smal-fild",
        [{**SMALL_PARTS[0], "Value": 10}]),
    Way("port, columns only", _port("Columns only"), _nothing),
    Way("port, columns and rows", _port("Columns and rows"), _nothing),
    Way("port, rows by replace", _port("Rows only", "Replace all rows", "smal-fild", **ANY), _nothing, "smal-fild"),
    Way("port, rows by upsert", _port("Rows only", "Update and add", "smal-fild"), _nothing, "smal-fild", SMALL_PARTS),
    Way("undo", REPLACE, _new_fields, "smal-fild", undo=True),
)  # fmt: skip
