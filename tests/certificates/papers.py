"""Papers good and bad: one table that our verifiers and those of others are held against.

Made without a database from fixed keys, so that the same table serves as a fixture for the phone's tests
(`tests/fixtures/credentials/papers.json`; `python -m tests.certificates.papers` writes it anew).
"""

import base64
import io
import json
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend import clock
from backend.certificates import baked, did, proof, status
from backend.certificates.did import Identity
from backend.certificates.issue import Sealed, Slot, Words, seal
from backend.safeguards import signing
from backend.safeguards.signing import NodeKey, Signer, packed

FIXTURE = Path(__file__).parents[1] / "fixtures" / "credentials" / "papers.json"
FIXED = datetime(2026, 11, 22, 3, tzinfo=UTC)
"""When the papers of the fixture are looked at."""
WHO = Identity("did:web:lantoa.example", "https://lantoa.example")
OTHERS = Identity("did:web:other.example", "https://other.example")
OLD, NEW, GIVEN_UP, STRANGER = (Signer(packed(letter * 32)) for letter in (b"o", b"n", b"g", b"s"))
WORDS = Words(
    name="Nguyễn Thị Ấn Ợt H'Bê̆",
    title="“Tìm hiểu chuyển đổi số” – Đợt 1 \\ 😀",
    issuer="Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên",
    achievement="dot-1",
    deed="đã tham gia và hoàn thành cuộc thi trực tuyến",
    result="Đạt yêu cầu",
    decision="Quyết định số 15/QĐ-UBND ngày 20/11/2026",
    register="Vào sổ số 7",
)
GOOD_PLACE, REVOKED_PLACE = 5501, 77


@dataclass(frozen=True)
class Paper:
    """`raw`: the file. `word`: what our verifier says with did.json and the list named. `npm`, `python`: whether
    others' verifiers take it; `lists`: 'now', 'old' (from before the revocation), 'aged' (run out) or 'none'."""

    name: str
    raw: bytes
    word: str
    npm: bool = False
    python: bool = False
    lists: str = "now"
    credential: dict[str, Any] | None = None


@dataclass(frozen=True)
class Desk:
    """Everything is dated back from `at`. The old key signed until five days ago, then the new one."""

    at: datetime

    @property
    def rotated(self) -> datetime:
        return self.at - timedelta(days=5)

    def did_document(self) -> dict[str, Any]:
        rows = [
            self._row(OLD, until=self.rotated),
            self._row(NEW),
            self._row(GIVEN_UP, withdrawn=self.rotated),
        ]
        return did.document(WHO, rows, [1])

    def _row(
        self, signer: Signer, until: datetime | None = None, withdrawn: datetime | None = None
    ) -> NodeKey:
        row = signing.row_of(signer)
        row.until_at, row.withdrawn_at, row.withdrawn_from = until, withdrawn, withdrawn
        return row

    def list_text(self, lists: str) -> str:
        """As JSON; 'old' and 'aged' were made before anything was revoked."""
        made, positions = self._list_of(lists)
        return json.dumps(
            status.signed_list(WHO, 1, status.bits_of(positions), NEW, made), ensure_ascii=False
        )

    def list_jwt(self, lists: str) -> str:
        made, positions = self._list_of(lists)
        return status.signed_jwt(WHO, 1, status.bits_of(positions), NEW, made)

    def _list_of(self, lists: str) -> tuple[datetime, list[int]]:
        days = {"now": timedelta(minutes=1), "old": timedelta(days=2), "aged": timedelta(days=8)}[lists]
        return self.at - days, [REVOKED_PLACE] if lists == "now" else []

    def sealed(
        self,
        signer: Signer = NEW,
        *,
        days_ago: float = 2,
        place: int = GOOD_PLACE,
        words: Words = WORDS,
        who: Identity = WHO,
    ) -> Sealed:
        at = (self.at - timedelta(days=days_ago)).replace(microsecond=0)
        number = "7K3M-9QXA-22TD-HF0X"
        slot = Slot(number, uuid.UUID(int=7 << 64), uuid.UUID(int=1), 1, place, at, clock.local_day(at), who)
        return seal(words, slot, signer)

    def papers(self) -> Iterator[Paper]:
        good = self.sealed()
        yield self._whole("valid", good, "valid", npm=True, python=True)
        before = self.sealed(OLD, days_ago=9)
        yield self._whole("rotated key, signed before", before, "valid", npm=True, python=True)
        # Others' verifiers look at no end of a key that is still published: docs/api.md says so.
        after = self.sealed(OLD, days_ago=1)
        yield self._whole("rotated key, signed after", after, "key_expired", npm=True, python=True)
        yield self._whole("withdrawn key", self.sealed(GIVEN_UP, days_ago=9), "not_theirs")
        yield self._whole("revoked", self.sealed(place=REVOKED_PLACE), "revoked")
        offline = self.sealed(place=REVOKED_PLACE)
        yield self._whole("revoked while offline", offline, "valid", lists="old", npm=True, python=True)
        yield self._whole("list run out", good, "stale", lists="aged")
        yield self._whole("no list", good, "stale", lists="none")
        ended = replace(WORDS, valid_until=self.at - timedelta(hours=1))
        yield self._whole("out of its time", self.sealed(words=ended), "expired")
        lasting = replace(WORDS, valid_until=self.at + timedelta(days=400))
        yield self._whole("still in its time", self.sealed(words=lasting), "valid", npm=True, python=True)
        yield from self._forged(good)
        yield from self._broken(good)

    def _forged(self, good: Sealed) -> Iterator[Paper]:
        told = json.loads(good.credential)
        for name, change in CHANGES.items():
            yield self._paper(name, changed(told, change), "altered")
        for name, change in STRANGE.items():
            yield self._paper(name, changed(told, change), "unreadable")
        theirs = {name: value for name, value in told.items() if name != "proof"}
        by = did.method(OTHERS.did, STRANGER.key_id)
        at = self.at - timedelta(days=2)
        yield self._paper(
            "signed by a stranger in our name", proof.sign(theirs, STRANGER, by, at), "not_theirs"
        )
        posed = did.method(WHO.did, STRANGER.key_id)
        yield self._paper("with a key we never had", proof.sign(theirs, STRANGER, posed, at), "not_theirs")
        under = did.method(WHO.did, NEW.key_id)
        yield self._paper(
            "a stranger under our key's name", proof.sign(theirs, STRANGER, under, at), "altered"
        )
        yield self._whole("of an unknown issuer", self.sealed(STRANGER, who=OTHERS), "unknown_issuer")

    def _broken(self, good: Sealed) -> Iterator[Paper]:
        png = baked.bake(picture(), good.credential)
        at = png.index("Nguyễn".encode())
        yield Paper("a letter changed inside the PNG", png[:at] + b"M" + png[at + 1 :], "unreadable")
        yield Paper("cut short", png[: len(png) // 2], "unreadable")
        yield Paper("two credentials", two_credentials(good.credential), "unreadable")
        yield Paper("a picture and nothing else", picture(), "unreadable")
        yield Paper("a bomb", bomb(), "unreadable")
        for name, raw in {"nothing": b"", "no JSON": b"{", "a list": b"[]", "a number": b"7"}.items():
            yield Paper(name, raw, "unreadable")
        yield Paper("deep", b'{"a":' * 5000 + b"1" + b"}" * 5000, "unreadable")
        yield Paper("from before there were credentials", old_paper(good), "stale")

    def _whole(self, name: str, sealed: Sealed, word: str, **more: Any) -> Paper:
        raw = baked.bake(picture(), sealed.credential)
        return Paper(name, raw, word, credential=json.loads(sealed.credential), **more)

    def _paper(self, name: str, told: dict[str, Any], word: str) -> Paper:
        return Paper(name, json.dumps(told, ensure_ascii=False).encode(), word, credential=told)


CHANGES: dict[str, tuple[tuple[Any, ...], Any]] = {
    "another name": (("credentialSubject", "identifier", 0, "identityHash"), "Kẻ Sửa"),
    "another achievement": (("credentialSubject", "achievement", "name"), "Huân chương"),
    "another place in the list": (("credentialStatus", "statusListIndex"), "5502"),
    "another day": (("validFrom",), "2026-01-01T00:00:00Z"),
    "a life without end": (("validUntil",), "2099-01-01T00:00:00Z"),
    "a proof of another day": (("proof", "created"), "2026-01-02T00:00:00Z"),
    "another number": (("evidence", 0, "name"), "0000-0000-0000-0000"),
}
STRANGE: dict[str, tuple[tuple[Any, ...], Any]] = {
    "one member more": (("credentialSubject", "rank"), "1"),
    "no list of revocations": (("credentialStatus",), None),
    "two evidences": (("evidence",), [{}, {}]),
    "a context more": (("@context", 2), "https://evil.example/context.json"),
    "a name in parts": (("name",), "Giâ\u0301y"),
    "a name with a control sign": (("name",), "Giấy\nkhen"),
    "another suite": (("proof", "cryptosuite"), "eddsa-jcs-2022"),
    "no proof": (("proof",), None),
    "a list for a proof": (("proof",), []),
    "hashed": (("credentialSubject", "identifier", 0, "hashed"), 0),
    "an address with a bracket": (("id",), "urn:uuid:x> <y"),
}


def changed(told: dict[str, Any], change: tuple[tuple[Any, ...], Any]) -> dict[str, Any]:
    """The same with one value put in; None takes it out, a place behind a list's end makes it longer."""
    made: dict[str, Any] = json.loads(json.dumps(told))
    (*path, last), value = change
    at: Any = made
    for step in path:
        at = at[step]
    if value is None:
        del at[last]
    elif isinstance(at, list) and last == len(at):
        at.append(value)
    else:
        at[last] = value
    return made


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "gold").save(out, "PNG")
    return out.getvalue()


def two_credentials(credential: str) -> bytes:
    info = PngInfo()
    info.add_itxt("openbadgecredential", credential)
    info.add_itxt("openbadgecredential", credential.replace("Nguyễn", "Trần"))
    return _with(info)


def bomb() -> bytes:
    """64 MiB of blanks in a text of 64 KiB."""
    info = PngInfo()
    packed_text = zlib.compress(b" " * (64 << 20), 9)
    info.add(b"iTXt", b"openbadgecredential\0\1\0\0\0" + packed_text)
    return _with(info)


def old_paper(good: Sealed) -> bytes:
    said = {
        name: value for name, value in good.statement.items() if name not in ("heading", "tier", "recipient")
    }
    said |= {"form": "lantoa.certificate/1"}
    message = signing.canonical(said)
    info = PngInfo()
    info.add_itxt("lantoa-statement", message.decode())
    info.add_itxt("lantoa-signature", NEW.sign(message))
    info.add_itxt("lantoa-key", NEW.key_id)
    return _with(info)


def _with(info: PngInfo) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "gold").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def fixture() -> str:
    """The table as the phone's tests read it, and slips with what they say."""
    desk = Desk(FIXED)
    told = {
        "at": FIXED.isoformat(),
        "did": desk.did_document(),
        "lists": {name: json.loads(desk.list_text(name)) for name in ("now", "old", "aged")},
        "papers": [
            {"name": one.name, "raw": base64.b64encode(one.raw).decode(), "word": one.word, "lists": one.lists}
            for one in desk.papers()
            if one.name not in ("a bomb", "deep")  # larger than all others together
        ],
        "codes": [
            {"name": "good", "code": desk.sealed().verify_url, "word": "valid", "lists": "now"},
            {"name": "revoked", "code": desk.sealed(place=REVOKED_PLACE).verify_url, "word": "revoked", "lists": "now"},
            {"name": "no list", "code": desk.sealed().verify_url, "word": "stale", "lists": "none"},
            {"name": "old key before", "code": desk.sealed(OLD, days_ago=9).verify_url, "word": "valid", "lists": "now"},
            {"name": "old key after", "code": desk.sealed(OLD, days_ago=1).verify_url, "word": "key_expired", "lists": "now"},
            {"name": "given up", "code": desk.sealed(GIVEN_UP).verify_url, "word": "not_theirs", "lists": "now"},
            {"name": "another node", "code": desk.sealed(STRANGER, who=OTHERS).verify_url, "word": "unknown_issuer", "lists": "now"},
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(fixture(), encoding="utf-8")
