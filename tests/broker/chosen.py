"""Which broker a run of the tests is about."""

import os

EMBEDDED = not os.environ.get("LGSP_KAFKA_BOOTSTRAP") and os.environ.get("LGSP_TEST_BROKER", "embedded") == "embedded"  # noqa: TID251 - which broker the same tests run against
