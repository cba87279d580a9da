"""The citizens of a profile: hand in, supplement, withdraw, pay, collect, each on their day; a participant of the run."""

import asyncio
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

import orjson

from adapters.runtime import AgencyClient
from app.profiles.forms import Forms
from app.profiles.planned import Planned
from app.profiles.profile import HUNDRED, Habit, Profile
from app.samples import Form
from vn.calendar import add_working_days
from vn.chance import draw
from vn.clock import VN
from vn.errors import AgencyAnsweredNo, Unknown
from vn.status import Status

__all__ = ["INTEREST", "Citizens"]

INTEREST = frozenset(
    {
        "dossier.status-changed",
        "tax.payment-notice",
        "tax.notice-cancelled",
        "tax.receipt-reconciled",
        "payment.failed",
        "land.register-updated",
    }
)
AT_ONE_TIME = 12  # people before the portal; those who hand in stand in one line, so that codes are given in the order of the plan
JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Owned:
    """What a citizen knows of their dossier."""

    planned: Planned
    mending: Form | None
    code: str
    status: int = Status.NEW
    final: bool = False
    registered: bool = False
    asked: int = 0
    leaving: bool = False
    open: dict[str, bool] = field(default_factory=dict)  # notice to whether an attempt is under way


def one_more(code: str) -> Form:
    """A paper that makes clear what an officer wanted to see clearer; its file stays at home, only size and hash are said."""
    paper = {"TenTaiLieu": "Giấy tờ làm rõ", "LoaiGiayTo": "CCCD", "SoBanChinh": 0, "SoBanSao": 1, "DinhDang": "application/pdf"}
    return {"TaiLieuNop": [{**paper, "KichThuoc": 100_000, "MaBam": sha256(code.encode()).hexdigest()}]}


Act = Callable[[Owned], Any]


class Citizens:
    """`portal` is the portal's client; `at` the instants of the scenario's time come by `turn`."""

    def __init__(self, portal: AgencyClient, forms: Forms, planned: Sequence[Planned], *, profile: Profile, seed: int) -> None:
        self.refused: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.received = 0
        self._punctual: Counter[bool] = Counter()
        self._portal = portal
        self._forms = forms
        self._habits = profile.citizens
        self._hour = time.fromisoformat(profile.citizens.hour)
        self._seed = seed
        self._owned: dict[str, Owned] = {}
        self._handing_in: defaultdict[date, list[Planned]] = defaultdict(list)
        for each in planned:
            self._handing_in[each.day].append(each)
        self._acts: defaultdict[date, list[tuple[str, Act]]] = defaultdict(list)
        self._days = sorted(self._handing_in)
        self._today = date.min
        self._slots = asyncio.Semaphore(AT_ONE_TIME)

    @property
    def finished(self) -> int:
        """Dossiers that have ended: refused, withdrawn, or with their result there."""
        return sum(each.final or each.status == Status.DONE for each in self._owned.values())

    @property
    def in_time(self) -> float:
        """Per cent of the results that came by their due date."""
        return round(HUNDRED * self._punctual[True] / max(self._punctual.total(), 1), 1)

    async def busy(self) -> str | None:
        """Whoever acts has acted when `turn` returns."""
        return None

    async def next_due(self) -> datetime | None:
        """The next morning on which somebody comes."""
        return datetime.combine(self._days[0], self._hour, VN) if self._days else None

    async def turn(self, at: datetime) -> None:
        """Everybody whose time has come acts; raises what the first of them cannot get over."""
        self._today = at.date()
        if not self._days or at < datetime.combine(self._days[0], self._hour, VN):
            return
        day = self._days.pop(0)
        acts: defaultdict[str, list[Act]] = defaultdict(list)
        for code, act in self._acts.pop(day, []):
            acts[code].append(act)
        try:
            async with asyncio.TaskGroup() as here:
                here.create_task(self._hand_in(self._handing_in.pop(day, [])))
                for code in sorted(acts):
                    here.create_task(self._act(self._owned[code], acts[code]))
        except ExceptionGroup as together:
            raise together.exceptions[0] from together

    def heard(self, contract: str, said: Any) -> None:
        """Something has come to the portal, about the dossier of somebody here."""
        owned = self._owned.get(said["dossier"])
        if owned is None:
            return
        match contract:
            case "dossier.status-changed":
                self._status(owned, Status(said["status"]), final=said.get("final", False))
                if owned.status == Status.DONE and said.get("dueAt"):
                    self._punctual[datetime.fromisoformat(said["since"]) <= datetime.fromisoformat(said["dueAt"])] += 1
            case "tax.payment-notice":
                owned.open[said["notice"]] = False
                if said["ordinal"] == said["of"]:
                    self._plan_by(self._habits.pay, owned, "pay", self._pay)
            case "tax.notice-cancelled":
                owned.open.pop(said["notice"], None)
            case "tax.receipt-reconciled" if said["remaining"] == 0:
                owned.open.pop(said["notice"], None)
            case "payment.failed" if said["notice"] in owned.open:
                owned.open[said["notice"]] = False
                self._on(self._later(1), owned, self._pay)
            case "land.register-updated":
                owned.registered = True
                self._plan_collecting(owned)

    def _status(self, owned: Owned, status: Status, *, final: bool) -> None:
        self._counted(owned, status)
        owned.final = final or status in (Status.NOT_ACCEPTED, Status.RETURNED)
        if status is not Status.WITHDRAWAL:
            owned.leaving = False
        if status is Status.SUPPLEMENT:
            owned.asked += 1
            if owned.asked == 1:
                self._plan_by(self._habits.supplement, owned, "supplement", self._supplement)
        if status is Status.DONE:
            self._plan_collecting(owned)

    def _plan_collecting(self, owned: Owned) -> None:
        if owned.registered and owned.status == Status.DONE:
            self._plan_by(self._habits.collect, owned, "collect", self._collect)

    def _plan_by(self, habit: Habit, owned: Owned, what: str, act: Act) -> None:
        """By the habit of people, and by what this one is like; never earlier than tomorrow."""
        number = owned.planned.number
        if draw(self._seed, "citizen", number, what) * HUNDRED < habit.share:
            self._on(self._later(max(1, habit.workingDays.at(draw(self._seed, "citizen", number, what, "days")))), owned, act)

    def _later(self, days: int) -> date:
        return add_working_days(self._today, days)

    def _on(self, day: date, owned: Owned, act: Act) -> None:
        if day not in self._acts and day not in self._handing_in:
            insort(self._days, day)
        self._acts[day].append((owned.code, act))

    def _counted(self, owned: Owned, status: int) -> None:
        self.statuses[owned.status] -= 1
        self.statuses[status] += 1
        owned.status = status

    async def _hand_in(self, planned: Sequence[Planned]) -> None:
        for each in planned:
            filled = self._forms.make(each)
            answer = await self._post("/ho-so", filled.form)
            if answer is None:
                continue
            owned = self._owned[answer["MaHoSo"]] = Owned(each, filled.mending, answer["MaHoSo"])
            self.received += 1
            self.statuses[Status.NEW] += 1
            if each.withdraws:
                habit = self._habits.withdraw.workingDays
                self._on(self._later(max(1, habit.at(draw(self._seed, "citizen", each.number, "withdraw")))), owned, self._withdraw)

    async def _act(self, owned: Owned, acts: Sequence[Act]) -> None:
        """One after the other; whoever wants out does nothing else on that day."""
        async with self._slots:
            for act in sorted(acts, key=lambda each: (each != self._withdraw, str(each.__name__))):
                await act(owned)

    async def _pay(self, owned: Owned) -> None:
        if owned.final:
            return
        if owned.leaving:
            self._on(self._later(1), owned, self._pay)
            return
        for notice in sorted(number for number, begun in owned.open.items() if not begun):
            if await self._post(f"/ho-so/{owned.code}/thanh-toan", {"SoThongBao": notice}) is not None:
                owned.open[notice] = True

    async def _supplement(self, owned: Owned) -> None:
        if owned.status == Status.SUPPLEMENT:
            await self._post(f"/ho-so/{owned.code}/bo-sung", owned.mending or one_more(owned.code))

    async def _withdraw(self, owned: Owned) -> None:
        if owned.final or owned.status in (Status.DONE, Status.RETURNED):
            return
        if await self._post(f"/ho-so/{owned.code}/rut", {"LyDo": "Không còn nhu cầu thực hiện thủ tục"}) is not None:
            owned.leaving = True
            self._counted(owned, Status.WITHDRAWAL)

    async def _collect(self, owned: Owned) -> None:
        if await self._post(f"/ho-so/{owned.code}/tra-ket-qua", None) is not None:
            self._counted(owned, Status.RETURNED)
            owned.final = True

    async def _post(self, path: str, body: Form | None) -> Any:
        """What the portal answers; None where it says no, which is counted."""
        try:
            answer = await self._portal.call("POST", path, headers=JSON, content=None if body is None else orjson.dumps(body))
        except (AgencyAnsweredNo, Unknown):
            self.refused[f"portal {path.rpartition('/')[2]}"] += 1
            return None
        return answer.json()
