"""The transfer slip as the tax authority reads it: frozen values of Mẫu 12/ĐK and Mẫu 19."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal, NamedTuple

FormOfSlip = Literal["12/DK", "19"]
Role = Literal["transferor", "transferee"]


class Procedure(StrEnum):
    """2.6 Loại thủ tục, in the codes of the gateway."""

    TRANSFER = "CHUYEN_NHUONG"
    GIFT = "TANG_CHO"
    CHANGE_PURPOSE = "CHUYEN_MUC_DICH"


class Relation(StrEnum):
    """Quan hệ được miễn, in the codes of the gateway."""

    SPOUSE = "VO_CHONG"
    PARENT_CHILD = "CHA_ME_CON_DE"
    ADOPTIVE = "CHA_ME_CON_NUOI"
    PARENT_IN_LAW = "CHA_ME_CON_DAU_RE"
    GRANDPARENT = "ONG_BA_CHAU"
    SIBLING = "ANH_CHI_EM_RUOT"


class Kind(StrEnum):
    """What a duty or a notice is for, in the codes of the gateway."""

    REGISTRATION_FEE = "LPTB"
    INCOME_TAX = "TNCN"
    LAND_USE_FEE = "TSDD"
    LATE_INTEREST = "CHAM_NOP"


class ParcelKey(NamedTuple):
    """Commune, map sheet, parcel number."""

    commune: str
    map_sheet: int
    parcel_number: int

    def __str__(self) -> str:
        return f"thửa {self.parcel_number}, tờ {self.map_sheet}, xã {self.commune}"


@dataclass(frozen=True)
class Address:
    """Where notices go; no district from 1 July 2025."""

    detail: str
    commune_code: str
    commune_name: str
    province_code: str
    province_name: str
    district_code: str | None = None
    district_name: str | None = None


@dataclass(frozen=True)
class Taxpayer:
    """Section II: one party with its share; `id` is the personal id, or the tax code of an organisation."""

    role: Role
    id: str
    name: str
    organisation: bool
    share: Fraction
    address: Address


@dataclass(frozen=True)
class Areas:
    """3.1.4, in m²; `changed` is None on Mẫu 12/ĐK, which does not ask for it."""

    parcel: Decimal
    shared: Decimal
    private: Decimal
    subject_to_fee: Decimal
    free_of_fee: Decimal
    within_quota: Decimal
    beyond_quota: Decimal
    changed: Decimal | None = None


@dataclass(frozen=True)
class Parcel:
    """Section III 3.1 with the land office's prices, đồng per m²."""

    key: ParcelKey
    certificate: str
    address: str
    use: str
    used_since: date
    areas: Areas
    table_price: int
    use_before: str | None = None
    price_before: int | None = None
    quota: Decimal | None = None

    @property
    def changed(self) -> Decimal:
        """The area whose use changes; Mẫu 12/ĐK gives it as the area that is subject to the land-use fee."""
        return self.areas.subject_to_fee if self.areas.changed is None else self.areas.changed


@dataclass(frozen=True)
class PurposeChange:
    """The decision that lets the use change."""

    decision: str
    decided_on: date
    from_use: str
    to_use: str
    area: Decimal
    household: str


@dataclass(frozen=True)
class Claim:
    """A relation that the declarations claim."""

    transferor: str
    transferee: str
    relation: Relation


@dataclass(frozen=True)
class Declarations:
    """03/BĐS-TNCN and 01/LPTB; `values` in the order given, so that a parcel named twice can be seen."""

    contract_signed_on: date | None = None
    values: tuple[tuple[ParcelKey, int], ...] = ()
    claims: tuple[Claim, ...] = ()
    only_home: tuple[str, ...] = ()
    purpose_change: PurposeChange | None = None


class SlipRef(NamedTuple):
    """Which slip, in which revision."""

    number: str
    revision: int


@dataclass(frozen=True)
class Slip:
    """One revision of a transfer slip (phiếu chuyển thông tin)."""

    form: FormOfSlip
    ref: SlipRef
    dossier: str
    issued_on: date
    complete_on: date
    procedure: Procedure
    tax_office: str
    tax_office_name: str
    taxpayers: tuple[Taxpayer, ...]
    parcels: tuple[Parcel, ...]
    declarations: Declarations
    deferral_asked: bool = False

    @property
    def transferors(self) -> tuple[Taxpayer, ...]:
        """Bên chuyển, in the order listed."""
        return tuple(each for each in self.taxpayers if each.role == "transferor")

    @property
    def transferees(self) -> tuple[Taxpayer, ...]:
        """Bên nhận, in the order listed; for a change of purpose the land users."""
        return tuple(each for each in self.taxpayers if each.role == "transferee")
