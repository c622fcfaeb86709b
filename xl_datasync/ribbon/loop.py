"""The loop a clerk lives in: check, preview, publish one sheet, each step offered from the window of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_datasync.api import ALL_ROWS, WhichRows
from xl_datasync.core.errors import NOTHING_SENT
from xl_datasync.core.jobs import Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem, Severity, any_warns
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.report_words import CHANGED_SINCE, plural, result_words
from xl_datasync.core.values import TableShape
from xl_datasync.dialogs.check_model import CheckDeeds, CheckForm, Step, forbids, found_words
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.preview_model import PreviewDeeds, PreviewForm, aside_words
from xl_datasync.dialogs.words import count_words, sentence
from xl_datasync.job_run import Aim
from xl_datasync.ribbon.column_map import edit_map
from xl_datasync.ribbon.endings import RESULTS_WORDS
from xl_datasync.ribbon.pivots import wants_pivot
from xl_datasync.ribbon.session import Ran, Session
from xl_datasync.ribbon.sheet_jobs import chosen_job
from xl_datasync.workbook.answers import answer_warnings, leave_rows_out
from xl_datasync.workbook.area import parse_area, split_qualified
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.pointing import first_address, go_to
from xl_datasync.workbook.set_aside.sheets import set_aside_job

TITLES = {Aim.CHECK: "Check sheet", Aim.DRY_RUN: "Preview", Aim.PUBLISH: "Publish"}
AIMS = {
    Step.CHECK: Aim.CHECK,
    Step.PREVIEW: Aim.DRY_RUN,
    Step.PUBLISH: Aim.PUBLISH,
    Step.SET_ASIDE: Aim.DRY_RUN,
}
MOST_NOTES = 4
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
            step = self._shown(aim)
            if step is None:
                return self._ran.ending
            if step is Step.MAP:
                edit_map(self._session, self._live, self._job)
                self._live.renew()
                aim = Aim.CHECK
                continue
            self._which = replace(
                self._which,
                set_aside=self._which.set_aside or step is Step.SET_ASIDE,
                previewed=self._seen() if aim is Aim.DRY_RUN and step is Step.PUBLISH else "",
            )
            aim = AIMS[step]
            self._live.renew()  # she may have changed cells since

    def _wants_pivot(self) -> bool:
        self._pivot_meant = self._pivot_meant or wants_pivot(self._session, self._live, self._job)
        return self._pivot_meant

    def _seen(self) -> str:
        """The hash of what the last preview, or a check from its window, has shown."""
        plan = self._ran.result.plan if self._ran.result else None
        return plan.sha256 if isinstance(plan, Plan) else ""

    def _run(self, aim: Aim) -> None:
        ran = self._session.run(self._live, [self._job], aim, self._which)
        self._ran = replace(ran, ending=replace(ran.ending, title=TITLES[aim]))

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
        step = self._session.desk.show_check(replace(self._check_form(TITLES[aim]), back=back), deeds)
        self._quieten(step)
        return step

    def _preview_shown(self, result: JobResult) -> Step | None:
        """The preview's window; the check's may be opened from it, and leads back."""
        step: Step | None = None
        while True:
            step = self._session.desk.show_preview(self._preview_form(result), PreviewDeeds(self._go_to))
            if step is not Step.CHECK:
                break
            ran = self._ran
            step = self._check_shown(Aim.DRY_RUN, back=True)
            if step is not None:
                return step
            if self._ran.report is not ran.report:  # she has mended cells and checked again
                return Step.PREVIEW
            self._ran = ran
        self._quieten(step)
        return step

    def _quieten(self, step: Step | None) -> None:
        """What a window of its own has said needs no last window."""
        if step is None:
            ending = self._ran.ending
            self._ran = replace(self._ran, ending=Ending(ending.kind, quiet=True, code=ending.exit_code))

    def _check_form(self, title: str) -> CheckForm:
        ran, result = self._ran, self._ran.result
        sound = result is not None and not result.error and not ran.faults
        return CheckForm(
            title,
            "" if ran.faults else self._job,
            ran.problems,
            ran.ending,
            tuple(self._facts(result)),
            can_publish=sound and not forbids(ran.problems),
            can_set_aside=sound and self._can_set_aside(result),
            can_map=sound and not self._which.only_set_aside,
            can_answer=bool(result),
        )

    def _can_set_aside(self, result: JobResult | None) -> bool:
        """Whether all that stands in the way stands in rows of the sheet, as far as can be told without trying."""
        blocking = [problem for problem in self._ran.problems if problem.blocks and not problem.confirm]
        plan = result.plan if result else None
        if not blocking or not isinstance(plan, Plan) or self._which.set_aside:
            return False
        return all(problem.places and _in_rows(problem, plan.shape) for problem in blocking)

    def _facts(self, result: JobResult | None) -> list[str]:
        """What the job does, how many rows there are, what else is to be told."""
        facts = [_job_words(result)] if result else []
        if result and result.state is State.CHECKED:
            facts.append(result_words(result))
        elif result and isinstance(result.plan, Plan) and result.plan.rows:
            facts.append(f"{plural(result.plan.rows, 'row')} were looked at.")
        if any(problem.places for problem in self._ran.problems):
            facts.append(RESULTS_WORDS)
        return [*facts, *(self._ran.report.notes if self._ran.report else ()), *self._ran.notes]

    def _preview_form(self, result: JobResult) -> PreviewForm:
        warnings = tuple(problem for problem in result.problems if problem.warns or problem.blocks)
        told = [p for p in result.problems if p.severity is Severity.NOTE and not p.topic][:MOST_NOTES]
        aside = result.plan.set_aside if isinstance(result.plan, Plan) else 0
        notes = [aside_words(result.problems)] if aside else []
        notes += [sentence(f"{problem.subject}: {problem.what}{count_words(problem)}") for problem in told]
        notes += self._ran.report.notes if self._ran.report else ()
        return PreviewForm(
            TITLES[Aim.DRY_RUN],
            self._job,
            f"{result_words(result).removesuffix(NOTHING_SENT).strip()} {NOTHING_SENT}",
            self._ran.ending,
            (*self._changed(), _job_words(result), *notes, *self._ran.notes),
            result.differences,
            found_words(warnings) if warnings and (any_warns(warnings) or forbids(warnings)) else "",
            str(result.csv or ""),
            aside,
        )

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
        return self._check_form(TITLES[Aim.CHECK])

    def _answer(self, topic: str) -> None:
        answer_warnings(self._live, self._job, [topic])
        self._live.renew()

    def _leave_out(self, labels: Sequence[str]) -> CheckForm:
        leave_rows_out(self._live, self._job, labels)
        return self._again()


def _in_rows(problem: Problem, shape: TableShape) -> bool:
    """Whether all places of a problem are cells below the header."""
    for place in problem.places:
        sheet, cells = split_qualified(first_address(place.where)) or ("", "")
        area = parse_area(cells)
        if sheet != shape.sheet or area is None or area.first_row < shape.first_row:
            return False
    return True


def _job_words(result: JobResult) -> str:
    """``Permits → Building Permits (abcd-1234), Replace all rows.``"""
    dataset = result.dataset.label if result.dataset else result.job.dataset_id
    how = result.job.method.value if isinstance(result.job, Job) else result.job.words
    return f"{result.job.name} → {dataset}: {how}."
