"""Envelopes of the phone's door, in marshmallow. Rows of operations are typed structs, see `mobile_api.wire`."""

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate


class Pattern(validate.Regexp):
    """The whole text fits, as a reader of the document expects; Python's `$` would let a line break pass."""

    def __call__(self, value: str) -> str:  # type: ignore[override]
        if re.fullmatch(self.regex.pattern, value) is None:  # type: ignore[arg-type]
            raise ValidationError(self._format_error(value))
        return value


class Text(fields.String):
    """Text that a database can keep: without NUL, without half a surrogate pair."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise self.make_error("invalid")
        return text


class Whole(fields.Integer):
    """A whole number as JSON has it: 1980.0 is one, "1980" and 1980.5 are not."""

    def _validated(self, value: Any) -> int:
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return super()._validated(whole)


NO_NUL = {"pattern": r"^[^\u0000]*$"}
NAME = [
    validate.Length(min=1, max=80),
    Pattern(
        r"^[^\S\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$",
        error="Tên không được để trống.",
    ),
]
PHONE = Pattern(r"^[+0-9][0-9 .\-()]{5,24}$", error="Số điện thoại chưa đúng.")
CODE = Pattern(r"^[0-9]{6}$", error="Mã gồm 6 chữ số.")
PIN = Pattern(r"^[0-9]{4,6}$", error="Mã PIN gồm 4 đến 6 chữ số.")


class In(Schema):
    class Meta:
        unknown = RAISE


def words(**more: object) -> fields.String:
    return fields.String(required=True, **more)  # type: ignore[arg-type]


def typed(**more: object) -> Text:
    """Free text that comes in."""
    return Text(**{"required": True, "metadata": NO_NUL} | more)  # type: ignore[arg-type]


def identifier(**more: object) -> fields.UUID:
    return fields.UUID(required=True, **more)  # type: ignore[arg-type]


# --- the node ---


class UnitRefSchema(Schema):
    id = identifier()
    name = words()
    kind = words()
    level_word = words()


class NodeSchema(Schema):
    name = words()
    commune = fields.Nested(UnitRefSchema, required=True)
    mode = words(validate=validate.OneOf(["demo", "production"]))
    epoch = words()
    server_ms = fields.Integer(required=True)
    languages = fields.List(fields.String(), required=True)


class ProbeInSchema(In):
    nonce = typed(validate=validate.Length(min=1, max=64))


class ProbeSchema(Schema):
    lantoa = words()
    nonce = words()
    epoch = words()
    server_ms = fields.Integer(required=True)


class UnitSearchSchema(In):
    q = typed(required=False, load_default="", validate=validate.Length(max=80))
    kind = typed(required=False, load_default=None, validate=validate.Length(min=1, max=30))
    limit = fields.Integer(load_default=20, strict=False, validate=validate.Range(min=1, max=100))


class UnitFoundSchema(Schema):
    id = identifier()
    code = words()
    kind = words()
    name = words()
    level_word = words()
    parent_name = fields.String(required=True, allow_none=True)


class UnitsSchema(Schema):
    units = fields.List(fields.Nested(UnitFoundSchema), required=True)


class ConsentTextSchema(Schema):
    purpose = words()
    version = fields.Integer(required=True)
    title = words()
    text = words()
    legal_basis = words()
    retention_days = fields.Integer(required=True)


class ConsentTextsSchema(Schema):
    texts = fields.List(fields.Nested(ConsentTextSchema), required=True)


# --- sign-in ---


class PhoneInSchema(In):
    phone = words(validate=PHONE)


class CodeSentSchema(Schema):
    expires_in_s = fields.Integer(required=True)
    demo_code = fields.String(
        metadata={"description": "Only in demo mode, where no message leaves the machine."}
    )


class ProofInSchema(PhoneInSchema):
    code = words(validate=CODE)


class PersonOnPhoneSchema(Schema):
    id = identifier()
    name = words()


class ProofSchema(Schema):
    ticket = words()
    ticket_expires_in_s = fields.Integer(required=True)
    persons = fields.List(fields.Nested(PersonOnPhoneSchema), required=True)


class TicketInSchema(In):
    ticket = typed(validate=validate.Length(min=1, max=300))
    device_id = identifier()
    pin = words(validate=PIN)


class NewPersonInSchema(TicketInSchema):
    person_id = identifier(
        metadata={
            "description": "Made by the phone: the same one sent again is the same person, not a second."
        }
    )
    name = typed(validate=NAME, metadata={})
    birth_year = Whole(required=True, strict=True, validate=validate.Range(min=1900, max=2100))
    unit_id = identifier()


class EnterInSchema(TicketInSchema):
    person_id = identifier()


class MembershipSchema(Schema):
    id = identifier()
    kind = words()
    unit = fields.Nested(UnitRefSchema, required=True)
    valid_from = fields.Date(required=True)


class ConsentSchema(Schema):
    id = identifier()
    purpose = words()
    version = fields.Integer(required=True)
    given_at = words()
    withdrawn_at = fields.String(required=True, allow_none=True)
    by = words(validate=validate.OneOf(["self", "guardian"]))


class MeSchema(Schema):
    id = identifier()
    name = words()
    board_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What boards call this person; null: nowhere by name."},
    )
    birth_year = fields.Integer(required=True, allow_none=True)
    age_group = words(validate=validate.OneOf(["adult", "youth", "minor"]))
    memberships = fields.List(fields.Nested(MembershipSchema), required=True)
    consents = fields.List(fields.Nested(ConsentSchema), required=True)
    final_list = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether this person may still stand on the final list of a contest of many communes."
        },
    )
    highest_seq = fields.Integer(required=True)
    session_id = fields.UUID(required=True, allow_none=True)
    relay_key = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "AES-256-GCM key of this sign-in (base64url): seals deeds that another phone carries to "
            "the node, see `POST /sync/relay`."
        },
    )


class SessionSchema(Schema):
    token = words()
    expires_at = words()
    person = fields.Nested(MeSchema, required=True)


# --- me ---


class MeChangeSchema(In):
    name = typed(required=False, validate=NAME, metadata={})
    unit_id = fields.UUID()


class ConsentInSchema(In):
    purpose = typed(validate=validate.Length(min=1, max=40))
    version = Whole(required=True, strict=True, validate=validate.Range(min=1, max=10_000))


class BoardNameInSchema(In):
    name = typed(validate=validate.Length(min=1, max=200))
    version = Whole(required=True, strict=True, validate=validate.Range(min=1, max=10_000))


class GuardianInSchema(In):
    code = words(validate=CODE)
    guardian_name = typed(validate=NAME, metadata={})
    relation = words(validate=validate.OneOf(["father", "mother", "guardian"]))
    version = Whole(required=True, strict=True, validate=validate.Range(min=1, max=10_000))
    campaign_id = identifier()


class ClassInSchema(In):
    class_code = typed(validate=validate.Length(min=1, max=20))


class JoinInSchema(In):
    code = typed(validate=validate.Length(min=1, max=20))


class LeaveInSchema(In):
    pin = words(validate=PIN)


class HeldSchema(Schema):
    person = fields.Dict(required=True)
    activities = fields.Dict(required=True)
    operations = fields.List(fields.Dict(), required=True)
    purposes = fields.List(fields.Dict(), required=True)


class ReceiptFactSchema(Schema):
    measure = words()
    measure_title = words()
    quantity = fields.Integer(required=True)
    unit_name = words()
    period = words()
    counted = fields.Boolean(required=True)


class ReceiptSchema(Schema):
    receipt = words()
    action = fields.String(required=True, allow_none=True)
    received_at = words()
    outcome = words()
    reason = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    facts = fields.List(fields.Nested(ReceiptFactSchema), required=True)


# --- home and activities ---


class CampaignRefSchema(Schema):
    id = identifier()
    title = words()
    summary = words()


class MineStateSchema(Schema):
    state = words(validate=validate.OneOf(["none", "running", "submitted", "late", "expired", "removed"]))


class PublishedSchema(Schema):
    at = words()
    url = words()


class InShortSchema(Schema):
    """What a card shows of the rules; each kind fills in what it has."""

    questions = fields.Integer()
    minutes = fields.Integer()
    prediction = fields.Boolean()
    attempts = fields.Integer(allow_none=True)
    services = fields.Integer()
    small_track = fields.Boolean()
    authors = fields.Integer()


class ActivityCardSchema(Schema):
    id = identifier()
    kind = words()
    campaign = fields.Nested(CampaignRefSchema, required=True)
    title = words()
    opens_at = words()
    closes_at = words()
    state = words(validate=validate.OneOf(["scheduled", "open", "closed", "settled"]))
    rules_version = fields.Integer(required=True)
    rules = fields.List(fields.String(), required=True)
    needs = fields.List(fields.String(), required=True)
    mine = fields.Nested(MineStateSchema, required=True)
    paused = fields.Boolean(required=True)
    published = fields.Nested(PublishedSchema, required=True, allow_none=True)
    round = fields.Integer(required=True)
    in_short = fields.Nested(InShortSchema, required=True)
    boards = fields.Boolean(required=True)


class ActivitySchema(ActivityCardSchema):
    settings = fields.Dict(required=True)


# --- boards ---


class PlacedSchema(Schema):
    """One placed result; no name."""

    place = fields.Integer(required=True)
    right = fields.Integer(required=True)
    of = fields.Integer(required=True)
    elapsed_ms = fields.Integer(required=True)
    gap = fields.Integer(required=True, allow_none=True)
    is_me = fields.Boolean(required=True)


class NamedSchema(PlacedSchema):
    name = words()


class OwnPlaceSchema(Schema):
    place = fields.Integer(required=True)
    of_people = fields.Integer(required=True)
    neighbours = fields.List(fields.Nested(PlacedSchema), required=True)
    tie = fields.String(required=True, allow_none=True)


class PersonsBoardSchema(Schema):
    top = fields.List(fields.Nested(NamedSchema), required=True)
    mine = fields.Nested(OwnPlaceSchema, required=True, allow_none=True)


class UnitLeaderSchema(Schema):
    place = fields.Integer(required=True)
    name = words()
    people = fields.Integer(required=True, allow_none=True)
    headcount = fields.Integer(required=True)
    rate = fields.Float(required=True)
    is_mine = fields.Boolean(required=True)


class BandSchema(Schema):
    title = words()
    leaders = fields.List(fields.Nested(UnitLeaderSchema), required=True)
    others = fields.Integer(required=True)


class OwnUnitSchema(Schema):
    name = words()
    band = words()
    people = fields.Integer(required=True, allow_none=True)
    headcount = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    hidden = fields.Boolean(required=True)


class UnitsBoardSchema(Schema):
    level_word = words()
    bands = fields.List(fields.Nested(BandSchema), required=True)
    mine = fields.Nested(OwnUnitSchema, required=True, allow_none=True)
    counted_on = fields.String(required=True, allow_none=True)


class BoardsSchema(Schema):
    settled = fields.Boolean(required=True)
    how = fields.List(fields.String(), required=True)
    persons = fields.Nested(PersonsBoardSchema, required=True, allow_none=True)
    units = fields.Nested(UnitsBoardSchema, required=True)


class HamletSchema(Schema):
    name = words()
    entrants = fields.Integer(required=True, allow_none=True)
    headcount = fields.Integer(required=True, allow_none=True)
    rate = fields.Float(required=True, allow_none=True)
    hidden = fields.Boolean(required=True)


class ParticipationSchema(Schema):
    counted = fields.Integer(required=True)
    noted = fields.Integer(required=True)
    refused = fields.Integer(required=True)


class HomeSchema(Schema):
    activities = fields.List(fields.Nested(ActivityCardSchema), required=True)
    participation = fields.Nested(ParticipationSchema, required=True)
    hamlet = fields.Nested(HamletSchema, required=True, allow_none=True)


# --- pull ---


class PullInSchema(In):
    cursor = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**53 - 1))


class ChangeSchema(Schema):
    seq = fields.Integer(required=True)
    noun = words()
    id = identifier()
    change = words(validate=validate.OneOf(["changed", "gone", "evicted"]))
    data = fields.Dict(required=True, allow_none=True)


class PullSchema(Schema):
    cursor = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    missing = fields.List(
        fields.List(fields.Integer(), validate=validate.Length(equal=2)),
        required=True,
        metadata={
            "description": "Numbers of this device that never arrived, as [first, last]; the first twenty."
        },
    )
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
