"""The console's menu: the doors this member may open, under the headings of what people come to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from admin import blueprint as doors
from backend.errors import N_
from backend.levels.overview import BELOW
from backend.people.staff import Staff

FLAT = 6
"""As many entries stand in one row; more of them go under their headings."""


@dataclass(frozen=True)
class Entry:
    """A door. `here`: what its pages call themselves; `title` and the headings are keys to be translated."""

    here: str
    title: str
    href: str


@dataclass(frozen=True)
class Group:
    """Entries under a heading; without one they stand in the row themselves."""

    title: str
    entries: tuple[Entry, ...]


HEADINGS = {
    "deeds": N_("Hoạt động"),
    "figures": N_("Số liệu"),
    "papers": N_("Báo cáo, kế hoạch"),
    "keeping": N_("Đơn vị, cán bộ"),
}
ANYBODY = ()
OF_NODES = ("levels", "outgoing")
ANSWERS = N_("Cấp trên trả lời")
"""What the page of the levels is at a unit that has no level below it."""
DOORS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("deeds", "campaigns", N_("Cuộc vận động"), "campaigns", ANYBODY),
    ("deeds", "banks", N_("Câu hỏi"), "banks", doors.BANK_ROLES),
    ("deeds", "teams", N_("Tổ công nghệ số"), "teams", doors.TEAM_ROLES),
    ("deeds", "pledges", N_("Nêu gương"), "pledges", doors.PLEDGE_ROLES),
    ("deeds", "ideas", N_("Sáng kiến"), "ideas", doors.IDEA_ROLES),
    ("deeds", "duty", N_("Nhiệm vụ đăng ký"), "duty_page", doors.DUTY_ROLES),
    ("deeds", "movements", N_("Thi đua"), "movements", doors.MOVEMENT_ROLES),
    ("deeds", "models", N_("Mô hình điển hình"), "models", doors.MOVEMENT_ROLES),
    ("deeds", "awards", N_("Khen thưởng"), "awards", doors.AWARD_HANDS),
    ("deeds", "honour", N_("Bảng vinh danh"), "honour", doors.HONOUR_KEEPERS),
    ("deeds", "common", N_("Thi chung nhiều xã"), "common_contests", ("campaign_admin",)),
    ("figures", "scorecard", N_("Số liệu hiện nay"), "scorecard", doors.SCORECARD_READERS),
    ("figures", "cards", N_("Phiếu điểm từng kỳ"), "cards", (*doors.CARD_READERS, *doors.CARD_PAPERS)),
    ("figures", "levels", N_("Số liệu cấp dưới gửi lên"), "levels", doors.LEVEL_READERS),
    ("figures", "outgoing", N_("Số liệu đã gửi cấp trên"), "outgoing", doors.OUTGOING_READERS),
    ("figures", "targets", N_("Chỉ tiêu"), "targets", doors.TARGET_READERS),
    ("figures", "open-data", N_("Số liệu mở"), "open_data", doors.CARD_KEEPERS),
    ("papers", "reports", N_("Báo cáo"), "reports", doors.REPORT_ROLES),
    ("papers", "proposals", N_("Kiến nghị lên cấp trên"), "proposals", doors.REPORT_ROLES),
    ("papers", "plans", N_("Văn bản, nhiệm vụ"), "plans", doors.PLAN_ROLES),
    ("papers", "documents", N_("Văn bản giữa các cấp"), "documents", doors.DOCUMENT_READERS),
    ("papers", "papers", N_("Thể thức văn bản"), "paper_settings", doors.PAPER_KEEPERS),
    ("papers", "inspections", N_("Kiểm tra, giám sát"), "inspections", doors.INSPECTION_ROLES),
    ("papers", "batches", N_("In giấy chứng nhận"), "batches", doors.BATCH_ROLES),
    ("keeping", "units", N_("Đơn vị"), "units", doors.UNIT_ROLES),
    ("keeping", "people", N_("Người và vai trò"), "people", doors.PEOPLE_ROLES),
    ("keeping", "consents", N_("Đồng ý"), "consents", doors.CONSENT_ROLES),
    ("keeping", "peers", N_("Kết nối máy chủ"), "peers", doors.PEER_KEEPERS),
    ("keeping", "audit", N_("Nhật ký"), "audit", doors.AUDIT_ROLES),
)
"""(heading, what the pages call themselves, title, page, who): in the order they are shown."""


def menu_of(member: Staff) -> list[Group]:
    """The first page, then the doors of this member; a heading above a single door would only be one tap more."""
    mine = list(_open_to(member))
    first = Group("", (Entry("home", N_("Trang đầu"), url_for("admin.home")),))
    if len(mine) < FLAT:
        return [first, *(Group("", (entry,)) for _, entry in mine)]
    found = [first]
    for code, title in HEADINGS.items():
        entries = tuple(entry for heading, entry in mine if heading == code)
        if entries:
            found.append(Group(title if len(entries) > 1 else "", entries))
    return found


def _open_to(member: Staff) -> Iterator[tuple[str, Entry]]:
    for heading, here, title, page, who in DOORS:
        if who is ANYBODY or member.holds(*who):
            if here in OF_NODES and _is_of_hamlets(member, who):
                continue
            unit = _own_unit(member) if page == "scorecard" else None
            title = ANSWERS if here == "levels" and not _is_at_level(member) else title
            yield heading, Entry(here, title, url_for(f"admin.{page}", unit_id=unit))


def _is_of_hamlets(member: Staff, roles: tuple[str, ...]) -> bool:
    """Whether the member holds these roles on hamlets alone: no hamlet has a node that sends or is answered."""
    units = {unit for role in roles for unit in member.roles.get(role, ())}
    return all(member.kinds.get(unit) == "hamlet" for unit in units)


def _is_at_level(member: Staff) -> bool:
    """Whether the member reads figures at a province or the country, which have units that send them some."""
    units = {unit for role in doors.LEVEL_READERS for unit in member.roles.get(role, ())}
    return any(member.kinds.get(unit) in BELOW for unit in units)


def _own_unit(member: Staff) -> str:
    """The first of those whose live figures the member may open."""
    return min(str(unit) for role in doors.SCORECARD_READERS for unit in member.roles.get(role, ()))
