"""The worker's part of batches: read a few, draw them outside any transaction, settle them in a short one.

Killed anywhere, an item is still waiting, and drawing it again gives the same certificate. One worker draws at a batch;
two that draw the same item all the same lose time and nothing else: the certificate's constraint lets one row in.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import accounts, designs, did, issue
from backend.certificates.alone import alone
from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.batches import HAS_LEFT, Batch, unpacked
from backend.certificates.drawing import Look
from backend.certificates.errors import DesignUnknown
from backend.certificates.hands import Drawn, Job
from backend.certificates.issue import Owner, Slot
from backend.certificates.models import Certificate
from backend.db.engine import Database
from backend.errors import N_
from backend.media import store
from backend.media.design import DesignInvalid
from backend.safeguards import signing
from backend.safeguards.audit import WORKER
from backend.safeguards.signing import KeyRetired, NodeKey, Signer

AT_ONCE = 20
MOST_TRIES = 3
A_SECOND = timedelta(seconds=1)
"""Certificates know whole seconds, keys know parts of them."""
RUNNING = ("ready", "running")
NOT_DRAWN = N_("không vẽ được sau ba lần thử; xin báo người quản trị")
NO_DESIGN = N_("mẫu giấy hoặc ảnh của mẫu không còn")
HAS_ONE = N_("người này đã có giấy số %(number)s")
TIDYING = uuid.uuid5(uuid.NAMESPACE_URL, "lantoa:tidy-papers")


class Drawer(Protocol):
    """Whoever draws: processes of the worker (`hands.Hands`), or this one (`hands.OneHand`)."""

    signer: Signer
    public_url: str
    folder: Path

    def draw(self, look: Look, jobs: list[Job]) -> list[Drawn]:
        """In any order; a job that is not among the answers was not tried."""


@dataclass(frozen=True)
class Waiting:
    """A few items of one batch, all that is needed to draw them. `accounts`: position -> a person who can leave meanwhile."""

    batch: uuid.UUID
    issued_at: datetime
    look: Look
    key_could_sign: bool
    jobs: list[Job] = field(default_factory=list)
    accounts: dict[int, uuid.UUID] = field(default_factory=dict)


def turn(database: Database, drawer: Drawer, only: uuid.UUID | None = None) -> bool:
    """One round: at most AT_ONCE certificates of the oldest batch at which nobody else draws. False when there is none.

    Raises KeyRetired before anything is drawn for nothing.
    """
    with database.transaction(writes=False) as session:
        ready = _ready(session, drawer.signer, only)
    for batch in ready:
        with alone(database, batch, drawer.folder) as is_mine:
            if is_mine and _round(database, drawer, batch):
                return True
    return False


def _ready(session: Session, signer: Signer, only: uuid.UUID | None) -> list[uuid.UUID]:
    """Batches that are to go on, the oldest first."""
    query = select(CertificateBatch.id).where(CertificateBatch.state.in_(RUNNING))
    if only is not None:
        query = query.where(CertificateBatch.id == only)
    found = list(session.scalars(query.order_by(CertificateBatch.made_at, CertificateBatch.id)))
    key = session.get(NodeKey, signer.key_id)
    if found and key is not None and (key.until_at or key.withdrawn_at):
        raise KeyRetired
    return found


def _round(database: Database, drawer: Drawer, batch: uuid.UUID) -> bool:
    """False where somebody else has just ended or stopped it."""
    with database.transaction(writes=False) as session:
        found = _next(session, drawer, batch)
    if found is None:
        return False
    if isinstance(found, uuid.UUID):
        with database.transaction() as session:
            stop_it(session, found, NO_DESIGN)
        return True
    if not found.key_could_sign:
        with database.transaction() as session:
            _move_up(session, found.batch, drawer.signer)
        return True
    drawn = drawer.draw(found.look, found.jobs) if found.jobs else []
    with database.transaction() as session:
        settle(session, found, drawn, drawer)
    return True


def in_one(session: Session, drawer: Drawer, batch: uuid.UUID) -> None:
    """Everything of one batch within the caller's transaction: for the demo, which is planted in one."""
    while isinstance(found := _next(session, drawer, batch), Waiting):
        settle(session, found, drawer.draw(found.look, found.jobs) if found.jobs else [], drawer)


def _next(session: Session, drawer: Drawer, which: uuid.UUID) -> Waiting | uuid.UUID | None:
    """The first waiting items of a batch that is to go on; none of them where only its end is to be written.
    Its bare id where the design cannot be read: it must not hold up the others."""
    batch = session.get(CertificateBatch, which)
    if batch is None or batch.state not in RUNNING:
        return None
    try:
        known = designs.find(session, batch.design_id)
        look = Look(known.design, designs.pictures(session, known))
    except (DesignUnknown, DesignInvalid):
        return batch.id
    waiting = select(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.state == "waiting")
    rows = session.scalars(waiting.order_by(BatchItem.position).limit(AT_ONCE)).all()
    who = did.identity(session, drawer.public_url)
    key = session.get(NodeKey, drawer.signer.key_id)
    could = key is not None and key.from_at <= batch.issued_at + A_SECOND
    return Waiting(
        batch.id,
        batch.issued_at,
        look,
        could,
        [Job(row.position, unpacked(row.words), _slot(batch, row, who)) for row in rows],
        {row.position: who_is for row in rows if (who_is := accounts.account_of(row.subject, row.source_id))},
    )


def _slot(batch: Batch, row: BatchItem, who: did.Identity) -> Slot:
    return Slot(
        number=row.number,
        credential_id=row.credential_id,
        list_id=row.list_id,
        list_number=row.list_number,
        position=row.list_position,
        issued_at=batch.issued_at,
        issued_on=batch.issued_on,
        identity=who,
    )


def settle(session: Session, found: Waiting, drawn: list[Drawn], drawer: Drawer) -> None:
    """Write down what was drawn, unless the batch was stopped, the entry given up, or its person has left meanwhile."""
    here = accounts.held(session, found.accounts.values())
    batch = session.scalars(
        select(CertificateBatch).where(CertificateBatch.id == found.batch).with_for_update()
    ).one()
    if batch.state not in RUNNING or batch.issued_at != found.issued_at:
        return
    batch.state = "running"
    signing.remember(session, drawer.signer)
    jobs = {job.position: job for job in found.jobs}
    rows = select(BatchItem).where(
        BatchItem.batch_id == batch.id, BatchItem.position.in_(jobs), BatchItem.state == "waiting"
    )
    waiting = {row.position: row for row in session.scalars(rows.with_for_update())}
    for one in drawn:
        account = found.accounts.get(one.position)
        if account and account not in here and one.position in waiting:
            _forget(waiting[one.position])
        elif one.position in waiting:
            _settle_one(session, batch, waiting[one.position], jobs[one.position], one)
    _finish(session, batch)


def _move_up(session: Session, batch: uuid.UUID, signer: Signer) -> None:
    """The key began after the batch was made: what still waits is issued when the key could sign it. Raises KeyRetired."""
    key = signing.remember(session, signer)
    row = session.scalars(
        select(CertificateBatch).where(CertificateBatch.id == batch).with_for_update()
    ).one()
    if key.from_at > row.issued_at + A_SECOND:
        row.issued_at = max(clock.now(), key.from_at + A_SECOND).replace(microsecond=0)


def _settle_one(session: Session, batch: Batch, row: BatchItem, job: Job, drawn: Drawn) -> None:
    if drawn.sealed is None:
        _note_trouble(row, drawn)
        return
    owner = Owner(
        unit_id=batch.unit_id,
        activity_id=row.activity_id,
        subject=row.subject,
        recipient_unit_id=row.recipient_unit_id,
        source_kind=batch.source_kind,
        source_id=None if row.activity_id else row.source_id,
        design_id=batch.design_id,
    )
    made = issue.place(session, job.words, job.slot, drawn.sealed, owner, WORKER)
    if made.number != row.number:
        _refuse(row, HAS_ONE % {"number": made.number})
        row.words, row.subject = {}, None  # nothing is to be put right, so nobody needs the name here
        return
    made.png_digest, made.pdf_digest = drawn.png_digest, drawn.pdf_digest
    row.state, row.words, row.certificate_id, row.done_at = "done", {}, made.id, clock.now()


def _note_trouble(row: BatchItem, drawn: Drawn) -> None:
    row.tries += 1
    if drawn.trouble:
        _refuse(row, drawn.trouble)
    elif row.tries >= MOST_TRIES:
        _refuse(row, NOT_DRAWN)


def _forget(row: BatchItem) -> None:
    _refuse(row, HAS_LEFT)
    row.words, row.subject, row.source_id = {}, None, uuid.uuid4()


def _refuse(row: BatchItem, why: str) -> None:
    row.state, row.trouble, row.done_at = "refused", why[:300], clock.now()


def _finish(session: Session, batch: Batch) -> None:
    session.flush()  # so that the question sees what was just settled
    left = exists().where(BatchItem.batch_id == batch.id, BatchItem.state == "waiting")
    if not session.scalar(select(left)):
        batch.state = "done"


def stop_it(session: Session, batch: uuid.UUID, why: str) -> None:
    """Nothing more of it is drawn until somebody lets it go on. A batch that is done stays done."""
    row = session.scalars(
        select(CertificateBatch).where(CertificateBatch.id == batch).with_for_update()
    ).one()
    if row.state in RUNNING:
        row.state, row.stopped_why = "stopped", why[:300]


def tidy(database: Database, folder: Path) -> int:
    """Remove files that no certificate names any more, unless another worker is at it. Answers how many went."""

    def named(digests: list[str]) -> set[str]:
        with database.transaction(writes=False) as session:
            columns = (Certificate.png_digest, Certificate.pdf_digest)
            found = (session.scalars(select(column).where(column.in_(digests))) for column in columns)
            return {digest for some in found for digest in some if digest}

    with alone(database, TIDYING, folder) as is_mine:
        return store.sweep(folder, named) if is_mine else 0
