"""The line of a publishing job: its rows from the sheet to the portal.

Describe the dataset, read the table, make the plan, look back and ahead, save what is there, send, verify.
"""

from __future__ import annotations

import logging
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

from xl_datasync.aftermath import SentRows, surely_there
from xl_datasync.comparing import Preview
from xl_datasync.core.checks import check_dataset
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Delivery, Method, Receipt
from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.options import BlankPolicy
from xl_datasync.core.plan import Plan, Workbench, make_plan
from xl_datasync.core.problems import Fault, ProblemLog, Severity, any_warns, single
from xl_datasync.core.record import mapping_facts
from xl_datasync.core.report import State, final_state
from xl_datasync.csv_files import Draft, csv_kind, draft
from xl_datasync.earlier import Past, look_back
from xl_datasync.job_run import Aim, JobRun
from xl_datasync.map_pictures import drift_of, remember_plan
from xl_datasync.outlook import Outlook, look_ahead, rows_expected, verify
from xl_datasync.portal import Portal
from xl_datasync.set_aside.aside import Aside
from xl_datasync.set_aside.keeping import keep
from xl_datasync.set_aside.picking import pick
from xl_datasync.set_aside.removal import ALONE, ARRIVED, would_remove
from xl_datasync.watched import Watched
from xl_datasync.workbook.closed import open_source
from xl_datasync.workbook.protocol import Source

log = logging.getLogger(__name__)


def publish(run: JobRun, portal: Portal) -> None:
    """Publish one job's table; ``run.result`` tells what became of it.

    :raises DataSyncError: where the source, the sign-in or the portal is at fault; then nothing was sent unless the
        message says otherwise.
    """
    job = _publishing(run)
    dataset = portal.describe(job.dataset_id)
    index = IdentifierIndex(numeric=dataset.has_number_identifier)
    alone = run.kept.alone(portal.host, dataset.id) if run.publishes else nullcontext()
    with alone, closing(index), draft(run.settings.csv_folder, job.name) as csv:
        plan, aside = _planned(run, dataset, Workbench(csv.out, ProblemLog(), index), signed_in=portal.signed_in)
        drifted = drift_of(run.settings.keeper, plan)
        run.note(plan=plan, problems=(*plan.problems, *drifted), state=State.NOT_SENT)
        if not plan.sendable:
            return
        csv.out.close()
        past = _past(run, plan, csv.path, portal)
        dry_run = run.settings.aim is Aim.DRY_RUN
        told = run.stoppable("Comparing with the portal's rows")
        preview = Preview(csv.path, plan.numbers, told) if dry_run else None
        outlook = look_ahead(plan, index, portal, past, preview)
        problems = (*plan.problems, *drifted, *past.problems, *outlook.problems)
        run.note(before=outlook.before, forecast=outlook.forecast, differences=outlook.differences, problems=problems)
        run.add_problems(would_remove(run, plan, csv.path))
        if not run.cleared():
            return
        kept = run.csv_path(csv_kind(alone=job.only_set_aside, sent=run.publishes))
        if not run.publishes:
            run.note(state=State.CHECKED, csv=csv.keep(kept))
            return
        receipt = _already_there(run, plan, past, outlook, aside)
        receipt = receipt or _save_and_send(run, (plan, aside), past, csv, portal)
        run.note(receipt=receipt, csv=csv.keep(kept))
        run.note(verification=verify(portal, dataset.id, rows_expected(plan, outlook, receipt)))
        run.look_after(portal, dataset.id)
        if run.settings.confirm or not any_warns(drifted):  # what nobody was asked about is told until it is answered
            remember_plan(run.settings.keeper, plan)
    run.note(state=final_state(run.result))


def _publishing(run: JobRun) -> Job:
    if not isinstance(run.job, Job) or (run.book is None and run.job.file is None):
        raise ConfigurationError("There is no sheet to publish from.", where=run.job.name)
    return run.job


def _past(run: JobRun, plan: Plan, csv: Path, portal: Portal) -> Past:
    """What earlier runs that were cut off mean for this one."""
    if run.settings.aim is Aim.CHECK:
        return Past()  # Nothing is written down for a check, so nothing is looked up either.
    return look_back(plan, csv, run.kept.earlier(portal, plan.dataset.id), portal)


def _already_there(run: JobRun, plan: Plan, past: Past, outlook: Outlook, aside: Aside) -> Receipt | None:
    """The receipt for rows that an earlier run, which was cut off, had added after all.

    As long as its record is open the rows cannot be sent again, so that it is closed last.
    """
    if outlook.finished is None:
        return None
    what = "its rows had arrived when it was cut off, so nothing was sent again"
    run.add_problems(single("Earlier run", Fault(what, "", Severity.NOTE)))
    keep(run, aside)
    for record in past.over:
        run.kept.settle(record, ARRIVED if record is outlook.finished else "done over")
    return Receipt(sent=0, created=plan.rows)


def _save_and_send(run: JobRun, planned: tuple[Plan, Aside], past: Past, csv: Draft, portal: Portal) -> Receipt:
    """Save the dataset, write down what is about to be done, and do it."""
    plan, aside = planned
    if _worth_saving(run, plan):
        run.back_up(portal, plan.dataset)
    sent = SentRows(plan.dataset, plan.columns, csv.path, plan.rows, None)
    if plan.job.method is Method.APPEND and plan.dataset.row_identifier is None:
        sent = replace(sent, marker=portal.newest_row(plan.dataset))
    facts = {
        "dataset_id": plan.dataset.id, "rows": plan.rows, "sha256": plan.sha256, "before": run.result.before,
        "marker": sent.marker, "undo_to": past.undo_to, "mapping": mapping_facts(run.result),
        ALONE: plan.job.only_set_aside,
    }  # fmt: skip
    over = [(record, "done over") for record in past.over]
    return run.write(facts, over, lambda: _send_and_keep(run, _delivery(plan, csv.path), sent, portal, aside))


def _send_and_keep(run: JobRun, delivery: Delivery, sent: SentRows, portal: Portal, aside: Aside) -> Receipt:
    """Send the rows, and keep those that were set aside before anything can come between."""
    receipt = _send(run, delivery, sent, portal)
    run.note(receipt=receipt)
    keep(run, aside)
    return receipt


def _send(run: JobRun, delivery: Delivery, sent: SentRows, portal: Portal) -> Receipt:
    """Send the rows; where an answer is lost and a repeat would double them, find out what became of them."""
    try:
        return portal.publish(delivery, run.progress("Sending"), lambda: run.settings.stop.pressed)
    except PortalError as error:
        if error.outcome_known or delivery.repeatable or not surely_there(sent, portal):
            raise
        log.warning("The answer was lost (%s), but the rows are there.", error.what)
        what = "the portal's answer was lost, but the rows are there, each once"
        run.add_problems(single("Sending", Fault(what, "", Severity.NOTE)))
        ids = (error.reference,) if error.reference else ()
        return Receipt(sent=delivery.rows, created=delivery.rows, request_ids=ids)


def _worth_saving(run: JobRun, plan: Plan) -> bool:
    """Whether the dataset is saved first: always before rows may be lost, else where it is not too large."""
    if plan.job.method in (Method.REPLACE, Method.DELETE):
        return True
    most = run.settings.keeper.keeping.most_rows
    if (run.result.before or 0) <= most:
        return True
    what = f"no backup was taken, because the dataset has more than {most:,} rows; this run cannot be undone"
    remedy = "Raise “Back up before adding, up to (rows)” on the Settings sheet if you want one."
    run.add_problems(single("Backup", Fault(what, remedy, Severity.NOTE)))
    return False


def _planned(run: JobRun, dataset: Dataset, bench: Workbench, *, signed_in: bool) -> tuple[Plan, Aside]:
    """The plan, and the rows that it sets aside; those are read only where they are to be kept."""
    job = _publishing(run)
    check_dataset(dataset, job, bench.log, signed_in=signed_in)
    with open_source(job, run.book) as source:
        for note in source.notes:
            bench.log.add(source.name, Fault(note, "", Severity.NOTE))
        table = source.read_table(Source(job.source, job.header_row))
        plan = make_plan(job, dataset, Watched(table, run.progress("Checking rows")), bench)
        return plan, pick(run, plan, table)


def _delivery(plan: Plan, csv: Path) -> Delivery:
    return Delivery(
        dataset=plan.dataset,
        method=plan.job.method,
        file=csv,
        rows=plan.rows,
        columns=plan.columns,
        keep_blanks=plan.job.options.empty_cells is BlankPolicy.KEEP,
        rows_per_request=plan.job.options.rows_per_request,
    )
