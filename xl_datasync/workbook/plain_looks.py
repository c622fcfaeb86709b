"""How cells of a plain file look: their number formats, and the little that sets some of them apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from xl_datasync.workbook.blocks import GENERAL

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FIRST_FORMAT = 164  # those below are Excel's own
# Excel takes the first two for its own use, whatever they say.
_GROUNDS = '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'


@dataclass(frozen=True)
class Look:
    """How a cell looks.

    :param ink: the colour of its letters, as ``#RRGGBB``; ``""`` for the usual one. ``fill`` likewise, behind them.
    :param wrap: whether a long text takes several lines; ``top`` whether it begins at the cell's upper edge, and
        ``centre`` whether it stands in the middle between left and right.
    """

    code: str = GENERAL
    bold: bool = False
    size: int = 11
    ink: str = ""
    fill: str = ""
    wrap: bool = False
    top: bool = False
    centre: bool = False


def styles_xml(looks: Iterable[Look]) -> str:
    """The part of a file that says how its cells look; they name their look by its place among these."""
    looks = list(looks)
    formats, fonts = _kinds(looks, _format), _kinds([Look(), *looks], _font)
    fills = [fill for fill in _kinds(looks, _fill) if fill]
    cells = "".join(
        f'<xf numFmtId="{0 if look.code == GENERAL else _FIRST_FORMAT + formats.index(_format(look))}" '
        f'fontId="{fonts.index(_font(look))}" fillId="{2 + fills.index(_fill(look)) if look.fill else 0}" borderId="0" '
        f'xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"{_alignment(look)}'
        for look in looks
    )
    numbered = "".join(f'<numFmt numFmtId="{n}"{code}/>' for n, code in enumerate(formats, _FIRST_FORMAT))
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{numbered}</numFmts>'
        f'<fonts count="{len(fonts)}">{"".join(fonts)}</fonts>'
        f'<fills count="{2 + len(fills)}">{_GROUNDS}{"".join(fills)}</fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" '
        f'borderId="0"/></cellStyleXfs><cellXfs count="{len(looks)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _kinds(looks: Collection[Look], part: Callable[[Look], str]) -> list[str]:
    """The different ones there are of a part of looks, in the order they are met."""
    return list(dict.fromkeys(map(part, looks)))


def _format(look: Look) -> str:
    return f" formatCode={quoteattr(look.code)}"


def _font(look: Look) -> str:
    bold, ink = "<b/>" if look.bold else "", f'<color rgb="FF{look.ink[1:]}"/>' if look.ink else ""
    return f'<font>{bold}<sz val="{look.size}"/>{ink}<name val="Calibri"/></font>'


def _fill(look: Look) -> str:
    if not look.fill:
        return ""
    ground = f'<fgColor rgb="FF{look.fill[1:]}"/>'
    return f'<fill><patternFill patternType="solid">{ground}</patternFill></fill>'


def _alignment(look: Look) -> str:
    kinds = ' horizontal="center"' if look.centre else ""
    kinds += (' vertical="top"' if look.top else "") + (' wrapText="1"' if look.wrap else "")
    return f' applyAlignment="1"><alignment{kinds}/></xf>' if kinds else "/>"
