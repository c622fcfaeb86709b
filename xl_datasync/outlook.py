"""What a plan would meet on the portal: the rows that are there now, what would change, and what that forbids."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from xl_datasync.comparing import Preview, Row, columns_compared, compare
from xl_datasync.core.checks import known_identifiers_problem, shrink_problem, unknown_identifiers_note
from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.differences import Differences
from xl_datasync.core.errors import PortalError
from xl_datasync.core.identifiers import Comparison, IdentifierIndex
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem, question
from xl_datasync.core.report import Forecast, Verification
from xl_datasync.core.report_words import plural
from xl_datasync.earlier import Past, same_rows
from xl_datasync.history.records import RunRecord
from xl_datasync.portal import Portal

log = logging.getLogger(__name__)

# Up to here the portal is asked about each identifier; above, that means reading all of its identifiers.
ROWS_ASKED_ABOUT = 20_000


@dataclass(frozen=True)
class Outlook:
    """What sending would meet.

    :param forecast: None where it was too dear to find out.
    :param finished: the run that was cut off and had added these very rows all the same; None where there is none.
    :param differences: what would change row by row; None where nobody asked for that.
    """

    before: int
    forecast: Forecast | None
    problems: tuple[Problem, ...]
    finished: RunRecord | None = None
    differences: Differences | None = None


def look_ahead(
    plan: Plan, identifiers: IdentifierIndex, portal: Portal, past: Past, preview: Preview | None
) -> Outlook:
    """Ask the portal what a plan would meet there.

    :param past: what earlier runs mean for this one.
    :param preview: for comparing row by row, whatever it costs; None where that is not asked for.
    """
    before = portal.count(plan.dataset.id)
    appends = plan.job.method is Method.APPEND
    compared = _compare(plan, identifiers, portal, thorough=preview is not None) if appends or not preview else None
    finished = past.done or _added_before(plan, past, compared)
    if finished:
        nothing = Differences(0, 0, 0, before) if preview else None
        return Outlook(before, Forecast(added=0 if preview else plan.rows), (), finished, nothing)
    differences = None
    if preview:
        rows = compare(plan, _rows_there(plan, identifiers, portal), before, preview)
        differences = rows.differences
        compared = compared or rows.identifiers
    problems = tuple(_problems(plan, before, compared))
    return Outlook(before, _forecast(plan, compared), problems, differences=differences)


def _rows_there(plan: Plan, identifiers: IdentifierIndex, portal: Portal) -> Iterable[Row]:
    """The portal's rows that a plan may change."""
    names = [column.field_name for column in columns_compared(plan)]
    if plan.job.method is Method.APPEND:
        return ()
    if plan.job.method is Method.REPLACE or plan.rows > ROWS_ASKED_ABOUT:
        return portal.read_rows(plan.dataset, names)
    return portal.rows_with(plan.dataset, list(identifiers.texts()), names)


def verify(portal: Portal, dataset_id: str, expected: int | None) -> Verification:
    """Count the portal's rows; a count that is not as expected is taken again once the portal has caught up."""
    try:
        after = portal.count(dataset_id)
        if expected is not None and after != expected:
            portal.await_replication(dataset_id, portal.timeouts.catch_up)
            after = portal.count(dataset_id)
    except PortalError as error:
        log.warning("could not count after writing: %s", error.what)
        return Verification(None, expected)
    return Verification(after, expected)


def _added_before(plan: Plan, past: Past, compared: Comparison | None) -> RunRecord | None:
    """The run that was cut off but had added these rows: one request adds all of them or none (protocol §3.8 [S])."""
    if plan.job.method is not Method.APPEND or compared is None or compared.found != plan.rows:
        return None
    return next((record for record in past.over if same_rows(record, plan)), None)


def rows_expected(plan: Plan, outlook: Outlook, receipt: Receipt) -> int | None:
    """How many rows the portal should have after the plan was sent; None where nobody can know.

    The forecast goes before the report, because a request that was repeated is reported as it went the second time.
    """
    if outlook.finished:
        return outlook.before
    if plan.job.method is Method.REPLACE:
        return plan.rows
    if outlook.forecast:
        return outlook.before + outlook.forecast.added - outlook.forecast.removed
    return outlook.before + receipt.created - receipt.deleted if receipt.reported else None


def _compare(plan: Plan, identifiers: IdentifierIndex, portal: Portal, *, thorough: bool) -> Comparison | None:
    """The sheet's identifiers against the portal's, where that decides something and comes at a fair price."""
    method = plan.job.method
    if method is Method.REPLACE or plan.dataset.row_identifier is None:
        return None
    if plan.rows <= ROWS_ASKED_ABOUT:
        return identifiers.compare(portal.known_identifiers(plan.dataset, list(identifiers.texts())))
    if thorough or method is Method.APPEND:
        return identifiers.compare(portal.identifiers(plan.dataset))
    return None


def _forecast(plan: Plan, compared: Comparison | None) -> Forecast | None:
    method, rows = plan.job.method, plan.rows
    if method is Method.APPEND and plan.dataset.row_identifier is None:
        return Forecast(added=rows)
    if compared is None or method is Method.REPLACE:
        return None
    if method is Method.DELETE:
        return Forecast(removed=compared.found, not_found=rows - compared.found)
    return Forecast(added=rows - compared.found, updated=compared.found)


def _problems(plan: Plan, before: int, compared: Comparison | None) -> list[Problem]:
    """What the portal's present rows forbid, and what is worth telling."""
    job, found = plan.job, []
    mapped = plan.mapping.find(plan.dataset.row_identifier)
    if job.method is Method.REPLACE:
        found.append(shrink_problem(job, before, plan.rows))
    elif job.method is Method.DELETE:
        gone = compared.found if compared else plan.rows
        found.append(shrink_problem(job, before, before - gone) or _removal(plan, gone, known=compared is not None))
        if mapped and compared and compared.first_missing:
            missing = plan.rows - compared.found
            found.append(unknown_identifiers_note(mapped, plan.shape, compared.first_missing, missing))
    elif job.method is Method.APPEND and mapped and compared and compared.found:
        found.append(known_identifiers_problem(mapped, plan.shape, compared.first_found, compared.found))
    return [problem for problem in found if problem]


def _removal(plan: Plan, gone: int, *, known: bool) -> Problem | None:
    """The question before rows are removed; the guard against removing too many asks for itself."""
    if not gone:
        return None
    what = f"{'' if known else 'up to '}{plural(gone, 'row')} will be removed from it"
    return question(f"Dataset {plan.dataset.label}", what, "", "Delete them")
