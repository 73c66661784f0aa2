"""The edge that all doors share: one transaction per request, guards, and problem answers (RFC 9457)."""

from backend.http.edge import NodeApp, Services, epoch, language, services, session, stamp
from backend.http.guards import (
    STAFF_TOKEN,
    Guard,
    anybody,
    guarded,
    me,
    signed_in,
    staff,
    staff_with,
    writes_on_read,
)
from backend.http.problems import (
    HTTP_SENTENCES,
    KEPT_HEADERS,
    database_problem,
    domain_problem,
    http_problem,
    problem,
    sentence_of,
    unforeseen,
)
from backend.http.visits import demo_notes, local_path

__all__ = [
    "HTTP_SENTENCES",
    "KEPT_HEADERS",
    "STAFF_TOKEN",
    "Guard",
    "NodeApp",
    "Services",
    "anybody",
    "database_problem",
    "demo_notes",
    "domain_problem",
    "epoch",
    "guarded",
    "http_problem",
    "language",
    "local_path",
    "me",
    "problem",
    "sentence_of",
    "services",
    "session",
    "signed_in",
    "staff",
    "staff_with",
    "stamp",
    "unforeseen",
    "writes_on_read",
]
