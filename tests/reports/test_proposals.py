"""A commune asks its province on another node: it arrives once, is answered there, and both ends see what became of it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.federation.packets.models import PacketOut
from backend.federation.packets.stream import Arrived, PacketRefused
from backend.federation.peers.models import Peer
from backend.reports import proposals, proposals_queries, proposals_wire
from backend.reports.errors import NobodyAbove, ProposalNamesSomebody, ProposalNotOpen, ProposalUnknown
from backend.reports.proposals_packet import HandedOn, ProposalDown, ProposalUp
from backend.reports.upward_models import Proposal
from backend.safeguards.audit import Actor
from tests.support.levels import Levels, Node, province_and_communes

WORDS = "Sóng yếu ở ba xóm vùng cao, bà con không vào được"
ANSWER = "Tỉnh đã yêu cầu nhà mạng lắp thêm trạm trong quý này"


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=1, lines=("state",)) as made:
        yield made


def by(node: Node) -> Actor:
    return Actor("staff", node.staff["office"])


def ask(levels: Levels, words: str = WORDS, line: str = "state") -> uuid.UUID:
    node = levels.communes[0]
    with node.writing() as session:
        due = clock.today() + timedelta(days=10)
        told = proposals.Written("difficulty", "ha-tang", "Sóng di động yếu", words, due)
        return proposals.raise_it(session, node.unit, line, told, by(node)).id


def answer(node: Node, words: str = ANSWER, unit: uuid.UUID | None = None) -> None:
    with node.writing() as session:
        row = session.scalars(select(Proposal)).one()
        proposals.answer(session, row.id, [(unit or node.unit, "state")], words, by(node))


def moves(node: Node) -> list[tuple[str, str, str, bool]]:
    with node.reading() as session:
        row = session.scalars(select(Proposal)).one()
        told = proposals_queries.moves(session, row.id)
        return [(one.deed, one.unit_code, one.words, one.person_id is not None) for one in told]


def states(node: Node) -> list[str]:
    with node.reading() as session:
        return list(session.scalars(select(Proposal.state)))


def test_it_arrives_is_answered_and_stands_at_both_ends_without_any_person(levels: Levels) -> None:
    commune, province = levels.communes[0], levels.province
    ask(levels)
    levels.courier()
    with province.reading() as session:
        row = session.scalars(select(Proposal)).one()
        assert (row.unit_code, row.holder_code, row.words) == (commune.code, "19", WORDS)
    answer(province)
    levels.pass_time(hours=1)
    levels.courier()
    assert (states(commune), states(province)) == (["answered"], ["answered"])
    assert moves(commune) == [("raised", commune.code, "", True), ("answered", "19", ANSWER, False)]
    assert moves(province) == [("answered", "19", ANSWER, True)]


def test_who_asked_cannot_answer_and_an_answer_is_given_once(levels: Levels) -> None:
    ask(levels)
    levels.courier()
    with pytest.raises(ProposalUnknown):
        answer(levels.communes[0])
    answer(levels.province)
    with pytest.raises(ProposalNotOpen):
        answer(levels.province)


@pytest.mark.parametrize("words", ["gọi 0912345678 sẽ rõ hơn nhiều", "viết cho hoa.nguyen@example.com giúp"])
def test_a_number_or_address_of_somebody_does_not_leave(levels: Levels, words: str) -> None:
    with pytest.raises(ProposalNamesSomebody):
        ask(levels, words)
    with levels.communes[0].reading() as session:
        assert session.scalars(select(PacketOut)).all() == []


def test_the_partys_question_does_not_take_the_states_line(levels: Levels) -> None:
    with pytest.raises(NobodyAbove):
        ask(levels, line="party")


def test_it_is_overdue_at_both_ends_when_the_term_passed(levels: Levels) -> None:
    commune, province = levels.communes[0], levels.province
    ask(levels)
    levels.courier()
    levels.pass_time(days=11)
    for node, place in ((commune, 1), (province, 0)):
        with node.reading() as session:
            codes = proposals_queries.codes_of(session, [(node.unit, "state")])
            found = proposals_queries.waiting(session, codes)[place]
            assert [proposals_queries.overdue(row) for row in found] == [True], node.code


def said(levels: Levels) -> ProposalUp:
    from msgspec import json

    from backend.federation import frames

    with levels.communes[0].reading() as session:
        packet = session.scalars(select(PacketOut)).one()
        return json.decode(frames.kept_payload(packet.payload).body, type=ProposalUp)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line": "party"}, "other-line"), ({"unit": "05923", "ref": "05923/2026/abcdefgh"}, "beyond-reach"),
        ({"ref": "05923/2026/abcdefgh"}, "other-ref"), ({"topic": "la"}, "unknown-topic"), ({"holder": "99"}, "unknown-unit"),
        ({"due": "2026-02-31"}, "malformed-value"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused(levels: Levels, change: dict[str, Any], code: str) -> None:
    from msgspec.structs import replace

    ask(levels)
    body = replace(said(levels), **change)
    with levels.province.writing() as session:
        arrived = Arrived(session.scalars(select(Peer)).one(), None, body, "d" * 64, clock.now())  # type: ignore[arg-type]
        with pytest.raises(PacketRefused) as refused:
            proposals_wire.receive(session, arrived)
    assert refused.value.code == code
    assert states(levels.province) == []


def hear(node: Node, receive: Callable[[Session, Arrived], None], body: ProposalUp | ProposalDown) -> None:
    with node.writing() as session:
        receive(session, Arrived(session.scalars(select(Peer)).one(), None, body, "d" * 64, clock.now()))  # type: ignore[arg-type]


@pytest.mark.parametrize("moment", ["2026-02-30T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
@pytest.mark.parametrize("pointer", ["/raised_at", "/handed_on/0/at"])
def test_a_moment_that_is_none_is_refused_with_its_place_and_takes_no_page_away(
    levels: Levels, pointer: str, moment: str
) -> None:
    from msgspec.structs import replace

    ask(levels)
    body = said(levels)
    handed_on = HandedOn(body.unit, "", body.due, moment)
    wrong = (
        replace(body, raised_at=moment) if pointer == "/raised_at" else replace(body, handed_on=[handed_on])
    )
    with pytest.raises(PacketRefused) as refused:
        hear(levels.province, proposals_wire.receive, wrong)
    assert (refused.value.code, refused.value.pointer) == ("no-such-moment", pointer)
    assert states(levels.province) == []


def test_an_answer_at_a_moment_that_is_none_is_refused(levels: Levels) -> None:
    ask(levels)
    levels.courier()
    answered = ProposalDown(
        said(levels).ref, "answered", "19", ANSWER, None, None, "9999-12-31T23:59:59.999Z"
    )
    with pytest.raises(PacketRefused) as refused:
        hear(levels.communes[0], proposals_wire.receive_answer, answered)
    assert (refused.value.code, refused.value.pointer) == ("no-such-moment", "/at")


def test_told_again_it_is_no_second_one_and_other_words_under_its_name_are_refused(levels: Levels) -> None:
    from msgspec.structs import replace

    ask(levels)
    levels.courier()
    body = said(levels)
    for again, refused in ((body, False), (replace(body, words="khác hẳn điều đã nói"), True)):
        with levels.province.writing() as session:
            peer = session.scalars(select(Peer)).one()
            arrived = Arrived(peer, None, again, "d" * 64, clock.now())  # type: ignore[arg-type]
            if refused:
                with pytest.raises(PacketRefused, match="ref-taken"):
                    proposals_wire.receive(session, arrived)
            else:
                proposals_wire.receive(session, arrived)
    assert states(levels.province) == ["open"]
