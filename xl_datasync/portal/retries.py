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

from xl_datasync.core.errors import PortalError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timeouts:
    """Seconds, and the number of attempts.

    A write may be busy for very long before it answers (protocol §3.9 [I]: over two hours has been seen), so it gets
    half an hour without a sign of life where a read gets a minute.

    :param send: how long the portal may leave a part of an upload untaken before the connection counts as broken.
    :param first_wait: about how long to wait before the second attempt; it doubles with each further one.
    :param first_lock_wait: the same where another writer holds the dataset or the portal was too slow
        (protocol §9: "longer backoff" for 408 and 409).
    :param longest_total_wait: how long is waited between all attempts of one request together; a portal that asks for
        more than is left of it is not tried again.
    :param sleep: how waiting is done; a test hands in something that only notes the seconds.
    """

    connect: float = 15.0
    read: float = 60.0
    write: float = 1800.0
    send: float = 300.0
    attempts: int = 5
    first_wait: float = 1.0
    first_lock_wait: float = 5.0
    longest_wait: float = 60.0
    longest_total_wait: float = 90.0
    sleep: Callable[[float], None] = time.sleep


def retrying(timeouts: Timeouts) -> Retrying:
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
        sleep=timeouts.sleep,
        before_sleep=_tell,
        reraise=True,
    )


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    what = error.what if isinstance(error, PortalError) else ""
    pause = state.next_action.sleep if state.next_action else 0.0
    log.warning("Attempt %d failed: %s Trying again in %.1f s.", state.attempt_number, what, pause)
