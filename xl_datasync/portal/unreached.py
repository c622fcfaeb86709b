"""Words for answers that do not come from the portal, and for none at all. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from xl_datasync.core.errors import NOTHING_SENT, PortalError
from xl_datasync.portal.deeds import TRY_LATER
from xl_datasync.portal.refusals import Setting, uncertain


def redirected(setting: Setting, target: str, reference: str) -> PortalError:
    """The error for a redirect that is not followed: it would hand the sign-in or the rows to somebody else (§1.8)."""
    host = urlsplit(target).netloc.rpartition("@")[2] or setting.host
    moved = host != setting.host
    return PortalError(
        f"The portal points to another address, {host}." if moved else "The portal points to another page of its own.",
        where=setting.host,
        unaffected=setting.deed.untouched + ("" if setting.deed.writes else " The sign-in was not passed on."),
        remedy=f"If {host} is your portal, write https://{host} as the address of the connection and sign in there; "
        "otherwise tell whoever looks after the portal."
        if moved
        else "Check the portal's address, and the dataset's link.",
        reference=reference,
    )


def not_a_portal(setting: Setting, reference: str) -> PortalError:
    """The error for an answer that no open-data portal gives, such as the sign-in page of a guest network."""
    unaffected, remedy = uncertain(setting)
    return PortalError(
        "A page came back that is not an open-data portal's answer.",
        where=setting.host,
        outcome_known=not setting.deed.writes,
        unaffected=unaffected,
        remedy=f"Check the portal's address, and whether this network wants you to sign in first. {remedy}".strip(),
        reference=reference,
    )


def nothing_came(setting: Setting, reference: str) -> PortalError:
    """The error for a question that was answered with nothing at all."""
    return PortalError(
        "The portal's answer was empty.",
        where=setting.host,
        temporary=True,
        unaffected=setting.deed.untouched,
        remedy=TRY_LATER,
        reference=reference,
    )


def proxy_failed(setting: Setting, proxy: str, status: int | None, reference: str) -> PortalError:
    """The error for a proxy server that cannot be used; nothing went through it."""
    wants_sign_in = status == 407
    return PortalError(
        f"The proxy server {proxy} wants a sign-in."
        if wants_sign_in
        else f"The proxy server {proxy} did not let us through.",
        where=setting.host,
        temporary=not wants_sign_in and status != 403,
        unaffected=NOTHING_SENT,
        remedy="Ask your IT department about the proxy; its address comes from the computer's settings "
        "(HTTPS_PROXY where that is set).",
        reference=reference,
    )


def not_trusted(setting: Setting, reason: str, reference: str) -> PortalError:
    """The error for an encrypted connection that cannot be trusted."""
    return PortalError(
        f"The connection is not safe: the portal's certificate could not be confirmed ({reason}).",
        where=setting.host,
        unaffected=NOTHING_SENT,
        remedy="Check the portal's address and this computer's date. If your network inspects connections, ask IT to "
        "add its certificate to the computer's trusted certificates, or to name its file in REQUESTS_CA_BUNDLE.",
        reference=reference,
    )


def no_such_host(setting: Setting, reference: str, *, definite: bool) -> PortalError:
    """The error for a name nobody knows, or a network that is not there."""
    return PortalError(
        "No computer of that name could be found.",
        where=setting.host,
        temporary=not definite,
        unaffected=NOTHING_SENT,
        remedy="Check the portal's address for a typing mistake, and that this computer is online.",
        reference=reference,
    )


def not_reached(setting: Setting, reference: str) -> PortalError:
    """The error for a portal that takes no connection."""
    practice = (
        "Start the practice portal: “Practice portal” on the Open Data tab in Excel, or “xl-datasync practice” at a "
        "terminal."
    )
    return PortalError(
        "The portal could not be reached.",
        where=setting.host,
        temporary=True,
        unaffected=NOTHING_SENT,
        remedy=practice if setting.loopback else "Check that this computer is online; otherwise try again later.",
        reference=reference,
    )


def cut_off(setting: Setting, *, slow: bool, untouched: bool, reference: str) -> PortalError:
    """The error for a connection that broke, or stayed silent too long.

    :param untouched: whether it broke before the first row was sent: then nothing can have been carried out.
    """
    what = "The portal did not answer in time." if slow else "The connection to the portal broke."
    unaffected, remedy = (NOTHING_SENT, TRY_LATER) if untouched else uncertain(setting)
    return PortalError(
        what,
        where=setting.host,
        temporary=untouched or setting.deed.repeatable,
        outcome_known=untouched,
        unaffected=unaffected,
        remedy=remedy,
        reference=reference,
    )
