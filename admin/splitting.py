"""A unit that gives a part of itself away, in two steps: say how the new units are called and what share each takes, read
what will happen, say yes.
"""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.acts import TypedAct, clean, new_unit
from admin.blueprint import SCORECARD_READERS, UNIT_ROLES, actor, blueprint, page
from admin.dry_run import dry_run
from admin.forms import refusal_of
from admin.reorganising import unit_here
from admin.units import POPULATIONS, commune_in_reach
from backend import http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.tallies import split_view
from backend.tallies.disclosure import K
from backend.units import crosswalk, splitting
from backend.units.errors import DetailsMissing, PlanOutdated
from backend.units.overview import last_names
from backend.units.queries import NamedUnit
from backend.units.reorganise import NewUnit
from campaigns.queries import activities
from campaigns.registry import measure_book

MOST_PARTS = 5
COLUMNS = ("code", "level_word", "name", "weight")


@dataclass(frozen=True)
class Typed(TypedAct):
    """`rows` beside it: one for each new unit that something was written for."""

    stays: str = ""


def _rows() -> list[dict[str, str]]:
    rows = [
        {name: clean(request.form.get(f"{name}-{at}", "")) for name in COLUMNS} for at in range(MOST_PARTS)
    ]
    return [row for row in rows if row["code"] or row["name"] or row["weight"]]


@dataclass(frozen=True)
class Asked:
    """What the form says, understood."""

    new: list[NewUnit]
    weights: list[int]
    act: dict[str, Any]


def _asked(typed: Typed, rows: list[dict[str, str]]) -> Asked:
    """Raises DetailsMissing, WeightInvalid."""
    new = [new_unit(row["code"], row["level_word"], row["name"]) for row in rows]
    weights = [crosswalk.weight(typed.stays), *(crosswalk.weight(row["weight"]) for row in rows)]
    return Asked(new, weights, typed.act(DetailsMissing))


@blueprint.get("/units/<uuid:unit_id>/split")
@guarded(staff_with(*UNIT_ROLES))
def splitting_form(unit_id: uuid.UUID) -> Response:
    return _form(unit_here(unit_id), Typed.blank(), [])


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
    unit, typed, rows = unit_here(unit_id), Typed.sent(), _rows()
    try:
        asked = _asked(typed, rows)
        found = splitting.foresee(http.session(), unit.id, asked.new, asked.weights, asked.act["on"])
        effects = dry_run(commune_in_reach().id, [unit.id], lambda: [unit.id, *_split(unit, asked)])
    except DomainError as refused:
        return _form(unit, typed, rows, refused)
    names = [unit.heading, *(shown.capital(f"{one.level_word} {one.name}".strip()) for one in asked.new)]
    return page(
        "units_split_preview.html",
        unit=unit,
        typed=typed,
        sent=asdict(typed) | {f"{name}-{at}": row[name] for at, row in enumerate(rows) for name in COLUMNS},
        found=found,
        effects=effects,
        parts=list(zip(names, (crosswalk.percent(one) for one in asked.weights), strict=True)),
        populations=POPULATIONS,
    )


def as_now_lines(split: splitting.Split) -> list[dict[str, Any]]:
    """Each measure in words, whole and in parts; what is about a few people is left out.

    Nothing for whoever keeps units and reads no scorecard.
    """
    units = {split.source, *(unit for unit, _ in split.parts)}
    if not units & reach(http.session(), http.staff(), *SCORECARD_READERS):
        return []
    titles = {activity.id: shown.words(activity.title) for activity, _ in activities(http.session())}
    book = measure_book()
    return [
        {
            "title": f"{titles.get(line.activity, '')}: {gettext(book[line.measure].title)}",
            "line": line,
            "whole": line.quantity if line.people is None else line.people,
            "parts": _parts(line),
        }
        for line in split_view.as_it_is_now(http.session(), book, split)
        if not 0 < line.subjects < K
    ]


def _parts(line: split_view.Line) -> list[int | None]:
    """The whole stands beside them: where one is about a few people, or a few have no place yet, none is shown."""
    found = [part.people if part.quantity is None else part.quantity for part in line.parts]
    few = any(0 < (one or 0) < K for one in [*found, line.unplaced if line.people is not None else 0])
    is_open = line.people is not None and line.unplaced > 0
    return [None] * len(found) if is_open or (line.subjects and few) else list(found)


def _split(unit: NamedUnit, asked: Asked) -> list[uuid.UUID]:
    return splitting.split(http.session(), unit.id, asked.new, asked.weights, **asked.act)


@blueprint.post("/units/<uuid:unit_id>/split")
@guarded(staff_with(*UNIT_ROLES))
def split_now(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    unit, typed, rows = unit_here(unit_id), Typed.sent(), _rows()

    def split() -> None:
        asked = _asked(typed, rows)
        found = splitting.foresee(http.session(), unit.id, asked.new, asked.weights, asked.act["on"])
        if found.digest != request.form.get("digest"):
            raise PlanOutdated
        _split(unit, asked)
        reason = f"{unit.code} → {' + '.join(one.code for one in asked.new)}"[:500]
        note(
            http.session(), actor(), "units.split", "unit", unit.id, unit=commune_in_reach().id, reason=reason
        )

    if error := refusal_of(split):
        return _form(unit, typed, rows, error)
    flash(gettext("Đã chia tách. Người dân và hộ vẫn ghi ở đơn vị cũ cho đến khi được chuyển."))
    return redirect(url_for("admin.unit_history", unit_id=unit.id), 303)


def names_of_parts(split: splitting.Split) -> list[tuple[str, str]]:
    """(name, percent) of each unit of a split."""
    names = last_names(http.session(), [unit for unit, _ in split.parts])
    return [(shown.capital(names.get(unit, "")), crosswalk.percent(weight)) for unit, weight in split.parts]
