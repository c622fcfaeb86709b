"""Everything that can stop a job, as one family of errors whose message is ready to be read by a clerk.

A message always has the same shape: what happened, what was not affected, where, what to do, a reference. The facts
are attributes; the sentence is built here from them and nowhere else.
"""

from __future__ import annotations

NOTHING_SENT = "Nothing has been sent."


class DataSyncError(Exception):
    """Base of every error that a person may read.

    :param what: what happened, one sentence in the reader's words.
    :param where: the place: ``Sheet!B17``, a file name, a dataset.
    :param remedy: what to do about it.
    :param unaffected: what was not affected by it.
    :param reference: something support can look up, such as the portal's request id.
    :param outcome_known: false where the portal may have carried out what was asked although no answer came.
    """

    exit_code = 1

    def __init__(  # noqa: PLR0913  # the parts of one message, all by name
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        unaffected: str = NOTHING_SENT,
        reference: str = "",
        outcome_known: bool = True,
    ) -> None:
        self.outcome_known = outcome_known
        self.rows_sent = 0  # how many rows the portal had stored before; whoever sends them knows
        self.what = what
        self.where = where
        self.remedy = remedy
        self.unaffected = unaffected
        self.reference = reference
        super().__init__(self.message)

    @property
    def located(self) -> str:
        """What happened, and where."""
        return f"{self.where}: {self.what}" if self.where else self.what

    @property
    def message(self) -> str:
        """The whole sentence, in the fixed order."""
        reference = f"(Reference for support: {self.reference})" if self.reference else ""
        return " ".join(part for part in (self.located, self.unaffected, self.remedy.strip(), reference) if part)


class WorkbookError(DataSyncError):
    """A workbook or file cannot be read."""

    exit_code = 2


class ConfigurationError(DataSyncError):
    """The jobs, connections or settings are not usable as they are written."""

    exit_code = 2


class SignInError(DataSyncError):
    """A sign-in is missing, cannot be fetched, or was refused."""

    exit_code = 4


class NoSignIn(SignInError):
    """None is saved, or there is no vault it could be in; any other trouble with one is a plain SignInError."""


class PortalError(DataSyncError):
    """The portal refused, failed, or could not be reached.

    :param status: HTTP status, or None where there was no answer.
    :param code: the portal's own code for it (``code`` or ``errorCode`` of the body), or ``""``.
    :param temporary: true where the same request may well succeed later.
    :param retry_after: seconds the portal asked to wait, or None.
    :param rows_stored: true where the portal failed after it had stored the rows.
    """

    def __init__(  # noqa: PLR0913  # the facts of one answer, all by name
        self,
        what: str,
        *,
        status: int | None = None,
        code: str = "",
        temporary: bool = False,
        retry_after: float | None = None,
        outcome_known: bool = True,
        rows_stored: bool = False,
        where: str = "",
        remedy: str = "",
        unaffected: str = NOTHING_SENT,
        reference: str = "",
    ) -> None:
        super().__init__(
            what,
            where=where,
            remedy=remedy,
            unaffected=unaffected,
            reference=reference,
            outcome_known=outcome_known,
        )
        self.status = status
        self.code = code
        self.temporary = temporary
        self.retry_after = retry_after
        self.rows_stored = rows_stored

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # a class attribute above, a fact of the answer here
        """4 where signing in is the trouble, 5 where trying later may help, else 1."""
        if self.status == 401 or self.code == "authentication_required":
            return 4
        return 5 if self.temporary else 1


class Busy(DataSyncError):
    """Another run of this program is at work on the same dataset."""

    exit_code = 5


class UnexpectedError(DataSyncError):
    """Something that nobody foresaw; the log has the details."""

    def __init__(self, cause: BaseException, *, unaffected: str, outcome_known: bool = True) -> None:
        system = isinstance(cause, OSError) and cause.strerror
        what = f"{cause.strerror}." if system else f"Something unexpected went wrong ({type(cause).__name__})."  # type: ignore[attr-defined]
        remedy = "The log file has the details (docs/it.md says where it is)."
        super().__init__(what, unaffected=unaffected, remedy=remedy, outcome_known=outcome_known)


class Stopped(DataSyncError):
    """The user stopped the run."""

    exit_code = 130
