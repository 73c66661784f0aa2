"""What was accepted stays what was accepted: whatever is told after it, at the same moment, or by somebody else."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from backend import clock
from backend.aggregates.models import ToldRevision
from backend.db.node import this_node
from backend.federation.frames import payload_of
from backend.federation.packets.models import PacketOut
from backend.federation.packets.stream import Arrived, PacketRefused
from backend.federation.peers.models import Peer
from backend.levels import accepting, answers, publishing
from backend.levels.answers import Acceptance, receive
from backend.levels.errors import NotTheNewest
from backend.levels.models import LevelAnswer
from backend.levels.overview import Line, overview
from backend.safeguards.audit import OPERATOR
from backend.units.queries import named
from tests.levels.told import ABOUT, COMMUNES, NOW, Province, body, parted, tell, usual

CODE, NAME, PEOPLE = COMMUNES[0]
APPROVED = [{"step": "published", "at": "2026-12-05T02:00:00.000Z"}, {"step": "self_scored", "at": "2026-12-06T02:00:00.000Z"}]  # fmt: skip
POINTS = {"points": "48", "out_of": "80", "percent": "70", "class": None, "is_complete": True}


def same(**more: Any) -> dict[str, Any]:
    """What Phú Bình told of November, with one thing said otherwise."""
    told = {
        "completeness": {"expected": 4, "reported": 4},
        "points": POINTS,
        "revision": 2,
        "reason": "Ghi lại phiếu",
    }
    return body(CODE, NAME, parted(usual(0, PEOPLE), CODE), **{**told, **more})


def line(province: Province) -> Line:
    with province.database.transaction(writes=False) as session:
        found = overview(session, named(session, province.level, clock.today()), ABOUT)
    return next(one for one in found.lines if one.unit.code == CODE)


def accept(province: Province, digest: str | None = None) -> None:
    with province.database.transaction() as session:
        accepting.accept(session, ABOUT, CODE, digest or province.digests[CODE, 1], OPERATOR)


# --- told again after it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"points": POINTS | {"points": "79"}},
        {"points": POINTS | {"class": "tot"}},
        {"points": None},
        {"declared": [{"code": "du-thi", "value": "99"}]},
        {"completeness": {"expected": 4, "reported": 1}},
        {"state": "open"},
        {"approval": []},
        {"approval": [{"step": "published", "at": "2026-12-18T02:00:00.000Z"}]},
    ],
    ids=lambda more: next(iter(more)),
)
def test_whatever_else_a_revision_says_it_does_not_take_the_place_of_what_was_accepted(
    province: Province, more: dict[str, Any]
) -> None:
    accept(province)
    tell(province, CODE, same(**more), NOW)
    found = line(province)
    assert (found.state, found.sheet and found.sheet.told.digest) == ("newer", province.digests[CODE, 1])
    assert found.sheet
    told = found.sheet.told
    assert (told.points, told.expected, told.reported) == (Decimal(48), 4, 4)


def test_the_card_may_go_on_its_way_and_what_is_given_out_names_what_was_accepted(province: Province) -> None:
    accept(province)
    locked = [*APPROVED, {"step": "locked", "at": "2026-12-19T02:00:00.000Z"}]
    later = tell(
        province, CODE, same(state="locked", approval=locked, known_at="2026-12-12T02:00:00.000Z"), NOW
    )
    found = line(province)
    assert found.sheet
    assert (found.state, found.sheet.told.digest, found.sheet.told.state) == ("accepted", later, "locked")
    with province.database.transaction() as session:
        level = named(session, province.level, clock.today())
        row = publishing.publish(
            session, province.signer, level, overview(session, level, ABOUT), "", OPERATOR
        )
    [told] = json.loads(row.statement)["units"]
    assert (told["revision"], told["digest"]) == (1, province.digests[CODE, 1])
    assert told["known_at"] == "2026-12-05T02:00:00.000Z"


def test_a_reopened_card_is_news_and_closed_again_with_the_same_figures_it_is_none(
    province: Province,
) -> None:
    accept(province)
    opened = [*APPROVED, {"step": "reopened", "at": "2026-12-18T02:00:00.000Z"}]
    tell(province, CODE, same(state="open", approval=opened), NOW)
    assert line(province).state == "newer"
    closed = [*opened, {"step": "self_scored", "at": "2026-12-19T02:00:00.000Z"}]
    tell(province, CODE, same(approval=closed), NOW)
    assert line(province).state == "accepted"


# --- at the same moment -----------------------------------------------------------------------------------------------


def beside(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    """Begun in a thread of its own, and given time to get as far as it can."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            with clock.stopped_at(NOW):
                work()
        except BaseException as error:  # read by the test
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.7)
    return thread, raised


def on_postgres(province: Province) -> None:
    if province.database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")


def test_what_comes_while_somebody_accepts_comes_late(province: Province) -> None:
    on_postgres(province)
    with province.database.transaction() as session:
        accepting.accept(session, ABOUT, CODE, province.digests[CODE, 1], OPERATOR)
        told, raised = beside(lambda: tell(province, CODE, same(points=None), NOW))
        assert told.is_alive(), "it waits"
    told.join()
    assert raised == []
    found = line(province)
    assert (found.state, found.sheet and found.sheet.told.digest) == ("newer", province.digests[CODE, 1])


def test_who_accepts_while_another_revision_comes_is_told_that_it_is_not_the_newest(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packet holds its sheet when it is asked whether it was accepted, and stops there for a moment."""
    on_postgres(province)
    started: list[tuple[threading.Thread, list[BaseException]]] = []

    def asked(*of: Any) -> bool:
        started.append(beside(lambda: accept(province)))
        return accepting.is_sealed(*of)

    monkeypatch.setattr("tests.levels.told.is_sealed", asked)
    later = tell(province, CODE, same(points=None), NOW)
    thread, raised = started[0]
    thread.join()
    assert [type(error) for error in raised] == [NotTheNewest]
    found = line(province)
    assert (found.state, found.sheet and found.sheet.told.digest) == ("told", later)


# --- moments that are none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["2026-02-30T00:00:00.000Z", "9999-12-31T23:59:59.000Z"])
@pytest.mark.parametrize("where", ["/approval/0/at", "/known_at"])
def test_a_moment_that_is_none_is_refused_with_its_place(province: Province, where: str, moment: str) -> None:
    more: dict[str, Any] = (
        {"known_at": moment} if where == "/known_at" else {"approval": [APPROVED[0] | {"at": moment}]}
    )
    with pytest.raises(PacketRefused) as refused:
        tell(province, CODE, same(**more), NOW)
    assert (refused.value.code, refused.value.pointer) == ("no-such-moment", where)


def test_one_units_nonsense_that_got_in_takes_nobodys_page_away(province: Province) -> None:
    with province.database.transaction() as session:
        row = session.scalars(
            select(ToldRevision).where(ToldRevision.digest == province.digests[CODE, 1])
        ).one()
        said = row.said | {"approval": [{"step": "published", "at": "2026-02-30T00:00:00.000Z"}]}
        table: Any = ToldRevision.__table__
        session.execute(update(table).where(table.c.id == row.id).values(said=said))
    browser = province.at("office")
    for page in ("", "/board", "/views", "/giving", f"/units/{CODE}"):
        assert browser.get(f"/admin/levels{page}").status_code == 200, page


# --- how it goes down, and who may say it -----------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "packets"), [("suspended", 1), ("revoked", 0)])
def test_an_answer_waits_for_a_suspended_peer_and_not_for_one_that_was_revoked(
    province: Province, state: str, packets: int
) -> None:
    with province.database.transaction() as session:
        session.execute(update(Peer).where(Peer.id == province.peers[CODE]).values(state=state))
    accept(province)
    with province.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(PacketOut)) == packets


def sent(province: Province, to: str) -> str:
    """The commune's own side: what it told this peer; answers the digest of the packet."""
    said = same(revision=1, reason="")
    with province.database.transaction() as session:
        this_node(session).unit_id = province.units[CODE]
        payload = payload_of({"stream": ABOUT.dataset, "to": to}, said)  # type: ignore[arg-type]
        row = PacketOut(
            peer_id=province.peers[to], stream=ABOUT.dataset, epoch="e", number=1, position=1, digest=to.rjust(64, "0"),
            payload=payload, subject="", made_at=NOW, state="received",
        )  # fmt: skip
        session.add(row)
        return row.digest


def answered(province: Province, by: str, sent_as: str, **more: Any) -> None:
    told = {
        "unit": CODE, "dataset": ABOUT.dataset, "line": "state", "calendar": "thang", "period": "202611", "revision": 1,
        "digest": sent_as, "outcome": "accepted", "words": "", "at": "2026-12-20T03:00:00.000Z",
    }  # fmt: skip
    with province.database.transaction() as session:
        peer = session.get_one(Peer, province.peers[by])
        said = msgspec.convert(told | more, Acceptance)
        receive(session, Arrived(peer, None, said, "b" * 64, NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "more", "code"),
    [
        ("05917", {}, "not-sent"),
        (CODE, {"digest": "c" * 64}, "not-sent"),
        (CODE, {"period": "202610"}, "other-figures"),
        (CODE, {"revision": 2}, "other-figures"),
    ],
)
def test_only_who_was_told_answers_and_only_to_what_it_was_told(
    province: Province, by: str, more: dict[str, Any], code: str
) -> None:
    digest = sent(province, CODE)
    with pytest.raises(PacketRefused) as refused:
        answered(province, by, digest, **more)
    assert refused.value.code == code


def test_an_answer_is_found_at_the_packet_of_the_one_who_gave_it(province: Province) -> None:
    mine, other = sent(province, CODE), sent(province, "05917")
    answered(province, CODE, mine)
    with province.database.transaction(writes=False) as session:
        asked = {
            (province.peers[CODE], mine),
            (province.peers["05917"], mine),
            (province.peers["05917"], other),
        }
        found = answers.to_digests(session, asked)
    assert {key: row.outcome for key, row in found.items()} == {(province.peers[CODE], mine): "accepted"}


def test_a_level_that_forgot_its_answer_and_gives_another_is_told_so(province: Province) -> None:
    digest = sent(province, CODE)
    answered(province, CODE, digest)
    answered(province, CODE, digest)
    with pytest.raises(PacketRefused) as refused:
        answered(province, CODE, digest, outcome="returned", words="Số hộ đã đến lớn hơn số hộ của xã")
    assert refused.value.code == "answered-otherwise"
    with province.database.transaction(writes=False) as session:
        assert [row.outcome for row in session.scalars(select(LevelAnswer))] == ["accepted"]
        assert NOW - timedelta(days=1) < session.scalars(select(LevelAnswer.received_at)).one()
