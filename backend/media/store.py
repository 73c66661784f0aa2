"""Finished papers kept as files, named by the SHA-256 of what is in them. A cache: a lost file is drawn again.

A file is there whole or not at all: it is written beside its place, made sure of on the disk, then moved.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from backend import clock

YOUNG_S = 3600
"""A file this young may belong to a certificate whose row is about to be written."""
AT_ONCE = 400
"""Names asked about in one statement."""


def folder_in(data: Path) -> Path:
    """Where a node's papers lie; nobody else on the machine may look into it."""
    place = data / "files"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def put(folder: Path, body: bytes) -> str:
    """Keep it; answers its digest. Twice is harmless."""
    digest = hashlib.sha256(body).hexdigest()
    place = _place(folder, digest)
    if place.exists():
        return digest
    place.parent.mkdir(mode=0o700, exist_ok=True)
    beside = place.with_name(f".{digest}.{secrets.token_hex(4)}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(place)
    return digest


def get(folder: Path, digest: str | None) -> bytes | None:
    """What was kept; None where it is lost, or is no longer what its name says: then it has to be drawn again."""
    if digest is None:
        return None
    try:
        body = _place(folder, digest).read_bytes()
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest() == digest else None


def sweep(folder: Path, named: Callable[[list[str]], set[str]]) -> int:
    """Remove what no certificate names any more: its person has left, or a writer was stopped. Answers how many went.

    `named`: which of some digests are still named; asked of a few hundred at a time.
    """
    return sum(_sweep(place, named, clock.now().timestamp() - YOUNG_S) for place in folder.glob("??"))


def _sweep(place: Path, named: Callable[[list[str]], set[str]], before: float) -> int:
    gone, old = 0, [file for file in place.glob("*") if _is_older(file, before)]
    for start in range(0, len(old), AT_ONCE):
        some = old[start : start + AT_ONCE]
        wanted = named([file.name for file in some if not file.name.startswith(".")])
        for file in some:
            # One with a dot was begun and never moved to its place.
            if file.name not in wanted:
                file.unlink(missing_ok=True)
                gone += not file.name.startswith(".")
    return gone


def _is_older(file: Path, moment: float) -> bool:
    """False also for one that somebody else has just removed."""
    try:
        return file.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest
