"""Certificates: the organiser's thank-you for one activity, signed by the node, and anybody can verify it.

Not a commendation: that needs a signed decision with a number (domain/E3). One a person and activity, made only when
the person asks, once the results are settled, for a result that is recognised. It is printed in Vietnamese, so what is
signed is Vietnamese too: every word of it stands on the paper, and whoever holds paper and public key can check one
against the other without this node.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import holders
from backend.certificates import issue as issuing
from backend.certificates.errors import CertificateNotEarned
from backend.certificates.issue import Owner, Words
from backend.certificates.models import Certificate
from backend.certificates.queries import of_activity
from backend.people.sign_in import hold_subject
from backend.safeguards import signing
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units.models import UnitLink
from backend.units.queries import named
from backend.units.trees import holds_on
from campaigns.earned import Earned
from campaigns.kind import Desk
from campaigns.registry import kind_named


@dataclass(frozen=True)
class Offer:
    """What a person may have here. `name`: what would be printed unless they choose another; a child cannot."""

    earned: bool
    issued: Certificate | None
    name: str
    minor: bool


def offer(desk: Desk) -> Offer:
    """What there is for this person in this activity."""
    who = desk.participant
    return Offer(
        earned=_earned(desk) is not None,
        issued=of_activity(desk.session, desk.activity.id, who.subject),
        name=holders.usual_name(desk.session, who),
        minor=holders.is_minor(who),
    )


def issue(desk: Desk, name: str, signer: Signer, public_url: str) -> Certificate:
    """The certificate with this name on it; asked again, the one that exists. A child's name is never printed.

    `public_url`: where strangers reach this node. The desk is one of `Desks`, inside the activity's gate, so that no
    removal overlaps. Raises CertificateNotEarned, NameNotPrintable, KeyRetired, and NotSignedIn for somebody who has just
    left.
    """
    who = desk.participant
    hold_subject(desk.session, who.subject)
    found = of_activity(desk.session, desk.activity.id, who.subject)
    if found is not None:
        return found
    earned = _earned(desk)
    if earned is None:
        raise CertificateNotEarned
    shown = holders.chosen_name(desk.session, who, name)
    return _issue(desk, _words(desk, earned, shown), signer, public_url)


def words_of(desk: Desk, issuer: str | None = None) -> Words | None:
    """What this person's certificate would say if they asked, with the name they have here; None where none was earned.
    `issuer`: as `issuer_of` says it, for whoever asks for many."""
    earned = _earned(desk)
    if earned is None:
        return None
    return _words(desk, earned, holders.usual_name(desk.session, desk.participant), issuer)


def _earned(desk: Desk) -> Earned | None:
    """Asked of the kind, and only once nothing can change any more."""
    ask = kind_named(desk.activity.kind).earned
    return ask(desk) if ask and desk.activity.state == "settled" else None


def _words(desk: Desk, earned: Earned, name: str, issuer: str | None = None) -> Words:
    return Words(
        name=name,
        deed=earned.deed["vi"],
        title=earned.title["vi"],
        result=earned.result["vi"],
        issuer=issuer or issuer_of(desk.session, desk.campaign.owner_unit_id),
        achievement=str(desk.activity.id),
    )


def issuer_of(session: Session, unit: uuid.UUID) -> str:
    """'Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên'"""
    today = clock.today()
    above = session.scalars(
        select(UnitLink.parent_id).where(
            UnitLink.unit_id == unit, UnitLink.tree == "territory", holds_on(UnitLink, today)
        )
    ).first()
    names = [named(session, place, today).full_name for place in (unit, above) if place]
    return f"Ban Tổ chức – {', '.join(names)}"


def _issue(desk: Desk, words: Words, signer: Signer, public_url: str) -> Certificate:
    """Two asking at once for one person: the constraint lets one in, and both get it."""
    session, subject = desk.session, desk.participant.subject
    signing.remember(session, signer)
    (slot,) = issuing.slots(session, public_url, 1, desk.now, clock.today())
    owner = Owner(desk.campaign.owner_unit_id, desk.activity.id, subject)
    return issuing.place(
        session, words, slot, issuing.seal(words, slot, signer), owner, Actor("person", subject)
    )
