"""The loop a clerk lives in: check, preview, publish one sheet, each step offered from the window of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_datasync.api import ALL_ROWS, WhichRows
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.matching import Match
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import forbids
from xl_datasync.core.report import JobResult
from xl_datasync.core.report_words import CHANGED_SINCE
from xl_datasync.dialogs.check_model import CheckDeeds, CheckForm, Step
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.preview_model import PreviewDeeds
from xl_datasync.job_run import Aim
from xl_datasync.ribbon.column_map import edit_map
from xl_datasync.ribbon.loop_forms import check_form, preview_form
from xl_datasync.ribbon.pivots import wants_pivot
from xl_datasync.ribbon.session import Ran, Session
from xl_datasync.ribbon.sheet_jobs import chosen_job
from xl_datasync.workbook.answers import answer_warnings, leave_rows_out
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.pointing import go_to
from xl_datasync.workbook.set_aside.sheets import set_aside_job

TITLES = {Aim.CHECK: "Check sheet", Aim.DRY_RUN: "Preview", Aim.PUBLISH: "Publish"}
AIMS = {
    Step.CHECK: Aim.CHECK,
    Step.PREVIEW: Aim.DRY_RUN,
    Step.PUBLISH: Aim.PUBLISH,
    Step.SET_ASIDE: Aim.DRY_RUN,
}
MAP_FIRST = "Before the sheet can be published, please look where its columns go: their names alone do not tell."
EVERY_TIME = "If a formula such as NOW() changes it each time, “Publish” on the Open Data tab sends it as it is."


def chosen_rows(session: Session, live: LiveWorkbook) -> tuple[str, WhichRows] | None:
    """The job that is meant by the sheet in front, and which rows: on a sheet of rows set aside, those alone.

    :returns: None where the clerk does not want to.
    :raises ConfigurationError: where the sheet is none that can be published.
    """
    sheet = session.request.sheet
    kept = set_aside_job(live, sheet) if session.request.sheet_kind == "Worksheet" else None
    if kept:
        return kept, WhichRows(only_set_aside=True, sheet=sheet)
    name = chosen_job(session, live)
    return (name, ALL_ROWS) if name else None


class Loop:
    """One job of the sheet in front, from window to window until the clerk closes one or the rows are published."""

    def __init__(self, session: Session, live: LiveWorkbook, job: str, which: WhichRows = ALL_ROWS) -> None:
        self._session, self._live, self._job, self._which = session, live, job, which
        self._ran = Ran(Ending("done", quiet=True))
        self._pivot_meant = False
        self._outdated = 0
        self._mapped = False
        self._previewed = False

    def go(self, aim: Aim) -> Ending:
        """Begin with a step, and go on as she says.

        :returns: how the last step ended; quiet where its own window has said so.
        """
        while True:
            if aim is Aim.PUBLISH and not self._wants_pivot():
                self._quieten(None)
                return self._ran.ending
            self._run(aim)
            if self._ran.result and self._ran.result.outdated:
                self._outdated += 1
                aim, self._which = Aim.DRY_RUN, replace(self._which, previewed="")
                continue
            if aim is not Aim.CHECK and self._is_unmapped():
                aim = self._map(MAP_FIRST)
                continue
            step = self._shown(aim)
            if step is None:
                return self._ran.ending
            if step is Step.MAP:
                aim = self._map()
                continue
            self._which = replace(
                self._which,
                set_aside=self._which.set_aside or step is Step.SET_ASIDE,
                previewed=self._seen() if step is Step.PUBLISH else "",
            )
            aim = AIMS[step]
            self._live.renew()  # she may have changed cells since

    def _is_unmapped(self) -> bool:
        """Whether nothing can be sent because names do not tell where the columns go, and nobody was asked yet."""
        result = self._ran.result
        plan = result.plan if result and forbids(result.problems) else None
        if self._mapped or not isinstance(plan, Plan) or plan.job.choices or self._which.only_set_aside:
            return False
        mapping, key = plan.mapping, plan.dataset.row_identifier
        lacks_key = key is not None and mapping.find(key) is None
        return lacks_key or not mapping.columns or any(one.match is Match.GUESS for one in mapping.columns)

    def _map(self, *notes: str) -> Aim:
        """Show where the columns go; the next step."""
        self._mapped = True
        edit_map(self._session, self._live, self._job, notes)
        self._live.renew()
        return Aim.CHECK

    def _wants_pivot(self) -> bool:
        self._pivot_meant = self._pivot_meant or wants_pivot(self._session, self._live, self._job)
        return self._pivot_meant

    def _seen(self) -> str:
        """What the last preview has shown; ``""`` where she has checked or answered something since."""
        return self._ran.result.shown if self._previewed and self._ran.result else ""

    def _run(self, aim: Aim) -> None:
        ran = self._session.run(self._live, [self._job], aim, self._which)
        self._ran = replace(ran, ending=replace(ran.ending, title=TITLES[aim]))
        self._previewed = aim is Aim.DRY_RUN

    def _shown(self, aim: Aim) -> Step | None:
        """Show the step's own window, if it has one.

        :returns: what she wants to do next; None for nothing.
        """
        result = self._ran.result
        if self._ran.faults or (result and not result.error and forbids(result.problems)):
            return self._check_shown(aim)
        if result is None or result.error or aim is Aim.PUBLISH:
            return None  # the last window says it
        return self._check_shown(aim) if aim is Aim.CHECK else self._preview_shown(result)

    def _check_shown(self, aim: Aim, *, back: bool = False) -> Step | None:
        deeds = CheckDeeds(self._go_to, self._again, self._answer, self._leave_out)
        step = self._session.desk.show_check(replace(self._check_form(aim), back=back), deeds)
        self._quieten(step)
        return step

    def _preview_shown(self, result: JobResult) -> Step | None:
        """The preview's window; the check's may be opened from it, and leads back."""
        step: Step | None = None
        while True:
            step = self._session.desk.show_preview(
                preview_form(TITLES[Aim.DRY_RUN], self._job, self._ran, result, self._changed()),
                PreviewDeeds(self._go_to),
            )
            if step is not Step.CHECK:
                break
            ran = self._ran
            step = self._check_shown(Aim.DRY_RUN, back=True)
            if step is not None:
                return step
            if not self._previewed:
                return Step.PREVIEW
            self._ran = ran
        self._quieten(step)
        return step

    def _quieten(self, step: Step | None) -> None:
        """What a window of its own has said needs no last window."""
        if step is None:
            ending = self._ran.ending
            self._ran = replace(self._ran, ending=Ending(ending.kind, quiet=True, code=ending.exit_code))

    def _check_form(self, aim: Aim) -> CheckForm:
        return check_form(TITLES[aim], self._job, self._ran, self._which)

    def _changed(self) -> list[str]:
        """Told where something else would have been sent than she has seen."""
        if not self._outdated:
            return []
        again = f" {EVERY_TIME}" if self._outdated > 1 else ""
        return [f"{CHANGED_SINCE}; this is what would change now.{again}"]

    # what the windows have done; called by the worker

    def _go_to(self, where: str) -> str:
        return go_to(self._live, where)

    def _again(self) -> CheckForm:
        self._live.renew()
        self._run(Aim.CHECK)
        result = self._ran.result
        if result and result.error:
            raise result.error
        return self._check_form(Aim.CHECK)

    def _answer(self, topic: str) -> None:
        answer_warnings(self._live, self._job, [topic])
        self._live.renew()
        self._previewed = False

    def _leave_out(self, labels: Sequence[str]) -> CheckForm:
        leave_rows_out(self._live, self._job, labels)
        self._previewed = False
        try:
            return self._again()
        except DataSyncError as error:
            raise DataSyncError(
                f"Remembered, but it could not be checked again: {error.located}", remedy=error.remedy
            ) from error
