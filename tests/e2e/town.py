"""The whole province on real sockets, as a citizen, an officer and an auditor see it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from adapters.runtime import Backoff
from adapters.runtime import Settings as Patience
from app.entries import Entry, short
from app.messages import Archive
from app.play.parts import Parts
from app.play.quiet import Busy, NotQuiet, quiet
from app.province import Province
from app.samples import Wish, sample
from app.settings import AGENCIES, Settings
from app.state import prepare
from bus import KafkaSettings, Members, Reader, Space, latest
from tests.e2e.watch import effects
from tests.postgres import databases
from tests.support import eventually
from vn.clock import VN

QUICK = Patience(tries=2, backoff=Backoff(0.02, 0.2), unknown_for=1.5, call_timeout=5.0)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VN)  # an ordinary working day after Tết, under the law of 2026
AWAY = {"status": "away"}

Shown = dict[str, Any]


class Town:
    """`async with Town(broker, space, folder) as town`; its clock stands still at `at` until a test moves it."""

    within = 20.0  # seconds for whatever is awaited
    others: tuple[Busy, ...] = ()  # who else can be busy
    outer: Space | None = None  # of the members, where a relay stands between them and the exchange

    def __init__(
        self, bootstrap: str, space: str, folder: Path, *, at: datetime = MONDAY, seed: int = 2024, patience: Patience = QUICK
    ) -> None:
        self.settings = Settings(bootstrap=bootstrap, space=space, state=prepare(folder), seed=seed, databases=databases())
        self.province = Province(self.settings, bootstrap, patience=patience)
        self.at = at
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.http = await self._stack.enter_async_context(httpx.AsyncClient(timeout=20))
        await self._stack.enter_async_context(self.province)
        await self.turn(self.at)
        await self.healthy()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    # the citizen

    async def form(
        self, kind: str = "transfer", *, fault: str | None = None, seed: int = 1, only: Wish = lambda _: True, **changes: Any
    ) -> Shown:
        """A dossier that this province takes, or one that is wrong in the named way; `only` of such parcels, `changes` replace fields."""
        async with httpx.AsyncClient(base_url=self.url("land"), timeout=20) as land:
            made = await sample(kind, fault=fault, seed=seed, land=land, on=self.at.date(), only=only)
        return {**made, **changes}

    async def submit(self, kind: str = "transfer", *, fault: str | None = None, seed: int = 1, **changes: Any) -> str:
        """Hand a dossier in; its code."""
        return await self.hand_in(await self.form(kind, fault=fault, seed=seed, **changes))

    async def hand_in(self, form: Mapping[str, Any]) -> str:
        """Hand this form in; the dossier's code."""
        return str((await self.post("dvc", "/ho-so", form))["MaHoSo"])

    async def pay(self, dossier: str, notice: str, amount: int | None = None) -> str:
        """Pay a notice, whole or in part; the attempt's reference."""
        body = {"SoThongBao": notice} | ({"SoTien": amount} if amount else {})
        return str((await self.post("dvc", f"/ho-so/{dossier}/thanh-toan", body))["MaThamChieu"])

    async def pays(self, reference: str) -> str:
        """The payer pays an attempt that waits for them, once the platform knows of it; the receipt's number."""
        await self.until("payment", f"/giao-dich/{reference}", bool)
        return str((await self.post("payment", f"/giao-dich/{reference}/thanh-toan", {}))["SoChungTu"])

    async def pay_all(self, dossier: str) -> None:
        """Pay every notice that is open now, once all that were announced are there."""
        for notice in await self.notices(dossier):
            if notice["ConPhaiNop"] > 0:
                await self.pay(dossier, notice["SoThongBao"])

    async def withdraw(self, dossier: str) -> httpx.Response:
        """Ask to withdraw; the portal may refuse."""
        return await self.http.post(f"{self.url('dvc')}/ho-so/{dossier}/rut", json={"LyDo": "Hai bên thôi giao dịch"})

    async def case(self, dossier: str) -> Shown:
        """What the portal shows."""
        return await self.get("dvc", f"/ho-so/{dossier}")

    async def notices(self, dossier: str) -> list[Shown]:
        """All notices, once every one that was announced (k/n) is at the portal."""

        async def all_there() -> list[Shown]:
            found = [each for each in (await self.case(dossier))["ThongBaoThue"] if each["TrangThai"] != "DA_HUY"]
            announced = max((int(each["ThuTu"].partition("/")[2]) for each in found), default=1)
            return found if len(found) >= announced else []

        return await eventually(all_there, within=self.within)

    async def status(self, dossier: str, *wanted: str | int) -> Shown:
        """The case, once the portal shows one of these statuses."""

        async def there() -> Shown | None:
            found = await self.case(dossier)
            assert found["TrangThaiHoSo"] in {str(each) for each in wanted}, f"status {found['TrangThaiHoSo']}, waiting for {wanted}"
            return found

        found = await eventually(there, within=self.within)
        assert found is not None
        return found

    # officers, policy, time

    async def decide(self, agency: str, dossier: str, action: str, **more: Any) -> Any:
        """An officer's decision at `land` or `tax`."""
        return await self.post(agency, f"/ho-so/{dossier}/quyet-dinh", {"HanhDong": action, **more})

    async def policy(self, agency: str, **decisions: Any) -> None:
        """How an agency decides from now on; underscores stand for hyphens."""
        await self.put(agency, "/_lgsp/policy", {name.replace("_", "-"): manner for name, manner in decisions.items()})

    async def turn(self, at: datetime | date | str) -> None:
        """Every running part's clock stands still at this instant."""
        at = datetime.fromisoformat(at) if isinstance(at, str) else at
        if not isinstance(at, datetime):
            at = datetime(at.year, at.month, at.day, 9)
        self.at = at if at.tzinfo else at.replace(tzinfo=VN)
        for part in self.running:
            await self.put(part, "/_lgsp/clock", {"mode": "frozen", "at": self.at.isoformat()})

    # the auditor

    async def parcel(self, form: Mapping[str, Any], index: int = 0) -> Shown:
        """The register's entry for a parcel of a form."""
        one = form["ThuaDat"][index]
        return await self.get("land", f"/thua-dat/{one['MaXa']}/{one['SoToBanDo']}/{one['SoThua']}")

    async def holders(self, form: Mapping[str, Any], index: int = 0) -> list[tuple[str, str]]:
        """Who holds a parcel of a form, and which share."""
        found = (await self.parcel(form, index))["NguoiSuDung"]
        return [(each["ChuSuDung"]["SoDinhDanh"], each["TyLe"]) for each in found]

    async def journal(self, dossier: str | None = None, contract: str | None = None) -> list[Entry]:
        """What crossed the exchange, each message once for each recipient, in the order in which it was first carried."""
        async with Archive.open(self.settings) as archive:
            found = latest(await archive.journal())
        return [each for each in found if dossier in (None, each["subject"]) and (contract is None or short(each["type"]) == contract)]

    async def crossed(self, dossier: str) -> list[tuple[str, str, str]]:
        """(from, to, contract) of what was delivered about a dossier, sorted."""
        entries = await self.journal(dossier)
        return sorted((short(each["source"]), short(each["recipient"]), short(each["type"])) for each in entries if each["succeeded"])

    async def inbox(self, dossier: str, contract: str) -> list[Shown]:
        """The payloads of a contract about a dossier as they lie in the addressees' inboxes, in the order of their ids' first arrival."""
        entries = [each for each in await self.journal(dossier, contract) if each["succeeded"]]
        kafka, space = KafkaSettings(self.settings.bootstrap), Space(self.settings.space)
        found: dict[bytes, Shown] = {}
        async with Reader(kafka) as reader:
            for recipient in sorted({str(each["recipient"]) for each in entries}):
                async for record in reader.everything(space.inbox(recipient)):
                    message = dict(record.headers)["ce_id"] or b""
                    if message.decode() in {each["messageId"] for each in entries}:
                        found.setdefault(message, orjson.loads(record.value or b"null"))
        return list(found.values())

    async def databases(self) -> Shown:
        """The canonical form of every agency's database."""
        return {name: await self.get(name, "/_lgsp/canonical") for name in AGENCIES}

    async def whole(self, seed: int) -> str:
        """A transfer from its submission to the end; its dossier code."""
        dossier = await self.submit(seed=seed)
        await self.pay_all(dossier)
        await self.status(dossier, 10)
        await self.at_rest()
        return dossier

    async def told(self, dossier: str) -> Counter[tuple[str, ...]]:
        """What was said about a dossier, by whom to whom, so that dossiers can be compared."""
        return effects({**each, "subject": ""} for each in await self.journal(dossier))

    async def at_rest(self) -> None:
        """Until nothing is on its way, and none of the `others` is busy."""
        settings = self.settings
        kafka, members = KafkaSettings(settings.bootstrap or ""), Members.read(settings.members).ids
        urls = lambda: {part: self.url(part) for part in self.running}  # noqa: E731  # asked again while it waits
        async with Parts(urls, kafka, self.outer or Space(settings.space), members, inner=Space(settings.space)) as parts:
            try:
                await quiet(parts, self.others, within=1.5 * self.within)
            except NotQuiet as error:
                raise AssertionError(str(error)) from error

    async def until(self, part: str, path: str, holds: Callable[[Any], Any], **parameters: Any) -> Any:
        """The answer to a question, once this holds of it; a no, or none at all, is not yet."""

        async def answered() -> Any:
            try:
                found = await self.get(part, path, **parameters)
            except httpx.TransportError as error:
                raise AssertionError(f"{part} does not answer: {error!r}") from error
            assert holds(found), f"{part}{path} is not as awaited: {found}"
            return found

        return await eventually(answered, within=self.within)

    async def refused(self, part: str, path: str, body: Any = None) -> str:
        """An act that must be refused, as not allowed now or with these values; the reason given."""
        answer = await self.http.post(f"{self.url(part)}{path}", json=body)
        assert answer.status_code in (409, 422), f"{path}: {answer.status_code} {answer.text}"
        return str(answer.json()["detail"])

    # parts

    @property
    def running(self) -> tuple[str, ...]:
        """Parts that run now."""
        return self.province.running

    async def stop(self, part: str) -> None:
        """End a part."""
        await self.province.stop(part)

    async def start(self, part: str) -> None:
        """Start it again, at the town's time."""
        await self.province.start(part)
        await self.put(part, "/_lgsp/clock", {"mode": "frozen", "at": self.at.isoformat()})

    async def restart_adapters(self) -> None:
        """Stop all adapters that run and start them again."""
        adapters = [part for part in self.running if part.endswith("-adapter")]
        await asyncio.gather(*(Town.stop(self, part) for part in adapters))
        for part in adapters:
            await Town.start(self, part)

    async def health(self, part: str) -> Shown:
        """What a part says of itself."""
        try:
            found: Shown = (await self.http.get(f"{self.url(part)}/_lgsp/health")).json()
        except httpx.HTTPError:
            return AWAY
        return found

    async def healthy(self) -> None:
        """Until every running part is well."""

        async def all_well() -> bool:
            sick = {part: found for part in self.running if (found := await self.health(part))["status"] != "ok"}
            assert sick == {}
            return True

        await eventually(all_well, within=self.within)

    # plain calls

    def url(self, part: str) -> str:
        """The address of a part."""
        return self.province.urls[part]

    async def get(self, part: str, path: str, **parameters: Any) -> Any:
        """A question that must be answered."""
        return _answered(await self.http.get(f"{self.url(part)}{path}", params=parameters))

    async def post(self, part: str, path: str, body: Any = None) -> Any:
        """An act that must succeed."""
        return _answered(await self.http.post(f"{self.url(part)}{path}", json=body))

    async def put(self, part: str, path: str, body: Any) -> Any:
        """A setting that must be taken."""
        return _answered(await self.http.put(f"{self.url(part)}{path}", json=body))


def _answered(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
