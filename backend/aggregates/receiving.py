"""Taking in what a part of this unit's ground tells: checked, then the whole scope replaced at once.

A later packet of the same sheet takes the place of the one before, whose bytes and line in the ledger of restatements stay.
What was accepted above stands until somebody lets the later packet stand (`take_up`).
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.aggregates import writing
from backend.aggregates.checking import Checked, check
from backend.aggregates.models import ToldRevision, ToldSheet
from backend.aggregates.packet import Figures, sheet_id
from backend.aggregates.standing import Stands, held_still
from backend.cards.models import STATES
from backend.db.base import new_id
from backend.db.engine import Database
from backend.errors import NotFound
from backend.federation.frames import outside
from backend.federation.packets import held
from backend.federation.packets.models import PacketIn, StreamIn
from backend.federation.packets.stream import Arrived, Book, PacketRefused
from backend.participation.measures import MeasureBook
from backend.safeguards.signing import Signer

Outcome = Literal["late"] | None
WAITING_FOR = ("template-unknown", "calendar-unknown")
IsSealed = Callable[[Session, str, str, str, str, str], bool]


def receive(session: Session, arrived: Arrived, measures: MeasureBook, is_sealed: IsSealed) -> Outcome:
    """Raises PacketRefused, PacketHeld."""
    checked = check(session, arrived, measures)
    body, sheet, figures = checked.body, _sheet_row(checked), digest_of_figures(checked.body)
    stands = held_still(session, sheet["id"]) if checked.before.is_told else None
    if stands is not None:
        _follows(session, arrived, sheet["id"], stands, figures)
        sheet["number"] = stands.number + 1
    row = _row(arrived, body, sheet["id"], sheet["number"], figures)
    of = (body.top.code, body.dataset, body.line, body.calendar, body.period)
    if stands is not None and is_sealed(session, *of) and not _only_goes_on(stands, row):
        writing.add_beside(session, row)
        return "late"
    sheet["revision_id"] = row["id"]
    is_same = stands is not None and stands.said["figures"] == figures
    writing.put(session, sheet, row, body, had=stands is not None, is_same=is_same)
    return None


def _follows(session: Session, arrived: Arrived, sheet: uuid.UUID, stands: Stands, figures: str) -> None:
    """In one epoch revisions only go up, and one revision is told one way. After a restored backup they begin anew."""
    if arrived.is_again and _is_overtaken(session, arrived, sheet, stands.number):
        raise PacketRefused("overtaken", "/revision")
    if (stands.peer_id, stands.epoch) != (arrived.peer.id, arrived.header.epoch):
        return
    if arrived.body.revision < stands.revision:
        raise PacketRefused("older-revision", "/revision")
    if arrived.body.revision == stands.revision and figures != stands.said["figures"]:
        raise PacketRefused("same-revision-other-figures", "/cells")


def _is_overtaken(session: Session, arrived: Arrived, sheet: uuid.UUID, number: int) -> bool:
    """Whether the sheet was told since by a later packet, of this epoch or a later one, while this one had to wait."""
    header = arrived.header
    query = (
        select(ToldRevision.epoch, PacketIn.number)
        .join(PacketIn, PacketIn.digest == ToldRevision.digest)
        .where(ToldRevision.sheet_id == sheet, ToldRevision.number == number)
        .where(ToldRevision.peer_id == arrived.peer.id, PacketIn.peer_id == arrived.peer.id)
    )
    last = session.execute(query).first()
    if last is None or last.epoch == header.epoch:
        return last is not None and bool(last.number > header.number)
    mine = (StreamIn.peer_id == arrived.peer.id, StreamIn.stream == header.stream)
    turns: dict[str, int] = dict(session.execute(select(StreamIn.epoch, StreamIn.turn).where(*mine)).all())
    return turns.get(last.epoch, 0) > turns.get(header.epoch, 0)


def _only_goes_on(stands: Stands, row: Mapping[str, Any]) -> bool:
    """Whether a revision says what was accepted, word for word, and its card went further on its way, not back."""
    before, now = stands.said["approval"], row["said"]["approval"]
    is_same = bool(stands.said["whole"] == row["said"]["whole"])
    is_further = STATES.index(row["state"]) >= STATES.index(stands.state)
    return is_same and is_further and (not before or before[-1] in now)


def digest_of_figures(body: Figures) -> str:
    """Of the scope and the cells: the same figures in another state are the same figures."""
    return _digest(body.scope, body.cells)


def digest_of_whole(body: Figures, figures: str) -> str:
    """Of everything that an acceptance is about: the figures, how complete they are, what the card says beside them and by
    which template and rules; not of how far the card is on its way."""
    return _digest(figures, body.completeness, body.points, body.declared, body.template, body.rules)


def _digest(*parts: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _row(arrived: Arrived, body: Figures, sheet: uuid.UUID, number: int, figures: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "sheet_id": sheet,
        "number": number,
        "peer_id": arrived.peer.id,
        "epoch": arrived.header.epoch,
        "digest": arrived.digest,
        "revision": body.revision,
        "state": body.state,
        "reason": body.reason,
        "template_sha": body.template.sha256,
        "known_at": datetime.fromisoformat(body.known_at),
        "received_at": arrived.received_at,
        "said": _said(body, figures),
    }


def _said(body: Figures, figures: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(
        {
            "template": body.template, "rules": body.rules, "lineup": body.lineup, "elements": body.scope.elements,
            "completeness": body.completeness, "points": body.points, "declared": body.declared, "approval": body.approval,
            "figures": figures, "whole": digest_of_whole(body, figures),
        }
    )  # fmt: skip
    return found


def _sheet_row(checked: Checked) -> dict[str, Any]:
    body, period = checked.body, checked.period
    of = (body.top.code, body.dataset, body.line, body.calendar, body.period)
    return {
        "id": sheet_id(*of), **dict(zip(("unit_code", "dataset", "line", "calendar", "period"), of, strict=True)),
        "first": period.first, "last": period.last, "number": 1,
    }  # fmt: skip


def offer_held(database: Database, book: Book, signer: Signer) -> bool:
    """Offer again what waited for a template or a calendar that may have come meanwhile; whether any was taken."""
    return held.offer_again(database, book, signer, WAITING_FOR) > 0


# --- what came after it was accepted ----------------------------------------------------------------------------


class _Inside(msgspec.Struct):
    body: Figures


def take_up(session: Session, digest: str) -> None:
    """Let a packet stand that was kept beside what had been accepted. Raises NotFound."""
    row = session.scalars(select(ToldRevision).where(ToldRevision.digest == digest)).first()
    if row is None:
        raise NotFound
    mine = (PacketIn.peer_id == row.peer_id, PacketIn.digest == digest)
    raw = session.scalars(select(PacketIn.raw).where(*mine)).first()
    if raw is None:
        raise NotFound
    body = msgspec.json.decode(outside(raw).payload, type=_Inside).body
    sheet = session.get_one(ToldSheet, row.sheet_id)
    sheet.revision_id = row.id
    session.flush()  # the figures below belong to the revision that stands now
    writing.replace_cells(session, sheet.id, body)
    writing.put_units(session, body, sheet.last)
