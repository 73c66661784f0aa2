"""What a card says, as data with one way to be written. Pure: everything it is made of is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.calendars import Period
from backend.cards.rules import (
    OPEN_MARKS,
    Base,
    Figure,
    Mark,
    as_data,
    class_of,
    figure,
    gates,
    held_against,
    hidden_points,
    may_stand_over,
    points,
    total,
)
from backend.cards.shapes import Criterion, Group, Template

FORMAT = 1
Payload = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What people gave a criterion, as known then: points by the unit and by the level above, and a spot check."""

    own: Decimal | None = None
    official: Decimal | None = None
    has_evidence: bool = False
    has_reason: bool = False
    spot: tuple[int, int] | None = None


@dataclass(frozen=True)
class Sources:
    """Everything a card is made of. `head`: what no ledger tells, kept with the revision (see `sources.head_of`).

    `beside`: what else the reader can see of the same unit; the difference must not be about a few.
    """

    period: Period
    known_at: datetime
    said_until: datetime
    lineup: str
    base: Base
    said: Mapping[str, Said]
    head: Mapping[str, Any]
    dated_ahead: int = 0
    beside: Base | None = None


@dataclass(frozen=True)
class Place:
    """Where in the line of revisions it stands."""

    number: int | None = None
    follows: str | None = None
    reason: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)


def assemble(template: Template, sources: Sources) -> Payload:
    """The card without its place among revisions."""
    groups = [_group(template, group, sources) for group in template.groups]
    rows = [row for group in groups for row in group["criteria"]]
    found: Payload = {
        "format": FORMAT,
        "rules": template.rules,
        "unit": sources.head["unit"],
        "answers_for": sources.head["answers_for"],
        "template": {"code": template.code, "version": template.version, "sha256": template.sha256},
        "period": {
            "calendar": sources.period.calendar, "code": sources.period.code,
            "first": sources.period.first, "last": sources.period.last,
        },
        "as_known_at": sources.known_at,
        "said_until": sources.said_until,
        "lineup": sources.lineup,
        "is_trial": template.is_trial,
        "is_preset": template.is_preset,
        "groups": groups,
        "marks": as_data(_card_marks(sources)),
    }  # fmt: skip
    return found if template.kind == "comparison" else found | _sums(template, rows)


def at_place(found: Payload, place: Place) -> Payload:
    return found | {
        "revision": place.number,
        "follows": place.follows,
        "reason": place.reason,
        "changes": place.changes,
    }


def _card_marks(sources: Sources) -> list[Mark]:
    return [Mark("dated_ahead", {"count": str(sources.dated_ahead)})] if sources.dated_ahead else []


def _sums(template: Template, rows: list[Payload]) -> Payload:
    sums = total((row["most"], row["points"]) for row in rows)
    rated = class_of(template, sums)
    return {
        "total": {
            "points": sums.points,
            "out_of": sums.out_of,
            "percent": sums.percent,
            "is_complete": sums.is_complete,
        },
        "class": None if rated is None else rated.code,
    }


def _group(template: Template, group: Group, sources: Sources) -> Payload:
    rows = [_criterion(template, criterion, sources) for criterion in group.criteria]
    return {"code": group.code, "title": dict(group.title), "weight": group.weight, "criteria": rows}


def _criterion(template: Template, one: Criterion, sources: Sources) -> Payload:
    said, beyond = within(sources.said.get(one.code, Said()), one.most)
    target = sources.head["targets"].get(one.code, {})
    goal = Decimal(target["value"]) if target.get("value") is not None else None
    found = _figure(template, one, sources)
    aimed = held_against(one, target)
    computed, marks = _computed(template, aimed, found, goal, sources.base, said)
    if target.get("cannot"):  # why there is no number to be held against is said more exactly
        marks = [mark for mark in marks if mark.code != "no_target"]
    given = said.official if said.official is not None else computed
    row: Payload = {
        "code": one.code,
        "title": dict(one.title),
        "series": one.series,
        "noun": one.noun,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "denominator_from": _counted(one, found, sources.base),
        "value": found.value,
        "declared": sources.head["declared"].get(one.code),
        "target": target or None,
    }
    marks = [*found.marks, *marks, *_target_marks(target), *_declared_marks(row, said)]
    if template.kind == "comparison":
        return row | {"marks": as_data(found.marks)}
    if given is None and not any(mark.code in OPEN_MARKS for mark in marks):
        marks.append(Mark("not_scored"))
    if one.must_have_evidence and not said.has_evidence:
        marks.append(Mark("no_evidence"))
    marks += beyond
    return row | {
        "most": one.most,
        "computed": computed,
        "self": said.own,
        "official": said.official,
        "points": given,
        "marks": as_data(marks),
    }


def within(said: Said, most: Decimal) -> tuple[Said, list[Mark]]:
    """Points above the most that the criterion gives now, from before its template changed, count for nothing and are marked."""
    marks = [
        Mark(f"{side}_above_most", {"points": str(points), "most": str(most)})
        for side, points in (("self", said.own), ("official", said.official))
        if points is not None and points > most
    ]
    codes = {mark.code for mark in marks}
    own = None if "self_above_most" in codes else said.own
    official = None if "official_above_most" in codes else said.official
    return replace(said, own=own, official=official), marks


def _counted(one: Criterion, found: Figure, base: Base) -> Mapping[str, str] | None:
    """On which day and by whom the heads were counted that a figure is divided by."""
    if one.formula is None or one.formula.population is None or found.denominator is None:
        return None
    return base.heads_from.get(one.formula.population)


def _figure(template: Template, one: Criterion, sources: Sources) -> Figure:
    if one.formula is not None:
        if sources.beside and not may_stand_over(one.formula, sources.beside, sources.base):
            return Figure(marks=(Mark("hidden_moved"),))
        return figure(one.formula, sources.base, template.confidence_below)
    told = sources.head["declared"].get(one.code)
    return Figure(value=Decimal(told["value"])) if told and told.get("value") is not None else Figure()


def _computed(
    template: Template, one: Criterion, found: Figure, goal: Decimal | None, base: Base, said: Said
) -> tuple[Decimal | None, list[Mark]]:
    """Points come out of the ledger only; what is declared is scored by people, with evidence."""
    if template.kind == "comparison" or one.series != "measured":
        return None, []
    held = gates(one, base, said.spot)
    if any(mark.code == "hidden_moved" for mark in found.marks):
        return None, []
    if found.is_hidden:
        return hidden_points(one, base, goal, held, template.decimals)
    return points(one, found, goal, held, template.decimals)


def _target_marks(target: Mapping[str, Any]) -> list[Mark]:
    """What a reader must know of the number a figure is held against, or why there is none."""
    if target.get("cannot"):
        return [Mark(f"target_{target['cannot']}", {"year": str(target.get("year", ""))})]
    found = [Mark("interpolated", {"how": target["how"]})] if target.get("is_between") else []
    if target.get("is_share"):
        found.append(Mark("target_share", {"whole": target["whole"], "share": target["value"]}))
    return found


def _declared_marks(row: Payload, said: Said) -> list[Mark]:
    """Less measured than was declared: both stand side by side, with the reason or the want of one."""
    told = row["declared"]
    if row["series"] != "measured" or not told or told.get("value") is None or row["value"] is None:
        return []
    if row["value"] >= Decimal(told["value"]):
        return []
    return [
        Mark(
            "below_declared" if said.has_reason else "below_declared_unexplained", {"declared": told["value"]}
        )
    ]
