"""The computer's own password vault: which one is used, what this program keeps there, and words for its troubles.

A secret is in the environment or in the vault and nowhere else. In the vault, service ``xl_datasync:<host>`` holds

- under each API key ID or user name: the secret;
- under ``app token: <ID or user name>``: the app token, where there is one;
- under ``index: connections``: for each connection that was signed in, the ID or user name it was signed in with, as
  JSON. Vaults cannot be asked on every system what they hold, so this says what there is to find and to remove.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoResultInTime
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from xl_datasync.core.connection import SignIn
from xl_datasync.core.errors import DataSyncError, NoSignIn, SignInError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "xl_datasync:{host}"
# No user name holds a colon (Basic sign-in ends the name with one), so these are never taken for one.
APP_TOKEN_ENTRY = "app token: {user}"  # noqa: S105  # the name of an entry, not what is in it
INDEX_ENTRY = "index: connections"
IN_THE_ENVIRONMENT = (
    "Or set XL_DATASYNC_<CONNECTION>_KEY_ID and XL_DATASYNC_<CONNECTION>_KEY_SECRET in the environment."
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


class Shelf:
    """What the vault holds for one portal.

    Every method raises :class:`~xl_datasync.core.errors.SignInError` where the vault is locked or fails.

    :raises SignInError: where there is no usable vault.
    """

    def __init__(self, host: str) -> None:
        self._vault = open_vault()
        self._service = SERVICE.format(host=host)
        self.name = name_of(self._vault)

    def users(self) -> dict[str, str]:
        """Connections, their names casefolded, and the ID or user name each was signed in with."""
        try:
            parsed = json.loads(self._get(INDEX_ENTRY) or "{}")
        except ValueError:
            return {}
        return {str(name): str(user) for name, user in parsed.items()} if isinstance(parsed, dict) else {}

    def saved(self) -> list[str]:
        """The IDs and user names there is a secret for."""
        return [user for user in dict.fromkeys(self.users().values()) if self._get(user) is not None]

    def read(self, user: str) -> SignIn | None:
        """The sign-in saved under an ID or user name."""
        secret = self._get(user)
        return SignIn(user, secret, self.name, self._get(APP_TOKEN_ENTRY.format(user=user))) if secret else None

    def keep(self, connection: str, sign_in: SignIn) -> None:
        """Save a sign-in for a connection; the one it had goes, unless another connection was signed in with it too."""
        self._set(sign_in.user, sign_in.secret)
        token_entry = APP_TOKEN_ENTRY.format(user=sign_in.user)
        if sign_in.app_token:
            self._set(token_entry, sign_in.app_token)
        else:
            self._delete(token_entry)
        before = self.users()
        users = {**before, connection: sign_in.user}
        self._write_index(users)
        earlier = before.get(connection, sign_in.user)
        if earlier not in users.values():
            self._drop(earlier)

    def remove(self, connection: str, users: Collection[str]) -> bool:
        """Remove secrets with their app tokens, and what the index says of them and of a connection.

        :returns: whether there was any such secret.
        """
        there = [self._drop(user) for user in users]
        index = self.users()
        left = {name: user for name, user in index.items() if name != connection and user not in users}
        if left != index:
            self._write_index(left)
        return any(there)

    def _drop(self, user: str) -> bool:
        self._delete(APP_TOKEN_ENTRY.format(user=user))
        return self._delete(user)

    def _write_index(self, users: Mapping[str, str]) -> None:
        if users:
            self._set(INDEX_ENTRY, json.dumps(users, ensure_ascii=False, separators=(",", ":")))
        else:
            self._delete(INDEX_ENTRY)

    def _get(self, entry: str) -> str | None:
        with vault_words(self._vault):
            return self._vault.get_password(self._service, entry)

    def _set(self, entry: str, value: str) -> None:
        with vault_words(self._vault):
            self._vault.set_password(self._service, entry, value)

    def _delete(self, entry: str) -> bool:
        with vault_words(self._vault):
            if self._vault.get_password(self._service, entry) is None:
                return False
            self._vault.delete_password(self._service, entry)
            return True


def open_vault() -> KeyringBackend:
    """The vault that ``keyring`` chooses (``PYTHON_KEYRING_BACKEND`` included), once it is known to be one.

    :raises SignInError: where it is none, or keeps secrets in a file anybody can read.
    """
    import keyring  # noqa: PLC0415  # it looks at every installed vault, which takes time

    try:
        chosen = keyring.get_keyring()
    except Exception:  # noqa: BLE001  # a vault that cannot start raises errors of its own libraries
        name = os.environ.get("PYTHON_KEYRING_BACKEND", "")
        why = f"PYTHON_KEYRING_BACKEND names {name}, which cannot be used here" if name else "none could be loaded"
        # A vault was chosen, so it may well hold a sign-in.
        raise _no_vault(why, SignInError) from None
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


def _no_vault(reason: str, kind: type[SignInError] = NoSignIn) -> SignInError:
    remedy = VAULT_REMEDIES.get(sys.platform, "")
    return kind(
        f"There is no safe place for sign-ins on this computer: {reason}.",
        remedy=f"{remedy} {IN_THE_ENVIRONMENT}".strip(),
    )


def name_of(vault: KeyringBackend) -> str:
    """The vault in words."""
    module = type(vault).__module__
    known = next((name for prefix, name in VAULT_NAMES.items() if module.startswith(prefix)), None)
    return known or f"the vault “{type(vault).__name__}”"


@contextmanager
def vault_words(vault: KeyringBackend) -> Iterator[None]:
    """Whatever a vault raises becomes a SignInError without its text, which might hold what was to be stored."""
    from keyring.errors import InitError, KeyringLocked  # noqa: PLC0415  # as above

    name = name_of(vault)
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


def within(seconds: float, work: Callable[[], T]) -> T:
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
