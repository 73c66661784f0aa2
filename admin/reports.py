"""Reports that are owed: what is due for whom, what is late, and the days on which they are due."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import report_words, shown
from admin.blueprint import REPORT_DRAFTERS, REPORT_OFFICES, REPORT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.report_words import desk, sources
from admin.steps import uuid_in
from backend import clock, http
from backend.errors import DomainError, NotAllowed
from backend.http import guarded, staff_with
from backend.reports import approval, compose, obligations, queries
from backend.reports.errors import DueDayWrong, ReportUnknown
from backend.reports.hands import Desk
from backend.reports.models import Duty, Submission
from backend.reports.queries import Owed
from backend.units.models import UnitLink
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import holds_on

SHOWN_DONE = 12
CAN_WAIT = ("lock", "give_back", "reopen")


@dataclass(frozen=True)
class Mine:
    """A submission that lies with this member, and the deeds they may do now."""

    row: Submission
    title: str
    deeds: list[str]


@blueprint.get("/reports")
@guarded(staff_with(*REPORT_ROLES))
def reports() -> Response:
    """The calendar of reports: late, due soon, to come, done."""
    return _page()


def _page(error: DomainError | None = None, at: str = "") -> Response:
    here = desk()
    rows = queries.owed(http.session(), set(here.units), set(here.watching))
    owned = [one for one in rows if _is_seen(here, one)]
    received = [one for one in owned if one.receiver.id in here.watching and one.unit != one.receiver]
    return page(
        "reports.html",
        error.status if error else 200,
        late=[one for one in owned if one.is_late],
        near=[one for one in owned if one.is_near],
        to_come=[one for one in owned if not (one.is_late or one.is_near or one.kept.is_there)],
        done=[one for one in reversed(owned) if one.kept.is_there][:SHOWN_DONE],
        mine=waiting_for(here, rows),
        late_list=queries.late_list(received),
        kept=queries.kept_by_unit(received),
        duties=_duties(owned),
        on_call=[
            (one, obligations.offered(one.duty))
            for one in queries.on_call(http.session(), set(here.by_role["drafter"]))
        ],
        places=_places(here) if here.keeps else [],
        ways=_ways() if here.keeps else [],
        desk=here,
        words=report_words,
        obligations=obligations.shipped().values(),
        preset=obligations.preset(),
        preset_source=obligations.preset_source(),
        today=clock.today(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
        typed={name: typed(name, 100) for name in ("day", "months", "way", "unit", "receiver")},
    )


OFFICE_KINDS = (
    "province",
    "commune",
    "agency",
    "association",
    "party_organisation",
    "party_cell",
    "body",
    "school",
)
"""Units that have an office to write reports in."""


def _places(here: Desk) -> list[NamedUnit]:
    """The office's own unit, those below it that write reports, and what stands right above: whom one may owe a report."""
    session, today = http.session(), clock.today()
    within = here.keeps
    above = session.scalars(
        select(UnitLink.parent_id).where(UnitLink.unit_id.in_(list(within)), holds_on(UnitLink, today))
    )
    found = named_many(session, {*within, *above}, today).values()
    return sorted((one for one in found if one.kind in OFFICE_KINDS), key=lambda one: one.code)


def _ways() -> list[tuple[str, str]]:
    """Every kind of report, line and interval some plan names, as one choice."""
    return [
        (
            f"{row.code}|{line}|{interval}",
            f"{row.title}: {gettext(report_words.INTERVALS[interval])}, {report_words.line_within(line)}",
        )
        for row in obligations.shipped().values()
        for line in row.lines
        for interval in row.intervals
    ]


def _is_seen(here: Desk, one: Owed) -> bool:
    return one.unit.id in here.units or one.receiver.id in here.watching


def _duties(rows: Iterable[Owed]) -> list[Owed]:
    """Each duty once, with whom it concerns."""
    return sorted({one.duty.id: one for one in rows}.values(), key=lambda one: (one.unit.code, one.title))


def waiting_for(here: Desk, rows: Iterable[Owed]) -> list[Mine]:
    """What lies with this member: they hold the role and have played no other part of the round."""
    titles = {one.submission.id: one for one in rows if one.submission}
    found = []
    waiting = queries.waiting(http.session(), set(here.units), set(here.receiving))
    played = approval.played(http.session(), waiting)
    for row in waiting:
        deeds = [button.deed for button in here.buttons(row, played[row.id]) if not button.is_barred]
        # Locking can wait for ever, and a draft waits in the calendar below.
        if set(deeds) - set(CAN_WAIT) and row.state != "open" and row.id in titles:
            one = titles[row.id]
            found.append(Mine(row, f"{one.title} ({shown.capital(one.unit.full_name)})", deeds))
    return found


@blueprint.post("/reports")
@guarded(staff_with(*REPORT_DRAFTERS))
def begin_report() -> ResponseReturnValue:
    """Begin the report of a duty and period, or go on with it. Raises ReportUnknown, NotAllowed, PeriodNotExpected."""
    duty = _duty(uuid_in(typed("duty", 40)))
    if not desk().writes(duty.unit_id):
        raise NotAllowed
    period = obligations.period_of(duty, typed("period", 20))
    report = compose.open_report(http.session(), duty, period, sources(http.session(), duty.unit_id), actor())
    return redirect(url_for("admin.report", report_id=report.id), 303)


@blueprint.post("/reports/duties")
@guarded(staff_with(*REPORT_OFFICES))
def give_report_duty() -> ResponseReturnValue:
    """A unit owes a kind of report from today on. Raises NotFound, NotAllowed."""
    here, places = desk(), {one.id for one in _places(desk())}
    unit, receiver = uuid_in(typed("unit", 40)), uuid_in(typed("receiver", 40))
    if unit not in here.keeps or not {unit, receiver} <= places:
        raise NotAllowed
    code, _, rest = typed("way", 100).partition("|")
    line, _, interval = rest.partition("|")
    error = refusal_of(
        lambda: obligations.give_duty(
            http.session(),
            unit=unit,
            receiver=receiver,
            obligation=code,
            line=line,
            interval=interval,
            since=clock.today(),
            by=actor(),
        )
    )
    if error:
        return _page(error, "new")
    flash(gettext("Đã thêm báo cáo định kỳ. Hạn là mức đặt sẵn cho đến khi Văn phòng xác nhận."))
    return redirect(url_for("admin.reports", _anchor="duties"), 303)


@blueprint.post("/reports/duties/<uuid:duty_id>/due")
@guarded(staff_with(*REPORT_OFFICES))
def settle_due_day(duty_id: uuid.UUID) -> ResponseReturnValue:
    """The day of the month a duty is due on, confirmed by the office. Raises ReportUnknown, NotAllowed."""
    duty = _duty(duty_id)
    if not desk().keeps_days(duty.unit_id, duty.receiver_id):
        raise NotAllowed
    error = refusal_of(
        lambda: obligations.set_due(http.session(), duty_id, _day(typed("day", 3)), _months(), actor())
    )
    if error:
        return _page(error, str(duty_id))
    flash(gettext("Đã ghi hạn báo cáo."))
    return redirect(url_for("admin.reports", _anchor="duties"), 303)


def _duty(duty_id: uuid.UUID) -> Duty:
    duty = http.session().get(Duty, duty_id)
    if duty is None:
        raise ReportUnknown
    return duty


def _day(text: str) -> int | None:
    """Left empty: no day is set. Raises DueDayWrong."""
    return _whole(text) if text else None


def _months() -> int:
    return _whole(request.form.get("months", "1") or "1")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise DueDayWrong
    return int(text)


def reports_waiting() -> tuple[list[Mine], int, int]:
    """For the first page: what lies with this member, and how many reports of units they draft for are late or near."""
    here = desk()
    rows = queries.owed(http.session(), set(here.units), set(here.receiving))
    own = [one for one in rows if here.writes(one.unit.id)]
    return waiting_for(here, rows), sum(one.is_late for one in own), sum(one.is_near for one in own)
