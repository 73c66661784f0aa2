"""Envelopes of what teams in the field need: photos, relay, the list of households."""

import re

from marshmallow import Schema, fields, validate

from backend.media.photos import LARGEST
from backend.teams.models import HOUSEHOLD_KINDS
from mobile_api.schemas import In, Pattern, identifier, words

DIGEST = re.compile("[0-9a-f]{64}")
MOST_SEALED = 400_000
"""A push of 256 KB, sealed and in base64url."""


class PhotoPieceSchema(In):
    offset = fields.Integer(required=True, validate=validate.Range(min=0, max=LARGEST))
    size = fields.Integer(required=True, validate=validate.Range(min=1, max=2**53 - 1))


class PhotoSchema(Schema):
    arrived = fields.Integer(required=True)
    size = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    refused = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([None, "not_a_picture", "too_many_pixels"]),
        metadata={"description": "All of it arrived, and it was no usable picture: do not send it again."},
    )


class RelayInSchema(In):
    session = identifier()
    iv = words(validate=Pattern(r"^[A-Za-z0-9_-]{16}$"))
    sealed = words(validate=[validate.Length(max=MOST_SEALED), Pattern(r"^[A-Za-z0-9_-]+={0,2}$")])


class RelaySchema(Schema):
    taken = fields.Integer(required=True)
    refused = fields.Integer(required=True)


# --- the list a team takes along ---


class LoadInSchema(In):
    part = fields.Integer(load_default=0, validate=validate.Range(min=0, max=10_000))


class ManifestSchema(Schema):
    parts = fields.Integer(required=True)
    count = fields.Integer(required=True)
    hash = words(
        metadata={"description": "SHA-256 (hex) over 'id:version' and a line break of every row, by id."}
    )


class PlaceSchema(Schema):
    id = identifier()
    name = words()


class DecisionSchema(Schema):
    number = words()
    date = fields.Date(required=True)
    by = words()


class TaskSchema(Schema):
    day = fields.Date(required=True)
    place = words()
    task = words()


class TeamSchema(Schema):
    id = identifier()
    name = words()
    decision = fields.Nested(DecisionSchema, required=True)
    is_leader = fields.Boolean(required=True)
    members = fields.List(fields.String(), required=True)
    areas = fields.List(fields.Nested(PlaceSchema), required=True)
    plan = fields.List(fields.Nested(TaskSchema), required=True)


class HouseholdSchema(Schema):
    id = identifier()
    version = fields.Integer(required=True)
    code = words()
    kind = words(validate=validate.OneOf(HOUSEHOLD_KINDS))
    nickname = words()
    hamlet = fields.Nested(PlaceSchema, required=True)
    team = identifier()
    last_visit = fields.Date(required=True, allow_none=True)
    follow_up_on = fields.Date(required=True, allow_none=True)
    promised_by = identifier(
        allow_none=True,
        metadata={
            "description": "The visit that promised to come again; whoever keeps it names it in `follow_up_of`."
        },
    )
    no_further_visit = fields.Boolean(required=True)
    card = words(metadata={"description": "The text of the QR card on the household's door."})


class TeamLoadSchema(Schema):
    manifest = fields.Nested(ManifestSchema, required=True)
    cursor = fields.Integer(
        required=True, metadata={"description": "Where to pull on from once all parts are here."}
    )
    part = fields.Integer(required=True)
    teams = fields.List(fields.Nested(TeamSchema), required=True, metadata={"description": "In part 0 only."})
    households = fields.List(fields.Nested(HouseholdSchema), required=True)
