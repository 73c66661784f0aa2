"""Keys that the level above calls given up: nothing any node signed with them since a day is believed here any more."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates.did import Keys
from backend.certificates.models import RevokedKey
from backend.db.statements import insert_into
from backend.errors import N_
from backend.federation.documents.kinds import DocumentKind, Given, Made
from backend.federation.shapes import require_moment
from backend.safeguards.signing import NodeKey


class RevokedIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`key_id`: the fingerprint, as it is read out. `since`: from when somebody else may have had it. `words`: why."""

    key_id: Annotated[str, Meta(pattern=r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}\Z")]
    since: Annotated[datetime, Meta(tz=True)]
    words: Annotated[str, Meta(min_length=3, max_length=300)]

    def __post_init__(self) -> None:
        require_moment(self.since)


class RevocationsIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Every key given up so far; a later number only adds."""

    keys: Annotated[tuple[RevokedIn, ...], Meta(min_length=1, max_length=2000)]


def take_in(session: Session, body: RevocationsIn, digest: str) -> None:
    """A key of this node's own goes on: only its operator gives that up, on every line at once. `doubted` says so to people."""
    for one in body.keys:
        row = {"key_id": one.key_id, "since": one.since, "words": one.words, "document": digest}
        session.execute(insert_into(session, RevokedKey).values(row).on_conflict_do_nothing())


def doubted(session: Session) -> list[RevokedKey]:
    """Keys of this node's own that the level above calls given up and its operator has not: somebody has to look."""
    own = select(NodeKey.id).where(NodeKey.withdrawn_at.is_(None))
    return list(
        session.scalars(select(RevokedKey).where(RevokedKey.key_id.in_(own)).order_by(RevokedKey.since))
    )


def believed(session: Session, known: Iterable[Keys]) -> list[Keys]:
    """The keys of issuers as they are to be believed here: those given up are not trusted."""
    gone = set(session.scalars(select(RevokedKey.key_id)))
    return [
        replace(
            one,
            by_method={
                name: replace(key, is_trusted=key.is_trusted and key.key_id not in gone)
                for name, key in one.by_method.items()
            },
        )
        for one in known
    ]


def _apply(session: Session, given: Given) -> tuple[Made, ...]:
    take_in(session, given.body, given.digest)
    return tuple(Made("revoked_key", one.key_id) for one in given.body.keys)


REVOCATIONS = DocumentKind(
    "revocations", "revocations/1", RevocationsIn, N_("Khóa ký bị lộ"), _apply, lines=frozenset({"state"}),
    called=lambda body: str(body.keys[-1].words),
)  # fmt: skip
