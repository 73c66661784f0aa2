"""What this node told the level above of its unit: every packet of figures, what it keeps back and why, and the answer."""

import uuid

from flask import Response
from sqlalchemy import select

from admin import outgoing_words
from admin.blueprint import LEVEL_PARTY_READERS, OUTGOING_READERS, blueprint, page
from backend import http
from backend.aggregates import outgoing as told
from backend.db.statements import among
from backend.http import guarded, staff_with
from backend.levels import answers
from backend.levels.models import LevelAnswer
from backend.people.staff import reach
from backend.units.lineage import with_history
from backend.units.models import Unit


@blueprint.get("/outgoing")
@guarded(staff_with(*OUTGOING_READERS))
def outgoing() -> Response:
    """What each level above was told last of each period."""
    rows = told.newest(http.session(), _codes(), _lines())
    return page("outgoing.html", rows=rows, answers=_answers(rows), words=outgoing_words)


@blueprint.get("/outgoing/<uuid:telling_id>")
@guarded(staff_with(*OUTGOING_READERS))
def outgoing_one(telling_id: uuid.UUID) -> Response:
    """Every figure of one packet as it left. Raises NotFound."""
    one = told.one(http.session(), telling_id, _codes(), _lines())
    history = told.before(http.session(), one)
    return page(
        "outgoing_one.html", one=one, history=history, answers=_answers(history), words=outgoing_words
    )


def _codes() -> set[str]:
    """Codes of the units this member may read of, and of those that went into them."""
    session = http.session()
    units = with_history(session, reach(session, http.staff(), *OUTGOING_READERS))
    return set(session.scalars(select(Unit.code).where(among(Unit.id, units))))


def _lines() -> set[str]:
    """What goes up the Party's line is read by the Party's office alone."""
    open_to_all = {"state", "front", "youth"}
    return open_to_all | {"party"} if http.staff().holds(*LEVEL_PARTY_READERS) else open_to_all


def _answers(rows: list[told.Telling]) -> dict[str, LevelAnswer]:
    """By the digest of the packet, of whoever it was sent to."""
    found = answers.to_digests(http.session(), {(row.peer_id, row.packet_digest) for row in rows})
    return {digest: answer for (_, digest), answer in found.items()}
