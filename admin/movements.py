"""Emulation movements: all in reach, and one of them with its documents, entrants, reviews and firms in numbers."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import movement_words as words
from admin.blueprint import MOVEMENT_HEADS, MOVEMENT_KEEPERS, MOVEMENT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.movement_words import Seen, everything_typed, movements_seen, names, page_asked, seen, typed_id
from admin.team_words import typed_day
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.units import tags
from backend.units.queries import NamedUnit
from backend.units.words import sort_key
from campaigns.evidence import enough
from campaigns.movement import comparing, enrolment, launching, reviews, rules
from campaigns.movement.launching import Paper
from campaigns.movement.models import Enrolment

LISTED = 300


@dataclass(frozen=True)
class Line:
    """A unit that is enrolled, with the group it is set beside others in."""

    row: Enrolment
    unit: NamedUnit
    group: dict[str, str] | None


@blueprint.get("/movements")
@guarded(staff_with(*MOVEMENT_ROLES))
def movements() -> ResponseReturnValue:
    """Every movement in reach, with how many are in."""
    pairs = movements_seen()
    return page(
        "movements.html",
        pairs=pairs,
        counts=_counts([activity.id for activity, _ in pairs]),
        words=words,
        settings={activity.id: words.settings_of(activity) for activity, _ in pairs},
    )


def _counts(activities: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int | None]]:
    """Units as they are; firms, which may be people, only where they are not few."""
    found = reviews.how_many(http.session(), activities)
    return {activity: (units, enough(firms)) for activity, (units, firms) in found.items()}


@blueprint.get("/movements/<uuid:activity_id>")
@guarded(staff_with(*MOVEMENT_ROLES))
def movement(activity_id: uuid.UUID) -> Response:
    """One of them. Raises NotFound."""
    return movement_page(activity_id)


def movement_page(activity_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here, session = seen(activity_id), http.session()
    rows = _lines(here)
    mine, number = [line for line in rows if here.keeps or line.unit.id in here.heads], page_asked()
    entered = {line.unit.id for line in rows if line.row.state != "withdrawn"}
    free = (enrolment.may_enrol(session, here.activity, here.settings) & here.heads) - entered
    return page(
        "movement.html",
        error.status if error else 200,
        one=here,
        documents=launching.documents(session, here.activity),
        authorities=words.by_name(_may_launch(here)) if here.keeps else [],
        lines=mine[(number - 1) * LISTED : number * LISTED],
        number=number,
        more=len(mine) > number * LISTED,
        units=len(reviews.units_in(session, activity_id)),
        waiting=sum(line.row.state == "open" for line in rows),
        firms=enough(len(reviews.firms_in(session, activity_id))),
        free=words.by_name(free),
        reviews=[row for row in reviews.of(session, activity_id) if here.keeps or row.state == "published"],
        leaders=reviews.leaders(session, here.activity),
        names=names({one.unit for one in reviews.leaders(session, here.activity)}),
        tags=tags.tags_of(session, [line.unit.id for line in rows], clock.today()) if here.keeps else {},
        today=clock.today(),
        words=words,
        typed=everything_typed(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _may_launch(here: Seen) -> set[uuid.UUID]:
    """Authorities: the unit that runs it and the organisations of each line, not hamlets, classes, cells or teams."""
    low = ("hamlet", "school_class", "party_cell", "digital_team", "school")
    found = names(launching.authorities(http.session(), here.activity))
    return {unit for unit, one in found.items() if one.kind not in low}


def _lines(here: Seen) -> list[Line]:
    """By name, never by a figure."""
    session = http.session()
    rows = list(
        session.scalars(
            select(Enrolment).where(Enrolment.activity_id == here.activity.id, Enrolment.unit_id.is_not(None))
        )
    )
    units = names({row.unit_id for row in rows if row.unit_id})
    groups = _groups(here, [row.unit_id for row in rows if row.unit_id and row.state == "confirmed"])
    found = [
        Line(row, units[row.unit_id], groups.get(row.unit_id))
        for row in rows
        if row.unit_id and row.unit_id in units
    ]
    return sorted(
        found, key=lambda one: (one.row.state == "withdrawn", sort_key(one.unit.name), one.unit.code)
    )


def _groups(here: Seen, units: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    heads = comparing.heads_of(http.session(), here.activity, units, clock.today())
    found = rules.groups(comparing.likes(http.session(), heads, units, clock.today()))
    return {unit: rules.group_words(group) for group in found for unit in group.units}


# --- deeds -----------------------------------------------------------------------------------------------------------


def _deed(
    activity_id: uuid.UUID, at: str, do: Callable[[Seen], object], done: str, *, keepers: bool = True
) -> ResponseReturnValue:
    here = seen(activity_id)
    if keepers and not here.keeps:
        raise NotFound
    if error := refusal_of(lambda: do(here)):
        return movement_page(activity_id, error, at)
    flash(done)
    return redirect(url_for("admin.movement", activity_id=activity_id), 303)


@blueprint.post("/movements/<uuid:activity_id>/launch")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_launch(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Write down the document of an authority. Raises NotFound."""

    def launch(here: Seen) -> None:
        day = typed_day(typed("day", 10))
        paper = Paper(
            typed("number", 60), day, typed("title", 300), typed("signer", 120), typed("signer_title", 160)
        )
        launching.launch(http.session(), here.activity, typed_id("unit"), typed("line", 10), paper, actor())

    return _deed(activity_id, "launch", launch, gettext("Đã ghi văn bản phát động."))


@blueprint.post("/movements/<uuid:activity_id>/launch/out")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_launch_out(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document out again before the opening. Raises NotFound."""

    def take_out(here: Seen) -> None:
        launching.take_out(http.session(), here.activity, typed_id("unit"), typed("line", 10), actor())

    return _deed(activity_id, "launch", take_out, gettext("Đã bỏ văn bản này."))


@blueprint.post("/movements/<uuid:activity_id>/enrol")
@guarded(staff_with(*MOVEMENT_HEADS))
def movement_enrol(activity_id: uuid.UUID) -> ResponseReturnValue:
    """The head of a unit enters it with what it sets itself. Raises NotFound."""

    def enrol(here: Seen) -> None:
        unit = typed_id("unit")
        if unit not in here.heads:
            raise NotFound
        told = words.promises(here.settings.of("unit"))
        was = select(Enrolment.promise_version).where(
            Enrolment.activity_id == activity_id, Enrolment.unit_id == unit
        )
        before = http.session().scalar(was)
        row = enrolment.enrol(http.session(), here.activity, here.settings, unit, told, actor())
        if row.promise_version == before:
            flash(gettext("Đã có sơ kết nên mức đăng ký trước đây giữ nguyên; mức vừa ghi không thay được."))

    return _deed(
        activity_id,
        "enrol",
        enrol,
        gettext("Đã đăng ký. Thường trực thi đua xem và xác nhận."),
        keepers=False,
    )


@blueprint.post("/movements/<uuid:activity_id>/tag")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_tag(activity_id: uuid.UUID) -> ResponseReturnValue:
    """What sets a unit apart from others of its size, with where that is written. Raises NotFound."""

    def tag(here: Seen) -> None:
        unit = typed_id("unit")
        if unit not in enrolment.may_enrol(http.session(), here.activity, here.settings):
            raise NotFound
        code, off = typed("tag", 30), typed("off", 3) == "yes"
        if off:
            changed = tags.take_back(http.session(), unit, code, clock.today())
        else:
            changed = tags.give(http.session(), unit, code, clock.today(), typed("source", 300))
        if changed:  # it changes who is set beside whom
            deed = "movement.tag_off" if off else "movement.tag"
            note(http.session(), actor(), deed, "unit", unit, unit=unit, reason=code)

    return _deed(activity_id, "tag", tag, gettext("Đã ghi đặc điểm của đơn vị."))
