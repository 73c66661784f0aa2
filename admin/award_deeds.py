"""What is done with one list: its steps, names put on and struck off, and the appeal of whoever proposed."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import award_words
from admin.award_case import case_page, case_seen
from admin.award_names import candidate
from admin.award_words import whole
from admin.blueprint import AWARD_HANDS, AWARD_KEEPERS, AWARD_PROPOSERS, blueprint
from admin.forms import refusal_of, typed
from backend import http
from backend.errors import NotFound
from backend.http import guarded, staff_with
from campaigns.award import appeals, chain, proposals
from campaigns.award.hands import Hand
from campaigns.award.models import Case


def _deed(case_id: uuid.UUID, at: str, do: Callable[[Case, Hand], object], told: str) -> ResponseReturnValue:
    """Do it with the case held; refused, the page comes back with what was typed."""
    by = award_words.hand()
    case_seen(case_id, by)

    def held() -> None:
        do(
            proposals.held(
                http.session(), case_id, whole("revision", 1_000_000) if typed("revision", 8) else None
            ),
            by,
        )

    if error := refusal_of(held):
        return case_page(case_id, error, at)
    flash(told)
    return redirect(url_for("admin.award_case", case_id=case_id, _anchor=at), 303)


@blueprint.post("/awards/cases/<uuid:case_id>/deeds/<deed>")
@guarded(staff_with(*AWARD_HANDS))
def award_deed(case_id: uuid.UUID, deed: str) -> ResponseReturnValue:
    """One step of the chain. Raises NotFound."""
    if deed not in award_words.DEEDS:
        raise NotFound

    def act(case: Case, by: Hand) -> None:
        needs_paper = deed in ("sign", "number")
        chain.act(
            http.session(), case.id, deed, by, words=typed("words"),
            minutes=award_words.minutes() if deed == "council" else None,
            paper=award_words.paper() if needs_paper else None, cross_out=typed("cross", 3) == "yes",
        )  # fmt: skip

    return _deed(case_id, "next", act, gettext("Đã ghi."))


@blueprint.post("/awards/cases/<uuid:case_id>/nominees")
@guarded(staff_with(*AWARD_KEEPERS, *AWARD_PROPOSERS))
def award_nominate(case_id: uuid.UUID) -> ResponseReturnValue:
    """A name put on the list by hand. Raises NotFound."""
    return _deed(
        case_id,
        "people",
        lambda case, by: proposals.add(http.session(), case, candidate(case), by),
        gettext("Đã thêm vào danh sách."),
    )


@blueprint.post("/awards/cases/<uuid:case_id>/nominees/<uuid:nominee_id>/strike")
@guarded(staff_with(*AWARD_HANDS))
def award_strike(case_id: uuid.UUID, nominee_id: uuid.UUID) -> ResponseReturnValue:
    """A name taken off, with the reason. Raises NotFound."""
    return _deed(
        case_id,
        "people",
        lambda case, by: proposals.strike(http.session(), case, nominee_id, typed("why"), by),
        gettext("Đã bỏ tên khỏi danh sách, có ghi lý do."),
    )


@blueprint.post("/awards/cases/<uuid:case_id>/appeal")
@guarded(staff_with(*AWARD_PROPOSERS))
def award_case_appeal(case_id: uuid.UUID) -> ResponseReturnValue:
    """Whoever proposed asks to have it looked at again. Raises NotFound."""
    return _deed(
        case_id,
        "appeal",
        lambda case, by: appeals.write_for_case(http.session(), case, typed("words"), by),
        gettext("Đã gửi kiến nghị."),
    )
