"""What each member and the exchange may do on a broker with an authorizer: a member writes only its outbox and reads only its inbox."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bus.topics import Space

__all__ = ["Acl", "acls"]


@dataclass(frozen=True)
class Acl:
    """One right, allowed from every host. Read, Write and Delete include Describe."""

    principal: str
    resource: Literal["topic", "group"]
    name: str
    operations: tuple[str, ...]
    prefixed: bool = False

    def as_json(self) -> dict[str, Any]:
        """With the names of Kafka's own tools."""
        pattern = "prefixed" if self.prefixed else "literal"
        return {"principal": self.principal, "resourceType": self.resource, "name": self.name, "patternType": pattern} | {
            "operations": list(self.operations),
            "permission": "allow",
        }

    def command(self, bootstrap: str, command_config: str | None = None) -> str:
        """As one call of kafka-acls."""
        words = ["kafka-acls", "--bootstrap-server", bootstrap, *(["--command-config", command_config] if command_config else [])]
        words += ["--add", "--allow-principal", self.principal]
        words += [word for each in self.operations for word in ("--operation", each)]
        words += [f"--{self.resource}", self.name, *(["--resource-pattern-type", "prefixed"] if self.prefixed else [])]
        return shlex.join(words)


def acls(space: Space, members: Mapping[str, str], *, exchange: str, operator: str | None = None) -> tuple[Acl, ...]:
    """The rights of a space. `members`: principal by member id; `operator`: who may do all in the space, say for `lgsp topics`.

    An idempotent producer needs no right on the cluster: since Kafka 3.0 the right to write one topic is enough.
    """
    prefix = f"{space.name}."  # no name of a space has a dot, so that no space is the beginning of another
    told = [right for member, principal in members.items() for right in _of_member(space, member, principal)]
    told += [
        Acl(exchange, "topic", prefix, ("Create", "Describe"), prefixed=True),
        Acl(exchange, "topic", f"{prefix}outbox.", ("Read",), prefixed=True),
        Acl(exchange, "topic", f"{prefix}inbox.", ("Read", "Write"), prefixed=True),  # it reads back what a member could not apply
        Acl(exchange, "topic", space.journal, ("Write",)),
        Acl(exchange, "topic", space.dead_letter, ("Write",)),
        Acl(exchange, "group", space.exchange_group, ("Read",)),
    ]
    if operator is not None:
        told += [Acl(operator, kind, prefix, ("All",), prefixed=True) for kind in ("topic", "group")]
    return tuple(told)


def _of_member(space: Space, member: str, principal: str) -> tuple[Acl, ...]:
    return (
        Acl(principal, "topic", space.outbox(member), ("Write",)),
        Acl(principal, "topic", space.inbox(member), ("Read",)),
        Acl(principal, "group", space.group(member), ("Read",)),
    )
