"""A practice portal on this PC: answers as a Socrata portal does, for learning and for tests. Not for real data."""

from .faults import FAULTS
from .server import DEFAULT_PORT, Exchange, PracticePortal, serve
from .signin import OTHER_SIGN_INS, SIGN_INS, SignIn

__all__ = ["DEFAULT_PORT", "FAULTS", "OTHER_SIGN_INS", "SIGN_INS", "Exchange", "PracticePortal", "SignIn", "serve"]
