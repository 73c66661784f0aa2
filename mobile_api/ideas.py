"""Initiatives for everybody's phone: what is published, what is like the words being typed, what an invitation is about."""

import uuid
from typing import Any

import msgspec
from flask_babel import gettext
from marshmallow import Schema, fields, validate

from backend import http
from backend.http import guarded, signed_in
from campaigns.initiative import finding, gallery
from campaigns.queries import ActivityUnknown
from campaigns.queries import public_activity as find_activity
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint

blueprint = PhoneBlueprint("phone_ideas", __name__, description="Initiatives that are published")

KIND = "initiative"
MOST_PAGES = 1000


class ShelfInSchema(s.In):
    q = s.typed(required=False, load_default="", validate=validate.Length(max=200))
    track = fields.String(load_default=None, validate=validate.OneOf(["small", "formal"]))
    page = fields.Integer(load_default=1, strict=False, validate=validate.Range(min=1, max=MOST_PAGES))


class AlikeInSchema(s.In):
    text = s.typed(validate=validate.Length(max=1000))


class IdeaCardSchema(Schema):
    """`authors`: names of those who agreed to be named, 'an author' for the others."""

    id = s.identifier()
    code = fields.String(required=True, allow_none=True)
    track = s.words()
    title = s.words()
    unit = fields.String(required=True, allow_none=True)
    authors = fields.List(fields.String(), required=True)
    scopes = fields.List(fields.String(), required=True)
    endorsements = fields.Integer(required=True)
    units_endorsing = fields.Integer(required=True)
    replicated = fields.Integer(required=True)


class IdeaShelfSchema(Schema):
    initiatives = fields.List(fields.Nested(IdeaCardSchema), required=True)
    more = fields.Boolean(required=True)


class IdeaEffectSchema(Schema):
    what = s.words()
    amount = fields.Float(required=True)
    unit = s.words()
    verified = fields.Boolean(required=True)


class IdeaRecognitionSchema(Schema):
    scope = s.words()
    unit = s.words()
    document_number = s.words()
    document_date = s.words()
    signer = s.words()
    revoked = fields.String(required=True, allow_none=True)


class IdeaAdoptionSchema(Schema):
    unit = s.words()
    stage = s.words()
    since = s.words()
    words = fields.String(required=True, allow_none=True)


class IdeaCommentSchema(Schema):
    """Nobody is named. `words`: None where it was taken down and is not the reader's own; `why`: told to its writer."""

    id = s.identifier()
    words = fields.String(required=True, allow_none=True)
    at = s.words()
    mine = fields.Boolean(required=True)
    hidden = fields.Boolean(required=True)
    why = fields.String(required=True, allow_none=True)


class IdeaOneSchema(Schema):
    card = fields.Nested(IdeaCardSchema, required=True)
    problem = s.words()
    solution = s.words()
    applied_where = s.words()
    applied_from = fields.String(required=True, allow_none=True)
    effect = s.words()
    effects = fields.List(fields.Nested(IdeaEffectSchema), required=True)
    recognitions = fields.List(fields.Nested(IdeaRecognitionSchema), required=True)
    adoptions = fields.List(fields.Nested(IdeaAdoptionSchema), required=True)
    comments = fields.List(fields.Nested(IdeaCommentSchema), required=True)
    endorsed = fields.Boolean(required=True)
    here = fields.Boolean(
        required=True,
        metadata={"description": "Of this very activity: one of another year is read, not discussed."},
    )


class IdeaAlikeSchema(Schema):
    """`score`: how much of the shorter text is found in the other, in a hundred."""

    id = s.identifier()
    code = fields.String(required=True, allow_none=True)
    title = s.words()
    score = fields.Integer(required=True)


class IdeasAlikeSchema(Schema):
    alike = fields.List(fields.Nested(IdeaAlikeSchema), required=True)


class IdeaInvitationSchema(Schema):
    title = s.words()
    share = fields.Integer(required=True)
    by = s.words()
    name = s.words()
    answered = fields.Boolean(required=True)


def _year(activity_id: uuid.UUID) -> uuid.UUID:
    """The activity, where it is one of initiatives. Raises ActivityUnknown."""
    activity, _ = find_activity(http.session(), activity_id)
    if activity.kind != KIND:
        raise ActivityUnknown
    return activity.id


@blueprint.route("/initiatives/<uuid:activity_id>")
@guarded(signed_in)
@blueprint.arguments(ShelfInSchema, location="query")
@blueprint.response(200, IdeaShelfSchema)
def read_shelf(query: dict[str, Any], activity_id: uuid.UUID) -> dict[str, Any]:
    """A page of what is published, the newest first; `q`: words of the title or the number, tone marks may be missing."""
    session, year = http.session(), _year(activity_id)
    words = query["q"].strip()
    among = finding.by_words(session, year, words) if words else None
    cards, more = gallery.cards(session, track=query["track"], activity=year, among=among, page=query["page"])
    return {"initiatives": [_card(one) for one in cards], "more": more}


@blueprint.route("/initiatives/<uuid:activity_id>/alike", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(AlikeInSchema)
@blueprint.response(200, IdeasAlikeSchema)
def read_alike(body: dict[str, Any], activity_id: uuid.UUID) -> dict[str, Any]:
    """Published ones like the words being typed. Nothing of the words is kept; they come in the body, for addresses are
    written into logs on the way."""
    _year(activity_id)
    return {"alike": msgspec.to_builtins(gallery.search(http.session(), body["text"]))}


@blueprint.route("/initiatives/<uuid:activity_id>/invitations/<uuid:author_id>")
@guarded(signed_in)
@blueprint.response(200, IdeaInvitationSchema)
def read_invitation(activity_id: uuid.UUID, author_id: uuid.UUID) -> finding.Invitation:
    """What a co-author who was shown the invitation reads before saying yes."""
    return finding.invitation(http.session(), _year(activity_id), author_id)


@blueprint.route("/initiatives/<uuid:activity_id>/<uuid:initiative_id>")
@guarded(signed_in)
@blueprint.response(200, IdeaOneSchema)
def read_one(activity_id: uuid.UUID, initiative_id: uuid.UUID) -> dict[str, Any]:
    """A published one whole, as this reader may see it. 404 for all others."""
    session, year = http.session(), _year(activity_id)
    found = gallery.one(session, initiative_id, http.me().subject)
    here = finding.is_of(session, initiative_id, year)
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain | {"card": _card(found.card), "here": here}


def _card(card: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(card)
    return plain | {"authors": [_named(name) for name in card.authors]}


def _named(name: str) -> str:
    return gettext(gallery.AN_AUTHOR) if name == gallery.AN_AUTHOR else name
