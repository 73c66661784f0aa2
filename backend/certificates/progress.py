"""What is asked about batches: how far each is, what was refused, what there is to print."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.models import Certificate

SHOWN = 50


@dataclass(frozen=True)
class Progress:
    """A batch and how many of its items are where: done + refused + waiting = total."""

    batch: CertificateBatch
    done: int
    refused: int
    waiting: int

    @property
    def part(self) -> int:
        """Of a hundred, whole; a hundred only when nothing waits."""
        return (self.done + self.refused) * 100 // max(1, self.batch.total)


def of_units(
    session: Session, units: Collection[uuid.UUID], before: uuid.UUID | None = None
) -> list[Progress]:
    """The newest first, SHOWN of them; `before`: older than this one."""
    query = select(CertificateBatch).where(CertificateBatch.unit_id.in_(units))
    if before is not None:
        query = query.where(CertificateBatch.id < before)
    rows = session.scalars(query.order_by(CertificateBatch.id.desc()).limit(SHOWN)).all()
    return list(_counted(session, rows))


def of_batch(session: Session, batch: uuid.UUID) -> Progress | None:
    row = session.get(CertificateBatch, batch)
    return next(iter(_counted(session, [row])), None) if row else None


def of_source(session: Session, source_kind: str, source_id: uuid.UUID) -> list[Progress]:
    """The batches made from one thing, one a design."""
    query = select(CertificateBatch).where(
        CertificateBatch.source_kind == source_kind, CertificateBatch.source_id == source_id
    )
    return list(_counted(session, session.scalars(query.order_by(CertificateBatch.id)).all()))


def unfinished(session: Session) -> list[Progress]:
    """Of the whole node, for its operator."""
    query = select(CertificateBatch).where(CertificateBatch.state != "done").order_by(CertificateBatch.id)
    return list(_counted(session, session.scalars(query).all()))


def _counted(session: Session, rows: Iterable[CertificateBatch]) -> Iterable[Progress]:
    """One statement for all of them."""
    batches = list(rows)
    query = select(BatchItem.batch_id, BatchItem.state, func.count()).group_by(
        BatchItem.batch_id, BatchItem.state
    )
    counts = {
        (batch, state): number
        for batch, state, number in session.execute(
            query.where(BatchItem.batch_id.in_([one.id for one in batches]))
        )
    }
    for one in batches:
        yield Progress(one, *(counts.get((one.id, state), 0) for state in ("done", "refused", "waiting")))


def refused(session: Session, batch: uuid.UUID, after: int = 0) -> list[BatchItem]:
    """What was not made, in order, SHOWN of them."""
    query = select(BatchItem).where(
        BatchItem.batch_id == batch, BatchItem.state == "refused", BatchItem.position > after
    )
    return list(session.scalars(query.order_by(BatchItem.position).limit(SHOWN)))


def line_of(session: Session, paper: Certificate) -> str | None:
    """Whose matter a paper of a batch is; None for one that somebody asked for alone."""
    newest = paper
    while newest.replaced_by is not None:
        newest = session.scalars(select(Certificate).where(Certificate.number == newest.replaced_by)).one()
    query = select(CertificateBatch.line).join(BatchItem, BatchItem.batch_id == CertificateBatch.id)
    return session.scalars(query.where(BatchItem.certificate_id == newest.id)).first()


@dataclass(frozen=True)
class Printed:
    """A paper of a batch that may be handed out."""

    position: int
    certificate: uuid.UUID
    number: str


def to_print(session: Session, batch: uuid.UUID) -> list[Printed]:
    """Every certificate of the batch that exists and was not taken back, in order."""
    query = (
        select(BatchItem.position, Certificate.id, Certificate.number)
        .join(Certificate, Certificate.id == BatchItem.certificate_id)
        .where(BatchItem.batch_id == batch, Certificate.revoked_at.is_(None))
        .order_by(BatchItem.position)
    )
    return [Printed(*row) for row in session.execute(query)]
