"""The land office's HTTP API for the cadastral register: finding parcels, their history, new entries, mortgages and disputes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field, StringConstraints

from services.kit import Call, Here, Native, Reading, Transaction
from services.land import entry, store, views
from services.land.entry import ThuaDatMoi
from services.land.register import Parcel
from services.land.shapes import CommuneCode
from services.land.store import CERTIFICATES, LANDS, RESTRICTIONS
from services.land.tidings import HanChe
from services.land.views import LAST_OLD_DAY
from vn.errors import NotAllowed, Unknown

router = APIRouter(prefix="/thua-dat", tags=["Sổ địa chính"])


class Key(NamedTuple):
    """What names a parcel in a path, in the codes of either division."""

    commune: str
    map_sheet: int
    number: int


async def _key(
    commune: Annotated[str, Path(alias="maXa", pattern=r"^[0-9]{5}$")],
    map_sheet: Annotated[int, Path(alias="soTo", ge=1, le=9999)],
    number: Annotated[int, Path(alias="soThua", ge=1, le=99999)],
) -> Key:
    return Key(commune, map_sheet, number)


KeyInPath = Annotated[Key, Depends(_key)]


class Wanted(Native):
    """Conditions on a parcel; what is not named does not matter."""

    commune: CommuneCode | None = Field(None, alias="xa")
    holder: Annotated[str, StringConstraints(max_length=14)] | None = Field(None, alias="chu", description="số định danh hoặc mã số thuế")
    uses: tuple[str, ...] = Field((), alias="muc-dich", description="mọi mục đích được nêu")
    kind: Literal["ca-nhan", "to-chuc"] | None = Field(None, alias="loai-chu")
    holders: Annotated[int, Field(ge=1)] | None = Field(None, alias="so-chu")
    restricted: bool | None = Field(None, alias="co-han-che")
    taken: bool | None = Field(None, alias="dang-co-ho-so")
    limit: Annotated[int, Field(ge=1, le=1000)] = Field(1000, alias="gioi-han")

    def fits(self, parcel: Parcel) -> bool:
        """Whether it fulfils every condition but `taken` and `limit`."""
        kinds = {"ca-nhan" if each.holder.party.kind == 1 else "to-chuc" for each in parcel.holdings}
        return (
            self.commune in (None, parcel.land.commune, parcel.land.commune_before)
            and (self.holder is None or self.holder in parcel.shares)
            and set(self.uses) <= {use.code for use in parcel.land.uses}
            and (self.kind is None or kinds == {self.kind})
            and (self.holders is None or len(parcel.holdings) == self.holders)
            and (self.restricted is None or bool(parcel.restrictions) == self.restricted)
        )


@router.get("", summary="Tìm thửa đất")
async def parcels(here: Here, wanted: Annotated[Wanted, Query()]) -> dict[str, Any]:
    """All that fulfil every condition, in the order of sheets and numbers; `TongSo` counts also what the limit cuts off."""
    with here.read() as tx:
        found = list(_found(tx, wanted))
    return {"TongSo": len(found), "DanhSach": found[: wanted.limit]}


@router.post("", summary="Đăng ký thửa đất vào sổ", status_code=201)
async def enter(said: ThuaDatMoi, call: Call) -> Response:
    """The parcel as it stands then; 409 where the register has it already, under either division's code."""

    def effect(tx: Transaction) -> dict[str, Any]:
        if store.find_parcel(tx, *said.place) is not None:
            raise NotAllowed(f"đã có {said} trong sổ địa chính")
        serial_taken = CERTIFICATES.seek(tx, said.certificate.SoPhatHanh) is not None
        new = entry.parcel(said, tx.now.date(), serial_taken=serial_taken)
        if (other := store.find_parcel(tx, *new.key(LAST_OLD_DAY))) is not None:
            raise NotAllowed(f"đã có {said} trong sổ địa chính, với mã {other.id}")
        store.add_parcels(tx, [new])
        return views.parcel_with_history(tx, new)

    return call.apply_once(effect, status=201)


@router.get("/{maXa}/{soTo}/{soThua}", summary="Một thửa đất")
async def parcel(key: KeyInPath, here: Here) -> dict[str, Any]:
    """With the history of its holders, certificates and restrictions."""
    with here.read() as tx:
        return views.parcel_with_history(tx, _parcel(tx, key))


@router.post("/{maXa}/{soTo}/{soThua}/han-che", summary="Ghi thế chấp, tranh chấp")
async def restrict(key: KeyInPath, said: HanChe, call: Call) -> Response:
    """The parcel as it stands then."""

    def effect(tx: Transaction) -> dict[str, Any]:
        store.restrict(tx, _parcel(tx, key).id, said.Loai, said.NoiDung)
        return views.parcel_with_history(tx, _parcel(tx, key))

    return call.apply_once(effect)


@router.delete("/{maXa}/{soTo}/{soThua}/han-che/{id}", summary="Xóa thế chấp, tranh chấp")
async def release(key: KeyInPath, id: int, call: Call) -> Response:
    """It ends today, and stays in the history."""

    def effect(tx: Transaction) -> dict[str, Any]:
        standing = next((each for each in _parcel(tx, key).restrictions if each.id == id), None)
        if standing is None:
            raise Unknown("thửa đất không có hạn chế này")
        RESTRICTIONS.put(tx, replace(standing, until=tx.now.date()))
        return views.parcel_with_history(tx, _parcel(tx, key))

    return call.apply_once(effect)


def _found(tx: Reading, wanted: Wanted) -> Iterator[dict[str, Any]]:
    lands = sorted(LANDS.find(tx), key=lambda land: (land.map_sheet, land.number))
    fitting = [each for each in store.whole(tx, lands) if wanted.fits(each)]
    for shown in views.parcels(tx, fitting):
        if wanted.taken is None or bool(shown["DangCoHoSo"]) == wanted.taken:
            yield shown


def _parcel(tx: Reading, key: Key) -> Parcel:
    found = store.find_parcel(tx, *key)
    if found is None:
        raise Unknown("không có thửa đất này trong sổ địa chính")
    return found
