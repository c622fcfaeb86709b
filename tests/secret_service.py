"""A real Secret Service for tests: gnome-keyring on a D-Bus of its own, with a home of its own."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import keyring
import pytest

DAEMON = shutil.which("gnome-keyring-daemon")
BUS = shutil.which("dbus-daemon")
# A bus that starts no service by itself: a first question could otherwise start a second, locked vault.
BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={home}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@pytest.fixture(scope="module")
def secret_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A D-Bus of our own with an unlocked gnome-keyring in a home of its own; yields its address."""
    if not (DAEMON and BUS):
        if os.environ.get("CI") == "true":
            pytest.fail("gnome-keyring-daemon and dbus-daemon are needed for the tests of the vault")
        pytest.skip("gnome-keyring-daemon or dbus-daemon is not installed")
    home = tmp_path_factory.mktemp("home")
    folders = dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(home))
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    with ExitStack() as stack, (home / "log").open("wb") as log:
        configuration = home / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(home=home), encoding="utf-8")
        bus_command = [BUS, f"--config-file={configuration}", "--nofork", "--print-address=1"]
        bus = _start(stack, bus_command, {**environment, **folders}, stdout=subprocess.PIPE, stderr=log)
        assert bus.stdout
        address = bus.stdout.readline().decode().strip()
        environment["DBUS_SESSION_BUS_ADDRESS"] = address
        command = [DAEMON, "--foreground", "--unlock", "--components=secrets", f"--control-directory={home}"]
        daemon = _start(
            stack, command, {**environment, **folders}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log
        )
        assert daemon.stdin
        daemon.stdin.write(b"throw-away\n")
        daemon.stdin.close()
        _wait_for_vault(address)
        yield address


def _start(
    stack: ExitStack, command: list[str], environment: dict[str, str], **pipes: object
) -> subprocess.Popen[bytes]:
    """Start a process that ends with the stack."""
    process = stack.enter_context(subprocess.Popen(command, env=environment, **pipes))  # type: ignore[call-overload]
    stack.callback(process.terminate)
    return process  # type: ignore[no-any-return]


def _wait_for_vault(address: str) -> None:
    """Wait until the vault answers."""
    import secretstorage  # noqa: PLC0415  # on Linux alone

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        for _ in range(200):
            # The service answers before its collection is there.
            with suppress(secretstorage.exceptions.SecretStorageException):
                if not lock_state(lock=False, patience=True):
                    return
            time.sleep(0.05)
    raise AssertionError("the vault did not start")


def lock_state(*, lock: bool, patience: bool = False) -> bool:
    """Whether the vault is locked, after locking it where that is wanted."""
    import secretstorage  # noqa: PLC0415  # on Linux alone

    bus = secretstorage.dbus_init()
    try:
        if patience and not secretstorage.check_service_availability(bus):
            return True
        # Not get_default_collection, which asks to make one where the service has not made its own yet.
        collection = secretstorage.get_collection_by_alias(bus, "default")
        if lock:
            collection.lock()
        return bool(collection.is_locked())
    finally:
        bus.close()


@pytest.fixture
def real_vault(secret_service: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real vault in use, as keyring itself chooses it."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", secret_service)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring")
    keyring.core._keyring_backend = None
    yield
    gc.collect()
