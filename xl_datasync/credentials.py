"""Where a sign-in comes from: environment, then the computer's own vault, then a person.

A secret is in the environment or in the vault and nowhere else. In the vault, service ``xl_datasync:<host>`` holds up
to three entries for a connection:

- under the API key ID or user name: the secret;
- under ``connection: <name>``: that ID or user name, for a connection whose row in the workbook has none;
- under ``app token: <ID or user name>``: the app token, where there is one.
"""

from __future__ import annotations

import getpass
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoResultInTime
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.dataset import DATASET_ID
from xl_datasync.core.errors import ConfigurationError, DataSyncError, SignInError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)
T = TypeVar("T")

SERVICE = "xl_datasync:{host}"
CONNECTION_ENTRY = "connection: {name}"
APP_TOKEN_ENTRY = "app token: {user}"  # noqa: S105  # the name of an entry, not what is in it
ENVIRONMENT = "the environment"
IN_THE_ENVIRONMENT = (
    "Or set XL_DATASYNC_<CONNECTION>_KEY_ID and XL_DATASYNC_<CONNECTION>_KEY_SECRET in the environment."
)
PATIENCE = 60.0
# Names that other tools for these portals have made usual; they hold for any connection without its own.
ALIASES = (
    ("MY_SOCRATA_USERNAME", "MY_SOCRATA_PASSWORD"),
    ("SOCRATA_USERNAME", "SOCRATA_PASSWORD"),
    ("SOCRATA_KEY_ID", "SOCRATA_KEY_SECRET"),
)
# By the modules of the keyring package; tried on Linux with GNOME Keyring, not on Windows, macOS or KWallet.
VAULT_NAMES = {
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "the macOS Keychain",
    "keyring.backends.SecretService": "the login keyring (Secret Service)",
    "keyring.backends.libsecret": "the login keyring (Secret Service)",
    "keyring.backends.kwallet": "KWallet",
}
VAULT_REMEDIES = {
    "win32": "Windows Credential Manager should be there by itself: ask IT whether it is switched off.",
    "darwin": "The macOS Keychain should be there by itself: unlock it in Keychain Access.",
    "linux": "On a desktop, sign in to a session with GNOME Keyring or KWallet and unlock it; a server has none.",
}
LOCKED_REMEDY = "Unlock it (it opens with your computer's password) and try again."


def find_sign_in(
    connection: Connection, ask: Callable[[Connection], SignIn] | None, patience: float = PATIENCE
) -> SignIn:
    """The sign-in for a connection: from the environment, else the vault, else whoever can be asked.

    :param ask: asks a person; None where nobody is there, as in a scheduled run: then nobody is ever asked.
    :param patience: seconds a vault gets where nobody is there to answer the window it may open.
    :raises SignInError: where none is found, the environment holds half a pair, the vault is locked or unusable and
        nobody can be asked, or the app token cannot be one.
    """
    found = _from_environment(connection)
    trouble: SignInError | None = None
    if found is None:
        try:
            found = _from_vault(connection) if ask else _within(patience, partial(_from_vault, connection))
        except SignInError as error:
            trouble = error
    if found is None and ask is not None:
        if trouble:
            log.warning("%s", trouble.what)
        found = ask(connection)
    if found is None:
        raise (trouble and _without_person(trouble, connection)) or _none_found(connection)
    token = os.environ.get(variable(connection, "APP_TOKEN"), "").strip()
    found = replace(found, app_token=token) if token else found
    check_app_token(found.app_token)
    log.info(
        "Signing in to %s with a sign-in from %s.",
        connection.host,
        found.source or "the person at the screen",
    )
    return found


def save_sign_in(connection: Connection, sign_in: SignIn) -> None:
    """Put a sign-in into the vault, in place of an earlier one.

    :raises SignInError: where there is no usable vault, it is locked, or the app token cannot be one.
    :raises ConfigurationError: where the ID or the secret is empty.
    """
    if not sign_in.user or not sign_in.secret:
        raise ConfigurationError(
            "The sign-in is not complete.",
            where=connection.name,
            remedy="Enter both parts, then save it again.",
        )
    check_app_token(sign_in.app_token)
    vault, service = _vault(), _service(connection)
    with _vault_words(vault):
        vault.set_password(service, sign_in.user, sign_in.secret)
        vault.set_password(service, _connection_entry(connection), sign_in.user)
        token_entry = APP_TOKEN_ENTRY.format(user=sign_in.user)
        if sign_in.app_token:
            vault.set_password(service, token_entry, sign_in.app_token)
        elif vault.get_password(service, token_entry) is not None:
            vault.delete_password(service, token_entry)
    log.info("The sign-in for %s is saved in %s.", connection.host, _name_of(vault))


def forget_sign_in(connection: Connection) -> bool:
    """Take a connection's sign-in out of the vault.

    :returns: whether there was one.
    :raises SignInError: where there is no usable vault or it is locked.
    """
    vault, service = _vault(), _service(connection)
    with _vault_words(vault):
        saved = vault.get_password(service, _connection_entry(connection))
        users = list(dict.fromkeys(user for user in (connection.user, saved) if user))
        entries = [
            *users,
            *(APP_TOKEN_ENTRY.format(user=user) for user in users),
            _connection_entry(connection),
        ]
        there = [entry for entry in entries if vault.get_password(service, entry) is not None]
        for entry in there:
            vault.delete_password(service, entry)
    return any(user in there for user in users)


def vault_name() -> str:
    """The vault in words, for messages and windows.

    :raises SignInError: where there is no usable one, with the reason and what to do on this system.
    """
    return _name_of(_vault())


def variable(connection: Connection, part: str) -> str:
    """The environment variable for a part (``KEY_ID``, ``KEY_SECRET``, ``APP_TOKEN``) of a connection's sign-in."""
    return f"XL_DATASYNC_{re.sub('[^A-Z0-9]', '_', connection.name.upper())}_{part}"


def check_app_token(token: str | None) -> None:
    """Refuse what cannot be an app token; a dataset ID in its place is the usual mistake.

    :raises SignInError: where it looks like a dataset ID.
    """
    if token and DATASET_ID.fullmatch(token.strip().lower()):
        raise SignInError(
            f"The app token “{token}” is a dataset ID, not an app token.",
            remedy="Leave the app token empty, it is optional, or copy it from the portal's developer settings: "
            "it is about 25 letters and digits.",
        )


def _from_environment(connection: Connection) -> SignIn | None:
    own = variable(connection, "KEY_ID"), variable(connection, "KEY_SECRET")
    for names in (own, *ALIASES):
        user, secret = (os.environ.get(name, "") for name in names)
        if user and secret:
            return SignIn(user, secret, ENVIRONMENT)
        if user or secret:
            there, missing = names if user else reversed(names)
            raise SignInError(
                f"The environment variable {there} is set but {missing} is not.",
                where=connection.name,
                remedy="Set both or neither.",
            )
    return None


def _from_vault(connection: Connection) -> SignIn | None:
    vault, service = _vault(), _service(connection)
    with _vault_words(vault):
        user = connection.user or vault.get_password(service, _connection_entry(connection))
        secret = vault.get_password(service, user) if user else None
        if not user or not secret:
            return None
        token = vault.get_password(service, APP_TOKEN_ENTRY.format(user=user))
    return SignIn(user, secret, _name_of(vault), token)


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Do something that may wait for a person for ever; a scheduled run must not.

    :raises SignInError: where it takes longer.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
            outcome.set_exception(error)

    threading.Thread(target=run, name="vault", daemon=True).start()
    try:
        return outcome.result(seconds)
    except NoResultInTime:
        raise SignInError(
            f"The vault for sign-ins did not open within {seconds:g} seconds; it may be waiting for a password.",
            remedy=LOCKED_REMEDY,
        ) from None


def _service(connection: Connection) -> str:
    return SERVICE.format(host=connection.host)


def _connection_entry(connection: Connection) -> str:
    return CONNECTION_ENTRY.format(name=connection.name.casefold())


def _vault() -> KeyringBackend:
    """The vault that ``keyring`` chooses (``PYTHON_KEYRING_BACKEND`` included), once it is known to be one.

    :raises SignInError: where it is none, or keeps secrets in a file anybody can read.
    """
    import keyring  # noqa: PLC0415  # it looks at every installed vault, which takes time

    try:
        chosen = keyring.get_keyring()
    except Exception:  # noqa: BLE001  # a vault that cannot start raises errors of its own libraries
        name = os.environ.get("PYTHON_KEYRING_BACKEND", "")
        why = f"PYTHON_KEYRING_BACKEND names {name}, which cannot be used here" if name else "none could be loaded"
        raise _no_vault(why) from None
    # A chain of vaults names its members; the first that is safe is used, so that no secret slips into another.
    backends: list[KeyringBackend] = list(getattr(chosen, "backends", [chosen]))
    reasons = [_fault_of(backend) for backend in backends]
    for backend, reason in zip(backends, reasons, strict=True):
        if not reason:
            return backend
    raise _no_vault(reasons[0] if reasons else "none is installed")


def _fault_of(backend: KeyringBackend) -> str:
    """Why secrets may not be kept there; ``""`` where they may."""
    module, name = type(backend).__module__, type(backend).__name__
    if module == "keyring.backends.fail":
        return "none was found"
    if module == "keyring.backends.null":
        return "keeping sign-ins is switched off (the null keyring)"
    if "plaintext" in name.lower():
        return f"{module}.{name} keeps secrets in a file that is not encrypted"
    return ""


def _no_vault(reason: str) -> SignInError:
    remedy = VAULT_REMEDIES.get(sys.platform, "")
    return SignInError(
        f"There is no safe place for sign-ins on this computer: {reason}.",
        remedy=f"{remedy} {IN_THE_ENVIRONMENT}".strip(),
    )


def _name_of(vault: KeyringBackend) -> str:
    module = type(vault).__module__
    known = next((name for prefix, name in VAULT_NAMES.items() if module.startswith(prefix)), None)
    return known or f"the vault “{type(vault).__name__}”"


@contextmanager
def _vault_words(vault: KeyringBackend) -> Iterator[None]:
    """Whatever a vault raises becomes a SignInError without its text, which might hold what was to be stored."""
    from keyring.errors import InitError, KeyringLocked  # noqa: PLC0415  # as above

    name = _name_of(vault)
    try:
        yield
    except (KeyringLocked, InitError):
        raise SignInError(f"{name[:1].upper()}{name[1:]} is locked.", remedy=LOCKED_REMEDY) from None
    except DataSyncError:
        raise
    except Exception as error:  # noqa: BLE001  # vaults raise errors of their own libraries (D-Bus, Windows)
        kind = type(error).__name__
        if "lock" in kind.lower() or "dismiss" in kind.lower():
            raise SignInError(f"{name[:1].upper()}{name[1:]} is locked.", remedy=LOCKED_REMEDY) from None
        raise SignInError(
            f"{name[:1].upper()}{name[1:]} could not be used ({kind}).",
            remedy=VAULT_REMEDIES.get(sys.platform, ""),
        ) from None


def _none_found(connection: Connection) -> SignInError:
    return SignInError(
        f"No saved sign-in for “{connection.name}” ({connection.host}) was found on this computer under the account "
        f"{account_name()}.",
        remedy=f"A scheduled task cannot see what another account has saved. {_two_ways(connection)}",
    )


def _without_person(trouble: SignInError, connection: Connection) -> SignInError:
    return SignInError(
        trouble.what,
        where=f"{connection.name} ({connection.host}), account {account_name()}",
        remedy=f"{trouble.remedy} {_two_ways(connection)}",
    )


def _two_ways(connection: Connection) -> str:
    key_id, key_secret = variable(connection, "KEY_ID"), variable(connection, "KEY_SECRET")
    return f"Run “xl-datasync login” as {account_name()}, or set {key_id} and {key_secret} in its environment."


def account_name() -> str:
    """The account of the operating system this runs under."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "of this process"
