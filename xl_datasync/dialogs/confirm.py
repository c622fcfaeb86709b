"""Questions: whether to go on although a guard stands in the way, and plain ones. The safe answer is the default."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialogButtonBox, QStyle, QWidget

from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.problems import Problem
from xl_datasync.dialogs.parts import Dialog, named, note_row, plain_label, shown_answer
from xl_datasync.dialogs.reading import reading_box
from xl_datasync.dialogs.words import go_on_word, reason_lines

SAFE = "Leave as it is"
LONG = 12
"""More lines than these are shown in a box that scrolls."""


class QuestionDialog(Dialog):
    """A question with what is to be known for it; Return and Esc give the safe answer."""

    def __init__(  # noqa: PLR0913  # the words of one question, the buttons' by name
        self,
        title: str,
        question: str,
        lines: Sequence[str],
        parent: QWidget | None = None,
        *,
        yes: str,
        no: str = SAFE,
    ) -> None:
        super().__init__(title, parent)
        self.body.addWidget(note_row(question, QStyle.StandardPixmap.SP_MessageBoxQuestion, heading=True))
        text = "\n".join(lines)
        if len(lines) > LONG:
            self.body.addWidget(reading_box("The reasons", text))
        elif text:
            self.body.addWidget(plain_label(text, selectable=True))
        self.body.addStretch(1)
        self.yes = self.button(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self.no = self.button(no, QDialogButtonBox.ButtonRole.RejectRole, default=True)
        named(self, question, text)
        self.no.setFocus()


def guard_dialog(job: AnyJob, problems: Sequence[Problem], parent: QWidget | None = None) -> QuestionDialog:
    """The question whether to go on, with the reasons not to and their numbers."""
    lines: list[str] = []
    for problem in problems:
        lines += ([""] if lines else []) + reason_lines(problem)
    what = "There is a reason" if len(problems) == 1 else f"There are {len(problems)} reasons"
    return QuestionDialog(
        f"{job.name}: please look",
        f"{what} not to go on with “{job.name}”. Nothing of it has been sent.",
        lines,
        parent,
        yes=go_on_word(list(problems)),
    )


def ask_to_go_on(job: AnyJob, problems: Sequence[Problem], parent: QWidget | None = None) -> bool:
    """Show what stands in the way, with its numbers, and ask whether to go on all the same."""
    return bool(shown_answer(guard_dialog(job, problems, parent), lambda: True))


def wants(question: str, detail: str = "", yes: str = "Undo it", no: str = SAFE, parent: QWidget | None = None) -> bool:
    """A plain question."""
    dialog = QuestionDialog(question, question, detail.splitlines(), parent, yes=yes, no=no)
    return bool(shown_answer(dialog, lambda: True))
