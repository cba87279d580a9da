"""The topics: their names, ids, settings and partitions."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from kio.schema.errors import ErrorCode

from bus.embedded.journal import Journal
from bus.embedded.log import Partition
from bus.embedded.log.compaction import Cleaned, Rules, compact
from bus.embedded.syncing import UNSYNCED, Syncing
from bus.embedded.topic_settings import SETTINGS, listed, wrong_settings

_NAME: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")
MAX_PARTITIONS: Final = 10_000


@dataclass
class Topic:
    """A topic; `config` holds only what was set on it."""

    name: str
    id: UUID
    config: dict[str, str]
    defaults: Mapping[str, str]
    partitions: list[Partition] = field(default_factory=list)

    @property
    def max_message(self) -> int:
        return int(self.setting("max.message.bytes"))

    @property
    def max_ahead(self) -> int:
        """How many milliseconds a record's timestamp may be ahead of the broker's clock."""
        return int(self.setting("message.timestamp.after.max.ms"))

    @property
    def compacted(self) -> bool:
        return "compact" in listed(self.setting("cleanup.policy"))

    @property
    def forgets(self) -> bool:
        """Whether retention applies, and records may be deleted by offset."""
        return "delete" in listed(self.setting("cleanup.policy"))

    @property
    def rules(self) -> Rules:
        """Of its compaction."""
        return Rules(
            dirty_ratio=float(self.setting("min.cleanable.dirty.ratio")),
            min_lag=int(self.setting("min.compaction.lag.ms")),
            max_lag=int(self.setting("max.compaction.lag.ms")),
            keep_tombstones=int(self.setting("delete.retention.ms")),
            segment=int(self.setting("segment.bytes")),
        )

    def setting(self, name: str) -> str:
        return self.config.get(name, self.defaults.get(name, SETTINGS[name].default))

    def shape(self) -> None:
        """Let the partitions know what size and age their files may have; compaction waits for a closed one, so it limits the age."""
        age = int(self.setting("segment.ms"))
        for partition in self.partitions:
            partition.segment_size = int(self.setting("segment.bytes"))
            partition.segment_age = min(age, self.rules.max_lag) if self.compacted else age


class Topics:
    """Every topic by name and id; what it answers yes to is in the journal."""

    def __init__(self, journal: Journal, folder: Path | None, segment: int, syncing: Syncing = UNSYNCED) -> None:
        self._journal = journal
        self._folder = folder
        self._syncing = syncing
        self._defaults = {"segment.bytes": str(segment)}
        self._by_name: dict[str, Topic] = {}
        self._by_id: dict[UUID, Topic] = {}
        for (_kind, name), value in journal.of("topic"):
            self._take(Topic(name, UUID(value["id"]), dict(value["config"]), self._defaults), value["partitions"])
        self._sweep()

    def __iter__(self) -> Iterator[Topic]:
        return iter(list(self._by_name.values()))

    def get(self, which: str | UUID) -> Topic | None:
        return self._by_name.get(which) if isinstance(which, str) else self._by_id.get(which)

    def partition(self, which: str | UUID, index: int) -> Partition | None:
        topic = self.get(which)
        return topic.partitions[index] if topic and 0 <= index < len(topic.partitions) else None

    def refusal(self, name: str, partitions: int, config: Mapping[str, str | None]) -> tuple[ErrorCode, str | None]:
        """Why this topic cannot be made."""
        if not valid_name(name):
            return ErrorCode.invalid_topic_exception, "a topic name is 1 to 249 of a-z A-Z 0-9 . _ - and not . or .."
        if name in self._by_name:
            return ErrorCode.topic_already_exists, f"Topic '{name}' already exists."
        if twin := next((other for other in self._by_name if other.replace(".", "_") == name.replace(".", "_")), None):
            return ErrorCode.invalid_topic_exception, f"Topic '{name}' collides with existing topic: {twin}"
        if not 0 < partitions <= MAX_PARTITIONS:
            return ErrorCode.invalid_partitions, f"Number of partitions must be between 1 and {MAX_PARTITIONS}."
        if wrong := wrong_settings(config):
            return ErrorCode.invalid_config, wrong
        return ErrorCode.none, None

    def create(self, name: str, partitions: int, config: Mapping[str, str | None]) -> Topic:
        """Make a topic that `refusal` has nothing against."""
        topic = Topic(name, uuid4(), {key: value for key, value in config.items() if value is not None}, self._defaults)
        self._write(topic, partitions)
        self._take(topic, partitions)
        return topic

    def grow(self, topic: Topic, partitions: int) -> None:
        self._write(topic, partitions)
        topic.partitions += [self._partition(topic, index) for index in range(len(topic.partitions), partitions)]
        topic.shape()

    def configure(self, topic: Topic, config: Mapping[str, str]) -> None:
        topic.config = dict(config)
        self._write(topic, len(topic.partitions))
        topic.shape()

    def delete(self, topic: Topic) -> None:
        """Forget a topic, every offset committed in it, and its bytes."""
        offsets = [key for kind in ("offset", "pending") for key, _value in self._journal.of(kind) if key[2] == topic.name]
        places = [key for kind in ("start", "compacted") for key, _value in self._journal.of(kind) if key[1] == topic.name]
        self._journal.write({("topic", topic.name): None, **dict.fromkeys((*offsets, *places))})
        del self._by_name[topic.name], self._by_id[topic.id]
        for partition in topic.partitions:
            partition.remove()
        if self._folder is not None:
            shutil.rmtree(self._folder / _folder_name(topic), ignore_errors=True)

    def trim(self, topic: Topic, index: int, offset: int) -> int:
        """Forget the records of a partition before an offset, for good; where it begins now."""
        partition = topic.partitions[index]
        if offset > partition.start:
            self._journal.write({("start", topic.name, str(index)): offset})
            partition.trim(offset)
        return partition.start

    def expire(self, now: int) -> None:
        """Forget what the topics' retention does not keep; `now` in ms since 1970."""
        for topic in (each for each in self if each.forgets):
            age, size = int(topic.setting("retention.ms")), int(topic.setting("retention.bytes"))
            if age >= 0 or size >= 0:
                for partition in topic.partitions:
                    partition.expire(now, age=age, size=size)

    def compact(self, now: int) -> Iterator[None]:
        """Compact what is due, in small steps; whoever does other things between two of them may change or delete anything."""
        for topic in (each for each in self if each.compacted):
            for index, partition in enumerate(topic.partitions):
                key = ("compacted", topic.name, str(index))
                known = self._journal.get(key)
                before = Cleaned(known[0], tuple((offset, at) for offset, at in known[1])) if known else Cleaned()
                after = yield from compact(partition, topic.rules, before, now)
                if after is not None and self.get(topic.id) is topic:
                    self._journal.write({key: after})

    def check(self) -> Iterator[None]:
        """Read all that is there, in small steps, and tell what is damaged."""
        for topic in self:
            for partition in topic.partitions:
                yield from partition.check()

    def forget_producers(self, before: int) -> None:
        """Those that have sent nothing since a time (ms) and are in no transaction."""
        for topic in self:
            for partition in topic.partitions:
                partition.producers.expire(before)

    def close(self) -> None:
        for topic in self:
            for partition in topic.partitions:
                partition.close()

    def _take(self, topic: Topic, partitions: int) -> None:
        topic.partitions = [self._partition(topic, index) for index in range(partitions)]
        topic.shape()
        self._by_name[topic.name] = self._by_id[topic.id] = topic

    def _partition(self, topic: Topic, index: int) -> Partition:
        folder = self._folder / _folder_name(topic) / str(index) if self._folder else None
        start = int(self._journal.get(("start", topic.name, str(index))) or 0)
        return Partition(folder, int(topic.setting("segment.bytes")), start, name=f"{topic.name}-{index}", syncing=self._syncing)

    def _write(self, topic: Topic, partitions: int) -> None:
        self._journal.write({("topic", topic.name): {"id": str(topic.id), "partitions": partitions, "config": topic.config}})

    def _sweep(self) -> None:
        """Remove what a broker that was killed while it deleted a topic left behind."""
        if self._folder is None or not self._folder.exists():
            return
        known = {_folder_name(topic) for topic in self}
        for path in self._folder.iterdir():
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)


def named(asked: Any, field: str = "name") -> str | UUID:
    """How a request names a topic: by name up to some version, by id from there on."""
    which: str | UUID = getattr(asked, field, None) or asked.topic_id
    return which


def unknown(which: str | UUID) -> ErrorCode:
    """What is answered for a topic that is not there."""
    return ErrorCode.unknown_topic_or_partition if isinstance(which, str) else ErrorCode.unknown_topic_id


def valid_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in {".", ".."}


def _folder_name(topic: Topic) -> str:
    """Readable, at most 255 bytes, and one of its own also where files know no upper case."""
    return f"{topic.name[:200]}~{topic.id.hex[:12]}"
