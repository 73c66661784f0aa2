import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class GivenPack(Base):
    """A pack that the level above gave out, as it lies here. `digest`: of its document; `series`, `number`: its place.

    `folder`: its name below the node's packs; `pack_digest`: of that folder, which campaigns made from it carry. `additions`:
    what may be added or changed here. `key_sha256`, `opens_at`: of the key to its questions, where they are sealed;
    `opened_at`, `opened_digest`: since when they can be read, and the whole folder's digest then. `aside_at`: not offered any
    more, because a newer one came or it was taken back.
    """

    __tablename__ = "given_pack"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    series: Mapped[str] = mapped_column(String(120), index=True)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    folder: Mapped[str] = mapped_column(String(120))
    pack_digest: Mapped[str] = mapped_column(String(64), index=True)
    additions: Mapped[list[Any]]
    key_sha256: Mapped[str | None] = mapped_column(String(64))
    opens_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_digest: Mapped[str | None] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    aside_at: Mapped[datetime | None]


class PackKey(Base):
    """The key to the sealed questions of a pack this node gave out. It goes down as a document of its own when they open.

    `digest`: of the pack's document; `given`: of the key's, once it went out.
    """

    __tablename__ = "pack_key"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[str] = mapped_column(String(100))
    line: Mapped[str] = mapped_column(String(10))
    scope: Mapped[list[Any]]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    opens_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[uuid.UUID | None]
    given: Mapped[str | None] = mapped_column(String(64))
