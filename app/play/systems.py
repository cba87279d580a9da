"""The systems that are outside of one scenario, while it is played: started where that is asked for, waited for, and looked after."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from app.play.commands import Started
from app.play.ground import Ground
from app.play.outside import MARK, Outside
from app.play.outsiders import ADAPTER_OF, AGENCY_OF, Outsiders
from app.settings import AGENCIES
from bus import Admin, Place

__all__ = ["Systems"]


class Systems:
    """`async with` it once the ground is there: each is started, and its group reads. `ends` as `Outside` has it."""

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
        self._stack = AsyncExitStack()
        self.participants: dict[str, Outside] = {}

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

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

    async def _start(self) -> None:
        out, ground = self._outsiders, self._ground
        if not out.names:
            return
        self._admin = await self._stack.enter_async_context(Admin(ground.kafka))
        commands = {name: (each, self._environ_of(name)) for name, each in out.commands.items()}
        self._started = await self._stack.enter_async_context(Started(commands, out.bound.folder, title=self._title))
        for member in out.members:
            self.participants[member] = self._participant(member, member)
            await self._is_read(member)
        for member, agency in out.kept.items():
            self.participants[member] = self._participant(member, agency)

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
