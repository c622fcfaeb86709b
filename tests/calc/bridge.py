"""The one place that imports LibreOffice's `uno`, and small helpers for talking through it.

`uno.py` belongs to the distribution's own Python. It is found at the end of the module path, for this import alone, so
that no other module of the distribution is ever taken instead of the one installed beside the tests.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

PLACES = ("/usr/lib/python3/dist-packages", "/usr/lib/libreoffice/program", "/opt/libreoffice/program")


@cache
def uno() -> ModuleType:
    """LibreOffice's bridge; ImportError where it is not installed."""
    own_path, own_import = list(sys.path), builtins.__import__
    sys.path.extend(place for place in PLACES if Path(place).is_dir())
    try:
        return importlib.import_module("uno")
    finally:
        # uno puts its own `__import__` in place of Python's, for `from com.sun.star import …`, which is not needed here.
        builtins.__import__ = own_import
        sys.path[:] = own_path


def struct(name: str, **fields: Any) -> Any:
    """A UNO structure with these fields."""
    made = uno().createUnoStruct(f"com.sun.star.{name}")
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def enum(name: str, value: str) -> Any:
    """One value of a UNO enumeration."""
    return uno().Enum(f"com.sun.star.{name}", value)


def properties(**values: Any) -> tuple[Any, ...]:
    """Named values, as loading and storing want them."""
    return tuple(struct("beans.PropertyValue", Name=name, Value=value) for name, value in values.items())


def file_url(path: str) -> str:
    """The URL of a file."""
    return str(uno().systemPathToFileUrl(str(path)))


def system_path(url: str) -> str:
    """The file a URL stands for."""
    return str(uno().fileUrlToSystemPath(url))


def encrypted(password: str) -> dict[str, Any]:
    """The properties that make Calc store an Office file with a password."""
    wanted = {"CryptoType": "StrongEncryptionDataSpace", "OOXPassword": password}
    named = tuple(struct("beans.NamedValue", Name=name, Value=value) for name, value in wanted.items())
    return {"EncryptionData": uno().Any("[]com.sun.star.beans.NamedValue", named)}
