"""The programme of inspections; and, for the head of a unit, who inspects it, what was opened, found and must be mended."""

import uuid
from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import INSPECTION_ROLES, INSPECTORS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.inspection_words import Office, office, units_named, words
from admin.team_words import typed_day
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.inspection import actions, queries
from backend.inspection.errors import FileIncomplete
from backend.people.roster import holders
from backend.people.staff import names_of

FIELDS = ("body", "title", "reason", "planned_for", "first", "last")


@blueprint.get("/inspections")
@guarded(staff_with(*INSPECTION_ROLES))
def inspections() -> Response:
    return _programme()


def _programme(error: DomainError | None = None) -> Response:
    here, session = office(), http.session()
    lines = [line for line in queries.every(session) if here.may_see(line)]
    about = queries.about(session, here.headed) if here.headed else []
    found = queries.findings_of_units(session, here.headed) if here.headed else []
    readings = queries.readings_of_unit(session, here.headed) if here.headed else []
    named = units_named(
        {u for line in (*lines, *about) for u in line.units}
        | {one.finding.unit_id for one in found}
        | {r.unit_id for r, _ in readings}
    )
    people = {reading.person_id for reading, _ in readings if reading.person_id} | {
        p for line in (*lines, *about) for p in line.team
    }
    return page(
        "inspections.html",
        error.status if error else 200,
        lines=lines,
        about=about,
        found=found,
        readings=readings,
        office=here,
        bodies=sorted(units_named(here.bodies).values(), key=lambda one: one.code),
        units=named,
        names=names_of(session, people),
        may_plan=bool(here.bodies),
        choices=_choices(here) if here.bodies else [],
        team=_team(here) if here.bodies else [],
        typed={name: typed(name) if request.method == "POST" else "" for name in FIELDS},
        ticked={name: request.form.getlist(name) for name in ("unit", "material", "person")},
        sentence=http.sentence_of(error) if error else "",
        **words(),
    )  # fmt: skip


def _choices(here: Office) -> list[tuple[str, str, str]]:
    """(id, name, code) of the units the bodies may inspect; that a file stays with its own body is looked at afterwards."""
    mine = set().union(*(actions.reach_of(http.session(), body) for body in here.bodies))
    found = units_named(mine).values()
    return [
        (str(one.id), one.heading, one.code)
        for one in sorted(found, key=lambda one: (one.kind != "commune", one.code))
    ]


def _team(here: Office) -> list[tuple[str, str]]:
    found = holders(http.session(), actions.ROLE, here.bodies)
    return [(str(person), name) for person, name in names_of(http.session(), found).items()]


@blueprint.post("/inspections")
@guarded(staff_with(*INSPECTORS))
def plan_inspection() -> ResponseReturnValue:
    """A new line in the programme of the body the member inspects for."""
    here, made = office(), []
    if not here.bodies:
        raise NotFound

    def add() -> None:
        told = actions.Planned(
            typed("title", 300), typed("reason"), _day("planned_for"), _day("first"), _day("last"), _ids("unit"),
            tuple(request.form.getlist("material")), _ids("person"),
        )  # fmt: skip
        made.append(actions.plan(http.session(), _body(here), told, actor()))

    if error := refusal_of(add):
        return _programme(error)
    flash(gettext("Đã ghi vào chương trình kiểm tra."))
    return redirect(url_for("admin.inspection", file_id=made[0]), 303)


def _body(here: Office) -> uuid.UUID:
    """The one it is planned for; who inspects for one body alone is not asked. Raises FileIncomplete."""
    asked = {str(one): one for one in here.bodies}.get(typed("body", 40))
    if asked is None and len(here.bodies) > 1:
        raise FileIncomplete
    return asked or min(here.bodies)


def _day(name: str) -> date:
    return typed_day(typed(name, 10))


def _ids(name: str) -> tuple[uuid.UUID, ...]:
    """Raises FileIncomplete for what no form of ours sends."""
    try:
        return tuple(uuid.UUID(told) for told in request.form.getlist(name))
    except ValueError:
        raise FileIncomplete from None


@blueprint.post("/inspections/findings/<uuid:finding_id>/answer")
@guarded(staff_with(*INSPECTION_ROLES))
def answer_finding(finding_id: uuid.UUID) -> ResponseReturnValue:
    """The head of the unit says what was done about it. Raises NotFound for anybody else."""
    here = office()
    error = refusal_of(
        lambda: actions.answer(http.session(), finding_id, typed("words"), here.headed, actor())
    )
    if error:
        return _programme(error)
    flash(gettext("Đã gửi kết quả khắc phục cho đoàn kiểm tra."))
    return redirect(url_for("admin.inspections", _anchor="found"), 303)
