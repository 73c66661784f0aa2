"""One indicator of one unit: its three series side by side, the targets as a line, a warning, and saying a figure of one's own."""

import uuid
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import inspection_reach, inspection_words, target_chart, target_words
from admin.blueprint import DECLARERS, TARGET_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.plans import STATES as TASK_STATES
from admin.plans import tasks_beside
from admin.target_reach import (
    counted,
    days_open,
    declarable_unit,
    declared_for,
    note_read,
    readable_unit,
    sees_evidence,
)
from backend import calendars, clock, http
from backend.calendars import Calendar, CalendarUnknown, Interval, Period
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.own_calendars import reading as own_calendars
from backend.own_calendars.reading import period_of as dated
from backend.people.staff import names_of
from backend.safeguards.audit import note
from backend.targets import anomalies, declare, issuing, queries, series
from backend.targets.models import BETWEEN, PlanIndicator, SeriesReason, SeriesValue, TargetSet
from backend.targets.queries import Line, Said, ThreeSeries
from backend.targets.rules import Between
from backend.targets.standing import Asked, is_within, judge, part_of
from backend.units.queries import NamedUnit

MOST_PERIODS = 24
OFFERED: tuple[tuple[Interval, int], ...] = (("month", 6), ("quarter", 4), ("half", 3), ("year", 3))


@dataclass(frozen=True)
class Beside:
    """A period with its three series, and the reason given where less was counted than declared."""

    period: Period
    said: ThreeSeries
    reason: SeriesReason | None


@dataclass(frozen=True)
class Subject:
    """An indicator of a unit with what governs it."""

    unit: NamedUnit
    indicator: PlanIndicator
    set: TargetSet | None
    line: Line | None
    between: Between


def _subject(unit: NamedUnit, code: str) -> Subject:
    """Raises IndicatorUnknown; NotFound for one that neither governs the unit nor was ever said of it."""
    session = http.session()
    one, today = queries.indicator(session, code), clock.today()
    of, line = queries.lines_in_force(session, unit.id, today, [code]).get(
        code, (queries.set_of(session, unit.id, today), None)
    )
    if line is None and not series.history(session, one, unit.id):
        raise NotFound
    asked = request.args.get("between", "")
    between = asked if asked in BETWEEN else of.between_horizons if of else "none"
    return Subject(unit, one, of, line, "linear" if between == "linear" else "none")


@blueprint.get("/targets/units/<uuid:unit_id>/indicators/<indicator_code>")
@writes_on_read
@guarded(staff_with(*TARGET_ROLES))
def target_indicator(unit_id: uuid.UUID, indicator_code: str) -> Response:
    subject = _subject(readable_unit(unit_id), indicator_code)
    note_read("plan_indicator", subject.indicator.id, unit_id, indicator_code)
    return _one_page(subject)


def _one_page(
    subject: Subject,
    error: DomainError | None = None,
    sent: dict[str, str] | None = None,
    form: str = "declare",
) -> Response:
    session, one, unit = http.session(), subject.indicator, subject.unit
    line, days = subject.line or Line(one, ()), days_open(unit.id)
    judged = judge(
        session,
        [line],
        Asked(
            unit.id,
            clock.today(),
            subject.between,
            counted(),
            part_of(subject.set, unit),
            days,
            subject.set.valid_from if subject.set else None,
        ),
    )[one.id]
    said = [row for row in series.history(session, one, unit.id) if is_within(days, row)]
    beside = _side_by_side(one, unit.id, said)
    return page(
        "target_indicator.html",
        error.status if error else 200,
        subject=subject,
        judged=judged,
        chart=_chart(line, beside, subject.between),
        odd=_odd(subject),
        beside=beside,
        said=said,
        names=names_of(session, {row.said_by for row in said if row.said_by}),
        choices=_choices(unit.id),
        may_declare=unit.id in declared_for(),
        sees_evidence=sees_evidence(),
        sentence=http.sentence_of(error) if error else "",
        sent=sent or {},
        form=form,
        stands={(row.calendar, row.period): row.number for row in reversed(said) if row.kind == "declared"},
        words=target_words,
        finding_words=inspection_words,
        found=inspection_reach.findings(unit.id, "indicator", one.code),
        tied=tasks_beside("indicator", one.code),
        task_states=TASK_STATES,
    )


def _side_by_side(one: PlanIndicator, unit: uuid.UUID, said: list[SeriesValue]) -> list[Beside]:
    """Every period anything was said of, with what was counted in it; the newest first."""
    given, told, now = series.reasons(http.session(), one, unit), counted(), clock.today()
    year = calendars.at("thang", now, "year")
    found = {(row.calendar, row.period): dated(row) for row in said}
    found.setdefault((year.calendar, year.code), year)
    rows: dict[tuple[str, str, str], Said] = {}
    for row in sorted(said, key=lambda row: row.number):
        rows[row.calendar, row.period, row.kind] = series.said(row)
    periods = sorted(found.values(), key=lambda one: (one.last, one.first), reverse=True)[:MOST_PERIODS]
    measured = series.measured_by_period(http.session(), one, unit, periods, told)
    listed = [
        Beside(
            period,
            ThreeSeries(
                measured.get(period),
                rows.get((period.calendar, period.code, "declared")),
                rows.get((period.calendar, period.code, "official")),
            ),
            given.get((period.calendar, period.code)),
        )
        for period in periods
    ]
    return [row for row in listed if row.said.measured or row.said.declared or row.said.official]


def _chart(line: Line, beside: list[Beside], between: Between) -> target_chart.Chart | None:
    one = line.indicator
    told = [
        target_chart.Told(
            date(each.horizon_year, 12, 31),
            each.value,
            "target",
            str(each.horizon_year),
            target_words.asked(one, each),
        )
        for each in line.targets
        if each.value is not None
    ]
    for row in beside:
        for said in (row.said.measured, row.said.declared, row.said.official):
            if said is not None and said.value is not None:
                label = f"{target_words.series(said.kind)}, {target_words.period(row.period)}"
                on = min(row.period.last, clock.today())
                told.append(
                    target_chart.Told(on, said.value, said.kind, label, target_words.value(one, said))
                )
    return target_chart.drawn(told, linear=between == "linear")


def _odd(subject: Subject) -> list[tuple[int, str]]:
    """What is odd about this indicator's targets: (horizon, sentence). Others are read too: a part beside its whole."""
    if subject.set is None:
        return []
    found = anomalies.find(queries.cells(http.session(), subject.set.id), issuing.relations())
    return [(one.year, target_words.anomaly(one)) for one in found if one.code == subject.indicator.code]


def _choices(unit: uuid.UUID) -> list[tuple[str, list[tuple[str, str]]]]:
    """Periods to choose from: of plain months the last ones of each length, of the other calendars the running and the
    one before, of a list all that have begun. The unit's own calendars and those of units above it are among them."""
    today = clock.today()
    found = []
    for calendar in own_calendars.usable(http.session(), [unit], today):
        lengths = (
            OFFERED if calendar.code == "thang" else tuple((i, _many(calendar)) for i in calendar.intervals)
        )
        periods = [
            one for length, count in lengths for one in calendars.choices(calendar, length, today, count)
        ]
        found.append(
            (
                gettext(calendar.title) if calendar.is_shipped else calendar.title,
                [(f"{p.calendar}:{p.code}", target_words.period(p)) for p in periods],
            )
        )
    return [one for one in found if one[1]]


def _many(of: Calendar) -> int:
    return MOST_PERIODS if of.kind == "listed" else 2


# --- saying a figure ------------------------------------------------------------------------------------------------


@blueprint.post("/targets/units/<uuid:unit_id>/indicators/<indicator_code>/declare")
@guarded(staff_with(*DECLARERS))
def declare_figure(unit_id: uuid.UUID, indicator_code: str) -> ResponseReturnValue:
    """A figure of the unit's own with its evidence; what stood before stays as the earlier one."""
    subject = _subject(declarable_unit(unit_id), indicator_code)
    sent = {
        name: typed(name, 2000)
        for name in ("period", "value", "numerator", "denominator", "evidence", "seen")
    }

    def deed() -> None:
        declare.declare(
            http.session(),
            subject.indicator,
            unit_id,
            _period_of(unit_id, sent["period"]),
            (sent["value"], sent["numerator"], sent["denominator"]),
            sent["evidence"],
            http.staff().person,
            seen=_seen(sent),
        )

    if refused := refusal_of(deed):
        return _one_page(subject, refused, sent)
    note(http.session(), actor(), "targets.declare", "plan_indicator", subject.indicator.id, unit=unit_id, reason=f"{indicator_code} {sent['period']}"[:100])  # fmt: skip
    flash(gettext("Đã ghi số của đơn vị. Số trước đó, nếu có, vẫn được giữ lại bên dưới."))
    return redirect(url_for("admin.target_indicator", unit_id=unit_id, indicator_code=indicator_code), 303)


def _seen(sent: dict[str, str]) -> int | None:
    """Which number stood for that period when the form was opened: 'thang:202610=2 thang:2026=1'."""
    for pair in sent["seen"].split():
        key, _, number = pair.rpartition("=")
        if key == sent["period"] and number.isdecimal() and len(number) < 6:
            return int(number)
    return 0 if sent["seen"] else None


def _period_of(unit: uuid.UUID, text: str) -> Period:
    """'thang:202610', by a calendar this unit may count by. Raises CalendarUnknown, PeriodUnknown."""
    calendar, _, code = text.rpartition(":")
    usable = {one.code: one for one in own_calendars.usable(http.session(), [unit], clock.today())}
    if calendar not in usable:
        raise CalendarUnknown(calendar=calendar[:40])
    return calendars.parse(usable[calendar], code[:20])


@blueprint.post("/targets/units/<uuid:unit_id>/indicators/<indicator_code>/reason")
@guarded(staff_with(*DECLARERS))
def explain_difference(unit_id: uuid.UUID, indicator_code: str) -> ResponseReturnValue:
    """Why less was counted than declared; both figures stay as they are."""
    subject = _subject(declarable_unit(unit_id), indicator_code)
    sent = {name: typed(name, 2000) for name in ("period", "words")}

    def deed() -> None:
        period = _period_of(unit_id, sent["period"])
        declare.give_reason(
            http.session(), subject.indicator, unit_id, period, sent["words"], http.staff().person
        )

    if refused := refusal_of(deed):
        return _one_page(subject, refused, sent, form="reason")
    note(http.session(), actor(), "targets.explain", "plan_indicator", subject.indicator.id, unit=unit_id, reason=f"{indicator_code} {sent['period']}"[:100])  # fmt: skip
    flash(gettext("Đã ghi lý do. Hai con số vẫn đứng cạnh nhau như trước."))
    return redirect(url_for("admin.target_indicator", unit_id=unit_id, indicator_code=indicator_code), 303)
