"""Work that the portal promised to do later: an answer 202, in both of its forms (protocol §3.10 [C])."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from xl_datasync.core.errors import PortalError
from xl_datasync.portal import refusals, unreached
from xl_datasync.portal.calls import Answer, Call
from xl_datasync.portal.session import Session, same_place

# A wait asked for by the portal is kept to, within reason.
LONGEST_POLL = 60.0


def kept(session: Session, call: Call) -> Answer:
    """Make a request and wait until what it promises is done.

    A promise is a ``Location`` to look at, or a ticket to ask the same address about; without either the request itself
    is repeated, where that is harmless.

    :raises PortalError: where the portal refused, failed, could not be reached, or did not finish in time.
    """
    limits = session.timeouts
    deadline = time.monotonic() + limits.publication
    waited = 0.0
    answer = session.ask(replace(call, may_wait=True))
    while answer.status == 202:
        with answer.file:
            question = _question(session, call, answer)
        pause = min(refusals.retry_after(answer.headers.get("Retry-After", "")) or limits.poll, LONGEST_POLL)
        waited += pause
        if question is None or waited > limits.publication or time.monotonic() > deadline:
            raise _unfinished(session, call, answer.request_id)
        limits.sleep(pause)
        try:
            answer = session.ask(question)
        except PortalError as error:
            # The work was promised, so that its being asked about failed says nothing of what became of it.
            raise refusals.doubted(session.setting(call), error) from None
    return answer


def _question(session: Session, call: Call, answer: Answer) -> Call | None:
    """How to ask whether it is done; None where there is no way that does no harm."""
    location = answer.headers.get("Location", "")
    looking = Call("GET", call.path, dataset=call.dataset, params=call.params, may_be_empty=True)
    if location:
        target = urljoin(session.address + call.path, location)
        if not same_place(target, session.address):
            raise refusals.doubted(session.setting(call), unreached.redirected(session.setting(call), target, ""))
        parts = urlsplit(target)
        return replace(looking, path=parts.path, params=dict(parse_qsl(parts.query)))
    shape = answer.json()
    ticket = shape.get("ticket") if isinstance(shape, dict) else None
    if isinstance(ticket, str) and ticket:
        return replace(looking, params={**call.params, "ticket": ticket})
    return replace(call, may_wait=True) if call.deed.repeatable else None


def _unfinished(session: Session, call: Call, reference: str) -> PortalError:
    unaffected, remedy = refusals.uncertain(session.setting(call))
    return PortalError(
        "The portal promised to do it later and has not finished in time.",
        where=session.host,
        outcome_known=False,
        unaffected=unaffected,
        remedy=remedy,
        reference=reference,
    )
