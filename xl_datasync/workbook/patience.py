"""Calls of Excel while a person works in it: Excel refuses them as long as a cell is being edited or a dialog is open.

xlwings itself repeats a refused call for ever and without a pause (``_xlwindows.N_COM_ATTEMPTS``), so that nobody would
learn why nothing happens. Here a few repeats are left to it, and whoever waits is told.
"""

from __future__ import annotations

import atexit
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_delay, wait_fixed

from xl_datasync.core.errors import DataSyncError, WorkbookError

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Told = Callable[[str], None]

BUSY_WORDS = (
    "Excel is busy: finish the cell you are editing (press Enter or Esc), or close the window that is open in it."
)
LONGEST_WAIT = 300.0  # seconds; a person at lunch must not lose the run, and no process may wait for ever
PAUSE = 0.5
_REPEATS_OF_XLWINGS = 20
# Windows calls them RPC_E_CALL_REJECTED and RPC_E_SERVERCALL_RETRYLATER; the third, 0x800AC472, is Excel's own, which
# xlwings repeats a call for as well, and comes by itself or as the scode of another error.
_BUSY = frozenset({-2147418111, -2147417846, -2146777998})
# xlwings' own, which has no number, and whose module is there on Windows alone
_BUSY_OF_XLWINGS = "ExcelBusyError"
# Windows calls them RPC_S_SERVER_UNAVAILABLE, RPC_E_DISCONNECTED, CO_E_OBJNOTCONNECTED and RPC_S_CALL_FAILED; the last,
# 0x800401A8, is what a workbook that was closed answers.
_GONE = frozenset({-2147023174, -2147417848, -2147220995, -2147023170, -2147221080})
# errAEEventTimedOut; connectionInvalid and procNotFound (Apple's MacErrors.h), as appscript gives them
_MAC_BUSY, _MAC_GONE = frozenset({-1712}), frozenset({-609, -600})


def prepare_xlwings() -> None:
    """Take from xlwings what must not happen on a person's computer; only on Windows is there something to take."""
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415

        tame(_xlwindows)


def tame(windows: Any) -> None:
    """Let xlwings give up soon where Excel refuses a call, and end no Excel but those it is told to.

    At the end of a process, and whenever it ends an Excel, it would kill every other one of the user's that has no
    window with a workbook: one that just starts, or that of another run.

    :param windows: the module ``xlwings._xlwindows``.
    """
    windows.N_COM_ATTEMPTS = _REPEATS_OF_XLWINGS
    atexit.unregister(windows.cleanup)
    windows.Apps.cleanup = staticmethod(lambda: None)


def is_busy(error: BaseException) -> bool:
    """Whether Excel refused a call only because a person is using it."""
    if type(error).__name__ == _BUSY_OF_XLWINGS:
        return True
    details = getattr(error, "excepinfo", None)
    scode = details[-1] if isinstance(details, tuple) and details else None
    return (
        getattr(error, "hresult", None) in _BUSY or scode in _BUSY or getattr(error, "errornumber", None) in _MAC_BUSY
    )


def is_gone(error: BaseException) -> bool:
    """Whether Excel, or the workbook, is not there any more."""
    return getattr(error, "hresult", None) in _GONE or getattr(error, "errornumber", None) in _MAC_GONE


@contextmanager
def forgiving() -> Iterator[None]:
    """Pass over what Excel refuses or does not know; not that it is busy or gone, which :func:`patiently` answers for.

    COM, Apple events and xlwings each raise errors of their own kinds, so that no narrower rule can be given.
    """
    try:
        yield
    except Exception as error:
        if is_busy(error) or is_gone(error):
            raise
        log.info("Excel refuses", exc_info=True)


def patiently(call: Callable[[], Result], told: Told = lambda _line: None) -> Result:
    """Do something in Excel, again and again while it is busy.

    :param call: may be done again from its beginning.
    :param told: is told once for each refusal why there is a wait.
    :raises WorkbookError: where Excel stays busy for :data:`LONGEST_WAIT`, or is not there any more.
    """

    def tell(_state: RetryCallState) -> None:
        told(BUSY_WORDS)

    try:
        return Retrying(
            retry=retry_if_exception(is_busy),
            stop=stop_after_delay(LONGEST_WAIT),
            wait=wait_fixed(PAUSE),
            before_sleep=tell,
            reraise=True,
        )(call)
    except DataSyncError:
        raise
    except Exception as error:
        raise _worded(error) from error


def _worded(error: Exception) -> Exception:
    """What a person can read of an error of Excel's; any other error as it is."""
    if is_busy(error):
        return WorkbookError("Excel did not answer.", unaffected="", remedy=f"{BUSY_WORDS} Then try again.")
    if is_gone(error):
        return WorkbookError(
            "Excel, or the workbook, was closed meanwhile.",
            unaffected="What was done is in the history of the workbook.",
            remedy="Open the workbook again; “Results” on the Open Data tab shows what was done.",
        )
    return error


# Importing xlwings is enough for it to end Excels when the process ends, and whoever imports it imports this.
prepare_xlwings()
