"""Sync: deeds up, changes down. The one way everything a person does reaches the node."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from flask import Response, abort, g

from backend import http
from backend.errors import N_, DomainError
from backend.http import guarded, signed_in, signed_in_by_view
from backend.participation import changes
from backend.participation.deeds import PushIn
from backend.participation.gaps import gaps
from backend.participation.models import Change, Operation
from backend.participation.queries import highest_seq, own_operations
from campaigns import express, together
from campaigns.queries import ActivityUnknown
from campaigns.queries import activity as find_activity
from campaigns.respond import Batch, Verdict, respond
from mobile_api import schemas as s
from mobile_api.activities import as_json, body_bytes, card, decoded
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.described import json_of
from mobile_api.team import Told
from mobile_api.wire import VerdictsOut, judgement, verdict_out, vouching

blueprint = PhoneBlueprint("sync", __name__, description="Sync of phone and node")

MOST_BYTES = 256 * 1024
PUSH = msgspec.json.Decoder(PushIn)


class OtherDevice(DomainError):
    status = 409
    code = "other_device"
    sentence = N_("Phiên đăng nhập này thuộc về một máy khác. Xin đăng nhập lại trên máy này.")


@blueprint.route("/sync/push", methods=["POST"])
@guarded(signed_in_by_view)
@blueprint.doc(
    requestBody={"required": True, **json_of("PushIn")},
    responses={"200": {"description": "A verdict per operation, in order", **json_of("VerdictsOut")}},
)
def push() -> Response:
    """Offer up to 50 operations (256 KB). Each gets its own verdict and receipt; offering again is harmless."""
    raw = body_bytes()
    if len(raw) > MOST_BYTES:
        abort(413)
    pushed = decoded(PUSH, raw)
    return _quickly(pushed) or _fully(pushed)


def _quickly(pushed: PushIn) -> Response | None:
    """Plain deeds of a hot action, where the database can do them in a statement or two."""
    if pushed.vouchers or not pushed.operations:
        return None
    return _one(pushed) if len(pushed.operations) == 1 else _many(pushed)


def _one(pushed: PushIn) -> Response | None:
    frozen = bytes(pushed.operations[0])
    sent = express.Sent(http.token(), pushed.device_id, pushed.sent, frozen, http.language, g.arrived_at)
    done = express.done(http.services().database, sent)
    return _answer([done.verdict], done.highest_seq) if done else _many(pushed)


def _many(pushed: PushIn) -> Response | None:
    frozen = [bytes(operation) for operation in pushed.operations]
    sent = together.Sent(http.token(), pushed.device_id, pushed.sent, frozen, http.language, g.arrived_at)
    done = together.done(http.services().database, sent)
    return _answer(done.verdicts, done.highest_seq) if done else None


def _fully(pushed: PushIn) -> Response:
    session, who = http.session(), http.me()
    if pushed.device_id != who.device:
        raise OtherDevice
    frozen = [bytes(operation) for operation in pushed.operations]
    batch = Batch(
        who, pushed.device_id, pushed.sent, frozen, http.language(), g.arrived_at, vouching(pushed.vouchers)
    )
    verdicts = respond(session, batch)
    return _answer(verdicts, highest_seq(session, pushed.device_id))


def _answer(verdicts: list[Verdict], highest: int) -> Response:
    answer = as_json(VerdictsOut([verdict_out(v) for v in verdicts], highest))
    answer.headers["Lantoa-Highest-Seq"] = str(highest)
    return answer


@blueprint.route("/sync/pull")
@guarded(signed_in)
@blueprint.arguments(s.PullInSchema, location="query")
@blueprint.response(200, s.PullSchema)
def pull(query: dict[str, Any]) -> dict[str, Any]:
    """What changed since the cursor, and which deeds of this phone never arrived. 410 when the cursor is too old or
    from another life of this node."""
    session, who = http.session(), http.me()
    rows, reached, more = changes.since(session, query["cursor"], who.subject)
    told, judged = Told(rows), _judged(rows)
    return {
        "cursor": reached,
        "more": more,
        "missing": gaps(session, who.device) if who.device else [],
        "changes": [_shown(row, told, judged) for row in rows],
    }


def _shown(row: Change, told: Told, judged: dict[uuid.UUID, Operation]) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "noun": row.noun,
        "id": row.noun_id,
        "change": row.change,
        "data": _data(row, told, judged),
    }


def _judged(rows: Sequence[Change]) -> dict[uuid.UUID, Operation]:
    """Own deeds that waited and were looked at since."""
    wanted = {row.noun_id for row in rows if row.noun == "operation"}
    return own_operations(http.session(), http.me().subject, wanted) if wanted else {}


def _data(row: Change, told: Told, judged: dict[uuid.UUID, Operation]) -> dict[str, Any] | None:
    if row.noun == "activity":
        return _activity(row) if row.change == "changed" else None
    if row.noun == "operation":
        return judgement(judged[row.noun_id]) if row.noun_id in judged else None
    return told.of(row) if row.noun in ("household", "team") else None


def _activity(row: Change) -> dict[str, Any] | None:
    try:
        activity, campaign = find_activity(http.session(), row.noun_id)
    except ActivityUnknown:
        return None
    shape = s.ActivityCardSchema()
    return dict(shape.dump(card(activity, campaign)))
