"""The tab as it will look, drawn from the add-in's own labels; Excel's icons are Excel's, and stay blank."""

from __future__ import annotations

from html import escape

from xl_datasync.addin.buttons import TAB, Button, Group

SIZE = (1120, 170)
TABS = ("Home", "Insert", "Page Layout", "Formulas", "Data", "Review", "View")
SMALL_ROWS = 3
LOOK = """
body { margin: 0; font: 13px "Liberation Sans", sans-serif; color: #222; background: #f3f3f3; }
.tabs { padding: 8px 14px 0; } .tabs span { display: inline-block; padding: 6px 11px; }
.tabs .here { font-weight: bold; border-bottom: 3px solid #1e7145; padding-bottom: 3px; }
.ribbon { display: flex; margin: 6px 8px; background: #fff; border: 1px solid #d5d5d5; border-radius: 6px; }
.group { padding: 8px 16px 4px; border-right: 1px solid #ddd; display: flex; flex-direction: column; }
.group:last-child { border: 0; }
.buttons { display: flex; gap: 16px; height: 78px; } .column { display: flex; flex-direction: column; gap: 6px; }
.small { display: flex; align-items: center; gap: 6px; height: 21px; white-space: nowrap; }
.large { width: 62px; text-align: center; } .large i { width: 34px; height: 34px; margin: 4px auto 7px; }
i { display: block; width: 15px; height: 15px; border: 1px dashed #9a9a9a; border-radius: 3px; }
.name { margin-top: auto; text-align: center; color: #666; font-size: 11px; }
"""


def ribbon_page() -> str:
    """The tab as a web page."""
    tabs = "".join(f"<span>{name}</span>" for name in TABS) + f'<span class="here">{escape(TAB.label)}</span>'
    groups = "".join(_group(group) for group in TAB.groups)
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><style>{LOOK}</style>'
        f'<div class="tabs">{tabs}</div><div class="ribbon">{groups}</div>'
    )


def _group(group: Group) -> str:
    large = [button for button in group.buttons if button.size == "large"]
    small = [button for button in group.buttons if button.size != "large"]
    columns = [small[first : first + SMALL_ROWS] for first in range(0, len(small), SMALL_ROWS)]
    inside = "".join(_button(button, "large") for button in large)
    inside += "".join(
        f'<div class="column">{"".join(_button(one, "small") for one in column)}</div>' for column in columns
    )
    return f'<div class="group"><div class="buttons">{inside}</div><div class="name">{escape(group.label)}</div></div>'


def _button(button: Button, size: str) -> str:
    return f'<div class="{size}"><i></i>{escape(button.label)}</div>'
