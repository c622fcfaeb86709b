"""The preview: what a dry run says would change is what publishing then makes of the portal's rows."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.workbooks import job, write_job_workbook
from xl_datasync.api import NOBODY, Person, WhichRows, run_records, run_workbook
from xl_datasync.core.dataset import Column
from xl_datasync.core.differences import Change, Differences, RowChange
from xl_datasync.core.errors import Stopped
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.core.report_json import report_json
from xl_datasync.core.report_text import report_lines
from xl_datasync.core.report_words import result_words
from xl_datasync.job_run import Aim
from xl_datasync.portal import canonical, wire_texts
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.stopping import StopSwitch

Make = Callable[..., Path]
Row = tuple[Any, ...]

TYPES = {
    "key": "text", "words": "text", "amount": "number", "fee": "money", "share": "percent", "when": "calendar_date",
    "moment": "date", "open": "checkbox", "site": "url", "place": "point", "phone": "phone",
}  # fmt: skip
COLUMNS = [{"name": name.title(), "fieldName": name, "dataTypeName": kind} for name, kind in TYPES.items()]
HEADERS = tuple(name.title() for name in TYPES)
PORTAL_COLUMNS = [Column(0, name.title(), name, kind) for name, kind in TYPES.items()]
HERE = {"Header row": 1, "Stop if rows shrink by more than": 100}
KEYS = ["a", "B", "c c", "é", "5", "5.0"]
CELLS = (
    st.sampled_from([None, "x", "X", "1", "1.0", "long, “quoted”\nwith a break", "עברית"]),
    st.sampled_from([None, 0, 1, 1.5, -12.25, 123456789012345, 1e-7]),
    st.sampled_from([None, 1, 2.5, 2.50]),
    st.sampled_from([None, 45, 45.5]),
    st.sampled_from([None, dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5)]),
    st.sampled_from([None, dt.datetime(2020, 1, 2), dt.datetime(2020, 7, 2, 3, 4, 5)]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "https://x.example", "https://y.example/?a=1"]),
    st.sampled_from([None, "POINT (1 2)", "POINT (-122.3 47.65)"]),
    st.sampled_from([None, "555-1212", "555-1213"]),
)
tables = st.dictionaries(st.sampled_from(KEYS), st.tuples(*CELLS), min_size=1, max_size=6)
# An example is three runs: looking for a smaller one that fails would take minutes.
looks = settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
options = [{"Job name": "Rows", "Option": "Time zone", "Value": "America/New_York"}]


@pytest.fixture(scope="module")
def typed_portal() -> Iterator[PracticePortal]:
    """A portal with a dataset of every type a sheet may fill, once with and once without a row identifier."""
    with PracticePortal(port=0) as portal:
        portal.create_dataset("with-iden", "With identifier", columns=COLUMNS, row_identifier="key")
        portal.create_dataset("with-none", "Without identifier", columns=COLUMNS)
        yield portal


@pytest.fixture
def key(typed_portal: PracticePortal, monkeypatch: pytest.MonkeyPatch) -> PracticePortal:
    """The same, with its publisher's key in the environment."""
    publisher = typed_portal.sign_ins[0]
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_ID", publisher.key_id)
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_SECRET", publisher.key_secret)
    return typed_portal


@pytest.mark.parametrize("blank", ["Keep", "Clear"])
@pytest.mark.parametrize("method", ["Replace all rows", "Update and add", "Add rows", "Delete listed rows"])
@looks
@given(old=tables, new=tables, unsent=st.sampled_from([None, "Words", "Amount", "Place"]), gap=st.integers(0, 6))
def test_what_is_foretold_is_what_becomes_of_the_rows(  # noqa: PLR0917  # what varies
    method: str, blank: str, old: dict[str, Row], new: dict[str, Row], unsent: str | None, gap: int, key: PracticePortal
) -> None:
    """For each method, type of column and way with blanks: numbers, rows and cells of the preview are the truth."""
    if method == "Add rows":
        new = {name: cells for name, cells in new.items() if name not in old} or {"new": next(iter(new.values()))}
    left_out = unsent if method in ("Update and add", "Add rows") else None
    sheet = sheet_of(new, left_out, gap)
    empty = [*options, {"Job name": "Rows", "Option": "Empty cells", "Value": blank}]
    before, foretold, after = three_looks(key, "with-iden", old, job("Rows", "with-iden", method, **HERE), sheet, empty)
    then, now = ({row["key"]: row for row in rows} for rows in (before, after))
    changed = [name for name in then.keys() & now.keys() if texts(then[name]) != texts(now[name])]
    assert numbers(foretold) == {
        "added": len(now.keys() - then.keys()),
        "changed": len(changed),
        "removed": len(then.keys() - now.keys()),
        "unchanged": len(then.keys() & now.keys()) - len(changed),
    }
    assert len(foretold.sample) == foretold.added + foretold.changed + foretold.removed
    at = {row[0]: f"Data!{number}:{number}" for number, row in enumerate(sheet, 1) if row[0]}
    for change in foretold.sample:
        was, becomes = then.get(change.identifier, {}), now.get(change.identifier, {})
        assert cells(change) == differing(was, becomes)
        assert change.where == ("" if change.change is Change.REMOVED else at[change.identifier])


@pytest.mark.parametrize("method", ["Replace all rows", "Add rows"])
@looks
@given(old=st.lists(st.tuples(*CELLS), min_size=1, max_size=5), new=st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_rows_without_an_identifier_are_added_and_removed(
    method: str, old: list[Row], new: list[int], key: PracticePortal
) -> None:
    """Rows that cannot be told apart are compared as wholes, each as often as it stands there."""
    others = [*old, ("other", *(None,) * (len(CELLS) - 1))]
    was = [HEADERS, *(("-", *row) for row in old)]
    sheet = [HEADERS, *(("-", *others[number % len(others)]) for number in new)]
    publishing = job("Rows", "with-none", method, **HERE)
    before, foretold, after = three_looks(key, "with-none", was, publishing, sheet, options)
    then, now = (Counter(map(texts, rows)) for rows in (before, after))
    added, removed = now - then, then - now
    assert numbers(foretold) == {
        "added": added.total(), "changed": 0, "removed": removed.total(), "unchanged": (then & now).total(),
    }  # fmt: skip
    assert told(foretold, Change.ADDED) == real(added, comes=True)
    assert told(foretold, Change.REMOVED) == real(removed, comes=False)


def told(found: Differences, kind: Change) -> Counter[Any]:
    """The rows of one kind in the sample, by their cells."""
    return Counter(tuple(sorted(cells(row).items())) for row in found.sample if row.change is kind)


def real(rows: Counter[tuple[str, ...]], *, comes: bool) -> Counter[Any]:
    """The same of rows that came, or that went."""
    values = [{name: text for name, text in zip(HEADERS, row, strict=True) if text} for row in rows.elements()]
    pairs = [{name: ("", text) if comes else (text, "") for name, text in row.items()} for row in values]
    return Counter(tuple(sorted(row.items())) for row in pairs)


def sheet_of(rows: dict[str, Row], left_out: str | None, gap: int) -> list[Row]:
    """A sheet with a blank row somewhere, and without one of the columns."""
    sheet: list[Row] = [HEADERS, *((name, *cells) for name, cells in rows.items())]
    kept = [place for place, header in enumerate(HEADERS) if header != left_out]
    sheet = [tuple(row[place] for place in kept) for row in sheet]
    if gap and gap < len(sheet):
        sheet.insert(gap, (None,) * len(kept))
    return sheet


def three_looks(  # noqa: PLR0917  # what is there, what is sent
    portal: PracticePortal,
    dataset: str,
    old: dict[str, Row] | list[Row],
    publishing: dict[str, Any],
    sheet: Sequence[Row],
    given_options: list[dict[str, Any]],
) -> tuple[list[dict[str, object]], Differences, list[dict[str, object]]]:
    """The portal's rows before, what is foretold, and the rows afterwards."""
    rows = sheet_of(old, None, 0) if isinstance(old, dict) else old
    with TemporaryDirectory() as folder:
        first = job("Rows", dataset, "Replace all rows", **HERE)
        assert run_sheet(Path(folder) / "old.xlsx", portal, first, rows, options).exit_code in (0, 3)
        before = portal.rows(dataset)
        path = Path(folder) / "jobs.xlsx"
        looked = only(run_sheet(path, portal, publishing, sheet, given_options, Aim.DRY_RUN))
        assert looked.state is State.CHECKED, list(report_lines(Report((looked,))))
        assert portal.rows(dataset) == before
        report = run_sheet(path, portal, publishing, sheet, given_options)
        assert report.exit_code in (0, 3), list(report_lines(report))
        assert looked.differences is not None
        return before, looked.differences, portal.rows(dataset)


def run_sheet(  # noqa: PLR0917  # one run
    path: Path,
    portal: PracticePortal,
    publishing: dict[str, Any],
    sheet: Sequence[Row],
    given_options: list[dict[str, Any]],
    aim: Aim = Aim.PUBLISH,
) -> Report:
    """The report on a workbook's only job."""
    write_job_workbook(path, portal.url, [publishing], {"Data": sheet}, options=given_options)
    return run_workbook(path, aim=aim)


def only(report: Report) -> JobResult:
    """The report's single result."""
    (result,) = report.results
    return result


def texts(row: dict[str, object]) -> tuple[str, ...]:
    """A portal's row, as values compare."""
    return tuple(wire_texts(PORTAL_COLUMNS, row))


def numbers(found: Differences) -> dict[str, int]:
    """The four numbers."""
    return {name: getattr(found, name) for name in ("added", "changed", "removed", "unchanged")}


def cells(change: RowChange) -> dict[str, tuple[str, str]]:
    """The values that change, by column."""
    return {cell.column: (cell.old, cell.new) for cell in change.cells}


def differing(was: dict[str, Any], becomes: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Where two rows of a portal differ, by the columns' names."""
    old, new = wire_texts(PORTAL_COLUMNS, was), wire_texts(PORTAL_COLUMNS, becomes)
    pairs = zip(PORTAL_COLUMNS, old, new, strict=True)
    found = {column.name: (canonical(column, one), canonical(column, other)) for column, one, other in pairs}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
FIELD = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)


@pytest.fixture
def preview(make_workbook: Make, signed_in: PracticePortal) -> Callable[..., Report]:
    """Previews a job workbook that holds these jobs and sheets."""

    def run(jobs: list[dict[str, Any]], sheets: dict[str, Any], person: Person = NOBODY, **given: Any) -> Report:
        return run_workbook(make_workbook(jobs, sheets, **given), aim=Aim.DRY_RUN, person=person)

    return run


@pytest.fixture
def changes(portal: PracticePortal) -> dict[str, Any]:
    """A sheet that adds one row, renames another and leaves a third as it is."""
    known = [portal_row(row) for row in portal.rows("smal-fild")[:2]]
    renamed = (known[0][0], "Renamed", *known[0][2:])
    return {"Data": [AIRPORT, known[1], renamed, FIELD]}


def portal_row(row: dict[str, Any]) -> Row:
    """A row of the portal as a sheet has it."""
    names = ("iata_code", "airport_name", "city", "state", "country")
    return (*(row.get(name) for name in names), float(row["latitude"]), float(row["longitude"]))


def test_the_words(preview: Callable[..., Report], changes: dict[str, Any], portal: PracticePortal) -> None:
    """The report says how many rows of each kind, and shows a few of them: where, which, old → new."""
    old = portal.rows("smal-fild")[0]
    report = preview([job("Fields", "smal-fild", "Update and add")], changes)
    lines = list(report_lines(report))
    assert lines[0].endswith("1 row would be added, 1 changed, 199 stay as they are, 0 removed.")
    assert f"        Data!3:3  {old['iata_code']}  Airport Name: {old['airport_name']} → Renamed" in lines
    assert any(line.startswith("        Data!4:4  ZZ1  IATA Code: ZZ1, Airport Name: Test Field") for line in lines)


def test_forecast_and_differences_agree(preview: Callable[..., Report], changes: dict[str, Any]) -> None:
    """What the portal will report as added and removed is what the preview counts; updated are all known rows."""
    for method in ("Update and add", "Delete listed rows"):
        result = only(preview([job("Fields", "smal-fild", method, **HERE)], changes))
        assert result.forecast is not None
        assert result.differences is not None
        assert (result.forecast.added, result.forecast.removed) == (
            result.differences.added,
            result.differences.removed,
        )
        assert result.forecast.updated >= result.differences.changed
    assert result.forecast.not_found == 1
    assert any("not on the portal" in problem.what for problem in result.problems)


def test_json_holds_the_sample_and_records_only_numbers(
    preview: Callable[..., Report], changes: dict[str, Any], tmp_path: Path
) -> None:
    """Machines get the rows too; a record, which is kept for long, never holds what stood in a cell."""
    report = preview([job("Fields", "smal-fild", "Update and add")], changes)
    (shown,) = report_json(report)["jobs"]
    assert shown["differences"] == {"added": 1, "changed": 1, "removed": 0, "unchanged": 199}
    assert [(row["change"], row["where"]) for row in shown["sample"]] == [
        ("added", "Data!4:4"),
        ("changed", "Data!3:3"),
    ]
    assert shown["sample"][1]["cells"][0]["new"] == "Renamed"
    (record,) = run_records(tmp_path / "jobs.xlsx")
    assert record.finished is not None
    assert record.finished["differences"] == shown["differences"]
    assert "Renamed" not in json.dumps(record.finished)


def test_a_guard_does_not_hide_the_preview(preview: Callable[..., Report]) -> None:
    """Where the rows would shrink too much, the preview says so and shows what would go."""
    result = only(preview([job("Fields", "smal-fild", "Replace all rows")], {"Data": [AIRPORT, FIELD]}))
    assert result.state is State.NOT_SENT
    assert result.differences is not None
    assert (result.differences.added, result.differences.removed) == (1, 200)
    assert len(result.differences.sample) == 1 + 20


def test_a_time_stamp_in_every_row_hides_nothing(make_workbook: Make, signed_in: PracticePortal) -> None:
    """Of 200 rows that all change in one column, the one that changes in another too is among the twenty shown."""
    known = [list(portal_row(row)) for row in signed_in.rows("smal-fild")]
    for row in known:
        row[2] = f"{row[2]} 2024"
    known[150][1] = "Renamed"
    path = make_workbook([job("Fields", "smal-fild", "Update and add")], {"Data": [AIRPORT, *known]})
    (shown,) = run_workbook(path, aim=Aim.DRY_RUN).results
    assert isinstance(shown.differences, Differences)
    assert (shown.differences.changed, len(shown.differences.sample)) == (200, 20)
    assert [row.where for row in shown.differences.sample if len(row.cells) > 1] == ["Data!152:152"]


def test_it_can_be_stopped_while_it_compares(preview: Callable[..., Report], changes: dict[str, Any]) -> None:
    """Progress is told in words, and Stop works there."""
    stop, told = StopSwitch(), []

    def watch(_job: object, what: str, done: int, total: int | None) -> None:
        told.append((what, done, total))
        if what.startswith("Comparing"):
            stop.press()

    result = only(preview([job("Fields", "smal-fild", "Update and add")], changes, Person(watch=watch, stop=stop)))
    assert isinstance(result.error, Stopped)
    assert ("Comparing with the portal's rows", 3, 203) in told


def test_nothing_is_written(
    preview: Callable[..., Report], changes: dict[str, Any], writes: Callable[[], list[str]]
) -> None:
    """A preview only reads."""
    preview([job("Fields", "smal-fild", "Replace all rows", **HERE)], changes)
    assert writes() == []


def test_a_preview_of_the_rows_without_faults(
    make_workbook: Make, signed_in: PracticePortal, writes: Callable[[], list[str]]
) -> None:
    """It is what publishing them then does: how many are set aside is told, nothing is kept and nothing sent before."""
    del signed_in
    sheet = [AIRPORT, FIELD, ("ZZ2", *FIELD[1:5], "north", FIELD[6])]
    path = make_workbook([job("Fields", "smal-fild", "Update and add")], {"Data": sheet})
    which = WhichRows(set_aside=True)
    (shown,) = run_workbook(path, aim=Aim.DRY_RUN, which=which).results
    assert (shown.state, shown.plan.rows, shown.plan.set_aside, writes()) == (State.CHECKED, 1, 1, [])
    assert "1 row would be set aside." in result_words(shown)
    assert "Column “Latitude”: text that is not a number; set aside." in "\n".join(report_lines(Report((shown,))))
    assert isinstance(shown.differences, Differences)
    assert (shown.differences.added, shown.differences.changed) == (1, 0)
    (sent,) = run_workbook(path, which=WhichRows(set_aside=True, previewed=shown.shown)).results
    assert (sent.state, sent.plan.sha256, sent.receipt.created) == (State.DONE_WITH_WARNINGS, shown.plan.sha256, 1)
