"""Relay: a phone without signal hands its sealed deeds, as a file, to one that will have some."""

import uuid
from typing import Any

from flask import g

from backend import clock, http
from backend.errors import N_, DomainError
from backend.http import guarded, signed_in
from backend.participation.deeds import PushIn, ReadingIn
from backend.people.devices import carried_for
from backend.people.sign_in import Participant
from campaigns.respond import Batch, respond
from mobile_api import sealing
from mobile_api import team_schemas as s
from mobile_api.activities import decoded
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.sync import MOST_BYTES, PUSH
from mobile_api.wire import vouching

blueprint = PhoneBlueprint("relay", __name__, description="Deeds carried by another phone")

FILES_AN_HOUR = 600
NOWHEN = uuid.UUID(int=0)


class RelayRefused(DomainError):
    """One answer to whatever is wrong with it: whoever carries a file learns nothing about its owner."""

    status = 409
    code = "relay_refused"
    sentence = N_(
        "Tệp này không nhận được: tệp bị hỏng, hoặc người gửi đã đăng xuất hay báo mất máy. Xin báo lại người đã đưa tệp."
    )


@blueprint.route("/sync/relay", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(s.RelayInSchema)
@blueprint.response(200, s.RelaySchema)
def relay(body: dict[str, Any]) -> dict[str, int]:
    """Take in what another phone sealed. Its owner hears the verdicts; whoever carried it, only how many arrived."""
    http.count_mine("relays", FILES_AN_HOUR)
    http.release()  # a refused file takes back what it did, the count stays
    owner, pushed = _opened(body)
    verdicts = respond(http.session(), _batch(owner, pushed))
    taken = sum(verdict.verdict != "quarantined" for verdict in verdicts)
    return {"taken": taken, "refused": len(verdicts) - taken}


def _opened(body: dict[str, Any]) -> tuple[Participant, PushIn]:
    try:
        raw = sealing.opened(body["session"], body["iv"], body["sealed"])
    except ValueError:
        raise RelayRefused from None
    owner = carried_for(http.session(), body["session"])
    if owner is None or len(raw) > MOST_BYTES:
        raise RelayRefused
    pushed = decoded(PUSH, raw)
    if pushed.device_id != owner.device:
        raise RelayRefused
    return owner, pushed


def _batch(owner: Participant, pushed: PushIn) -> Batch:
    frozen = [bytes(operation) for operation in pushed.operations]
    # Nobody knows how long the file was on its way, so how long ago its deeds were by the phone's running clock says
    # nothing. What is left is the last word of the node before them, or their wall clock, with little trust.
    sent = ReadingIn(clock.milliseconds(g.arrived_at), 0, NOWHEN)
    return Batch(
        owner, pushed.device_id, sent, frozen, http.language(), g.arrived_at, vouching(pushed.vouchers)
    )
