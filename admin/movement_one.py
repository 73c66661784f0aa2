"""One entrant of a movement: what it set itself beside what is measured, declared and said of itself. Never added up."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import movement_words as words
from admin.blueprint import MOVEMENT_HEADS, MOVEMENT_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.movement_words import Seen, everything_typed, names, revision, seen
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.media import photos
from backend.safeguards.audit import note
from campaigns.movement import criteria, declaring, enrolment, firms, reviews, rules
from campaigns.movement.models import Enrolment, Firm, Mark, Promise
from campaigns.movement.schemas import Criterion
from campaigns.movement.statement import Entrant


@dataclass(frozen=True)
class Row:
    """A criterion with what was promised and the three columns. `met` only from the criterion's own."""

    criterion: Criterion
    promised: Promise | None
    marks: dict[str, Mark]
    met: bool | None
    change: rules.Change


@dataclass(frozen=True)
class Place:
    """The entrant with its name, and whether the member speaks for it."""

    row: Enrolment
    firm: Firm | None
    name: str
    hamlet: str
    speaks: bool


def _place(here: Seen, enrolment_id: uuid.UUID) -> Place:
    """Raises NotFound for one of another movement, and for a unit the member has no office in."""
    row = http.session().get(Enrolment, enrolment_id)
    if row is None or row.activity_id != here.activity.id:
        raise NotFound
    firm = firms.one(http.session(), row.firm_id) if row.firm_id else None
    unit = row.unit_id or (firm.hamlet_id if firm else None)
    speaks = row.unit_id is not None and row.unit_id in here.heads
    if unit is None or not (here.keeps or speaks):
        raise NotFound
    known = names([unit])
    heading = known[unit].heading if unit in known else ""
    return Place(
        row, firm, firm.name if firm else heading, heading if firm else "", speaks or (here.keeps and bool(firm))
    )  # fmt: skip


@blueprint.get("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>")
@writes_on_read
@guarded(staff_with(*MOVEMENT_HEADS))
def entrant(activity_id: uuid.UUID, enrolment_id: uuid.UUID) -> Response:
    """Raises NotFound. Opening a household business, which names a person, is on the trail."""
    return entrant_page(activity_id, enrolment_id)


def entrant_page(
    activity_id: uuid.UUID, enrolment_id: uuid.UUID, error: DomainError | None = None, at: str = ""
) -> Response:
    here = seen(activity_id)
    place = _place(here, enrolment_id)
    if place.firm:
        note(
            http.session(), actor(), "movement.firm_read", "movement_firm", place.firm.id,
            unit=place.firm.hamlet_id, is_read=True,
        )  # fmt: skip
    told = reviews.as_told(http.session(), place.row, _asked(here, place.row))
    return page(
        "movement_entrant.html",
        error.status if error else 200,
        one=here,
        place=place,
        rows=_rows(_asked(here, place.row), told),
        standing=told.standing,
        frozen=enrolment.is_frozen(http.session(), place.row),
        runs=here.activity.state != "scheduled" and not here.is_over and place.row.state != "withdrawn",
        words=words,
        typed=everything_typed(),
        sentence=http.sentence_of(error) if error else "",
        shown_value=criteria.shown,
        photos=criteria.photos_of(http.session(), [mark.id for mark in told.marks.values()]),
        at=at,
    )


@blueprint.get("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/files/<digest>")
@writes_on_read
@guarded(staff_with(*MOVEMENT_HEADS))
def entrant_file(activity_id: uuid.UUID, enrolment_id: uuid.UUID, digest: str) -> Response:
    """A photo that shows what it says of itself; every opening is on the trail. Raises NotFound."""
    session, place = http.session(), _place(seen(activity_id), enrolment_id)
    marks = criteria.marks_of(session, [place.row.id])[place.row.id].values()
    named = {
        one for found in criteria.photos_of(session, [mark.id for mark in marks]).values() for one in found
    }
    picture = photos.picture(session, digest) if digest in named else None
    if picture is None or place.firm is None:
        raise NotFound
    note(
        session, actor(), "movement.firm_read", "movement_firm", place.firm.id, unit=place.firm.hamlet_id,
        is_read=True,
    )  # fmt: skip
    return Response(picture, mimetype="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


def _asked(here: Seen, row: Enrolment) -> list[Criterion]:
    return here.settings.of("firm" if row.firm_id else "unit")


def _rows(asked: list[Criterion], told: Entrant) -> list[Row]:
    found = []
    for one in asked:
        own = {source: mark for (code, source), mark in told.marks.items() if code == one.code}
        said, promised = own.get(one.source), told.promised.get(one.code)
        change = rules.against_past(said.value, said.before) if said else rules.Change("unknown")
        met = criteria.met_by(one, promised, said) if said else None
        found.append(Row(one, promised, own, met, change))
    return found


# --- deeds -----------------------------------------------------------------------------------------------------------


def _deed(
    activity_id: uuid.UUID, enrolment_id: uuid.UUID, at: str, do: Callable[[Seen, Enrolment], object], done: str,
    *, keepers: bool,
) -> ResponseReturnValue:  # fmt: skip
    """With the enrolment in hand as the form saw it; or the newest stand with why not and what was typed."""
    here = seen(activity_id)
    place = _place(here, enrolment_id)
    if (keepers and not here.keeps) or not (keepers or place.speaks):
        raise NotFound

    def deed() -> None:
        do(here, enrolment.held(http.session(), enrolment_id, revision()))

    if error := refusal_of(deed):
        return entrant_page(activity_id, enrolment_id, error, at)
    flash(done)
    return redirect(url_for("admin.entrant", activity_id=activity_id, enrolment_id=enrolment_id), 303)


@blueprint.post("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/promise")
@guarded(staff_with(*MOVEMENT_HEADS))
def entrant_promise(activity_id: uuid.UUID, enrolment_id: uuid.UUID) -> ResponseReturnValue:
    """Other goals, while no review was published. Raises NotFound."""

    def promise(here: Seen, row: Enrolment) -> None:
        told = words.promises(_asked(here, row))
        enrolment.promise(http.session(), here.activity, here.settings, row, told, actor())

    return _deed(
        activity_id, enrolment_id, "promise", promise, gettext("Đã ghi mức đăng ký mới."), keepers=False
    )


@blueprint.post("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/declare")
@guarded(staff_with(*MOVEMENT_HEADS))
def entrant_declare(activity_id: uuid.UUID, enrolment_id: uuid.UUID) -> ResponseReturnValue:
    """Figures with their papers, and what the entrant says of itself. Raises NotFound."""

    def declare(here: Seen, row: Enrolment) -> None:
        told = words.sayings(_asked(here, row))
        declaring.declare(http.session(), here.activity, here.settings, row, told, actor())
        if row.firm_id is not None and told:
            firms.assess(http.session(), here.activity, row, [], actor())

    return _deed(activity_id, enrolment_id, "declare", declare, gettext("Đã ghi."), keepers=False)


@blueprint.post("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/confirm")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def entrant_confirm(activity_id: uuid.UUID, enrolment_id: uuid.UUID) -> ResponseReturnValue:
    """The unit is in. Raises NotFound."""

    def confirm(here: Seen, row: Enrolment) -> None:
        enrolment.confirm(http.session(), here.activity, row, actor())

    return _deed(
        activity_id, enrolment_id, "answer", confirm, gettext("Đã xác nhận bản đăng ký."), keepers=True
    )


@blueprint.post("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/return")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def entrant_return(activity_id: uuid.UUID, enrolment_id: uuid.UUID) -> ResponseReturnValue:
    """To be completed, with what is missing. Raises NotFound."""

    def send_back(here: Seen, row: Enrolment) -> None:
        enrolment.send_back(http.session(), here.activity, row, typed("words"), actor())

    return _deed(
        activity_id, enrolment_id, "answer", send_back, gettext("Đã gửi lại để bổ sung."), keepers=True
    )


@blueprint.post("/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/withdraw")
@guarded(staff_with(*MOVEMENT_HEADS))
def entrant_withdraw(activity_id: uuid.UUID, enrolment_id: uuid.UUID) -> ResponseReturnValue:
    """The entrant leaves. Raises NotFound."""

    def withdraw(here: Seen, row: Enrolment) -> None:
        enrolment.withdraw(http.session(), here.activity, row, actor())

    return _deed(
        activity_id, enrolment_id, "withdraw", withdraw, gettext("Đã rút bản đăng ký."), keepers=False
    )
