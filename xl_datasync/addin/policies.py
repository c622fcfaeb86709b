"""What Windows is told about add-ins by its administrators: looked at, never written.

Excel's trust in the user's XLSTART is a default that policies can take away. Names and meanings of the values are
those of Microsoft's administrative templates for Office 2016 to 365 (version 16.0); not tried on a real Windows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

OFFICE = r"Software\Microsoft\Office\16.0"
POLICIES = r"Software\Policies\Microsoft\Office\16.0"
HIVES = ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE")
_ASK = "Ask IT to make the add-in's folder a trusted location by policy"


class Registry(Protocol):
    """Reading Windows' registry."""

    def values(self, hive: str, key: str) -> Mapping[str, object]:
        """The values of a key, their names in small letters; empty where there is none."""


@dataclass(frozen=True)
class WrittenRegistry:
    """One that is written down: on a pretended Windows."""

    keys: Mapping[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)

    def values(self, hive: str, key: str) -> Mapping[str, object]:
        """As the protocol says."""
        return self.keys.get((hive, key), {})


class WindowsRegistry:
    """The real one."""

    def values(self, hive: str, key: str) -> Mapping[str, object]:
        """As the protocol says."""
        found: dict[str, object] = {}
        if sys.platform == "win32":
            import winreg  # noqa: PLC0415  # there is none elsewhere

            try:
                with winreg.OpenKey(getattr(winreg, hive), key) as opened:
                    for number in range(winreg.QueryInfoKey(opened)[1]):
                        name, value, _ = winreg.EnumValue(opened, number)
                        found[name.casefold()] = value
            except OSError:
                return found
        return found


@dataclass(frozen=True)
class Policy:
    """A value that keeps the add-in from working."""

    key: str
    name: str
    harmful: int
    what: str
    remedy: str


RULES = (
    Policy(rf"{POLICIES}\Excel\Security\Trusted Locations", "AllLocationsDisabled", 1,
           "Trusted locations are switched off by policy.", f"{_ASK}, and to switch trusted locations on for Excel."),
    Policy(rf"{OFFICE}\Excel\Security\Trusted Locations", "AllLocationsDisabled", 1,
           "Trusted locations are switched off in Excel.",
           "In Excel: File, Options, Trust Center, Trust Center Settings, Trusted Locations; untick “Disable all "
           "Trusted Locations”."),
    Policy(rf"{POLICIES}\Common\Security\Trusted Locations", "Allow User Locations", 0,
           "Only locations that a policy names are trusted.", f"{_ASK}."),
    Policy(rf"{POLICIES}\Common\Security", "RequireAlwaysOnMacroSig", 1,
           "A policy lets only signed add-ins start with Excel, and this one is not signed.",
           "Ask IT to sign the add-in, or to change the policy “Require trusted publisher signatures for macros that "
           "are always loaded”."),
    Policy(rf"{POLICIES}\Excel\Security", "RequireAddinSig", 1,
           "A policy wants add-ins to be signed, and this one is not.",
           "Ask IT to sign the add-in, or to change “Require that application add-ins are signed”."),
    Policy(rf"{OFFICE}\Excel\Security", "RequireAddinSig", 1,
           "Excel is set to want signed add-ins, and this one is not.",
           "In Excel: File, Options, Trust Center, Trust Center Settings, Add-ins; untick “Require Application Add-ins "
           "to be signed”."),
    Policy(rf"{POLICIES}\Excel\Security", "DisableAllAddins", 1,
           "Add-ins are switched off by policy.",
           "Ask IT to allow them for Excel (“Disable all application add-ins”)."),
    Policy(rf"{OFFICE}\Excel\Security", "DisableAllAddins", 1,
           "Add-ins are switched off in Excel.",
           "In Excel: File, Options, Trust Center, Trust Center Settings, Add-ins; untick “Disable all Application "
           "Add-ins”."),
    Policy(rf"{POLICIES}\Common", "VBAOff", 1,
           "Macros (VBA) are switched off by policy for all of Office.",
           "Ask IT to change “Disable VBA for Office applications”."),
    Policy(rf"{POLICIES}\Excel\Resiliency", "RestrictToList", 1,
           "Only add-ins on IT's list may start, unless the list names this one.",
           "Ask IT to put xl_datasync.xlam on the “List of managed add-ins” with the value 1."),
)  # fmt: skip
_MANAGED = rf"{POLICIES}\Excel\Resiliency\AddinList"
_DISABLED = rf"{OFFICE}\Excel\Resiliency\DisabledItems"


def obstacles(registry: Registry, addin_name: str) -> Iterator[tuple[str, str]]:
    """What stands in the add-in's way, and the remedy for each."""
    managed = _managed(registry, addin_name)
    if managed == "0":
        yield "IT's list of managed add-ins blocks this one.", f"Ask IT to give {addin_name} the value 1 on that list."
    for rule in RULES:
        if rule.name == "RestrictToList" and managed in ("1", "2"):
            continue
        if any(registry.values(hive, rule.key).get(rule.name.casefold()) == rule.harmful for hive in HIVES):
            yield rule.what, rule.remedy
    wanted = addin_name.casefold()
    for value in registry.values(HIVES[0], _DISABLED).values():
        if isinstance(value, bytes) and wanted in value.decode("utf-16-le", "replace").casefold():
            yield (
                "Excel has put the add-in on its list of disabled items, as it does after a crash.",
                f"In Excel: File, Options, Add-ins, Manage: Disabled Items, Go; choose {addin_name}, Enable.",
            )


def _managed(registry: Registry, addin_name: str) -> str:
    found = (registry.values(hive, _MANAGED).get(addin_name.casefold()) for hive in HIVES)
    return next((str(value) for value in found if value is not None), "")
