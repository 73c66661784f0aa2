"""A judge's own desk: only what is assigned, without names where the council judges blind, and the own sheet."""

import uuid
from decimal import Decimal

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import JUDGES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_one import file_of
from admin.idea_words import points, unit_names
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people import staff
from backend.safeguards.audit import note
from campaigns.initiative import authors, blind, conflicts, council, overview, rules, sheets
from campaigns.initiative.errors import ConflictOfInterest
from campaigns.initiative.models import Assignment, Council, Initiative
from campaigns.initiative.schemas import Criterion

REMARK = 2000


@blueprint.get("/ideas/desk")
@guarded(staff_with(*JUDGES))
def idea_desk() -> Response:
    """Everything that is assigned to this judge, what is still to do first."""
    return page(
        "idea_desk.html", rows=overview.on_desk(http.session(), http.staff().person), words=idea_words
    )


@blueprint.get("/ideas/desk/<uuid:assignment_id>")
@writes_on_read
@guarded(staff_with(*JUDGES))
def idea_sheet(assignment_id: uuid.UUID) -> Response:
    """One of them: the text and the own sheet. Raises NotFound for anybody else's."""
    return _sheet_page(assignment_id)


def _sheet_page(assignment_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    session, me = http.session(), http.staff().person
    own, row, sitting = _mine(assignment_id)
    parts = _parts(own, row, sitting)
    if "content" in parts:
        note(
            session,
            actor(),
            "initiative.judge_reads",
            "initiative",
            row.id,
            unit=sitting.unit_id,
            is_read=True,
        )
    opened = "content" in parts and sheets.is_open(session, sitting, row.id)
    seen = sheets.seen_by(session, sitting, row.id, me) if opened else []
    rubric = council.rubric_of(sitting)
    return page(
        "idea_sheet.html",
        error.status if error else 200,
        own=own,
        row=row,
        text=blind.words_for(session, row, sitting, parts),
        sitting=sitting,
        parts_seen=parts,
        authors=[one.name for one in authors.standing(session, row.id)] if "authors" in parts else [],
        unit=unit_names({row.unit_id}).get(row.unit_id) if row.unit_id and "place" in parts else None,
        files=overview.file_names(session, row.id) if "authors" in parts else {},
        rubric=rubric,
        points=_shown_points(rubric, council.points_of(session, own.id)),
        can_score=_can_score(own, row, sitting),
        others=seen,
        names=staff.names_of(session, {one.judge for one in seen}),
        words=idea_words,
        typed={"remark": typed("remark", REMARK), "words": typed("words", 300)},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _parts(own: Assignment, row: Initiative, sitting: Council) -> frozenset[rules.Part]:
    """What this judge may open of it: nothing where the judge has to do with it."""
    if own.conflict:
        return frozenset()
    return rules.may_read("judge", row.state, blind=sitting.is_blind, met=sitting.opened_at is not None)


def _mine(assignment_id: uuid.UUID) -> tuple[Assignment, Initiative, Council]:
    """Raises NotFound for another judge's, and for what was withdrawn."""
    found = sheets.mine(http.session(), assignment_id, http.staff().person)
    if found[1].state == "withdrawn":
        raise NotFound
    return found


def _can_score(own: Assignment, row: Initiative, sitting: Council) -> bool:
    begun = own.handed_in_at is not None or sitting.opened_at is not None
    return not begun and own.conflict is None and row.state == "judging"


def _shown_points(rubric: tuple[Criterion, ...], kept: dict[str, Decimal]) -> dict[str, str]:
    """As they were typed now, else as they are kept."""
    plain = {code: f"{value.normalize():f}".replace(".", ",") for code, value in kept.items()}
    return {one.code: typed(f"points-{one.code}", 10) or plain.get(one.code, "") for one in rubric}


@blueprint.get("/ideas/desk/<uuid:assignment_id>/files/<digest>")
@writes_on_read
@guarded(staff_with(*JUDGES))
def judge_file(assignment_id: uuid.UUID, digest: str) -> Response:
    """A picture, where the council does not judge blind; on the trail. Raises NotFound."""
    own, row, sitting = _mine(assignment_id)
    if "authors" not in _parts(own, row, sitting):
        raise NotFound
    return file_of(row, digest)


# --- the sheet -------------------------------------------------------------------------------------------------------


@blueprint.post("/ideas/desk/<uuid:assignment_id>")
@guarded(staff_with(*JUDGES))
def write_sheet(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the points, or hand the sheet in. Raises NotFound."""
    own, row, sitting = _mine(assignment_id)
    if _can_score(own, row, sitting) and conflicts.look(http.session(), own, row):
        # Kept though the sheet is refused: what was found is to be seen by whoever assigns.
        note(
            http.session(), actor(), "initiative.conflict", "initiative", row.id, unit=sitting.unit_id, reason=own.conflict
        )  # fmt: skip
        return _sheet_page(assignment_id, ConflictOfInterest(), "sheet")
    hand_in = typed("do", 10) == "hand_in"
    if error := refusal_of(lambda: _score(assignment_id, sitting, hand_in)):
        return _sheet_page(assignment_id, error, "sheet")
    flash(gettext("Đã nộp phiếu chấm.") if hand_in else gettext("Đã lưu. Phiếu chưa nộp."))
    if hand_in:
        return redirect(url_for("admin.idea_desk"), 303)
    return redirect(url_for("admin.idea_sheet", assignment_id=assignment_id, _anchor="sheet"), 303)


def _score(assignment_id: uuid.UUID, sitting: Council, hand_in: bool) -> None:
    told = {one.code: typed(f"points-{one.code}", 10) for one in council.rubric_of(sitting)}
    given = {code: points(text) for code, text in told.items() if text}
    me, remark = http.staff().person, typed("remark", REMARK)
    sheets.score(http.session(), assignment_id, me, given, remark, hand_in=hand_in)


@blueprint.post("/ideas/desk/<uuid:assignment_id>/conflict")
@guarded(staff_with(*JUDGES))
def step_aside(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """The judge has something to do with it and does not score. Raises NotFound."""
    own, _row, sitting = _mine(assignment_id)
    if own.handed_in_at is not None or sitting.opened_at is not None:
        raise NotFound
    conflicts.declare(http.session(), own, typed("words", 300))
    flash(gettext("Đã ghi. Thường trực sáng kiến sẽ phân công người khác."))
    return redirect(url_for("admin.idea_desk"), 303)
