"""What the pages of reports share: whose desk this is, one report with what belongs to it, figures from activities."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from admin import calendar_words, shown
from admin.figures import indicators_of
from backend import clock, http
from backend.calendars import Period
from backend.own_calendars.reading import period_of as dated
from backend.people.staff import names_of
from backend.reports import compose, obligations, queries
from backend.reports.due import Rule
from backend.reports.errors import ReportUnknown
from backend.reports.figures import Offered, Source, concerning, same
from backend.reports.hands import Desk
from backend.reports.models import Duty, Report, ReportText, Submission
from backend.reports.obligations import Obligation
from backend.reports.queries import Owed
from backend.reports.words import DEEDS, DONE, FIELDS, INTERVALS, LINES, PARTS, STATES, fields_of
from backend.units.queries import named_to_the_last
from campaigns import queries as campaigns

__all__ = ["DEEDS", "DONE", "FIELDS", "INTERVALS", "LINES", "PARTS", "STATES", "fields_of"]

TAGS = {
    "open": "", "drafted": "closed", "reviewed": "closed", "signed": "closed", "numbered": "closed", "sent": "open",
    "received": "settled", "returned": "closed", "locked": "settled",
}  # fmt: skip


def desk() -> Desk:
    return Desk.of(http.session(), http.staff())


def tag(state: str) -> str:
    return TAGS[state]


def line_within(line: str) -> str:
    """'bên Đảng', inside a sentence."""
    text = gettext(LINES[line])
    return text[:1].lower() + text[1:]


def day_words(rule: Rule) -> str:
    """'ngày 18 của tháng sau'."""
    if rule.days is not None:
        return gettext("%(days)s ngày sau khi hết kỳ", days=rule.days)
    months = {0: "của tháng cuối kỳ", 1: "của tháng sau"}
    after = months.get(rule.months) or f"của tháng thứ {rule.months} sau kỳ"
    return f"ngày {rule.day} {after}"


def calendar_title(duty: Duty) -> str:
    of = obligations.calendar_of(duty)
    return gettext(of.title) if of.is_shipped else of.title


@dataclass(frozen=True)
class One:
    """A report somebody may read."""

    report: Report
    submission: Submission
    owed: Owed
    desk: Desk

    @property
    def obligation(self) -> Obligation:
        return self.owed.obligation

    @property
    def period(self) -> Period:
        return self.owed.period

    @property
    def period_title(self) -> str:
        return calendar_words.title(self.period)

    @property
    def may_write(self) -> bool:
        return self.submission.state in ("open", "returned") and self.desk.writes(
            self.report.unit_id, self.submission.line
        )


def one_report(report_id: uuid.UUID) -> One:
    """Raises ReportUnknown for what is not there or not this member's to read."""
    session, here = http.session(), desk()
    report = session.get(Report, report_id)
    if report is None:
        raise ReportUnknown
    owed = queries.owed_one(session, report)
    submission = here.require_reading(owed.submission)
    return One(report, submission, owed, here)


def sources(session: Session, unit: uuid.UUID) -> list[Source]:
    """Activities that say something about the unit, of those that have begun."""
    return concerning(
        session,
        unit,
        [
            Offered(
                activity.id, campaign.owner_unit_id, activity.title["vi"], clock.local_day(activity.opens_at),
                tuple(indicators_of(activity)),
            )
            for activity, campaign in campaigns.activities(session)
            if campaign.state != "draft" and activity.state != "scheduled"
        ],
    )  # fmt: skip


# --- what the page of a report shows ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One narrative field: what stands, its versions, and what those below wrote for it."""

    name: str
    title: str
    words: str
    version: int
    versions: list[ReportText]
    carried: list[str]
    below: list[compose.Below]


def fields(one: One) -> list[Field]:
    session, report = http.session(), one.report
    stands = compose.texts(session, [report.id])
    said = compose.authors(session, stands.values())
    under = compose.below(session, report) if one.may_write else []
    found = []
    for name, heading in fields_of(one.obligation.form).items():
        row = stands.get((report.id, name))
        found.append(
            Field(
                name, heading, row.words if row else "", row.version if row else 0,
                compose.versions(session, report.id, name) if row else [], said[row.id] if row else [],
                [below for below in under if below.field == name],
            )
        )  # fmt: skip
    return found


def names(rows: list[Field]) -> dict[uuid.UUID, str]:
    return names_of(http.session(), {row.person_id for field in rows for row in field.versions})


def columns(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """The chart of a report as the console draws columns."""
    values, step = chart["values"], 100 / max(1, len(chart["values"]))
    most = max((value for value in values if value), default=1)
    return [
        {
            "label": label, "full": label, "value": value, "words": "" if value is None else shown.number(value),
            "x": round(step * (at + 0.2), 2), "width": round(step * 0.6, 2),
            "height": round(120 * (value or 0) / most), "said": True, "tick": True,
        }
        for at, (label, value) in enumerate(zip(chart["labels"], values, strict=True))
    ]  # fmt: skip


def sister(one: One) -> tuple[Submission, list[str]] | None:
    """The same period on the other line, and the figures the two say differently."""
    found = queries.sister(http.session(), one.report, one.owed.duty)
    if found is None:
        return None
    report, row = found
    return row, same(one.report.figures, report.figures)


def title_of(row: Submission) -> str:
    """What is on its way, as a heading."""
    session = http.session()
    report = session.get(Report, row.subject_id) if row.subject_kind == "report" else None
    if report is not None:
        return queries.owed_one(session, report).title
    return card_titles([row])[row.id]


def card_titles(rows: Iterable[Submission]) -> dict[uuid.UUID, str]:
    """Submission -> 'Phiếu điểm của xã Tân Khánh, tháng 10/2026', of those that carry a scorecard."""
    cards = [row for row in rows if row.subject_kind == "card"]
    units = named_to_the_last(http.session(), {row.unit_id for row in cards}, clock.today())
    return {
        row.id: gettext(
            "Phiếu điểm của %(unit)s, %(period)s",
            unit=units[row.unit_id].full_name if row.unit_id in units else "",
            period=period_of(row)[:1].lower() + period_of(row)[1:],
        )
        for row in cards
    }


def period_title(period: Period) -> str:
    return calendar_words.title(period)


def period_of(row: Submission) -> str:
    return calendar_words.title(dated(row))
