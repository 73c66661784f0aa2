"""Names typed by hand: by what somebody without an account is known, who has a name like it, and whose account a receipt is."""

import hashlib
import unicodedata
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.rules import initials
from backend.participation.models import Operation
from backend.people.models import Person, SubjectLink
from backend.people.rules import age_group
from backend.units.words import fold
from campaigns.award.errors import AccountUnknown
from campaigns.award.models import Case, Entry, Nominee


def spelled(name: str) -> str:
    """As it is compared: composed, lower case, single spaces. Tone marks stay: Hoa and Hòa are two people."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def alike(one: str, other: str) -> bool:
    """The same name; also where one of the two was typed without tone marks."""
    first, second = spelled(one), spelled(other)
    bare = fold(one)
    return first == second or (bare == fold(other) and bare in (first, second))


def fitted(key: str, most: int) -> str:
    """A key that fits its column; of a longer one the end becomes a digest, so that two never become one."""
    if len(key) <= most:
        return key
    return f"{key[: most - 33]}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def achieved(activity: uuid.UUID, words: str) -> str:
    """What counts as one achievement where only words say so: the same words, however they were typed."""
    return f"{activity}:{hashlib.sha256(fold(words).encode()).hexdigest()[:24]}"


def there(session: Session, case: Case, name: str, key: str) -> bool:
    """Whether a name like it stands on the list, or in a book for the same achievement, under another key than this."""
    on_list = select(Nominee.printed_name).where(
        Nominee.case_id == case.id, Nominee.state != "struck", Nominee.recipient_key != key
    )
    in_books = select(Entry.name).where(
        Entry.recipient_key != key,
        Entry.achievement_key == case.achievement_key,
        Entry.revoked_at.is_(None),
        Entry.void_why.is_(None),
    )
    return any(alike(name, other) for query in (on_list, in_books) for other in session.scalars(query))


def of_receipt(session: Session, receipt: str, name: str) -> tuple[uuid.UUID, str]:
    """The account that did what this receipt is for, and the name as it is printed: of a child the initials. The person
    hands the receipt over; the name typed with it has to be theirs, a longer or a shorter form of it. Raises AccountUnknown.
    """
    query = (
        select(SubjectLink.subject, Person.name, Person.birth_year)
        .join(Person, Person.id == SubjectLink.person_id)
        .join(Operation, Operation.subject == SubjectLink.subject)
        .where(Operation.receipt == receipt.strip().upper(), Operation.outcome.in_(("counted", "noted")))
    )
    found = session.execute(query).first()
    if found is None or not _ends_alike(name, found[1]):
        raise AccountUnknown
    is_child = age_group(found[2], clock.today().year) == "minor"
    return found[0], initials(name) if is_child else name


def _ends_alike(one: str, other: str) -> bool:
    """'Bình' and 'Nguyễn Thị Bình': the given name stands last."""
    first, second = fold(one).split(), fold(other).split()
    many = min(len(first), len(second))
    return many > 0 and first[-many:] == second[-many:]
