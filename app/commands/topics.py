"""Commands for the topics of a space: what is planned, making it so, whether it is so, and the rights that belong to it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.options import AsJson, State, settings
from app.listing import lines, table
from app.logs import configure
from app.settings import Settings
from vn.errors import Unusable

if TYPE_CHECKING:
    from bus import Members, Topic, TopicAdmin
    from bus.drift import Difference

__all__ = ["topics"]

topics = typer.Typer(help="Topics of a space: plan, apply, check; the rights (ACLs) that they need.", no_args_is_help=True)

Shapes = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Partitions, replication, retention and cleanup as YAML; default: as built in."),
]
_OPERATOR = "operator"
_SEEN_WITHIN = 10.0  # seconds
_LOOK_EVERY = 0.1


@topics.command("plan")
def plan(file: Shapes = None, json_: AsJson = False, state: State = None) -> None:
    """Show what `apply` would make or change; nothing is touched."""
    _show(asyncio.run(_Space(settings(state), file).compared()), as_json=json_)


@topics.command("apply")
def apply(
    file: Shapes = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Also what loses records: a shorter retention, compaction, topics of nobody deleted.")
    ] = False,
    json_: AsJson = False,
    state: State = None,
) -> int:
    """Make the topics as planned: missing ones made, partitions added, settings changed. Exit code 1 if something is left as it was.

    Partitions can never be taken away, and replication is not changed here.
    """
    done, left = asyncio.run(_Space(settings(state), file).applied(lossy=yes))
    _show(done, as_json=json_)
    for each in left if not json_ else ():
        how = "say --yes" if each.loses else "left as it is"
        typer.echo(f"not done: {each.topic} {each.setting}: {each.why}; {how}", err=True)
    return 1 if left else 0


@topics.command("check")
def check(file: Shapes = None, json_: AsJson = False, state: State = None) -> int:
    """Say whether the topics are as planned; exit code 1 and every difference where they are not."""
    found = asyncio.run(_Space(settings(state), file).compared())
    _show(found, as_json=json_)
    return 1 if found else 0


@topics.command("acls")
def acls(
    principal: Annotated[
        list[str] | None,
        typer.Option(metavar="MEMBER=PRINCIPAL", help="Who a member is to Kafka; default User:<short name>. Also operator=PRINCIPAL."),
    ] = None,
    command_config: Annotated[str | None, typer.Option(metavar="FILE", help="For kafka-acls: how to reach the broker.")] = None,
    json_: AsJson = False,
    state: State = None,
) -> None:
    """Print the rights by which a member writes only its outbox and reads only its inbox, as calls of kafka-acls; no broker is asked."""
    from bus import EXCHANGE, Members, Space
    from bus.acls import acls as rights

    read = settings(state)
    members = Members.read(read.members)
    told = _principals(principal or [], members)
    operator, exchange = told.pop(_OPERATOR, None), told.pop(EXCHANGE)
    found = rights(Space(read.space), told, exchange=exchange, operator=operator)
    if json_:
        lines(each.as_json() for each in found)
    else:
        for each in found:
            typer.echo(each.command(read.bootstrap or "BROKER:9092", command_config))


def _principals(given: Sequence[str], members: "Members") -> dict[str, str]:
    """By member id, and under `operator`."""
    told = {member.id: f"User:{member.short}" for member in members}
    faults = []
    for each in given:
        name, _, principal = each.partition("=")
        kind, _, who = principal.partition(":")
        if not (name and kind and who):
            faults.append(f"--principal {each}: give it as MEMBER=User:NAME")
        elif name == _OPERATOR:
            told[_OPERATOR] = principal
        else:
            try:
                told[members.named(name).id] = principal
            except Unusable as error:
                faults.append(f"--principal {each}: {error}")
    if faults:
        raise Unusable("; ".join(faults))
    return told


class _Space:
    """The topics of the settings' space, or of the exchange that runs from the state folder, as they are and as they are planned."""

    def __init__(self, read: Settings, file: Path | None) -> None:
        from app.state import meant
        from app.topic_file import wanted
        from bus import KafkaSettings, Members, Space

        configure(read.log, "warning", "lgsp")
        there = meant(read)
        self._wanted = wanted(file)
        self._space: Space = Space(there.space)
        self._plan: tuple[Topic, ...] = self._space.plan(Members.read(read.members).ids, shapes=self._wanted.shapes)
        kafka: KafkaSettings = KafkaSettings(there.bootstrap, security=read.security)
        self._kafka = replace(kafka, replication=self._wanted.replication or kafka.replication)

    async def compared(self) -> tuple["Difference", ...]:
        """Every difference between what is and what is planned."""
        async with self._admin() as admin:
            return await self._compared(admin)

    async def applied(self, *, lossy: bool) -> tuple[tuple["Difference", ...], tuple["Difference", ...]]:
        """Mend what can be mended, and what loses records where that is wanted; what was mended, and what is left."""
        async with self._admin() as admin:
            todo = tuple(each for each in await self._compared(admin) if each.act != "impossible" and (lossy or not each.loses))
            await admin.mend(self._plan, todo)
            deadline = time.monotonic() + _SEEN_WITHIN
            while True:  # a broker learns from the controller a little later
                left = await self._compared(admin)
                if not set(left) & set(todo) or time.monotonic() > deadline:
                    return todo, left
                await asyncio.sleep(_LOOK_EVERY)

    async def _compared(self, admin: "TopicAdmin") -> tuple["Difference", ...]:
        from bus.drift import differences

        found = await admin.found(f"{self._space.name}.")
        return differences(self._plan, found, replication=self._wanted.replication, box=self._space.is_box)

    def _admin(self) -> "TopicAdmin":
        from bus import TopicAdmin

        return TopicAdmin(self._kafka)


def _show(found: Sequence["Difference"], *, as_json: bool) -> None:
    if as_json:
        lines(_row(each) for each in found)
    elif found:
        columns = ("topic", "setting", "is", "should be", "what to do")
        table(columns, ([each.topic, each.setting, each.found or "-", each.planned or "-", _what(each)] for each in found))
    else:
        typer.echo("as planned: nothing to do")


def _what(each: "Difference") -> str:
    act = {"lossy": "alter with --yes", "delete": "delete with --yes", "impossible": "not possible"}.get(each.act, each.act)
    return f"{act}: {each.why}" if each.why else act


def _row(each: "Difference") -> dict[str, Any]:
    named = {"topic": each.topic, "setting": each.setting, "is": each.found, "should": each.planned}
    return {**named, "act": each.act, "loses": each.loses, "why": each.why}
