"""A unit that gives a part of itself away, one that is abolished, and a reorganisation taken back.

A split goes in two steps: say how the new units are called and what share each takes, read what will happen, say yes.
"""

import uuid
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import shown
from admin.blueprint import SCORECARD_READERS, UNIT_ROLES, actor, blueprint, page
from admin.forms import refusal_of
from admin.merging import _day as typed_day
from admin.units import KINDS, POPULATIONS, commune_in_reach
from backend import clock, http
from backend.cards.models import CardRevision
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people import regrouping
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.tallies import split_view, undoing
from backend.tallies.disclosure import K
from backend.units import crosswalk, splitting
from backend.units.errors import DetailsMissing, PlanOutdated
from backend.units.listing import CODE
from backend.units.models import UnitEvent
from backend.units.overview import history, last_names
from backend.units.queries import NamedUnit, named
from backend.units.reorganise import NewUnit
from backend.units.trees import LinesUp
from campaigns.queries import activities
from campaigns.registry import measure_book

MOST_PARTS = 5
COLUMNS = ("code", "level_word", "name", "weight")


@dataclass(frozen=True)
class Typed:
    """The form as it was filled in. `rows`: one for each new unit that something was written for."""

    stays: str = ""
    on: str = ""
    document: str = ""
    decided_on: str = ""

    @classmethod
    def sent(cls) -> "Typed":
        return cls(**{one.name: _clean(request.form.get(one.name, "")) for one in fields(cls)})


def _clean(told: str) -> str:
    return " ".join(told.replace("\x00", "").split())[:200]


def _rows() -> list[dict[str, str]]:
    rows = [
        {name: _clean(request.form.get(f"{name}-{at}", "")) for name in COLUMNS} for at in range(MOST_PARTS)
    ]
    return [row for row in rows if row["code"] or row["name"] or row["weight"]]


@dataclass(frozen=True)
class Asked:
    """What the form says, understood."""

    new: list[NewUnit]
    weights: list[int]
    on: date
    document: str
    decided_on: date | None


def _asked(typed: Typed, rows: list[dict[str, str]]) -> Asked:
    """Raises DetailsMissing, WeightInvalid."""
    on = typed_day(typed.on)
    if (
        on is None
        or not typed.document
        or any(not CODE.fullmatch(row["code"].upper()) or not row["name"] for row in rows)
    ):
        raise DetailsMissing
    new = [NewUnit(row["code"].upper(), row["name"][:150], row["level_word"].lower()[:40]) for row in rows]
    weights = [crosswalk.weight(typed.stays), *(crosswalk.weight(row["weight"]) for row in rows)]
    return Asked(new, weights, on, typed.document, typed_day(typed.decided_on))


def _unit_here(unit_id: uuid.UUID) -> NamedUnit:
    """Raises NotFound, UnitUnknown for what ended."""
    if unit_id not in LinesUp(http.session()).ever_below([commune_in_reach().id]):
        raise NotFound
    return named(http.session(), unit_id, clock.today())


@blueprint.get("/units/<uuid:unit_id>/split")
@guarded(staff_with(*UNIT_ROLES))
def splitting_form(unit_id: uuid.UUID) -> Response:
    return _form(_unit_here(unit_id), Typed(on=f"{clock.today():%d/%m/%Y}"), [])


def _form(
    unit: NamedUnit, typed: Typed, rows: list[dict[str, str]], error: DomainError | None = None
) -> Response:
    blank = {"code": "", "level_word": unit.level_word, "name": "", "weight": ""}
    return page(
        "units_split.html",
        error.status if error else 200,
        unit=unit,
        typed=typed,
        rows=[*rows, *([blank] * (max(2, len(rows) + 1) - len(rows)))][:MOST_PARTS],
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.post("/units/<uuid:unit_id>/split/preview")
@guarded(staff_with(*UNIT_ROLES))
def preview_split(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Heads and figures as they are and as they would be laid out; nothing is written."""
    unit, typed, rows = _unit_here(unit_id), Typed.sent(), _rows()
    try:
        asked = _asked(typed, rows)
        found = splitting.foresee(http.session(), unit.id, asked.new, asked.weights, asked.on)
    except DomainError as refused:
        return _form(unit, typed, rows, refused)
    event = UnitEvent(kind="split", holds_from=asked.on)  # never added: only to ask what it would mean
    parts = [unit.id, *(uuid.uuid4() for _ in asked.new)]
    split = splitting.Split(event, unit.id, tuple(zip(parts, asked.weights, strict=True)))
    names = [unit.heading, *(shown.capital(f"{one.level_word} {one.name}".strip()) for one in asked.new)]
    return page(
        "units_split_preview.html",
        unit=unit,
        typed=typed,
        sent=asdict(typed) | {f"{name}-{at}": row[name] for at, row in enumerate(rows) for name in COLUMNS},
        found=found,
        parts=list(zip(names, (crosswalk.percent(one) for one in asked.weights), strict=True)),
        lines=as_now_lines(split),
        few=K,
        populations=POPULATIONS,
    )


def as_now_lines(split: splitting.Split) -> list[dict[str, Any]]:
    """Each measure in words, whole and in parts; numbers of few people are kept back.

    Nothing for whoever keeps units and reads no scorecard.
    """
    if split.source not in reach(http.session(), http.staff(), *SCORECARD_READERS):
        return []
    titles = {activity.id: shown.words(activity.title) for activity, _ in activities(http.session())}
    book = measure_book()
    return [
        {
            "title": f"{titles.get(line.activity, '')}: {gettext(book[line.measure].title)}",
            "line": line,
            "few": 0 < line.subjects < K,
            "whole": line.quantity if line.people is None else line.people,
            "parts": [part.quantity if part.people is None else _enough(part.people) for part in line.parts],
        }
        for line in split_view.as_it_is_now(http.session(), book, split)
    ]


def _enough(people: int) -> int | None:
    return people if people >= K else None


@blueprint.post("/units/<uuid:unit_id>/split")
@guarded(staff_with(*UNIT_ROLES))
def split_now(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    unit, typed, rows = _unit_here(unit_id), Typed.sent(), _rows()

    def split() -> None:
        asked = _asked(typed, rows)
        found = splitting.foresee(http.session(), unit.id, asked.new, asked.weights, asked.on)
        if found.digest != request.form.get("digest"):
            raise PlanOutdated
        splitting.split(
            http.session(),
            unit.id,
            asked.new,
            asked.weights,
            on=asked.on,
            document=asked.document,
            decided_on=asked.decided_on,
        )
        reason = f"{unit.code} → {' + '.join(one.code for one in asked.new)}"[:500]
        note(
            http.session(), actor(), "units.split", "unit", unit.id, unit=commune_in_reach().id, reason=reason
        )

    if error := refusal_of(split):
        return _form(unit, typed, rows, error)
    flash(gettext("Đã chia tách. Người dân và hộ vẫn ghi ở đơn vị cũ cho đến khi được chuyển."))
    return redirect(url_for("admin.unit_history", unit_id=unit.id), 303)


# --- taken back, abolished -------------------------------------------------------------------------------------------------


@blueprint.post("/units/<uuid:unit_id>/events/<uuid:event_id>/undo")
@guarded(staff_with(*UNIT_ROLES))
def undo_reorganisation(unit_id: uuid.UUID, event_id: uuid.UUID) -> ResponseReturnValue:
    """Until figures that hold it are published, or something rests on it."""
    commune, session = commune_in_reach(), http.session()
    event = next((one.event for one in history(session, unit_id).happened if one.event.id == event_id), None)
    if event is None or unit_id not in LinesUp(session).ever_below([commune.id]):
        raise NotFound
    told, since = f"{event.kind} {event.document}"[:500], event.made_at
    published = session.scalars(
        select(CardRevision.id).where(CardRevision.published_at > since).limit(1)
    ).first()
    touched: list[uuid.UUID] = []

    def undo() -> None:
        touched.extend(undoing.undo(session, event_id, is_published=published is not None))
        note(session, actor(), "units.undo", "unit", unit_id, unit=commune.id, reason=told)

    if error := refusal_of(undo):
        flash(http.sentence_of(error))
        return redirect(url_for("admin.unit_history", unit_id=unit_id), 303)
    flash(gettext("Đã hoàn lại việc sắp xếp. Số liệu được cộng lại trong giây lát."))
    return redirect(url_for("admin.units"), 303)


@blueprint.get("/units/<uuid:unit_id>/abolish")
@guarded(staff_with(*UNIT_ROLES))
def abolishing_form(unit_id: uuid.UUID) -> Response:
    return _abolish_form(_unit_here(unit_id), Typed(on=f"{clock.today():%d/%m/%Y}"))


def _abolish_form(unit: NamedUnit, typed: Typed, error: DomainError | None = None) -> Response:
    return page(
        "units_abolish.html", error.status if error else 200, unit=unit, typed=typed, kinds=KINDS,
        sentence=http.sentence_of(error) if error else "",
    )  # fmt: skip


@blueprint.post("/units/<uuid:unit_id>/abolish")
@guarded(staff_with(*UNIT_ROLES))
def abolish_now(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Nobody belongs to it and nothing stands below it: it ends on that day and stays readable."""
    unit, typed = _unit_here(unit_id), Typed.sent()

    def abolish() -> None:
        on = typed_day(typed.on)
        if on is None or not typed.document:
            raise DetailsMissing
        regrouping.abolish(
            http.session(), unit.id, on=on, document=typed.document, decided_on=typed_day(typed.decided_on)
        )
        note(
            http.session(),
            actor(),
            "units.abolish",
            "unit",
            unit.id,
            unit=commune_in_reach().id,
            reason=unit.code,
        )

    if error := refusal_of(abolish):
        return _abolish_form(unit, typed, error)
    flash(gettext("Đã giải thể. Lịch sử của đơn vị vẫn xem được."))
    return redirect(url_for("admin.units"), 303)


def names_of_parts(split: splitting.Split) -> list[tuple[str, str]]:
    """(name, percent) of each unit of a split."""
    names = last_names(http.session(), [unit for unit, _ in split.parts])
    return [(shown.capital(names.get(unit, "")), crosswalk.percent(weight)) for unit, weight in split.parts]
