"""An agency's feed as it comes over HTTP, read entry by entry: one bad entry does not spoil the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from adapters.runtime.answers import Nonsense
from adapters.runtime.declaration import FeedItem
from adapters.runtime.policy import GiveUp, untranslatable

_entry = TypeAdapter(FeedItem)


@dataclass(frozen=True)
class BadEntry:
    """An entry that is not what the feed promises; `id` is None where not even that can be read."""

    id: str | None
    why: GiveUp


@dataclass(frozen=True)
class Page:
    """One answer of `GET /_feed`: what is new, and the cursor that acknowledges it."""

    entries: tuple[FeedItem | BadEntry, ...]
    next: int | None


def read_page(value: Any) -> Page:
    """The page in a feed's answer; raises `Nonsense` where there is none."""
    if not isinstance(value, dict) or not isinstance(value.get("items"), list) or not isinstance(value.get("next"), int | None):
        raise Nonsense("the agency's feed has no items and next")
    return Page(tuple(_entries(value["items"])), value["next"])


def _entries(items: list[Any]) -> Iterator[FeedItem | BadEntry]:
    for item in items:
        try:
            yield _entry.validate_python(item)
        except ValidationError as error:
            named = item.get("id") if isinstance(item, dict) else None
            yield BadEntry(named if isinstance(named, str) and named else None, untranslatable(error))
