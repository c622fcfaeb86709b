"""What every route needs: the store, the faults in force, and who is asking."""

from dataclasses import dataclass

from flask import g, request

from .faults import ArmedFault, FaultBox
from .signin import Caller, SignIn, identify
from .store import Store
from .writes import Author

STALE = "stale-replica"


@dataclass(frozen=True)
class Services:
    """One portal's store, faults and accounts."""

    store: Store
    faults: FaultBox
    sign_ins: tuple[SignIn, ...]

    def caller(self) -> Caller:
        """Who makes the present request; a wrong sign-in is refused."""
        return identify(request, self.sign_ins)

    def author(self, caller: Caller) -> Author:
        """How the log of writes names the present request."""
        return Author(caller.name, request.method, g.request_id)

    def take(self, name: str) -> ArmedFault | None:
        """Use up one of a fault, if it fits the present request."""
        return self.faults.take((name,), request.method, request.path)

    def is_stale(self, dataset_id: str) -> bool:
        """Whether this look at the dataset goes to a replica that lags behind; uses up one such look."""
        return self.store.copy_lags(dataset_id) and self.take(STALE) is not None

    def keep_copy_if_asked(self) -> None:
        """Before a write: set aside what a replica that lags behind will show."""
        if self.faults.is_armed(STALE):
            self.store.keep_copy()


def split_name(name: str) -> tuple[str, str]:
    """Dataset id and extension of the last part of an address."""
    dataset_id, _, extension = name.partition(".")
    return dataset_id.lower(), extension.lower()
