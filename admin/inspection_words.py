"""Words for what inspection files are kept as, which of them this member may see, and reading under one of them."""

import uuid
from dataclasses import dataclass
from typing import Any

from admin import shown
from admin.blueprint import CELL_SECRETARIES, INSPECTORS, PARTY_COMMITTEES, UNIT_HEADS, actor
from backend import clock, http
from backend.errors import N_, NotAllowed, NotFound
from backend.inspection import queries
from backend.inspection.queries import FileLine
from backend.people.staff import reach, reach_on_every_line
from backend.scorecards.indicators import template
from backend.units.queries import NamedUnit, named_many

STANDS = {
    "planned": N_("trong chương trình"),
    "ahead": N_("chưa tới ngày"),
    "running": N_("đang kiểm tra"),
    "over": N_("hết hạn, chờ kết luận"),
    "concluded": N_("đã kết luận"),
}
MATERIALS = {
    "scorecards": N_("Phiếu điểm"),
    "facts": N_("Bản ghi sau số liệu (không có tên người)"),
    "reports": N_("Báo cáo"),
    "plans": N_("Nhiệm vụ theo kế hoạch"),
    "trail": N_("Nhật ký thao tác"),
    "pledges": N_("Bản đăng ký nêu gương của đảng viên"),
}
FINDINGS = {
    "good": N_("Việc làm tốt"),
    "shortcoming": N_("Thiếu sót"),
    "violation": N_("Vi phạm"),
    "advice": N_("Kiến nghị"),
    "social_criticism": N_("Phản biện xã hội của Mặt trận"),
}
SUBJECTS = {
    "card": N_("Phiếu điểm"),
    "report": N_("Báo cáo"),
    "indicator": N_("Chỉ tiêu"),
    "task": N_("Nhiệm vụ"),
    "other": N_("Việc khác"),
}
REMEDIES = {
    "none": N_("không yêu cầu khắc phục"),
    "asked": N_("chờ đơn vị khắc phục"),
    "answered": N_("đơn vị đã báo, chờ xem xét"),
    "accepted": N_("đã khắc phục"),
}


@dataclass(frozen=True)
class Office:
    """What the member is here: `bodies` they inspect for, `headed` units they answer for, cells a committee decides on."""

    bodies: frozenset[uuid.UUID]
    headed: frozenset[uuid.UUID]
    decided: frozenset[uuid.UUID]

    def inspects(self, line: FileLine) -> bool:
        return line.file.unit_id in self.bodies

    def is_of_team(self, line: FileLine) -> bool:
        return self.inspects(line) and http.staff().person in line.team

    def decides_pledges(self, line: FileLine) -> bool:
        """The competent committee of every Party unit the file covers."""
        if not line.names_pledges or not self.decided:
            return False
        party = {unit.id for unit in units_named(line.units).values() if unit.kind.startswith("party")}
        return bool(party) and party <= self.decided

    def may_see(self, line: FileLine) -> bool:
        return self.inspects(line) or self.decides_pledges(line)


def office() -> Office:
    session, member = http.session(), http.staff()
    bodies = member.roles.get(INSPECTORS[0], frozenset()) if member.holds(*INSPECTORS) else frozenset()
    headed = reach(session, member, *UNIT_HEADS) if member.holds(*UNIT_HEADS) else set()
    if member.holds(*CELL_SECRETARIES):
        cells = units_named(reach(session, member, *CELL_SECRETARIES)).values()
        headed = headed | {one.id for one in cells if one.kind.startswith("party")}
    decided = (
        reach_on_every_line(session, member, *PARTY_COMMITTEES) if member.holds(*PARTY_COMMITTEES) else set()
    )
    return Office(frozenset(bodies), frozenset(headed), frozenset(decided))


def file_at(file_id: uuid.UUID) -> tuple[Office, FileLine]:
    """A file this member inspects under or decides on. Raises NotFound."""
    here, line = office(), queries.file(http.session(), file_id)
    if not here.may_see(line):
        raise NotFound
    return here, line


def team_file(file_id: uuid.UUID) -> FileLine:
    """Raises NotFound for who is not of the team."""
    here, line = file_at(file_id)
    if not here.is_of_team(line):
        raise NotFound
    return line


def units_named(units: Any) -> dict[uuid.UUID, NamedUnit]:
    return named_many(http.session(), units, clock.today())


def read_facts_of(unit: uuid.UUID, what: str) -> None:
    """An inspector opens the rows behind a figure: under a running file that covers them, or not. Raises NotAllowed."""
    for line in queries.programme(http.session(), office().bodies):
        if queries.is_open_for(line, actor(), unit, "facts"):
            queries.read_under(http.session(), line, unit, "facts", what, actor())
            return
    raise NotAllowed


def words() -> dict[str, Any]:
    return {
        "stands": STANDS, "materials": MATERIALS, "kinds": FINDINGS, "subjects": SUBJECTS, "remedies": REMEDIES,
        "today": clock.today(), "indicators": {one.code: shown.words(one.title) for one in template().indicators},
    }  # fmt: skip
