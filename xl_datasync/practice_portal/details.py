"""The details of a dataset as bodies carry them, checked (protocol §2.1, §2.2)."""

from collections.abc import Mapping
from dataclasses import replace

from .dataset import Details
from .errors import Refusal, invalid_request

_TEXTS = {
    "description": "description",
    "category": "category",
    "attribution": "attribution",
    "attributionLink": "attribution_link",
    "licenseId": "licence",
    "resourceName": "resource_name",
}
_OBJECTS = {"metadata": "metadata", "privateMetadata": "private_metadata"}
# A portal adds these to every view; what a body says of them is what the view will say anyway
_NOT_KEPT = ("rowIdentifier",)
LICENCES = {
    "PUBLIC_DOMAIN": "Public Domain",
    "PDDL": "Open Data Commons Public Domain Dedication and License",
    "ODC_BY": "Open Data Commons Attribution License",
    "ODBL": "Open Data Commons Open Database License",
    "CC0_10": "Creative Commons 1.0 Universal (Public Domain Dedication)",
    "CC_30_BY": "Creative Commons Attribution 3.0 Unported",
    "CC_30_BY_SA": "Creative Commons Attribution | Share Alike 3.0 Unported",
    "CC_40_BY": "Creative Commons Attribution 4.0 International",
    "CC_40_BY_SA": "Creative Commons Attribution | Share Alike 4.0 International",
    "USGOV_WORKS": "U.S. Government Works",
    "SEE_TERMS_OF_USE": "See Terms of Use",
}


def read_details(details: Details, body: Mapping[str, object]) -> Details:
    """The details with what a body says of them; keys it does not know stay out, a wrong kind of value is a 400."""
    changes: dict[str, object] = {}
    for name, ours in _TEXTS.items():
        if name in body:
            changes[ours] = read_text(body, name)
    for name, ours in _OBJECTS.items():
        if name in body:
            value = read_object(body, name)
            changes[ours] = {key: item for key, item in value.items() if key not in _NOT_KEPT}
    if "tags" in body:
        changes["tags"] = read_words(body, "tags")
    return replace(details, **changes)  # type: ignore[arg-type]


def read_name(body: Mapping[str, object]) -> str:
    """The name, which must say something (protocol §5 [C])."""
    name = read_text(body, "name").strip()
    if not name:
        raise invalid_request("The name is missing or empty", field="name")
    return name


def read_text(body: Mapping[str, object], name: str) -> str:
    """A text; null is as good as an empty one."""
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise _wrong_kind(name, "a text")


def read_object(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object; null is as good as an empty one."""
    value = body.get(name)
    if value is None or isinstance(value, Mapping):
        return value or {}
    raise _wrong_kind(name, "an object")


def read_words(body: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of texts; null is as good as an empty one."""
    value = body.get(name)
    if value is None or (isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)):
        return tuple(value or ())
    raise _wrong_kind(name, "a list of texts")


def read_count(body: Mapping[str, object], name: str) -> int | None:
    """A whole number from 1, or None where there is none."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _wrong_kind(name, "a whole number from 1")
    return value


def _wrong_kind(name: str, expected: str) -> Refusal:
    return invalid_request(f"'{name}' must be {expected}", field=name)
