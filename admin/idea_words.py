"""Words for what initiatives are kept as, and which of them this member of staff may see."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import request

from admin import years
from admin.blueprint import IDEA_SECRETARIES, UNIT_HEADS
from admin.forms import typed
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.errors import N_, DomainError, NotFound
from backend.people.staff import reach
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree
from campaigns.initiative import overview
from campaigns.initiative.models import Council, Initiative
from campaigns.initiative.offices import Handler, Paper
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity, Campaign
from campaigns.registry import settings_of

STATES = {
    "received": N_("mới nhận, chờ kiểm tra"),
    "returned": N_("đã gửi lại để bổ sung"),
    "valid": N_("hợp lệ, chờ phân công chấm"),
    "invalid": N_("không hợp lệ"),
    "judging": N_("hội đồng đang chấm"),
    "recommended": N_("hội đồng đề nghị công nhận"),
    "not_recommended": N_("hội đồng không đề nghị"),
    "recognised": N_("đã công nhận"),
    "not_recognised": N_("không công nhận"),
    "noted": N_("ý tưởng nhỏ đã ghi nhận"),
    "withdrawn": N_("tác giả đã rút"),
    "draft": N_("đang viết"),
}
WAITING = ("received", "valid", "recommended", "not_recommended")
"""States in which the secretary has to do something."""
TRACKS = {"small": N_("ý tưởng nhỏ"), "formal": N_("hồ sơ đầy đủ")}
SCOPES = {"grassroots": N_("cấp cơ sở"), "province": N_("cấp tỉnh"), "national": N_("toàn quốc")}
ADOPTION = {"pilot": N_("đang làm thử"), "evaluated": N_("đã đánh giá"), "replicated": N_("đã nhân rộng")}
PARTS = {"chair": N_("Chủ tịch"), "secretary": N_("Thư ký"), "member": N_("Ủy viên")}
CONFLICTS = {
    "author": N_("là tác giả"),
    "family": N_("là người nhà của tác giả"),
    "same_unit": N_("cùng đơn vị với tác giả"),
    "namesake": N_("trùng tên với tác giả, cần xem lại"),
    "declared": N_("tự xin không chấm"),
    "other": N_("có liên quan, thường trực đã ghi"),
}


class NumberInvalid(DomainError):
    status = 400
    code = "number_invalid"
    sentence = N_("Xin ghi điểm bằng số, ví dụ 25 hoặc 25,5.")


@dataclass(frozen=True)
class Year:
    """A year of initiatives, with the offices the member holds in it."""

    activity: Activity
    campaign: Campaign

    @property
    def settings(self) -> InitiativeSettings:
        found: InitiativeSettings = settings_of(self.activity)
        return found

    @property
    def handles_all(self) -> bool:
        """The member is the secretary of the unit whose year it is."""
        return self.campaign.owner_unit_id in _reach(*IDEA_SECRETARIES)


def _reach(*roles: str) -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *roles)


def years_seen() -> list[tuple[Activity, Campaign]]:
    """Every year in which a unit in reach takes part, the newest first."""
    mine = _reach()
    return [pair for pair in overview.years(http.session()) if mine & _taking_part(pair[1])]


def _taking_part(campaign: Campaign) -> set[uuid.UUID]:
    return subtree(http.session(), campaign.owner_unit_id, clock.today())


def asked_year() -> Year | None:
    """The year in the address, else the newest one; None while there is none. Raises NotFound for another one."""
    pair = years.asked(years_seen())
    return Year(*pair) if pair else None


def year_asked() -> Year:
    """Raises NotFound while there is none."""
    found = asked_year()
    if found is None:
        raise NotFound
    return found


def year_with(activity_id: uuid.UUID) -> Year:
    """The year something belongs to. Raises NotFound for one out of reach."""
    for activity, campaign in years_seen():
        if activity.id == activity_id:
            return Year(activity, campaign)
    raise NotFound


# --- offices ---------------------------------------------------------------------------------------------------------


def units_handled(year: Year) -> set[uuid.UUID] | None:
    """Whose initiatives the member receives as a secretary; None: everybody's."""
    return None if year.handles_all else _reach(*IDEA_SECRETARIES) & _taking_part(year.campaign)


def units_headed(year: Year) -> set[uuid.UUID]:
    return _reach(*UNIT_HEADS) & _taking_part(year.campaign)


def is_secretary_of(year: Year, row: Initiative) -> bool:
    units = units_handled(year)
    return units is None or row.unit_id in units


def secretary(year: Year, unit: uuid.UUID | None = None) -> Handler:
    """The member in the office of secretary for this unit, else for whoever's year it is. Raises NotFound."""
    return _office(IDEA_SECRETARIES, unit, year.campaign.owner_unit_id)


def head_or_secretary(year: Year) -> Handler:
    """Who may order ideas: the secretary, or the head of a unit for the own one. Raises NotFound."""
    return _office((*IDEA_SECRETARIES, *UNIT_HEADS), year.campaign.owner_unit_id, None)


def _office(roles: tuple[str, ...], unit: uuid.UUID | None, otherwise: uuid.UUID | None) -> Handler:
    granted = sorted({g for role in roles for g in http.staff().roles.get(role, ())})
    for wanted in (unit, otherwise):
        for one in granted:
            if wanted and wanted in subtree(http.session(), one, clock.today()):
                return Handler(http.staff().person, one)
    if otherwise is None and granted:
        return Handler(http.staff().person, granted[0])
    raise NotFound


def councils_of(year: Year) -> list[Council]:
    """Sittings of units the member is secretary of."""
    mine = _reach(*IDEA_SECRETARIES)
    return [one for one in overview.councils(http.session(), year.activity.id) if one.unit_id in mine]


def unit_names(units: set[uuid.UUID]) -> dict[uuid.UUID, NamedUnit]:
    return named_many(http.session(), units, clock.today()) if units else {}


def reachable_units(year: Year, *roles: str) -> list[NamedUnit]:
    """Units of that year in reach in these offices, for a choice, by their names."""
    found = unit_names(_reach(*roles) & _taking_part(year.campaign))
    return sorted(found.values(), key=lambda one: (one.full_name, one.code))


# --- what was typed --------------------------------------------------------------------------------------------------


def paper() -> Paper:
    """The document of a decision as it was typed. Raises DayInvalid, DayAhead."""
    return Paper(typed("number", 60), past_day("day"), typed("signer", 120))


class DayAhead(DomainError):
    status = 409
    code = "day_ahead"
    sentence = N_("Ngày này còn ở phía trước. Xin ghi ngày đã họp hoặc ngày của văn bản.")


def past_day(name: str) -> date:
    day = typed_day(typed(name, 10))
    if day.year < 1900:
        raise DayInvalid
    if day > clock.today():
        raise DayAhead
    return day


def typed_id(name: str) -> uuid.UUID:
    """Raises NotFound: no form offers it."""
    try:
        return uuid.UUID(typed(name, 40))
    except ValueError:
        raise NotFound from None


def whole(name: str, most: int = 100_000) -> int:
    """Raises NumberInvalid."""
    text = typed(name, 7)
    if not (text.isascii() and text.isdecimal()) or int(text) > most:
        raise NumberInvalid
    return int(text)


def points(text: str) -> Decimal:
    """'25,5' -> 25.5. Raises NumberInvalid."""
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise NumberInvalid from None
    if not found.is_finite():
        raise NumberInvalid
    return found


def page_asked() -> int:
    text = request.args.get("page", "")
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
