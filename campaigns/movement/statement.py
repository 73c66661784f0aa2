"""What a published review says: leaders by name, everybody else only counted, no firm by name."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.units.queries import named_to_the_last
from campaigns.evidence import enough
from campaigns.models import Activity, Campaign
from campaigns.movement import comparing, launching, rules
from campaigns.movement.criteria import Marks, Promises
from campaigns.movement.models import Enrolment, Review
from campaigns.movement.schemas import Criterion, MovementSettings


@dataclass(frozen=True)
class Entrant:
    """A unit in a review: what it set itself, what is said of it, what follows from both."""

    row: Enrolment
    promised: Promises
    marks: Marks
    standing: rules.Standing

    @property
    def unit(self) -> uuid.UUID:
        assert self.row.unit_id is not None  # noqa: S101 - only units are listed here
        return self.row.unit_id


def statement(
    session: Session,
    activity: Activity,
    settings: MovementSettings,
    row: Review,
    units: Sequence[Entrant],
    firms: Sequence[Entrant],
) -> dict[str, Any]:
    """What everybody may read for good: leaders by name, everybody else only counted, no firm by name."""
    campaign = session.get_one(Campaign, activity.campaign_id)
    names = named_to_the_last(session, [campaign.owner_unit_id, *(one.unit for one in units)], row.until)
    said = {unit: found.heading for unit, found in names.items()}
    told: dict[str, Any] = {
        "activity": str(activity.id),
        "title": activity.title,
        "campaign": campaign.title,
        "owner": said.get(campaign.owner_unit_id, ""),
        "number": row.number,
        "kind": row.kind,
        "from": clock.local_day(activity.opens_at).isoformat(),
        "until": row.until.isoformat(),
        "words": row.words,
        "documents": [_document(one) for one in launching.documents(session, activity)],
        "units": {
            "enrolled": len(units),
            "completed": sum(one.standing.is_complete for one in units) if row.kind == "final" else None,
        },
        "criteria": _criteria(session, activity, settings, row, units, said),
        "firms": _firms(settings, firms) if settings.firms else None,
    }
    return told


def _document(one: launching.Document) -> dict[str, str]:
    return {
        "body": one.body, "line": one.line, "number": one.number, "day": one.day.isoformat(), "title": one.title,
    }  # fmt: skip


def _criteria(
    session: Session,
    activity: Activity,
    settings: MovementSettings,
    row: Review,
    units: Sequence[Entrant],
    said: Mapping[uuid.UUID, str],
) -> list[dict[str, Any]]:
    ids = [one.unit for one in units]
    heads = comparing.heads_of(session, activity, ids, row.until)
    found = rules.groups(comparing.likes(session, heads, ids, row.until))
    return [
        {
            "code": one.code,
            "title": {"vi": one.vi, "en": one.en},
            "source": one.source,
            "met": sum(one.code in unit.standing.met for unit in units),
            "groups": [_group(one, group, units, said) for group in found] if one.compared else [],
        }
        for one in settings.of("unit")
    ]


def _group(
    asked: Criterion, group: rules.Group, units: Sequence[Entrant], said: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    marks = {one.unit: one.marks.get((asked.code, asked.source)) for one in units}
    # As they are published: what reads alike stands alike.
    shown = rules.compare(
        group, {unit: rules.rounded(mark.value) if mark else None for unit, mark in marks.items()}
    )
    return {
        "group": dict(rules.group_words(group)),
        "leaders": [
            {
                "unit": str(one.unit),
                "name": said.get(one.unit, ""),
                "place": one.place,
                "value": str(one.value),
                "rate": asked.take == "rate" and asked.source == "measured",
                "counted": {"vi": asked.counted_vi, "en": asked.counted_en},
                "change": _change(one.value, marks[one.unit].before),  # type: ignore[union-attr]
            }
            for one in shown.leaders
        ],
        "others": shown.others,
    }


def _change(now: Decimal, before: Decimal | None) -> str:
    return rules.against_past(now, before).way


def _firms(settings: MovementSettings, firms: Sequence[Entrant]) -> dict[str, Any]:
    """Few of them stand for persons: fewer than five are not told."""
    assessed = [one for one in firms if any(source == "self" for _, source in one.marks)]
    return {
        "enrolled": enough(len(firms)),
        "assessed": enough(len(assessed)),
        "criteria": [
            {
                "code": one.code,
                "title": {"vi": one.vi, "en": one.en},
                "met": enough(sum(one.code in firm.standing.met for firm in assessed)),
            }
            for one in settings.of("firm")
        ],
    }
