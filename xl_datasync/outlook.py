"""What a plan would meet on the portal: the rows that are there now, what would change, and what that forbids."""

from __future__ import annotations

from dataclasses import dataclass

from xl_datasync.core.checks import known_identifiers_problem, shrink_problem, unknown_identifiers_note
from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.identifiers import Comparison, IdentifierIndex
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Forecast
from xl_datasync.portal import Portal

# Up to here the portal is asked about each identifier; above, that means reading all of its identifiers.
ROWS_ASKED_ABOUT = 20_000


@dataclass(frozen=True)
class Outlook:
    """What sending would meet. ``forecast`` is None where it was too dear to find out."""

    before: int
    forecast: Forecast | None
    problems: tuple[Problem, ...]


def look_ahead(plan: Plan, identifiers: IdentifierIndex, portal: Portal, *, thorough: bool) -> Outlook:
    """Ask the portal what a plan would meet there.

    :param thorough: find out what would change whatever it costs.
    """
    before = portal.count(plan.dataset.id)
    compared = _compare(plan, identifiers, portal, thorough=thorough)
    return Outlook(before, _forecast(plan, compared), tuple(_problems(plan, before, compared)))


def rows_expected(plan: Plan, outlook: Outlook, receipt: Receipt) -> int | None:
    """How many rows the portal should have after the plan was sent; None where nobody can know.

    The forecast goes before the report, because a request that was repeated is reported as it went the second time.
    """
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
    if compared is None:
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
        found.append(shrink_problem(job, before, before - (compared.found if compared else plan.rows)))
        if mapped and compared and compared.first_missing:
            missing = plan.rows - compared.found
            found.append(unknown_identifiers_note(mapped, plan.shape, compared.first_missing, missing))
    elif job.method is Method.APPEND and mapped and compared and compared.found:
        found.append(known_identifiers_problem(mapped, plan.shape, compared.first_found, compared.found))
    return [problem for problem in found if problem]
