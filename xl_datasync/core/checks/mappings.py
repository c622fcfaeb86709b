"""Whether a mapping fills what a method needs, and its fixed values can be sent."""

from __future__ import annotations

from xl_datasync.core.checks.answers import tidy
from xl_datasync.core.column_map import PARTS_OF
from xl_datasync.core.conversion import constant_outcome
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import Mapping, Send
from xl_datasync.core.options import JobOptions
from xl_datasync.core.problems import Fault, ProblemLog, Severity
from xl_datasync.core.values import TableShape


def check_mapping(mapping: Mapping, dataset: Dataset, job: Job, shape: TableShape, log: ProblemLog) -> None:
    """Whether the mapping fills what the method needs."""
    identifier = dataset.row_identifier
    subject = f"Sheet “{shape.sheet}”"
    headers = shape.row_address(shape.header_row) if shape.header_row else job.where
    if not shape.columns:
        return  # an empty sheet is told of where its rows are counted
    if not mapping.columns and job.method is not Method.DELETE:
        names = ", ".join(column.name for column in dataset.writable_columns)
        remedy = f"Choose its columns in “Map columns” or the Column map. The dataset has: {names}."
        log.add(subject, Fault("no column matches a column of the dataset", remedy), headers)
        return
    if identifier and mapping.find(identifier) is None:
        what = f"no column is mapped to the row identifier “{identifier.name}”"
        remedy = f"Give a column the header “{identifier.name}”, or choose one in “Map columns” or the Column map."
        log.add(subject, Fault(what, remedy), headers)
    if job.method is Method.REPLACE:
        for column in mapping.unmapped:
            if column == identifier:
                continue  # told above
            what = f"the portal column “{column.name}” has no column here; replacing would empty it"
            remedy = "Add the column to the sheet, or add it to the Column map with Send? set to “Leave blank”."
            if column.type in PARTS_OF:
                remedy = f"Put it together from several columns in “Map columns”, or: {remedy[0].lower()}{remedy[1:]}"
            log.add(subject, Fault(what, remedy), headers)
    _check_left_over(mapping, dataset, job, shape, log)
    for mapped in mapping.guesses:
        what = f"it was matched to “{mapped.column.name}” by a guess"
        remedy = "Confirm it in “Map columns” or by a row in the Column map, or correct the header."
        log.add(mapped.subject, Fault(what, remedy), mapped.address(shape, shape.header_row or 1))


def _check_left_over(mapping: Mapping, dataset: Dataset, job: Job, shape: TableShape, log: ProblemLog) -> None:
    """Tell what has no partner: a sheet column that is not sent, a portal column that gets nothing."""
    if job.method is Method.DELETE or not mapping.columns:
        return
    dealt_with = {choice.sheet_column.casefold() for choice in job.choices}
    for column in mapping.ignored:
        told = column.hidden or column.index in mapping.shared or column.header.casefold() in dealt_with
        if column.header and not told:
            ignore = Send.IGNORE.value
            remedy = f"Choose its portal column in “Map columns” or the Column map, or set Send? there to “{ignore}”."
            fault = Fault("no portal column matches it; it is not sent", remedy, Severity.WARNING,
                          topic=tidy(f"column {column.header} is not sent"))  # fmt: skip
            log.add(f"Column “{column.header}”", fault, shape.address(column, shape.header_row or 1))
    if mapping.unmapped and job.method is not Method.REPLACE:
        names = ", ".join(f"“{column.name}”" for column in mapping.unmapped)
        kept = "keep their values in rows that are updated" if job.method is Method.UPSERT else "stay blank"
        log.add(
            f"Dataset “{dataset.name}”", Fault(f"columns without a sheet column {kept}: {names}", "", Severity.NOTE)
        )


def check_constants(mapping: Mapping, identifier: Column | None, options: JobOptions, log: ProblemLog) -> None:
    """Whether the fixed and default values of the Column map are there, can be sent, and leave rows apart."""
    for mapped in mapping.columns:
        choice = mapped.choice
        if choice is None:
            continue
        given = choice.default if mapped.source else choice.fixed_value
        if mapped.source is None and not given:
            fault = Fault("neither a sheet column nor a fixed value is given", "Fill in one of the two.")
            log.add("Column map", fault, choice.where)
        if given and mapped.column == identifier:
            what = f"“{mapped.column.name}” is the row identifier; one value for several rows would make them one"
            log.add("Column map", Fault(what, "Remove the default or fixed value."), choice.where, given)
        outcome = constant_outcome(mapped, options)
        if isinstance(outcome, Fault):
            what = f"the default or fixed value for “{mapped.column.name}”: {outcome.what}"
            log.add("Column map", Fault(what, outcome.remedy, outcome.severity), choice.where, given)
