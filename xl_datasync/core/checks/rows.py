"""Everything that looks at the rows of a job as they go by."""

from __future__ import annotations

from xl_datasync.core.checks.numbers import LostZerosLook, TextNumberLook, no_place_watches
from xl_datasync.core.checks.percents import PercentCheck
from xl_datasync.core.checks.personal import PersonalLook
from xl_datasync.core.checks.personal_words import expected
from xl_datasync.core.checks.totals import EndWatch, SubtotalLook
from xl_datasync.core.checks.unnamed import UnnamedWatch
from xl_datasync.core.checks.watching import ColumnWatch, Looker, Watcher
from xl_datasync.core.conversion import make_converter
from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.values import TableShape

# Text in such a column is told cell by cell.
_NO_TEXT = NUMBER_TYPES | GEOMETRY_TYPES | {"calendar_date", "date", "checkbox", "stars"}


def watchers(mapping: Mapping, job: Job, shape: TableShape, dataset: Dataset | None = None) -> list[Watcher]:
    """All that look at the rows of a job; what is deleted needs no second look at what its cells hold.

    :param dataset: where the rows go; what only those see whom it is shared with is told more softly.
    """
    found: list[Watcher] = [
        PercentCheck(mapped, shape) for mapped in mapping.columns if PercentCheck.needed(mapped, job.options)
    ]
    if job.method is Method.DELETE:
        return found
    end, private = EndWatch(mapping, shape), bool(dataset and dataset.private)
    by_column: dict[int, ColumnWatch] = {}
    for mapped in mapping.columns:
        for source in mapped.sources:
            if source.index not in by_column:
                personal = PersonalLook(source, shape, private=private)
                if mapped.column.type not in _NO_TEXT:
                    looks: list[Looker] = [personal, SubtotalLook(source, shape, end), LostZerosLook(source, shape)]
                else:
                    looks = [personal] if expected(source.header).kind else []
                if mapped.column.is_number:
                    looks.append(TextNumberLook(source, shape, make_converter(mapped, job.options).rule))
                by_column[source.index] = ColumnWatch(source.index, looks)
    settled = frozenset(choice.letter.strip().upper() for choice in job.choices)
    unnamed = UnnamedWatch(mapping, shape, settled)
    return [*found, end, unnamed, *no_place_watches(mapping, shape), *by_column.values()]
