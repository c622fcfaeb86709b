"""The part of a port that makes a dataset: made, filled, published; and what holds when one of these fails."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from dataclasses import replace

from xl_datasync.begun import Begun, digest, others_made, what_was_begun
from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.dataset import Blueprint, Dataset
from xl_datasync.core.errors import DataSyncError, PortalError, Stopped
from xl_datasync.core.problems import Fault, Problem, Severity, single
from xl_datasync.core.record import mapping_facts
from xl_datasync.core.report import State, done_state, final_state
from xl_datasync.core.report_words import plural
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import new_copy_of
from xl_datasync.outlook import verify
from xl_datasync.portal import Portal
from xl_datasync.portal.deeds import RUN_AGAIN
from xl_datasync.spool import Spool, copied, send


def make(run: JobRun, plan: CopyPlan, blueprint: Blueprint, source_portal: Portal, portal: Portal) -> None:
    """Make a dataset, fill it and publish it, as the job says.

    :raises DataSyncError: where that fails; the message says what was made and what holds of it.
    """
    run.add_problems(_may_not(run, portal))
    with run.kept.alone(portal.host, new_copy_of(plan.source.id)) if run.publishes else nullcontext(), ExitStack() as s:
        begun = what_was_begun(run, plan, blueprint, portal) if run.publishes and plan.sendable else Begun()
        run.add_problems(*begun.problems)
        if not run.cleared():
            return
        if not run.publishes:
            run.note(state=State.CHECKED)
            return
        # The source is read first, so that nothing is made of one that cannot be read.
        spool = s.enter_context(copied(run, plan, source_portal)) if plan.job.what.copies_rows else None
        s.enter_context(run.settings.stop.held())
        _note_begin(run, plan, blueprint, begun, spool)
        try:
            run.stop_here()
            _make_and_fill(run, plan, blueprint, begun, spool, portal)
        except DataSyncError as error:
            raise (half_made(run, error) if run.result.made else error) from None


def _note_begin(run: JobRun, plan: CopyPlan, blueprint: Blueprint, begun: Begun, spool: Spool | None) -> None:
    """Write down what is about to be made; only then do earlier runs count as gone on with."""
    run.sending(
        phase="make", title=blueprint.name, blueprint=digest(plan, blueprint), rows=spool.rows if spool else 0,
        mapping=mapping_facts(run.result),
    )  # fmt: skip
    note_found(run, begun)
    for record in begun.records:
        run.kept.settle(record, "gone on with" if begun.dataset else "done over")


def _make_and_fill(  # noqa: PLR0913, PLR0917  # the steps of one piece of work
    run: JobRun, plan: CopyPlan, blueprint: Blueprint, begun: Begun, spool: Spool | None, portal: Portal
) -> None:
    dataset = begun.dataset or create(run, blueprint, portal)
    _check_made(blueprint, dataset)
    if spool:
        run.stop_here()
        fill(run, plan, dataset, spool, portal)
        _check_filled(run, dataset, spool, portal)
    if plan.job.publish and not dataset.published:
        run.stop_here()
        run.note(made=portal.publish_draft(dataset.id))
    if begun.in_doubt:
        run.add_problems(others_made(run, begun.records[-1], blueprint, portal))
    run.look_after(portal, dataset.id)
    if spool:
        run.note(verification=verify(portal, dataset.id, spool.rows))
        run.note(state=final_state(run.result))
    else:
        run.note(state=done_state(run.result))


def _check_filled(run: JobRun, dataset: Dataset, spool: Spool, portal: Portal) -> None:
    """A draft that does not hold the rows is not published.

    :raises PortalError: where it does not.
    """
    receipt = run.result.receipt
    if receipt is None:
        return
    # The portal's own report goes before a count, which a replica may be late with.
    held: int | None = receipt.created + receipt.updated
    if not receipt.reported:
        held = verify(portal, dataset.id, spool.rows).after
    if held is not None and held < spool.rows:
        what = f"The new dataset holds {plural(held, 'row')}, but {spool.rows:,} were copied."
        raise PortalError(what, where=portal.host, remedy="Compare it with the source on the portal.")


def fill(run: JobRun, plan: CopyPlan, dataset: Dataset, spool: Spool, portal: Portal) -> None:
    """Write the rows, in one step, so that doing it again does no harm."""
    run.note(plan=replace(plan, rows=spool.rows, sha256=spool.sha256))
    run.note(receipt=send(run, dataset, spool, plan.targets, portal))


def note_found(run: JobRun, begun: Begun) -> None:
    """Write down which dataset, made by a run that was cut off, this one goes on with."""
    if begun.dataset:
        run.note(made=begun.dataset)
        run.kept.log.made(dataset_id=begun.dataset.id, title=begun.dataset.name)


def create(run: JobRun, blueprint: Blueprint, portal: Portal) -> Dataset:
    """Make the dataset; its id is written down before anything else happens.

    :raises PortalError: where it was not made, or nobody knows.
    """

    def told(dataset_id: str) -> None:
        link = f"{portal.address}/d/{dataset_id}"
        run.note(made=Dataset(dataset_id, blueprint.name, link, blueprint.columns, published=False))
        run.kept.log.made(dataset_id=dataset_id, title=blueprint.name)

    made = portal.create(blueprint, told)
    run.note(made=made.dataset)
    for difference in made.differences:
        run.add_problems(single("New dataset", Fault(difference, "Set it on the portal.", Severity.WARNING)))
    return made.dataset


def _check_made(blueprint: Blueprint, dataset: Dataset) -> None:
    """A dataset without one of the columns is not the one that was asked for."""
    missing = [column.name for column in blueprint.columns if dataset.column(column.field_name) is None]
    if missing:
        listed = ", ".join(f"“{name}”" for name in missing)
        remedy = "Tell whoever looks after the portal."
        raise PortalError(f"The portal made the dataset without the columns {listed}.", remedy=remedy)


def half_made(run: JobRun, error: DataSyncError) -> DataSyncError:
    """An error in the middle, in words that say what was made and how to go on."""
    unaffected = f"The dataset {_made_words(run, error)}."
    # Whoever stopped a run is told where it stands; a general “look first” would only unsettle.
    first = "" if error.remedy == RUN_AGAIN or isinstance(error, Stopped) else error.remedy
    remedy = f"{first} Run the job again to go on from there, or undo this run, which removes it.".strip()
    known, where, reference = error.outcome_known, error.where, error.reference
    if not isinstance(error, PortalError):
        kind = Stopped if isinstance(error, Stopped) else DataSyncError
        return kind(
            error.what, where=where, unaffected=unaffected, remedy=remedy, reference=reference, outcome_known=known
        )
    return PortalError(
        error.what,
        status=error.status,
        code=error.code,
        temporary=False,  # something was made, so that this is a failure and not only a reason to try later
        retry_after=error.retry_after,
        outcome_known=known,
        where=where,
        unaffected=unaffected,
        remedy=remedy,
        reference=reference,
    )


def _made_words(run: JobRun, error: DataSyncError) -> str:
    """How far a dataset has come."""
    made, receipt = run.result.made, run.result.receipt
    name = f"{made.label} was made" if made else "was made"
    if made and made.published:
        return f"{name} and is published"
    if error.outcome_known:
        rows = f" and holds the {plural(receipt.sent, 'row')}" if receipt else ""
        return f"{name}{rows}; it is not published"
    if receipt:
        return f"{name} and holds the {plural(receipt.sent, 'row')}; whether it is published is not known"
    return f"{name}; how far it has come is not known"


def _may_not(run: JobRun, portal: Portal) -> Problem | None:
    if not portal.signed_in or portal.may_create() is not False:
        return None
    what = f"your account may not create datasets on {portal.host}"
    return single(
        f"Job “{run.job.name}”", Fault(what, "Ask whoever looks after the portal for that right."), run.job.where
    )
