"""The explicit list of kinds, checked at start. One line per kind; no scanning of folders."""

from typing import Any

import msgspec

from backend.participation.measures import MeasureBook
from campaigns.contest import KIND as CONTEST
from campaigns.contest import pack as contest_pack
from campaigns.kind import Kind
from campaigns.models import Activity
from campaigns.pack.reader import PackPart
from campaigns.pledge import KIND as PLEDGE
from campaigns.pledge import pack as pledge_pack
from campaigns.visit import KIND as VISIT
from campaigns.visit import pack as visit_pack

KINDS: tuple[Kind, ...] = (CONTEST, VISIT, PLEDGE)
PACK_PARTS: dict[str, PackPart] = {
    CONTEST.name: PackPart(contest_pack.read, contest_pack.discard),
    VISIT.name: PackPart(visit_pack.read, visit_pack.discard),
    PLEDGE.name: PackPart(pledge_pack.read, pledge_pack.discard),
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
