"""What parts are made of: contracts, members, rights; the exchange and the adapters put together from plain arguments."""

from importlib import import_module

from app.settings import Settings
from bus.access import Rights
from bus.members import Members
from contracts import Catalogue

__all__ = ["catalogue_of", "rules_of"]


def catalogue_of(settings: Settings) -> Catalogue:
    """The contracts in force."""
    return Catalogue.load(settings.contracts)


def rules_of(settings: Settings) -> tuple[Members, Rights]:
    """The member register and the access rights."""
    members = Members.read(settings.members)
    return members, Rights.read(settings.access, members=members, contracts=catalogue_of(settings))
