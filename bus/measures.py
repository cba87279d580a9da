"""What the exchange and the adapters count: FastStream's names where they fit, ours begin with `lgsp_`."""

from typing import Final

from vn.vitals import HEALTHY, Family

KAFKA: Final = "kafka"
_BY_TOPIC = ("broker", "handler")

RECEIVED = Family("received_messages_total", "counter", "Messages taken from a topic (handler)", _BY_TOPIC)
IN_PROCESS = Family("received_messages_in_process", "gauge", "Messages taken and not yet finished", _BY_TOPIC)
PROCESSED = Family(
    "received_processed_messages_total",
    "counter",
    "Messages finished: acked, rejected (refused, or given back as not deliverable), nacked (a try that failed and is made again)",
    (*_BY_TOPIC, "status"),
)
PROCESSING = Family(
    "received_processed_messages_duration_seconds", "histogram", "From taking a message to its end, tries and waits included", _BY_TOPIC
)
EXCEPTIONS = Family(
    "received_processed_messages_exceptions_total", "counter", "What a try ended with, by kind of error", (*_BY_TOPIC, "exception_type")
)
PUBLISHED = Family("published_messages_total", "counter", "Messages that the broker has acknowledged", ("broker", "destination", "status"))
PUBLISHING = Family(
    "published_messages_duration_seconds", "histogram", "From writing a batch to its acknowledgement", ("broker", "destination")
)

LAG = Family("lgsp_consumer_lag", "gauge", "Messages of a partition not yet taken", ("topic", "partition"))
FETCH_AGE = Family("lgsp_last_fetch_age_seconds", "gauge", "Since Kafka last answered a fetch")
LAST_COMMIT = Family("lgsp_last_commit_timestamp_seconds", "gauge", "When offsets were last committed, seconds since 1970")
COMMITS = Family("lgsp_commits_total", "counter", "Commits of offsets", ("outcome",))
REFUSALS = Family("lgsp_refusals_total", "counter", "Messages that the exchange refused", ("code",))
STAGE = Family(
    "lgsp_stage_duration_seconds",
    "summary",
    "Messages through a stage of the exchange (decode, identify, validate, authorise, deliver, journal, commit) and the time spent there",
    ("stage",),
)
RETRIES = Family("lgsp_retries_total", "counter", "Tries that failed and are made again", ("what",))
TROUBLED = Family("lgsp_retrying_seconds", "gauge", "How long something has been tried again without success", ("what",))
FAILED_DELIVERIES = Family("lgsp_delivery_failures_total", "counter", "Messages that the agency could not be given, by reason", ("code",))
NOT_SENT = Family(
    "lgsp_feed_entries_not_sent_total", "counter", "Feed entries given back to the agency, which cannot be said to the exchange", ("code",)
)
REPLACED = Family("lgsp_replaced_clients_total", "counter", "Kafka clients that were broken and made anew", ("client",))
OFFSET_GAPS = Family("lgsp_offset_gaps_total", "counter", "Jumps of offsets: control records, or records that are gone")

FAMILIES = (
    *(RECEIVED, IN_PROCESS, PROCESSED, PROCESSING, EXCEPTIONS, PUBLISHED, PUBLISHING),
    *(
        HEALTHY,
        LAG,
        FETCH_AGE,
        LAST_COMMIT,
        COMMITS,
        REFUSALS,
        STAGE,
        RETRIES,
        TROUBLED,
        FAILED_DELIVERIES,
        NOT_SENT,
        REPLACED,
        OFFSET_GAPS,
    ),
)
