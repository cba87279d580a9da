"""What may be said: message contracts with versions, owners and examples, and the rules by which they may change."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from contracts.catalogue import Catalogue
from contracts.compatibility import Comparison, Incompatibility, compare
from contracts.contract import ANY, Contract
from contracts.faults import MAX_FAULTS
from contracts.json import MAX_DEPTH, canonical, parse
from vn.lines import Lined, read_json, read_yaml

if TYPE_CHECKING:
    from contracts.base import Payload
    from contracts.dossier import DossierParcel, DossierSubmitted, DossierSupplemented, StatusChanged, WithdrawalRequested
    from contracts.exchange import DeliveryFailed, ExchangeReceipt
    from contracts.family import DVC, FAMILY, ILIS, LGSP, PAYPLAT, TCT
    from contracts.parties import (
        Address,
        Declarations,
        Deferral,
        FaultAt,
        Holder,
        Individual,
        Organisation,
        Paper,
        ParcelKey,
        ParcelValue,
        Party,
        Procedure,
        PurposeChange,
        Relation,
        RelationClaim,
        SlipRef,
        TransferContract,
    )
    from contracts.payment import PaymentFailed, PaymentLine, PaymentReceipt, PaymentRequested
    from contracts.register import Certificate, RegisterUpdated, RestsOn, UpdatedParcel
    from contracts.slip import (
        IdentityPaper,
        LandPrice,
        LeasedLand,
        PricePosition,
        RightPaper,
        Slip,
        SlipAreas,
        SlipAreas19,
        SlipBuilding,
        SlipBuilding19,
        SlipCancelled,
        SlipParcel,
        SlipParcel12,
        SlipParcel19,
        SlipReturned,
        SlipTaxpayer,
        TransferSlip12,
        TransferSlip19,
        UseTerm,
        Valuation,
    )
    from contracts.tax import (
        BudgetAccount,
        Duty,
        NoObligation,
        NoticeCancelled,
        NoticeKind,
        NoticeLine,
        ObligationCompleted,
        PaymentNotice,
        ReceiptReconciled,
        SettledNotice,
    )

__all__ = [
    "ANY",
    "DVC",
    "FAMILY",
    "ILIS",
    "LGSP",
    "MAX_DEPTH",
    "MAX_FAULTS",
    "PAYPLAT",
    "TCT",
    "Address",
    "BudgetAccount",
    "Catalogue",
    "Certificate",
    "Comparison",
    "Contract",
    "Declarations",
    "Deferral",
    "DeliveryFailed",
    "DossierParcel",
    "DossierSubmitted",
    "DossierSupplemented",
    "Duty",
    "ExchangeReceipt",
    "FaultAt",
    "Holder",
    "IdentityPaper",
    "Incompatibility",
    "Individual",
    "LandPrice",
    "LeasedLand",
    "Lined",
    "NoObligation",
    "NoticeCancelled",
    "NoticeKind",
    "NoticeLine",
    "ObligationCompleted",
    "Organisation",
    "Paper",
    "ParcelKey",
    "ParcelValue",
    "Party",
    "Payload",
    "PaymentFailed",
    "PaymentLine",
    "PaymentNotice",
    "PaymentReceipt",
    "PaymentRequested",
    "PricePosition",
    "Procedure",
    "PurposeChange",
    "ReceiptReconciled",
    "RegisterUpdated",
    "Relation",
    "RelationClaim",
    "RestsOn",
    "RightPaper",
    "SettledNotice",
    "Slip",
    "SlipAreas",
    "SlipAreas19",
    "SlipBuilding",
    "SlipBuilding19",
    "SlipCancelled",
    "SlipParcel",
    "SlipParcel12",
    "SlipParcel19",
    "SlipRef",
    "SlipReturned",
    "SlipTaxpayer",
    "StatusChanged",
    "TransferContract",
    "TransferSlip12",
    "TransferSlip19",
    "UpdatedParcel",
    "UseTerm",
    "Valuation",
    "WithdrawalRequested",
    "canonical",
    "compare",
    "parse",
    "read_json",
    "read_yaml",
]

_MODELS = ("family", "base", "parties", "dossier", "slip", "tax", "payment", "register", "exchange")


def __getattr__(name: str) -> Any:
    """Payload models are imported at first use: the exchange and most commands never need them, and they cost half a second."""
    if name in __all__:
        for module in (import_module(f"contracts.{module}") for module in _MODELS):
            if name in vars(module):
                globals()[name] = vars(module)[name]
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
