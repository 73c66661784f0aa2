"""Certificates: the organiser's thank-you for one activity, signed by the node, and anybody can verify it.

Not a commendation: that needs a signed decision with a number (domain/E3). One a person and activity, made only when
the person asks, once the results are settled, for a result that is recognised. It is printed in Vietnamese, so the
statement that is signed is Vietnamese too: every word of it stands on the paper, and whoever holds paper and public
key can check one against the other without this node. Only the node can say that it was taken back.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend import clock
from backend.clock import iso
from backend.db.base import Base, new_id
from backend.db.statements import insert_into
from backend.errors import N_, DomainError
from backend.participation import changes
from backend.people import queries as people
from backend.people.rules import age_group
from backend.people.sign_in import Participant, hold_subject
from backend.safeguards import signing
from backend.safeguards.audit import Actor, note
from backend.safeguards.signing import Signer
from backend.units.models import UnitLink
from backend.units.queries import named
from backend.units.trees import holds_on
from campaigns.certificate_rules import initials, new_number, number_in, printable
from campaigns.earned import Earned
from campaigns.kind import Desk
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named

FORM = "lantoa.certificate/1"
LONGEST_REASON = 300
Verdict = Literal["valid", "revoked", "altered", "unknown", "mistyped"]


class CertificateNotEarned(DomainError):
    status = 409
    code = "certificate_not_earned"
    sentence = N_("Chưa có giấy chứng nhận: giấy được cấp sau khi chốt kết quả, cho kết quả đạt yêu cầu.")


class NameNotPrintable(DomainError):
    status = 409
    code = "name_not_printable"
    sentence = N_("Tên này có ký hiệu không in được. Xin nhập họ tên bằng chữ cái, dài không quá 60 ký tự.")


class CertificateUnknown(DomainError):
    status = 404
    code = "certificate_unknown"
    sentence = N_("Không có giấy chứng nhận nào mang số này. Xin kiểm tra lại số đã nhập.")


class Certificate(Base):
    """`statement` is what was signed: the printed words, nothing else. `subject` leads to the person who asked."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("activity_id", "subject"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    statement: Mapped[dict[str, Any]]
    signature: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


@dataclass(frozen=True)
class Offer:
    """What a person may have here. `name`: what would be printed unless they choose another; a child cannot."""

    earned: bool
    issued: Certificate | None
    name: str
    minor: bool


@dataclass(frozen=True)
class Checked:
    """The answer to whoever verifies. `certificate` is None unless the node holds one that its own key vouches for."""

    verdict: Verdict
    number: str
    certificate: Certificate | None = None


def offer(desk: Desk) -> Offer:
    """What there is for this person in this activity."""
    who = desk.participant
    return Offer(
        earned=_earned(desk) is not None,
        issued=_of(desk.session, desk.activity.id, who.subject),
        name=_childs_name(desk.session, who) if _is_minor(who) else who.name,
        minor=_is_minor(who),
    )


def issue(desk: Desk, name: str, signer: Signer) -> Certificate:
    """The certificate with this name on it; asked again, the one that exists. A child's name is never printed.

    The desk is one of `Desks`, inside the activity's gate, so that no removal overlaps. Raises CertificateNotEarned,
    NameNotPrintable, and NotSignedIn for somebody who has just left.
    """
    who = desk.participant
    hold_subject(desk.session, who.subject)
    found = _of(desk.session, desk.activity.id, who.subject)
    if found is not None:
        return found
    earned = _earned(desk)
    if earned is None:
        raise CertificateNotEarned
    shown = _childs_name(desk.session, who) if _is_minor(who) else printable(name)
    if shown is None:
        raise NameNotPrintable
    return _issue(desk, _statement(desk, earned, shown), signer)


def _earned(desk: Desk) -> Earned | None:
    """Asked of the kind, and only once nothing can change any more."""
    ask = kind_named(desk.activity.kind).earned
    return ask(desk) if ask and desk.activity.state == "settled" else None


def _is_minor(who: Participant) -> bool:
    return age_group(who.birth_year, clock.today().year) == "minor"


def _childs_name(session: Session, who: Participant) -> str:
    """'N. V. A. (lớp 7A)': enough for those who were there, nothing for a stranger (Law 91/2025/QH15 art. 24)."""
    today = clock.today()
    place = people.unit_of(session, who.person, "studies_at", today)
    return initials(who.name) + (f" ({named(session, place, today).full_name})" if place else "")


def _statement(desk: Desk, earned: Earned, name: str) -> dict[str, Any]:
    return {
        "form": FORM,
        "number": new_number(),
        "name": name,
        "deed": earned.deed["vi"],
        "title": earned.title["vi"],
        "result": earned.result["vi"],
        "issuer": f"Ban Tổ chức – {_full_name(desk.session, desk.campaign.owner_unit_id)}",
        "date": clock.today().isoformat(),
    }


def _full_name(session: Session, unit: uuid.UUID) -> str:
    """'xã Tân Khánh, tỉnh Thái Nguyên'"""
    today = clock.today()
    above = session.scalars(
        select(UnitLink.parent_id).where(
            UnitLink.unit_id == unit, UnitLink.tree == "territory", holds_on(UnitLink, today)
        )
    ).first()
    names = [named(session, place, today).full_name for place in (unit, above) if place]
    return ", ".join(names)


def _issue(desk: Desk, statement: dict[str, Any], signer: Signer) -> Certificate:
    """Two asking at once for one person: the constraint lets one in, and both get it."""
    session, subject = desk.session, desk.participant.subject
    signed = signer.sign_statement(session, statement)
    row = {
        "id": new_id(),
        "number": statement["number"],
        "activity_id": desk.activity.id,
        "subject": subject,
        "statement": statement,
        "signature": signed.signature,
        "key_id": signed.key_id,
        "issued_at": desk.now,
    }
    session.execute(
        insert_into(session, Certificate)
        .values(row)
        .on_conflict_do_nothing(index_elements=["activity_id", "subject"])
    )
    there = session.scalars(select(Certificate).where(*_mine(desk.activity.id, subject))).one()
    actor, unit = Actor("person", subject), desk.campaign.owner_unit_id
    note(session, actor, "certificate.issue", "certificate", there.id, unit=unit)
    return there


def _of(session: Session, activity: uuid.UUID, subject: uuid.UUID) -> Certificate | None:
    return session.scalars(select(Certificate).where(*_mine(activity, subject))).first()


def _mine(activity: uuid.UUID, subject: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Certificate.activity_id == activity, Certificate.subject == subject


def check(session: Session, typed: str, signature: str | None = None) -> Checked:
    """What this node can say of a number somebody typed or scanned; `signature` is what the scanned code carried."""
    number = number_in(typed)
    if number is None:
        return Checked("mistyped", typed)
    found = session.scalars(select(Certificate).where(Certificate.number == number)).first()
    if found is None:
        return Checked("unknown", number)
    if not signing.holds(session, found.statement, found.signature, found.key_id):
        return Checked("altered", number)
    if signature is not None and signature != found.signature:
        return Checked("altered", number, found)
    return Checked("revoked" if found.revoked_at else "valid", number, found)


def issued(session: Session, activity: uuid.UUID) -> list[Certificate]:
    """Every certificate of an activity, the newest first: for the organiser who may have to take one back."""
    rows = select(Certificate).where(Certificate.activity_id == activity)
    return list(session.scalars(rows.order_by(Certificate.issued_at.desc(), Certificate.id.desc())))


def revoke(session: Session, number: str, reason: str, actor: Actor) -> Certificate:
    """Take one back: from now on whoever verifies it reads when and why. Twice is harmless; the first reason stays.

    Whether `actor` may do that to this activity is the caller's question. Raises CertificateUnknown.
    """
    found = session.scalars(select(Certificate).where(Certificate.number == number).with_for_update()).first()
    if found is None:
        raise CertificateUnknown
    _revoke(session, found, reason, actor)
    return found


def revoke_of(session: Session, activity: uuid.UUID, subject: uuid.UUID, reason: str, actor: Actor) -> bool:
    """The same where a result is no longer recognised: call it with the removal. False where there is none."""
    found = _of(session, activity, subject)
    if found is not None:
        _revoke(session, found, reason, actor)
    return found is not None


def _revoke(session: Session, row: Certificate, reason: str, actor: Actor) -> None:
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_reason = clock.now(), reason
    owner = session.scalars(
        select(Campaign.owner_unit_id)
        .join(Activity, Activity.campaign_id == Campaign.id)
        .where(Activity.id == row.activity_id)
    ).one()
    note(session, actor, "certificate.revoke", "certificate", row.id, unit=owner)
    changes.tell(session, "activity", row.activity_id, "changed", row.subject)


def erase(session: Session, subject: uuid.UUID) -> None:
    """The certificates go with the person: their numbers lead nowhere from then on."""
    session.execute(delete(Certificate).where(Certificate.subject == subject))


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """For the person's own download."""
    rows = session.scalars(
        select(Certificate).where(Certificate.subject == subject).order_by(Certificate.issued_at)
    )
    return [
        {
            "statement": row.statement,
            "signature": row.signature,
            "key_id": row.key_id,
            "issued_at": iso(row.issued_at),
            "revoked_at": iso(row.revoked_at) if row.revoked_at else None,
            "revoked_reason": row.revoked_reason,
        }
        for row in rows
    ]
