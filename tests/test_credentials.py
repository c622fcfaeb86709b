"""Where sign-ins come from, and that secrets stay where they belong."""

from __future__ import annotations

import getpass
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from tests.secret_service import lock_state
from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.errors import ConfigurationError, NoSignIn, SignInError
from xl_datasync.credentials import ALIASES, find_sign_in, forget_sign_in, save_sign_in, variable, vault_name

SECRET = "geheim-Ünlöck-7"
PERMITS = Connection("City permits", "https://data.example.gov", user="keyid1")
NAMELESS = Connection("Other", "https://data.example.gov")
OWN = "XL_DATASYNC_CITY_PERMITS"


class Memory(KeyringBackend):
    """A vault that lives as long as the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What was stored."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store."""
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove."""
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such entry")


class PlaintextKeyring(Memory):
    """Stands for a vault that writes secrets into a readable file."""


class Locked(Memory):
    """A vault nobody has opened; its errors carry what they should not."""

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse."""
        raise KeyringLocked(f"cannot open {service} {username} {SECRET}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuse."""
        raise KeyringLocked(f"cannot store {service} {username} {password}")


class Leaking(Memory):
    """A vault whose own library's errors come through."""

    def get_password(self, service: str, username: str) -> str | None:
        """Fail."""
        raise OSError(service, username, SECRET)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Fail."""
        raise OSError(service, username, password)


class Waiting(Memory):
    """A vault that shows a window and waits."""

    def __init__(self, answered: threading.Event) -> None:
        super().__init__()
        self.answered = answered

    def get_password(self, service: str, username: str) -> str | None:
        """Nothing, once somebody has answered."""
        self.answered.wait(5)
        return super().get_password(service, username)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign-in of the person who runs the tests."""
    for name in [name for name in os.environ if "SOCRATA" in name or name.startswith("XL_DATASYNC_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)


@pytest.fixture(autouse=True)
def memory() -> Iterator[Memory]:
    """An in-memory vault in place of this computer's."""
    before = keyring.core._keyring_backend
    vault = Memory()
    keyring.set_keyring(vault)
    yield vault
    keyring.core._keyring_backend = before


def asked(connection: Connection) -> SignIn:
    """A person who answers."""
    return SignIn("typed", "typed-secret", "what was typed")


def nobody(connection: Connection) -> SignIn:
    """Must not be called."""
    raise AssertionError("somebody was asked")


def test_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection's own variables go before vault and person, with the app token."""
    save_sign_in(PERMITS, SignIn("keyid1", "from-vault"))
    monkeypatch.setenv(f"{OWN}_KEY_ID", "env-id")
    monkeypatch.setenv(f"{OWN}_KEY_SECRET", SECRET)
    monkeypatch.setenv(f"{OWN}_APP_TOKEN", "tokenthatisnosecretatall1")
    found = find_sign_in(PERMITS, nobody)
    assert found == SignIn("env-id", SECRET, "the environment", "tokenthatisnosecretatall1")


def set_alias(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], domain: str = "data.example.gov") -> None:
    """Set the variables of another tool."""
    for name, value in zip(names, (domain, "alias", SECRET), strict=True):
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("names", ALIASES)
def test_usual_names(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """The names other tools use serve for the portal they name, after the connection's own and after the vault."""
    set_alias(monkeypatch, names, "https://Data.example.gov/")
    assert find_sign_in(NAMELESS, nobody).user == "alias"
    save_sign_in(NAMELESS, SignIn("saved", "x"))
    assert find_sign_in(NAMELESS, None).user == "saved"
    monkeypatch.setenv("XL_DATASYNC_OTHER_KEY_ID", "own")
    monkeypatch.setenv("XL_DATASYNC_OTHER_KEY_SECRET", "x")
    assert find_sign_in(NAMELESS, None).user == "own"


@pytest.mark.parametrize("names", ALIASES)
def test_usual_names_are_for_one_portal(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """They are never sent to another host that a workbook names, nor used in place of the user it names."""
    for domain in ("", "data.other.gov", "data.example.gov.evil.example"):
        set_alias(monkeypatch, names, domain)
        with pytest.raises(NoSignIn):
            find_sign_in(NAMELESS, None)
    set_alias(monkeypatch, names)
    with pytest.raises(NoSignIn):
        find_sign_in(PERMITS, None)
    assert find_sign_in(Connection("Other", NAMELESS.address, user="alias"), None).user == "alias"


def test_usual_names_without_a_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without a vault can use them."""
    keyring.set_keyring(fail.Keyring())
    set_alias(monkeypatch, ALIASES[0])
    assert find_sign_in(NAMELESS, None).user == "alias"


def test_name_that_no_variable_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names without Latin letters or digits would share variables: they have none, and are told how to get some."""
    for part in ("KEY_ID", "KEY_SECRET", "APP_TOKEN"):
        monkeypatch.setenv(f"XL_DATASYNC____{part}", SECRET)
    tokyo = Connection("東京", NAMELESS.address)
    with pytest.raises(NoSignIn, match="Give the connection a name with Latin letters or digits"):
        find_sign_in(tokyo, None)
    with pytest.raises(SignInError, match="cannot be part of an environment variable"):
        variable(tokyo, "KEY_ID")
    save_sign_in(tokyo, SignIn("keyid1", "saved"))
    assert (find_sign_in(tokyo, None).secret, find_sign_in(tokyo, None).app_token) == ("saved", None)


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        (f"{OWN}_KEY_ID", f"{OWN}_KEY_SECRET"),
        (f"{OWN}_KEY_SECRET", f"{OWN}_KEY_ID"),
        ("MY_SOCRATA_PASSWORD", "MY_SOCRATA_USERNAME"),
    ],
)
def test_half_a_pair(monkeypatch: pytest.MonkeyPatch, there: str, missing: str) -> None:
    """Half a sign-in in the environment is an error that names both variables and no value."""
    monkeypatch.setenv("MY_SOCRATA_DOMAIN", PERMITS.host)
    monkeypatch.setenv(there, SECRET)
    with pytest.raises(SignInError, match=f"{there} is set but {missing} is not") as caught:
        find_sign_in(PERMITS, nobody)
    assert SECRET not in str(caught.value)
    assert not isinstance(caught.value, NoSignIn)


def test_vault_comes_second(memory: Memory) -> None:
    """What was saved is found without asking, with its app token and in words where it came from."""
    save_sign_in(PERMITS, SignIn("keyid1", SECRET, app_token="tokenthatisnosecretatall1"))
    found = find_sign_in(PERMITS, nobody)
    assert (found.user, found.secret, found.app_token) == ("keyid1", SECRET, "tokenthatisnosecretatall1")
    assert found.source == vault_name() == "the vault “Memory”"
    assert {service for service, _ in memory.entries} == {"xl_datasync:data.example.gov"}


def test_connection_without_user() -> None:
    """A connection whose row has no user gets the one it was last signed in with, whatever else is saved."""
    save_sign_in(NAMELESS, SignIn("keyid9", SECRET))
    save_sign_in(PERMITS, SignIn("keyid1", "another"))
    assert find_sign_in(NAMELESS, None).user == "keyid9"


def test_saved_under_another_name() -> None:
    """What “login --portal” saved is found by a connection without a user; of several, one has to be named."""
    save_sign_in(Connection("data.example.gov", NAMELESS.address), SignIn("keyid9", SECRET))
    assert find_sign_in(NAMELESS, None).user == "keyid9"
    save_sign_in(PERMITS, SignIn("keyid1", "another"))
    with pytest.raises(SignInError, match=r"Several sign-ins .* saved on this computer: “keyid9”, “keyid1”") as caught:
        find_sign_in(NAMELESS, None)
    assert not isinstance(caught.value, NoSignIn)
    assert "Key ID or user name" in caught.value.remedy


def test_saved_for_another_user() -> None:
    """Where the sheet names a user without a secret, whose is saved instead is said, and it is not used."""
    save_sign_in(PERMITS, SignIn("keyid2", SECRET))
    with pytest.raises(NoSignIn, match=r"No secret of “keyid1” .* but one of “keyid2” is") as caught:
        find_sign_in(PERMITS, None)
    assert SECRET not in str(caught.value)
    assert find_sign_in(PERMITS, asked).user == "typed"


def test_secret_belongs_to_a_host() -> None:
    """A saved secret is never given to another host, nor to the same with another port."""
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    for address in ("https://evil.example", "https://data.example.gov:8443"):
        with pytest.raises(SignInError):
            find_sign_in(Connection(PERMITS.name, address, user="keyid1"), None)


def test_person_comes_last() -> None:
    """Where nothing is stored a person is asked, and what they say is not saved by itself."""
    assert find_sign_in(PERMITS, asked).user == "typed"
    with pytest.raises(SignInError):
        find_sign_in(PERMITS, None)


def test_nobody_to_ask() -> None:
    """An unattended run says what is missing, for which account, and both ways to mend it."""
    with pytest.raises(SignInError) as caught:
        find_sign_in(PERMITS, None)
    words = str(caught.value)
    assert caught.value.exit_code == 4
    assert "No saved sign-in for “City permits” (data.example.gov) was found" in words
    assert getpass.getuser() in words
    assert "scheduled task cannot see" in words
    assert "xl-datasync login" in words
    assert f"{OWN}_KEY_ID and {OWN}_KEY_SECRET" in words


@pytest.mark.parametrize("way", ["environment", "save", "ask"])
def test_dataset_id_is_no_app_token(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """A dataset ID pasted as app token is refused with the explanation, wherever it came from."""
    wrong = SignIn("keyid1", SECRET, app_token="abcd-1234")
    if way == "environment":
        monkeypatch.setenv(f"{OWN}_APP_TOKEN", "abcd-1234")
    attempts = {
        "environment": lambda: find_sign_in(PERMITS, asked),
        "save": lambda: save_sign_in(PERMITS, wrong),
        "ask": lambda: find_sign_in(PERMITS, lambda _: wrong),
    }
    with pytest.raises(SignInError, match="“abcd-1234” is a dataset ID, not an app token"):
        attempts[way]()


def test_incomplete_sign_in() -> None:
    """Half a sign-in is not saved."""
    for half in (SignIn("", SECRET), SignIn("keyid1", "")):
        with pytest.raises(ConfigurationError, match="not complete"):
            save_sign_in(PERMITS, half)


def test_forgetting(memory: Memory) -> None:
    """All of a connection's entries go; forgetting what is not there says so and does no harm."""
    save_sign_in(NAMELESS, SignIn("keyid9", SECRET, app_token="tokenthatisnosecretatall1"))
    assert forget_sign_in(NAMELESS)
    assert memory.entries == {}
    assert not forget_sign_in(NAMELESS)
    with pytest.raises(SignInError):
        find_sign_in(NAMELESS, None)


def test_forgetting_takes_everything(memory: Memory) -> None:
    """Nothing of a connection stays: not what was saved for another user than the sheet's, nor under another name."""
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    save_sign_in(PERMITS, SignIn("keyid2", SECRET, app_token="tokenthatisnosecretatall1"))
    assert forget_sign_in(PERMITS)
    assert memory.entries == {}
    save_sign_in(Connection("data.example.gov", NAMELESS.address), SignIn("keyid9", SECRET))
    assert forget_sign_in(NAMELESS)
    assert memory.entries == {}


def test_forgetting_leaves_the_others() -> None:
    """A connection's own sign-in is removed and no other; another name for the same ID loses it too."""
    save_sign_in(NAMELESS, SignIn("keyid9", SECRET))
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    assert forget_sign_in(NAMELESS)
    assert find_sign_in(PERMITS, None).user == "keyid1"
    save_sign_in(NAMELESS, SignIn("keyid1", SECRET))
    assert forget_sign_in(PERMITS)
    with pytest.raises(NoSignIn, match="No saved sign-in"):
        find_sign_in(NAMELESS, None)


def test_new_id_takes_the_place_of_the_old(memory: Memory) -> None:
    """The earlier ID's secret and app token go, unless another connection was signed in with it."""
    save_sign_in(NAMELESS, SignIn("old", "old secret", app_token="tokenthatisnosecretatall1"))
    save_sign_in(NAMELESS, SignIn("new", SECRET))
    assert {entry for _, entry in memory.entries} == {"new", "index: connections"}
    save_sign_in(PERMITS, SignIn("new", SECRET))
    save_sign_in(NAMELESS, SignIn("newer", SECRET))
    assert {"new", "newer"} < {entry for _, entry in memory.entries}


@pytest.mark.parametrize("index", ["{oops", "[]", ""])
def test_broken_index(memory: Memory, index: str) -> None:
    """An index that somebody has spoilt costs no sign-in whose ID the sheet names, and is written anew."""
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    memory.entries["xl_datasync:data.example.gov", "index: connections"] = index
    assert find_sign_in(PERMITS, None).secret == SECRET
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    assert find_sign_in(NAMELESS, None).user == "keyid1"


def test_saving_again_replaces() -> None:
    """A new sign-in takes the place of the old one, app token included."""
    save_sign_in(PERMITS, SignIn("keyid1", "old", app_token="tokenthatisnosecretatall1"))
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    found = find_sign_in(PERMITS, None)
    assert (found.secret, found.app_token) == (SECRET, None)


class EmptyChain(chainer.ChainerBackend):
    """A chain without members."""

    backends: ClassVar[list[KeyringBackend]] = []


class Chain(chainer.ChainerBackend):
    """A chain whose first member is a readable file."""

    backends: ClassVar[list[KeyringBackend]] = [PlaintextKeyring(), Memory()]


@pytest.mark.parametrize(
    ("vault", "words"),
    [
        (fail.Keyring(), "none was found"),
        (null.Keyring(), "switched off"),
        (PlaintextKeyring(), "not encrypted"),
        (EmptyChain(), "none is installed"),
    ],
)
def test_no_vault(vault: KeyringBackend, words: str) -> None:
    """Where there is no safe vault nothing is saved, the reason is given, and a person can still sign in for now."""
    keyring.set_keyring(vault)
    for attempt in (
        lambda: save_sign_in(PERMITS, SignIn("keyid1", SECRET)),
        vault_name,
        lambda: forget_sign_in(PERMITS),
    ):
        with pytest.raises(SignInError, match=words) as caught:
            attempt()
        assert caught.value.remedy
    with pytest.raises(SignInError, match=words) as caught:
        find_sign_in(PERMITS, None)
    assert isinstance(caught.value, NoSignIn)
    assert f"{OWN}_KEY_SECRET" in caught.value.remedy
    assert find_sign_in(PERMITS, asked).user == "typed"


def test_chain_uses_its_safe_member() -> None:
    """Of a chain only a safe member is used: nothing slips into a readable file."""
    keyring.set_keyring(Chain())
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    readable, safe = Chain.backends
    assert isinstance(readable, Memory)
    assert isinstance(safe, Memory)
    assert not readable.entries
    assert SECRET in safe.entries.values()


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("keyring.backends.null.Keyring", "switched off"),
        ("no.such.Backend", "PYTHON_KEYRING_BACKEND names no.such.Backend"),
        ("keyring.backends.macOS.NoSuch", "PYTHON_KEYRING_BACKEND names"),
    ],
)
def test_choice_of_the_environment(monkeypatch: pytest.MonkeyPatch, choice: str, words: str) -> None:
    """The vault the environment chooses is the one that counts, and one that cannot be used is named."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", choice)
    keyring.core._keyring_backend = None
    with pytest.raises(SignInError, match=words) as caught:
        vault_name()
    # One that was chosen and cannot be used is trouble: the sign-in may well be there.
    assert isinstance(caught.value, NoSignIn) is (words == "switched off")


@pytest.mark.parametrize(("vault", "words"), [(Locked(), "is locked"), (Leaking(), r"could not be used \(OSError\)")])
def test_vault_in_trouble(vault: KeyringBackend, words: str) -> None:
    """A locked or broken vault is told apart from a missing secret, and its own words, which may hold one, are kept back."""
    keyring.set_keyring(vault)
    for attempt in (lambda: find_sign_in(PERMITS, None), lambda: save_sign_in(PERMITS, SignIn("keyid1", SECRET))):
        with pytest.raises(SignInError, match=words) as caught:
            attempt()
        assert SECRET not in str(caught.value)
        assert not isinstance(caught.value, NoSignIn)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert find_sign_in(PERMITS, asked).user == "typed"


def test_vault_that_waits_for_somebody() -> None:
    """A scheduled run does not wait for ever for a password nobody will type."""
    answered = threading.Event()
    keyring.set_keyring(Waiting(answered))
    with pytest.raises(SignInError, match=r"did not open within 0\.05 seconds"):
        find_sign_in(PERMITS, None, patience=0.05)
    answered.set()


def test_log_names_the_source_only(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The log says where a sign-in came from; neither it nor a representation holds a secret."""
    caplog.set_level(logging.DEBUG)
    save_sign_in(PERMITS, SignIn("keyid1", SECRET))
    seen = [repr(find_sign_in(PERMITS, None))]
    monkeypatch.setenv(f"{OWN}_KEY_ID", "env-id")
    monkeypatch.setenv(f"{OWN}_KEY_SECRET", SECRET)
    seen += [repr(find_sign_in(PERMITS, None)), caplog.text]
    assert "from the environment" in caplog.text
    assert "from the vault “Memory”" in caplog.text
    assert not [text for text in seen if SECRET in text]


def test_import_is_light() -> None:
    """Importing this does not look for vaults; that happens when one is needed."""
    code = "import sys, xl_datasync.credentials; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


USES_REAL_VAULT = pytest.mark.usefixtures("real_vault")
# keyring leaves its connection open when the vault is locked or out of reach.
LEAVES_SOCKETS = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@USES_REAL_VAULT
@LEAVES_SOCKETS
def test_real_vault(tmp_path: Path) -> None:
    """In a real Secret Service: nothing is found, then what was saved is, then it is gone; locked is not missing."""
    assert vault_name() == "the login keyring (Secret Service)"
    with pytest.raises(SignInError, match="No saved sign-in"):
        find_sign_in(NAMELESS, None)
    save_sign_in(NAMELESS, SignIn("keyid9", SECRET, app_token="tokenthatisnosecretatall1"))
    save_sign_in(PERMITS, SignIn("keyid1", "another"))
    found = find_sign_in(NAMELESS, None)
    assert (found.user, found.secret, found.app_token) == ("keyid9", SECRET, "tokenthatisnosecretatall1")
    assert find_sign_in(PERMITS, None).secret == "another"
    assert forget_sign_in(NAMELESS)
    assert find_sign_in(PERMITS, None).secret == "another"
    assert forget_sign_in(PERMITS)
    assert not forget_sign_in(PERMITS)
    for connection in (NAMELESS, PERMITS):
        with pytest.raises(NoSignIn, match="No saved sign-in"):
            find_sign_in(connection, None)
    assert lock_state(lock=True)
    for attempt in (lambda: find_sign_in(PERMITS, None), lambda: save_sign_in(PERMITS, SignIn("keyid1", SECRET))):
        with pytest.raises(SignInError, match=r"The login keyring \(Secret Service\) is locked"):
            attempt()


@USES_REAL_VAULT
@LEAVES_SOCKETS
def test_real_vault_out_of_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A session without a D-Bus, as a scheduled task has, is told in words, with the way around it."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(SignInError, match="which cannot be used here") as caught:
        find_sign_in(PERMITS, None)
    assert f"{OWN}_KEY_ID" in caught.value.remedy
