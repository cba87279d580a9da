"""How ids travel through an agency that does not know them: in headers there, in the feed back."""

from urllib.parse import quote, unquote

from bus import Message

VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")


def headers_of(message: Message) -> dict[str, str]:
    """What a call of the agency carries of the envelope; what a header cannot hold is percent-encoded, as X-Road does."""
    headers = {"Idempotency-Key": f"{message.source} {_encoded(message.id)}"}
    if message.correlation_id:
        headers["X-Correlation-Id"] = _encoded(message.correlation_id)
    if message.traceparent:
        headers["traceparent"] = _encoded(message.traceparent)
    return headers


def cause_of(key: str | None) -> str | None:
    """The message id in the key that an agency gives back as the cause of an entry."""
    return unquote(key.partition(" ")[2]) or None if key else None


def given_back(value: str | None) -> str | None:
    """A correlation id or trace as it was before its way through the agency."""
    return unquote(value) if value else None


def _encoded(text: str) -> str:
    return quote(text, safe=VISIBLE)
