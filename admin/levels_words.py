"""Words of a level above: a figure as it was told, a sum with its ends and why, states and reasons."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from flask_babel import gettext

from admin import card_words, shown
from backend.errors import N_
from backend.levels import words
from backend.levels.changes import Moved
from backend.levels.reading import About
from backend.levels.shapes import Bounds, Element, Figure
from backend.levels.totals import Total
from backend.levels.words import WHY
from backend.units.crosswalk import percent
from backend.units.offices import LINE_WORDS
from backend.units.queries import NamedUnit

STATES = {
    "accepted": N_("Đã chấp nhận"),
    "newer": N_("Có bản mới sau khi chấp nhận"),
    "told": N_("Chờ chấp nhận"),
    "returned": N_("Đã trả lại"),
    "late": N_("Quá hạn, chưa gửi"),
    "waits": N_("Chưa gửi, chưa đến hạn"),
    "no_node": N_("Chưa kết nối máy chủ"),
}
TAGS = {"accepted": "settled", "newer": "closed", "told": "open", "returned": "closed", "late": "closed"}
FLAGS = words.FLAGS | {"S": N_("ẩn để không lộ cá nhân")}
"""As live figures and cards of the console say it."""
SHORT = {"S": N_("Ẩn"), "C": N_("Ẩn"), "N": N_("Chưa có"), "X": N_("Chưa tính được")}
MOVES = {
    "shown": N_("nay đủ người để nêu"),
    "hidden": N_("nay được ẩn để không lộ cá nhân"),
    "counted": N_("nay đã có số liệu"),
    "gone": N_("không còn số liệu"),
}
STEPS = {
    "accepted": N_("chấp nhận số liệu cấp dưới"),
    "published": N_("công bố"),
    "self_scored": N_("tự chấm"),
    "official": N_("chấm chính thức"),
    "locked": N_("khóa"),
    "reopened": N_("mở lại"),
}
INSIDE = {"country": N_("Xã, phường đã có số"), "province": N_("Xóm, tổ đã có số")}
BASES = {
    "all": N_("toàn bộ"),
    "people": N_("theo số dân"),
    "households": N_("theo số hộ"),
    "area": N_("theo diện tích"),
}

number, period_name, vn_day = card_words.number, card_words.period_name, card_words.vn_day


def about(told: About, titles: Mapping[str, Mapping[str, str]]) -> str:
    """'Tháng 11/2026 · Phiếu điểm tháng của xã'; the line where it is not the State's."""
    words = f"{period_name(told.period)} · {title(told, titles)}"
    return words if told.line == "state" else f"{words} ({line(told.line)})"


def inside(kind: str) -> str:
    """Of how many parts of a unit below this level figures are there."""
    return gettext(INSIDE.get(kind, INSIDE["province"]))


def title(told: About, titles: Mapping[str, Mapping[str, str]]) -> str:
    return shown.words(dict(titles.get(told.template, {"vi": told.template})))


def line(code: str) -> str:
    return gettext(LINE_WORDS[code])


def state(code: str) -> str:
    return gettext(STATES[code])


def tag(code: str) -> str:
    return TAGS.get(code, "")


def unit_word(element: Element) -> str:
    return "%" if element.is_percent else element.noun


def amount(element: Element, value: Decimal | None) -> str:
    return f"{number(value)} {unit_word(element)}".strip()


def figure(element: Element, told: Figure) -> str:
    """'8,6 %', '12 hộ', or why there is none: never 0 in its place."""
    if told.is_known:
        return amount(element, told.value)
    return shown.capital(gettext(FLAGS.get(told.flag, FLAGS["N"])))


def short(element: Element, told: Figure) -> str:
    """The same for a narrow cell."""
    if told.is_known:
        return f"{number(told.value)}{' %' if element.is_percent else ''}"
    return gettext(SHORT.get(told.flag, SHORT["N"]))


def sides(told: Figure) -> str:
    """'812/9.800'; nothing of what is hidden."""
    if told.numerator is None or told.denominator is None:
        return ""
    return f"{number(told.numerator)}/{number(told.denominator)}"


def bounds(element: Element, told: Bounds, word: str | None = None) -> str:
    """'1.306 người', 'ít nhất 1.306, nhiều nhất 1.420 người', 'ít nhất 1.306 người'."""
    unit = unit_word(element) if word is None else word
    if told.is_exact:
        return f"{number(told.least)} {unit}".strip()
    if told.most is None:
        return gettext("ít nhất %(least)s %(unit)s", least=number(told.least), unit=unit).strip()
    least, most = number(told.least), number(told.most)
    return gettext(
        "ít nhất %(least)s, nhiều nhất %(most)s %(unit)s", least=least, most=most, unit=unit
    ).strip()


def names(units: Iterable[NamedUnit]) -> str:
    """'xã Tân Thành, xã Kha Sơn'"""
    return ", ".join(unit.full_name for unit in units)


def total(told: Total) -> str:
    """The rate where it is one, else the sum. Where nobody told a number there is none: never 0 in its place."""
    if not told.told:
        return shown.capital(gettext(FLAGS["S"] if "hidden" in dict(told.above.why) else FLAGS["N"]))
    if told.element.factor is None:
        return bounds(told.element, told.above)
    return bounds(told.element, told.rate) if told.rate else gettext("Chưa có số liệu")


def total_sides(told: Total) -> str:
    if told.whole is None or not told.told:
        return ""
    above = bounds(told.element, told.above, "")
    return gettext("%(above)s trên %(whole)s", above=above, whole=bounds(told.element, told.whole, ""))


def why(told: Bounds) -> list[str]:
    return [gettext(WHY[code], count=count) for code, count in told.why if code in WHY]


def moved(one: Moved) -> str:
    """'90 → 127 lượt', or that it appeared or was hidden, and then by how much is not said."""
    if one.kind != "moved":
        return gettext(MOVES[one.kind])
    before, after = number(one.before.value), amount(one.element, one.after.value)
    if one.before.value == one.after.value:
        before, after = sides(one.before) or before, sides(one.after) or after
    return f"{before} → {after}"


def step(code: str) -> str:
    return gettext(STEPS[code]) if code in STEPS else code


def basis(code: str) -> str:
    return gettext(BASES[code]) if code in BASES else code


def weight(thousandths: int) -> str:
    return f"{percent(thousandths)} %"


def rate(value: Decimal | None) -> str:
    return gettext("chưa có") if value is None else f"{number(value)} %"
