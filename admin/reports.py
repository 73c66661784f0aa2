"""Reports that are owed: what is due for whom, what is late, and the days on which they are due."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import report_words, shown
from admin.blueprint import REPORT_DRAFTERS, REPORT_OFFICES, REPORT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.report_words import desk, sources
from admin.steps import uuid_in
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.db.statements import among
from backend.errors import DomainError, NotAllowed
from backend.http import guarded, staff_with
from backend.own_calendars.reading import usable
from backend.reports import approval, compose, obligations, queries
from backend.reports.errors import DueDaysWrong, DueDayWrong, EndDayWrong, ReportUnknown
from backend.reports.hands import Desk
from backend.reports.models import REASON, Duty, Submission
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
    rows = queries.owed(http.session(), here.units, here.watched)
    owned = [one for one in rows if _is_seen(here, one)]
    received = [one for one in owned if _is_received(here, one)]
    standing = queries.standing(http.session(), here.units, here.watched)
    places = _places(here) if here.keeps else []
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
        duties=_duties([*(one for one in standing if _is_seen(here, one)), *owned]),
        on_call=[
            (one, obligations.offered(one.duty))
            for one in queries.on_call(standing, here.drafts_for())
            if here.writes(one.unit.id, one.duty.line)
        ],
        places=places,
        ways=_ways() if here.keeps else [],
        calendars=_calendars(places) if places else [],
        desk=here,
        words=report_words,
        obligations=obligations.shipped().values(),
        preset=obligations.preset(),
        preset_source=obligations.preset_source(),
        today=clock.today(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
        typed={
            name: typed(name, 100)
            for name in (
                "day",
                "days",
                "months",
                "way",
                "interval",
                "calendar",
                "unit",
                "receiver",
                "fills",
                "until",
            )
        }
        | {"words": typed("words", REASON)},
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
        select(UnitLink.parent_id).where(among(UnitLink.unit_id, within), holds_on(UnitLink, today))
    )
    found = named_many(session, {*within, *above}, today).values()
    return sorted((one for one in found if one.kind in OFFICE_KINDS), key=lambda one: one.code)


def _ways() -> list[tuple[str, str]]:
    """Every kind of report some plan names, on each of its lines, with the intervals the plan names."""
    return [
        (f"{row.code}|{line}", f"{row.title}, {report_words.line_within(line)} ({_intervals(row.intervals)})")
        for row in obligations.shipped().values()
        for line in row.lines
    ]


def _intervals(codes: Iterable[str]) -> str:
    return ", ".join(gettext(report_words.INTERVALS[code]) for code in codes)


def _calendars(places: Iterable[NamedUnit]) -> list[tuple[str, str]]:
    found = usable(http.session(), [one.id for one in places], clock.today())
    return [(one.code, gettext(one.title) if one.is_shipped else one.title) for one in found]


def _is_seen(here: Desk, one: Owed) -> bool:
    return (one.unit.id, one.duty.line) in here.posts or _is_received(here, one)


def _is_received(here: Desk, one: Owed) -> bool:
    return (one.receiver.id, one.duty.line) in here.watching and one.unit != one.receiver


def _duties(rows: Iterable[Owed]) -> list[Owed]:
    """Each duty once, with whom it concerns."""
    return sorted({one.duty.id: one for one in rows}.values(), key=lambda one: (one.unit.code, one.title))


def waiting_for(here: Desk, rows: Iterable[Owed]) -> list[Mine]:
    """What lies with this member: they hold the role and have played no other part of the round."""
    titles = {
        one.submission.id: f"{one.title} ({shown.capital(one.unit.full_name)})"
        for one in rows
        if one.submission
    }
    found = []
    waiting = queries.waiting(http.session(), here.units, here.receivers)
    titles |= report_words.card_titles(waiting)
    played = approval.played(http.session(), waiting)
    for row in waiting:
        deeds = [button.deed for button in here.buttons(row, played[row.id]) if not button.is_barred]
        # Locking can wait for ever, and a draft waits in the calendar below.
        if set(deeds) - set(CAN_WAIT) and row.state != "open" and row.id in titles:
            found.append(Mine(row, titles[row.id], deeds))
    return found


@blueprint.post("/reports")
@guarded(staff_with(*REPORT_DRAFTERS))
def begin_report() -> ResponseReturnValue:
    """Begin the report of a duty and period, or go on with it. Raises ReportUnknown, NotAllowed, PeriodNotExpected."""
    duty = _duty(uuid_in(typed("duty", 40)))
    if not desk().writes(duty.unit_id, duty.line):
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
    code, _, line = typed("way", 100).partition("|")
    error = refusal_of(
        lambda: obligations.give_duty(
            http.session(),
            unit=unit,
            receiver=receiver,
            obligation=code,
            line=line,
            interval=typed("interval", 30),
            calendar=typed("calendar", 40),
            fills_longer=bool(typed("fills", 3)),
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
    if not desk().keeps_days(duty.receiver_id, duty.line):
        raise NotAllowed
    error = refusal_of(
        lambda: obligations.set_due(
            http.session(), duty_id, _day(typed("day", 3)), _months(), actor(), days=_days(typed("days", 4))
        )
    )
    if error:
        return _page(error, str(duty_id))
    flash(gettext("Đã ghi hạn báo cáo."))
    return redirect(url_for("admin.reports", _anchor="duties"), 303)


@blueprint.post("/reports/duties/<uuid:duty_id>/end")
@guarded(staff_with(*REPORT_OFFICES))
def end_report_duty(duty_id: uuid.UUID) -> ResponseReturnValue:
    """From a day on the receiving office no longer asks for it, and says why. Raises ReportUnknown, NotAllowed."""
    duty = _duty(duty_id)
    if not desk().keeps_days(duty.receiver_id, duty.line):
        raise NotAllowed
    error = refusal_of(
        lambda: obligations.end_duty(http.session(), duty_id, _last_day(), typed("words", REASON), actor())
    )
    if error:
        return _page(error, f"end-{duty_id}")
    flash(gettext("Đã cho thôi báo cáo định kỳ. Kỳ đã hết trước ngày ấy vẫn phải gửi."))
    return redirect(url_for("admin.reports", _anchor="duties"), 303)


def _last_day() -> date:
    """Raises EndDayWrong."""
    try:
        return typed_day(typed("until", 10))
    except DayInvalid:
        raise EndDayWrong from None


def _duty(duty_id: uuid.UUID) -> Duty:
    duty = http.session().get(Duty, duty_id)
    if duty is None:
        raise ReportUnknown
    return duty


def _day(text: str) -> int | None:
    """Left empty: no day is set. Raises DueDayWrong."""
    return _whole(text) if text else None


def _days(text: str) -> int | None:
    """After the period's last one. Raises DueDaysWrong."""
    if text and not (text.isascii() and text.isdigit()):
        raise DueDaysWrong
    return int(text) if text else None


def _months() -> int:
    return _whole(request.form.get("months", "1") or "1")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise DueDayWrong
    return int(text)


def reports_waiting() -> tuple[list[Mine], int, int]:
    """For the first page: what lies with this member, and how many reports of units they draft for are late or near."""
    here = desk()
    rows = queries.owed(http.session(), here.units, here.receivers)
    own = [one for one in rows if here.writes(one.unit.id, one.duty.line)]
    return waiting_for(here, rows), sum(one.is_late for one in own), sum(one.is_near for one in own)
