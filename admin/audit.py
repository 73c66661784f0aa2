"""The audit trail for those who watch over the node. Reading it is itself put on it."""

import uuid
from dataclasses import dataclass

from flask import Response, request
from flask_babel import gettext

from admin import shown
from admin.blueprint import AUDIT_ROLES, actor, blueprint, page
from backend import clock, http
from backend.errors import N_
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import names_of, reach
from backend.safeguards.audit import LAST_PAGE, entries, note
from backend.safeguards.models import AuditEntry
from backend.scorecards.indicators import template
from backend.units.queries import named_many
from campaigns.queries import activities

FACTS_READ = "facts.read"
SEE_ALL = ("dpo", "system_operator")
FILTERS = {"all": None, "writes": False, "reads": True}
DEEDS = {
    "activity.closed": N_("Đóng hoạt động"),
    "activity.open": N_("Mở hoạt động"),
    "activity.settled": N_("Chốt kết quả"),
    "audit.read": N_("Xem nhật ký"),
    "campaign.launch": N_("Phát động cuộc vận động"),
    "consent.give": N_("Đồng ý"),
    "consent.give_for_child": N_("Người giám hộ đồng ý cho trẻ em"),
    "consent.withdraw": N_("Rút lại đồng ý"),
    FACTS_READ: N_("Mở ra xem bản ghi sau số liệu"),
    "figures.rebuild": N_("Đếm lại toàn bộ số liệu"),
    "membership.join_class": N_("Vào lớp"),
    "node.new_epoch": N_("Khôi phục từ bản sao lưu"),
    "person.change": N_("Sửa thông tin của mình"),
    "person.download": N_("Tải dữ liệu của mình"),
    "person.erase": N_("Xóa dữ liệu của mình"),
    "person.join": N_("Đăng ký tham gia"),
    "person.sign_in": N_("Đăng nhập trên điện thoại"),
    "scorecard.read": N_("Xem phiếu điểm"),
    "staff.sign_in": N_("Cán bộ đăng nhập"),
    "staff.sign_out": N_("Cán bộ đăng xuất"),
}
ACTORS = {
    "person": N_("người dân (ẩn danh)"),
    "worker": N_("hệ thống"),
    "operator": N_("người vận hành (dòng lệnh)"),
    "staff": N_("cán bộ đã rời hệ thống"),
}


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: AuditEntry
    who: str
    deed: str
    unit: str
    what: str


@blueprint.get("/audit")
@writes_on_read
@guarded(staff_with(*AUDIT_ROLES))
def audit() -> Response:
    """One page of the trail: entries about units in reach; those about the node itself for the two who keep it."""
    session, member = http.session(), http.staff()
    wanted = request.args.get("show", "all")
    wanted, number = wanted if wanted in FILTERS else "all", _page_number()
    rows, more = entries(
        session,
        reach(session, member, *AUDIT_ROLES),
        without_unit=member.holds(*SEE_ALL),
        is_read=FILTERS[wanted],
        page=number,
    )
    note(session, actor(), "audit.read", "audit", is_read=True)
    return page("audit.html", lines=_lines(rows), show=wanted, number=number, more=more)


def _page_number() -> int:
    asked = request.args.get("page", 1, type=int)
    return min(max(asked, 1), LAST_PAGE)


def _lines(rows: list[AuditEntry]) -> list[Line]:
    session = http.session()
    names = names_of(session, {row.actor for row in rows if row.actor})
    units = named_many(session, {row.unit_id for row in rows if row.unit_id}, clock.today())
    titles = {str(activity.id): shown.words(activity.title) for activity, _ in activities(session)}
    return [
        Line(
            entry=row,
            who=_who(row, names),
            deed=gettext(DEEDS[row.deed]) if row.deed in DEEDS else row.deed,
            unit=units[row.unit_id].full_name if row.unit_id in units else "",
            what=" · ".join(filter(None, [titles.get(row.noun_id or "", ""), _reason(row)])),
        )
        for row in rows
    ]


def _reason(row: AuditEntry) -> str:
    """What a figure's reader opened is kept as codes; here it is said in words."""
    if row.deed != FACTS_READ or not row.reason:
        return row.reason or ""
    code, _, period = row.reason.partition(" ")
    titles = {indicator.code: shown.words(indicator.title) for indicator in template().indicators}
    return f"{titles.get(code, code)}, {shown.period(period)}"


def _who(row: AuditEntry, names: dict[uuid.UUID, str]) -> str:
    if row.actor_kind == "staff" and row.actor in names:
        return names[row.actor]
    return gettext(ACTORS[row.actor_kind]) if row.actor_kind in ACTORS else row.actor_kind
