"""What an inspection file opens, to whom, and until when. Pure."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

MATERIALS = ("scorecards", "targets", "facts", "reports", "plans", "trail", "pledges")
"""Kinds of things a file may open. Bodies of pledges are opened by no other word than their own."""
SENSITIVE = ("pledges",)
"""A file that names these is decided by the competent committee, never by an inspector alone."""
FINDINGS = ("good", "shortcoming", "violation", "advice", "social_criticism")
SUBJECTS = ("card", "report", "indicator", "task", "other")
NEEDS_REMEDY = ("shortcoming", "violation")

Stand = Literal["planned", "ahead", "running", "over", "concluded"]


@dataclass(frozen=True)
class Cover:
    """A file, as the rules look at it."""

    state: str
    opens_on: date | None
    ends_on: date | None
    materials: frozenset[str]
    units: frozenset[uuid.UUID]
    team: frozenset[uuid.UUID]


def stand(state: str, opens_on: date | None, ends_on: date | None, today: date) -> Stand:
    """Where a file stands on a day. Its last day is still part of it."""
    if state == "concluded":
        return "concluded"
    if state == "planned" or opens_on is None or ends_on is None:
        return "planned"
    if today < opens_on:
        return "ahead"
    return "running" if today <= ends_on else "over"


def opens(cover: Cover, person: uuid.UUID, unit: uuid.UUID, material: str, today: date) -> bool:
    """Whether this person may read this kind of thing of this unit today."""
    return (
        stand(cover.state, cover.opens_on, cover.ends_on, today) == "running"
        and person in cover.team
        and unit in cover.units
        and material in cover.materials
    )


def covers_days(
    days: tuple[date, date], first: date, last: date, today: date, *, whole: bool = False
) -> bool:
    """Whether a file over those days is about a period, in part or `whole`; a running period is taken as far as it has come."""
    if whole:
        return days[0] <= first and min(last, today) <= days[1]
    return days[0] <= last and first <= days[1]


def why_not_plan(
    title: str,
    reason: str,
    days: tuple[date, date],
    units: Collection[uuid.UUID],
    reach: Collection[uuid.UUID],
    materials: Iterable[str],
    *,
    team: int = 1,
) -> str | None:
    """What keeps a file from being written down; None: nothing. `days`: the first and last covered."""
    wanted = set(materials)
    if len(title.strip()) < 3 or len(reason.strip()) < 3:
        return "words"
    if days[1] < days[0]:
        return "days"
    if not units or not wanted or not wanted <= set(MATERIALS) or not team:
        return "empty"
    if not set(units) <= set(reach):
        return "reach"
    return None


def why_not_decide(number: str, basis: str, opens_on: date, ends_on: date, today: date) -> str | None:
    """What keeps a file from being opened: it needs its own number, a paper it rests on, and days in order."""
    if not number.strip() or len(basis.strip()) < 3:
        return "paper"
    if ends_on < opens_on:
        return "days"
    return "past" if ends_on < today else None


def is_overdue(state: str, due: date | None, today: date) -> bool:
    """A remedy that is asked for, not answered, and its day is over."""
    return state == "asked" and due is not None and due < today
