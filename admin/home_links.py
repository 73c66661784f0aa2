"""What waits between this node and others: figures that came back, documents that do not fit, links half made."""

from collections.abc import Iterator, Sequence

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from admin import shown
from admin.blueprint import DOCUMENT_KEEPERS, LEVEL_READERS, OUTGOING_READERS, PEER_KEEPERS
from admin.levels_choice import lines
from admin.waiting import Waiting
from backend import http
from backend.aggregates.models import AggregateSent
from backend.db.node import Node
from backend.federation.documents.models import DocumentState
from backend.federation.packets.models import REFUSED, PacketOut
from backend.federation.peers.models import ACTIVE, PROPOSED, Peer, PeerDoubt, PeerKey
from backend.levels.models import LevelAnswer
from backend.levels.shapes import RETURNED
from campaigns.common_models import CommonRound
from campaigns.contest import common_local
from campaigns.models import Activity

NAMED = 5
"""So many links that wait are named one by one."""


def links_waiting() -> Iterator[Waiting]:
    """One statement where this node talks to no other; then up to two for each of the three offices."""
    held = _held_here()
    if held & set(OUTGOING_READERS):
        yield from _of_figures()
    if held & set(DOCUMENT_KEEPERS):
        yield from _of_documents()
    if held & set(PEER_KEEPERS):
        yield from _of_links()


def _held_here() -> set[str]:
    """The member's roles on the unit this node serves; none where there is no link at all."""
    unit = http.session().scalar(select(Node.unit_id).where(select(Peer.id).exists()))
    return {role for role, units in http.staff().roles.items() if unit in units} if unit else set()


def _of_figures() -> Iterator[Waiting]:
    """What came back from the level above, as long as nothing was sent since."""
    returned, refused = http.session().execute(select(_returned(), _refused())).one()
    if returned:
        sentence = gettext(
            "Cấp trên trả lại %(count)s bản. Xin xem lý do, sửa phiếu rồi công bố bản kế tiếp.",
            count=returned,
        )
        reads_answers = http.staff().holds(*LEVEL_READERS)
        href = url_for("admin.levels_answers" if reads_answers else "admin.outgoing")
        yield Waiting("figures-returned", gettext("Số liệu đã gửi cấp trên"), sentence, href)
    if refused:
        sentence = gettext("Máy chủ cấp trên không nhận %(count)s bản. Xin xem vì sao.", count=refused)
        href = url_for("admin.outgoing")
        yield Waiting("figures-refused", gettext("Số liệu đã gửi cấp trên"), sentence, href)


def _returned() -> ColumnElement[int]:
    answer, sent = LevelAnswer, AggregateSent
    same = and_(
        sent.peer_id == answer.peer_id, sent.unit_code == answer.unit_code, sent.dataset == answer.dataset,
        sent.line == answer.line, sent.calendar == answer.calendar, sent.period == answer.period,
        sent.revision > answer.revision,
    )  # fmt: skip
    again = select(sent.id).where(same).exists()
    query = select(func.count()).select_from(answer)
    return query.where(answer.outcome == RETURNED, answer.line.in_(sorted(lines())), ~again).scalar_subquery()


def _refused() -> ColumnElement[int]:
    sent, later = AggregateSent, aliased(AggregateSent)
    again = select(later.id).where(
        later.peer_id == sent.peer_id, later.source == sent.source, later.turn > sent.turn
    )
    packet = and_(PacketOut.peer_id == sent.peer_id, PacketOut.digest == sent.packet_digest)
    query = select(func.count()).select_from(sent).join(PacketOut, packet)
    query = query.where(PacketOut.state == REFUSED, sent.line.in_(sorted(lines())))
    return query.where(~again.exists()).scalar_subquery()


def _of_documents() -> Iterator[Waiting]:
    query = select(func.count()).select_from(DocumentState).join(Peer, Peer.id == DocumentState.peer_id)
    count = http.session().scalar(query.where(DocumentState.state == "refused", Peer.state == ACTIVE))
    if count:
        sentence = gettext("%(count)s văn bản của cấp trên chưa áp dụng được. Xin xem vì sao.", count=count)
        yield Waiting(
            "documents-refused", gettext("Văn bản giữa các cấp"), sentence, url_for("admin.documents")
        )


def _of_links() -> Iterator[Waiting]:
    """Keys another operator entered, and packets that may not be whose they claim to be."""
    session, me = http.session(), http.staff().person
    keys = select(Peer.id, Peer.name).join(PeerKey, PeerKey.peer_id == Peer.id)
    keys = keys.where(PeerKey.confirmed_at.is_(None), Peer.state.in_((PROPOSED, ACTIVE)))
    keys = keys.where(PeerKey.proposed_by.is_distinct_from(me)).order_by(PeerKey.from_at).limit(NAMED)
    for peer, name in session.execute(keys):
        sentence = gettext("Kết nối này chờ Ông/Bà là người thứ hai xác nhận.")
        yield Waiting("link", name, sentence, url_for("admin.peer_page", peer_id=peer))
    doubted = select(Peer.id, Peer.name, func.count()).join(PeerDoubt, PeerDoubt.peer_id == Peer.id)
    doubted = doubted.where(PeerDoubt.checked_at.is_(None)).group_by(Peer.id, Peer.name)
    for peer, name, count in session.execute(doubted.order_by(Peer.name, Peer.id).limit(NAMED)):
        sentence = gettext(
            "%(count)s bản nhận trong lúc khóa có thể đã lộ, chưa hỏi lại bên kia.", count=count
        )
        yield Waiting("doubts", name, sentence, url_for("admin.peer_page", peer_id=peer, _anchor="doubts"))


def counts_waiting(activities: Sequence[Activity]) -> Iterator[Waiting]:
    """Rounds of a contest of many communes that are closed here and whose count nobody has released yet. One statement,
    none where no round is closed."""
    closed = {one.id: one for one in activities if one.state == "closed"}
    if not closed:
        return
    query = select(CommonRound.activity_id).where(CommonRound.activity_id.in_(sorted(closed)))
    for one in http.session().scalars(query.where(CommonRound.ready_at.is_(None))):
        settings = common_local.settings_of(closed[one])
        if settings.predict_over != "common" or settings.settle != "by_hand":
            continue
        sentence = gettext(
            "Số của xã chưa gửi cho nơi tổ chức chung. Xin xem các bài có dấu hiệu lạ rồi gửi."
        )
        href = url_for("admin.common_round", activity_id=one)
        yield Waiting("common-count", shown.words(closed[one].title), sentence, href)
