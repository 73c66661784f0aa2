"""One card: every figure with its two sides and what would raise it, its revisions with what moved, and counting it again."""

import uuid
from datetime import date, datetime, time
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import card_papers, card_rows, card_words, inspection_reach, inspection_words, mismatch_words
from admin.blueprint import CARD_KEEPERS, CARD_ROLES, actor, blueprint, page
from admin.card_words import may, seen
from admin.forms import refusal_of, typed
from backend import clock, http
from backend.calendars import is_over
from backend.cards import evidence, queries, revisions, verify
from backend.cards.errors import CardUnknown
from backend.cards.models import Card, CardRevision
from backend.cards.queries import CardView
from backend.errors import DomainError, NotAllowed
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import names_of
from backend.safeguards.audit import note
from backend.tallies.disclosure import K


@blueprint.get("/cards/<uuid:card_id>")
@writes_on_read
@guarded(staff_with(*CARD_ROLES))
def card(card_id: uuid.UUID) -> Response:
    """What an inspector reads is put on the trail. Raises CardUnknown, NotFound."""
    here = seen(card_id)
    if http.staff().holds("inspector"):
        note(http.session(), actor(), "card.read", "card", here.id, unit=here.unit_id, is_read=True)
    return card_page(here)


def card_page(here: Card, error: DomainError | None = None, at: str = "") -> Response:
    session, view = http.session(), _view(here)
    published = revisions.revisions_of(session, here.id)
    appeals, steps = queries.appeals_of(session, here.id), queries.steps_of(session, here.id)
    people = {one.by for one in appeals} | {one.by for one in steps} | {one.answered_by for one in appeals}
    return page(
        "card.html",
        error.status if error else 200,
        card=here,
        view=view,
        asked=_asked(),
        may=may(here),
        newer=card_words.newer(here),
        may_adopt=card_words.may_adopt(here),
        ways=card_papers.ways(here),
        is_over=is_over(view.period, clock.today()),
        revisions=[(one, revisions.changes(one)) for one in reversed(published)],
        titles={row.code: row.title for row in view.criteria},
        classes=card_words.classes_of(here),
        appeals=appeals,
        checks=queries.checks_of(session, here.id),
        steps=steps,
        names=names_of(session, {one for one in people if one}),
        files=evidence.by_criterion(session, here.id),
        most_files=evidence.MOST_FILES,
        opens=card_rows.opens(here, view) if _is_newest(view, published) else frozenset(),
        today=clock.today(),
        words=card_words,
        form=request.form if at else {},
        sentence=http.sentence_of(error) if error else "",
        at=at,
        k=K,
        found=inspection_reach.findings(here.unit_id, "card", here.id),
        finding_words=inspection_words,
    )


def _is_newest(view: CardView, published: list[CardRevision]) -> bool:
    """Records are opened of what was published last; before that, of the figures as they are."""
    if view.revision is None:
        return not published
    return view.revision == published[-1].number


def _asked() -> str:
    """Which of the ways to look at a card: published, live, as known on a day, or over today's units."""
    if request.args.get("view") == "now":
        return "now"
    if request.args.get("live"):
        return "live"
    return "known" if _known_at() else "published"


def _view(here: Card) -> CardView:
    """Raises CardUnknown for a revision there is none of."""
    session, asked = http.session(), _asked()
    if asked == "known" and may(here).keep:
        note(session, actor(), "card.known", "card", here.id, unit=here.unit_id, is_read=True)
        return queries.view_of(session, here, known_at=_known_at())
    if asked == "known":
        return queries.view_of(session, here, _published_by(here, _known_at()))
    if asked != "published":
        return queries.view_of(session, here, live=True, view="now" if asked == "now" else "was")
    number = request.args.get("revision", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 6):
        raise CardUnknown
    return queries.view_of(session, here, int(number) if number else None)


def _known_at() -> datetime | None:
    """The end of the day asked for; nothing where it is no day or still to come."""
    try:
        day = date.fromisoformat(request.args.get("known", ""))
        moment = datetime.combine(day, time(23, 59, 59), clock.VIETNAM)
    except ValueError:
        return None
    return min(moment, clock.now()) if day.year > 2000 else None


def _published_by(here: Card, moment: datetime | None) -> int | None:
    """What others than the unit's own people look back on: counted anew day by day, it would tell who came on which day."""
    known = [
        one.number
        for one in revisions.revisions_of(http.session(), here.id)
        if moment and one.as_known_at <= moment
    ]
    return known[-1] if known else None


# --- counting it again, and publishing -----------------------------------------------------------------------------


@blueprint.get("/cards/<uuid:card_id>/recount")
@writes_on_read
@guarded(staff_with(*CARD_ROLES))
def card_recount(card_id: uuid.UUID) -> Response:
    """Every published revision counted again from the ledger, and what has moved since the last one."""
    here, session = seen(card_id), http.session()
    note(session, actor(), "card.recount", "card", here.id, unit=here.unit_id, is_read=True)
    last = revisions.last(session, here.id)
    return page(
        "card_recount.html",
        card=here,
        view=queries.view_of(session, here),
        last=last,
        count=last.number if last else 0,
        wrong=mismatch_words.sentences(here, verify.verify_one(session, here.id)),
        moved=revisions.foresee(session, here),
        titles={row.code: row.title for row in queries.view_of(session, here, live=True).criteria},
        classes=card_words.classes_of(here),
        may=may(here),
        is_over=is_over(revisions.period_of(here), clock.today()),
        words=card_words,
    )


@blueprint.post("/cards/<uuid:card_id>/publish")
@guarded(staff_with(*CARD_KEEPERS))
def card_publish(card_id: uuid.UUID) -> ResponseReturnValue:
    """The unit's own office or the level above. Raises CardUnknown, NotFound, NotAllowed."""
    here = seen(card_id)
    allowed = may(here)
    if not (allowed.keep or allowed.score):
        raise NotAllowed

    def publish() -> Any:
        return revisions.publish(http.session(), here, actor(), typed("reason", 500))

    if error := refusal_of(publish):
        return card_page(here, error, "publish")
    flash(gettext("Đã công bố. Bản này được giữ nguyên từng chữ số; thay đổi về sau nằm ở bản kế tiếp."))
    return redirect(url_for("admin.card", card_id=here.id), 303)
