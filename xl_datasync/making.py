"""The part of a port that makes a dataset: made, filled, published; and what holds when one of these fails."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace

from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.dataset import Blueprint, Dataset
from xl_datasync.core.errors import DataSyncError, PortalError, Stopped
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.problems import Fault, Problem, Severity, any_warns, single
from xl_datasync.core.record import mapping_facts
from xl_datasync.core.report import State, final_state
from xl_datasync.core.report_words import plural
from xl_datasync.earlier import when
from xl_datasync.history.moments import read_stamp
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import JobRun
from xl_datasync.outlook import verify
from xl_datasync.portal import Portal
from xl_datasync.spool import Spool, copied, send

# By how much a portal's clock may go before this computer's, in seconds.
CLOCKS_APART = 900.0
GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Begun:
    """A dataset that an earlier run of the same job had begun to make.

    :param record: of that run; None where there is none.
    :param dataset: what it had made; None where that is nothing, or is not known.
    """

    record: RunRecord | None = None
    dataset: Dataset | None = None
    problems: tuple[Problem, ...] = ()


def make(run: JobRun, plan: CopyPlan, source_portal: Portal, portal: Portal) -> None:
    """Make a dataset, fill it and publish it, as the job says.

    :raises DataSyncError: where that fails; the message says what was made and what holds of it.
    """
    blueprint = plan.blueprint or Blueprint("", ())
    run.add_problems(_may_not(run, portal))
    with run.kept.alone(portal.host, f"copy-of-{plan.source.id}") if run.publishes else nullcontext(), ExitStack() as s:
        begun = _begun(run, plan, blueprint, portal) if run.publishes and plan.sendable else Begun()
        run.add_problems(*begun.problems)
        if not run.cleared():
            return
        if not run.publishes:
            run.note(state=State.CHECKED)
            return
        # The source is read first, so that nothing is made of one that cannot be read.
        spool = s.enter_context(copied(run, plan, source_portal)) if plan.job.what.copies_rows else None
        run.sending(
            phase="make", title=blueprint.name, blueprint=digest(plan, blueprint), rows=spool.rows if spool else 0,
            mapping=mapping_facts(run.result),
        )  # fmt: skip
        if begun.record:
            run.kept.settle(begun.record, "gone on with")
        try:
            _make_and_fill(run, plan, blueprint, begun, spool, portal)
        except (PortalError, Stopped) as error:
            raise (half_made(run, error) if run.result.made else error) from None


def _make_and_fill(  # noqa: PLR0913, PLR0917  # the steps of one piece of work
    run: JobRun, plan: CopyPlan, blueprint: Blueprint, begun: Begun, spool: Spool | None, portal: Portal
) -> None:
    dataset = begun.dataset or _create(run, blueprint, portal)
    run.kept.log.made(dataset_id=dataset.id, title=dataset.name)
    run.note(made=dataset)
    _check_made(blueprint, dataset)
    if spool:
        fill(run, plan, dataset, spool, portal)
    if plan.job.publish and not dataset.published:
        run.note(made=portal.publish_draft(dataset.id))
    run.look_after(portal, dataset.id)
    if spool:
        run.note(verification=verify(portal, dataset.id, spool.rows))
        run.note(state=final_state(run.result))
    else:
        run.note(state=State.DONE_WITH_WARNINGS if any_warns(run.result.problems) else State.DONE)


def fill(run: JobRun, plan: CopyPlan, dataset: Dataset, spool: Spool, portal: Portal) -> None:
    """Write the rows, in one step, so that doing it again does no harm."""
    run.note(plan=replace(plan, rows=spool.rows, sha256=spool.sha256))
    run.note(receipt=send(run, dataset, spool, plan.targets, portal))


def _create(run: JobRun, blueprint: Blueprint, portal: Portal) -> Dataset:
    """Make the dataset; its id is written down before anything else happens."""

    def told(dataset_id: str) -> None:
        run.kept.log.made(dataset_id=dataset_id, title=blueprint.name)
        link = f"{portal.address}/d/{dataset_id}"
        run.note(made=Dataset(dataset_id, blueprint.name, link, blueprint.columns, published=False))

    made = portal.create(blueprint, told)
    for difference in made.differences:
        run.add_problems(single("New dataset", Fault(difference, "Set it on the portal.", Severity.WARNING)))
    return made.dataset


def _check_made(blueprint: Blueprint, dataset: Dataset) -> None:
    """A dataset without one of the columns is not the one that was asked for."""
    missing = [column.name for column in blueprint.columns if dataset.column(column.field_name) is None]
    if missing:
        listed = ", ".join(f"“{name}”" for name in missing)
        remedy = "Give the reference to whoever looks after the portal."
        raise PortalError(f"The portal made the dataset without the columns {listed}.", remedy=remedy)


def half_made(run: JobRun, error: PortalError | Stopped) -> DataSyncError:
    """An error in the middle, in words that say what was made and how to go on."""
    made, receipt = run.result.made, run.result.receipt
    name = f"“{made.name}” ({made.id})" if made else ""
    rows = f" and holds the {plural(receipt.sent, 'row')}" if receipt else ""
    doubt = (
        " Whether it holds the rows is not known." if not receipt and not getattr(error, "outcome_known", True) else ""
    )
    unaffected = f"The dataset {name} was made{rows}; it is not published.{doubt}"
    remedy = f"{error.remedy} Run the job again to go on from there, or remove it with “xl-datasync undo”.".strip()
    if isinstance(error, Stopped):
        return Stopped(error.what, where=error.where, unaffected=unaffected, remedy=remedy)
    return PortalError(
        error.what,
        status=error.status,
        code=error.code,
        temporary=error.temporary,
        retry_after=error.retry_after,
        outcome_known=error.outcome_known,
        where=error.where,
        unaffected=unaffected,
        remedy=remedy,
        reference=error.reference,
    )


def offer_to_remove(run: JobRun, portal: Portal) -> None:
    """Ask a person whether a half-made dataset is to be removed again, and do so.

    :raises PortalError: where it cannot be removed.
    """
    made, confirm = run.result.made, run.settings.confirm
    if made is None or run.result.error is None or confirm is None:
        return
    what = "it was made, but is not finished"
    problem = Problem(f"Dataset “{made.name}” ({made.id})", what, "", Severity.PROBLEM, 1, (), "Remove it")
    if confirm(run.job, [problem]):
        portal.remove(made.id, made.name)
        run.note(removed=True)


def digest(plan: CopyPlan, blueprint: Blueprint) -> str:
    """What two runs have in common that would make the same dataset of the same source."""
    columns = ";".join(f"{column.field_name}:{column.type}" for column in blueprint.columns)
    job = plan.job
    text = f"{job.source_connection.host}|{plan.source.id}|{blueprint.name}|{columns}|{blueprint.row_identifier}"
    return hashlib.sha256(f"{text}|{job.what.name}|{job.publish}".encode()).hexdigest()


def _may_not(run: JobRun, portal: Portal) -> Problem | None:
    if not portal.signed_in or portal.may_create() is not False:
        return None
    what = f"your account may not create datasets on {portal.host}"
    return single(
        f"Job “{run.job.name}”", Fault(what, "Ask whoever looks after the portal for that right."), run.job.where
    )


def _begun(run: JobRun, plan: CopyPlan, blueprint: Blueprint, portal: Portal) -> Begun:
    """What earlier runs of this job have made: gone on with where it was cut off, told where it was finished."""
    mark = digest(plan, blueprint)
    for record in reversed(run.settings.keeper.records()):
        if record.run == run.kept.run or not _same_making(record, run.job, portal, mark):
            continue
        if record.settled:
            return Begun()
        if (record.finished or {}).get("exit_code") in (0, 3):
            return _made_before(record, blueprint, portal)
        return _cut_off(record, run, blueprint, portal)
    return Begun()


def _same_making(record: RunRecord, job: AnyJob, portal: Portal, mark: str) -> bool:
    facts = record.sending or {}
    return record.job == job.name and record.started.get("portal") == portal.address and facts.get("blueprint") == mark


def _made_before(record: RunRecord, blueprint: Blueprint, portal: Portal) -> Begun:
    """A dataset that a finished run had made, and that is still there, is told: this run makes another."""
    dataset = _there(portal, _made_id(record))
    if dataset is None:
        return Begun()
    what = f"{when(record)} made “{dataset.name}” ({dataset.id}) of the same source; this run makes another one"
    remedy = "To bring the first one up to date, choose “Rows only” and name it as the destination."
    return Begun(problems=(single(f"New dataset “{blueprint.name}”", Fault(what, remedy, Severity.WARNING)),))


def _cut_off(record: RunRecord, run: JobRun, blueprint: Blueprint, portal: Portal) -> Begun:
    """What a run that was cut off, or failed, had made."""
    made = _made_id(record)
    if (record.finished or {}).get("dataset_removed"):
        return Begun(record)
    if made is None and _nothing_made(record):
        return Begun(record)
    dataset = _there(portal, made) if made else None
    if made is None:
        found = _by_title(record, run, blueprint, portal)
        if found is None or len(found) > 1:
            return Begun(record, problems=(_cannot_know(record, run, blueprint),))
        dataset = _there(portal, found[0]) if found else None
    if dataset is None or not _as_asked(dataset, blueprint):
        return Begun(record)
    note = f"{when(record)} was cut off after it had made “{dataset.name}” ({dataset.id}); this run goes on with it"
    return Begun(record, dataset, (single(f"Job “{run.job.name}”", Fault(note, "", Severity.NOTE)),))


def _nothing_made(record: RunRecord) -> bool:
    """Whether it is known that a run that failed had made nothing."""
    return record.finished is not None and record.finished.get("outcome_known") is not False


def _by_title(record: RunRecord, run: JobRun, blueprint: Blueprint, portal: Portal) -> list[str] | None:
    """Ids of the drafts that may be what a run had made whose answer was lost; None where the portal cannot tell."""
    moment = read_stamp((record.sending or {}).get("at"))
    found = portal.find_by_title(blueprint.name, moment.timestamp() - CLOCKS_APART if moment else None)
    if found is None:
        return None
    known = {_made_id(other) for other in run.settings.keeper.records()}
    return [asset.id for asset in found if asset.id not in known and not asset.published]


def _cannot_know(record: RunRecord, run: JobRun, blueprint: Blueprint) -> Problem:
    what = (
        f"{when(record)} was cut off while it was making “{blueprint.name}”, and the portal cannot tell whether it did"
    )
    remedy = (
        "Look for it among your assets on the portal, and remove it there. Then run this at a terminal, where it asks."
    )
    return Problem(f"Job “{run.job.name}”", what, remedy, Severity.PROBLEM, 1, (), "Make it anyway")


def _made_id(record: RunRecord) -> str | None:
    """The id of the dataset that a run had made."""
    ids = [str(note["dataset_id"]) for note in record.notes if note.get("event") == "made" and note.get("dataset_id")]
    return ids[-1] if ids else None


def _there(portal: Portal, dataset_id: str | None) -> Dataset | None:
    """The dataset of an id, None where it is gone."""
    if dataset_id is None:
        return None
    try:
        return portal.describe(dataset_id)
    except PortalError as error:
        if error.status in GONE:
            return None
        raise


def _as_asked(dataset: Dataset, blueprint: Blueprint) -> bool:
    """Whether a dataset has the columns of the blueprint."""
    return _columns(dataset.columns) == _columns(blueprint.columns)


def _columns(columns: Sequence[object]) -> set[tuple[str, str]]:
    return {(getattr(column, "field_name", ""), getattr(column, "type", "")) for column in columns}
