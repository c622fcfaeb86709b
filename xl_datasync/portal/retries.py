"""How long to wait for a portal, and what is tried again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    wait_exponential,
    wait_random,
)

from xl_datasync.core.errors import PortalError, Stopped
from xl_datasync.portal.deeds import NO_ROW_CHANGED, Deed

log = logging.getLogger(__name__)

# Asked now and then whether the user wants to stop.
Stop = Callable[[], bool]
# How long a stop may go unnoticed while waiting.
LONGEST_SLEEP = 0.5


@dataclass(frozen=True)
class Timeouts:
    """Seconds, and the number of attempts.

    A write may be busy for very long before it answers (protocol §3.9 [I]: over two hours has been seen), so it gets
    half an hour without a sign of life where a read gets a minute.

    :param change: for making, changing and deleting a dataset, which is quick; the vendor's client gives any request
        so long (protocol §9 [C]).
    :param send: how long the portal may leave a part of an upload untaken before the connection counts as broken.
    :param first_wait: about how long to wait before the second attempt; it doubles with each further one.
    :param first_lock_wait: the same where another writer holds the dataset or the portal was too slow
        (protocol §9: "longer backoff" for 408 and 409).
    :param longest_total_wait: how long is waited between all attempts of one request together; a portal that asks for
        more than is left of it is not tried again.
    :param publication: how long the portal may take to look up addresses and, after that, to publish a dataset; the
        vendor's client waits as long as it takes (protocol §3.10, §5 [C]).
    :param poll: how long to wait before asking again for work that was promised, where the portal does not say
        (protocol §3.10 [C]: 4 to 10 s).
    :param settle: how long the portal is given to bring to light what it may still be at work on, where an answer was
        lost.
    :param catch_up: how long the portal is given to show what was written, before it is counted again.
    :param sleep: how waiting is done; a test hands in something that only notes the seconds.
    """

    connect: float = 15.0
    read: float = 60.0
    write: float = 1800.0
    change: float = 300.0
    send: float = 300.0
    attempts: int = 5
    first_wait: float = 1.0
    first_lock_wait: float = 5.0
    longest_wait: float = 60.0
    longest_total_wait: float = 90.0
    publication: float = 1800.0
    poll: float = 5.0
    settle: float = 20.0
    catch_up: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def of(self, deed: Deed) -> tuple[float, float]:
        """How long to wait for a connection, and for a sign of life on it."""
        if not deed.writes:
            return self.connect, self.read
        return self.connect, self.write if deed.long else self.change


def retrying(timeouts: Timeouts, stop: Stop | None = None) -> Retrying:
    """The policy for one request.

    What is tried again is a property of the error: it is temporary only where a repeat is harmless (protocol §9).
    """

    def worth_repeating(error: BaseException) -> bool:
        return isinstance(error, PortalError) and error.temporary

    def enough(state: RetryCallState) -> bool:
        limit, waited = timeouts.longest_total_wait, float(state.idle_for)
        return state.attempt_number >= timeouts.attempts or waited >= limit or waited + state.upcoming_sleep > limit

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, PortalError):
            return 0.0
        if error.retry_after is not None:
            return error.retry_after
        first = timeouts.first_lock_wait if error.status in (408, 409) else timeouts.first_wait
        grows = wait_exponential(multiplier=first, max=timeouts.longest_wait)
        wanted = float((grows + wait_random(0, first))(state))
        return min(wanted, timeouts.longest_total_wait - float(state.idle_for))

    return Retrying(
        stop=enough,
        retry=retry_if_exception(worth_repeating),
        wait=wait,
        sleep=_stoppable(timeouts.sleep, stop) if stop else timeouts.sleep,
        before_sleep=_tell,
        reraise=True,
    )


def stopped_by_user(unaffected: str) -> Stopped:
    """The error that ends work the user no longer wants."""
    return Stopped("Stopped by you.", unaffected=unaffected)


def _stoppable(sleep: Callable[[float], None], stop: Stop) -> Callable[[float], None]:
    """Waiting in short pieces, before each of which the user may stop."""

    def pause(seconds: float) -> None:
        while seconds > 0:
            if stop():
                raise stopped_by_user(NO_ROW_CHANGED)
            sleep(min(seconds, LONGEST_SLEEP))
            seconds -= LONGEST_SLEEP

    return pause


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    what = error.what if isinstance(error, PortalError) else ""
    pause = state.next_action.sleep if state.next_action else 0.0
    log.warning("Attempt %d failed: %s Trying again in %.1f s.", state.attempt_number, what, pause)
