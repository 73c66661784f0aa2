"""A file that somebody carries: what goes into it, and what comes of bringing one in. The same packets, the same checks, the
same receipts as over the wire; only the way is longer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.errors import DomainError
from backend.federation import frames
from backend.federation.frames import (
    CatalogueHeader,
    DigestHeader,
    DocumentHeader,
    Frame,
    FrameRefused,
    Header,
    PacketHeader,
    ReceiptHeader,
)
from backend.federation.packets import comparing, giving, inbox, settling, sticks
from backend.federation.packets.stream import KEYS, Book
from backend.federation.peers.models import ACTIVE, CHILD, Peer
from backend.safeguards.signing import Signer

PICTURES = b"LT1:"


@dataclass(frozen=True)
class Told:
    """What became of one frame. `what`: "packet figures/xa-2026 3"; `outcome`: taken, known, late, held, refused, settled,
    kept, compared; `code`: why not; `receipt`: to be carried back, b"" where there is none."""

    what: str
    outcome: str
    code: str = ""
    receipt: bytes = b""


def pack(session: Session, peer: Peer, signer: Signer, *, again: bool = False) -> list[bytes]:
    """Everything for one peer: packets that wait, receipts of what came in files (`again`: those given before, too), where
    the streams stand, and for a child what it should have from above."""
    made = giving.packets(session, peer, signer, most=sticks.MOST_FRAMES - 500, now_due=False)
    made += giving.receipts(session, peer, signer, again=again)
    made.append(comparing.statement(session, peer, signer))
    if peer.side == CHILD:
        from backend.federation.documents import fetching  # stands on packets, which hand its frames over

        made += fetching.frames_for(session, signer, peer)
    return made


def bring_in(
    database: Database, content: bytes, book: Book, signer: Signer, line: str | None = None
) -> list[Told]:
    """Take a file in (or the words of scanned QR codes, one a line), each frame in a transaction of its own, packets in the
    order they were made whatever their order in the file. `line`: needed where the sender is a peer on several lines.

    Raises StickUnreadable, PictureMissing, PictureUnreadable.
    """
    raws = (
        [sticks.from_pictures(content.decode("ascii", "replace").split())]
        if content.startswith(PICTURES)
        else sticks.read(content)
    )
    return [_one(database, raw, header, book, signer, line) for raw, header in _in_order(raws)]


def _in_order(raws: Iterable[bytes]) -> list[tuple[bytes, Header | None]]:
    found = [(raw, _header(raw)) for raw in raws]
    return sorted(found, key=lambda one: _place(one[1]))


def _header(raw: bytes) -> Header | None:
    """What it says of itself, not believed yet."""
    try:
        return frames.open_outside(raw, frames.outside(raw), None).header
    except FrameRefused:
        return None


def _place(header: Header | None) -> tuple[int, str, str, int]:
    """A new key comes before what it signed; receipts end waits; a catalogue comes before the documents it names; packets as
    they were made."""
    if isinstance(header, PacketHeader):
        return (0 if header.stream == KEYS else 4, header.stream, header.made_at, header.number)
    kinds: list[type[object]] = [ReceiptHeader, CatalogueHeader, DocumentHeader]
    return (kinds.index(type(header)) + 1 if type(header) in kinds else 5, "", "", 0)


def _one(
    database: Database, raw: bytes, header: Header | None, book: Book, signer: Signer, line: str | None
) -> Told:
    if header is None:
        return Told("?", "refused", "not-a-frame")
    what = name_of(header)
    with database.transaction(writes=False) as session:
        senders = _senders(session, header, line)
    if len(senders) != 1:
        return Told(what, "refused", "which-line" if senders else "unknown-peer")
    try:
        return _from(database, raw, header, senders[0], what, book, signer)
    except DomainError as refused:
        return Told(what, "refused", refused.code)


def _senders(session: Session, header: Header, line: str | None) -> Sequence[Peer]:
    """Whose it may be, by what it says of itself: the node it names, on the line it was signed for. One that was signed for
    another line than the one asked for is refused by whoever reads it."""
    line = line or ((header.scope.line or None) if isinstance(header, DocumentHeader) else header.line)
    query = select(Peer).where(Peer.state == ACTIVE)
    found = [
        one
        for one in session.scalars(query)
        if str(one.node_id) == header.sender and line in (None, one.line)
    ]
    if isinstance(header, DocumentHeader) and not found:
        from backend.federation.documents import taking  # stands on packets, which hand its frames over

        found = [one for one in taking.passing_on(session, header.sender) if line in (None, one.line)]
    return found


def name_of(header: Header) -> str:
    """'packet figures/xa-2026 3', 'document pack/mung-xuan 2', 'receipt', 'catalogue 7', 'digest'."""
    kind = str(header.__struct_config__.tag)
    if isinstance(header, PacketHeader):
        return f"{kind} {header.stream} {header.number}"
    if isinstance(header, DocumentHeader):
        return f"{kind} {header.series} {header.number}"
    return f"{kind} {header.number}" if isinstance(header, CatalogueHeader) else kind


def _from(
    database: Database, raw: bytes, header: Header, peer: Peer, what: str, book: Book, signer: Signer
) -> Told:
    if isinstance(header, PacketHeader):
        with database.transaction() as session:
            receipt = inbox.take_in(session, raw, peer, via="file", book=book, signer=signer)
        return Told(what, "known" if receipt.known else receipt.body.outcome, receipt.body.code, receipt.raw)
    with database.transaction() as session:
        if isinstance(header, ReceiptHeader):
            packet = settling.settle(session, peer, raw)
            return Told(f"receipt {packet.stream} {packet.number}", packet.state, packet.code or "")
        if isinstance(header, DigestHeader):
            return Told(what, "compared", " ".join(comparing.compare(session, peer, raw)))
        from backend.federation.documents import taking  # stands on packets, which hand its frames over

        take = taking.take_catalogue if isinstance(header, CatalogueHeader) else taking.take_document
        return Told(what, "kept" if take(session, raw, peer) else "known")


# --- what a stranger can check ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """`signature`: good, bad, or "unknown key" where nobody said whose it is; `chain`: goes on, begins, broken, alone, "" for
    what is no packet."""

    what: str
    sender: str
    to: str
    made_at: str
    key_id: str
    digest: str
    signature: str
    chain: str


def check(raws: Iterable[bytes], key_of: Callable[[str], bytes | None]) -> list[Checked]:
    """What the frames of a file say, and whether it holds, with nothing but public keys. Raises FrameRefused for what is no
    frame, or not written in the one way."""
    seen: dict[tuple[str, str, str, str], Frame] = {}
    return [_checked(frames.outside(raw), raw, key_of, seen) for raw in raws]


def _checked(
    shell: frames.Outside,
    raw: bytes,
    key_of: Callable[[str], bytes | None],
    seen: dict[tuple[str, str, str, str], Frame],
) -> Checked:
    frame = frames.open_outside(raw, shell, None)
    public = key_of(shell.key_id)
    word = "unknown key" if public is None else "good" if frames.is_signed(public, shell) else "bad"
    header = frame.header
    return Checked(
        name_of(header),
        header.sender,
        header.to,
        header.made_at,
        shell.key_id,
        shell.digest,
        word,
        _chain(frame, seen),
    )


def _chain(frame: Frame, seen: dict[tuple[str, str, str, str], Frame]) -> str:
    header = frame.header
    if not isinstance(header, PacketHeader):
        return ""
    place = (header.sender, header.to, header.stream, header.epoch)
    before = seen.get(place)
    seen[place] = frame
    if header.number == 1:
        return "begins"
    if before is None:
        return "alone"
    said = before.header
    assert isinstance(said, PacketHeader)  # noqa: S101 - only packets are put there
    return "goes on" if (said.number + 1, before.digest) == (header.number, header.prev) else "broken"
