"""Words for what awards are kept as, and what was typed about them."""

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flask_babel import gettext

from admin.forms import typed
from admin.idea_words import past_day, typed_id, whole
from backend import clock, http
from backend.errors import N_, DomainError
from backend.units.offices import LINE_WORDS as LINES
from backend.units.queries import NamedUnit, named_to_the_last
from campaigns.award import forms
from campaigns.award.hands import Hand, Minutes, Paper, hand_of
from campaigns.award.models import Case

__all__ = ["LINES", "past_day", "typed_id", "whole"]

TIERS = {"organiser": N_("Giấy chứng nhận của Ban Tổ chức"), "formal": N_("Khen thưởng theo quyết định")}
STATES = {
    "drafted": N_("đang lập"),
    "proposed": N_("đã đề nghị, chờ xét"),
    "considered": N_("đã xét, chờ ký"),
    "signed": N_("đã ký, chờ số"),
    "numbered": N_("đã có số, chờ vào sổ"),
    "registered": N_("đã vào sổ"),
    "dropped": N_("không làm tiếp"),
}
ORGANISERS = {"proposed": N_("đã lập, chờ phát hành"), "signed": N_("đã cho phát hành, chờ vào sổ")}
DEEDS = {
    "propose": N_("Đề nghị"),
    "council": N_("Ghi ý kiến hội đồng"),
    "sign": N_("Xác nhận đã ký"),
    "number": N_("Cho số quyết định"),
    "register": N_("Vào sổ"),
    "give_back": N_("Trả lại để bổ sung"),
    "drop": N_("Không làm tiếp"),
}
RECIPIENTS = {"person": N_("cá nhân"), "unit": N_("tập thể"), "firm": N_("doanh nghiệp, hộ kinh doanh")}
APPEALS = {"open": N_("chờ trả lời"), "upheld": N_("đã chấp nhận"), "refused": N_("không chấp nhận")}


class DayMissing(DomainError):
    code = "award_day_missing"
    sentence = N_("Xin ghi ngày theo dạng ngày/tháng/năm.")


def hand() -> Hand:
    """The signed-in member with the posts they hold today."""
    return hand_of(http.session(), http.staff())


def state_of(case: Case) -> str:
    return ORGANISERS.get(case.state, STATES[case.state]) if case.tier == "organiser" else STATES[case.state]


def form_of(code: str) -> str:
    return forms.words_of(code)


def forms_for(tier: str, line: str = "") -> list[tuple[str, str]]:
    """(code, words) of the forms in force today."""
    known = forms.on(clock.today()).by_code.values()
    return [(one.code, one.words) for one in known if one.tier == tier and (not line or line in one.lines)]


def names(units: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, NamedUnit]:
    return named_to_the_last(http.session(), [unit for unit in units if unit], clock.today())


def day_or_none(name: str) -> date | None:
    return past_day(name) if typed(name, 10) else None


def paper() -> Paper:
    """Number, day, signer and office as they stand on the document. Raises DayInvalid, DayAhead."""
    return Paper(typed("number", 60), day_or_none("day"), typed("signer", 120), typed("signer_title", 120))


def minutes() -> Minutes | None:
    """Of the council, as they were typed; None where nothing was. Raises NumberInvalid, DayInvalid, DayAhead."""
    day = day_or_none("day")
    if day is None:
        return None
    return Minutes(day, whole("present", 500), whole("agreed", 500), typed("minutes"))


def money(amount: Decimal | int) -> str:
    return gettext("%(amount)s đồng", amount=f"{int(amount):,}".replace(",", "."))
