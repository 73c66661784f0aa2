"""Telling the nodes below that a key is given up: every one so far and the new one, in the next number of one series."""

from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.from_above import REVOCATIONS, RevocationsIn, RevokedIn
from backend.db.node import own_unit
from backend.errors import N_, DomainError
from backend.federation import frames
from backend.federation.documents import giving, store
from backend.federation.documents.errors import ReasonNamesSomebody
from backend.federation.peers import papers
from backend.federation.peers.models import Peer, PeerKey
from backend.federation.shapes import FIRST_YEAR
from backend.safeguards.impersonal import told_of
from backend.safeguards.signing import NodeKey
from backend.units.models import Unit

LINE = "state"
GROUP, LETTERS = 4, 24
MOST_SHOWN = 50


class KeyNotWhole(DomainError):
    status = 400
    code = "revoked_key_not_whole"
    sentence = N_("Mã kiểm của khóa có 24 chữ và số, chia sáu nhóm. Xin xem lại, chưa có gì được gửi.")


class SinceInvalid(DomainError):
    status = 400
    code = "revoked_key_since_invalid"
    sentence = N_("Xin ghi ngày khóa có thể đã lộ, dạng ngày/tháng/năm, không sau hôm nay.")


class WhyMissing(DomainError):
    status = 400
    code = "revoked_key_why_missing"
    sentence = N_("Xin ghi vì sao báo khóa này bị lộ, ít nhất vài chữ. Các nơi nhận đọc được.")


class KeyInUse(DomainError):
    code = "revoked_key_in_use"
    sentence = N_(
        "Khóa này đang dùng để kết nối với %(name)s. Xin ghi “Bên kia mất khóa” ở trang Kết nối máy chủ trước, hai người cùng xác nhận."
    )


class OwnKeyInUse(DomainError):
    code = "revoked_own_key_in_use"
    sentence = N_(
        "Đây là khóa máy chủ này đang ký. Xin người vận hành thay khóa và thu hồi khóa cũ trước, rồi báo xuống dưới."
    )


class ToldAlready(DomainError):
    code = "revoked_key_told_already"
    sentence = N_("Khóa này đã được báo xuống dưới trước đó; không cần báo lại.")


def series_part(session: Session) -> str:
    return session.get_one(Unit, own_unit(session)).code


def told_so_far(session: Session) -> tuple[RevokedIn, ...]:
    """Every key this node has told those below of."""
    row = store.newest_own(session, LINE, f"{REVOCATIONS.name}/{series_part(session)}")
    return frames.read_body(giving.opened(row), RevocationsIn).keys if row else ()


def lost_here(session: Session) -> list[tuple[str, str, datetime]]:
    """(whose, fingerprint, since) of keys that two persons here called lost and those below have not been told of."""
    told = {one.key_id for one in told_so_far(session)}
    query = select(Peer.name, PeerKey.key_id, PeerKey.withdrawn_from).join(Peer, Peer.id == PeerKey.peer_id)
    rows = session.execute(
        query.where(PeerKey.withdrawn_from.is_not(None)).order_by(PeerKey.withdrawn_from.desc())
    )
    found = {key: (name, key, since) for name, key, since in rows if since and key not in told}
    return list(found.values())[:MOST_SHOWN]


def with_one_more(session: Session, typed_key: str, since: date | None, why: str) -> RevocationsIn:
    """What the next number says. Raises KeyNotWhole, SinceInvalid, WhyMissing, ReasonNamesSomebody, OwnKeyInUse,
    KeyInUse, ToldAlready."""
    key_id = whole(typed_key)
    if since is None or not since.year > FIRST_YEAR or since > clock.today():
        raise SinceInvalid
    moment = datetime.combine(since, time(), clock.VIETNAM).astimezone(UTC)
    if len(why) < 3:
        raise WhyMissing
    if told_of(why):
        raise ReasonNamesSomebody
    _check_given_up(session, key_id)
    before = told_so_far(session)
    if key_id in {one.key_id for one in before}:
        raise ToldAlready
    return RevocationsIn((*before, RevokedIn(key_id, moment, why[:300])))


def whole(typed_key: str) -> str:
    """'abcd efgh …' -> 'ABCD-EFGH-…'. Raises KeyNotWhole."""
    plain = papers.plain(typed_key)
    groups = [plain[at : at + GROUP] for at in range(0, len(plain), GROUP)]
    if len(plain) != LETTERS or not set(plain) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        raise KeyNotWhole
    return "-".join(groups)


def _check_given_up(session: Session, key_id: str) -> None:
    """What is open here is given up where that is done, by two persons; then those below are told."""
    own = session.get(NodeKey, key_id)
    if own is not None and own.withdrawn_at is None:
        raise OwnKeyInUse
    query = select(Peer.name).join(PeerKey, PeerKey.peer_id == Peer.id)
    open_here = query.where(
        PeerKey.key_id == key_id, PeerKey.confirmed_at.is_not(None), PeerKey.withdrawn_from.is_(None)
    )
    if name := session.scalars(open_here.limit(1)).first():
        raise KeyInUse(name=name)


def whose(session: Session, key_id: str) -> str:
    """The node a key belongs to, as it is called here; '' where nobody here knows it."""
    query = select(Peer.name).join(PeerKey, PeerKey.peer_id == Peer.id).where(PeerKey.key_id == key_id)
    return session.scalars(query.limit(1)).first() or ""
