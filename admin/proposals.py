"""Difficulties, proposals and questions to the level above: what a member's units asked, have to answer, or handed on."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import report_words
from admin.blueprint import REPORT_OFFICES, REPORT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.report_words import desk
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.people.staff import names_of
from backend.reports import proposals as deeds
from backend.reports import proposals_queries as queries
from backend.reports.errors import ProposalOfficeUnknown, ProposalTermWrong
from backend.reports.hands import Desk
from backend.reports.proposals_words import DEEDS, SORTS, TOPICS
from backend.reports.upward_models import LONG, TITLE
from backend.units.offices import Post
from backend.units.queries import named_many


def _writing(here: Desk) -> frozenset[Post]:
    """For whom this member asks and answers: as the office."""
    return here.by_role["party_office"]


def _codes(here: Desk) -> queries.Codes:
    return queries.codes_of(http.session(), here.posts | here.watching)


@blueprint.get("/proposals")
@guarded(staff_with(*REPORT_ROLES))
def proposals() -> Response:
    """Everything that concerns this member's units; the office also writes."""
    return _list()


def _list(error: DomainError | None = None) -> Response:
    here = desk()
    rows = queries.seen(http.session(), _codes(here))
    return page(
        "proposals.html",
        error.status if error else 200,
        rows=rows,
        names=queries.names(http.session(), rows),
        posts=_named_posts(here),
        overdue=queries.overdue,
        sorts=SORTS,
        topics=TOPICS,
        term=clock.today() + timedelta(days=deeds.TERM_DAYS),
        most=(TITLE, LONG),
        sentence=http.sentence_of(error) if error else "",
        form=request.form,
    )


def _named_posts(here: Desk) -> list[tuple[str, str]]:
    """('<unit>|<line>', how the two are called) of the posts this member may write for."""
    posts = _writing(here)
    units = named_many(http.session(), {unit for unit, _ in posts}, clock.today())
    found = [
        (f"{unit}|{line}", f"{units[unit].heading}, {report_words.line_within(line)}")
        for unit, line in posts
        if unit in units
    ]
    return sorted(found, key=lambda one: one[1])


@blueprint.post("/proposals")
@guarded(staff_with(*REPORT_OFFICES))
def raise_proposal() -> ResponseReturnValue:
    """Ask the level above, for a unit this member acts for."""
    posts = {f"{unit}|{line}": (unit, line) for unit, line in _writing(desk())}

    def ask() -> None:
        if (post := posts.get(typed("post", 60))) is None:
            raise ProposalOfficeUnknown
        told = deeds.Written(
            typed("sort", 12), typed("topic", 30), typed("title", TITLE), typed("words", LONG), _due()
        )
        deeds.raise_it(http.session(), *post, told, actor())

    if error := refusal_of(ask):
        return _list(error)
    flash(gettext("Đã gửi lên cấp trên. Câu trả lời sẽ hiện ở trang này."))
    return redirect(url_for("admin.proposals"), 303)


def _due() -> date:
    """Raises ProposalTermWrong."""
    try:
        return typed_day(typed("due", 10))
    except DayInvalid:
        raise ProposalTermWrong from None


@blueprint.get("/proposals/<uuid:proposal_id>")
@guarded(staff_with(*REPORT_ROLES))
def proposal(proposal_id: uuid.UUID) -> Response:
    """Raises ProposalUnknown also for what concerns others alone."""
    return _one(proposal_id)


def _one(proposal_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    session, here = http.session(), desk()
    row = queries.one(session, proposal_id, _codes(here))
    steps = queries.moves(session, row.id)
    codes = {row.unit_code, row.holder_code, *(step.unit_code for step in steps)}
    mine = queries.is_mine(row, queries.codes_of(session, _writing(here)), row.holder_code)
    return page(
        "proposal.html",
        error.status if error else 200,
        row=row,
        steps=steps,
        names=queries.called(session, codes),
        people=names_of(session, {step.person_id for step in steps if step.person_id}),
        is_overdue=queries.overdue(row),
        may_answer=mine and row.state == "open" and row.to_peer_id is None,
        sorts=SORTS,
        topics=TOPICS,
        deeds=DEEDS,
        lines=report_words.LINES,
        term=clock.today() + timedelta(days=deeds.TERM_DAYS),
        most=LONG,
        sentence=http.sentence_of(error) if error else "",
        form=request.form,
        at=at,
    )


@blueprint.post("/proposals/<uuid:proposal_id>/answer")
@guarded(staff_with(*REPORT_OFFICES))
def answer_proposal(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Raises ProposalUnknown."""
    posts, words = _writing(desk()), typed("words", LONG)
    return _done(
        proposal_id,
        "answer",
        lambda: deeds.answer(http.session(), proposal_id, posts, words, actor()),
        gettext("Đã trả lời. Lời này hiện ở cả nơi hỏi."),
    )


@blueprint.post("/proposals/<uuid:proposal_id>/escalate")
@guarded(staff_with(*REPORT_OFFICES))
def escalate_proposal(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Raises ProposalUnknown."""
    posts, words = _writing(desk()), typed("words", LONG)
    return _done(
        proposal_id,
        "escalate",
        lambda: deeds.escalate(http.session(), proposal_id, posts, words, _due(), actor()),
        gettext("Đã chuyển lên cấp trên. Câu trả lời sẽ về cả nơi hỏi."),
    )


def _done(proposal_id: uuid.UUID, at: str, deed: Callable[[], object], said: str) -> ResponseReturnValue:
    if error := refusal_of(deed):
        return _one(proposal_id, error, at)
    flash(said)
    return redirect(url_for("admin.proposal", proposal_id=proposal_id), 303)


def proposals_waiting() -> tuple[int, int, int]:
    """For the first page: how many this member has to answer, how many of them are overdue, and how many of their own units'
    were not answered in time."""
    here = desk()
    held, asked = queries.waiting(http.session(), queries.codes_of(http.session(), _writing(here)))
    return len(held), sum(map(queries.overdue, held)), len(asked)
