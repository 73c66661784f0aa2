"""Words for what inspection files are kept as, which of them this member may see, and reading under one of them."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from admin import shown
from admin.blueprint import CELL_SECRETARIES, FRONT_OFFICES, INSPECTORS, PARTY_COMMITTEES, UNIT_HEADS
from backend import calendars, clock, http
from backend.cards import store
from backend.cards.models import Card
from backend.errors import N_, DomainError, NotFound
from backend.inspection import queries, subjects
from backend.inspection.queries import FileLine, Finding
from backend.inspection.subjects import Subject
from backend.own_calendars import reading as own_calendars
from backend.people.staff import reach, reach_on_every_line
from backend.scorecards.indicators import template
from backend.targets.models import PlanIndicator
from backend.units.models import UnitLink
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import holds_on

STANDS = {
    "planned": N_("trong chương trình"),
    "ahead": N_("chưa tới ngày"),
    "running": N_("đang kiểm tra"),
    "over": N_("hết hạn, chờ kết luận"),
    "concluded": N_("đã kết luận"),
}
MATERIALS = {
    "scorecards": N_("Phiếu điểm"),
    "targets": N_("Chỉ tiêu và ba loại số liệu"),
    "facts": N_("Các bản ghi làm nên con số (không có tên người)"),
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
    "social_criticism": N_("Giám sát, phản biện xã hội của Mặt trận"),
}
SUBJECTS = {
    "card": N_("Phiếu điểm"),
    "report": N_("Báo cáo"),
    "indicator": N_("Chỉ tiêu"),
    "task": N_("Nhiệm vụ"),
    "other": N_("Việc khác"),
}
OF_THE_FRONT = {"social_criticism": FINDINGS["social_criticism"]}
"""All the Front writes: it finds no shortcomings and asks no remedy."""
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
    committees: frozenset[uuid.UUID] = frozenset()
    """Bodies whose Party committee the member speaks for."""
    fronts: frozenset[uuid.UUID] = frozenset()
    """Bodies beside which the member speaks for the Front."""

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

    def decides(self, line: FileLine) -> bool:
        """Never who planned it; where it names pledges the committee alone."""
        if line.file.made_by == http.staff().person:
            return False
        if line.names_pledges:
            return self.decides_pledges(line)
        return self.inspects(line) or line.file.unit_id in self.committees

    def criticises(self, line: FileLine) -> bool:
        """The Front writes beside an inspection that was decided; of what the file opens it reads nothing."""
        return line.file.unit_id in self.fronts and line.stand != "planned"

    def kinds(self, line: FileLine) -> dict[str, str]:
        """What this member may write down while the file runs."""
        if line.stand != "running":
            return {}
        if self.is_of_team(line):
            return FINDINGS
        return OF_THE_FRONT if self.criticises(line) else {}

    def sees_inside(self, line: FileLine) -> bool:
        """All that was found and read, not only what the Front said."""
        return self.inspects(line) or self.decides_pledges(line) or line.file.unit_id in self.committees

    def may_see(self, line: FileLine) -> bool:
        return self.sees_inside(line) or self.criticises(line)


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
    committees = decided | led_by(member.roles.get(PARTY_COMMITTEES[0], frozenset()))
    fronts = member.roles.get(FRONT_OFFICES[0], frozenset())
    return Office(frozenset(bodies), frozenset(headed), frozenset(decided), frozenset(committees), fronts)


def led_by(party: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The units whose Party organisation these are: a commune's stands right below the commune in the Party's tree."""
    query = select(UnitLink.parent_id).where(
        UnitLink.unit_id.in_(party), UnitLink.tree == "party", holds_on(UnitLink, clock.today())
    )
    return set(http.session().scalars(query))


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


@dataclass(frozen=True)
class Choices:
    """What a finding may rest on in one unit, of one kind: the options of a list under one heading."""

    unit: NamedUnit
    kind: str
    subjects: list[Subject]


def choices(line: FileLine) -> list[Choices]:
    named, days, found = units_named(line.units), (line.file.first, line.file.last), []
    for unit in sorted(named.values(), key=lambda unit: unit.code):
        for kind, some in groupby(subjects.of_unit(http.session(), unit.id, days), key=lambda one: one.kind):
            found.append(Choices(unit, kind, list(some)))
    return found


def subject(one: Subject) -> str:
    """'Tháng 10/2026: Hộ đã đến', 'Tỷ lệ dự thi'."""
    title = shown.words(dict(one.title)) if isinstance(one.title, Mapping) else one.title
    return ": ".join(
        filter(None, [period(one.calendar, one.period) if one.period else "", title])
    ) or gettext("Việc khác")


def period(calendar: str, code: str) -> str:
    try:
        found = own_calendars.period(http.session(), calendar, code)
    except DomainError:
        return code
    return shown.period(code) if calendar == "thang" else calendars.title(found)


def told_period(code: str) -> str:
    """The period of a finding, in words where it is one of the plain calendar."""
    return period("thang", code)


def criterion(one: Finding) -> str:
    """The line of the card in words; the code where the card is gone."""
    row = one.finding
    if row.subject_kind != "card" or not row.criterion:
        return row.criterion
    card = http.session().get(Card, uuid.UUID(row.subject_id))
    lines = store.template_with(http.session(), card.template_sha).criteria if card else ()
    return next(
        (shown.words(dict(line.title)) for line in lines if line.code == row.criterion), row.criterion
    )


def words() -> dict[str, Any]:
    return {
        "stands": STANDS, "materials": MATERIALS, "kinds": FINDINGS, "subjects": SUBJECTS, "remedies": REMEDIES,
        "today": clock.today(), "indicators": indicators(), "subject": subject, "told_period": told_period, "criterion": criterion,
    }  # fmt: skip


def indicators() -> dict[str, str]:
    """Code -> name, of scorecards and of plans."""
    told = {one.code: shown.words(one.title) for one in template().indicators}
    rows = http.session().execute(select(PlanIndicator.code, PlanIndicator.name_vi))
    return told | {row[0]: row[1] for row in rows}
