"""The ribbon as the XML that Excel reads, for Excel 2007 and for every later one."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from xl_datasync.addin.buttons import TAB, Button, Group, Tab

ON_LOAD = "OpenDataOnLoad"
ON_ACTION = "OpenDataClick"
GET_ENABLED = "OpenDataGetEnabled"


@dataclass(frozen=True)
class Part:
    """One customUI part of the file: where it is, how it is found, in which language it is written."""

    name: str
    relationship: str
    namespace: str


# Excel 2010 and later take the first and leave the second; 2007 knows only the second ([MS-CUSTOMUI], [MS-CUSTOMUI2]).
PARTS = (
    Part(
        "customUI/customUI14.xml",
        "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
        "http://schemas.microsoft.com/office/2009/07/customui",
    ),
    Part(
        "customUI/customUI.xml",
        "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility",
        "http://schemas.microsoft.com/office/2006/01/customui",
    ),
)


def ribbon_xml(namespace: str, tab: Tab = TAB) -> bytes:
    """The whole ribbon in one of the two languages; what is used here is written alike in both."""
    root = Element("customUI", {"xmlns": namespace, "onLoad": ON_LOAD})
    tabs = SubElement(SubElement(root, "ribbon"), "tabs")
    ours = SubElement(tabs, "tab", {"id": tab.id, "label": tab.label, "keytip": tab.keytip})
    for group in tab.groups:
        _add_group(ours, group)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _add_group(tab: Element, group: Group) -> None:
    element = SubElement(tab, "group", {"id": group.id, "label": group.label})
    for button in group.buttons:
        SubElement(element, "button", _attributes(button))


def _attributes(button: Button) -> dict[str, str]:
    attributes = {
        "id": button.id,
        "label": button.label,
        "size": button.size,
        "imageMso": button.image,
        "screentip": button.screentip,
        "supertip": button.supertip,
        "keytip": button.keytip,
        "onAction": ON_ACTION,
        "getEnabled": GET_ENABLED,
    }
    # A tag may not be empty by the schema; a control without one has the tag "".
    return attributes | ({"tag": button.needs} if button.needs else {})
