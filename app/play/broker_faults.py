"""Rules of the embedded broker's fault plan (docs/faults.md), given to its control address for as long as a scenario says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from app.play.faults import Firing, Ledger
from scenarios.faults import Fault
from scenarios.typed import typed
from vn.clock import VN
from vn.errors import CannotConnect, NotAllowed, Unusable

__all__ = ["BrokerFaults", "read_rule"]

_RULES = "/_lgsp/faults"
_TOLD = ("api", "client", "topic", "partition", "offset", "group", "member")


def read_rule(name: str, said: Any) -> dict[str, Any]:
    """The rule of a script as the broker takes it, under the fault's name; raises Unusable with every fault of it, a line each."""
    from bus.embedded.faults import checked

    rule = typed(said)
    if not isinstance(rule, Mapping):
        raise Unusable(f"{name}: a broker's rule is a mapping, with stage and action (docs/faults.md)")
    try:
        (made,) = checked([{**rule, "name": name}])
    except NotAllowed as error:
        raise Unusable("\n".join(f"{name}: {fault.pointer.removeprefix('/0') or '/'}: {fault.reason}" for fault in error.faults)) from None
    return made.to_json()


class BrokerFaults:
    """`async with` it while the broker runs whose control address this is; at the end it tells the truth again.

    A rule without `when` is done when it is armed. Unlike elsewhere, `fired` tells real instants: the broker knows no other time.
    """

    def __init__(self, control: str) -> None:
        self._http = httpx.AsyncClient(base_url=control, timeout=10, trust_env=False)
        self._ledger: Ledger[Fault] = Ledger()
        self._earlier: dict[str, int] = {}  # how often another scenario's rule of that name has fired on this broker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            for name in self._ledger.live:
                await self.heal(name)
        except CannotConnect:  # a rule, or somebody else, has ended the broker
            pass
        finally:
            await self._http.aclose()

    async def arm(self, name: str, fault: Fault, about: str | None = None) -> None:  # noqa: ARG002 - a rule says itself what it is about
        """From now on."""
        assert fault.broker is not None, f"{fault.kind} is no fault of the broker"
        rule = read_rule(name, fault.broker.rule)
        self._earlier[name] = len(await self._all_fired(name))
        await self._ask("PATCH", _RULES, rule)
        self._ledger.arm(name, fault)

    async def heal(self, name: str) -> None:
        """The rule is removed; what it holds back is stored, what it pauses goes on."""
        if name in self._ledger.live:
            self._ledger.heal(name)
            await self._ask("DELETE", f"{_RULES}/{name}")

    async def fired(self, name: str) -> Sequence[Firing]:
        """When the broker did it, in real time, and at which request."""
        return (await self._all_fired(name))[self._earlier.get(name, 0) :]

    @property
    def armed(self) -> tuple[str, ...]:
        """The rules that are in force; one that is used up stays until it is healed."""
        return self._ledger.live

    async def _all_fired(self, name: str) -> tuple[Firing, ...]:
        found = await self._ask("GET", f"{_RULES}/fired")
        return tuple((datetime.fromisoformat(each["time"]).astimezone(VN), _told(each)) for each in found["fired"] if each["rule"] == name)

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise CannotConnect(f"the broker's control address {self._http.base_url} does not answer ({type(error).__name__})") from None
        if not answer.is_success:
            raise Unusable(f"the broker does not take {method} {path}: {answer.text[:500]}")
        return answer.json() if answer.content else None


def _told(fired: Mapping[str, Any]) -> str:
    about = " ".join(f"{key} {fired[key]}" for key in _TOLD if key in fired)
    return f"{fired['action']} at {fired['stage']}" + (f": {about}" if about else "")
