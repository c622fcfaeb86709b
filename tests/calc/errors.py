"""Errors shaped as those Excel raises over COM."""

from __future__ import annotations

# XlCVError of Microsoft's documentation; COM gives -2146828288 + the code.
# https://learn.microsoft.com/office/vba/api/excel.xlcverror
CELL_ERRORS = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
}  # fmt: skip
NEWER_CELL_ERRORS = {
    "#GETTING_DATA": 2043, "#SPILL!": 2045, "#CONNECT!": 2046, "#BLOCKED!": 2047, "#UNKNOWN!": 2048, "#FIELD!": 2049,
    "#CALC!": 2050,
}  # fmt: skip
BASE = -2146828288
ERROR_NUMBERS = {text: BASE + code for text, code in CELL_ERRORS.items()}
NEWER_ERROR_NUMBERS = {text: BASE + code for text, code in NEWER_CELL_ERRORS.items()}
ERROR_TEXTS = {number: text for text, number in ERROR_NUMBERS.items()}
# What Calc's own numbers of errors are in Excel; any other is #VALUE!.
CALC_ERRORS = {
    503: "#NUM!", 521: "#NULL!", 523: "#NUM!", 524: "#REF!", 525: "#NAME?", 508: "#NAME?", 532: "#DIV/0!", 32767: "#N/A",
}  # fmt: skip

CALL_REJECTED = -2147418111  # RPC_E_CALL_REJECTED: a cell is being edited, or a dialog is open
EXCEPTION_OCCURRED = -2147352567
REFUSED = -2146827284  # 0x800A03EC


class com_error(Exception):  # noqa: N801  # the name pywintypes gives it
    """As `pywintypes.com_error`: (hresult, text, what Excel says or None, number of the argument or None)."""

    __module__ = "pywintypes"

    @property
    def hresult(self) -> int:
        """The number of the error."""
        return int(self.args[0])

    @property
    def strerror(self) -> str:
        """The text of the error."""
        return str(self.args[1])

    @property
    def excepinfo(self) -> tuple[object, ...] | None:
        """What Excel says: (code, program, text, help file, help number, scode)."""
        return self.args[2]  # type: ignore[no-any-return]


def refused(text: str, scode: int = REFUSED) -> com_error:
    """Excel does not do it, and says why."""
    said = (0, "Microsoft Excel", text, "xlmain11.chm", 0, scode)
    return com_error(EXCEPTION_OCCURRED, "Exception occurred.", said, None)


def no_such(what: str) -> com_error:
    """There is no such member of a collection."""
    return com_error(-2147352565, f"Invalid index. ({what})", None, None)


def busy() -> com_error:
    """Excel is in cell-edit mode or shows a dialog."""
    return com_error(CALL_REJECTED, "Call was rejected by callee.", None, None)


class ExcelBusyError(Exception):
    """As `xlwings._xlwindows` has it, which has neither number nor words of COM's."""

    __module__ = "xlwings._xlwindows"
