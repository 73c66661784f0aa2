"""Words for what pledges are kept as, and which cells this member of staff may see them of."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from admin import shown, years
from admin.blueprint import CELL_SECRETARIES, PARTY_COMMITTEES
from admin.forms import typed
from admin.team_words import typed_day
from backend import clock, http
from backend.errors import N_, DomainError, NotFound
from backend.people.staff import reach
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree
from backend.units.words import sort_key
from campaigns.models import Activity, Campaign
from campaigns.pledge import cell_view
from campaigns.pledge.calendar import dates
from campaigns.pledge.readers import Reader
from campaigns.pledge.schemas import PledgeSettings
from campaigns.registry import settings_of

CELL = "party_cell"
STATES = {
    "draft": N_("đang viết"),
    "submitted": N_("chờ chi bộ xem"),
    "returned": N_("đã đề nghị bổ sung"),
    "in_force": N_("đã xác nhận"),
    "midyear_checked": N_("đã kiểm tra giữa năm"),
    "self_assessed": N_("đã tự đánh giá, chờ chi bộ"),
    "cell_assessed": N_("chi bộ đã đề nghị mức"),
    "closed": N_("đã khép lại"),
}
VERSIONS = {
    "submitted": N_("chờ chi bộ"),
    "superseded": N_("đã có bản mới thay"),
    "returned": N_("đề nghị bổ sung"),
    "confirmed": N_("đã xác nhận"),
}
THEMES = {
    "digital_transformation": N_("chuyển đổi số"),
    "science": N_("khoa học"),
    "technology": N_("công nghệ"),
    "innovation": N_("đổi mới sáng tạo"),
    "other": N_("việc khác"),
}
MARKS = {"added": N_("việc mới thêm"), "changed": N_("đã sửa"), "removed": N_("đã bỏ"), "same": ""}
PROGRESS = {"doing": N_("đang làm"), "done": N_("đã xong")}
OUTCOMES = {
    "done": N_("đã làm xong"),
    "partly": N_("làm được một phần"),
    "not_done": N_("chưa làm được"),
    "dropped": N_("không làm nữa"),
}
MOMENTS = {"midyear": N_("Giữa năm"), "year_end": N_("Cuối năm")}
EXEMPT = {
    "exempt": N_("được miễn công tác, sinh hoạt Đảng"),
    "ill": N_("ốm đau, chữa bệnh dài ngày"),
    "away": N_("đi xa, chưa sinh hoạt tại chi bộ"),
    "deceased": N_("đã từ trần"),
    "other": N_("lý do khác"),
}
AUDIENCES = {
    "cell": N_("Đảng viên khác trong chi bộ được xem các việc đã xác nhận"),
    "committee": N_("Cấp ủy có thẩm quyền được xem các việc đã xác nhận"),
}


class DayAhead(DomainError):
    status = 409
    code = "day_ahead"
    sentence = N_("Ngày này còn ở phía trước. Xin ghi ngày đã họp hoặc ngày của văn bản.")


@dataclass(frozen=True)
class Year:
    """A year of pledges and the cells that take part in it."""

    activity: Activity
    campaign: Campaign
    cells: frozenset[uuid.UUID]

    @property
    def settings(self) -> PledgeSettings:
        found: PledgeSettings = settings_of(self.activity)
        return found

    def is_past(self, moment: str) -> bool:
        """Whether the day of 'register_until', 'midyear_from' or 'review_from' has come."""
        named: str = getattr(dates(self.activity, self.settings), moment)
        return named <= clock.today().isoformat()


def years_seen() -> list[tuple[Activity, Campaign]]:
    """Every year in which a cell in reach takes part, the newest first."""
    mine = reach(http.session(), http.staff())
    return [pair for pair in cell_view.years(http.session()) if mine & _below(pair[1])]


def _below(campaign: Campaign) -> set[uuid.UUID]:
    """Whose year it is, down the Party's line."""
    return subtree(http.session(), campaign.owner_unit_id, clock.today(), "party")


def asked_year() -> Year | None:
    """The year in the address, else the newest one; None while there is none. Raises NotFound for another one."""
    pair = years.asked(years_seen())
    return year_of(*pair) if pair else None


def year_of(activity: Activity, campaign: Campaign) -> Year:
    return Year(activity, campaign, frozenset(_below(campaign)))


def year_with(activity_id: uuid.UUID) -> Year:
    """The year a pledge belongs to. Raises NotFound."""
    for activity, campaign in cell_view.years(http.session()):
        if activity.id == activity_id:
            return year_of(activity, campaign)
    raise NotFound


# --- cells in reach --------------------------------------------------------------------------------------------------


def cells_seen(year: Year, *roles: str) -> list[NamedUnit]:
    """The cells of that year on which the member holds one of these roles, by name."""
    mine = reach(http.session(), http.staff(), *roles) & year.cells
    found = named_many(http.session(), mine, clock.today())
    return sorted(
        (one for one in found.values() if one.kind == CELL), key=lambda one: (sort_key(one.name), one.code)
    )


def own_cell(unit_id: uuid.UUID) -> tuple[Year, NamedUnit]:
    """A cell the member is secretary of, in the year asked for. Raises NotFound."""
    year = asked_year()
    if year is None:
        raise NotFound
    for one in cells_seen(year, *CELL_SECRETARIES):
        if one.id == unit_id:
            return year, one
    raise NotFound


def secretary(cell: uuid.UUID) -> Reader:
    return Reader(http.staff().person, "secretary", cell)


def committee(cell: uuid.UUID) -> Reader:
    """The member as the committee above this cell; the unit is the one the office is held on. Raises NotFound."""
    found = committees({cell})
    if cell not in found:
        raise NotFound
    return found[cell]


def committees(cells: Collection[uuid.UUID]) -> dict[uuid.UUID, Reader]:
    """Cell -> the office in which the member is the committee above it, for those where that is so."""
    found: dict[uuid.UUID, Reader] = {}
    for unit in sorted(http.staff().roles.get(PARTY_COMMITTEES[0], ())):
        below = subtree(http.session(), unit, clock.today())
        office = Reader(http.staff().person, "committee", unit)
        found = {cell: office for cell in cells if cell in below} | found
    return found


# --- what was typed ----------------------------------------------------------------------------------------------------


def past_day(name: str) -> date:
    """A day that has come. Raises DayInvalid, DayAhead."""
    day = typed_day(typed(name, 10))
    if day > clock.today():
        raise DayAhead
    return day


def everything_typed(*names: str) -> dict[str, str]:
    return {name: typed(name) for name in names}


def within(days: int) -> tuple[date, date]:
    """From today until so many days from now."""
    return clock.today(), clock.today() + timedelta(days=days)


def chosen(name: str, known: Collection[str]) -> str:
    """One of several codes. Raises NotFound for what is none of them: no form offers it."""
    value = typed(name, 60)
    if value not in known:
        raise NotFound
    return value


def day_of(moment: str) -> str:
    """'2026-11-22T18:00:00.000Z' -> the day it was in Viet Nam, as people write it."""
    return shown.day(clock.local_day(datetime.fromisoformat(moment)))
