"""The council of the demo: three sittings that were held, and one that is still to come."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from campaigns.initiative import council
from campaigns.initiative.models import Council
from campaigns.initiative.offices import Handler, Paper
from campaigns.models import Activity
from campaigns.registry import settings_of

CRITERIA = ("novelty", "applicability", "effect")
BEFORE, COMING = 15, 19
"""A sitting is convened so many days before its meeting; the one to come so many days ago."""
Planned = tuple[float, Callable[[], None]]
"""(days before the day of planting, what happens)"""
Decision = tuple[str, dict[str, Any]]
"""(scope, {number, decided})"""


def decisions_of(outcome: dict[str, Any]) -> list[Decision]:
    """Decisions that recognise it, the first one first."""
    if "scope" not in outcome:
        return []
    found = [*outcome.get("also", ()), {"scope": outcome["scope"], "decision": outcome["decision"]}]
    return sorted(
        ((one["scope"], one["decision"]) for one in found), key=lambda one: one[1]["decided"], reverse=True
    )


@dataclass
class Sittings:
    """`told`: the council as initiatives.yaml tells it."""

    session: Session
    activity: Activity
    by: Handler
    unit: Callable[[dict[str, str]], uuid.UUID]
    staff: dict[str, uuid.UUID]
    told: dict[str, Any]
    made: dict[int, uuid.UUID] = field(default_factory=dict)

    @property
    def judges(self) -> dict[str, uuid.UUID]:
        return {one["judge"]: self.staff[one["login"]] for one in self.told["members"]}

    def of(self, number: int) -> Council:
        return council.held(self.session, self.made[number])

    def number_of(self, outcome: dict[str, Any]) -> int:
        """The last sitting before the first decision; what is still judged waits for the one to come."""
        meetings = self.told["meetings"]
        if outcome["state"] == "judging":
            return len(meetings)
        signed = decisions_of(outcome)
        first = signed[0][1]["decided"] if signed else outcome.get("decision", {}).get("decided", 0)
        return max(number for number, one in enumerate(meetings) if one["held"] >= first)

    def held(self, number: int) -> float:
        return float(self.told["meetings"][number]["held"])

    def convened(self, number: int) -> float:
        return self.held(number) + BEFORE if number < len(self.told["meetings"]) else float(COMING)

    def plan(self) -> Iterator[Planned]:
        """Days ago -> what the sittings themselves do."""
        for number, row in enumerate(self.told["meetings"]):
            yield self.convened(number), partial(self._convene, number)
            yield self.held(number), partial(self._open, number)
            yield self.held(number) - 0.3, partial(self._close, number, row)
        coming = len(self.told["meetings"])
        yield self.convened(coming), partial(self._convene, coming)

    def _convene(self, number: int) -> None:
        decision = self.told["decision"]
        # The decision is as old as the council, however late a sitting is convened.
        day = clock.today() - timedelta(days=decision["decided"] - self.convened(number))
        seats = [
            council.Member(
                self.staff[one["login"]], "chair" if one["post"] == "president" else "member", self.unit(one["unit"])
            )
            for one in self.told["members"]
        ]  # fmt: skip
        made = council.convene(
            self.session, self.activity.id, title=f"{self.told['name']}, kỳ họp {number + 1}",
            paper=Paper(decision["number"], day, decision["by"]), members=seats,
            marks=council.Marks.of(settings_of(self.activity)), blind=True, by=self.by,
        )  # fmt: skip
        self.made[number] = made.id

    def _open(self, number: int) -> None:
        council.open_meeting(self.session, self.of(number), list(self.judges.values()), self.by)

    def _close(self, number: int, row: dict[str, Any]) -> None:
        words = "Các thành viên đã chấm độc lập, nghe tổng hợp điểm và thống nhất kết quả."
        council.close_meeting(
            self.session, self.of(number), Paper(row["minutes"], clock.today()), words, self.by
        )
