"""Members come, go, lose answers and fall silent in a random order that a seed repeats: no partition ever has two owners."""

from random import Random

import pytest
from kio.schema.errors import ErrorCode

from bus.embedded import BrokerSettings
from bus.embedded.broker import Broker
from bus.embedded.groups import Beat, Beaten, ConsumerGroup, Part

GROUP = "g"
NOTHING: Part = frozenset()


class Client:
    """What a client's library knows: it owns what it was last given, and says everything again when an answer was lost."""

    def __init__(self, broker: Broker, id_: str, topics: frozenset[str]) -> None:
        self._broker, self.id, self._topics = broker, id_, topics
        self.epoch = 0
        self.owns: Part = NOTHING
        self._say_all = True

    def beat(self, *, answer_lost: bool = False, silent_on_owned: bool = False) -> ErrorCode:
        """Heartbeat; a member that is told it is none gives everything up at once."""
        topics = self._topics if self._say_all else None
        owned = None if silent_on_owned and not self._say_all else self.owns
        me = {"group_id": GROUP, "member_id": self.id, "epoch": self.epoch, "version": 1, "client_id": "c", "host": "/h"}
        answer = self._broker.groups.beat(Beat(**me, rebalance=60.0 if self._say_all else None, topics=topics, owned=owned))
        if answer_lost:
            self._say_all = True
            return ErrorCode.none
        if not isinstance(answer, Beaten):
            self.owns = NOTHING
            return answer.error
        self._say_all = False
        self.epoch = answer.epoch
        if answer.assigned is not None:
            self.owns = answer.assigned
        return ErrorCode.none

    def leave(self) -> None:
        self.owns = NOTHING
        me = {"group_id": GROUP, "member_id": self.id, "version": 1, "client_id": "c", "host": "/h"}
        assert isinstance(self._broker.groups.beat(Beat(**me, epoch=-1)), Beaten)


class Crowd:
    """Clients of one group on three topics."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.broker = Broker(BrokerSettings(), None)
        for name in "abc":
            self.broker.topics.create(name, self.chance.randint(1, 6), {})
        self.clients: list[Client] = []
        self._born = 0

    @property
    def group(self) -> ConsumerGroup:
        group = self.broker.groups.get(GROUP)
        assert isinstance(group, ConsumerGroup)
        return group

    def step(self) -> None:
        what = self.chance.choices(["join", "beat", "lost", "leave", "die", "grow"], [2, 20, 4, 1, 1, 1])[0]
        if what == "join" or not self.clients:
            self._born += 1
            topics = frozenset(self.chance.sample("abc", self.chance.randint(1, 3)))
            self.clients.append(Client(self.broker, f"m{self._born}", topics))
            self.beat(self.clients[-1])
            return
        client = self.chance.choice(self.clients)
        if what == "grow":
            topic = self.broker.topics.get(self.chance.choice("abc"))
            assert topic is not None
            self.broker.topics.grow(topic, len(topic.partitions) + 1)
        elif what == "leave":
            self.clients.remove(client)
            client.leave()
        elif what == "die":
            self.clients.remove(client)
            self.group.expel(client.id)  # what its session's end does
        else:
            self.beat(client, answer_lost=what == "lost", silent_on_owned=self.chance.random() < 0.3)

    def beat(self, client: Client, **how: bool) -> None:
        error = client.beat(**how)
        assert error in {ErrorCode.none, ErrorCode.fenced_member_epoch}
        if error is ErrorCode.fenced_member_epoch:  # it has lost more answers than the protocol makes good
            self.clients.remove(client)
            self.group.expel(client.id)

    def owners(self) -> list[Part]:
        return [client.owns for client in self.clients]


def disjoint(parts: list[Part]) -> bool:
    return sum(map(len, parts)) == len(NOTHING.union(*parts))


@pytest.mark.parametrize("seed", range(20))
async def test_no_partition_has_two_owners_and_once_it_is_quiet_each_has_one(seed: int) -> None:
    crowd = Crowd(seed)
    for _ in range(200):
        crowd.step()
        assert disjoint(crowd.owners())
        assert disjoint([member.held for member in crowd.group.members.values()])
    crowd.clients.append(Client(crowd.broker, "last", frozenset("abc")))
    for _ in range(12):
        for client in list(crowd.clients):
            crowd.beat(client)
            assert disjoint(crowd.owners())
    assert crowd.group.state == "Stable"
    assert sum(map(len, crowd.owners())) == sum(len(topic.partitions) for topic in crowd.broker.topics)
    crowd.broker.close()
