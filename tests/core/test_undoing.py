"""What stands in the way of an undo, and datasets as a backup keeps them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import Column, Dataset, Details
from xl_datasync.core.jobs import After, UndoJob
from xl_datasync.core.undoing import UndoPlan, changed_since, dataset_from_json, dataset_to_json, undo_problems

RIGHTS = frozenset({"read", "write", "add", "delete", "delete_view"})
KEY = Column(1, "Key", "key", "text", "What – “it” is", {"view": "x"}, frozenset({"hidden"}), width=9)
FEE, SCAN = Column(2, "Fee", "fee", "number"), Column(3, "Scan", "scan", "document")
BEFORE = Dataset(
    "abcd-1234", "Fees “2026” 😀", "https://data.example.gov/d/abcd-1234", (KEY, FEE), KEY, RIGHTS, "Pat",
    rows_updated_at=5, details=Details("Text", "Finance", ("a", "b c"), "CC", "Us", "https://x", "fee", {"G": {"F": 1}}),
    published=False,
)  # fmt: skip
JOB = UndoJob("Fees", Connection("City", "https://data.example.gov"), "abcd-1234", "run-1", None, After(10, 100, 7))


def found(now: Dataset, before: Dataset | None = BEFORE) -> list[tuple[str, str]]:
    """What the dataset, as it is now, has against the undo: severity and words."""
    return [(p.severity.value, f"{p.subject}: {p.what}") for p in undo_problems(JOB, now, before)]


def test_a_dataset_survives_its_backup() -> None:
    """All that is known of a dataset is the same after a trip through JSON."""
    for dataset in (BEFORE, replace(BEFORE, row_identifier=None, columns=(FEE,), details=Details())):
        assert dataset_from_json(json.loads(json.dumps(dataset_to_json(dataset)))) == dataset


class TestSchema:
    """Every column of the backup must still be there, with its type."""

    def test_nothing_has_changed(self) -> None:
        """Then nothing is said; other names, descriptions and orders do not matter."""
        assert found(BEFORE) == []
        assert found(replace(BEFORE, name="Other", columns=(FEE, replace(KEY, name="K", description="")))) == []

    def test_a_column_that_is_gone(self) -> None:
        """Its values could not be put back."""
        assert found(replace(BEFORE, columns=(KEY,))) == [
            ("problem", "Column “Fee” (fee): it is no longer in the dataset")
        ]

    def test_a_column_of_another_type(self) -> None:
        """Text for numbers stops it; another kind of number does not."""
        assert found(replace(BEFORE, columns=(KEY, replace(FEE, type="text")))) == [
            ("problem", "Column “Fee” (fee): it was of type “number” and is now “text”")
        ]
        assert found(replace(BEFORE, columns=(KEY, replace(FEE, type="money")))) == []

    def test_a_column_that_is_new(self) -> None:
        """Putting rows back would empty it."""
        new = Column(4, "New", "new", "text")
        assert found(replace(BEFORE, columns=(KEY, FEE, new))) == [
            ("problem", "Column “New” (new): it has been added since; undoing would empty it")
        ]
        assert found(replace(BEFORE, columns=(KEY, FEE, replace(new, computed=True)))) == []

    def test_another_identifier(self) -> None:
        """It is told, with both names."""
        (warning,) = found(replace(BEFORE, row_identifier=FEE))
        assert warning[0] == "warning"
        assert "“key”" in warning[1]
        assert "“fee”" in warning[1]

    def test_values_that_cannot_be_put_back(self) -> None:
        """Files in cells are warned of; what the portal fills itself is not."""
        now = replace(BEFORE, columns=(KEY, FEE, SCAN, Column(5, "A", ":@a", "number")))
        assert found(now, now) == [
            ("warning", "Column “Scan” (scan): its values are of type “document”, which cannot be put back")
        ]

    @pytest.mark.parametrize(("before", "missing", "words"), [
        (BEFORE, "delete", "your account may not remove rows"), (None, "delete_view", "your account may not remove the dataset"),
    ])  # fmt: skip
    def test_rights(self, before: Dataset | None, missing: str, words: str) -> None:
        """The right that the account lacks is named."""
        ((severity, what),) = found(replace(BEFORE, rights=RIGHTS - {missing}), before)
        assert severity == "problem"
        assert what.endswith(words)

    def test_which_columns_are_put_back(self) -> None:
        """Those that can be written, now and then."""
        before = replace(BEFORE, columns=(KEY, FEE, SCAN))
        now = replace(BEFORE, columns=(KEY, replace(FEE, computed=True), SCAN))
        assert UndoPlan(JOB, now, before, 3).columns == (KEY,)
        assert UndoPlan(JOB, None, before, 3).columns == (KEY, FEE)
        assert UndoPlan(JOB, now, None, 3).removes


class TestChangedSince:
    """The guard against losing what others have changed."""

    @pytest.mark.parametrize(
        ("changed_at", "version", "rows", "stands"),
        [(100, 7, 10, False), (None, None, None, False), (None, 7, None, False), (101, 7, 10, True), (100, 8, 10, True),
         (100, 7, 11, True), (None, None, 11, True), (100, None, 0, True)],
    )  # fmt: skip
    def test_anything_known_that_differs(
        self, changed_at: int | None, version: int | None, rows: int | None, stands: bool
    ) -> None:
        """A later change, another version or another count each stand in the way; what is not known does not."""
        problem = changed_since(JOB, changed_at, version, rows)
        assert (problem is not None) is stands
        if problem:
            assert (problem.blocks, problem.confirm) == (True, "Undo anyway")
            assert ("rows then" in problem.what) is (rows != 10)

    def test_nothing_known(self) -> None:
        """A run that left no word of how the dataset was cannot raise the guard."""
        assert changed_since(replace(JOB, after=After()), 1, 2, 3) is None

    def test_the_words(self) -> None:
        """What differs now, with both counts where they differ, and who decides."""
        remedy = "Look at the dataset. Whoever undoes the run by hand is asked whether to go back all the same."
        for rows, what in (
            (10, "it has been changed since that run; undoing would lose those changes, too"),
            (
                11,
                "it has been changed since that run (it had 10 rows then and has 11 now); undoing would lose those changes, too",
            ),
        ):
            problem = changed_since(JOB, 101, 7, rows)
            assert problem is not None
            assert (problem.what, problem.remedy) == (what, remedy)


WORDS = (
    (replace(BEFORE, rights=RIGHTS - {"delete"}), "your account may not remove rows", "Ask its owner for the right to edit it."),
    (replace(BEFORE, columns=(KEY,)), "it is no longer in the dataset", "Add it again on the portal."),
    (replace(BEFORE, columns=(KEY, replace(FEE, type="text"))), "it was of type “number” and is now “text”", "Change it on the portal."),
    (replace(BEFORE, columns=(KEY, FEE, Column(4, "New", "new", "text"))), "it has been added since; undoing would empty it", "Remove it on the portal first."),
    (replace(BEFORE, row_identifier=FEE), "its row identifier was “key” and is “fee” now", ""),
    (replace(BEFORE, row_identifier=None), "its row identifier was “key” and is “none” now", ""),
)  # fmt: skip


@pytest.mark.parametrize(("now", "what", "remedy"), WORDS, ids=[case[1][:50] for case in WORDS])
def test_words(now: Dataset, what: str, remedy: str) -> None:
    """Each problem in full, with what is to be done about it."""
    assert [(problem.what, problem.remedy) for problem in undo_problems(JOB, now, BEFORE)] == [(what, remedy)]
