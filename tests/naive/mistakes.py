"""The classic mistakes of an adapter, by name; each is one way to be wrong, the rest of the adapter is right."""

from typing import Final

MISTAKES: Final = {
    "no-key": "calls carry no Idempotency-Key, so that what comes twice is applied twice",
    "commits-first": "commits a message before the agency has it",
    "no-retry": "drops what is answered with 404 or 5xx, or not at all",
    "impatient": "takes half a second without an answer for a failure, and calls again as if it were the first time",
    "takes-4xx-for-success": "looks at no status of an answer below 500",
    "stops-at-poison": "ends its loop at a record that it cannot read",
    "swallows-poison": "skips what it cannot read, and tells nobody",
    "guesses-dates": "reads whatever looks like a date as dd/MM/yyyy, and stores it",
    "ignores-revision": "says the latest revision of the slip that it knows, whatever the message says",
    "newest-first": "applies the newest of what has come first",
    "new-id-for-a-resend": "its producer is not idempotent, and what is not acknowledged goes out again under a fresh id",
    "first-notice-only": "takes the first notice of a dossier for the only one",
    "last-is-all": "takes notice n of n for the sign that all have come",
    "waits-for-notices": "believes a completion only when it has every notice",
    "notice-is-payment": "takes a notice of what is to be paid for one of what was paid",
    "reads-from-the-end": "begins at the end of its inbox, wherever it had stopped",
    "leaves-when-expelled": "ends its loop when the group has expelled it",
    "ignores-cancellations": "has no use for tax.notice-cancelled, and drops it",
}
