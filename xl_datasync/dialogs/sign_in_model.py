"""What is decided in the windows that sign in."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_datasync.core.connection import Connection, SignIn, SignInType, portal_address
from xl_datasync.core.dataset import DATASET_ID
from xl_datasync.dialogs.forms import Answer, ConnectionForm, SignedIn
from xl_datasync.dialogs.portal_model import Faults, NewPortal, marked, named_connection, portal_faults
from xl_datasync.dialogs.portals import on_this_computer
from xl_datasync.dialogs.words import BLANK, SECRET_LABEL, USER_LABEL

TYPED = "typed in"

KEY_PAGE = "/profile/edit/developer_settings"
"""Where portals let people make API keys; named so in the guides of many portals."""
WHERE_KEY = "Where do I find an API key?"
ABOUT_PASSWORDS = (
    "Use the user name, mostly an e-mail address, and the password of the portal. "
    "An API key is safer, because it can be taken back without changing the password."
)
NO_VAULT = "This computer has no usable password vault, so that the sign-in serves this once."


def sign_in_page(kind: SignInType, connection: Connection | None) -> str:
    """The page of a portal that shows or makes what is asked for; ``""`` where there is none, or no portal yet."""
    if connection is None:
        return ""
    if on_this_computer(connection):
        return f"{connection.address}/"
    return f"{connection.address}{KEY_PAGE}" if kind is SignInType.API_KEY else ""


def sign_in_help(kind: SignInType, connection: Connection | None) -> str:
    """Where the two parts of a sign-in come from, at this portal."""
    page = sign_in_page(kind, connection)
    if connection is not None and on_this_computer(connection):
        what = WHERE_KEY if kind is SignInType.API_KEY else "Where do I find a user name and its password?"
        return f"{what} The practice portal shows those it takes on its own page, {page}, under “How to sign in”."
    if kind is SignInType.USER_NAME:
        return ABOUT_PASSWORDS
    where = f"open {page}" if page else "open your profile there, “Developer Settings”,"
    return (
        f"{WHERE_KEY} Sign in to the portal in your browser, {where} and press “Create New API Key”. "
        "The secret is shown there once."
    )


@dataclass(frozen=True)
class TypedSignIn:
    """The two parts of a sign-in as typed, and whether to keep it."""

    user: str = ""
    secret: str = ""
    keep: bool = False


def sign_in_faults(typed: TypedSignIn, sign_in_type: SignInType) -> Faults:
    """What is wrong with a sign-in."""
    faults: Faults = {}
    user, secret = typed.user.strip(), typed.secret.strip()
    if not user:
        faults["user"] = f"{BLANK} Enter the {_small(USER_LABEL[sign_in_type])}."
    elif DATASET_ID.fullmatch(user.lower()):
        faults["user"] = "This looks like a dataset's ID, not like a sign-in."
    if not secret:
        faults["secret"] = f"{BLANK} Enter the {_small(SECRET_LABEL[sign_in_type])}."
    elif user and secret == user:
        faults["secret"] = f"This is the {_small(USER_LABEL[sign_in_type])} once more."
    return faults


def _small(label: str) -> str:
    """A label within a sentence."""
    return label if label.startswith("API") else label.lower()


def answer_of(typed: TypedSignIn) -> Answer:
    """The sign-in; spaces and line ends that were copied along are left out."""
    return Answer(SignIn(typed.user.strip(), typed.secret.strip(), TYPED), typed.keep)


@dataclass(frozen=True)
class TypedConnection:
    """Which portal, as chosen or typed, and the sign-in.

    :param chosen: the name of a known portal; None for a new one.
    """

    chosen: str | None
    portal: NewPortal = field(default_factory=NewPortal)
    sign_in: TypedSignIn = field(default_factory=TypedSignIn)


def connection_faults(form: ConnectionForm, typed: TypedConnection) -> Faults:
    """What is wrong with a portal and its sign-in."""
    known = named_connection(form.connections, typed.chosen)
    kind = known.sign_in_type if known else typed.portal.sign_in_type
    names = [one.name for one in form.connections]
    faults = {} if known else portal_faults(typed.portal, names, form.check_address)
    return {**faults, **sign_in_faults(typed.sign_in, kind)}


def signed_in(form: ConnectionForm, typed: TypedConnection) -> SignedIn:
    """The answer, of fields without a fault."""
    answer = answer_of(typed.sign_in)
    known = named_connection(form.connections, typed.chosen)
    if known:
        return SignedIn(known, new=False, answer=answer)
    portal = typed.portal
    address = portal_address(portal.address)
    connection = Connection(portal.name.strip(), address, portal.sign_in_type, answer.sign_in.user)
    return SignedIn(marked(connection), new=True, answer=answer)
