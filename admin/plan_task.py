"""One task of a document: who leads it, how it stands and who said so, by what it is done and measured."""

import uuid
from collections.abc import Callable

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import inspection_reach, inspection_words, shown
from admin.blueprint import PLAN_KEEPERS, PLAN_ROLES, actor, blueprint, page
from admin.figures import visible_activities
from admin.forms import refusal_of, typed
from admin.plans import Desk, answered, desk, keeper, typed_again, words
from admin.team_words import typed_day
from backend import clock, http
from backend.db.node import own_unit
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import names_of
from backend.plans import queries, register
from backend.plans.errors import LinkUnknown
from backend.plans.queries import TaskLine
from backend.scorecards.indicators import template
from backend.targets import queries as targets


def _task_at(here: Desk, task_id: uuid.UUID) -> TaskLine:
    """Raises NotFound."""
    return queries.task(http.session(), task_id, [here.unit.id])


@blueprint.get("/plans/tasks/<uuid:task_id>")
@guarded(staff_with(*PLAN_ROLES))
def plan_task(task_id: uuid.UUID) -> Response:
    return _task_page(task_id)


def _task_page(task_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here, session = desk(), http.session()
    line = _task_at(here, task_id)
    said = queries.states(session, task_id)
    campaigns, indicators = _campaigns(), _indicators()
    return page(
        "plan_task.html",
        error.status if error else 200,
        desk=here,
        line=line,
        may_answer=here.may_answer(line),
        said=said,
        names=names_of(session, {row.person_id for row in said if row.person_id}),
        links=[(row, {"campaign": campaigns, "indicator": indicators}[row.kind].get(row.ref, row.ref)) for row in queries.links(session, task_id)],
        campaigns=campaigns,
        indicators=indicators,
        found=inspection_reach.findings(line.task.lead_id, "task", task_id) if line.task.lead_id else [],
        finding_words=inspection_words,
        typed=typed_again(),
        at=at,
        sentence=http.sentence_of(error) if error else "",
        **words(),
    )  # fmt: skip


def _campaigns() -> dict[str, str]:
    return {str(campaign.id): shown.words(campaign.title) for _, campaign in visible_activities()}


def _indicators() -> dict[str, str]:
    """Those of the scorecards, and those the commune's own plan names."""
    found = {one.code: shown.words(one.title) for one in template().indicators}
    own = targets.set_of(http.session(), own_unit(http.session()), clock.today())
    lines = targets.targets_of(http.session(), own.id) if own else []
    return found | {line.indicator.code: line.indicator.name_vi for line in lines}


@blueprint.post("/plans/tasks/<uuid:task_id>/state")
@guarded(staff_with(*PLAN_ROLES))
def plan_task_state(task_id: uuid.UUID) -> ResponseReturnValue:
    """Who leads it, or the Party Office, says how it stands. Raises NotFound for anybody else."""
    here = desk()
    line = _task_at(here, task_id)
    if not here.may_answer(line):
        raise NotFound
    seen = typed("seen", 9)

    def say() -> None:
        on, number = typed("on", 10), int(seen) if seen.isascii() and seen.isdecimal() else 0
        day = typed_day(on) if on else clock.today()
        register.stands(
            http.session(), task_id, typed("state", 10), typed("words"), day, actor(), seen=number
        )

    return _task_answer(task_id, "state", say, gettext("Đã ghi tình hình thực hiện."))


def _task_answer(task_id: uuid.UUID, at: str, do: Callable[[], object], said: str) -> ResponseReturnValue:
    onwards = url_for("admin.plan_task", task_id=task_id)
    return answered(refusal_of(do), lambda why: _task_page(task_id, why, at), said, onwards)


@blueprint.post("/plans/tasks/<uuid:task_id>/links")
@guarded(staff_with(*PLAN_KEEPERS))
def link_plan_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """By which campaign the task is done, by which indicator it is measured."""
    here, kind, ref = keeper(), typed("kind", 10), typed("ref", 60)
    _task_at(here, task_id)

    def link() -> None:
        if ref not in {"campaign": _campaigns, "indicator": _indicators}.get(kind, dict)():
            raise LinkUnknown
        register.link_task(http.session(), task_id, kind, ref, here.unit.id, actor())

    return _task_answer(task_id, "links", link, gettext("Đã ghi liên kết."))
