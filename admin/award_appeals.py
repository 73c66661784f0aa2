"""Appeals about awards: the open ones first, each answered in words by somebody else than whoever wrote it."""

import uuid

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import award_words
from admin.blueprint import AWARD_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.safeguards.audit import note
from campaigns.award import appeals
from campaigns.award.models import Entry
from campaigns.models import Activity


@blueprint.get("/awards/appeals")
@writes_on_read
@guarded(staff_with(*AWARD_KEEPERS))
def award_appeals() -> Response:
    """Those this member may answer; reading them is on the trail."""
    return _page()


def _page(error: DomainError | None = None, at: str = "") -> Response:
    session, by = http.session(), award_words.hand()
    rows = appeals.waiting(session, by)
    if rows:
        note(session, actor(), "award.read_appeals", "award_appeal", reason=str(len(rows)), is_read=True)
    entries = {
        one.id: one
        for one in session.scalars(
            select(Entry).where(Entry.id.in_([r.entry_id for r in rows if r.entry_id]))
        )
    }
    titles = {
        one.id: one
        for one in session.scalars(select(Activity).where(Activity.id.in_({r.activity_id for r in rows})))
    }
    return page(
        "award_appeals.html",
        error.status if error else 200,
        rows=rows,
        entries=entries,
        activities=titles,
        words=award_words,
        typed={"words": typed("words")},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


@blueprint.post("/awards/appeals/<uuid:appeal_id>")
@guarded(staff_with(*AWARD_KEEPERS))
def award_answer(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Raises NotFound."""
    if typed("do", 10) not in ("upheld", "refused"):
        raise NotFound
    by = award_words.hand()
    upheld = typed("do", 10) == "upheld"
    if error := refusal_of(lambda: appeals.answer(http.session(), appeal_id, upheld, typed("words"), by)):
        return _page(error, str(appeal_id))
    flash(gettext("Đã gửi trả lời. Người kiến nghị đọc được trong ứng dụng."))
    return redirect(url_for("admin.award_appeals"), 303)
