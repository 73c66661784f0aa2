"""What pages of cards share: numbers and sentences before a person's eyes, and who may take which step."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from admin import calendar_words, card_papers, inspection_reach, shown
from admin.blueprint import CARD_KEEPERS, CARD_READERS
from backend import calendars, clock, http
from backend.calendars import Period
from backend.cards import revisions, store, words
from backend.cards.errors import TemplateUnknown
from backend.cards.models import Card, CardAppeal
from backend.cards.queries import CriterionView, appeals_unanswered
from backend.cards.rules import Figure
from backend.cards.shapes import Template
from backend.cards.words import Words
from backend.errors import N_, NotFound
from backend.people.staff import reach
from backend.units.lineage import lineage
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named
from backend.units.trees import subtree

TEMPLATE, SIDE_BY_SIDE = "xa-thang", "xom-so-sanh"
MONTHS = 36
ASKED = {
    "ge": N_("từ %(amount)s trở lên"),
    "gt": N_("trên %(amount)s"),
    "le": N_("không quá %(amount)s"),
    "lt": N_("dưới %(amount)s"),
}


@dataclass(frozen=True)
class May:
    """What the member may do with a card: keep it for the unit, or score it for the level above."""

    keep: bool
    score: bool


def reached() -> set[uuid.UUID]:
    """Units whose cards this member may read."""
    return card_papers.acted_for() | reach(http.session(), http.staff(), *CARD_READERS)


def _of_an_ended_unit(card: Card) -> bool:
    """What an ended unit published stays readable where it went into, and for whoever had it in reach in its last days."""
    session = http.session()
    unit = session.get_one(Unit, card.unit_id)
    if unit.valid_to is None or revisions.last(session, card.id) is None:
        return False
    day = min(period_of(card).last, unit.valid_to - timedelta(days=1))
    held = {one for role in CARD_READERS for one in http.staff().roles.get(role, ())}
    if lineage(session).today(unit.id) in reached():
        return True
    return any(card.unit_id in subtree(session, one, day) for one in sorted(held))


def ended_units(template: str, period: Period) -> dict[uuid.UUID, NamedUnit]:
    """Communes that have ended since, with a card of the period that the member may read."""
    session = http.session()
    rows = session.scalars(
        select(Card)
        .join(Unit, Unit.id == Card.unit_id)
        .where(Unit.valid_to.is_not(None), Unit.valid_to <= clock.today(), Card.template == template)
        .where(Card.calendar == period.calendar, Card.period == period.code)
    )
    readable = {card.unit_id for card in rows if _of_an_ended_unit(card)}
    return {unit: named(session, unit, period.first) for unit in readable}


def seen(card_id: uuid.UUID) -> Card:
    """Raises CardUnknown; NotFound for a card outside the member's reach that no running inspection file opens either."""
    card = store.card(http.session(), card_id)
    if card.unit_id not in reached() and not _of_an_ended_unit(card):
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


def appeals_waiting() -> list[tuple[CardAppeal, Card]]:
    """Appeals this member is to answer: of units below those whose cards they keep."""
    session, member = http.session(), http.staff()
    own = {unit for role in CARD_KEEPERS for unit in member.roles.get(role, ())}
    return appeals_unanswered(session, reach(session, member, *CARD_KEEPERS) - own)


def newer(card: Card) -> Template | None:
    """The version that an open card could go over to; None where it follows that one already, or is locked."""
    if card.state == "locked":
        return None
    try:
        found = store.newest_for(http.session(), card, period_of(card))
    except TemplateUnknown:
        return None
    return None if found.sha256 == card.template_sha else found


def may_adopt(card: Card) -> bool:
    """The level above: nobody chooses the rules of its own card."""
    return may(card).score


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
    if name in words.NUMBERS and isinstance(value, str):
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


def declared(row: CriterionView) -> str:
    return "–" if row.declared is None else _amount(row, row.declared)


def target(row: CriterionView) -> str:
    """As the plan asks it: 'từ 10 %', 'không quá 5 %'; its own words where they hold no number for this period."""
    told = row.target_told
    if told.get("cannot") and told.get("as_written"):
        return gettext("“%(words)s”", words=told["as_written"])
    if row.target is None:
        return gettext("chưa có")
    amount = _amount(row, row.target)
    if told.get("is_stand_in"):
        return gettext("%(amount)s, theo mẫu phiếu vì đơn vị chưa có chỉ tiêu riêng", amount=amount)
    if told.get("comparator") == "range" and told.get("lowest"):
        ends = {name: _amount(row, Decimal(told[name])) for name in ("lowest", "highest")}
        return gettext("từ %(lowest)s đến %(highest)s", **ends)
    return gettext(ASKED[told["comparator"]], amount=amount) if told.get("comparator") in ASKED else amount


def _amount(row: CriterionView, value: Decimal) -> str:
    return f"{number(value)} {'%' if row.is_percent else row.noun}".strip()


def target_source(row: CriterionView) -> str:
    """The document a target stands in; nothing for the template's own."""
    source = row.target_source
    return "" if source in (None, "template") else str(source)


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


def period_name(period: Period) -> str:
    return shown.period(period.code) if period.calendar == "thang" else calendar_words.title(period)


def month(code: str) -> str:
    return shown.period(code)


def period_title(period: Period) -> str:
    return gettext("Phiếu điểm %(period)s", period=period_name(period))


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


NOTED = {
    "small_base": N_("mẫu số nhỏ: dao động từ %(low)s đến %(high)s"),
    "above_all": N_("trên 100 %%: số dân đã cũ"),
}


def notes(found: Figure) -> list[str]:
    """What must be known of a figure in a table, in few words: its confidence where few stand behind it."""
    return [said(Words(NOTED[one.code], one.values)) for one in found.marks if one.code in NOTED]


def because(row: Mapping[str, Any]) -> str:
    return said(words.because(row))
