"""What must hold of any portal: the practice portal always, a live one when its environment variables are set.

The dataset needs a text row identifier, and at least one more text column; its rows are replaced.
"""

from __future__ import annotations

import csv
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import Blueprint, Column, Dataset, Details
from xl_datasync.core.delivery import Delivery, Method, Receipt
from xl_datasync.core.errors import PortalError
from xl_datasync.portal import Portal, row_line, wire_text

# Right-to-left text, quotes, line breaks, leading zeros, a formula, an Excel error, spaces, an emoji, an apostrophe.
DIFFICULT_TEXT = (
    "שלום עולם", 'say "hi", please', "two\nlines", "007", "=1+1", "#N/A", "  spaces  ", "🚲 café", "O'Hare; --", "null",
)  # fmt: skip
WAIT = 60.0


class PortalContract:
    """The tests; a subclass gives the fixtures ``portal``, ``dataset`` and ``tmp_path``."""

    @pytest.fixture
    def may_create(self) -> bool:
        """Whether a dataset may be made and deleted for a test."""
        return True

    @pytest.fixture
    def send(self, portal: Portal, dataset: Dataset, tmp_path: Path) -> Callable[..., Receipt]:
        """Publishes rows of (identifier, text) and waits until they can be read."""

        def publish(method: Method, rows: Sequence[Sequence[str]], **options: object) -> Receipt:
            columns = (identifier(dataset),) if method is Method.DELETE else (identifier(dataset), other(dataset))
            path = tmp_path / "rows.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([[column.field_name for column in columns], *rows])
            receipt = portal.publish(Delivery(dataset, method, path, len(rows), columns, **options))  # type: ignore[arg-type]
            portal.await_replication(dataset.id, WAIT)
            return receipt

        return publish

    def test_signed_in(self, portal: Portal) -> None:
        """The portal knows who is signed in."""
        assert portal.who_am_i().id

    def test_described(self, dataset: Dataset) -> None:
        """The dataset has a name, columns, a row identifier, a link and the right to write."""
        assert dataset.name
        assert dataset.columns
        assert dataset.row_identifier
        assert dataset.link.endswith(dataset.id)
        assert "write" in dataset.rights

    def test_replace_and_read_back(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """Difficult text that was sent is what is read back, and the old rows are gone."""
        rows = [[f"id {number}", text] for number, text in enumerate(DIFFICULT_TEXT)]
        send(Method.REPLACE, [["old", "row"]])
        send(Method.REPLACE, rows)
        assert table(portal, dataset) == rows
        assert portal.count(dataset.id) == len(rows)
        assert sorted(portal.identifiers(dataset)) == sorted(row[0] for row in rows)

    def test_upsert(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """New identifiers are added, known ones updated, an empty cell clears; in parts as in one."""
        send(Method.REPLACE, [["a", "1"], ["b", "2"], ["c", "3"]])
        receipt = send(Method.UPSERT, [["b", "two"], ["c", ""], ["d", "4"]], rows_per_request=2)
        assert (receipt.created, receipt.updated, receipt.errors) == (1, 2, 0)
        assert sorted(table(portal, dataset)) == [["a", "1"], ["b", "two"], ["c", ""], ["d", "4"]]

    def test_upsert_that_keeps(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """Where blanks keep, an empty cell leaves what the portal has."""
        send(Method.REPLACE, [["a", "1"], ["b", "2"]])
        send(Method.UPSERT, [["a", ""], ["b", "two"]], keep_blanks=True)
        assert sorted(table(portal, dataset)) == [["a", "1"], ["b", "two"]]

    def test_append(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """Rows are added and none is changed."""
        send(Method.REPLACE, [["a", "1"]])
        receipt = send(Method.APPEND, [["b", "2"], ["c", "3"]])
        assert receipt.created == 2
        assert sorted(table(portal, dataset)) == [["a", "1"], ["b", "2"], ["c", "3"]]

    def test_delete(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """Listed rows go; one that is not there is counted as an error and stops nothing."""
        send(Method.REPLACE, [["a", "1"], ['O\'Hare, "b"', "2"], ["c", "3"]])
        receipt = send(Method.DELETE, [['O\'Hare, "b"'], ["never"], ["c"]], rows_per_request=2)
        assert (receipt.deleted, receipt.errors) == (2, 1)
        assert table(portal, dataset) == [["a", "1"]]

    def test_known_identifiers(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """Those that are there are told from those that are not, quotes and case included."""
        send(Method.REPLACE, [["O'Hare", "1"], ["b", "2"]])
        assert portal.known_identifiers(dataset, ["O'Hare", "B", "b", "zz"]) == {"O'Hare", "b"}

    def test_refused_rows_change_nothing(
        self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt], tmp_path: Path
    ) -> None:
        """A request with an unknown column is refused as a whole, in the portal's words."""
        send(Method.REPLACE, [["a", "1"]])
        path = tmp_path / "wrong.csv"
        path.write_text(f"{identifier(dataset).field_name},no_such_column_here\r\nb,2\r\n")
        with pytest.raises(PortalError, match="no_such_column_here") as caught:
            portal.publish(Delivery(dataset, Method.UPSERT, path, 1, (identifier(dataset),)))
        assert caught.value.outcome_known
        assert table(portal, dataset) == [["a", "1"]]

    def test_state(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """A change of rows shows in the state; two looks at unchanged rows are the same."""
        send(Method.REPLACE, [["a", "1"]])
        before = portal.state(dataset.id)
        assert before.same_as(portal.state(dataset.id))
        send(Method.REPLACE, [["a", "2"], ["b", "3"]])
        assert not before.same_as(portal.state(dataset.id))

    def test_rows_added_since(self, portal: Portal, dataset: Dataset, send: Callable[..., Receipt]) -> None:
        """Rows added after a moment are told from those before."""
        send(Method.REPLACE, [["a", "1"]])
        marker = portal.newest_row(dataset)
        assert marker
        assert portal.count(dataset.id, f":created_at > '{marker}'") == 0
        send(Method.APPEND, [["b", "2"], ["c", "3"]])
        added = portal.read_rows(dataset, [identifier(dataset).field_name], where=f":created_at > '{marker}'")
        assert sorted(str(row[identifier(dataset).field_name]) for row in added) == ["b", "c"]

    def test_rows_as_json_lines(self, portal: Portal, dataset: Dataset, tmp_path: Path) -> None:
        """Rows that were read and written as JSON lines are the same rows again, an empty text included."""
        key, text = identifier(dataset).field_name, other(dataset).field_name
        rows: list[dict[str, object]] = [{key: "a", text: DIFFICULT_TEXT[0]}, {key: "b", text: ""}, {key: "c"}]
        path = tmp_path / "rows.jsonl"
        for method, least in ((Method.REPLACE, rows), (Method.UPSERT, [{key: "a"}])):
            path.write_bytes(b"".join(map(row_line, least)))
            columns = (identifier(dataset), other(dataset))
            portal.publish(Delivery(dataset, method, path, len(least), columns, json_lines=True))
            portal.await_replication(dataset.id, WAIT)
            expected = rows if method is Method.REPLACE else [{key: "a"}, *rows[1:]]
            assert sorted(portal.read_rows(dataset, [key, text]), key=str) == sorted(expected, key=str)

    def test_life_of_a_dataset(self, portal: Portal, tmp_path: Path, *, may_create: bool) -> None:
        """A dataset is made as asked, filled as a draft, published under its id with its rows, found and deleted."""
        if not may_create:
            pytest.skip("XL_DATASYNC_LIVE_MAY_CREATE is not set")
        title = f"xl-datasync test {uuid.uuid4().hex[:8]}"
        columns = (Column(0, "Code", "code", "text"), Column(0, "Fee", "fee", "number", description="In dollars"))
        begun, told = time.time() - 600, list[str]()
        try:
            made = portal.create(Blueprint(title, columns, "code", Details("For a test", row_label="Fee")), told.append)
            assert made.differences == ()
            assert told == [made.dataset.id]
            assert not made.dataset.published
            path = tmp_path / "first.csv"
            path.write_text("code,fee\r\na,1.50\r\nb,2\r\n")
            portal.publish(Delivery(made.dataset, Method.REPLACE, path, 2, made.dataset.columns))
            published = portal.publish_draft(made.dataset.id)
            assert (published.id, published.published, published.name) == (made.dataset.id, True, title)
            portal.await_replication(published.id, WAIT)
            assert portal.count(published.id) == 2
            found = portal.find_by_title(title, begun)
            assert found is None or {one.id for one in found} <= {published.id}
        finally:
            for dataset_id in told:
                portal.remove(dataset_id)
        with pytest.raises(PortalError, match="was not found"):
            portal.describe(told[0])

    def test_missing_dataset(self, portal: Portal) -> None:
        """A dataset that is not there is said not to be found."""
        with pytest.raises(PortalError, match="was not found"):
            portal.describe("zzzz-0000")

    def test_wrong_sign_in(self, portal: Portal) -> None:
        """A wrong secret is refused in words about the sign-in."""
        stranger = SignIn("nobody", "wrong")
        with Portal(portal.address, stranger) as same, pytest.raises(PortalError, match="sign-in of nobody") as caught:
            same.who_am_i()
        assert caught.value.exit_code == 4


def identifier(dataset: Dataset) -> Column:
    """The row identifier."""
    assert dataset.row_identifier
    return dataset.row_identifier


def other(dataset: Dataset) -> Column:
    """A text column that is not the row identifier."""
    return next(
        column for column in dataset.writable_columns if column.type == "text" and column != dataset.row_identifier
    )


def table(portal: Portal, dataset: Dataset) -> list[list[str]]:
    """Identifier and text of every row."""
    columns = (identifier(dataset), other(dataset))
    rows = portal.read_rows(dataset, [column.field_name for column in columns], page_size=3)
    return [[wire_text(column, row.get(column.field_name)) for column in columns] for row in rows]
