"""Questions: whether to go on although a guard stands in the way, and plain ones. The safe answer is the default."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialogButtonBox, QStyle, QWidget

from xl_datasync.core.errors import NOTHING_SENT
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.problems import Problem, go_on_word
from xl_datasync.dialogs.parts import Dialog, named, note_row, plain_label, shown_answer
from xl_datasync.dialogs.reading import reading_box
from xl_datasync.dialogs.words import count_words, reason_lines, sentence

SAFE = "Leave as it is"
LONG, PLACES = 16, 3
"""More lines than these are shown in a box that scrolls; so many places of a reason are named."""


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


class ReasonsDialog(Dialog):
    """What is to be looked at before a job goes on, one thing after the other; Return and Esc give the safe answer."""

    def __init__(
        self, job: AnyJob, problems: Sequence[Problem], facts: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(f"{job.name}: please look", parent)
        asked = [problem for problem in problems if problem.confirm]
        many = "One thing" if len(problems) == 1 else f"{len(problems)} things"
        question = f"{many} to look at before “{job.name}” goes on. {NOTHING_SENT}"
        self.body.addWidget(note_row(question, QStyle.StandardPixmap.SP_MessageBoxQuestion, heading=True))
        if facts:
            self.body.addWidget(plain_label("\n".join(facts)))
        blocks = [reason_lines(problem, PLACES) for problem in problems]
        text = "\n\n".join("\n".join(block) for block in blocks)
        if sum(map(len, blocks)) > LONG:
            self.body.addWidget(reading_box("The reasons", text))
        else:
            for number, problem in enumerate(problems, 1):
                self._add_reason(f"{number}. " if len(problems) > 1 else "", problem)
        self.body.addStretch(1)
        self.yes = self.button(go_on_word(asked), QDialogButtonBox.ButtonRole.AcceptRole)
        self.no = self.button(SAFE, QDialogButtonBox.ButtonRole.RejectRole, default=True)
        named(self, question, "\n\n".join([*facts, text]))
        self.no.setFocus()

    def _add_reason(self, number: str, problem: Problem) -> None:
        """What it is about in bold, then what it is, where, and what to do instead."""
        subject = plain_label(f"{number}{problem.subject}")
        font = subject.font()
        font.setBold(True)
        subject.setFont(font)
        subject.setContentsMargins(0, 6, 0, 0)
        self.body.addWidget(subject)
        _, *lines = reason_lines(problem, PLACES)
        what = sentence(f"{problem.what[:1].upper()}{problem.what[1:]}{count_words(problem)}")
        self.body.addWidget(plain_label("\n".join([what, *lines]), selectable=False))


def ask_to_go_on(
    job: AnyJob, problems: Sequence[Problem], facts: Sequence[str] = (), parent: QWidget | None = None
) -> bool:
    """Show what is to be looked at, with its numbers, and ask whether to go on all the same.

    :param facts: what going on would do, each a sentence.
    """
    return bool(shown_answer(ReasonsDialog(job, problems, facts, parent), lambda: True))


def wants(question: str, detail: str = "", yes: str = "Undo it", no: str = SAFE, parent: QWidget | None = None) -> bool:
    """A plain question."""
    dialog = QuestionDialog(question, question, detail.splitlines(), parent, yes=yes, no=no)
    return bool(shown_answer(dialog, lambda: True))
