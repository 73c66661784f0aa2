"""Giving a pack out to the nodes below, with its questions under seal where they are to open at an hour; and the key, then."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.errors import N_, DomainError
from backend.federation.documents import giving
from backend.federation.documents.models import Document, DocumentWithdrawal
from backend.safeguards.audit import WORKER, Actor
from backend.safeguards.signing import Signer
from campaigns import from_above
from campaigns.contest import common_above
from campaigns.from_above import KEYS, PACKS, KeyIn
from campaigns.from_above_models import PackKey
from campaigns.given_pack import Addition
from campaigns.pack import sealed
from campaigns.pack.reader import read_pack

log = logging.getLogger("lantoa.worker")


class OpensInThePast(DomainError):
    code = "seal_opens_in_the_past"
    sentence = N_("Giờ mở niêm phong phải ở sau thời điểm hiện tại. Xin chọn lại ngày, giờ mở đề.")


@dataclass(frozen=True)
class Order:
    """To whom a pack goes and how. `units`: official codes; `opens_at`: when its questions may be read, None: at once."""

    units: tuple[str, ...]
    line: str
    additions: tuple[Addition, ...] = ()
    opens_at: datetime | None = None
    min_software: str = ""


def give(session: Session, signer: Signer, folder: Path, order: Order, by: Actor) -> Document:
    """The pack in that folder as the next number of its series. Raises OpensInThePast, PackInvalid, DocumentTooLarge,
    DocumentAsItIs, ScopeUnknown."""
    if order.opens_at is not None and order.opens_at <= clock.now():
        raise OpensInThePast
    pack = read_pack(folder)
    if pack.common is not None:
        common_above.give_out(session, pack, by)  # counts and rows of other rules are refused
    key = sealed.new_key() if order.opens_at else None
    body = from_above.told(folder, f"{PACKS.name}/{pack.code}", order.additions, order.opens_at, key)
    made = giving.give(
        session, signer, PACKS, pack.code, body, units=order.units, line=order.line, by=by,
        title=str(pack.title["vi"]), min_software=order.min_software,
    )  # fmt: skip
    if key is not None and body.sealed is not None and order.opens_at is not None:
        session.add(
            PackKey(
                digest=made.digest, part=f"{pack.code}-{made.number}", line=order.line, scope=list(order.units), key=key,
                opens_at=order.opens_at, made_by=by.id,
            )
        )  # fmt: skip
    return made


def turn(database: Database, signer: Signer) -> bool:
    """The worker's part, every few seconds; True when a key went out."""
    return give_due_keys(database, signer) > 0


def give_due_keys(database: Database, signer: Signer) -> int:
    """The keys whose hour has come, each once and by itself: one that cannot go out must not keep the questions of another
    contest shut at its hour. Answers how many went."""
    with database.transaction(writes=False) as session:
        due = session.scalars(_due()).all()
    return sum(_gives(database, signer, digest) for digest in due)


def _due() -> Any:
    gone = select(DocumentWithdrawal.digest)
    query = select(PackKey.digest).where(
        PackKey.given.is_(None), PackKey.opens_at <= clock.now(), PackKey.digest.not_in(gone)
    )
    return query.order_by(PackKey.opens_at, PackKey.digest)


def _gives(database: Database, signer: Signer, digest: str) -> bool:
    try:
        with database.transaction() as session:
            row = session.get_one(PackKey, digest, with_for_update=True)
            if row.given is not None:  # another worker was quicker
                return False
            _give_key(session, signer, row)
        return True
    except Exception:
        log.exception("the key to the questions of pack %s could not be given out; trying again", digest)
        return False


def _give_key(session: Session, signer: Signer, row: PackKey) -> Document:
    body = KeyIn(row.digest, row.key)
    made = giving.give(
        session, signer, KEYS, row.part, body, units=row.scope, line=row.line, by=Actor("staff", row.made_by) if row.made_by else WORKER
    )  # fmt: skip
    row.given = made.digest
    return made
