"""What pages of cards share: numbers and sentences before a person's eyes, and who may take which step."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from admin import inspection_reach, shown
from admin.blueprint import CARD_KEEPERS, CARD_READERS
from backend import calendars, clock, http
from backend.calendars import Period
from backend.cards import revisions, store, words
from backend.cards.models import Card
from backend.cards.queries import CriterionView
from backend.cards.words import Words
from backend.errors import NotFound
from backend.people.staff import reach
from backend.units.trees import subtree

TEMPLATE, SIDE_BY_SIDE = "xa-thang", "xom-so-sanh"
MONTHS = 12


@dataclass(frozen=True)
class May:
    """What the member may do with a card: keep it for the unit, or score it for the level above."""

    keep: bool
    score: bool


def seen(card_id: uuid.UUID) -> Card:
    """Raises CardUnknown; NotFound for a card outside the member's reach that no running inspection file opens either."""
    card = store.card(http.session(), card_id)
    if card.unit_id not in reach(http.session(), http.staff(), *CARD_READERS):
        period = period_of(card)
        days = (period.first, period.last)
        if card.unit_id not in inspection_reach.opened("scorecards", days=days):
            raise NotFound
        inspection_reach.read(card.unit_id, "scorecards", period_title(period), days)
    return card


def may(card: Card) -> May:
    """The unit's own people keep it; whoever holds the role on a unit above scores it, never both and never on its own."""
    session, today = http.session(), clock.today()
    held = {unit for role in CARD_KEEPERS for unit in http.staff().roles.get(role, ())}
    above = any(
        card.unit_id in subtree(session, unit, today) for unit in sorted(held) if unit != card.unit_id
    )
    keep = card.unit_id in held
    return May(keep=keep, score=above and not keep)


def said(told: Words | str) -> str:
    """A sentence in the reader's language, the codes in it put into words."""
    if isinstance(told, str):
        return gettext(told)
    values = {name: _value(name, value) for name, value in told.values.items()}
    return gettext(told.sentence, **values) if values else gettext(told.sentence).replace("%%", "%")


def _value(name: str, value: Any) -> Any:
    if name == "what":
        return gettext(value)
    if name == "holds_from":
        return shown.written_day(value)
    if name in ("low", "high", "reached", "declared") and isinstance(value, str):
        return number(Decimal(value))
    return value


def number(value: Decimal | str | None) -> str:
    """'8,5', '1.306'; no needless zeros."""
    if value is None:
        return "–"
    told = Decimal(value)
    exponent = told.normalize().as_tuple().exponent
    return shown.number(told, max(0, -exponent) if isinstance(exponent, int) else 0)


def figure(row: CriterionView) -> str:
    """'8,6 %', '12 hộ', or why there is none."""
    if row.is_hidden:
        return gettext("Ẩn để không lộ cá nhân")
    if row.value is None:
        return gettext("Chưa có số liệu") if row.series == "measured" else gettext("Tự kê khai")
    return f"{number(row.value)} {'%' if row.is_percent else row.noun}".strip()


def target(row: CriterionView) -> str:
    if row.target is None:
        return gettext("chưa có")
    return f"{number(row.target)} {'%' if row.is_percent else row.noun}".strip()


def field(name: str) -> str:
    return gettext(words.FIELDS[name])


def moved(value: str | None, name: str, classes: Mapping[str, Mapping[str, str]]) -> str:
    """A value of a restatement as it was or is."""
    if value is None:
        return gettext("chưa có")
    if name == "class":
        return shown.words(dict(classes[value])) if value in classes else value
    return number(value)


def classes_of(card: Card) -> dict[str, Mapping[str, str]]:
    """Code -> title of the classes of its template."""
    template = store.template_with(http.session(), card.template_sha)
    return {one.code: one.title for one in template.classes}


def vn_day(moment: datetime) -> str:
    return shown.day(clock.local_day(moment))


def state(code: str) -> str:
    return gettext(words.STATES[code])


def step(code: str) -> str:
    return gettext(words.STEPS.get(code, code))


def outcome(code: str) -> str:
    return gettext(words.OUTCOMES[code])


def iso_day(moment: datetime) -> str:
    return clock.local_day(moment).isoformat()


def month(code: str) -> str:
    return shown.period(code)


def period_title(period: Period) -> str:
    return gettext("Phiếu điểm %(period)s", period=shown.period(period.code))


def period_of(card: Card) -> Period:
    return revisions.period_of(card)


def month_asked(code: str) -> Period:
    """The plain month with that code, or the last full one. A code of another calendar is refused: PeriodUnknown."""
    if not code:
        return calendars.last_full("thang", "month", clock.today())
    return calendars.parse("thang", code)


def months() -> list[Period]:
    """What a picker offers, newest first."""
    return list(calendars.choices("thang", "month", clock.today(), MONTHS))


def because(row: Mapping[str, Any]) -> str:
    return said(words.because(row))
