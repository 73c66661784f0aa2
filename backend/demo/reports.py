"""Reports of the demo: a half-year that went all the way on the Party's line, one given back on the State's, a month
half-way on its way, a scorecard on both lines, and two units that are late. Invented people, each with a part of their own;
on the Party's line those of the Party organisation sign and number, on the State's those of the commune.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, last_full
from backend.cards import revisions, store
from backend.cards.models import Card
from backend.clock import VIETNAM
from backend.demo.data import DATA
from backend.demo.places import Planted
from backend.people import staff as desk
from backend.people.models import RoleGrant
from backend.reports import approval, card_flow, compose, national, obligations
from backend.reports.due import Rule
from backend.reports.figures import Offered, Source, concerning
from backend.reports.models import Duty, Report, Submission
from backend.safeguards.audit import Actor
from backend.scorecards.indicators import template
from backend.units.models import UnitLink
from campaigns import queries as campaigns
from campaigns.registry import kind_named

STORY: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("reports.yaml").read_text(encoding="utf-8"))
FIRST_OF_MONTH_AFTER = Rule(5, 1)
OFFICE_HOURS = (1, 2, 4, 6, 7, 25, 27)
"""After it was begun in the morning: each step, the last two on the day after."""
PARTY_DESK, STATE_DESK = ("tham", "ky", "vanthu"), ("tham", "chutich", "vanthuxa")
"""Who reviews, signs and numbers."""
LATE = ("Trạm Y tế", "Văn phòng HĐND và UBND xã")


@dataclass
class ReportSeason:
    """Writes the reports; `staff`: who signs in by which name."""

    session: Session
    planted: Planted
    staff: dict[str, uuid.UUID]
    now: datetime

    def live(self) -> None:
        now = self.now
        today = clock.local_day(now)
        half, month = last_full("thang", "half", today), last_full("thang", "month", today)
        self._hire(half)
        party = self._duty(
            self.planted.commune, self._province(), "xa-dang-uy-tinh-uy", "party", half, "half", None
        )
        state = self._duty(
            self.planted.commune, self._province(), "xa-ubnd-ubnd-tinh", "state", half, "half", None
        )
        self._below(half, "half", FIRST_OF_MONTH_AFTER, late=())
        report = self._party_line(party, half)
        self._state_line(state, half)
        self._sheet(half, report)
        self._below(month, "month", self._just_past(today), late=LATE)
        self._monthly(month, today)
        self._review(month)
        self._card()

    # --- who ------------------------------------------------------------------------------------------------------

    def _hire(self, half: Period) -> None:
        with clock.stopped_at(self._on(half.first)):
            for row in STORY["writers"]:
                self.staff[row["username"]] = desk.hire(
                    self.session, name=row["name"], username=row["username"], password=DATA["password"],
                    grants=[("drafter", self.planted.agencies[row["agency"]])],
                )  # fmt: skip
            for username, role in (
                ("soan", "drafter"),
                ("tham", "reviewer"),
            ):  # they help both lines: two grants
                self.session.add(
                    RoleGrant(
                        person_id=self.staff[username], role=role, unit_id=self.planted.organisation,
                        valid_from=clock.today(),
                    )
                )  # fmt: skip
            for username, role in zip(STATE_DESK, ("reviewer", "signer", "clerk"), strict=True):
                for row in STORY["writers"]:  # the agencies are small: the commune's people do it for them
                    self.session.add(
                        RoleGrant(
                            person_id=self.staff[username], role=role, unit_id=self.planted.agencies[row["agency"]],
                            valid_from=clock.today(),
                        )
                    )  # fmt: skip

    def _by(self, username: str) -> Actor:
        return Actor("staff", self.staff[username])

    def _province(self) -> uuid.UUID:
        return self.session.scalars(
            select(UnitLink.parent_id).where(
                UnitLink.unit_id == self.planted.commune,
                UnitLink.tree == "territory",
                UnitLink.valid_to.is_(None),
            )
        ).one()

    @staticmethod
    def _on(day: date, hour: int = 9) -> datetime:
        return datetime.combine(day, time(hour), VIETNAM)

    def _duty(
        self, unit: uuid.UUID, receiver: uuid.UUID, obligation: str, line: str, period: Period, interval: str,
        rule: Rule | None,
    ) -> Duty:  # fmt: skip
        with clock.stopped_at(self._on(period.first)):
            return obligations.give_duty(
                self.session, unit=unit, receiver=receiver, obligation=obligation, line=line, interval=interval,
                since=period.first, by=self._by("phuong"), rule=rule,
            )  # fmt: skip

    @staticmethod
    def _just_past(today: date) -> Rule:
        """The month before is overdue by now, whatever day the demo is planted on."""
        return Rule(today.day - 2, 1) if today.day > 5 else Rule(28, 0)

    # --- what happens ---------------------------------------------------------------------------------------------

    def _below(self, period: Period, interval: str, rule: Rule, late: tuple[str, ...]) -> None:
        """What agencies send the commune; those named have not."""
        for number, row in enumerate(STORY["writers"]):
            agency, words = row["agency"], STORY["below"][row["agency"]]
            duty = self._duty(
                self.planted.agencies[agency],
                self.planted.commune,
                "xa-cac-don-vi",
                "state",
                period,
                interval,
                rule,
            )
            if agency in late:
                continue
            begun = self._on(period.last + timedelta(days=1), 8 + number)
            report = self._written(duty, period, row["username"], words, begun)
            self._walk(
                report,
                duty,
                begun,
                "receive",
                drafter=row["username"],
                receiver="phuong",
                number=str((20 if interval == "half" else 40) + number),
            )

    def _party_line(self, duty: Duty, half: Period) -> Report:
        """From hand to hand to its end, with what the agencies wrote taken over."""
        begun = self._on(half.last + timedelta(days=6), 8)
        report = self._written(duty, half, "soan", STORY["commune"], begun)
        with clock.stopped_at(begun + timedelta(hours=2)):
            for field in ("results", "difficulties", "proposals"):
                chosen = [one.text for one in compose.below(self.session, report)]
                stands = compose.texts(self.session, [report.id]).get((report.id, field))
                compose.carry_over(
                    self.session,
                    report,
                    field,
                    chosen,
                    seen=stands.version if stands else 0,
                    by=self._by("soan"),
                )
        self._walk(
            report,
            duty,
            begun + timedelta(hours=3),
            "lock",
            drafter="soan",
            receiver="tinhuy",
            number="86",
        )
        return report

    def _state_line(self, duty: Duty, half: Period) -> None:
        """The same figures; the province asks for more words."""
        begun = self._on(half.last + timedelta(days=7), 8)
        report = self._written(duty, half, "soan", {"results": STORY["state"]}, begun)
        self._walk(report, duty, begun, "send", drafter="soan", receiver="tinhuy", number="112")
        self._take(report, duty, "give_back", "tinhuy", begun + timedelta(days=6), words=STORY["returned"])

    def _sheet(self, half: Period, report: Report) -> None:
        """Typed into the national system after the report was sent, as far as somebody has come."""
        commune = self.planted.commune
        duty = self._duty(
            commune, commune, "xa-he-thong-57", "party", half, "half", Rule(25, 1, is_preset=True)
        )
        texts = {field: row.words for (_, field), row in compose.texts(self.session, [report.id]).items()}
        begun = self._on(half.last + timedelta(days=14), 14)
        made = self._written(duty, half, "soan", texts, begun)
        with clock.stopped_at(begun + timedelta(hours=1)):
            for line in national.lines(self.session, made, "nq57")[:7]:
                if value := line.value or STORY["sheet"].get(line.field):
                    national.enter(self.session, made, "nq57", line.field, value, self._by("soan"))

    def _monthly(self, month: Period, today: date) -> None:
        """Due on Friday; the signer is told that two units are missing."""
        friday = today + timedelta(days=(4 - today.weekday()) % 7 or 7)
        months = (friday.year - month.last.year) * 12 + friday.month - month.last.month
        rule = Rule(friday.day, months)
        duty = self._duty(
            self.planted.commune, self._province(), "xa-dang-uy-tinh-uy", "party", month, "month", rule
        )
        begun = self._on(max(month.last + timedelta(days=1), today - timedelta(days=3)), 8)
        report = self._written(duty, month, "soan", {"results": STORY["monthly"]}, begun)
        self._walk(report, duty, begun, "review", drafter="soan", receiver="tinhuy", number="")

    def _review(self, month: Period) -> None:
        """Of the first half of the term, as far as somebody has come."""
        duty = self._duty(
            self.planted.commune, self._province(), "xa-so-ket", "party", month, "mid_term", None
        )
        with clock.stopped_at(self.now):
            half_term = obligations.offered(duty)[0]
        self._written(duty, half_term, "soan", STORY["review"], self.now - timedelta(days=1))

    def _card(self) -> None:
        """The card of last month: on the State's line its first revision was sent before the second was published, on the
        Party's line the second waits for a signature."""
        card = store.card_of(
            self.session,
            self.planted.commune,
            "xa-thang",
            last_full("thang", "month", clock.local_day(self.now)),
        )
        if card is None:
            return
        first, second = (one.published_at for one in revisions.revisions_of(self.session, card.id)[:2])
        state = self._submitted(card, "state", first)
        self._hand_on(state, STATE_DESK, "receive", first, (second - first) / 10, "131")
        party = self._submitted(card, "party", second)
        self._hand_on(party, PARTY_DESK, "review", second, (self.now - second) / 10, "")

    def _submitted(self, card: Card, line: str, at: datetime) -> Submission:
        with clock.stopped_at(at):
            return card_flow.begin(self.session, card.id, line, self._province(), self._by("soan"))

    def _hand_on(
        self, row: Submission, desk: tuple[str, str, str], until: str, begun: datetime, pause: timedelta, number: str
    ) -> None:  # fmt: skip
        reviewer, signer, clerk = desk
        who = {
            "draft": "soan",
            "review": reviewer,
            "sign": signer,
            "number": clerk,
            "send": clerk,
            "receive": "tinhuy",
        }
        for count, (deed, person) in enumerate(who.items(), start=1):
            at = self._in_office_hours(begun, begun + count * pause, count)
            stamp = approval.Stamp(number, clock.local_day(at)) if deed == "number" else None
            with clock.stopped_at(at):
                approval.take(self.session, row.id, deed, self._by(person), seen=row.revision, stamp=stamp)
            if deed == until:
                return

    @staticmethod
    def _in_office_hours(begun: datetime, at: datetime, count: int) -> datetime:
        """Each step an hour later in the day than the one before; by the clock where a demo planted on the first days of a
        month has no room for that."""
        hour = at.astimezone(VIETNAM).replace(hour=8 + count, minute=10, second=0, microsecond=0)
        return hour if begun < hour <= at else at

    # --- steps ----------------------------------------------------------------------------------------------------

    def _written(self, duty: Duty, period: Period, who: str, words: dict[str, str], at: datetime) -> Report:
        with clock.stopped_at(min(at, self.now)):
            report = compose.open_report(
                self.session, duty, period, self._sources(duty.unit_id), self._by(who)
            )
            for field, text in words.items():
                compose.save_text(self.session, report, field, text, seen=0, by=self._by(who))
        return report

    def _sources(self, unit: uuid.UUID) -> list[Source]:
        """What the activities that have begun say about the unit."""
        offered = []
        for activity, campaign in campaigns.activities(self.session):
            if campaign.state == "draft" or activity.state == "scheduled":
                continue
            told = {
                measure.code
                for measure in kind_named(activity.kind).measures
                if activity.state == "settled" or not (measure.sealed or measure.tells_result)
            }
            own = tuple(one for one in template().indicators if one.measures() <= told)
            opens = clock.local_day(activity.opens_at)
            offered.append(Offered(activity.id, campaign.owner_unit_id, activity.title["vi"], opens, own))
        return concerning(self.session, unit, offered)

    def _walk(
        self,
        report: Report,
        duty: Duty,
        begun: datetime,
        until: str,
        *,
        drafter: str,
        receiver: str,
        number: str,
    ) -> None:
        is_party = duty.line == "party" and duty.unit_id == self.planted.commune
        reviewer, signer, clerk = PARTY_DESK if is_party else STATE_DESK
        who = {"draft": drafter, "review": reviewer, "sign": signer, "number": clerk, "send": clerk,
               "receive": receiver, "lock": receiver}  # fmt: skip
        for hours, (deed, person) in zip(OFFICE_HOURS, who.items(), strict=True):
            at = begun + timedelta(hours=hours)
            if at > self.now:  # planted on the first days of a month: the rest is still to come
                return
            stamp = approval.Stamp(number, clock.local_day(at)) if deed == "number" else None
            self._take(report, duty, deed, person, at, stamp=stamp)
            if deed == until:
                return

    def _take(
        self, report: Report, duty: Duty, deed: str, who: str, at: datetime, *, words: str = "",
        stamp: approval.Stamp | None = None,
    ) -> Submission:  # fmt: skip
        row = approval.of_subject(self.session, "report", report.id, duty.line)
        assert row  # noqa: S101 - opened with the report
        with clock.stopped_at(at):
            return approval.take(
                self.session, row.id, deed, self._by(who), seen=row.revision, words=words, stamp=stamp
            )
