"""The systems that are outside of one scenario, while it is played: started where that is asked for, waited for, and looked after."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from app.play.commands import Started
from app.play.ground import Ground
from app.play.outside import MARK, Outside
from app.play.outsiders import ADAPTER_OF, AGENCY_OF, Outsiders
from app.settings import AGENCIES
from bus import Admin, Place

__all__ = ["Systems"]


class Systems:
    """`async with it.running()` once the ground is there: each is started, and its group reads. `ends` as `Outside` has it."""

    def __init__(
        self,
        outsiders: Outsiders,
        ground: Ground,
        ends: Callable[[], Mapping[Place, int] | None],
        *,
        environ: Mapping[str, str],
        title: str,
    ) -> None:
        self._outsiders = outsiders
        self._ground = ground
        self._ends = ends
        self._environ = environ
        self._title = title
        self.participants: dict[str, Outside] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """All of them, for the length of the block; none is started where nobody is outside."""
        if not (out := self._outsiders).names:
            yield
            return
        commands = {name: (each, self._environ_of(name)) for name, each in out.commands.items()}
        started = Started(commands, out.bound.folder, title=self._title)
        async with Admin(self._ground.kafka) as self._admin, started as self._started:
            for member in out.members:
                self.participants[member] = self._participant(member, member)
                await self._is_read(member)
            for member, agency in out.kept.items():
                self.participants[member] = self._participant(member, agency)
            yield

    async def stop(self, part: str) -> bool:
        """End the system in the place of this part; False where the part is ours."""
        name = self._of(part)
        if name is not None:
            await self._started.stop(name)
            for member in self._halves(name):
                self.participants[member].away = True
        return name is not None

    async def start(self, part: str) -> bool:
        """Start it again, and wait until it reads; False where the part is ours."""
        name = self._of(part)
        if name is not None:
            await self._started.start(name)
            for member in self._halves(name):
                self.participants[member].away = False
                await self._is_read(member)
        return name is not None

    def blamed(self, busy: str) -> bool:
        """Whether those who are busy are such systems, or parts of ours that get no answer from one."""
        waiting = [f"{adapter} " for member, adapter in ADAPTER_OF.items() if member in self._outsiders.kept]
        return any(each in busy for each in (MARK, *waiting))

    async def _is_read(self, member: str) -> None:
        if member in self._outsiders.members:
            within = self._outsiders.member(member).join.by.total_seconds()
            await self.participants[member].is_read(self._ground.kafka.bootstrap, within)

    def _participant(self, member: str, name: str) -> Outside:
        return Outside(
            self._ground.register.named(member).id,
            self._admin,
            self._ground.outer,
            self._ends,
            group=self._outsiders.member(member).group,
            settle=self._outsiders.member(member).settle.by.total_seconds(),
            name=name,
            look=self._started.look,
        )

    def _of(self, part: str) -> str | None:
        return self._outsiders.started_for(part) if part in self._outsiders.left_out else None

    def _halves(self, name: str) -> list[str]:
        """The members that this system speaks for, or stands behind."""
        return [member for member in self.participants if name in (member, AGENCY_OF[member])]

    def _environ_of(self, name: str) -> Mapping[str, str]:
        """Where the exchange is, and the address of its agency: where ours answers, or where its own is to."""
        agency = name if name in AGENCIES else AGENCY_OF[name]
        url = self._ground.address(agency)
        return {
            **self._environ,
            "LGSP_KAFKA_BOOTSTRAP": self._ground.kafka.bootstrap,
            "LGSP_SPACE": self._ground.outer.name,
            **({f"LGSP_{agency.upper()}_URL": url} if url else {}),
        }
