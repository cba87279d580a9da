"""What the four adapters share: reading the feed, sending, receiving, retrying, reporting, health.

A whole adapter is a translation and two tables::

    # adapters/ilis/handlers.py
    async def payment_notice(message: Received[PaymentNotice], agency: Agency) -> None:
        await agency.post("/thong-bao-thue", notice_to_native(message.payload))

    RECEIVES: Receives = {PaymentNotice: payment_notice}
    SENDS: Sends = {"PHIEU_CHUYEN": slip_from_native}

    # adapters/ilis/__init__.py
    ILIS = Adapter(name="ilis", member="VN/GOV/H37.15/ilis", service="land", receives=RECEIVES, sends=SENDS)

- A **handler** gets the decoded payload with its envelope and calls the agency. It ends in one of three ways: it returns
  (applied), it raises `Retry` (again, without end), it raises anything else (n tries, then `exchange.delivery-failed`).
  `agency.post` and `agency.put` raise the right one by themselves: `Retry` where the agency is away, slow or answers 5xx,
  `AgencyAnsweredNo` for 4xx and for nonsense, `Unknown` for 404 (tried again for a bounded time). The message's id is the
  key of every call, so one path is written to once per message.
- A **sender** gets one `FeedItem` and gives the payload to send, or None where the entry is nothing for the exchange. A message
  goes to every member with the right to it; `To(member, payload)` addresses one. Whatever a sender raises is reported to the
  agency as `adapter.untranslatable` (a pydantic error or a `Refused` with every fault), and the feed goes on.
- What an agency says is wrong points into the body it was given; the report of a failed delivery points into the contract. The runtime
  finds the way back by itself (`origins`): it runs the handler again with other values and nobody at the other end, so a handler has to
  be a translation and a call, without effects of its own. What the contract has no field for is named in the reason.
- An agency that says no in a shape of its own, as the tax gateway does in XML, sets `Adapter.read_no`; where what it
  is told is not JSON, `read_no` gives pointers into the contract.

`Runtime(adapter, url, ...)` runs it; `Runtime.health()` is what `/_lgsp/health` shows.
"""

from adapters.runtime.agency import Agency
from adapters.runtime.answers import Answer, Nonsense, problem
from adapters.runtime.client import AgencyClient
from adapters.runtime.declaration import Adapter, FeedItem, Handler, Received, Receives, Sender, Sends, To
from adapters.runtime.health import HealthSnapshot
from adapters.runtime.letters import correlation_of
from adapters.runtime.runtime import Runtime
from adapters.runtime.settings import Backoff, Settings

__all__ = [
    "Adapter",
    "Agency",
    "AgencyClient",
    "Answer",
    "Backoff",
    "FeedItem",
    "Handler",
    "HealthSnapshot",
    "Nonsense",
    "Received",
    "Receives",
    "Runtime",
    "Sender",
    "Sends",
    "Settings",
    "To",
    "correlation_of",
    "problem",
]
