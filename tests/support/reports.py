"""Reports for tests: a province above the commune, agencies below it, and a report on its way."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend import clock
from backend.calendars import Period, last_full
from backend.people import staff
from backend.reports import approval, compose, obligations
from backend.reports.approval import Stamp
from backend.reports.due import Rule
from backend.reports.models import Duty, Report, Submission
from backend.safeguards.audit import Actor
from backend.units import change as units
from tests.support.world import PASSWORD, SINCE, World

WHO = {
    "draft": "drafter", "review": "reviewer", "sign": "signer", "number": "clerk", "send": "clerk",
    "receive": "above", "lock": "above",
}  # fmt: skip
ORDER = tuple(WHO)


@dataclass
class Office:
    """The commune's reports. Every call is a transaction of its own, as at the console."""

    world: World
    agency: uuid.UUID
    half: Period
    numbers: dict[uuid.UUID, str] = field(default_factory=dict)
    """Submission -> the number it gets in the book: 15 for the first."""

    def by(self, who: str) -> Actor:
        return Actor("staff", self.world.staff[who])

    def duty(
        self, unit: uuid.UUID | None = None, receiver: uuid.UUID | None = None, line: str = "party",
        interval: str = "half", rule: Rule | None = None, obligation: str = "xa-dang-uy-tinh-uy", since: date | None = None,
        fills_longer: bool = False,
    ) -> uuid.UUID:  # fmt: skip
        with self.world.database.transaction() as session:
            return obligations.give_duty(
                session, unit=unit or self.world.commune, receiver=receiver or self.world.province,
                obligation=obligation, line=line, interval=interval, since=since or self.half.first,
                by=self.by("office"), rule=rule, fills_longer=fills_longer,
            ).id  # fmt: skip

    def below(self) -> uuid.UUID:
        """The agency owes the commune the same half-year."""
        return self.duty(self.agency, self.world.commune, obligation="xa-cac-don-vi", line="state")

    def open(self, duty: uuid.UUID, period: Period | None = None) -> uuid.UUID:
        """The report; answers its submission."""
        with self.world.database.transaction() as session:
            row = session.get_one(Duty, duty)
            report = compose.open_report(session, row, period or self.half, [], self.by("drafter"))
            found = approval.of_subject(session, "report", report.id, row.line)
            assert found
            return found.id

    def take(self, submission: uuid.UUID, deed: str, who: str | None = None, **more: Any) -> str:
        """One step; answers the state after it."""
        with self.world.database.transaction() as session:
            row = session.get_one(Submission, submission)
            number = (
                self.numbers.setdefault(submission, str(15 + len(self.numbers))) if deed == "number" else ""
            )
            stamp = more.pop("stamp", Stamp(number, clock.today())) if deed == "number" else None
            seen = more.pop("seen", row.revision)
            after = approval.take(
                session, submission, deed, self.by(who or WHO[deed]), seen=seen, stamp=stamp, **more
            )
            return after.state

    def walk(self, submission: uuid.UUID, until: str = "lock", who: dict[str, str] | None = None) -> str:
        """All steps to that one."""
        state = ""
        for deed in ORDER[: ORDER.index(until) + 1]:
            state = self.take(submission, deed, (who or {}).get(deed))
        return state

    def row(self, submission: uuid.UUID) -> Submission:
        with self.world.database.transaction(writes=False) as session:
            return session.get_one(Submission, submission)

    def report(self, submission: uuid.UUID) -> uuid.UUID:
        return self.row(submission).subject_id

    def write(
        self, submission: uuid.UUID, field: str, words: str, who: str = "drafter", seen: int = 0
    ) -> None:
        with self.world.database.transaction() as session:
            report = session.get_one(Report, session.get_one(Submission, submission).subject_id)
            compose.save_text(session, report, field, words, seen=seen, by=self.by(who))


def office(world: World) -> Office:
    """A world whose commune has an agency with people of its own."""
    with world.database.transaction() as session:
        agency = units.found(
            session, code="05752-CQ1", kind="agency", name="Phòng Kinh tế", level_word="", since=SINCE,
            parents={"territory": world.commune},
        )  # fmt: skip
        for who in ("drafter", "reviewer", "signer", "clerk"):
            world.staff[f"agency_{who}"] = staff.hire(
                session,
                name=f"agency {who}",
                username=f"agency_{who}",
                password=PASSWORD,
                grants=[(who, agency)],
            )
        world.staff["above"] = staff.hire(
            session,
            name="above",
            username="above",
            password=PASSWORD,
            grants=[("party_office", world.province)],
        )
    return Office(world, agency, last_full("thang", "half", clock.today()))


BELOW = {
    "draft": "agency_drafter", "review": "agency_reviewer", "sign": "agency_signer", "number": "agency_clerk",
    "send": "agency_clerk", "receive": "office", "lock": "office",
}  # fmt: skip
