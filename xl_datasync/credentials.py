"""Where a sign-in comes from: environment, then the computer's own vault, then usual variables, then a person."""

from __future__ import annotations

import getpass
import logging
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.dataset import DATASET_ID
from xl_datasync.core.errors import ConfigurationError, NoSignIn, SignInError
from xl_datasync.vault import Shelf, name_of, open_vault, within

log = logging.getLogger(__name__)

ENVIRONMENT = "the environment"
NAME_FOR_VARIABLES = "Give the connection a name with Latin letters or digits"
PATIENCE = 60.0
# Names that other tools for these portals have made usual, with the one that says which portal they are for: they name
# no connection, so without that a workbook could have them sent to any host it likes.
ALIASES = (
    ("MY_SOCRATA_DOMAIN", "MY_SOCRATA_USERNAME", "MY_SOCRATA_PASSWORD"),
    ("SOCRATA_DOMAIN", "SOCRATA_USERNAME", "SOCRATA_PASSWORD"),
    ("SOCRATA_DOMAIN", "SOCRATA_KEY_ID", "SOCRATA_KEY_SECRET"),
)


def find_sign_in(
    connection: Connection, ask: Callable[[Connection], SignIn] | None, patience: float = PATIENCE
) -> SignIn:
    """The sign-in for a connection: its own variables, else the vault, else usual variables, else who can be asked.

    :param ask: asks a person; None where nobody is there, as in a scheduled run: then nobody is ever asked.
    :param patience: seconds a vault gets where nobody is there to answer the window it may open.
    :raises NoSignIn: where none is found.
    :raises SignInError: where the environment holds half a pair, the vault is locked or unusable and nobody can be
        asked, several sign-ins are saved and none is named, or the app token cannot be one.
    """
    found, trouble = _from_own_variables(connection), None
    if found is None:
        try:
            found = _from_vault(connection) if ask else within(patience, partial(_from_vault, connection))
        except SignInError as error:
            trouble = error
    found = found or _from_usual_variables(connection)
    if found is None and ask is not None:
        if trouble:
            log.warning("%s", trouble.what)
        found = ask(connection)
    if found is None:
        raise (trouble and _without_person(trouble, connection)) or _none_found(connection)
    token = os.environ.get(variable(connection, "APP_TOKEN"), "").strip() if _can_be_variable(connection) else ""
    found = replace(found, app_token=token) if token else found
    check_app_token(found.app_token)
    log.info(
        "Signing in to %s with a sign-in from %s.",
        connection.host,
        found.source or "the person at the screen",
    )
    return found


def save_sign_in(connection: Connection, sign_in: SignIn) -> None:
    """Put a sign-in into the vault, in place of an earlier one of the same connection.

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
    shelf = Shelf(connection.host)
    shelf.keep(_key(connection), sign_in)
    log.info("The sign-in for %s is saved in %s.", connection.host, shelf.name)


def forget_sign_in(connection: Connection) -> bool:
    """Take out of the vault what was saved for a connection, and what a run of it would find there.

    :returns: whether there was anything.
    :raises SignInError: where there is no usable vault, it is locked, or several sign-ins are saved and none is named.
    """
    shelf = Shelf(connection.host)
    users = {shelf.users().get(_key(connection), ""), _user_in(shelf, connection)} - {""}
    return shelf.remove(_key(connection), users)


def vault_name() -> str:
    """The vault in words, for messages and windows.

    :raises SignInError: where there is no usable one, with the reason and what to do on this system.
    """
    return name_of(open_vault())


def variable(connection: Connection, part: str) -> str:
    """The environment variable for a part (``KEY_ID``, ``KEY_SECRET``, ``APP_TOKEN``) of a connection's sign-in.

    Everything but Latin letters and digits becomes ``_``, so “Prod-A” and “Prod A” share theirs.

    :raises SignInError: where nothing of the name would be left: then any two such connections would share theirs.
    """
    if not _can_be_variable(connection):
        raise SignInError(
            f"The name “{connection.name}” cannot be part of an environment variable.",
            where=connection.name,
            remedy=f"{NAME_FOR_VARIABLES} to use environment variables.",
        )
    return f"XL_DATASYNC_{_in_variables(connection)}_{part}"


def _can_be_variable(connection: Connection) -> bool:
    return bool(_in_variables(connection).strip("_"))


def _in_variables(connection: Connection) -> str:
    return re.sub("[^A-Z0-9]", "_", connection.name.upper())


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


def _from_own_variables(connection: Connection) -> SignIn | None:
    if not _can_be_variable(connection):
        return None
    return _pair(connection, variable(connection, "KEY_ID"), variable(connection, "KEY_SECRET"))


def _from_usual_variables(connection: Connection) -> SignIn | None:
    """What other tools' variables hold, where they say it is for this portal, and for this user where one is named."""
    for domain, *names in ALIASES:
        host = os.environ.get(domain, "").strip().casefold().rpartition("//")[2].rstrip("/")
        found = _pair(connection, *names) if host == connection.host.casefold() else None
        if found and connection.user in ("", found.user):
            return found
    return None


def _pair(connection: Connection, user_name: str, secret_name: str) -> SignIn | None:
    user, secret = os.environ.get(user_name, ""), os.environ.get(secret_name, "")
    if bool(user) != bool(secret):
        there, missing = (user_name, secret_name) if user else (secret_name, user_name)
        raise SignInError(
            f"The environment variable {there} is set but {missing} is not.",
            where=connection.name,
            remedy="Set both or neither.",
        )
    return SignIn(user, secret, ENVIRONMENT) if user else None


def _from_vault(connection: Connection) -> SignIn | None:
    shelf = Shelf(connection.host)
    user = _user_in(shelf, connection)
    found = shelf.read(user) if user else None
    others = shelf.saved() if user and not found else []
    if others:
        raise NoSignIn(
            f"No secret of “{user}” for {connection.host} is saved on this computer, but one of {_listed(others)} is.",
            where=connection.name,
            remedy=f"If that is the one that is meant, write it into “Key ID or user name” of “{connection.name}”.",
        )
    return found


def _user_in(shelf: Shelf, connection: Connection) -> str:
    """Whose sign-in a connection uses: the sheet's, else the one it was signed in with, else the only one there is.

    :raises SignInError: where several are saved and nothing says which is meant.
    """
    if connection.user:
        return connection.user
    saved = shelf.saved()
    own = shelf.users().get(_key(connection), "")
    if own in saved:
        return own
    if len(saved) > 1:
        raise SignInError(
            f"Several sign-ins for {connection.host} are saved on this computer: {_listed(saved)}.",
            where=connection.name,
            remedy=f"Write the one that is meant into “Key ID or user name” of “{connection.name}”.",
        )
    return saved[0] if saved else ""


def _listed(users: Sequence[str]) -> str:
    return ", ".join(f"“{user}”" for user in users)


def _key(connection: Connection) -> str:
    return connection.name.casefold()


def _none_found(connection: Connection) -> NoSignIn:
    return NoSignIn(
        f"No saved sign-in for “{connection.name}” ({connection.host}) was found on this computer under the account "
        f"{account_name()}.",
        remedy=f"A scheduled task cannot see what another account has saved. {_two_ways(connection)}",
    )


def _without_person(trouble: SignInError, connection: Connection) -> SignInError:
    return type(trouble)(
        trouble.what,
        where=f"{connection.name} ({connection.host}), account {account_name()}",
        remedy=f"{trouble.remedy} {_two_ways(connection)}",
    )


def _two_ways(connection: Connection) -> str:
    if not _can_be_variable(connection):
        return f"Run “xl-datasync login” as {account_name()}. {NAME_FOR_VARIABLES} to use environment variables."
    key_id, key_secret = variable(connection, "KEY_ID"), variable(connection, "KEY_SECRET")
    return f"Run “xl-datasync login” as {account_name()}, or set {key_id} and {key_secret} in its environment."


def account_name() -> str:
    """The account of the operating system this runs under."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "of this process"
