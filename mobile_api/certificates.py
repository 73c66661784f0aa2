"""The person's certificate of an activity; all of them stand under `recognition`. Pictures and credentials are public links:
see `backend.public.verify`.
"""

import uuid
from typing import Any

from flask import url_for
from marshmallow import Schema, fields, validate

from backend import http
from backend.certificates.models import Certificate
from backend.certificates.queries import verify_url
from backend.certificates.rules import LONGEST_NAME
from backend.clock import iso
from backend.http import guarded, signed_in
from campaigns import certificates
from campaigns.desks import Desks
from campaigns.queries import ActivityUnknown
from campaigns.queries import public_activity as find_activity
from mobile_api import schemas as s
from mobile_api.activities import desk
from mobile_api.blueprint import PhoneBlueprint

blueprint = PhoneBlueprint("certificates", __name__, description="Certificates of the signed-in person")

ASKED_AN_HOUR = 60
"""A person asks once; somebody trying names against the refusals is slowed."""


class CertificateInSchema(s.In):
    name = s.typed(
        validate=[validate.Length(min=1, max=LONGEST_NAME), *s.NAME[1:]],
        metadata={"description": "As it will be printed, for good. A minor's is not used."},
    )


class CertificateSchema(Schema):
    number = s.words()
    name = s.words()
    issued_at = s.words()
    revoked_at = fields.String(required=True, allow_none=True)
    revoked_reason = fields.String(required=True, allow_none=True)
    verify_url = s.words(metadata={"description": "What the QR code carries: number and signature."})
    png_url = s.words()
    pdf_url = s.words()
    credential_url = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The signed Open Badges credential; none for papers from before there were any."
        },
    )
    tier = fields.String(required=True, validate=validate.OneOf(("thanks", "organiser", "formal")))
    heading = s.words(metadata={"description": "What the paper is: 'Giấy chứng nhận', 'Giấy khen'."})
    title = s.words()
    issuer = s.words()
    decision = s.words(metadata={"description": "The decision behind it as printed; empty without one."})


class CertificateOfferSchema(Schema):
    earned = fields.Boolean(required=True)
    issued = fields.Nested(CertificateSchema, required=True, allow_none=True)
    printed_name_default = s.words()
    minor = fields.Boolean(required=True)


@blueprint.route("/activities/<uuid:activity_id>/certificate")
@guarded(signed_in)
@blueprint.response(200, CertificateOfferSchema)
def read_certificate(activity_id: uuid.UUID) -> dict[str, Any]:
    """Whether the person has earned a certificate here, and the one that was issued."""
    found = certificates.offer(desk(*find_activity(http.session(), activity_id)))
    return {
        "earned": found.earned,
        "issued": shown(found.issued) if found.issued else None,
        "printed_name_default": found.name,
        "minor": found.minor,
    }


@blueprint.route("/activities/<uuid:activity_id>/certificate", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(CertificateInSchema)
@blueprint.response(200, CertificateSchema)
def ask_certificate(body: dict[str, Any], activity_id: uuid.UUID) -> dict[str, Any]:
    """Issue the certificate with this name on it. Asked again, the one that exists is answered."""
    http.count_mine("certificate", ASKED_AN_HOUR)
    http.release()  # a refused name takes back what it did, the count stays
    at = Desks(http.session(), http.me(), http.language()).desk(activity_id)
    if at is None:
        raise ActivityUnknown
    services = http.services()
    return shown(certificates.issue(at, body["name"], services.signer, services.settings.public_url))


def shown(row: Certificate) -> dict[str, Any]:
    public_url, said = http.services().settings.public_url, row.statement

    def link(view: str) -> str:
        # Not from the request's Host: the address goes into messages and onto other phones.
        return public_url + url_for(f"verify.{view}", number=row.number)

    return {
        "number": row.number,
        "name": said["name"],
        "issued_at": iso(row.issued_at),
        "revoked_at": iso(row.revoked_at) if row.revoked_at else None,
        "revoked_reason": row.revoked_reason,
        "verify_url": verify_url(row, public_url),
        "png_url": link("picture"),
        "pdf_url": link("paper"),
        "credential_url": link("credential") if row.credential else None,
        "tier": row.tier,
        "heading": said.get("heading", "Giấy chứng nhận"),
        "title": said["title"],
        "issuer": said["issuer"],
        "decision": said.get("decision", ""),
    }
