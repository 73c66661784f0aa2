"""Certificates for everybody who earned one in a finished activity, made in one step by the organiser.

Who asked before keeps what was given then. Names are those of the accounts, a child's as initials with the class.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates import batches
from backend.certificates.batches import Batch, Entry
from backend.certificates.errors import CertificateNotEarned
from backend.certificates.looking import Looked
from backend.certificates.models import Certificate
from backend.participation.lease import shut_gate
from backend.participation.models import Fact
from backend.people.models import Person, SubjectLink
from backend.people.sign_in import Participant
from backend.safeguards.audit import Actor
from campaigns import certificates
from campaigns.desks import desk_for
from campaigns.models import Activity, Campaign

SOURCE = "activity"


@dataclass(frozen=True)
class Passers:
    """`entries`: those who earned a certificate and have none; `already`: how many have theirs."""

    entries: list[Entry]
    already: int


def passers(session: Session, activity: Activity, campaign: Campaign) -> Passers:
    """Everybody whose result counts and is enough, once the results are settled; nobody before."""
    if activity.state != "settled":
        return Passers([], 0)
    have = _holders(session, activity.id)
    people = [who for who in _who_took_part(session, activity.id) if who.subject not in have]
    issuer = certificates.issuer_of(session, campaign.owner_unit_id)
    found = (_entry(session, activity, campaign, who, issuer) for who in people)
    entries = [entry for entry in found if entry is not None]
    return Passers(sorted(entries, key=lambda entry: entry.source_id), len(have))


def _who_took_part(session: Session, activity: uuid.UUID) -> Iterator[Participant]:
    """Accounts that have a fact in this activity; a household of a visit has none."""
    took_part = select(Fact.subject).where(Fact.activity_id == activity)
    query = (
        select(Person.id, SubjectLink.subject, Person.name, Person.birth_year)
        .join(SubjectLink, SubjectLink.person_id == Person.id)
        .where(SubjectLink.subject.in_(took_part))
    )
    for person, subject, name, born in session.execute(query):
        yield Participant(person, subject, None, None, name, born)


def _entry(
    session: Session, activity: Activity, campaign: Campaign, who: Participant, issuer: str
) -> Entry | None:
    words = certificates.words_of(desk_for(session, activity, campaign, who, "vi"), issuer)
    # The same each time it is asked, and tells nobody whose it is.
    source = uuid.uuid5(activity.id, who.subject.hex)
    return Entry(source, words, subject=who.subject, activity=activity.id) if words else None


def make(
    session: Session, activity: Activity, campaign: Campaign, design: uuid.UUID, by: Actor, public_url: str,
    prepared: tuple[Passers, Looked] | None = None,
) -> Batch:  # fmt: skip
    """The batch of all who earned one. Names that cannot be printed are refused items; their people ask themselves.

    `prepared`: who passed and what a look at them found, read before this transaction; settled results do not change, and
    who has got a certificate meanwhile is left out. Raises BatchExists, BatchEmpty, CertificateNotEarned before the results
    are settled.
    """
    shut_gate(session, activity.id)
    activity = session.get_one(Activity, activity.id, populate_existing=True)
    if activity.state != "settled":
        raise CertificateNotEarned
    found, looked = prepared or (passers(session, activity, campaign), None)
    have = _holders(session, activity.id)
    return batches.make(
        session,
        SOURCE,
        activity.id,
        [entry for entry in found.entries if entry.subject not in have],
        design,
        by,
        unit=campaign.owner_unit_id,
        public_url=public_url,
        title=f"{campaign.title['vi']}. {activity.title['vi']}",
        skip_refused=True,
        looked=looked,
    )


def _holders(session: Session, activity: uuid.UUID) -> set[uuid.UUID | None]:
    return set(session.scalars(select(Certificate.subject).where(Certificate.activity_id == activity)))
