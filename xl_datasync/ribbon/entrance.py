"""Takes one request of the add-in's, does it behind a window, and turns whatever goes wrong into words."""

from __future__ import annotations

import gc
import logging
from functools import partial
from pathlib import Path

from xl_datasync.addin.buttons import TAB
from xl_datasync.core.errors import ConfigurationError, DataSyncError
from xl_datasync.dialogs.alone import first_or_front
from xl_datasync.dialogs.desk import Desk
from xl_datasync.dialogs.endings import Ending, unexpected_ending
from xl_datasync.dialogs.window import run_in_window
from xl_datasync.ribbon.request import Request, read_request

log = logging.getLogger(__name__)


def answer(arguments: list[str], log_file: Path) -> int:
    """Do what a request asks for.

    :param arguments: the path of the request file.
    :returns: the exit code of the command line for the same end.
    """
    # Windows belong to one thread and what Excel gave to another; a collector that runs in whichever is at work would
    # end some in the wrong one, which ends the program. It runs for one button only, and counting references is enough.
    gc.disable()
    try:
        request = read_request(Path(arguments[0]))
    except (DataSyncError, IndexError) as error:
        log.warning("no request", exc_info=True)
        return run_in_window("xl-datasync", partial(_refuse, error))
    log.info("button %s, workbook %s", request.command, request.wb)
    front = first_or_front(_place(request))
    if front is None:  # the click before this one is still at work, and its window is in front now
        return 0
    with front:
        return run_in_window(
            _title(request),
            partial(_work, request),
            int(request.hwnd) if request.hwnd.isdecimal() else None,
            front=front,
            unexpected=lambda error: unexpected_ending(error, str(log_file)),
        )


def _work(request: Request, desk: Desk) -> Ending:
    # What the commands need takes a while to load; the window must be there first.
    from xl_datasync.ribbon.commands import COMMANDS  # noqa: PLC0415
    from xl_datasync.ribbon.session import Session  # noqa: PLC0415

    command = COMMANDS.get(request.command)
    if command is None:
        raise ConfigurationError(
            f"The add-in asks for “{request.command}”, which this version does not know.",
            remedy="Close Excel, run “xl-datasync addin install”, and start Excel again.",
        )
    return command(Session(request, desk))


def _refuse(error: Exception, _desk: Desk) -> Ending:
    if isinstance(error, DataSyncError):
        raise error
    raise ConfigurationError("No request was given.", remedy="Use the buttons of the Open Data tab in Excel.")


def _place(request: Request) -> str:
    """What one button at a time works on: a workbook's file, in whichever window; one never saved has its Excel's."""
    saved = request.fullname != request.wb
    return request.fullname if saved else f"{request.hwnd}\n{request.wb}"


def _title(request: Request) -> str:
    """The button's label."""
    return next((button.label for button in TAB.buttons if button.id == request.command), "xl-datasync")
