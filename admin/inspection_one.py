"""One inspection file: decided, read under, findings written, concluded, published; its page for who inspects or decides."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import (
    INSPECTION_DECIDERS,
    INSPECTION_READERS,
    INSPECTION_WRITERS,
    INSPECTORS,
    actor,
    blueprint,
    page,
)
from admin.forms import refusal_of, typed
from admin.inspection_words import OF_THE_FRONT, choices, file_at, team_file, units_named, words
from admin.team_words import typed_day
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.inspection import actions, queries, subjects
from backend.inspection.errors import CommitteeDecides, FileClosed, FindingIncomplete, PlannerDecides
from backend.people.staff import names_of

FIELDS = ("number", "basis", "opens_on", "ends_on", "kind", "subject", "period", "words", "remedy", "remedy_due", "conclusion", "conclusion_number", "conclusion_on")  # fmt: skip


@blueprint.get("/inspections/<uuid:file_id>")
@guarded(staff_with(*INSPECTION_READERS))
def inspection(file_id: uuid.UUID) -> Response:
    return file_page(file_id)


def file_page(file_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here, line = file_at(file_id)
    session = http.session()
    inside, kinds = here.sees_inside(line), here.kinds(line)
    readings = queries.readings_of_file(session, file_id) if inside else []
    found = [
        one
        for one in queries.findings_of_file(session, file_id)
        if inside or one.finding.kind in OF_THE_FRONT
    ]
    return page(
        "inspection.html",
        error.status if error else 200,
        line=line,
        of_team=here.is_of_team(line),
        may_decide=line.stand == "planned" and here.decides(line),
        planned_it=line.file.made_by == http.staff().person,
        inside=inside,
        may_write=kinds,
        choices=choices(line) if kinds else [],
        months=subjects.months((line.file.first, line.file.last)),
        units=units_named({*line.units, line.file.unit_id}),
        names=names_of(session, {*line.team, *(r.person_id for r, _ in readings if r.person_id), *([line.file.decided_by] if line.file.decided_by else [])}),
        found=found,
        readings=readings,
        typed={name: typed(name, 6000) for name in FIELDS},
        at=at,
        sentence=http.sentence_of(error) if error else "",
        **words(),
    )  # fmt: skip


def _answer(file_id: uuid.UUID, at: str, do: Callable[[], object], said: str) -> ResponseReturnValue:
    if error := refusal_of(do):
        return file_page(file_id, error, at)
    flash(said)
    return redirect(url_for("admin.inspection", file_id=file_id, _anchor=at), 303)


@blueprint.post("/inspections/<uuid:file_id>/decide")
@guarded(staff_with(*INSPECTION_DECIDERS))
def decide_inspection(file_id: uuid.UUID) -> ResponseReturnValue:
    """The file is opened; where it names pledges, by the committee alone."""
    here, line = file_at(file_id)

    def decide() -> None:
        days = (typed_day(typed("opens_on", 10)), typed_day(typed("ends_on", 10)))
        if not here.decides(line):
            raise PlannerDecides if line.file.made_by == http.staff().person else CommitteeDecides
        as_committee = here.decides_pledges(line)
        actions.decide(http.session(), file_id, typed("number", 60), typed("basis", 300), *days, actor(), as_committee=as_committee)  # fmt: skip

    return _answer(
        file_id, "decide", decide, gettext("Đã mở cuộc kiểm tra. Người đứng đầu đơn vị thấy hồ sơ này.")
    )


@blueprint.post("/inspections/<uuid:file_id>/findings")
@guarded(staff_with(*INSPECTION_WRITERS))
def add_finding(file_id: uuid.UUID) -> ResponseReturnValue:
    """Written by the team, or by the Front its own kind, while the file runs. Raises NotFound for others, FileClosed."""
    here, line = file_at(file_id)
    if not here.is_of_team(line) and not here.criticises(line):
        raise NotFound
    kinds = here.kinds(line)

    def find() -> None:
        if not kinds:
            raise FileClosed
        due = typed("remedy_due", 10)
        on = next(
            (one for some in choices(line) for one in some.subjects if one.key == typed("subject", 250)), None
        )
        if on is None:
            raise FindingIncomplete
        period = on.period or (typed("period", 20) if on.kind == "indicator" else "")
        told = actions.Found(
            on.unit, _one_of("kind", kinds), on.kind, typed("words", 6000), on.id, on.criterion, period,
            typed("remedy"), typed_day(due) if due else None,
        )  # fmt: skip
        actions.find(http.session(), file_id, told, actor())

    return _answer(file_id, "findings", find, gettext("Đã ghi phát hiện. Người đứng đầu đơn vị thấy ngay."))


def _one_of(name: str, known: dict[str, str]) -> str:
    told = typed(name, 30)
    if told not in known:
        raise FindingIncomplete
    return told


@blueprint.post("/inspections/<uuid:file_id>/conclusion")
@guarded(staff_with(*INSPECTORS))
def conclude_inspection(file_id: uuid.UUID) -> ResponseReturnValue:
    team_file(file_id)

    def conclude() -> None:
        on = typed("conclusion_on", 10)
        day = typed_day(on) if on else None
        actions.conclude(
            http.session(), file_id, typed("conclusion", 6000), typed("conclusion_number", 60), day, actor()
        )

    return _answer(
        file_id, "conclusion", conclude, gettext("Đã ghi kết luận. Hồ sơ không còn mở tài liệu nào.")
    )


@blueprint.post("/inspections/<uuid:file_id>/publish")
@guarded(staff_with(*INSPECTORS))
def publish_inspection(file_id: uuid.UUID) -> ResponseReturnValue:
    team_file(file_id)
    said = gettext("Đã công khai kết luận.")
    return _answer(file_id, "conclusion", lambda: actions.publish(http.session(), file_id, actor()), said)


@blueprint.post("/inspections/<uuid:file_id>/findings/<uuid:finding_id>/<word>")
@guarded(staff_with(*INSPECTORS))
def settle_finding(file_id: uuid.UUID, finding_id: uuid.UUID, word: str) -> ResponseReturnValue:
    """The team looked at the unit's answer: `enough`, or `again`. Raises NotFound."""
    team_file(file_id)
    if word not in ("enough", "again"):
        raise NotFound

    def settle() -> None:
        actions.accept(http.session(), finding_id, file_id, actor(), enough=word == "enough")

    return _answer(file_id, "findings", settle, gettext("Đã ghi ý kiến về việc khắc phục."))
