"""Rows to the portal, by the row endpoint (protocol §3)."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass, replace

from xl_datasync.core.delivery import Delivery, Method, Progress, Receipt
from xl_datasync.core.errors import PortalError, Stopped
from xl_datasync.portal import refusals, unreached
from xl_datasync.portal.bodies import CSV_TYPE, Body, Part, file_size, gzipped, parts_needed, parts_of
from xl_datasync.portal.calls import Answer, Call, dataset_label
from xl_datasync.portal.deeds import NO_ROW_CHANGED, ROWS, ROWS_IN_PARTS, ROWS_ONCE, RUN_AGAIN, Deed
from xl_datasync.portal.reports import Counts, Refusal, read_report
from xl_datasync.portal.retries import Stop, stopped_by_user
from xl_datasync.portal.session import Session

log = logging.getLogger(__name__)

WORTH_COMPRESSING = 64 * 1024


class Sender:
    """Sends deliveries, and remembers whether this portal takes compressed bodies.

    Vendor client code compresses uploads (protocol §3.2 [C]); no live portal was asked, so a refusal is answered by
    sending the same rows plain, once.

    :param compress: whether to compress; None means for every portal but one on this computer.
    """

    def __init__(self, session: Session, *, compress: bool | None) -> None:
        self._session = session
        self._compress = not session.loopback if compress is None else compress
        self._compressed_before = False

    def publish(self, delivery: Delivery, progress: Progress | None, stop: Stop | None = None) -> Receipt:
        """Send the rows, in as many requests as the method allows and the number of rows asks for.

        :param stop: asked before each request after the first, and while waiting for another attempt at one.
        :raises PortalError: where the portal refused, failed, or could not be reached. Its words say what is stored.
        :raises Stopped: where ``stop`` said so.
        """
        receipt, needed, done = Receipt(), parts_needed(delivery), 0
        shipment = _Shipment(delivery, _Meter(progress, file_size(delivery.file), delivery.rows), stop)
        with closing(parts_of(delivery)) as parts:
            for part in parts:
                try:
                    if done and stop and stop():
                        raise stopped_by_user(NO_ROW_CHANGED)
                    answer = self._send(shipment, part)
                    with answer.file:
                        counts = self._counts(delivery, answer)
                        # What a repeat reports is not what the first request may have done; a replacement is the same.
                        counts = None if answer.in_doubt and delivery.method is not Method.REPLACE else counts
                        receipt = _added(receipt, part, counts, answer.request_id)
                except PortalError as error:
                    told = _after_parts(error, done, needed) if done else error
                    told.rows_sent = receipt.sent + (part.rows if error.rows_stored else 0)
                    raise told from None
                except Stopped as stopped:
                    halted = _stopped_after(stopped, done, needed) if done else stopped
                    halted.rows_sent = receipt.sent
                    raise halted from None
                done += 1
                shipment.meter.confirm(part.rows)
        log.info("Sent %d rows in %d requests.", receipt.sent, done)
        return receipt

    def _send(self, shipment: _Shipment, part: Part) -> Answer:
        if not self._compress or part.length <= WORTH_COMPRESSING:
            return self._plain(shipment, part)
        packed, length = gzipped(part.file)
        with packed:
            body = Body(packed, length, shipment.meter.watch(part.rows, length))
            try:
                answer = self._session.ask(_call(shipment.delivery, part.content_type, body, gzip=True), shipment.stop)
            except PortalError as error:
                if self._compressed_before or not _may_be_the_compression(error):
                    raise
                in_doubt = not error.outcome_known
            else:
                self._compressed_before = True
                return answer
        answer = self._plain(shipment, part, in_doubt=in_doubt)
        log.info("The portal does not take compressed uploads; sending plain from now on.")
        self._compress = False
        return answer

    def _plain(self, shipment: _Shipment, part: Part, *, in_doubt: bool = False) -> Answer:
        body = Body(part.file, part.length, shipment.meter.watch(part.rows, part.length))
        call = _call(shipment.delivery, part.content_type, body)
        return self._session.ask(replace(call, in_doubt=in_doubt), shipment.stop)

    def _counts(self, delivery: Delivery, answer: Answer) -> Counts | None:
        report = read_report(answer.read())
        if not isinstance(report, Refusal):
            return report
        setting = self._session.setting(_call(delivery, CSV_TYPE, None))
        if report.html:
            raise unreached.not_a_portal(setting, answer.request_id)
        error = refusals.refused(setting, 400, answer.headers, report, answer.request_id)
        raise refusals.doubted(setting, error) if answer.in_doubt else error


@dataclass
class _Meter:
    """Turns what the connection takes into progress in bytes of the CSV file.

    It never goes back when a request is repeated, and is full only once the portal has confirmed the last part.
    """

    progress: Progress | None
    total: int
    rows: int
    confirmed: int = 0
    shown: int = -1

    def watch(self, rows: int, length: int) -> _Watch:
        """What a part's body calls as it is taken."""
        return _Watch(self, rows, length)

    def confirm(self, rows: int) -> None:
        """A part has been answered."""
        self.confirmed += rows
        self.show(self.total if self.confirmed >= self.rows else self._bytes(self.confirmed))

    def taken(self, rows: float) -> None:
        """So many rows of the present part have been taken."""
        self.show(min(self._bytes(self.confirmed + rows), self.total - 1))

    def show(self, done: int) -> None:
        """Tell, where it has grown."""
        if self.progress and done > self.shown:
            self.shown = done
            self.progress(done, self.total)

    def _bytes(self, rows: float) -> int:
        return int(self.total * rows / max(self.rows, 1))


@dataclass(frozen=True)
class _Shipment:
    """A delivery on its way: who watches it, and who may stop it."""

    delivery: Delivery
    meter: _Meter
    stop: Stop | None


@dataclass(frozen=True)
class _Watch:
    meter: _Meter
    rows: int
    length: int

    def __call__(self, taken: int) -> None:
        self.meter.taken(self.rows * taken / max(self.length, 1))


def _call(delivery: Delivery, content_type: str, body: Body | None, *, gzip: bool = False) -> Call:
    dataset = delivery.dataset
    headers = {"Content-Type": content_type}
    if gzip:
        headers["Content-Encoding"] = "gzip"
    return Call(
        method="PUT" if delivery.method is Method.REPLACE else "POST",
        path=f"/resource/{dataset.id}.json",
        body=body,
        headers=headers,
        dataset=dataset_label(dataset.name, dataset.id),
        deed=_deed(delivery),
    )


def _deed(delivery: Delivery) -> Deed:
    if not delivery.repeatable:
        return ROWS_ONCE
    return ROWS_IN_PARTS if delivery.method in (Method.UPSERT, Method.DELETE) else ROWS


def _added(receipt: Receipt, part: Part, counts: Counts | None, request_id: str) -> Receipt:
    """The receipt so far and one more request."""
    more = counts or Counts()
    return Receipt(
        sent=receipt.sent + part.rows,
        created=receipt.created + more.created,
        updated=receipt.updated + more.updated,
        deleted=receipt.deleted + more.deleted,
        errors=receipt.errors + more.errors,
        request_ids=(*receipt.request_ids, request_id),
        reported=receipt.reported and counts is not None,
    )


def _may_be_the_compression(error: PortalError) -> bool:
    return error.status in (400, 415) and not error.rows_stored


def _after_parts(error: PortalError, done: int, needed: int) -> PortalError:
    """Only methods that do no harm when repeated are sent in parts, so running again is always safe."""
    if not error.outcome_known:
        # The remedy of an open outcome says already that nothing will be doubled.
        stored = f"{_stored(done, needed)} It is not known whether part {done + 1} was."
        return refusals.reworded(error, unaffected=stored, remedy=error.remedy)
    stored = _stored(done + error.rows_stored, needed)
    return refusals.reworded(error, unaffected=stored, remedy=f"{error.remedy} {refusals.WHEN_RUN_AGAIN}".strip())


def _stopped_after(stopped: Stopped, done: int, needed: int) -> Stopped:
    stored = _stored(done, needed)
    if not stopped.outcome_known:
        stored += f" It is not known whether part {done + 1} was."
    known = stopped.outcome_known
    return Stopped(stopped.what, where=stopped.where, unaffected=stored, remedy=RUN_AGAIN, outcome_known=known)


def _stored(done: int, needed: int) -> str:
    return f"Part 1 of {needed} is stored." if done == 1 else f"Parts 1 to {done} of {needed} are stored."
