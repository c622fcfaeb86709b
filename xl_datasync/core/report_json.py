"""A report in JSON, for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from xl_datasync.core.checks.answers import advice
from xl_datasync.core.differences import Differences, RowChange
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.jobs import PortJob
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import ConfigurationFaults, Problem
from xl_datasync.core.report import EXIT_CODES, JobResult, Report
from xl_datasync.core.report_words import result_words


def report_json(report: Report) -> dict[str, Any]:
    """The report for machines. Field names are those of the library's values."""
    return {
        "exit_code": report.exit_code,
        "meaning": EXIT_CODES[report.exit_code],
        "jobs": [{**result_json(result), **sample_json(result)} for result in report.results],
        "notes": list(report.notes),
    }


def sample_json(result: JobResult) -> dict[str, Any]:
    """Some rows of each kind that would change, with what stands in their cells; a record never holds that."""
    changes = result.differences.sample if result.differences else None
    return {"sample": None if changes is None else [_change_json(change) for change in changes]}


def _change_json(change: RowChange) -> dict[str, Any]:
    return {
        "change": change.change.value,
        "identifier": change.identifier,
        "where": change.where,
        "cells": [asdict(cell) for cell in change.cells],
    }


def result_json(result: JobResult) -> dict[str, Any]:
    """One job's result for machines, and for its record, which leaves out what stood in cells."""
    plan, receipt, verification, dataset = result.plan, result.receipt, result.verification, result.dataset
    return {
        "run": result.run,
        "job": result.job.name,
        "method": result.job.verb,
        "exit_code": result.exit_code,
        "state": result.state.name.lower(),
        "words": result_words(result),
        "connection": result.job.connection.name,
        "portal": result.job.connection.address,
        "dataset_id": dataset.id if dataset else result.job.dataset_id,
        "dataset_name": dataset.name if dataset else None,
        "dataset_link": dataset.link if dataset else None,
        "row_identifier": dataset.row_identifier.name if dataset and dataset.row_identifier else None,
        "dataset_made": result.made is not None,
        "dataset_removed": result.removed,
        **_source_json(result),
        "rows_planned": plan.rows if plan else None,
        "rows_set_aside": plan.set_aside if isinstance(plan, Plan) else None,
        "forecast": asdict(result.forecast) if result.forecast else None,
        "differences": _numbers(result.differences),
        "rows_sent": _rows_sent(result),
        "rows_created": receipt.created if receipt and receipt.reported else None,
        "rows_updated": receipt.updated if receipt and receipt.reported else None,
        "rows_deleted": receipt.deleted if receipt and receipt.reported else None,
        "rows_not_found": receipt.errors if receipt and receipt.reported else None,
        "rows_before": result.before,
        "rows_after": verification.after if verification else None,
        "verified": verification.agrees if verification else None,
        "csv": str(result.csv) if result.csv else None,
        "sha256": plan.sha256 if plan and plan.sha256 else None,
        "backup": str(result.backup) if result.backup else None,
        "request_ids": list(receipt.request_ids) if receipt else [],
        "error": error_json(result.error) if result.error else None,
        "problems": problems_json(result.problems),
    }


def _numbers(differences: Differences | None) -> dict[str, int] | None:
    if differences is None:
        return None
    return {name: getattr(differences, name) for name in ("added", "changed", "removed", "unchanged")}


def _rows_sent(result: JobResult) -> int | None:
    """Rows that the portal has confirmed; None where nobody knows."""
    if result.receipt:
        return result.receipt.sent
    if result.error and result.error.rows_sent:
        return result.error.rows_sent
    return None if result.sending else 0


def _source_json(result: JobResult) -> dict[str, Any]:
    """Where the rows came from: a dataset, for a port."""
    job = result.job
    if not isinstance(job, PortJob):
        return {}
    return {
        "copied": job.what.value,
        "copy_method": job.method.verb,
        "source_portal": job.source_connection.address,
        "source_id": job.source_id,
    }


def failure_json(error: DataSyncError) -> dict[str, Any]:
    """For machines: why there is no report."""
    problems = error.problems if isinstance(error, ConfigurationFaults) else ()
    return {
        "exit_code": error.exit_code,
        "meaning": EXIT_CODES[error.exit_code],
        "error": error_json(error),
        "problems": problems_json(problems),
    }


def error_json(error: DataSyncError) -> dict[str, str]:
    """An error for machines."""
    return {
        "what": error.what,
        "where": error.where,
        "unaffected": error.unaffected,
        "remedy": error.remedy,
        "reference": error.reference,
    }


def problems_json(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems for machines."""
    return [
        {
            "severity": problem.severity.value,
            "subject": problem.subject,
            "what": problem.what,
            "remedy": advice(problem),
            "count": problem.count,
            "places": [{"where": place.where, "value": place.value} for place in problem.places],
        }
        for problem in problems
    ]
