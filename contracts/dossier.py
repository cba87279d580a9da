"""The dossier (hồ sơ): submitted, supplemented, withdrawn, and what its status is."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from contracts.base import Payload
from contracts.parties import (
    Area,
    CertificateSerial,
    Declarations,
    Deferral,
    DossierCode,
    FaultAt,
    Holder,
    LongText,
    Paper,
    ParcelKey,
    Party,
    Procedure,
    Text,
)


class DossierParcel(Payload):
    """A parcel as the dossier names it; the land office compares it with the register."""

    parcel: ParcelKey
    area: Area = Field(description="diện tích as on the certificate, m²")
    certificate: CertificateSerial


class DossierSubmitted(Payload):
    """A citizen's dossier for a change of land-use right, as it enters at the portal."""

    dossier: DossierCode
    procedure: Procedure
    procedure_code: Annotated[str, Field(pattern=r"^[0-9]\.[0-9]{6}$")] = Field(description="mã TTHC")
    channel: Annotated[int, Field(ge=1, le=3)] = Field(description="kênh: 1 trực tiếp, 2 trực tuyến, 3 bưu chính")
    submitted_at: AwareDatetime = Field(description="ngày nộp")
    applicant: Party = Field(description="chủ hồ sơ")
    transferors: Annotated[tuple[Holder, ...], Field(max_length=50)] = Field((), description="bên chuyển; empty for a change of purpose")
    transferees: Annotated[tuple[Holder, ...], Field(min_length=1, max_length=50)] = Field(
        description="bên nhận; for a change of purpose the land users"
    )
    parcels: Annotated[tuple[DossierParcel, ...], Field(min_length=1, max_length=50)]
    declarations: Declarations
    deferral: Deferral = Deferral()
    papers: Annotated[tuple[Paper, ...], Field(max_length=100)] = Field(description="thành phần hồ sơ")


class DossierSupplemented(Payload):
    """Fields and papers given after a request; what is absent stays as it was."""

    dossier: DossierCode
    supplemented_at: AwareDatetime = Field(description="ngày bổ sung")
    parcels: Annotated[tuple[DossierParcel, ...], Field(min_length=1, max_length=50)] | None = Field(None, description="replaces parcels")
    transferors: Annotated[tuple[Holder, ...], Field(max_length=50)] | None = Field(None, description="replaces transferors")
    transferees: Annotated[tuple[Holder, ...], Field(min_length=1, max_length=50)] | None = Field(None, description="replaces transferees")
    declarations: Declarations | None = Field(None, description="replaces the declarations")
    deferral: Deferral | None = Field(None, description="replaces section V of the slip")
    papers: Annotated[tuple[Paper, ...], Field(max_length=100)] = Field((), description="added to the papers; same kind replaces")


class WithdrawalRequested(Payload):
    """The citizen wants out (yêu cầu rút hồ sơ)."""

    dossier: DossierCode
    requested_at: AwareDatetime
    reason: LongText = Field(description="lý do rút")


class StatusChanged(Payload):
    """A dossier has a new status, or keeps its status for the reason given."""

    dossier: DossierCode
    status: Annotated[int, Field(ge=1, le=10)] = Field(
        description=(
            "1 mới đăng ký, 2 được tiếp nhận, 3 không được tiếp nhận, 4 đang xử lý, 5 yêu cầu bổ sung, 6 yêu cầu thực hiện "
            "nghĩa vụ tài chính, 7 công dân yêu cầu rút, 8 dừng xử lý, 9 đã xử lý xong, 10 đã trả kết quả"
        )
    )
    since: AwareDatetime = Field(description="thời điểm")
    by: Text = Field(description="người hoặc bộ phận xử lý")
    note: LongText | None = Field(None, description="nội dung xử lý, lý do")
    final: bool = Field(False, description="true where no further status follows (refused, withdrawn)")
    missing: Annotated[tuple[FaultAt, ...], Field(max_length=100)] = Field((), description="what is missing or wrong, by pointer")
    due_at: AwareDatetime | None = Field(None, description="ngày hẹn trả, as it stands now")
