"""Printing a list that is in the book: who gives the papers, how they will look, and all of them in one step."""

import uuid

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import award_words
from admin.award_case import case_page, case_seen
from admin.award_words import typed_id, whole
from admin.blueprint import AWARD_KEEPERS, actor, blueprint
from admin.designs import drawn
from admin.forms import refusal_of, typed
from backend import clock, http
from backend.certificates import batches, designs
from backend.certificates.designs import Known
from backend.certificates.errors import DesignUnknown
from backend.certificates.looking import Entry, Looked, fields
from backend.errors import NotFound
from backend.http import guarded, reads_first, staff_with
from backend.media.design import DesignInvalid
from backend.media.fitting import DoesNotFit
from backend.media.letters import GlyphMissing
from backend.safeguards.audit import note
from campaigns.award import certificates, chain, proposals
from campaigns.award.errors import GiverOfAnother
from campaigns.award.givers import Giver, giver
from campaigns.award.models import Case


@blueprint.post("/awards/cases/<uuid:case_id>/certificates")
@reads_first
@guarded(staff_with(*AWARD_KEEPERS))
def award_certificates(case_id: uuid.UUID) -> ResponseReturnValue:
    """Certificates of everybody in the book, drawn by the worker. Raises NotFound.

    The names are tried before anything is held: a long list takes seconds, and nobody's paper is to wait for that.
    """
    case, by, design = case_seen(case_id, award_words.hand()), award_words.hand(), typed_id("design")
    try:
        told, looked = _giver(case), _looked(case, design)
    except GiverOfAnother as foreign:
        return case_page(case_id, foreign, "paper")

    def make() -> None:
        seen = whole("revision", 1_000_000) if typed("revision", 8) else None
        held = proposals.held(http.session(), case_id, seen)
        certificates.make(
            http.session(), held, design, by, http.services().settings.public_url,
            skip_refused=typed("skip", 3) == "yes", giver=told, looked=looked,
        )  # fmt: skip

    if error := refusal_of(make):
        return case_page(case_id, error, "paper")
    flash(gettext("Đã nhận việc in. Giấy được vẽ lần lượt; xin xem tiến độ ở trang in giấy."))
    return redirect(url_for("admin.award_case", case_id=case_id, _anchor="paper"), 303)


def _giver(case: Case) -> Giver:
    return giver(http.session(), case, typed("issuer", 160), typed("place", 80))


def _looked(case: Case, design: uuid.UUID) -> Looked | None:
    """None where making will refuse it anyway."""
    known = _known(case, design)
    entries = certificates.to_print(http.session(), case, _giver(case)) if known else []
    http.release()
    return batches.look(entries, known) if known else None


def _known(case: Case, design: uuid.UUID) -> Known | None:
    return next((one for one in certificates.designs_for(http.session(), case) if one.id == design), None)


@blueprint.post("/awards/cases/<uuid:case_id>/certificates/preview")
@guarded(staff_with(*AWARD_KEEPERS))
def award_paper_preview(case_id: uuid.UUID) -> Response:
    """The paper of the longest name of the list as it would be printed. Makes nothing. Raises NotFound, DesignUnknown,
    DesignInvalid where the words do not fit."""
    by = award_words.hand()
    case = case_seen(case_id, by)
    by.require(proposals.chain_of(case).links[-1].roles, case.deciding_unit_id, case.line)
    known, entries = (
        _known(case, typed_id("design")),
        certificates.to_print(http.session(), case, _giver(case)),
    )
    if known is None:
        raise DesignUnknown
    if not entries:
        raise NotFound
    note(
        http.session(), actor(), "award.read", "award_case", case.id, unit=case.deciding_unit_id, is_read=True
    )
    return _picture(case, known, max(entries, key=lambda one: len(one.words.name)))


def _picture(case: Case, known: Known, entry: Entry) -> Response:
    session = http.session()
    decision = chain.decision_of(session, case.id)
    words = fields(entry.words, decision.day if decision else clock.today())
    try:
        return drawn(known, known.design, designs.pictures(session, known), words)
    except DoesNotFit as no_fit:
        raise DesignInvalid(what=gettext("chữ không vừa khung “%(field)s”", field=no_fit.field)) from None
    except GlyphMissing as missing:
        raise DesignInvalid(
            what=gettext("có ký hiệu không in được (%(sign)s)", sign=missing.told())
        ) from None
