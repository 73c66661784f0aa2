"""The register of documents and what they ask of whom: search, one document with its tasks, what is late, one task.

The Party Office keeps the register. The head of a unit that leads a task says how it stands.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.blueprint import PLAN_KEEPERS, PLAN_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.inspection_words import led_by
from admin.team_words import typed_day
from backend import clock, http
from backend.db.node import own_unit
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.plans import queries, register, rules
from backend.plans.errors import RelationWrong
from backend.plans.models import PlanDocument
from backend.plans.queries import TaskLine
from backend.plans.rules import Paper
from backend.units.queries import NamedUnit, named, named_many
from backend.units.trees import LinesUp

STATES = {
    "open": N_("chưa bắt đầu"),
    "doing": N_("đang thực hiện"),
    "done": N_("đã hoàn thành"),
    "dropped": N_("thôi thực hiện"),
}
RELATIONS = {
    "implements": (N_("Cụ thể hoá"), N_("Được cụ thể hoá bởi")),
    "supersedes": (N_("Thay thế"), N_("Bị thay thế bởi")),
    "embeds": (N_("Ban hành kèm theo"), N_("Kèm theo")),
}
FIELDS = ("issuer", "number", "dated", "title", "code", "starts", "ends", "what", "lead", "along", "due", "output", "words", "on")  # fmt: skip


class UnitNamed(DomainError):
    status = 400
    code = "plan_unit_unknown"
    sentence = N_("Không có đơn vị nào mang tên hoặc mã này. Xin chọn trong danh sách gợi ý.")


@dataclass(frozen=True)
class Desk:
    """The register of the node's commune, and what this member may do in it."""

    unit: NamedUnit
    may_write: bool
    mine: frozenset[uuid.UUID]
    """The units whose tasks the member may answer for."""

    def may_answer(self, line: TaskLine) -> bool:
        return self.may_write or (line.task.lead_id in self.mine)


def desk() -> Desk:
    """Raises NotFound for who has nothing to do with the commune."""
    session, member = http.session(), http.staff()
    own = own_unit(session)
    everybody = reach(session, member, *PLAN_ROLES)
    if not everybody & LinesUp(session).ever_below([own]):
        raise NotFound
    heads = reach(session, member, "unit_head") if member.holds("unit_head") else set()
    granted = member.roles.get(PLAN_KEEPERS[0], frozenset())
    writes = own in granted | led_by(granted)  # a Party Office above reads; the commune's own one writes
    return Desk(named(session, own, clock.today()), writes, frozenset(heads))


def tasks_beside(kind: str, ref: str) -> list[TaskLine]:
    """The tasks tied to a campaign or an indicator, for its page; none for who may not read the register."""
    if not http.staff().holds(*PLAN_ROLES):
        return []
    try:
        here = desk()
    except NotFound:
        return []
    return queries.linked(http.session(), here.unit.id, kind, ref)


def keeper() -> Desk:
    """Raises NotFound for who only reads."""
    here = desk()
    if not here.may_write:
        raise NotFound
    return here


def document_at(here: Desk, document_id: uuid.UUID) -> PlanDocument:
    return queries.document(http.session(), document_id, [here.unit.id])


def words() -> dict[str, Any]:
    return {"states": STATES, "relations": RELATIONS, "today": clock.today()}


def typed_again() -> dict[str, str]:
    return {name: typed(name) for name in FIELDS} if request.method == "POST" else dict.fromkeys(FIELDS, "")


def answered(
    error: DomainError | None, again: Callable[[DomainError], Response], said: str, onwards: str
) -> ResponseReturnValue:
    if error:
        return again(error)
    flash(said)
    return redirect(onwards, 303)


# --- the register -------------------------------------------------------------------------------------------------------


@blueprint.get("/plans")
@guarded(staff_with(*PLAN_ROLES))
def plans() -> Response:
    return _register()


def _register(error: DomainError | None = None) -> Response:
    here, wanted = desk(), request.args.get("q", "").replace("\x00", "")[:80]
    late = queries.late(http.session(), here.unit.id, clock.today())
    return page(
        "plans.html",
        error.status if error else 200,
        desk=here,
        words=wanted,
        lines=queries.documents(http.session(), here.unit.id, wanted),
        late=late,
        led=queries.led_by(http.session(), here.mine) if here.mine else [],
        typed=typed_again(),
        sentence=http.sentence_of(error) if error else "",
        **words(),
    )


@blueprint.post("/plans")
@guarded(staff_with(*PLAN_KEEPERS))
def add_plan() -> ResponseReturnValue:
    here, made = keeper(), []

    def add() -> None:
        told = typed("dated", 10)
        paper = Paper(
            typed("issuer", 200), typed("title", 500), typed("number", 60), typed_day(told) if told else None
        )
        made.append(register.add_document(http.session(), here.unit.id, paper, actor()))

    error = refusal_of(add)
    onwards = url_for("admin.plan", document_id=made[-1]) if made else ""
    return answered(error, _register, gettext("Đã ghi văn bản vào sổ."), onwards)


@blueprint.get("/plans/late")
@guarded(staff_with(*PLAN_ROLES))
def plans_late() -> Response:
    """What is late by who leads it, and as a text to paste into a group chat."""
    here = desk()
    found = queries.late(http.session(), here.unit.id, clock.today())
    by_lead: dict[str, list[TaskLine]] = {}
    for line in found:
        by_lead.setdefault(line.lead, []).append(line)
    return page("plans_late.html", desk=here, by_lead=by_lead, text=_to_paste(by_lead), **words())


def _to_paste(by_lead: dict[str, list[TaskLine]]) -> str:
    told = [gettext("Nhiệm vụ quá hạn đến ngày %(day)s:", day=shown.day(clock.today()))]
    for lead, lines in by_lead.items():
        told.append(f"{lead}:")
        told += [
            gettext(
                "- %(what)s (hạn %(due)s, quá %(days)s ngày)",
                what=line.task.what[:160], due=shown.day(line.task.due_on), days=line.days,
            )
            for line in lines if line.task.due_on
        ]  # fmt: skip
    return "\n".join(told)


# --- one document -------------------------------------------------------------------------------------------------------


@blueprint.get("/plans/<uuid:document_id>")
@guarded(staff_with(*PLAN_ROLES))
def plan(document_id: uuid.UUID) -> Response:
    return document_page(document_id)


def document_page(document_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here, session = desk(), http.session()
    document = document_at(here, document_id)
    related = queries.relations(session, document.id)
    others = [
        one.document for one in queries.documents(session, here.unit.id) if one.document.id != document.id
    ]
    return page(
        "plan.html",
        error.status if error else 200,
        desk=here,
        document=document,
        related=related,
        is_replaced=any(kind == "supersedes" and not ours for kind, ours, _ in related),
        others=others,
        phases=queries.phases(session, document.id),
        lines=queries.tasks(session, document.id),
        units=units_named(here) if here.may_write else [],
        typed=typed_again(),
        at=at,
        sentence=http.sentence_of(error) if error else "",
        **words(),
    )


def units_named(here: Desk) -> list[NamedUnit]:
    """Whom a task of the register may name: the commune and all that is below it in any line."""
    ours = LinesUp(http.session()).ever_below([here.unit.id])
    return sorted(named_many(http.session(), ours, clock.today()).values(), key=lambda unit: unit.code)


def _unit(here: Desk, told: str) -> uuid.UUID:
    """By its code or its name. Raises UnitNamed."""
    wanted = rules.bare(told)
    found = [
        one
        for one in units_named(here)
        if wanted in (rules.bare(one.code), rules.bare(one.full_name), rules.bare(one.name))
    ]
    if len(found) != 1:
        raise UnitNamed
    return found[0].id


@blueprint.post("/plans/<uuid:document_id>/relations")
@guarded(staff_with(*PLAN_KEEPERS))
def relate_plan(document_id: uuid.UUID) -> ResponseReturnValue:
    """This document implements, supersedes or embeds another one of the register."""
    here, kind = keeper(), typed("kind", 12)
    document = document_at(here, document_id)

    def relate() -> None:
        if kind not in RELATIONS:
            raise RelationWrong
        register.relate(http.session(), here.unit.id, document.id, kind, _id(typed("other", 40)), actor())

    return _answer(document_id, "relations", relate, gettext("Đã ghi liên kết giữa hai văn bản."))


def _id(told: str) -> uuid.UUID:
    """Raises RelationWrong."""
    try:
        return uuid.UUID(told)
    except ValueError:
        raise RelationWrong from None


def _answer(document_id: uuid.UUID, at: str, do: Callable[[], object], said: str) -> ResponseReturnValue:
    error = refusal_of(do)
    onwards = url_for("admin.plan", document_id=document_id, _anchor=at)
    return answered(error, lambda why: document_page(document_id, why, at), said, onwards)


@blueprint.post("/plans/<uuid:document_id>/phases")
@guarded(staff_with(*PLAN_KEEPERS))
def add_plan_phase(document_id: uuid.UUID) -> ResponseReturnValue:
    here = keeper()
    document = document_at(here, document_id)

    def add() -> None:
        first, last = typed("starts", 10), typed("ends", 10)
        register.add_phase(
            http.session(), document, typed("code", 20), typed("title", 500),
            typed_day(first) if first else None, typed_day(last) if last else None, actor(),
        )  # fmt: skip

    return _answer(document_id, "phases", add, gettext("Đã ghi giai đoạn."))


@blueprint.post("/plans/<uuid:document_id>/tasks")
@guarded(staff_with(*PLAN_KEEPERS))
def add_plan_task(document_id: uuid.UUID) -> ResponseReturnValue:
    here = keeper()
    document = document_at(here, document_id)

    def add() -> None:
        along = [one.strip() for one in typed("along").split(";") if one.strip()]
        lead = typed("lead", 200)
        phase = next(
            (p.id for p in queries.phases(http.session(), document.id) if str(p.id) == typed("phase", 40)),
            None,
        )
        task = register.Task(
            typed("what", 2000), lead, _due(typed("due", 200)), typed("code", 40), _unit(here, lead) if lead else None,
            "; ".join(along), tuple(_unit(here, one) for one in along), typed("output"), phase,
        )  # fmt: skip
        register.add_task(http.session(), document, task, actor())

    return _answer(document_id, "new-task", add, gettext("Đã ghi nhiệm vụ."))


def _due(told: str) -> rules.Due:
    try:
        return rules.due(told)
    except ValueError:
        return rules.Due()
