"""What changed in the cadastral register (chỉnh lý biến động)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Payload
from contracts.parties import Area, CertificateSerial, DossierCode, Holder, LandUse, ParcelKey, SlipRef, Text


class Certificate(Payload):
    """A certificate of land-use right (giấy chứng nhận, GCN)."""

    serial: CertificateSerial
    book_number: Annotated[str, Field(pattern=r"^(CH|CS|CT)[0-9]{5}$")] = Field(description="số vào sổ")
    issued_on: date = Field(description="ngày cấp")
    replaces: CertificateSerial | None = Field(None, description="the certificate that no longer stands")


class UpdatedParcel(Payload):
    """A parcel as the register holds it now."""

    parcel: ParcelKey
    area: Area
    use: LandUse
    holders: Annotated[tuple[Holder, ...], Field(min_length=1, max_length=50)] = Field(description="người sử dụng đất, after the change")
    certificate: Certificate


class RestsOn(Payload):
    """What allowed the change: the tax authority's word on the dossier's current slip."""

    basis: Literal["obligation-completed", "no-obligation"] = Field(description="đã hoàn thành nghĩa vụ; không phát sinh nghĩa vụ")
    slip: SlipRef


class RegisterUpdated(Payload):
    """The register changed: new holders with shares, certificate, what it rests on."""

    dossier: DossierCode
    rests_on: RestsOn
    parcels: Annotated[tuple[UpdatedParcel, ...], Field(min_length=1, max_length=50)]
    office: Text = Field(description="văn phòng, chi nhánh văn phòng đăng ký đất đai")
    updated_at: AwareDatetime
