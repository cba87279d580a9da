"""The transfer slip (phiếu chuyển thông tin): Mẫu 12/ĐK of NĐ 101/2024 and Mẫu 19 of NĐ 151/2025, with every field of the forms."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Payload
from contracts.parties import (
    Amount,
    Area,
    AreaOrNone,
    CertificateSerial,
    Declarations,
    Deferral,
    DossierCode,
    FaultAt,
    LandUse,
    LongText,
    Paper,
    ParcelKey,
    Party,
    Procedure,
    Revision,
    Share,
    SlipNumber,
    SlipRef,
    Text,
)

OriginCode = Annotated[int, Field(ge=1, le=16, description="mã nguồn gốc sử dụng đất, 1-16")]
TaxOfficeCode = Annotated[str, Field(pattern=r"^[0-9]{5}$", description="mã cơ quan thuế")]


class IdentityPaper(Payload):
    """2.5 Giấy tờ: the paper that identifies a taxpayer."""

    kind: Text = Field(description="loại giấy tờ: CCCD, giấy chứng nhận đăng ký doanh nghiệp…")
    number: Text = Field(description="số giấy tờ, số định danh")
    issued_on: date | None = Field(None, description="ngày cấp; only Mẫu 12/ĐK asks for it")
    issued_by: Text | None = Field(None, description="nơi cấp; only Mẫu 12/ĐK asks for it")


class SlipTaxpayer(Payload):
    """Section II, and table 1 of Mẫu 19a where several use the land together (đồng sử dụng)."""

    role: Literal["transferor", "transferee"] = Field(description="bên chuyển, bên nhận")
    party: Party
    share: Share
    identity: IdentityPaper


class PricePosition(Payload):
    """3.1.3 of Mẫu 12/ĐK: position by the price table (vị trí theo bảng giá)."""

    street_section: Text = Field(description="đường, đoạn đường, khu vực")
    position: Annotated[int, Field(ge=1, le=9)] = Field(description="vị trí 1, 2, 3…")
    depth: AreaOrNone | None = Field(None, description="chiều sâu, m")
    alley_width: AreaOrNone | None = Field(None, description="chiều rộng ngõ, m")


class LandPrice(Payload):
    """3.1.3 of Mẫu 19: the price of land and where it comes from."""

    basis: Literal["table", "specific", "auction", "before-change"] = Field(
        description="theo bảng giá, giá cụ thể, trúng đấu giá, trước khi chuyển mục đích"
    )
    price: Amount = Field(description="đồng per m²")


class SlipAreas(Payload):
    """3.1.4 Diện tích."""

    parcel: Area = Field(description="diện tích thửa, m²")
    shared: AreaOrNone = Field(description="sử dụng chung, m²")
    private: AreaOrNone = Field(description="sử dụng riêng, m²")
    subject_to_land_use_fee: AreaOrNone = Field(description="phải nộp tiền sử dụng đất, m²")
    free_of_land_use_fee: AreaOrNone = Field(description="không phải nộp tiền sử dụng đất, m²")
    within_quota: AreaOrNone = Field(description="trong hạn mức, m²")
    beyond_quota: AreaOrNone = Field(description="ngoài hạn mức, m²")


class SlipAreas19(SlipAreas):
    """3.1.4 of Mẫu 19 adds the area whose use changes."""

    changed: AreaOrNone = Field(description="diện tích chuyển mục đích, m²")


class UseTerm(Payload):
    """3.1.7 Thời hạn sử dụng."""

    kind: Literal["long-term", "years", "extended"] = Field(description="lâu dài, có thời hạn, gia hạn")
    years: Annotated[int, Field(ge=1, le=99)] | None = None
    starts_on: date | None = Field(None, description="từ ngày")
    ends_on: date | None = Field(None, description="đến ngày")


class RightPaper(Payload):
    """3.1.10 Giấy tờ về quyền sử dụng đất."""

    kind: Text = Field(description="loại giấy tờ")
    number: Text = Field(description="số")
    issued_on: date = Field(description="ngày")
    summary: Text | None = Field(None, description="trích yếu")


class Valuation(Payload):
    """Table prices and quota that the land office used; tax takes them as they are (a)."""

    table_price: Amount = Field(description="giá theo bảng giá, đồng per m², of the use after the dossier")
    price_table: Text = Field(description="the decision that holds the price table (quyết định bảng giá)")
    price_before: Amount | None = Field(None, description="giá of the use before the change, đồng per m²")
    quota: AreaOrNone | None = Field(None, description="hạn mức giao đất ở, m²")


class SlipParcel(Payload):
    """3.1 Thửa đất: what both forms ask."""

    parcel: ParcelKey
    certificate: CertificateSerial
    address: Text = Field(description="3.1.2 địa chỉ thửa đất")
    commune_name: Text = Field(description="tên xã under the division in force on the slip's date")
    origin: OriginCode = Field(description="3.1.5 nguồn gốc")
    origin_text: Text = Field(description="3.1.5 nguồn gốc, as written on the certificate")
    use: LandUse = Field(description="3.1.6 mục đích sử dụng")
    use_before: LandUse | None = Field(None, description="3.1.6 mục đích trước khi chuyển")
    term: UseTerm = Field(description="3.1.7 thời hạn")
    used_since: date = Field(description="3.1.8 thời điểm bắt đầu sử dụng")
    valuation: Valuation


class SlipParcel12(SlipParcel):
    """3.1 of Mẫu 12/ĐK: with the district."""

    district_code: Annotated[str, Field(pattern=r"^[0-9]{3}$")] = Field(description="mã huyện (GSO), until 30 June 2025")
    district_name: Text
    position: PricePosition = Field(description="3.1.3 vị trí theo bảng giá")
    areas: SlipAreas = Field(description="3.1.4")
    land_price: Amount = Field(description="3.1.9 giá đất, đồng per m²")


class SlipParcel19(SlipParcel):
    """3.1 of Mẫu 19: no district any more."""

    price: LandPrice = Field(description="3.1.3")
    areas: SlipAreas19 = Field(description="3.1.4")
    form_of_use: Literal["private", "shared", "mixed"] = Field(description="3.1.9 hình thức sử dụng: riêng, chung, cả hai")
    right_papers: Annotated[tuple[RightPaper, ...], Field(max_length=20)] = Field((), description="3.1.10")


class SlipBuilding(Payload):
    """3.2 Tài sản gắn liền với đất."""

    kind: Text = Field(description="loại nhà, công trình")
    grade: Text | None = Field(None, description="cấp, hạng")
    construction_area: AreaOrNone = Field(description="diện tích xây dựng, m²")
    floor_area: AreaOrNone = Field(description="diện tích sàn, m²")
    shared_area: AreaOrNone = Field(description="sở hữu chung, m²")
    private_area: AreaOrNone = Field(description="sở hữu riêng, m²")
    floors_above: Annotated[int, Field(ge=0, le=200)] = Field(description="số tầng nổi")
    floors_below: Annotated[int, Field(ge=0, le=20)] = Field(description="số tầng hầm")
    origin: Text = Field(description="nguồn gốc")


class SlipBuilding19(SlipBuilding):
    """3.2 of Mẫu 19."""

    completed_in: Annotated[int, Field(ge=1900, le=2100)] | None = Field(None, description="năm hoàn thành")
    ownership_term: Text | None = Field(None, description="thời hạn sở hữu")


class LeasedLand(Payload):
    """Section IV of Mẫu 19: land for underground works, water surface."""

    land_area: AreaOrNone = Field(description="diện tích đất, m²")
    water_area: AreaOrNone = Field(description="diện tích mặt nước, m²")
    price: Amount = Field(description="giá đất, đồng per m²")


class Slip(Payload):
    """What both forms say."""

    number: SlipNumber
    revision: Revision
    issued_on: date = Field(description="ngày lập; decides the form")
    sender: Text = Field(description="đơn vị chuyển: văn phòng, chi nhánh văn phòng đăng ký đất đai")
    tax_office: TaxOfficeCode
    tax_office_name: Text = Field(description="kính gửi: cơ quan thuế")
    dossier: DossierCode = Field(description="1.1 mã số hồ sơ")
    complete_at: AwareDatetime = Field(description="1.2 ngày nhận đủ hồ sơ")
    procedure: Procedure = Field(description="2.6 loại thủ tục")
    taxpayers: Annotated[tuple[SlipTaxpayer, ...], Field(min_length=1, max_length=100)] = Field(description="II")
    declarations: Declarations = Field(description="tờ khai 03/BĐS-TNCN, 01/LPTB that travel with the slip")
    deferral: Deferral = Field(description="V nhu cầu ghi nợ")
    attachments: Annotated[tuple[Paper, ...], Field(max_length=100)] = Field(description="VI giấy tờ kèm theo")


class TransferSlip12(Slip):
    """Mẫu số 12/ĐK, NĐ 101/2024/NĐ-CP: from 1 August 2024 to 30 June 2025."""

    form: Literal["12/DK"] = "12/DK"
    parcels: Annotated[tuple[SlipParcel12, ...], Field(min_length=1, max_length=50)] = Field(description="III 3.1, and table 2")
    buildings: Annotated[tuple[SlipBuilding, ...], Field(max_length=50)] = Field((), description="III 3.2, and table 3")


class TransferSlip19(Slip):
    """Mẫu số 19, NĐ 151/2025/NĐ-CP: from 1 July 2025."""

    form: Literal["19"] = "19"
    parcels: Annotated[tuple[SlipParcel19, ...], Field(min_length=1, max_length=50)] = Field(description="III 3.1, and table 2 of 19a")
    buildings: Annotated[tuple[SlipBuilding19, ...], Field(max_length=50)] = Field((), description="III 3.2, and table 3 of 19a")
    lease: LeasedLand | None = Field(None, description="IV")


class SlipCancelled(Payload):
    """The slip no longer stands."""

    dossier: DossierCode
    slip: SlipRef
    reason: LongText
    cancelled_at: AwareDatetime


class SlipReturned(Payload):
    """The slip is wrong (thuế chuyển trả hồ sơ do sai): every fault with its field."""

    dossier: DossierCode
    slip: SlipRef
    faults: Annotated[tuple[FaultAt, ...], Field(min_length=1, max_length=200)] = Field(description="pointers into the slip")
    returned_at: AwareDatetime
