"""The blueprint of the peers' door, and what its routes are given: who asks, and the bytes that were checked."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend import clock, http
from backend.db.node import this_node
from backend.http import guarded, peer
from backend.wire.body import MOST_BYTES

blueprint = Blueprint("federation", __name__, url_prefix="/federation")


@blueprint.before_request
def allow_large_bodies() -> None:
    """The gate has measured the body already; other doors keep their smaller limit."""
    request.max_content_length = MOST_BYTES


@blueprint.get("/hello")
@guarded(peer)
def hello() -> ResponseReturnValue:
    """That this node is there, knows the asker, and how far the asker's clock is ahead: the operator's first question."""
    asking, node = http.caller(), this_node(http.session())
    return {
        "node": str(node.id),
        "name": node.name,
        "you": str(asking.node_id),
        "line": asking.line,
        "now": clock.iso(clock.now()),
        "clock_delta_ms": asking.delta_ms,
    }
