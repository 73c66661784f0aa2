"""What a person was recognised with: awards, thank-yous, certificates; and which awards everybody may read on the wall."""

import uuid
from typing import Any

from flask import url_for
from marshmallow import Schema, fields, validate

from backend import clock, http
from backend.certificates import holders
from backend.certificates import queries as certificates
from backend.clock import iso
from backend.http import guarded, signed_in
from backend.units.queries import named_many
from campaigns.award import letters as making
from campaigns.award import own, thanks, wall
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.certificates import ASKED_AN_HOUR, CertificateInSchema, CertificateSchema
from mobile_api.certificates import shown as shown_certificate

blueprint = PhoneBlueprint(
    "recognition", __name__, description="What the signed-in person was recognised with"
)

CHOICES_AN_HOUR = 60


class WallInSchema(s.In):
    shown = fields.Boolean(required=True)
    version = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=1000),
        metadata={
            "description": "Of the text honour_name that was just read; null where they agreed before."
        },
    )


class WallChoiceSchema(Schema):
    """`may`: this award can stand on a wall. `until`: the name is taken down then by itself."""

    may = fields.Boolean(required=True)
    shown = fields.Boolean(required=True)
    until = fields.String(required=True, allow_none=True)


class OwnAppealSchema(Schema):
    id = s.identifier()
    words = s.words()
    at = s.words()
    state = s.words(validate=validate.OneOf(["open", "upheld", "refused"]))
    answer = fields.String(required=True, allow_none=True)


class OwnAwardSchema(Schema):
    """`decision`, `day`: of the decision behind it; null on an organiser's certificate. `amount` in đồng. `wall_page`: where the
    unit shows its honour wall; null while it shows none."""

    entry = s.identifier()
    activity = s.identifier()
    unit = s.words()
    name = s.words()
    achievement = s.words()
    form = s.words()
    tier = s.words(validate=validate.OneOf(["organiser", "formal"]))
    register = s.words()
    decision = fields.String(required=True, allow_none=True)
    day = fields.String(required=True, allow_none=True)
    entered_at = s.words()
    prize = fields.String(required=True, allow_none=True)
    amount = fields.Integer(required=True, allow_none=True)
    handed_over_on = fields.String(required=True, allow_none=True)
    revoked_at = fields.String(required=True, allow_none=True)
    revoked_why = fields.String(required=True, allow_none=True)
    appeal = fields.Nested(OwnAppealSchema, required=True, allow_none=True)
    wall = fields.Nested(WallChoiceSchema, required=True)
    wall_page = fields.String(required=True, allow_none=True)


class ThanksSchema(Schema):
    """`letter`: the number of the letter among `certificates`, once it was asked for."""

    id = s.identifier()
    unit = s.words(metadata={"description": "Who says thanks."})
    words = s.words()
    at = s.words()
    letter = fields.String(required=True, allow_none=True)


class RecognitionSchema(Schema):
    """`printed_name`: what a letter carries unless an adult chooses another name; a minor's is not chosen."""

    printed_name = s.words()
    minor = fields.Boolean(required=True)
    awards = fields.List(fields.Nested(OwnAwardSchema), required=True)
    thanks = fields.List(fields.Nested(ThanksSchema), required=True)
    certificates = fields.List(fields.Nested(CertificateSchema), required=True)


@blueprint.route("/me/recognition")
@guarded(signed_in)
@blueprint.response(200, RecognitionSchema)
def read_recognition() -> dict[str, Any]:
    """All of it, the newest first, papers taken back as well. Nobody else reads this; a guardian reads a child's on the
    child's account."""
    session, who = http.session(), http.me()
    awards, thanked = own.awards(session, who.subject), thanks.of(session, who.subject)
    papers = certificates.of_subject(session, who.subject)
    letters = {row.source_id: row.number for row in papers if row.source_kind == making.SOURCE}
    units = named_many(
        session, {one.unit for one in awards} | {one.unit_id for one in thanked}, clock.today()
    )
    names = {unit: found.full_name for unit, found in units.items()}
    walls = {
        unit: url_for("honour.one", unit_code=units[unit].code)
        for unit, row in wall.standing(session, units).items()
        if row.is_open
    }
    return {
        "printed_name": holders.usual_name(session, who),
        "minor": holders.is_minor(who),
        "awards": [_award(one, names.get(one.unit, ""), walls.get(one.unit)) for one in awards],
        "thanks": [
            {"id": one.id, "unit": names.get(one.unit_id, ""), "words": one.words, "at": iso(one.at),
             "letter": letters.get(one.id)}
            for one in thanked
        ],
        "certificates": [shown_certificate(row) for row in papers],
    }  # fmt: skip


@blueprint.route("/me/recognition/thanks/<uuid:thanks_id>/letter", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(CertificateInSchema)
@blueprint.response(200, CertificateSchema)
def ask_letter(body: dict[str, Any], thanks_id: uuid.UUID) -> dict[str, Any]:
    """The thank-you as a letter with this name on it. Asked again, the one that exists is answered."""
    http.count_mine("certificate", ASKED_AN_HOUR)
    http.release()  # a refused name takes back what it did, the count stays
    services = http.services()
    return shown_certificate(
        making.letter(
            http.session(), http.me(), thanks_id, body["name"], services.signer, services.settings.public_url
        )
    )


@blueprint.route("/me/recognition/awards/<uuid:entry_id>/wall", methods=["PUT"])
@guarded(signed_in)
@blueprint.arguments(WallInSchema)
@blueprint.response(200, WallChoiceSchema)
def choose_wall(body: dict[str, Any], entry_id: uuid.UUID) -> dict[str, Any]:
    """Put an own award on the honour wall, or take it off. Adults only; taken off, it is gone at the next reading."""
    session, who = http.session(), http.me()
    http.count_mine("honour_choice", CHOICES_AN_HOUR)
    wall.choose(session, who, entry_id, body["shown"], body["version"])
    return _wall(wall.choices(session, who.subject)[entry_id])


def _wall(choice: wall.Choice) -> dict[str, Any]:
    return {
        "may": choice.may,
        "shown": choice.is_shown,
        "until": iso(choice.until) if choice.until else None,
    }


def _award(one: own.OwnAward, unit: str, wall_page: str | None) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "activity": one.activity,
        "unit": unit,
        "name": one.name,
        "achievement": one.achievement,
        "form": one.form,
        "tier": one.tier,
        "register": one.register,
        "decision": one.decision,
        "day": one.day.isoformat() if one.day else None,
        "entered_at": iso(one.entered_at),
        "prize": one.prize,
        "amount": one.amount,
        "handed_over_on": one.handed_over_on.isoformat() if one.handed_over_on else None,
        "revoked_at": iso(one.revoked_at) if one.revoked_at else None,
        "revoked_why": one.revoked_why,
        "appeal": one.appeal
        and {
            "id": one.appeal.id,
            "words": one.appeal.words,
            "at": iso(one.appeal.at),
            "state": one.appeal.state,
            "answer": one.appeal.answer,
        },
        "wall": _wall(one.wall),
        "wall_page": wall_page,
    }
