"""One initiative: all of it with look-alikes beside it and notes among those who handle it, and what its secretary answers.

Forms carry the revision they were made from; what has changed since is shown anew with what was typed.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import IDEA_KEEPERS, IDEA_SECRETARIES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_words import Year, is_secretary_of, secretary, unit_names, units_headed, year_with
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.media import photos
from backend.people import staff
from backend.safeguards.audit import note
from campaigns.initiative import authors, discussion, intake, overview, queries, recognition, rules, similar
from campaigns.initiative.models import Challenge, Initiative
from campaigns.initiative.offices import Handler

FIELDS = ("words", "number", "day", "signer", "scope", "differs", "unit", "stage", "why")
ANSWERS = ("return", "valid", "invalid", "note")


@dataclass(frozen=True)
class Office:
    """In which office the member looks at this initiative."""

    year: Year
    row: Initiative
    is_secretary: bool
    is_own: bool = True
    """Not only because it is published for everybody."""

    @property
    def handler(self) -> Handler:
        return secretary(self.year, self.row.unit_id)


def office(initiative_id: uuid.UUID) -> Office:
    """As its secretary where that is so, else as a head: of its unit, or of one that may take it up. Raises NotFound."""
    row = http.session().get(Initiative, initiative_id)
    if row is None or row.state == "draft":
        raise NotFound
    year = year_with(row.activity_id)
    if http.staff().holds(*IDEA_SECRETARIES) and is_secretary_of(year, row):
        return Office(year, row, True)
    headed = units_headed(year)
    if row.unit_id not in headed and not (headed and discussion.is_public(row)):
        raise NotFound
    return Office(year, row, False, row.unit_id in headed)


# --- reading ---------------------------------------------------------------------------------------------------------


@blueprint.get("/ideas/<uuid:initiative_id>")
@writes_on_read
@guarded(staff_with(*IDEA_KEEPERS))
def idea(initiative_id: uuid.UUID) -> Response:
    """The initiative as this office may see it. Raises NotFound."""
    return idea_page(initiative_id)


def idea_page(initiative_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here, session = office(initiative_id), http.session()
    row = here.row
    note(session, actor(), "initiative.read", "initiative", row.id, unit=row.unit_id, is_read=True)
    return page(
        "idea.html",
        error.status if error else 200,
        year=here.year,
        row=row,
        one=queries.initiative_out(session, row),
        secretary=here.is_secretary,
        own=here.is_own,
        names=overview.file_names(session, row.id),
        challenge=session.get(Challenge, row.challenge_id) if row.challenge_id else None,
        may={deed: rules.next_state(deed, row.state, row.track) is not None for deed in rules.MOVES},
        shown_to_all=row.state in rules.SHOWN,
        decisions=recognition.of(session, row.id),
        units=idea_words.reachable_units(here.year, *IDEA_KEEPERS) if row.state in rules.SHOWN else [],
        today=shown_today(),
        words=idea_words,
        typed={name: typed(name) for name in FIELDS},
        sentence=http.sentence_of(error) if error else "",
        at=at,
        **(_for_secretaries(here) if here.is_secretary else {}),
    )


def shown_today() -> str:
    return clock.today().strftime("%d/%m/%Y")


def _for_secretaries(here: Office) -> dict[str, object]:
    """Look-alikes, notes and the councils it lies before: for those who handle it, for nobody else."""
    session, row = http.session(), here.row
    notes, alike = intake.notes(session, row.id), similar.alike(session, row)
    return {
        "alike": alike,
        "alike_units": unit_names({one.unit for one in alike if one.unit}),
        "notes": notes,
        "writers": staff.names_of(session, {one.person_id for one in notes}),
        "sittings": overview.sittings_of(session, row.id),
    }


@blueprint.get("/ideas/<uuid:initiative_id>/files/<digest>")
@writes_on_read
@guarded(staff_with(*IDEA_KEEPERS))
def idea_file(initiative_id: uuid.UUID, digest: str) -> Response:
    """A picture that belongs to it; every opening is on the trail. Raises NotFound."""
    here = office(initiative_id)
    if not here.is_own:
        raise NotFound
    return file_of(here.row, digest)


def file_of(row: Initiative, digest: str) -> Response:
    """Raises NotFound for what it does not name and what has not arrived."""
    session = http.session()
    named = digest in overview.file_names(session, row.id)
    picture = photos.picture(session, digest) if named else None
    if picture is None:
        raise NotFound
    note(session, actor(), "initiative.read_file", "initiative", row.id, unit=row.unit_id, is_read=True)
    return Response(picture, mimetype="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


# --- what the secretary does -----------------------------------------------------------------------------------------


def deed(
    initiative_id: uuid.UUID, at: str, do: Callable[[Initiative, Office], object], done: str
) -> ResponseReturnValue:
    """Do it with the initiative in hand and say so; or show it anew with why not and what was typed. Raises NotFound."""
    here = office(initiative_id)
    if not here.is_secretary:
        raise NotFound

    def held() -> None:
        do(intake.held(http.session(), initiative_id, _revision()), here)

    if error := refusal_of(held):
        return idea_page(initiative_id, error, at)
    flash(done)
    return redirect(url_for("admin.idea", initiative_id=initiative_id, _anchor=at), 303)


def _revision() -> int:
    """The revision the form was made from; -1, which is none, where it is no number."""
    text = typed("revision", 9)
    return int(text) if text.isascii() and text.isdecimal() else -1


@blueprint.post("/ideas/<uuid:initiative_id>/answer")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_answer(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """Return it with words, find it valid or not, or note a small idea with thanks. Raises NotFound."""
    chosen = typed("do", 10)
    if chosen not in ANSWERS:
        raise NotFound
    return deed(
        initiative_id, f"answer-{chosen}", lambda row, here: _answer(chosen, row, here), _said(chosen)
    )


def _answer(chosen: str, row: Initiative, here: Office) -> None:
    session, words, by = http.session(), typed("words"), here.handler
    if chosen == "return":
        intake.send_back(session, row, words, by)
    elif chosen == "valid":
        intake.find_valid(session, here.year.activity, row, words, by)
    elif chosen == "invalid":
        intake.find_invalid(session, row, words, by)
    else:
        intake.note_small(session, here.year.settings, row, words, by)


def _said(chosen: str) -> str:
    return {
        "return": gettext("Đã gửi lại để bổ sung. Tác giả thấy lời đề nghị trong ứng dụng."),
        "valid": gettext("Đã ghi: hồ sơ hợp lệ, chờ phân công chấm."),
        "invalid": gettext("Đã ghi: hồ sơ không hợp lệ. Tác giả thấy lý do trong ứng dụng."),
        "note": gettext("Đã ghi nhận và cảm ơn tác giả."),
    }[chosen]


@blueprint.post("/ideas/<uuid:initiative_id>/notes")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_note(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """A note for those who handle it; authors and public never see it. Raises NotFound."""
    return deed(
        initiative_id,
        "notes",
        lambda row, here: intake.write_note(http.session(), row, typed("words"), here.handler),
        gettext("Đã ghi."),
    )


@blueprint.post("/ideas/<uuid:initiative_id>/authors")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_author(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """A co-author without an account agreed on paper, which the secretary has seen. Raises NotFound."""

    def agree(row: Initiative, here: Office) -> None:
        authors.agree_on_paper(http.session(), row, idea_words.typed_id("author"))
        by = here.handler.unit
        note(http.session(), actor(), "initiative.agree_on_paper", "initiative", row.id, unit=by)

    return deed(initiative_id, "authors", agree, gettext("Đã ghi: đồng tác giả đồng ý bằng giấy."))


@blueprint.post("/ideas/<uuid:initiative_id>/publication")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_publication(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """Keep it out of the gallery, with the reason; or show it from now on. Raises NotFound."""
    show = typed("do", 10) == "show"

    def publish(row: Initiative, here: Office) -> None:
        if not show:
            intake.hold_back(http.session(), row, typed("words"), here.handler)
            return
        if row.state not in rules.SHOWN:
            raise NotFound
        row.public_from = clock.now()
        row.revision += 1
        by = here.handler.unit
        note(http.session(), actor(), "initiative.publish", "initiative", row.id, unit=by)

    done = gettext("Đã đăng cho mọi người xem.") if show else gettext("Đã ghi: tạm chưa đăng.")
    return deed(initiative_id, "publication", publish, done)
