"""Whose name a paper carries: an adult's as they want it printed, a child's never in full."""

from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.errors import NameNotPrintable
from backend.certificates.rules import initials, printable
from backend.people import queries as people
from backend.people.rules import age_group
from backend.people.sign_in import Participant
from backend.units.queries import named


def is_minor(who: Participant) -> bool:
    return age_group(who.birth_year, clock.today().year) == "minor"


def usual_name(session: Session, who: Participant) -> str:
    """What is printed unless an adult chooses another name."""
    return _childs_name(session, who) if is_minor(who) else who.name


def chosen_name(session: Session, who: Participant, typed: str) -> str:
    """What is printed where this was typed; a child's name is not chosen. Raises NameNotPrintable."""
    shown = _childs_name(session, who) if is_minor(who) else printable(typed)
    if shown is None:
        raise NameNotPrintable
    return shown


def _childs_name(session: Session, who: Participant) -> str:
    """'N. V. A. (lớp 7A)': enough for those who were there, nothing for a stranger (Law 91/2025/QH15 art. 24)."""
    today = clock.today()
    place = people.unit_of(session, who.person, "studies_at", today)
    return initials(who.name) + (f" ({named(session, place, today).full_name})" if place else "")
