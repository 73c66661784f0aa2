"""The honour wall: what a unit shows everybody of its awards, and what each person chooses to have on it.

A collective stands on it as soon as it is honoured. A person stands on it only while three things hold: they are an adult
who agreed to be named (`honour_name`), they chose this award, and the choice is not older than the text promises. All of
it is asked each time the wall is read, so what was withdrawn is gone at the next reading. Firms are left to their own
pages: a household business bears the name of a person.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from backend.db.statements import among, insert_into
from backend.errors import N_, DomainError, NotFound
from backend.people import consents
from backend.people.queries import honour_agreed, honoured_since
from backend.people.sign_in import Participant
from backend.safeguards.audit import Actor, note
from campaigns.award.models import Case, Entry
from campaigns.award.queries import TakenBack, WallRow, taken_back, wall_rows
from campaigns.award.wall_models import WALL_WORDS, HonourChoice, HonourWall

MOST = 500


class NotOnWalls(DomainError):
    status = 409
    code = "not_on_walls"
    sentence = N_(
        "Phần thưởng này không đưa lên bảng vinh danh được: đã thu hồi, hoặc thuộc hệ thống của Đảng."
    )


@dataclass(frozen=True)
class Wall:
    """A wall as everybody may read it, the newest first; `since`: when it was set up as it is. `taken_back`: corrections of the
    last year, for whoever read otherwise here before."""

    unit_id: uuid.UUID
    words: str
    since: datetime
    rows: list[WallRow]
    taken_back: list[TakenBack]


# --- the unit's part -----------------------------------------------------------------------------------------------


def open_wall(session: Session, unit: uuid.UUID, words: str, by: Actor) -> None:
    """Everybody may read the unit's wall from now on; asked again, its opening words change."""
    _put(session, unit, True, " ".join(words.split())[:WALL_WORDS], by)
    note(session, by, "honour.open", "unit", unit, unit=unit)


def close_wall(session: Session, unit: uuid.UUID, by: Actor) -> None:
    """The page, its pictures and its feeds are gone at once."""
    found = session.get(HonourWall, unit)
    _put(session, unit, False, found.words if found else "", by)
    note(session, by, "honour.close", "unit", unit, unit=unit)


def _put(session: Session, unit: uuid.UUID, is_open: bool, words: str, by: Actor) -> None:
    values = {"is_open": is_open, "words": words, "by": by.id, "at": clock.now()}
    put = insert_into(session, HonourWall).values(unit_id=unit, **values)
    session.execute(put.on_conflict_do_update(index_elements=["unit_id"], set_=values))
    session.expire_all()


def standing(session: Session, units: Iterable[uuid.UUID]) -> dict[uuid.UUID, HonourWall]:
    """Unit -> its wall as it was last set."""
    rows = session.scalars(select(HonourWall).where(among(HonourWall.unit_id, units)))
    return {row.unit_id: row for row in rows}


def open_walls(session: Session) -> list[uuid.UUID]:
    """Units that show a wall."""
    return list(session.scalars(select(HonourWall.unit_id).where(HonourWall.is_open)))


def read(session: Session, unit: uuid.UUID) -> Wall | None:
    """The wall of a unit; None while it is not open."""
    found = session.get(HonourWall, unit)
    if found is None or not found.is_open:
        return None
    rows = wall_rows(session, unit, MOST, _shown())
    return Wall(unit, found.words, found.at, rows, taken_back(session, unit, _oldest(clock.now())))


def _shown() -> ColumnElement[bool]:
    """Of an entry, whether everybody may read it at this moment: collectives, and persons who chose it and agree.

    It is asked of the database: a list of a thousand who chose nothing must not crowd out those who did.
    """
    standing = honour_agreed().subquery()
    chosen = (
        select(HonourChoice.entry_id)
        .join(standing, standing.c.subject == HonourChoice.subject)
        .where(
            HonourChoice.entry_id == Entry.id,
            HonourChoice.subject == Entry.subject,
            HonourChoice.is_shown,
            HonourChoice.at > _oldest(clock.now()),
            # Whoever withdrew and agrees again chooses again, each award by itself.
            HonourChoice.at >= standing.c.given_at,
        )
    )
    return or_(
        Entry.recipient_kind == "unit",
        and_(Entry.recipient_kind == "person", chosen.correlate(Entry).exists()),
    )


def _oldest(now: datetime) -> datetime:
    return now - timedelta(days=consents.texts()[consents.HONOUR_NAME].retention_days)


# --- the person's part ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """Where an own award stands: `may`: it can be put on walls; `until`: shown no longer than that."""

    may: bool
    is_shown: bool
    until: datetime | None


def choose(session: Session, who: Participant, entry: uuid.UUID, is_shown: bool, version: int | None) -> None:
    """Put an own award on the wall, or take it off. `version`: of the text just read; None where they agreed before.

    Raises NotFound for what is not theirs, NotOnWalls, ConsentTextUnknown, HonourNameNotForMinors.
    """
    found, line = _own(session, who.subject, entry)
    if is_shown:
        if not _may_stand(found, line):
            raise NotOnWalls
        _agree(session, who, version)
    values = {"is_shown": is_shown, "at": clock.now()}
    put = insert_into(session, HonourChoice).values(subject=who.subject, entry_id=entry, **values)
    session.execute(put.on_conflict_do_update(index_elements=["subject", "entry_id"], set_=values))
    by = Actor("person", who.subject)
    note(session, by, "honour.show" if is_shown else "honour.hide", "award", entry)


def _agree(session: Session, who: Participant, version: int | None) -> None:
    """Whoever agreed before need not again; everybody else has just read the present text."""
    if version is None and honoured_since(session, who.subject):
        return
    given = consents.give(session, who.person, consents.HONOUR_NAME, version or 0)
    note(session, Actor("person", who.subject), "consent.give", "consent", given.id, reason=given.purpose)


def _own(session: Session, subject: uuid.UUID, entry: uuid.UUID) -> tuple[Entry, str]:
    """The entry and its line. Raises NotFound."""
    query = select(Entry, Case.line).join(Case, Case.id == Entry.case_id)
    found = session.execute(query.where(Entry.id == entry, Entry.subject == subject)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def _may_stand(entry: Entry, line: str) -> bool:
    """Party membership is nobody's business; nor is an award a person lost."""
    return entry.revoked_at is None and entry.void_why is None and line != "party"


def choices(session: Session, subject: uuid.UUID) -> dict[uuid.UUID, Choice]:
    """Every own award -> whether it can stand on walls, and whether everybody reads it there now."""
    entries = session.execute(
        select(Entry, Case.line).join(Case, Case.id == Entry.case_id).where(Entry.subject == subject)
    ).all()
    kept = {
        row.entry_id: row
        for row in session.scalars(select(HonourChoice).where(HonourChoice.subject == subject))
    }
    since = honoured_since(session, subject)
    return {entry.id: _choice(_may_stand(entry, line), kept.get(entry.id), since) for entry, line in entries}


def _choice(may: bool, kept: HonourChoice | None, since: datetime | None) -> Choice:
    now = clock.now()
    is_shown = bool(may and since and kept and kept.is_shown and kept.at > _oldest(now) and kept.at >= since)
    return Choice(may, is_shown, kept.at + (now - _oldest(now)) if kept and is_shown else None)


# --- forgetting ----------------------------------------------------------------------------------------------------


def held(session: Session, subject: uuid.UUID) -> list[dict[str, str]]:
    """For the person's own download."""
    rows = session.scalars(select(HonourChoice).where(HonourChoice.subject == subject))
    return [{"entry": str(row.entry_id), "shown": str(row.is_shown), "at": iso(row.at)} for row in rows]


def erase(session: Session, subject: uuid.UUID) -> None:
    session.execute(delete(HonourChoice).where(HonourChoice.subject == subject))


def forget_old_choices(session: Session) -> None:
    """A choice goes when the time it was agreed to is over; it counted for nothing since then."""
    session.execute(delete(HonourChoice).where(HonourChoice.at <= _oldest(clock.now())))
