"""Packs from the level above: kept beside the other packs, offered to the organiser, their questions sealed until they open.

A sealed pack can be prepared and released: its rules, rounds and pictures lie open, and of the questions how many there are
of which sort. Nobody at the commune, whoever runs the server included, can read them before the key has come.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import N_, DomainError
from backend.federation import frames
from backend.federation.documents import giving
from backend.federation.documents.kinds import DocumentKind, Given, Made, NotYet
from backend.federation.documents.models import Document
from backend.federation.shapes import Hash
from campaigns.from_above_models import GivenPack
from campaigns.given_pack import Addition
from campaigns.models import Campaign
from campaigns.pack import Pack, sealed
from campaigns.pack.reader import read_pack
from campaigns.pack.sealed import MARK, Sealed, SortIn
from campaigns.pack.store import BROUGHT
from campaigns.registry import kind_named

ASIDE = "packs-aside"
"""Below the data folder: packs that are not offered any more."""
CONTEST = "contest"


class PackUnlikeItsName(DomainError):
    status = 422
    code = "pack_unlike_its_name"
    sentence = N_("Nội dung gói không đúng với mã và phiên bản mà văn bản ghi. Xin báo cấp trên.")


class FileIn(Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=200)]
    body: bytes


class PackIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole pack. `additions`: what a commune may add or change of its own."""

    code: Annotated[str, Meta(max_length=60)]
    version: Annotated[int, Meta(ge=1)]
    additions: tuple[Addition, ...]
    files: Annotated[tuple[FileIn, ...], Meta(min_length=1, max_length=400)]
    sealed: Sealed | None


class KeyIn(Struct, frozen=True, forbid_unknown_fields=True):
    """The key to the questions of a pack. `document`: digest of the pack's document."""

    document: Hash
    key: Annotated[bytes, Meta(min_length=sealed.KEY_BYTES, max_length=sealed.KEY_BYTES)]


# --- at the level above ---------------------------------------------------------------------------------------------


def told(
    folder: Path, series: str, additions: Iterable[Addition], opens_at: datetime | None, key: bytes | None
) -> PackIn:
    """A pack's folder as it goes down; with a key its questions under seal. Raises PackInvalid."""
    pack = read_pack(folder)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}
    hidden: dict[str, bytes] = {}
    under_seal: Sealed | None = None
    bank = pack.parts.get(CONTEST)
    if key is not None and opens_at is not None and bank is not None:
        pictures = {f"pictures/{one.picture}" for one in bank.questions if one.picture} - {
            f"pictures/{pack.cover}"
        }
        hidden = {name: files.pop(name) for name in list(files) if sealed.is_sealed(name) or name in pictures}
        under_seal = sealed.seal(hidden, key, series, pack.digest, opens_at, _sorts(bank.questions))
    open_files = tuple(FileIn(name, body) for name, body in sorted(files.items()))
    return PackIn(pack.code, pack.version, tuple(additions), open_files, under_seal)


def _files(folder: Path) -> list[Path]:
    """As `campaigns.pack.folder` sees them."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def _sorts(questions: Sequence[Any]) -> list[SortIn]:
    counted = Counter((one.told.topic, one.told.difficulty, one.told.form) for one in questions)
    return [SortIn(*sort, count) for sort, count in sorted(counted.items())]


# --- at the commune -------------------------------------------------------------------------------------------------


def take_in(
    session: Session,
    body: PackIn,
    data: Path,
    *,
    digest: str,
    series: str,
    number: int,
    before: str | None = None,
) -> GivenPack:
    """Keep the pack and offer it; the version before is put aside. Campaigns made from that one stay as they are.

    Raises PackInvalid, PackUnlikeItsName, SealBroken for a file outside the pack.
    """
    place = data / BROUGHT
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {one.name: one.body for one in body.files}
    if body.sealed is not None:
        files[MARK] = sealed.mark(body.sealed.sorts, body.sealed.opens_at)
    pack = _written(place, files, body, f"tren-{body.code}-v{body.version}-{digest[:12]}")
    values = {
        "digest": digest, "series": series, "number": number, "code": pack.code, "version": pack.version,
        "folder": pack.folder.name, "pack_digest": pack.digest, "additions": list(body.additions),
        "key_sha256": body.sealed.key_sha256 if body.sealed else None,
        "opens_at": body.sealed.opens_at if body.sealed else None, "kept_at": clock.now(),
    }  # fmt: skip
    session.execute(insert_into(session, GivenPack).values(values).on_conflict_do_nothing())
    row = session.get_one(GivenPack, digest, populate_existing=True)
    if before is not None:
        put_aside(session, data, before)
    offer(data, row)
    return row


def _written(place: Path, files: sealed.Files, body: PackIn, name: str) -> Pack:
    """Read in a folder nobody looks into first, then put in its place."""
    with tempfile.TemporaryDirectory(dir=place, prefix=".new-") as fresh:
        folder = Path(fresh) / "pack"
        folder.mkdir()
        sealed.write(folder, files)
        pack = read_pack(folder)
        if (pack.code, pack.version) != (body.code, body.version):
            raise PackUnlikeItsName
        if not (place / name).exists():
            shutil.move(folder, place / name)
    return read_pack(place / name)


def put_aside(session: Session, data: Path, digest: str) -> None:
    """It is not offered any more; campaigns made from it stay."""
    row = session.get(GivenPack, digest)
    if row is None:
        return
    row.aside_at = clock.now()
    for name in _folders(row):
        _move(data / BROUGHT / name, data / ASIDE / name)


def offer(data: Path, row: GivenPack) -> None:
    """Among the packs at hand: as it lies open, or else as it is sealed."""
    row.aside_at = None
    *hidden, shown = _folders(row)
    _move(data / ASIDE / shown, data / BROUGHT / shown)
    for name in hidden:
        _move(data / BROUGHT / name, data / ASIDE / name)


def _folders(row: GivenPack) -> list[str]:
    return [row.folder, *([_opened_name(row)] if row.opened_at else [])]


def _opened_name(row: GivenPack) -> str:
    return f"{row.folder}-mo"


def _move(old: Path, new: Path) -> None:
    if old.exists() and not new.exists():
        new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(old, new)


def open_questions(
    session: Session, body: KeyIn, pack_body: PackIn, series: str, data: Path
) -> list[Campaign]:
    """The key has come: the questions go into the banks of all campaigns that were made from the sealed pack; answers which.

    Raises SealBroken, PackInvalid; then nothing is opened.
    """
    row = session.get(GivenPack, body.document, with_for_update=True, populate_existing=True)
    if row is None or pack_body.sealed is None:
        raise sealed.SealBroken
    if row.opened_at is not None:
        return []
    pack = _opened(row, pack_body, sealed.open_with(pack_body.sealed, body.key, series), data)
    row.opened_at, row.opened_digest = clock.now(), pack.digest
    if row.aside_at is None:
        offer(data, row)
    else:  # put aside before its key came: what was opened now lies beside it
        _move(data / BROUGHT / pack.folder.name, data / ASIDE / pack.folder.name)
    made = list(session.scalars(select(Campaign).where(Campaign.pack_digest == row.pack_digest)))
    for campaign in made:
        kind_named(CONTEST).unpack(session, campaign, pack)
        campaign.pack_digest = pack.digest
    return made


def _opened(row: GivenPack, body: PackIn, hidden: sealed.Files, data: Path) -> Pack:
    files = {one.name: one.body for one in body.files} | dict(hidden)
    pack = _written(data / BROUGHT, files, body, _opened_name(row))
    if body.sealed is None or pack.digest != body.sealed.opens_as:
        shutil.rmtree(pack.folder)
        raise sealed.SealBroken
    return pack


# --- as documents ---------------------------------------------------------------------------------------------------

WAIT_FOR_PACK = timedelta(minutes=1)


def _apply_pack(session: Session, given: Given) -> tuple[Made, ...]:
    row = take_in(
        session, given.body, folder_of(given), digest=given.digest, series=given.series, number=given.number,
        before=_one(given.before),
    )  # fmt: skip
    return (Made("given_pack", row.digest),)


def _take_back_pack(session: Session, given: Given) -> None:
    """The version before is offered again."""
    if made := _one(given.made):
        put_aside(session, folder_of(given), made)
    if before := _one(given.before):
        offer(folder_of(given), session.get_one(GivenPack, before))


def _apply_key(session: Session, given: Given) -> tuple[Made, ...]:
    told: KeyIn = given.body
    row = session.get(Document, told.document)
    if row is None or session.get(GivenPack, told.document) is None:
        raise NotYet(clock.now() + WAIT_FOR_PACK)
    pack = frames.read_body(giving.opened(row), PackIn)
    made = open_questions(session, told, pack, row.series, folder_of(given))
    return tuple(Made("campaign", str(one.id)) for one in made)


def folder_of(given: Given) -> Path:
    if given.folder is None:
        raise RuntimeError("a pack needs the node's folder")
    return given.folder


def _one(made: Iterable[Made]) -> str | None:
    return next((one.id for one in made if one.noun == "given_pack"), None)


PACKS = DocumentKind("pack", "pack/1", PackIn, N_("Gói cuộc vận động"), _apply_pack, _take_back_pack)
KEYS = DocumentKind("contest-key", "contest-key/1", KeyIn, N_("Chìa khóa bộ câu hỏi"), _apply_key)
