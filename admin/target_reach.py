"""Which units and sets of targets a member may read, and which measured lines stand beside them."""

import uuid

from flask_babel import gettext

from admin import inspection_reach, shown
from admin.blueprint import DECLARERS, TARGET_KEEPERS, TARGET_READERS, actor
from admin.figures import indicators_of, visible_activities
from admin.inspection_reach import Days
from backend import clock, http
from backend.errors import NotAllowed, NotFound
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.targets import queries
from backend.targets.models import TargetSet
from backend.targets.queries import Counted
from backend.units.queries import NamedUnit, named, named_many


def own_units() -> list[NamedUnit]:
    """The units the member serves, and those a running inspection file opens; the highest first by code."""
    member = http.staff()
    granted = {unit for role in TARGET_READERS for unit in member.roles.get(role, ())}
    opened = inspection_reach.opened("targets").keys()
    return sorted(
        named_many(http.session(), granted | opened, clock.today()).values(), key=lambda unit: unit.code
    )


def in_reach() -> set[uuid.UUID]:
    return _by_role() | inspection_reach.opened("targets").keys()


def _by_role() -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *TARGET_READERS)


def days_open(unit: uuid.UUID) -> Days | None:
    """The days whose figures an inspector may read of it; None for who reads by role."""
    if unit in _by_role():
        return None
    line = inspection_reach.opened("targets").get(unit)
    return (line.file.first, line.file.last) if line else None


def declared_for() -> set[uuid.UUID]:
    """Units the member may say figures for: the own and, for the Party Office, those below."""
    member = http.staff()
    own = {unit for role in DECLARERS for unit in member.roles.get(role, ())}
    return own | reach(http.session(), member, *TARGET_KEEPERS)


def readable_unit(unit: uuid.UUID) -> NamedUnit:
    """Raises UnitUnknown, NotAllowed."""
    found = named(http.session(), unit, clock.today())
    if unit not in in_reach():
        raise NotAllowed
    return found


def declarable_unit(unit: uuid.UUID) -> NamedUnit:
    """Raises UnitUnknown, NotAllowed."""
    found = named(http.session(), unit, clock.today())
    if unit not in declared_for():
        raise NotAllowed
    return found


def readable_set(set_id: uuid.UUID) -> TargetSet:
    """A set of a unit in reach, or of one that stands above a unit the member serves on its own line.

    Raises SetUnknown, NotFound: that another one exists is nobody's business here.
    """
    found = queries.target_set(http.session(), set_id)
    if found.issuer_unit_id in in_reach():
        return found
    ways = queries.ways_up(http.session(), [unit.id for unit in own_units()], clock.today())
    if any(found.issuer_unit_id in way for way in ways.values()):
        return found
    raise NotFound


def sees_evidence() -> bool:
    """Whoever only looks on from the province sees numbers, not whose words and papers they rest on."""
    return http.staff().holds(*DECLARERS, "inspector")


def counted() -> list[Counted]:
    """Activities in reach, the newest first, with what may be read of each before it is settled."""
    pairs = sorted(visible_activities(), key=lambda pair: pair[0].opens_at, reverse=True)
    return [
        Counted(
            activity.id,
            campaign.owner_unit_id,
            shown.words(activity.title),
            frozenset(one.code for one in indicators_of(activity)),
        )
        for activity, campaign in pairs
        if activity.state != "scheduled"
    ]


def note_read(noun: str, noun_id: uuid.UUID, unit: uuid.UUID, reason: str = "") -> None:
    """What an inspector reads is put on the trail and, under a file, before the eyes of the unit's head."""
    if http.staff().holds("inspector"):
        if unit not in _by_role() and unit in inspection_reach.opened("targets"):
            inspection_reach.read(unit, "targets", gettext("Chỉ tiêu"))
        note(
            http.session(),
            actor(),
            "targets.read",
            noun,
            noun_id,
            unit=unit,
            reason=reason or None,
            is_read=True,
        )
