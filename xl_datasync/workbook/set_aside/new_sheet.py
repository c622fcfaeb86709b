"""A new sheet for rows set aside, in a workbook that is open in Excel: what stands above them, and how it looks."""

from __future__ import annotations

from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.live_sheets import added_sheet, make_header, write_title
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.set_aside.looks import HEADER_ROW, TITLE, head_lines, widths
from xl_datasync.workbook.set_aside.rows import AsideTable

LONGEST_NAME = 31
WORDS = "Setting rows aside …"


def new_sheet(live: LiveWorkbook, aside: AsideTable, source: str) -> str:
    """A sheet with a header and no rows, in the widths that these rows need.

    :param source: the sheet that the rows come from.
    :returns: its name.
    """
    title, job, line = head_lines(aside.job)
    first = aside.first_column + 1

    def make() -> str:
        with quiet_excel(live.book.app, WORDS, live.told), added_sheet(live, _free_name(live, source)) as sheet:
            write_title(sheet, title, job)
            sheet["A3"].value = line
            head = sheet.range((HEADER_ROW, first), (HEADER_ROW, first + len(aside.headers) - 1))
            for number, width in enumerate(widths(aside), first):
                sheet.range((HEADER_ROW, number)).column_width = width
            head.wrap_text = True
            head.value = [f"'{header}" if header else None for header in aside.headers]
            make_header(head)
            for place in aside.hidden:
                with forgiving():
                    sheet.range((HEADER_ROW, first + place)).columns.hidden = True
            return str(sheet.name)

    name: str = live.ask(make)
    return name


def _free_name(live: LiveWorkbook, source: str) -> str:
    names = {sheet.name.casefold() for sheet in live.book.sheets}
    for number in range(1, len(names) + 2):
        end = f" ({number})" if number > 1 else ""
        name = f"{TITLE} {source}"[: LONGEST_NAME - len(end)].rstrip(" '") + end
        if name.casefold() not in names:
            break
    return name
