"""The terminal: lines, questions, and progress on the error stream so that reports stay clean."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from xl_datasync.core.connection import Connection, SignIn, SignInType
from xl_datasync.core.errors import Stopped
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.problems import Problem, go_on_word
from xl_datasync.core.report_text import problem_lines
from xl_datasync.job_run import Watch


def say(line: str) -> None:
    """One line for the reader."""
    click.echo(line)


def program() -> str:
    """How the user called this program, for commands to type next."""
    called = Path(sys.argv[0])
    return str(called) if called.stem == "xl-datasync" and len(called.parts) > 1 else "xl-datasync"


def echo_lines(lines: Iterable[str]) -> None:
    """Several lines for the reader."""
    for line in lines:
        click.echo(line)


def ask_sign_in(connection: Connection, user: str | None = None) -> SignIn:
    """Ask for a sign-in; the secret is not shown while it is typed."""
    key = connection.sign_in_type is SignInType.API_KEY
    click.echo(f"Sign-in for {connection.name} ({connection.host}):", err=True)
    known = user or connection.user
    try:
        name = known or click.prompt("API key ID" if key else "User name", err=True)
        secret = click.prompt("API key secret" if key else "Password", hide_input=True, err=True)
    except click.Abort:
        raise Stopped("Stopped by you.") from None
    return SignIn(name.strip(), secret.strip(), "typed in")


def ask_to_go_on(job: AnyJob, problems: Sequence[Problem]) -> bool:
    """Show what stands in the way, with its numbers, and ask whether to go on; the safe answer is the easy one."""
    for problem in problems:
        for line in problem_lines(problem):
            click.echo(line, err=True)
    word = job.dataset_id or job.name
    question = f"{go_on_word(problems)}? Type {word} to do so; Enter stops"
    try:
        answer = click.prompt(question, default="", show_default=False, err=True)
    except click.Abort:
        raise Stopped("Stopped by you.") from None
    return str(answer).strip().casefold() == word.casefold()


def wants(question: str) -> bool:
    """A plain question; the safe answer is the easy one."""
    return click.confirm(question, default=False, err=True)


def say_aside(line: str) -> None:
    """One line for the person at the terminal, which is no part of the report."""
    click.echo(line, err=True)


@contextmanager
def shown_progress() -> Iterator[Watch]:
    """Bars on a terminal, one plain line for each step elsewhere."""
    progress = _Bars() if sys.stderr.isatty() else _Lines()
    retries = logging.getLogger("xl_datasync.portal.retries")
    told = logging.StreamHandler(sys.stderr)
    retries.addHandler(told)
    try:
        yield progress
    finally:
        retries.removeHandler(told)
        progress.close()


class _Lines:
    """For logs: says each step once."""

    def __init__(self) -> None:
        self._step: tuple[str, str] | None = None

    def __call__(self, job: AnyJob, what: str, _done: int, _total: int | None) -> None:
        if (job.name, what) != self._step:
            self._step = (job.name, what)
            click.echo(f"{job.name}: {what} …", err=True)

    def close(self) -> None:
        """Nothing is held."""


class _Bars:
    """For terminals: a bar for each step of which the length is known."""

    def __init__(self) -> None:
        self._step: tuple[str, str] | None = None
        self._bar: Any = None
        self._done = 0

    def __call__(self, job: AnyJob, what: str, done: int, total: int | None) -> None:
        if (job.name, what) != self._step:
            self.close()
            self._step, self._done = (job.name, what), 0
            self._bar = click.progressbar(length=total or 0, label=f"{job.name}: {what}", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def close(self) -> None:
        """Finish the bar that is shown."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
