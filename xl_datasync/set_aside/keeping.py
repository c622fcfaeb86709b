"""Rows that a run sets aside are kept, now that the others were sent."""

from __future__ import annotations

import logging

from xl_datasync.core.jobs import Job
from xl_datasync.core.problems import single
from xl_datasync.core.report import State, final_state
from xl_datasync.job_run import JobRun
from xl_datasync.set_aside.aside import Aside
from xl_datasync.set_aside.shelves import is_open, shelf_of
from xl_datasync.set_aside.telling import not_kept, told, what_to_do

log = logging.getLogger(__name__)


def keep(run: JobRun, aside: Aside) -> None:
    """Keep the rows that were set aside; take off what was sent from among them.

    This is done before the record of the run is closed, and not broken off by a first Ctrl-C.
    What cannot be kept still stands on the sheet it comes from, and is told.
    """
    job = run.job
    if not isinstance(job, Job) or (job.only_set_aside and final_state(run.result) is State.FAILED):
        return
    subject = f"Job “{job.name}”"
    try:
        shelf = shelf_of(job, run.book, run.settings.csv_folder)
        places = shelf.renew(aside) if job.only_set_aside else shelf.keep(aside)
    except Exception as error:  # Excel raises errors of its own kinds; the rows themselves were sent
        log.warning("rows set aside were not kept", exc_info=True)
        if not aside.table.rows and not job.only_set_aside:
            return  # Only rows of an earlier run, which the rows just sent replace, stay where they are.
        run.add_problems(single(subject, not_kept(job, error)))
        return
    remedy = what_to_do(job, aside.shape.sheet, in_excel=is_open(run.book))
    for place in places:
        for fault in told(place, remedy):
            run.add_problems(single(subject, fault, place.area if place.rows else ""))
