"""Values that many contracts share: people, organisations, shares, parcels, papers, amounts."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from contracts.base import Payload


def _exact(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value


def _number(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


Area = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(gt=0, max_digits=9, decimal_places=2),
    PlainSerializer(_number),
    WithJsonSchema(
        {"type": "number", "exclusiveMinimum": 0, "maximum": 9_999_999.99, "multipleOf": 0.01, "description": "diện tích, in m²"}
    ),
]
AreaOrNone = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, max_digits=9, decimal_places=2),
    PlainSerializer(_number),
    WithJsonSchema(
        {"type": "number", "minimum": 0, "maximum": 9_999_999.99, "multipleOf": 0.01, "description": "diện tích, in m²; 0 for none"}
    ),
]
Rate = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=1, max_digits=7, decimal_places=6),
    PlainSerializer(_number),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1, "description": "tỷ lệ, a fraction: 0.005 is 0.5 %"}),
]
Amount = Annotated[int, Field(ge=0, le=10**15, description="số tiền, in whole đồng")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=4000)]
DossierCode = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Z]{1,6}(\.[0-9A-Z]{1,6}){1,4}-[0-9]{6}-[0-9]{4,5}$",
        description="mã hồ sơ: <unit>-<yyMMdd>-<seq> (NĐ 61/2018, TT 01/2018/TT-VPCP)",
    ),
]
PersonalId = Annotated[str, Field(pattern=r"^[0-9]{12}$", description="số định danh cá nhân, 12 digits")]
TaxCode = Annotated[str, Field(pattern=r"^[0-9]{10}(-[0-9]{3})?$", description="mã số thuế (MST)")]
PartyId = Annotated[str, Field(pattern=r"^([0-9]{12}|[0-9]{10}(-[0-9]{3})?)$", description="số định danh of a person, or MST")]
CommuneCode = Annotated[str, Field(pattern=r"^[0-9]{5}$", description="mã xã (GSO)")]
Share = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$", description="phần quyền, a fraction such as 1/3")]
CertificateSerial = Annotated[str, Field(pattern=r"^[A-Z]{2} [0-9]{6,8}$", description="số phát hành (seri) of the certificate, GCN")]
LandUse = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="mã mục đích sử dụng đất (TT 08/2024), e.g. ODT, ONT, CLN")]
SlipNumber = Annotated[str, Field(pattern=r"^[0-9]{1,6}/PCTT$", description="số phiếu chuyển thông tin, …/PCTT")]
Revision = Annotated[int, Field(ge=1, le=999, description="lần lập; 1 is the first, a returned slip comes again with the next")]
NoticeNumber = Annotated[str, Field(pattern=r"^LTB[0-9]{7}-TK[0-9]{7}/TB-[A-Z0-9]{2,12}$", description="số thông báo nộp tiền")]
Attempt = Annotated[str, Field(pattern=r"^[0-9]{17}$", description="mã tham chiếu thanh toán, 17 digits; never pays twice")]
ReceiptNumber = Annotated[str, Field(pattern=r"^C1-02/NS-[0-9]{6}-[0-9]{7}$", description="số chứng từ nộp ngân sách")]


class Address(Payload):
    """An address (địa chỉ); district fields only under the division before 1 July 2025."""

    detail: Text = Field(description="số nhà, đường, thôn")
    commune_code: CommuneCode
    commune_name: Text = Field(description="tên xã, phường, thị trấn")
    district_code: Annotated[str, Field(pattern=r"^[0-9]{3}$")] | None = Field(None, description="mã huyện (GSO); absent from 1 July 2025")
    district_name: Text | None = Field(None, description="tên huyện; absent from 1 July 2025")
    province_code: Annotated[str, Field(pattern=r"^[0-9]{2}$")] = Field(description="mã tỉnh (GSO)")
    province_name: Text = Field(description="tên tỉnh")


class Individual(Payload):
    """A person (cá nhân)."""

    kind: Literal["individual"] = "individual"
    personal_id: PersonalId
    name: Text = Field(description="họ và tên")
    birth_date: date = Field(description="ngày sinh")
    sex: Literal["male", "female"] = Field(description="giới tính")
    address: Address = Field(description="where notices are sent (nơi gửi thông báo)")
    phone: Annotated[str, Field(pattern=r"^0[0-9]{9}$")] | None = Field(None, description="điện thoại")
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = Field(None, description="thư điện tử")
    tax_code: TaxCode | None = Field(None, description="mã số thuế, where it differs from the personal id")

    @property
    def id(self) -> str:
        """What identifies the party in shares, relations and notices."""
        return self.personal_id


class Organisation(Payload):
    """An organisation (tổ chức)."""

    kind: Literal["organisation"] = "organisation"
    tax_code: TaxCode
    name: Text = Field(description="tên tổ chức")
    address: Address
    phone: Annotated[str, Field(pattern=r"^0[0-9]{9}$")] | None = Field(None, description="điện thoại")
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = Field(None, description="thư điện tử")
    representative: Text | None = Field(None, description="người đại diện theo pháp luật")

    @property
    def id(self) -> str:
        """What identifies the party in shares, relations and notices."""
        return self.tax_code


Party = Annotated[Individual | Organisation, Field(discriminator="kind")]


class Holder(Payload):
    """A party with its share of the land-use right (người sử dụng đất, phần quyền)."""

    party: Party
    share: Share


class ParcelKey(Payload):
    """What names a parcel (thửa đất): commune, map sheet, parcel number."""

    commune_code: CommuneCode
    map_sheet: Annotated[int, Field(ge=1, le=9999)] = Field(description="số tờ bản đồ")
    parcel_number: Annotated[int, Field(ge=1, le=99999)] = Field(description="số thửa")


class Paper(Payload):
    """A paper of the dossier (giấy tờ); its content stays with the portal, the hash proves it."""

    name: Text = Field(description="tên giấy tờ")
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")] = Field(description="loại giấy tờ, e.g. certificate, contract, identity")
    originals: Annotated[int, Field(ge=0, le=99)] = Field(description="số bản chính")
    copies: Annotated[int, Field(ge=0, le=99)] = Field(description="số bản sao")
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")] = Field(description="định dạng tệp")
    size: Annotated[int, Field(ge=0, le=50 * 1024 * 1024)] = Field(description="bytes; 50 MiB at most")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(description="SHA-256 of the content")


class Relation(StrEnum):
    """Relations that exempt from income tax and registration fee (quan hệ được miễn)."""

    SPOUSE = "spouse"  # vợ - chồng
    PARENT_CHILD = "parent-child"  # cha, mẹ đẻ - con đẻ
    ADOPTIVE = "adoptive-parent-child"  # cha, mẹ nuôi - con nuôi
    PARENT_IN_LAW = "parent-in-law"  # cha, mẹ chồng - con dâu; cha, mẹ vợ - con rể
    GRANDPARENT = "grandparent-grandchild"  # ông, bà - cháu
    SIBLING = "sibling"  # anh, chị, em ruột


class RelationClaim(Payload):
    """A relation that the declarations claim between one transferor and one transferee, with its paper."""

    transferor: PartyId
    transferee: PartyId
    relation: Relation = Field(description="quan hệ được miễn")
    paper: Text = Field(description="the paper that proves it (giấy khai sinh, giấy chứng nhận kết hôn…)")


class Procedure(StrEnum):
    """What the dossier asks for (loại thủ tục)."""

    TRANSFER = "transfer"  # chuyển nhượng
    GIFT = "gift"  # tặng cho
    CHANGE_PURPOSE = "change-purpose"  # chuyển mục đích sử dụng đất


class TransferContract(Payload):
    """The contract of transfer or gift (hợp đồng chuyển nhượng, tặng cho)."""

    number: Text = Field(description="số hợp đồng")
    signed_on: date = Field(description="ngày ký")
    notary: Text | None = Field(None, description="nơi công chứng, chứng thực")


class ParcelValue(Payload):
    """What the declarations (03/BĐS-TNCN, 01/LPTB) say one parcel is worth."""

    parcel: ParcelKey
    value: Amount = Field(description="giá trị chuyển nhượng theo hợp đồng, of the whole parcel; 0 for a gift")


class PurposeChange(Payload):
    """A change of land use that was decided (chuyển mục đích sử dụng đất)."""

    decision_number: Text = Field(description="số quyết định")
    decided_on: date = Field(description="ngày quyết định; the table prices of this day count")
    issuer: Text = Field(description="cơ quan quyết định")
    from_use: LandUse = Field(description="mục đích trước khi chuyển")
    to_use: LandUse = Field(description="mục đích sau khi chuyển")
    area: Area = Field(description="diện tích chuyển mục đích, m²")
    household: PersonalId = Field(description="chủ hộ; the once-only right is remembered for this household (NQ 254/2025 Đ10)")


class Declarations(Payload):
    """The values of the tax declarations that travel with the dossier (03/BĐS-TNCN, 01/LPTB)."""

    contract: TransferContract | None = Field(None, description="absent only for a change of purpose")
    values: Annotated[tuple[ParcelValue, ...], Field(max_length=50)] = ()
    relations: Annotated[tuple[RelationClaim, ...], Field(max_length=200)] = ()
    only_home: tuple[PartyId, ...] = Field((), description="transferors who declare this their only home (nhà, đất ở duy nhất)")
    purpose_change: PurposeChange | None = Field(None, description="present only for a change of purpose")


class Deferral(Payload):
    """Wish to owe instead of paying now (nhu cầu ghi nợ), section V of the slip; not simulated, a slip that asks for it is returned."""

    land_use_fee: bool = Field(False, description="ghi nợ tiền sử dụng đất")
    registration_fee: bool = Field(False, description="ghi nợ lệ phí trước bạ")


class SlipRef(Payload):
    """Which slip, in which revision."""

    number: SlipNumber
    revision: Revision


class FaultAt(Payload):
    """One thing that is wrong: where and why."""

    pointer: Annotated[str, Field(max_length=500)] = Field(description="RFC 6901 JSON Pointer, empty for the whole")
    reason: LongText
