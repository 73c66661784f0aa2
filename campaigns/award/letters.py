"""A thank-you as a letter on paper: made when the thanked person asks, signed like every paper. No decision, no emblem."""

import uuid

from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import designs, drawing, holders, issue
from backend.certificates.designs import Known
from backend.certificates.drawing import Face, Look
from backend.certificates.errors import NameNotPrintable, PaperDoesNotFit
from backend.certificates.issue import Owner, Sealed, Slot, Words
from backend.certificates.models import Certificate
from backend.certificates.queries import of_source
from backend.media.fitting import DoesNotFit
from backend.media.letters import GlyphMissing
from backend.people.sign_in import Participant, hold_subject
from backend.safeguards import signing
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units.queries import named_to_the_last
from campaigns.award import thanks
from campaigns.award.models import Thanks
from campaigns.models import Activity, Campaign

SOURCE = "thanks"


def letter(
    session: Session, who: Participant, thanks_id: uuid.UUID, name: str, signer: Signer, public_url: str
) -> Certificate:
    """The letter with this name on it; asked again, the one that exists. A child's name is never printed in full.

    `public_url`: where strangers reach this node. Raises NotFound for what is not theirs, NameNotPrintable, KeyRetired, and
    NotSignedIn for somebody who has just left.
    """
    hold_subject(session, who.subject)
    given = thanks.own(session, who.subject, thanks_id)
    there = of_source(session, SOURCE, given.id)
    if there is not None:
        return there
    words = words_of(session, given, holders.chosen_name(session, who, name))
    return _issue(session, who, given, words, signer, public_url)


def words_of(session: Session, given: Thanks, name: str) -> Words:
    """What the letter says: who thanks, in which words, for what."""
    unit = named_to_the_last(session, [given.unit_id], clock.today())[given.unit_id]
    activity = session.get(Activity, given.activity_id) if given.activity_id else None
    campaign = session.get_one(Campaign, activity.campaign_id) if activity else None
    return Words(
        name=name,
        heading="Thư cảm ơn",
        tier="thanks",
        deed=given.words,
        title=campaign.title["vi"] if campaign else "Lời cảm ơn",
        issuer=f"Ban Tổ chức – {unit.full_name}",
        achievement=f"cam-on-{given.activity_id or given.id}",
        criteria=given.words,
    )


def _issue(
    session: Session, who: Participant, given: Thanks, words: Words, signer: Signer, public_url: str
) -> Certificate:
    """Two asking at once: the constraint lets one in, and both get it."""
    signing.remember(session, signer)
    known = _design(session, given.unit_id)
    (slot,) = issue.slots(session, public_url, 1, clock.now(), clock.today())
    sealed = issue.seal(words, slot, signer)
    _check_fits(known, slot, sealed)
    owner = Owner(
        given.unit_id, subject=who.subject, source_kind=SOURCE, source_id=given.id, design_id=known.id
    )
    return issue.place(session, words, slot, sealed, owner, Actor("person", who.subject))


def _design(session: Session, unit: uuid.UUID) -> Known:
    """The unit's own version of the letter, else the one that ships."""
    usable = designs.usable(session, unit, clock.today(), "thanks")
    return next((one for one in usable if one.code == thanks.LETTER), designs.find_shipped(thanks.LETTER))


def _check_fits(known: Known, slot: Slot, sealed: Sealed) -> None:
    """Raises NameNotPrintable, PaperDoesNotFit: a letter nobody can open is not given."""
    try:
        drawing.page_of(Look(known.design), Face(sealed.statement, "", "", sealed.verify_url))
    except GlyphMissing:
        raise NameNotPrintable from None
    except DoesNotFit as no_fit:
        raise (NameNotPrintable if no_fit.field == "name" else PaperDoesNotFit) from None
