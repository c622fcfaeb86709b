"""Words for everything a portal, or the way to it, can answer. Pure.

Each message is: what happened, what was not affected, what to do, reference. Status decides first, then the code, and
the portal's own message is always shown (protocol §1.7). An error is temporary only where making the same request again
is harmless: sending twice does what sending once does, or the portal is known not to have carried out the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from xl_datasync.core.errors import PortalError, Stopped
from xl_datasync.portal.deeds import READING, TRY_LATER, Deed, Words
from xl_datasync.portal.reports import Refusal

ROWS_ARE_STORED = "The rows are stored on the portal."
WHEN_RUN_AGAIN = "When you run it again, no row will be doubled."
SIGN_IN = "Sign in: “Sign in” on the Open Data tab in Excel, or “xl-datasync login” at a terminal."
SIGN_IN_AGAIN = (
    "Sign in again: “Sign in” on the Open Data tab in Excel, or “xl-datasync login” at a terminal. "
    "Where the portal is used with an organisation's sign-in page, an API key is needed, not the password."
)

# Lasting conflicts; every other 409 is another writer at work (protocol §3.7 [S]).
_LASTING_CONFLICTS = ("version", "lifecycle", "invalid-state", "exists")
# A 503 with one of these codes was refused before any row was touched (protocol §3.7 [S]).
_REFUSED_UNTOUCHED = ("service-unavailable", "read-only-mode")

# What happened, what to do, and whether trying later may help, for each status that needs no closer look.
_ANSWERS = {
    404: (
        "{opening} was not found. It may not exist there, or you may not be allowed to see it.",
        "Check the dataset's link, the portal, and which account you are signed in with.",
        False,
    ),
    407: ("The proxy server of this network wants a sign-in.", "Ask your IT department about the proxy.", False),
    408: ("The portal took too long and gave up.", TRY_LATER, True),
    409: ("{opening} is not in a state in which this can be done.", "Look at it on the portal.", False),
    413: ("This is more than the portal takes in one request.", "Ask whoever looks after the portal.", False),
    429: ("The portal is being asked too often and wants a pause.", TRY_LATER, True),
    500: ("The portal met a fault of its own.", TRY_LATER, True),
    502: ("The portal is not working properly at the moment.", TRY_LATER, True),
    503: ("The portal is busy or closed for maintenance.", TRY_LATER, True),
    504: ("The portal took too long to answer.", TRY_LATER, True),
}
_OTHER = (
    "The portal refused what was asked of it.",
    "Give the reference and the portal's answer, {status}, to whoever looks after the portal.",
    False,
)
_LOCKED = ("Somebody or something else is changing {subject} at this moment.", TRY_LATER, True)
_STORED = (
    "The portal failed after storing the rows, when it brought the dataset's own details up to date.",
    "Do not run it again before you have looked at the dataset.",
    False,
)


@dataclass(frozen=True)
class Setting:
    """What the words depend on: where, who, which dataset, and what was to be done."""

    host: str
    user: str = ""
    dataset: str = ""
    deed: Deed = READING
    loopback: bool = False
    signed_in_from: str = ""

    @property
    def subject(self) -> str:
        """The dataset, or the portal where no dataset is concerned."""
        return self.dataset or "the portal"

    @property
    def opening(self) -> str:
        """The same at the beginning of a sentence."""
        return self.subject[:1].upper() + self.subject[1:]

    def fill(self, words: str, status: int | None = None) -> str:
        """The words with the dataset, the portal and the status in their places."""
        return words.format(subject=self.subject, opening=self.opening, host=self.host, status=status)


def refused(setting: Setting, status: int, headers: Mapping[str, str], refusal: Refusal, reference: str) -> PortalError:
    """The error for an answer that is no success."""
    what, remedy, temporary = _words(setting, status, refusal)
    known = _outcome_known(status, refusal.code) or refusal.rows_saved or not setting.deed.writes
    code = "authentication_required" if status == 403 and _sign_in_refused(refusal) else refusal.code
    wait = retry_after(headers.get("Retry-After", "")) if temporary else None
    if refusal.rows_saved:
        unaffected = ROWS_ARE_STORED
    elif known:
        unaffected = (setting.deed.gone if status == 404 else "") or setting.deed.untouched
    else:
        unaffected, remedy = uncertain(setting)
    if wait and wait > 60:
        remedy = f"The portal asks to wait {round(wait / 60)} minutes. {remedy}"
    return PortalError(
        what + (f" The portal says: “{refusal.message}”." if refusal.message else ""),
        status=status,
        code=code,
        temporary=temporary and (known or setting.deed.repeatable),
        retry_after=wait,
        outcome_known=known,
        rows_stored=refusal.rows_saved,
        where=setting.host,
        remedy=remedy,
        unaffected=unaffected,
        reference=reference,
    )


def retry_after(text: str) -> float | None:
    """Seconds to wait, from seconds or an HTTP date; None where the portal does not say."""
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return max(0.0, (moment - dt.datetime.now(dt.timezone.utc)).total_seconds())


def reworded(
    error: PortalError,
    *,
    unaffected: str,
    remedy: str,
    outcome_known: bool | None = None,
    temporary: bool | None = None,
) -> PortalError:
    """The same error with other words about what holds and what to do.

    :param outcome_known: whether it is known what became of the rows; None leaves that as it is.
    :param temporary: whether trying later may help; None leaves that as it is.
    """
    return PortalError(
        error.what,
        status=error.status,
        code=error.code,
        temporary=error.temporary if temporary is None else temporary,
        retry_after=error.retry_after,
        outcome_known=error.outcome_known if outcome_known is None else outcome_known,
        rows_stored=error.rows_stored,
        where=error.where,
        remedy=remedy,
        unaffected=unaffected,
        reference=error.reference,
    )


def doubted(setting: Setting, error: PortalError | Stopped) -> PortalError | Stopped:
    """The last error of a request that an earlier attempt may have carried out, in words that say so."""
    unaffected, remedy = uncertain(setting)
    if isinstance(error, Stopped):
        words = {"unaffected": unaffected, "remedy": remedy, "reference": error.reference}
        return Stopped(error.what, where=error.where, outcome_known=False, **words)
    if error.rows_stored or not error.outcome_known:
        return error
    # What helps against the last failure comes first; after an append it must not seem an invitation to try again.
    remedy = f"{error.remedy} {remedy}".strip() if setting.deed.repeatable else remedy
    return reworded(error, unaffected=unaffected, remedy=remedy, outcome_known=False)


def uncertain(setting: Setting) -> tuple[str, str]:
    """What holds and what to do when nobody knows whether the portal carried a write out."""
    unaffected, remedy = setting.deed.doubt
    return setting.fill(unaffected), remedy


def _outcome_known(status: int, code: str) -> bool:
    """Whether the answer proves that no row was changed: a refusal does, a failure on the way does not.

    A request timeout counts as a failure: the portal may have been at work (protocol §3.7).
    """
    if status == 503:
        return code.endswith(_REFUSED_UNTOUCHED)
    return 400 <= status < 500 and status != 408


def _sign_in_refused(refusal: Refusal) -> bool:
    """Whether a 403 is about the sign-in and not about rights (protocol §1.6, §1.7)."""
    message = refusal.message.lower()
    return (
        refusal.code == "authentication_required"
        or refusal.code.startswith("API_KEY.INVALID")
        or "must be logged in" in message
        or "username or password" in message
    )


def _words(setting: Setting, status: int, refusal: Refusal) -> Words:
    """What happened, what to do, and whether trying later may help."""
    own = setting.deed.answers.get(status)
    if status in (401, 403):
        return (*_no_entry(setting, status, refusal), False)
    if refusal.rows_saved:
        row = _STORED
    elif own:
        row = own
    elif status == 400:
        row = setting.deed.refused
    elif status == 409 and not any(word in refusal.code for word in _LASTING_CONFLICTS):
        row = _LOCKED
    else:
        row = _ANSWERS.get(status, _OTHER)
    what, remedy, temporary = row
    return setting.fill(what, status), setting.fill(remedy, status), temporary


def _no_entry(setting: Setting, status: int, refusal: Refusal) -> tuple[str, str]:
    message = refusal.message.lower()
    if "app_token" in message or "app token" in message:
        return (
            "The portal does not accept the app token.",
            "Copy the app token again from the portal's developer settings, or sign in without one: it is optional.",
        )
    if "synced" in message:
        return (
            f"{setting.opening} is a copy that the portal keeps in step with another dataset, so it cannot be changed.",
            "Open the original dataset on the portal and use its link.",
        )
    if status == 401 or _sign_in_refused(refusal):
        if not setting.user:
            return setting.fill(setting.deed.needs_sign_in), SIGN_IN
        remedy = SIGN_IN_AGAIN
        if setting.signed_in_from == "the environment":
            remedy = "Correct the environment variables that the sign-in was taken from."
        return f"The portal did not accept the sign-in of {setting.user}.", remedy
    may_not = setting.fill(setting.deed.may_not)
    if not setting.user:
        return f"Without a sign-in you may not {may_not}.", SIGN_IN
    verb = setting.deed.may_not.split()[0]
    return (
        f"You are signed in as {setting.user} but may not {may_not}.",
        setting.deed.ask or f"Ask its owner for the right to {verb} it.",
    )
