"""What may not happen unless a person who has seen the numbers says so."""

from __future__ import annotations

from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job, PortJob
from xl_datasync.core.problems import Problem, guard


def shrink_problem(job: Job | PortJob, before: int, after: int) -> Problem | None:
    """The guard of replace and delete: rows may not shrink by more than the job's limit.

    :param before: rows on the portal now.
    :param after: rows there would be afterwards.
    """
    gone = before - after
    if before == 0 or gone <= before * job.change_limit / 100:
        return None
    verb = "Replacing" if job.method is Method.REPLACE else "Deleting"
    checked = "the source" if isinstance(job, PortJob) else "the sheet"
    share = min(gone / before, 0.99 if after else 1)  # not all of them, as long as one is left
    what = (
        f"The portal has {before:,} rows. {verb} would leave {after:,}, which is {gone:,} fewer "
        f"({share:.0%}; the job's limit is {job.change_limit:g}%)"
    )
    limit = "“Stop if rows shrink by more than” for this job" if job.where else "the limit (--limit)"
    remedy = f"Check {checked}. If it is right, raise {limit}."
    return guard(f"Job “{job.name}”", what, remedy, f"{verb[:-3]}e anyway")
