"""Whether Excel is open.

Asked of ``psutil``, because the systems' own lists of programs speak the user's language and differ. An Excel of
somebody else on the same computer, as on a terminal server, does not matter. Where this misses one, the file that it
holds cannot be replaced on Windows, and the words of that error say to quit Excel.
"""

from __future__ import annotations

from pathlib import Path

from xl_datasync.addin.places import MACOS, WINDOWS, Places
from xl_datasync.addin.words import NOTHING_CHANGED, ExcelOpen

EXCEL = {WINDOWS: "excel.exe", MACOS: "microsoft excel"}


def excel_is_open(places: Places) -> bool:
    """Whether this person's Excel runs; on a pretended computer, only programs that lie in its home count."""
    import psutil  # noqa: PLC0415  # only these commands need it

    try:
        me = psutil.Process().username()
        return any(
            (process.info["name"] or "").casefold() == EXCEL[places.system]
            and process.info["username"] == me
            and (not places.pretended or places.home in Path(process.info["exe"] or "").parents)
            for process in psutil.process_iter(["name", "username", "exe"])
        )
    except psutil.Error:
        return False


def refuse_while_open(places: Places) -> None:
    """Raise where Excel is open.

    :raises ExcelOpen: saying how to close it.
    """
    if excel_is_open(places):
        how = (
            "press Cmd-Q in Excel; closing its windows is not enough" if places.system == MACOS else "close its windows"
        )
        raise ExcelOpen(
            "Excel is open, and uses the add-in.",
            unaffected=NOTHING_CHANGED,
            remedy=f"Save your work, quit Excel ({how}), then run the same command again.",
        )
