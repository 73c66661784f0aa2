"""Words of what this node told the level above: why a figure stays back, what became of a packet, which readers know as "bản gửi"."""

from decimal import Decimal

from flask_babel import gettext

from admin import card_words, levels_words, refusal_words, shown
from backend.aggregates.outgoing import Delivery, Telling
from backend.aggregates.packet import HIDDEN, Cell, Element, ToldUnitBody
from backend.cards import store
from backend.cards.shapes import Template
from backend.errors import N_
from backend.http import session
from backend.own_calendars import reading as own_calendars

WHY = {
    "S": N_("Giữ lại: liên quan đến quá ít người"),
    "C": N_("Giữ lại cùng: nếu nêu thì suy ra được số đang giữ"),
    "H": N_("Vẫn là số đã gửi lần trước: thay đổi quá nhỏ, chờ gộp vào lần sau"),
    "N": N_("Chưa có bản ghi nào, không phải số 0"),
    "X": N_("Chưa tính được: đơn vị mới chia tách hoặc cấp dưới chưa gửi"),
}
DELIVERIES = {
    "waiting": N_("Chờ gửi"),
    "received": N_("Cấp trên đã nhận"),
    "refused": N_("Cấp trên không nhận"),
    "replaced": N_("Đã gửi lại sau khi khôi phục máy chủ"),
}
TAGS = {"waiting": "open", "received": "settled", "refused": "closed", "replaced": ""}
number, state_of_card, line = card_words.number, card_words.state, levels_words.line


def title(telling: Telling) -> str:
    """'Tháng 10/2026 · Phiếu điểm tháng của xã'."""
    period = own_calendars.period(session(), telling.body.calendar, telling.body.period)
    return f"{card_words.period_name(period)} · {shown.words(dict(template(telling).title))}"


def template(telling: Telling) -> Template:
    return store.template_with(session(), telling.body.template.sha256)


def criterion(telling: Telling, element: Element) -> str:
    return shown.words(dict(template(telling)[element.code].title))


def delivery(told: Delivery | None) -> str:
    return gettext(DELIVERIES[told.state if told else "waiting"])


def tag(told: Delivery | None) -> str:
    return TAGS[told.state if told else "waiting"]


def refusal(told: Delivery | None) -> str:
    """Why the level above did not take it, and what to do; '' where there is nothing to say."""
    if told is None or not told.code:
        return ""
    return refusal_words.refusal(told.code)


def why(flag: str) -> str:
    return gettext(WHY[flag])


def unit(told: ToldUnitBody) -> str:
    """'Xóm Đồng Tiến' where it begins a line."""
    full = f"{told.level_word} {told.name}".strip()
    return full[:1].upper() + full[1:]


def kept_back(figures: list[tuple[Element, Cell]]) -> int:
    return sum(cell.flag in HIDDEN for _, cell in figures)


def figure(telling: Telling, element: Element, cell: Cell) -> str:
    """'8,6 %' or '12'; '' where nothing was told."""
    if cell.value is None:
        return "" if cell.numerator is None else shown.number(Decimal(cell.numerator), 0)
    formula = template(telling)[element.code].formula
    unit = " %" if formula and formula.is_ratio and formula.factor == 100 else ""
    return f"{number(Decimal(cell.value))}{unit}"


def sides(cell: Cell) -> str:
    if cell.numerator is None or cell.denominator is None:
        return ""
    return "/".join(shown.number(Decimal(side), 0) for side in (cell.numerator, cell.denominator))
