"""Words for what teams and households are kept as, and which of them this member may see."""

import uuid
from datetime import date, datetime

from flask import request
from flask_babel import gettext

from admin.blueprint import TEAM_KEEPERS, TEAM_ROLES
from backend import clock, http
from backend.db.node import own_unit
from backend.errors import N_, DomainError, NotAllowed, NotFound
from backend.people.staff import reach
from backend.teams import queries
from backend.teams.queries import HouseholdView, TeamView
from backend.units.queries import NamedUnit, children, named
from campaigns.reasons import SHARED
from campaigns.visit.reasons import DEEDS

HOUSEHOLD_KINDS = {
    "household": N_("Hộ gia đình"),
    "household_business": N_("Hộ kinh doanh"),
    "firm": N_("Doanh nghiệp"),
    "cooperative": N_("Hợp tác xã"),
}
PLACES = {
    "home": N_("tại nhà"),
    "workplace": N_("tại nơi làm việc"),
    "centre_desk": N_("tại Trung tâm phục vụ hành chính công"),
    "hamlet_hall": N_("tại nhà văn hóa"),
    "mobile_point": N_("tại điểm lưu động"),
}
OUTCOMES = {
    "explained": N_("đã hướng dẫn"),
    "installed": N_("đã cài đặt"),
    "activated": N_("đã kích hoạt"),
    "used_alone": N_("tự sử dụng được"),
    "not_possible": N_("chưa làm được"),
}
MET = {
    "adult": N_("đã gặp người lớn"),
    "nobody": N_("không gặp ai"),
    "declined": N_("gia đình chưa đồng ý"),
}
WEEKDAYS = (
    N_("Thứ Hai"),
    N_("Thứ Ba"),
    N_("Thứ Tư"),
    N_("Thứ Năm"),
    N_("Thứ Sáu"),
    N_("Thứ Bảy"),
    N_("Chủ nhật"),
)


class DayInvalid(DomainError):
    status = 400
    code = "day_invalid"
    sentence = N_("Xin ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026.")


def typed_day(text: str) -> date:
    """'5/11/2026' as people write it, or as a browser's own field sends it. Raises DayInvalid."""
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), shape).date()
        except ValueError:
            continue
    raise DayInvalid


def asked_day(name: str, otherwise: date) -> date:
    """A day in the address; what is no day is as if it were not there."""
    try:
        return typed_day(request.args.get(name, ""))
    except DayInvalid:
        return otherwise


# --- what this member may see --------------------------------------------------------------------------------------------


def home_commune() -> NamedUnit:
    """The commune this node serves."""
    return named(http.session(), own_unit(http.session()), clock.today())


def keeps_teams() -> bool:
    """Whether the member sets up teams and gives households to them."""
    session = http.session()
    return own_unit(session) in reach(session, http.staff(), *TEAM_KEEPERS)


def must_keep() -> None:
    """Raises NotFound for the organiser of another commune: for them there is nothing here."""
    if not keeps_teams():
        raise NotFound


def teams_seen() -> list[TeamView]:
    """The commune's teams in reach: all of them, those that serve one's hamlet, or the own one."""
    session, mine = http.session(), reach(http.session(), http.staff(), *TEAM_ROLES)
    found = queries.teams_in(session, own_unit(session), clock.today())
    return [team for team in found if team.id in mine or any(area.id in mine for area in team.areas)]


def team_seen(team_id: uuid.UUID) -> TeamView:
    """Raises NotFound for a team there is not, NotAllowed for one out of reach."""
    team = queries.team_view(http.session(), team_id)
    if team_id not in {one.id for one in teams_seen()}:
        raise NotAllowed
    return team


def leads(team: TeamView) -> bool:
    """Whether the member may plan for this team and take in what waits for it."""
    return team.id in led()


def led() -> set[uuid.UUID]:
    """The units whose teams the member may plan for."""
    return reach(http.session(), http.staff(), "team_leader", *TEAM_KEEPERS)


def hamlets_seen() -> list[NamedUnit]:
    """The hamlets whose households the member may see: those in reach, and those one's own team looks after."""
    session, today = http.session(), clock.today()
    mine = reach(session, http.staff(), *TEAM_ROLES)
    of_teams = {area.id for team in teams_seen() if team.id in mine for area in team.areas}
    found = children(session, own_unit(session), "hamlet", today)
    return [unit for unit in found if unit.id in mine or unit.id in of_teams]


def hamlet_seen(hamlet_id: uuid.UUID) -> NamedUnit:
    """Raises NotFound."""
    for unit in hamlets_seen():
        if unit.id == hamlet_id:
            return unit
    raise NotFound


def household_seen(household_id: uuid.UUID) -> HouseholdView:
    """A household that stands by itself. Raises HouseholdUnknown, NotAllowed."""
    found = queries.household_view(http.session(), household_id)
    if not {found.hamlet.id, found.team} & {*(unit.id for unit in hamlets_seen()), *_own_teams()}:
        raise NotAllowed
    return found


def _own_teams() -> set[uuid.UUID]:
    mine = led()
    return {team.id for team in teams_seen() if team.id in mine}


def household_of(text: str) -> HouseholdView | None:
    """The household behind an id in a record, if it is one we know and that stands."""
    try:
        found = queries.household_views(http.session(), [uuid.UUID(text)])
    except ValueError:
        return None
    return next(iter(found.values()), None)


# --- words for records -------------------------------------------------------------------------------------------------


ACTIONS = {
    "visit.log": N_("Lượt thăm hộ"),
    "visit.household": N_("Hộ mới gặp"),
    "visit.session": N_("Buổi hướng dẫn chung"),
    "visit.check_in": N_("Điểm danh tại địa bàn"),
    "visit.day": N_("Tổng kết ngày"),
}
WAITING = {
    "not_in_team": N_("Người ghi không ở trong tổ nào vào ngày ấy."),
    "hamlet_unknown": N_("Không tìm thấy xóm này trong danh sách."),
    "household_unknown": N_("Hộ này chưa có trong danh sách; có thể còn nằm trên một máy khác."),
}
ASIDE = {
    "not_readable": N_("Nội dung máy gửi lên bị hỏng, hệ thống không đọc được."),
    "body_invalid": N_("Có mục ghi không đúng khuôn nên hệ thống không đọc được."),
    "action_unknown": N_("Ứng dụng trên máy ghi một việc mà hệ thống chưa biết."),
    "content_differs": N_(
        "Máy gửi hai lần cùng một việc với nội dung khác nhau. Bản đến trước đã được ghi nhận."
    ),
    "seq_taken": N_("Máy đã gửi một việc khác mang cùng số thứ tự."),
    "write_failed": N_("Hệ thống chưa ghi được việc này lúc máy gửi lên."),
    "consent_not_told": N_("Có ghi việc đã hướng dẫn nhưng chưa ghi người gặp đã nghe đọc và đồng ý."),
    "not_own_visit": N_("Bản ghi này sửa một lần thăm do người khác ghi."),
    "closed": N_("Việc làm sau khi hoạt động đã đóng."),
    "not_open_yet": N_("Việc làm trước khi hoạt động mở."),
}
"""Why a deed was put aside or did not count, for whoever settles it."""
ANSWERS = {
    "confirmed": N_("đúng như đã ghi"),
    "differs": N_("có điểm khác"),
    "not_reached": N_("chưa liên lạc được"),
    "declined": N_("gia đình không muốn trả lời"),
}
LANGUAGES = {
    "kinh": N_("tiếng Kinh"),
    "tay": N_("tiếng Tày"),
    "nung": N_("tiếng Nùng"),
    "dao": N_("tiếng Dao"),
    "hmong": N_("tiếng Mông"),
    "thai": N_("tiếng Thái"),
    "muong": N_("tiếng Mường"),
    "san_diu": N_("tiếng Sán Dìu"),
    "san_chay": N_("tiếng Sán Chay"),
}


def action(code: str) -> str:
    return gettext(ACTIONS[code]) if code in ACTIONS else code


def why_aside(code: str) -> str:
    """Why a deed was put aside, or was read and did not count."""
    return gettext(ASIDE.get(code) or DEEDS.get(code) or SHARED.get(code) or N_("Cần có người xem."))


def why_waiting(code: str | None) -> str:
    return gettext(WAITING[code]) if code in WAITING else gettext("Cần có người xem.")


def language(code: str) -> str:
    return gettext(LANGUAGES[code]) if code in LANGUAGES else code
