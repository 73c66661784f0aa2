"""Activities: their card, the person's own state, and one typed route per action that a kind declares."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from flask import Response, abort, g, request

from backend import http
from backend.clock import iso
from backend.errors import N_, DomainError, Malformed, PayloadInvalid
from backend.http import guarded, signed_in
from backend.participation.deeds import OperationIn, ReadingIn
from campaigns import entry
from campaigns.desks import desk_for
from campaigns.kind import Action, Desk, Kind
from campaigns.lifecycle import full_rules
from campaigns.models import Activity, Campaign
from campaigns.queries import public_activity as find_activity
from campaigns.queries import round_of
from campaigns.registry import KINDS, kind_named
from campaigns.respond import Batch, respond
from campaigns.results import published
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.described import json_of, operation_name
from mobile_api.shown import words
from mobile_api.wire import verdict_out

T = TypeVar("T")
blueprint = PhoneBlueprint("activities", __name__, description="Activities and what a person does in them")


class OtherAddress(DomainError):
    status = 409
    code = "other_address"
    sentence = N_("Việc này thuộc hoạt động hoặc thao tác khác với địa chỉ đã gửi đến.")


def desk(activity: Activity, campaign: Campaign) -> Desk:
    return desk_for(http.session(), activity, campaign, http.me(), http.language())


def card(activity: Activity, campaign: Campaign) -> dict[str, Any]:
    """What home shows of an activity to this person."""
    language, at = http.language(), desk(activity, campaign)
    kind = kind_named(activity.kind)
    standing = entry.standing_of(http.session(), http.me(), campaign.id, at.settings)
    return {
        "id": activity.id,
        "kind": activity.kind,
        "campaign": {
            "id": campaign.id,
            "title": words(campaign.title, language),
            "summary": words(campaign.summary, language),
        },
        "title": words(activity.title, language),
        "opens_at": iso(activity.opens_at),
        "closes_at": iso(activity.closes_at),
        "state": activity.state,
        "rules_version": activity.rules_version,
        "rules": words(full_rules(activity), language).splitlines(),
        "paused": campaign.state == "paused",
        "published": _published(activity),
        "round": round_of(http.session(), activity),
        "in_short": kind.in_short(at.settings),
        "boards": kind.board(at.settings) is not None,
        "needs": entry.needs(kind.entry, standing),
        "mine": {"state": kind.state(at)},
    }


def _published(activity: Activity) -> dict[str, Any] | None:
    found = published(http.session(), activity.id) if activity.state == "settled" else None
    return {"at": iso(found.published_at), "url": f"/ket-qua/{activity.id}"} if found else None


@blueprint.route("/activities/<uuid:activity_id>")
@guarded(signed_in)
@blueprint.response(200, s.ActivitySchema)
def read_activity(activity_id: uuid.UUID) -> dict[str, Any]:
    """One activity with its rules and settings."""
    activity, campaign = find_activity(http.session(), activity_id)
    frozen = activity.settings_in_force
    return card(activity, campaign) | {"settings": frozen}


@blueprint.route("/activities/<uuid:activity_id>/mine")
@guarded(signed_in)
@blueprint.doc(responses={"200": {"description": "The kind's own state", **json_of("MineOut")}})
def read_mine(activity_id: uuid.UUID) -> Response:
    """The person's own state in the activity, in the shape its kind declares."""
    activity, campaign = find_activity(http.session(), activity_id)
    return as_json(kind_named(activity.kind).mine(desk(activity, campaign)))


def as_json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), content_type="application/json")


def body_bytes() -> bytes:
    """The exact bytes sent: they are what gets hashed. Raises 415 and 413 before reading further."""
    if not request.is_json:
        abort(415)
    return request.get_data()


def decoded(decoder: "msgspec.json.Decoder[T]", raw: bytes) -> T:
    """Raises PayloadInvalid where the JSON does not fit, Malformed where it is no JSON at all."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise PayloadInvalid(errors={"json": [str(error)]}) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None


_OPERATION = msgspec.json.Decoder(OperationIn)


def _typed_route(kind: Kind, action: Action) -> Callable[[uuid.UUID], Response]:
    """The route of one action: the same operation the sync takes, one at a time."""
    name = f"{kind.name}.{action.name}"
    body_shape = msgspec.json.Decoder(action.body)

    def act(activity_id: uuid.UUID) -> Response:
        raw = body_bytes()
        operation = decoded(_OPERATION, raw)
        decoded(body_shape, bytes(operation.body))
        if operation.action != name or operation.activity != activity_id:
            raise OtherAddress
        sent = ReadingIn(operation.wall_ms, operation.mono_ms, operation.boot_id)
        who = http.me()
        batch = Batch(who, who.device or operation.boot_id, sent, [raw], http.language(), g.arrived_at)
        (verdict,) = respond(http.session(), batch)
        return as_json(verdict_out(verdict))

    act.__name__ = f"{kind.name}_{action.name}"
    act.__doc__ = f"Do `{name}` once. The same bytes sent again get the same receipt."
    return act


WHO = {"participant": signed_in}
"""The guard of each sort of doer that a kind may name."""

for _kind in KINDS:
    for _action in _kind.actions:
        _view = blueprint.doc(
            **{"x-works-offline": _action.offline},
            requestBody={"required": True, **json_of(operation_name(_kind.name, _action.name))},
            responses={"200": {"description": "The verdict", **json_of("VerdictOut")}},
        )(guarded(WHO[_action.who])(_typed_route(_kind, _action)))
        blueprint.route(f"/activities/<uuid:activity_id>/{_kind.name}/{_action.name}", methods=["POST"])(
            _view
        )
