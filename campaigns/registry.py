"""The explicit list of kinds, checked at start. One line per kind; no scanning of folders."""

from typing import Any

import msgspec

from backend.participation.measures import MeasureBook
from campaigns.award import KIND as AWARD
from campaigns.award import pack as award_pack
from campaigns.contest import KIND as CONTEST
from campaigns.contest import pack as contest_pack
from campaigns.evidence import Sources
from campaigns.initiative import KIND as INITIATIVE
from campaigns.initiative import pack as initiative_pack
from campaigns.kind import Kind
from campaigns.models import Activity
from campaigns.movement import KIND as MOVEMENT
from campaigns.movement import pack as movement_pack
from campaigns.pack.reader import PackPart
from campaigns.pledge import KIND as PLEDGE
from campaigns.pledge import pack as pledge_pack
from campaigns.visit import KIND as VISIT
from campaigns.visit import pack as visit_pack

KINDS: tuple[Kind, ...] = (CONTEST, VISIT, PLEDGE, INITIATIVE, MOVEMENT, AWARD)
PACK_PARTS: dict[str, PackPart] = {
    CONTEST.name: PackPart(contest_pack.read, contest_pack.discard),
    VISIT.name: PackPart(visit_pack.read, visit_pack.discard),
    PLEDGE.name: PackPart(pledge_pack.read, pledge_pack.discard),
    INITIATIVE.name: PackPart(initiative_pack.read, initiative_pack.discard),
    MOVEMENT.name: PackPart(
        movement_pack.reading(lambda: {one.code for one in measure_book()}), movement_pack.discard
    ),
    AWARD.name: PackPart(award_pack.reading(lambda: measure_book()), award_pack.discard),
}
"""Who reads a kind's part of a pack. `Kind.unpack` puts what was read into a campaign."""


class HalfMadeKind(Exception):
    """A kind does not keep its promise; the node does not start."""


def kind_named(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


def settings_of(activity: Activity) -> Any:
    """The activity's settings in force, in its kind's own type."""
    return msgspec.convert(activity.settings_in_force, kind_named(activity.kind).settings)


def measure_book() -> MeasureBook:
    return MeasureBook(measure for kind in KINDS for measure in kind.measures)


def sources() -> Sources:
    """What awards may read of other rooms without knowing them."""
    return Sources(
        measure_book(), lambda session, activity: kind_named(activity.kind).leaders(session, activity)
    )


def check(kinds: tuple[Kind, ...] = KINDS) -> None:
    """Raises HalfMadeKind for a duplicate name, an empty kind, or a measure outside its kind's name."""
    names = [kind.name for kind in kinds]
    if len(set(names)) != len(names):
        raise HalfMadeKind(f"two kinds share a name: {names}")
    for kind in kinds:
        if not kind.actions or not kind.measures:
            raise HalfMadeKind(f"{kind.name} has no action or no measure")
        actions = [action.name for action in kind.actions]
        if len(set(actions)) != len(actions):
            raise HalfMadeKind(f"{kind.name} has two actions of one name")
        codes = [measure.code for measure in kind.measures]
        if len(set(codes)) != len(codes):
            raise HalfMadeKind(f"{kind.name} has two measures of one code")
        for measure in kind.measures:
            if not measure.code.startswith(f"{kind.name}."):
                raise HalfMadeKind(f"{measure.code} does not begin with '{kind.name}.'")
