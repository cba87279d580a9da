"""A space that was named for a run on somebody else's broker: nothing may be in it, because it is made anew for every scenario."""

from bus import Admin, KafkaSettings, Reader
from vn.errors import Unusable

__all__ = ["check_unused"]


async def check_unused(kafka: KafkaSettings, space: str) -> None:
    """Raises Unusable where a topic of this space holds messages."""
    async with Admin(kafka) as admin, Reader(kafka) as reader:
        topics = [name for name in await admin.topics() if name.startswith(f"{space}.")]
        used = bool(topics) and any((await reader.ends(topics)).values())
    if used:
        raise Unusable(f"LGSP_SPACE={space}: there are messages in it at {kafka.bootstrap}, and a run would remove them; take another name")
