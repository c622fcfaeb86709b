"""The facts that a run's record holds. Pure; no sign-in ever comes here."""

from __future__ import annotations

from typing import Any

from xl_datasync.core.jobs import AnyJob, Job, PortJob, UndoJob
from xl_datasync.core.plan import Plan
from xl_datasync.core.report import JobResult
from xl_datasync.core.report_json import problems_json, result_json


def started_facts(job: AnyJob) -> dict[str, Any]:
    """What is known of a job before anything is done."""
    facts: dict[str, Any] = {
        "method": job.verb,
        "words": job.words,
        "connection": job.connection.name,
        "portal": job.connection.address,
        "dataset_id": job.dataset_id,
    }
    match job:
        case Job():
            facts |= {"source": job.source, "file": str(job.file) if job.file else None}
        case PortJob():
            facts |= {
                "copied": job.what.value, "copy_method": job.method.verb, "title": job.title,
                "source_portal": job.source_connection.address, "source_connection": job.source_connection.name,
                "source_id": job.source_id,
            }  # fmt: skip
        case UndoJob():
            facts |= {"undo_of": job.run}
    return facts


def finished_facts(result: JobResult) -> dict[str, Any]:
    """How a job ended. What stood in cells is left out: the report had it, and records are kept for long."""
    facts = result_json(result)
    for known in ("run", "job", "connection", "portal"):
        del facts[known]
    facts["problems"] = [{**problem, "places": len(problem["places"])} for problem in problems_json(result.problems)]
    facts["mapping"] = mapping_facts(result)
    # An answer that was lost leaves it open what became of the rows.
    facts["outcome_known"] = result.error is None or result.error.outcome_known
    return facts


def mapping_facts(result: JobResult) -> list[dict[str, str]]:
    """Which column went where."""
    plan = result.plan
    if isinstance(plan, Plan):
        pairs = [
            (" + ".join(source.header for source in m.sources), m.column.field_name, m.match.value)
            for m in plan.mapping.columns
        ]
    else:
        copied = getattr(plan, "columns", ()) if isinstance(result.job, PortJob) else ()
        pairs = [(c.source.field_name, c.target.field_name, "") for c in copied]
    return [{"from": source, "field": field, "match": match} for source, field, match in pairs]
